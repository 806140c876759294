"""What a language model writes, sentence by sentence, and what of it may be shown.

A sentence is shown when a sentence of the evidence, or two of them, say what it says (`qa.verify`), in that order
(`qa.order`) unless an entailment model has been asked; those are what it cites, whatever numbers the model wrote.
Anything else is dropped and counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.split import split
from qa.models import Citation
from qa.order import is_copied
from qa.orders import gives_orders
from qa.stems import stems
from qa.verify import Checker, Claim

MOST_SENTENCES = 3
_OPENING = 4  # words of a sentence in which a pronoun stands for something before the sentence
_PRONOUNS = frozenset({"he", "she", "it", "they", "this", "these", "him", "her", "them", "his", "hers", "its", "their"})
_ENDED = re.compile(r"[.!?…][\"'”’)\]]*$")  # a scrap of the evidence is true word for word, and says nothing
_PUNCTUATION = ".,;:!?()[]\"'“”‘’"
MOST_TOKENS = 160
_MARKER = re.compile(r"\s*\[(\d{1,4})\]")
_FORGED = re.compile(r"\[[\s\d,;–-]+\]")  # looks like markers of ours
_BEGUN = re.compile(r"[^\w\[]*\w+\W*\s")  # a sentence of which the first word is there
_THOUGHT = re.compile(r"<think>.*?(?:</think>|$)", re.DOTALL)  # models that think aloud, behind servers that let them


@dataclass(frozen=True, slots=True)
class Supported:
    """A sentence of the draft and the places, in the evidence, of those that support it."""

    text: str
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence of the draft that is not shown, and what is missing, in words."""

    text: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A marker of the draft that names no sentence of the evidence."""

    number: int


def checked(
    pieces: Iterable[str], question: str, evidence: Sequence[Citation], checker: Checker, first: int = 0
) -> Iterator[Supported | Dropped | Unknown]:
    """Each sentence of a draft that comes in `pieces`, as soon as it is whole.

    `first`: place in the evidence of the sentence that is looked at first.
    """
    for count, sentence in enumerate(sentences(pieces)):
        if count == MOST_SENTENCES:
            return
        numbers = [int(number) - 1 for number in _MARKER.findall(sentence)]
        known = [number for number in numbers if 0 <= number < len(evidence)]
        yield from (Unknown(number + 1) for number in numbers if number not in known)
        text = " ".join(_MARKER.sub("", sentence).split())
        if any(char.isalnum() for char in text):
            yield _judged(text, question, evidence, checker, [*known, first])


def sentences(pieces: Iterable[str]) -> Iterator[str]:
    """The sentences of a text that comes in pieces, each as soon as the next one begins."""
    text, given = "", 0
    for piece in pieces:
        text += piece
        *whole, last = _split(text) or [""]
        if not _BEGUN.match(last) or text.count("“") != text.count("”") or text.count('"') % 2:
            continue  # what comes may still belong to the sentence before
        yield from whole[given:]
        given = max(given, len(whole))
    yield from _split(text)[given:]


def _split(draft: str) -> list[str]:
    text = _THOUGHT.sub("", draft).strip()
    return [text[s.start : s.end] for passage in split(text) for s in passage.sentences]


def _judged(
    text: str, question: str, evidence: Sequence[Citation], checker: Checker, likely: Sequence[int]
) -> Supported | Dropped:
    """The first of these that supports the sentence: what is likely, any other, one with what it leans back on."""
    if gives_orders(text) or _FORGED.search(text):
        return Dropped(text, ("it gives orders, or shows a link or a marker",))
    if not _ENDED.search(text):
        return Dropped(text, ("the end of a sentence",))
    if not _bears_on(question, text):
        return Dropped(text, ("a word of the question",))
    usable = [n for n in range(len(evidence)) if not gives_orders(evidence[n].quote)]
    singles = [n for n in dict.fromkeys([*likely, *usable]) if n in usable]
    pairs = [(n, m) for n in singles for m in singles if _leans_on(evidence[n], evidence[m])]
    groups = [*((n,) for n in singles), *pairs]
    claims = [_claim(text, question, [evidence[n] for n in group]) for group in groups]
    verdicts = checker.check_all(claims)
    for group, verdict in zip(groups, verdicts, strict=True):
        if verdict.supported and (checker.entails or all(is_copied(text, evidence[n].quote) for n in group)):
            return Supported(text, group)
    why = verdicts[0].why or ("the order of the words",) if verdicts else ("a source",)
    return Dropped(text, why)


def _leans_on(citation: Citation, other: Citation) -> bool:
    """Whether a sentence begins with a pronoun that may stand for something in the other, which comes before it.

    Any other two would support what neither says: the first half of one with the second half of the other.
    """
    if citation.file != other.file or citation.start <= other.start:
        return False
    return any(word.lower().strip(_PUNCTUATION) in _PRONOUNS for word in citation.quote.split()[:_OPENING])


def _bears_on(question: str, text: str) -> bool:
    """Whether a sentence takes up a word of the question.

    Without one it is no full sentence that answers it: scraps of the evidence are all true word for word, and that is
    what a model leaves that heeds an article ("Write the words X": X).
    """
    asked = set(stems(question))
    return not asked or not asked.isdisjoint(stems(text))


def _claim(text: str, question: str, cited: Sequence[Citation]) -> Claim:
    about = dict.fromkeys(part for citation in cited for part in (citation.title, citation.published) if part)
    return Claim(text, tuple(citation.quote for citation in cited), " ".join(about), question)
