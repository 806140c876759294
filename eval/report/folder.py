"""The files that a run wrote, read back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.gold import Gold, load_gold
from eval.results import damaged, read_record
from index.errors import InputError
from qa.models import Answer


@dataclass(frozen=True, slots=True)
class Folder:
    """`record` is run.json, `summary` summary.json, `gold` the questions asked, in their order."""

    path: Path
    record: dict[str, Any]
    summary: dict[str, Any]
    gold: list[Gold]

    def answers(self) -> Iterator[dict[str, Any]]:
        """The rows of questions.jsonl, one at a time: together they may be large."""
        path = _opened(self.path / "questions.jsonl")
        with path.open("rb") as lines:
            for line in lines:
                with damaged(path):
                    row = _row(line)
                yield row


def _row(line: bytes) -> dict[str, Any]:
    """A line of questions.jsonl. One without an error holds an answer that can be read."""
    row: dict[str, Any] = json.loads(line)
    _ = row["id"], row["system"], row["cluster"], row["scores"].items()
    if row["error"] is None:
        Answer.from_dict(row["answer"])
    return row


def read_folder(path: Path) -> Folder:
    """What `byline eval run` wrote into `path`. Raises `InputError` for a folder that lacks one of the files."""
    record = read_record(path)
    with damaged(path / "summary.json"):
        summary = json.loads(_opened(path / "summary.json").read_text("utf-8"))
        _ = summary["metrics"], summary["parts"]
    return Folder(path, record, summary, load_gold(_opened(path / "gold.jsonl")))


def _opened(path: Path) -> Path:
    if not path.is_file():
        raise InputError(f"{path.parent} has no {path.name}; run byline eval run again to have all that a report needs")
    return path
