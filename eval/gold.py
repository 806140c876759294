"""Gold questions: what a question should be answered with, and where that stands. Read, checked and written here."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

from index.errors import InputError
from qa.models import ConflictKind

REASONS = ("absent", "false_premise", "underspecified", "future")
SPLITS = ("tune", "test")
CSV_COLUMNS = ["question", "answer"]


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """A quotation that shows the answer. The words of `quote` are authoritative, `start` is a hint.

    After `locate`, `text[start:start + len(quote)] == quote` in the text of `file`.
    """

    file: str
    quote: str
    start: int | None = None

    @property
    def end(self) -> int:
        """The offset after the last character. Only a span with a start has one."""
        if self.start is None:
            raise ValueError(f"the quotation {self.quote!r} has no start; locate it first")
        return self.start + len(self.quote)


@dataclass(frozen=True, slots=True)
class GoldSide:
    """One of the values that the articles disagree about, with its aliases, and the files that give it."""

    answers: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoldConflict:
    """A point on which the articles differ and an answer should say so."""

    kind: ConflictKind
    sides: tuple[GoldSide, ...]


@dataclass(frozen=True, slots=True)
class Gold:
    """One gold question.

    `answers` holds groups of aliases: all groups are wanted, any alias of a group counts. `evidence` is an OR of
    AND-groups: any one group is enough, and all spans of it are needed. Empty means that it cannot be scored.
    """

    id: str
    question: str
    answerable: bool = True
    unanswerable_reason: str | None = None
    answers: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[tuple[GoldSpan, ...], ...] = ()
    conflict: GoldConflict | None = None
    history: tuple[tuple[str, str], ...] = ()
    since: str | None = None
    until: str | None = None
    tags: tuple[str, ...] = ()
    split: str | None = None
    notes: str = ""

    @property
    def cluster(self) -> str:
        """What the question belongs to for a bootstrap over clusters: the file of its first evidence, else itself."""
        return self.evidence[0][0].file if self.evidence else self.id


KEYS = frozenset(field.name for field in fields(Gold)) | {"answer"}


def load_gold(path: str | Path) -> list[Gold]:
    """Read gold questions from JSON lines, or from a CSV with the columns `question` and `answer` alone.

    A row needs only `question`; `answer` (one string) may stand in place of `answers`. A row without an `id` gets one
    made from its question. Raises `InputError` with file and line for a row that cannot be used: an unknown key, a
    value of the wrong type, NaN, an empty answer group, a duplicate id.
    """
    path = Path(path)
    parsed = _csv_rows(path) if path.suffix.lower() == ".csv" else _json_rows(path)
    seen: dict[str, int] = {}
    rows = []
    for number, values in parsed:
        try:
            row = _gold(values)
        except _BadRowError as problem:
            raise InputError(f"{path}, line {number}: {problem}") from problem
        if row.id in seen:
            raise InputError(f"{path}, line {number}: line {seen[row.id]} has the id {row.id!r} too; ids must differ")
        seen[row.id] = number
        rows.append(row)
    if not rows:
        raise InputError(f"{path} holds no questions; write one JSON object a line, with at least a question")
    return rows


def save_gold(path: str | Path, rows: Iterable[Gold]) -> None:
    """Write `rows` as JSON lines that `load_gold` reads back as they were."""
    lines = (json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows)
    with Path(path).open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(lines)


def locate(gold: Gold, read: Callable[[str], str]) -> Gold:
    """`gold` with the exact start of every quotation, found as near to the hint as it stands in the text of its file.

    `read(file)` gives a file's text and raises `KeyError` for a file that is not there. Raises `InputError` for a
    quotation that is not in its file, and for one without a start that stands there more than once.
    """
    evidence = tuple(tuple(_located(span, gold.id, read) for span in group) for group in gold.evidence)
    return replace(gold, evidence=evidence)


def _located(span: GoldSpan, question: str, read: Callable[[str], str]) -> GoldSpan:
    try:
        text = read(span.file)
    except KeyError as error:
        raise InputError(f"Gold question {question}: its evidence file {span.file} is not in the corpus") from error
    if span.start is not None and text.startswith(span.quote, span.start):
        return span
    starts = list(_occurrences(span.quote, text))
    if not starts:
        raise InputError(f"Gold question {question}: {span.file} does not hold the words {span.quote!r}; correct them")
    if span.start is None and len(starts) > 1:
        raise InputError(
            f"Gold question {question}: {span.file} holds {span.quote!r} {len(starts)} times; "
            f'say which one with "start" ({", ".join(map(str, starts[:5]))})'
        )
    hint = span.start or 0
    return replace(span, start=min(starts, key=lambda start: abs(start - hint)))


def _occurrences(quote: str, text: str) -> Iterator[int]:
    start = text.find(quote)
    while start >= 0:
        yield start
        start = text.find(quote, start + 1)


class _BadRowError(Exception):
    """What is wrong with a row; `load_gold` adds where."""


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"Cannot read the gold questions in {path}: {error}") from error


def _json_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    # Not splitlines(): U+2028 and its kin are ordinary characters inside a JSON string.
    for number, line in enumerate(_read(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line, parse_constant=_refuse_constant)
        except ValueError as error:
            raise InputError(f"{path}, line {number}: not a line of JSON: {error}") from error
        if not isinstance(values, dict):
            raise InputError(f'{path}, line {number}: each line must be one JSON object, as in {{"question": "…"}}')
        yield number, values


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a value; leave the key out or write null")


def _csv_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    reader = csv.reader(io.StringIO(_read(path), newline=""), strict=True)
    line = 1  # where the next record starts: a quoted cell may run over several lines
    try:
        for record in reader:
            number, line = line, reader.line_num + 1
            cells = [cell.strip() for cell in record]
            if number == 1:
                if cells != CSV_COLUMNS:
                    raise InputError(f"{path}, line 1: a CSV has the columns question,answer; use JSON lines for more")
            elif any(cells):
                if len(cells) != len(CSV_COLUMNS):
                    raise InputError(f"{path}, line {number}: {len(cells)} cells where question,answer wants 2")
                yield number, dict(zip(CSV_COLUMNS, cells, strict=True))
    except csv.Error as error:
        raise InputError(f"{path}, line {line}: not a CSV: {error}") from error


def _gold(values: Mapping[str, Any]) -> Gold:
    _only(values, KEYS, "the row")
    if "question" not in values:
        raise _BadRowError('the key "question" is missing')
    if "answer" in values and "answers" in values:
        raise _BadRowError('give "answer" or "answers", not both')
    question = _text(values["question"], "question")
    answers = [[values["answer"]]] if "answer" in values else values.get("answers", [])
    return Gold(
        id=_text(values.get("id", _made_id(question)), "id"),
        question=question,
        answerable=_bool(values.get("answerable", True), "answerable"),
        unanswerable_reason=_one_of(values.get("unanswerable_reason"), REASONS, "unanswerable_reason"),
        answers=tuple(_texts(group, "a group of answers") for group in _list(answers, "answers")),
        evidence=tuple(_group(group) for group in _list(values.get("evidence", []), "evidence")),
        conflict=_conflict(values.get("conflict")),
        history=tuple(_turn(turn) for turn in _list(values.get("history", []), "history")),
        since=_date(values.get("since"), "since"),
        until=_date(values.get("until"), "until"),
        tags=tuple(_text(tag, "a tag") for tag in _list(values.get("tags", []), "tags")),
        split=_one_of(values.get("split"), SPLITS, "split"),
        notes=_string(values.get("notes", ""), "notes"),
    )


def _made_id(question: str) -> str:
    return "q" + hashlib.sha256(question.encode()).hexdigest()[:10]


def _group(value: Any) -> tuple[GoldSpan, ...]:
    spans = tuple(_span(item) for item in _list(value, "a group of evidence"))
    if not spans:
        raise _BadRowError("a group of evidence is empty; leave the group out")
    return spans


def _span(value: Any) -> GoldSpan:
    item = _object(value, ("file", "quote", "start"), "a piece of evidence")
    start = item.get("start")
    if start is not None and (not isinstance(start, int) or isinstance(start, bool) or start < 0):
        raise _BadRowError(f"start must be a character offset from 0, not {start!r}")
    return GoldSpan(_text(item.get("file"), "file of the evidence"), _text(item.get("quote"), "quote"), start)


def _conflict(value: Any) -> GoldConflict | None:
    if value is None:
        return None
    item = _object(value, ("kind", "sides"), "conflict")
    kind: ConflictKind | None = _one_of(item.get("kind"), get_args(ConflictKind), "kind of the conflict")
    if kind is None:
        raise _BadRowError("a conflict needs a kind")
    sides = tuple(_side(side) for side in _list(item.get("sides"), "sides of the conflict"))
    if len(sides) < 2:
        raise _BadRowError("a conflict needs at least two sides")
    return GoldConflict(kind, sides)


def _side(value: Any) -> GoldSide:
    item = _object(value, ("answers", "files"), "a side of the conflict")
    return GoldSide(_texts(item.get("answers"), "answers of a side"), _texts(item.get("files"), "files of a side"))


def _turn(value: Any) -> tuple[str, str]:
    turn = _list(value, "a turn of the history")
    if len(turn) != 2:
        raise _BadRowError("a turn of the history is a pair: [question, answer]")
    return _text(turn[0], "question of the history"), _text(turn[1], "answer of the history")


def _only(values: Mapping[str, Any], known: Iterable[str], what: str) -> None:
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise _BadRowError(f"unknown key {unknown[0]!r} in {what}; known are {', '.join(sorted(known))}")


def _object(value: Any, known: Iterable[str], what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _BadRowError(f"{what} must be an object, not {value!r}")
    _only(value, known, what)
    return value


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise _BadRowError(f"{what} must be a list, not {value!r}")
    return value


def _texts(value: Any, what: str) -> tuple[str, ...]:
    texts = tuple(_text(item, f"an entry of {what}") for item in _list(value, what))
    if not texts:
        raise _BadRowError(f"{what} is empty; give at least one, or leave it out")
    return texts


def _string(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise _BadRowError(f"{what} must be a string, not {value!r}")
    return value


def _text(value: Any, what: str) -> str:
    if not _string(value, what).strip():
        raise _BadRowError(f"{what} is empty")
    return str(value)


def _bool(value: Any, what: str) -> bool:
    if not isinstance(value, bool):
        raise _BadRowError(f"{what} must be true or false, not {value!r}")
    return value


def _one_of(value: Any, known: tuple[Any, ...], what: str) -> Any:
    if value is not None and value not in known:
        raise _BadRowError(f"{what} must be one of {', '.join(known)}, not {value!r}")
    return value


def _date(value: Any, what: str) -> str | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(_string(value, what)).isoformat()
    except ValueError as error:
        raise _BadRowError(f"{what} must be a date such as 2024-06-20, not {value!r}") from error
