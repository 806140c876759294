"""Is one sentence of a draft supported by the sentences that it cites?

What can be looked up must be there: quotations, numbers, dates and names (`qa.facts`), negations, directions and who
did it to whom (`qa.polarity`). What cannot be looked up is estimated: a logistic regression over the share of words
that are covered and the similarity of meaning, with the weights and the threshold of `support.json`, which
`byline eval checker --fit` writes. All of it is for English; in other languages little but quotations passes.

Not seen are: a claim made of true words in a wrong relation (unless two neighbouring names change places around a
verb), for which `qa.draft` asks `qa.order`, and a paraphrase that turns the meaning, or a supposition that a source
makes, in words that the rules lack.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from index.embed import Embedder, Vectors
from qa.entailment import Entailment
from qa.facts import missing_facts, values
from qa.known import Known
from qa.polarity import flips
from qa.stems import stems

LONGEST = 2_000  # characters; no sentence that answers a question is longer
ENTAILED = 0.5  # probability that an NLI model must give, where there is one
FEATURES = (
    "coverage",  # share of the sentence's stems that its sources or their title hold
    "cosine",  # with its sources together
    "missing",  # log(1 + facts that are missing or turned round)
)


_FREE = frozenset(stems("say said according also report reported state stated mr mrs ms dr"))  # who says it
_NAME_OR_NUMBER = re.compile(r"^[A-Z]|[\d.]")  # `qa.facts` has looked for them, in whatever form


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence with what it cites. `context`: words known beside the sources; `question`: what was asked."""

    sentence: str
    sources: tuple[str, ...]
    context: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence may be shown. `score` in 0..1 is the estimate; `why` what is missing, in words."""

    supported: bool
    score: float
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class Support:
    """What `byline eval checker --fit` writes."""

    features: dict[str, float]
    intercept: float
    threshold: float  # of the score, from which on a sentence without missing facts is supported

    def score(self, features: Sequence[float]) -> float:
        """Probability that a sentence with these features, in the order of `FEATURES`, is supported."""
        weights = (self.features[name] for name in FEATURES)
        logit = self.intercept + sum(weight * value for weight, value in zip(weights, features, strict=True))
        return 1 / (1 + math.exp(-logit))


@cache
def support() -> Support:
    """The fitted weights that come with Byline."""
    values = json.loads(resources.files("qa").joinpath("support.json").read_text(encoding="utf-8"))
    return Support(**{name: values[name] for name in Support.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of a claim before it is judged."""

    features: tuple[float, ...]
    why: tuple[str, ...]


class Checker:
    """Checks sentences; safe to share between threads. `nli_model` is loaded on first use."""

    def __init__(self, embedder: Embedder, nli_model: str = "") -> None:
        self.embedder = embedder
        self._entailment = Entailment(nli_model) if nli_model else None

    @property
    def entails(self) -> bool:
        """Whether an entailment model is asked as well."""
        return self._entailment is not None

    def check(self, sentence: str, sources: Sequence[str], context: str = "", question: str = "") -> Verdict:
        """Whether `sources`, the cited sentences, say what `sentence` says.

        `context`: what is known beside them, as the title and the date (`2024-06-20`) of the cited file. `question`: a
        name that it gives may stand for a source's `he`; it is no evidence of anything else.
        """
        return self.check_all([Claim(sentence, tuple(sources), context, question)])[0]

    def check_all(self, claims: Sequence[Claim]) -> list[Verdict]:
        """A verdict for each claim, in order; all are embedded together."""
        readable = [n for n, claim in enumerate(claims) if not _unfit(claim)]
        signals = dict(zip(readable, self.signals([claims[n] for n in readable]), strict=True))
        return [
            self.judge(claim, signals[n]) if n in signals else Verdict(False, 0.0, (_unfit(claim),))
            for n, claim in enumerate(claims)
        ]

    def signals(self, claims: Sequence[Claim]) -> list[Signals]:
        """Features and missing facts of each claim."""
        texts = list(dict.fromkeys(text for claim in claims for text in _texts(claim)))
        vectors = dict(zip(texts, self.embedder.encode(texts), strict=True)) if texts else {}
        return [_signals(claim, np.array([vectors[text] for text in _texts(claim)])) for claim in claims]

    def judge(self, claim: Claim, signals: Signals) -> Verdict:
        """The verdict on a claim of which the signals are known."""
        score, why = support().score(signals.features), signals.why or tuple(_uncovered(claim))
        if not why and score < support().threshold:
            why = ("the meaning as a whole",)
        if not why and self._entailment:
            premise = " ".join(filter(None, (claim.context, *claim.sources)))
            entailed = self._entailment.probability(premise, claim.sentence)
            score = min(score, entailed)
            why = () if entailed >= ENTAILED else ("the meaning, by the entailment model",)
        return Verdict(not why, score, why)


def _unfit(claim: Claim) -> str:
    """Why a claim cannot be checked at all; empty if it can."""
    if not any(source.strip() for source in claim.sources):
        return "a source"
    if len(claim.sentence) > LONGEST:
        return f"a sentence of at most {LONGEST:,} characters"
    return "" if stems(claim.sentence) else "words of content"


def _texts(claim: Claim) -> tuple[str, str]:
    """The sentence, and all its sources together."""
    return claim.sentence, " ".join(source.strip() for source in claim.sources)


def _signals(claim: Claim, vectors: Vectors) -> Signals:
    sources, context = Known("\n".join(claim.sources)), Known(claim.context)
    missing = missing_facts(claim.sentence, sources, context, claim.question)
    why = tuple(dict.fromkeys([*missing, *flips(claim.sentence, claim.sources)]))
    said = stems(claim.sentence)
    # A value that is there in another form is covered: `12` and `twelve`, `UN` and `United Nations`.
    known = sources.stems | context.stems | (set(stems(values(claim.sentence))) - set(stems(" ".join(missing))))
    features = (_share(stem in known for stem in said), float(vectors[1] @ vectors[0]), math.log1p(len(why)))
    return Signals(features, why)


def _share(values: Iterable[bool]) -> float:
    held = list(values)
    return sum(held) / len(held) if held else 0.0


def _uncovered(claim: Claim) -> list[str]:
    """The words that no source holds.

    One is too many: where the rest is copied, the one that is not is what turns the meaning ("of great interest" where
    the source has "of great concern"), and neither the share of words nor the similarity sees it.
    """
    known = Known("\n".join((*claim.sources, claim.context))).stems | set(stems(values(claim.sentence))) | _FREE
    words = [word.strip(".,;:!?\"'“”‘’()") for word in claim.sentence.split()]
    plain = [word for n, word in enumerate(words) if n == 0 or not _NAME_OR_NUMBER.search(word)]
    return [f"the word {word}" for word in dict.fromkeys(plain) if (found := stems(word)) and not set(found) & known]
