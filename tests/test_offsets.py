"""Offsets against the files themselves, opened without any code of ours: the seeds and every article of OneStopQA."""

from pathlib import Path

import pytest
from standin import Words

from eval.imports import LEVELS, import_onestopqa
from index.builder import build
from index.reader import Reader
from index.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
ONESTOPQA = ROOT.parent / "shared" / "data" / "onestop_qa" / "onestop_qa.json"


def check(folder: Path, store: Path) -> int:
    """Every stored sentence and passage stands at its offsets, and all of each file is in sentences. Counts them."""
    embedder = Words()
    settings = Settings(llm="none", store=str(store), embedding_model=embedder.model)
    build(folder, settings, embedder=embedder)
    reader = Reader(settings, embedder)
    count = 0
    for entry in reader.entries():
        with (folder / entry.file).open(encoding="utf-8-sig", newline="") as file:
            text = file.read()
        ids = reader.catalog.db.execute("SELECT id FROM passages WHERE content = ?", (entry.content,)).fetchall()
        passages = reader.passages(row[0] for row in ids)
        spans = [sentence for passage in passages for sentence in passage.sentences]
        for passage in passages:
            assert text[passage.start : passage.end] == passage.text
            assert all(text[s.start : s.end] == passage.text_of(s) for s in passage.sentences)
        assert "".join("".join(text[s.start : s.end].split()) for s in spans) == "".join(text.split())
        count += len(spans)
    reader.close()
    return count


def test_the_seeds(tmp_path: Path) -> None:
    assert check(ROOT / "seeds", tmp_path / "store") == 96


@pytest.mark.skipif(not ONESTOPQA.is_file(), reason="no OneStopQA in ../shared/data")
@pytest.mark.parametrize("level", LEVELS)
def test_every_article_of_onestopqa(level: str, tmp_path: Path) -> None:
    corpus = import_onestopqa(ONESTOPQA, tmp_path / "data", level).corpus
    assert len(list(corpus.iterdir())) == 30
    assert check(corpus, tmp_path / "store") > 700
