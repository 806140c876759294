"""Gold questions in a file: JSON lines, or a CSV. Read and checked, and written."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from eval.gold.models import Gold
from eval.gold.parsing import BadRowError, made_id, parse
from index.errors import InputError

CSV_COLUMNS = ["question", "answer"]
_DEFAULTS = {field.name: field.default for field in fields(Gold)}


def load_gold(path: str | Path) -> list[Gold]:
    """Read gold questions from JSON lines, or from a CSV with the columns `question` and `answer` alone.

    A row needs only `question`; `answer` (one string) may stand in place of `answers`. A row without an `id` gets one
    made from its question. Raises `InputError` with file and line for the first row that cannot be used: an unknown
    key, a value of the wrong type, NaN, an empty list of answers, a duplicate id.
    """
    rows, problems = read_gold(path)
    if len(problems) > 1:
        raise InputError(f"{problems[0]} ({len(problems) - 1} more; byline eval check names them all)")
    if problems:
        raise problems[0]
    return rows


def read_gold(path: str | Path) -> tuple[list[Gold], list[InputError]]:
    """The rows of a file of gold questions that can be used, and what is wrong with the others, in their order.

    Raises `InputError` for a file that cannot be read, and for one without rows.
    """
    path = Path(path)
    rows: dict[str, Gold] = {}
    problems = []
    for number, values in _csv_rows(path) if path.suffix.lower() == ".csv" else _json_rows(path):
        where = f"{path}, line {number}"
        try:
            row = replace(_gold(values), source=where)
            if row.id in rows:
                raise BadRowError(_twice(row, rows[row.id]))
            rows[row.id] = row
        except BadRowError as problem:
            problems.append(InputError(f"{where}: {problem}"))
    if not rows and not problems:
        raise InputError(f"{path} holds no questions; write one JSON object a line, with at least a question")
    return list(rows.values()), problems


def _twice(row: Gold, before: Gold) -> str:
    if row.id == made_id(row.question):
        return f"{before.source} asks the same; a question that is meant twice needs ids (JSON lines)"
    return f"{before.source} has the id {row.id!r} too; ids must differ"


def save_gold(path: str | Path, rows: Iterable[Gold]) -> None:
    """Write `rows` as JSON lines that `load_gold` reads back as they were."""
    lines = (json.dumps(to_dict(row), ensure_ascii=False) + "\n" for row in rows)
    with Path(path).open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(lines)


def to_dict(row: Gold) -> dict[str, Any]:
    """The keys of a row that say something, as plain lists and objects."""
    given = {name: _plain(getattr(row, name)) for name, default in _DEFAULTS.items() if getattr(row, name) != default}
    given.pop("source", None)
    return given


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        parts = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {name: part for name, part in parts.items() if part is not None}
    return value


def _gold(values: Mapping[str, Any] | BadRowError) -> Gold:
    if isinstance(values, BadRowError):
        raise values
    return parse(values)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"Cannot read the gold questions in {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = path.read_bytes().count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}, line {line}: not UTF-8; save it as UTF-8 (spreadsheets: CSV UTF-8)") from error


def _json_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any] | BadRowError]]:
    # Not splitlines(): U+2028 and its kin are ordinary characters inside a JSON string.
    for number, line in enumerate(_read(path).split("\n"), start=1):
        if line.strip():
            yield number, _object(line)


def _object(line: str) -> Mapping[str, Any] | BadRowError:
    try:
        values = json.loads(line, parse_constant=_refuse_constant, object_pairs_hook=_once)
    except ValueError as error:
        return BadRowError(f"not a line of JSON: {error}")
    if not isinstance(values, dict):
        return BadRowError('each line must be one JSON object, as in {"question": "…"}')
    return values


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError("a key stands there twice")
    return values


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a value; leave the key out or write null")


def _csv_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any] | BadRowError]]:
    text = _read(path)
    # Spreadsheets write semicolons where the comma is the decimal sign.
    delimiter = next((sign for sign in ";\t" if sign in text.partition("\n")[0]), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1  # where the next record starts: a quoted cell may run over several lines
    try:
        for record in reader:
            number, line = line, reader.line_num + 1
            cells = [cell.strip() for cell in record]
            if number == 1:
                if [cell.lower() for cell in cells] != CSV_COLUMNS:
                    raise InputError(
                        f"{path}, line 1: a CSV has the columns question,answer and no others, not {','.join(cells)}; "
                        "use JSON lines for more"
                    )
            elif any(cells):
                yield number, _record(cells)
    except csv.Error as error:
        raise InputError(f"{path}, line {line}: not a CSV: {error}") from error


def _record(cells: list[str]) -> Mapping[str, Any] | BadRowError:
    if len(cells) != len(CSV_COLUMNS):
        return BadRowError(f"{len(cells)} cells where question,answer wants 2")
    if not all(cells):
        return BadRowError("a cell is empty; a question without an answer, or that has none, needs JSON lines")
    return dict(zip(CSV_COLUMNS, cells, strict=True))


def drawn(rows: list[Gold], sample: int | None) -> list[Gold]:
    """So many of the questions at random, in their order, the same ones each time; all where `sample` is None."""
    if sample is None:
        return rows
    if sample < 1:
        raise InputError(f"A sample is of 1 question or more, not {sample}")
    places = np.random.default_rng(0).choice(len(rows), min(sample, len(rows)), replace=False)
    return [rows[place] for place in sorted(places)]
