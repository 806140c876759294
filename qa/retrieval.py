"""Question -> passages, best first: what they share with it in words and in meaning, fused.

Each side proposes candidates (SQLite's full-text index; Chroma), then every candidate gets both scores exactly: what
one side found and the other did not is looked up, not guessed.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
import numpy.typing as npt

from index.embed import Vectors
from index.reader import Reader
from index.stored import Scope, StoredPassage
from index.terms import terms
from qa.models import Hit

CANDIDATES = 60  # sentences from the vector index; half as many passages from the full-text index
K1, B = 1.2, 0.75  # BM25, Robertson & Zaragoza 2009
SENTENCE_LENGTH = 20.0  # index terms of a long sentence, the mean length in the BM25 of sentences
COSINE_CEILING = 0.8  # a cosine of 0 is worth 0, this much or more is worth 1
WEIGHTS = {  # chosen on the tuning parts, see docs/benchmarks.md
    "bm25": 0.23,  # of the passage, divided by the best
    "cosine": 0.23,  # of its best sentence
    "passage_cosine": 0.11,  # of the mean of its sentences
    "sentence_bm25": 0.10,  # of its best sentence, divided by the best
    "coverage": 0.10,  # share of the question's IDF mass in the passage
    "sentence_coverage": 0.09,  # and in its best sentence
    "article": 0.14,  # the best of the article's other passages, by bm25 and cosine
}

Signal = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Query:
    """A question as it is searched for."""

    text: str  # what is searched for
    asked: str  # the question itself; `text` may hold the question before it as well
    vector: Vectors  # unit length
    weights: Mapping[str, float]  # each index term of the question that the index knows -> inverse document frequency
    unknown: float  # what the terms that the index does not know would weigh
    mean_length: float  # index terms per passage, over the whole index

    @cached_property
    def known(self) -> float:
        """What the known terms weigh together."""
        return sum(self.weights.values())

    @property
    def known_share(self) -> float:
        """The share of the question's weight that terms which the index knows have, 0..1."""
        return self.known / (self.known + self.unknown) if self.known else 0.0

    def coverage(self, stems: Collection[str]) -> float:
        """The share of the question's known weight that `stems` hold, 0..1."""
        held = sum(weight for stem, weight in self.weights.items() if stem in stems)  # always summed in the same order
        return held / self.known if held else 0.0


@dataclass(frozen=True)
class Found:
    """A candidate passage with its raw signals and their fusion."""

    passage: StoredPassage
    cosines: Vectors  # of its sentences, shape (len(passage.sentences),)
    score: float  # 0..1, comparable within one question

    @property
    def cosine(self) -> float:
        """Cosine of the best sentence."""
        return float(self.cosines.max())


def analyse(text: str, reader: Reader, asked: str | None = None) -> Query:
    """Embed what is searched for and weigh its terms by how rare they are (BM25's inverse document frequency).

    `asked` is the question itself, where `text` holds more than that.
    """
    totals = reader.totals()
    words = dict.fromkeys(terms(text))
    frequencies = reader.frequencies(words)
    idf = {term: _idf(frequencies[term], totals.passages) for term in words if term in frequencies}
    unknown = (len(words) - len(idf)) * _idf(0, totals.passages)
    mean_length = totals.terms / max(totals.passages, 1)
    return Query(text, asked or text, reader.embedder.encode_question(text), idf, unknown, mean_length)


def _idf(frequency: int, passages: int) -> float:
    passages = max(passages, frequency)  # a build may have added some since they were counted
    return math.log1p((passages - frequency + 0.5) / (frequency + 0.5))


