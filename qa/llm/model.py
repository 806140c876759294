"""A language model as Byline asks it: messages in, words out, whatever runs it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from qa.llm.failures import ModelError, told

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatMessage, ChatResponse, LogProb
    from llama_index.core.llms import LLM

LONGEST = 180.0  # seconds that a reply may take to come in whole

_END = re.compile(r"(?:<\|\w+\|>)?|\s*[.,;]")

Role = Literal["system", "user", "assistant"]
Message = tuple[Role, str]


@dataclass(frozen=True, slots=True)
class Stop:
    """A place within a reply: after so many tokens, which make so many bytes, and how likely the end was there."""

    tokens: int
    size: int
    logprob: float


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said. Probabilities are natural logarithms; they are there where the model tells them."""

    text: str
    logprobs: tuple[float, ...] = ()  # of each token
    firsts: tuple[tuple[str, float], ...] = ()  # tokens that could have come first, likely ones first
    stops: tuple[Stop, ...] = ()  # where it could have ended before it did
    prompt_tokens: int = 0  # 0 where the model does not count
    tokens: int = 0


@runtime_checkable
class Model(Protocol):
    """What phrases answers. Temperature is always 0."""

    @property
    def name(self) -> str:
        """What an answer says it was phrased by."""

    @property
    def fingerprint(self) -> str:
        """What tells this model from another of the same name: a hash of its file, the address of its server."""

    @property
    def copies(self) -> bool:
        """Whether `reply` keeps to a grammar and tells what else could have come first."""

    def reply(self, messages: Sequence[Message], most: int, grammar: str | None = None, others: int = 0) -> Reply:
        """The reply in at most `most` tokens, with so many tokens that could have come instead of each.

        Raises `ModelError` where there is none.
        """

    def stream(self, messages: Sequence[Message], most: int) -> Iterator[str]:
        """The same in pieces, as they come. Raises `ModelError`, also in the middle."""


class LlamaIndexModel:
    """Any LlamaIndex LLM as a `Model`: the embedded ones, those behind servers, and what a user passes in."""

    def __init__(self, llm: LLM, name: str, fingerprint: str) -> None:
        self.llm, self.name, self.fingerprint = llm, name, fingerprint
        self.copies = bool(getattr(llm, "keeps_to_grammar", False))

    def reply(self, messages: Sequence[Message], most: int, grammar: str | None = None, others: int = 0) -> Reply:
        """See `Model`."""
        more = {"grammar": grammar, "top_logprobs": max(others, 1)} if self.copies else {}
        with told(self.name):
            response = self.llm.chat(_chat(messages), max_tokens=most, **more)
            tokens = response.logprobs if self.copies and response.logprobs else []
            said = tuple(place[0].logprob for place in tokens)
            firsts = tuple((token.token, token.logprob) for token in tokens[0]) if others and tokens else ()
            stops = tuple(_stops(tokens)) if others else ()
            return Reply(response.message.content or "", said, firsts, stops, *_usage(response))

    def stream(self, messages: Sequence[Message], most: int) -> Iterator[str]:
        """See `Model`."""
        until = time.monotonic() + LONGEST
        with told(self.name):
            pieces = self.llm.stream_chat(_chat(messages), max_tokens=most)
            for count, response in enumerate(pieces):
                if count > 2 * most or time.monotonic() > until:  # a server that heeds no limit
                    raise ModelError(f"{self.name} did not come to an end")
                if response.delta:
                    yield response.delta


def _chat(messages: Sequence[Message]) -> list[ChatMessage]:
    from llama_index.core.base.llms.types import ChatMessage, MessageRole

    return [ChatMessage(role=MessageRole(role), content=content) for role, content in messages]


def _stops(tokens: Sequence[Sequence[LogProb]]) -> Iterator[Stop]:
    """Before each token but the first. Punctuation that ends a phrase is as good as the end."""
    size = 0
    for count, place in enumerate(tokens):
        if count:
            ends = [other.logprob for other in place[1:] if _END.fullmatch(other.token)]
            unlikely = min(other.logprob for other in place) - 1  # it is not even among those that are told
            yield Stop(count, size, max(ends, default=unlikely))
        size += len(place[0].bytes or ())


def _usage(response: ChatResponse) -> tuple[int, int]:
    """Tokens of the prompt and of the reply, 0 where the server does not say."""
    raw = response.raw
    usage = raw.get("usage") if isinstance(raw, dict) else getattr(raw, "usage", None)
    counts = usage if isinstance(usage, dict) else vars(usage) if usage is not None else {}
    return int(counts.get("prompt_tokens") or 0), int(counts.get("completion_tokens") or 0)
