"""Answers as they come in, on disk: a run that was cut short goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from qa.models import Answer


@dataclass(frozen=True, slots=True)
class Asked:
    """What a system made of a question: an answer, or an error. `timings`: milliseconds per stage, and in `total`."""

    system: str
    id: str
    answer: Answer | None
    error: str | None
    timings: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> str:
        """One line of JSON. Raises `ValueError` for an answer that holds NaN, `TypeError` for one that is no data."""
        row: dict[str, Any] = {"system": self.system, "id": self.id, "error": self.error, "answer": plain(self.answer)}
        return json.dumps({**row, "timings": dict(self.timings)}, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Asked:
        """The inverse of `to_json`, for a line of questions.jsonl too."""
        answer = Answer.from_dict(row["answer"]) if row["answer"] else None
        return cls(row["system"], row["id"], answer, row["error"], row.get("timings", {}))


def plain(answer: Answer | None) -> dict[str, Any] | None:
    """An answer as data, without its timings, which are never the same twice."""
    if answer is None:
        return None
    shown = answer.to_dict()
    del shown["timings"]
    return shown


class Journal:
    """What has been asked in this run, by system and question.

    The first line of the file says what the run is made from; answers to something else are not taken over. Errors are
    not either: a question that failed is asked again.
    """

    def __init__(self, path: Path, key: str) -> None:
        self._path = path
        self._known = {(row["system"], row["id"]): line for line, row in _read(path, key) if row["error"] is None}
        self._file: TextIO | None = None
        self._key = key

    def __contains__(self, asked: tuple[str, str]) -> bool:
        return asked in self._known

    def __getitem__(self, asked: tuple[str, str]) -> Asked:
        return Asked.from_dict(json.loads(self._known[asked]))

    def add(self, asked: Asked) -> None:
        """Note an answer, on disk before this returns."""
        if self._file is None:  # opened late: a run that asks nothing writes nothing
            self._file = self._path.open("w", encoding="utf-8", newline="\n")
            self._write(json.dumps({"key": self._key}), *self._known.values())
        line = asked.to_json()
        self._write(line)
        self._known[asked.system, asked.id] = line

    def discard(self) -> None:
        """Delete the file: the run is done, and what it says stands elsewhere."""
        self.close()
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file and leave it there."""
        if self._file:
            self._file.close()

    def _write(self, *lines: str) -> None:
        assert self._file
        self._file.writelines(line + "\n" for line in lines)
        self._file.flush()


def _read(path: Path, key: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The answers that are there, up to the first line that is none: where a run was killed while it wrote."""
    if not path.is_file():
        return
    for number, raw in enumerate(path.read_bytes().split(b"\n")):
        try:
            line = raw.decode()
            row = json.loads(line)
            if number:
                Asked.from_dict(row)
        except (AttributeError, KeyError, TypeError, ValueError):
            return
        if number:
            yield line, row
        elif row != {"key": key}:
            return
