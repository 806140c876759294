"""Fit `qa/support.json`: how much covered words and similarity say about support, and from where on a sentence passes.

On the tuning part alone: claims of WiCE with the sentences that they cite, and made-up drafts that are true or cite
another sentence, each half of the weight. A draft with one thing changed is for the rules to find: as an example it
would only teach that covered words mean nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval.drafts import OTHER, drafts
from eval.regression import Mask, Matrix, logistic
from eval.wice import cited, load
from qa.verify import FEATURES, Checker, Signals

UNSUPPORTED = 0.03  # of what is not supported, at most so much may pass
RIDGE = 0.001


@dataclass(frozen=True)
class Examples:
    """What is fitted on: features (n, len(FEATURES)), whether it is supported, and whether no fact is missing."""

    features: Matrix
    supported: Mask
    clean: Mask

    @classmethod
    def of(cls, signals: Sequence[Signals], supported: Sequence[bool]) -> Examples:
        """One for each claim."""
        features = np.array([found.features for found in signals]).reshape(len(signals), len(FEATURES))
        clean = np.array([not found.why for found in signals], dtype=bool)
        return cls(features, np.array(supported, dtype=bool), clean)


def fit(path: Path, checker: Checker) -> dict[str, Any]:
    """Weights and threshold from the tuning part of WiCE's file. Raises `InputError` for another file."""
    rows = load(path, "tune")
    best = [_best(checker.signals(some)) for some in cited(rows, checker.embedder)]
    claims = Examples.of(best, [row.supported for row in rows])
    made = [draft for draft in drafts(rows) if draft.true or draft.kind == OTHER]
    told = Examples.of(checker.signals([draft.claim for draft in made]), [draft.true for draft in made])
    fitted = np.round(_fitted(claims, told), 3)
    return {
        "features": {name: float(value) for name, value in zip(FEATURES, fitted, strict=False)},
        "intercept": float(fitted[-1]),
        "threshold": threshold(fitted, claims, told),
        "fitted_on": f"tuning part of WiCE: {len(rows)} claims, {len(made)} made-up drafts",
    }


def _best(signals: Sequence[Signals]) -> Signals:
    """Of the sets of sentences that a claim may cite the one that says most of it."""
    return min(signals, key=lambda found: (len(found.why), -found.features[0]))


def _fitted(*examples: Examples) -> Matrix:
    """Weights of the features and, last, the intercept; sorts of examples count alike, however many there are."""
    rows = np.concatenate([some.features for some in examples])
    labels = np.concatenate([some.supported for some in examples])
    shares = [np.full(len(some.supported), 1 / (len(examples) * max(len(some.supported), 1))) for some in examples]
    return logistic(rows, labels, RIDGE, np.concatenate(shares))


def threshold(fitted: Matrix, *examples: Examples) -> float:
    """The lowest score, from .5 on, from which on at most `UNSUPPORTED` of the unsupported pass, of each sort."""
    grid = np.arange(0.5, 1.0, 0.01)
    return round(float(next((at for at in grid if all(_pass(fitted, some, at) for some in examples)), 1.0)), 2)


def _pass(fitted: Matrix, some: Examples, least: float) -> bool:
    scores = 1 / (1 + np.exp(-(some.features @ fitted[:-1] + fitted[-1])))
    passing = some.clean & (scores >= least)
    return bool((passing & ~some.supported).sum() <= UNSUPPORTED * (~some.supported).sum())
