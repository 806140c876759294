"""Numbers, dates, names and quotations of a sentence: do they stand in what it cites? For English.

A value is looked for whatever its form: `twelve` and `12`, `1,200` and `1200`, `$1.2m` and `1.2 million`, `June 20` and
`2024-06-20`, `Müller's` and `Muller`, `UN` and `United Nations`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.known import ISO, Known, plain
from qa.names import joined_names, missing_names, names
from qa.numbers import numbers

_QUOTED = re.compile(r'"([^"]*)(?:"|$)|(?<![\w"])\'(?=\w)([^"]*?[^\s"])\'(?!\w)')
_CLOSES = re.compile(r'[^"]*[^\s"(]"(?:[\s.,;:!?]|$)')


def values(sentence: str) -> str:
    """The numbers and names of a sentence, which `missing_facts` looks for."""
    text = plain(sentence)
    return " ".join([*(number.text for number in numbers(text)), *(word for word, _ in names(text))])


def missing_facts(sentence: str, sources: Known, context: Known, question: str = "") -> list[str]:
    """What the sentence states and its sources do not, in words: `the number 12`, `the name Hanoi`.

    `context` supplies words too, and its dates supply dates, but no other numbers.
    """
    said = Known(sentence)
    return [
        *_missing_quotations(said, sources, context),
        *_missing_numbers(said, sources, context),
        *missing_names(said, sources, context, Known(question)),
        *joined_names(said, sources, context),
    ]


# -- quotations


def quotations(text: str) -> list[str]:
    """The words between quotation marks of `plain(text)`; one that is never closed goes to the end."""
    if text.count('"') % 2 and _CLOSES.match(text):  # the end of a quotation that began in a sentence before
        text = f'"{text}'
    return [quoted.strip() for match in _QUOTED.finditer(text) if (quoted := match[1] or match[2] or "").strip()]


def _missing_quotations(said: Known, sources: Known, context: Known) -> Iterator[str]:
    texts = [_unquoted(known.plain) for known in (sources, context)]
    for quoted in quotations(said.plain):
        wanted = _unquoted(quoted).strip(" .,;:!?")
        if wanted and not any(_stands(wanted, text) for text in texts):
            yield f"the quotation “{quoted}”"


def _unquoted(text: str) -> str:
    """Without quotation marks; apostrophes inside words stay."""
    return " ".join(re.sub(r"\"|(?<!\w)'|'(?!\w)", "", text).split())


def _stands(wanted: str, text: str) -> bool:
    forms = (wanted, wanted[0].swapcase() + wanted[1:])
    return any(re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text) for form in forms)


# -- numbers and dates


def _missing_numbers(said: Known, sources: Known, context: Known) -> Iterator[str]:
    of_dates = {day for day, month in said.days if (day, month) in context.days}
    of_dates |= {match[1] for match in ISO.finditer(context.plain)}
    known = sources.numbers | context.without_dates().numbers | of_dates
    for number in numbers(said.plain, claimed=True):
        if not number.forms & known:
            yield f"the number {number.text}"
    for day, month in sorted(said.days):
        if (day, month) not in sources.days | context.days and not _in_span(day, month, sources.plain):
            yield f"the date {month.capitalize()} {day}"


def _in_span(day: str, month: str, text: str) -> bool:
    """Whether the text may say `18-20 June`, `June 18 and 20`: the day is near the month."""
    return bool(re.search(rf"\b{day}\b[^.]{{0,20}}\b{month}|\b{month}\b[^.]{{0,20}}\b{day}\b", text, re.IGNORECASE))
