"""Fit `qa/support.json`: how much covered words and similarity say about support, and from where on a sentence passes.

On the tuning part alone: claims of WiCE with the sentences that they cite, and made-up drafts, each half of the weight.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from eval.drafts import drafts
from eval.wice import cited, load
from qa.verify import FEATURES, Checker, Signals

Floats = npt.NDArray[np.float64]

UNSUPPORTED = 0.03  # of the made-up drafts that pass, at most so many may be false
RIDGE = 0.001


def fit(path: Path, checker: Checker) -> dict[str, Any]:
    """Weights and threshold from the tuning part of WiCE's file. Raises `InputError` for another file."""
    rows = load(path, "tune")
    sets = cited(rows, checker.embedder)
    claims = checker.signals([claim for some in sets for claim in some])
    labels = [row.supported for row, some in zip(rows, sets, strict=True) for _ in some]
    shares = [1 / len(some) for some in sets for _ in some]
    made = drafts(rows)
    signals, true = checker.signals([draft.claim for draft in made]), [draft.true for draft in made]
    weights = np.concatenate([np.array(shares) / len(rows), np.full(len(made), 1 / max(len(made), 1))]) / 2
    features = np.array([found.features for found in (*claims, *signals)])
    fitted = logistic(features, np.array([*labels, *true]), weights)
    scores = 1 / (1 + np.exp(-(np.array([s.features for s in signals]) @ fitted[:-1] + fitted[-1])))
    return {
        "features": {name: round(float(value), 3) for name, value in zip(FEATURES, fitted, strict=False)},
        "intercept": round(float(fitted[-1]), 3),
        "threshold": threshold(scores, true, signals),
        "fitted_on": f"tuning part of {path.name}; {len(rows)} claims, {len(made)} made-up drafts",
    }


def logistic(features: Floats, labels: npt.NDArray[np.bool_], weights: Floats) -> Floats:
    """Weights of the features and, last, the intercept: weighted logistic regression with a small ridge."""
    from scipy.optimize import minimize

    rows, signs = np.column_stack([features, np.ones(len(features))]), np.where(labels, 1.0, -1.0)

    def loss(values: Floats) -> float:
        return float(weights @ np.logaddexp(0.0, -signs * (rows @ values)) + RIDGE * (values[:-1] @ values[:-1]))

    fitted: Floats = minimize(loss, np.zeros(rows.shape[1]), method="L-BFGS-B").x
    return fitted


def threshold(scores: Floats, true: Sequence[bool], signals: Sequence[Signals]) -> float:
    """The lowest score from which on at most `UNSUPPORTED` of what passes is false."""
    clean = np.array([not found.why for found in signals])
    truth = np.array(true)
    for least in np.arange(0.05, 1.0, 0.01):
        passes = clean & (scores >= least)
        if not passes.any() or (~truth[passes]).mean() <= UNSUPPORTED:
            return round(float(least), 2)
    return 1.0


def write(weights: dict[str, Any], path: Path) -> None:
    """Write them as a small file that can be read and compared."""
    path.write_text(json.dumps(weights, indent=2) + "\n", encoding="utf-8")
