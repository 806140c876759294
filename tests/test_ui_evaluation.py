"""`byline eval` as it is typed."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import ui.evaluation  # noqa: F401 adds the commands
from eval.gold import load_gold
from index.errors import InputError
from ui.cli import app

SEEDS = Path(__file__).parent.parent / "seeds"
CSV = "question,answer\nWhen did Putin land in Hanoi?,2am\nWho called Putin a friend?,Kim\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BYLINE_STORE", raising=False)
    (tmp_path / "questions.csv").write_text(CSV)
    shutil.copytree(SEEDS, tmp_path / "articles")
    return tmp_path


def byline(*arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(app, ["eval", *arguments])
    assert result.exit_code == status, result.output
    return result


def test_thirty_questions_in_a_csv_need_nothing_but_an_index(here: Path) -> None:
    assert CliRunner().invoke(app, ["index", "articles"]).exit_code == 0
    result = byline("run", "questions.csv")
    assert "| Right | 1.000" in result.output
    [folder] = (here / "runs").glob("questions-*")
    assert f"Every answer, and why: {folder.relative_to(here)}/report.html" in result.output
    assert (folder / "report.html").is_file()


def test_compare_and_gate_two_runs(here: Path) -> None:
    byline("run", "questions.csv", "--corpus", "articles", "--out", "runs/old")
    shutil.copy(here / "runs/old/scores.jsonl", here / "baseline.jsonl")
    byline("run", "questions.csv", "--corpus", "articles", "--out", "runs/new")
    assert "The same at every question: Right" in byline("compare", "runs/old", "runs/new").output
    assert json.loads(byline("compare", "runs/old", "runs/new", "--json").output)["questions"] == 2
    assert "**PASS**" in byline("gate", "runs/new", "--baseline", "baseline.jsonl").output
    broken = (here / "runs/new/scores.jsonl").read_text().replace('"Quote integrity": 1.0', '"Quote integrity": 0.5')
    (here / "runs/new/scores.jsonl").write_text(broken)
    failed = byline("gate", "runs/new", "--baseline", "runs/old", status=1)
    assert "- broken: Quote integrity must be 1 and is not at 2 questions" in failed.output
    assert json.loads(byline("gate", "runs/new", "--baseline", "runs/old", "--json", status=1).output)["open"] is False


def test_a_run_as_json_is_its_summary(here: Path) -> None:
    result = byline("run", "questions.csv", "--corpus", "articles", "--system", "bm25", "--out", "runs/a", "--json")
    assert json.loads(result.output)["errors"] == {"all": {"bm25": [0, 2]}}


def test_a_report_is_written_again_where_the_articles_are_still_the_same(here: Path) -> None:
    byline("run", "questions.csv", "--corpus", "articles", "--out", "runs/a")
    before = (here / "runs/a/report.html").read_bytes()
    (here / "runs/a/report.html").unlink()
    byline("report", "runs/a")
    assert (here / "runs/a/report.html").read_bytes() == before
    shutil.move(here / "articles", here / "moved")
    byline("report", "runs/a", "--corpus", "moved")
    assert (here / "runs/a/report.html").read_bytes() == before
    (here / "moved" / "new.txt").write_text("Something new.")
    assert "has changed since" in str(byline("report", "runs/a", "--corpus", "moved", status=1).exception)
    assert "holds no finished run" in str(byline("report", "runs", status=1).exception)


def test_nothing_of_the_users_is_overwritten(here: Path) -> None:
    (here / "mine").mkdir()
    (here / "mine" / "gold.jsonl").write_text('{"question": "When did Putin land in Hanoi?"}\n')
    for arguments, message in (
        (["mine/gold.jsonl", "--out", "mine"], "would overwrite the gold questions"),
        (["questions.csv", "--out", "mine"], "holds something else than a run"),
        (["questions.csv", "--out", "questions.csv"], "questions.csv is a file"),
    ):
        failed = byline("run", *arguments, "--corpus", "articles", status=1)
        assert message in str(failed.exception)
    assert [path.name for path in (here / "mine").iterdir()] == ["gold.jsonl"]


def test_an_index_that_is_older_than_its_articles_is_refused(here: Path) -> None:
    assert CliRunner().invoke(app, ["index", "articles"]).exit_code == 0
    (here / "articles" / "new.txt").write_text("Something new happened.")
    failed = byline("run", "questions.csv", status=1)
    assert "new.txt changed since the index was made; run: byline index" in str(failed.exception)


@pytest.mark.parametrize("name", ["run.json", "summary.json", "questions.jsonl", "gold.jsonl", "scores.jsonl"])
@pytest.mark.parametrize("damage", [b"[]", b"{}", b'{"id"', b"\xff\xfe", b""])
def test_a_damaged_run_is_an_input_error_that_names_the_file(here: Path, name: str, damage: bytes) -> None:
    byline("run", "questions.csv", "--corpus", "articles", "--system", "bm25", "--out", "runs/a")
    (here / "runs/a" / name).write_bytes(damage)
    command = ["gate", "runs/a", "--baseline", "runs/a"] if name == "scores.jsonl" else ["report", "runs/a"]
    if (name, damage) == ("questions.jsonl", b""):  # no answers are no damage
        byline(*command)
        return
    failed = byline(*command, status=1)
    assert isinstance(failed.exception, InputError), failed.exception
    assert "runs/a" in str(failed.exception)


def test_check_names_every_problem_with_its_line(here: Path) -> None:
    file = next(path.name for path in SEEDS.glob("002*"))
    rows = [
        {"question": "When?", "evidence": [[{"file": file, "quote": "landed in Hanoi around 2am"}]]},
        {"question": "When?", "evidence": [[{"file": file, "quote": "landed in Hanoi around 3am"}]]},
        {"question": "Who?", "evidence": [[{"file": "none.txt", "quote": "x"}]]},
        {"question": "Why?", "answers": []},
    ]
    (here / "gold.jsonl").write_text("".join(json.dumps({"id": str(n), **row}) + "\n" for n, row in enumerate(rows)))
    result = byline("check", "gold.jsonl", "--corpus", "articles", status=2)
    said = result.output.replace("\n", " ")
    assert "gold.jsonl, line 2: question 1" in said
    assert "the nearest it says is 'landed in Hanoi around 2am'" in said
    assert "gold.jsonl, line 3: question 2: its evidence file none.txt is not among the articles" in said
    assert "gold.jsonl, line 4: answers is empty" in said
    assert "3 questions, 3 quotations, 3 problems" in said


def test_the_gold_questions_of_the_seeds_are_sound() -> None:
    gold = Path(__file__).parent.parent / "eval/gold/seeds.jsonl"
    result = byline("check", str(gold), "--corpus", str(SEEDS))
    assert ", 0 problems" in result.output
    rows = load_gold(gold)
    assert len(rows) >= 80
    assert sum(not row.answerable for row in rows) >= 20
    assert {row.unanswerable_reason for row in rows if not row.answerable} == {
        "absent", "false_premise", "future", "underspecified",
    }  # fmt: skip
    assert sum(bool(row.history) for row in rows) >= 8
    assert sum(row.conflict is not None for row in rows) >= 15
