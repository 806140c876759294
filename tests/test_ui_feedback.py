"""Verdicts become gold questions that the harness reads."""

from dataclasses import replace
from pathlib import Path

import pytest

from eval.gold import GoldSpan, load_gold
from index.errors import InputError
from qa.models import Answer, Citation, Statement
from ui.conversation import Filters, Turn, Verdict
from ui.feedback import FILE, save, to_gold

CITATION = Citation(1, "a.txt", 5, 9, "Kim.", 1, None, "ab", None, None, 0.9)
ANSWER = Answer("Who?", "Kim. [1]", True, statements=(Statement("Kim.", (1,), "quoted"),), citations=(CITATION,))
GOOD = Turn(
    "Who?",
    (("Where?", "Here."),),
    Filters("2024-01-01", "2024-12-31"),
    "t1",
    answer=ANSWER,
    verdict=Verdict(True, "yes"),
)


def test_a_good_answer_gives_its_evidence() -> None:
    gold = to_gold(GOOD)
    assert gold.evidence == ((GoldSpan("a.txt", "Kim.", 5),),)
    assert (gold.id, gold.question, gold.answers, gold.answerable) == ("feedback-t1-1", "Who?", (), True)
    assert (gold.history, gold.since, gold.until) == ((("Where?", "Here."),), "2024-01-01", "2024-12-31")
    assert (gold.tags, gold.notes) == (("feedback", "good"), "Good: Kim. [1]\nyes")
    assert to_gold(replace(GOOD, answer=replace(ANSWER, short="Kim"))).answers == (("Kim",),)


def test_a_good_refusal_is_a_question_without_an_answer() -> None:
    refusal = Answer("Who?", "The articles do not say.", False)
    gold = to_gold(replace(GOOD, answer=refusal))
    assert (gold.answerable, gold.evidence) == (False, ())


def test_a_bad_answer_or_refusal_tells_nothing_about_the_right_one() -> None:
    for answer in (ANSWER, Answer("Who?", "The articles do not say.", False)):
        gold = to_gold(replace(GOOD, answer=answer, verdict=Verdict(False)))
        assert (gold.answerable, gold.evidence, gold.answers, gold.tags) == (True, (), (), ("feedback", "bad"))


def test_verdicts_add_up_and_a_second_one_replaces_the_first(tmp_path: Path) -> None:
    other = replace(GOOD, id="t2", verdict=Verdict(False, "line\nbreak \u2028 and “quotes”"))
    (tmp_path / FILE).touch()  # an empty one is none
    save(GOOD, tmp_path)
    save(other, tmp_path)
    save(replace(GOOD, verdict=Verdict(True, "changed")), tmp_path)
    rows = load_gold(tmp_path / FILE)
    assert [(row.id, row.notes) for row in rows] == [
        ("feedback-t2-1", "Bad: Kim. [1]\nline\nbreak \u2028 and “quotes”"),
        ("feedback-t1-1", "Good: Kim. [1]\nchanged"),
    ]


def test_a_file_that_somebody_broke_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("not a row\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 1"):
        save(GOOD, tmp_path)
    assert (tmp_path / FILE).read_text(encoding="utf-8") == "not a row\n"


def test_an_answer_that_was_asked_for_again_has_a_row_of_its_own(tmp_path: Path) -> None:
    save(GOOD, tmp_path)
    save(replace(GOOD, attempt=2, verdict=Verdict(False)), tmp_path)
    assert [row.tags[1] for row in load_gold(tmp_path / FILE)] == ["good", "bad"]


def test_a_refusal_of_some_files_is_asked_of_those_files_again() -> None:
    turn = replace(GOOD, answer=Answer("Who?", "The articles do not say.", False), filters=Filters(files=("2024/*",)))
    gold = to_gold(turn)
    assert not gold.answerable
    assert gold.files == ("2024/*",)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "feedback.writing").mkdir()
    with pytest.raises(InputError, match="cannot be saved"):
        save(GOOD, tmp_path)
