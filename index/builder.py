"""Folder -> catalog and vector index. The only writer.

The folder of articles is the truth. A build reads what was added or changed, embeds in batches, and commits each
article in one transaction of the catalog. Vectors are written before that, under ids made from content, and deleted
after it; what is in between stands in the table `unsettled`, so that the next build can clear up after one that was
killed.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from index.batch import Batch
from index.catalog import FileRecord, sentence_id
from index.dateline import date_in_name
from index.duplicates import Copies
from index.embed import Embedder
from index.errors import DamagedVectorsError, InputError, StoreError, UnreadableFile
from index.load import FORMATS, language_warning, load, read
from index.models import BuildReport
from index.opening import (
    claim,
    doubt_path,
    is_damage,
    open_catalog,
    open_vectors,
    set_aside,
    vectors_path,
    writing,
)
from index.scan import Found, Scan, scan
from index.settings import BUNDLED, Settings
from index.split import split

if TYPE_CHECKING:
    from index.store import VectorStore

_RACY_NS = 2_000_000_000  # a file changed this shortly before it was read may have been changed again since


Stage = Literal["restoring", "indexing", "comparing"]
_TITLES = {"restoring": "Restoring the index", "indexing": "Indexing", "comparing": "Looking for copies"}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is."""

    stage: Stage  # "restoring" makes the vector index again from the catalog, "comparing" looks for near-duplicates
    files: int  # looked at and committed, or compared
    files_total: int
    sentences: int  # embedded, or restored
    seconds: float

    @property
    def title(self) -> str:
        """The stage in words."""
        return _TITLES[self.stage]


Report = Callable[[Progress], None]


def build(
    folder: str | Path,
    settings: Settings | None = None,
    progress: Report | None = None,
    embedder: Embedder | None = None,
) -> BuildReport:
    """Bring the index of `folder` up to date: what was added, changed, renamed or removed since the last build.

    `progress` is called many times while it works; `embedder` is one that is loaded already, where there is one. Raises
    `InputError` for a path that is not a folder, `StoreError` for a store that another build is writing to, that was
    made from another folder, with another model or by a newer version, or that cannot be written.
    """
    settings = settings or Settings.load()
    root, store = _checked(folder, settings.store)
    embedder = embedder or Embedder(settings.embedding_model)
    try:
        store.mkdir(parents=True, exist_ok=True)
        with writing(store):
            return _build(root, store.resolve(), embedder, progress)
    except DamagedVectorsError as error:
        with suppress(OSError):
            doubt_path(store).touch()
        raise StoreError(f"{error}; index again to have it mended.") from error
    except sqlite3.Error as error:
        raise StoreError(
            f"Cannot write to the store {store} ({error}).\nWhat is indexed so far is kept; make room, and index again."
        ) from error
    except OSError as error:
        raise StoreError(f"Cannot write to the store {store} ({error.strerror}); choose another --store.") from error


def _checked(folder: str | Path, store: str) -> tuple[Path, Path]:
    root, own = Path(folder).expanduser(), Path(store).expanduser()
    if not root.is_dir():
        what = "is a file, not a folder" if root.exists() else "does not exist"
        raise InputError(f"{folder} {what}; give the folder that holds the articles.")
    if own.resolve() == root.resolve():
        raise InputError(f"The store {own} cannot be the folder of articles itself; choose another --store.")
    return root.resolve(), own


def _build(root: Path, store: Path, embedder: Embedder, progress: Report | None) -> BuildReport:
    try:
        return _Build(root, store, embedder, progress).run()
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        warning = set_aside(store, error)
    again = _Build(root, store, embedder, progress)
    again.warn_of_store(warning)
    return again.run()


