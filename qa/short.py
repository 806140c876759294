"""The answer in a few words, copied out of the evidence: a language model picks them, and cannot add any.

A model that runs in this process writes under a grammar whose only strings are word spans of the evidence. Any other
model is asked for the same and held to it afterwards: what is not found word for word in the evidence is no answer.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from qa.kinds import kind_of, offers
from qa.llm.model import Model, Reply
from qa.models import Citation
from qa.prompts import plain, short_messages
from qa.refusal import TEXT as REFUSAL

MOST_WORDS = 10
_MOST_TOKENS = 48  # ten long words
_OPENING, _CLOSING = "\"'“‘([{—–-*«", "\"'”’)]}.,;:!?—–-*»…"
_WORD = re.compile(r"\S+")
FEATURES = (
    "likelihood",  # mean log probability of the tokens
    "least",  # the smallest one
    "first",  # that of the first token
    "evidence",  # logarithm of the probability that its sentence answers, from `qa.evidence`
    "words",  # log(1 + words)
    "kind",  # it is of the kind that is asked for
    "echo",  # share of its words that the question says already
)


@dataclass(frozen=True, slots=True)
class Short:
    """Words of a sentence of the evidence: `evidence[source].quote[start:end] == text`."""

    text: str
    source: int
    start: int
    end: int
    probability: float | None  # that it is right, word for word; None where the model gives no likelihoods


@dataclass(frozen=True)
class Calibration:
    """What `byline eval short` fits for a model."""

    features: dict[str, float]
    intercept: float
    show_above: float  # probability from which on it is shown

    def probability(self, values: Sequence[float]) -> float:
        """That a short answer with these features, in the order of `FEATURES`, is right."""
        weights = (self.features[name] for name in FEATURES)
        logit = self.intercept + sum(weight * value for weight, value in zip(weights, values, strict=True))
        return 1 / (1 + math.exp(-logit))


@cache
def calibrations() -> dict[str, Calibration]:
    """The fitted weights that come with Byline, by name of the model; `other` is for any that has none of its own."""
    values = json.loads(resources.files("qa").joinpath("short.json").read_text(encoding="utf-8"))
    return {name: Calibration(**fitted) for name, fitted in values["models"].items()}


def pick(model: Model, question: str, evidence: Sequence[Citation]) -> tuple[Short | None, Reply]:
    """The short answer, None where the model gives none or one that is not likely to be right; and what it said.

    Raises `ModelError` where the model fails.
    """
    messages = short_messages(question, evidence)
    rules = grammar([plain(citation.quote) for citation in evidence]) if model.copies else None
    reply = model.reply(messages, _MOST_TOKENS, rules)
    found = locate(reply.text, evidence)
    if found is None or not reply.logprobs:
        return found, reply
    fitted = calibrations().get(model.name, calibrations()["other"])
    probability = fitted.probability(signals(question, evidence, found, reply.logprobs))
    kept = Short(found.text, found.source, found.start, found.end, round(probability, 6))
    return (kept if probability >= fitted.show_above else None), reply


def signals(question: str, evidence: Sequence[Citation], short: Short, logprobs: Sequence[float]) -> list[float]:
    """What tells a right short answer from a wrong one, in the order of `FEATURES`."""
    words, asked = plain(short.text).lower().split(), set(plain(question).lower().strip("?").split())
    return [
        sum(logprobs) / len(logprobs),
        min(logprobs),
        logprobs[0],
        math.log(max(evidence[short.source].score, 1e-4)),
        math.log1p(len(words)),
        float(offers(kind_of(question), f" {short.text}", question)),
        sum(word in asked for word in words) / len(words),
    ]


def refuses(reply: str) -> bool:
    """Whether a model said that the evidence does not answer the question."""
    return plain(reply).strip("\"'.").lower() == REFUSAL.strip(".").lower()


def locate(reply: str, evidence: Sequence[Citation]) -> Short | None:
    """Where a reply stands word for word in the evidence, the best sentence first; None if it does not."""
    words = reply.strip(f" \n\t{_OPENING}{_CLOSING}").split()
    if not words or len(words) > MOST_WORDS:
        return None
    span = r"\s+".join(map(re.escape, words))
    pattern = re.compile(rf"(?<!\w){span}(?!\w)", re.IGNORECASE)
    for source, citation in enumerate(evidence):
        if match := pattern.search(citation.quote):
            return Short(match.group(), source, match.start(), match.end(), None)
    return None


def grammar(sentences: Sequence[str]) -> str:
    """GBNF (llama.cpp) of every span of at most `MOST_WORDS` words of `sentences`, and of the refusal."""
    starts, rules = [_literal(REFUSAL)], []
    for s, sentence in enumerate(sentences):
        spans = _words(sentence)
        for n, (start, end) in enumerate(spans):
            starts.append(f"s{s}w{n}r{MOST_WORDS}")
            for room in range(MOST_WORDS, 0, -1):
                more = ""
                if room > 1 and n + 1 < len(spans):
                    more = f" ({_literal(sentence[end : spans[n + 1][0]])} s{s}w{n + 1}r{room - 1})?"
                rules.append(f"s{s}w{n}r{room} ::= {_literal(sentence[start:end])}{more}")
    return "\n".join([f"root ::= {' | '.join(starts)}", *rules])


def _words(sentence: str) -> list[tuple[int, int]]:
    """Start and end of each word without the punctuation around it."""
    found = []
    for match in _WORD.finditer(sentence):
        word = match.group()
        start = match.start() + len(word) - len(word.lstrip(_OPENING))
        end = match.end() - len(word) + len(word.rstrip(_CLOSING))
        if start < end:
            found.append((start, end))
    return found


def _literal(text: str) -> str:
    """A string of GBNF; all that is not a plain letter or digit is escaped by its code point."""
    return '"' + "".join(char if char.isascii() and char.isalnum() else _escaped(ord(char)) for char in text) + '"'


def _escaped(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
