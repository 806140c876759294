"""A SQLite file that many threads read while one process writes."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from index.errors import StoreError

_PATIENCE = 60  # seconds to wait for another writer


class _Connection(sqlite3.Connection):
    """Closes itself when the thread that it belongs to ends, or the catalog is closed and no query is running."""

    def __del__(self) -> None:
        with suppress(sqlite3.ProgrammingError):  # it was never opened
            self.close()


def _write_ahead(db: sqlite3.Connection) -> None:
    """Switch to the write-ahead log; SQLite does not wait by itself for another connection that is switching too."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


class Database:
    """A connection for each thread that uses it. `create`: make the file where there is none."""

    def __init__(self, path: Path, create: bool = False) -> None:
        self.path = path
        self._create = create
        self._local: threading.local | None = threading.local()

    @property
    def db(self) -> sqlite3.Connection:
        """This thread's connection. Raises `StoreError` when the catalog is closed."""
        local = self._local
        if local is None:
            raise StoreError(f"The store {self.path.parent} is closed.")
        if not hasattr(local, "db"):
            local.db = self._connect()
        connection: sqlite3.Connection = local.db
        return connection

    def close(self) -> None:
        """Close this thread's connection, and those of other threads as soon as they are not in use."""
        local, self._local = self._local, None
        if local is not None and hasattr(local, "db"):
            local.db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything inside is committed together, or nothing when it raises."""
        db = self.db
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:  # SQLite has rolled back already where the disk is full
                db.execute("ROLLBACK")
            raise

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Everything that this thread reads inside is of one moment, whatever a build commits meanwhile."""
        db = self.db
        if db.in_transaction:
            yield db
            return
        db.execute("BEGIN")
        try:
            yield db
        finally:
            if db.in_transaction:  # an error may have ended it
                db.execute("ROLLBACK")

    def _connect(self) -> sqlite3.Connection:
        mode = "rwc" if self._create else "rw"  # a reader does not make an empty file where a store has been
        uri = f"{self.path.absolute().as_uri()}?mode={mode}"
        try:
            db = sqlite3.connect(
                uri, uri=True, timeout=_PATIENCE, isolation_level=None, check_same_thread=False, factory=_Connection
            )
            db.execute("PRAGMA page_size = 16384")  # of a new file; a passage then takes few reads
            _write_ahead(db)
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute("PRAGMA cache_size = -65536")
        except sqlite3.OperationalError as error:  # a lock, a full disk or a store that is gone, not damage
            raise StoreError(f"The catalog {self.path} cannot be opened ({error}); try again.") from error
        return db
