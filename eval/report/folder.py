"""The files that a run wrote, read back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.gold import Gold, load_gold
from index.errors import InputError


@dataclass(frozen=True, slots=True)
class Folder:
    """`record` is run.json, `summary` summary.json, `gold` the questions asked, in their order."""

    path: Path
    record: dict[str, Any]
    summary: dict[str, Any]
    gold: list[Gold]

    def answers(self) -> Iterator[dict[str, Any]]:
        """The rows of questions.jsonl, one at a time: together they may be large."""
        with _opened(self.path / "questions.jsonl").open(encoding="utf-8", newline="\n") as lines:
            yield from (json.loads(line) for line in lines if line.strip())


def read_folder(path: Path) -> Folder:
    """What `byline eval run` wrote into `path`. Raises `InputError` for a folder that lacks one of the files."""
    record, summary = (json.loads(_opened(path / name).read_text("utf-8")) for name in ("run.json", "summary.json"))
    return Folder(path, record, summary, load_gold(_opened(path / "gold.jsonl")))


def _opened(path: Path) -> Path:
    if not path.is_file():
        raise InputError(f"{path.parent} has no {path.name}; run byline eval run again to have all that a report needs")
    return path
