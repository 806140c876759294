"""Where the quotations of a gold question stand in the articles."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase

from rapidfuzz import fuzz

from eval.gold.models import Gold, GoldSpan
from index.errors import InputError

_ALIKE = 60  # rapidfuzz's partial ratio, 0..100, from which other words are worth showing
_SHOWN = 120  # characters of a quotation in a message


def locate(gold: Gold, read: Callable[[str], str], files: Collection[str] | None = None) -> Gold:
    """`gold` with the exact start of every quotation, found as near to the hint as it stands in the text of its file.

    `read(file)` gives a file's text and raises `KeyError` for a file that is not there; `files` are all there are,
    where the patterns of the question are to be looked at. Raises `InputError` for the first of `problems`.
    """
    evidence = tuple(tuple(_located(span, gold, read) for span in group) for group in gold.evidence)
    for problem in _strangers(gold, read, files):
        raise problem
    return replace(gold, evidence=evidence)


def problems(gold: Gold, read: Callable[[str], str], files: Collection[str] | None = None) -> Iterator[InputError]:
    """What is wrong with the quotations and files of `gold`, one error each.

    A quotation that is not in its file, one without a start that stands there more than once, a file that is not there,
    a pattern that no file matches.
    """
    for span in dict.fromkeys(span for group in gold.evidence for span in group):
        try:
            _located(span, gold, read)
        except InputError as problem:
            yield problem
    yield from _strangers(gold, read, files)


def _strangers(gold: Gold, read: Callable[[str], str], files: Collection[str] | None) -> Iterator[InputError]:
    for pattern in gold.files if files is not None else ():
        if not any(fnmatchcase(file, pattern) for file in files or ()):
            yield _problem(gold, f"no article matches {pattern!r} of its files")
    sides = gold.conflict.sides if gold.conflict else ()
    for file in dict.fromkeys(file for side in sides for file in side.files):
        try:
            read(file)
        except KeyError:
            yield _problem(gold, f"the file {file} of its conflict is not among the articles")


def _located(span: GoldSpan, gold: Gold, read: Callable[[str], str]) -> GoldSpan:
    try:
        text = read(span.file)
    except KeyError as error:
        raise _problem(gold, f"its evidence file {span.file} is not among the articles") from error
    if span.start is not None and text.startswith(span.quote, span.start):
        return span
    starts = list(_occurrences(span.quote, text))
    if not starts:
        raise _problem(gold, f"{span.file} does not hold the words {_shown(span.quote)}{_instead(span.quote, text)}")
    if span.start is None and len(starts) > 1:
        places = ", ".join(map(str, starts[:5]))
        raise _problem(
            gold, f'{span.file} holds {_shown(span.quote)} {len(starts)} times; say which with "start" ({places})'
        )
    hint = span.start or 0
    return replace(span, start=min(starts, key=lambda start: abs(start - hint)))


def _problem(gold: Gold, what: str) -> InputError:
    where = f"{gold.source}: " if gold.source else ""
    return InputError(f"{where}question {gold.id}: {what}")


def _occurrences(quote: str, text: str) -> Iterator[int]:
    start = text.find(quote)
    while start >= 0:
        yield start
        start = text.find(quote, start + 1)


def _instead(quote: str, text: str) -> str:
    """What the file says in nearly the same words, for somebody who has to mend the quotation."""
    found = fuzz.partial_ratio_alignment(quote, text, score_cutoff=_ALIKE)
    if found is None or not text:
        return "; correct them"
    return f"; the nearest it says is {_shown(text[found.dest_start : found.dest_end])} at {found.dest_start}"


def _shown(quote: str) -> str:
    return repr(quote if len(quote) <= _SHOWN else quote[: _SHOWN - 1] + "…")
