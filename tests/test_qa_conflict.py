"""An answer says where its sources differ on what was asked, and only there."""

from pathlib import Path

import pytest

from index.embed import Embedder
from index.settings import Settings
from qa.assistant import Assistant
from qa.conflict import _answers
from qa.difference import Difference
from qa.models import Answer
from tests.corpora import corpus

FERRY = """The ferry Aurora ran aground off the island of Vessel on Tuesday with 212 passengers on board.

Nobody was hurt, the coastguard said, but 14 people were taken to the hospital in Norrby as a precaution.

The captain said that the steering had failed shortly after the ship left the harbour of Norrby.
"""


@pytest.fixture(scope="module")
def seeds(seeds_settings: Settings) -> Assistant:
    return Assistant(seeds_settings, llm="none")


def asked(tmp_path: Path, embedder: Embedder, question: str, *files: str, **texts: str) -> Answer:
    settings = corpus(tmp_path, {f"{name}.txt": text for name, text in texts.items()}, embedder)
    with Assistant(settings) as assistant:
        return assistant.ask(question, files=files)


def told(answer: Answer) -> list[tuple[str, dict[str, set[str]]]]:
    """The kind of each conflict, and the files behind each value; all that is cited is used."""
    files = {citation.marker: citation.file for citation in answer.citations}
    used = {m for s in answer.statements for m in s.citations}
    used |= {m for conflict in answer.conflicts for side in conflict.sides for m in side.citations}
    assert used == files.keys()
    return [(c.kind, {s.value: {files[m][:3] for m in s.citations} for s in c.sides}) for c in answer.conflicts]


def test_quoted_words_that_differ(seeds: Assistant) -> None:
    answer = seeds.ask("How did the US State Department rate the growing ties between Pyongyang and Moscow?")
    assert told(answer) == [("quote", {"concern": {"000"}, "importance": {"002"}})]
    assert answer.conflicts[0].summary == "Quoted words differ: “concern” or “importance”"


def test_names_that_differ_in_sentences_that_are_not_shown(seeds: Assistant) -> None:
    answer = seeds.ask("Whom did Kim promise his full support?")
    assert told(answer) == [("name", {"Russia": {"001", "003"}, "Ukraine": {"000", "002"}})]
    shown = {marker for statement in answer.statements for marker in statement.citations}
    assert not shown & {marker for side in answer.conflicts[0].sides for marker in side.citations}


@pytest.mark.parametrize(
    "question",
    [
        "When did Putin land in Hanoi?",
        "How much was the trade between Russia and Vietnam in 2022?",
        "Who said that nobody should offer Mr Putin a platform?",
        "Which top officials did Putin bring to Pyongyang?",
        "Who won the World Cup?",
    ],
)
def test_what_was_not_asked_is_not_told(seeds: Assistant, question: str) -> None:
    assert seeds.ask(question).conflicts == ()


def test_a_rewrite_that_changed_a_number(tmp_path: Path, embedder: Embedder) -> None:
    question = "How many passengers were on board the ferry Aurora?"
    answer = asked(tmp_path, embedder, question, one=FERRY, two=f"At sea\n\n{FERRY.replace('212', '221')}")
    assert told(answer) == [("number", {"212": {"one"}, "221": {"two"}})]


def test_another_number_of_the_same_articles_is_not_asked_for(tmp_path: Path, embedder: Embedder) -> None:
    question = "How many people were taken to the hospital in Norrby?"
    answer = asked(tmp_path, embedder, question, one=FERRY, two=f"At sea\n\n{FERRY.replace('212', '221')}")
    assert told(answer) == []


def test_an_article_that_the_filters_leave_out_does_not_differ(tmp_path: Path, embedder: Embedder) -> None:
    question = "How many passengers were on board the ferry Aurora?"
    texts = {"one": FERRY, "two": f"At sea\n\n{FERRY.replace('212', '221')}"}
    assert told(asked(tmp_path, embedder, question, "one.txt", **texts)) == []


@pytest.mark.parametrize(
    ("asked", "kind", "one", "other", "answer"),
    [
        ("number", "number", "12", "fifteen", True),
        ("number", "number", "12th", "15th", False),
        ("number", "number", "second", "seventeenth", False),
        ("number", "name", "Anna", "Boris", False),
        ("time", "number", "1804", "1849", True),
        ("time", "number", "first", "second", False),
        ("time", "date", "Monday", "Tuesday", True),
        ("person", "name", "Anna", "Boris", True),
        ("other", "number", "12th", "15th", True),
        ("other", "quote", "concern", "interest", True),
    ],
)
def test_what_can_answer(asked, kind, one: str, other: str, answer: bool) -> None:
    assert _answers(asked, Difference(kind, one, other)) is answer
