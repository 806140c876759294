"""Calls of a language model, kept on disk: a run repeated says the same, and does not ask again."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from eval.record import value_hash
from index.errors import InputError
from qa.llm.model import Message, Model, Reply, Stop


@dataclass
class Usage:
    """What a model was asked in a run. Tokens are 0 where the model does not count; `seconds` are those of `calls`."""

    calls: int = 0
    kept: int = 0  # answered from disk
    prompt_tokens: int = 0
    tokens: int = 0
    seconds: float = 0.0


@dataclass
class Kept:
    """A `Model` whose replies are kept in a file of JSON lines, by hash of model, messages and parameters."""

    model: Model
    path: Path
    usage: Usage = field(default_factory=Usage)

    def __post_init__(self) -> None:
        self.name, self.fingerprint, self.copies = self.model.name, self.model.fingerprint, self.model.copies
        self._known = dict(_read(self.path))

    def reply(self, messages: Sequence[Message], most: int, grammar: str | None = None, others: int = 0) -> Reply:
        """The reply on disk, else that of the model."""
        key = self._key("reply", messages, most, grammar, others)
        if key in self._known:
            self.usage.kept += 1
            return _reply(self._known[key])
        before = time.perf_counter()
        reply = self.model.reply(messages, most, grammar, others)
        self._count(before, reply.prompt_tokens, reply.tokens)
        self._keep(key, asdict(reply))
        return reply

    def stream(self, messages: Sequence[Message], most: int) -> Iterator[str]:
        """The text on disk in one piece, else the model's pieces, as far as they are read. Not kept where it fails."""
        key = self._key("stream", messages, most)
        if key in self._known:
            self.usage.kept += 1
            yield self._known[key]["text"]
            return
        before, pieces = time.perf_counter(), []
        try:
            for piece in self.model.stream(messages, most):
                pieces.append(piece)
                yield piece
        except GeneratorExit:  # who asked has read enough, and will stop there again
            pass
        self._count(before, 0, len(pieces))
        self._keep(key, {"text": "".join(pieces)})

    def _key(self, *asked: Any) -> str:
        return value_hash([self.name, self.fingerprint, *asked])

    def _count(self, before: float, prompt_tokens: int, tokens: int) -> None:
        self.usage.calls += 1
        self.usage.prompt_tokens += prompt_tokens
        self.usage.tokens += tokens
        self.usage.seconds += time.perf_counter() - before

    def _keep(self, key: str, value: dict[str, Any]) -> None:
        self._known[key] = value
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8", newline="\n") as file:
            # The line feed comes first: a line that was cut off when a run was killed ends there.
            file.write("\n" + json.dumps({"key": key, **value}, ensure_ascii=False))


def kept_here(model: Model | None, work: Path) -> Kept:
    """A model in this process, its replies kept in `work`. Raises `InputError` for none, and for one on a server."""
    if model is None or not model.copies:
        raise InputError("Name a model that runs in this process: --llm smollm2, --llm gguf:PATH")
    return Kept(model, work / "calls.jsonl")


def _reply(row: dict[str, Any]) -> Reply:
    firsts = tuple((token, logprob) for token, logprob in row["firsts"])
    stops = tuple(Stop(**stop) for stop in row["stops"])
    return Reply(row["text"], tuple(row["logprobs"]), firsts, stops, row["prompt_tokens"], row["tokens"])


def _read(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is kept, but for a line that was cut off when a run was killed."""
    if not path.is_file():
        return
    for line in filter(None, path.read_bytes().split(b"\n")):
        try:
            row = json.loads(line)
        except ValueError:
            continue
        yield row.pop("key"), row
