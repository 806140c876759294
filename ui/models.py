"""`byline model list` and `pull`: the language models that Byline knows by name."""

from __future__ import annotations

import difflib
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from index.errors import InputError
from ui.cli import ERR, OUT, JsonOption, models, print_json, settings_for

if TYPE_CHECKING:
    from index.settings import Settings
    from qa.llm.files import KnownModel


@models.command("list", epilog="Examples:  byline model list    byline model list --json")
def list_(as_json: JsonOption = False) -> None:
    """List the models known by name: which are here, which one `auto` takes, and what to expect of each."""
    from qa.llm.files import model_folder

    settings = settings_for(None)
    rows = _rows(settings)
    if as_json:
        print_json([asdict(model) | {"path": path and str(path), "auto": auto} for model, path, auto in rows])
        return
    _show(rows)
    OUT.print(f"Pulled models go to {model_folder(settings)}", markup=False, soft_wrap=True)
    if settings.llm_base_url:
        OUT.print("auto asks the server that llm_base_url names, and none of these.")


@models.command(epilog="Example:  byline model pull qwen2.5-coder-1.5b")
def pull(name: Annotated[str, typer.Argument(metavar="NAME", help="One of `byline model list`.")]) -> None:
    """Fetch a model, checked by its hash. One that was cut is continued."""
    from qa.llm.pull import pull as fetch

    model, settings = _named(name), settings_for(None)
    with _bar() as bar:
        task = bar.add_task(model.name, total=model.size)
        try:
            path = fetch(model, settings, lambda done, _: bar.update(task, completed=done))
        except KeyboardInterrupt:
            ERR.print("Interrupted. What was fetched so far is kept; run the same command again to go on.")
            raise
    OUT.print(f"{model.name} is here, its hash checked: {path}", markup=False, soft_wrap=True)


def _rows(settings: Settings) -> list[tuple[KnownModel, Path | None, bool]]:
    """Each known model, its file, and whether `auto` takes it."""
    from qa.llm import files

    best = None if settings.llm_base_url else files.best_present(settings)
    return [
        (model, files.path_of(model, settings), best is not None and best[0] == model) for model in files.known_models()
    ]


def _named(name: str) -> KnownModel:
    from qa.llm import files

    known = {model.name: model for model in files.known_models()}
    if name not in known:
        close = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.4)
        hint = f"Did you mean {close[0]}? " if close else ""
        raise InputError(f"There is no model {name!r}. {hint}Known: {', '.join(known)}")
    return known[name]


def _show(rows: list[tuple[KnownModel, Path | None, bool]]) -> None:
    """The facts as a table, and under it, where there is room for a sentence, what to expect."""
    from rich import box
    from rich.table import Table

    facts = Table("Name", "Licence", box=box.SIMPLE_HEAD, pad_edge=False)
    facts.add_column("Size", justify="right")
    facts.add_column("Memory", justify="right")
    facts.add_column("Here")
    expect = Table.grid(padding=(0, 3, 0, 0))
    for model, path, auto in rows:
        here = "yes, auto takes it" if auto else "yes" if path else "no"
        style = "bold" if auto else None
        sizes = f"{model.size / 1e6:,.0f} MB", f"{model.memory_mb:,} MB"
        facts.add_row(model.name, model.licence, *sizes, here, style=style)
        expect.add_row(model.name, model.expect, style=style)
    OUT.print(facts, expect, "")


def _bar() -> Any:
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal)
