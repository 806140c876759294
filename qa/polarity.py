"""Does a sentence deny what its source affirms, turn it round, or the reverse? By simple rules, for English.

Four things are seen: a negation that one of them has and the other has not; what the source only expects, plans or has
by hearsay and the sentence asserts; a word of direction against its opposite (`rose`, `fell`); and two names that
changed places around a verb (`A beat B`, `B beat A`, `A was beaten by B`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from qa.known import bare_word, plain
from qa.names import names
from qa.stems import stems

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|[.,;:!?()]")
_STOP = re.compile("[.;:!?]")
_NOT = frozenset(
    ["not", "no", "never", "none", "nobody", "nothing", "neither", "nor", "cannot", "without", "hardly", "unable"]
)
_VERBS = {  # of denial, by the stem under which they are compared
    form: verb
    for verb, forms in {
        "deny": "deny denies denied denying",
        "refuse": "refuse refuses refused refusing",
        "fail": "fail fails failed failing",
        "reject": "reject rejects rejected rejecting",
        "decline": "declined",
        "lack": "lack lacks lacked lacking",
        "absence": "absence",
    }.items()
    for form in forms.split()
}
_HEDGING = """
    may might would should expected planned plans plan hopes hoped wants wanted intends likely allegedly reportedly
    possibly perhaps if unless
