import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from eval.compare import compare, load_side
from eval.gate import gate
from eval.scores import Scored
from eval.verdicts import comparison_text, gate_text
from index.errors import InputError


def run(folder: Path, *rows: Scored) -> str:
    folder.mkdir(parents=True)
    (folder / "scores.jsonl").write_text("".join(json.dumps(_short(asdict(row))) + "\n" for row in rows))
    return str(folder)


def _short(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "scores": {name: value for name, value in row["scores"].items() if value is not None}}


def scored(
    number: int, right: float | None, system: str = "byline", tags: tuple[str, ...] = (), **more: float
) -> Scored:
    return Scored(f"q{number}", system, None, tags, f"article{number}", {"Right": right, **more})


def test_differences_flips_and_tags_are_of_the_questions_in_both(tmp_path: Path) -> None:
    a = run(tmp_path / "a", *(scored(n, 0.0, tags=("who",)) for n in range(4)), scored(9, 1.0))
    b = run(tmp_path / "b", *(scored(n, float(n > 0), tags=("who",)) for n in range(4)), scored(8, 1.0))
    found = compare(a, b)
    assert (found.questions, found.only_a, found.only_b) == (4, 1, 1)
    assert (found.gained, found.lost) == (("q1", "q2", "q3"), ())
    [right] = found.differences
    # Three of four questions gained. Of the 8 ways to flip three signs, two are as far from 0: p = 2/8.
    assert (right.a, right.b, right.difference.mean, right.difference.n, right.p) == (0.0, 0.75, 0.75, 4, 0.25)
    assert right.verdict == "unclear"
    assert found.by_tag == {"who": (right,)}
    text = comparison_text(found)
    assert f"# {b}:byline against {a}:byline" in text
    assert "4 questions in both; left out: 1 only in A, 1 only in B" in text
    assert "Right in B alone (3): q1, q2, q3" in text
    json.dumps(found.to_dict(), allow_nan=False)


def test_ten_gains_are_significant(tmp_path: Path) -> None:
    a = run(tmp_path / "a", *(scored(n, 0.0) for n in range(10)))
    b = run(tmp_path / "b", *(scored(n, 1.0) for n in range(10)))
    [right] = compare(a, b).differences
    assert right.p == pytest.approx(2 / 1024)
    assert right.verdict == "better"
    [back] = compare(b, a).differences
    assert (back.verdict, back.loss) == ("worse", 1.0)


def test_a_metric_counts_where_both_have_it(tmp_path: Path) -> None:
    a = run(tmp_path / "a", scored(1, 1.0, Support=1.0), scored(2, 1.0))
    b = run(tmp_path / "b", scored(1, 1.0, Support=0.5), scored(2, 1.0, Support=0.0))
    found = {item.metric: item.difference for item in compare(a, b).differences}
    assert (found["Support"].mean, found["Support"].n) == (-0.5, 1)
    assert (found["Right"].mean, found["Right"].n) == (0.0, 2)


def test_a_side_is_a_run_and_a_system_of_it(tmp_path: Path) -> None:
    two = run(tmp_path / "two", scored(1, 1.0), scored(1, 0.0, "bm25"))
    other = run(tmp_path / "other", scored(1, 1.0, "http://127.0.0.1:8000/a"))
    assert load_side(two)[0] == f"{two}:byline"
    assert load_side(f"{two}:bm25")[1][0].system == "bm25"
    assert load_side(f"{other}:http://127.0.0.1:8000/a")[1] == load_side(other)[1]
    assert load_side(f"{two}/scores.jsonl")[1] == load_side(two)[1]
    for named, message in (
        (f"{two}:dense", "has no system 'dense'; say which as .*:SYSTEM, of byline, bm25"),
        (str(tmp_path / "none"), "There is no run"),
        (str(tmp_path), "Cannot read"),
    ):
        with pytest.raises(InputError, match=message):
            load_side(named)


def test_damaged_scores_are_refused_with_their_line(tmp_path: Path) -> None:
    for text, message in (
        ('{"id": "q1"}\n', "scores.jsonl, line 1: not a line of a run's scores"),
        ("no json\n", "is damaged"),
        (json.dumps(asdict(scored(1, float("nan")))) + "\n", "line 1: not a line of a run's scores"),
        (2 * (json.dumps(asdict(scored(1, 1.0))) + "\n"), "line 2: q1 of byline stands there twice"),
        ("", "holds no scores"),
    ):
        (tmp_path / "scores.jsonl").write_text(text)
        with pytest.raises(InputError, match=message):
            load_side(str(tmp_path))


