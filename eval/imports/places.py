"""Where the words of an answer stand in a text, for sets that publish no offsets."""

from __future__ import annotations

import re

_NOT_AFTER_A_WORD = r"(?<![^\W_])"
_NOT_BEFORE_A_WORD = r"(?![^\W_])"


def whole_words(words: str, text: str, flags: re.RegexFlag = re.NOFLAG) -> list[tuple[int, int]]:
    """The ranges of `text` that hold `words` and do not begin or end inside a word: "play" is not in "player".

    A word is letters and digits, as in `eval.metrics.texts`.
    """
    pattern = f"{_NOT_AFTER_A_WORD}{re.escape(words)}{_NOT_BEFORE_A_WORD}"
    return [match.span() for match in re.finditer(pattern, text, flags)]


def anywhere(words: str, text: str) -> list[tuple[int, int]]:
    """The ranges of `text` that hold `words`, inside longer words too."""
    return [match.span() for match in re.finditer(re.escape(words), text)]
