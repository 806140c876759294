import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval import systems
from eval.gold import Gold, GoldSpan, save_gold
from eval.run import Outcome, run
from eval.scores import Scored
from eval.summary import markdown, summarise
from eval.systems import Inputs, System
from index import build
from index.errors import InputError, StoreError
from index.settings import Settings
from qa.models import Answer, Citation, Hit, Statement

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
        statements = (Statement(CATS, (1,), "quoted"),)
        timings = {"retrieve": 3.0}
        return Answer(question, CATS + " [1]", True, None, None, statements, (citation,), hits=(hit,), timings=timings)


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
    assert (first["id"], first["system"], first["split"], first["cluster"]) == ("q1", "fixed", "test", "q1")
    assert first["scores"]["Contains"] == first["scores"]["Quote integrity"] == first["scores"]["nDCG@10"] == 1.0
    assert first["scores"]["Words shown"] == 4.0
    restored = Answer.from_dict(first["answer"])
    assert (restored.text, restored.citations[0].quote, restored.timings) == (CATS + " [1]", CATS, {})
    assert (second["error"], second["answer"]) == ("RuntimeError: out of order", None)
    # An error is not right, and found nothing; what does not follow from that does not apply.
    assert {second["scores"][name] for name in ("Right", "Evidence@5", "MRR@10")} == {0.0}
    assert second["scores"].get("Refusal recall") is None
    # q3 has neither gold answers nor evidence: only what needs neither is applicable.
    applicable = {name for name, value in third["scores"].items() if value is not None}
    assert applicable == {"Right", "Answered", "Wrong among answered", "Words shown", "Quote integrity"} | {
        "Marker integrity",
        "Support",
        "Refusal recall",
    }
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
    for name in ("questions.jsonl", "scores.jsonl", "gold.jsonl", "summary.json", "summary.md"):
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes()
    records = [json.loads((outcome.folder / "run.json").read_text()) for outcome in (first, second)]
    timings = [record.pop("timings") for record in records]
    assert records[0] == records[1]
    assert timings[0]["systems"]["fixed"]["stages_ms"]["retrieve"] == {"p50": 3.0, "p95": 3.0}
    assert set(timings[0]["systems"]) == {"fixed", "bm25"}
    does = {"answers": True, "retrieves": True}
    assert records[0]["systems"] == {"fixed": does, "bm25": {**does, "answers": False}}
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
    rows = [Scored(c, "s", None, (), c, {"Words shown": words}) for c, words in (("a", 20.0), ("b", 40.0))]
    text = markdown(summarise(rows), "title")
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


class Interrupted(Fixed):
    """Stopped with ^C at the second question, the first time."""

    def __init__(self) -> None:
        super().__init__()
        self.stop = True

    def answer(self, question: str, **filters: Any) -> Answer:
        if self.stop and len(self.filters) == 1:
            raise KeyboardInterrupt
        return super().answer(question, **filters)


def test_a_run_that_was_cut_short_goes_on_where_it_stopped(gold: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system = Interrupted()
    monkeypatch.setattr(systems, "SYSTEMS", {"fixed": lambda inputs: nullcontext(system)})
    with pytest.raises(KeyboardInterrupt):
        go(gold, "fixed")
    assert not (gold.parent / "runs/a/questions.jsonl").exists()
    # As if the process had been killed in the middle of a line.
    with (gold.parent / "runs/a/unfinished.jsonl").open("a") as journal:
        journal.write('{"system": "fixed", "id": "q2", "ans')
    system.stop = False
    system.filters.clear()
    first = go(gold, "fixed")
    assert list(system.filters) == ["Who ran?", "Who flew?"]
    assert not (gold.parent / "runs/a/unfinished.jsonl").exists()
    whole = go(gold, "fixed", out="runs/b")
    assert (first.folder / "questions.jsonl").read_bytes() == (whole.folder / "questions.jsonl").read_bytes()


def test_what_was_asked_of_another_corpus_is_asked_again(gold: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system = Interrupted()
    monkeypatch.setattr(systems, "SYSTEMS", {"fixed": lambda inputs: nullcontext(system)})
    with pytest.raises(KeyboardInterrupt):
        go(gold, "fixed")
    (gold.parent / "corpus" / "mice.txt").write_text("Mice ate.")
    system.stop = False
    system.filters.clear()
    go(gold, "fixed")
    assert len(system.filters) == 3


def test_a_replay_scores_anew_and_asks_nothing(gold: Path, fixed: Fixed) -> None:
    before = go(gold, "fixed", "bm25")
    times = json.loads((before.folder / "run.json").read_text())["timings"]
    fixed.filters.clear()
    save_gold(gold, [replace(ROWS[0], answers=(("birds",),)), *ROWS[1:]])
    after = run(gold, gold.parent / "corpus", ["fixed", "bm25"], before.folder, settings=Settings(), replay=True)
    assert not fixed.filters
    rows = lines(after)
    assert rows[0]["scores"]["Contains"] == 0.0
    assert rows[1]["error"] == "RuntimeError: out of order"
    assert rows[3]["scores"]["MRR@10"] == 1.0
    assert rows[3]["scores"]["Answered"] is None  # of a system that only retrieves
    assert json.loads((after.folder / "run.json").read_text())["timings"] == times


def test_a_replay_of_what_was_never_asked_is_refused(gold: Path, fixed: Fixed) -> None:
    folder = go(gold, "fixed", split="tune").folder

    def replayed() -> None:
        run(gold, gold.parent / "corpus", ["fixed"], folder, settings=Settings(), replay=True)

    save_gold(gold, [*ROWS, Gold("q4", "Who sang?", split="tune")])
    with pytest.raises(InputError, match="no answer of fixed to q4"):
        replayed()
    save_gold(gold, [replace(ROWS[1], since="2024-01-01")])
    with pytest.raises(InputError, match="no answer of fixed to q2 as it is asked now"):
        replayed()


def test_a_replay_keeps_the_systems_and_the_split_of_the_run(gold: Path, fixed: Fixed) -> None:
    folder = go(gold, "fixed", "bm25", split="test").folder
    before = (folder / "scores.jsonl").read_bytes()
    run(gold, gold.parent / "corpus", ["byline"], folder, settings=Settings(), replay=True)
    assert (folder / "scores.jsonl").read_bytes() == before


def test_a_replay_over_other_articles_is_refused(gold: Path, fixed: Fixed) -> None:
    folder = go(gold, "fixed").folder
    (gold.parent / "corpus" / "dogs.txt").write_text("On Monday. " + DOGS)
    with pytest.raises(InputError, match="has changed since the answers"):
        run(gold, None, ["fixed"], folder, settings=Settings(), replay=True)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, "TypeError: answered with NoneType where an Answer is wanted"),
        ("Cats.", "TypeError: answered with str"),
        (Answer("?", "Cats.", True, hits=(1, 2)), "TypeError"),  # type: ignore[arg-type]
        (Answer("?", "Cats.", True, timings={"search": "fast"}), "ValueError"),  # type: ignore[dict-item]
        (Answer("?", "\ud800", True), "UnicodeEncodeError"),
    ],
)
def test_what_is_no_answer_is_an_error_of_its_question(
    gold: Path, fixed: Fixed, monkeypatch: pytest.MonkeyPatch, given: Any, message: str
) -> None:
    monkeypatch.setattr(fixed, "answer", lambda question, **filters: given)
    outcome = go(gold, "fixed")
    assert outcome.errors == 3
    assert {row["error"].startswith(message) for row in lines(outcome)} == {True}


