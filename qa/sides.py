"""Where the articles behind an answer differ, and who says what: the sides, cited beside the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.reader import Reader
from index.stored import Scope
from qa.cite import Quotation, located
from qa.conflict import Place, Point, ambiguity, disagreements
from qa.gather import Gathered
from qa.models import Citation, Conflict
from qa.namesakes import namesakes


def sides(
    told: Gathered, cited: Sequence[Citation], reader: Reader, scope: Scope | None
) -> tuple[tuple[Citation, ...], tuple[Conflict, ...]]:
    """What an answer cites, with the sentences of all sides behind it where they are not cited yet, and the conflicts.

    They are sought among all that was found: a copy that changed a word is what must be seen.
    """
    with reader.catalog.snapshot():
        points = list(_points(told, reader))
        places = dict.fromkeys(place for point in points for place in point.places)
        quotations = {place: Quotation(place.content, place.span, place.sentence.text, 0.0) for place in places}
        found = dict(located(list(quotations.values()), reader, scope))
    told_by = {place: found[quotation] for place, quotation in quotations.items() if quotation in found}
    points = [point for point in points if all(place in told_by for place in point.places)]
    known = {(citation.file, citation.start): citation.marker for citation in cited}
    citations, markers = list(cited), dict[Place, int]()
    for place in (place for point in points for place in point.places):
        citation = told_by[place]
        if (citation.file, citation.start) not in known:
            citations.append(replace(citation, marker=len(citations) + 1))
            known[citation.file, citation.start] = len(citations)
        markers[place] = known[citation.file, citation.start]
    return tuple(citations), tuple(point.conflict(markers) for point in points)


def _points(told: Gathered, reader: Reader) -> Iterator[Point]:
    """Different things of the name asked about, and where articles differ on what is asked, but for those on these."""
    query, ranked = told.query, told.ranked
    things = namesakes(query.asked, ranked, reader.heads({candidate.found.passage.content for candidate in ranked}))
    yield from ambiguity(things)
    about = {content: thing.name for thing in things for content in thing.contents}
    shown = {place for voice in told.voices[: told.shown] for place in voice.places}
    for point in disagreements(query, ranked, shown):
        subjects = {about.get(place.content) for place in point.places}
        if None in subjects or len(subjects) == 1:
            yield point
