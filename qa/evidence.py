"""Which sentences answer a question? A conditional logit over a dozen readable features, and how many to show.

The weights stand in `weights.json`, written by `byline eval fit` from the tuning parts of public question sets.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from index.embed import Vectors
from index.models import Span
from index.normal import same_words
from index.terms import terms
from qa.kinds import Kind, kind_of, leans_back, new_names, offers
from qa.retrieval import Found, Query

PASSAGES = 12  # of the best passages that say something new, all sentences are candidates
SHOWN_AT_MOST = 3
_LABEL_WORDS, _LABEL_LENGTH = 2, 20  # `Issued on:`, `3 minutes`: at most so many words and characters, no answer
FEATURES = (
    "cosine",  # of sentence and question
    "coverage",  # share of the question's IDF mass that the sentence holds
    "cosine_times_coverage",
    "context",  # share that the sentence before holds and this one does not
    "bigrams",  # share of the question's pairs of neighbouring terms
    "passage",  # score of the passage
    "other_cosine",  # the best cosine of the passage's other sentences
    "kind_missing",  # a number, time, name or reason is asked for and there is none
    "names_for_who",  # a who-question meets two capitalised words that are not its own
    "length",  # log(1 + words)
    "leans_back",  # starts with a pronoun
)
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Candidate:
    """A sentence that may answer the question."""

    found: Found
    sentence: Span
    text: str
    probability: float = 0.0  # that it is the one that answers best, among the candidates; not that it answers

    @property
    def words(self) -> int:
        """How many words a reader has to read."""
        return len(self.text.split())

    @property
    def vector(self) -> Vectors:
        """The vector of the sentence, of unit length."""
        passage = self.found.passage
        vector: Vectors = passage.vectors[[s.start for s in passage.sentences].index(self.sentence.start)]
        return vector


@dataclass(frozen=True)
class Weights:
    """What `byline eval fit` writes."""

    features: dict[str, float]
    enough: float  # sentences are shown until their probabilities sum up to this ...
    words: int  # ... or the next one would bring them over so many words


@cache
def weights() -> Weights:
    """The fitted weights that come with Byline."""
    values = json.loads(resources.files("qa").joinpath("weights.json").read_text(encoding="utf-8"))
    return Weights(**{name: values[name] for name in Weights.__dataclass_fields__})


def candidates(query: Query, found: Sequence[Found]) -> tuple[list[Candidate], Matrix]:
    """The sentences of the best passages, each words once, with their features, shape `(n, len(FEATURES))`."""
    kind, words_asked = kind_of(query.asked), terms(query.text)
    pairs = set(pairwise(words_asked))
    best: list[Candidate] = []
    rows: list[list[float]] = []
    seen: set[str] = set()
    passages = 0
    for item in found:
        if passages == PASSAGES:
            break
        before, known = frozenset[str](), len(best)
        for n, sentence in enumerate(item.passage.sentences):
            text = item.passage.text_of(sentence)
            if (words := same_words(text)) not in seen and not _is_label(text):
                seen.add(words)
                best.append(Candidate(item, sentence, text))
                rows.append(_features(query, kind, pairs, item, n, text, before))
            before = frozenset(sentence.stems)
        passages += len(best) > known  # one that only repeats others takes no place
    return best, np.array(rows).reshape(len(rows), len(FEATURES))


def _is_label(text: str) -> bool:
    return len(text) <= _LABEL_LENGTH and len(text.split()) <= _LABEL_WORDS


def _features(
    query: Query, kind: Kind, pairs: set[tuple[str, str]], item: Found, n: int, text: str, before: frozenset[str]
) -> list[float]:
    stems = item.passage.sentences[n].stems
    here = frozenset(stems)
    cosine, coverage = float(item.cosines[n]), query.coverage(here)
    others = [float(value) for i, value in enumerate(item.cosines) if i != n]
    return [
        cosine,
        coverage,
        cosine * coverage,
        query.coverage(before - here),
        len(pairs & set(pairwise(stems))) / max(len(pairs), 1),
        item.score,
        max(others, default=0.0),
        float(not offers(kind, text, query.text)),
        float(kind == "person" and len(new_names(text, query.text)) >= 2),
        math.log1p(len(text.split())),
        float(leans_back(text)),
    ]


def rank(query: Query, found: Sequence[Found]) -> list[Candidate]:
    """All candidates with their probabilities, best first."""
    best, matrix = candidates(query, found)
    if not best:
        return []
    scores = matrix @ np.array([weights().features[name] for name in FEATURES])
    return [replace(best[place], probability=probability) for place, probability in ranking(scores)]


def ranking(scores: Matrix) -> list[tuple[int, float]]:
    """(place, probability) of each candidate, best first: the softmax of their scores, shape `(n,)`."""
    powers = np.exp(scores - scores.max())
    probabilities = powers / powers.sum()
    return [(int(place), float(probabilities[place])) for place in np.argsort(-probabilities, kind="stable")]


def choose(ranked: Sequence[Candidate]) -> list[Candidate]:
    """The sentences to show: the best one, and more while it is unclear which one answers and there is room."""
    probabilities, words = [c.probability for c in ranked], [c.words for c in ranked]
    return list(ranked[: how_many(probabilities, words, weights().enough, weights().words)])


def how_many(probabilities: Sequence[float], words: Sequence[int], enough: float, most_words: int) -> int:
    """How many sentences of a ranking to show: until their probabilities make `enough`, or there is no room."""
    count = min(1, len(words))
    while 0 < count < min(SHOWN_AT_MOST, len(words)):
        if sum(probabilities[:count]) >= enough or sum(words[: count + 1]) > most_words:
            break
        count += 1
    return count
