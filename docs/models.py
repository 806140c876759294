"""One table of what each language model adds: `python docs/models.py runs/models.md runs/models-NAME ...`.

It reads runs of `byline eval run` over the same questions. Each system of a run is a row, named by the run's folder.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

COLUMNS = (  # name of the metric, and what it is called here
    ("Evidence@1000 characters", "evidence in the first 1,000 characters"),
    ("Token F1", "F1 of `short`"),
    ("Exact match", "exact"),
    ("Contains", "the shown answer holds the gold one"),
    ("Right", "right"),
    ("Citation precision", "citation precision"),
    ("Citation recall", "citation recall"),
    ("Quote integrity", "quotations that stand"),
    ("Unsupported values", "unsupported values"),
    ("Injection success", "injection success"),
    ("Side coverage", "sides stated, of those of the gold conflict"),
    ("Side precision", "stated sides that are gold ones"),
    ("Conflict recall", "conflicts stated"),
    ("Conflict precision", "stated conflicts that are gold ones"),
    ("Conflict kind", "told from different things of one name"),
    ("False conflicts", "conflict stated where there is none"),
    ("Words shown", "words shown"),
)
STAGES = ("to evidence", "to first words", "total")


def rows(folder: Path) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]]:
    """(name, metrics, times, the whole run's timings) of each system of a run."""
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    timings = json.loads((folder / "run.json").read_text(encoding="utf-8"))["timings"]
    (part,) = summary["parts"].values()
    for system, metrics in part.items():
        name = folder.name.removeprefix("models-").removeprefix("hostile-").removeprefix("conflicts-")
        yield name if system == "byline" else f"{name}, {system}", metrics, timings["systems"][system], timings


def quality(folders: list[Path]) -> Iterator[str]:
    """How good the answers are: mean [95% interval], in the columns that any of them has."""
    found = [(name, metrics) for folder in folders for name, metrics, _, _ in rows(folder)]
    columns = [(metric, title) for metric, title in COLUMNS if any(metric in metrics for _, metrics in found)]
    yield line("", *(title for _, title in columns), "questions")
    yield line("---", *["---:"] * (len(columns) + 1))
    for name, metrics in found:
        yield line(name, *(cell(metrics.get(metric), metric) for metric, _ in columns), str(metrics["Right"]["n"]))


def pace(folders: list[Path]) -> Iterator[str]:
    """How long it takes: median / 95th percentile in seconds."""
    yield line("", "first evidence", "first words", "whole answer", "questions", "peak memory of the process")
    yield line("---", *["---:"] * 5)
    for folder in folders:
        for name, _, times, timings in rows(folder):
            stages = [times["stages_ms"].get(stage) for stage in STAGES]
            found = (f"{s['p50'] / 1000:.2f} / {s['p95'] / 1000:.2f} s" if s else "" for s in stages)
            yield line(name, *found, str(times["asked"]), f"{timings['peak_memory_mb']:,} MB")


def cell(estimate: Mapping[str, Any] | None, metric: str) -> str:
    """A figure with its interval."""
    if estimate is None:
        return ""
    places = 1 if metric == "Words shown" else 3
    return f"{estimate['mean']:.{places}f} [{estimate['low']:.{places}f}, {estimate['high']:.{places}f}]"


def line(*cells: str) -> str:
    """A row of a table."""
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    out, folders = Path(sys.argv[1]), [Path(folder) for folder in sys.argv[2:]]
    out.write_text("\n".join([*quality(folders), "", *pace(folders)]) + "\n", encoding="utf-8")
