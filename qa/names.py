"""Names of a sentence: do they stand in what it cites, and do those that stand together stand together there?"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from itertools import pairwise

from index.terms import STOP_WORDS
from qa.known import CALENDAR, FAR, WORD, Known, bare_word, runs
from qa.numbers import numbers
from qa.stems import stems

_STAND_INS = re.compile(r"\b(?:he|she|it|they|him|her|them|his|hers|its|their|there|here)\b", re.IGNORECASE)
_COURTESY = frozenset({"mr", "mrs", "ms", "miss", "dr", "sir", "prof", "st"})
_SUFFIXES = frozenset({"n", "an", "ian", "ean", "ese", "ish", "i", "s", "ns", "ans", "ians", "is"})
_ALIASES = (
    {"usa", "america", "american", "americans", "united states"},
    {"uk", "britain", "british", "united kingdom", "britons"},
    {"france", "french"},
    {"spain", "spanish"},
    {"china", "chinese"},
    {"netherlands", "dutch"},
    {"germany", "german", "germans"},
    {"greece", "greek", "greeks"},
    {"ireland", "irish"},
    {"turkey", "turkish", "turks"},
    {"switzerland", "swiss"},
    {"poland", "polish"},
)
# A sentence may begin with these whatever it cites: they are no names.
_OPENING_WORDS = """
    according additionally although among another anyone around authorities besides currently despite earlier
    either even eventually everyone except finally first following furthermore given hence however instead last
    late later leaders many meanwhile moreover most much near nearly neither nevertheless next nobody none
    nothing officials often one others otherwise overall people perhaps police previously prior recently
    researchers scientists second several similarly since someone sometimes soon still that's therefore third
    though thus today together tomorrow two unlike unless upon usually via whether within without yes yesterday
    yet during three four five six seven eight nine ten experts critics supporters reports residents workers
"""
OPENERS = frozenset(_OPENING_WORDS.split())


def names(text: str) -> Iterator[tuple[str, bool]]:
    """Capitalised words of `plain(text)` that may be names, and whether each stands where any word has a capital."""
    for match in WORD.finditer(text):
        word = match[0]
        bare = bare_word(word)
        if not any(c.isupper() for c in word) or bare in _COURTESY or len(bare) < 2:
            continue
        begins = _begins(text[: match.start()])
        capital = (word == "May" and not begins) or word.isupper()
        if bare.split("'")[0] in STOP_WORDS and not capital:
            continue
        yield word, begins


def _begins(before: str) -> bool:
    return not before.strip("\"'([ ") or before.rstrip()[-1] in ".!?:\"'("


def missing_names(said: Known, sources: Known, context: Known, question: Known) -> Iterator[str]:
    """Names, months and weekdays of a sentence that nothing it cites has; the question may stand for a pronoun."""
    known = (sources, context)
    spelled = {word for run in runs(said.plain) for word in _spelled(run, known)}
    for word, begins in names(said.plain):
        bare = bare_word(word)
        if (begins and bare in OPENERS) or word in spelled or any(_names(bare, k) for k in known):
            continue
        if begins and _is_number_word(word):
            continue
        if _names(bare, question) and _refers_back(said, sources, context, question):
            continue
        yield f"the {_what(bare)} {word.removesuffix(chr(39) + 's')}"


def _is_number_word(word: str) -> bool:
    return bool(numbers(word))


def _what(bare: str) -> str:
    full = CALENDAR.get(bare, "").capitalize()
    if full in calendar.month_name[1:]:
        return "month"
    return "weekday" if full else "name"


def _names(bare: str, known: Known) -> bool:
    """Whether the text has this name, its people or its country, or the words that it abbreviates."""
    full = CALENDAR.get(bare, bare)
    if bare in known.words or full in known.words or bare in known.acronyms:
        return True
    if full == bare and set(stems(bare)) & known.stems:
        return True
    return any(_related(bare, word) for word in known.words) or _alias(bare, known)


def name_forms(bare: str) -> frozenset[str]:
    """What two bare words share that name the same: `russia` and `russians`, `usa` and `american`."""
    cut = {bare.removesuffix(suffix) for suffix in _SUFFIXES if bare.endswith(suffix) and len(bare) - len(suffix) >= 4}
    groups = {min(group) for group in _ALIASES if any(bare in name.split() for name in group)}
    return frozenset({bare, *stems(bare), *cut, *groups})


def _related(one: str, other: str) -> bool:
    """`korea` and `koreans`."""
    short, long = sorted((one, other), key=len)
    if len(short) < 4 or long[: len(short) - 1] != short[:-1]:
        return False
    return any(long.startswith(stem) and long[len(stem) :] in _SUFFIXES for stem in (short, short[:-1]))


def _alias(bare: str, known: Known) -> bool:
    """Words of a country: `French` for `France`; `United` and `States` for `US`."""
    for group in _ALIASES:
        single = {word for word in group if " " not in word}
        if any(bare in name.split() for name in group) and (
            single & known.words or any(n in known.plain.casefold() for n in group - single)
        ):
            return True
    return False


def joined_names(said: Known, sources: Known, context: Known) -> Iterator[str]:
    """Neighbours that no text has near each other: `John Brown` of `John Smith met Peter Brown`."""
    for run in runs(said.plain, between=""):
        for one, other in pairwise(run):
            pair = bare_word(one), bare_word(other)
            if not STOP_WORDS.isdisjoint(pair) or not CALENDAR.keys().isdisjoint(pair):
                continue
            apart = [k for k in (sources, context) if k.nearest(*pair) > FAR]
            if all(word in sources.words | context.words for word in pair) and len(apart) == 2:
                yield f"the name {one} {other}"


def _spelled(run: list[str], known: tuple[Known, ...]) -> set[str]:
    """The words of the run whose initials stand in a text, as `UN` does for `United Nations`."""
    found = set[str]()
    for start in range(len(run) - 1):
        for end in range(start + 2, min(len(run), start + 6) + 1):
            letters = "".join(word[0] for word in run[start:end])
            if any(letters in k.capitals for k in known):
                found |= set(run[start:end])
    return found


def _refers_back(said: Known, sources: Known, context: Known, question: Known) -> bool:
    """Whether a name that the question alone gives may be what the source calls `he` or `there`.

    What is asked is no evidence: a source that names something else instead speaks of that.
    """
    if not _STAND_INS.search(sources.plain):
        return False
    told = [bare_word(word) for word, begins in names(sources.plain) if not (begins and bare_word(word) in OPENERS)]
    return all(any(_names(word, known) for known in (said, context, question)) for word in told)
