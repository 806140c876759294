"""A conversation: questions, what has been said to each so far, and how it is taken away."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import metadata

from qa.assistant import Event
from qa.models import Answer, Evidence, Hit, Statement
from ui.plain import plain

STOPPED = "Stopped."


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def new_id() -> str:
    """An id that no other turn has."""
    return secrets.token_hex(6)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a question was limited to. Dates are ISO, inclusive, "" for none; `files` are patterns."""

    since: str = ""
    until: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the user thinks of an answer."""

    good: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what has come of it: first hits, then statements, then the Answer; or a problem."""

    question: str
    history: tuple[tuple[str, str], ...] = ()  # (question, answer text) pairs, oldest first
    filters: Filters = Filters()
    id: str = field(default_factory=new_id)
    attempt: int = 1  # 2 where it was asked again in the same place, and so on
    asked: str = field(default_factory=_now)  # ISO 8601, UTC
    hits: tuple[Hit, ...] = ()
    said: tuple[Statement, ...] = ()
    answer: Answer | None = None
    problem: str = ""  # why there is no answer
    verdict: Verdict | None = None

    @property
    def is_open(self) -> bool:
        """Whether more is to come."""
        return self.answer is None and not self.problem

    def after(self, event: Event) -> Turn:
        """The turn after the next event of `Assistant.stream`."""
        if isinstance(event, Evidence):
            return replace(self, hits=event.hits)
        if isinstance(event, Statement):
            return replace(self, said=(*self.said, event))
        return replace(self, answer=event)


Conversation = tuple[Turn, ...]


def history(turns: Sequence[Turn]) -> tuple[tuple[str, str], ...]:
    """What a follow-up carries along: (question, answer text) pairs of the answers that were finished.

    Of an answer that has one, the short answer: it names what "he" and "there" may stand for, and little else.
    """
    return tuple((turn.answer.question, turn.answer.short or turn.answer.text) for turn in turns if turn.answer)


def find(turns: Sequence[Turn], turn_id: str) -> Turn | None:
    """The turn of that id."""
    return next((turn for turn in turns if turn.id == turn_id), None)


def put(turns: Sequence[Turn], turn: Turn) -> Conversation:
    """`turns` with `turn` in the place of the one of its id, or at the end."""
    if find(turns, turn.id) is None:
        return (*turns, turn)
    return tuple(turn if other.id == turn.id else other for other in turns)


def stopped(turns: Sequence[Turn]) -> Conversation:
    """`turns` with those that were still open ended."""
    return tuple(replace(turn, problem=STOPPED) if turn.is_open else turn for turn in turns)


def to_markdown(turns: Sequence[Turn]) -> str:
    """The finished answers with their sources, as a document."""
    return "\n---\n\n".join(f"{plain(turn.answer.to_markdown())}\n{turn.asked}\n" for turn in turns if turn.answer)


def to_json(turns: Sequence[Turn]) -> str:
    """The finished answers, each whole: quotations, offsets, file hashes, support; and what they were asked with."""
    exported = [
        {
            "asked": turn.asked,
            "history": [list(pair) for pair in turn.history],
            "since": turn.filters.since or None,
            "until": turn.filters.until or None,
            "files": list(turn.filters.files),
            "verdict": {"good": turn.verdict.good, "note": turn.verdict.note} if turn.verdict else None,
            "answer": turn.answer.to_dict(),
        }
        for turn in turns
        if turn.answer
    ]
    document = {"byline": metadata.version("byline"), "exported": _now(), "turns": exported}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
