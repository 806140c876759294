"""Ask each system each gold question, score the answers, and write down what came out and from what."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from eval.corpus import Corpus, check_fresh, read_corpus
from eval.gold import SPLITS, Gold, drawn, load_gold, locate
from eval.journal import Asked, Journal
from eval.record import code_hash, file_hash, peak_memory, settings_record, value_hash, versions
from eval.report import write_report
from eval.results import GOLD, RECORD, read_answers, read_record, write_results
from eval.scores import Abilities
from eval.systems import LLM_SYSTEMS, Inputs, System, opened, opener, own_code
from index.embed import identify
from index.errors import InputError
from index.opening import folder_of
from index.settings import Settings
from qa.llm.choose import choose_model
from qa.models import Answer

CALLS = "calls.jsonl"
CACHE = ".cache"  # beside the run's folder, so that the next run finds the index of the same corpus
JOURNAL = "unfinished.jsonl"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What `run` wrote, how many questions were asked, and how many answers, of all systems, ended in an error."""

    folder: Path
    questions: int
    errors: int


def run(
    gold: str | Path,
    corpus: str | Path | None,
    systems: Sequence[str],
    out: str | Path,
    *,
    split: str = "all",
    sample: int | None = None,
    settings: Settings | None = None,
    replay: bool = False,
) -> Outcome:
    """Ask the gold questions of `split` (`test`, `tune` or `all`) to each of `systems`, and write results into `out`.

    `sample`: only so many of them, drawn at random and always the same ones.
    `corpus` is the folder of articles, which is indexed apart; None for the index in `settings.store` as it is, and
    the articles it was made from. What is written: see `eval.results.write_results`, and `report.html`. A run repeated
    writes the same bytes, but for times.

    A system that fails at a question is an error of that question, and the run goes on. A run that was cut short, with
    the same arguments, goes on where it stopped. `replay` asks nothing: it scores anew what the run in `out` holds,
    with the systems and the split of that run. Raises `InputError` for gold questions, a corpus or names that cannot
    be used.
    """
    settings, out = settings or Settings.load(), Path(out)
    if replay:
        return _replay(Path(gold), corpus, out)
    for name in systems:
        opener(name)
    if not systems or len(set(systems)) < len(systems):
        raise InputError("Name at least one system with --system, and each only once")
    _check_folder(out, Path(gold))
    articles = read_corpus(folder_of(Path(settings.store).expanduser()) if corpus is None else corpus)
    rows = [locate(row, articles.read, articles.files) for row in drawn(_of_split(load_gold(gold), split), sample)]
    if corpus is None:
        check_fresh(Path(settings.store).expanduser(), articles.folder)
    config = {"systems": list(systems), "split": split, "sample": sample, "settings": settings_record(settings)}
    config["own"] = {name: found for name in systems if (found := own_code(name))}
    record = _record(Path(gold), len(rows), articles, settings, config)
    inputs = Inputs(articles, settings, _store(out, articles, settings), calls=out.resolve().parent / CACHE / CALLS)
    if corpus is None:
        inputs = replace(inputs, store=Path(settings.store).expanduser(), ready=True)
    out.mkdir(parents=True, exist_ok=True)
    with closing(Journal(out / JOURNAL, value_hash(record))) as journal:
        record |= _ask_all(systems, inputs, rows, journal)
        asked = (journal[name, row.id] for name in systems for row in rows)
        scored = write_results(out, record, rows, asked, articles.read)
        journal.discard()
    write_report(out, articles.read)
    return Outcome(out, len(rows), sum(row.error is not None for row in scored))


def _replay(gold: Path, corpus: str | Path | None, out: Path) -> Outcome:
    """Score the answers of a finished run anew. What it was made from stays on its record, but for the gold."""
    record = read_record(out)
    articles = read_corpus(record["where"] if corpus is None else corpus)
    if articles.sha256 != record["corpus"]["sha256"]:
        raise InputError(f"{articles.folder} has changed since the answers in {out} were given; run without --replay")
    asked_for = drawn(_of_split(load_gold(gold), record["config"]["split"]), record["config"].get("sample"))
    rows = [locate(row, articles.read, articles.files) for row in asked_for]
    record |= {"gold": {"sha256": file_hash(gold), "questions": len(rows)}, "scored_with": code_hash()}
    asked = _replayed(out, record["config"]["systems"], rows)
    scored = write_results(out, record, rows, asked, articles.read)
    write_report(out, articles.read)
    return Outcome(out, len(rows), sum(row.error is not None for row in scored))


def _check_folder(out: Path, gold: Path) -> None:
    """Nothing of the user's is overwritten: a run goes into a new folder, an empty one, or that of a run."""
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is a file; name a folder with --out")
    if (out / GOLD).exists() and gold.exists() and (out / GOLD).samefile(gold):
        raise InputError(f"The results would overwrite the gold questions in {gold}; name another folder with --out")
    if out.is_dir() and any(out.iterdir()) and not any((out / name).is_file() for name in (RECORD, JOURNAL)):
        raise InputError(f"{out} holds something else than a run; name a new folder with --out")


