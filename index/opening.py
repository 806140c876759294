"""Opening a store: who may write, whose it is, and what to do when a part of it is damaged."""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import filelock

from index.catalog import Catalog, sentence_id
from index.embed import Embedder
from index.errors import DamagedVectorsError, StoreError

if TYPE_CHECKING:
    from index.store import VectorStore

_BATCH = 4_096  # vectors copied at a time
_SAME = 0.99  # cosine of a vector and its copy in 16 bits
Warn = Callable[[str], None]
Copied = Callable[[int], None]


def catalog_path(store: Path) -> Path:
    """Where the catalog of a store is."""
    return store / "catalog.sqlite"


def vectors_path(store: Path) -> Path:
    """Where the vector index of a store is."""
    return store / "chroma"


def doubt_path(store: Path) -> Path:
    """A file that is there while the vector index is in doubt: the next build then looks at it, and mends it."""
    return store / "vectors.doubtful"


@contextmanager
def writing(store: Path) -> Iterator[None]:
    """Hold the store's write lock. The system frees it when its holder dies. Raises `StoreError` when it is held."""
    holder = store / "writer.txt"  # a courtesy; the lock is what counts
    try:
        with _write_lock(store):
            holder.write_text(f"process {os.getpid()} on {socket.gethostname()}", encoding="utf-8")
            try:
                yield
            finally:
                holder.unlink(missing_ok=True)
    except filelock.Timeout:
        raise StoreError(
            f"The store {store} is being written by {_named(holder)}; wait until it has finished."
        ) from None


def _write_lock(store: Path) -> filelock.BaseFileLock:
    return filelock.FileLock(store / "writer.lock", timeout=0)


def _named(holder: Path) -> str:
    try:
        return holder.read_text(encoding="utf-8") or "another process"
    except FileNotFoundError:  # it starts or ends just now
        return "another process"


def being_written(store: Path) -> bool:
    """Whether a build holds the write lock at this moment."""
    try:
        with _write_lock(store):
            return False
    except filelock.Timeout:
        return True
    except OSError:  # a store that may only be read: it cannot be told
        return False


def open_catalog(store: Path, warn: Warn) -> Catalog:
    """The catalog of `store`, made if there is none; a damaged one is set aside together with its vectors."""
    path = catalog_path(store)
    try:
        return Catalog(path, create=True)
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise StoreError(f"The catalog {path} cannot be opened ({error}); try again.") from error
        warn(set_aside(store, error))
        return Catalog(path, create=True)


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the catalog is damaged. A full disk, a lock or a mistake of ours is a subclass of what is raised then."""
    return type(error) is sqlite3.DatabaseError


def set_aside(store: Path, error: sqlite3.Error) -> str:
    """Rename a damaged catalog and its vectors, so that nothing is lost. Returns what to tell the user."""
    path = catalog_path(store)
    aside = _set_aside(path)
    for suffix in ("-wal", "-shm"):
        _set_aside(path.with_name(path.name + suffix))
    _set_aside(vectors_path(store))
    return f"the catalog was damaged ({error}): it was set aside as {aside}, and everything is indexed again"


def open_vectors(store: Path, catalog: Catalog, warn: Warn, copied: Copied) -> VectorStore:
    """The vector index of `store`; where it is lost, damaged or incomplete, it is filled again from the catalog.

    First it deletes what a killed build left behind: vectors added but never committed, or due to be deleted. `copied`
    is called with the number of vectors copied so far.
    """
    from index.store import VectorStore  # chromadb takes a second to import

    vectors = None
    try:
        vectors = VectorStore(vectors_path(store))
        _clear_up(catalog, vectors)
        fault = _fault(catalog, vectors)
    except DamagedVectorsError as error:
        fault = str(error)
    if vectors and fault is None:
        doubt_path(store).unlink(missing_ok=True)
        return vectors
    if vectors:
        vectors.close()
    return _made_again(store, catalog, f"{fault}", warn, copied)


def _clear_up(catalog: Catalog, vectors: VectorStore) -> None:
    unsettled = catalog.unsettled()
    if not unsettled:
        return
    orphans = [(key, count) for key, count in unsettled if catalog.content(key) is None]
    vectors.delete(sentence_id(key, ordinal) for key, count in orphans for ordinal in range(count))
    with catalog.transaction():
        catalog.settle(key for key, _ in unsettled)
        catalog.raise_generation()


def _fault(catalog: Catalog, vectors: VectorStore) -> str | None:
    have, want = vectors.count(), catalog.totals().sentences
    if have != want:
        return f"The vector index {vectors.folder} held {have} of {want} sentences"
    return None if can_find(catalog, vectors) else f"The vector index {vectors.folder} had lost sentences"


def can_find(catalog: Catalog, vectors: VectorStore) -> bool:
    """Whether most of a few known sentences are found. Chroma still counts what it has lost the index of."""
    probes = catalog.probes()
    found = [vectors.search(vector, 1) for _, vector in probes]
    return 2 * sum(bool(nearest) and nearest[0][1] > _SAME for nearest in found) >= len(probes)


def _made_again(store: Path, catalog: Catalog, fault: str, warn: Warn, copied: Copied) -> VectorStore:
    from index.store import VectorStore

    doubt_path(store).touch()  # until it is done: a build may be killed here as well
    aside = _set_aside(vectors_path(store))
    vectors = VectorStore(vectors_path(store))
    try:
        done = 0
        for ids, part in catalog.vectors(_BATCH):
            vectors.add(ids, part)
            done += len(ids)
            copied(done)
        with catalog.transaction():
            catalog.settle([key for key, _ in catalog.unsettled()])
            catalog.raise_generation()
    except BaseException:
        vectors.close()
        raise
    doubt_path(store).unlink()
    warn(
        f"{fault}: it was set aside as {aside} and made again from the catalog ({done} sentences, none embedded again)"
    )
    return vectors


def check_model(catalog: Catalog, embedder: Embedder, store: Path) -> None:
    """Raise `StoreError` if `store` was made with another model than `embedder`; an empty store takes any."""
    known, wanted = catalog.meta("model"), str(embedder.identity)
    if known not in (None, wanted) and catalog.totals().contents:
        raise StoreError(
            f"The store {store} was made with the embedding model {known}, not with {wanted}.\n"
            "Set BYLINE_EMBEDDING_MODEL to the first, choose another --store, or delete the store and index again."
        )


@contextmanager
def readable(store: Path) -> Iterator[None]:
    """Tell of a catalog that turns out to be damaged inside, or locked, in words that say what to do."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        what = "is damaged" if is_damage(error) else "cannot be read"
        raise StoreError(f"The catalog of {store} {what} ({error}); mend it with: byline index FOLDER") from error


