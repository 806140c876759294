"""Near-duplicate articles: wire copy, rewrites, copies that were trimmed or given another headline.

Two articles are copies when much of the shorter one stands in the other, sentence by sentence, in meaning and in facts.
Shingles of words do not see a rewrite; the vectors of sentences do. But they hardly tell two towns in one template
apart ("In 2010 it had 3,559 inhabitants"), which the names and numbers do.

Whatever is found is remembered, nothing is left out: who reads counts copies as one voice.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.catalog import Catalog
from index.embed import Vectors
from index.terms import STOP_WORDS

if TYPE_CHECKING:
    from index.store import VectorStore

COSINE = 0.75  # from here on two sentences say the same
ALONE = 0.9  # where no other sentences of the two articles do
SHARE = 0.45  # of the characters of one article that the other has to say as well
FACTS = 0.6  # of the names, and of the numbers, of those sentences
_FEW = 3  # of which one may be the change that a rewrite made
_LEAD, _SPREAD = 8, 8  # sentences by which copies are looked for: the first ones, which survive a cut, and others
_COMPARED = 2_000  # sentences of an article, from the first on: a book is compared by its beginning
_NEAREST = 10  # sentences that each of them finds
MOST = 200  # copies of one article that are remembered

_FACT = re.compile(r"\b[A-Z][\w’'-]*|\d[\d.,:]*\d|\d")


@dataclass(frozen=True)
class Said:
    """The sentences of an article."""

    texts: tuple[str, ...]
    vectors: Vectors  # (len(texts), dimension)

    @property
    def sizes(self) -> npt.NDArray[np.int64]:
        """Characters of each."""
        return np.array([len(text) for text in self.texts])

    def facts(self, sentence: int) -> frozenset[str]:
        """Names and numbers of a sentence."""
        found = _FACT.findall(self.texts[sentence])
        return frozenset(fact for fact in found if fact.lower() not in STOP_WORDS)


def are_copies(one: Said, other: Said) -> bool:
    """Whether one of them says much of what the other says."""
    cosines = one.vectors @ other.vectors.T
    ours, theirs = cosines.max(axis=1) >= COSINE, cosines.max(axis=0) >= COSINE
    shares = [(said * item.sizes).sum() / item.sizes.sum() for said, item in ((ours, one), (theirs, other))]
    if max(shares) < SHARE or (min(ours.sum(), theirs.sum()) < 2 and cosines.max() < ALONE):
        return False
    return _same_facts(one, other, [(int(n), int(cosines[n].argmax())) for n in np.flatnonzero(ours)])


def _same_facts(one: Said, other: Said, pairs: Sequence[tuple[int, int]]) -> bool:
    """Whether paired sentences have most of their names and most of their numbers in common."""
    facts = [(one.facts(n), other.facts(m)) for n, m in pairs]
    numbers = [(frozenset(filter(_has_digit, ours)), frozenset(filter(_has_digit, theirs))) for ours, theirs in facts]
    names = [(ours - own, theirs - their) for (ours, theirs), (own, their) in zip(facts, numbers, strict=True)]
    return _in_common(facts, 1) and _in_common(names, _FEW) and _in_common(numbers, _FEW)


def _in_common(facts: Sequence[tuple[frozenset[str], frozenset[str]]], few: int) -> bool:
    """Whether the side that has fewer of them shares `FACTS` of these; true where it has less than `few`."""
    least = min(sum(len(ours) for ours, _ in facts), sum(len(theirs) for _, theirs in facts))
    return least < few or sum(len(ours & theirs) for ours, theirs in facts) >= FACTS * least


def _has_digit(fact: str) -> bool:
    return any(map(str.isdigit, fact))


class Copies:
    """Looks for the copies of articles in an index."""

    def __init__(self, catalog: Catalog, vectors: VectorStore) -> None:
        self.catalog, self.vectors = catalog, vectors
        self._said = lru_cache(maxsize=64)(self._read)

    def of(self, content: int) -> list[int]:
        """The contents that are copies of this one, at most `MOST`.

        Candidates hold one of the nearest sentences; then come the copies of what was found, since of a thousand copies
        the vector index offers ten.
        """
        own = self._said(content)
        waiting = deque(self._near(content, own))
        seen = {content, *waiting}
        found: list[int] = []
        while waiting and len(found) < MOST:
            candidate = waiting.popleft()
            if not are_copies(own, self._said(candidate)):
                continue
            found.append(candidate)
            others = [other for other in self.catalog.copies([candidate])[candidate] if other not in seen]
            waiting.extend(others)
            seen.update(others)
        return sorted(found)

    def _near(self, content: int, own: Said) -> list[int]:
        """Contents that hold a sentence that is near to one of its own."""
        found = self.vectors.search_all(own.vectors[_probes(len(own.texts))], _NEAREST)
        keys = {key.rpartition(":")[0] for nearest in found for key, cosine in nearest if cosine >= COSINE}
        return sorted(set(self.catalog.contents(keys).values()) - {content})

    def _read(self, content: int) -> Said:
        return Said(*self.catalog.sentences_of(content, _COMPARED))


def _probes(count: int) -> list[int]:
    """Which of `count` sentences are looked for."""
    if count <= _LEAD + _SPREAD:
        return list(range(count))
    rest = np.linspace(_LEAD, count - 1, _SPREAD).astype(int).tolist()
    return [*range(_LEAD), *rest]
