"""The command line. Each command imports what it needs when it runs, so that `byline --help` answers at once."""

from __future__ import annotations

import json
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from index.errors import BylineError, InputError

if TYPE_CHECKING:
    from index.settings import Settings

OUT = Console(highlight=False)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)


ABOUT = "Ask questions of a folder of articles. Every sentence of an answer is quoted from a named file."

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog='Start with: byline index FOLDER, then: byline ask "When did ...?"',
)
evaluation = typer.Typer(no_args_is_help=True, help="Measure how good the answers are, on gold questions.")
app.add_typer(evaluation, name="eval")
models = typer.Typer(no_args_is_help=True, help="Local language models: what there is, and fetch a better one.")
app.add_typer(models, name="model")

StoreOption = Annotated[
    str | None,
    typer.Option("--store", metavar="FOLDER", help="Folder of the index.", show_default=".byline, or BYLINE_STORE"),
]
LlmOption = Annotated[
    str | None,
    typer.Option(
        "--llm",
        metavar="NAME",
        help="Language model: auto, none, a name of `byline model list`, gguf:PATH, ollama:NAME or openai:NAME.",
        show_default="auto, or BYLINE_LLM",
    ),
]
RiskOption = Annotated[
    float | None,
    typer.Option(
        min=0,
        max=1,
        help="The risk of a wrong answer that you take: what is less sure than 1 - RISK is refused.",
        show_default="0.75, or BYLINE_RISK",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]


def settings_for(
    store: str | None, auth: str | None = None, llm: str | None = None, risk: float | None = None
) -> Settings:
    """The settings with what the command line says on top."""
    from index.settings import Settings

    return Settings.load(store=store, auth=auth, llm=llm, risk=risk)


def waiting(what: str) -> AbstractContextManager[object]:
    """A spinner on the terminal, nothing elsewhere."""
    return ERR.status(Text(what)) if ERR.is_terminal else nullcontext()


def fail(message: str) -> None:
    """Say on standard error what is wrong and what to do."""
    ERR.print(message, style="red" if ERR.is_terminal else None, markup=False)


def print_json(data: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib import metadata

        OUT.print(f"byline {metadata.version('byline')}")
        raise typer.Exit


@app.callback(help=ABOUT)
def _start(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """What holds for every command; `main` looks for `--debug` itself."""


@app.command(epilog="Examples:  byline index articles/    byline index articles/ --store /data/byline --json")
def index(
    path: Annotated[str, typer.Argument(metavar="FOLDER", help="Folder of articles: .txt .md .html .pdf .docx")],
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Build the index of a folder of articles, or bring it up to date. Only what changed is embedded again."""
    from ui.indexing import run_index

    run_index(path, settings_for(store), as_json)


@app.command(
    epilog='Examples:  byline ask "When did Putin land in Hanoi?"    byline ask "Who resigned?" --since 2024-06-01 '
    "--files '*.html' --json    byline ask 'Who resigned?' --risk 0.2"
)
def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotation marks.")],
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Only articles published on or after it: 2024-06-20, 'last week of May'."),
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only articles published on or before it, or before its end.")
    ] = None,
    files: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Only files that match, such as '2024/*.txt'; repeatable."),
    ] = None,
    llm: LlmOption = None,
    risk: RiskOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question from the indexed articles, each sentence with its source."""
    settings = settings_for(store, risk=risk)
    with waiting("Loading ..."):
        from qa import Assistant

        assistant = Assistant(settings, llm=llm)
    with assistant, waiting(f"Asking {assistant.llm.name} ..." if assistant.llm.model else "Reading ..."):
        answer = assistant.ask(question, since=since, until=until, files=files or ())
    if as_json:
        print_json(answer.to_dict())
        return
    from ui.terminal import show_answer

    show_answer(answer, OUT)


@app.command(epilog="Examples:  byline chat    byline chat --host 0.0.0.0 --auth ann:secret --port 8000")
def chat(
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port.", show_default="the first free one from 7860 on")
    ] = None,
    auth: Annotated[
        str | None, typer.Option(metavar="USER:PASSWORD", help="Ask for it; BYLINE_AUTH keeps it out of sight.")
    ] = None,
    without_auth: Annotated[
        bool, typer.Option("--without-auth", help="Let whoever reaches ADDRESS read and add articles.")
    ] = False,
    llm: LlmOption = None,
    store: StoreOption = None,
) -> None:
    """Ask in the browser: answers with their sources beside them, and the library of articles. Ends with Ctrl-C."""
    from ui.chatting import run_chat

    run_chat(settings_for(store, auth=auth), llm, host, port, without_auth)


@app.command(epilog="Examples:  byline conflicts    byline conflicts --store /data/byline --json")
def conflicts(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List where the indexed articles say different things: numbers, dates, names, quoted words, denials."""
    from ui.conflicts import run_conflicts

    run_conflicts(settings_for(store), as_json)


@app.command(epilog="Examples:  byline doctor --json    byline doctor --llm ollama:qwen3:4b")
def doctor(llm: LlmOption = None, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Say what is installed, which models are used, whether the index is healthy, and what to do if not."""
    from ui.doctor import examine
    from ui.terminal import show_checks

    with waiting("Looking ..."):
        checks = examine(settings_for(store, llm=llm))
    if as_json:
        print_json([check.to_dict() for check in checks])
    else:
        show_checks(checks, OUT)
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


def main() -> None:
    """The `byline` command. Exit status: 0 done, 2 bad usage or bad input, 1 anything that broke."""
    import ui.evaluation
    import ui.measuring
    import ui.models  # noqa: F401 these add the commands of `byline eval` and `byline model`

    try:
        app()
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        if not isinstance(error, BylineError):
            fail(
                f"Something broke: {type(error).__name__}: {error}\nRun it again as `byline --debug ...` to see where."
            )
            sys.exit(1)
        fail(str(error))
        sys.exit(2 if isinstance(error, InputError) else 1)


if __name__ == "__main__":
    main()
