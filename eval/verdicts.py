"""A comparison and a gate as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from eval.compare import Comparison, Difference
from eval.gate import Gate
from eval.scores import METRICS
from qa.models import name_some

SHOWN = 12  # ids of a list; the whole list is in the JSON
_PLACES = {metric.name: metric.places for metric in METRICS}


def comparison_text(found: Comparison) -> str:
    """A comparison in Markdown: the differences, the flips, and the main metrics by tag."""
    lines = [f"# {found.b} against {found.a}", "", f"A: {found.a}  ", f"B: {found.b}  ", _asked(found), ""]
    lines += [
        "Difference: B minus A on the questions that have the metric in both, with its 95% interval by bootstrap over "
        "articles; p by paired permutation (signs flipped by article).",
        "",
        *_table((item for item in found.differences if not item.same), "metric"),
        "",
        f"The same at every question: {', '.join(i.metric for i in found.differences if i.same) or 'nothing'}",
        "",
        f"Right in B alone ({len(found.gained)}): {_ids(found.gained)}  ",
        f"Right in A alone ({len(found.lost)}): {_ids(found.lost)}",
    ]
    if found.by_tag:
        lines += ["", "## By tag", ""]
        rows = [(f"{tag}: {item.metric}", item) for tag, items in found.by_tag.items() for item in items]
        lines += _rows(rows, "tag: metric")
    return "\n".join(lines) + "\n"


def gate_text(found: Gate) -> str:
    """What the gate says, in Markdown: first whether it is open, then why."""
    lines = [
        f"**{'PASS' if found.open else 'FAIL'}**: {found.run} against {found.baseline}, {found.questions} questions"
    ]
    lines += [f"- broken: {what}" for what in found.broken]
    for item in found.lost:
        lines.append(f"- lost: {item.metric} {_change(item)}, more than {found.margin:g}, p = {_p(item.p)}")
    for item in found.unclear:
        what = f"{item.metric} {_change(item)}: too few questions to tell a loss of {found.margin:g} from chance"
        lines.append(f"- unclear: {what} (n = {item.difference.n})")
    return "\n".join([*lines, "", *_table(found.checked, "metric")]) + "\n"


def _asked(found: Comparison) -> str:
    left = [f"{count} only in {name}" for name, count in (("A", found.only_a), ("B", found.only_b)) if count]
    return f"{found.questions} questions in both" + (f"; left out: {', '.join(left)}" if left else "")


def _table(differences: Iterable[Difference], head: str) -> Iterator[str]:
    return _rows([(item.metric, item) for item in differences], head)


def _rows(rows: Sequence[tuple[str, Difference]], head: str) -> Iterator[str]:
    yield f"| {head} | A | B | difference [95%] | p | n | B is |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | --- |"
    for name, item in rows:
        places = _PLACES[item.metric]
        means = f"{item.a:.{places}f} | {item.b:.{places}f}"
        yield f"| {name} | {means} | {_change(item)} | {_p(item.p)} | {item.difference.n} | {item.verdict} |"


def _change(item: Difference) -> str:
    places, found = _PLACES[item.metric], item.difference
    shown = f"{found.mean:+.{places}f}"
    if found.low is None or found.high is None:
        return shown
    return f"{shown} [{found.low:+.{places}f}, {found.high:+.{places}f}]"


def _p(p: float) -> str:
    return "< .001" if p < 0.001 else f"{p:.3f}".lstrip("0")


def _ids(ids: Sequence[str]) -> str:
    return name_some(ids, SHOWN) or "none"
