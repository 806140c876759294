from __future__ import annotations

import pytest

from qa.kinds import kind_of, leans_back, new_names, new_numbers, offers


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many missiles were sent?", "number"),
        ("how old is Kim?", "number"),
        ("What percentage voted?", "number"),
        ("When did Putin land?", "time"),
        ("In which year was the pact signed?", "time"),
        ("Who met Kim?", "person"),
        ("Whose visit was it?", "person"),
        ("Which president visited?", "person"),
        ("Where did he land?", "place"),
        ("In what country is Hanoi?", "place"),
        ("Why did he go?", "reason"),
        ("What caused the fire?", "reason"),
        ("What did they sign?", "other"),
        ("Whole numbers of missiles", "other"),
        ("When and where did he land?", "time"),
        ("What is the population of Oslo?", "number"),
        ("What was the median age?", "number"),
        ("What percent of voters stayed at home?", "number"),
        ("What year was it?", "time"),
        ("What should it be to people who care about peace?", "other"),
        ("What happened when he landed?", "other"),
        ("According to Kim, who met Putin?", "person"),
        ("To whom did he promise it?", "person"),
        ("How did he land?", "other"),
        ("Is it known where he was?", "place"),
        ("Name the ferry.", "other"),
        ("What did the country sign?", "other"),
        ("What is the birth date of Kim?", "time"),
        ("What’s the population of Oslo?", "number"),
        ("Who was there when he landed?", "person"),
        ("Of those who died, how many were children?", "number"),
        ("According to the WHO, what did they sign?", "other"),
        ("What did President Putin sign?", "other"),
        ("What did city officials decide?", "other"),
        ("What did Time magazine report?", "other"),
        ("What did share prices do?", "other"),
        ("In 1990 who met Kim?", "person"),
    ],
)
def test_kind_of(question: str, kind: str) -> None:
    assert kind_of(question) == kind


@pytest.mark.parametrize(
    ("question", "sentence", "offered"),
    [
        ("How many missiles were sent?", "They sent 40 missiles.", True),
        ("How many missiles were sent?", "They sent forty missiles.", True),
        ("How many missiles were sent?", "They sent missiles.", False),
        ("How many of the 40 missiles hit?", "They sent 40 missiles.", False),
        ("When did Putin land?", "He landed on Thursday.", True),
        ("When did Putin land?", "He landed in 2024.", True),
        ("When did Putin land?", "He landed in Hanoi.", False),
        ("Who met Kim?", "Then Kim met Putin.", True),
        ("Who met Kim?", "Then Kim met him.", False),
        ("Where did Putin land?", "The plane of Putin landed there.", False),
        ("Why did he go?", "He went because it was late.", True),
        ("Why did he go?", "He went.", False),
        ("What is it?", "It is.", True),
    ],
)
def test_offers(question: str, sentence: str, offered: bool) -> None:
    assert offers(kind_of(question), sentence, question) is offered


def test_only_numbers_that_the_question_does_not_hold_are_new() -> None:
    assert new_numbers("In 2024 he sent 1,200 of 40.", "What was sent in 2024?") == ["1,200", "40"]


def test_the_first_word_is_no_name() -> None:
    assert new_names("Yesterday Kim met Putin.", "Whom did Kim meet?") == ["Putin"]


@pytest.mark.parametrize(
    ("sentence", "leaning"),
    [("He left.", True), ("“They left.”", True), ("It’s late.", True), ("Heat rose.", False), ("Kim left.", False)],
)
def test_leans_back(sentence: str, leaning: bool) -> None:
    assert leans_back(sentence) is leaning
