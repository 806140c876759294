"""Calls of a language model that are kept: asked once, and told the same ever after."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from eval.calls import Kept
from qa.llm.failures import ModelError
from qa.llm.model import Message, Reply, Stop

ASK: list[Message] = [("user", "When?")]


class Counting:
    """A model that says how often it was asked."""

    name, fingerprint, copies = "counting", "1", True

    def __init__(self) -> None:
        self.asked = 0

    def reply(self, messages: Sequence[Message], most: int, grammar: str | None = None, others: int = 0) -> Reply:
        self.asked += 1
        return Reply(f"reply {self.asked}", (-0.5,), (("re", -0.5), ("a", -2.0)), (Stop(1, 4, -3.0),), 7, 2)

    def stream(self, messages: Sequence[Message], most: int) -> Iterator[str]:
        self.asked += 1
        yield "said "
        if messages[0][1] == "Break off.":
            raise ModelError("it broke off")
        yield f"{self.asked}"


def test_a_reply_is_kept_whole(tmp_path: Path) -> None:
    model = Counting()
    first = Kept(model, tmp_path / "calls.jsonl").reply(ASK, 8, "root", 2)
    again = Kept(model, tmp_path / "calls.jsonl")
    assert (
        again.reply(ASK, 8, "root", 2)
        == first
        == Reply("reply 1", (-0.5,), (("re", -0.5), ("a", -2.0)), (Stop(1, 4, -3.0),), 7, 2)
    )
    assert (model.asked, again.usage.calls, again.usage.kept) == (1, 0, 1)


@pytest.mark.parametrize(
    "other", [([("user", "Who?")], 8, None, 0), (ASK, 9, None, 0), (ASK, 8, "x", 0), (ASK, 8, None, 1)]
)
def test_anything_else_is_another_call(tmp_path: Path, other: tuple[list[Message], int, str | None, int]) -> None:
    kept = Kept(Counting(), tmp_path / "calls.jsonl")
    assert kept.reply(ASK, 8).text == "reply 1"
    assert kept.reply(*other).text == "reply 2"
    assert (kept.usage.calls, kept.usage.prompt_tokens, kept.usage.tokens) == (2, 14, 4)


def test_another_model_of_the_same_name_is_asked(tmp_path: Path) -> None:
    model = Counting()
    Kept(model, tmp_path / "calls.jsonl").reply(ASK, 8)
    model.fingerprint = "2"
    assert Kept(model, tmp_path / "calls.jsonl").reply(ASK, 8).text == "reply 2"


def test_a_stream_is_kept_unless_it_breaks_off(tmp_path: Path) -> None:
    model = Counting()
    kept = Kept(model, tmp_path / "calls.jsonl")
    assert list(kept.stream(ASK, 8)) == ["said ", "1"]
    assert list(Kept(model, tmp_path / "calls.jsonl").stream(ASK, 8)) == ["said 1"]
    for _ in range(2):
        with pytest.raises(ModelError):
            list(kept.stream([("user", "Break off.")], 8))
    assert model.asked == 3


def test_a_line_that_was_cut_off_is_asked_again(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    model = Counting()
    kept = Kept(model, path)
    kept.reply(ASK, 8)
    kept.reply(ASK, 9)
    path.write_bytes(path.read_bytes()[:-20])
    again = Kept(model, path)
    assert again.reply(ASK, 8).text == "reply 1"
    assert again.reply(ASK, 9).text == "reply 3"
    assert Kept(model, path).reply(ASK, 9).text == "reply 3"


def test_a_stream_that_is_left_is_kept_as_far_as_it_was_read(tmp_path: Path) -> None:
    model = Counting()
    stream = Kept(model, tmp_path / "calls.jsonl").stream(ASK, 8)
    assert next(stream) == "said "
    stream.close()
    again = Kept(model, tmp_path / "calls.jsonl")
    assert list(again.stream(ASK, 8)) == ["said "]
    assert (model.asked, again.usage.kept) == (1, 1)


def test_a_line_cut_off_within_a_character_is_asked_again(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_bytes('{"key": "1", "text": "ä'.encode()[:-1])
    assert Kept(Counting(), path).reply(ASK, 8).text == "reply 1"
    assert Kept(Counting(), path).reply(ASK, 8).text == "reply 1"
