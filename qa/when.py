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
_UNITS = "day|week|month|year"
_AHEAD = re.compile(r"\b(?:will|plans?|planned|expected|scheduled|due|is to|are to|upcoming|next)\b", re.IGNORECASE)
_RELATIVE = re.compile(
    rf"\b(?:(?P<day>today|tonight|yesterday|tomorrow)|(?:(?P<which>last|this|next) )?(?P<weekday>{_WEEKDAY.title()})\b|"
    rf"(?P<this>last|this|next) (?P<unit>{_UNITS})\b(?! of\b)|"
    rf"(?P<count>\d+|{'|'.join(_COUNT)}) (?P<units>{_UNITS})s? ago)",
)
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

    A weekday is the last one before publication or that day itself, and the next one in a sentence about what is to
    come (`will`, `expected`).
    """
    if published is None:
        return ()
    day, ahead = date.fromisoformat(published), bool(_AHEAD.search(text))
    return tuple(
        dict.fromkeys((match.group(), str(_relative(match, day, ahead))) for match in _RELATIVE.finditer(text))
    )


def period(text: str, today: date) -> Period | None:
    """What a filter means: a date, `May`, `May 2024`, `2024`, `last week of May`, `yesterday`, `3 days ago`, `Monday`.

    A month or weekday without a year is the last one that has begun. None for anything else.
    """
    words = " ".join(text.split())
    if exact := iso_date(words):
        return Period(*[date.fromisoformat(exact)] * 2)
    if re.fullmatch(r"(?:1[5-9]|20)\d\d", words):
        return Period(date(int(words), 1, 1), date(int(words), 12, 31))
    low = words.lower()
    if match := _PART_OF_MONTH.fullmatch(low):
        return _week_of(_month(match, today), _ORDINALS[match["nth"]])
    if match := _OF_MONTH.fullmatch(low):
        return _month(match, today)
    match = _RELATIVE.fullmatch(low) or _RELATIVE.fullmatch(low.title())
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


def _relative(match: re.Match[str], day: date, ahead: bool) -> Period:
    if word := match["day"]:
        return _days(day + timedelta({"yesterday": -1, "tomorrow": 1}.get(word.lower(), 0)))
    if weekday := match["weekday"]:
        return _days(_nearest(_DAYS.index(CALENDAR[weekday.lower()]), day, match["which"], ahead))
    if unit := match["unit"]:
        return _around(day, unit, {"last": -1, "this": 0, "next": 1}[match["this"].lower()])
    count = match["count"].lower()
    number = _COUNT.get(count) or int(count)
    if match["units"] in ("day", "week"):
        return _days(day - timedelta(number * {"day": 1, "week": 7}[match["units"]]))
    return _around(day, match["units"], -number)


def _days(day: date) -> Period:
    return Period(day, day)


def _nearest(weekday: int, day: date, which: str | None, ahead: bool) -> date:
    """The next such weekday or the last one; `this` and none at all can be the day itself."""
    forward = which == "next" or (ahead and which != "last")
    distance = (weekday - day.weekday()) % 7 if forward else -((day.weekday() - weekday) % 7)
    if not distance and which in ("last", "next"):
        distance = 7 if forward else -7
    return day + timedelta(distance)


def _around(day: date, unit: str, steps: int) -> Period:
    """The week (from Monday), month or year that is so many after the one of `day`."""
    if unit == "day":
        return _days(day + timedelta(steps))
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
