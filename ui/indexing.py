"""`byline index`: a build with a progress bar."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ui.cli import ERR, OUT, print_json
from ui.terminal import show_report

if TYPE_CHECKING:
    from index import Settings
    from index.builder import Progress as Step


def run_index(path: str, settings: Settings, as_json: bool) -> None:
    """Build, show how far it is on standard error, and report on standard output."""
    from index import build

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files  {task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=ERR, transient=True) as bar:
        task = bar.add_task("Indexing", total=None, rate="")

        def show(step: Step) -> None:
            speed = step.sentences / step.seconds if step.seconds else 0.0
            rate = f"{step.sentences:,} sentences, {speed:,.0f}/s" if step.sentences else ""
            bar.update(task, description=step.title, completed=step.files, total=step.files_total or None, rate=rate)

        try:
            report = build(path, settings, show)
        except KeyboardInterrupt:
            ERR.print("Interrupted. What was indexed so far is kept; run the same command again to go on.")
            raise
    if as_json:
        print_json(asdict(report))
    else:
        show_report(report, settings.store, OUT)
