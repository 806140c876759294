"""The answer in a few words, copied out of the evidence: a language model picks them, and cannot add any.

A model that runs in this process writes under grammars whose only strings are word spans of the evidence. Any other
model is asked for the same and held to it afterwards: what is not found word for word in the evidence is no answer.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from qa.kinds import kind_of, offers
from qa.llm.model import Message, Model
from qa.models import Citation
from qa.prompts import plain, short_messages
from qa.refusal import TEXT as REFUSAL

MOST_WORDS = 10
_MOST_TOKENS = 48  # ten long words
_OPENING, _CLOSING = "\"'“‘([{—–-*«", "\"'”’)]}.,;:!?—–-*»…"
_WORD = re.compile(r"\S+")
_BEFORE = r"(?<!\w)(?<!\w['’])(?<!\d[.,:/])(?<![-–−])"  # a part of 14.5, 21:30, -5 or 2019-20 is another number
_AFTER = r"(?!\w|[.,:/]\d|[-–−]\w)"
# The byte-level vocabulary of SmolLM2 cannot spell these, and llama.cpp fails where a grammar leaves it nothing else:
# some control characters, and planes of Unicode in which there is nothing.
_UNSPEAKABLE = re.compile(r"[\x00\x04\x06\x13\x14\x16\U00040000-\U000bffff]")
_STARTS = 4  # words that a span may start with are tried, likely ones first ...
_WITHIN = 8.0  # ... and those whose first token is less likely than the best by this factor (natural logarithm) are not
_FIRSTS = 100  # tokens among which those words are looked for
FEATURES = (
    "likelihood",  # log probability of the words and of their end
    "mean",  # the same per token
    "least",  # of the least likely token
    "margin",  # by how much the next best span is less likely, at most `_WITHIN`
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
    """What `byline eval short --fit` writes for a model."""

    features: dict[str, float]
    intercept: float
    show_above: float  # probability from which on it is shown
    fitted_on: str

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


@dataclass(frozen=True, slots=True)
class Copied:
    """A span that the model could copy. `short` is None for the refusal."""

    short: Short | None
    logprobs: tuple[float, ...]

    @property
    def likelihood(self) -> float:
        """Natural logarithm of the probability that the model says just this."""
        return sum(self.logprobs)


@dataclass(frozen=True, slots=True)
class Picked:
    """What a model made of a question. `short` is None where it gave none, or one that is not likely to be right."""

    short: Short | None
    refused: bool = False
    reply: str = ""


def pick(model: Model, question: str, evidence: Sequence[Citation]) -> Picked:
    """Have a model pick the short answer out of the evidence. Raises `ModelError` where it fails."""
    messages = short_messages(question, evidence)
    if not model.copies:
        reply = model.reply(messages, _MOST_TOKENS).text
        return Picked(locate(reply, evidence), refuses(reply), reply)
    spans = copies(model, messages, evidence)
    if not spans:
        return Picked(None)
    best = spans[0].short
    if best is None:
        return Picked(None, refused=True, reply=REFUSAL)
    fitted = calibrations().get(model.name, calibrations()["other"])
    probability = fitted.probability(signals(question, evidence, spans))
    shown = replace(best, probability=round(probability, 6)) if probability >= fitted.show_above else None
    return Picked(shown, reply=best.text)


def copies(model: Model, messages: Sequence[Message], evidence: Sequence[Citation]) -> list[Copied]:
    """The likeliest spans of the evidence as the reply to `messages`, and the refusal where it is one; best first.

    One look at what can come first tells the words that a span may start with; from each of them the model goes on
    under a grammar that leaves it only one choice, to stop or to take the next word. A single grammar of all spans
    gives the same for a good model, takes ten times as long for a small one (every token of its vocabulary is held
    against hundreds of rules), and does not tell how likely the others are.
    """
    firsts = model.reply(messages, 1, firsts=_FIRSTS).firsts
    sentences = [citation.quote for citation in evidence]
    starts = _starts(firsts, [*sentences, REFUSAL])
    found = []
    for source, start in starts:
        sentence = [*sentences, REFUSAL][source]
        refusal = source == len(sentences)
        reply = model.reply(messages, _MOST_TOKENS, chain(sentence, start, whole=refusal))
        end = start + len(reply.text.rstrip())
        if refusal:
            found.append(Copied(None, reply.logprobs))
        elif (
            reply.logprobs
            and sentence[start:end] == reply.text.rstrip()
            and end in {word_end for _, word_end in _words(sentence)}  # else it was cut off within a word
        ):
            found.append(Copied(Short(sentence[start:end], source, start, end, None), reply.logprobs))
    return sorted(found, key=lambda span: -span.likelihood)


def _starts(firsts: Sequence[tuple[str, float]], sentences: Sequence[str]) -> list[tuple[int, int]]:
    """(sentence, offset) of the words that a reply may start with, likely ones first. The refusal comes last."""
    words = [
        (source, start, sentence[start:end])
        for source, sentence in enumerate(sentences)
        for start, end in (_words(sentence) if source < len(sentences) - 1 else [(0, len(sentence))])
    ]
    found: dict[tuple[int, int], float] = {}
    for token, logprob in firsts:
        beginning = token.strip()
        for source, start, word in words if beginning else ():
            if word.startswith(beginning) and not _UNSPEAKABLE.search(word):
                found.setdefault((source, start), logprob)
    best = max(found.values(), default=0.0)
    likely = [(place, logprob) for place, logprob in found.items() if logprob > best - _WITHIN]
    return [place for place, _ in sorted(likely, key=lambda item: -item[1])[:_STARTS]]


def signals(question: str, evidence: Sequence[Citation], spans: Sequence[Copied]) -> list[float]:
    """What tells a right short answer, the first of `spans`, from a wrong one, in the order of `FEATURES`."""
    best, short = spans[0], spans[0].short
    assert short is not None
    words, asked = short.text.lower().split(), set(question.lower().strip("?").split())
    return [
        best.likelihood,
        best.likelihood / len(best.logprobs),
        min(best.logprobs),
        min(_WITHIN, best.likelihood - spans[1].likelihood) if len(spans) > 1 else _WITHIN,
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
    start, end = _bare(reply)
    words = reply[start:end].split()
    if not words or len(words) > MOST_WORDS:
        return None
    span = r"\s+".join(map(re.escape, words))
    pattern = re.compile(_BEFORE + span + _AFTER, re.IGNORECASE)
    for source, citation in enumerate(evidence):
        if match := pattern.search(citation.quote):
            return Short(match.group(), source, match.start(), match.end(), None)
    return None


def chain(sentence: str, start: int, whole: bool = False) -> str:
    """GBNF (llama.cpp) of the words of `sentence` from the one at `start` on: one word, two, up to `MOST_WORDS`.

    It ends before what a model cannot spell. `whole`: all of the sentence or nothing.
    """
    if whole:
        return f"root ::= {_literal(sentence)}"
    unspeakable = _UNSPEAKABLE.search(sentence, start)
    stop = unspeakable.start() if unspeakable else len(sentence)
    spans = [span for span in _words(sentence) if span[0] >= start and span[1] <= stop][:MOST_WORDS]
    rules = ""
    for n in range(len(spans) - 1, -1, -1):
        before = sentence[spans[n - 1][1] : spans[n][0]] if n else ""
        said = _literal(before + sentence[spans[n][0] : spans[n][1]])
        rules = f"{said} ({rules})?" if rules else said
    return f"root ::= {rules}"


def _words(sentence: str) -> list[tuple[int, int]]:
    """Start and end of each word without the punctuation around it."""
    found = []
    for match in _WORD.finditer(sentence):
        start, end = (match.start() + offset for offset in _bare(match.group()))
        if start < end:
            found.append((start, end))
    return found


def _bare(text: str) -> tuple[int, int]:
    """Start and end of what is left of `text` without white space and punctuation around it; a minus stays."""
    start = len(text) - len(text.lstrip(f" \n\t{_OPENING}"))
    if text[max(0, start - 1) : start] in ("-", "–") and text[start : start + 1].isdigit():
        start -= 1
    return start, len(text.rstrip(f" \n\t{_CLOSING}"))


def _literal(text: str) -> str:
    """A string of GBNF; all that is not a plain letter or digit is escaped by its code point."""
    return '"' + "".join(char if char.isascii() and char.isalnum() else _escaped(ord(char)) for char in text) + '"'


def _escaped(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
