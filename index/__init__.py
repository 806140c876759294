"""Files in, searchable sentences out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.builder import Progress, build
    from index.models import Article, BuildReport
    from index.settings import Settings

__all__ = ["Article", "BuildReport", "Progress", "Settings", "build"]

_HOMES = {
    "Article": "index.models",
    "BuildReport": "index.models",
    "Progress": "index.builder",
    "Settings": "index.settings",
    "build": "index.builder",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for and no more: `byline --help` needs none of it."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