def search(query: Query, reader: Reader, scope: Scope | None = None, candidates: int = CANDIDATES) -> list[Found]:
    """All candidate passages for a question, best first; equal scores in the order of the index."""
    dense = reader.nearest(query.vector, candidates, scope)
    lexical = reader.matching(query.weights, candidates // 2, scope)
    passages = reader.passages({*dense, *lexical})
    named = reader.files_of({passage.content for passage in passages})  # a killed build may leave old articles behind
    return fuse(query, [passage for passage in passages if passage.content in named])


def fuse(query: Query, passages: Sequence[StoredPassage], weights: Mapping[str, float] = WEIGHTS) -> list[Found]:
    """Score passages by a convex combination (Bruch et al. 2023) of seven signals, each between 0 and 1."""
    if not passages:
        return []
    starts = np.cumsum([0, *(len(passage.sentences) for passage in passages)])
    vectors = np.concatenate([passage.vectors for passage in passages])
    cosines = vectors @ query.vector
    near = _near(np.maximum.reduceat(cosines, starts[:-1]))
    lexical = _lexical(query, passages)
    signals = {
        **lexical,
        "cosine": near,
        "passage_cosine": _near(_of_means(vectors, cosines, starts[:-1])),
        "article": _best_of_others((lexical["bm25"] + near) / 2, [passage.content for passage in passages]),
    }
    scores = sum(weight * signals[name] for name, weight in weights.items())
    found = [
        Found(passage, cosines[starts[n] : starts[n + 1]], float(score))
        for n, (passage, score) in enumerate(zip(passages, np.asarray(scores), strict=True))
    ]
    return sorted(found, key=lambda item: -item.score)


def _lexical(query: Query, passages: Sequence[StoredPassage]) -> dict[str, Signal]:
    """The signals from shared words, each of shape `(len(passages),)`."""
    rows = []
    for passage in passages:
        lengths = [len(sentence.stems) for sentence in passage.sentences]
        held = [[stem for stem in sentence.stems if stem in query.weights] for sentence in passage.sentences]
        together = list(chain.from_iterable(held))
        sharing = [(stems, length) for stems, length in zip(held, lengths, strict=True) if stems]  # few sentences do
        rows.append(
            (
                bm25(query, together, sum(lengths), query.mean_length),
                max((bm25(query, stems, length, SENTENCE_LENGTH) for stems, length in sharing), default=0.0),
                query.coverage(together),
                max((query.coverage(stems) for stems, _ in sharing), default=0.0),
            )
        )
    passage_bm25, sentence_bm25, coverage, sentence_coverage = np.array(rows).T
    return {
        "bm25": _by_best(passage_bm25),
        "sentence_bm25": _by_best(sentence_bm25),
        "coverage": coverage,
        "sentence_coverage": sentence_coverage,
    }


def bm25(query: Query, held: Sequence[str], length: int, mean_length: float) -> float:
    """BM25 of a text of `length` index terms among texts of `mean_length`.

    `held` are those of its terms that weigh something for the question, repeated as they occur.
    """
    norm = K1 * (1 - B + B * length / max(mean_length, 1.0))
    counts = {term: held.count(term) for term in held}  # faster than a Counter for the few that there are
    return sum(query.weights[term] * count * (K1 + 1) / (count + norm) for term, count in counts.items())


def _of_means(vectors: Vectors, cosines: Vectors, starts: npt.NDArray[np.intp]) -> Vectors:
    """Cosines of the question with the mean of each passage's sentences, which begin at `starts`."""
    norms = np.linalg.norm(np.add.reduceat(vectors, starts), axis=1)
    means: Vectors = np.add.reduceat(cosines, starts) / np.maximum(norms, 1e-9)
    return means


def _by_best(values: Signal) -> Signal:
    return values / (values.max() or 1.0)


def _near(cosines: Vectors) -> Signal:
    return np.clip(cosines.astype(np.float64) / COSINE_CEILING, 0.0, 1.0)


def _best_of_others(values: Signal, articles: Sequence[int]) -> Signal:
    """For each passage the largest of `values` among the other passages of its article, 0 where there is none."""
    best: dict[int, list[float]] = {}
    for article, value in zip(articles, values.tolist(), strict=True):
        best[article] = sorted([*best.get(article, []), value], reverse=True)[:2]
    return np.array(
        [
            (0.0 if len(best[article]) == 1 else best[article][best[article][0] == value])
            for article, value in zip(articles, values.tolist(), strict=True)
        ]
    )


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
