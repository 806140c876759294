"""The answer in a few words, copied out of the evidence: a language model picks them, and cannot add any.

What is not found word for word in the evidence is no answer. A model that runs in this process is then held to grammars
whose only strings are word spans of the evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qa.llm.model import Message, Model, Reply, Stop
from qa.models import Citation
from qa.prompts import plain, short_messages
from qa.refusal import TEXT as REFUSAL
from qa.spans import MOST_WORDS, Copied, Short, Weights, features, fitted, widened

_MOST_TOKENS = 48  # ten long words
_OPENING, _CLOSING = "\"'“‘([{—–-*«", "\"'”’)]}.,;:!?—–-*»…"
_WORD = re.compile(r"\S+")
_BEFORE = r"(?<!\w)(?<!\w['’])(?<!\d[.,:/])(?<![-–−])"  # a part of 14.5, 21:30, -5 or 2019-20 is another number
_AFTER = r"(?!\w|[.,:/]\d|[-–−]\w)"
# The byte-level vocabulary of SmolLM2 cannot spell these, and llama.cpp fails where a grammar leaves it nothing else:
# some control characters, and planes of Unicode in which there is nothing.
_UNSPEAKABLE = re.compile(r"[\x00\x04\x06\x13\x14\x16\U00040000-\U000bffff]")
_STARTS = 4  # words that a span may start with are tried, likely ones first ...
_MANY_STARTS = 6  # ... by a small model, whose weights tell the right one
_WITHIN = 8.0  # those whose first token is less likely than the best by this factor (natural logarithm) are not
FIRSTS = 100  # tokens among which those words are looked for
_OTHERS = 20  # tokens among which the end of a span is looked for


@dataclass(frozen=True, slots=True)
class Picked:
    """What a model made of a question. `short` is None where it gave none, or one that is not likely to be right."""

    short: Short | None
    refused: bool = False
    reply: str = ""


def pick(model: Model, question: str, evidence: Sequence[Citation]) -> Picked:
    """Have a model pick the short answer out of the evidence. Raises `ModelError` where it fails.

    What it replies is looked up in the evidence. Where it is not there word for word, a model that copies is held to
    the likeliest span; one for which there are weights is not asked for a reply at all, but how likely each span is.
    """
    messages = short_messages(question, evidence)
    weights = fitted().get(model.name) if model.copies else None
    if weights:
        firsts = model.reply(messages, 1, others=FIRSTS).firsts
        spans = copies(model, messages, evidence, firsts, beginnings=True)
        return _weighed(weights, question, evidence, widened(question, evidence, spans))
    reply = model.reply(messages, _MOST_TOKENS, others=FIRSTS if model.copies else 0)
    if refuses(reply.text):
        return Picked(None, refused=True, reply=reply.text)
    short = locate(reply.text, evidence)
    if short is None and model.copies:
        short = next((span.short for span in copies(model, messages, evidence, reply.firsts)), None)
    return Picked(short, reply=short.text if short else reply.text)


def _weighed(weights: Weights, question: str, evidence: Sequence[Citation], spans: Sequence[Copied]) -> Picked:
    if not spans:
        return Picked(None)
    probabilities = weights.probabilities(features(question, evidence, spans))
    best = int(probabilities.argmax())
    short, probability = spans[best].short, float(probabilities[best])
    shown = replace(short, probability=round(probability, 6)) if probability >= weights.show_above else None
    return Picked(shown, reply=short.text)


def copies(
    model: Model,
    messages: Sequence[Message],
    evidence: Sequence[Citation],
    firsts: Sequence[tuple[str, float]],
    beginnings: bool = False,
) -> list[Copied]:
    """The likeliest spans of the evidence as the reply to `messages`, best first.

    `firsts`, the tokens that can come first, tell the words that a span may start with; from each of them the model
    goes on under a grammar that leaves it only one choice, to stop or to take the next word. A single grammar of all
    spans gives the same for a good model, takes ten times as long for a small one (every token of its vocabulary is
    held against hundreds of rules), and does not tell how likely the others are.

    `beginnings`: more starts, and each span also as far as any word of it, which a small model passes by.
    """
    sentences = [citation.quote for citation in evidence]
    found: dict[tuple[int, int, int], Copied] = {}
    for source, start in _starts(firsts, sentences, _MANY_STARTS if beginnings else _STARTS):
        reply = model.reply(messages, _MOST_TOKENS, chain(sentences[source], start), _OTHERS if beginnings else 0)
        for span in _spans(reply, sentences[source], source, start):
            found.setdefault((source, start, span.short.end), span)
    return sorted(found.values(), key=lambda span: -span.likelihood)


def _spans(reply: Reply, sentence: str, source: int, start: int) -> Iterator[Copied]:
    """What a reply copied from `start` on, first as a whole, then up to each place where it could have ended.

    What was cut off within a word is left out.
    """
    said, ends = reply.text.rstrip(), {end for _, end in _words(sentence)}
    if not reply.logprobs or not said or not sentence.startswith(said, start):
        return
    whole = Stop(len(reply.logprobs), len(said.encode()), 0.0)
    for stop in (whole, *reply.stops):
        text = said.encode()[: stop.size].decode(errors="ignore").rstrip()
        end = start + len(text)
        if text and end in ends:
            logprobs = reply.logprobs if stop is whole else (*reply.logprobs[: stop.tokens], stop.logprob)
            yield Copied(Short(text, source, start, end, None), logprobs, stop is not whole)


def _starts(firsts: Sequence[tuple[str, float]], sentences: Sequence[str], most: int) -> list[tuple[int, int]]:
    """(sentence, offset) of the words that a reply may start with, likely ones first."""
    words = [
        (source, start, sentence[start:end])
        for source, sentence in enumerate(sentences)
        for start, end in _words(sentence)
        if not _UNSPEAKABLE.search(sentence, start, end)
    ]
    found: dict[tuple[int, int], float] = {}
    for token, logprob in firsts:
        for source, start, _ in _beginning_with(token.strip(), words):
            found.setdefault((source, start), logprob)
    best = max(found.values(), default=0.0)
    likely = [(place, logprob) for place, logprob in found.items() if logprob > best - _WITHIN]
    return [place for place, _ in sorted(likely, key=lambda item: -item[1])[:most]]


def _beginning_with(token: str, words: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The words that begin with a token; those that do but for its capitals, where there are no others."""
    if not token:
        return []
    exact = [item for item in words if item[2].startswith(token)]
    return exact or [item for item in words if item[2].lower().startswith(token.lower())]


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


def chain(sentence: str, start: int) -> str:
    """GBNF (llama.cpp) of the words of `sentence` from the one at `start` on: one word, two, up to `MOST_WORDS`.

    It ends before what a model cannot spell.
    """
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
