"""Plots of a run, as files that are the same bytes each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from index.errors import InputError

FORMATS = {".svg": {"Date": None}, ".png": {"Software": None}}  # metadata that would change from run to run


def plot_share_against_words(
    curves: Mapping[str, Sequence[tuple[float, float]]], marked: tuple[float, float], path: str | Path
) -> None:
    """Draw the share of questions whose answer is held against the mean number of words shown.

    Each curve is a sequence of (words, share); `marked` is the point of the answer that is really shown. Writes SVG or
    PNG, by the suffix of `path`. Raises `InputError` for another suffix, and where matplotlib is not installed.
    """
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
    for name, points in curves.items():
        axes.plot([words for words, _ in points], [share for _, share in points], marker="o", markersize=4, label=name)
    axes.plot(*marked, marker="*", markersize=14, linestyle="none", color="black", label="shown answer")
    axes.set(xlabel="words shown (mean)", ylabel="share of questions whose answer is held", ylim=(0, 1))
    axes.set_xlim(left=0)
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    with matplotlib.rc_context({"svg.hashsalt": "byline"}):  # else the ids in an SVG are random
        figure.savefig(path, metadata=FORMATS[path.suffix], dpi=150)
