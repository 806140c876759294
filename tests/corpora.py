"""Small folders of articles for tests, indexed with the real model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from index.builder import build
from index.embed import Embedder
from index.settings import Settings


def corpus(folder: Path, files: Mapping[str, str], embedder: Embedder | None = None) -> Settings:
    """Write `files` below `folder`, index them, and return the settings of the store, which lies beside them."""
    write(folder / "articles", files)
    settings = Settings(llm="none", store=str(folder / "store"))
    report = build(folder / "articles", settings, embedder=embedder)
    assert not report.skipped, report.skipped
    return settings


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write `files`, newlines as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


def characters(path: Path, start: int, end: int) -> str:
    """The characters of a text file that an offset counts."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return file.read()[start:end]
