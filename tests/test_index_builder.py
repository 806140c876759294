import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from standin import Desk, Words

import index.builder
from index.builder import Progress, build, content_key
from index.catalog import Catalog
from index.embed import Embedder, Vectors
from index.errors import InputError, StoreError, UnreadableFile
from index.models import BuildReport
from index.settings import Settings
from index.store import VectorStore

ROOT = Path(__file__).resolve().parents[1]
PUTIN = "Putin landed in Hanoi.\n\nHe was met by the officials of Vietnam."
CATS = "Cats sleep all day.\n\nThey hunt mice at night."
DOGS = "Dogs bark at strangers.\n\nThey guard the house."


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def kinds(report: BuildReport) -> dict[str, object]:
    """What a report tells, without what is empty."""
    names = ("added", "changed", "removed", "unchanged", "renamed", "skipped", "warnings")
    return {name: getattr(report, name) for name in names if getattr(report, name)}


# -- what became of each file


def test_every_kind_of_change_is_reported(desk: Desk) -> None:
    desk.write("b.txt", CATS)
    desk.write("a.txt", PUTIN)
    desk.write("sub/c.txt", DOGS)
    first = desk.build()
    assert kinds(first) == {"added": ("a.txt", "b.txt", "sub/c.txt")}
    assert (first.sentences, first.indexed) == (6, 3)
    assert kinds(desk.build()) == {"unchanged": ("a.txt", "b.txt", "sub/c.txt")}

    desk.write("a.txt", PUTIN + " It was late.")
    (desk.folder / "b.txt").rename(desk.folder / "sub" / "z.txt")
    (desk.folder / "sub" / "c.txt").unlink()
    desk.write("d.txt", "A new article.")
    second = desk.build()
    assert kinds(second) == {
        "added": ("d.txt",),
        "changed": ("a.txt",),
        "removed": ("sub/c.txt",),
        "renamed": (("b.txt", "sub/z.txt"),),
    }
    assert second.sentences == 4  # three of a.txt, one of d.txt
    desk.check()
    assert kinds(desk.build()) == {"unchanged": ("a.txt", "d.txt", "sub/z.txt")}


def test_a_rename_embeds_nothing(desk: Desk) -> None:
    for number in range(3):
        desk.write(f"{number}.txt", f"Article number {number}.")
    desk.build()
    for number in range(3):
        (desk.folder / f"{number}.txt").rename(desk.folder / f"new-{number}.txt")
    report = desk.build()
    assert kinds(report) == {"renamed": tuple((f"{n}.txt", f"new-{n}.txt") for n in range(3))}
    assert report.sentences == 0
    assert desk.find("article number 1")[0][0] == "new-1.txt"
    desk.check()


def test_two_files_with_the_same_content_are_embedded_once(desk: Desk) -> None:
    desk.write("a.txt", PUTIN)
    desk.write("b.txt", PUTIN)
    report = desk.build()
    assert (report.added, report.sentences) == (("a.txt", "b.txt"), 2)
    desk.write("c.txt", PUTIN)
    report = desk.build()
    assert (report.added, report.sentences) == (("c.txt",), 0)
    (desk.folder / "a.txt").unlink()
    assert desk.build().removed == ("a.txt",)
    assert desk.find("Putin in Hanoi")[0] == ("b.txt", PUTIN)
    desk.check()


def test_the_same_bytes_in_another_format_are_another_article(desk: Desk) -> None:
    desk.write("a.txt", "# Heading\n\nText.")
    desk.build()
    (desk.folder / "a.txt").rename(desk.folder / "a.md")
    assert kinds(desk.build()) == {"added": ("a.md",), "removed": ("a.txt",)}


def test_an_edited_file_is_found_with_its_new_text_alone(desk: Desk) -> None:
    desk.write("a.txt", CATS)
    desk.write("b.txt", PUTIN)
    desk.build()
    desk.write("a.txt", DOGS)
    desk.build()
    assert desk.find("dogs bark")[0] == ("a.txt", DOGS)
    assert not any("Cats" in text for _, text in desk.find("cats sleep all day"))
    reader = desk.reader()
    assert reader.matching(["cat"], 5) == []
    assert reader.totals().contents == 2
    reader.close()
    desk.check()


