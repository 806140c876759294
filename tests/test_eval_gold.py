import json
from pathlib import Path

import pytest

from eval.gold import Gold, GoldConflict, GoldSide, GoldSpan, load_gold, locate, problems, read_gold, save_gold
from index.errors import InputError

FULL = {
    "id": "q017",
    "question": "How many marched?",
    "answerable": True,
    "unanswerable_reason": None,
    "answers": [["1,200", "about 1,200"]],
    "evidence": [
        [{"file": "a.txt", "quote": "about 1,200 people", "start": 812}],
        [{"file": "b.txt", "quote": "1,200"}],
    ],
    "conflict": {
        "kind": "number",
        "sides": [{"answers": ["1,200"], "files": ["a.txt"]}, {"answers": ["1,500"], "files": ["b.txt"]}],
    },
    "history": [["Who marched?", "Students."]],
    "since": "2024-06-01",
    "until": None,
    "files": ["2024/*.txt"],
    "injected": ["HACKED"],
    "tags": ["number"],
    "split": "test",
    "notes": "a note",
}


def written(folder: Path, *rows: object, name: str = "gold.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_every_key_is_parsed(tmp_path: Path) -> None:
    assert load_gold(written(tmp_path, FULL)) == [
        Gold(
            id="q017",
            question="How many marched?",
            answers=(("1,200", "about 1,200"),),
            evidence=((GoldSpan("a.txt", "about 1,200 people", 812),), (GoldSpan("b.txt", "1,200", None),)),
            conflict=GoldConflict("number", (GoldSide(("1,200",), ("a.txt",)), GoldSide(("1,500",), ("b.txt",)))),
            history=(("Who marched?", "Students."),),
            since="2024-06-01",
            files=("2024/*.txt",),
            injected=("HACKED",),
            tags=("number",),
            split="test",
            notes="a note",
        )
    ]


def test_saved_rows_are_read_back_as_they_were(tmp_path: Path) -> None:
    rows = [*load_gold(written(tmp_path, FULL)), Gold("q2", "Was sagte Müller?\u2028", answerable=False)]
    save_gold(tmp_path / "again.jsonl", rows)
    assert load_gold(tmp_path / "again.jsonl") == rows


def test_a_question_alone_is_enough_and_gets_a_stable_id(tmp_path: Path) -> None:
    [row] = load_gold(written(tmp_path, {"question": "Who?"}))
    [other, same] = load_gold(written(tmp_path, {"question": "When?"}, {"question": "Who?", "answer": "Putin"}))
    assert row.id == same.id != other.id
    assert (row.answers, same.answers) == ((), (("Putin",),))


def test_csv_with_quoted_cells_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "gold.csv"
    path.write_text(
        '\ufeffquestion,answer\r\n"Who, and\nwhen?","1,200"\r\n\r\nWhere?,Hanoi\r\n', encoding="utf-8", newline=""
    )
    rows = load_gold(path)
    assert [(row.question, row.answers) for row in rows] == [
        ("Who, and\nwhen?", (("1,200",),)),
        ("Where?", (("Hanoi",),)),
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"questoin": "?"}, "unknown key 'questoin'"),
        ({"question": " "}, "question is empty"),
        ({"question": 7}, "question must be a string"),
        ({"answerable": "yes"}, "answerable must be true or false"),
        ({"unanswerable_reason": "dunno"}, "unanswerable_reason must be one of absent"),
        ({"answers": []}, "answers is empty; give at least one, or leave the key out"),
        ({"evidence": []}, "evidence is empty"),
        ({"answerable": False}, "a question that is not answerable has no answers"),
        ({"unanswerable_reason": "absent"}, "goes with"),
        ({"files": ["a.txt", ""]}, "an entry of files is empty"),
        ({"answers": [[]]}, "a group of answers is empty"),
        ({"answers": ["1,200"]}, "a group of answers must be a list"),
        ({"answers": [[1200]]}, "must be a string, not 1200"),
        ({"answers": [[""]]}, "is empty"),
        ({"answer": "x"}, '"answer" or "answers", not both'),
        ({"evidence": [[]]}, "a group of evidence is empty"),
        ({"evidence": [[{"file": "a.txt", "quote": "x", "start": -1}]]}, "start must be"),
        ({"evidence": [[{"file": "a.txt", "quote": "x", "start": True}]]}, "start must be"),
        ({"evidence": [[{"file": "a.txt", "quote": "x", "end": 3}]]}, "unknown key 'end'"),
        ({"evidence": [[{"file": "a.txt"}]]}, "quote must be a string"),
        ({"conflict": {"kind": "colour", "sides": []}}, "kind of the conflict must be one of number"),
        ({"conflict": {"kind": "number", "sides": [FULL["conflict"]["sides"][0]]}}, "at least two sides"),  # type: ignore[index]
        ({"history": [["only a question"]]}, "a pair"),
        ({"since": "June"}, "since must be a date"),
        ({"tags": "number"}, "tags must be a list"),
        ({"split": "train"}, "split must be one of tune, test"),
    ],
)
def test_a_bad_value_is_refused_with_file_and_line(tmp_path: Path, change: dict[str, object], message: str) -> None:
    path = written(tmp_path, {"question": "Who?"}, {**FULL, **change})
    with pytest.raises(InputError) as caught:
        load_gold(path)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{path}, line 2: ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"id": "q1"}\n', 'line 1: the key "question" is missing'),
        ('{"question": "Who?", "notes": NaN}\n', "line 1: not a line of JSON: NaN"),
        ('\n["Who?"]\n', "line 2: each line must be one JSON object"),
        ('{"question": "Who?"\n', "line 1: not a line of JSON"),
        (
            '{"id": "a", "question": "Who?"}\n\n{"id": "a", "question": "When?"}\n',
            "line 1 has the id 'a' too",
        ),
        ("\n", "holds no questions"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message.replace("(", r"\(")):
        load_gold(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("question,answer,split\nWho?,Putin,test\n", "line 1: a CSV has the columns question,answer"),
        ('question,answer\n"Who,\nthen?",\n', "line 2: a cell is empty"),
        ("question,answer\nWho?\n", "line 2: 1 cells"),
    ],
)
def test_a_bad_csv_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "gold.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        load_gold(path)


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Cannot read"):
        load_gold(tmp_path / "none.jsonl")


