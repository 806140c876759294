"""The scores of a set of questions by one system -> each metric with its interval, and its curves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from eval.metrics import confidence as sure
from eval.scores import CONFIDENCE, METRICS, RIGHT, Metric, Scored
from eval.stats import Estimate, Floats, bootstrap, mean_ci, ratio_ci, wilson

RISKS = (0.05, 0.1)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a summary: a metric of one question, or one that only a set of questions has. As `Metric` has it."""

    name: str
    group: str
    better: int
    help: str
    places: int = 3


_F1 = {  # of whole sets: a question has either a precision or a recall, or both
    "Refusal F1": ("Refusal precision", "Refusal recall"),
    "Conflict F1": ("Conflict precision", "Conflict recall"),
}
_OF_SETS = {
    "Refusal recall": Line("Refusal F1", "Refusal", 1, "Harmonic mean of precision and recall."),
    "Conflict recall": Line("Conflict F1", "Conflict", 1, "Harmonic mean of precision and recall."),
}
_OF_CONFIDENCE = (
    Line("AUROC of right", "Confidence", 1, "Probability that a right answer has more confidence than a wrong one."),
    Line(
        "AUROC of answerable",
        "Confidence",
        1,
        "Probability that an answerable question has more confidence than one that is not, refused or not.",
    ),
    Line("AURC", "Confidence", -1, "Area under the risk-coverage curve: mean risk over what was answered."),
    *(
        Line(
            f"Coverage at {risk:.0%} risk",
            "Confidence",
            1,
            f"Largest share of the questions that can be answered, the surest first, with at most {risk:.0%} wrong.",
        )
        for risk in RISKS
    ),
    Line(
        "Calibration error",
        "Confidence",
        -1,
        "Mean distance of confidence and share that is right, in ten bins of equal mass.",
    ),
    Line(
        "Calibration error, perfect",
        "Confidence",
        0,
        "What a forecaster whose confidences are the true probabilities would score by chance.",
    ),
)


def _lines() -> tuple[Line, ...]:
    lines = []
    for metric in METRICS:
        lines.append(Line(metric.name, metric.group, metric.better, metric.help, metric.places))
        lines += [_OF_SETS[metric.name]] if metric.name in _OF_SETS else []
        lines += _OF_CONFIDENCE if metric.name == "Brier score" else ()
    return tuple(lines)


LINES = _lines()


def estimates(rows: Sequence[Scored]) -> dict[str, Estimate]:
    """Every metric that applies to these scores of one system, by name, in the order of `LINES`."""
    found = {metric.name: _mean(metric, rows) for metric in METRICS}
    found |= {name: _f1(*of, rows) for name, of in _F1.items()} | _confidence(rows)
    return {line.name: _honest(estimate) for line in LINES if (estimate := found.get(line.name)) is not None}


def _honest(estimate: Estimate) -> Estimate:
    """Resampling equal values gives an interval without width, however few they are: that is none."""
    return replace(estimate, low=None, high=None) if estimate.low == estimate.high else estimate


def curves(rows: Sequence[Scored]) -> dict[str, list[Any]]:
    """`reliability`: confidence, share right and number of each bin; `risk_coverage`: [coverage, risk] of each level.

    Empty for a system without confidence.
    """
    answered = _answered(rows)
    if not answered:
        return {}
    questions = _judged(answered)
    coverage, risk = sure.risk_coverage(questions, np.ones((1, len(answered))), np.array([float(_asked(rows))]))
    return {
        "reliability": [{"confidence": p, "right": share, "n": n} for p, share, n in sure.reliability(questions)],
        "risk_coverage": np.column_stack([coverage[0], risk[0]]).tolist(),
    }


