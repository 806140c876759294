"""Where two sentences about the same thing say different things: a number, a date, a name, a denial, quoted words.

Two phrasings of one fact are no difference. So a value counts only if the other sentence has another one in its place:
of the same kind, with the same words around it; or if somebody takes another stand (`qa.stance`). What one of them
leaves out is passed over, and so is every other change of words outside of quotation marks. For English.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Literal

from index.terms import STOP_WORDS
from qa.facts import quotations
from qa.known import CALENDAR, ISO, Known, bare_word, plain
from qa.names import name_forms, names
from qa.numbers import Number, numbers
from qa.polarity import cue_of, polarity
from qa.stance import denied, sided
from qa.stems import stems

Kind = Literal["number", "date", "name", "quote", "negation"]

_FITS = 5  # how well a value fits the place of another one that both sides have elsewhere
_SAME = 3  # how much better the same value fits
_TABLE = 12  # numbers in a sentence: more are the rest of a table
_HEADLINE, _TITLE = 5, 0.6  # words, and the share of them with capitals, from which on a sentence is a headline
_TOWARDS = {"to", "for", "towards", "toward"}  # support `for` and `to` somebody
_EDGE = "#"  # where a sentence begins and ends
_YEAR_FOLLOWS = "in since by from until till of before after year early late mid during"
_BEFORE_YEAR = frozenset(_YEAR_FOLLOWS.split())
_NEAR = 4  # words on either side that tell the place of a value
_WORD = re.compile(r"[^\W_]+(?:['.,:][^\W_]+)*")
_YEAR = re.compile(r"\b(?:1\d{3}|20\d\d)\b")
_MONTHS = "|".join((*calendar.month_name[1:], *calendar.month_abbr[1:]))
_NTH = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = re.compile(
    rf"\b{_NTH}(?: of)? (?:{_MONTHS})\b|\b(?:{_MONTHS})\.? {_NTH}\b|\b(?:{_MONTHS}|{'|'.join(calendar.day_name)})\b"
)
_DAY = re.compile(rf"\b{_NTH}(?: of)? (?=(?:{_MONTHS})\b)|(?<=\b)(?:{_MONTHS})\.? {_NTH}\b")
_DENIED = 4  # how well what is denied has to fit: two words of content beside it, or more
_NEGATIVE = """
    against avoid cease deprive deprivation difficult difficulty dispense ease eliminate hard instead lack prevent
    questionable rare rarely rather reduce remove seldom stop unable unlikely unless without
"""
_SOFT = frozenset(stems(_NEGATIVE))
_AUXILIARIES = """
    am are be been being is was were do does did has have had can could will would should may might must not never no
    don't doesn't didn't isn't aren't wasn't weren't hasn't haven't hadn't can't cannot couldn't won't wouldn't
"""
_AUXILIARY = frozenset(_AUXILIARIES.split())
_VAGUE = re.compile(r"\b(?:dozens?|hundreds|thousands|millions|billions|half|quarter)\b", re.IGNORECASE)
_SPANS = {"decad": 10, "centuri": 100, "dozen": 12}
_NOW = re.compile(r"\b(?:now|today|currently|this (?:year|month|week))\b", re.IGNORECASE)
_ALIKE = 0.4  # share of words that quotations have in common which are two versions of one
_QUOTATIONS, _LONGEST = 8, 600  # of a sentence are looked at; characters of one
_HOLD = 2  # words in common right beside what was put in the place of something else
_FUNCTION = (STOP_WORDS - {"further"}) | {"anyone", "everyone", "anybody", "everybody", "mr", "mrs", "ms", "dr"}


@dataclass(frozen=True, slots=True)
class Difference:
    """Two values that stand in the place of each other, each as its sentence has it."""

    kind: Kind
    one: str
    other: str
    claim: bool = field(default=False, compare=False)
    """Where somebody stands (`qa.stance`): told by the words that say so, whatever is around them."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and those around it: what stands there is not missing."""

    text: str
    around: str = ""

    @classmethod
    def among(cls, texts: Sequence[str], n: int) -> Sentence:
        """The n-th of the sentences of an article, between its neighbours."""
        return cls(texts[n], " ".join((*texts[max(0, n - 1) : n], *texts[n + 1 : n + 2])))


