"""What a report tells of one answer, kept short: places instead of words wherever the words stand in an article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from eval.gold import Gold, GoldSpan
from eval.metrics import recall_at_k
from eval.report.passages import Passages, shorten
from qa.models import Answer, Citation, Conflict, Hit, Place, describe

AROUND_CITATION = 200  # characters of context on each side
HITS = 5
HIT_SIZE = 400  # characters shown of one
_MARKER = re.compile(r"\s*\[(\d+)\]")


def outcome(answer: Answer, right: float | None, answerable: bool) -> str:
    """`right`, `wrong`, `refused rightly`, `refused wrongly`, or `not scored`.

    `right` is the score of that name. Without it only a refusal can be judged, and an answer that should be one.
    """
    good = bool(right) if right is not None else answer.answered == answerable
    if right is None and (not answer.text or (answer.answered and answerable)):
        return "not scored"
    if answer.answered:
        return "right" if good else "wrong"
    return "refused rightly" if good else "refused wrongly"


def answer_data(answer: Answer, gold: Gold, passages: Passages) -> dict[str, Any]:
    """The parts of `answer` that say something."""
    data = {
        "said": [_piece(*piece, answer) for piece in pieces(answer)],
        "answered": answer.answered,
        "short": shorten(answer.short or ""),
        "reason": shorten(answer.reason or "") if answer.text else None,
        "confidence": answer.confidence,
        "llm": None if answer.llm == "none" else answer.llm,
        "dropped": answer.dropped,
        "unknown": answer.unknown_markers,
        "notes": list(map(shorten, answer.notes)),
        "conflicts": [_conflict(conflict) for conflict in answer.conflicts],
        "citations": [_citation(citation, passages) for citation in answer.citations],
        "hits": [_hit(hit, gold, passages) for hit in answer.hits[:HITS]],
        "found": len(answer.hits),
        "nearest": [_hit(hit, gold, passages) for hit in answer.nearest],
    }
    return {key: value for key, value in data.items() if value not in (None, [], 0, "")}


def pieces(answer: Answer) -> Iterator[tuple[str, str, Sequence[int], str | None]]:
    """The text in order: what stands before a statement, its words, the markers after them, how it is supported.

    An answer whose statements do not make up its text, as other systems may give, is cut after its markers.
    """
    try:
        yield from [(before, said.text, said.citations, said.support) for before, said in _checked(answer)]
    except ValueError:
        yield from _by_markers(answer)


def _checked(answer: Answer) -> list[tuple[str, Any]]:
    found = list(answer.pieces())
    if not found:
        raise ValueError("no statements")
    return found


def _by_markers(answer: Answer) -> Iterator[tuple[str, str, Sequence[int], str | None]]:
    known = {citation.marker for citation in answer.citations}
    at = 0
    for match in _MARKER.finditer(answer.text):
        if int(match[1]) in known:
            yield "", answer.text[at : match.start()], (int(match[1]),), None
            at = match.end()
    if answer.text[at:]:
        yield "", answer.text[at:], (), None


def _piece(before: str, words: str, markers: Sequence[int], support: str | None, answer: Answer) -> list[Any]:
    """`[before, words, markers, support]`; words None: those of the citation of its first marker."""
    quotes: Mapping[int, str] = {citation.marker: citation.quote for citation in answer.citations}
    quoted = bool(markers) and quotes.get(markers[0]) == words
    return [shorten(before), None if quoted else shorten(words), list(markers), support]


def _conflict(conflict: Conflict) -> dict[str, Any]:
    sides = [[shorten(value), list(markers)] for value, markers in conflict.sides]
    return {"kind": conflict.kind, "summary": shorten(conflict.summary), "sides": sides}


def _citation(citation: Citation, passages: Passages) -> dict[str, Any]:
    place = Place(citation.file, citation.start, citation.end)
    about = {"marker": citation.marker, "about": describe(citation)}
    return about | passages.show(place, citation.quote, AROUND_CITATION)


def _hit(hit: Hit, gold: Gold, passages: Passages) -> dict[str, Any]:
    spans = list(dict.fromkeys(span for group in gold.evidence for span in group))
    held = [span for span in spans if _share(hit, span) == 1.0]
    touched = held or [span for span in spans if _touches(hit, span)]
    about = touched[0].start if touched and touched[0].start is not None else hit.start
    passage = passages.cut(Place(hit.file, hit.start, hit.end), hit.text, about, HIT_SIZE)
    holds = "whole" if held else "part" if touched else "file" if any(s.file == hit.file for s in spans) else None
    return passage | {"score": round(hit.score, 4)} | ({"holds": holds} if holds else {})


def _share(hit: Hit, span: GoldSpan) -> float | None:
    return recall_at_k([hit], replace(Gold("", ""), evidence=((span,),)), 1)


def _touches(hit: Hit, span: GoldSpan) -> bool:
    return span.start is not None and span.file == hit.file and hit.start < span.end and span.start < hit.end
