"""One row of gold questions, as JSON has it -> Gold. Every key is checked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, get_args

from eval.gold.models import REASONS, SPLITS, Gold, GoldConflict, GoldSide, GoldSpan
from qa.models import ConflictKind

KEYS = frozenset(field.name for field in fields(Gold)) - {"source"} | {"answer"}


class BadRowError(Exception):
    """What is wrong with a row; whoever reads the file adds where."""


def parse(values: Mapping[str, Any]) -> Gold:
    """A row. One without an `id` gets one made from its question. Raises `BadRowError` for one that cannot be used."""
    _only(values, KEYS, "the row")
    if "question" not in values:
        raise BadRowError('the key "question" is missing')
    if "answer" in values and "answers" in values:
        raise BadRowError('give "answer" or "answers", not both')
    question = _text(values["question"], "question")
    answers = [[values["answer"]]] if "answer" in values else _filled(values, "answers")
    row = Gold(
        id=_text(values.get("id", made_id(question)), "id"),
        question=question,
        answerable=_bool(values.get("answerable", True), "answerable"),
        unanswerable_reason=_one_of(values.get("unanswerable_reason"), REASONS, "unanswerable_reason"),
        answers=tuple(_texts(group, "a group of answers") for group in answers),
        evidence=tuple(_group(group) for group in _filled(values, "evidence")),
        conflict=_conflict(values.get("conflict")),
        history=tuple(_turn(turn) for turn in _list(values.get("history", []), "history")),
        since=_date(values.get("since"), "since"),
        until=_date(values.get("until"), "until"),
        files=_strings(values, "files"),
        injected=_strings(values, "injected"),
        tags=_strings(values, "tags"),
        split=_one_of(values.get("split"), SPLITS, "split"),
        notes=_string(values.get("notes", ""), "notes"),
    )
    if row.since and row.until and row.since > row.until:
        raise BadRowError(f"since {row.since} is later than until {row.until}")
    if row.answerable and row.unanswerable_reason:
        raise BadRowError('unanswerable_reason goes with "answerable": false')
    if not row.answerable and (row.answers or row.conflict):
        raise BadRowError("a question that is not answerable has no answers and no conflict")
    return row


def made_id(question: str) -> str:
    """The id of a question that has none."""
    return "q" + hashlib.sha256(question.encode()).hexdigest()[:10]


def _filled(values: Mapping[str, Any], key: str) -> list[Any]:
    """The list of that key. Somebody who writes an empty one forgot something."""
    items = _list(values.get(key, []), key)
    if key in values and not items:
        raise BadRowError(f"{key} is empty; give at least one, or leave the key out")
    return items


def _strings(values: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(_text(item, f"an entry of {key}") for item in _list(values.get(key, []), key))


def _group(value: Any) -> tuple[GoldSpan, ...]:
    spans = tuple(_span(item) for item in _list(value, "a group of evidence"))
    if not spans:
        raise BadRowError("a group of evidence is empty; leave the group out")
    return spans


def _span(value: Any) -> GoldSpan:
    item = _object(value, ("file", "quote", "start"), "a piece of evidence")
    start = item.get("start")
    if start is not None and (not isinstance(start, int) or isinstance(start, bool) or start < 0):
        raise BadRowError(f"start must be a character offset from 0, not {start!r}")
    return GoldSpan(_text(item.get("file"), "file of the evidence"), _text(item.get("quote"), "quote"), start)


def _conflict(value: Any) -> GoldConflict | None:
    if value is None:
        return None
    item = _object(value, ("kind", "sides"), "conflict")
    kind: ConflictKind | None = _one_of(item.get("kind"), get_args(ConflictKind), "kind of the conflict")
    if kind is None:
        raise BadRowError("a conflict needs a kind")
    sides = tuple(_side(side) for side in _list(item.get("sides"), "sides of the conflict"))
    if len(sides) < 2:
        raise BadRowError("a conflict needs at least two sides")
    return GoldConflict(kind, sides)


def _side(value: Any) -> GoldSide:
    item = _object(value, ("answers", "files"), "a side of the conflict")
    return GoldSide(_texts(item.get("answers"), "answers of a side"), _texts(item.get("files"), "files of a side"))


def _turn(value: Any) -> tuple[str, str]:
    turn = _list(value, "a turn of the history")
    if len(turn) != 2:
        raise BadRowError("a turn of the history is a pair: [question, answer]")
    return _text(turn[0], "question of the history"), _text(turn[1], "answer of the history")


def _only(values: Mapping[str, Any], known: Iterable[str], what: str) -> None:
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise BadRowError(f"unknown key {unknown[0]!r} in {what}; known are {', '.join(sorted(known))}")


def _object(value: Any, known: Iterable[str], what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadRowError(f"{what} must be an object, not {value!r}")
    _only(value, known, what)
    return value


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise BadRowError(f"{what} must be a list, not {value!r}")
    return value


def _texts(value: Any, what: str) -> tuple[str, ...]:
    texts = tuple(_text(item, f"an entry of {what}") for item in _list(value, what))
    if not texts:
        raise BadRowError(f"{what} is empty; give at least one, or leave it out")
    return texts


def _string(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise BadRowError(f"{what} must be a string, not {value!r}")
    return value


def _text(value: Any, what: str) -> str:
    if not _string(value, what).strip():
        raise BadRowError(f"{what} is empty")
    return str(value)


def _bool(value: Any, what: str) -> bool:
    if not isinstance(value, bool):
        raise BadRowError(f"{what} must be true or false, not {value!r}")
    return value


def _one_of(value: Any, known: tuple[Any, ...], what: str) -> Any:
    if value is not None and value not in known:
        raise BadRowError(f"{what} must be one of {', '.join(known)}, not {value!r}")
    return value


def _date(value: Any, what: str) -> str | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(_string(value, what)).isoformat()
    except ValueError as error:
        raise BadRowError(f"{what} must be a date such as 2024-06-20, not {value!r}") from error
