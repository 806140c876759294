"""`byline eval curve`, `fit`, `confidence`, `bench`, `crowd`, `checker`, `short`: for tuning and for timing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.cli import ERR, OUT, JsonOption, LlmOption, evaluation, print_json, settings_for, waiting
from ui.evaluation import Part


@evaluation.command(epilog="Example:  byline eval curve data/xquad --out docs/words.svg")
def curve(
    data: Annotated[Path, typer.Argument(help="An imported set: a folder with corpus/ and gold.jsonl.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Picture to write, .svg or .png.")],
    split: Annotated[Part, typer.Option(help="Part of the questions.")] = Part.ALL,
) -> None:
    """Plot how often the answer is held against how many words are shown."""
    import tempfile

    from eval.curve import curve as measure
    from eval.plot import plot_share_against_words

    with tempfile.TemporaryDirectory() as work, waiting("Asking ..."):
        fixed, shown = measure(data / "gold.jsonl", data / "corpus", Path(work) / "store", split.value)
    plot_share_against_words({"the best 1 to 5 sentences": fixed}, shown, out)
    for count, (words, share) in enumerate(fixed, start=1):
        OUT.print(f"{count} sentences: {share:.3f} at {words:.1f} words")
    OUT.print(f"as shown: {shown[1]:.3f} at {shown[0]:.1f} words; plotted in {out}", markup=False, soft_wrap=True)


@evaluation.command(epilog="Example:  byline eval fit data/onestopqa data/xquad --out qa/weights.json")
def fit(
    data: Annotated[list[Path], typer.Argument(help="Imported sets: folders with corpus/ and gold.jsonl.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the weights go.")],
) -> None:
    """Fit which sentences answer, and how many to show, on the tuning parts of gold sets."""
    import tempfile

    from eval.fit import fit as fit_weights
    from eval.regression import write_weights

    with tempfile.TemporaryDirectory() as work, waiting("Fitting ..."):
        weights = fit_weights([(folder / "gold.jsonl", folder / "corpus") for folder in data], Path(work), ERR.print)
    write_weights(weights, out)
    print_json(weights)


@evaluation.command(
    epilog="Examples:  byline eval confidence data/onestopqa data/xquad --open data/squad2 --out runs/confidence.md "
    "--plot docs/risk.svg    byline eval confidence data/onestopqa data/xquad --open data/squad2 --llm "
    "qwen2.5-coder-1.5b --work runs/confidence --fit qa/confidence.json"
)
def confidence(
    data: Annotated[
        list[Path], typer.Argument(help="Imported sets about different things, each asked of the others as well.")
    ],
    open_: Annotated[
        list[Path] | None,
        typer.Option("--open", metavar="DATA", help="Imported set with questions that its articles leave open."),
    ] = None,
    llm: Annotated[
        str,
        typer.Option(metavar="NAME", help="Language model in this process, asked about the best sentence."),
    ] = "none",
    work: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where indexes and the model's replies are kept.", show_default="nowhere"),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where the tables go as well.")] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Risk-coverage curve to draw, .svg or .png.")
    ] = None,
    fit: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Fit on the tuning parts and write the coefficients instead; with --llm, those of the model alone.",
        ),
    ] = None,
) -> None:
    """Measure what confidence tells: off-topic and open questions refused, calibration, risk against coverage."""
    import tempfile

    from eval import confidence as fitting
    from eval.plot import plot_risk_against_coverage
    from eval.trust import measure, table

    sets = [*map(fitting.Set, data), *(fitting.Set(folder, open=True) for folder in open_ or ())]
    settings = settings_for(None, llm=llm)
    with tempfile.TemporaryDirectory() as nowhere, waiting("Asking ..."):
        kept = work or Path(nowhere)
        model = fitting.model_of(settings, kept)
        if fit is not None:
            print_json(fitting.fit_to(fit, sets, kept, ERR.print, model))
            return
        measured = measure(sets, settings.risk, kept, ERR.print, model)
    if plot is not None:
        plot_risk_against_coverage(measured.curves, plot)
    if out is not None:
        _write(table(measured), out)
    OUT.print(table(measured), markup=False, soft_wrap=True)


@evaluation.command(epilog="Example:  byline eval bench data/xquad data/onestopqa --out runs/bench")
def bench(
    data: Annotated[list[Path], typer.Argument(help="Imported sets: folders with corpus/ and gold.jsonl.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the figures go.")],
    stored: Annotated[int, typer.Option(help="Sentences stored when retrieval is timed.")] = 100_000,
    rounds: Annotated[int, typer.Option(help="Builds of each kind, taken in turn.")] = 5,
) -> None:
    """Time builds beside their bare parts and LlamaIndex, retrieval in a large store, and starts of the command."""
    from eval.bench import bench as run_bench

    OUT.print(run_bench(data, out, stored, rounds, ERR.print), markup=False, soft_wrap=True)


@evaluation.command(epilog="Example:  byline eval crowd data/xquad --people 20 --out runs/crowd.md")
def crowd(
    data: Annotated[Path, typer.Argument(help="An imported set: a folder with corpus/ and gold.jsonl.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the table goes.")],
    people: Annotated[int, typer.Option(min=1, help="How many ask at once.")] = 20,
    rounds: Annotated[int, typer.Option(min=1, help="Questions that each of them asks.")] = 10,
) -> None:
    """Time how long people wait for evidence in the chat: one alone, then many at once. Starts a real `byline chat`."""
    import tempfile
    from dataclasses import replace

    from eval.gold import load_gold
    from index import build
    from ui.load import measure, table

    with tempfile.TemporaryDirectory() as work, waiting("Asking ..."):
        settings = replace(settings_for(None), store=str(Path(work) / "store"))
        build(data / "corpus", settings)
        questions = [gold.question for gold in load_gold(data / "gold.jsonl")]
        alone, together = measure(questions, settings.store, people, rounds)
    _write(table(alone, together, people), out)
    OUT.print(table(alone, together, people), markup=False, soft_wrap=True)


@evaluation.command(
    epilog="Example:  byline eval checker data/wice/claims_dev.jsonl --split test --out runs/checker.md"
)
def checker(
    data: Annotated[Path, typer.Argument(metavar="PATH", help="WiCE's dev.jsonl of claims, or the folder it is in.")],
    split: Annotated[Part, typer.Option(help="Part of the claims.")] = Part.TEST,
    json: JsonOption = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where the table goes as well.")] = None,
    fit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Fit on the tuning part and write the weights there instead.")
    ] = None,
) -> None:
    """Measure the sentence checker: on WiCE's labelled claims, and on made-up drafts with one thing changed."""
    from eval import support
    from eval.checker import measure, table
    from eval.regression import write_weights
    from index.embed import Embedder
    from qa.verify import Checker

    settings = settings_for(None)
    checker = Checker(Embedder(settings.embedding_model), settings.nli_model)
    with waiting("Checking ..."):
        if fit is not None:
            weights = support.fit(data, checker)
            write_weights(weights, fit)
            print_json(weights)
            return
        measured = measure(data, checker, split.value, ERR.print)
    if out is not None:
        _write(table(measured), out)
    if json:
        print_json(measured.to_dict())
    else:
        OUT.print(table(measured), markup=False, soft_wrap=True)


