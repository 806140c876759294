import os
import shutil
from pathlib import Path

import filelock
import pytest
from standin import Desk, Words

from index.catalog import Catalog
from index.errors import StoreError
from index.opening import can_find, catalog_path, doubt_path, open_vectors, vectors_path, writing
from index.store import VectorStore


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A store of 1,200 different sentences: from a thousand on, Chroma writes its index to files."""
    desk = Desk(tmp_path)
    for number in range(6):
        desk.write(f"{number}.txt", "\n\n".join(f"Item {number} {n} word{number * 200 + n}." for n in range(200)))
    desk.build()
    return desk


def opened(desk: Desk) -> tuple[VectorStore, list[str], int]:
    """The vector index, what was told of it, and how many vectors were copied."""
    told: list[str] = []
    copied = [0]
    catalog = Catalog(catalog_path(desk.store))
    vectors = open_vectors(desk.store, catalog, told.append, copied.append)
    catalog.close()
    return vectors, told, copied[-1]


def test_a_healthy_index_is_left_alone(desk: Desk) -> None:
    vectors, told, copied = opened(desk)
    vectors.close()
    assert (told, copied) == ([], 0)


def test_lost_segments_are_noticed_though_chroma_still_counts(desk: Desk) -> None:
    for folder in vectors_path(desk.store).iterdir():
        if folder.is_dir():
            shutil.rmtree(folder)
    vectors, [told], copied = opened(desk)
    assert copied == 1_200
    assert "had lost sentences: it was set aside as chroma.damaged-" in told
    catalog = Catalog(catalog_path(desk.store))
    assert can_find(catalog, vectors)
    catalog.close()
    vectors.close()
    desk.check()


def test_a_damaged_index_with_something_unsettled(desk: Desk) -> None:
    catalog = Catalog(catalog_path(desk.store))
    catalog.note_unsettled([("gone.txt", 3)])
    before = catalog.generation
    for path in vectors_path(desk.store).glob("*/*"):
        path.write_bytes(b"garbage " * 100)
    vectors, told, copied = opened(desk)
    vectors.close()
    assert (len(told), copied) == (1, 1_200)
    assert catalog.unsettled() == []
    assert catalog.generation > before
    catalog.close()
    desk.check()


def test_what_a_killed_build_left_is_cleared_up(desk: Desk) -> None:
    catalog = Catalog(catalog_path(desk.store))
    vectors = VectorStore(vectors_path(desk.store))
    vectors.add(["gone.txt:0", "gone.txt:1"], Words().encode(["a", "b"]))
    vectors.close()
    kept = catalog.db.execute("SELECT key, sentences FROM contents LIMIT 1").fetchone()
    catalog.note_unsettled([("gone.txt", 2), kept])  # one never committed, one committed
    before = catalog.generation
    vectors, told, copied = opened(desk)
    vectors.close()
    assert (told, copied, catalog.unsettled()) == ([], 0, [])
    assert catalog.generation > before
    catalog.close()
    desk.check()


def test_a_restoration_that_is_killed_is_begun_again_by_a_build_with_nothing_else_to_do(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(vectors_path(desk.store))
    add = VectorStore.add

    def part(self: VectorStore, ids: list[str], vectors: object) -> None:
        add(self, ids[:500], vectors[:500])  # type: ignore[index]
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(VectorStore, "add", part)
        with pytest.raises(KeyboardInterrupt):
            desk.build()
    report = desk.build()
    assert (len(report.unchanged), report.sentences) == (6, 0)
    assert "made again from the catalog (1200 sentences, none embedded again)" in report.warnings[-1][1]
    desk.check()
    assert desk.build().warnings == ()


def test_a_reader_that_finds_damage_has_the_next_build_mend_it(desk: Desk) -> None:
    for path in vectors_path(desk.store).glob("*/*"):
        path.write_bytes(b"garbage " * 100)
    assert desk.build().warnings == ()  # an unchanged folder does not open it
    reader = desk.reader()
    with pytest.raises(StoreError, match="mend it with: byline index ") as caught:
        reader.nearest(Words().encode_question("word7"), 3)
    assert len(str(caught.value)) < 600
    assert doubt_path(desk.store).is_file()
    assert "made again from the catalog" in desk.build().warnings[0][1]
    assert not doubt_path(desk.store).exists()
    assert reader.nearest(Words().encode_question("word7"), 3)
    reader.close()


def test_what_is_set_aside_twice_in_a_second_is_kept_twice(desk: Desk) -> None:
    for _ in range(3):
        for path in vectors_path(desk.store).glob("*/*"):
            path.write_bytes(b"garbage " * 100)
        vectors, told, _ = opened(desk)
        vectors.close()
        assert len(told) == 1
    assert len(list(desk.store.glob("chroma.damaged-*"))) == 3


def test_another_process_that_is_opening_it_is_not_damage(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.store._OPEN_TIMEOUT", 0.05)
    with filelock.FileLock(desk.store / "opening.lock"), pytest.raises(StoreError, match="being opened by another"):
        opened(desk)
    assert list(desk.store.glob("chroma.damaged-*")) == []


# -- the write lock


def test_the_lock_is_free_again_whatever_happens(tmp_path: Path) -> None:
    def interrupted() -> None:
        with writing(tmp_path):
            assert (tmp_path / "writer.txt").read_text().startswith(f"process {os.getpid()} on ")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not (tmp_path / "writer.txt").exists()
    with writing(tmp_path):
        pass


def test_a_holder_without_a_name(tmp_path: Path) -> None:
    with writing(tmp_path):
        (tmp_path / "writer.txt").unlink()
        with pytest.raises(StoreError, match="is being written by another process; wait"), writing(tmp_path):
            pytest.fail("the lock is held")
