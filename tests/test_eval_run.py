import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from eval import systems
from eval.gold import Gold, GoldSpan, save_gold
from eval.run import Outcome, run
from eval.summary import Scored, summary
from eval.systems import Inputs, System
from index.errors import InputError
from index.settings import Settings
from qa.models import Answer, Citation, Hit

CATS = "Cats slept all day."
DOGS = "Dogs ran at night."
ROWS = [
    Gold("q1", "Who slept?", answers=(("cats",),), evidence=((GoldSpan("cats.txt", CATS, 0),),), split="test"),
    Gold("q2", "Who ran?", answers=(("dogs",),), evidence=((GoldSpan("dogs.txt", DOGS),),), split="tune"),
    Gold("q3", "Who flew?", answerable=False, split="test", history=(("Who ran?", "Dogs."),), since="2024-01-01"),
]


class Fixed:
    """Answers with the first sentence of cats.txt; breaks at a question with "ran"."""

    name = "fixed"
    answers = True

    def __init__(self) -> None:
        self.filters: dict[str, dict[str, Any]] = {}

    def answer(self, question: str, **filters: Any) -> Answer:
        self.filters[question] = filters
        if "ran" in question:
            raise RuntimeError("out of order")
        citation = Citation(1, "cats.txt", 0, len(CATS), CATS, 1, None, "0" * 64, None, None, 1.0)
        hit = Hit("cats.txt", 0, len(CATS), CATS, 1.0)
        return Answer(question, CATS + " [1]", True, citations=(citation,), hits=(hit,), timings={"retrieve": 3.0})


@pytest.fixture
def fixed(monkeypatch: pytest.MonkeyPatch) -> Fixed:
    system = Fixed()

    @contextmanager
    def opener(inputs: Inputs) -> Iterator[System]:
        yield system

    monkeypatch.setattr(systems, "SYSTEMS", {**systems.SYSTEMS, "fixed": opener})
    return system


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "cats.txt").write_text(CATS)
    (corpus / "dogs.txt").write_text(DOGS)
    save_gold(tmp_path / "gold.jsonl", ROWS)
    return tmp_path / "gold.jsonl"


def go(gold: Path, *names: str, out: str = "runs/a", split: str = "all") -> Outcome:
    return run(gold, gold.parent / "corpus", names, gold.parent / out, split=split, settings=Settings())


def lines(outcome: Outcome) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (outcome.folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()]


def test_each_question_has_its_answer_and_scores(gold: Path, fixed: Fixed) -> None:
    outcome = go(gold, "fixed")
    first, second, third = lines(outcome)
    assert (first["id"], first["system"], first["split"], first["cluster"]) == ("q1", "fixed", "test", "cats.txt")
    assert first["scores"]["Contains"] == first["scores"]["Quote integrity"] == first["scores"]["nDCG@10"] == 1.0
    assert first["scores"]["Words shown"] == 4.0
    restored = Answer.from_dict(first["answer"])
    assert (restored.text, restored.citations[0].quote, restored.timings) == (CATS + " [1]", CATS, {})
    assert (second["error"], second["answer"], second["scores"]) == ("RuntimeError: out of order", None, {})
    # q3 has neither gold answers nor evidence: only what needs neither is applicable.
    applicable = {name for name, value in third["scores"].items() if value is not None}
    assert applicable == {"Answered", "Words shown", "Quote integrity"}
    assert (outcome.questions, outcome.errors) == (3, 1)


def test_filters_are_passed_where_the_gold_question_has_them(gold: Path, fixed: Fixed) -> None:
    go(gold, "fixed")
    assert fixed.filters["Who slept?"] == {}
    assert fixed.filters["Who flew?"] == {"history": (("Who ran?", "Dogs."),), "since": "2024-01-01"}


def test_an_answer_that_cannot_be_written_down_is_an_error(
    gold: Path, fixed: Fixed, monkeypatch: pytest.MonkeyPatch
) -> None:
    hit = Hit("cats.txt", 0, 4, "Cats", float("nan"))
    monkeypatch.setattr(fixed, "answer", lambda question, **filters: Answer(question, "", False, hits=(hit,)))
    outcome = go(gold, "fixed", split="tune")
    assert outcome.errors == 1
    assert lines(outcome)[0]["error"].startswith("ValueError: ")