def test_a_system_that_gives_no_hits_is_not_scored_by_them(
    gold: Path, fixed: Fixed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fixed, "answer", lambda question, **filters: Answer(question, "Cats.", True))
    assert {lines(go(gold, "fixed"))[0]["scores"][name] for name in ("MRR@10", "Evidence@5")} == {None}


def test_a_damaged_journal_is_no_obstacle(gold: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system = Interrupted()
    monkeypatch.setattr(systems, "SYSTEMS", {"fixed": lambda inputs: nullcontext(system)})
    for damage in (b'{"system": "fixed"}', '{"system": "fixed", "id": "Ü'.encode()[:-1], b"[]", b"\x00"):
        with pytest.raises(KeyboardInterrupt):
            go(gold, "fixed")
        with (gold.parent / "runs/a/unfinished.jsonl").open("ab") as journal:
            journal.write(damage)
        system.stop = False
        assert go(gold, "fixed").questions == 3
        system.stop = True
        system.filters.clear()


def test_without_a_corpus_the_index_is_asked_as_it_is(gold: Path, tmp_path: Path) -> None:
    settings = Settings(llm="none", store=str(tmp_path / "store"))
    build(gold.parent / "corpus", settings)
    before = (tmp_path / "store" / "catalog.sqlite").stat().st_mtime_ns
    outcome = run(gold, None, ["byline"], tmp_path / "runs/a", settings=settings)
    assert [row["scores"]["Evidence@1"] for row in lines(outcome)] == [1.0, 1.0, None]
    assert (tmp_path / "store" / "catalog.sqlite").stat().st_mtime_ns == before
    assert not (tmp_path / "runs" / ".cache").exists()
    with pytest.raises(StoreError, match="There is no index in"):
        run(gold, None, ["byline"], tmp_path / "runs/b", settings=Settings(llm="none", store=str(tmp_path / "none")))


def test_questions_are_drawn_by_article_where_there_are_enough_articles(tmp_path: Path, fixed: Fixed) -> None:
    (tmp_path / "corpus").mkdir()
    rows = []
    for number in range(20):
        (tmp_path / "corpus" / f"{number}.txt").write_text(CATS)
        span = GoldSpan(f"{number}.txt", CATS)
        rows += [Gold(f"q{number}-{n}", f"Who slept? {n}", evidence=((span,),)) for n in range(2)]
    save_gold(tmp_path / "gold.jsonl", [*rows, Gold("other", "What?", answerable=False)])
    assert [row["cluster"] for row in lines(go(tmp_path / "gold.jsonl", "fixed"))][-3:] == ["19.txt", "19.txt", "other"]
    save_gold(tmp_path / "gold.jsonl", rows[2:])
    assert lines(go(tmp_path / "gold.jsonl", "fixed"))[0]["cluster"] == "q1-0"


def test_a_sample_is_drawn_once_and_for_all(fixed: Fixed, gold: Path, tmp_path: Path) -> None:
    rows = [Gold(f"q{n}", f"Who slept in {n}?", answers=(("cats",),), split="test") for n in range(30)]
    save_gold(gold, rows)
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        assert run(gold, tmp_path / "corpus", ["fixed"], folder, sample=7).questions == 7
    one, two = ((folder / "gold.jsonl").read_text() for folder in folders)
    assert one == two
    asked = [json.loads(line)["id"] for line in one.splitlines()]
    assert len(set(asked)) == 7
    assert sorted(asked, key=lambda id_: int(id_[1:])) == asked
    assert run(gold, tmp_path / "corpus", ["fixed"], folders[0], replay=True).questions == 7
    assert run(gold, tmp_path / "corpus", ["fixed"], tmp_path / "all", sample=99).questions == 30
    with pytest.raises(InputError, match="1 question or more"):
        run(gold, tmp_path / "corpus", ["fixed"], tmp_path / "none", sample=0)
