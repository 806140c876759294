"""Numbers, dates, names and quoted words of an answer that stand in none of its citations.

Found by simple rules of its own, which share nothing with what checks a draft before it is shown. For English.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator

from eval.metrics.texts import normalise_answer, shown_text
from index.terms import STOP_WORDS
from qa.models import Answer

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_QUOTED = re.compile(r"“([^“”]+)”|\"([^\"]+)\"")
_SENTENCE = re.compile(r"(?:^|[.!?:;\n]|[“\"])\s*$")  # what stands before the first word of a sentence
_WRITTEN = {  # "one" is a pronoun more often
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "eleven": "11", "twelve": "12",
}  # fmt: skip
_CALENDAR = [name.lower() for name in (*calendar.month_name, *calendar.day_name) if name]


def unsupported_values(answer: Answer) -> float | None:
    """Share of the values in an answer that stand in none of its citations. None for a refusal, and without values.

    Definition: ours. Dates count as their numbers, months and weekdays.
    """
    found = list(_values(answer))
    return sum(not supported for _, supported in found) / len(found) if found else None


def unsupported(answer: Answer) -> list[str]:
    """The values in an answer that stand in none of its citations, as they stand in the answer, each once."""
    return list(dict.fromkeys(value for value, supported in _values(answer) if not supported))


def _values(answer: Answer) -> Iterator[tuple[str, bool]]:
    """Each value, and whether a citation, its title or its date holds it."""
    if not answer.answered:
        return
    text = " ".join(filter(None, (shown_text(answer), answer.short)))
    source = " ".join(" ".join(filter(None, (c.quote, c.title, c.published))) for c in answer.citations)
    numbers, words, flat = _numbers(source), {_root(word) for word in _WORD.findall(source)}, normalise_answer(source)
    for match in _NUMBER.finditer(text):
        yield match[0], _plain_number(match[0]) in numbers
    for match in _WORD.finditer(text):
        if match[0].lower() in _WRITTEN:
            yield match[0], _WRITTEN[match[0].lower()] in numbers
        elif _is_name(match, text, answer):
            yield match[0], _root(match[0]) in words
    for match in _QUOTED.finditer(text):
        quoted = match[1] or match[2]
        yield quoted, normalise_answer(quoted) in flat


def _numbers(text: str) -> set[str]:
    digits = {_plain_number(number) for number in _NUMBER.findall(text)}
    return digits | {_WRITTEN[word] for word in map(str.lower, _WORD.findall(text)) if word in _WRITTEN}


def _plain_number(number: str) -> str:
    """1,200 and 1200 are one number; 3.50 and 3.5 too."""
    plain = re.sub(r",(?=\d{3}(?:\D|$))", "", number)
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _root(word: str) -> str:
    """A word without case and possessive; months and weekdays by their first three letters."""
    root = re.sub(r"[’']s?$", "", word).lower()
    return root[:3] if len(root) >= 3 and any(name.startswith(root) for name in _CALENDAR) else root


def _is_name(match: re.Match[str], text: str, answer: Answer) -> bool:
    """Whether a word is capitalised because it is a name.

    The first word of a sentence is one if the next word is capitalised too, or if the question or a hit writes it so in
    the middle of a sentence.
    """
    word = match[0]
    if not word[0].isupper() or word == "I" or word.lower() in STOP_WORDS:
        return False
    if not _SENTENCE.search(text[: match.start()]):
        return True
    after = text[match.end() : match.end() + 2]
    if after[:1] == " " and after[1:].isupper():
        return True
    known = re.compile(rf"[\w,] {re.escape(word)}\b")
    return any(known.search(said) for said in (answer.question, *(hit.text for hit in answer.hits)))