"""
_HEDGES = frozenset(_HEDGING.split())
_EMPHASIS = re.compile(
    r"\bnot (?:only|just|merely|least|surprisingly)\b|\bno (?:doubt|less than|fewer than)\b|\bNo\.(?= ?\d)|"
    r"\bnot until\b|\bwhether or not\b|\bnothing but\b",
    re.IGNORECASE,
)
_LINKS = frozenset({"of", "for", "that", "to", "any"})  # between a negation's first word and what it is about
_ENDS = frozenset(".;:!?(),") | {"but", "although", "though", "because", "while", "and", "which", "who"}
_OPPOSITES = tuple(
    (frozenset(stems(one)), frozenset(stems(other)))
    for one, other in (
        ("rise rose risen rising increase grow grew growth climb surge jump gain",
         "fall fell fallen falling decrease decline drop shrink shrank plunge plummet lose lost"),
        ("win won winning victory", "lose lost losing defeat"),
        ("support back favour endorse", "oppose opposition"),
        ("accept approve approval", "reject refuse refusal"),
        ("begin began begun start launch", "end finish halt"),
        ("arrive arrival", "leave left depart departure"),
        ("buy bought purchase", "sell sold sale"),
        ("open", "close shut"),
        ("highest largest biggest best most", "lowest smallest worst least"),
        ("higher larger bigger better", "lower smaller worse"),
        ("increase raise raised raising", "reduce reduction cut lower decrease"),
        ("north northern", "south southern"),
        ("east eastern", "west western"),
        ("guilty convict", "innocent acquit"),
        ("allow permit legal legalise legalize", "ban forbid forbidden prohibit illegal outlaw"),
        ("alive survive", "dead die kill"),
        ("hire appoint", "fire dismiss sack resign"),
        ("husband father son brother man", "wife mother daughter sister woman"),
        ("strengthen", "weaken"),
        ("succeed success", "fail failure"),
        ("older oldest", "younger youngest"),
        ("ally friend", "enemy"),
    )
)  # fmt: skip
_ORDER = (({"before"}, {"after"}), ({"more"}, {"less", "fewer"}), ({"above"}, {"below", "under"}))


@dataclass(frozen=True)
class Polarity:
    """What a text denies: by each negation the words right behind it, all words in reach of one, and all others."""

    cues: tuple[tuple[str, tuple[str, ...]], ...]
    denied: frozenset[str]
    affirmed: frozenset[str]


@lru_cache(maxsize=20_000)
def _stem(token: str) -> str:
    return next(iter(stems(token)), "")


def polarity(text: str) -> Polarity:
    """The negations of `text` with the stems they deny."""
    tokens = _TOKEN.findall(_EMPHASIS.sub(" ", plain(text)).casefold()[:20_000])
    cues = [(n, cue) for n, token in enumerate(tokens) if (cue := cue_of(token))]
    heads = tuple((cue, tuple(_heads(tokens[n + 1 :][:12]))) for n, cue in cues)
    reach = {place for n, _ in cues for place in range(n + 1, n + 1 + _reach(tokens[n + 1 :][:12]))}
    denied = {_stem(tokens[place]) for place in reach} - {""}
    affirmed = {_stem(token) for n, token in enumerate(tokens) if n not in reach and token not in _NOT} - {""}
    return Polarity(heads, frozenset(denied), frozenset(affirmed))


def cue_of(token: str) -> str:
    """The word of denial that a lower-case token is or ends with, "" if it is none."""
    return "not" if token in _NOT or token.endswith("n't") else _VERBS.get(token, "")


def _reach(tokens: Sequence[str]) -> int:
    """How many of the tokens a negation in front of them denies: those up to the end of the clause."""
    return next((n for n, token in enumerate(tokens) if token in _ENDS and n), len(tokens))


def _heads(tokens: Sequence[str]) -> Iterator[str]:
    """The first word of content, and what it links to: `evidence of fraud`, `want to leave`."""
    linked = True
    for n, token in enumerate(tokens):
        if token in _ENDS and n:
            return
        stem = _stem(token)
        if not stem or token.endswith("ly"):
            linked = linked or token in _LINKS
            continue
        if not linked:
            return
        yield stem
        linked = False


def flips(sentence: str, sources: Sequence[str]) -> list[str]:
    """What is turned round, in words: `not`, `before for after`, `Obama and Putin change places`."""
    said, told = polarity(sentence), polarity(" . ".join(sources))
    return [
        *_negations(said, told),
        *_asserted(sentence, " . ".join(sources)),
        *_directions(sentence, " ".join(sources)),
        *_places(sentence, sources),
    ]


def denial(sentence: str, source: str) -> Literal["denies", "affirms"] | None:
    """Whether `sentence` denies what `source` affirms, or affirms what it denies."""
    said, told = polarity(sentence), polarity(source)
    return "denies" if _denies(said, told) else "affirms" if _lost(said, told) else None


def _negations(said: Polarity, told: Polarity) -> Iterator[str]:
    if _denies(said, told):
        yield "not"
    elif lost := _lost(said, told):
        yield f"“{lost}” of the source"


def _denies(said: Polarity, told: Polarity) -> bool:
    return any(_is_new(cue, heads, told) for cue, heads in said.cues)


def _lost(said: Polarity, told: Polarity) -> str:
    """The first word of denial of the source that the sentence has lost, or ""."""
    return next((cue for cue, heads in told.cues if _is_lost(cue, heads, said, told)), "")


def _is_new(cue: str, heads: tuple[str, ...], told: Polarity) -> bool:
    if not told.cues:
        return True
    if not heads or cue in {known for known, _ in told.cues} - {"not"}:
        return False
    return heads[0] not in told.denied and heads[0] in told.affirmed


def _is_lost(cue: str, heads: tuple[str, ...], said: Polarity, told: Polarity) -> bool:
    """The sentence affirms, and does not deny, what the source denies and nowhere affirms."""
    if not heads or (cue != "not" and cue in {known for known, _ in said.cues}):
        return False
    lost = set(heads) - said.denied - told.affirmed
    return bool(lost & said.affirmed)


def _asserted(sentence: str, source: str) -> Iterator[str]:
    """What the source expects, plans or reports by hearsay, and nowhere states, is stated."""
    said, told = (_TOKEN.findall(plain(text).casefold()[:20_000]) for text in (sentence, source))
    if not _HEDGES.isdisjoint(said):
        return
    places = [n for n, token in enumerate(told) if token in _HEDGES]
    reach = {place for n in places for place in range(n + 1, n + 1 + _reach(told[n + 1 :][:12]))}
    stated = {_stem(token) for n, token in enumerate(told) if n not in reach}
    for n in places:
        if any(head not in stated for head in {*_heads(told[n + 1 :][:12])} & {_stem(token) for token in said}):
            yield f"“{told[n]}” of the source"
            return


def _directions(sentence: str, source: str) -> Iterator[str]:
    said, told = frozenset(stems(sentence)), frozenset(stems(source))
    for pair in _OPPOSITES:
        for here, there in (pair, pair[::-1]):
            if said & here and not told & here and told & there and not said & there:
                yield f"{min(said & here)} for {min(told & there)}"
    words, theirs = set(plain(sentence).casefold().split()), set(plain(source).casefold().split())
    for order in _ORDER:
        for mine, other in (order, order[::-1]):
            if words & mine and not theirs & mine and theirs & other and not words & other:
                yield f"{min(words & mine)} for {min(theirs & other)}"


# -- names around a verb

_Name = frozenset[str]  # the words of a run of names
_Places = dict[str, tuple[_Name, _Name, bool]]


def _places(sentence: str, sources: Sequence[str]) -> Iterator[str]:
    said = _around(sentence)
    for source in sources if said else ():
        told = _around(source)
        for verb in said.keys() & told.keys():
            if _turned(said[verb], told[verb]):
                yield f"{_title(said[verb][0])} and {_title(said[verb][1])} change places"
                return


def _turned(said: tuple[_Name, _Name, bool], told: tuple[_Name, _Name, bool]) -> bool:
    (one, other, passive), (first, second, by) = said, told
    if one & first and other & second:
        return passive != by
    return bool(one & second and other & first) and passive == by


def _title(name: _Name) -> str:
    return " ".join(sorted(word.capitalize() for word in name))


def _around(text: str) -> _Places:
    """Each word between two neighbouring names: the name before, the name after, and whether `by` is between."""
    found: _Places = {}
    before, between = _Name(), list[str]()
    for name, word in _named(plain(text)[:5_000]):
        if name:
            if before and not before & name:
                for stem in {_stem(token) for token in between} - {""}:
                    found.setdefault(stem, (before, name, "by" in between))
            before, between = name, []
        elif _STOP.fullmatch(word):
            before, between = _Name(), []
        else:
            between.append(word)
    return found


def _named(text: str) -> Iterator[tuple[_Name, str]]:
    """The tokens of a text, each run of names as one."""
    known, run = {word for word, _ in names(text)}, _Name()
    for token in _TOKEN.findall(text):
        if token in known:
            run |= {bare_word(token)}
            continue
        if run:
            yield run, ""
        run = _Name()
        yield run, token.casefold()
    if run:
        yield run, ""
