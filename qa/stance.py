"""Where somebody stands: whom a sentence says that he supports, and what he is accused of and denies.

For English, by narrow rules: a word of support with the name behind it (`pledged his “full support” for Ukraine`), and
an accusation of somebody by name (`accused Iran of supplying drones`) beside a sentence that has it denied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from qa.known import CALENDAR, bare_word, plain
from qa.names import OPENERS, name_forms
from qa.stems import stems

_NAME = r"(?:(?:[A-Z]\.){2,}|[A-ZÀ-ÖØ-Þ][\w-]*)"
_RUN = rf"{_NAME}(?: {_NAME})*"
_PLEDGED = "support|backing|solidarity|sympathy|loyalty|allegiance"
_SUPPORT = re.compile(
    rf"(?<![\w-])(?:(?:{_PLEDGED})\"?(?: and [a-z]+\"?)? (?:for|to|towards?)|"
    rf"solidarity\"? with|supports|supported|supporting|backs|backed|backing) (?:the )?(?P<target>{_RUN})"
)
_ASKED = re.compile(
    r"\b(?:support\w*|back(?:s|ed|ing)?|sid(?:es?|ed|ing)|solidarity|ally|allies|allied|stands?|endors\w*|loyal\w*)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\"[^\"]*\"")
_ACCUSES = re.compile(rf"(?<![\w-])accus(?:e[sd]?|ing) (?:the )?(?P<accused>{_RUN}) of ")
_REJECTS = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|refut(?:e[sd]?|ing)) "
    r"(?:(?:the|these|those|any|all|such|both) )?(?:\w+ )?(?:accusations?|allegations?|charges?|claims?)\b"
)
_DENIES = re.compile(r"\bden(?:y|ies|ied|ying) (?:that|having|\w+ing)\b")
_NOT = re.compile(r"\b(?:not|never|no|nor|without|refus\w+|fail\w*)\b|n't\b")
_NEGATED = 4  # words before, in which a negation belongs to it
_BEFORE = 16  # words before a stance, in which the one stands who takes it
_LONGEST = 14  # words of a clause
_SAME = 2  # words of an accusation that a sentence has in what it says is denied
_END = re.compile(r"[.;](?=\s[^a-z]|\s*$)|, (?!and\b)|\"$")
_RANKS = "president prime minister king queen prince princess mr mrs ms dr sir secretary"
_TITLES = frozenset(_RANKS.split())

_Name = frozenset[str]


@dataclass(frozen=True, slots=True)
class Stance:
    """Support for the name of `target`. One of the names in `before` is that of the one whose support it is."""

    target: str
    before: frozenset[_Name]


def stances(text: str) -> list[Stance]:
    """Every stance that a sentence tells of, in order. `text`: as `qa.known.plain` leaves it."""
    return [
        Stance(target, _names(" ".join(text[: match.start()].split()[-_BEFORE:])))
        for match in _SUPPORT.finditer(text)
        if bare_word(target := match["target"]) not in CALENDAR and not _negated(text[: match.start()])
    ]


def asks_for_support(question: str) -> bool:
    """Whether a question may be about whom somebody supports; what it quotes does not tell."""
    return _ASKED.search(_QUOTED.sub(" ", plain(question))) is not None


def sided(one: str, other: str) -> Iterator[tuple[str, str]]:
    """Names of which each sentence has the same one support another; none where both have any of them."""
    ours, theirs = stances(one), stances(other)
    if any(_same(_words(mine.target), _words(yours.target)) for mine, yours in product(ours, theirs)):
        return
    for mine, yours in product(ours, theirs):
        targets = (_words(mine.target), _words(yours.target))
        people = [found.before - frozenset(targets) for found in (mine, yours)]
        if any(_same(a, b) for a, b in product(*people)):
            yield mine.target, yours.target


def denied(one: str, other: str) -> Iterator[tuple[str, str]]:
    """What `one` accuses somebody of and `other` has denied, both clauses."""
    denial = _denial(other)
    if denial is None or _denial(one):
        return
    said, explicit = _clause(other, denial.start()), denial.re is _DENIES
    subject, about = (other[: denial.start()], said) if explicit else (other, other)
    for accusation in _ACCUSES.finditer(one):
        clause, accused = _clause(one, accusation.start()), _words(accusation["accused"])
        of = _content(clause[accusation.end() - accusation.start() :])
        heard = any(_same(accused, name) for name in _names(subject))
        if heard and len(of & _content(about)) >= (_SAME if explicit else 1):
            yield clause, said


def _denial(text: str) -> re.Match[str] | None:
    found = (pattern.search(text) for pattern in (_REJECTS, _DENIES))
    return next((match for match in found if match and not _negated(text[: match.start()])), None)


def _negated(before: str) -> bool:
    return _NOT.search(" ".join(before.split()[-_NEGATED:])) is not None


def _clause(text: str, start: int) -> str:
    end = _END.search(text, start + 1)
    return " ".join(text[start : end.start() if end else len(text)].split()[:_LONGEST])


def _content(text: str) -> frozenset[str]:
    """The stems of the words that have no capital."""
    return frozenset(stems(" ".join(word for word in text.split() if not word[:1].isupper())))


def _names(text: str) -> frozenset[_Name]:
    return frozenset(filter(None, map(_words, re.findall(_RUN, text))))


def _words(name: str) -> _Name:
    """Its bare words, without titles, days and what begins a sentence."""
    words = [bare_word(word) for word in name.split()]
    return frozenset(word for word in words if word and word not in _TITLES | OPENERS and word not in CALENDAR)


def _same(one: _Name, other: _Name) -> bool:
    """Whether the shorter name is a part of the longer one: `Kim`, `Kim Jong Un`; `Russian`, `Russia`."""
    short, long = sorted((one, other), key=len)
    known = frozenset[str]().union(*map(name_forms, long))
    return bool(short) and all(not name_forms(word).isdisjoint(known) for word in short)
