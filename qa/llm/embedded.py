"""A GGUF file run in this process by llama.cpp, as a LlamaIndex LLM."""

from __future__ import annotations

import os
import queue
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseGen,
    LLMMetadata,
    LogProb,
    MessageRole,
)
from llama_index.core.llms import CustomLLM
from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback
from pydantic import PrivateAttr

from index.errors import BylineError
from qa.llm.failures import ModelError

CONTEXT = 4096  # tokens; our prompts need about a quarter of it
_KEPT = 96  # MiB of prompts that were read: about three of the larger model's
_MAGIC = b"GGUF"
_SPINS = "1000"


class Embedded(CustomLLM):
    """A model in a GGUF file. Loaded at the first question, or by `warm`; safe to share between threads.

    `chat` takes `max_tokens`, `grammar` (GBNF, as llama.cpp has it) and `top_logprobs`. `check` is called with the
    path before it is loaded and raises `BylineError` where the file is not what it should be.
    """

    path: str
    context_window: int = CONTEXT
    keeps_to_grammar: bool = True
    check: Callable[[Path], None] | None = None
    _server: Any = PrivateAttr(default=None)
    _lock: threading.Lock = PrivateAttr(default_factory=threading.Lock)

    @property
    def metadata(self) -> LLMMetadata:
        """What LlamaIndex wants to know of a model."""
        return LLMMetadata(context_window=self.context_window, model_name=Path(self.path).name, is_chat_model=True)

    def warm(self) -> None:
        """Load the model if it is not loaded. Raises `ModelError`."""
        with self._lock:
            if self._server is None:
                path = Path(self.path)
                _check_file(path)
                if self.check:
                    _checked(self.check, path)
                self._server = _load(path, self.context_window)

    @llm_chat_callback()
    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """One reply. `raw` holds llama.cpp's own, with its `usage` and `timings`."""
        self.warm()
        raw = _sound(self._server.handle_chat_completions(_request(messages, **kwargs)))
        choice = raw["choices"][0]
        tokens = (choice.get("logprobs") or {}).get("content") or []
        return ChatResponse(
            message=_said(choice["message"].get("content")),
            raw=raw,
            logprobs=[_place(token) for token in tokens],
        )

    @llm_chat_callback()
    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        """One reply in pieces. It stops where the caller does."""
        self.warm()
        return self._pieces(_request(messages, **kwargs) | {"stream": True})

    @llm_completion_callback()
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """A prompt as the one message of a chat."""
        response = self.chat([ChatMessage(role=MessageRole.USER, content=prompt)], **kwargs)
        return CompletionResponse(text=response.message.content or "", raw=response.raw)

    @llm_completion_callback()
    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        """The same in pieces."""
        for response in self.stream_chat([ChatMessage(role=MessageRole.USER, content=prompt)], **kwargs):
            yield CompletionResponse(text=response.message.content or "", delta=response.delta, raw=response.raw)

    def _pieces(self, request: dict[str, Any]) -> ChatResponseGen:
        text = ""
        for chunk in _streamed(self._server, request):
            choices = _sound(chunk).get("choices")
            if choices and (delta := choices[0]["delta"].get("content")):
                text += delta
                yield ChatResponse(message=_said(text), delta=delta, raw=chunk)


def _place(token: dict[str, Any]) -> list[LogProb]:
    """The token that was said, then those that could have been, likely ones first."""
    others = [other for other in token["top_logprobs"] if other["id"] != token["id"]]
    return [LogProb(token=t["token"], logprob=t["logprob"], bytes=t["bytes"]) for t in (token, *others)]


def _said(text: str | None) -> ChatMessage:
    return ChatMessage(role=MessageRole.ASSISTANT, content=text or "")


