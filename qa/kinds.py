"""What kind of answer a question wants, and whether a sentence offers one: a number, a time, a name, a reason."""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["number", "time", "person", "place", "reason", "other"]

_OF = r"(?:what|which)(?:['’]s| (?:is|are|was|were)) the (?:(?-i:[a-z]+) )?"  # `what was the median` age
# A `who` or a `when` behind another word that asks belongs to what is asked about: `what do people who ... want?`
_ASKING = "what|which|why|how"
_WORDED: tuple[tuple[Kind, str], ...] = (
    (
        "number",
        r"\bhow (?:many|much|old|long|tall|far|large|big|high|often|fast|deep|wide|heavy)\b|"
        rf"\bwhat (?:number|amount|age|share)\b|\b{_OF}(?:population|number|amount|age)\b|\bpercent(?:age)?\b",
    ),
    (
        "time",
        rf"^(?:(?!\b(?:{_ASKING}|who)\b).)*\bwhen\b|\bhow recently\b|\b{_OF}(?:date|year|day)\b|"
        r"\b(?:what|which) (?:years?|dates?|days?|months?|times?|century|decade|weekday)\b",
    ),
    (
        "person",
        rf"^(?:(?!\b(?:{_ASKING})\b).)*\b(?!(?-i:WHO))who(?:m|se)?\b|"
        r"\b(?:what|which) (?:person|man|woman|player|president|minister|king|queen|leader|author)\b",
    ),
    (
        "place",
        rf"^(?:(?!\b(?:{_ASKING})\b).)*\bwhere\b|"
        r"\b(?:what|which) (?:city|country|place|state|town|area|region|location|river|continent)\b",
    ),
    ("reason", r"\bwhy\b|\b(?:what|which) (?:reason|caused)\b"),
)
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE | re.DOTALL)) for kind, pattern in _WORDED)
_NUMBER_WORDS = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    r"nineteen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundreds?|thousands?|millions?|billions?|trillions?|half|quarter|"
    r"third|dozens?|percent|once|twice|single|both)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:Jan(?:uary)?|Feb(?:ruary)?|March|April|May|June|July|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|"
    r"Dec(?:ember)?|1\d{3}s?|20\d\ds?|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|[ap]\.?m|century|centuries|today|yesterday|"
    r"tomorrow|noon|midnight)\b"
)
_REASON = re.compile(
    r"\b(?:because|due to|since|as a result|in order|therefore|thus|caused?|reasons?|so that|owing to|after|"
    r"to [a-z]+)\b"
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"\b[A-Z][\w’'-]+")
_PRONOUN = re.compile(r"[\"“‘']?(?:He|She|It|They|This|These|That|Those|His|Her|Their|Its)\b")


def kind_of(question: str) -> Kind:
    """The kind of answer that a question asks for; the first that fits counts."""
    return next((kind for kind, pattern in _PATTERNS if pattern.search(question)), "other")


def has_number(text: str) -> bool:
    """Whether there is a number in it, in digits or in words."""
    return _NUMBER.search(text) is not None or _NUMBER_WORDS.search(text) is not None


def has_time(text: str) -> bool:
    """Whether there is a year, a month, a day of the week or the like in it."""
    return _TIME.search(text) is not None


def offers(kind: Kind, sentence: str, question: str) -> bool:
    """Whether `sentence` has something of that kind that the question does not say already."""
    if kind == "number":
        return bool(new_numbers(sentence, question)) or bool(_NUMBER_WORDS.search(sentence))
    if kind == "time":
        return has_time(sentence)
    if kind in ("person", "place"):
        return bool(new_names(sentence, question))
    if kind == "reason":
        return bool(_REASON.search(sentence))
    return True


def new_numbers(sentence: str, question: str) -> list[str]:
    """Numbers in digits that the question does not hold."""
    known = set(_NUMBER.findall(question))
    return [number for number in _NUMBER.findall(sentence) if number not in known]


def new_names(sentence: str, question: str) -> list[str]:
    """Capitalised words after the first character that the question does not hold."""
    known = {name.lower() for name in _NAME.findall(question)}
    return [name for name in _NAME.findall(sentence[1:]) if name.lower() not in known]


def leans_back(sentence: str) -> bool:
    """Whether it starts with a pronoun, so that its subject stands in a sentence before."""
    return bool(_PRONOUN.match(sentence))
