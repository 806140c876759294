"""How likely is a span of the evidence to be the short answer, word for word?

A logistic regression of what a model says of it, what it is made of, and what stands around it, in the way of the
baseline of Rajpurkar et al. (2016, SQuAD). `byline eval short --fit` writes the weights of a model into `short.json`.
A small model likes many spans; the rest tells a number from a year, and the whole of a name from a part of it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import takewhile

import numpy as np
import numpy.typing as npt

from index.terms import STOP_WORDS
from qa.kinds import Kind, has_number, has_time, kind_of
from qa.known import DAY, MONTH
from qa.models import Citation
from qa.stems import stems

MOST_WORDS = 10
FEATURES = (
    # what the model says
    "likelihood",  # log probability of the words and of their end
    "mean",  # the same per token
    "least",  # of the least likely token
    "first",  # of the first one
    "behind",  # by how much another span is likelier, at most `_FAR`
    "shorter",  # the model would have gone on
    # the sentence
    "evidence",  # logarithm of the probability that it answers, from `qa.evidence`
    "coverage",  # share of the question's words that it or the title has
    "sentence",  # log(words)
    # what is asked for, and whether this is it
    "asks_number",
    "asks_time",
    "asks_name",
    "number",
    "number_alone",  # at most three words of content that begin with it
    "number_whole",  # not a part of a longer one
    "counted",  # what is counted stands behind it: 308 `points` of `how many points`
    "percent",
    "time",
    "time_whole",
    "year",
    "time_missing",
    "name",
    "rivals",  # log(1 + other words of the kind that is asked for, in its sentence and not in the question)
    "pair",  # two or both are asked for, and it has an `and`
    "pair_missing",
    "stray_number",  # none is asked for
    "stray_year",  # a number is asked for
    "other_name",  # it is a name, and none is asked for by `who` or `where`
    # its edges
    "words",  # log(1 + words)
    "long",  # more than six
    "echo",  # share of its words that the question says already
    "topic",  # share of them that the title or the name of the file says
    "function_first",  # it begins with a function word that is no determiner
    "function_last",  # it ends with one
    "function_words",  # share of them
    "lone_word",  # in lower case
    "comma",  # or the like, within it
    "cut_left",  # the word before has a capital, too
    "cut_right",
    "after_preposition",
    "after_determiner",
    "before_break",  # punctuation or a function word follows
    # words of the question around it
    "near",  # how many within three words
    "around",  # within six
    "before_is_asked",  # the content word before it stands in the question
    "after_is_asked",
    "after_is_verb",  # ... right after what is asked for: `led` of `who led the team`
    "before_is_last",  # ... at its end: `created` of `what had she created`
    "noun_within",  # it holds what it is to be: `river` of `which river`
    "noun_beside",
)
Matrix = npt.NDArray[np.float64]

_FAR = 8.0
_WORD = re.compile(r"\S+")
_BARE = re.compile(r"^[^\w$£€-]+|[^\w%]+$")
_ASKING = frozenset({"what", "which", "who", "whom", "whose", "when", "where", "why", "how"})
_AUXILIARIES = "did does do was were is are has have had can could will would the a an of kind type name"
_AUXILIARY = frozenset(_AUXILIARIES.split())
_MEASURED = frozenset({"many", "much", "old", "long", "far"})
_BEFORE_IT = """
    in on at by from of for with to between during after before until since about over around under as into through
    near than nearly approximately some
