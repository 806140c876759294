"""Question -> passages, best first: BM25 of the passage and the cosine of its best sentence, fused.

Each side proposes candidates (SQLite's full-text index; Chroma), then every candidate gets both scores exactly: what one
side found and the other did not is looked up, not guessed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.embed import Vectors
from index.reader import Reader, Scope, StoredPassage
from index.terms import terms
from qa.models import Hit

CANDIDATES = 200  # sentences from the vector index; half as many passages from the full-text index
K1, B = 1.2, 0.75  # BM25, Robertson & Zaragoza 2009
COSINE_FLOOR, COSINE_CEILING = 0.0, 0.8  # mapped to 0 and 1
WEIGHTS = {"bm25": 0.29, "cosine": 0.29, "coverage": 0.21, "sentence_coverage": 0.21}  # chosen on the tuning parts


@dataclass(frozen=True)
class Query:
    """A question as it is searched for."""

    text: str
    vector: Vectors  # unit length
    weights: Mapping[str, float]  # each index term of the question that the index knows -> inverse document frequency
    unknown: float  # what the terms that the index does not know would weigh
    mean_length: float  # index terms per passage, over the whole index

    @property
    def known(self) -> float:
        """What the known terms weigh together."""
        return sum(self.weights.values())

    def coverage(self, stems: Collection[str]) -> float:
        """The share of the question's known weight that `stems` hold, 0..1."""
        return sum(self.weights[stem] for stem in stems if stem in self.weights) / self.known if self.weights else 0.0


@dataclass(frozen=True)
class Found:
    """A candidate passage with its raw signals and their fusion."""

    passage: StoredPassage
    bm25: float
    cosines: Vectors  # of its sentences, shape (len(passage.sentences),)
    score: float  # 0..1, comparable within one question

    @property
    def cosine(self) -> float:
        """Cosine of the best sentence."""
        return float(self.cosines.max())


def analyse(question: str, reader: Reader) -> Query:
    """Embed a question and weigh its terms by how rare they are (BM25's inverse document frequency)."""
    totals = reader.totals()
    words = dict.fromkeys(terms(question))
    frequencies = reader.frequencies(words)
    idf = {term: _idf(frequencies[term], totals.passages) for term in words if term in frequencies}
    unknown = (len(words) - len(idf)) * _idf(0, totals.passages)
    mean_length = totals.terms / max(totals.passages, 1)
    return Query(question, reader.embedder.encode_question(question), idf, unknown, mean_length)


def _idf(frequency: int, passages: int) -> float:
    return math.log1p((passages - frequency + 0.5) / (frequency + 0.5))


def search(query: Query, reader: Reader, scope: Scope | None = None) -> list[Found]:
    """All candidate passages for a question, best first; equal scores in the order of the index."""
    dense = reader.nearest(query.vector, CANDIDATES, scope)
    lexical = reader.matching(query.weights, CANDIDATES // 2, scope)
    passages = reader.passages({*dense, *lexical})
    return fuse(query, passages)


def fuse(query: Query, passages: Sequence[StoredPassage], weights: Mapping[str, float] = WEIGHTS) -> list[Found]:
    """Score passages by a convex combination (Bruch et al. 2023) of what they share with the question.

    BM25 divided by the best; the cosine of the best sentence between fixed bounds; the share of the question's IDF mass
    that the passage holds, and that its best sentence holds.
    """
    lexical = [bm25(query, passage.stems) for passage in passages]
    best = max(lexical, default=0.0) or 1.0
    found = []
    for passage, value in zip(passages, lexical, strict=True):
        cosines = passage.vectors @ query.vector
        near = (float(cosines.max()) - COSINE_FLOOR) / (COSINE_CEILING - COSINE_FLOOR)
        signals = {
            "bm25": value / best,
            "cosine": min(max(near, 0.0), 1.0),
            "coverage": query.coverage(frozenset(passage.stems)),
            "sentence_coverage": _best_sentence_coverage(query, passage) if value else 0.0,
        }
        found.append(Found(passage, value, cosines, sum(weight * signals[name] for name, weight in weights.items())))
    return sorted(found, key=lambda item: -item.score)


def _best_sentence_coverage(query: Query, passage: StoredPassage) -> float:
    return max(query.coverage(frozenset(sentence.stems)) for sentence in passage.sentences)


def bm25(query: Query, stems: Sequence[str]) -> float:
    """BM25 of one passage, of which `stems` are the index terms."""
    counts = Counter(stem for stem in stems if stem in query.weights)
    norm = K1 * (1 - B + B * len(stems) / max(query.mean_length, 1.0))
    return sum(query.weights[term] * count * (K1 + 1) / (count + norm) for term, count in counts.items())


def hits(found: Sequence[Found], reader: Reader, scope: Scope | None, k: int) -> list[Hit]:
    """The best `k` passages under the name of the first file, in scope, that holds them."""
    best = found[:k]
    names = reader.files_of(item.passage.content for item in best) if scope is None else scope.by_content
    return [
        Hit(
            file=names[item.passage.content][0].file,
            start=item.passage.start,
            end=item.passage.end,
            text=item.passage.text,
            score=round(item.score, 6),
            title=names[item.passage.content][0].title,
            published=names[item.passage.content][0].published,
        )
        for item in best
        if names.get(item.passage.content)
    ]
