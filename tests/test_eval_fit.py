"""Fitting: each of the two fits on data where the right outcome is known."""

from pathlib import Path

import numpy as np

from eval.fit import WORDS, Example, fit, shown
from eval.gold import Gold, save_gold
from qa.evidence import FEATURES


def example(values: list[float], right: list[bool], words: list[int] | None = None) -> Example:
    """Candidates that differ in their first feature alone."""
    features = np.zeros((len(values), len(FEATURES)))
    features[:, 0] = values
    return Example(features, np.array(right), np.array(words or [10] * len(values)), scored=True)


def test_what_is_shown_stops_when_enough_or_full():
    weights = np.zeros(len(FEATURES))
    weights[0] = 1.0
    sure = example([5.0, 0.0, 0.0], [True, False, False])  # softmax: .987, .007, .007
    assert shown(sure, weights, 0.9) == [0]
    unsure = example([0.1, 0.0, 0.05], [True, False, False])
    assert shown(unsure, weights, 0.9) == [0, 2, 1]
    long = example([0.1, 0.0, 0.05], [True, False, False], words=[10, 10, WORDS])
    assert shown(long, weights, 0.9) == [0]


def write_set(folder: Path, subject: str) -> tuple[Path, Path]:
    corpus = folder / "corpus"
    corpus.mkdir(parents=True)
    rows = []
    for n, name in enumerate(("Anna", "Boris", "Clara", "David")):
        text = f"{name} bought {n + 3} {subject} in Springfield. The weather was fine. Nobody complained about it."
        (corpus / f"{name}.txt").write_text(text, encoding="utf-8")
        question = f"How many {subject} did {name} buy?"
        rows.append(Gold(id=f"{subject}-{n}", question=question, answers=((f"{n + 3} {subject}",),), split="tune"))
    save_gold(folder / "gold.jsonl", rows)
    return folder / "gold.jsonl", corpus


def test_fitting_is_the_same_each_time(tmp_path):
    sets = [write_set(tmp_path / "a", "tractors"), write_set(tmp_path / "b", "violins")]
    said: list[str] = []
    weights = fit(sets, tmp_path / "work", said.append)
    assert said == ["8 tuning questions with an answer among the candidates"]
    assert set(weights["features"]) == set(FEATURES)
    assert 0.3 <= weights["enough"] <= 0.99
    assert fit(sets, tmp_path / "work", said.append) == weights
