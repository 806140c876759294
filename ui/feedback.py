"""Verdicts on answers -> a file of gold questions, ready to be curated and run with `byline eval run`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import filelock

from eval.gold import Gold, GoldSpan, load_gold, save_gold
from index.errors import InputError
from ui.conversation import Turn

FILE = "feedback.jsonl"


def save(turn: Turn, folder: Path) -> None:
    """Write the verdict on `turn` to `feedback.jsonl` in `folder`; a second verdict on it takes the place of the first.

    Raises `InputError` when the file there is not one of gold questions, or cannot be written.
    """
    path = folder / FILE
    row = to_gold(turn)
    try:
        with filelock.FileLock(f"{path}.lock"):
            rows = load_gold(path) if path.exists() and path.stat().st_size else []
            kept = [other for other in rows if other.id != row.id]
            written = path.with_suffix(".writing")
            save_gold(written, [*kept, row])
            written.replace(path)
    except OSError as error:
        raise InputError(f"The verdict cannot be saved to {path}: {error.strerror}") from error


def to_gold(turn: Turn) -> Gold:
    """A gold row for a judged turn.

    A good answer: what it cites is the evidence, its short answer, where it has one, the answer. A good refusal: a
    question that cannot be answered. A bad one: the question alone, for what would have been right is not known. What
    was said, and the user's note, are in `notes`.
    """
    answer, verdict = turn.answer, turn.verdict
    assert answer
    assert verdict
    said = f"{'Good' if verdict.good else 'Bad'}: {answer.text}"
    row = Gold(
        id=f"feedback-{turn.id}-{turn.attempt}",
        question=answer.question,
        history=turn.history,
        since=turn.filters.since or None,
        until=turn.filters.until or None,
        files=tuple(turn.filters.files),
        tags=("feedback", "good" if verdict.good else "bad"),
        notes=f"{said}\n{verdict.note}".strip(),
    )
    if not verdict.good:
        return row
    if not answer.answered:
        return replace(row, answerable=False)
    spans = tuple(GoldSpan(citation.file, citation.quote, citation.start) for citation in answer.citations)
    return replace(row, evidence=(spans,), answers=((answer.short,),) if answer.short else ())
