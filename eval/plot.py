"""Plots of a run, as files that are the same bytes each time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import InputError

FORMATS = {".svg": {"Date": None}, ".png": {"Software": None}}  # metadata that would change from run to run


def plot_share_against_words(
    curves: Mapping[str, Sequence[tuple[float, float]]], marked: tuple[float, float], path: str | Path
) -> None:
    """Draw the share of questions whose answer is held against the mean number of words shown.

    Each curve is a sequence of (words, share); `marked` is the point of the answer that is really shown. Writes SVG or
    PNG, by the suffix of `path`. Raises `InputError` for another suffix, and where matplotlib is not installed.
    """
    with _axes(path) as axes:
        for name, points in curves.items():
            axes.plot(
                [words for words, _ in points], [share for _, share in points], marker="o", markersize=4, label=name
            )
        axes.plot(*marked, marker="*", markersize=14, linestyle="none", color="black", label="shown answer")
        axes.set(xlabel="words shown (mean)", ylabel="share of questions whose answer is held", ylim=(0, 1))
        axes.set_xlim(left=0)
        axes.legend(loc="lower right")


def plot_risk_against_coverage(curves: Mapping[str, Sequence[tuple[float, float]]], path: str | Path) -> None:
    """Draw what share of the answers shown is wrong against what share of the questions is answered.

    Each curve is a sequence of (coverage, risk). Formats and errors as above.
    """
    with _axes(path) as axes:
        for name, points in curves.items():
            axes.plot([coverage for coverage, _ in points], [risk for _, risk in points], label=name)
        axes.set(xlabel="coverage: share of questions answered", ylabel="risk: share of those that is wrong")
        axes.set(xlim=(0, 1), ylim=(0, None))
        axes.legend(loc="upper left")


@contextmanager
def _axes(path: str | Path) -> Iterator[Any]:
    """Axes to draw in; what was drawn is written to `path` after that."""
    path = Path(path)
    if path.suffix not in FORMATS:
        raise InputError(f"Cannot plot to {path.name}; give a name that ends in {' or '.join(FORMATS)}")
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError as error:
        raise InputError("A plot needs matplotlib; install it with: pip install 'byline[eval]'") from error
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    yield axes
    axes.grid(alpha=0.3)
    with matplotlib.rc_context({"svg.hashsalt": "byline"}):  # else the ids in an SVG are random
        figure.savefig(path, metadata=FORMATS[path.suffix], dpi=150)
