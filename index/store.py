"""The vector index: Chroma, one vector per sentence. A copy of what the catalog holds, under ids made from content."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TypeVar

import chromadb
import filelock
from chromadb.config import Settings as ChromaSettings

from index.embed import Vectors
from index.errors import StoreError

SPACE = "cosine"
_COLLECTION = "sentences"
_OPEN_TIMEOUT = 60  # seconds; two processes that open one Chroma folder at once can hang
_T = TypeVar("_T")


class VectorStore:
    """Chroma in a folder, safe to share between threads.

    Raises `StoreError` when Chroma cannot open or read the folder: it has to be rebuilt from the catalog.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._open()

    def add(self, ids: Sequence[str], vectors: Vectors, report: Callable[[int], None] | None = None) -> None:
        """Add unit vectors, shape `(len(ids), dimension)`. An id that is there already is left as it is."""
        with self._guarded():
            for part in _batches(range(len(ids)), self._client.get_max_batch_size()):
                self._collection.add(ids=[ids[i] for i in part], embeddings=vectors[part[0] : part[-1] + 1])
                if report:
                    report(len(part))

    def delete(self, ids: Iterable[str]) -> None:
        """Delete vectors; an id that is not there is passed over."""
        with self._guarded():
            for part in _batches(ids, self._client.get_max_batch_size()):
                self._collection.delete(ids=part)

    def search(self, vector: Vectors, n: int) -> list[tuple[str, float]]:
        """The `n` nearest sentences (approximate search) as (id, cosine), nearest first."""
        with self._guarded():
            if not self._collection.count():
                return []
            found = self._collection.query(query_embeddings=vector[None, :], n_results=n, include=["distances"])
        assert found["distances"] is not None
        return [(key, 1 - distance) for key, distance in zip(found["ids"][0], found["distances"][0], strict=True)]

    def count(self) -> int:
        """How many vectors there are."""
        with self._guarded():
            return self._collection.count()

    def reopen(self) -> None:
        """See what another process has written: an open client goes on answering from what it knew."""
        with self._lock:
            self._client.close()
            self._open()

    def close(self) -> None:
        """Release the files."""
        with self._lock:
            self._client.close()

    def _open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with filelock.FileLock(self.folder.parent / "opening.lock", timeout=_OPEN_TIMEOUT):
                self._client = chromadb.PersistentClient(
                    str(self.folder.resolve()), settings=ChromaSettings(anonymized_telemetry=False)
                )
                self._collection = self._client.get_or_create_collection(
                    _COLLECTION, configuration={"hnsw": {"space": SPACE}}, embedding_function=None
                )
        except filelock.Timeout:
            raise StoreError(f"{self.folder} is being opened by another process and does not get ready; try again.") from None
        except Exception as error:  # Chroma raises its own, pyo3's and SQLite's errors without a common base
            raise StoreError(f"The vector index {self.folder} cannot be opened ({_first_line(error)}).") from error

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except Exception as error:  # as above
                raise StoreError(f"The vector index {self.folder} cannot be used ({_first_line(error)}).") from error


def _batches(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
