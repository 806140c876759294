import json
from pathlib import Path
from typing import Any

import pytest

from eval.gold import Gold, GoldSpan, load_gold
from eval.imports import import_squad2_sample
from index.errors import InputError

CONTEXT = "Time flies. A timer told the time."
#          0         1         2         3
#          0123456789012345678901234567890123
FILE = "db708fd4cb.txt"  # printf 'Time flies. A timer told the time.' | sha256sum; db is not below 80, so `test`


def published(folder: Path, truth: Any, **more: Any) -> Path:
    ids = truth if isinstance(truth, dict) else ["1a"]
    queries = [{"id": id_, "context": CONTEXT, "question": f"{id_}?", **more} for id_ in ids]
    (folder / "queries.json").write_text(json.dumps({"task": "squad2", "queries": queries}), encoding="utf-8")
    (folder / "ground_truth.json").write_text(json.dumps(truth), encoding="utf-8")
    return folder


def answered(*answers: str) -> dict[str, object]:
    return {"answers": list(answers), "is_impossible": False}


def test_a_question_with_and_one_without_an_answer(tmp_path: Path) -> None:
    truth = {"1a": answered("time", "A timer", "time"), "1b": {"answers": [""], "is_impossible": True}}
    done = import_squad2_sample(published(tmp_path, truth), tmp_path / "out")
    # Two questions about one context are about one article.
    assert (done.articles, done.questions) == (1, 2)
    assert [(path.name, path.read_text()) for path in done.corpus.iterdir()] == [(FILE, CONTEXT)]
    assert load_gold(done.gold) == [
        Gold(
            id="1a",
            question="1a?",
            answers=(("time", "A timer"),),
            # Not the "time" of "timer", at 14, nor "Time", which SQuAD would have written so.
            evidence=((GoldSpan(FILE, "time", 29),), (GoldSpan(FILE, "A timer", 12),)),
            tags=("squad2",),
            split="test",
        ),
        Gold(id="1b", question="1b?", answerable=False, unanswerable_reason="absent", tags=("squad2",), split="test"),
    ]


@pytest.mark.parametrize(("alias", "starts"), [("t", [14, 20, 25, 29]), ("T", [0]), ("he", [26]), ("noon", [])])
def test_an_alias_that_stands_inside_words_only(tmp_path: Path, alias: str, starts: list[int]) -> None:
    done = import_squad2_sample(published(tmp_path, {"1a": answered(alias)}), tmp_path / "out")
    [row] = load_gold(done.gold)
    assert row.evidence == tuple((GoldSpan(FILE, alias, start),) for start in starts)
    assert row.answers == ((alias,),)


def test_an_alias_without_a_letter_is_left_out(tmp_path: Path) -> None:
    truth = {"1a": answered(".", "timer"), "1b": answered(".")}
    done = import_squad2_sample(published(tmp_path, truth), tmp_path / "out")
    first, second = load_gold(done.gold)
    assert (first.answers, first.evidence) == ((("timer",),), ((GoldSpan(FILE, "timer", 14),),))
    assert (second.answerable, second.answers, second.evidence) == (True, (), ())


def test_files_of_another_format(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"ground_truth.json is not in the format of the SQuAD 2.0 sample"):
        import_squad2_sample(published(tmp_path, ["1a"]), tmp_path / "out")
    with pytest.raises(InputError, match=r"ground_truth.json is not in the format .*: KeyError\('answers'\)"):
        import_squad2_sample(published(tmp_path, {"1a": {"is_impossible": False}}), tmp_path / "out")
    with pytest.raises(InputError, match=r"queries.json is not in the format .*: row 1: 5 stands where a string"):
        import_squad2_sample(published(tmp_path, {"1a": answered("time")}, question=5), tmp_path / "out")
    with pytest.raises(InputError, match=r"row 1: ground_truth.json has no question '2a'"):
        import_squad2_sample(published(tmp_path, {"1a": answered("time")}, id="2a"), tmp_path / "out")
    (tmp_path / "queries.json").write_text("not JSON")
    with pytest.raises(InputError, match=r"queries.json is not in the format of the SQuAD 2.0 sample"):
        import_squad2_sample(tmp_path, tmp_path / "out")
    (tmp_path / "queries.json").unlink()
    with pytest.raises(InputError, match=r"Cannot read \S*queries.json"):
        import_squad2_sample(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()