def claim(catalog: Catalog, embedder: Embedder, store: Path, folder: Path) -> None:
    """Make `store` belong to `folder`, or raise `StoreError` if it belongs to another one, or to another model.

    A store that holds nothing goes to whoever asks.
    """
    relative = os.path.relpath(folder, store)  # so that a project folder can be moved with its store inside
    known = catalog.meta("folder")
    check_model(catalog, embedder, store)
    if known not in (None, relative) and catalog.totals().contents:
        raise StoreError(
            f"The store {store} belongs to the folder {articles_folder(catalog, store)}.\n"
            f"Choose another --store for {folder}, or delete the store to give it a new folder."
        )
    if known != relative:
        catalog.set_meta("folder", relative)
    if catalog.meta("model") not in (None, str(embedder.identity)) and vectors_path(store).is_dir():
        shutil.rmtree(vectors_path(store))  # it is empty, and made for vectors of another length


def remember_model(catalog: Catalog, embedder: Embedder, store: Path) -> None:
    """Note the model before its first vector is stored. Raises `StoreError` where its name means another model now."""
    if catalog.totals().contents:
        check_dimension(catalog, embedder.dimension, store)
    catalog.set_meta("model", str(embedder.identity))
    catalog.set_meta("dimension", str(embedder.dimension))


def check_dimension(catalog: Catalog, dimension: int, store: Path) -> None:
    """Raise `StoreError` if the vectors in `store` are not of length `dimension`."""
    known = catalog.meta("dimension")
    if known is not None and int(known) != dimension:
        raise StoreError(
            f"The store {store} holds vectors of {known} dimensions; the embedding model now makes {dimension}.\n"
            "Set BYLINE_EMBEDDING_MODEL to the model that made the store, or delete the store and index again."
        )


def existing_catalog(store: Path) -> Path:
    """The catalog of a store. Raises `StoreError` where there is none."""
    path = catalog_path(store)
    if not path.is_file():
        raise StoreError(f"There is no index in {store}; make one with: byline index FOLDER")
    return path


def folder_of(store: Path) -> Path:
    """The folder of articles that `store` belongs to. Raises `StoreError` where there is no index."""
    path = existing_catalog(store)
    with readable(store), closing(Catalog(path)) as catalog:
        return articles_folder(catalog, store)


def articles_folder(catalog: Catalog, store: Path) -> Path:
    """The folder of articles that `store` belongs to."""
    return Path(os.path.normpath(store.resolve() / (catalog.meta("folder") or ".")))


def _set_aside(path: Path) -> str:
    """Rename what is damaged, so that nothing is lost. Returns the new name."""
    stem = f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}"
    names = (f"{stem}-{n}" if n else stem for n in itertools.count())
    aside = next(aside for aside in map(path.with_name, names) if not aside.exists())
    if path.exists():
        path.rename(aside)
    return aside.name
