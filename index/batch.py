"""Articles that wait to be embedded: many together, because that is how a model is fast; committed one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.catalog import Catalog, FileRecord, sentence_id
from index.embed import Embedder, HalfVectors
from index.models import Article, Passage
from index.opening import remember_model

if TYPE_CHECKING:
    from index.store import VectorStore

BATCH = 4_096  # sentences that wait before they are embedded, added and committed together
_AT_ONCE = 2 * BATCH  # sentences embedded at once: a single file may hold 400,000


@dataclass(slots=True)
class _Waiting:
    """An article that waits for its vectors, and the files that hold it."""

    article: Article
    passages: list[Passage]
    sentences: list[str]
    files: list[FileRecord] = field(default_factory=list)


class Batch:
    """The articles that wait, by the keys of their contents."""

    def __init__(self, catalog: Catalog, embedder: Embedder, store: Path) -> None:
        self.catalog, self.embedder, self.store = catalog, embedder, store
        self.waiting: dict[str, _Waiting] = {}
        self.sentences = 0

    def __contains__(self, key: str) -> bool:
        return key in self.waiting

    @property
    def is_full(self) -> bool:
        """Whether enough sentences wait to be committed."""
        return self.sentences >= BATCH

    def add(self, key: str, article: Article, passages: list[Passage]) -> None:
        """Have an article wait."""
        sentences = [article.text[s.start : s.end] for passage in passages for s in passage.sentences]
        self.waiting[key] = _Waiting(article, passages, sentences)
        self.sentences += len(sentences)

    def name(self, key: str, record: FileRecord) -> None:
        """Note a file that holds an article that waits."""
        self.waiting[key].files.append(record)

    def commit(self, vectors: VectorStore, report: Callable[[int], None]) -> int:
        """Embed what waits, add it to `vectors`, then commit article by article. Returns the number of files.

        `report` is called with the number of sentences embedded since the last call.
        """
        waiting, self.waiting, self.sentences = self.waiting, {}, 0
        with self.catalog.transaction():
            remember_model(self.catalog, self.embedder, self.store)
            self.catalog.note_unsettled((key, len(item.sentences)) for key, item in waiting.items())
        embedded = self._embed(waiting, vectors, report)
        at = 0
        for key, item in waiting.items():
            end = at + len(item.sentences)
            with self.catalog.transaction():
                content = self.catalog.put_content(key, item.article, item.passages, embedded[at:end])
                for record in item.files:
                    self.catalog.put_file(replace(record, content=content))
                self.catalog.settle([key])
                if end == len(embedded):  # once a batch
                    self.catalog.raise_generation()
            at = end
        return sum(len(item.files) for item in waiting.values())

    def _embed(self, waiting: dict[str, _Waiting], vectors: VectorStore, report: Callable[[int], None]) -> HalfVectors:
        """The vectors of all sentences, in order; they are in the vector index, too, when this returns."""
        sentences = [sentence for item in waiting.values() for sentence in item.sentences]
        ids = (sentence_id(key, n) for key, item in waiting.items() for n in range(len(item.sentences)))
        embedded = np.empty((len(sentences), self.embedder.dimension), dtype=np.float16)
        for at in range(0, len(sentences), _AT_ONCE):
            part = self.embedder.encode(sentences[at : at + _AT_ONCE], report)
            vectors.add(list(islice(ids, len(part))), part)
            embedded[at : at + _AT_ONCE] = part
        return embedded
