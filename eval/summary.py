"""The scores of a run as tables in Markdown: a row a metric, a column a system, and how sure each mean is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eval.scores import METRICS, Metric, Scores
from eval.stats import Estimate, mean_ci, wilson

NOT_APPLICABLE = "n/a"
LEGEND = (
    "Mean [95% interval], number of values. Intervals are by bootstrap over the articles that hold the evidence; where "
    f"every value is 0, or every value is 1, they are Wilson's. {NOT_APPLICABLE}: not applicable. A longer passage "
    "holds more, so compare systems whose passages differ in length by evidence within a number of characters."
)


@dataclass(frozen=True, slots=True)
class Scored:
    """The scores of one question by one system. `error` says why there are none."""

    system: str
    split: str | None
    cluster: str
    scores: Scores
    error: str | None = None


def summary(rows: Sequence[Scored], heading: str) -> str:
    """The whole summary: the questions held out for testing, where some are marked so, then all."""
    parts = {"test": [row for row in rows if row.split == "test"], "all": rows}
    lines = [f"# {heading}", "", LEGEND, ""]
    for name, part in parts.items():
        if part and not (name == "all" and len(part) == len(parts["test"])):
            lines += [f"## {name}", "", *_table(part), ""]
    return "\n".join(lines)


def _table(rows: Sequence[Scored]) -> Iterator[str]:
    systems = list(dict.fromkeys(row.system for row in rows))
    columns = [[row for row in rows if row.system == system] for system in systems]
    yield _line("metric", systems)
    yield _line("---", ["---"] * len(systems))
    for metric in METRICS:
        cells = [_cell(metric, column) for column in columns]
        if any(cell != NOT_APPLICABLE for cell in cells):
            yield _line(metric.name, cells)
    yield _line("Errors", [f"{sum(row.error is not None for row in column)} of {len(column)}" for column in columns])


def _line(head: str, cells: Sequence[str]) -> str:
    return f"| {head} | {' | '.join(cells)} |"


def _cell(metric: Metric, rows: Sequence[Scored]) -> str:
    scored = [(value, row.cluster) for row in rows if (value := row.scores.get(metric.name)) is not None]
    estimate = _estimate([value for value, _ in scored], [cluster for _, cluster in scored])
    if estimate is None:
        return NOT_APPLICABLE
    mean = f"{estimate.mean:.{metric.places}f}"
    if estimate.low is None or estimate.high is None:
        return f"{mean}, {estimate.n}"
    return f"{mean} [{estimate.low:.{metric.places}f}, {estimate.high:.{metric.places}f}], {estimate.n}"


def _estimate(values: Sequence[float], clusters: Sequence[str]) -> Estimate | None:
    # Resampling equal values gives an interval without width, however few they are.
    if values and set(values) <= {0.0, 1.0} and len(set(values)) == 1:
        return wilson(int(sum(values)), len(values))
    return mean_ci(values, clusters)
