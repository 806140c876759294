import json
from pathlib import Path
from typing import Any

import pytest

from eval.gold import Gold, GoldConflict, GoldSide, GoldSpan, load_gold
from eval.imports import POOLED, import_ramdocs
from index.errors import InputError

QUESTION = "Where is it?"  # printf 'Where is it?' | sha256sum: 26 is below 80, so `tune`


def document(text: str, type_: str, answer: str) -> dict[str, str]:
    return {"text": text, "type": type_, "answer": answer}


def item(gold: list[str], *documents: dict[str, str]) -> dict[str, Any]:
    return {"question": QUESTION, "documents": list(documents), "gold_answers": gold, "wrong_answers": []}


def published(folder: Path, *items: Any) -> Path:
    path = folder / "ramdocs.jsonl"
    path.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items), encoding="utf-8")
    return path


def imported(folder: Path, *documents: dict[str, str], gold: list[str]) -> Gold:
    [row] = load_gold(import_ramdocs(published(folder, item(gold, *documents)), folder / "out").gold)
    return row


def sides(row: Gold) -> list[tuple[tuple[str, ...], tuple[str, ...]]] | None:
    return [(side.answers, side.files) for side in row.conflict.sides] if row.conflict else None


def test_misinformation_against_one_correct_answer(tmp_path: Path) -> None:
    documents = [
        document("It lies in OSLO.\r\nOslo!", "correct", "Oslo"),
        document("Bergen is meant.", "misinfo", "Bergen"),
        document("Osloer", "correct", " oslo. "),
        document("Rain.", "noise", "unknown"),
    ]
    other = item(["Rome"], document("Rome.", "correct", "Rome"))
    done = import_ramdocs(published(tmp_path, item(["Oslo"], *documents), other), tmp_path / "out")
    assert (done.articles, done.questions) == (5, 2)
    names = sorted(path.relative_to(done.corpus).as_posix() for path in done.corpus.rglob("*.txt"))
    assert names == ["q001/1.txt", "q001/2.txt", "q001/3.txt", "q001/4.txt", "q002/1.txt"]
    assert (done.corpus / "q001" / "1.txt").read_bytes() == b"It lies in OSLO.\r\nOslo!"
    expected = Gold(
        id="q001",
        question=QUESTION,
        answers=(("Oslo",),),
        # The words of the text, not of the answer; "oslo." stands in the third document inside a word only.
        evidence=((GoldSpan("q001/1.txt", "OSLO", 11),), (GoldSpan("q001/1.txt", "Oslo", 18),)),
        conflict=GoldConflict(
            "claim",
            (GoldSide(("Oslo", "oslo."), ("q001/1.txt", "q001/3.txt")), GoldSide(("Bergen",), ("q001/2.txt",))),
        ),
        files=("q001/*.txt",),
        tags=("ramdocs", "misinformation", "own"),
        split="tune",
    )
    own, pooled = load_gold(done.gold), load_gold(tmp_path / "out" / POOLED)
    assert own[0] == expected
    assert [(row.id, row.files, row.tags) for row in own[1:]] == [
        ("q002", ("q002/*.txt",), ("ramdocs", "single", "own"))
    ]
    assert [(row.id, row.files, row.tags) for row in pooled] == [
        ("q001", (), ("ramdocs", "misinformation", "pooled")),
        ("q002", (), ("ramdocs", "single", "pooled")),
    ]
    assert pooled[0].evidence == expected.evidence
    assert pooled[0].conflict == expected.conflict


def test_an_ambiguous_question_wants_all_answers(tmp_path: Path) -> None:
    a, b = document("a: x", "correct", "x"), document("b: y, y", "correct", "y")
    row = imported(tmp_path, a, b, document("c: X", "correct", "x"), gold=["y", "x"])
    assert row.answers == (("y",), ("x",))
    assert row.tags == ("ramdocs", "ambiguous", "own")
    assert row.conflict is not None
    assert row.conflict.kind == "ambiguous"
    assert sides(row) == [(("x",), ("q001/1.txt", "q001/3.txt")), (("y",), ("q001/2.txt",))]
    # Each of the two places of y with each of the two of x.
    y = [GoldSpan("q001/2.txt", "y", 3), GoldSpan("q001/2.txt", "y", 6)]
    x = [GoldSpan("q001/1.txt", "x", 3), GoldSpan("q001/3.txt", "X", 3)]
    assert row.evidence == ((y[0], x[0]), (y[0], x[1]), (y[1], x[0]), (y[1], x[1]))


