"""What the articles have to say to a question, before anything is made of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.reader import Reader
from index.stored import Scope
from qa.cite import Quotation, cite
from qa.confidence import Confidence, confidence
from qa.evidence import Candidate, choose, rank
from qa.models import Citation
from qa.retrieval import Found, Query, search
from qa.voices import Groups, Voice, confirming, groups, shown_first, voices


@dataclass(frozen=True)
class Gathered:
    """Passages, their sentences, those with their copies as one voice, and how sure an answer of them is."""

    query: Query
    found: Sequence[Found]
    ranked: Sequence[Candidate]  # best first
    alike: Groups
    voices: Sequence[Voice]  # those that are shown first, best first
    shown: int  # so many of them answer where they are quoted
    sure: Confidence


def gather(query: Query, reader: Reader, scope: Scope | None) -> Gathered:
    """All that is known before it is decided whether to answer."""
    with reader.catalog.snapshot():
        found = search(query, reader, scope)
        ranked = rank(query, found)
        contents = {candidate.found.passage.content for candidate in ranked}
        alike = groups(contents, reader.catalog.copies(contents))
    told = voices(ranked, alike)
    said = [voice.said for voice in told]
    enough = len(choose(said))
    sure = confidence(query, found, said, enough)
    return Gathered(query, found, ranked, alike, *shown_first(told, enough, alike), sure)


def evidence(told: Gathered, reader: Reader, scope: Scope | None, most: int) -> list[Citation]:
    """The best `most` voices, cited, each with its copies and with those that confirm it."""
    quotations = [
        _quotation(voice, confirming(voice, told.ranked, told.alike, told.query.asked)) for voice in told.voices[:most]
    ]
    return cite(quotations, reader, scope)


def _quotation(voice: Voice, others: Iterable[Candidate]) -> Quotation:
    said = voice.said
    copies, confirming = (
        tuple((c.found.passage.content, c.sentence) for c in found) for found in (voice.copies, others)
    )
    return Quotation(said.found.passage.content, said.sentence, said.text, said.probability, copies, confirming)
