"""What a store holds, as readers see it: sentences, passages, the list of articles and parts of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from index.embed import Vectors
from index.models import Span


@dataclass(frozen=True, slots=True)
class StoredSentence(Span):
    """A sentence as it is indexed. `text_key` is equal for sentences that say the same words."""

    text_key: int
    stems: tuple[str, ...]  # index terms, in order


@dataclass(frozen=True)
class StoredPassage(Span):
    """A passage as it is indexed, with its sentences and their vectors, shape `(len(sentences), dimension)`."""

    id: int
    content: int
    text: str
    sentences: tuple[StoredSentence, ...]
    vectors: Vectors

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """Its index terms, in order."""
        return tuple(stem for sentence in self.sentences for stem in sentence.stems)

    def text_of(self, sentence: Span) -> str:
        """The words of one of its sentences."""
        return self.text[sentence.start - self.start : sentence.end - self.start]


@dataclass(frozen=True, slots=True)
class ArticleEntry:
    """A line of the list of articles. `sentences` is how many were indexed."""

    file: str
    content: int
    title: str | None
    published: str | None
    sentences: int


@dataclass(frozen=True)
class Scope:
    """The part of the articles that a question is about: those of `files` that match, published within the dates."""

    entries: tuple[ArticleEntry, ...]
    undated: int  # articles left out because they have no date

    @cached_property
    def contents(self) -> frozenset[int]:
        """The contents in scope."""
        return frozenset(entry.content for entry in self.entries)

    @cached_property
    def sentences(self) -> int:
        """How many sentences are in scope."""
        return sum({entry.content: entry.sentences for entry in self.entries}.values())

    @cached_property
    def by_content(self) -> dict[int, list[ArticleEntry]]:
        """The files in scope that hold each content, by name."""
        return by_content(self.entries)


def by_content(entries: Iterable[ArticleEntry]) -> dict[int, list[ArticleEntry]]:
    """The entries of each content, in order."""
    grouped: dict[int, list[ArticleEntry]] = {}
    for entry in entries:
        grouped.setdefault(entry.content, []).append(entry)
    return grouped