def test_a_file_changed_while_it_was_read_is_read_again(desk: Desk) -> None:
    path = desk.write("a.txt", "Cats sleep.", age=0)
    desk.build()
    status = path.stat()
    path.write_text("Dogs sleep.")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))  # as if in the same tick of the clock
    assert desk.build().changed == ("a.txt",)
    assert desk.find("dogs")[0] == ("a.txt", "Dogs sleep.")


def test_an_old_file_is_not_read_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write("a.txt", CATS)
    desk.build()
    monkeypatch.setattr(index.builder, "read", lambda path: pytest.fail(f"{path} was read"))
    monkeypatch.setattr(index.builder, "open_vectors", lambda *_: pytest.fail("Chroma was opened"))
    assert desk.build().unchanged == ("a.txt",)


def test_a_touched_file_is_unchanged(desk: Desk) -> None:
    path = desk.write("a.txt", CATS)
    desk.build()
    generation = desk.reader().catalog.generation
    os.utime(path, (1_000_000_000, 1_000_000_000))
    report = desk.build()
    assert (kinds(report), report.sentences) == ({"unchanged": ("a.txt",)}, 0)
    assert desk.reader().catalog.generation == generation


def test_what_a_reader_cannot_see_does_not_raise_the_generation(desk: Desk) -> None:
    desk.write("a.txt", CATS)
    desk.write("empty.txt", "")
    desk.write("other.xyz", "x")
    desk.build()
    reader = desk.reader()
    before = reader.catalog.generation
    for _ in range(2):
        assert len(desk.build().skipped) == 2
    (desk.folder / "empty.txt").unlink()
    desk.build()
    assert reader.catalog.generation == before
    desk.write("b.txt", CATS)  # another name for what is there
    desk.build()
    assert reader.catalog.generation > before
    reader.close()


# -- bad input


def test_an_empty_folder(desk: Desk) -> None:
    assert kinds(desk.build()) == {}
    assert desk.find("anything") == []
    desk.write("a.txt", PUTIN)
    assert desk.build().added == ("a.txt",)
    (desk.folder / "a.txt").unlink()
    assert desk.build().removed == ("a.txt",)
    assert desk.find("Putin") == []
    desk.check()


def test_no_such_folder_and_a_file(desk: Desk) -> None:
    path = desk.write("a.txt", CATS)
    with pytest.raises(InputError, match="is a file, not a folder; give the folder"):
        build(path, desk.settings)
    with pytest.raises(InputError, match="does not exist; give the folder"):
        build(desk.folder / "none", desk.settings)
    assert not desk.store.exists()


def test_the_store_cannot_be_the_folder_itself(desk: Desk) -> None:
    with pytest.raises(InputError, match="cannot be the folder of articles itself"):
        build(desk.folder, Settings(store=str(desk.folder)))


def test_hidden_files_and_the_store_inside_the_folder_are_not_indexed(desk: Desk) -> None:
    desk.write(".hidden.txt", CATS)
    desk.write("a.txt", PUTIN)
    settings = Settings(store=str(desk.folder / "store"), embedding_model="words")
    assert kinds(build(desk.folder, settings, embedder=desk.embedder)) == {"added": ("a.txt",)}
    (desk.folder / "store" / "note.txt").write_text("A note in the store.")
    assert kinds(build(desk.folder, settings, embedder=desk.embedder)) == {"unchanged": ("a.txt",)}


def test_bad_files_are_skipped_with_the_reason_and_the_rest_goes_on(desk: Desk) -> None:
    desk.write("binary.txt", bytes(range(256)) * 20)
    desk.write("broken.pdf", b"%PDF-1.4 nothing")
    desk.write("empty.txt", "")
    desk.write("spaces.txt", " \n ")
    desk.write("picture.png", b"x")
    desk.write("good.txt", PUTIN)
    (desk.folder / "loop").symlink_to(desk.folder)
    report = desk.build()
    assert report.added == ("good.txt",)
    reasons = dict(report.skipped)
    assert set(reasons) == {"binary.txt", "broken.pdf", "empty.txt", "spaces.txt", "picture.png", "loop"}
    assert reasons["binary.txt"].startswith("not text")
    assert reasons["broken.pdf"].startswith("broken PDF")
    assert reasons["empty.txt"] == reasons["spaces.txt"] == "empty"
    assert desk.build().skipped == report.skipped


