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
        """Ask it. Raises `EndpointError` for a reply that is no answer, and httpx's errors where none comes."""
        response = self.client.post(self.name, json={"question": question, **filters}, timeout=TIMEOUT)
        if not response.is_success:
            raise EndpointError(f"HTTP status {response.status_code}: {response.text[:200]}")
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
    text, answered, confidence = reply["text"], reply.get("answered", True), reply.get("confidence")
    if not isinstance(answered, bool):
        raise TypeError(f"answered must be true or false, not {answered!r}")
    if confidence is not None and not 0 <= confidence <= 1:
        raise ValueError(f"confidence must be between 0 and 1, not {confidence!r}")
    cited = reply.get("citations") or ()
    citations = tuple(_citation(number, item, corpus) for number, item in enumerate(cited, start=1))
    return Answer(
        question=question,
        text=text,
        answered=answered,
        short=reply.get("short"),
        reason=reply.get("reason"),
        statements=(_statement(text, citations),) if answered else (),
        citations=citations,
        confidence=None if confidence is None else float(confidence),
        hits=tuple(_hit(rank, item, corpus) for rank, item in enumerate(reply.get("hits") or (), start=1)),
        llm=str(reply.get("llm", "unknown")),
    )


def _statement(text: str, citations: tuple[Citation, ...]) -> Statement:
    named = tuple(dict.fromkeys(map(int, _MARKERS.findall(text))))  # unknown ones too: the integrity of markers counts
    support: Literal["quoted", "supported"] = "supported"  # nobody but the system itself knows
    return Statement(text, named or tuple(citation.marker for citation in citations), support)


def _citation(marker: int, item: Mapping[str, Any], corpus: Corpus) -> Citation:
    """A citation with offsets: those given, else where its quotation first stands in the file, else 0."""
    file, quote = str(item["file"]), str(item["quote"])
    try:
        text = corpus.read(file)
    except KeyError:
        text = ""  # a file that is not there: its quotation stands nowhere, and integrity says so
    start = item.get("start")
    start = max(0, text.find(quote)) if start is None else int(start)
    line = text.count("\n", 0, start) + 1
    return Citation(
        marker, file, start, start + len(quote), quote, line, None, "", None, None, float(item.get("score", 0))
    )


def _hit(rank: int, item: Mapping[str, Any], corpus: Corpus) -> Hit:
    file, start, end = str(item["file"]), int(item["start"]), int(item["end"])
    try:
        text = corpus.read(file)
    except KeyError as error:
        raise ValueError(f"a hit is in {file!r}, which is not among the articles") from error
    if not 0 <= start < end <= len(text):
        raise ValueError(f"a hit at {start} to {end} is not in {file}, which has {len(text)} characters")
    return Hit(file, start, end, text[start:end], float(item.get("score", -rank)))
