"""The catalog: one SQLite file with the articles, their sentences and passages, BM25 terms and embeddings.

A build commits here; the vector index is a copy that can be made again from it. Content is stored once under a key
made from the file's bytes and format; a file is a name for a content, so that a rename moves a name and two files with
the same bytes share what they hold.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.database import Database
from index.embed import HalfVectors, Vectors
from index.errors import StoreError
from index.models import Article, Passage, Span
from index.normal import text_key
from index.terms import terms

VERSION = 3

# AUTOINCREMENT: an id is never given again, so that a reader that holds one across a build finds its own or nothing.
# The terms are normalised already: the tokenizer "ascii" cuts at white space and changes nothing but ASCII capitals.
_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE contents (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL, title TEXT, author TEXT,
    published TEXT, language TEXT, pages TEXT NOT NULL, passages INTEGER NOT NULL, sentences INTEGER NOT NULL,
    terms INTEGER NOT NULL);
CREATE TABLE texts (content INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, read_ns INTEGER NOT NULL,
    content INTEGER, reason TEXT) WITHOUT ROWID;
CREATE INDEX files_content ON files (content);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, content INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    first_sentence INTEGER NOT NULL, last_sentence INTEGER NOT NULL, text TEXT NOT NULL);
CREATE INDEX passages_content ON passages (content);
CREATE UNIQUE INDEX passages_first_sentence ON passages (first_sentence);
CREATE TABLE sentences (
    id INTEGER PRIMARY KEY AUTOINCREMENT, content INTEGER NOT NULL, ordinal INTEGER NOT NULL, start INTEGER NOT NULL,
    end INTEGER NOT NULL, text_key INTEGER NOT NULL, vector BLOB NOT NULL);
CREATE UNIQUE INDEX sentences_ordinal ON sentences (content, ordinal);
CREATE INDEX sentences_key ON sentences (text_key);
CREATE VIRTUAL TABLE terms USING fts5 (stems, tokenize = "ascii");
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (terms, 'row');
CREATE TABLE copies (content INTEGER, copy INTEGER, PRIMARY KEY (content, copy)) WITHOUT ROWID;
CREATE INDEX copies_copy ON copies (copy);
CREATE TABLE uncompared (content INTEGER PRIMARY KEY);
CREATE TABLE unsettled (key TEXT PRIMARY KEY, sentences INTEGER NOT NULL) WITHOUT ROWID;
"""


