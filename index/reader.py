"""Reading a store: nearest sentences, passages by terms, articles. Any number of readers, beside one writer."""

from __future__ import annotations

import fnmatch
import hashlib
import json
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from index.catalog import Catalog, Totals, unpack
from index.embed import Embedder, Vectors
from index.errors import DamagedVectorsError, InputError, StoreError
from index.models import Article, Span
from index.opening import (
    articles_folder,
    can_find,
    catalog_path,
    check_dimension,
    check_model,
    doubt_path,
    existing_catalog,
    readable,
    vectors_path,
)
from index.settings import Settings
from index.store import VectorStore
from index.stored import ArticleEntry, Scope, StoredPassage, StoredSentence, by_content

_EXACT_UP_TO = 20_000  # sentences: so many are searched exactly in about the time that Chroma takes
_AT_ONCE = 500  # sentences whose neighbours are looked for at once
_OVERFETCH_UP_TO = 4_000  # sentences asked of Chroma to find enough allowed ones
_LEAD_WITHIN, _LEAD_LENGTH = 6, 80  # the opening is the first of so many sentences that has so many characters
_HEAD_LENGTH = 200
_MATCHES_UP_TO = 5_000  # passages that hold a term, for all terms together, before the commoner ones are left out

_ENTRIES = (
    "SELECT f.path, f.content, c.title, c.published, c.sentences FROM files f JOIN contents c ON c.id = f.content"
)


