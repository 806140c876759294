import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from eval.gold import Gold, GoldSpan, save_gold
from eval.report import write_report
from eval.report.answers import answer_data, outcome, pieces
from eval.report.passages import LONGEST, Passages, shorten
from index.errors import InputError
from qa.models import Answer, Citation, Hit, Place, Statement

CATS = "Cats slept all day. 🐈 Dogs ran at night, and nobody saw them."
TEXTS = {"cats.txt": CATS, "long.txt": "word " * 2_000}
QUOTE = "Dogs ran at night"
AT = CATS.index(QUOTE)
GOLD = Gold("q1", "Who ran?", answers=(("dogs",),), evidence=((GoldSpan("cats.txt", QUOTE, AT),),), split="test")
METRICS = [{"name": "Right", "group": "Overall", "help": "As gold wants.", "places": 3, "better": 1}]


def read(file: str) -> str:
    return TEXTS[file]


def cite(file: str, start: int, quote: str, marker: int = 1) -> Citation:
    return Citation(marker, file, start, start + len(quote), quote, 1, None, "0" * 64, None, None, 1.0)


def quoting(citation: Citation, hits: tuple[Hit, ...] = ()) -> Answer:
    said = Statement(citation.quote, (citation.marker,), "quoted")
    text = f"{said.text} {said.markers}"
    return Answer("Who ran?", text, True, statements=(said,), citations=(citation,), hits=hits)


def row(
    gold: Gold, system: str, answer: Answer | None, right: float | None, error: str | None = None
) -> dict[str, Any]:
    plain = answer.to_dict() if answer else None
    about = {"id": gold.id, "system": system, "split": gold.split, "tags": gold.tags, "cluster": gold.id}
    return {**about, "error": error, "scores": {} if error else {"Right": right}, "answer": plain}


def write_run(folder: Path, gold: list[Gold], systems: list[str], rows: Iterable[Mapping[str, Any]]) -> Path:
    """A folder as a run leaves it."""
    folder.mkdir()
    config = {"systems": systems, "split": "all", "settings": {"embedding_model": "bundled"}, "sha256": "c" * 64}
    times = {"index_seconds": 1.5, "stages_ms": {"total": {"p50": 12.34, "p95": 56.7}}}
    record = {
        "config": config,
        "model": {"name": "all-MiniLM-L6-v2", "fingerprint": "f" * 64},
        "corpus": {"sha256": "a" * 64, "files": 2, "skipped": [["x.pdf", "it is damaged"]]},
        "gold": {"sha256": "b" * 64, "questions": len(gold)},
        "code": "d" * 64,
        "versions": {"python": "3.11.7"},
        "systems": {name: {"answers": True, "retrieves": True} for name in systems},
        "where": "/home/somebody/articles",
        "timings": {"started": "2026-11-24T19:56:36+00:00", "seconds": 2.0, "systems": dict.fromkeys(systems, times)},
    }
    estimates = {"Right": {"mean": 0.5, "low": 0.25, "high": None, "n": 2}}
    curve = {
        "reliability": [{"confidence": 0.2, "right": 0.3, "n": 4}, {"confidence": 0.8, "right": 0.7, "n": 6}],
        "risk_coverage": [[0.5, 0.1], [1.0, 0.3]],
    }
    parts = {"test": dict.fromkeys(systems, estimates), "all": dict.fromkeys(systems, estimates)}
    summary = {"metrics": METRICS, "parts": parts, "curves": {systems[0]: curve}}
    (folder / "run.json").write_text(json.dumps(record), "utf-8")
    (folder / "summary.json").write_text(json.dumps(summary), "utf-8")
    lines = [json.dumps(line, ensure_ascii=False) + "\n" for line in rows]
    (folder / "questions.jsonl").write_text("".join(lines), "utf-8", newline="\n")
    save_gold(folder / "gold.jsonl", gold)
    return folder


def data_of(report: Path) -> Any:
    found = re.search(r'id="data">([^<]*)</script>', report.read_text("utf-8"))
    assert found
    return json.loads(gzip.decompress(base64.b64decode(found[1])))


