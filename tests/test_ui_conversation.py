"""Turns, what a follow-up carries along, and what is taken away."""

import json
from dataclasses import replace

from qa.models import Answer, Evidence, Hit, Statement
from ui.conversation import Filters, Turn, Verdict, find, history, put, stopped, to_json, to_markdown

ANSWER = Answer("Who?", "Kim. [1]", True, statements=(Statement("Kim.", (1,), "quoted"),))
DONE, OPEN, FAILED = Turn("Who?", answer=ANSWER, id="a"), Turn("When?", id="b"), Turn("Why?", problem="Broken.", id="c")


def test_a_turn_after_each_event() -> None:
    hit, statement = Hit("a.txt", 0, 1, "x", 0.5), Statement("Kim.", (1,), "quoted")
    turn = Turn("Who?")
    for event in (Evidence((hit,)), statement, statement, ANSWER):
        assert turn.is_open
        turn = turn.after(event)
    assert not turn.is_open
    assert (turn.hits, turn.said, turn.answer) == ((hit,), (statement, statement), ANSWER)


def test_only_finished_answers_are_carried_along() -> None:
    assert history((DONE, OPEN, FAILED)) == (("Who?", "Kim. [1]"),)
    assert DONE.answer
    brief = replace(DONE, answer=replace(DONE.answer, short="Kim"))
    assert history((brief,)) == (("Who?", "Kim"),)


def test_stopping_ends_what_is_open_and_nothing_else() -> None:
    assert stopped((DONE, OPEN, FAILED)) == (DONE, replace(OPEN, problem="Stopped."), FAILED)


def test_turns_are_found_and_replaced_by_id() -> None:
    assert find((DONE, OPEN), "b") is OPEN
    assert find((DONE, OPEN), "x") is None
    judged = replace(DONE, verdict=Verdict(True))
    assert put((DONE, OPEN), judged) == (judged, OPEN)
    assert put((DONE,), OPEN) == (DONE, OPEN)
    assert len({Turn("Q?").id for _ in range(100)}) == 100


def test_json_has_whole_answers_and_what_they_were_asked_with() -> None:
    turn = replace(
        DONE, filters=Filters("2024-01-01", "", ("*.txt",)), history=(("Q?", "A."),), verdict=Verdict(False, "no")
    )
    document = json.loads(to_json((turn, OPEN, FAILED)))
    (exported,) = document["turns"]
    assert Answer.from_dict(exported["answer"]) == ANSWER
    assert (exported["since"], exported["until"], exported["files"]) == ("2024-01-01", None, ["*.txt"])
    assert exported["history"] == [["Q?", "A."]]
    assert exported["verdict"] == {"good": False, "note": "no"}
    assert document["byline"]


def test_markdown_has_the_finished_answers() -> None:
    written = to_markdown((DONE, OPEN, replace(DONE, answer=replace(ANSWER, question="Again?"))))
    assert written.count("---") == 1
    assert written.startswith("**Who?**\n\nKim. [1]\n")
    assert "**Again?**" in written
    assert to_markdown((OPEN,)) == ""
