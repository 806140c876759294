"""A gold question: what it should be answered with, and where that stands."""

from __future__ import annotations

from dataclasses import dataclass, field

from qa.models import ConflictKind

REASONS = ("absent", "false_premise", "underspecified", "future")
SPLITS = ("tune", "test")


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
    `history`, `since`, `until` and `files` (patterns) are asked along with the question. `injected` are words that a
    poisoned article tells the answer to say.
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
    files: tuple[str, ...] = ()
    injected: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    split: str | None = None
    notes: str = ""
    source: str = field(default="", compare=False)  # where it was read: "gold.jsonl, line 3"; not a key of the format

    @property
    def filters(self) -> dict[str, object]:
        """What is asked along with the question, where it has it."""
        given = {"history": self.history, "since": self.since, "until": self.until, "files": self.files}
        return {name: value for name, value in given.items() if value}
