"""Which questions lean on the one before them."""

import pytest

from qa.followup import in_context, leans_back


@pytest.mark.parametrize(
    "question",
    [
        "When did he land?",
        "And who went with him?",
        "Why?",
        "Why is that?",
        "What about Kim?",
        "What did it cost?",
        "Did they agree?",
        "Who was there?",
        "What did the spokesperson say about that?",
        "What happened to its owner?",
        "How much?",
    ],
)
def test_leans_back(question: str) -> None:
    assert leans_back(question)


@pytest.mark.parametrize(
    "question",
    [
        "When did Putin land in Hanoi?",
        "Who is Kim?",
        "Why did Putin say that he left?",
        "What does Brin say his motivation is for making this car?",
        "How long does it take to reach the summit?",
        "How many islands are there in the lake?",
        "Who resigned this year from the council?",
        "What are the main topics?",
    ],
)
def test_stands_alone(question: str) -> None:
    assert not leans_back(question)


def test_context_goes_back_to_a_question_that_stands_alone() -> None:
    before = ["Who mined salt?", "Who visited Hanoi in June?", "When did he land?"]
    assert in_context("Why?", before) == "Why? When did he land? Who visited Hanoi in June?"
    assert in_context("When did Putin land?", before) == "When did Putin land?"
    assert in_context("Why?", []) == "Why?"
    assert in_context("Why?", ["How?"] * 9) == "Why? How? How? How?"
