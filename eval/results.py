"""The folder of a run: what is in it, and how it is read back."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from eval.gold import Gold, save_gold, to_dict
from eval.journal import Asked, plain
from eval.record import value_hash
from eval.scores import Abilities, Read, Scored, score, score_error
from eval.summary import markdown, summarise, times
from index.errors import InputError

RECORD, GOLD, QUESTIONS, SCORES = "run.json", "gold.jsonl", "questions.jsonl", "scores.jsonl"
FEW = 20  # articles


def write_results(
    out: Path, record: dict[str, Any], rows: Sequence[Gold], asked: Iterable[Asked], read: Read
) -> list[Scored]:
    """Score what was `asked` and write everything but the report.

    `record` is run.json; its `systems` says of each system whether it answers, and whether it retrieves.
    `questions.jsonl`: each answer with its scores; `scores.jsonl`: the same without the answer, small enough to keep as
    a baseline; `gold.jsonl`: the questions; `summary.json`, `summary.md`, `times.md` and `run.json`.
    """
    gold, units = {row.id: row for row in rows}, _clusters(rows)
    can = {name: Abilities(**abilities) for name, abilities in record["systems"].items()}
    scored = []
    with _writing(out / QUESTIONS) as questions, _writing(out / SCORES) as scores:
        for item in asked:
            found, line = _scored(item, gold[item.id], units[item.id], read, can[item.system])
            scored.append(found)
            questions.write(line)
            scores.write(_json(_short(found)) + "\n")
    save_gold(out / GOLD, rows)
    summary = summarise(scored)
    _write(out / "summary.json", json.dumps(summary, ensure_ascii=False, indent=1) + "\n")
    _write(out / "summary.md", markdown(summary, f"{len(rows)} questions over {record['corpus']['files']} articles"))
    _write(out / "times.md", times(record["timings"]))
    _write(out / RECORD, json.dumps(record, ensure_ascii=False, indent=2) + "\n")
    return scored


def read_record(folder: Path) -> dict[str, Any]:
    """`run.json` of a run. Raises `InputError` for a folder that holds none."""
    path = folder / RECORD
    if not path.is_file():
        raise InputError(f"{folder} holds no finished run; make one with: byline eval run")
    with damaged(path):
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        _ = record["config"]["systems"], record["corpus"]["sha256"], record["systems"], record["where"]
        return record


@contextmanager
def damaged(path: Path) -> Iterator[None]:
    """Reading a file that a run wrote: whatever does not fit is an `InputError` that names it."""
    try:
        yield
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror}; give the folder of a finished run") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path} is damaged ({error!r}); make the run again with: byline eval run") from error


def read_answers(folder: Path) -> Iterator[Asked]:
    """Every answer of a run, as it was given."""
    for _, row in _rows(folder / QUESTIONS):
        with damaged(folder / QUESTIONS):
            asked = Asked.from_dict(row)
        yield asked


def read_scores(path: Path) -> list[Scored]:
    """The scores of a run, from its folder or from a copy of its `scores.jsonl`.

    Raises `InputError` with file and line for what is none.
    """
    path = path / SCORES if path.is_dir() else path
    found = []
    seen = set()
    for number, row in _rows(path):
        try:
            scored = Scored(**{**row, "tags": tuple(row["tags"]), "scores": _numbers(row["scores"])})
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InputError(f"{path}, line {number}: not a line of a run's {SCORES}; make one anew") from error
        if (scored.system, scored.id) in seen:
            raise InputError(f"{path}, line {number}: {scored.id} of {scored.system} stands there twice")
        seen.add((scored.system, scored.id))
        found.append(scored)
    if not found:
        raise InputError(f"{path} holds no scores; give the folder of a run, or its {SCORES}")
    return found


def _short(scored: Scored) -> dict[str, Any]:
    """A line of scores.jsonl: without what is not applicable, because a baseline is committed."""
    return {**asdict(scored), "scores": {name: value for name, value in scored.scores.items() if value is not None}}


def _clusters(rows: Sequence[Gold]) -> dict[str, str]:
    """What a question belongs to when questions are drawn or signs flipped: the article of its evidence, else itself.

    Of few articles an interval is too narrow and no difference can be significant (Cameron, Gelbach and Miller, 2008):
    then each question stands for itself.
    """
    articles = {row.id: row.evidence[0][0].file for row in rows if row.evidence}
    if len(set(articles.values())) < FEW:
        articles = {}
    return {row.id: articles.get(row.id, row.id) for row in rows}


def _wanted(gold: Gold) -> str:
    """A short hash of what a question asks and wants, whatever the offsets of its quotations and its notes."""
    row = to_dict(replace(gold, notes="", tags=(), split=None))
    row["evidence"] = [[{**span, "start": None} for span in group] for group in row.get("evidence", ())]
    return value_hash(row)[:12]


def _scored(asked: Asked, gold: Gold, cluster: str, read: Read, can: Abilities) -> tuple[Scored, str]:
    """The scores, and the line of questions.jsonl. What cannot be scored or written is an error of that question."""
    error, scores = asked.error, score_error(gold, read, can)
    if asked.answer:
        try:
            found = score(asked.answer, gold, read, can)
            scores = {name: None if value is None else round(value, 6) for name, value in found.items()}
            _json(scores)
        except Exception as problem:  # an answer of any system may be broken in any way
            error = f"{type(problem).__name__}: {problem}"
    scored = Scored(gold.id, asked.system, gold.split, gold.tags, cluster, scores, error, _wanted(gold))
    return scored, _json({**asdict(scored), "answer": plain(asked.answer)}) + "\n"


def _numbers(scores: dict[str, Any]) -> dict[str, float]:
    found = {name: float(value) for name, value in scores.items()}
    if not all(map(math.isfinite, found.values())):
        raise ValueError("not a number")
    return found


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with damaged(path):
        lines = path.read_bytes().split(b"\n")
    for number, line in enumerate(lines, start=1):
        if line.strip():
            with damaged(path):
                row = json.loads(line)
            yield number, row


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _writing(path: Path) -> Any:
    return path.open("w", encoding="utf-8", newline="\n")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
