"""Builds beside the chat."""

import threading
import time
from collections.abc import Iterator

import pytest
from standin import Desk

from index.builder import Progress
from index.opening import doubt_path, vectors_path
from index.store import VectorStore
from ui import background
from ui.background import Indexing, State


@pytest.fixture
def desk(tmp_path) -> Desk:
    made = Desk(tmp_path)
    made.build()
    made.write("a.txt", "The mayor resigned.")
    return made


@pytest.fixture
def indexing(desk: Desk) -> Iterator[Indexing]:
    reader = desk.reader()
    yield Indexing(reader, desk.settings, lambda: None)
    reader.close()


def ended(indexing: Indexing) -> State:
    deadline = time.monotonic() + 30
    while indexing.state.running:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return indexing.state


def test_a_build_runs_and_reports(desk: Desk, indexing: Indexing) -> None:
    assert indexing.state == State()
    indexing.start()
    state = ended(indexing)
    assert state.report is not None
    assert state.report.added == ("a.txt",)
    desk.check()


def test_a_start_during_a_build_has_another_follow(
    desk: Desk, indexing: Indexing, monkeypatch: pytest.MonkeyPatch
) -> None:
    going, go_on, builds = threading.Event(), threading.Event(), []
    real = background.build

    def slow(*arguments):
        builds.append(1)
        report = real(*arguments)
        going.set()
        assert go_on.wait(10)
        return report

    monkeypatch.setattr(background, "build", slow)
    indexing.start()
    assert going.wait(10)
    desk.write("b.txt", "The council met.")  # too late for the first
    indexing.start()
    indexing.start()
    assert indexing.state.running
    go_on.set()
    state = ended(indexing)
    assert state.report is not None
    assert (state.report.added, len(builds)) == (("b.txt",), 2)


def test_what_the_user_can_mend_is_told_in_its_words(desk: Desk, indexing: Indexing) -> None:
    desk.folder.rename(desk.folder.with_name("elsewhere"))
    indexing.start()
    assert "does not exist; give the folder" in ended(indexing).problem


def test_a_vector_index_in_doubt_is_mended_beside_an_open_reader(desk: Desk, indexing: Indexing) -> None:
    desk.build()
    reader = indexing.reader
    question = desk.embedder.encode_question("Who resigned?")
    assert reader.nearest(question, 1)  # Chroma is open in this process
    vectors = VectorStore(vectors_path(desk.store))
    vectors.delete([key for keys, _ in reader.catalog.vectors(100) for key in keys])
    vectors.close()
    doubt_path(desk.store).touch()
    indexing.start()
    state = ended(indexing)
    assert state.problem == ""
    assert "made again from the catalog" in state.report.warnings[0][1]
    assert reader.nearest(question, 1)
    desk.check()


def test_a_mistake_of_ours_is_told_and_the_next_build_runs(
    indexing: Indexing, monkeypatch: pytest.MonkeyPatch, caplog
) -> None:

    def broken(*_):
        raise BaseException("as Chroma's panics")

    with monkeypatch.context() as patch:
        patch.setattr(background, "build", broken)
        indexing.start()
        assert ended(indexing).problem == "Indexing broke: BaseException: as Chroma's panics"
    assert "Chroma's panics" in caplog.text
    indexing.start()
    assert ended(indexing).report


def test_progress_is_seen_while_it_runs(indexing: Indexing) -> None:
    step = Progress("indexing", 1, 2, 3, 0.1)
    indexing._tell(step)
    assert indexing.state == State(running=True, step=step)