"""
_PREPOSITIONS = frozenset(_BEFORE_IT.split())
_DETERMINERS = frozenset({"the", "a", "an", "his", "her", "its", "their", "this", "that", "these", "those"})
_YEAR = re.compile(r"(?:the )?(?:1\d{3}s?|20\d\ds?)")
_QUALIFIERS = "over|about|around|nearly|almost|approximately|roughly|(?:more|less|fewer) than|at (?:least|most)|up to"
_QUALIFIER_BEFORE = re.compile(rf"\b(?:{_QUALIFIERS})\s$", re.IGNORECASE)
_BEFORE_YEAR = re.compile(rf"(?<!\S)(?:{DAY}\s{MONTH},?|{MONTH}(?:\s{DAY},)?)\s$")
_BEFORE_MONTH = re.compile(rf"(?<!\S){DAY}\s$")
_YEAR_FIRST = re.compile(r"(?:1\d{3}|20\d\d)\b")
_MONTH_FIRST = re.compile(rf"{MONTH}(?!\w)")
_BY_YEAR = re.compile(r"\b(?:what|which) year\b", re.IGNORECASE)
_PERCENT = re.compile(r"%|per\s?cent")
_PAIR = frozenset({"two", "both"})
_NOUN_WORDS = 3  # of `what political party of ...`


@dataclass(frozen=True, slots=True)
class Short:
    """Words of a sentence of the evidence: `evidence[source].quote[start:end] == text`."""

    text: str
    source: int
    start: int
    end: int
    probability: float | None  # that it is right, word for word; None where the model gives no likelihoods


@dataclass(frozen=True, slots=True)
class Copied:
    """A span that a model could copy, and the log probability of each of its tokens and of its end."""

    short: Short
    logprobs: tuple[float, ...]
    shorter: bool = False  # the model would have gone on: it is the beginning of a span

    @property
    def likelihood(self) -> float:
        """Natural logarithm of the probability that the model says just this."""
        return sum(self.logprobs)


@dataclass(frozen=True)
class Weights:
    """What `byline eval short --fit` writes for a model."""

    features: dict[str, float]
    intercept: float
    show_above: float  # probability from which on a span is shown
    fitted_on: str

    def probabilities(self, matrix: Matrix) -> Matrix:
        """That each span is right; `matrix` has the shape `(n, len(FEATURES))`."""
        logits = self.intercept + matrix @ np.array([self.features[name] for name in FEATURES])
        found: Matrix = 1 / (1 + np.exp(-logits))
        return found


@cache
def fitted() -> dict[str, Weights]:
    """The weights that come with Byline, by name of the model. One that is not there picks by likelihood alone."""
    values = json.loads(resources.files("qa").joinpath("short.json").read_text(encoding="utf-8"))
    return {name: Weights(**weights) for name, weights in values["models"].items()}


def widened(question: str, evidence: Sequence[Citation], spans: Sequence[Copied]) -> list[Copied]:
    """The spans; one that lacks a qualifier or the rest of its date gets it: `over 5,100`, `May 18, 1756`.

    A year that is asked for stays alone. Each place once, as what comes first in `spans` has it.
    """
    found: dict[tuple[int, int, int], Copied] = {}
    by_year = _BY_YEAR.search(question) is not None
    for span in spans:
        short, quote = span.short, evidence[span.short.source].quote
        start = _widened_start(quote[: short.start], short.text, by_year)
        if len(quote[start : short.end].split()) > MOST_WORDS:
            start = short.start
        wide = replace(short, text=quote[start : short.end], start=start)
        found.setdefault((short.source, start, short.end), replace(span, short=wide))
    return list(found.values())


def _widened_start(before: str, text: str, by_year: bool) -> int:
    """Where a span that stands behind `before` begins, with what belongs to it."""
    match = None
    if not by_year:
        match = _BEFORE_YEAR.search(before) if _YEAR_FIRST.match(text) else None
        match = match or (_BEFORE_MONTH.search(before) if _MONTH_FIRST.match(text) else None)
    if match is None and has_number(text.split()[0]):
        match = _QUALIFIER_BEFORE.search(before)
    return match.start() if match else len(before)


def features(question: str, evidence: Sequence[Citation], spans: Sequence[Copied]) -> Matrix:
    """One row for each span, in the order of `FEATURES`."""
    asked = _asked(question)
    best = max((span.likelihood for span in spans), default=0.0)
    rows = []
    for span in spans:
        citation = evidence[span.short.source]
        place = _place(citation.quote, span.short)
        found = _said(span, best) | _kinds(asked, place) | _edges(asked, place) | _around(asked, place)
        found |= {"evidence": math.log(max(citation.score, 1e-4)), "sentence": math.log(place.words)}
        found |= {"topic": _topic(citation, place), "coverage": _coverage(citation, asked)}
        rows.append([float(found[name]) for name in FEATURES])
    return np.array(rows).reshape(len(rows), len(FEATURES))


@dataclass(frozen=True, slots=True)
class _Question:
    kind: Kind
    words: frozenset[str]
    stems: frozenset[str]
    noun: frozenset[str]  # stems of what the answer is to be, or of what is counted
    verb: frozenset[str]
    last: frozenset[str]
    by_year: bool
    pair: bool
    in_percent: bool


def _asked(question: str) -> _Question:
    words = [word.lower() for word in re.findall(r"\w\w+|\d", question)]
    at = next((n for n, word in enumerate(words) if word in _ASKING), None)
    rest = words[at + 1 :] if at is not None else []
    content = [word for word in words if word not in STOP_WORDS and word not in _AUXILIARY]
    return _Question(
        kind_of(question),
        frozenset(words),
        frozenset(stems(question)),
        _noun(words[at], rest) if at is not None else frozenset(),
        _stems(next((word for word in rest if word not in _AUXILIARY), "")),
        _stems(content[-1] if content else ""),
        _BY_YEAR.search(question) is not None,
        not _PAIR.isdisjoint(words),
        any(word.startswith("percent") for word in words),
    )


def _noun(asking: str, rest: Sequence[str]) -> frozenset[str]:
    """Stems of the words behind `what` or `how many`, up to the next function word: `political party`, `points`."""
    if asking not in ("what", "which", "how"):
        return frozenset()
    if rest and rest[0] in _MEASURED:
        rest = rest[1:]
    own = takewhile(lambda word: word not in _AUXILIARY and word not in STOP_WORDS, rest[:_NOUN_WORDS])
    return _stems(*own)


@dataclass(frozen=True, slots=True)
class _Place:
    """A span in its sentence. The words have no punctuation around them."""

    text: str
    before: Sequence[str]
    span: Sequence[str]
    after: Sequence[str]
    joined_left: bool  # nothing but a space is between it and the word before
    joined_right: bool
    breaks: bool  # there is punctuation behind it, or nothing

    @property
    def words(self) -> int:
        return len(self.before) + len(self.span) + len(self.after)

    @property
    def content(self) -> list[str]:
        return [word for word in self.span if word.lower() not in STOP_WORDS]


def _place(sentence: str, short: Short) -> _Place:
    before, after = sentence[: short.start], sentence[short.end :]
    left, right = _bare_words(before), _bare_words(after)
    gap = _WORD.match(after)
    return _Place(
        short.text,
        left,
        _bare_words(short.text) or [short.text],
        right,
        bool(left) and before.rstrip().endswith(left[-1]) and before[-1:].isspace(),
        bool(right) and after[:1].isspace() and after.lstrip().startswith(right[0]),
        not right or gap is not None or bool(re.match(r"\W+[,;:.()!?]", after)),
    )


def _bare_words(text: str) -> list[str]:
    return [word for match in _WORD.finditer(text) if (word := _BARE.sub("", match.group()))]


def _said(span: Copied, best: float) -> dict[str, float]:
    return {
        "likelihood": span.likelihood,
        "mean": span.likelihood / len(span.logprobs),
        "least": min(span.logprobs),
        "first": span.logprobs[0],
        "behind": min(_FAR, best - span.likelihood),
        "shorter": span.shorter,
    }


def _kinds(asked: _Question, place: _Place) -> dict[str, float]:
    number, time, name = any(map(has_number, place.span)), has_time(place.text), _is_name(place)
    new = any(word.lower() not in asked.words for word in place.content)
    asks_number, asks_time = asked.kind == "number", asked.kind == "time"
    asks_name = asked.kind in ("person", "place")
    beside = [*(place.before[-1:] if place.joined_left else []), *(place.after[:1] if place.joined_right else [])]
    return {
        "asks_number": asks_number,
        "asks_time": asks_time,
        "asks_name": asks_name,
        "number": asks_number and number,
        "number_alone": asks_number and number and len(place.content) <= 3 and has_number(place.content[0]),
        "number_whole": asks_number and number and not any(map(has_number, beside)),
        "counted": asks_number and number and not asked.noun.isdisjoint(_stems(*place.after[:1])),
        "percent": asked.in_percent and _PERCENT.search(place.text) is not None,
        "time": asks_time and time,
        "time_whole": asks_time and time and not any(map(has_time, beside)),
        "year": (asks_time or asked.by_year) and _YEAR.fullmatch(place.text) is not None,
        "time_missing": asks_time and not time,
        "name": asks_name and name and new,
        "rivals": math.log1p(_rivals(asked, place)),
        "pair": asked.pair and "and" in place.span,
        "pair_missing": asked.pair and "and" not in place.span,
        "stray_year": asks_number and _YEAR.fullmatch(place.text) is not None,
        "stray_number": not (asks_number or asks_time) and number,
        "other_name": not asks_name and name,
    }


def _rivals(asked: _Question, place: _Place) -> int:
    others = [word for word in (*place.before[1:], *place.after) if word.lower() not in asked.words]
    if asked.kind == "number":
        return sum(has_number(word) and not _YEAR.fullmatch(word) for word in others)
    if asked.kind == "time":
        return sum(map(has_time, others))
    return sum(word[:1].isupper() for word in others)


def _is_name(place: _Place) -> bool:
    return bool(place.content) and all(word[:1].isupper() for word in place.content)


def _edges(asked: _Question, place: _Place) -> dict[str, float]:
    words = [word.lower() for word in place.span]
    previous = place.before[-1].lower() if place.before else ""
    following = place.after[0].lower() if place.after else ""
    return {
        "words": math.log1p(len(words)),
        "long": len(words) > 6,
        "echo": sum(word in asked.words for word in words) / len(words),
        "function_first": words[0] in STOP_WORDS and words[0] not in _DETERMINERS,
        "function_last": words[-1] in STOP_WORDS,
        "function_words": 1 - len(place.content) / len(words),
        "lone_word": len(words) == 1 and place.span[0].islower() and not has_number(place.span[0]),
        "comma": any(sign in place.text for sign in ",;:()"),
        "cut_left": place.joined_left and previous not in STOP_WORDS and _capital(place.before[-1], place.span[0]),
        "cut_right": place.joined_right and _capital(place.span[-1], place.after[0]),
        "after_preposition": previous in _PREPOSITIONS,
        "after_determiner": previous in _DETERMINERS,
        "before_break": place.breaks or following in STOP_WORDS,
    }


def _coverage(citation: Citation, asked: _Question) -> float:
    return len(asked.stems & _stems(citation.quote, citation.title or "")) / max(1, len(asked.stems))


def _topic(citation: Citation, place: _Place) -> float:
    about = _stems(citation.title or "", re.sub(r"\W|_", " ", citation.file))
    said = stems(place.text)
    return sum(stem in about for stem in said) / len(said) if said else 0.0


def _capital(*words: str) -> bool:
    return all(word[:1].isupper() for word in words)


def _around(asked: _Question, place: _Place) -> dict[str, float]:
    content = [word for word in place.before if word.lower() not in STOP_WORDS]
    before = _stems(*content[-1:])
    content = [word for word in place.after if word.lower() not in STOP_WORDS]
    after = _stems(*content[:1])
    return {
        "near": len(asked.stems & _stems(*place.before[-3:], *place.after[:3])),
        "around": len(asked.stems & _stems(*place.before[-6:], *place.after[:6])),
        "before_is_asked": not asked.stems.isdisjoint(before),
        "after_is_asked": not asked.stems.isdisjoint(after),
        "after_is_verb": not asked.verb.isdisjoint(after),
        "before_is_last": not asked.last.isdisjoint(before),
        "noun_within": not asked.noun.isdisjoint(_stems(*place.span)),
        "noun_beside": not asked.noun.isdisjoint(before | after),
    }


def _stems(*words: str) -> frozenset[str]:
    return frozenset(stems(" ".join(words)))
