"""Folder -> catalog and vector index. The only writer.

The folder of articles is the truth. A build reads what was added or changed, embeds in batches, and commits each article
in one transaction of the catalog. Vectors are written before that, under ids made from content, and deleted after it;
what is in between stands in the table `unsettled`, so that the next build can clear up after one that was killed.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from index.catalog import FileRecord, sentence_id
from index.embed import Embedder
from index.errors import InputError, StoreError, UnreadableFile
from index.load import FORMATS, load, read
from index.models import Article, BuildReport, Passage
from index.opening import claim, open_catalog, open_vectors, vectors_path, writing
from index.scan import Found, Scan, scan
from index.settings import Settings
from index.split import split

if TYPE_CHECKING:
    from index.store import VectorStore

BATCH = 4_096  # sentences embedded, added and committed together
_RACY_NS = 2_000_000_000  # a file changed this shortly before it was read may have been changed again since


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is."""

    stage: str  # "indexing", or "restoring" while the vector index is made again from the catalog
    files: int  # looked at and committed
    files_total: int
    sentences: int  # embedded, or restored
    seconds: float


Report = Callable[[Progress], None]


def build(
    folder: str | Path,
    settings: Settings | None = None,
    progress: Report | None = None,
    embedder: Embedder | None = None,
) -> BuildReport:
    """Bring the index of `folder` up to date: what was added, changed, renamed or removed since the last build.

    `progress` is called many times while it works; `embedder` is one that is loaded already, where there is one. Raises `InputError` for a path that is not a folder, `StoreError` for a
    store that another build is writing to, or that was made from another folder, with another model or by a newer version.
    """
    settings = settings or Settings.load()
    root, store = Path(folder).expanduser(), Path(settings.store).expanduser()
    if not root.is_dir():
        what = "is a file, not a folder" if root.exists() else "does not exist"
        raise InputError(f"{folder} {what}; give the folder that holds the articles.")
    if store.resolve() == root.resolve():
        raise InputError(f"The store {store} cannot be the folder of articles itself; choose another --store.")
    try:
        store.mkdir(parents=True, exist_ok=True)
        with writing(store):
            embedder = embedder or Embedder(settings.embedding_model)
            return _Build(root.resolve(), store.resolve(), embedder, progress).run()
    except (PermissionError, FileExistsError) as error:
        raise StoreError(f"Cannot write to the store {store} ({error.strerror}); choose another --store.") from error


@dataclass(slots=True)
class _Waiting:
    """An article that waits for its vectors, and the files that hold it."""

    article: Article
    passages: list[Passage]
    sentences: list[str]
    files: list[FileRecord]


