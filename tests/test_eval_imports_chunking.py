import csv
import json
from pathlib import Path

import pytest

from eval.gold import Gold, GoldSpan, load_gold
from eval.imports import import_chunking
from index.errors import InputError

FINANCE = "# Étude\r\nNet sales rose. \nCosts fell.\n"
#          0123456 7 8901234567890123 45678901234 5


def reference(content: str, start: int) -> dict[str, object]:
    return {"content": content, "start_index": start, "end_index": start + len(content)}


def published(folder: Path, *rows: tuple[str, list[dict[str, object]], str]) -> Path:
    (folder / "corpora").mkdir()
    (folder / "corpora" / "finance.md").write_bytes(FINANCE.encode())
    (folder / "corpora" / "pubmed.md").write_bytes(b"PMID 1")
    with (folder / "questions_df.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["question", "references", "corpus_id"])
        writer.writerows([question, json.dumps(references), corpus] for question, references, corpus in rows)
    return folder


def test_references_are_one_group(tmp_path: Path) -> None:
    parts = [reference("Costs fell.", 26), reference("Net sales rose. ", 9)]
    rows = [
        ("How was it?", parts, "finance"),
        ("Which?", [reference("1", 5)], "pubmed"),
        ("How was it?", parts[:1], "finance"),
    ]
    done = import_chunking(published(tmp_path, *rows), tmp_path / "out")
    assert (done.articles, done.questions) == (2, 3)
    assert (done.corpus / "finance.md").read_bytes() == FINANCE.encode()
    # First bytes of SHA-256: finance ea, pubmed 04.
    assert load_gold(done.gold) == [
        Gold(
            id="finance-001",
            question="How was it?",
            evidence=((GoldSpan("finance.md", "Costs fell.", 26), GoldSpan("finance.md", "Net sales rose. ", 9)),),
            tags=("finance",),
            split="test",
        ),
        Gold(
            id="pubmed-001",
            question="Which?",
            evidence=((GoldSpan("pubmed.md", "1", 5),),),
            tags=("pubmed",),
            split="tune",
        ),
        Gold(
            id="finance-002",
            question="How was it?",
            evidence=((GoldSpan("finance.md", "Costs fell.", 26),),),
            tags=("finance",),
            split="test",
        ),
    ]


@pytest.mark.parametrize(
    ("references", "corpus", "said"),
    [
        ([reference("Costs fell.", 25)], "finance", "the reference at 25 does not stand there in finance.md"),
        ([reference("", 3)], "finance", "the reference at 3 does not stand there"),
        ([{**reference("\n", -1), "end_index": None}], "finance", "the reference at -1 does not stand there"),
        ([reference("1", 5)], "wikitexts", "there is no corpora/wikitexts.md"),
        ([], "pubmed", "there are no references"),
        ([{**reference("1", 5), "start_index": "5"}], "pubmed", "slice indices must be integers"),
        ([{"content": "1"}], "pubmed", r"KeyError\('start_index'\)"),
    ],
)
def test_a_row_that_cannot_be_used(tmp_path: Path, references: list[dict[str, object]], corpus: str, said: str) -> None:
    folder = published(tmp_path, ("Which?", [reference("1", 5)], "pubmed"), ("What?", references, corpus))
    with pytest.raises(InputError, match=f"questions_df.csv is not in the format .*: row 2: .*{said}"):
        import_chunking(folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_files_of_another_format(tmp_path: Path) -> None:
    folder = published(tmp_path)
    (folder / "questions_df.csv").write_text("question,answer\nWhich?,1\n")
    with pytest.raises(InputError, match=r"questions_df.csv is not in the format .*: row 1: KeyError\('corpus_id'\)"):
        import_chunking(folder, tmp_path / "out")
    (folder / "questions_df.csv").write_text('question,references,corpus_id\n"Which?')
    with pytest.raises(InputError, match=r"questions_df.csv is not in the format of the chunking evaluation"):
        import_chunking(folder, tmp_path / "out")
    (folder / "corpora" / "finance.md").write_bytes(b"\xff")
    with pytest.raises(InputError, match=r"Cannot read \S*finance.md"):
        import_chunking(folder, tmp_path / "out")
