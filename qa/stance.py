"""Where somebody stands: whom a sentence says that he supports or opposes, and what is said against what is denied.

For English, by simple rules: a word of support and the name behind it (`pledged his “full support” for Ukraine`), and
an accusation that another text says is denied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from qa.known import bare_word
from qa.names import name_forms, names
from qa.stems import stems

_NAME = r"(?:the )?(?P<target>[A-Z][\w-]+(?: [A-Z][\w-]+)*)"
_FOR = re.compile(
    r"\b(?:support|solidarity|backing|sympathy|allegiance|loyalty)\"?(?: and [a-z]+\"?)? (?:for|to|with|of|towards?) "
    + _NAME
)
_BACKS = re.compile(r"\b(?:supports?|supported|supporting|backs?|backed|backing|endorse[sd]?|endorsing) " + _NAME)
_OPPOSES = re.compile(r"\b(?:oppose[sd]?|opposing|opposition to|condemn(?:s|ed|ing)?) " + _NAME)
_ACCUSED = re.compile(r"\b(?:accus(?:e[sd]?|ing|ations?)|alleg(?:e[sd]?|ing|ations?))\b")
_DENIED = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|"
    r"(?:reject|dismiss|refut)(?:s|es|ed|ing)? (?:\w+ ){0,3}(?:accusation|allegation|claim)s?)\b"
)
_BEFORE = 16  # words before a stance, in which the one stands who takes it
_LONGEST = 14  # words of a clause
_SAME_NAMES = 2  # that an accusation and its denial have in common, beside a word of the accusation
_CLAUSE = re.compile(r"[.;]|, (?!and\b)|\"$")


@dataclass(frozen=True, slots=True)
class Stance:
    """A name that somebody supports, or opposes, with the names before it, of which one is his."""

    against: bool
    target: str
    before: frozenset[str]


def stances(text: str) -> list[Stance]:
    """Every stance that a sentence tells of, in order. `text`: as `qa.known.plain` leaves it."""
    found = [
        (match.start(), Stance(against, match["target"], _names(" ".join(text[: match.start()].split()[-_BEFORE:]))))
        for pattern, against in ((_FOR, False), (_BACKS, False), (_OPPOSES, True))
        for match in pattern.finditer(text)
    ]
    return [stance for _, stance in sorted(found, key=lambda item: item[0])]


def sided(one: str, other: str) -> Iterator[tuple[str, str]]:
    """Names of which each sentence has the same people support, or oppose, another one; none that both have."""
    ours, theirs = stances(one), stances(other)
    if not _targets(ours).isdisjoint(_targets(theirs)):
        return
    for mine, yours in product(ours, theirs):
        people = (mine.before & yours.before) - _targets([mine, yours])
        if mine.against == yours.against and people:
            yield mine.target, yours.target


def denied(one: str, other: str) -> Iterator[tuple[str, str]]:
    """What `one` accuses somebody of and `other` says is denied, both clauses."""
    accused, denial = _ACCUSED.search(one), _DENIED.search(other)
    if not accused or not denial or _DENIED.search(one):
        return
    clause = _clause(one, accused.start())
    shared = _names(one) & _names(other)
    named = frozenset[str]().union(*map(_forms, shared))
    words = set(stems(clause[len(accused[0]) :])) & set(stems(other)) - named
    if len(shared) >= _SAME_NAMES and words:
        yield clause, _clause(other, denial.start())


def _clause(text: str, start: int) -> str:
    end = _CLAUSE.search(text, start + 1)
    return " ".join(text[start : end.start() if end else len(text)].split()[:_LONGEST])


def _names(text: str) -> frozenset[str]:
    return frozenset(bare_word(word).removesuffix("'s") for word, _ in names(text))


def _targets(found: Sequence[Stance]) -> frozenset[str]:
    return frozenset[str]().union(*(_forms(stance.target) for stance in found))


def _forms(name: str) -> frozenset[str]:
    return frozenset(form for word in name.split() for form in name_forms(bare_word(word)))
