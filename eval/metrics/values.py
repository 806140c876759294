"""Numbers, dates, names and quoted words of an answer that stand in none of its citations.

Found by simple rules of its own, which share nothing with what checks a draft before it is shown. For English.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator

from eval.metrics.texts import normalise_answer, shown_text
from index.terms import STOP_WORDS
from qa.models import Answer, Citation

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"\b(?:[A-Z]\.){2,}|[^\W\d_]+(?:[’'][^\W\d_]+)*")  # "North" and "Korea" of "North-Korea"; U.N.
_QUOTED = re.compile(r"“([^“”]+)”|\"([^\"]+)\"")
_TITLES = "".join(
    rf"(?<!\b{title})" for title in ("Mr", "Mrs", "Ms", "Dr", "Gen", "Col", "Lt", "Sen", "Rep", "Gov", "St")
)
_SENTENCE = re.compile(  # what stands before the first word of a sentence or of an item of a list
    rf"(?:(?:^|\n)[\s*•–-]*|{_TITLES}[.!?:;][”’\")\]]*|[“‘\"(])\s*$"
)
_WRITTEN = {  # "one" is a pronoun more often
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "eleven": "11", "twelve": "12",
}  # fmt: skip
_SMALL = re.compile(rf"(?<!ty-)\b(?:{'|'.join(_WRITTEN)})\b", re.IGNORECASE)  # but not the two of twenty-two
_NO_NAMES = STOP_WORDS.union(_WRITTEN)
_NAMES = {"May", "US", "WHO"}  # in small letters they are words like any other
_TYPEWRITTEN = str.maketrans("‘’“”–—", "''\"\"--")
_CALENDAR = [name for name in (*calendar.month_name, *calendar.day_name) if name]


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
    text = " / ".join(filter(None, (shown_text(answer), answer.short)))  # the short answer begins no sentence
    source = " ".join(" ".join(filter(None, (c.quote, c.title, _date(c)))) for c in answer.citations)
    # "us" and "may" are neither a country nor a month.
    words = {_root(word) for word in _WORD.findall(source) if word not in STOP_WORDS}
    numbers, flat = _numbers(source), _flat(source)
    for match in _NUMBER.finditer(text):
        yield match[0], _plain_number(match[0]) in numbers
    for match in _SMALL.finditer(text):
        yield match[0], _WRITTEN[match[0].lower()] in numbers
    for match in _WORD.finditer(text):
        if _is_name(match, text, answer):
            yield match[0], _root(match[0]) in words
    for quoted in _quoted(answer):
        wanted = re.escape(_flat(quoted))
        yield quoted, not wanted or re.search(rf"(?<!\w){wanted}(?!\w)", flat) is not None


def _quoted(answer: Answer) -> Iterator[str]:
    # One sentence of a longer quotation has half a pair of quotation marks: no other statement has its other half.
    for part in (*re.split(r"\[\d+\]", answer.text), answer.short or ""):
        for match in _QUOTED.finditer(part):
            yield match[1] or match[2]


def _date(citation: Citation) -> str:
    """The date of an article as it is, 2024-06-05, and with the name of its month."""
    month = re.match(r"\d{4}-(0[1-9]|1[0-2])\b", citation.published or "")
    return f"{citation.published or ''} {calendar.month_name[int(month[1])] if month else ''}"


def _flat(text: str) -> str:
    """Words to look for words in, whatever the punctuation. Dashes part words."""
    return normalise_answer(text.translate(_TYPEWRITTEN).replace("-", " "))


def _numbers(text: str) -> set[str]:
    digits = {_plain_number(number) for number in _NUMBER.findall(text)}
    return digits | {_WRITTEN[word.lower()] for word in _SMALL.findall(text)}


def _plain_number(number: str) -> str:
    """1,200 and 1200 are one number; 3.50 and 3.5 too, and the 05 of a date and 5."""
    plain = re.sub(r",(?=\d{3}(?:\D|$))", "", number).lstrip("0") or "0"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _root(word: str) -> str:
    """A word without case, full stops and possessive; capitalised months and weekdays in full: sat is no Saturday."""
    root = re.sub(r"'s?$", "", word.translate(_TYPEWRITTEN).replace(".", "").lower())
    days = _CALENDAR if len(root) >= 3 and word[0].isupper() else ()
    return next((name for name in days if name.lower().startswith(root)), root)


def _is_name(match: re.Match[str], text: str, answer: Answer) -> bool:
    """Whether a word is capitalised because it is a name.

    An abbreviation always is, US and WHO among them. The first word of a sentence is one if the next word is
    capitalised too, or if the question or a hit writes it so in the middle of a sentence.
    """
    word = match[0]
    plain = re.split("[’']", word)[0]  # It’s
    if not word[0].isupper() or (plain.lower() in _NO_NAMES and plain not in _NAMES):
        return False
    if len(word) > 1 and word.isupper():
        return True
    if not _SENTENCE.search(text[: match.start()]):
        return True
    after = text[match.end() : match.end() + 2]
    if after[:1] == " " and after[1:].isupper():
        return True
    known = re.compile(rf"[\w,] {re.escape(word)}(?!\w)")
    return any(known.search(said) for said in (answer.question, *(hit.text for hit in answer.hits)))
