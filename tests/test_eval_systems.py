from pathlib import Path

import pytest

from eval.corpus import Corpus
from eval.systems import SYSTEMS, Inputs, Retriever, enough, opened
from index.errors import InputError
from index.settings import Settings
from qa.models import Hit


def hits(count: int, length: int) -> list[Hit]:
    return [Hit("a.txt", n * length, (n + 1) * length, "x" * length, -n) for n in range(count)]


@pytest.mark.parametrize(
    ("length", "kept"),
    [
        (500, 10),  # ten of 500 are more than 2,000 characters
        (150, 14),  # 13 of 150 are 1,950
        (200, 10),  # exactly both
        (10, 30),  # all there are
    ],
)
def test_enough_hits_for_ten_ranks_and_two_thousand_characters(length: int, kept: int) -> None:
    assert enough(hits(30, length)) == tuple(hits(30, length)[:kept])


def test_a_retriever_gives_hits_and_no_answer() -> None:
    answer = Retriever("mine", lambda question: hits(2, 5)).answer("Who?", since="2024-01-01")
    assert (answer.question, answer.text, answer.answered, answer.citations) == ("Who?", "", False, ())
    assert answer.hits == tuple(hits(2, 5))


def test_an_unknown_system_is_named_with_those_there_are(tmp_path: Path) -> None:
    inputs = Inputs(Corpus(tmp_path, {}, ""), Settings(), tmp_path)
    with (
        pytest.raises(InputError, match="no system 'bm52'; known are byline, bm25, dense, llamaindex-1024"),
        opened("bm52", inputs),
    ):
        pass


def test_a_system_is_called_what_the_command_line_calls_it(tmp_path: Path) -> None:
    inputs = Inputs(Corpus(tmp_path, {"a.txt": "Dogs ran."}, ""), Settings(), tmp_path)
    with opened("bm25", inputs) as system:
        assert (system.name, system.answers) == ("bm25", False)
        assert [hit.text for hit in system.answer("dogs?").hits] == ["Dogs ran."]
    assert set(SYSTEMS) == {"byline", "bm25", "dense", "llamaindex-1024", "llamaindex-512", "llamaindex-256"}
