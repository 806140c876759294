"""The numbers of a text, in digits and in words, in forms that are equal for equal numbers. For English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise

_SCALES = {
    "hundred": 2, "thousand": 3, "k": 3, "million": 6, "m": 6, "mn": 6, "mln": 6, "billion": 9, "bn": 9,
    "trillion": 12, "tn": 12,
}  # fmt: skip
_DIGITS = re.compile(
    r"(?P<currency>[$€£¥]\s?)?(?P<digits>\d+(?:[.,:]\d+)*)"
    r"(?:(?:\s|-)?(?P<scale>hundred|thousand|million|billion|trillion|k|mn|mln|m|bn|tn)(?![a-z]))?"
    r"(?:(?:\s|-)?(?P<unit>%|per\s?cent|pct|[ap]m)(?![a-z])|(?P<ordinal>st|nd|rd|th)(?![a-z])|(?P<decade>s)(?![a-z]))?",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\b([ap])\.\s?m\b\.?", re.IGNORECASE)
_BETWEEN = re.compile(r"\s?(?:-|to|and|or)\s?", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")

_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
]
_VALUES = {word: n for n, word in enumerate(_SMALL)} | {word: n for n, word in enumerate(_ORDINALS)}
_VALUES |= {word: 10 * n for n, word in enumerate(_TENS, 2)}
_VALUES |= {word[:-1] + "ieth": 10 * n for n, word in enumerate(_TENS, 2)} | {"dozen": 12}
_POWERS = {word: 10 ** _SCALES[word] for word in ("hundred", "thousand", "million", "billion", "trillion")}
_ANY = "|".join(sorted([*_VALUES, *_POWERS], key=len, reverse=True))
_SCALE = "|".join(_POWERS)
_WORDS = re.compile(  # `twenty-two`, `two hundred and fifty`, but not `first three`
    rf"\b(?:{_ANY})(?:(?<=ty)[\s-](?:{_ANY})|[\s-](?:{_SCALE})|(?<=hundred|housand|million|billion)(?:\sand)?\s(?:{_ANY}))*\b"
    r"(?:\s(?P<unit>per\s?cent))?",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\b(?:half|quarter|twice|double[ds]?|tripled?|dozens|hundreds|thousands|millions|billions)\b", re.I
)
_NO_NUMBER = re.compile(
    r"\b(?:no|any|every|some|each|the|this|that|which|another) one\b|\bone(?: (?:of|another|who|that|day)\b|'s\b)|"
    r"\bat first\b|\bfirst (?:lady|name|minister|time)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it stands, and the forms in which it may be meant: `100m` is a length or a hundred million."""

    text: str
    forms: frozenset[str]


def numbers(text: str, claimed: bool = False) -> list[Number]:
    """All numbers. `claimed`: without words that are often no numbers, as in `one of them`.

    A text that knows `4am` knows 4 as well; one that claims `4am` claims no less. Forms are decimal, with `%`, `am`,
    `pm` or `s` (of a decade) behind them; vague ones, such as `dozens`, are words.
    """
    text = _CLOCK.sub(r"\1m", text)
    found = _in_digits(text, claimed)
    rest = _DIGITS.sub(" # ", text)
    if claimed:
        rest = _NO_NUMBER.sub(" ", rest)
    words = [_in_words(match) for match in _WORDS.finditer(rest)]
    return [*found, *words, *(Number(match[0], frozenset({match[0].lower()})) for match in _VAGUE.finditer(rest))]


def _in_digits(text: str, claimed: bool) -> list[Number]:
    matches = list(_DIGITS.finditer(text))
    forms = [set(_forms(match, claimed)) for match in matches]
    for n, (one, other) in enumerate(pairwise(matches)):
        if _BETWEEN.fullmatch(text, one.end(), other.start()):
            forms[n] |= _first_of_two(one, other)
            forms[n + 1] |= _short_year(one["digits"], other["digits"])
    return [Number(match[0].strip(), frozenset(f)) for match, f in zip(matches, forms, strict=True)]


def _first_of_two(one: re.Match[str], other: re.Match[str]) -> set[str]:
    """`10 to 12 million`, `4-6pm`: what is measured stands behind the second alone."""
    if one["scale"] or one["unit"] or not (other["scale"] or other["unit"]):
        return set()
    return {_scaled(_value(one["digits"]), other["scale"]) + _unit(other)}


def _short_year(one: str, other: str) -> set[str]:
    """The 2019 of `2018-19`."""
    return {one[:2] + other} if len(one) == 4 and len(other) == 2 and one.isdigit() else set()


def _forms(match: re.Match[str], claimed: bool) -> Iterator[str]:
    value, unit = _value(match["digits"]), _unit(match)
    if unit in ("am", "pm"):
        value = re.sub(r"[.:]00$", "", match["digits"].replace(".", ":")).lstrip("0")
        if not claimed:
            yield value  # "around 4" of "4am", but not the reverse
    yield _scaled(value, match["scale"]) + unit
    if unit == "s":
        yield value[-2:] + unit  # the 90s
    if (match["scale"] or "").lower() == "m" and not match["currency"]:
        yield value  # metres


def _unit(match: re.Match[str]) -> str:
    unit = (match["unit"] or "").lower()
    if unit in ("", "am", "pm"):
        return unit or ("s" if match["decade"] else "")
    return "%"


def _value(digits: str) -> str:
    """`1,200` and `1200`; `3.50` and `3.5`; the `05` of a date and `5`."""
    if _GROUPED.fullmatch(digits):
        digits = digits.replace(",", "")
    digits = re.sub(r"^0+(?=\d)", "", digits)
    digits = re.sub(r":00$", "", digits)
    return digits.rstrip("0").rstrip(".") if re.fullmatch(r"\d+\.\d+", digits) else digits


def _scaled(value: str, scale: str | None) -> str:
    if not scale:
        return value
    try:
        number = Decimal(value).scaleb(_SCALES[scale.lower()])
    except InvalidOperation:
        return f"{value} {scale.lower()}"
    return _value(f"{number:f}")


def _in_words(match: re.Match[str]) -> Number:
    total, part = 0, 0
    for word in re.findall(r"[a-z]+", match[0].lower()):
        if word in _VALUES:
            part += _VALUES[word]
        elif word == "hundred":
            part = max(part, 1) * 100
        elif word in _POWERS:
            total, part = total + max(part, 1) * _POWERS[word], 0
    form = str(total + part) + ("%" if match["unit"] else "")
    return Number(match[0], frozenset({form}))