class _Build:
    """One run of `build`."""

    def __init__(self, root: Path, store: Path, embedder: Embedder, progress: Report | None) -> None:
        self.root, self.store, self.embedder, self.progress = root, store, embedder, progress
        self.started = time.perf_counter()
        self.indexed: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": []}
        self.skipped: list[tuple[str, str]] = []
        self.warnings: list[tuple[str, str]] = []
        self.waiting: dict[str, _Waiting] = {}
        self.files_done = self.files_total = self.embedded = 0
        self._vectors: VectorStore | None = None
        self.catalog = open_catalog(store, self._warn_store)

    def run(self) -> BuildReport:
        try:
            claim(self.catalog, self.embedder, self.store, self.root)
            if self.catalog.unsettled() or not vectors_path(self.store).is_dir():
                assert self.vectors  # opening it clears up and restores
            found = scan(self.root, self.store, FORMATS)
            before = self.catalog.files()
            self.skipped += found.skipped
            self.files_total = len(found.found)
            for file in found.found:
                self._take(file, before.get(file.path))
            self._flush()
            removed, renamed = self._drop_missing(found, before)
            return self._report(removed, renamed)
        finally:
            if self._vectors:
                self._vectors.close()
            self.catalog.close()

    @property
    def vectors(self) -> VectorStore:
        """The vector index; opened when first needed, since an unchanged folder does not need it."""
        if self._vectors is None:
            self._vectors = open_vectors(self.store, self.catalog, self._warn_store, lambda n: self._tell("restoring", n))
        return self._vectors

    def _take(self, file: Found, before: FileRecord | None) -> None:
        """Decide what is to be done with a file, and do all but the embedding."""
        if before and _untouched(file, before):
            self._keep(before)
            return
        try:
            read_ns = time.time_ns()
            data = read(self.root / file.path)
        except UnreadableFile as error:
            self._skip(file.path, str(error), before)  # not remembered: a permission changes without a trace
            return
        key = content_key(data, file.path)
        record = FileRecord(file.path, file.size, file.mtime_ns, read_ns, self.catalog.content(key), None)
        if record.content is None:
            self._parse(key, data, record, before)
        else:
            self.catalog.put_file(record)
            self._note(record, before, record.content)

    def _keep(self, before: FileRecord) -> None:
        self.files_done += 1
        if before.content is None:
            self.skipped.append((before.path, before.reason or ""))
        else:
            self.indexed["unchanged"].append(before.path)

    def _parse(self, key: str, data: bytes, record: FileRecord, before: FileRecord | None) -> None:
        if key not in self.waiting:
            try:
                loaded = load(self.root / record.path, record.path, data)
                passages = split(loaded.article.text, loaded.body)
                if not passages:
                    raise UnreadableFile("no text in it")
            except UnreadableFile as error:
                self._skip(record.path, str(error), before)
                self.catalog.put_file(replace(record, reason=str(error)))
                return
            text = loaded.article.text
            sentences = [text[s.start : s.end] for passage in passages for s in passage.sentences]
            self.waiting[key] = _Waiting(loaded.article, passages, sentences, [])
            self.warnings += [(record.path, warning) for warning in loaded.warnings]
        self.waiting[key].files.append(record)
        self._note(record, before, None)
        if sum(len(waiting.sentences) for waiting in self.waiting.values()) >= BATCH:
            self._flush()

    def _skip(self, path: str, reason: str, before: FileRecord | None) -> None:
        self.files_done += 1
        if before and before.content is not None:
            reason += " (what was indexed of it before is removed)"
            self.catalog.drop_files([path])
        self.skipped.append((path, reason))

    def _note(self, record: FileRecord, before: FileRecord | None, content: int | None) -> None:
        was = before.content if before else None
        kind = "added" if was is None else "unchanged" if was == content else "changed"
        self.indexed[kind].append(record.path)
        if content is not None:
            self.files_done += 1
            self._tell("indexing", self.embedded)

    def _flush(self) -> None:
        """Embed what waits, add the vectors, then commit article by article."""
        if not self.waiting:
            return
        waiting, self.waiting = self.waiting, {}
        sentences = [sentence for item in waiting.values() for sentence in item.sentences]
        vectors = self.embedder.encode(sentences, self._embedded)
        ids = [sentence_id(key, n) for key, item in waiting.items() for n in range(len(item.sentences))]
        index = self.vectors
        with self.catalog.transaction():
            self.catalog.note_unsettled((key, len(item.sentences)) for key, item in waiting.items())
        index.add(ids, vectors)
        at = 0
        for key, item in waiting.items():
            with self.catalog.transaction():
                end = at + len(item.sentences)
                content = self.catalog.put_content(key, item.article, item.passages, vectors[at:end])
                for record in item.files:
                    self.catalog.put_file(replace(record, content=content))
                self.catalog.settle([key])
                at = end
            self.files_done += len(item.files)
        self.catalog.raise_generation()
        self._tell("indexing", self.embedded)

    def _drop_missing(self, found: Scan, before: dict[str, FileRecord]) -> tuple[list[str], list[tuple[str, str]]]:
        """Forget the files that are gone, then the contents that no file names any more. Returns (removed, renamed)."""
        there = {file.path for file in found.found}
        kept = [path for path in before if path not in there and path.startswith(tuple(found.unread))]
        gone = {path: record for path, record in before.items() if path not in there and path not in kept}
        self.indexed["unchanged"] += [path for path in kept if before[path].content is not None]
        renamed = self._renames({path: r.content for path, r in gone.items() if r.content is not None})
        if gone or any(self.indexed[kind] for kind in ("added", "changed")) or self.skipped:
            with self.catalog.transaction():
                self.catalog.drop_files(gone)
                dropped = self.catalog.drop_unnamed()
                self.catalog.note_unsettled(dropped)
            if dropped:
                self.vectors.delete(sentence_id(key, n) for key, count in dropped for n in range(count))
                self.catalog.settle(key for key, _ in dropped)
            self.catalog.raise_generation()
        old = {old for old, _ in renamed}
        return [path for path, r in gone.items() if r.content is not None and path not in old], renamed

    def _renames(self, gone: dict[str, int]) -> list[tuple[str, str]]:
        """Pair files that are gone with new ones of the same content."""
        by_content: dict[int, list[str]] = {}
        for path, content in gone.items():
            by_content.setdefault(content, []).append(path)
        now = self.catalog.files() if gone else {}
        renamed = []
        for path in self.indexed["added"]:
            content = now[path].content if path in now else None
            if content is not None and by_content.get(content):
                renamed.append((by_content[content].pop(0), path))
        return renamed

    def _report(self, removed: list[str], renamed: list[tuple[str, str]]) -> BuildReport:
        new = {new for _, new in renamed}
        return BuildReport(
            added=tuple(path for path in self.indexed["added"] if path not in new),
            changed=tuple(self.indexed["changed"]),
            removed=tuple(sorted(removed)),
            unchanged=tuple(sorted(self.indexed["unchanged"])),
            renamed=tuple(sorted(renamed)),
            skipped=tuple(sorted(self.skipped)),
            warnings=tuple(self.warnings),
            sentences=self.embedded,
            seconds=time.perf_counter() - self.started,
        )

    def _embedded(self, count: int) -> None:
        self.embedded += count
        self._tell("indexing", self.embedded)

    def _tell(self, stage: str, sentences: int) -> None:
        if self.progress:
            seconds = time.perf_counter() - self.started
            self.progress(Progress(stage, self.files_done, self.files_total, sentences, seconds))

    def _warn_store(self, message: str) -> None:
        self.warnings.append((self.store.name, message))


def content_key(data: bytes, path: str) -> str:
    """The key of a content: the same bytes in the same format are the same article, whatever the file is called."""
    return f"{hashlib.sha256(data).hexdigest()[:40]}{Path(path).suffix.lower()}"


def _untouched(file: Found, before: FileRecord) -> bool:
    same = (file.size, file.mtime_ns) == (before.size, before.mtime_ns)
    return same and before.mtime_ns + _RACY_NS < before.read_ns
