"""Publication dates, in the forms that files give them."""

from __future__ import annotations

import datetime
import re
from email.utils import parsedate_to_datetime

_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY_MONTH_YEAR = re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)? {_MONTH},? (?P<year>\d{{4}})")
_MONTH_DAY_YEAR = re.compile(rf"{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})")
DATE_IN_WORDS = re.sub(r"\?P<\w+>", "?:", f"{_DAY_MONTH_YEAR.pattern}|{_MONTH_DAY_YEAR.pattern}")
"""A pattern for English dates with the month in letters, to look for in either case."""
_WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? ")
_EARLIEST_YEAR = 1500  # 0001-01-01 is how some tools write "no date"


def iso_date(value: object) -> str | None:
    """`YYYY-MM-DD` from a date, a datetime or a string with day, month and year; None for anything else.

    Read are ISO 8601, RFC 2822 and English dates with the month in letters. 06/07/2024 is not: it is two dates. The
    day is the one that is written, in whatever time zone.
    """
    if isinstance(value, datetime.date):
        date: datetime.date | None = value
    elif isinstance(value, str) and len(value) <= 100:
        date = _parse_date(" ".join(value.split()))
    else:
        date = None
    return date.strftime("%Y-%m-%d") if date and date.year >= _EARLIEST_YEAR else None


def _parse_date(text: str) -> datetime.date | None:
    for parse in (datetime.datetime.fromisoformat, _from_words, parsedate_to_datetime):
        try:
            return parse(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def _from_words(text: str) -> datetime.date:
    """`20 June 2024`, `Thursday, June 20th, 2024`. Raises ValueError for anything else."""
    bare = _WEEKDAY.sub("", text.lower(), count=1)
    match = _DAY_MONTH_YEAR.fullmatch(bare) or _MONTH_DAY_YEAR.fullmatch(bare)
    if not match:
        raise ValueError(text)
    return datetime.date(int(match["year"]), 1 + _MONTHS.index(match["month"][:3]), int(match["day"]))
