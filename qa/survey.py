"""Where the articles of a folder differ, quotation by quotation.

Every sentence is compared (`qa.difference`) with those of other articles that are nearest to it in meaning, if both are
about the same thing: copies of one article, or sentences that name the same people and places. Before copies are taken
for one voice: a rewrite that changed a word is what is looked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from typing import Any

from index.reader import Reader
from qa.cite import Quotation, cite
from qa.conflict import NEAR, QUOTED, Differing, Place, gathered, quoted_words
from qa.difference import Sentence, differences, is_headline
from qa.known import Known, bare_word, plain
from qa.models import Citation, Conflict
from qa.names import names
from qa.stems import stems

NEAREST = 8  # sentences that each one is compared with
_AS_NEAR = 0.02  # a rewrite may have made two sentences of one
_SHARED = 2  # names that sentences of different articles have in common with what is around them
_MOST = 0.5  # of the weight of the names
_LEAD = 1  # sentence in which an article says what it is about
_WORDS = 3  # of content that two sentences have in common at least
_QUOTING = 50  # sentences with the same quotation that are compared


@dataclass(frozen=True, slots=True)
class Survey:
    """What differs, and the sentences in which it does; the markers of the sides are those of the citations."""

    conflicts: tuple[Conflict, ...]
    citations: tuple[Citation, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def _names(text: str) -> frozenset[str]:
    """Names in their bare forms."""
    return frozenset(bare_word(name) for name, _ in names(plain(text)))


def survey(reader: Reader, tell: Callable[[int, int], None] = lambda done, total: None) -> Survey:
    """All conflicts of the folder, in the order of its files. `tell` is called with the articles done, and all."""
    with reader.catalog.snapshot():
        points = gathered(_Folder(reader).differing(tell))
        places = list(dict.fromkeys(place for point in points for place in point.places))
        citations = cite([Quotation(p.content, p.span, p.sentence.text, 1.0) for p in places], reader, None)
    markers = {place: citation.marker for place, citation in zip(places, citations, strict=True)}
    return Survey(tuple(point.conflict(markers) for point in points), tuple(citations))


def _names_near(place: Place) -> frozenset[str]:
    return _names(f"{place.sentence.text} {place.sentence.around}")


class _Folder:
    """The articles of an index, compared with each other."""

    def __init__(self, reader: Reader) -> None:
        self.reader, self.catalog = reader, reader.catalog
        self.contents = dict.fromkeys(entry.content for entry in reader.entries())
        self.passages = reader.totals().passages
        self._places = lru_cache(maxsize=1_000)(self._read)
        self._names = lru_cache(maxsize=1_000)(self._read_names)
        self._names_near = lru_cache(maxsize=10_000)(_names_near)  # each sentence meets many others
        self._weight = cache(self._weigh)
        self._quoting: dict[str, list[Place]] = {}

    def differing(self, tell: Callable[[int, int], None]) -> Iterator[Differing]:
        """Pairs of sentences that differ, each once, and in what."""
        seen: set[frozenset[tuple[int, int]]] = set()
        for done, content in enumerate(self.contents):
            tell(done, len(self.contents))
            copies = set(self.catalog.copies([content])[content])
            nearest = self.reader.neighbours(content, NEAREST + len(copies))  # copies are nearest, and say the same
            for place, near in zip(self._places(content), nearest, strict=True):
                for other, cosine in (*self._near(near), *self._with_quotation_of(place)):
                    pair = frozenset({(content, place.span.start), (other.content, other.span.start)})
                    if other.content != content and pair not in seen:
                        seen.add(pair)
                        yield from self._compared(place, other, cosine, other.content in copies)
        tell(len(self.contents), len(self.contents))

    def _near(self, near: Iterable[tuple[int, int, float]]) -> Iterator[tuple[Place, float]]:
        """Of each article the sentence that is nearest, and those that are hardly less near."""
        best: dict[int, float] = {}
        for content, ordinal, cosine in near:
            if content in self.contents and cosine >= max(QUOTED, best.setdefault(content, cosine) - _AS_NEAR):
                yield self._places(content)[ordinal], cosine

    def _with_quotation_of(self, place: Place) -> Iterator[tuple[Place, float]]:
        """Sentences before it that quote the same words; it is one of them from now on."""
        for quoted in quoted_words(place.sentence.text):
            others = self._quoting.setdefault(quoted, [])
            if len(others) < _QUOTING:
                yield from ((other, 1.0) for other in others)
                others.append(place)

    def _compared(self, one: Place, other: Place, cosine: float, copies: bool) -> Iterator[Differing]:
        if not copies and len(self._names_near(one) & self._names_near(other)) < _SHARED:
            return
        words = Known(one.sentence.text).stems & Known(other.sentence.text).stems
        near = cosine >= NEAR and len(words) >= _WORDS and (copies or self._same_subject(one, other))
        for difference in differences(one.sentence, other.sentence):
            if near or difference.kind == "quote":
                yield one, other, difference

    def _same_subject(self, one: Place, other: Place) -> bool:
        """Whether most of what each article names at its beginning is named in the other, rare names counting for more.

        Two towns in one template have the Census Bureau in common, and nothing that is said of it.
        """
        pairs = ((one.content, other.content), (other.content, one.content))
        return all(self._named_in(content, there) for content, there in pairs)

    def _named_in(self, content: int, other: int) -> bool:
        subject = self._names(content)[0]
        common = subject & self._names(other)[1]
        return len(common) >= _SHARED and sum(map(self._weight, common)) >= _MOST * sum(map(self._weight, subject))

    def _read_names(self, content: int) -> tuple[frozenset[str], frozenset[str]]:
        """The names in the first sentences of an article, and all of its names."""
        texts = [place.sentence.text for place in self._places(content)]
        lead = [text for text in texts if not is_headline(text)][:_LEAD]
        return _names(" ".join(lead)), frozenset().union(*map(_names, texts))

    def _weigh(self, name: str) -> float:
        found = self.reader.frequencies(stems(name))
        return math.log1p(self.passages / min(found.values())) if found else 0.0

    def _read(self, content: int) -> list[Place]:
        article = self.reader.article(self.reader.files_of([content])[content][0].file)
        spans = self.catalog.spans(content)
        texts = [article.text[span.start : span.end] for span in spans]
        return [Place(content, span, Sentence.among(texts, n)) for n, span in enumerate(spans)]
