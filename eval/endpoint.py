"""Somebody else's system behind HTTP: a question is posted as JSON, and the reply becomes an Answer.

    POST URL  {"question": "...", "history": [[...]], "since": "...", "until": "...", "files": [...]}
    200       {"text": "...", "citations": [{"file": "a.txt", "quote": "..."}], "answered": true}

A reply needs `text` alone. `answered` (true), `short`, `confidence`, `reason` and `hits` (`file`, `start`, `end`) may
be there, and everything else that `Answer.to_dict()` writes: a Byline of another version can be asked as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import httpx

from eval.corpus import Corpus
from index.errors import BylineError
from qa.models import Answer, Citation, Hit, Statement

TIMEOUT = 120.0  # seconds; a language model on a small machine takes its time
_MARKERS = re.compile(r"\[(\d+)\]")


class EndpointError(BylineError):
    """A reply that is no answer: recorded as the error of its question."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The system at `name`, a URL."""

    name: str
    client: httpx.Client
    corpus: Corpus
    answers: bool = True

    def answer(self, question: str, **filters: Any) -> Answer:
        """Ask it. Raises `EndpointError` for a reply that is none, and httpx's errors for a server that fails."""
        response = self.client.post(self.name, json={"question": question, **filters}, timeout=TIMEOUT)
        response.raise_for_status()
        try:
            reply = response.json()
        except ValueError as error:
            raise EndpointError(f"The reply is not JSON: {response.text[:80]!r}") from error
        if not isinstance(reply, dict) or not isinstance(reply.get("text"), str):
            raise EndpointError('The reply is no answer; it has to be an object with "text", a string')
        try:
            return Answer.from_dict(reply) if "statements" in reply else _answer(question, reply, self.corpus)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise EndpointError(f"The reply is no answer: {error!r}") from error


def _answer(question: str, reply: Mapping[str, Any], corpus: Corpus) -> Answer:
    """A minimal reply. Its text counts as one statement with the citations it names, or else all of them."""
    text, answered = reply["text"], bool(reply.get("answered", True))
    citations = tuple(
        _citation(number, item, corpus) for number, item in enumerate(reply.get("citations", ()), start=1)
    )
    confidence = reply.get("confidence")
    return Answer(
        question=question,
        text=text,
        answered=answered,
        short=reply.get("short"),
        reason=reply.get("reason"),
        statements=(_statement(text, citations),) if answered else (),
        citations=citations,
        confidence=None if confidence is None else float(confidence),
        hits=tuple(_hit(rank, item, corpus) for rank, item in enumerate(reply.get("hits", ()), start=1)),
        llm=str(reply.get("llm", "unknown")),
    )


def _statement(text: str, citations: tuple[Citation, ...]) -> Statement:
    known = {citation.marker for citation in citations}
    named = [marker for marker in dict.fromkeys(map(int, _MARKERS.findall(text))) if marker in known]
    support: Literal["quoted", "supported"] = "supported"  # nobody but the system itself knows
    return Statement(text, tuple(named) or tuple(sorted(known)), support)


def _citation(marker: int, item: Mapping[str, Any], corpus: Corpus) -> Citation:
    """A citation with offsets: those given, else where its quotation first stands in the file, else 0."""
    file, quote = str(item["file"]), str(item["quote"])
    try:
        text = corpus.read(file)
    except KeyError:
        text = ""  # a file that is not there: its quotation stands nowhere, and integrity says so
    start = int(item.get("start", max(0, text.find(quote))))
    line = text.count("\n", 0, start) + 1
    return Citation(
        marker, file, start, start + len(quote), quote, line, None, "", None, None, float(item.get("score", 0))
    )


def _hit(rank: int, item: Mapping[str, Any], corpus: Corpus) -> Hit:
    file, start, end = str(item["file"]), int(item["start"]), int(item["end"])
    try:
        text = corpus.read(file)[start:end]
    except KeyError:
        text = ""
    return Hit(file, start, end, text, float(item.get("score", -rank)))
