"""Builds beside the chat."""

import threading
import time

import pytest
from standin import Desk

from index.builder import Progress
from ui import background
from ui.background import Indexing, State


@pytest.fixture
def desk(tmp_path) -> Desk:
    made = Desk(tmp_path)
    made.write("a.txt", "The mayor resigned.")
    return made


def ended(indexing: Indexing) -> State:
    deadline = time.monotonic() + 30
    while indexing.state.running:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return indexing.state


def test_a_build_runs_and_reports(desk: Desk) -> None:
    indexing = Indexing(desk.folder, desk.settings, desk.embedder)
    assert indexing.state == State()
    indexing.start()
    state = ended(indexing)
    assert state.report is not None
    assert state.report.added == ("a.txt",)
    desk.check()


def test_a_start_during_a_build_has_another_follow(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    indexing = Indexing(desk.folder, desk.settings, desk.embedder)
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


def test_what_the_user_can_mend_is_told_in_its_words(desk: Desk) -> None:
    indexing = Indexing(desk.folder / "none", desk.settings, desk.embedder)
    indexing.start()
    assert "does not exist; give the folder" in ended(indexing).problem


def test_a_mistake_of_ours_is_told_and_the_next_build_runs(desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    indexing = Indexing(desk.folder, desk.settings, desk.embedder)

    def broken(*_):
        raise ZeroDivisionError("oh")

    with monkeypatch.context() as patch:
        patch.setattr(background, "build", broken)
        indexing.start()
        assert ended(indexing).problem == "Indexing broke: ZeroDivisionError: oh"
    assert "ZeroDivisionError" in caplog.text
    indexing.start()
    assert ended(indexing).report


def test_progress_is_seen_while_it_runs(desk: Desk) -> None:
    indexing = Indexing(desk.folder, desk.settings, desk.embedder)
    step = Progress("indexing", 1, 2, 3, 0.1)
    indexing._tell(step)
    assert indexing.state == State(running=True, step=step)
