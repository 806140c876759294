"""What a text says, to look things up in: its words, stems, numbers, days and acronyms. For English."""

from __future__ import annotations

import calendar
import datetime
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from qa.numbers import numbers
from qa.stems import stems

FAR = 3  # words: `Vladimir Putin, the president` has `President Putin`

_TYPEWRITTEN = str.maketrans("“”„‟«»‘’‚‛‹›`´‐‑‒–—―", '""""""' + "'" * 8 + "-" * 6)
WORD = re.compile(r"(?:[A-Za-z]\.){2,}|[^\W\d_]+(?:'[^\W\d_]+)*")
DIGITS = re.compile(r"\d(?:[\d,.]*\d)?")  # a number in digits, without the punctuation behind it
ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})(?!\d)")
DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
MONTH = r"(" + "|".join(calendar.month_name[1:]) + r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?"
_DAY_MONTH, _MONTH_DAY = re.compile(rf"\b{DAY} (?:of )?{MONTH}"), re.compile(rf"\b{MONTH} {DAY}(?![\d:])")
CALENDAR = {name.lower(): name.lower() for name in (*calendar.month_name[1:], *calendar.day_name)}
CALENDAR |= {name.lower(): full.lower() for name, full in zip(calendar.month_abbr, calendar.month_name, strict=True)}
CALENDAR |= {"sept": "september", "tues": "tuesday", "wed": "wednesday", "thurs": "thursday", "fri": "friday"}
CALENDAR.pop("")


def plain(text: str) -> str:
    """Typewriter quotation marks, apostrophes and hyphens; compatibility forms and white space made one."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_TYPEWRITTEN).split())


@dataclass(frozen=True)
class Known:
    """What a text says, to look things up in. `dates` is for words that were given as a date, and know only dates."""

    text: str

    @cached_property
    def plain(self) -> str:
        """The text in one typography."""
        return plain(self.text)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word in its bare form, abbreviated months and weekdays in full as well."""
        bare = {bare_word(match[0]) for match in WORD.finditer(self.plain)}
        return frozenset(bare | {CALENDAR[word] for word in bare if word in CALENDAR} | _of_dates(self.plain))

    @cached_property
    def order(self) -> list[str]:
        """Every word in its bare form, in order."""
        return [bare_word(match[0]) for match in WORD.finditer(self.plain)]

    def nearest(self, one: str, other: str) -> int:
        """How many words apart two bare words are at least; many where one is not there."""
        here, there = ([n for n, word in enumerate(self.order) if word == wanted] for wanted in (one, other))
        return min((abs(n - m) for n in here[:50] for m in there[:50]), default=FAR + 1)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Index terms."""
        return frozenset(stems(self.plain))

    @cached_property
    def capitals(self) -> frozenset[str]:
        """Words all in capitals, without full stops."""
        return frozenset(re.findall(r"\b[A-Z]{2,}\b", self.plain.replace(".", "")))

    @cached_property
    def acronyms(self) -> frozenset[str]:
        """Initials of neighbouring capitalised words, in small letters."""
        return frozenset(found for run in runs(self.plain) for found in _initials(run))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Every form of every number."""
        return frozenset(form for number in numbers(self.plain) for form in number.forms)

    @cached_property
    def days(self) -> frozenset[tuple[str, str]]:
        """(day, month) pairs."""
        return frozenset(_days(self.plain))

    def without_dates(self) -> Known:
        """The same text, its ISO dates left out."""
        return Known(ISO.sub(" ", self.plain))


def bare_word(word: str) -> str:
    """A word without case, accents, full stops and possessive; `U.S.` and `US` are `usa`."""
    word = re.sub(r"'s?$", "", word).replace(".", "")
    if word in ("US", "USA"):
        return "usa"
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def _days(text: str) -> Iterator[tuple[str, str]]:
    for match in _DAY_MONTH.finditer(text):
        yield match[1].lstrip("0"), CALENDAR[match[2].lower()]
    for match in _MONTH_DAY.finditer(text):
        yield match[2].lstrip("0"), CALENDAR[match[1].lower()]
    for date in _dates(text):
        yield str(date.day), calendar.month_name[date.month].lower()


def _of_dates(text: str) -> set[str]:
    """Months and weekdays of ISO dates."""
    return {date.strftime(form).lower() for date in _dates(text) for form in ("%B", "%A")}


def _dates(text: str) -> Iterator[datetime.date]:
    for match in ISO.finditer(text):
        try:
            yield datetime.date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            continue


def runs(text: str, between: str = "of the and for") -> list[list[str]]:
    """Neighbouring capitalised words; two of the small ones may stand between."""
    small = rf"(?:(?:{'|'.join(between.split())}) ){{0,2}}" if between else ""
    runs = re.findall(rf"\b[A-Z][\w']*\.?(?:[ -]{small}[A-Z][\w']*\.?)+", text)
    return [[word for word in re.split(r"[ -]", run) if word[:1].isupper()] for run in runs]


def _initials(run: list[str]) -> Iterator[str]:
    letters = "".join(word[0] for word in run).lower()[:20]
    for start in range(len(letters) - 1):
        for end in range(start + 2, len(letters) + 1):
            yield letters[start:end]