def test_a_file_that_becomes_unreadable_is_told_and_no_longer_quoted(desk: Desk) -> None:
    desk.write("a.txt", PUTIN)
    desk.write("b.txt", CATS)
    desk.build()
    desk.write("a.txt", b"\x00\x01\x02" * 100)
    report = desk.build()
    assert kinds(report) == {
        "unchanged": ("b.txt",),
        "skipped": (("a.txt", "not text: it looks like a binary file (what was indexed of it before is removed)"),),
    }
    desk.check()
    desk.write("a.txt", PUTIN)
    assert kinds(desk.build()) == {"added": ("a.txt",), "unchanged": ("b.txt",)}


def test_a_file_without_permission_is_tried_again_each_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write("a.txt", PUTIN)
    desk.write("b.txt", CATS)
    read = index.builder.read

    def refuse(path: Path) -> bytes:  # not chmod: root may read everything
        if path.name == "a.txt":
            raise UnreadableFile("no permission to read it")
        return read(path)

    monkeypatch.setattr(index.builder, "read", refuse)
    assert kinds(desk.build()) == {"added": ("b.txt",), "skipped": (("a.txt", "no permission to read it"),)}
    monkeypatch.undo()
    assert desk.build().added == ("a.txt",)


def test_a_file_that_cannot_be_read_for_a_while_keeps_its_article(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write("a.txt", PUTIN)
    desk.build()
    desk.write("a.txt", CATS)

    def refuse(path: Path) -> bytes:
        raise UnreadableFile("cannot be read: Input/output error")

    monkeypatch.setattr(index.builder, "read", refuse)
    reason = "cannot be read: Input/output error; what was indexed of it before is kept"
    assert kinds(desk.build()) == {"skipped": (("a.txt", reason),)}
    assert desk.reader().article("a.txt").text == PUTIN
    monkeypatch.undo()
    assert desk.build().changed == ("a.txt",)
    assert desk.reader().article("a.txt").text == CATS


def test_other_encodings_are_decoded_and_reported(desk: Desk) -> None:
    text = "The café’s owner said “no”. He closed the door at noon."
    desk.write("cp1252.txt", text.encode("cp1252"))
    desk.write("utf16.txt", text.encode("utf-16"))
    desk.write("broken.txt", text.encode() + b" The end \xff is near.")
    report = desk.build()
    assert report.added == ("broken.txt", "cp1252.txt", "utf16.txt")
    warned = dict(report.warnings)
    assert "cp1252" in warned["cp1252.txt"]
    assert "UTF-16" in warned["utf16.txt"].upper()
    assert "1" in warned["broken.txt"]
    reader = desk.reader()
    assert reader.article("cp1252.txt").text == reader.article("utf16.txt").text == text
    reader.close()


def test_a_file_that_vanishes_while_indexing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write("a.txt", PUTIN)
    desk.write("b.txt", CATS)
    scan = index.builder.scan

    def scan_and_lose(*arguments: object) -> object:
        found = scan(*arguments)  # type: ignore[arg-type]
        (desk.folder / "a.txt").unlink()
        return found

    monkeypatch.setattr(index.builder, "scan", scan_and_lose)
    assert kinds(desk.build()) == {"added": ("b.txt",), "skipped": (("a.txt", "vanished while indexing"),)}


def test_articles_in_a_folder_that_cannot_be_listed_are_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write("locked/a.txt", PUTIN)
    desk.write("b.txt", CATS)
    desk.build()
    listed = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name in refused:
            raise OSError(5, "Input/output error")
        return listed(path)

    monkeypatch.setattr(os, "scandir", refuse)
    refused = {"locked"}
    report = desk.build()
    assert kinds(report) == {
        "unchanged": ("b.txt", "locked/a.txt"),
        "skipped": (("locked", "the folder cannot be listed: Input/output error"),),
    }
    refused = {"articles"}
    assert desk.build().unchanged == ("b.txt", "locked/a.txt")
    assert desk.find("Putin in Hanoi")[0][0] == "locked/a.txt"


FRENCH = (
    "Le président français s’est exprimé jeudi à l’Élysée : la situation est grave, dit-il, et nous devons agir dès "
    "aujourd’hui. Les négociations, entamées à Genève l’été dernier, n’ont guère avancé jusqu’ici."
)


def test_another_language_is_a_warning_with_the_bundled_model_alone(desk: Desk, embedder: Embedder) -> None:
    desk.write("a.txt", FRENCH)
    assert kinds(desk.build()) == {"added": ("a.txt",)}
    settings = Settings(store=str(desk.store) + "2")
    report = build(desk.folder, settings, embedder=embedder)
    [(file, warning)] = report.warnings
    assert (report.added, file) == (("a.txt",), "a.txt")
    assert warning.startswith("in French (fr): the bundled model reads English")


def test_a_file_of_50_mb_is_indexed_in_bounded_time_and_memory(desk: Desk) -> None:
    # The 400,000 sentences of 50 MB of prose would take the real model twenty minutes. This is one endless line, cut
    # into 50,000 sentences, and the stand-in does no more than give each a vector.
    class Fast(Words):
        def encode(self, sentences, report=None):  # type: ignore[no-untyped-def]
            assert len(sentences) <= 10_000, "embedded in parts"
            return super().encode(["same"], report).repeat(len(sentences), axis=0)

    class NoIndex:
        """Chroma itself takes minutes for so many, in memory of its own."""

        def add(self, ids: list[str], vectors: object) -> None:
            assert len(ids) <= 10_000

        def search_all(self, vectors: Vectors, n: int) -> list[list[tuple[str, float]]]:
            return [[(f"{content_key(path.read_bytes(), path.name)}:0", 1.0) for path in (big, small)] for _ in vectors]

        def close(self) -> None:
            pass

    desk.embedder = Fast()
    desk.write("big.txt", "extraordinarily " * (50_000_000 // 16))
    desk.write("small.txt", PUTIN)
    big, small = desk.folder / "big.txt", desk.folder / "small.txt"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index.builder, "open_vectors", lambda *_: NoIndex())
        before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
        report = desk.build()
    assert report.added == ("big.txt", "small.txt")
    catalog = Catalog(desk.store / "catalog.sqlite")
    assert catalog.totals().sentences > 50_000
    catalog.close()
    assert time.monotonic() - started < 120
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 700_000  # KB


# -- whose store it is


def test_a_store_of_another_folder(desk: Desk, tmp_path: Path) -> None:
    desk.write("a.txt", PUTIN)
    desk.build()
    (tmp_path / "other").mkdir()
    with pytest.raises(StoreError) as caught:
        build(tmp_path / "other", desk.settings, embedder=desk.embedder)
    assert str(caught.value).splitlines()[0] == f"The store {desk.store} belongs to the folder {desk.folder}."
    assert "Choose another --store" in str(caught.value)
    assert desk.find("Putin")[0][0] == "a.txt"


def test_a_project_can_be_moved_with_its_store(desk: Desk, tmp_path: Path) -> None:
    desk.write("a.txt", PUTIN)
    desk.build()
    base = tmp_path / "moved"
    base.mkdir()
    desk.folder, desk.store = desk.folder.rename(base / "articles"), desk.store.rename(base / "store")
    desk.settings = Settings(store=str(desk.store), embedding_model="words")
    assert desk.build().unchanged == ("a.txt",)
    reader = desk.reader()
    assert reader.folder == base / "articles"
    reader.close()


def test_a_store_behind_a_link(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "deep" / "down").mkdir(parents=True)
    desk.store.symlink_to(tmp_path / "deep" / "down")
    desk.write("a.txt", PUTIN)
    assert desk.build().added == ("a.txt",)
    assert desk.build().unchanged == ("a.txt",)
    reader = desk.reader()
    assert reader.folder == desk.folder
    assert reader.changed("a.txt") is None
    reader.close()


def test_a_store_made_with_another_model(desk: Desk) -> None:
    desk.write("a.txt", PUTIN)
    desk.build()
    with pytest.raises(StoreError, match="was made with the embedding model words, not with others") as caught:
        build(desk.folder, desk.settings, embedder=Words("others"))
    assert "Set BYLINE_EMBEDDING_MODEL" in str(caught.value)


def test_a_model_whose_name_has_come_to_mean_another(desk: Desk) -> None:
    desk.write("a.txt", PUTIN)
    desk.build()
    desk.write("b.txt", CATS)
    with pytest.raises(StoreError, match="holds vectors of 64 dimensions; the embedding model now makes 32"):
        build(desk.folder, desk.settings, embedder=Words("words", 32))
    assert desk.build().added == ("b.txt",)
    desk.check()


def test_an_empty_store_goes_to_any_folder_and_model(desk: Desk, tmp_path: Path) -> None:
    desk.write("a.txt", PUTIN)
    desk.build()
    (desk.folder / "a.txt").unlink()
    desk.build()
    other = tmp_path / "other"
    other.mkdir()
    (other / "b.txt").write_text(CATS)
    assert build(other, desk.settings, embedder=Words("others", 32)).added == ("b.txt",)


def test_a_model_that_cannot_be_loaded_does_not_claim_the_store(desk: Desk, tmp_path: Path) -> None:
    desk.write("a.txt", PUTIN)
    with pytest.raises(InputError, match="Cannot load the embedding model"):
        build(desk.folder, Settings(store=str(desk.store), embedding_model=str(tmp_path)))
    assert desk.build().added == ("a.txt",)


def test_a_store_of_a_newer_version(desk: Desk) -> None:
    desk.write("a.txt", PUTIN)
    desk.build()
    catalog = Catalog(desk.store / "catalog.sqlite")
    catalog.set_meta("version", "999")
    catalog.close()
    with pytest.raises(StoreError, match="made by a newer Byline"):
        desk.build()
    with pytest.raises(StoreError, match="made by a newer Byline"):
        desk.reader()


def test_a_store_that_cannot_be_made(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for store in (tmp_path / "file", tmp_path / "file" / "store"):
        with pytest.raises(StoreError, match=r"Cannot write to the store .*; choose another --store\."):
            build(desk.folder, Settings(store=str(store)), embedder=desk.embedder)


# -- one writer


def test_a_second_build_is_refused_and_told_who_is_writing(desk: Desk) -> None:
    desk.write("a.txt", PUTIN)
    told: list[str] = []

    def build_too(_: Progress) -> None:
        with pytest.raises(StoreError) as caught:
            desk.build()
        told.append(str(caught.value))

    desk.build(build_too)
    assert f"is being written by process {os.getpid()} on " in told[0]
    assert told[0].endswith("wait until it has finished.")
    assert desk.build().unchanged == ("a.txt",)


def test_a_dead_holder_blocks_nobody(desk: Desk) -> None:
    desk.write("a.txt", PUTIN)
    desk.store.mkdir()
    script = (
        "import sys, os, pathlib; from index.opening import writing\n"
        "with writing(pathlib.Path(sys.argv[1])):\n    os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(desk.store)], cwd=ROOT, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert (desk.store / "writer.txt").is_file()
    assert desk.build().added == ("a.txt",)


# -- progress


def test_progress_ends_at_the_whole(desk: Desk) -> None:
    for number in range(5):
        desk.write(f"{number}.txt", f"Article {number} says so. It says more.")
    desk.write("empty.txt", "")
    steps: list[Progress] = []
    desk.build(steps.append)
    indexing = [step for step in steps if step.stage == "indexing"]
    assert (indexing[-1].files, indexing[-1].files_total, indexing[-1].sentences) == (6, 6, 10)
    assert all(a.files <= b.files and a.sentences <= b.sentences for a, b in pairwise(indexing))
    comparing = [(step.files, step.files_total) for step in steps[len(indexing) :] if step.stage == "comparing"]
    assert comparing == [(n, 5) for n in range(1, 6)]
    desk.build(steps.append)
    assert (steps[-1].files, steps[-1].files_total, steps[-1].sentences) == (6, 6, 0)


def test_each_batch_can_be_found_as_soon_as_it_is_committed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write("0.txt", "Article 0 is here.")
    desk.build()
    reader = desk.reader()
    for number in range(1, 4):
        desk.write(f"{number}.txt", f"Article {number} is here.")
    monkeypatch.setattr("index.batch.BATCH", 1)
    seen: list[tuple[int, int, int]] = []

    def look(step: Progress) -> None:
        found = reader.nearest(Words().encode_question("Article is here"), 10)
        seen.append((step.files, len(reader.entries()), len(found)))

    desk.build(look)
    reader.close()
    assert {(2, 2, 2), (3, 3, 3), (4, 4, 4)} <= set(seen)


# -- interrupted


class Interrupted(BaseException):
    """As sudden as a signal: not an Exception."""


POINTS = [
    (Words, "encode", 0),
    (VectorStore, "add", 0),
    (VectorStore, "add", 1),
    (Catalog, "put_content", 0),
    (Catalog, "put_content", 1),
    (Catalog, "settle", 0),
    (Catalog, "raise_generation", 0),
    (Catalog, "drop_unnamed", 0),
    (VectorStore, "delete", 0),
    (VectorStore, "delete", 1),
]


@pytest.mark.parametrize("error", [Interrupted, KeyboardInterrupt, sqlite3.OperationalError])
@pytest.mark.parametrize(("owner", "name", "after"), POINTS, ids=lambda value: getattr(value, "__name__", str(value)))
def test_a_build_interrupted_anywhere_is_finished_by_the_next(
    desk: Desk, owner: type, name: str, after: int, error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        desk.write(f"{number}.txt", f"Article {number} tells about subject{number}.\n\nIt has a second paragraph.")
    desk.build()
    for number in range(3):
        desk.write(f"{number}.txt", f"Article {number} tells about topic{number} now.\n\nIt was changed.")
    (desk.folder / "3.txt").unlink()
    (desk.folder / "4.txt").rename(desk.folder / "renamed.txt")
    original = getattr(owner, name)

    def interrupt(self, *arguments, **more):  # type: ignore[no-untyped-def]
        if after:
            original(self, *arguments, **more)
        raise error("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, interrupt)
        with pytest.raises(StoreError if error is sqlite3.OperationalError and owner is Catalog else BaseException):
            desk.build()
    for number in (0, 1, 2, 5):  # whole, old or new, and findable at once
        reader = desk.reader()
        text = reader.article(f"{number}.txt").text
        assert text.startswith(f"Article {number} tells about ")
        assert text.endswith((".\n\nIt has a second paragraph.", " now.\n\nIt was changed."))
        reader.close()
    assert desk.build().warnings == ()  # nothing had to be made again
    desk.check()
    for number in range(3):
        assert desk.mentioning(f"topic{number}") == [f"{number}.txt"]
        assert desk.mentioning(f"subject{number}") == []
    assert desk.mentioning("subject3") == []
    assert desk.mentioning("subject4") == ["renamed.txt"]


def test_a_full_disk_is_an_error_of_two_lines_and_loses_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write("a.txt", PUTIN)
    desk.build()
    desk.write("b.txt", CATS)

    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Catalog, "put_content", fail)
        with pytest.raises(StoreError) as caught:
            desk.build()
    assert str(caught.value).splitlines() == [
        f"Cannot write to the store {desk.store} (database or disk is full).",
        "What is indexed so far is kept; make room, and index again.",
    ]
    assert desk.find("Putin")[0][0] == "a.txt"
    assert desk.build().added == ("b.txt",)
    desk.check()


KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, "tests")
import index.batch
from standin import Words
from index.builder import build
from index.settings import Settings
index.batch.BATCH = 40
class Slow(Words):
    def encode(self, sentences, report=None):
        import time
        time.sleep(0.08)
        return super().encode(sentences, report)
build(Path(sys.argv[1]), Settings(store=sys.argv[2], embedding_model="words"),
      lambda step: print(step.sentences, flush=True), Slow())
"""


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_build_is_finished_by_the_next(desk: Desk, seed: int) -> None:
    generator = random.Random(seed)
    for number in range(60):
        desk.write(f"{number}.txt", f"Article {number} tells about subject{number}. " * 5 + "\n\nIt ends here.")
    desk.build()
    for number in range(0, 60, 2):
        desk.write(f"{number}.txt", f"Article {number} tells about topic{number}. " * 5 + "\n\nIt was changed.")
        (desk.folder / f"{number + 1}.txt").rename(desk.folder / f"r{number}.txt")
        desk.write(f"new{number}.txt", f"Article new{number} is new. " * 5)
    command = [sys.executable, "-c", KILLED, str(desk.folder), str(desk.store)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()  # it is at work
    time.sleep(generator.uniform(0, 0.6))
    process.kill()
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL, "it had finished already"
    reader = desk.reader()
    for entry in reader.entries():
        assert reader.article(entry.file).text.endswith(("It ends here.", "It was changed.", "is new. "))
    reader.close()
    report = desk.build()
    assert report.indexed == 90
    desk.check()
    for number in range(0, 60, 2):
        assert desk.mentioning(f"topic{number}") == [f"{number}.txt"]
        assert desk.mentioning(f"subject{number}") == []
        assert desk.mentioning(f"subject{number + 1}") == [f"r{number}.txt"]


# -- damaged


def test_a_damaged_catalog_is_set_aside_and_everything_indexed_again(desk: Desk) -> None:
    desk.write("a.txt", PUTIN)
    desk.build()
    (desk.store / "catalog.sqlite").write_bytes(b"garbage " * 2_000)
    report = desk.build()
    assert (report.added, report.sentences) == (("a.txt",), 2)
    [(store, warning)] = report.warnings
    assert store == "store"
    assert warning.startswith(
        "the catalog was damaged (file is not a database): it was set aside as catalog.sqlite.dam"
    )
    assert len(list(desk.store.glob("*.damaged-*"))) >= 2  # the vectors, too
    desk.check()


def test_a_catalog_damaged_inside_is_set_aside_in_the_middle_of_a_build(desk: Desk) -> None:
    for number in range(40):
        desk.write(f"{number}.txt", f"Article {number} tells about subject{number}. " * 20)
    desk.build()
    path = desk.store / "catalog.sqlite"
    data = bytearray(path.read_bytes())
    data[8 * 4096 :] = b"\xee" * (len(data) - 8 * 4096)  # the schema can still be read
    path.write_bytes(data)
    desk.write("new.txt", PUTIN)
    report = desk.build()
    assert report.indexed == 41
    assert "the catalog was damaged (" in report.warnings[0][1]
    desk.check()


def harm(folder: Path, damage: str) -> None:
    if damage == "missing":
        shutil.rmtree(folder)
    elif damage == "garbage":
        (folder / "chroma.sqlite3").write_bytes(b"garbage " * 2_000)
    elif damage == "emptied":
        (folder / "chroma.sqlite3").unlink()
    elif damage == "segments":
        for path in folder.glob("*/*"):
            path.write_bytes(b"garbage " * 100)
    else:
        vectors = VectorStore(folder)
        if damage == "too few":
            vectors.delete(["x", next(key for key, _ in vectors.search(Words().encode_question("subject2"), 1))])
        else:
            vectors.add(["x:0"], Words().encode(["subject2"]))
        vectors.close()


@pytest.mark.parametrize("damage", ["missing", "garbage", "segments", "emptied", "too few", "too many"])
def test_a_damaged_vector_index_is_made_again_without_embedding(desk: Desk, damage: str) -> None:
    for number in range(4):
        desk.write(f"{number}.txt", f"Article {number} tells about subject{number}. It is there.")
    desk.build()
    harm(desk.store / "chroma", damage)
    desk.write("new.txt", PUTIN)
    report = desk.build()
    assert (report.added, report.sentences) == (("new.txt",), 2)
    if damage != "segments" or report.warnings:  # Chroma writes segments only from a thousand vectors on
        assert "made again from the catalog (8 sentences, none embedded again)" in report.warnings[-1][1]
    desk.check()
    assert desk.find("subject2")[0][0] == "2.txt"