def differences(one: Sentence, other: Sentence) -> list[Difference]:
    """Where the two differ; nothing where they only use other words."""
    found = [
        *_stances(plain(one.text), plain(other.text)),
        *_numbers_of_one_time(one, other),
        *_values(one, other, "date", _dates),
        *_values(one, other, "name", _names),
        *_denials(one.text, other.text),
        *(Difference(found.kind, found.other, found.one) for found in _denials(other.text, one.text)),
        *_quotations(one.text, other.text),
    ]
    return list(dict.fromkeys(found))


# -- values in the same place


@dataclass(frozen=True, slots=True)
class _Value:
    """A value with the words before it, nearest first, and those after it.

    `forms`: two values that share one are the same. `sort`: only values of one sort can stand in each other's place.
    """

    text: str
    sort: str
    forms: frozenset[str]
    before: tuple[str, ...]
    after: tuple[str, ...]
    start: int = 0


def _value(text: str, start: int, end: int, sort: str, forms: frozenset[str]) -> _Value:
    before, after = _WORD.findall(text[:start])[-_NEAR:], _WORD.findall(text[end:])[:_NEAR]
    words = (*map(_form, reversed(before)), _EDGE), (*map(_form, after), _EDGE)
    return _Value(text[start:end], sort, forms, *words, start)


def _fit(one: _Value, other: _Value) -> int:
    """How well one stands in the place of the other: words in common right before and behind, 2 for one of content."""
    sides = ((one.before, other.before), (one.after, other.after))
    return sum(1 if word in _FUNCTION else 2 for ours, theirs in sides for word in _common(ours, theirs))