@pytest.mark.parametrize(
    ("answered", "text", "right", "answerable", "expected"),
    [
        (True, "t", 1.0, True, "right"),
        (True, "t", 0.0, True, "wrong"),
        (True, "t", 0.0, False, "wrong"),
        (False, "t", 1.0, False, "refused rightly"),
        (False, "t", 0.0, True, "refused wrongly"),
        # without a score of that name
        (True, "t", None, True, "not scored"),
        (True, "t", None, False, "wrong"),
        (False, "t", None, False, "refused rightly"),
        (False, "t", None, True, "refused wrongly"),
        (False, "", None, True, "not scored"),  # it only retrieves
    ],
)
def test_outcomes(answered: bool, text: str, right: float | None, answerable: bool, expected: str) -> None:
    assert outcome(Answer("?", text, answered), right, answerable) == expected


def test_a_passage_is_a_place_with_context_of_whole_words() -> None:
    passages = Passages(read)
    passage = passages.show(Place("cats.txt", AT, AT + len(QUOTE)), QUOTE, 9)
    assert passage == {"file": 0, "start": AT, "end": AT + 17, "from": AT - 7, "to": AT + 22}
    assert CATS[passage["from"] : passage["to"]] == "day. 🐈 Dogs ran at night, and"
    assert passages.to_dict()["files"] == [
        {"name": "cats.txt", "length": len(CATS), "texts": [[AT - 7, "day. 🐈 Dogs ran at night, and"]]}
    ]


def test_what_several_passages_show_is_kept_once() -> None:
    passages = Passages(read)
    for start in (0, 100, 40, 5_000):
        passages.show(Place("long.txt", start, start + 80), read("long.txt")[start : start + 80], 0)
    (file,) = passages.to_dict()["files"]
    assert [(start, len(text)) for start, text in file["texts"]] == [(0, 180), (5_000, 80)]


def test_what_does_not_stand_there_is_told() -> None:
    passages = Passages(read)
    place = Place("cats.txt", 0, 4)
    assert passages.show(place, "Dogs", 9) == {"file": 0, "start": 0, "end": 4, "words": "Dogs", "instead": "Cats"}
    assert passages.show(Place("none.txt", 0, 4), "Cats", 9)["instead"] is None
    assert passages.show(Place("cats.txt", 900, 904), "Cats", 9)["instead"] is None
    assert passages.show(Place("cats.txt", -4, 0), "Cats", 9)["instead"] is None


def test_long_passages_and_texts_are_cut() -> None:
    text = read("long.txt")
    passage = Passages(read).show(Place("long.txt", 50, 9_000), text[50:9_000], 10)
    assert passage["to"] == 50 + LONGEST
    cut = Passages(read).cut(Place("long.txt", 0, 9_000), text[:9_000], 8_950, 400)
    assert (cut["from"], cut["to"]) == (8_600, 9_000)
    assert shorten("x" * 12_345, 10) == "xxxxxxxxxx … (12,335 more characters)"


def test_pieces_of_an_answer() -> None:
    assert list(pieces(quoting(cite("cats.txt", AT, QUOTE)))) == [("", QUOTE, (1,), "quoted")]
    # As other systems may answer: without statements, with markers in the text. [7] is no marker of its own.
    loose = Answer("?", "Dogs [7] ran [1]. So there.", True, citations=(cite("cats.txt", AT, QUOTE),))
    assert list(pieces(loose)) == [("", "Dogs [7] ran", (1,), None), ("", ". So there.", (), None)]
    strange = replace(loose, statements=(Statement("Not in the text.", (1,), "supported"),))
    assert list(pieces(strange)) == list(pieces(loose))


def test_hits_say_whether_they_hold_gold_evidence() -> None:
    places = [(0, len(CATS)), (AT, AT + 4), (0, 4)]
    hits = tuple(Hit("cats.txt", a, b, CATS[a:b], 0.123456) for a, b in places)
    strange = Hit("cats.txt", 0, 4, "Dogs", 1.0)
    data = answer_data(
        replace(quoting(cite("cats.txt", AT, QUOTE)), hits=(*hits, strange, hits[0], hits[0])), GOLD, Passages(read)
    )
    assert [hit.get("holds") for hit in data["hits"]] == ["whole", "part", "file", "file", "whole"]
    assert data["hits"][0]["score"] == 0.1235
    assert data["hits"][3]["words"] == "Dogs"
    assert data["found"] == 6


