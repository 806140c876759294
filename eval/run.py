"""Ask each system each gold question, score the answers, and write down what came out and from what."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from eval.corpus import Corpus, read_corpus
from eval.gold import SPLITS, Gold, load_gold, locate
from eval.record import code_hash, file_hash, settings_record, value_hash, versions
from eval.scores import score
from eval.summary import Scored, summary
from eval.systems import Inputs, System, check_names, opened
from index.embed import identify
from index.errors import InputError
from index.settings import Settings
from qa.models import Answer

CACHE = ".cache"  # beside the run's folder, so that the next run finds the index of the same corpus


@dataclass(frozen=True, slots=True)
class Outcome:
    """What `run` wrote, and how many of `questions` times systems ended in an error."""

    folder: Path
    questions: int
    errors: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """One line of questions.jsonl, and the milliseconds it took, which are kept apart from it."""

    scored: Scored
    line: str
    timings: dict[str, float]


@dataclass(slots=True)
class _Log:
    """What has been asked so far."""

    scored: list[Scored] = field(default_factory=list)
    timings: dict[str, Any] = field(default_factory=dict)


def run(
    gold: str | Path,
    corpus: str | Path,
    systems: Sequence[str],
    out: str | Path,
    *,
    split: str = "all",
    settings: Settings | None = None,
) -> Outcome:
    """Ask the gold questions of `split` (`test`, `tune` or `all`) to each of `systems` over the folder `corpus`.

    Writes into the folder `out`: `questions.jsonl` (one answer and its scores a line), `summary.md` and `run.json`.
    Only the `timings` of `run.json` differ when the run is repeated. A system that fails at a question is an error of
    that question, and the run goes on. Raises `InputError` for gold questions, a corpus or names that cannot be used.
    """
    check_names(systems)
    if not systems or len(set(systems)) < len(systems):
        raise InputError("Name at least one system with --system, and each only once")
    started = datetime.now(UTC)
    settings = settings or Settings.load()
    articles = read_corpus(corpus)
    rows = [locate(row, articles.read) for row in _of_split(load_gold(gold), split)]
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    inputs = Inputs(articles, settings, _store(out, articles, settings))
    log = _Log()
    with (out / "questions.jsonl").open("w", encoding="utf-8", newline="\n") as file, _progress() as progress:
        for name in systems:
            _ask_all(name, inputs, rows, file, progress, log)
    config = {"systems": list(systems), "split": split, "settings": settings_record(settings)}
    _write_json(out / "run.json", _record(Path(gold), articles, settings, config, log, started))
    heading = f"{len(rows)} questions over {len(articles.texts)} articles"
    (out / "summary.md").write_text(summary(log.scored, heading), encoding="utf-8", newline="\n")
    return Outcome(out, len(rows), sum(row.error is not None for row in log.scored))


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


def _ask_all(name: str, inputs: Inputs, rows: Sequence[Gold], file: TextIO, progress: Progress, log: _Log) -> None:
    task = progress.add_task(f"{name}: indexing", total=len(rows))
    before = time.perf_counter()
    with opened(name, inputs) as system:
        index_seconds = time.perf_counter() - before
        progress.update(task, description=name)
        asked = []
        for row in rows:
            asked.append(_ask(system, row, inputs.corpus))
            file.write(asked[-1].line)
            progress.advance(task)
    log.scored.extend(item.scored for item in asked)
    log.timings[name] = {"index_seconds": round(index_seconds, 3), **_percentiles(item.timings for item in asked)}


def _ask(system: System, gold: Gold, corpus: Corpus) -> _Asked:
    filters = {"history": gold.history, "since": gold.since, "until": gold.until}
    answer, scores, error = None, {}, None
    before = time.perf_counter()
    try:
        answer = system.answer(gold.question, **{name: value for name, value in filters.items() if value})
        elapsed = time.perf_counter() - before
        scores = score(answer, gold, corpus.read, system.answers)
        line = _line(system.name, gold, answer, scores, None)
    except Exception as problem:  # whatever a system may raise: recorded as the result of this question
        elapsed = time.perf_counter() - before
        error, scores = f"{type(problem).__name__}: {problem}", {}
        line = _line(system.name, gold, None, scores, error)
    timings = {"total": elapsed * 1000, **(answer.timings if answer else {})}
    return _Asked(Scored(system.name, gold.split, gold.cluster, scores, error), line, timings)


def _line(system: str, gold: Gold, answer: Answer | None, scores: Any, error: str | None) -> str:
    shown = answer.to_dict() if answer else None
    if shown:
        del shown["timings"]
    row: dict[str, Any] = {"id": gold.id, "system": system, "split": gold.split, "tags": gold.tags}
    row |= {"cluster": gold.cluster, "error": error, "scores": scores, "answer": shown}
    return json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n"


def _percentiles(timings: Iterable[dict[str, float]]) -> dict[str, dict[str, float]]:
    stages: dict[str, list[float]] = {}
    for timing in timings:
        for stage, milliseconds in timing.items():
            stages.setdefault(stage, []).append(milliseconds)
    found = {stage: np.percentile(values, [50, 95]) for stage, values in stages.items()}
    return {f"{stage}_ms": {"p50": round(p50, 2), "p95": round(p95, 2)} for stage, (p50, p95) in found.items()}


def _record(
    gold: Path, corpus: Corpus, settings: Settings, config: dict[str, Any], log: _Log, started: datetime
) -> dict[str, Any]:
    failed = Counter(row.system for row in log.scored if row.error is not None)
    return {
        "config": {**config, "sha256": value_hash(config)},
        "model": asdict(identify(settings.embedding_model)),
        "corpus": {"sha256": corpus.sha256, "files": len(corpus.texts), "skipped": corpus.skipped},
        "gold": {"sha256": file_hash(gold), "questions": len(log.scored) // len(config["systems"])},
        "code": code_hash(),
        "versions": versions(),
        "errors": {name: failed[name] for name in config["systems"]},
        "timings": {
            "started": started.isoformat(timespec="seconds"),
            "seconds": round((datetime.now(UTC) - started).total_seconds(), 3),
            "systems": log.timings,
        },
    }


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")
