"""What a run was made from, as hashes and versions, so that two runs can be told apart, or found the same."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from collections.abc import Iterable
from dataclasses import fields
from importlib import metadata
from pathlib import Path
from typing import Any

from index.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("index", "qa", "eval")
LIBRARIES = ("chromadb", "llama-index-core", "numpy", "sentence-transformers", "torch")


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def value_hash(value: Any) -> str:
    """SHA-256 of a JSON value, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def code_hash(packages: Iterable[str] = PACKAGES) -> str:
    """SHA-256 over the files of these packages of Byline as they are on disk, committed or not."""
    paths = (path for package in packages for path in (ROOT / package).rglob("*") if path.is_file())
    kept = sorted(path for path in paths if "__pycache__" not in path.parts)
    return value_hash([[path.relative_to(ROOT).as_posix(), file_hash(path)] for path in kept])


def settings_record(settings: Settings) -> dict[str, Any]:
    """The settings that can change a result. Not the place of the store, nor what a repr hides, such as a key."""
    kept = (field.name for field in fields(settings) if field.repr and field.name != "store")
    return {name: getattr(settings, name) for name in kept}


def peak_memory() -> int | None:
    """The most memory that this process has taken so far, in MB (10^6 bytes); None where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage(2): bytes on macOS, KiB elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit // 1_000_000


def versions() -> dict[str, str]:
    """The versions of Python and of the libraries that take part in a result, where they are installed."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue  # only some systems need it
    return found
