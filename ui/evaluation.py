"""`byline eval`: asking gold questions, and what comes of it. A thin layer over the harness."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import InputError
from ui.cli import OUT, JsonOption, LlmOption, StoreOption, evaluation, fail, print_json, settings_for

if TYPE_CHECKING:
    from eval.corpus import Corpus


class Format(StrEnum):
    """Public question sets that can be imported."""

    CHUNKING = "chunking"
    ONESTOPQA = "onestopqa"
    RAMDOCS = "ramdocs"
    SQUAD = "squad"
    SQUAD2_SAMPLE = "squad2-sample"


class Part(StrEnum):
    """Which questions to ask."""

    ALL = "all"
    TEST = "test"
    TUNE = "tune"


CorpusOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="The articles that they are about, indexed apart.",
        show_default="those of the index, as it is",
    ),
]
RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="Folder of a run, or RUN:SYSTEM, or a scores.jsonl.")]


@evaluation.command("import", epilog="Example:  byline eval import squad xquad.en.json --out data/xquad")
def import_(
    kind: Annotated[Format, typer.Argument(help="Format of the data.")],
    path: Annotated[Path, typer.Argument(help="The file, or the folder, as it was published.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where corpus/ and gold.jsonl go.")],
) -> None:
    """Turn a public question set into a folder of articles and a gold file."""
    from eval.imports import IMPORTERS

    imported = IMPORTERS[kind.value](path, out)
    OUT.print(
        f"{imported.articles} articles in {imported.corpus}, {imported.questions} questions in {imported.gold}",
        markup=False,
        soft_wrap=True,
    )


@evaluation.command(
    epilog="Examples:  byline eval run questions.csv    byline eval run data/xquad/gold.jsonl --corpus "
    "data/xquad/corpus --system byline --system bm25 --out runs/a    byline eval run gold.jsonl --system "
    "http://127.0.0.1:8000/answer"
)
def run(
    gold: Annotated[Path, typer.Argument(help="Gold questions: a CSV with question,answer, or JSON lines.")],
    corpus: CorpusOption = None,
    store: StoreOption = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where the results go.", show_default="runs/GOLD-DATE-TIME")
    ] = None,
    system: Annotated[
        list[str],
        typer.Option(metavar="NAME", help="What to ask: a name, a URL, or module:function. Repeat it to compare."),
    ] = ["byline"],  # noqa: B006 typer's way
    split: Annotated[Part, typer.Option(help="Part of the questions.")] = Part.ALL,
    sample: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Only N of them, drawn at random, always the same ones.")
    ] = None,
    llm: LlmOption = None,
    replay: Annotated[
        bool, typer.Option("--replay", help="Ask nothing: score the answers of the run in --out anew.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Ask gold questions, score the answers, and write a report. A run that was cut short goes on where it stopped."""
    from eval.run import run as run_evaluation

    if replay and out is None:
        raise InputError("--replay scores a run anew; name its folder with --out")
    out = out or Path("runs") / f"{gold.stem}-{datetime.now():%Y%m%d-%H%M%S}"
    try:
        outcome = run_evaluation(
            gold,
            corpus,
            system,
            out,
            split=split.value,
            sample=sample,
            settings=settings_for(store, llm=llm),
            replay=replay,
        )
    except KeyboardInterrupt:
        fail(f"Stopped. What was answered is kept; the same command with --out {out} goes on from there.")
        raise typer.Exit(130) from None
    _print(out / ("summary.json" if as_json else "summary.md"), as_json)
    if not as_json:
        OUT.print(f"Every answer, and why: {outcome.folder / 'report.html'}", markup=False, soft_wrap=True)
    if outcome.errors:
        fail(f"{outcome.errors} questions ended in an error; see {outcome.folder / 'questions.jsonl'}")
        raise typer.Exit(1)


@evaluation.command(
    "compare",
    epilog="Examples:  byline eval compare runs/old runs/new    byline eval compare runs/a:bm25 runs/a:byline",
)
def compare_(a: RunArgument, b: RunArgument, as_json: JsonOption = False) -> None:
    """What changed from run A to run B: differences with intervals and p, questions that flipped, tags."""
    from eval.compare import compare
    from eval.verdicts import comparison_text

    found = compare(a, b)
    if as_json:
        print_json(found.to_dict())
    else:
        _show(comparison_text(found))


@evaluation.command("gate", epilog="Example:  byline eval gate runs/new --baseline runs/old --margin 0.02")
def gate_(
    run: RunArgument,
    baseline: Annotated[str, typer.Option(metavar="RUN", help="What to hold it against, named in the same way.")],
    margin: Annotated[float, typer.Option(min=0, max=1, help="Largest loss of a metric to let pass.")] = 0.01,
    as_json: JsonOption = False,
) -> None:
    """Exit with 1 where a metric lost more than the margin, significantly, or what must hold is broken."""
    from eval.gate import gate
    from eval.verdicts import gate_text

    found = gate(run, baseline, margin)
    if as_json:
        print_json(found.to_dict())
    else:
        _show(gate_text(found))
    if not found.open:
        raise typer.Exit(1)


@evaluation.command(epilog="Example:  byline eval report runs/a")
def report(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run.")],
    corpus: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="The articles, where they are elsewhere by now.")
    ] = None,
) -> None:
    """Write report.html again: one file with every question, its answer, its citations in context, and why."""
    from eval.corpus import read_corpus
    from eval.report import write_report
    from eval.results import read_record

    record = read_record(folder)
    articles = read_corpus(corpus or record["where"])
    if articles.sha256 != record["corpus"]["sha256"]:
        raise InputError(f"{articles.folder} has changed since {folder} was made; name the articles with --corpus")
    OUT.print(str(write_report(folder, articles.read)), markup=False, soft_wrap=True)


@evaluation.command(epilog="Examples:  byline eval check gold.jsonl    byline eval check gold.jsonl --corpus articles/")
def check(
    gold: Annotated[Path, typer.Argument(help="Gold questions.")],
    corpus: CorpusOption = None,
    store: StoreOption = None,
) -> None:
    """Is every gold question sound, and every quotation still in its file? Names each that is not, and exits with 2."""
    from eval.gold import problems, read_gold
    from qa.models import count

    articles = _articles(corpus, store)
    rows, wrong = read_gold(gold)
    wrong += [problem for row in rows for problem in problems(row, articles.read, articles.files)]
    for problem in wrong:
        fail(str(problem))
    spans = sum(len(group) for row in rows for group in row.evidence)
    OUT.print(
        f"{count(len(rows), 'question')}, {count(spans, 'quotation')}, {count(len(wrong), 'problem')}", markup=False
    )
    if wrong:
        raise typer.Exit(2)


def _articles(corpus: Path | None, store: str | None) -> Corpus:
    from eval.corpus import read_corpus
    from index.opening import folder_of

    return read_corpus(corpus or folder_of(Path(settings_for(store).store).expanduser()))


def _print(path: Path, as_json: bool) -> None:
    text = path.read_text(encoding="utf-8")
    if as_json:
        typer.echo(text, nl=False)
    else:
        _show(text)


def _show(markdown: str) -> None:
    from rich.markdown import Markdown

    if OUT.is_terminal:
        OUT.print(Markdown(markdown))
    else:
        typer.echo(markdown, nl=False)