def _mean(metric: Metric, rows: Sequence[Scored]) -> Estimate | None:
    scored = [(value, row.cluster) for row in rows if (value := row.scores.get(metric.name)) is not None]
    values = [value for value, _ in scored]
    if values and set(values) <= {0.0, 1.0} and len(set(values)) == 1:
        return wilson(int(sum(values)), len(values))
    return mean_ci(values, [cluster for _, cluster in scored])


def _f1(precision: str, recall: str, rows: Sequence[Scored]) -> Estimate | None:
    pairs = [(row.scores.get(precision), row.scores.get(recall), row.cluster) for row in rows]
    scored = [pair for pair in pairs if pair[0] is not None or pair[1] is not None]
    if all(right is None for _, right, _ in scored):
        return None
    hits = [2 * (found or 0.0) for found, _, _ in scored]
    sizes = [float((found is not None) + (right is not None)) for found, right, _ in scored]
    return ratio_ci(hits, sizes, [cluster for _, _, cluster in scored])


def _answered(rows: Sequence[Scored]) -> list[Scored]:
    """What was answered with a confidence, and can be judged."""
    wanted = (CONFIDENCE, RIGHT)
    return [row for row in rows if row.scores.get("Answered") and all(row.scores.get(n) is not None for n in wanted)]


def _asked(rows: Sequence[Scored]) -> int:
    return sum(row.scores.get(RIGHT) is not None for row in rows)


def _judged(rows: Sequence[Scored], outcome: str = RIGHT) -> sure.Judged:
    return sure.judged([_value(row, CONFIDENCE) for row in rows], [_value(row, outcome) for row in rows])


def _value(row: Scored, name: str) -> float:
    value = row.scores[name]
    assert value is not None
    return value


def _confidence(rows: Sequence[Scored]) -> dict[str, Estimate | None]:
    answered = _answered(rows)
    if not answered:
        return {}
    questions = _judged(answered)
    found = {"AUROC of right": _resample(lambda weights: sure.auroc(questions, weights), answered, questions)}
    found["AUROC of answerable"] = _auroc_of_answerable(rows)
    found |= _selective(rows, answered, questions)
    n = len(answered)
    found["Calibration error"] = Estimate(sure.calibration_error(questions), None, None, n)
    found["Calibration error, perfect"] = Estimate(sure.perfect_calibration_error(questions), None, None, n)
    return found


def _auroc_of_answerable(rows: Sequence[Scored]) -> Estimate | None:
    asked = [row for row in rows if row.scores.get(CONFIDENCE) is not None]
    # A question has a recall of refusals exactly when it is not answerable.
    answerable = [float(row.scores.get("Refusal recall") is None) for row in asked]
    questions = sure.judged([_value(row, CONFIDENCE) for row in asked], answerable)
    return _resample(lambda weights: sure.auroc(questions, weights), asked, questions)


def _selective(
    rows: Sequence[Scored], answered: Sequence[Scored], questions: sure.Judged
) -> dict[str, Estimate | None]:
    share = len(answered) / _asked(rows)

    def curve(weights: Floats) -> tuple[Floats, Floats]:
        # Refused questions have no place in the order; that they are asked as often as the others is taken for granted.
        return sure.risk_coverage(questions, weights, weights.sum(axis=1) / share)

    found = {"AURC": _resample(lambda weights: sure.aurc(*curve(weights)), answered, questions)}
    for limit in RISKS:
        name = f"Coverage at {limit:.0%} risk"
        found[name] = _resample(_at(curve, limit), answered, questions)
    return found


def _at(curve: Callable[[Floats], tuple[Floats, Floats]], limit: float) -> Callable[[Floats], Floats]:
    return lambda weights: sure.coverage_at_risk(*curve(weights), limit)


def _resample(statistic: Callable[[Floats], Floats], rows: Sequence[Scored], questions: sure.Judged) -> Estimate | None:
    figure = float(statistic(np.ones((1, len(rows))))[0])
    clusters = [rows[place].cluster for place in questions.order]
    return None if np.isnan(figure) else bootstrap(figure, statistic, clusters)
