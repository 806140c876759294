"""The words of articles that a report shows: each character once, however many answers quote it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from eval.metrics.overlap import union
from qa.models import Place

LONGEST = 1_500  # characters of one passage
_SNAP = 24  # characters that a context may lose so that it begins and ends with a whole word


class Passages:
    """Gathers passages, and gives what is needed of the articles to show them.

    A passage is a dict: `file` (its number), `start` and `end` of what is meant, `from` and `to` of what is shown
    around it. One whose words do not stand there has `words` and `instead` in place of the last two: what was claimed,
    and what stands there (None: no such place). Offsets count code points.
    """

    def __init__(self, read: Callable[[str], str]) -> None:
        self._read = read
        self._numbers: dict[str, int] = {}
        self._texts: dict[str, str | None] = {}
        self._ranges: dict[str, list[tuple[int, int]]] = defaultdict(list)

    def show(self, place: Place, words: str, around: int) -> dict[str, Any]:
        """The passage `words` at `place` with `around` characters before and after it, or less."""
        text = self._text(place.file)
        if text is None or not _stands(place, words, text):
            return self._broken(place, words, text)
        first = _after_space(text, max(0, place.start - around), place.start)
        last = _before_space(text, min(len(text), place.end + around), place.end)
        return self._window(place, first, min(last, place.start + LONGEST))

    def cut(self, place: Place, words: str, about: int, size: int) -> dict[str, Any]:
        """The passage `words` at `place`, but of it only `size` characters around the offset `about`."""
        text = self._text(place.file)
        if text is None or not _stands(place, words, text):
            return self._broken(place, shorten(words, size), text)
        first = max(place.start, min(about - size // 3, place.end - size))
        return self._window(place, first, min(place.end, first + size))

    def number(self, file: str) -> int:
        """The number that stands for a file."""
        return self._numbers.setdefault(file, len(self._numbers))

    def to_dict(self) -> dict[str, Any]:
        """`files`: name, number of characters, and (offset, text) of every stretch that some passage shows."""
        return {"files": [self._file(name) for name in self._numbers]}

    def _file(self, name: str) -> dict[str, Any]:
        text = self._text(name) or ""
        stretches = [
            [start, text[start:end]] for _, start, end in union((name, *found) for found in self._ranges[name])
        ]
        return {"name": name, "length": len(text), "texts": stretches}

    def _text(self, file: str) -> str | None:
        if file not in self._texts:
            try:
                self._texts[file] = self._read(file)
            except KeyError:
                self._texts[file] = None
        return self._texts[file]

    def _window(self, place: Place, first: int, last: int) -> dict[str, Any]:
        self._ranges[place.file].append((first, last))
        return self._place(place) | {"from": first, "to": last}

    def _broken(self, place: Place, words: str, text: str | None) -> dict[str, Any]:
        return self._place(place) | {"words": shorten(words), "instead": _instead(place, text)}

    def _place(self, place: Place) -> dict[str, Any]:
        return {"file": self.number(place.file), "start": place.start, "end": place.end}


def shorten(text: str, most: int = LONGEST) -> str:
    """`text`, cut with a word on how much is left out if it is longer than `most` characters."""
    return text if len(text) <= most else f"{text[:most]} … ({len(text) - most:,} more characters)"


def _stands(place: Place, words: str, text: str) -> bool:
    return 0 <= place.start < place.end and text[place.start : place.end] == words


def _instead(place: Place, text: str | None) -> str | None:
    if text is None or not 0 <= place.start < min(place.end, len(text)):
        return None
    return shorten(text[place.start : place.end])


def _after_space(text: str, first: int, before: int) -> int:
    if first == 0:
        return 0
    found = next((at for at in range(first, min(first + _SNAP, before)) if text[at].isspace()), None)
    return first if found is None else found + 1


def _before_space(text: str, last: int, after: int) -> int:
    if last == len(text):
        return last
    found = next((at for at in range(last, max(last - _SNAP, after), -1) if text[at].isspace()), None)
    return last if found is None else found