class _Build:
    """One run of `build`."""

    def __init__(self, root: Path, store: Path, embedder: Embedder, progress: Report | None) -> None:
        self.root, self.store, self.embedder, self.progress = root, store, embedder, progress
        self.started = time.perf_counter()
        self.indexed: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": []}
        self.skipped: list[tuple[str, str]] = []
        self.warnings: list[tuple[str, str]] = []
        self.named: list[FileRecord] = []  # files to be noted at the end: nothing in them has to be embedded
        self.altered = False  # whether a reader will find other articles
        self.files_done = self.files_total = self.embedded = 0
        self._vectors: VectorStore | None = None
        self.catalog = open_catalog(store, self.warn_of_store)
        self.batch = Batch(self.catalog, embedder, store)

    def run(self) -> BuildReport:
        """Do it all. Nothing can be done with the object afterwards."""
        try:
            claim(self.catalog, self.embedder, self.store, self.root)
            if self._in_doubt():
                assert self.vectors  # opening it clears up and restores
            found = scan(self.root, self.store, FORMATS)
            before = self.catalog.files()
            self.skipped += found.skipped
            self.files_total = len(found.found)
            for file in found.found:
                self._take(file, before.get(file.path))
            self._flush()
            gone = self._gone(found, before)
            self._name(gone)
            self._tell("indexing", self.embedded)
            self._compare()
            return self._report(gone, self._renames(gone))
        finally:
            self.catalog.close()
            if self._vectors:
                self._vectors.close()

    def warn_of_store(self, message: str) -> None:
        """Have the report say something about the store itself."""
        self.warnings.append((self.store.name, message))

    @property
    def vectors(self) -> VectorStore:
        """The vector index; opened when first needed, since an unchanged folder does not need it."""
        if self._vectors is None:
            restored = partial(self._tell, "restoring")
            self._vectors = open_vectors(self.store, self.catalog, self.warn_of_store, restored)
        return self._vectors

    def _in_doubt(self) -> bool:
        missing = not vectors_path(self.store).is_dir()
        return missing or doubt_path(self.store).exists() or bool(self.catalog.unsettled())

    def _take(self, file: Found, before: FileRecord | None) -> None:
        """Decide what is to be done with a file, and do all but the embedding."""
        if before and _untouched(file, before):
            self._keep(before)
            return
        try:
            read_ns = time.time_ns()
            data = read(self.root / file.path)
        except UnreadableFile as error:
            kept = before is not None and before.content is not None
            self.skipped.append((file.path, f"{error}; what was indexed of it before is kept" if kept else str(error)))
            self.files_done += 1  # not remembered: a permission changes without a trace
            return
        key = content_key(data, file.path)
        record = FileRecord(file.path, file.size, file.mtime_ns, read_ns, self.catalog.content(key), None)
        if record.content is None:
            self._parse(key, data, record, before)
        else:
            self.named.append(record)
            self.files_done += 1
            self._note(record, before)

    def _keep(self, before: FileRecord) -> None:
        self.files_done += 1
        if before.content is None:
            self.skipped.append((before.path, before.reason or ""))
        else:
            self.indexed["unchanged"].append(before.path)

    def _parse(self, key: str, data: bytes, record: FileRecord, before: FileRecord | None) -> None:
        if key not in self.batch:
            try:
                self._read_article(key, data, record)
            except UnreadableFile as error:
                self._skip(record.path, str(error), before)
                self.named.append(replace(record, reason=str(error)))
                return
        self.batch.name(key, record)
        self._note(record, before)
        if self.batch.is_full:
            self._flush()

    def _read_article(self, key: str, data: bytes, record: FileRecord) -> None:
        loaded = load(self.root / record.path, record.path, data)
        passages = split(loaded.article.text, loaded.body)
        if not passages:
            raise UnreadableFile("no text in it")
        self.batch.add(key, loaded.article, passages)
        self.warnings += [(record.path, warning) for warning in loaded.warnings]
        foreign = language_warning(loaded.article.language)
        if foreign and self.embedder.model == BUNDLED:
            self.warnings.append((record.path, foreign))

    def _skip(self, path: str, reason: str, before: FileRecord | None) -> None:
        self.files_done += 1
        if before and before.content is not None:
            reason += " (what was indexed of it before is removed)"
            self.altered = True
        self.skipped.append((path, reason))

    def _note(self, record: FileRecord, before: FileRecord | None) -> None:
        was = before.content if before else None
        kind = "added" if was is None else "unchanged" if was == record.content else "changed"
        self.indexed[kind].append(record.path)
        self.altered |= kind != "unchanged"

    def _flush(self) -> None:
        if self.batch.sentences:
            self.files_done += self.batch.commit(self.vectors, self._embedded)
            self._tell("indexing", self.embedded)

    def _gone(self, found: Scan, before: dict[str, FileRecord]) -> dict[str, FileRecord]:
        """The files that are no longer there. Those in a folder that could not be listed are taken to be unchanged."""
        there = {file.path for file in found.found}
        missing = {path: record for path, record in before.items() if path not in there}
        kept = {path for path in missing if path.startswith(tuple(found.unread))}
        self.indexed["unchanged"] += [path for path in kept if before[path].content is not None]
        return {path: record for path, record in missing.items() if path not in kept}

    def _name(self, gone: dict[str, FileRecord]) -> None:
        """Note the files that needed no embedding, forget those that are gone, and the contents that no file names."""
        with self.catalog.transaction():
            self.catalog.drop_files(gone)
            for record in self.named:
                self.catalog.put_file(record)
                if record.content is not None and (date := date_in_name(record.path)):
                    self.catalog.date(record.content, date)
            unnamed = self.catalog.drop_unnamed()
            self.catalog.note_unsettled(unnamed)
            if self.altered or unnamed or any(record.content is not None for record in gone.values()):
                self.catalog.raise_generation()
        if unnamed:
            self.vectors.delete(sentence_id(key, n) for key, count in unnamed for n in range(count))
            with self.catalog.transaction():
                self.catalog.settle(key for key, _ in unnamed)
                self.catalog.raise_generation()  # a reader that looked in between may still be offered what is deleted

    def _compare(self) -> None:
        """Look for the near-duplicates of what is new, and of what a build that was killed has left."""
        waiting = self.catalog.uncompared()
        if not waiting:
            return
        copies = Copies(self.catalog, self.vectors)
        for done, content in enumerate(waiting, 1):
            found = copies.of(content)
            with self.catalog.transaction():
                self.catalog.put_copies(content, found)
            self._report_progress(Progress("comparing", done, len(waiting), 0, self._seconds))
        with self.catalog.transaction():
            self.catalog.raise_generation()

    def _renames(self, gone: dict[str, FileRecord]) -> list[tuple[str, str]]:
        """Pair files that are gone with new ones of the same content, as (old, new)."""
        olds: dict[int, list[str]] = {}
        for path, record in gone.items():
            if record.content is not None:
                olds.setdefault(record.content, []).append(path)
        added = set(self.indexed["added"])
        news = ((record.path, record.content) for record in self.named if record.path in added)
        return [(olds[content].pop(0), path) for path, content in news if content is not None and olds.get(content)]

    def _report(self, gone: dict[str, FileRecord], renamed: list[tuple[str, str]]) -> BuildReport:
        olds, news = {old for old, _ in renamed}, {new for _, new in renamed}
        return BuildReport(
            added=tuple(path for path in self.indexed["added"] if path not in news),
            changed=tuple(self.indexed["changed"]),
            removed=tuple(path for path, record in gone.items() if record.content is not None and path not in olds),
            unchanged=tuple(sorted(self.indexed["unchanged"])),
            renamed=tuple(sorted(renamed)),
            skipped=tuple(sorted(self.skipped)),
            warnings=tuple(self.warnings),
            sentences=self.embedded,
            seconds=self._seconds,
        )

    def _embedded(self, count: int) -> None:
        self.embedded += count
        self._tell("indexing", self.embedded)

    def _tell(self, stage: Stage, sentences: int) -> None:
        self._report_progress(Progress(stage, self.files_done, self.files_total, sentences, self._seconds))

    def _report_progress(self, step: Progress) -> None:
        if self.progress:
            self.progress(step)

    @property
    def _seconds(self) -> float:
        return time.perf_counter() - self.started


def content_key(data: bytes, path: str) -> str:
    """The key of a content: the same bytes in the same format are the same article, whatever the file is called."""
    return f"{hashlib.sha256(data).hexdigest()[:40]}{Path(path).suffix.lower()}"


def _untouched(file: Found, before: FileRecord) -> bool:
    same = (file.size, file.mtime_ns) == (before.size, before.mtime_ns)
    return same and before.mtime_ns + _RACY_NS < before.read_ns
