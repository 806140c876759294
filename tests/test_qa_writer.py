"""What a model may do is found out once, by twelve questions, and kept."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from index.embed import Embedder
from index.errors import InputError
from index.settings import Settings
from qa.llm.failures import ModelError
from qa.llm.files import known_models
from qa.llm.model import Message, Reply
from qa.prompts import MOST_EVIDENCE, plain
from qa.refusal import TEXT as REFUSAL
from qa.writer import PASSED, READS_UNABLE, Writer, probe


class Pupil:
    """Answers the first `knows` questions of the probe rightly, and the others with nonsense."""

    name, copies = "pupil", False

    def __init__(self, knows: int, fingerprint: str = "a", fails: bool = False) -> None:
        self.knows, self.fingerprint, self.fails = knows, fingerprint, fails
        self.asked = 0
        self._lock = threading.Lock()

    def reply(self, messages: Sequence[Message], most: int, grammar: str | None = None, others: int = 0) -> Reply:
        with self._lock:
            self.asked += 1
        if self.fails:
            raise ModelError("pupil is ill")
        for question in probe()[: self.knows]:
            if plain(question.question) in messages[-1][1]:
                return Reply(question.answer or REFUSAL)
        return Reply("Bananas.")

    def stream(self, messages: Sequence[Message], most: int) -> Iterator[str]:
        for question in probe()[: self.knows]:
            if plain(question.question) in messages[-1][1]:
                yield question.evidence[question.source]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(models=str(tmp_path / "models"))


def kept(settings: Settings) -> dict[str, int]:
    found: dict[str, int] = json.loads((Path(settings.models) / "probes.json").read_text("utf-8"))
    return found


def test_the_probe_is_fair() -> None:
    assert len(probe()) == 12
    assert any(not question.answer for question in probe())
    for question in probe():
        assert len(question.evidence) <= MOST_EVIDENCE
        if question.answer:
            assert question.answer.lower() in question.evidence[question.source].lower()


@pytest.mark.parametrize("knows", [0, 3, PASSED - 1, PASSED, 12])
def test_right_answers_are_counted(settings: Settings, embedder: Embedder, knows: int) -> None:
    writer = Writer(Pupil(knows), settings, embedder)
    assert writer.right() == knows
    assert writer.able == writer.writes == (knows >= PASSED)
    assert writer.reads == (MOST_EVIDENCE if knows >= PASSED else READS_UNABLE)


def test_each_model_is_asked_once(settings: Settings, embedder: Embedder) -> None:
    first, again, other = Pupil(12), Pupil(12), Pupil(0, fingerprint="b")
    writer = Writer(first, settings, embedder)
    assert (writer.right(), writer.right()) == (12, 12)
    assert first.asked == 12
    assert Writer(again, settings, embedder).right() == 12
    assert again.asked == 0
    assert Writer(other, settings, embedder).right() == 0
    assert other.asked == 12
    assert kept(settings) == {"pupil a": 12, "pupil b": 0}


def test_threads_ask_it_once_between_them(settings: Settings, embedder: Embedder) -> None:
    pupil = Pupil(11)
    writer = Writer(pupil, settings, embedder)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: writer.right(), range(8))) == [11] * 8
    assert pupil.asked == 12


def test_a_known_model_is_not_asked(settings: Settings, embedder: Embedder) -> None:
    known = known_models()[0]
    pupil = Pupil(0, fingerprint=known.sha256)
    assert Writer(pupil, settings, embedder).right() == known.right
    assert pupil.asked == 0
    assert not Path(settings.models).exists()


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"[1]", b"{", b'{"pupil a": "12"}', b'{"pupil a": null}'])
def test_a_damaged_file_is_written_anew(settings: Settings, embedder: Embedder, content: bytes) -> None:
    Path(settings.models).mkdir()
    (Path(settings.models) / "probes.json").write_bytes(content)
    assert Writer(Pupil(12), settings, embedder).right() == 12
    assert kept(settings)["pupil a"] == 12


def test_what_is_kept_of_others_stays(settings: Settings, embedder: Embedder) -> None:
    Path(settings.models).mkdir()
    (Path(settings.models) / "probes.json").write_text('{"another 1": 7}', "utf-8")
    Writer(Pupil(12), settings, embedder).right()
    assert kept(settings) == {"another 1": 7, "pupil a": 12}


@pytest.mark.parametrize("where", ["models", "models/probes.json"])
def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path, embedder: Embedder, where: str) -> None:
    if where == "models":  # a file is in the place of the folder
        (tmp_path / "models").write_bytes(b"")
    else:  # a folder is in the place of the file
        (tmp_path / where).mkdir(parents=True)
    settings = Settings(models=str(tmp_path / "models"))
    for _ in range(2):
        pupil = Pupil(12)
        assert Writer(pupil, settings, embedder).right() == 12
        assert pupil.asked == 12


def test_a_model_that_fails_is_asked_again(settings: Settings, embedder: Embedder) -> None:
    pupil = Pupil(12, fails=True)
    writer = Writer(pupil, settings, embedder)
    for _ in range(2):
        with pytest.raises(ModelError, match="pupil is ill"):
            writer.right()
    assert not Path(settings.models).exists()
    pupil.fails = False
    assert writer.right() == 12


def test_settings_have_the_last_word(settings: Settings, embedder: Embedder) -> None:
    pupil = Pupil(0)
    yes = Writer(pupil, replace(settings, llm_writes="yes"), embedder)
    assert yes.able
    assert yes.writes
    assert yes.reads == MOST_EVIDENCE
    assert pupil.asked == 0
    no = Writer(Pupil(12), replace(settings, llm_writes="no"), embedder)
    assert no.able
    assert not no.writes
    assert no.reads == MOST_EVIDENCE


@pytest.mark.parametrize("value", ["", "YES", "true", "maybe"])
def test_a_wrong_setting_says_what_is_right(settings: Settings, embedder: Embedder, value: str) -> None:
    with pytest.raises(InputError, match="llm_writes is auto, yes or no"):
        Writer(Pupil(0), replace(settings, llm_writes=value), embedder)
