"""When an article was published, from its file name or its first lines: for files that carry no date of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.dates import DATE_IN_WORDS, iso_date

_LINES, _HEAD, _LONGEST = 8, 1_500, 200  # lines and characters in which a date line stands; characters of it
_IN_NAME = re.compile(
    r"(?<![0-9A-Za-z])((?:19|20)\d\d|18\d\d(?=[-_./]))([-_./]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?![0-9A-Za-z])"
)
_DATE = rf"(?:\w+day,? )?(?P<date>\d{{4}}-\d\d-\d\d|(?i:{DATE_IN_WORDS}))"
_TIME = r"(?:T[\d:.]+Z?|(?:,| at| -| \||)? ?\d{1,2}[:.]\d\d(?: ?[ap]\.?m\.?)?(?: [A-Z]{2,4})?)?"
_MADE = r"(?i:(?:first )?(?:published|posted|issued|filed|released|date|updated)(?: on| at)?:? ?)?"
_CITY = r"[A-Z][A-Z .'/-]+"
_NAME = r"[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]*){0,4}"
_AGENCY = r"\([^)]{2,40}\)"
_FORMS = tuple(
    re.compile(form)
    for form in (
        # Published: 20 June 2024; Posted on June 20, 2024 at 4:50 pm; the date alone
        rf"{_MADE}{_DATE}{_TIME}",
        # By Anna Berg | June 20, 2024
        rf"(?i:By) {_NAME}(?:(?:,| and|,? &) {_NAME}){{0,3}} ?[|·,–—-] ?{_DATE}{_TIME}",
        # HANOI, Vietnam, June 20, 2024 - Putin landed ...
        rf"{_CITY}(?:, [A-Z][A-Za-z .]+?)?, ?{_DATE}(?: ?{_AGENCY})? ?[–—-] .*",
        # HANOI - June 20, 2024 (Reuters) - Putin landed ...
        rf"{_CITY}(?:, [A-Z][A-Za-z .]+?)? ?[–—-] ?{_DATE} ?{_AGENCY} ?[–—-] .*",
        # HANOI (Reuters), June 20, 2024 - Putin landed ...
        rf"{_CITY} ?{_AGENCY},? ?[–—-]? ?{_DATE} ?[–—-] .*",
    )
)


def date_in_name(file: str) -> str | None:
    """The ISO date in the path of a file, the last one: `2024/06/20/pact.txt`, `2024-06-20_pact.md`, `20240620.txt`."""
    for match in reversed(list(_IN_NAME.finditer(file))):
        if date := iso_date(f"{match[1]}-{match[3]}-{match[4]}"):
            return date
    return None


def date_at_head(text: str) -> str | None:
    """The ISO date of a date line, by-line or dateline (`HANOI, June 20, 2024 (Reuters) -`) among the first lines.

    A date that the article tells of is none: the line has to be made for it. Without a year there is no date.
    """
    for line in _first_lines(text):
        for form in _FORMS:
            if (match := form.fullmatch(line)) and (date := iso_date(match["date"])):
                return date
    return None


def _first_lines(text: str) -> Iterator[str]:
    lines = (" ".join(line.strip(" \t*_#>").split()) for line in text[:_HEAD].splitlines())
    for number, line in enumerate(filter(None, lines)):
        if number >= _LINES:
            return
        yield line[:_LONGEST]