def test_locate_trusts_the_quotation_and_takes_the_place_nearest_to_the_hint() -> None:
    text = "ten men. ten cats. ten dogs."  # "ten" at 0, 9 and 19
    starts = []
    for hint in (9, 8, 17, 400):
        gold = Gold("q", "?", evidence=((GoldSpan("a.txt", "ten", hint),),))
        starts.append(locate(gold, {"a.txt": text}.__getitem__).evidence[0][0].start)
    assert starts == [9, 9, 19, 19]


@pytest.mark.parametrize(
    ("span", "message"),
    [
        (GoldSpan("a.txt", "ten"), r"holds 'ten' 2 times; say which with \"start\" \(0, 9\)"),
        (GoldSpan("a.txt", "eleven", 0), "does not hold the words 'eleven'"),
        (GoldSpan("b.txt", "ten", 0), "b.txt is not among the articles"),
    ],
)
def test_locate_refuses_what_it_cannot_place(span: GoldSpan, message: str) -> None:
    with pytest.raises(InputError, match=message):
        locate(Gold("q7", "?", evidence=((span,),)), {"a.txt": "ten men. ten cats."}.__getitem__)


def test_every_bad_row_is_named_and_the_others_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"question": "Who?"}\n{"question": 7}\nnot json\n{"question": "When?"}\n')
    rows, found = read_gold(path)
    assert [row.question for row in rows] == ["Who?", "When?"]
    assert [str(problem).split(": ")[0] for problem in found] == [f"{path}, line 2", f"{path}, line 3"]


def test_a_csv_of_a_spreadsheet_with_semicolons_is_read(tmp_path: Path) -> None:
    path = tmp_path / "gold.csv"
    path.write_text("Question;Answer\nHow much?;3,5\n")
    assert load_gold(path)[0].answers == (("3,5",),)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("gold.csv", b"question,answer\nWho?,\n", "line 2: a cell is empty"),
        ("gold.csv", "question,answer\nWho?,Müller\n".encode("cp1252"), "line 2: not UTF-8; save it as UTF-8"),
        ("gold.csv", b"question,answer\nWho?,Ann\nWho?,Ben\n", "line 3: .*line 2 asks the same"),
        ("gold.csv", b"question,answer,split\nWho?,Ann,test\n", "no others, not question,answer,split"),
        ("gold.jsonl", b'{"question": "Who?", "question": "When?"}\n', "line 1: .*a key stands there twice"),
        ("gold.jsonl", b'{"question": 1}\n{"question": 2}\n', r"line 1: .*\(1 more; byline eval check"),
        ("gold.jsonl", b'{"question": "?", "since": "2024-02-01", "until": "2024-01-01"}\n', "is later than until"),
    ],
)
def test_what_is_wrong_with_a_file_and_what_to_do(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=message):
        load_gold(tmp_path / name)


def test_all_problems_of_a_question_are_found_with_their_line_and_the_nearest_words(tmp_path: Path) -> None:
    texts = {"a.txt": "On Monday, twelve people marched through the old town."}
    sides = [{"answers": ["12"], "files": ["a.txt"]}, {"answers": ["15"], "files": ["c.txt"]}]
    row = {
        "question": "How many?",
        "evidence": [[{"file": "a.txt", "quote": "twelve men marched through"}], [{"file": "b.txt", "quote": "x"}]],
        "conflict": {"kind": "number", "sides": sides},
    }
    _, gold = load_gold(written(tmp_path, {"question": "Who?"}, row))
    missing, absent, side = map(str, problems(gold, texts.__getitem__))
    assert "gold.jsonl, line 2" in missing
    assert "the nearest it says is" in missing
    assert "people marched" in missing
    assert "b.txt is not among the articles" in absent
    assert "the file c.txt of its conflict is not among the articles" in side


def test_a_pattern_that_no_article_matches_is_a_problem() -> None:
    gold = Gold("q", "?", files=("a*", "2024/*.txt"))
    [problem] = problems(gold, {"a.txt": ""}.__getitem__, ["a.txt"])
    assert "no article matches '2024/*.txt' of its files" in str(problem)
    with pytest.raises(InputError, match="no article matches"):
        locate(gold, {"a.txt": ""}.__getitem__, ["a.txt"])
    assert not list(problems(gold, {"a.txt": ""}.__getitem__))
