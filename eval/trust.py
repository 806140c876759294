"""What confidence is worth, on the reporting parts: what is refused, what should be, and how often it is right.

Beside it stands the best one can do with two signals, the best cosine and the share of IDF mass that is found, fitted
on the same tuning parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from eval.confidence import Case, Set, Tell, cases, regression, table_of
from eval.metrics import confidence as sure
from eval.stats import Estimate, estimate, mean_ci
from qa.confidence import coefficients, probability
from qa.llm.model import Model

TWO = ("cosine", "coverage")
ALL = "all together"
BASELINE, ALONE, OURS = "cosine and IDF mass alone", "Byline, no language model", "Byline"
RISKS = (0.05, 0.1, 0.2)
_Floats = sure.Floats
Score = Callable[[Case], float]


@dataclass(frozen=True)
class Refusing:
    """What a rule refuses: of the off-topic questions, of its refusals, and of the questions asked of their own."""

    rule: str
    recall: Estimate | None
    precision: Estimate | None  # None where nothing is refused
    answered: Mapping[str, Estimate | None]  # by set


@dataclass(frozen=True)
class Ranking:
    """How well a score tells questions of one set (or of all) apart."""

    asked: str
    score: str
    answerable: Estimate | None  # AUROC of answerable
    right: Estimate  # AUROC of right
    coverage: Mapping[float, Estimate]  # at a risk
    answered: int  # at the risk; what follows is of these
    calibration: tuple[float, float]  # the error, and a perfect forecaster's
    brier: float


@dataclass(frozen=True)
class Measured:
    """What `byline eval confidence` prints."""

    refusing: list[Refusing]
    doubts: Mapping[str, Mapping[str, int]]  # what is refused -> the reason -> how often
    rankings: list[Ranking]
    gains: Mapping[str, Estimate]  # AUROC of answerable over the baseline, by set
    reliability: list[tuple[float, float, int]]  # of the pooled questions
    curves: Mapping[str, list[tuple[float, float]]]  # (coverage, risk)
    risk: float


def measure(sets: Sequence[Set], risk: float, work: Path, tell: Tell, model: Model | None = None) -> Measured:
    """Measure on the reporting parts, refusing at `risk`; the baseline is fitted on the tuning parts."""
    tune, test = (cases(sets, part, work, tell, model) for part in ("tune", "test"))
    closed = {item.folder.name for item in sets if not item.open}
    own = [case for case in test if not case.foreign]
    rules = dict(_rules([case for case in tune if case.articles in closed], risk))
    scores = {BASELINE: _fitted([case for case in tune if not case.foreign])}
    scores |= {ALONE: _alone, OURS: _value} if model else {OURS: _value}
    groups = _by_set(own)
    topical = [case for case in test if case.articles in closed]
    return Measured(
        refusing=[_refusing(name, rule, topical) for name, rule in rules.items()],
        doubts=_doubts(test, risk),
        rankings=[
            _ranking(name, title, part, score, risk)
            for name, part in {**groups, ALL: own}.items()
            for title, score in scores.items()
        ],
        gains={name: _gain(part, scores) for name, part in groups.items() if _mixed(part)},
        reliability=sure.reliability(_judged(_given(own, risk), _value)),
        curves={title: _curve(own, score) for title, score in scores.items()},
        risk=risk,
    )


def _by_set(rows: Sequence[Case]) -> dict[str, list[Case]]:
    return {name: [case for case in rows if case.articles == name] for name in dict.fromkeys(c.articles for c in rows)}


def _value(case: Case) -> float:
    return case.sure.value


def _alone(case: Case) -> float:
    """What it is without a language model."""
    right = probability(case.sure.signals, coefficients().right)
    return replace(case.sure, right=right).value


def _fitted(tune: Sequence[Case]) -> Score:
    """Probability of a right answer, from two signals."""
    fitted = regression(table_of(tune, TWO), [case.right for case in tune], TWO)
    return lambda case: probability(case.sure.signals, fitted)


def _rules(tune: Sequence[Case], risk: float) -> Iterator[tuple[str, Callable[[Case], bool]]]:
    """Whether a question is refused: by two signals, as often wrongly on the tuning part, and by Byline."""
    own = [case for case in tune if not case.foreign]
    wrongly = float(np.mean([case.sure.doubt(risk) is not None for case in own]))
    fitted = regression(table_of(tune, TWO), [not case.foreign for case in tune], TWO)
    least = float(np.quantile([probability(case.sure.signals, fitted) for case in own], wrongly))
    yield BASELINE, lambda case: probability(case.sure.signals, fitted) < least
    yield OURS, lambda case: case.sure.doubt(risk) is not None


def _refusing(name: str, rule: Callable[[Case], bool], topical: Sequence[Case]) -> Refusing:
    refused = [case for case in topical if rule(case)]
    own = [case for case in topical if not case.foreign]
    groups = {ALL: own, **_by_set(own)}
    return Refusing(
        name,
        _share([case for case in topical if case.foreign], rule),
        _share(refused, lambda case: case.foreign),
        {title: _share(part, lambda case: not rule(case)) for title, part in groups.items()},
    )


def _share(rows: Sequence[Case], holds: Callable[[Case], bool]) -> Estimate | None:
    return mean_ci([float(holds(case)) for case in rows], [case.cluster for case in rows])


def _doubts(test: Sequence[Case], risk: float) -> dict[str, dict[str, int]]:
    kinds: dict[str, Callable[[Case], bool]] = {
        "off the topic": lambda case: case.foreign,
        "left open by the articles": lambda case: not case.foreign and not case.answerable,
        "answered by the articles": lambda case: case.answerable,
    }
    found = {}
    for kind, of_kind in kinds.items():
        rows = [case for case in test if of_kind(case)]
        refused = [case.sure.doubt(risk) for case in rows]
        found[kind] = {name: refused.count(name) for name in ("topic", "premise", "answer")} | {"asked": len(rows)}
    return found


def _mixed(rows: Sequence[Case]) -> bool:
    return len({case.answerable for case in rows}) == 2


def _auroc(rows: Sequence[Case], score: Score, outcome: Callable[[Case], bool]) -> Callable[[_Floats], _Floats]:
    questions = sure.judged([score(case) for case in rows], [outcome(case) for case in rows])
    return lambda weights: sure.auroc(questions, weights[:, questions.order])


def _estimate(rows: Sequence[Case], statistic: Callable[[_Floats], _Floats]) -> Estimate:
    return estimate(statistic, [case.cluster for case in rows])


def _gain(rows: Sequence[Case], scores: Mapping[str, Score]) -> Estimate:
    theirs, ours = (_auroc(rows, scores[name], lambda case: case.answerable) for name in (BASELINE, OURS))
    return _estimate(rows, lambda weights: ours(weights) - theirs(weights))


def _given(rows: Sequence[Case], risk: float) -> list[Case]:
    return [case for case in rows if case.sure.doubt(risk) is None]


def _judged(rows: Sequence[Case], score: Score) -> sure.Judged:
    return sure.judged([score(case) for case in rows], [float(case.right) for case in rows])


def _ranking(asked: str, title: str, rows: Sequence[Case], score: Score, risk: float) -> Ranking:
    questions, given = _judged(rows, score), _judged(_given(rows, risk), score)
    answerable = _estimate(rows, _auroc(rows, score, lambda case: case.answerable)) if _mixed(rows) else None
    return Ranking(
        asked,
        title,
        answerable,
        _estimate(rows, _auroc(rows, score, lambda case: case.right)),
        {limit: _estimate(rows, _coverage(questions, limit)) for limit in RISKS},
        len(given.right),
        (sure.calibration_error(given), sure.perfect_calibration_error(given)),
        float(np.mean((given.confidence - given.right) ** 2)),
    )


def _coverage(questions: sure.Judged, limit: float) -> Callable[[_Floats], _Floats]:
    def coverage(weights: _Floats) -> _Floats:
        counts = weights[:, questions.order]
        return sure.coverage_at_risk(*sure.risk_coverage(questions, counts, counts.sum(axis=1)), limit)

    return coverage


def _curve(rows: Sequence[Case], score: Score) -> list[tuple[float, float]]:
    questions = _judged(rows, score)
    ones = np.ones((1, len(rows)))
    coverage, risk = sure.risk_coverage(questions, ones, ones.sum(axis=1))
    return list(zip(coverage[0].tolist(), risk[0].tolist(), strict=True))


# -- as tables


def table(measured: Measured) -> str:
    """All of it in Markdown."""
    return "\n".join(
        [
            *_refusal_lines(measured),
            "",
            *_doubt_lines(measured),
            "",
            *_ranking_lines(measured),
            "",
            *(f"Gain in AUROC of answerable, {name}, paired: {gain}" for name, gain in measured.gains.items()),
            "",
            "| confidence | right | questions answered |",
            "| ---: | ---: | ---: |",
            *(f"| {mean:.3f} | {right:.3f} | {n} |" for mean, right, n in measured.reliability),
            "",
        ]
    )


def _refusal_lines(measured: Measured) -> Iterator[str]:
    yield f"Questions of one set asked of the articles of another, at a risk of {measured.risk:.2f}:"
    yield ""
    answered = [f"answered, {name}" for name in measured.refusing[0].answered]
    yield f"| | {' | '.join(('off-topic that are refused', 'refusals that are off-topic', *answered))} |"
    yield f"| --- |{' ---: |' * (2 + len(answered))}"
    for line in measured.refusing:
        cells = [line.recall, line.precision, *line.answered.values()]
        yield f"| {line.rule} | {' | '.join(f'{cell} of {cell.n}' if cell else '' for cell in cells)} |"


def _doubt_lines(measured: Measured) -> Iterator[str]:
    yield "| questions | refused as off the topic | for what they take for granted | as hardly answered | asked |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for kind, counts in measured.doubts.items():
        yield f"| {kind} | {' | '.join(str(count) for count in counts.values())} |"


def _ranking_lines(measured: Measured) -> Iterator[str]:
    columns = ("AUROC of answerable", "AUROC of right", *(f"coverage at {risk:.0%} risk" for risk in RISKS))
    yield f"| questions | confidence | {' | '.join(columns)} | n | answered | calibration error | perfect | Brier |"
    yield f"| --- | --- |{' ---: |' * (len(columns) + 5)}"
    for line in measured.rankings:
        figures = [line.answerable, line.right, *line.coverage.values()]
        cells = ["" if figure is None else str(figure) for figure in figures]
        error, perfect = line.calibration
        rest = f"{line.right.n} | {line.answered} | {error:.3f} | {perfect:.3f} | {line.brier:.3f}"
        yield f"| {line.asked} | {line.score} | {' | '.join(cells)} | {rest} |"
