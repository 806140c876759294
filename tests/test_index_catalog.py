import gc
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.catalog import VERSION, Catalog, FileRecord, Totals, sentence_id, unpack
from index.errors import StoreError
from index.models import Article
from index.split import split
from index.terms import terms

TEXT = "Putin landed in Hanoi.\n\nHe was met by officials of the country. They shook hands."


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = Catalog(tmp_path / "catalog.sqlite", create=True)
    yield catalog
    catalog.close()


def put(catalog: Catalog, key: str, text: str = TEXT, path: str | None = None) -> int:
    passages = split(text)
    vectors = np.eye(len([s for p in passages for s in p.sentences]), 8, dtype=np.float32)
    with catalog.transaction():
        content = catalog.put_content(key, Article(key, "0" * 64, text), passages, vectors)
        catalog.put_file(FileRecord(path or key, 1, 2, 3, content, None))
    return content


def rows(catalog: Catalog, table: str) -> int:
    return int(catalog.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_what_is_put_is_found(catalog: Catalog) -> None:
    content = put(catalog, "a")
    assert catalog.content("a") == content
    assert catalog.content("b") is None
    assert catalog.file("a") == FileRecord("a", 1, 2, 3, content, None)
    assert catalog.file("b") is None
    # terms: putin land hanoi | met offici countri | shook hand
    assert catalog.totals() == Totals(contents=1, passages=1, sentences=3, terms=8)
    [(ids, vectors)] = catalog.vectors(10)
    assert ids == [sentence_id("a", n) for n in range(3)] == ["a:0", "a:1", "a:2"]
    assert (vectors == np.eye(3, 8)).all()


def test_vectors_come_in_parts(catalog: Catalog) -> None:
    put(catalog, "a")
    put(catalog, "b")
    parts = list(catalog.vectors(4))
    assert [len(ids) for ids, _ in parts] == [4, 2]
    assert parts[1][0] == ["b:1", "b:2"]


def test_unpack_gives_back_float32() -> None:
    vectors = np.array([[0.5, -0.25], [1, 0]], dtype=np.float16)
    assert unpack(vectors.tobytes(), 2).dtype == np.float32
    assert (unpack(vectors.tobytes(), 2) == vectors).all()


def test_dropping_leaves_nothing_behind(catalog: Catalog) -> None:
    put(catalog, "a")
    put(catalog, "b")
    catalog.put_file(FileRecord("copy", 1, 2, 3, catalog.content("a"), None))
    catalog.drop_files(["a", "b"])
    assert catalog.drop_unnamed() == [("b", 3)]
    catalog.drop_files(["copy"])
    assert catalog.drop_unnamed() == [("a", 3)]
    for table in ("contents", "texts", "passages", "sentences", "terms", "vocabulary", "files"):
        assert rows(catalog, table) == 0, table


def test_an_id_is_never_given_again(catalog: Catalog) -> None:
    first = put(catalog, "a")
    ids = {
        table: catalog.db.execute(f"SELECT max(id) FROM {table}").fetchone()[0] for table in ("passages", "sentences")
    }
    catalog.drop_files(["a"])
    catalog.drop_unnamed()
    assert put(catalog, "b") > first
    for table, last in ids.items():
        assert catalog.db.execute(f"SELECT min(id) FROM {table}").fetchone()[0] == last + 1


def test_terms_of_any_script_are_found_as_they_are(catalog: Catalog) -> None:
    put(catalog, "a", "Ο Πούτιν έφτασε στο Ανόι χθες το βράδυ. Ο πρόεδρος ήρθε.")
    for term in terms("Πούτιν πρόεδρος"):
        assert catalog.db.execute("SELECT doc FROM vocabulary WHERE term = ?", (term,)).fetchone() == (1,)
        assert catalog.db.execute("SELECT count(*) FROM terms WHERE terms MATCH ?", (f'"{term}"',)).fetchone() == (1,)


@pytest.mark.parametrize("interruption", [ValueError, KeyboardInterrupt])
def test_a_transaction_is_all_or_nothing(catalog: Catalog, interruption: type[BaseException]) -> None:
    def interrupted() -> None:
        with catalog.transaction():
            catalog.set_meta("a", "b")
            raise interruption

    with pytest.raises(interruption):
        interrupted()
    assert catalog.meta("a") is None
    with catalog.transaction():
        catalog.set_meta("a", "c")
    assert catalog.meta("a") == "c"


def test_a_full_disk_rolls_back_and_leaves_the_catalog_usable(catalog: Catalog) -> None:
    put(catalog, "a")
    pages = catalog.db.execute("PRAGMA page_count").fetchone()[0]
    catalog.db.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        put(catalog, "b", "A sentence that is somewhat long. " * 5_000)
    catalog.db.execute("PRAGMA max_page_count = 1000000")
    assert rows(catalog, "contents") == 1
    put(catalog, "c")


def test_a_snapshot_does_not_move(catalog: Catalog) -> None:
    put(catalog, "a")
    other = Catalog(catalog.path)
    with other.snapshot() as db, other.snapshot():  # also one in another
        before = db.execute("SELECT count(*) FROM contents").fetchone()
        put(catalog, "b")
        assert other.totals().contents == before[0] == 1
    assert other.totals().contents == 2
    other.close()


def test_unsettled(catalog: Catalog) -> None:
    catalog.note_unsettled([("b", 2), ("a", 1)])
    catalog.note_unsettled([("a", 3)])
    assert catalog.unsettled() == [("a", 3), ("b", 2)]
    catalog.settle(["a"])
    assert catalog.unsettled() == [("b", 2)]


def test_probes_are_the_first_the_middle_and_the_last(catalog: Catalog) -> None:
    assert catalog.probes() == []
    put(catalog, "a")
    assert [key for key, _ in catalog.probes()] == ["a:0", "a:1", "a:2"]
    put(catalog, "b")
    put(catalog, "c")
    assert [key for key, _ in catalog.probes()] == ["a:0", "b:1", "c:2"]
    assert catalog.probes()[0][1].shape == (8,)


# -- connections


def test_connections_go_with_their_threads(catalog: Catalog) -> None:
    def ask() -> None:
        assert catalog.generation == 0

    before = connections()
    for _ in range(30):
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert connections() == before


def connections() -> int:
    gc.collect()
    return sum(issubclass(type(thing), sqlite3.Connection) for thing in gc.get_objects())


def test_closing_does_not_break_a_query_of_another_thread(catalog: Catalog) -> None:
    put(catalog, "a")
    started, closed = threading.Event(), threading.Event()
    seen: list[object] = []

    def ask() -> None:
        db = catalog.db
        rows = db.execute("SELECT 1 UNION ALL SELECT count(*) FROM sentences")
        seen.append(next(rows))
        started.set()
        closed.wait(10)
        seen.append(next(rows))
        try:
            assert catalog.db
        except StoreError as error:
            seen.append(str(error))

    thread = threading.Thread(target=ask)
    thread.start()
    started.wait(10)
    catalog.close()
    catalog.close()  # twice does no harm
    closed.set()
    thread.join()
    assert seen[:2] == [(1,), (3,)]
    assert str(seen[2]).endswith("is closed.")


# -- opening


def test_two_make_one_catalog_at_once(tmp_path: Path) -> None:
    failures: list[BaseException] = []
    barrier = threading.Barrier(4)

    def make() -> None:
        barrier.wait()
        try:
            Catalog(tmp_path / "catalog.sqlite", create=True).close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize(("version", "message"), [(VERSION + 1, "newer Byline"), (VERSION - 1, "older Byline")])
def test_another_version(catalog: Catalog, version: int, message: str) -> None:
    catalog.set_meta("version", str(version))
    with pytest.raises(StoreError, match=message):
        Catalog(catalog.path)


def test_a_reader_makes_no_catalog(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        Catalog(tmp_path / "catalog.sqlite")
    assert not (tmp_path / "catalog.sqlite").exists()
    (tmp_path / "catalog.sqlite").write_bytes(b"")
    with pytest.raises(StoreError, match="There is no index in"):
        Catalog(tmp_path / "catalog.sqlite")


def test_garbage_is_damage(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite").write_bytes(b"garbage " * 1_000)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        Catalog(tmp_path / "catalog.sqlite", create=True)
