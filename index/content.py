"""What a reader finds in a file, and the cleaning of text that several formats need."""

from __future__ import annotations

import logging
import re
import unicodedata
from dataclasses import dataclass

_SURROGATE = re.compile("[\ud800-\udfff]")
_USELESS_TITLE = re.compile(
    r"untitled.*|\(?unspecified\)?|\(?anonymous\)?|(?:word )?document ?\d*|microsoft (?:word|powerpoint|excel) - .*"
    r"|\S+\.(?:docx?|pdf|indd|qxd|tex|dvi|html?|txt|rtf)",
    re.IGNORECASE,
)
_UNWANTED = dict.fromkeys([*range(32), 127, 0xAD]) | {  # 0xAD: the soft hyphen, which would hide a word from search
    9: " ",
    10: "\n",
    11: "\n",  # what Word's manual line break becomes
    12: "\n",
    13: "\n",
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)},  # ligatures: oﬃce -> office
}


@dataclass(frozen=True, slots=True)
class Content:
    """What a reader finds in a file. Offsets count in `text`, in characters."""

    text: str
    title: str | None = None
    author: str | None = None
    published: str | None = None  # ISO date
    pages: tuple[int, ...] = ()
    body: int = 0  # offset at which the article proper begins
    warnings: tuple[str, ...] = ()


def one_line(value: object) -> str | None:
    """A string of a file's metadata on one line, or None where there is none."""
    return " ".join(clean(value).split()) or None if isinstance(value, str) else None


def title_of(value: object) -> str | None:
    """The title in a file's metadata, unless it is one that a program made up."""
    title = one_line(value)
    return None if title is None or _USELESS_TITLE.fullmatch(title) else title


def clean(text: str) -> str:
    """Extracted text without control characters and lone surrogates (JSON and SQLite refuse those)."""
    return _SURROGATE.sub("\ufffd", text.replace("\r\n", "\n").translate(_UNWANTED))


def reason_of(error: Exception) -> str:
    """What a library says of a file, on one line."""
    return (one_line(str(error)) or type(error).__name__)[:120]


def hush(*names: str) -> None:
    """Libraries log what they think of a file; the report of a build says it in its own words."""
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL)
