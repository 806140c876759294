"""The scores of a run as JSON and as tables in Markdown: a row a metric, a column a system, each with its interval."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from eval.estimates import LINES, Line, curves, estimates
from eval.scores import Scored
from eval.stats import Estimate

NOT_APPLICABLE = "n/a"
LEGEND = (
    "Mean [95% interval], number of values. Intervals are by bootstrap over the articles that hold the evidence (over "
    "questions where there are fewer than 20 such articles); where "
    f"every value is 0, or every value is 1, they are Wilson's. {NOT_APPLICABLE}: not applicable. A longer passage "
    "holds more, so compare systems whose passages differ in length by evidence within a number of characters."
)

Parts = dict[str, dict[str, dict[str, Estimate]]]  # part -> system -> metric


def summarise(rows: Sequence[Scored]) -> dict[str, Any]:
    """`metrics`, in order; `parts`: part, system, metric -> estimate; `errors` in the same way; `curves` by system.

    The parts are `test`, where some questions are marked so and some are not, and `all`.
    """
    parts = _parts(rows)
    return {
        "metrics": [asdict(line) for line in LINES],
        "parts": {
            part: {system: _plain(estimates(scored)) for system, scored in _by_system(chosen).items()}
            for part, chosen in parts.items()
        },
        "errors": {
            part: {
                system: [sum(row.error is not None for row in scored), len(scored)]
                for system, scored in _by_system(chosen).items()
            }
            for part, chosen in parts.items()
        },
        "curves": {system: found for system, scored in _by_system(rows).items() if (found := curves(scored))},
    }


def markdown(summary: Mapping[str, Any], heading: str) -> str:
    """The whole summary as text: the questions held out for testing, where some are marked so, then all."""
    lines = [f"# {heading}", "", LEGEND, ""]
    for part, systems in summary["parts"].items():
        lines += [f"## {part}", "", *_table(systems, summary["errors"][part]), ""]
    return "\n".join(lines)


def times(timings: Mapping[str, Any]) -> str:
    """A table of how long each system took: indexing, all its questions, and each stage of an answer."""
    stages = list(dict.fromkeys(stage for system in timings["systems"].values() for stage in system["stages_ms"]))
    lines = [_line("system", ["indexing", "questions", *(f"{stage} p50 / p95" for stage in stages)])]
    lines.append(_line("---", ["---:"] * (len(stages) + 2)))
    for name, system in timings["systems"].items():
        cells = [f"{system['index_seconds']:.1f} s", f"{system['asked']:,} in {system['ask_seconds']:.1f} s"]
        found = [system["stages_ms"].get(stage) for stage in stages]
        cells += [f"{stage['p50']:.1f} / {stage['p95']:.1f} ms" if stage else NOT_APPLICABLE for stage in found]
        lines.append(_line(name, cells))
    if timings["peak_memory_mb"]:
        lines += [
            "",
            f"Peak memory of the whole run, models and all systems in one process: {timings['peak_memory_mb']:,} MB.",
        ]
    return "\n".join(lines) + "\n"


def _parts(rows: Sequence[Scored]) -> dict[str, Sequence[Scored]]:
    test = [row for row in rows if row.split == "test"]
    return {"test": test, "all": rows} if test and len(test) < len(rows) else {"test" if test else "all": rows}


def _by_system(rows: Sequence[Scored]) -> dict[str, list[Scored]]:
    found: dict[str, list[Scored]] = {}
    for row in rows:
        found.setdefault(row.system, []).append(row)
    return found


def _plain(found: Mapping[str, Estimate]) -> dict[str, dict[str, Any]]:
    return {name: asdict(estimate) for name, estimate in found.items()}


def _table(systems: Mapping[str, Mapping[str, Any]], errors: Mapping[str, Sequence[int]]) -> Iterator[str]:
    yield _line("metric", systems)
    yield _line("---", ["---"] * len(systems))
    for line in LINES:
        cells = [_cell(line, found.get(line.name)) for found in systems.values()]
        if any(cell != NOT_APPLICABLE for cell in cells):
            yield _line(line.name, cells)
    yield _line("Errors", [f"{failed} of {asked}" for failed, asked in errors.values()])


def _line(head: str, cells: Sequence[str] | Mapping[str, Any]) -> str:
    return f"| {head} | {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _cell(line: Line, estimate: Mapping[str, Any] | None) -> str:
    if estimate is None:
        return NOT_APPLICABLE
    mean = f"{estimate['mean']:.{line.places}f}"
    if estimate["low"] is None or estimate["high"] is None:
        return f"{mean}, {estimate['n']}"
    return f"{mean} [{estimate['low']:.{line.places}f}, {estimate['high']:.{line.places}f}], {estimate['n']}"