def test_no_metric_of_an_answer_applies_to_a_system_that_only_retrieves(gold: Path) -> None:
    first, second, _ = lines(go(gold, "bm25"))
    assert (first["scores"]["MRR@10"], second["scores"]["MRR@10"]) == (1.0, 1.0)
    assert {first["scores"][name] for name in ("Answered", "Contains", "Words shown", "Quote integrity")} == {None}


def test_a_repeated_run_differs_in_its_timings_alone(gold: Path, fixed: Fixed) -> None:
    first, second = go(gold, "fixed", "bm25"), go(gold, "fixed", "bm25", out="runs/b")
    for name in ("questions.jsonl", "summary.md"):
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes()
    records = [json.loads((outcome.folder / "run.json").read_text()) for outcome in (first, second)]
    timings = [record.pop("timings") for record in records]
    assert records[0] == records[1]
    assert timings[0]["systems"]["fixed"]["retrieve_ms"] == {"p50": 3.0, "p95": 3.0}
    assert set(timings[0]["systems"]) == {"fixed", "bm25"}
    assert records[0]["errors"] == {"fixed": 1, "bm25": 0}
    assert records[0]["gold"]["questions"] == 3


def test_the_record_tells_what_the_run_was_made_from(gold: Path) -> None:
    def record(out: str) -> Any:
        return json.loads((go(gold, "bm25", out=out).folder / "run.json").read_text())

    before = record("runs/a")
    (gold.parent / "corpus" / "mice.txt").write_text("Mice ate.")
    save_gold(gold, ROWS[:2])
    after = record("runs/b")
    changed = {key for key in before if before[key] != after[key] and key != "timings"}
    assert changed == {"corpus", "gold"}
    assert (after["corpus"]["files"], after["gold"]["questions"]) == (3, 2)


def test_a_split_asks_its_questions_alone(gold: Path) -> None:
    assert [row["id"] for row in lines(go(gold, "bm25", split="test"))] == ["q1", "q3"]
    assert [row["id"] for row in lines(go(gold, "bm25", split="tune"))] == ["q2"]


def test_summary_has_a_column_a_system_and_says_what_is_not_applicable(gold: Path, fixed: Fixed) -> None:
    text = (go(gold, "fixed", "bm25").folder / "summary.md").read_text(encoding="utf-8")
    test, everything = text.split("## all")
    assert "| metric | fixed | bm25 |" in test
    # One question with evidence in the test part: Wilson of 1 of 1 is 1 / (1 + 3.8415) = .207.
    assert "| MRR@10 | 1.000 [0.207, 1.000], 1 | 1.000 [0.207, 1.000], 1 |" in test
    assert "| Contains | 1.000 [0.207, 1.000], 1 | n/a |" in test
    assert "| Errors | 0 of 2 | 0 of 2 |" in test
    assert "| Errors | 1 of 3 | 0 of 3 |" in everything


def test_summary_of_values_with_an_interval() -> None:
    # Two clusters with means 20 and 40 words: draws give 20, 30 or 40.
    rows = [Scored("s", None, cluster, {"Words shown": words}) for cluster, words in (("a", 20.0), ("b", 40.0))]
    text = summary(rows, "title")
    assert text.startswith("# title\n")
    assert "| Words shown | 30.0 [20.0, 40.0], 2 |" in text
    assert "## test" not in text
    assert "MRR" not in text  # a row without a value is left out


def test_what_cannot_be_run_is_refused_before_anything_is_written(gold: Path) -> None:
    for names, split, message in (
        (["nobody"], "all", "no system 'nobody'"),
        ([], "all", "at least one system"),
        (["bm25", "bm25"], "all", "each only once"),
        (["bm25"], "dev", "no split 'dev'"),
    ):
        with pytest.raises(InputError, match=message):
            go(gold, *names, split=split)
    save_gold(gold, [Gold("q", "?")])
    with pytest.raises(InputError, match="No gold question has"):
        go(gold, "bm25", split="test")
    save_gold(gold, [Gold("q", "?", evidence=((GoldSpan("cats.txt", "Dogs", 0),),))])
    with pytest.raises(InputError, match="does not hold the words"):
        go(gold, "bm25")
    assert not (gold.parent / "runs").exists()
