"""Reading what was published: a file of another format is the user's error, and the message says where."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import InputError

_OTHER_FORMAT = (ValueError, LookupError, TypeError, AttributeError, csv.Error)


@contextmanager
def reading(path: str | Path, name: str) -> Iterator[None]:
    """What goes wrong inside is `InputError`: `path` cannot be read, or is not in the format of `name`."""
    try:
        yield
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"Cannot read {path}: {error}") from error
    except _OTHER_FORMAT as error:
        raise InputError(f"{path} is not in the format of {name}: {_said(error)}") from error


@contextmanager
def in_row(number: int) -> Iterator[None]:
    """What goes wrong inside, within `reading`, is said of row `number` of the file, counted from 1."""
    try:
        yield
    except _OTHER_FORMAT as error:
        raise ValueError(f"row {number}: {_said(error)}") from error


def json_of(path: str | Path) -> Any:
    """What a file of JSON holds."""
    return json.loads(Path(path).read_text(encoding="utf-8-sig"))


def string(value: Any) -> str:
    """`value`, which has to be a string. Raises `TypeError`."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} stands where a string should")
    return value


def _said(error: Exception) -> str:
    # The text of a KeyError is the key alone.
    return repr(error) if isinstance(error, LookupError | AttributeError) else str(error)
