"""A stand-in for the embedding model, for tests of everything but embedding, and a folder of articles to build from."""

import os
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from index.builder import Report, build
from index.catalog import Catalog
from index.embed import Embedder, ModelIdentity, Vectors
from index.models import BuildReport
from index.opening import catalog_path, vectors_path
from index.reader import Reader
from index.settings import Settings
from index.store import VectorStore
from index.terms import terms


class Words(Embedder):
    """The vector of a text: which of 64 buckets its words fall into. Texts of like words are near each other."""

    def __init__(self, name: str = "words", dimension: int = 64) -> None:
        super().__init__(name)
        self.size = dimension
        self.sentences = 0  # embedded so far

    @property
    def identity(self) -> ModelIdentity:  # type: ignore[override]
        return ModelIdentity(self.model, "")

    @property
    def dimension(self) -> int:
        return self.size

    def encode(self, sentences: Sequence[str], report: Callable[[int], None] | None = None) -> Vectors:
        vectors = np.zeros((len(sentences), self.size), dtype=np.float32)
        for row, sentence in zip(vectors, sentences, strict=True):
            for word in terms(sentence) or [sentence]:
                row[zlib.crc32(word.encode()) % self.size] += 1
            row /= np.linalg.norm(row)
        self.sentences += len(sentences)
        if report:
            report(len(sentences))
        return vectors

    def encode_question(self, question: str) -> Vectors:
        vector: Vectors = self.encode([question])[0]
        return vector


class Desk:
    """A folder of articles and its store."""

    def __init__(self, base: Path, embedder: Embedder | None = None) -> None:
        self.folder, self.store = base / "articles", base / "store"
        self.folder.mkdir()
        self.embedder = embedder or Words()
        self.settings = Settings(llm="none", store=str(self.store), embedding_model=self.embedder.model)

    def write(self, name: str, text: str | bytes, age: float = 60) -> Path:
        """Write an article that was last changed `age` seconds ago."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        then = time.time() - age
        os.utime(path, (then, then))
        return path

    def build(self, progress: Report | None = None) -> BuildReport:
        return build(self.folder, self.settings, progress, self.embedder)

    def reader(self) -> Reader:
        return Reader(self.settings, self.embedder)

    def find(self, question: str) -> list[tuple[str, str]]:
        """(file, passage) of what is nearest to a question, best first."""
        reader = self.reader()
        ids = reader.nearest(self.embedder.encode_question(question), 5)
        passages = {passage.id: passage for passage in reader.passages(ids)}
        files = reader.files_of(passage.content for passage in passages.values())
        found = [(files[passages[n].content][0].file, passages[n].text) for n in ids]
        reader.close()
        return found

    def mentioning(self, word: str) -> list[str]:
        """The files that hold a word."""
        reader = self.reader()
        passages = reader.passages(reader.matching(terms(word), 1_000))
        files = reader.files_of(passage.content for passage in passages)
        reader.close()
        return sorted({entry.file for entries in files.values() for entry in entries})

    def check(self) -> None:
        """Catalog and vector index hold the same sentences, every article is whole and nothing is left over."""
        catalog, vectors = Catalog(catalog_path(self.store)), VectorStore(vectors_path(self.store), create=False)
        known = {key for keys, _ in catalog.vectors(100) for key in keys}
        stored = set(vectors._collection.get(include=[])["ids"])
        assert stored == known
        assert catalog.unsettled() == []
        contents = {record.content for record in catalog.files().values() if record.content is not None}
        counted = dict(catalog.db.execute("SELECT content, count(*) FROM sentences GROUP BY content").fetchall())
        assert dict(catalog.db.execute("SELECT id, sentences FROM contents").fetchall()) == counted
        assert set(counted) == contents
        vectors.close()
        catalog.close()
