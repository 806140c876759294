"""How likely is it that the answer is right, and what does it look like if it is not?

Two logistic regressions over a few readable signals. The first tells questions about other things than the articles are
about; these are refused. The second is the confidence: the probability that the sentences shown answer a question that
is on topic; an answer is refused where it is too low for the risk that the user takes. A language model that has been
fitted is asked as well whether the best sentence answers the question (`qa.answerable`); what it says goes into a third
regression. The coefficients stand in `confidence.json`, written by `byline eval confidence --fit`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Literal

from qa.evidence import Candidate
from qa.kinds import kind_of, new_names, offers
from qa.known import DIGITS
from qa.polarity import denial
from qa.retrieval import Found, Query

SIGNALS = (
    "cosine",  # the best of a sentence with the question
    "coverage",  # the largest share of the question's IDF mass that a passage holds, unknown terms counted in
    "unknown",  # the share of that mass in terms that no article has
    "shown",  # the probability that one of the sentences shown is the one that answers best, without other articles
    "denial",  # the question denies what the best passage affirms, or the reverse
    "names_missing",  # the share of the question's names that are not in the best passage
    "number_missing",  # a number of the question is not in the best sentence
    "kind_offered",  # the best sentence has a number, time, name or reason, where one is asked for
    "length",  # log(1 + words of the question), five at least: hardly any was shorter when it was fitted
)
TOPIC_SIGNALS = SIGNALS[:2] + SIGNALS[3:4]  # those that tell other topics
_FEW_WORDS, _KEYWORDS = 5, 2
_LEAST = 1e-6  # a probability nearer to 0 or 1 is taken for this

MODEL_SIGNALS = ("right", "says")

Doubt = Literal["topic", "premise", "answer"]


@dataclass(frozen=True, slots=True)
class Coefficients:
    """What `byline eval confidence --fit` writes: for each signal its weight, and an intercept."""

    topic: Mapping[str, float]
    right: Mapping[str, float]
    off_topic_below: float
    models: Mapping[str, Mapping[str, float]]
    """By name of a language model: weights of `right`, as log-odds, and of those that the model gives."""


@cache
def coefficients() -> Coefficients:
    """The fitted coefficients that come with Byline."""
    values = json.loads(resources.files("qa").joinpath("confidence.json").read_text(encoding="utf-8"))
    values["models"] = {name: fitted["weights"] for name, fitted in values["models"].items()}
    return Coefficients(**{name: values[name] for name in Coefficients.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure an answer is, and what to doubt first."""

    on_topic: float  # probability that the articles are about what is asked, where half of the questions are
    right: float  # probability that the answer is right, where all are
    denied: bool  # the question denies what the articles say
    keywords: bool = False  # a word or two, to look something up: no question that could be answered wrongly
    signals: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(SIGNALS, 0.0))

    @property
    def off_topic(self) -> bool:
        """Whether the question is taken for one about other things."""
        return self.on_topic < coefficients().off_topic_below

    @property
    def value(self) -> float:
        """Probability that the answer is right."""
        return self.on_topic * self.right if self.off_topic else self.right

    def also(self, says: float | None, fitted: Mapping[str, float] | None) -> Confidence:
        """With the log-odds that a language model gives of that the best sentence answers the question.

        As it is where the model says nothing, or was not `fitted`.
        """
        if says is None or fitted is None:
            return self
        return replace(self, right=probability({"right": log_odds(self.right), "says": says}, fitted))

    def doubt(self, risk: float) -> Doubt | None:
        """What speaks against an answer at this risk of a wrong one, 0..1; at 1 nothing does."""
        if risk == 1:
            return None
        if self.off_topic:
            return "topic"
        if self.keywords or self.right >= 1 - risk:
            return None
        return "premise" if self.denied else "answer"


def confidence(query: Query, found: Sequence[Found], ranked: Sequence[Candidate], shown: int) -> Confidence:
    """How sure an answer of the first `shown` of the ranked sentences is."""
    if not ranked:
        return Confidence(0.0, 0.0, denied=False)
    told, fitted = signals(query, found, ranked, shown), coefficients()
    denied = bool(told["denial"]) and denial(query.asked, ranked[0].found.passage.text) == "denies"
    keywords = len(query.asked.split()) <= _KEYWORDS
    return Confidence(probability(told, fitted.topic), probability(told, fitted.right), denied, keywords, told)


def signals(query: Query, found: Sequence[Found], ranked: Sequence[Candidate], shown: int) -> dict[str, float]:
    """The `SIGNALS` of a question with at least one candidate sentence."""
    best = ranked[0]
    numbers, names = DIGITS.findall(query.asked), new_names(query.asked, "")
    passage = best.found.passage.text.lower()
    return {
        "cosine": max(item.cosine for item in found),
        "coverage": query.known_share * max(query.coverage(frozenset(item.passage.stems)) for item in found),
        "unknown": 1 - query.known_share,
        "shown": sum(candidate.probability for candidate in ranked[:shown]),
        "denial": float(denial(query.asked, best.found.passage.text) is not None),
        "names_missing": sum(name.lower() not in passage for name in names) / max(len(names), 1),
        "number_missing": float(any(number not in best.text for number in numbers)),
        "kind_offered": float(offers(kind_of(query.asked), best.text, query.text)),
        "length": math.log1p(max(len(query.asked.split()), _FEW_WORDS)),
    }


def probability(told: Mapping[str, float], fitted: Mapping[str, float]) -> float:
    """What a logistic regression with these coefficients makes of the signals."""
    logit = fitted["intercept"] + sum(weight * told[name] for name, weight in fitted.items() if name != "intercept")
    return 1 / (1 + math.exp(-logit))


def log_odds(probability: float) -> float:
    """The argument of the logistic function that gives this probability, 0..1; at most about 14 either way."""
    probability = min(max(probability, _LEAST), 1 - _LEAST)
    return math.log(probability) - math.log1p(-probability)
