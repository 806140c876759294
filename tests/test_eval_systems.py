from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval.corpus import read_corpus
from eval.systems import Inputs, Retriever, System, byline, enough, opened, opener
from index.errors import InputError
from index.settings import Settings
from qa.models import Answer, Hit


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
    answer = Retriever("mine", lambda question, n: hits(2, 5)).answer("Who?", since="2024-01-01")
    assert (answer.question, answer.text, answer.answered, answer.citations) == ("Who?", "", False, ())
    assert answer.hits == tuple(hits(2, 5))


def test_a_retriever_keeps_to_the_files_that_are_asked() -> None:
    found = [Hit(file, 0, 4, "Dogs", 1.0) for file in ("a/1.txt", "b/1.txt", "a/2.txt")]
    answer = Retriever("mine", lambda question, n: found).answer("Who?", files=("a/*",))
    assert [hit.file for hit in answer.hits] == ["a/1.txt", "a/2.txt"]


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text("Dogs ran.\n\nCats slept.")
    return Inputs(read_corpus(tmp_path / "corpus"), Settings(), tmp_path / "store")


@pytest.mark.parametrize("name", ["bm52", "no_such_module:open", "eval.systems:nothing", "os:path:join"])
def test_an_unknown_system_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(InputError, match=r"known are byline, bm25, dense, txtai|cannot be (imported|opened)"):
        opener(name)


def test_a_system_is_called_what_the_command_line_calls_it(inputs: Inputs) -> None:
    with opened("bm25", inputs) as system:
        assert (system.name, system.answers) == ("bm25", False)
        assert [hit.text for hit in system.answer("dogs?").hits] == ["Dogs ran."]


def test_txtai_finds_paragraphs_where_they_stand(inputs: Inputs) -> None:
    pytest.importorskip("txtai", reason="the txtai baseline is an extra")
    with opened("txtai", inputs) as system:
        hits = system.answer("Which animals were asleep?").hits
    assert [hit.text for hit in hits] == ["Cats slept.", "Dogs ran."]
    assert all(inputs.corpus.read(hit.file)[hit.start : hit.end] == hit.text for hit in hits)


@contextmanager
def shouting(inputs: Inputs) -> Iterator[System]:
    """A system of somebody's own, in the lines that it takes."""
    with byline(inputs) as system:

        class Loud:
            name, answers = "loud", True

            def answer(self, question: str, **filters: Any) -> Answer:
                return replace(system.answer(question, **filters), short="WOOF")

        yield Loud()


def test_a_system_of_ones_own_is_named_by_module_and_function(inputs: Inputs) -> None:
    name = f"{__name__}:shouting"
    with opened(name, inputs) as system:
        assert (system.name, system.answers) == (name, True)
        assert system.answer("Which cats slept?").short == "WOOF"
