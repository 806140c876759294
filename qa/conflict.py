"""Where the evidence for a question disagrees, and who says what.

Sentences that are about the same thing are compared (`qa.difference`): near in meaning or, where words within quotation
marks differ, less so. What differs counts for a question that asks for it: a number for `how many`, and so on, with
words of the question around it; around one side will do where somebody takes a stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal

from index.models import Span
from index.terms import terms
from qa.difference import Difference, Kind, Sentence, differences
from qa.evidence import Candidate
from qa.facts import quotations
from qa.kinds import Kind as Asked
from qa.kinds import kind_of
from qa.known import Known, bare_word, plain
from qa.models import Conflict, Side
from qa.names import name_forms
from qa.namesakes import Namesake
from qa.numbers import numbers
from qa.retrieval import Query
from qa.stance import asks_for_support
from qa.stems import stems

NEAR = 0.75  # cosine from which on two sentences say the same, but for what differs
QUOTED = 0.5  # the same where what differs stands within quotation marks
COMPARED = 16  # of the best sentences for a question are compared with each other, those shown with all
_AROUND = 12  # words on either side of what differs ...
_ASKED = 0.2  # that hold at least this share of the IDF mass of the question,
_ASKED_UNSHOWN = 0.55  # or this, where other sentences are shown
_ORDINAL = re.compile(
    r"\d(?:st|nd|rd|th)\b|\b(?:first|second|third|(?:four|fif|six|seven|eigh|nin|ten|eleven|twelf|\w+teen|\w+tie)th)\b",
    re.IGNORECASE,
)
_ANSWERS: dict[Asked, frozenset[Kind]] = {  # what can differ in the answers to a question
    "number": frozenset({"number"}),
    "time": frozenset({"date", "number"}),
    "person": frozenset({"name"}),
    "place": frozenset({"name"}),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence of an article, with those around it."""

    content: int
    span: Span
    sentence: Sentence


_Key = frozenset[str]
Differing = tuple[Place, Place, Difference]


PointKind = Kind | Literal["ambiguous"]


@dataclass
class Point:
    """What the articles differ on: values, by what is equal for two that say the same, and where each stands."""

    kind: PointKind
    sides: dict[_Key, tuple[str, list[Place]]] = field(default_factory=dict)

    @property
    def places(self) -> list[Place]:
        """The sentences of all sides."""
        return [place for _, told in self.sides.values() for place in told]

    def add(self, value: str, place: Place, apart: _Key | None = None) -> _Key:
        """Note that a sentence gives a value; returns its side, which is another one than `apart`."""
        key = _key(self.kind, value)
        same = next((own for own in self.sides if own != apart and _same(self.kind, own, key)), key)
        if same == apart:
            same = frozenset({value.casefold()})
        places = self.sides.setdefault(same, (value, []))[1]
        if place not in places:
            places.append(place)
        return same

    def conflict(self, markers: dict[Place, int]) -> Conflict:
        """The same with the markers of the citations of its sentences."""
        sides = tuple(Side(value, tuple(markers[place] for place in told)) for value, told in self.sides.values())
        return Conflict.of(self.kind, sides)


def ambiguity(found: Sequence[Namesake]) -> list[Point]:
    """Different things of one name as the sides of a point; none where there are none."""
    sides = {thing.told_apart_by: (thing.value, [place_of(thing.said)]) for thing in found}
    return [Point("ambiguous", sides)] if sides else []


def gathered(found: Iterable[Differing]) -> list[Point]:
    """Differences as points: those with a value of a sentence in common, or both values of two articles, are one."""
    points: list[Point] = []
    of: dict[tuple[object, ...], Point] = {}
    for one, other, difference in found:
        kind = difference.kind
        ours, theirs = _key(kind, difference.one), _key(kind, difference.other)
        nodes: list[tuple[object, ...]] = [(kind, ours, one), (kind, theirs, other)]
        nodes.append((kind, frozenset({(ours, one.content), (theirs, other.content)})))
        point = next((of[node] for node in nodes if node in of), None)
        if point is None:
            point = Point(kind)
            points.append(point)
        point.add(difference.other, other, apart=point.add(difference.one, one))
        for node in nodes:
            of.setdefault(node, point)
    return points


