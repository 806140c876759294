from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval.corpus import read_corpus
from eval.plain import prompt
from eval.systems import Inputs, Retriever, System, byline, enough, opened, opener
from index.errors import InputError
from index.settings import Settings
from qa.models import Answer, Citation, Hit


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
    with pytest.raises(InputError, match=r"known are byline, plain-prompt, bm25|cannot be (imported|opened)"):
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


def test_byline_tells_when_the_evidence_and_the_first_words_were_there(inputs: Inputs) -> None:
    inputs = replace(inputs, settings=Settings(llm="none"))
    with byline(inputs) as system:
        timings = system.answer("Who slept?").timings
    assert 0 < timings["to evidence"] <= timings["to first words"]
    assert timings["to evidence"] >= timings["embed"]


def test_a_plain_prompt_says_what_the_model_says_and_cites_nothing(inputs: Inputs, tmp_path: Path) -> None:
    inputs = replace(inputs, settings=Settings(llm="smollm2"), calls=tmp_path / "calls.jsonl")
    with opened("plain-prompt", inputs) as system:
        answer = system.answer("Who slept?")
        assert (system.name, system.answers) == ("plain-prompt", True)
    assert answer.answered
    assert answer.text == answer.short
    assert answer.text
    assert (answer.citations, answer.llm) == ((), "smollm2")
    assert len((tmp_path / "calls.jsonl").read_text().strip().splitlines()) == 1


def test_a_plain_prompt_needs_a_model(inputs: Inputs) -> None:
    with (
        pytest.raises(InputError, match="needs a language model"),
        opened("plain-prompt", replace(inputs, settings=Settings(llm="none"))),
    ):
        pass


def test_the_prompt_holds_the_sentences_and_the_question() -> None:
    citation = Citation(1, "a.txt", 0, 9, "Dogs ran.", 1, None, "", None, None, 1.0)
    assert prompt("Who ran?", [citation, replace(citation, quote="Cats slept.")]) == (
        "Dogs ran.\nCats slept.\n\nQuestion: Who ran?\nAnswer with a short phrase."
    )