def test_the_data_of_a_report(tmp_path: Path) -> None:
    hit = Hit("cats.txt", 0, len(CATS), CATS, 1.0)
    rows = [
        row(GOLD, "one", quoting(cite("cats.txt", AT, QUOTE), (hit,)), 1.0),
        row(GOLD, "two", None, None, error="RuntimeError: out of order"),
    ]
    report = write_report(write_run(tmp_path / "run", [GOLD], ["one", "two"], rows), read)
    assert report == tmp_path / "run" / "report.html"
    data = data_of(report)
    (question,) = data["questions"]
    one, two = question["answers"]
    assert two == {"outcome": "error", "scores": [None], "error": "RuntimeError: out of order"}
    assert (one["outcome"], one["scores"]) == ("right", [1.0])
    assert one["said"] == [["", None, [1], "quoted"]]  # the words of its citation
    assert [good for good, _ in one["why"]] == [True, True, True]
    assert question["evidence"][0][0]["start"] == AT
    assert data["headline"] == 0
    assert "somebody" not in json.dumps(data)


def test_a_run_without_the_headline_and_with_an_answer_that_cannot_be_scored(tmp_path: Path) -> None:
    broken = row(GOLD, "one", None, None, error="TypeError: no") | {"answer": {"text": 7}}
    folder = write_run(tmp_path / "run", [GOLD], ["one"], [broken])
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    (folder / "summary.json").write_text(json.dumps({**summary, "metrics": []}), "utf-8")
    data = data_of(write_report(folder, read))
    assert data["headline"] is None
    assert data["questions"][0]["answers"] == [{"outcome": "error", "scores": [], "error": "TypeError: no"}]


def test_half_a_character_does_not_stop_the_report(tmp_path: Path) -> None:
    answer = Answer("?", "What \ud83d is this?", True)
    rows = [json.loads(json.dumps(row(GOLD, "one", answer, 0.0)))]
    folder = write_run(tmp_path / "run", [GOLD], ["one"], [])
    (folder / "questions.jsonl").write_text(json.dumps(rows[0]) + "\n", "utf-8")
    assert data_of(write_report(folder, read))["questions"][0]["answers"][0]["said"] == [
        ["", "What ? is this?", [], None]
    ]


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    rows = [row(GOLD, "one", quoting(cite("cats.txt", AT, QUOTE)), 1.0)]
    first, second = (write_report(write_run(tmp_path / name, [GOLD], ["one"], rows), read) for name in "ab")
    assert first.read_bytes() == second.read_bytes()
    assert write_report(tmp_path / "a", read).read_bytes() == second.read_bytes()


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", [GOLD], ["one"], [])
    (folder / "summary.json").unlink()
    with pytest.raises(InputError, match=r"has no summary\.json"):
        write_report(folder, read)
    folder = write_run(tmp_path / "other", [GOLD], ["one"], [row(GOLD, "stranger", None, None, error="x")])
    with pytest.raises(InputError, match="stranger, which is not part of the run"):
        write_report(folder, read)


class Blocks(HTMLParser):
    """The policy of a page, and the text of its style and scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.policy = ""
        self.blocks: list[tuple[str, dict[str, str | None], str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "meta" and dict(attrs).get("http-equiv") == "Content-Security-Policy":
            self.policy = dict(attrs)["content"] or ""
        if tag in ("style", "script"):
            self.blocks.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.blocks and not self.blocks[-1][2]:
            self.blocks[-1] = (*self.blocks[-1][:2], data)


def test_the_policy_allows_this_page_and_nothing_else(tmp_path: Path) -> None:
    page = Blocks()
    page.feed(write_report(write_run(tmp_path / "run", [GOLD], ["one"], []), read).read_text("utf-8"))
    assert page.policy.startswith("default-src 'none'; ")
    assert "unsafe" not in page.policy
    assert "http" not in page.policy.replace("http-equiv", "")
    (_, _, style), (_, data, _), (_, module, script) = page.blocks
    assert (data["type"], module["type"]) == ("text/plain", "module")
    for block in (style, script):
        assert f"'sha256-{base64.b64encode(hashlib.sha256(block.encode()).digest()).decode()}'" in page.policy
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", script)