def _key(kind: PointKind, value: str) -> _Key:
    """What two values that say the same have in common."""
    found: Iterable[str] = ()
    if kind == "number":
        found = (form for number in numbers(plain(value)) for form in number.forms)
    elif kind == "date":
        found = (" ".join(day) for day in Known(value).days)
    elif kind == "name":
        found = (form for word in plain(value).split() for form in name_forms(bare_word(word)))
    elif kind == "quote":
        found = stems(plain(value))
    return frozenset(found) or frozenset({value.casefold()})


def _same(kind: PointKind, one: _Key, other: _Key) -> bool:
    """Whether they do; quoted words also where one is a longer form: `satellites`, `satellite states`."""
    return one <= other or other <= one if kind == "quote" else not one.isdisjoint(other)


def disagreements(query: Query, ranked: Sequence[Candidate], shown: Set[Place]) -> list[Point]:
    """Where the best candidates, or one that is shown and any other, differ on what is asked.

    They do so more surely, if none of the `shown` is among them.
    """
    return gathered(_differing(query, ranked, shown))


def _differing(query: Query, ranked: Sequence[Candidate], shown: Set[Place]) -> Iterator[Differing]:
    kind = kind_of(query.asked)
    places, vectors = [place_of(candidate) for candidate in ranked], [candidate.vector for candidate in ranked]
    quoted = [quoted_words(candidate.text) for candidate in ranked]
    are_shown = [place in shown for place in places]
    for n, m in combinations(range(len(ranked)), 2):
        one, other, told = places[n], places[m], are_shown[n] or are_shown[m]
        if one.content == other.content or (m >= COMPARED and not told):
            continue
        cosine = float(vectors[n] @ vectors[m])
        same_words = any(mine in yours or yours in mine for mine in quoted[n] for yours in quoted[m])
        if cosine < QUOTED and not same_words:
            continue
        for found in differences(one.sentence, other.sentence):
            near = cosine >= NEAR or same_words or found.kind == "quote" or (found.claim and found.kind == "negation")
            if near and _answers(kind, found) and _asks(query, one, other, found, told):
                yield one, other, found


def _answers(asked: Asked, found: Difference) -> bool:
    """Whether what differs can answer: an ordinal tells no number, and a number without digits no time."""
    if asked in _ANSWERS and found.kind not in _ANSWERS[asked]:
        return False
    if found.kind != "number":
        return True
    values = (found.one, found.other)
    if asked == "number":
        return not any(map(_ORDINAL.search, values))
    return asked != "time" or all(any(char.isdigit() for char in value) for value in values)


def _asks(query: Query, one: Place, other: Place, found: Difference, shown: bool) -> bool:
    """Whether enough of the question stands around what differs; around one side will do where it is a stand."""
    held = [query.coverage(_around(place, value)) for place, value in ((one, found.one), (other, found.other))]
    least = _ASKED if shown else _ASKED_UNSHOWN
    if found.claim and found.kind == "name" and not asks_for_support(query.asked):
        return False
    return query.known_share * (max(held) if found.claim else min(held)) >= least


def _around(place: Place, value: str) -> frozenset[str]:
    """The index terms near a value."""
    text = plain(place.sentence.text)
    match = re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text)
    if match is None:
        return frozenset()
    before, after = text[: match.start()].split()[-_AROUND:], text[match.end() :].split()[:_AROUND]
    return frozenset(terms(" ".join((*before, *after))))


def place_of(candidate: Candidate) -> Place:
    """Where a candidate stands."""
    passage = candidate.found.passage
    span = Span(candidate.sentence.start, candidate.sentence.end)
    return Place(passage.content, span, Sentence(candidate.text, passage.text.replace(candidate.text, " ", 1)))


def quoted_words(text: str) -> list[str]:
    """What stands in quotation marks, if it is more than a word; each once, without capitals."""
    return list(dict.fromkeys(quoted.casefold() for quoted in quotations(plain(text)) if " " in quoted))
