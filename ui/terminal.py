"""Answers and reports as they look on a terminal. Pure printing: nothing is computed again."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from index.models import BuildReport
from qa.models import Answer, Citation, Conflict, Hit, describe
from ui.doctor import Check
from ui.plain import plain

LISTED = 10  # names of a kind before "and n more"
_SNIPPET = 160  # characters of a passage that is shown with a refusal


def show_answer(answer: Answer, console: Console) -> None:
    """The answer, then its numbered sources with file, line and quotation; or the refusal with what comes nearest."""
    console.print()
    if answer.answered:
        _show_told(answer, console)
    else:
        _show_refusal(answer, console)
    for note in answer.notes:
        console.print(Text(f"Note: {plain(note)}", style="dim"))


def _show_told(answer: Answer, console: Console) -> None:
    if answer.short is not None:
        console.print(Text(plain(answer.short), style="bold"))
    console.print(_marked(answer))
    for conflict in answer.conflicts:
        console.print(_differing(conflict))
    console.print()
    for citation in answer.citations:
        _show_citation(citation, console)
    if answer.confidence is not None:
        console.print(Text(f"Confidence: {answer.confidence:.0%}", style="dim"))


def _show_refusal(answer: Answer, console: Console) -> None:
    console.print(Text(answer.text, style="bold"))
    console.print(Text(plain(answer.reason or "")))
    if answer.nearest:
        console.print()
        console.print(Text("The nearest passages, which do not answer it:", style="dim"))
        for hit in answer.nearest:
            _show_hit(hit, console)


def _marked(answer: Answer) -> Text:
    text = Text(style="bold" if answer.short is None else "")  # one thing stands out
    for before, statement in answer.pieces():
        text.append(plain(before + statement.text)).append(f" {statement.markers}", style="not bold cyan")
    return text


def _differing(conflict: Conflict) -> Text:
    """What the sources differ on, and where each says so."""
    head = "" if conflict.kind == "ambiguous" else "The sources differ. "
    line = Text(f"{head}{conflict.title}: ", style="yellow")
    for n, side in enumerate(conflict.sides):
        line.append(" or " if n else "").append(f"“{plain(side.value)}”", style="bold").append(
            f" {side.markers}", "cyan"
        )
    return line


def _show_citation(citation: Citation, console: Console) -> None:
    head = Text(f"[{citation.marker}] ", style="cyan")
    head.append(plain(describe(citation)), style="default")
    console.print(head)
    console.print(Padding(Text(f"“{plain(citation.quote)}”", style="dim"), (0, 0, 1, 4)))


def _show_hit(hit: Hit, console: Console) -> None:
    words = " ".join(plain(hit.text).split())
    snippet = words if len(words) <= _SNIPPET else words[:_SNIPPET].rsplit(" ", 1)[0] + " ..."
    console.print(Text(f"  {plain(hit.file)}: {snippet}", style="dim"))


def show_report(report: BuildReport, store: str, console: Console) -> None:
    """What a build did: counts, then the names of what is not plain."""
    counts = ("added", "changed", "renamed", "removed", "unchanged", "skipped")
    parts = [f"{len(getattr(report, name)):,} {name}" for name in counts if getattr(report, name)]
    work = f"; {report.sentences:,} sentences embedded" if report.sentences else ""
    console.print(Text(f"{', '.join(parts) or 'no articles'}{work} in {report.seconds:.1f} s; index in {store}"))
    _list("changed", report.changed, console)
    _list("renamed", [f"{old} -> {new}" for old, new in report.renamed], console)
    _list("removed", report.removed, console)
    _list("skipped", [f"{file}: {reason}" for file, reason in report.skipped], console)
    _list("warning", [f"{file}: {warning}" for file, warning in report.warnings], console)


def _list(kind: str, lines: Sequence[str], console: Console) -> None:
    for line in lines[:LISTED]:
        console.print(Text(f"  {kind} {plain(line)}"), soft_wrap=True)
    if len(lines) > LISTED:
        console.print(Text(f"  {kind} ... and {len(lines) - LISTED:,} more; --json lists them all", style="dim"))


def show_checks(checks: Sequence[Check], console: Console) -> None:
    """A line for each thing that was looked at; what is wrong says what to do."""
    width = max(len(check.name) for check in checks)
    for check in checks:
        mark, style = ("ok  ", "green") if check.ok else ("BAD ", "red")
        line = Text(mark, style=style)
        line.append(f"{check.name.ljust(width)}  {plain(check.found)}", style="default")
        console.print(line, soft_wrap=True)
        if check.advice:
            console.print(Text(f"     {' ' * width} {plain(check.advice)}", style="yellow"), soft_wrap=True)
