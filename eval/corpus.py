"""The folder of articles that a run asks about: its texts, for offsets, and its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from index.catalog import Catalog
from index.errors import InputError, UnreadableFile
from index.load import FORMATS, load
from index.opening import existing_catalog, readable
from index.scan import scan


@dataclass
class Corpus:
    """The files of `folder` in a format that is read, sorted; `sha256` of all names and bytes; the files left out."""

    folder: Path
    files: tuple[str, ...]
    sha256: str
    skipped: tuple[tuple[str, str], ...] = ()  # (file, reason)
    _read: dict[str, str] = field(default_factory=dict, repr=False)

    def read(self, file: str) -> str:
        """The text of one file. Raises `KeyError` for a file that is not there, or cannot be read.

        Plain text is read from the file itself, not as the index reads it: quotations are checked against it.
        """
        if file not in self._read:
            if file not in self._known:
                raise KeyError(file)
            self._read[file] = self._text(file)
        return self._read[file]

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The texts of all files that can be read, as the index reads them."""
        found = {}
        for file in self.files:
            try:
                found[file] = load(self.folder / file, file).article.text
            except UnreadableFile:
                continue  # the index leaves it out too, and says so
        return found

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.files)

    def _text(self, file: str) -> str:
        if file.lower().endswith((".txt", ".md")):
            try:
                with (self.folder / file).open(encoding="utf-8-sig", newline="") as plain:
                    return plain.read()
            except UnicodeDecodeError:
                pass  # in another encoding: as the index decodes it
            except OSError as error:
                raise KeyError(file) from error
        try:
            return load(self.folder / file, file).article.text
        except UnreadableFile as error:
            raise KeyError(file) from error


def read_corpus(folder: str | Path) -> Corpus:
    """The articles under `folder`, each read when it is needed.

    Raises `InputError` for a path that is not a folder, and for a folder without articles.
    """
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder; give the folder of articles that the gold questions ask about")
    listing = scan(folder, folder / ".byline", FORMATS)
    if not listing.found:
        raise InputError(f"{folder} holds no articles; formats that are read: {' '.join(FORMATS)}")
    files = tuple(found.path for found in listing.found)
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file}\0{_hash(folder / file)}\n".encode())
    return Corpus(folder, files, digest.hexdigest(), tuple(listing.skipped))


def check_fresh(store: Path, folder: Path) -> None:
    """Raise `InputError` where files of `folder` have changed since the index in `store` was made: a look at each."""
    with readable(store), closing(Catalog(existing_catalog(store))) as catalog:
        indexed = {file.path: (file.size, file.mtime_ns) for file in catalog.files().values()}
    there = {found.path: (found.size, found.mtime_ns) for found in scan(folder, store, FORMATS).found}
    changed = sorted(path for path in indexed.keys() | there.keys() if indexed.get(path) != there.get(path))
    if changed:
        more = f" and {len(changed) - 1} more" if changed[1:] else ""
        raise InputError(f"{changed[0]}{more} changed since the index was made; run: byline index {folder}")


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return f"unreadable: {error.strerror}"