def _common(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[str]:
    for mine, yours in zip(ours, theirs, strict=False):
        if mine != yours and not {mine, yours} <= _TOWARDS:
            return
        yield mine


def _exchanged(ours: Sequence[_Value], theirs: Sequence[_Value]) -> Iterator[tuple[_Value, _Value, int]]:
    """Values that stand in each other's place and are not the same, and how well they fit; each value once."""
    pairs = [
        (_fit(mine, yours) + _SAME * bool(mine.forms & yours.forms), n, m)
        for n, mine in enumerate(ours)
        for m, yours in enumerate(theirs)
        if mine.sort == yours.sort
    ]
    used: set[tuple[str, int]] = set()
    for fit, n, m in sorted(pairs, key=lambda pair: (-pair[0], pair[1:])):
        if used.isdisjoint({("one", n), ("other", m)}):
            used |= {("one", n), ("other", m)}
            if not ours[n].forms & theirs[m].forms:
                yield ours[n], theirs[m], fit


def _values(one: Sentence, other: Sentence, kind: Kind, find: Callable[[str], list[_Value]]) -> Iterator[Difference]:
    """Values that fit each other well; those that only one side has may fit less."""
    least = {"number": 2, "date": 1, "name": 3}[kind]
    for mine, yours, fit in _exchanged(find(plain(one.text)), find(plain(other.text))):
        if _beside(mine, yours) or (kind == "name" and _is_short_for(mine.text, yours.text, one.text, other.text)):
            continue
        if (fit >= _FITS and _led_up_to(mine, yours)) or (
            fit >= least and _lacks(other, mine, find) and _lacks(one, yours, find)
        ):
            yield Difference(kind, mine.text.removesuffix("'s"), yours.text.removesuffix("'s"))


def _is_short_for(one: str, other: str, ours: str, theirs: str) -> bool:
    """Whether one is the initials of words that the other is among."""
    return bare_word(one) in Known(theirs).acronyms or bare_word(other) in Known(ours).acronyms


def _beside(one: _Value, other: _Value) -> bool:
    """Whether one was put in beside the other: the `Single Convention` is the `Convention`."""
    return _form(other.text) in (one.before[0], one.after[0]) or _form(one.text) in (other.before[0], other.after[0])


def _led_up_to(one: _Value, other: _Value) -> bool:
    """Whether words before them are the same; those behind alone say little of what stands there."""
    return any(_common(one.before, other.before))


def _lacks(sentence: Sentence, value: _Value, find: Callable[[str], list[_Value]]) -> bool:
    there = find(plain(f"{sentence.text}\n{sentence.around}"))
    return all(value.forms.isdisjoint(found.forms) for found in there)


def _numbers(text: str) -> list[_Value]:
    if len(re.findall(r"\d+", text)) > _TABLE:
        return []
    text = _DAY.sub(lambda match: re.sub(r"\d", "#", match[0]), ISO.sub("#", text))
    found: list[_Value] = []
    for number in numbers(text, claimed=True):
        for match in re.finditer(rf"(?<![\w.,]){re.escape(number.text)}(?!\w)", text):
            taken = any(value.start <= match.start() < value.start + len(value.text) for value in found)
            if not taken and not _VAGUE.search(number.text):
                forms, sort = _measured(number, text[match.end() :]), _sort(number, text[: match.start()])
                found.append(_value(text, match.start(), match.end(), sort, forms))
                break
    return sorted(found, key=lambda value: value.start)


def _measured(number: Number, after: str) -> frozenset[str]:
    """The forms of a number; that of three decades is 30, too."""
    word = _WORD.search(after)
    times = _SPANS.get(_form(word[0]), 0) if word else 0
    return number.forms | {str(int(form) * times) for form in number.forms if times and form.isdigit()}


def _sort(number: Number, before: str) -> str:
    if any(form.endswith("%") for form in number.forms):
        return "percent"
    if number.text[:1] in "$€£¥":
        return number.text[0]
    if any(form.endswith(("am", "pm")) or ":" in form for form in number.forms):
        return "time"
    words = _WORD.findall(before)
    return "year" if _YEAR.fullmatch(number.text) and words and words[-1].lower() in _BEFORE_YEAR else "number"


def _dates(text: str) -> list[_Value]:
    """Days of a month, then weekdays and months that stand alone."""
    found = []
    for match in _DATE.finditer(text):
        day = min(Known(match[0]).days, default=None)
        name = CALENDAR[bare_word(re.sub(r"[\d\W]|(?<=\d)(?:st|nd|rd|th)|\bof\b", "", match[0]))] if day is None else ""
        sort = "day" if day else "weekday" if name.capitalize() in calendar.day_name else "month"
        found.append(_value(text, match.start(), match.end(), sort, frozenset({" ".join(day) if day else name})))
    return found


def _names(text: str) -> list[_Value]:
    """Names, neighbours apart, so that `Maria Lund` is seen to differ from `Anna Lund` in one."""
    if is_headline(text):
        return []
    found, at = [], 0
    for word, begins in names(text):
        start = text.index(word, at)
        at = start + len(word)
        bare = bare_word(word)
        if bare in CALENDAR or (begins and not _goes_on(text[at:])):
            continue
        found.append(_value(text, start, at, "name", name_forms(bare)))
    return found


def is_headline(text: str) -> bool:
    """Whether most words have capitals, so that these tell nothing."""
    words = [word for word in _WORD.findall(text) if word.lower() not in _FUNCTION]
    return len(words) >= _HEADLINE and sum(word[:1].isupper() for word in words) > _TITLE * len(words)


def _goes_on(after: str) -> bool:
    """Whether another name follows: only then is the capital of a first word that of a name."""
    return re.match(r" [A-Z]\w", after) is not None


def _numbers_of_one_time(one: Sentence, other: Sentence) -> list[Difference]:
    """Numbers that differ; if the years do, too, both are of their own time."""
    found = list(_values(one, other, "number", _numbers))
    if not found:
        return []
    ours, theirs = (
        {value.text for value in _numbers(plain(text)) if value.sort == "year"}
        | ({"now"} if _NOW.search(text) else set())
        for text in (one.text, other.text)
    )
    apart = bool(ours) and bool(theirs) and ours.isdisjoint(theirs)
    return [] if apart and any(difference.one not in ours for difference in found) else found


# -- denials


def _denials(one: str, other: str) -> Iterator[Difference]:
    """What `one` denies and `other` affirms, in the same words but for the denial."""
    mine, yours = polarity(one), polarity(other)
    if len(mine.cues) != len(yours.cues) + 1 or not _SOFT.isdisjoint(Known(other).stems - Known(one).stems):
        return
    ours, theirs = _bare(one), _bare(other)
    for cue, heads in mine.cues:
        head = heads[0] if heads else ""
        if ours.count(head) == 1 and head in yours.affirmed - yours.denied:
            denied = _at(ours, ours.index(head))
            if any(_fit(denied, _at(theirs, n)) >= _DENIED for n, word in enumerate(theirs) if word == head):
                yield Difference("negation", _denied(one, head, cue), _said(other, head))


def _said(text: str, head: str) -> str:
    """The word of a text that has this form."""
    return next((word for word in _WORD.findall(plain(text)) if _form(word) == head), head)


def _denied(text: str, head: str, cue: str) -> str:
    """The same from the word on that denies it."""
    text = plain(text)
    words = list(_WORD.finditer(text))
    at = next((n for n, word in enumerate(words) if _form(word[0]) == head), None)
    start = next((n for n in range(at or 0, -1, -1) if cue_of(words[n][0].lower()) == cue), None) if words else None
    return text[words[start].start() : words[at].end()] if at and start is not None else f"{cue} {head}"


def _bare(text: str) -> list[str]:
    """The forms of the words, without auxiliaries and what denies them."""
    return [_form(word) for word in _WORD.findall(plain(text)) if bare_word(word) not in _AUXILIARY]


def _at(words: Sequence[str], n: int) -> _Value:
    before, after = words[max(0, n - _NEAR) : n], words[n + 1 : n + 1 + _NEAR]
    return _Value(words[n], "", frozenset(), (*reversed(before), _EDGE), (*after, _EDGE))


# -- quotations


def _quotations(one: str, other: str) -> Iterator[Difference]:
    for ours in quotations(plain(one))[:_QUOTATIONS]:
        for theirs in quotations(plain(other))[:_QUOTATIONS]:
            if max(len(ours), len(theirs)) <= _LONGEST:
                yield from _reworded(ours, theirs)


def _reworded(one: str, other: str) -> Iterator[Difference]:
    """What was put in the place of what, where the two are versions of one quotation."""
    ours, theirs = list(_WORD.finditer(one)), list(_WORD.finditer(other))
    forms, others = ([_form(word[0]) for word in words] for words in (ours, theirs))
    match = SequenceMatcher(None, forms, others, autojunk=False)
    blocks = match.get_matching_blocks()
    if sum(block.size for block in blocks) < max(1, _ALIKE * min(len(ours), len(theirs))):
        return
    for tag, a, b, c, d in match.get_opcodes():
        held = any(block.size >= _HOLD and (block.a + block.size == a or block.a == b) for block in blocks)
        if tag == "replace" and held:
            mine, yours = one[ours[a].start() : ours[b - 1].end()], other[theirs[c].start() : theirs[d - 1].end()]
            if _changed(mine.split(), yours.split()):
                yield Difference("quote", mine, yours)


def _form(word: str) -> str:
    """What is equal for two words of one meaning: the stem, whatever the tense; of a function word the word."""
    return next(iter(stems(word)), bare_word(word))


def _changed(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether other words of content stand there: not a longer form, an abbreviation or words that mean nothing."""
    mine, yours = (frozenset(_form(w) for w in side if w.lower() not in _FUNCTION) for side in (ours, theirs))
    if not mine or not yours or mine <= yours or yours <= mine:
        return False
    return not (_abbreviates(ours, theirs) or _abbreviates(theirs, ours))


def _abbreviates(short: Sequence[str], long: Sequence[str]) -> bool:
    initials = Known(" ".join(long)).acronyms
    return any(bare_word(word) in initials for word in short if word.isupper())


# -- where somebody stands


def _stances(one: str, other: str) -> Iterator[Difference]:
    yield from (Difference("name", *targets, claim=True) for targets in sided(one, other))
    yield from (Difference("negation", *clauses, claim=True) for clauses in denied(one, other))
    yield from (Difference("negation", denial, said, claim=True) for said, denial in denied(other, one))
