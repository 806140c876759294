"""Files -> articles: read the bytes once, hand them to the reader of their format, and tell the language."""

from __future__ import annotations

import functools
import hashlib
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from index.content import Content
from index.dateline import date_at_head, date_in_name
from index.errors import UnreadableFile
from index.models import Article
from index.pdf import read_pdf
from index.plain import read_markdown, read_text
from index.web import read_html
from index.word import read_docx

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

MAX_BYTES = 100_000_000

FORMATS: Mapping[str, Callable[[bytes], Content]] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
    ".docx": read_docx,
}
"""Lower-case suffix -> reader. A reader raises `UnreadableFile` for bytes that hold no article."""

_SHORTEST_FOR_LANGUAGE = 100  # characters; a headline is too little to tell a language from
_LANGUAGE_SAMPLE = 2_000  # characters
_IDENTIFIER_SAMPLE = 1_000  # characters; the identifier takes half a millisecond for them
_SURE = 0.9  # the identifier's probability; lists of names and numbers stay far below
_WORD = re.compile(r"\w+")
_ENGLISH_WORDS = frozenset({"the", "and", "that", "with", "from", "were", "this", "which", "they", "has", "been"})
_ENGLISH_SHARE = 0.06  # of all words; the lowest of 143 English articles is .087, other languages have next to none


@dataclass(frozen=True, slots=True)
class Loaded:
    """An article as it was read from its file, and what its user should know about the reading."""

    article: Article
    warnings: tuple[str, ...] = ()
    body: int = 0  # offset in `article.text` at which the article proper begins: after front matter, otherwise 0


def load(path: Path, file: str, data: bytes | None = None) -> Loaded:
    """The article in `path`, to be known as `file` (its name relative to the folder, with `/`).

    `data` are the bytes of the file where the caller has them already; otherwise they are read, once. The format is
    told by the suffix of `path`. Raises `UnreadableFile` with the reason for a file that cannot be indexed.
    """
    reader = FORMATS.get(path.suffix.lower())
    if reader is None:
        raise UnreadableFile(f"not a format that is read here ({' '.join(FORMATS)})")
    if data is None:
        data = read(path)
    _check_size(len(data))
    content = reader(data)
    language = language_of(content.text[content.body : content.body + _LANGUAGE_SAMPLE])
    article = Article(
        file=file,
        sha256=hashlib.sha256(data).hexdigest(),
        text=content.text,
        title=content.title,
        author=content.author,
        published=content.published or date_in_name(file) or date_at_head(content.text[content.body :]),
        language=language,
        pages=content.pages,
    )
    return Loaded(article, content.warnings, content.body)


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language of `text` (its first 2,000 characters), or None where that is uncertain.

    English is told by the share of its commonest words, which takes 0.1 ms and loads no model; py3langid is asked
    about the rest.
    """
    sample = text[:_LANGUAGE_SAMPLE].strip()
    if len(sample) < _SHORTEST_FOR_LANGUAGE:
        return None
    words = _WORD.findall(sample.lower())
    if sum(word in _ENGLISH_WORDS for word in words) > _ENGLISH_SHARE * len(words):
        return "en"
    language, probability = _identifier().classify(sample[:_IDENTIFIER_SAMPLE])
    return language if probability >= _SURE and len(language) == 2 else None


def language_warning(language: str | None) -> str | None:
    """What the user of the bundled model should know about an article in `language`, an ISO 639-1 code.

    None for English and for the unknown.
    """
    if language is None or language == "en":
        return None
    from babel import Locale

    name = Locale("en").languages.get(language, "another language")
    return f"in {name} ({language}): the bundled model reads English, so expect it to find little here"


@functools.cache
def _identifier() -> LanguageIdentifier:
    """The language model; it takes a second to load."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def read(path: Path) -> bytes:
    """The bytes of `path`. Raises `UnreadableFile` where there are none to be had, or more than `MAX_BYTES`."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for without end
            raise UnreadableFile("not a file")
        _check_size(status.st_size)
        return path.read_bytes()
    except PermissionError as error:
        raise UnreadableFile("no permission to read it") from error
    except FileNotFoundError as error:
        raise UnreadableFile("vanished while indexing") from error
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        raise UnreadableFile(f"cannot be read: {error}") from error


def _check_size(size: int) -> None:
    if size > MAX_BYTES:
        raise UnreadableFile(f"larger than {MAX_BYTES // 1_000_000} MB: split it")
