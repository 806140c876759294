"""The files of a folder: what could be an article, and what is passed over and why."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may hold an article."""

    path: str  # relative to the folder, with "/"
    size: int  # bytes
    mtime_ns: int


@dataclass(slots=True)
class Scan:
    """What is in a folder."""

    found: list[Found] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)  # (path, reason)
    unread: list[str] = field(default_factory=list)  # folders that could not be listed


def scan(folder: Path, store: Path, suffixes: Collection[str]) -> Scan:
    """Everything below `folder`, sorted by path: files with one of `suffixes`, and the rest with a reason.

    Hidden files and folders are not looked at, neither is `store`. Links are followed, once: a folder that has been
    seen under another name is skipped, so that a loop ends.
    """
    result = Scan()
    folders: list[tuple[Path, str]] = [(folder, "")]
    links: list[tuple[Path, str]] = []
    seen: set[tuple[int, int]] = set()
    own = _identity(store) if store.exists() else None
    while folders or links:  # links last: what is really here keeps its own name
        here, prefix = (folders or links).pop()
        for entry in _entries(here, prefix, result, seen, own):
            path = prefix + entry.name
            if entry.name.startswith("."):
                continue
            if _is_folder(entry):
                (links if entry.is_symlink() else folders).append((Path(entry.path), path + "/"))
            else:
                _sort_in(entry, path, suffixes, result)
    result.found.sort(key=lambda found: found.path)
    result.skipped.sort()
    return result


def _entries(
    folder: Path, prefix: str, result: Scan, seen: set[tuple[int, int]], own: tuple[int, int] | None
) -> list[os.DirEntry[str]]:
    """What is in `folder`; nothing for the store itself and for a folder that was `seen`."""
    try:
        identity = _identity(folder)
        if identity == own:
            return []
        if identity in seen:
            result.skipped.append((prefix.rstrip("/"), "a link to a folder that is indexed already"))
            return []
        seen.add(identity)
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError as error:
        result.skipped.append((prefix.rstrip("/") or ".", f"the folder cannot be listed: {error.strerror}"))
        result.unread.append(prefix)
        return []


def _identity(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself, or a folder behind that may not be looked into: `_sort_in` says so
        return False


def _sort_in(entry: os.DirEntry[str], path: str, suffixes: Collection[str], result: Scan) -> None:
    suffix = Path(entry.name).suffix.lower()
    try:
        path.encode()
        if suffix not in suffixes:
            result.skipped.append((path, f"not a format that is read ({suffix or 'no suffix'})"))
        elif not entry.is_file():
            result.skipped.append((path, "a link that leads nowhere" if entry.is_symlink() else "not a regular file"))
        else:
            status = entry.stat()
            result.found.append(Found(path, status.st_size, status.st_mtime_ns))
    except UnicodeEncodeError:
        name = path.encode(errors="replace").decode()
        result.skipped.append((name, "the file name is not valid Unicode: rename it"))
    except OSError as error:
        result.skipped.append((path, f"cannot be read: {error.strerror}"))