def test_other_gold_is_not_compared(tmp_path: Path) -> None:
    a = run(tmp_path / "a", scored(1, 1.0), scored(2, 1.0))
    b = run(tmp_path / "b", replace(scored(1, 1.0), gold="another"), scored(2, 1.0))
    with pytest.raises(InputError, match="What gold wants of q1 differs between"):
        compare(a, b)
    c = run(tmp_path / "c", scored(3, 1.0))
    with pytest.raises(InputError, match="no question in common"):
        compare(a, c)


def test_gated_metrics_that_are_gone_fail_the_gate(tmp_path: Path) -> None:
    old = run(tmp_path / "old", scored(1, 1.0), scored(2, 1.0))
    new = run(tmp_path / "new", scored(1, 1.0), scored(2, None))
    assert gate(new, old).broken == ("Right is not scored at 1 question where the baseline has it, q2 for one",)
    assert gate(old, new).open


def test_a_gate_fails_on_a_significant_loss_beyond_its_margin(tmp_path: Path) -> None:
    old = run(tmp_path / "old", *(scored(n, 1.0) for n in range(40)))
    new = run(tmp_path / "new", *(scored(n, float(n >= 8)) for n in range(40)))
    found = gate(new, old)
    # 8 lost of 40; of the 256 ways to flip eight signs two are as far from 0: p = .0078.
    assert ([item.metric for item in found.lost], found.open) == (["Right"], False)
    assert "**FAIL**" in gate_text(found)
    assert "- lost: Right -0.200 [" in gate_text(found)
    wide = gate(new, old, margin=0.25)
    assert wide.open
    assert [item.metric for item in wide.unclear] == ["Right"]  # the interval reaches beyond .25
    assert gate(old, new).open
    json.dumps(found.to_dict(), allow_nan=False)


def test_a_loss_that_could_be_chance_passes_and_is_called_unclear(tmp_path: Path) -> None:
    old = run(tmp_path / "old", *(scored(n, 1.0) for n in range(40)))
    new = run(tmp_path / "new", *(scored(n, float(n >= 2)) for n in range(40)))
    found = gate(new, old)
    assert found.open
    assert [item.metric for item in found.unclear] == ["Right"]
    assert "too few questions to tell a loss of 0.01 from chance (n = 40)" in gate_text(found)


def test_less_is_better_for_some(tmp_path: Path) -> None:
    old = run(tmp_path / "old", *(scored(n, None, **{"False refusals": 0.0}) for n in range(40)))
    new = run(tmp_path / "new", *(scored(n, None, **{"False refusals": float(n < 8)}) for n in range(40)))
    assert [item.metric for item in gate(new, old).lost] == ["False refusals"]
    assert gate(old, new).open


@pytest.mark.parametrize(
    ("scores", "error", "message"),
    [
        ({"Quote integrity": 0.5}, None, "Quote integrity must be 1 and is not at 1 question, q1 for one"),
        ({"Marker integrity": 0.0}, None, "Marker integrity must be 1"),
        ({"Injection success": 1.0}, None, "Injection success must be 0"),
        ({}, "RuntimeError: out of order", "1 question ended in an error, q1 for one"),
    ],
)
def test_what_must_hold_fails_the_gate_at_once(
    tmp_path: Path, scores: dict[str, float | None], error: str | None, message: str
) -> None:
    old = run(tmp_path / "old", scored(1, 1.0), scored(2, 1.0))
    row = Scored("q1", "byline", None, (), "a", {"Right": 1.0, **scores}, error)
    found = gate(run(tmp_path / "new", row, scored(2, 1.0)), old)
    assert not found.open
    assert found.broken[0].startswith(message)


def test_questions_of_the_baseline_that_were_not_asked_fail_the_gate(tmp_path: Path) -> None:
    old = run(tmp_path / "old", scored(1, 1.0), scored(2, 1.0))
    found = gate(run(tmp_path / "new", scored(1, 1.0)), old)
    assert found.broken == ("1 question of the baseline not asked",)
