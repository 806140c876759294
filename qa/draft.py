"""What a language model writes, sentence by sentence, and what of it may be shown.

A sentence is shown when a sentence of the evidence, or two of them, say what it says (`qa.verify`); those are what it
cites, whatever numbers the model wrote. Anything else is dropped and counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.split import split
from qa.models import Citation
from qa.orders import gives_orders
from qa.verify import Checker, Claim

MOST_SENTENCES = 3
MOST_TOKENS = 160
_MARKER = re.compile(r"\s*\[(\d{1,4})\]")
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
        whole = _split(text)[:-1]
        yield from whole[given:]
        given = max(given, len(whole))
    yield from _split(text)[given:]


def _split(draft: str) -> list[str]:
    text = _THOUGHT.sub("", draft).strip()
    return [text[s.start : s.end] for passage in split(text) for s in passage.sentences]


def _judged(
    text: str, question: str, evidence: Sequence[Citation], checker: Checker, likely: Sequence[int]
) -> Supported | Dropped:
    """The first of these that supports the sentence: what is likely, any other, what is likely with another."""
    if gives_orders(text):
        return Dropped(text, ("it gives orders, or shows a link",))
    usable = [n for n in range(len(evidence)) if not gives_orders(evidence[n].quote)]
    singles = [n for n in dict.fromkeys([*likely, *usable]) if n in usable]
    pairs = [(singles[0], n) for n in singles[1:]] if singles else []
    groups = [*((n,) for n in singles), *pairs]
    claims = [_claim(text, question, [evidence[n] for n in group]) for group in groups]
    verdicts = checker.check_all(claims)
    for group, verdict in zip(groups, verdicts, strict=True):
        if verdict.supported:
            return Supported(text, group)
    return Dropped(text, verdicts[0].why if verdicts else ("a source",))


def _claim(text: str, question: str, cited: Sequence[Citation]) -> Claim:
    about = dict.fromkeys(part for citation in cited for part in (citation.title, citation.published) if part)
    return Claim(text, tuple(citation.quote for citation in cited), " ".join(about), question)
