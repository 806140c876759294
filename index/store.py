"""The vector index: Chroma, one vector per sentence. A copy of what the catalog holds, under ids made from content."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TypeVar

import chromadb
import filelock
import numpy as np
from chromadb.api.client import Client
from chromadb.api.collection_configuration import CreateCollectionConfiguration, CreateHNSWConfiguration
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings as ChromaSettings

from index.embed import Vectors
from index.errors import DamagedVectorsError, StoreError

_CONFIGURATION = CreateCollectionConfiguration(hnsw=CreateHNSWConfiguration(space="cosine"))
_COLLECTION = "sentences"
_OPEN_TIMEOUT = 60  # seconds; two processes that open one Chroma folder at once can hang
_APART = 1e-3  # length of what equal vectors are moved apart by; cosines change by less
_LONGEST_REASON = 200  # characters; Chroma quotes what it cannot read
_T = TypeVar("_T")


class VectorStore:
    """Chroma in a folder, safe to share between threads.

    Raises `DamagedVectorsError` when Chroma cannot open or use the folder, or there is none and `create` is false: it
    has to be made again from the catalog. Raises `StoreError` when another process takes too long to open it.
    """

    def __init__(self, folder: Path, create: bool = True) -> None:
        self.folder = folder
        self._create = create
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._open()

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add unit vectors, shape `(len(ids), dimension)`. An id that is there already is left as it is."""
        with self._guarded() as client:
            for part in _batches(range(len(ids)), client.get_max_batch_size()):
                names = [ids[i] for i in part]
                self._collection.add(ids=names, embeddings=_apart(names, vectors[part[0] : part[-1] + 1]))

    def delete(self, ids: Iterable[str]) -> None:
        """Delete vectors; an id that is not there is passed over."""
        with self._guarded() as client:
            for part in _batches(ids, client.get_max_batch_size()):
                self._collection.delete(ids=part)

    def search(self, vector: Vectors, n: int) -> list[tuple[str, float]]:
        """The `n` nearest sentences (approximate search) as (id, cosine), nearest first."""
        return self.search_all(vector[None, :], n)[0]

    def search_all(self, vectors: Vectors, n: int) -> list[list[tuple[str, float]]]:
        """The same for each of several vectors, shape `(count, dimension)`."""
        with self._guarded():
            found = self._collection.query(query_embeddings=vectors, n_results=n, include=["distances"])
        assert found["distances"] is not None
        return [
            [(key, 1 - distance) for key, distance in zip(keys, distances, strict=True)]
            for keys, distances in zip(found["ids"], found["distances"], strict=True)
        ]

    def count(self) -> int:
        """How many vectors there are."""
        with self._guarded():
            return self._collection.count()

    def reopen(self) -> None:
        """See what another process has written: an open client goes on answering from what it knew."""
        with self._lock:
            self._close()
            self._open()

    def close(self) -> None:
        """Release the files."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        client, self._client = self._client, None
        if client:
            client.close()

    def _open(self) -> None:
        if not self._create and not (self.folder / "chroma.sqlite3").is_file():
            raise DamagedVectorsError(f"The vector index {self.folder} is missing")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(self.folder.parent / "opening.lock", timeout=_OPEN_TIMEOUT):
                self._connect()
        except filelock.Timeout:
            raise StoreError(
                f"{self.folder} is being opened by another process and does not get ready; try again."
            ) from None
        except Exception as error:  # Chroma raises its own, pyo3's and SQLite's errors without a common base
            raise DamagedVectorsError(
                f"The vector index {self.folder} cannot be opened ({_first_line(error)})"
            ) from error

    def _connect(self) -> None:
        settings = ChromaSettings(anonymized_telemetry=False)
        path = str(self.folder.resolve())
        try:
            client = chromadb.PersistentClient(path, settings=settings)
        except BaseException:
            if path not in SharedSystemClient._identifier_to_refcount:  # Chroma keeps what it could not start, for good
                SharedSystemClient._identifier_to_system.pop(path, None)
            raise
        assert isinstance(client, Client)  # it is declared as an interface that has no close()
        try:
            self._collection = client.get_or_create_collection(
                _COLLECTION, configuration=_CONFIGURATION, embedding_function=None
            )
        except BaseException:
            client.close()
            raise
        self._client = client

    @contextmanager
    def _guarded(self) -> Iterator[Client]:
        with self._lock:
            if self._client is None:
                raise StoreError(f"The vector index {self.folder} is closed.")
            try:
                yield self._client
            except Exception as error:  # as above
                raise DamagedVectorsError(
                    f"The vector index {self.folder} cannot be used ({_first_line(error)})"
                ) from error


def _apart(ids: Sequence[str], vectors: Vectors) -> Vectors:
    """`vectors`, each moved a little, so that no two are equal.

    A sentence that stands a thousand times ("Advertisement") links only to itself in an HNSW graph, and what is added
    beside it can no longer be reached. Chroma proposes candidates only: they are scored with the catalog's vectors.
    """
    noise = np.random.default_rng(zlib.crc32(ids[0].encode())).standard_normal(vectors.shape, dtype=np.float32)
    apart: Vectors = vectors + noise * np.float32(_APART / vectors.shape[1] ** 0.5)
    return apart


def _batches(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:_LONGEST_REASON]
