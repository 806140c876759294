"""`byline conflicts`: where the articles differ, with a progress bar, and each side with its sources."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from qa.models import Citation, Conflict, Side, count, describe
from ui.cli import ERR, OUT, print_json
from ui.plain import plain

if TYPE_CHECKING:
    from index.settings import Settings
    from qa.survey import Survey


def run_conflicts(settings: Settings, as_json: bool) -> None:
    """Compare the articles, show how far it is on standard error, and what differs on standard output."""
    from index.opening import readable
    from index.reader import Reader
    from qa.survey import survey

    columns = (
        TextColumn("Comparing"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("articles"),
        TimeRemainingColumn(),
    )
    with closing(Reader(settings)) as reader, readable(reader.store):
        with Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal) as bar:
            task = bar.add_task("", total=None)
            found = survey(reader, lambda done, total: bar.update(task, completed=done, total=total))
        files = reader.files()
    if as_json:
        print_json(found.to_dict())
    else:
        show_survey(found, files, OUT)


def show_survey(found: Survey, files: int, console: Console) -> None:
    """Every conflict: what differs, then each side with file, line, date and quotation."""
    cited = {citation.marker: citation for citation in found.citations}
    for number, conflict in enumerate(found.conflicts, 1):
        show_conflict(number, conflict, cited, console)
    places = count(len(found.conflicts), "place") if found.conflicts else "No place"
    console.print(Text(f"{places} found where articles differ, in {count(files, 'article')}."))


def show_conflict(number: int, conflict: Conflict, cited: Mapping[int, Citation], console: Console) -> None:
    """One of them."""
    console.print(Text(f"{number}. {conflict.title}", style="bold"))
    last = latest(conflict, cited)
    for side in conflict.sides:
        _show_side(side, cited, last, console)
    console.print()


def _show_side(side: Side, cited: Mapping[int, Citation], last: str | None, console: Console) -> None:
    console.print(Text(f"   “{plain(side.value)}”", style="cyan"))
    for marker in side.citations:
        citation = cited[marker]
        later = ", the latest" if last and citation.published == last else ""
        console.print(Text(f"      {plain(describe(citation))}{later}"))
        quote = Text(plain(citation.quote), style="dim")
        quote.highlight_regex(rf"(?<!\w){re.escape(plain(side.value))}(?!\w)", "not dim bold")
        console.print(Padding(quote, (0, 0, 0, 9)))


def latest(conflict: Conflict, cited: Mapping[int, Citation]) -> str | None:
    """The last date of publication among the sources, None where they have no two dates."""
    dates = {cited[marker].published for side in conflict.sides for marker in side.citations} - {None}
    return max(filter(None, dates)) if len(dates) > 1 else None