def _of_split(rows: list[Gold], split: str) -> list[Gold]:
    if split == "all":
        return rows
    if split not in SPLITS:
        raise InputError(f"There is no split {split!r}; take one of {', '.join(SPLITS)}, all")
    chosen = [row for row in rows if row.split == split]
    if not chosen:
        raise InputError(f'No gold question has "split": "{split}"; mark some, or ask for --split all')
    return chosen


def _store(out: Path, corpus: Corpus, settings: Settings) -> Path:
    # The folder is part of the key because a store belongs to one folder.
    made_from = [
        corpus.sha256,
        str(corpus.folder.resolve()),
        str(identify(settings.embedding_model)),
        code_hash(["index"]),
    ]
    return out.resolve().parent / CACHE / value_hash(made_from)[:16]


def _progress() -> Progress:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)


def _ask_all(systems: Sequence[str], inputs: Inputs, rows: Sequence[Gold], journal: Journal) -> dict[str, Any]:
    """Ask what is not in the journal yet. Gives what each of the `systems` does, and `timings`."""
    started = datetime.now(UTC)
    answers, seconds = {}, {}
    with _progress() as progress:
        for name in systems:
            task = progress.add_task(f"{name}: indexing", total=len(rows))
            before = time.perf_counter()
            with opened(name, inputs) as system:
                seconds[name] = time.perf_counter() - before
                answers[name] = bool(system.answers)
                progress.update(task, description=name)
                for row in rows:
                    if (name, row.id) not in journal:
                        journal.add(_ask(system, row))
                    progress.advance(task)

    times, does = {}, {}
    for name in systems:
        given = [journal[name, row.id] for row in rows]
        times[name] = _times(seconds[name], given)
        retrieves = any(asked.answer is not None and asked.answer.hits for asked in given)
        does[name] = asdict(Abilities(answers[name], retrieves or not answers[name]))
    timings = {
        "started": started.isoformat(timespec="seconds"),
        "seconds": round((datetime.now(UTC) - started).total_seconds(), 3),
        "peak_memory_mb": peak_memory(),
        "systems": times,
    }
    return {"systems": does, "timings": timings}


def _ask(system: System, gold: Gold) -> Asked:
    before = time.perf_counter()
    try:
        answer = system.answer(gold.question, **gold.filters)
        total = (time.perf_counter() - before) * 1000
        if not isinstance(answer, Answer):
            raise TypeError(f"answered with {type(answer).__name__} where an Answer is wanted")
        timings = {stage: float(value) for stage, value in answer.timings.items()}
        asked = Asked(system.name, gold.id, answer, None, {"total": total, **timings})
        Asked.from_dict(json.loads(asked.to_json().encode()))  # what cannot be written down and read back is no answer
    except Exception as problem:  # whatever a system may raise: recorded as the result of this question
        total = (time.perf_counter() - before) * 1000
        return Asked(system.name, gold.id, None, f"{type(problem).__name__}: {problem}", {"total": total})
    return asked


def _replayed(out: Path, systems: Sequence[str], rows: Sequence[Gold]) -> list[Asked]:
    """The answers that a finished run holds. Raises `InputError` where some are missing, or answer something else."""
    known = {(asked.system, asked.id): asked for asked in read_answers(out)}
    before = {row.id: (row.question, row.filters) for row in load_gold(out / GOLD)}
    for name in systems:
        for row in rows:
            if (name, row.id) not in known or before.get(row.id) != (row.question, row.filters):
                raise InputError(
                    f"{out} holds no answer of {name} to {row.id} as it is asked now; run without --replay"
                )
    return [known[name, row.id] for name in systems for row in rows]


def _times(index_seconds: float, asked: Iterable[Asked]) -> dict[str, Any]:
    stages: dict[str, list[float]] = {}
    for item in asked:
        for stage, milliseconds in item.timings.items():
            stages.setdefault(stage, []).append(milliseconds)
    found = {stage: np.percentile(values, [50, 95]) for stage, values in stages.items()}
    total = stages.get("total", [])
    return {
        "index_seconds": round(index_seconds, 3),
        "asked": len(total),
        "ask_seconds": round(sum(total) / 1000, 3),
        "stages_ms": {stage: {"p50": round(p50, 2), "p95": round(p95, 2)} for stage, (p50, p95) in found.items()},
    }


def _llm(settings: Settings) -> dict[str, str] | None:
    with closing(choose_model(settings)) as chosen:
        return {"name": chosen.name, "fingerprint": chosen.model.fingerprint} if chosen.model else None


def _record(gold: Path, questions: int, corpus: Corpus, settings: Settings, config: dict[str, Any]) -> dict[str, Any]:
    return {
        "config": {**config, "sha256": value_hash(config)},
        "model": asdict(identify(settings.embedding_model)),
        "llm": _llm(settings) if LLM_SYSTEMS & set(config["systems"]) else None,
        "corpus": {"sha256": corpus.sha256, "files": len(corpus.files), "skipped": corpus.skipped},
        "gold": {"sha256": file_hash(gold), "questions": questions},
        "code": code_hash(),
        "versions": versions(),
        "where": str(corpus.folder.resolve()),
    }
