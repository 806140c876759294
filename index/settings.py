"""Settings: one frozen object, built at the entry points and passed down. Nothing else reads the environment."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from index.errors import InputError

CONFIG_FILE = "byline.toml"
PREFIX = "BYLINE_"
BUNDLED = "bundled"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the index is, which models embed and write, and who may use the chat.

    Each field can be set as a key of `byline.toml` in the working directory or, which wins, as an environment variable
    with the prefix `BYLINE_` (`BYLINE_STORE`).
    """

    store: str = ".byline"
    """Folder that holds the index."""

    embedding_model: str = BUNDLED
    """`bundled` (all-MiniLM-L6-v2), or any sentence-transformers name or path."""

    llm: str = "auto"
    """Language model: `auto`, `none`, one of `byline model list`, `gguf:PATH`, `ollama:NAME` or `openai:NAME`."""

    llm_base_url: str = ""
    """OpenAI-compatible server that `auto`, `ollama:` and `openai:` ask, such as `http://127.0.0.1:8080/v1`."""

    llm_api_key: str = field(default="", repr=False)
    """Key for that server, where it wants one."""

    llm_writes: str = "auto"
    """Whether the model writes sentences, not only the short answer: `yes`, `no`, or `auto`, if it passes a probe."""

    models: str = ""
    """Folder of pulled language models; empty for the user's data folder of the operating system."""

    nli_model: str = ""
    """Cross-encoder for entailment (sentence-transformers name or path) that checks what is written; empty for none."""

    risk: float = 0.75
    """The risk of a wrong answer that you take, 0..1: an answer whose confidence is below 1 - `risk` is refused."""

    auth: str = field(default="", repr=False)
    """`user:password` that the chat asks for; empty for none."""

    @classmethod
    def load(
        cls, folder: str | Path = ".", environ: Mapping[str, str] | None = None, **overrides: str | float | None
    ) -> Settings:
        """Read `byline.toml` in `folder`, then the environment, then `overrides` that are not None.

        Raises `InputError` for a key that does not exist, a value of the wrong type, an empty one (an empty variable
        counts as none) or a file that is not TOML.
        """
        values = _from_file(Path(folder) / CONFIG_FILE)
        values |= _from_environment(os.environ if environ is None else environ)
        values |= {key: value for key, value in overrides.items() if value is not None}
        checked: dict[str, Any] = {
            key: _share(key, value) if key in _SHARES else _words(key, value) for key, value in values.items()
        }
        return replace(cls(), **checked)


_SHARES = frozenset(field.name for field in fields(Settings) if isinstance(field.default, float))


def _words(key: str, value: str) -> str:
    if not value.strip():
        raise InputError(f"{key} must not be empty.")
    return value


def _share(key: str, value: str | float) -> float:
    try:
        share = -1.0 if isinstance(value, bool) else float(value)
    except (ValueError, TypeError, OverflowError):
        share = -1.0
    if not 0 <= share <= 1:
        raise InputError(f"{key} must be a number from 0 to 1, not {value}.")
    return share


def _from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not valid TOML: {error}") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    for key, value in values.items():
        _check(key, str(path))
        if not isinstance(value, str) and key not in _SHARES:
            raise InputError(f"{path}: {key} must be a string in quotation marks, not {value!r}")
    return values


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    values = {
        name[len(PREFIX) :].lower(): value for name, value in environ.items() if name.startswith(PREFIX) and value
    }
    for key in values:
        _check(key, f"the environment ({PREFIX}{key.upper()})")
    return values


def _check(key: str, where: str) -> None:
    known = [field.name for field in fields(Settings)]
    if key not in known:
        close = difflib.get_close_matches(key, known, n=1)
        hint = f"did you mean {close[0]}?" if close else f"known settings: {', '.join(known)}"
        raise InputError(f"Unknown setting {key!r} in {where}; {hint}")