_BELONGING = (  # what goes with a content: table, column
    ("sentences", "content"),
    ("passages", "content"),
    ("texts", "content"),
    ("copies", "content"),
    ("copies", "copy"),
    ("uncompared", "content"),
    ("contents", "id"),
)


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file as the last build saw it. `content` is None for a file that was skipped, for `reason`."""

    path: str
    size: int  # bytes
    mtime_ns: int
    read_ns: int  # when it was read
    content: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Totals:
    """How much a catalog holds. Files of the same content count once."""

    contents: int
    passages: int
    sentences: int
    terms: int  # of all passages together


def sentence_id(key: str, ordinal: int) -> str:
    """The id of a sentence in the vector index: the key of its content and its place in it."""
    return f"{key}:{ordinal}"


def unpack(blob: bytes, count: int) -> Vectors:
    """Stored float16 vectors as float32, shape `(count, dimension)`."""
    return np.frombuffer(blob, dtype=np.float16).reshape(count, -1).astype(np.float32)


class Catalog(Database):
    """The catalog of a store.

    Raises `StoreError` when there is none and `create` is false, or it was made by another version;
    `sqlite3.DatabaseError` when the file is damaged.
    """

    def __init__(self, path: Path, create: bool = False) -> None:
        super().__init__(path, create)
        try:
            if create:
                self._make_schema()
            self._check_version()
        except BaseException:
            self.close()
            raise

    # -- meta

    def meta(self, name: str) -> str | None:
        """A value that belongs to the store as a whole, or None."""
        row = self.db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set_meta(self, name: str, value: str) -> None:
        """Set one such value."""
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    @property
    def generation(self) -> int:
        """Raised whenever what can be found has changed; readers reopen the vector index when it has."""
        return int(self.meta("generation") or 0)

    def raise_generation(self) -> None:
        """Tell readers that the vector index has changed."""
        self.db.execute("UPDATE meta SET value = value + 1 WHERE name = 'generation'")

    # -- files

    def files(self) -> dict[str, FileRecord]:
        """Every file that the last build saw, by path."""
        rows = self.db.execute("SELECT path, size, mtime_ns, read_ns, content, reason FROM files ORDER BY path")
        return {row[0]: FileRecord(*row) for row in rows}

    def file(self, path: str) -> FileRecord | None:
        """One of them, or None."""
        query = "SELECT path, size, mtime_ns, read_ns, content, reason FROM files WHERE path = ?"
        row = self.db.execute(query, (path,)).fetchone()
        return FileRecord(*row) if row else None

    def put_file(self, record: FileRecord) -> None:
        """Add or replace one file."""
        row = (record.path, record.size, record.mtime_ns, record.read_ns, record.content, record.reason)
        self.db.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)", row)

    def drop_files(self, paths: Iterable[str]) -> None:
        """Forget files; what they held stays until `drop_unnamed`."""
        self.db.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in paths])

    # -- contents

    def content(self, key: str) -> int | None:
        """The id of the content with this key, or None."""
        row = self.db.execute("SELECT id FROM contents WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def put_content(self, key: str, article: Article, passages: list[Passage], vectors: Vectors | HalfVectors) -> int:
        """Store an article with its passages and one vector per sentence, in order. Returns the new content's id."""
        row = (key, article.sha256, article.title, article.author, article.published, article.language)
        content = self.db.execute(
            "INSERT INTO contents VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
            (*row, json.dumps(article.pages), len(passages), len(vectors)),
        ).lastrowid
        assert content is not None
        self.db.execute("INSERT INTO texts VALUES (?, ?)", (content, article.text))
        self.db.execute("INSERT INTO uncompared VALUES (?)", (content,))
        words = self._put_passages(content, article.text, passages)
        self.db.execute("UPDATE contents SET terms = ? WHERE id = ?", (words, content))
        self._put_sentences(content, article.text, passages, vectors)
        return content

    def date(self, content: int, published: str) -> None:
        """Note when an article was published that has no date of its own."""
        self.db.execute("UPDATE contents SET published = ? WHERE id = ? AND published IS NULL", (published, content))

    def _put_passages(self, content: int, text: str, passages: list[Passage]) -> int:
        """Store the passages, one at a time: a text of 50 MB has millions of terms. Returns the number of terms."""
        passage_id, first = self._next_id("passages"), self._next_id("sentences")
        words = 0
        for passage in passages:
            last = first + len(passage.sentences) - 1
            stems = [terms(text[s.start : s.end]) for s in passage.sentences]
            row = (passage_id, content, passage.start, passage.end, first, last, text[passage.start : passage.end])
            self.db.execute("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            lines = "\n".join(map(" ".join, stems))  # a line a sentence
            self.db.execute("INSERT INTO terms (rowid, stems) VALUES (?, ?)", (passage_id, lines))
            words += sum(map(len, stems))
            passage_id, first = passage_id + 1, last + 1
        return words

    def _put_sentences(self, content: int, text: str, passages: list[Passage], vectors: Vectors | HalfVectors) -> None:
        first = self._next_id("sentences")
        sentences = (sentence for passage in passages for sentence in passage.sentences)
        rows = (
            (first + n, content, n, s.start, s.end, text_key(text[s.start : s.end]), vector.tobytes())
            for n, (s, vector) in enumerate(zip(sentences, vectors.astype(np.float16, copy=False), strict=True))
        )
        self.db.executemany("INSERT INTO sentences VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def _next_id(self, table: str) -> int:
        row = self.db.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
        return 1 + (row[0] if row else 0)

    def drop_unnamed(self) -> list[tuple[str, int]]:
        """Delete every content that no file names any more. Returns (key, number of sentences) of each."""
        gone = self.db.execute(
            "SELECT id, key, sentences FROM contents WHERE id NOT IN (SELECT content FROM files WHERE content NOT NULL)"
        ).fetchall()
        for content, _, _ in gone:
            self.db.execute("DELETE FROM terms WHERE rowid IN (SELECT id FROM passages WHERE content = ?)", (content,))
            for table, column in _BELONGING:
                self.db.execute(f"DELETE FROM {table} WHERE {column} = ?", (content,))  # noqa: S608 our own names
        return [(key, sentences) for _, key, sentences in gone]

    def totals(self) -> Totals:
        """How much the catalog holds."""
        row = self.db.execute(
            "SELECT count(*), coalesce(sum(passages), 0), coalesce(sum(sentences), 0), coalesce(sum(terms), 0) "
            "FROM contents"
        ).fetchone()
        return Totals(*row)

    def vectors(self, size: int) -> Iterator[tuple[list[str], Vectors]]:
        """All vectors with their ids in the vector index, `size` at a time."""
        after = 0
        query = (
            "SELECT s.id, c.key, s.ordinal, s.vector FROM sentences s JOIN contents c ON c.id = s.content "
            "WHERE s.id > ? ORDER BY s.id LIMIT ?"
        )
        while rows := self.db.execute(query, (after, size)).fetchall():
            yield [sentence_id(key, n) for _, key, n, _ in rows], unpack(b"".join(row[3] for row in rows), len(rows))
            after = rows[-1][0]

    def probes(self) -> list[tuple[str, Vectors]]:
        """The first, the middle and the last sentence, as (id in the vector index, vector)."""
        query = (
            "SELECT c.key, s.ordinal, s.vector FROM sentences s JOIN contents c ON c.id = s.content WHERE s.id IN ("
            "SELECT min(id) FROM sentences UNION SELECT max(id) FROM sentences UNION SELECT min(id) FROM sentences "
            "WHERE id >= (SELECT (min(id) + max(id)) / 2 FROM sentences)) ORDER BY s.id"
        )
        return [(sentence_id(key, n), unpack(blob, 1)[0]) for key, n, blob in self.db.execute(query)]

    # -- near-duplicates

    def uncompared(self) -> list[int]:
        """Contents whose copies have not been looked for yet, oldest first."""
        return [content for (content,) in self.db.execute("SELECT content FROM uncompared ORDER BY content")]

    def put_copies(self, content: int, copies: Iterable[int]) -> None:
        """Note the copies of a content, both ways; they have been looked for."""
        both = [pair for copy in copies for pair in ((content, copy), (copy, content))]
        self.db.executemany("INSERT OR IGNORE INTO copies VALUES (?, ?)", both)
        self.db.execute("DELETE FROM uncompared WHERE content = ?", (content,))

    def copies(self, contents: Iterable[int]) -> dict[int, list[int]]:
        """The contents that are near-duplicates of each of these."""
        found: dict[int, list[int]] = {content: [] for content in contents}
        query = "SELECT content, copy FROM copies WHERE content IN (SELECT value FROM json_each(?)) ORDER BY copy"
        for content, copy in self.db.execute(query, (json.dumps(list(found)),)):
            found[content].append(copy)
        return found

    def contents(self, keys: Iterable[str]) -> dict[str, int]:
        """The ids of the contents with these keys, as far as there are any."""
        query = "SELECT key, id FROM contents WHERE key IN (SELECT value FROM json_each(?))"
        return dict(self.db.execute(query, (json.dumps(sorted(keys)),)).fetchall())

    def spans(self, content: int) -> list[Span]:
        """Where the sentences of a content stand, in order."""
        query = "SELECT start, end FROM sentences WHERE content = ? ORDER BY ordinal"
        return [Span(start, end) for start, end in self.db.execute(query, (content,))]

    def sentences_of(self, content: int, most: int = -1) -> tuple[tuple[str, ...], Vectors]:
        """The sentences of a content, in order, and their vectors; the first `most` of them, all by default."""
        (text,) = self.db.execute("SELECT text FROM texts WHERE content = ?", (content,)).fetchone()
        query = "SELECT start, end, vector FROM sentences WHERE content = ? ORDER BY ordinal LIMIT ?"
        rows = self.db.execute(query, (content, most)).fetchall()
        return tuple(text[start:end] for start, end, _ in rows), unpack(b"".join(row[2] for row in rows), len(rows))

    # -- what the vector index may hold beyond the catalog

    def note_unsettled(self, contents: Iterable[tuple[str, int]]) -> None:
        """Remember contents whose vectors are about to be added or deleted: a killed build leaves them behind."""
        self.db.executemany("INSERT OR REPLACE INTO unsettled VALUES (?, ?)", contents)

    def unsettled(self) -> list[tuple[str, int]]:
        """(key, number of sentences) of contents that a build left unsettled."""
        return self.db.execute("SELECT key, sentences FROM unsettled ORDER BY key").fetchall()

    def settle(self, keys: Iterable[str]) -> None:
        """Forget them again."""
        self.db.executemany("DELETE FROM unsettled WHERE key = ?", [(key,) for key in keys])

    # -- opening

    def _has_schema(self) -> bool:
        return self.db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone() is not None

    def _make_schema(self) -> None:
        with self.transaction() as db:
            if self._has_schema():
                return
            for statement in _SCHEMA.split(";\n"):
                db.execute(statement)
            self.set_meta("version", str(VERSION))
            self.set_meta("generation", "0")

    def _check_version(self) -> None:
        folder = self.path.parent
        if not self._has_schema():
            raise StoreError(f"There is no index in {folder}; make one with: byline index FOLDER")
        found = int(self.meta("version") or 0)
        if found > VERSION:
            raise StoreError(
                f"The store {folder} was made by a newer Byline; update Byline, or choose another --store."
            )
        if found < VERSION:
            raise StoreError(f"The store {folder} was made by an older Byline; delete that folder and index again.")
