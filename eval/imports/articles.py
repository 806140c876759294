"""What the importers share: an article, its file name, its split, and writing it all."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.gold import Gold, GoldSpan, save_gold
from index.errors import InputError

BREAK = "\n\n"  # between the paragraphs of an article


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote: the folder of articles, the gold file, and how many of each."""

    corpus: Path
    gold: Path
    articles: int
    questions: int


@dataclass(frozen=True, slots=True)
class Article:
    """A whole article: `starts[i]` is the offset in `text` at which paragraph i begins.

    `file` is its path in the corpus folder, with `/` between the parts.
    """

    file: str
    paragraphs: tuple[str, ...]
    title: str = ""

    @property
    def text(self) -> str:
        """All paragraphs, with an empty line between them."""
        return BREAK.join(self.paragraphs)

    @property
    def starts(self) -> tuple[int, ...]:
        """The offset of every paragraph."""
        starts = [0]
        for paragraph in self.paragraphs[:-1]:
            starts.append(starts[-1] + len(paragraph) + len(BREAK))
        return tuple(starts)

    def span(self, start: int, end: int) -> GoldSpan:
        """The words at `text[start:end]`, as evidence."""
        return GoldSpan(self.file, self.text[start:end], start)


def split_of(title: str) -> str:
    """`tune` or `test`, by a hash of the article's title: all questions of an article fall on the same side.

    The first byte of SHA-256 of the title in UTF-8 decides: below 128 is `tune`. A set without titles is split by
    something else that its questions share; its importer says by what.
    """
    return "tune" if hashlib.sha256(title.encode()).digest()[0] < 128 else "test"


def titled(contents: Iterable[tuple[str, list[str]]]) -> list[Article]:
    """Articles from their titles and paragraphs, each in a file named after its title."""
    taken: set[str] = set()
    articles = []
    for title, paragraphs in contents:
        file = _file_name(title, taken)
        taken.add(file)
        articles.append(Article(file, tuple(paragraphs), title))
    return articles


def write(out: Path, articles: Sequence[Article], rows: Sequence[Gold]) -> Imported:
    """Write `out/corpus` and `out/gold.jsonl`.

    Raises `InputError` if the corpus folder holds files that are not of this import: they would be searched as well.
    """
    corpus, gold = out / "corpus", out / "gold.jsonl"
    corpus.mkdir(parents=True, exist_ok=True)
    found = {path.relative_to(corpus).as_posix() for path in corpus.rglob("*") if not path.is_dir()}
    strangers = sorted(found - {article.file for article in articles})
    if strangers:
        raise InputError(f"{corpus} already holds other files ({strangers[0]}); import into an empty folder")
    for article in articles:
        path = corpus / article.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(article.text.encode())  # bytes, so that no system changes the line ends
    save_gold(gold, rows)
    return Imported(corpus, gold, len(articles), len(rows))


def _file_name(title: str, taken: set[str]) -> str:
    ascii_title = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_title.lower()).strip("-") or "article"
    number = 1
    while (name := f"{slug}.txt" if number == 1 else f"{slug}-{number}.txt") in taken:
        number += 1
    return name
