"""Articles that are uploaded into the folder, and taken out of it again."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import filelock

from index.errors import InputError
from index.load import FORMATS, MAX_BYTES

TRASH = "trash"
_RECORD = "uploads.json"
_LONGEST = 200  # bytes of a file name; file systems take 255
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')  # what some system would not take, or take for a path


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an upload: `reason` says why it was not taken, None that it was."""

    name: str
    reason: str | None = None


class Uploads:
    """Which files of the folder were uploaded. Safe to share between threads and processes."""

    def __init__(self, folder: Path, store: Path) -> None:
        self.folder, self.store = folder, store
        self._lock = filelock.FileLock(store / f"{_RECORD}.lock")

    def files(self) -> set[str]:
        """The files that were uploaded here and have not been removed."""
        return set(self._read())

    def take(self, source: Path, name: str) -> Taken:
        """Copy `source` into the folder as `name`. Nothing that is there already is overwritten."""
        if reason := _unfit(name, source):
            return Taken(name, reason)
        target = self.folder / name
        try:
            with self._recording() as record:
                _copy(source, target)
                record[name] = _digest(target)
        except FileExistsError:
            same = target.is_file() and _digest(target) == _digest(source)
            return Taken(
                name, "is in the folder already" if same else "a file of that name is in the folder; rename it"
            )
        except OSError as error:
            return Taken(name, f"cannot be written to {self.folder}: {error.strerror}")
        return Taken(name)

    def remove(self, name: str) -> Path:
        """Move a file that was uploaded here into the trash of the store. Returns where it is now.

        Raises `InputError` for a file that was not uploaded here, or is no longer what was, or cannot be moved.
        """
        with self._recording() as record:
            if name not in record:
                raise InputError(f"{name} was not uploaded here; remove it from {self.folder} yourself.")
            path = self.folder / name
            if path.is_symlink() or not path.is_file() or _digest(path) != record[name]:
                del record[name]
                raise InputError(f"{name} in {self.folder} is no longer what was uploaded; remove it yourself.")
            trash = self.store / TRASH / f"{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 10**9:09d}-{name}"
            try:
                _move(path, trash)
            except OSError as error:
                raise InputError(f"{name} cannot be moved to {trash.parent}: {error.strerror}") from error
            del record[name]
            return trash

    @contextmanager
    def _recording(self) -> Iterator[dict[str, str]]:
        with self._lock:
            record = self._read()
            before = dict(record)
            try:
                yield record
            finally:
                if record != before:
                    written = self.store / f"{_RECORD}.writing"
                    written.write_text(json.dumps(record, indent=1), encoding="utf-8")
                    written.replace(self.store / _RECORD)

    def _read(self) -> dict[str, str]:
        """File name -> SHA-256 of what was uploaded."""
        path = self.store / _RECORD
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def _unfit(name: str, source: Path) -> str | None:
    """Why a file of that name and size is not taken, or None."""
    suffix = Path(name).suffix.lower()
    if _FORBIDDEN.search(name) or name.startswith(".") or name != name.strip() or not name.isprintable():
        return "the name has characters that a file name should not have; rename it"
    if len(name.encode()) > _LONGEST:
        return f"the name is longer than {_LONGEST} bytes; rename it"
    if suffix not in FORMATS:
        return f"not a format that is read ({' '.join(FORMATS)})"
    if source.stat().st_size > MAX_BYTES:
        return f"larger than {MAX_BYTES // 1_000_000} MB; split it"
    return None


def _copy(source: Path, target: Path) -> None:
    """Copy to a file that must not be there yet; a copy that fails half-way leaves none."""
    with target.open("xb") as copy:
        try:
            with source.open("rb") as data:
                shutil.copyfileobj(data, copy)
        except BaseException:
            copy.close()
            target.unlink()
            raise


def _move(path: Path, target: Path) -> None:
    """Move a file, from one file system to another where need be; one that cannot be taken away is not left twice."""
    target.parent.mkdir(exist_ok=True)
    shutil.copy2(path, target)
    try:
        path.unlink()
    except OSError:
        target.unlink()
        raise


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