class Reader:
    """An open store. Safe to share between threads; follows what a build in another process commits.

    Raises `StoreError` when there is no store, or it was made with another model or by another version.
    """

    def __init__(self, settings: Settings, embedder: Embedder | None = None) -> None:
        self.store = Path(settings.store).expanduser()
        self.embedder = embedder or Embedder(settings.embedding_model)
        self._lock = threading.Lock()
        self._vectors: VectorStore | None = None
        self._entries: tuple[ArticleEntry, ...] = ()
        self._totals = Totals(0, 0, 0, 0)
        self._open()

    def close(self) -> None:
        """Release files and connections."""
        with self._lock:
            if self._vectors:
                self._vectors.close()
            self.catalog.close()

    def release(self) -> None:
        """Let go of the vector index, so that a build in this process can mend it; the next search opens it anew."""
        with self._lock:
            self._generation = -1
            if self._vectors:
                self._vectors.close()

    def _open(self) -> None:
        """Open the catalog. Nothing of an earlier one is kept: not even its generation means anything."""
        self._generation = -1
        path = existing_catalog(self.store)
        self._file = None  # until all is well: a reader that failed to follow tries again
        identity = _identity(path)
        with readable(self.store):
            catalog = Catalog(path)
            check_model(catalog, self.embedder, self.store)
        self.catalog, self._file = catalog, identity
        self.folder = articles_folder(catalog, self.store)

    # -- what there is

    def totals(self) -> Totals:
        """How much the store holds."""
        self._follow()
        return self._totals

    def files(self) -> int:
        """How many files are indexed."""
        (count,) = self.catalog.db.execute("SELECT count(*) FROM files WHERE content IS NOT NULL").fetchone()
        return int(count)

    def skipped(self) -> list[tuple[str, str]]:
        """The files that could not be indexed, with the reason, by name."""
        query = "SELECT path, reason FROM files WHERE content IS NULL ORDER BY path"
        return [(path, reason or "") for path, reason in self.catalog.db.execute(query)]

    def entries(self) -> tuple[ArticleEntry, ...]:
        """Every indexed file, by name."""
        self._follow()
        entries, generation = self._entries, self._generation
        if not entries:
            entries = tuple(ArticleEntry(*row) for row in self.catalog.db.execute(_ENTRIES + " ORDER BY f.path"))
            with self._lock:
                if self._generation == generation:
                    self._entries = entries
        return entries

    def scope(self, since: str | None, until: str | None, files: Sequence[str]) -> Scope | None:
        """The articles that the filters allow, or None where there is no filter.

        `since` and `until` are ISO dates, inclusive; `files` are patterns such as `*.txt`, of which one has to match.
        """
        if not (since or until or files):
            return None
        named = [
            e for e in self.entries() if not files or any(fnmatch.fnmatchcase(e.file, pattern) for pattern in files)
        ]
        if not (since or until):
            return Scope(tuple(named), 0)
        dated = [entry for entry in named if entry.published]
        allowed = [e for e in dated if (since or "") <= (e.published or "") <= (until or "9999-12-31")]
        return Scope(tuple(allowed), len(named) - len(dated))

    def article(self, file: str) -> Article:
        """One article as it was indexed. Raises `InputError` when it is not in the index."""
        row = self.catalog.db.execute(
            "SELECT c.sha256, t.text, c.title, c.author, c.published, c.language, c.pages FROM files f "
            "JOIN contents c ON c.id = f.content JOIN texts t ON t.content = c.id WHERE f.path = ?",
            (file,),
        ).fetchone()
        if row is None:
            raise InputError(f"{file} is not in the index of {self.folder}.")
        sha256, text, title, author, published, language, pages = row
        return Article(file, sha256, text, title, author, published, language, tuple(json.loads(pages)))

    def files_of(self, contents: Iterable[int]) -> dict[int, list[ArticleEntry]]:
        """The files that hold each content, by name."""
        query = _ENTRIES + " WHERE f.content IN (SELECT value FROM json_each(?)) ORDER BY f.path"  # noqa: S608 our own words
        return by_content(ArticleEntry(*row) for row in self.catalog.db.execute(query, (_json(contents),)))

    def changed(self, file: str) -> str | None:
        """What became of a file since it was indexed: "changed", "missing", or None."""
        record = self.catalog.file(file)
        path = self.folder / file
        try:
            status = path.stat()
            if record is None or (status.st_size, status.st_mtime_ns) == (record.size, record.mtime_ns):
                return None
            return None if self.article(file).sha256 == hashlib.sha256(path.read_bytes()).hexdigest() else "changed"
        except OSError:
            return "missing"

    # -- search

    def nearest(self, vector: Vectors, n: int, scope: Scope | None = None) -> list[int]:
        """Ids of the passages that hold the `n` sentences nearest to `vector`, nearest first, each once."""
        if scope and scope.sentences <= _EXACT_UP_TO:
            return self._nearest_exactly(vector, n, scope)
        self._follow()
        total = self._totals.sentences
        if not total or not self._vectors:
            return []
        check_dimension(self.catalog, len(vector), self.store)
        wanted = n if scope is None else min(max(n * total // max(scope.sentences, 1), n), _OVERFETCH_UP_TO)
        with self._mendable():
            found = self._vectors.search(vector, min(wanted, total))
        keys = [sentence.rpartition(":") for sentence, _ in found]
        return self._passages_holding([(key, int(ordinal)) for key, _, ordinal in keys], scope)[:n]

    def neighbours(self, content: int, n: int) -> list[list[tuple[int, int, float]]]:
        """For each sentence of a content the `n` nearest of all, as (content, ordinal, cosine), nearest first."""
        self._follow()
        _, vectors = self.catalog.sentences_of(content)
        if not len(vectors) or not self._vectors:
            return []
        with self._mendable():
            parts = [vectors[at : at + _AT_ONCE] for at in range(0, len(vectors), _AT_ONCE)]
            found = [near for part in parts for near in self._vectors.search_all(part, min(n, self._totals.sentences))]
        near = [[(*key.rpartition(":")[::2], cosine) for key, cosine in nearest] for nearest in found]
        contents = self.catalog.contents({key for nearest in near for key, _, _ in nearest})
        return [
            [(contents[key], int(ordinal), cosine) for key, ordinal, cosine in nearest if key in contents]
            for nearest in near
        ]

    def matching(self, terms: Collection[str], n: int, scope: Scope | None = None) -> list[int]:
        """Ids of the `n` passages that match `terms` best by SQLite's BM25; very common terms decide nothing here."""
        rare: list[str] = []
        matches = 0
        for term, count in sorted(self.frequencies(terms).items(), key=lambda item: (item[1], item[0])):
            matches += count
            if rare and matches > _MATCHES_UP_TO:
                break
            rare.append(term)
        if not rare:
            return []
        query = " OR ".join(f'"{term}"' for term in rare)
        if scope is None:
            sql, values = "SELECT rowid FROM terms WHERE terms MATCH ? ORDER BY rank, rowid LIMIT ?", (query, n)
        else:
            sql = (
                "SELECT t.rowid FROM terms t JOIN passages p ON p.id = t.rowid WHERE t.terms MATCH ? "
                "AND p.content IN (SELECT value FROM json_each(?)) ORDER BY t.rank, t.rowid LIMIT ?"
            )
            values = (query, _json(scope.contents), n)  # type: ignore[assignment]
        return [row[0] for row in self.catalog.db.execute(sql, values)]

    def frequencies(self, terms: Collection[str]) -> dict[str, int]:
        """In how many passages each of `terms` occurs; terms that occur nowhere are left out."""
        query = "SELECT term, doc FROM vocabulary WHERE term = ?"
        rows = (self.catalog.db.execute(query, (term,)).fetchone() for term in dict.fromkeys(terms))
        return {row[0]: row[1] for row in rows if row}

    def passages(self, ids: Iterable[int]) -> list[StoredPassage]:
        """Passages with their sentences, in the order of their ids; those that a build has removed are left out."""
        wanted = _json(ids)
        with self.catalog.snapshot() as db:
            heads = db.execute(
                "SELECT p.id, p.content, p.start, p.end, p.text, t.stems, p.last_sentence - p.first_sentence + 1 "
                "FROM passages p JOIN terms t ON t.rowid = p.id "
                "WHERE p.id IN (SELECT value FROM json_each(?)) ORDER BY p.id",
                (wanted,),
            ).fetchall()
            rows = db.execute(
                "SELECT s.start, s.end, s.text_key, s.vector FROM passages p JOIN sentences s "
                "ON s.id BETWEEN p.first_sentence AND p.last_sentence "
                "WHERE p.id IN (SELECT value FROM json_each(?)) ORDER BY s.id",
                (wanted,),
            ).fetchall()
        if not rows:
            return []
        vectors = unpack(b"".join(row[3] for row in rows), len(rows))
        found, at = [], 0
        for passage, content, start, end, text, stems, count in heads:
            lines = stems.split("\n")  # one a sentence
            sentences = tuple(
                StoredSentence(begin, stop, key, tuple(line.split()))
                for (begin, stop, key, _), line in zip(rows[at : at + count], lines, strict=True)
            )
            part = vectors[at : at + count]
            found.append(StoredPassage(start, end, passage, content, text, sentences, part))
            at += count
        return found

    def saying(self, text_keys: Iterable[int]) -> dict[int, list[tuple[int, Span]]]:
        """Every place, as (content, span), of the sentences that have one of `text_keys`."""
        rows = self.catalog.db.execute(
            "SELECT text_key, content, start, end FROM sentences WHERE text_key IN (SELECT value FROM json_each(?)) "
            "ORDER BY content, start",
            (_json(text_keys),),
        )
        places: dict[int, list[tuple[int, Span]]] = {}
        for key, content, start, end in rows:
            places.setdefault(key, []).append((content, Span(start, end)))
        return places

    def mentioning(self, terms: Collection[str]) -> set[int]:
        """The contents that hold every one of `terms`; none for no terms."""
        holding = [self._contents_with(term) for term in set(terms)]
        return set.intersection(*holding) if holding else set()

    def mention(self, terms: Collection[str], content: int) -> Span | None:
        """The first sentence of a content that holds the most of `terms`, or None if it holds none of them."""
        wanted, best, most = set(terms), None, 0
        for passage in self._passages_with(wanted, [content]):
            for sentence in passage.sentences:
                if len(wanted & set(sentence.stems)) > most:
                    best, most = Span(sentence.start, sentence.end), len(wanted & set(sentence.stems))
        return best

    def heads(self, contents: Iterable[int]) -> dict[int, str]:
        """The first characters of each content, after its title where they do not begin with it."""
        rows = self.catalog.db.execute(
            "SELECT c.id, coalesce(c.title, ''), substr(t.text, 1, ?) FROM contents c JOIN texts t ON t.content = c.id "
            "WHERE c.id IN (SELECT value FROM json_each(?))",
            (_HEAD_LENGTH, _json(contents)),
        )
        return {content: start if start.startswith(title) else f"{title} {start}" for content, title, start in rows}

    def leads(self, contents: Iterable[int]) -> dict[int, tuple[Span, bytes]]:
        """The opening sentence of each content, past headline and date line, with its stored vector."""
        rows = self.catalog.db.execute(
            "SELECT content, start, end, vector FROM sentences WHERE content IN (SELECT value FROM json_each(?)) "
            "AND ordinal < ? ORDER BY content, end - start >= ? DESC, ordinal",
            (_json(contents), _LEAD_WITHIN, _LEAD_LENGTH),
        )
        leads: dict[int, tuple[Span, bytes]] = {}
        for content, start, end, vector in rows:
            leads.setdefault(content, (Span(start, end), vector))
        return leads

    def _contents_with(self, term: str) -> set[int]:
        query = "SELECT DISTINCT p.content FROM terms t JOIN passages p ON p.id = t.rowid WHERE t.terms MATCH ?"
        return {row[0] for row in self.catalog.db.execute(query, (f'"{term}"',))}

    def _passages_with(self, terms: Collection[str], contents: Collection[int]) -> list[StoredPassage]:
        query = (
            "SELECT t.rowid FROM terms t JOIN passages p ON p.id = t.rowid WHERE t.terms MATCH ? "
            "AND p.content IN (SELECT value FROM json_each(?))"
        )
        match = " OR ".join(f'"{term}"' for term in sorted(terms))
        return (
            self.passages(row[0] for row in self.catalog.db.execute(query, (match, _json(contents)))) if terms else []
        )

    def _nearest_exactly(self, vector: Vectors, n: int, scope: Scope) -> list[int]:
        rows = self.catalog.db.execute(
            "SELECT content, ordinal, vector FROM sentences WHERE content IN (SELECT value FROM json_each(?)) "
            "ORDER BY id",
            (_json(scope.contents),),
        ).fetchall()
        if not rows:
            return []
        cosines = unpack(b"".join(row[2] for row in rows), len(rows)) @ vector
        best = np.argsort(-cosines, kind="stable")[:n]
        return self._holding([(rows[i][0], rows[i][1]) for i in best])

    def _passages_holding(self, sentences: Sequence[tuple[str, int]], scope: Scope | None) -> list[int]:
        """Only what the catalog holds counts: the vector index may be ahead of it or behind."""
        contents = self.catalog.contents({key for key, _ in sentences})
        known = [(contents[key], ordinal) for key, ordinal in sentences if key in contents]
        return self._holding([pair for pair in known if scope is None or pair[0] in scope.contents])

    def _holding(self, sentences: Sequence[tuple[int, int]]) -> list[int]:
        """Ids of the passages that hold sentences given as (content, ordinal), in that order, each once."""
        rows = self.catalog.db.execute(
            "SELECT (SELECT p.id FROM passages p WHERE p.first_sentence <= s.id "
            "ORDER BY p.first_sentence DESC LIMIT 1) FROM json_each(?) wanted "
            "CROSS JOIN sentences s "  # in this order: one look-up for each
            "ON s.content = wanted.value ->> 0 AND s.ordinal = wanted.value ->> 1 ORDER BY wanted.key",
            (json.dumps(sentences),),
        )
        return list(dict.fromkeys(row[0] for row in rows))

    def _follow(self) -> None:
        """Take up what a build has committed since the last look, be it in a store that was made anew."""
        with self._lock:
            if _identity(catalog_path(self.store)) != self._file:
                self._open()  # a thread that is reading the old catalog keeps it until it has finished
            generation = self.catalog.generation
            if generation == self._generation:
                return
            check_model(self.catalog, self.embedder, self.store)  # an empty store takes any: it has one only now
            self._totals, self._entries = self.catalog.totals(), ()
            if self._totals.sentences:
                with self._mendable():
                    self._reopen_vectors(generation)
            self._generation = generation

    def _reopen_vectors(self, generation: int) -> None:
        if self._vectors:
            self._vectors.reopen()
        else:
            self._vectors = VectorStore(vectors_path(self.store), create=False)
        lost = not can_find(self.catalog, self._vectors)
        if lost and self.catalog.generation == generation:  # or else a build has just deleted what was looked for
            raise DamagedVectorsError(f"The vector index {self._vectors.folder} has lost sentences")

    @contextmanager
    def _mendable(self) -> Iterator[None]:
        """Have the next build look at a vector index that cannot be used, and open it anew after that."""
        try:
            yield
        except DamagedVectorsError as error:
            self._generation = -1
            if self._vectors:  # or a build in this process would share what Chroma keeps of it
                self._vectors.close()
            with suppress(OSError):  # who may not write here has to tell somebody who may
                doubt_path(self.store).touch()
            raise StoreError(f"{error}; mend it with: byline index {self.folder}") from error


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _json(numbers: Iterable[int]) -> str:
    return json.dumps(list(numbers))
