"""An OpenAI-compatible server on this machine, of which a test says how it breaks."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

LONGEST = 20.0  # seconds that a reply waits at most, should a test fail


@dataclass(frozen=True)
class Status:
    """A status and a body."""

    code: int
    body: bytes = b'{"error": {"message": "no"}}'
    kind: str = "application/json"

    def __call__(self, handler: Handler) -> None:
        handler.begin(self.code, self.kind, len(self.body))
        handler.wfile.write(self.body)


@dataclass(frozen=True)
class Json:
    """A body of JSON."""

    value: Any

    def __call__(self, handler: Handler) -> None:
        Status(200, json.dumps(self.value).encode())(handler)


def text(content: str | None) -> Json:
    """A whole reply of a chat."""
    message = {"role": "assistant", "content": content}
    usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return Json(_frame("chat.completion") | {"choices": [choice], "usage": usage})


def piece(delta: str) -> bytes:
    """One event of a reply that is streamed."""
    choice = {"index": 0, "delta": {"role": "assistant", "content": delta}, "finish_reason": None}
    frame = _frame("chat.completion.chunk") | {"choices": [choice]}
    return b"data: " + json.dumps(frame).encode() + b"\n\n"


def _frame(kind: str) -> dict[str, Any]:
    return {"id": "1", "object": kind, "created": 1, "model": "x"}


def pieces(*deltas: str) -> Says:
    """A reply that is streamed from beginning to end."""

    def say(handler: Handler) -> None:
        handler.stream()
        for delta in deltas:
            handler.send(piece(delta))
        handler.send(b"data: [DONE]\n\n")
        handler.send(b"")

    return say


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = LONGEST
    server: _Http

    def begin(self, code: int, kind: str, length: int) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def send(self, chunk: bytes) -> None:
        """A chunk of a stream; the empty one ends it."""
        self.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
        self.wfile.flush()

    def wait(self) -> None:
        """Say nothing more."""
        self.server.chat.over.wait(LONGEST)
        self.close_connection = True

    def do_GET(self) -> None:
        self._note()
        self._say(self.server.chat.models)

    def do_POST(self) -> None:
        self._note()
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.chat.requests.append(request)
        self._say(self.server.chat.streamed if request.get("stream") else self.server.chat.whole)

    def _note(self) -> None:
        self.server.chat.asked.append((self.path, self.headers.get("Authorization", "")))

    def _say(self, says: Says) -> None:
        try:
            says(self)
        except (BrokenPipeError, ConnectionResetError):  # the client left
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


Says = Callable[[Handler], None]


class _Http(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for them
    chat: ChatServer


class ChatServer:
    """Says what it is told to: `whole` and `streamed` to a chat, `models` to the list of models."""

    def __init__(self) -> None:
        self.whole: Says = text("Nobody knows.")
        self.streamed: Says = pieces("Nobody ", "knows.")
        self.models: Says = Status(404)
        self.asked: list[tuple[str, str]] = []  # path and what the client showed as its right to ask
        self.requests: list[dict[str, Any]] = []
        self.over = threading.Event()
        self._http = _Http(("127.0.0.1", 0), Handler)
        self._http.chat = self
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,))
        self._thread.start()

    @staticmethod
    def never(handler: Handler) -> None:
        """Takes the question and says nothing."""
        handler.wait()

    def close(self) -> None:
        if self._thread.is_alive():
            self.over.set()
            self._http.shutdown()
            self._http.server_close()
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
