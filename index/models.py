"""What the index is made of: articles, their sentences and passages, and the report of a build."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Article:
    """One file as it was indexed.

    `text` is what every offset counts in, in Python characters (Unicode code points). For `.txt` and `.md` it is the
    file's own decoded text; for other formats it is the text that was extracted.
    """

    file: str  # path relative to the folder of articles, with "/"
    sha256: str  # of the file's bytes
    text: str
    title: str | None = None
    author: str | None = None
    published: str | None = None  # ISO date, YYYY-MM-DD
    language: str | None = None  # ISO 639-1, where it could be told
    pages: tuple[int, ...] = ()  # offset in `text` at which each page starts; empty where there are no pages

    def line_of(self, offset: int) -> int:
        """The 1-based line of `text` that holds `offset`; `\\n`, `\\r\\n` and a lone `\\r` each end a line."""
        head = self.text[:offset]
        return 1 + head.count("\n") + head.count("\r") - head.count("\r\n")

    def page_of(self, offset: int) -> int | None:
        """The 1-based page that holds `offset`, or None where the format has no pages."""
        return sum(start <= offset for start in self.pages) or None


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters, `[start, end)`, in an article's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence(Span):
    """One sentence, without the white space around it."""


@dataclass(frozen=True, slots=True)
class Passage(Span):
    """Neighbouring sentences that belong together: a paragraph, several short ones, or a piece of a long one."""

    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did to each file. File names are relative to the folder, sorted."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()  # (old, new)
    skipped: tuple[tuple[str, str], ...] = ()  # (file, reason): not in the index
    warnings: tuple[tuple[str, str], ...] = ()  # (file or store, what to know): in the index nevertheless
    sentences: int = 0  # embedded by this build
    seconds: float = 0.0

    @property
    def indexed(self) -> int:
        """How many files are in the index after this build."""
        return len(self.added) + len(self.changed) + len(self.unchanged) + len(self.renamed)
