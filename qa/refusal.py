"""What Byline says when it does not answer, or with a word of caution, in one place for code, prompts and tests."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

TEXT = "The articles do not say."
NEAREST = 3  # passages shown with a refusal

NOTHING_FOUND = "Nothing in the articles bears on the question."
FALSE_PREMISE = "The question takes for granted what the articles do not say, or deny."
NO_WORDS = "The question names nothing to look for; ask about a person, a place, a thing or an event."
EMPTY_INDEX = "There are no articles in the index."
EMPTY_SCOPE = "No article matches the filters."
CHANGED = "The index changed while it was searched; ask again."


def unsure(confidence: float, needed: float) -> str:
    """Why an answer that was found is not given."""
    return (
        f"The articles speak of this, but hardly answer it: the best answer would be right with a probability of "
        f"{math.floor(100 * confidence)}%, and {needed:.0%} is asked for."
    )


def no_mention(topic: str, total: int, indexed: bool) -> str:
    """Why a list of articles is empty, of `total` that the filters allow. `indexed`: there are any at all."""
    if not total:
        return EMPTY_SCOPE if indexed else EMPTY_INDEX
    return f"None of the {total} articles mentions “{topic}”."


def searched(allowed: int, total: int, undated: int) -> str:
    """What filters left over."""
    without = f"; {undated} left out because they have no date" if undated else ""
    return f"Searched {allowed} of {total} articles{without}."


def searched_all(total: int) -> str:
    """What a question without filters was asked of."""
    return "Searched the one article there is." if total == 1 else f"Searched all {total:,} articles."


def old(newest: date, age: str) -> str:
    """The newest source of an answer about how things are is no longer news."""
    return f"The newest dated source is of {newest.isoformat()}, {age} ago: things may have changed since."


def stale(file: str, change: str, folder: Path) -> str:
    """A cited file is no longer what was indexed."""
    what = "has changed since it was indexed" if change == "changed" else "is no longer where it was indexed"
    return f"{file} {what}; the quotation is from the indexed version. To update: byline index {folder}"
