"""The public sets themselves, where they are at hand."""

from pathlib import Path

import pytest

from eval.corpus import read_corpus
from eval.gold import Gold, load_gold, locate
from eval.imports import IMPORTERS, POOLED, Imported, import_onestopqa
from eval.imports.followups import BARE, STANDALONE, WITH_HISTORY

FOLLOWUPS = Path(__file__).resolve().parents[1] / "eval" / "imports" / "followups.jsonl"
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

# name -> (where it lies, articles, questions)
SETS = {
    "squad": ("xquad/xquad.en.json", 48, 1190),
    "squad2-sample": ("squad2_sample", 411, 500),
    "onestopqa": ("onestop_qa/onestop_qa.json", 30, 486),
    "ramdocs": ("ramdocs_dev/ramdocs_dev.jsonl", 1121, 250),
    "chunking": ("chunking_evaluation", 5, 472),
}
SOURCES = {
    "squad": "xquad.en.json of github.com/google-deepmind/xquad",
    "squad2-sample": "squad2/ of github.com/zc277584121/search-datasets",
    "onestopqa": "onestop_qa.json of github.com/berzak/onestop-qa",
    "ramdocs": "the first 250 rows of github.com/HanNight/RAMDocs",
    "chunking": "questions_df.csv and corpora/ of github.com/brandonstarxel/chunking_evaluation",
}


def data(name: str) -> Path:
    path = DATA / SETS[name][0]
    if not path.exists():
        pytest.skip(f"{path} is not at hand; get {SOURCES[name]}")
    return path


def standing(done: Imported, gold: Path | None = None) -> list[Gold]:
    """The questions, of which every quotation stands exactly where they say, in the text that is indexed."""
    corpus = read_corpus(done.corpus)
    rows = load_gold(gold or done.gold)
    assert [locate(row, corpus.read) for row in rows] == rows
    spans = [span for row in rows for group in row.evidence for span in group]
    assert all(
        span.start is not None and corpus.texts[span.file][span.start : span.end] == span.quote for span in spans
    )
    return rows


@pytest.mark.parametrize("name", SETS)
def test_the_whole_of_a_set_twice(tmp_path: Path, name: str) -> None:
    def written() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    path, (_, articles, questions) = data(name), SETS[name]
    done = IMPORTERS[name](path, tmp_path)
    first = written()
    assert (done.articles, done.questions) == (articles, questions)
    assert len(standing(done)) == questions
    assert IMPORTERS[name](path, tmp_path) == done
    assert written() == first


@pytest.mark.parametrize(("level", "pieces"), [("Adv", 10), ("Int", 8), ("Ele", 6)])
def test_onestopqa_at_every_level(tmp_path: Path, level: str, pieces: int) -> None:
    done = import_onestopqa(data("onestopqa"), tmp_path, level)
    rows = standing(done)
    assert (done.articles, len(rows)) == (30, 486)
    assert sum(len(row.evidence[0]) > 1 for row in rows) == pieces


def test_follow_ups_on_onestopqa(tmp_path: Path) -> None:
    done = import_onestopqa(data("onestopqa"), tmp_path)
    asked, bare, alone = (standing(done, tmp_path / name) for name in (WITH_HISTORY, BARE, STANDALONE))
    own = FOLLOWUPS.read_text(encoding="utf-8").splitlines()
    assert len(asked) == len(own) == 133  # no row names an article that is not there
    tested = [row for row in asked if row.split == "test"]
    assert len(tested) >= 64
    assert len({row.evidence[0][0].file for row in tested}) == 14  # all articles of the reporting part
    assert sum("alone" in row.tags for row in tested) >= 8
    assert all(row.history and not other.history for row, other in zip(asked, bare, strict=True))
    assert [(row.id, row.question, row.evidence) for row in asked] == [
        (row.id, row.question, row.evidence) for row in bare
    ]
    assert [(row.id, row.notes, row.evidence) for row in asked] == [
        (row.id, row.question, row.evidence) for row in alone
    ]


def test_xquad(tmp_path: Path) -> None:
    rows = standing(IMPORTERS["squad"](data("squad"), tmp_path))
    assert all(row.evidence[0][0].quote == row.answers[0][0] for row in rows)


def test_squad2_sample(tmp_path: Path) -> None:
    rows = standing(IMPORTERS["squad2-sample"](data("squad2-sample"), tmp_path))
    unanswerable = [row for row in rows if not row.answerable]
    assert len(unanswerable) == 258
    assert {row.unanswerable_reason for row in unanswerable} == {"absent"}
    # Every alias stands in its context, but for the "." that is left out of the answers too.
    for row in rows:
        assert {span.quote for group in row.evidence for span in group} == {a for group in row.answers for a in group}


def test_ramdocs(tmp_path: Path) -> None:
    done = IMPORTERS["ramdocs"](data("ramdocs"), tmp_path)
    own, pooled = standing(done), standing(done, tmp_path / POOLED)
    kinds = [row.conflict.kind if row.conflict else None for row in own]
    assert {kind: kinds.count(kind) for kind in kinds} == {"claim": 118, "ambiguous": 73, None: 59}
    tagged = {
        tag: sum(tag in row.tags for row in own) for tag in ("ambiguous", "misinformation", "single", "incomplete")
    }
    assert tagged == {"ambiguous": 128, "misinformation": 120, "single": 57, "incomplete": 24}
    # No document is correct for 8, 35 and 60; "A convention", "A film", "a play", "Basketball player" stand in none.
    assert [row.id for row in own if not row.evidence] == ["q008", "q029", "q035", "q060", "q095", "q162", "q163"]
    assert max(len(row.evidence) for row in own) == 90
    assert [(row.id, row.evidence, row.conflict, row.split) for row in own] == [
        (row.id, row.evidence, row.conflict, row.split) for row in pooled
    ]


def test_chunking_evaluation(tmp_path: Path) -> None:
    path = data("chunking")
    done = IMPORTERS["chunking"](path, tmp_path)
    rows = standing(done)
    assert all(len(row.evidence) == 1 and row.answerable and not row.answers for row in rows)
    assert sum(len(row.evidence[0]) for row in rows) == 790
    for corpus in done.corpus.iterdir():
        assert corpus.read_bytes() == (path / "corpora" / corpus.name).read_bytes()
