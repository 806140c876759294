"""Which language model answers: what the settings name, or an object that was passed in."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from index.errors import InputError
from index.settings import Settings
from qa.llm.files import KnownModel, best_present, check_model, known_models, path_of
from qa.llm.model import LlamaIndexModel, Model

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

AUTO, NONE = "auto", "none"
DEFAULT = "default"
GGUF, OLLAMA, OPENAI = "gguf:", "ollama:", "openai:"
OLLAMA_URL = "http://127.0.0.1:11434/v1"
OPENAI_URL = "https://api.openai.com/v1"
TIMEOUT = 60.0  # seconds without a sign of life from a server
CONNECT = 5.0


@dataclass(frozen=True, slots=True)
class Chosen:
    """The model that answers, None where answers are quoted only, and why it is this one."""

    model: Model | None
    why: str
    server: str = ""  # the address that questions and evidence are sent to, without credentials
    file: Path | None = None  # what is loaded into this process
    # Neither: a model that was passed in, of which only its owner knows where it runs.
    client: httpx.Client | None = None  # holds the connections to the server

    @property
    def name(self) -> str:
        """The name that answers give, `none` without a model."""
        return self.model.name if self.model else NONE

    def close(self) -> None:
        """Let go of the connections to the server, if there is one."""
        if self.client:
            self.client.close()


def choose_model(settings: Settings, llm: object = None) -> Chosen:
    """The model named by `llm`, else by the settings. Nothing is loaded yet; close what comes back.

    No server is asked yet, but by `auto`, which asks the one of `llm_base_url` for the names of its models.

    `llm`: None, a name (see `Settings.llm`), a LlamaIndex LLM or a `Model`. Raises `InputError` for a name that is
    unknown or a model that is not there; only `auto` does without.
    """
    named = settings.llm if llm is None else llm
    if not isinstance(named, str):
        return Chosen(_passed(named), "it was passed in")
    if named == NONE:
        return Chosen(None, "none is wanted; answers are quoted word for word")
    if named == AUTO:
        return _auto(settings)
    if named.startswith(GGUF):
        return _gguf(Path(named.removeprefix(GGUF)).expanduser())
    if named.startswith((OLLAMA, OPENAI)):
        return _server(named, settings)
    return _known(named, settings)


def _auto(settings: Settings) -> Chosen:
    if settings.llm_base_url:
        return _server(OPENAI + _first_of(settings), settings)
    found = best_present(settings)
    if found is None:
        best = known_models()[0].name
        return Chosen(None, f"no language model is here; answers are quoted; get one with: byline model pull {best}")
    return _local(*found, settings, "it is the best one that is here")


def _passed(llm: object) -> Model:
    from llama_index.core.llms import LLM

    if isinstance(llm, LLM):
        name = llm.metadata.model_name
        return LlamaIndexModel(llm, name, name)
    if isinstance(llm, Model):
        return llm
    raise InputError(f"llm is a name, or a LlamaIndex LLM, not {type(llm).__name__}.")


def _known(name: str, settings: Settings) -> Chosen:
    known = {model.name: model for model in known_models()}
    if name not in known:
        close = difflib.get_close_matches(name.lower(), known, n=1)
        hint = f"did you mean {close[0]}?" if close else "known are"
        forms = ", ".join([AUTO, NONE, *known, "gguf:PATH", "ollama:NAME", "openai:NAME"])
        raise InputError(f"There is no language model {name!r}; {hint if close else f'{hint} {forms}'}")
    path = path_of(known[name], settings)
    if path is None:
        raise InputError(f"{name} is not here; get it with: byline model pull {name}")
    return _local(known[name], path, settings, "it was named")


def _local(model: KnownModel, path: Path, settings: Settings, why: str) -> Chosen:
    from qa.llm.embedded import Embedded

    check = partial(check_model, model, settings=settings)
    return Chosen(LlamaIndexModel(Embedded(path=str(path), check=check), model.name, model.sha256), why, file=path)


def _gguf(path: Path) -> Chosen:
    from qa.llm.embedded import Embedded

    if not path.is_file():
        raise InputError(f"There is no file {path}; name a GGUF file with --llm gguf:PATH")
    about = path.stat()
    fingerprint = f"{path.name} {about.st_size} {about.st_mtime_ns}"
    model = LlamaIndexModel(Embedded(path=str(path.resolve())), f"{GGUF}{path.name}", fingerprint)
    return Chosen(model, "it was named", file=path)


def _server(named: str, settings: Settings) -> Chosen:
    kind, _, model = named.partition(":")
    if not model:
        raise InputError(f"Name the model after the colon: --llm {kind}:NAME")
    url = settings.llm_base_url or (OLLAMA_URL if kind == "ollama" else OPENAI_URL)
    shown = address(url)
    if not shown:  # it is not repeated here: who mixes up address and key has a key in it
        raise InputError("BYLINE_LLM_BASE_URL is no address; it should look like http://127.0.0.1:8080/v1")
    if url == OPENAI_URL and not settings.llm_api_key:
        raise InputError(f"{named} needs BYLINE_LLM_API_KEY, or BYLINE_LLM_BASE_URL for a server of yours")
    client = httpx.Client(timeout=httpx.Timeout(TIMEOUT, connect=CONNECT))
    llm = _llm(url, model, settings.llm_api_key, client)
    model_there = LlamaIndexModel(llm, named, f"{shown} {model}")
    return Chosen(model_there, f"it is asked at {shown}", shown, client=client)


def address(url: str) -> str:
    """The address of a server without user, password and query, which may be secret; "" for what is no address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    at = f"[{host}]" if ":" in host else host
    return urlunsplit((parts.scheme, f"{at}:{port}" if port else at, parts.path, "", ""))


def _llm(url: str, model: str, key: str, client: httpx.Client) -> LLM:
    from llama_index.llms.openai_like import OpenAILike

    options: dict[str, Any] = {"api_base": url, "api_key": key or "none", "timeout": TIMEOUT, "max_retries": 0}
    return OpenAILike(model=model, temperature=0.0, is_chat_model=True, **options | {"http_client": client})


def _first_of(settings: Settings) -> str:
    """The first model that the server lists; `default`, which most take for the only one, where it lists none."""
    headers = {"Authorization": f"Bearer {settings.llm_api_key}"} if settings.llm_api_key else {}
    try:
        listed = httpx.get(f"{settings.llm_base_url.rstrip('/')}/models", headers=headers, timeout=CONNECT)
        name = listed.raise_for_status().json()["data"][0]["id"]
    except (httpx.HTTPError, httpx.InvalidURL, LookupError, TypeError, ValueError):  # asking it will tell what is wrong
        return DEFAULT
    return name if name and isinstance(name, str) else DEFAULT
