"""Is a sentence copied out of another, in its order? Words may be left out, and nothing else moved.

That every word of a sentence stands in its source says nothing of who did what: "Van Nuys is the busiest single runway
airport" is made of true words of a list of airports. What leaves words out and keeps the others in their order says
what the source says, as sentence compression by deletion does (Knight and Marcu, 2002), unless a name or a number is
left out between two words that then seem to belong together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.known import plain
from qa.numbers import numbers
from qa.stems import stems

_TOKEN = re.compile(r"[^\W_]+(?:['.,:][^\W_]+)*(?:'s?)?|[;()]")


@dataclass(frozen=True, slots=True)
class _Word:
    stem: str
    weighs: bool  # a name or a number: what is left out with it may belong to something else
    breaks: bool = False  # a semicolon stands before it


def is_copied(sentence: str, source: str) -> bool:
    """Whether the words of `sentence` that `source` has stand in it in the same order, or with two parts swapped.

    The two parts have to be neighbours in the source: `In 1960 they named it` and `They named it in 1960`. Words that
    the source has not are passed over: others look for them.
    """
    said, there = _words(sentence), _words(source)
    known = {word.stem for word in there}
    wanted = [word.stem for word in said if word.stem in known]
    if not wanted or _follows(wanted, there):
        return True
    return any(_swapped(wanted[:cut], wanted[cut:], there) for cut in range(1, len(wanted)))


def _follows(wanted: Sequence[str], there: Sequence[_Word]) -> bool:
    """Whether `wanted` can be made by leaving out words, but no name or number that it does not have, in between."""
    return bool(_ends(wanted, there))


def _swapped(first: Sequence[str], second: Sequence[str], there: Sequence[_Word]) -> bool:
    """Whether `second` stands right before `first`."""
    for end in _ends(second, there):
        rest = there[end:]
        if rest and not rest[0].breaks and rest[0].stem == first[0] and _follows(first, rest):
            return True
    return False


def _ends(wanted: Sequence[str], there: Sequence[_Word]) -> list[int]:
    """Behind which places of `there` the last of `wanted` may stand."""
    own = set(wanted)
    places = {n + 1 for n, word in enumerate(there) if wanted and word.stem == wanted[0]}
    for stem in wanted[1:]:
        places = {after for place in places for after in _next(stem, place, there, own)}
    return sorted(places)


def _next(stem: str, begin: int, there: Sequence[_Word], own: set[str]) -> Iterator[int]:
    """Behind which places the next word may stand: none beyond a semicolon, or a name or number that is not its own."""
    for place in range(begin, len(there)):
        word = there[place]
        if word.breaks and place > begin:
            return
        if word.stem == stem:
            yield place + 1
        if word.weighs and word.stem not in own:
            return


def _words(text: str) -> tuple[_Word, ...]:
    """The words of content, in order. What stands in brackets may always be left out."""
    found: list[_Word] = []
    breaks, depth = False, 0
    for match in _TOKEN.finditer(plain(text)):
        piece = match[0]
        depth = max(0, depth + (piece == "(") - (piece == ")"))
        breaks = breaks or piece == ";"
        name = piece[0].isupper() and match.start() > 0 and not piece.endswith(("'s", "'"))
        for stem in stems(piece):
            found.append(_Word(stem, not depth and (name or bool(numbers(piece))), breaks))
            breaks = False
    return tuple(found)
