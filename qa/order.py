"""Is a sentence copied out of another, in its order? Words may be left out, and nothing moved but a date.

That every word of a sentence stands in its source says nothing of who did what: "Van Nuys is the busiest single runway
airport" can be made of the words of a list of airports. What leaves words out and keeps the others in their order says
mostly what the source says (sentence compression by deletion: Knight and Marcu, 2002). Not where what is left out is
what the rest belongs to: a name or a number, or the beginning of a clause ("... said that", "... but").

Not seen is a common noun that is left out: "critics panned the book and audiences praised the film" passes as "critics
praised the film".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.kinds import has_time
from qa.known import plain
from qa.numbers import numbers
from qa.stems import stems

_PIECE = re.compile(r"(?:[A-Z]\.){2,}|[^\W_]+(?:['.,:][^\W_]+)*'?|[;,()]")
_RELATIVE = frozenset({"who", "whom", "whose", "which", "when", "where"})  # can be left out right behind what it is of
_CLAUSE = frozenset(
    {"but", "that", "while", "whereas", "although", "though", "because", "if", "whether", "unless", ";"}
)
_ROLES = frozenset({"by", "from", "to", "than"})
_SEASONS = frozenset(stems("spring summer autumn fall winter morning afternoon evening night early late mid"))
_MOVED_AT_MOST = 4  # words of content of a date: `on the evening of 20 June 1990`


@dataclass(frozen=True, slots=True)
class _Word:
    stem: str
    weighs: bool  # a name or a number: what is left out with it may belong to something else
    dates: bool
    role: str  # `by`, `from`, `to` or `than` stands before it, or none of them
    relative: bool  # a relative clause may begin with it
    clause: bool  # any other one
    comma: bool  # one stands before it
    bracket: int  # the number of the brackets that it stands in, 0 outside
    owned: bool  # right behind a name in the possessive


def is_copied(sentence: str, source: str) -> bool:
    """Whether the words of `sentence` that `source` has stand in it in the same order, but for a date at either end.

    Words that the source has not are passed over: others look for them.
    """
    said, there = _words(sentence), _words(source)
    known = {word.stem for word in there}
    wanted = [word for word in said if word.stem in known]
    if not wanted or _ends(wanted, there):
        return True
    cuts = range(max(1, len(wanted) - _MOVED_AT_MOST), len(wanted))
    moved_back = any(_is_date(wanted[cut:]) and _swapped(wanted[:cut], wanted[cut:], there) for cut in cuts)
    cuts = range(1, min(len(wanted), _MOVED_AT_MOST + 1))
    return moved_back or any(_is_date(wanted[:cut]) and _swapped(wanted[:cut], wanted[cut:], there) for cut in cuts)


def _is_date(words: Sequence[_Word]) -> bool:
    return any(word.dates for word in words) and all(word.dates or word.stem in _SEASONS for word in words)


def _swapped(first: Sequence[_Word], second: Sequence[_Word], there: Sequence[_Word]) -> bool:
    """Whether `second` stands in the source, and `first` right behind it."""
    for end in _ends(second, there):
        rest = there[end:]
        if rest and not (rest[0].clause or rest[0].relative) and rest[0].stem == first[0].stem and _ends(first, rest):
            return True
    return False


def _ends(wanted: Sequence[_Word], there: Sequence[_Word]) -> list[int]:
    """Behind which places of `there` the last of `wanted` may stand, if what is between them may be left out."""
    own = {word.stem for word in wanted}
    places = {n + 1 for n, word in enumerate(there) if _same(wanted[0], word) and not word.owned}
    for word in wanted[1:]:
        places = _next(word, places, there, own)
    return sorted(places)


def _next(wanted: _Word, places: set[int], there: Sequence[_Word], own: set[str]) -> set[int]:
    """Behind which places `wanted` may stand, when what is before it ends at one of `places`.

    From there on, words are left out up to the beginning of a clause, or to a name or number that is not of its own.
    What stands in brackets, or between two commas, can be left out as a whole, whatever it is.
    """
    found = set()
    open_: set[int] = set()  # brackets (0: none) from within which words may be left out up to here
    inserted = False  # what was left out up to here began with a comma
    at_once, origin = False, 0  # right behind a place, but for brackets; the brackets of that place
    for n, word in enumerate(there):
        here = n in places
        if here:
            at_once, origin = True, there[n - 1].bracket
        if word.clause or word.relative:
            open_, inserted = set(), inserted and word.comma
        if _same(wanted, word) and (
            here or (at_once and word.bracket == origin) or word.bracket in open_ or (inserted and word.comma)
        ):
            found.add(n + 1)
        if at_once and not word.clause:
            open_.add(origin)
        if word.comma:
            inserted = at_once
        if word.weighs and word.stem not in own:
            open_.discard(word.bracket)
        at_once = at_once and word.bracket > 0 and origin == 0
    return found


def _same(wanted: _Word, word: _Word) -> bool:
    if wanted.stem != word.stem:
        return False
    roles = {wanted.role, word.role}
    return len(roles) == 1 or ("by" not in roles and "" in roles)


def _words(text: str) -> tuple[_Word, ...]:
    """The words of content, in order."""
    text = plain(text)
    found: list[_Word] = []
    inside = brackets = 0
    role, relative, clause, comma, owned = "", False, False, False, False
    for match in _PIECE.finditer(text):
        piece = match[0]
        if piece == "(" and ")" in text[match.end() :]:
            inside = brackets = brackets + 1
        elif piece == ")":
            inside = 0
        lower = piece.lower()
        role = lower if lower in _ROLES else role
        relative, clause = relative or lower in _RELATIVE, clause or lower in _CLAUSE or piece == ";"
        comma = comma or piece == ","
        for stem, number in _stems(piece):
            name = piece[0].isupper() and match.start() > 0
            dates = number or has_time(piece)
            found.append(_Word(stem, name or number, dates, role, relative, clause, comma, inside, owned))
            role, relative, clause, comma = "", False, False, False
            owned = name and piece.endswith(("'s", "'"))
    return tuple(found)


def _stems(piece: str) -> list[tuple[str, bool]]:
    """The stems of a piece, and whether it is a number, which has one form: `12` for `twelve`."""
    found = list(numbers(piece))
    if found:
        return [(min(found[0].forms), True)]
    return [(stem, False) for stem in stems(piece.replace(".", ""))]
