"""Fit the weights of `qa/weights.json` on the tuning parts of gold sets.

Two fits, both deterministic: which sentence answers, by a conditional logit over the candidates of each question; and
how many to show, by the share of probability at which enough has been shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from eval.gold import Gold, GoldSpan, load_gold, locate
from eval.metrics import contains
from eval.regression import Choice, Mask, Matrix, conditional_logit
from index.builder import build
from index.reader import Reader
from index.settings import Settings
from qa.evidence import FEATURES, Candidate, candidates, how_many, ranking
from qa.retrieval import Found, Query, analyse, search

RIDGE = 0.0005  # of the conditional logit; cross-validated over articles
WORDS = 75  # longest answer that a second or third sentence may make
MEAN_WORDS = 42.0  # what an answer may take on average over the tuning parts


@dataclass(frozen=True)
class Example:
    """A question with its candidate sentences: their features, which of them answer it, and their lengths in words."""

    features: Matrix  # (n, len(FEATURES))
    right: Mask  # (n,)
    words: npt.NDArray[np.int64]  # (n,)
    scored: bool  # the gold has answers, so that "the answer is held" can be told


@dataclass(frozen=True)
class Corpus:
    """A gold set over its own index."""

    gold: tuple[Gold, ...]
    reader: Reader


def fit(sets: Sequence[tuple[Path, Path]], work: Path, tell: Callable[[str], None]) -> dict[str, Any]:
    """The weights fitted on the tuning parts of `sets`, (gold file, folder of articles) pairs; indexes go to `work`."""
    corpora = [_open(gold, folder, work / f"store-{n}") for n, (gold, folder) in enumerate(sets)]
    try:
        examples = [example for corpus in corpora for example in _examples(corpus)]
        tell(f"{len(examples)} tuning questions with an answer among the candidates")
        features = conditional_logit([Choice(example.features, example.right) for example in examples], RIDGE)
        enough = _enough(examples, features)
    finally:
        for corpus in corpora:
            corpus.reader.close()
    return {
        "features": {name: round(float(value), 3) for name, value in zip(FEATURES, features, strict=True)},
        "enough": enough,
        "words": WORDS,
        "fitted_on": f"tuning parts of {', '.join(gold.parent.name for gold, _ in sets)}; {len(examples)} questions",
    }


def shown(example: Example, weights: Matrix, enough: float) -> list[int]:
    """The candidates that `qa.evidence.choose` shows, by their places in the example, best first."""
    scores = example.features @ weights
    ranked = ranking(scores)
    words = [int(example.words[place]) for place, _ in ranked]
    count = how_many([probability for _, probability in ranked], words, enough, WORDS)
    return [place for place, _ in ranked[:count]]


def _open(gold: Path, folder: Path, store: Path) -> Corpus:
    settings = replace(Settings(), store=str(store))
    build(folder, settings)
    reader = Reader(settings)
    rows = [locate(row, lambda file: reader.article(file).text) for row in load_gold(gold)]
    return Corpus(tuple(row for row in rows if row.split == "tune" and row.answerable), reader)


def _examples(corpus: Corpus) -> list[Example]:
    examples = []
    for row in corpus.gold:
        query, found = _search(row.question, corpus.reader)
        best, features = candidates(query, found)
        right = np.array([_answers(candidate, row, corpus.reader) for candidate in best], dtype=bool)
        if right.any():
            words = np.array([candidate.words for candidate in best])
            examples.append(Example(features, right, words, scored=bool(row.answers)))
    return examples


def _search(question: str, reader: Reader) -> tuple[Query, list[Found]]:
    query = analyse(question, reader)
    return query, search(query, reader)


def _answers(candidate: Candidate, row: Gold, reader: Reader) -> bool:
    if row.answers:
        return bool(contains(candidate.text, row))
    names = reader.files_of([candidate.found.passage.content])[candidate.found.passage.content]
    spans = [span for group in row.evidence for span in group]
    return any(_overlaps(candidate, span) for span in spans for entry in names if entry.file == span.file)


def _overlaps(candidate: Candidate, span: GoldSpan) -> bool:
    """At least half of the shorter of the two lies in the other."""
    sentence = candidate.sentence
    shared = min(sentence.end, span.end) - max(sentence.start, span.start or 0)
    return shared * 2 >= min(sentence.end - sentence.start, len(span.quote))


def _enough(examples: Sequence[Example], weights: Matrix) -> float:
    """The largest share of probability to show for which the mean answer stays within `MEAN_WORDS`."""
    scored = [example for example in examples if example.scored]
    for enough in np.arange(0.99, 0.3, -0.01):
        words = [example.words[shown(example, weights, float(enough))].sum() for example in scored]
        if np.mean(words) <= MEAN_WORDS:
            return round(float(enough), 2)
    return 0.3