@evaluation.command(
    epilog="Example:  byline eval short data/xquad --llm smollm2 --split tune --work runs/short --fit qa/short.json"
)
def short(
    data: Annotated[Path, typer.Argument(help="An imported set: a folder with corpus/ and gold.jsonl.")],
    work: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the index and the replies are kept.")],
    split: Annotated[Part, typer.Option(help="Part of the questions.")] = Part.TEST,
    sample: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Only N of them, drawn at random, always the same ones.")
    ] = None,
    llm: LlmOption = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where the table goes as well.")] = None,
    fit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Fit on these questions and put the weights there.")
    ] = None,
) -> None:
    """Measure the short answers of a model in this process: how many are shown, and how many of them are right."""
    from eval.short import fit as fit_weights
    from eval.short import picks, table, write
    from qa.llm.choose import choose_model

    settings = settings_for(None, llm=llm)
    name = choose_model(settings).name
    found = picks(data / "gold.jsonl", data / "corpus", split.value, settings, work, ERR.print, sample)
    if fit is not None:
        weights = fit_weights(found)
        write(weights, name, f"{split.value} part of {data.name}: {len(found)} questions", fit)
        print_json(weights)
        return
    if out is not None:
        _write(table(found, name), out)
    OUT.print(table(found, name), markup=False, soft_wrap=True)


def _write(text: str, out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
