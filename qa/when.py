"""Words for days and spans of time, and what they come to on a day: `on Wednesday`, `last year`, `last week of May`.

In an article they count from the day of its publication, in a filter from today. English.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import NamedTuple

from index.dates import iso_date
from qa.known import CALENDAR

_DAYS = tuple(name.lower() for name in calendar.day_name)
_MONTHS = tuple(name.lower() for name in calendar.month_name)  # the first is ""
_WEEKDAY, _MONTH = (
    "|".join(sorted((word for word, full in CALENDAR.items() if full in names), key=len, reverse=True))
    for names in (_DAYS, _MONTHS)
)
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COUNT = {"a": 1} | {name: n for n, name in enumerate(_NUMBERS, 1)}
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}
_AHEAD = re.compile(r"\b(?:will|is to|are to|expected|scheduled|upcoming)\b")
_CLAUSE_ENDS = re.compile(r"[,;()]|\b(?:who|which|that|and|but|while)\b")
_FRONTED = 4  # characters before a weekday that begins its sentence: `On Thursday, Putin will ...`
_OF_A_STORY = "".join(f"(?<!{word} )" for word in ("the", "his", "her", "its", "their", "our", "my"))  # the next week
_WORDS = (
    rf"\b(?:(?P<day>today|tonight|yesterday|tomorrow)\b|"
    rf"(?:(?P<which>last|this|next) )?(?P<weekday>{_WEEKDAY.title()})\b|"
    rf"{_OF_A_STORY}(?P<this>last|this|next) (?P<unit>week|month|year)\b(?! of\b)|"
    rf"(?<![\w.,-])(?<!half )(?P<count>\d{{1,3}}|{'|'.join(_COUNT)}) (?P<units>day|week|month|year)s? ago\b)"
)
_RELATIVE, _ANY_CASE = re.compile(_WORDS), re.compile(_WORDS, re.IGNORECASE)
_PART_OF_MONTH = re.compile(
    rf"(?:the )?(?P<nth>{'|'.join(_ORDINALS)}) week of (?P<month>{_MONTH})(?:,? (?P<year>\d{{4}}))?"
)
_OF_MONTH = re.compile(rf"(?P<month>{_MONTH})(?:,? (?P<year>\d{{4}}))?")
_ABOUT_NOW = re.compile(
    r"\b(?:current(?:ly)?|now|nowadays|today|at present|at the moment|these days|latest|so far|still|to date|"
    r"this (?:year|month|week))\b",
    re.IGNORECASE,
)


class Period(NamedTuple):
    """A span of days, both included."""

    first: date
    last: date

    def __str__(self) -> str:
        """`2024-06-19`, `2024-05`, `2023`, else `2024-05-25 to 2024-05-31`."""
        first, last = self
        if first == last:
            return first.isoformat()
        if (first.day, last) == (1, _month_end(first)):
            return f"{first:%Y-%m}"
        if (first.month, first.day, last.month, last.day, first.year) == (1, 1, 12, 31, last.year):
            return f"{first:%Y}"
        return f"{first.isoformat()} to {last.isoformat()}"


def today() -> date:
    """The day it is, here."""
    return date.today()


def resolved(text: str, published: str | None) -> tuple[tuple[str, str], ...]:
    """(words, what they come to) of the words of `text` that count from the day of publication; none without one.

    A weekday is the last one before publication or that day itself; in a clause about what is to come (`will`,
    `expected`) the next one. Where only another clause of the sentence is about that, it is left as it is.
    """
    if published is None:
        return ()
    day, found = date.fromisoformat(published), dict[tuple[str, str], None]()
    for match in _RELATIVE.finditer(text):
        ahead = _ahead(text, match) if match["weekday"] and not match["which"] else False
        meant = None if ahead is None else _relative(match, day, ahead)
        if meant is not None:
            found[match.group(), str(meant)] = None
    return tuple(found)


def _ahead(text: str, weekday: re.Match[str]) -> bool | None:
    """Whether a weekday is one to come; None where that cannot be told."""
    if not _AHEAD.search(text):
        return False
    before = text[: weekday.start()]
    clause = _CLAUSE_ENDS.split(before)[-1]
    if weekday.start() <= _FRONTED:
        clause = " ".join(_CLAUSE_ENDS.split(text[weekday.end() :])[:2])
    return True if _AHEAD.search(clause) else None


def period(text: str, today: date) -> Period | None:
    """What a filter means: a date, `May`, `May 2024`, `2024`, `last week of May`, `yesterday`, `3 days ago`, `Monday`.

    A month or weekday without a year is the last one that has begun. None for anything else.
    """
    words = " ".join(text.split())
    try:
        return _exact(words) or _named(words.lower(), today)
    except (ValueError, OverflowError):  # there is no such day
        return None


def _exact(words: str) -> Period | None:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", words):
        return _days(date.fromisoformat(words))
    if match := re.fullmatch(r"(\d{4})(?:-(\d\d))?", words):
        first = date(int(match[1]), int(match[2] or 1), 1)
        return Period(first, _month_end(first) if match[2] else first.replace(month=12, day=31))
    day = iso_date(words)
    return _days(date.fromisoformat(day)) if day else None


def _named(words: str, today: date) -> Period | None:
    if match := _PART_OF_MONTH.fullmatch(words):
        return _week_of(_month(match, today), _ORDINALS[match["nth"]])
    if match := _OF_MONTH.fullmatch(words):
        return _month(match, today)
    match = _ANY_CASE.fullmatch(words)
    return _relative(match, today, ahead=False) if match else None


def about_now(question: str) -> bool:
    """Whether a question asks for how things are, and so for news."""
    return _ABOUT_NOW.search(question) is not None


def age(published: date, today: date) -> str:
    """How long ago, in the largest unit that fits: `3 days`, `2 months`, `1 year`."""
    days = (today - published).days
    for size, unit in ((365, "year"), (30, "month"), (7, "week"), (1, "day")):
        if number := days // size:
            return f"{number} {unit}{'s' if number > 1 else ''}"
    return "0 days"


def _relative(match: re.Match[str], day: date, ahead: bool) -> Period | None:
    try:
        return _counted(match, day, ahead)
    except (ValueError, OverflowError):  # before the year 1, or after 9999
        return None


def _counted(match: re.Match[str], day: date, ahead: bool) -> Period:
    if word := match["day"]:
        return _days(day + timedelta({"yesterday": -1, "tomorrow": 1}.get(word.lower(), 0)))
    if weekday := match["weekday"]:
        return _days(_nearest(_DAYS.index(CALENDAR[weekday.lower()]), day, (match["which"] or "").lower(), ahead))
    if unit := match["unit"]:
        return _around(day, unit.lower(), {"last": -1, "this": 0, "next": 1}[match["this"].lower()])
    count = match["count"].lower()
    number, units = _COUNT.get(count) or int(count), match["units"].lower()
    if units in ("day", "week"):
        return _days(day - timedelta(number * {"day": 1, "week": 7}[units]))
    return _around(day, units, -number)


def _days(day: date) -> Period:
    return Period(day, day)


def _nearest(weekday: int, day: date, which: str, ahead: bool) -> date:
    """The next such weekday or the last one; `this` and none at all can be the day itself."""
    forward = which == "next" or (ahead and which != "last")
    distance = (weekday - day.weekday()) % 7 if forward else -((day.weekday() - weekday) % 7)
    if not distance and which in ("last", "next"):
        distance = 7 if forward else -7
    return day + timedelta(distance)


def _around(day: date, unit: str, steps: int) -> Period:
    """The week (from Monday), month or year that is so many after the one of `day`."""
    if unit == "week":
        monday = day - timedelta(day.weekday()) + timedelta(7 * steps)
        return Period(monday, monday + timedelta(6))
    if unit == "year":
        return Period(date(day.year + steps, 1, 1), date(day.year + steps, 12, 31))
    months = day.year * 12 + day.month - 1 + steps
    first = date(months // 12, months % 12 + 1, 1)
    return Period(first, _month_end(first))


def _month(match: re.Match[str], today: date) -> Period:
    number = _MONTHS.index(CALENDAR[match["month"]])
    year = int(match["year"]) if match["year"] else today.year - (number > today.month)
    first = date(year, number, 1)
    return Period(first, _month_end(first))


def _week_of(month: Period, nth: int) -> Period:
    """Seven days of a month: from the 1st, 8th, 15th or 22nd on, or its last ones."""
    first = month.first + timedelta(7 * nth) if nth >= 0 else month.last - timedelta(6)
    return Period(first, first + timedelta(6))


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
