"""Real answers about the seeds, spoiled on purpose: each metric has to notice, and only those that should."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from eval.gold import Gold, load_gold, locate
from eval.scores import Abilities, score
from index.settings import Settings
from qa import Assistant
from qa.models import Answer, Conflict, Side, Statement

SEEDS = Path(__file__).parent.parent / "seeds"
GOLD = Path(__file__).parent.parent / "eval/gold/seeds.jsonl"


def read(file: str) -> str:
    path = SEEDS / file
    if not path.is_file():
        raise KeyError(file)
    return path.read_text(encoding="utf-8")


@dataclass(frozen=True)
class Case:
    gold: Gold
    answer: Answer

    @property
    def scores(self) -> dict[str, float | None]:
        return score(self.answer, self.gold, read, Abilities())

    def spoiled(self, change: Callable[[Answer], Answer]) -> dict[str, float | None]:
        return score(change(self.answer), self.gold, read, Abilities())


@pytest.fixture(scope="module")
def cases(seeds_settings: Settings) -> Iterator[list[Case]]:
    with Assistant(seeds_settings) as assistant:
        rows = [locate(row, read) for row in load_gold(GOLD)]
        yield [Case(row, assistant.ask(row.question, **row.filters)) for row in rows]  # type: ignore[arg-type]


def good(cases: list[Case], *also: str) -> list[Case]:
    """Right answers to answerable questions that score 1 in each metric of `also`."""
    wanted = ("Right", "Quote integrity", "Marker integrity", "Support", *also)
    found = [case for case in cases if case.gold.answerable and all(case.scores[name] == 1 for name in wanted)]
    assert len(found) >= 10
    return found


def without_citation(answer: Answer) -> Answer:
    """The last citation of a statement is gone; its sentence stays."""
    last = max(marker for statement in answer.statements for marker in statement.citations)
    return replace(answer, citations=tuple(c for c in answer.citations if c.marker != last))


def without_cited_sentence(answer: Answer) -> Answer:
    """The last citation is gone with its sentence."""
    statements = answer.statements[:-1]
    text = " ".join(f"{statement.text} {statement.markers}" for statement in statements)
    return replace(answer, citations=answer.citations[:-1], statements=statements, text=text)


def shifted(answer: Answer) -> Answer:
    first, *rest = answer.citations
    return replace(answer, citations=(replace(first, start=first.start + 1, end=first.end + 1), *rest))


def invented_file(answer: Answer) -> Answer:
    first, *rest = answer.citations
    return replace(answer, citations=(replace(first, file="005_made-up.txt", also_in=()), *rest))


def swapped_number(answer: Answer) -> Answer:
    return reworded(answer, lambda text: re.sub(r"\d+", "7777", text, count=1))


def reworded(answer: Answer, change: Callable[[str], str]) -> Answer:
    """The sentences say something else; the citations stay as they were."""
    statements = tuple(replace(statement, text=change(statement.text)) for statement in answer.statements)
    text = " ".join(f"{statement.text} {statement.markers}" for statement in statements)
    return replace(answer, text=text, statements=statements)


def refused(answer: Answer) -> Answer:
    return Answer(answer.question, "The articles do not say.", answered=False, reason="nothing found", hits=answer.hits)


def test_a_dropped_citation_is_noticed(cases: list[Case]) -> None:
    for case in good(cases):
        scores = case.spoiled(without_citation)
        assert scores["Marker integrity"] == 0
        assert scores["Support"] is not None
        assert scores["Support"] < 1


def test_a_dropped_source_lowers_the_recall_of_citations(cases: list[Case]) -> None:
    several = [case for case in good(cases, "Citation recall") if len(case.answer.citations) > 1]
    dropped = [case.spoiled(without_cited_sentence)["Citation recall"] or 0.0 for case in several]
    assert all(value <= 1 for value in dropped)
    assert any(value < 1 for value in dropped)  # where it was the last that held the gold quotation
    alone = [case for case in good(cases, "Citation recall") if len(case.answer.citations) == 1]
    assert alone
    assert all(case.spoiled(without_cited_sentence)["Citation recall"] == 0 for case in alone)


def test_a_shifted_offset_is_noticed(cases: list[Case]) -> None:
    for case in good(cases):
        integrity = case.spoiled(shifted)["Quote integrity"]
        assert integrity == pytest.approx(1 - 1 / len(case.answer.citations))


def test_an_invented_file_is_noticed(cases: list[Case]) -> None:
    for case in good(cases, "File precision"):
        scores = case.spoiled(invented_file)
        expected = pytest.approx(1 - 1 / len(case.answer.citations))
        assert scores["Quote integrity"] == expected
        assert scores["File precision"] == expected


def test_a_swapped_number_is_noticed(cases: list[Case]) -> None:
    numbered = [case for case in good(cases) if re.search(r"\d", case.answer.statements[0].text)]
    assert len(numbered) >= 5
    for case in numbered:
        assert case.scores["Unsupported values"] == 0
        scores = case.spoiled(swapped_number)
        assert (scores["Unsupported values"] or 0) > 0
        assert (scores["Support"] or 0) < 1  # it says that it is quoted, and is not


def test_a_swapped_name_is_noticed(cases: list[Case]) -> None:
    # A lone first word of a sentence may be a word like any other, so the name has to stand elsewhere too.
    named = [case for case in good(cases) if any(s.text.find("Putin") > 0 for s in case.answer.statements)]
    assert len(named) >= 10
    for case in named:
        scores = case.spoiled(lambda answer: reworded(answer, lambda text: text.replace("Putin", "Lukashenko")))
        assert (scores["Unsupported values"] or 0) > 0


def test_an_answer_without_the_answer_is_noticed(cases: list[Case]) -> None:
    for case in good(cases, "Contains"):
        scores = case.spoiled(lambda answer: reworded(answer, lambda text: "Nothing of that kind happened."))
        assert scores["Contains"] == scores["Right"] == 0
        assert scores["Wrong among answered"] == 1


def test_answering_the_unanswerable_is_noticed(cases: list[Case]) -> None:
    answers = good(cases)
    unanswerable = [case.gold for case in cases if not case.gold.answerable]
    assert len(unanswerable) >= 20
    for gold in unanswerable:
        for answer, outcome in ((answers[0].answer, 0), (refused(answers[0].answer), 1)):
            scores = score(answer, gold, read, Abilities())
            assert scores["Right"] == scores["Refusal recall"] == outcome
            assert scores["False refusals"] is None


def test_refusing_the_answerable_is_noticed(cases: list[Case]) -> None:
    for case in good(cases):
        scores = case.spoiled(refused)
        assert scores["Right"] == scores["Refusal precision"] == 0
        assert scores["False refusals"] == 1
        assert scores["Wrong among answered"] is None
        assert scores["Marker integrity"] == 1
        assert case.scores["False refusals"] == 0


def test_a_refusal_that_cites_is_noticed(cases: list[Case]) -> None:
    for case in good(cases):
        assert case.spoiled(lambda answer: replace(answer, answered=False))["Marker integrity"] == 0


def test_an_invented_conflict_is_noticed(cases: list[Case]) -> None:
    sides = (Side("yes", (1,)), Side("no", (1,)))
    for case in good(cases):
        if case.gold.conflict:
            continue
        assert case.scores["False conflicts"] == 0
        scores = case.spoiled(lambda answer: replace(answer, conflicts=(Conflict("claim", "They differ", sides),)))
        assert scores["False conflicts"] == 1
        assert scores["Conflict precision"] == scores["Side precision"] == 0


def test_a_conflict_that_is_passed_over_is_noticed(cases: list[Case]) -> None:
    conflicts = [case for case in cases if case.gold.conflict]
    assert len(conflicts) >= 20
    assert all(case.spoiled(lambda answer: replace(answer, conflicts=()))["Conflict recall"] == 0 for case in conflicts)
    assert all(case.spoiled(refused)["Side coverage"] == 0 for case in conflicts)


def test_an_injection_that_is_repeated_is_noticed_and_one_that_is_quoted_is_not(cases: list[Case]) -> None:
    case = good(cases)[0]
    words = case.answer.statements[0].text
    poisoned = Case(replace(case.gold, injected=(words,)), case.answer)
    assert poisoned.scores["Injection success"] == 0  # quoted, with its source
    said = Statement(words, (1,), "supported")
    assert (
        poisoned.spoiled(lambda answer: replace(answer, statements=(said,), text=f"{words} [1]"))["Injection success"]
        == 1
    )
