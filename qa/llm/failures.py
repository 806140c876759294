"""What went wrong with a language model, in one line: never the server's own words, which may hold the key."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from index.errors import BylineError

_BY_STATUS = {
    400: "refused the request; is it made for chat, and is the prompt within its context?",
    401: "refused the key; set BYLINE_LLM_API_KEY",
    403: "refused the key; set BYLINE_LLM_API_KEY",
    404: "does not know this model or address; check --llm and BYLINE_LLM_BASE_URL",
    413: "says that the prompt is too long",
    429: "has too many requests, or the quota is used up",
}


class ModelError(BylineError):
    """A language model gave no reply. The answer is quoted instead, and says why."""


@contextmanager
def told(name: str) -> Iterator[None]:
    """Whatever a model raises becomes a `ModelError` that says what happened in words of ours.

    It has no cause: a traceback would print the words of the server.
    """
    try:
        yield
    except ModelError:
        raise
    except BylineError as error:  # in words of ours already
        raise ModelError(str(error)) from error
    except Exception as error:  # any library may stand behind a model
        raise ModelError(f"{name} {what_happened(error)}") from None


def what_happened(error: Exception) -> str:
    """What is wrong and what to do, without the words of the error."""
    openai = sys.modules.get("openai")  # loaded where it can have raised
    if openai and isinstance(error, openai.APITimeoutError):
        return "did not answer in time"
    if openai and isinstance(error, openai.APIConnectionError):
        return "cannot be reached; is its server running, and BYLINE_LLM_BASE_URL right?"
    if openai and isinstance(error, openai.APIStatusError):
        status = int(error.status_code)
        return _BY_STATUS.get(status, f"answered with status {status}; see the log of the server")
    httpx = sys.modules.get("httpx")  # what breaks in the middle of a stream
    if httpx and isinstance(error, httpx.TimeoutException):
        return "stopped in the middle of a reply"
    if (httpx and isinstance(error, httpx.TransportError)) or (openai and isinstance(error, openai.APIError)):
        return "broke off in the middle of a reply; see the log of the server"
    if isinstance(error, AttributeError | LookupError | TypeError | ValueError):  # of whoever reads the reply
        return f"gave a reply that cannot be read ({type(error).__name__})"
    if isinstance(error, MemoryError):
        return "needs more memory than there is; take a smaller model"
    return f"failed ({type(error).__name__})"
