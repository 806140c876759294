"""Opening a store: who may write, whose it is, and what to do when a part of it is damaged."""

from __future__ import annotations

import os
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import filelock

from index.catalog import Catalog, sentence_id
from index.embed import Embedder
from index.errors import StoreError

if TYPE_CHECKING:
    from index.store import VectorStore

_BATCH = 4_096  # vectors copied at a time
Warn = Callable[[str], None]
Copied = Callable[[int], None]


def catalog_path(store: Path) -> Path:
    """Where the catalog of a store is."""
    return store / "catalog.sqlite"


def vectors_path(store: Path) -> Path:
    """Where the vector index of a store is."""
    return store / "chroma"


@contextmanager
def writing(store: Path) -> Iterator[None]:
    """Hold the store's write lock. The system frees it when its holder dies. Raises `StoreError` when it is held."""
    holder = store / "writer.txt"  # a courtesy; the lock is what counts
    try:
        with filelock.FileLock(store / "writer.lock", timeout=0):
            holder.write_text(f"process {os.getpid()} on {socket.gethostname()}", encoding="utf-8")
            yield
            holder.unlink(missing_ok=True)
    except filelock.Timeout:
        name = holder.read_text(encoding="utf-8") if holder.is_file() else "another process"
        raise StoreError(f"The store {store} is being written by {name}; wait until it has finished.") from None


def open_catalog(store: Path, warn: Warn) -> Catalog:
    """The catalog of `store`, made if there is none; a damaged one is set aside together with its vectors."""
    path = catalog_path(store)
    try:
        return Catalog(path)
    except sqlite3.OperationalError as error:  # a lock or a full disk, not damage
        raise StoreError(f"The catalog {path} cannot be opened ({error}); try again.") from error
    except sqlite3.DatabaseError as error:
        aside = _set_aside(path)
        for suffix in ("-wal", "-shm"):
            _set_aside(path.with_name(path.name + suffix))
        _set_aside(vectors_path(store))
        warn(f"the catalog was damaged ({error}): it was set aside as {aside}, and everything is indexed again")
        return Catalog(path)


def open_vectors(store: Path, catalog: Catalog, warn: Warn, copied: Copied) -> VectorStore:
    """The vector index of `store`; where it is lost, damaged or incomplete, it is filled again from the catalog.

    First it deletes what a killed build left behind: vectors added but never committed, or due to be deleted. `copied` is
    called with the number of vectors copied so far.
    """
    from index.store import VectorStore  # chromadb takes a second to import

    folder = vectors_path(store)
    try:
        vectors = VectorStore(folder)
        _clear_up(catalog, vectors)
        have, want = vectors.count(), catalog.totals().sentences
    except StoreError as error:
        warn(f"{error} It was set aside as {_set_aside(folder)} and made again from the catalog.")
        vectors, have, want = VectorStore(folder), 0, catalog.totals().sentences
    if have != want and have:
        vectors.close()
        warn(f"the vector index held {have} of {want} sentences: it was set aside as {_set_aside(folder)}")
        vectors = VectorStore(folder)
    if have != want:
        _fill(vectors, catalog, copied)
        warn(f"the vector index was made again from the catalog ({want} sentences, none embedded again)")
    return vectors


def _clear_up(catalog: Catalog, vectors: VectorStore) -> None:
    unsettled = catalog.unsettled()
    orphans = [(key, count) for key, count in unsettled if catalog.content(key) is None]
    vectors.delete(sentence_id(key, ordinal) for key, count in orphans for ordinal in range(count))
    catalog.settle(key for key, _ in unsettled)


def _fill(vectors: VectorStore, catalog: Catalog, copied: Copied) -> None:
    done = 0
    for ids, part in catalog.vectors(_BATCH):
        vectors.add(ids, part)
        done += len(ids)
        copied(done)
    catalog.raise_generation()


def check_model(catalog: Catalog, embedder: Embedder, store: Path) -> None:
    """Raise `StoreError` if `store` was made with another model than `embedder`; an empty store takes any."""
    known, wanted = catalog.meta("model"), str(embedder.identity)
    if known is not None and known != wanted:
        raise StoreError(
            f"The store {store} was made with the embedding model {known}, not with {wanted}.\n"
            "Set BYLINE_EMBEDDING_MODEL to the first, choose another --store, or delete the store and index again."
        )


def claim(catalog: Catalog, embedder: Embedder, store: Path, folder: Path) -> None:
    """Make `store` belong to `folder` and the model, or raise `StoreError` if it belongs to others."""
    check_model(catalog, embedder, store)
    relative = os.path.relpath(folder, store)  # so that a project folder can be moved with its store inside
    known = catalog.meta("folder")
    if known is not None and known != relative:
        raise StoreError(
            f"The store {store} belongs to the folder {articles_folder(catalog, store)}.\n"
            f"Choose another --store for {folder}, or delete the store to give it a new folder."
        )
    with catalog.transaction():
        catalog.set_meta("folder", relative)
        catalog.set_meta("model", str(embedder.identity))


def articles_folder(catalog: Catalog, store: Path) -> Path:
    """The folder of articles that `store` belongs to."""
    return Path(os.path.normpath(store.resolve() / (catalog.meta("folder") or ".")))


def _set_aside(path: Path) -> str:
    """Rename what is damaged, so that nothing is lost. Returns the new name."""
    aside = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
    if path.exists():
        path.rename(aside)
    return aside.name
