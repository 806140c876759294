"""The two regressions that weights are fitted with, both deterministic, and the files that weights go to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class Choice(NamedTuple):
    """A choice among n candidates."""

    features: Matrix  # (n, k)
    right: Mask  # (n,)


def conditional_logit(choices: Sequence[Choice], ridge: float) -> Matrix:
    """Weights, shape `(k,)`, that maximise the mean log probability of the right candidates (McFadden 1974).

    P(candidate) is the softmax of its weighted features; right candidates of one choice count together. Choices without
    a right candidate, or without any, tell nothing and are left out.
    """
    from scipy.optimize import minimize
    from scipy.special import logsumexp, softmax

    told = [choice for choice in choices if choice.right.any()]

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        value, slope = ridge * float(weights @ weights), 2 * ridge * weights
        for features, right in told:
            scores = features @ weights
            best = np.where(right, scores, -np.inf)
            value -= float(logsumexp(best) - logsumexp(scores)) / len(told)
            slope = slope - features.T @ (softmax(best) - softmax(scores)) / len(told)
        return value, slope

    fitted: Matrix = minimize(loss, np.zeros(told[0].features.shape[1]), jac=True, method="L-BFGS-B").x
    return fitted


def logistic(rows: Matrix, labels: Mask, ridge: float, shares: Matrix | None = None) -> Matrix:
    """Weights of the columns of `rows`, shape `(n, k)`, and last the intercept, which the ridge does not hold down.

    `shares`: how much each row counts, together 1; all the same by default.
    """
    from scipy.optimize import minimize
    from scipy.special import expit

    padded = np.column_stack([rows, np.ones(len(rows))])
    signs = np.where(labels, 1.0, -1.0)
    counts = np.full(len(rows), 1 / len(rows)) if shares is None else shares

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        margins = signs * (padded @ weights)
        held = np.append(weights[:-1], 0.0)
        misses = counts * signs * expit(-margins)
        value = counts @ np.logaddexp(0.0, -margins) + ridge * (held @ held)
        return float(value), 2 * ridge * held - padded.T @ misses

    fitted: Matrix = minimize(loss, np.zeros(padded.shape[1]), jac=True, method="L-BFGS-B").x
    return fitted


def write_weights(weights: dict[str, Any], path: Path) -> None:
    """Write fitted weights as a small file that can be read and compared."""
    path.write_text(json.dumps(weights, indent=2) + "\n", encoding="utf-8")
