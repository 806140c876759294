"""Does confidence tell what is right? Over a whole set of questions, each with a weight for the bootstrap.

Questions are sorted by confidence, the surest first, once; a resample only changes how often each one counts. Equal
confidences are taken in together. Shapes: `weights` is (draws, n), everything else (n,), a result (draws,).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

BINS = 10
SIMULATIONS = 1_000
SEED = 20240620


@dataclass(frozen=True, slots=True)
class Judged:
    """Questions, the surest first. `last`: whether the next question is less sure, or there is none."""

    confidence: Floats
    right: Floats  # 1 or 0
    last: npt.NDArray[np.bool_]
    order: npt.NDArray[np.intp]  # where each stood in what was given


def judged(confidence: Sequence[float], right: Sequence[float]) -> Judged:
    """The questions in order of confidence; of equal ones the first given first."""
    order = np.argsort(-np.asarray(confidence, dtype=np.float64), kind="stable")
    sure = np.asarray(confidence, dtype=np.float64)[order]
    last = np.append(sure[1:] != sure[:-1], True)
    return Judged(sure, np.asarray(right, dtype=np.float64)[order], last, order)


def auroc(questions: Judged, weights: Floats) -> Floats:
    """Probability that a right one has more confidence than a wrong one, ties half; NaN without one of either."""
    positive, negative = weights * questions.right, weights * (1 - questions.right)
    ends = np.flatnonzero(questions.last)
    above = np.cumsum(negative, axis=1)[:, ends]  # negatives that are as sure or surer, by block
    inside = np.diff(above, axis=1, prepend=0)
    wins = np.diff(np.cumsum(positive, axis=1)[:, ends], axis=1, prepend=0)
    total = above[:, -1:]
    with np.errstate(invalid="ignore"):
        found: Floats = (wins * (total - above + inside / 2)).sum(axis=1) / (positive.sum(axis=1) * total[:, 0])
    return found


def risk_coverage(questions: Judged, weights: Floats, asked: Floats) -> tuple[Floats, Floats]:
    """Coverage and risk when answers are shown down to each level of confidence, both (draws, levels).

    Coverage: share of the `asked` questions (draws,), whether answered or not. Risk: share of the shown that is wrong.
    """
    ends = np.flatnonzero(questions.last)
    shown = np.cumsum(weights, axis=1)[:, ends]
    wrong = np.cumsum(weights * (1 - questions.right), axis=1)[:, ends]
    risk = np.divide(wrong, shown, out=np.zeros_like(wrong), where=shown > 0)
    return shown / asked[:, None], risk


def aurc(coverage: Floats, risk: Floats) -> Floats:
    """Area under the risk-coverage curve, as the mean risk over what is shown (Geifman and El-Yaniv, 2019)."""
    steps = np.diff(coverage, axis=1, prepend=0)
    found: Floats = (steps * risk).sum(axis=1) / coverage[:, -1]
    return found


def coverage_at_risk(coverage: Floats, risk: Floats, limit: float) -> Floats:
    """The largest coverage with a risk of at most `limit`; 0 where there is none."""
    found: Floats = np.where(risk <= limit, coverage, 0.0).max(axis=1)
    return found


def reliability(questions: Judged, bins: int = BINS) -> list[tuple[float, float, int]]:
    """Mean confidence, share that is right and number, in bins of equal mass, the least sure first."""
    parts = _bins(questions, bins)
    return [(float(questions.confidence[p].mean()), float(questions.right[p].mean()), len(p)) for p in parts]


def calibration_error(questions: Judged, bins: int = BINS) -> float:
    """Mean distance of confidence and share that is right over bins of equal mass, by their size.

    Expected calibration error (Naeini et al., 2015) with the adaptive bins of Nguyen and O'Connor (2015).
    """
    return sum(abs(sure - right) * n for sure, right, n in reliability(questions, bins)) / len(questions.right)


def perfect_calibration_error(questions: Judged, bins: int = BINS) -> float:
    """What a forecaster whose confidences are the true probabilities would score: the mean of 1,000 simulations.

    It is not 0, because the share that is right in a bin of few questions moves by chance.
    """
    generator = np.random.default_rng(SEED)
    drawn = generator.random((SIMULATIONS, len(questions.right))) < questions.confidence
    parts = _bins(questions, bins)
    errors = [np.abs(drawn[:, p].mean(axis=1) - questions.confidence[p].mean()) * len(p) for p in parts]
    return float(np.sum(errors, axis=0).mean()) / len(questions.right)


def _bins(questions: Judged, bins: int) -> list[npt.NDArray[np.intp]]:
    """Places of the questions of each bin, the least sure first.

    Equal confidences go together into the bin of the middle one, or the order in which they were given would decide;
    so bins may be larger, and fewer.
    """
    places = np.arange(len(questions.right))[::-1]
    parts = np.array_split(places, min(bins, len(places)))
    numbers = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    firsts = np.flatnonzero(questions.last[::-1])  # the first place of each confidence
    sizes = np.diff(firsts, append=len(places))
    numbers = np.repeat(numbers[firsts + (sizes - 1) // 2], sizes)
    return np.split(places, np.flatnonzero(np.diff(numbers)) + 1)