def _request(
    messages: Sequence[ChatMessage],
    max_tokens: int = 256,
    grammar: str | None = None,
    top_logprobs: int = 1,
    **_: Any,
) -> dict[str, Any]:
    return {
        "messages": [{"role": message.role.value, "content": message.content or ""} for message in messages],
        "max_tokens": max_tokens,
        "temperature": 0,
        "cache_prompt": True,  # what prompts have in common is read once
        "logprobs": True,
        "top_logprobs": top_logprobs,
        "chat_template_kwargs": {"enable_thinking": False},
        **({"grammar": grammar} if grammar else {}),
    }


def _sound(raw: dict[str, Any]) -> dict[str, Any]:
    """llama.cpp's reply; raises `ModelError` where it is an error."""
    if error := raw.get("error"):
        if error.get("type") == "exceed_context_size_error":
            raise ModelError(f"The prompt is too long for the model's context of {error.get('n_ctx')} tokens")
        raise ModelError(f"llama.cpp refused the request ({error.get('type')}, {error.get('code')})")
    return raw


def _streamed(server: Any, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The chunks of a reply. llama.cpp calls back from its own thread; a caller who leaves stops it."""
    chunks: queue.SimpleQueue[dict[str, Any] | BaseException | None] = queue.SimpleQueue()
    left = threading.Event()

    def tell(chunk: dict[str, Any]) -> bool:
        chunks.put(chunk)
        return left.is_set()

    def run() -> None:
        try:
            server.handle_chat_completions(request, tell)
        except BaseException as error:  # handed to the thread that waits
            chunks.put(error)
        finally:
            chunks.put(None)

    worker = threading.Thread(target=run, name="llama.cpp", daemon=True)
    worker.start()
    try:
        while (chunk := chunks.get()) is not None:
            if isinstance(chunk, BaseException):
                raise chunk
            yield chunk
    finally:
        left.set()
        worker.join()


def _checked(check: Callable[[Path], None], path: Path) -> None:
    try:
        check(path)
    except BylineError as error:
        raise ModelError(str(error)) from error


def _check_file(path: Path) -> None:
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        raise ModelError(f"The language model {path} cannot be read: {error.strerror}") from error
    if magic != _MAGIC:
        raise ModelError(f"{path} is no GGUF file; fetch it again, or name another with --llm gguf:PATH")
    size, memory = path.stat().st_size, _memory()
    if memory and size > memory:
        raise ModelError(f"{path.name} needs {size / 1e9:.1f} GB and this machine has {memory / 1e9:.1f} GB of memory")


def _memory() -> int | None:
    """Bytes of memory of this machine, None where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None


def library() -> Any:
    """llama.cpp with threads that spin a moment and then sleep while they wait for each other.

    Its OpenMP reads the variables when it is loaded. Threads that only spin, which is its default, wait for a core that
    another process holds: a reply then takes thirty times as long. Those that sleep at once halve the speed of a small
    model on a quiet machine.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("GOMP_SPINCOUNT", _SPINS)
    try:
        import xllamacpp
    except ImportError as error:
        raise ModelError(f"llama.cpp cannot be loaded ({error}); on Debian: apt-get install libgomp1") from error
    return xllamacpp


def _load(path: Path, context: int) -> Any:
    xllamacpp = library()
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = context
    params.n_parallel = 1  # one question at a time; others wait their turn
    params.warmup = False
    # Two kinds of prompts take turns (`qa.answerable`, `qa.short`): what each begins with is read once. By itself
    # llama.cpp keeps up to 8 GB of old prompts.
    params.cache_ram_mib = _KEPT
    params.verbosity = -1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = os.cpu_count() or 1
    # llama.cpp opens a port on this machine whether one wants it or not: nobody else has its key
    params.api_keys = [secrets.token_urlsafe()]
    params.ui = params.endpoint_slots = False
    try:
        return xllamacpp.Server(params)
    except Exception as error:  # RuntimeError for whatever is wrong
        raise ModelError(
            f"{path.name} cannot be loaded; is the file whole, and is there memory for it? See: byline doctor"
        ) from error