def test_ambiguous_and_misinformed_is_a_claim(tmp_path: Path) -> None:
    a, b = document("x", "correct", "x"), document("y", "correct", "y")
    row = imported(tmp_path, a, b, document("z", "misinfo", "z"), gold=["x", "y"])
    assert row.tags == ("ramdocs", "ambiguous", "misinformation", "own")
    assert row.conflict is not None
    assert row.conflict.kind == "claim"
    assert sides(row) == [(("x",), ("q001/1.txt",)), (("y",), ("q001/2.txt",)), (("z",), ("q001/3.txt",))]


def test_spellings_of_one_answer_are_aliases(tmp_path: Path) -> None:
    a, b = document("x-ray", "correct", "X-ray"), document("x  ray", "correct", "x ray")
    row = imported(tmp_path, a, b, gold=["x-ray", "x ray"])
    assert row.answers == (("x-ray", "x ray"),)
    assert row.conflict is None
    assert row.tags == ("ramdocs", "single", "own")
    assert row.evidence == ((GoldSpan("q001/1.txt", "x-ray", 0),),)  # two spaces are not one


def test_many_mentions_do_not_explode(tmp_path: Path) -> None:
    # 10 * 11 places are more than 100 groups: the first place in each document that has one.
    a, b = document("x " * 10, "correct", "x"), document("y " * 5, "correct", "y")
    more = [document("- " + "y " * 6, "correct", "y"), document("nothing", "correct", "y")]
    row = imported(tmp_path, a, b, *more, gold=["x", "y"])
    x = GoldSpan("q001/1.txt", "x", 0)
    assert row.evidence == ((x, GoldSpan("q001/2.txt", "y", 0)), (x, GoldSpan("q001/3.txt", "y", 2)))


def test_a_gold_answer_that_no_document_gives(tmp_path: Path) -> None:
    row = imported(tmp_path, document("x", "correct", "x"), document("y", "noise", "unknown"), gold=["x", "y"])
    assert row.answers == (("x",), ("y",))
    assert row.evidence == ((GoldSpan("q001/1.txt", "x", 0),),)
    assert row.tags == ("ramdocs", "single", "incomplete", "own")


@pytest.mark.parametrize(
    "documents",
    [
        [document("x", "misinfo", "x")],  # no document is correct
        [document("It is 43.42833", "correct", "428")],
        [document("x", "correct", "x"), document("yes", "correct", "y")],  # one of the two cannot be shown
    ],
)
def test_without_a_place_for_an_answer_there_is_no_evidence(tmp_path: Path, documents: list[dict[str, str]]) -> None:
    assert imported(tmp_path, *documents, gold=["x", "y", "428"]).evidence == ()


def test_a_byte_order_mark_does_not_shift_offsets(tmp_path: Path) -> None:
    row = imported(tmp_path, document("\ufeff x\ufeff", "correct", "x"), gold=["x"])
    assert row.evidence == ((GoldSpan("q001/1.txt", "x", 1),),)
    assert (tmp_path / "out" / "corpus" / "q001" / "1.txt").read_bytes() == " x\ufeff".encode()


def test_numbers_of_rows_are_as_wide_as_they_need(tmp_path: Path) -> None:
    row = item(["x"], document("x\u2028y", "correct", "x"))  # U+2028 is no line end of JSON lines
    rows = load_gold(import_ramdocs(published(tmp_path, *[row] * 1000), tmp_path / "out").gold)
    assert (rows[0].id, rows[-1].id, rows[0].files) == ("q0001", "q1000", ("q0001/*.txt",))


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ([], "list indices"),
        ({"question": "Q?"}, r"KeyError\('documents'\)"),
        (item(["x"], document("x", "right", "x")), "a document is marked 'right', not correct, misinfo, noise"),
        (item(["x"], {**document("x", "noise", "x"), "text": None}), "None stands where a string should"),  # type: ignore[dict-item]
    ],
)
def test_a_row_that_cannot_be_used(tmp_path: Path, bad: Any, said: str) -> None:
    path = published(tmp_path, item(["x"], document("x", "correct", "x")), bad)
    with pytest.raises(InputError, match=f"ramdocs.jsonl is not in the format of RAMDocs: row 2: .*{said}"):
        import_ramdocs(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_file_of_another_format(tmp_path: Path) -> None:
    path = tmp_path / "squad.json"
    path.write_text('{\n"data": []\n}')
    with pytest.raises(InputError, match=r"squad.json is not in the format of RAMDocs: row 1"):
        import_ramdocs(path, tmp_path / "out")
    with pytest.raises(InputError, match="Cannot read"):
        import_ramdocs(tmp_path, tmp_path / "out")
