"""Chroma's chunking evaluation: long documents, and the exact excerpts that answer each question."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eval.gold import Gold, GoldSpan
from eval.imports.articles import Article, Imported, split_of, write
from eval.imports.reading import in_row, reading, string

QUESTIONS = "questions_df.csv"
CORPORA = "corpora"
_NAME = "the chunking evaluation"


def import_chunking(path: str | Path, out: str | Path) -> Imported:
    """Smith and Troynikov, "Evaluating Chunking Strategies for Retrieval", Chroma, 2024.

    `path` is a folder with questions_df.csv and corpora/*.md (github.com/brandonstarxel/chunking_evaluation). The
    corpora are copied byte for byte, and every question is asked of all of them, as published. Its references are one
    AND-group of spans; there are no answers. Ids count the questions of a corpus: `finance-017`. Split and tag are the
    corpus. Raises `InputError` for files of another format, and for a reference that does not stand at its offsets.
    """
    folder = Path(path)
    articles = [_article(file) for file in sorted((folder / CORPORA).glob("*.md"))]
    with reading(folder / QUESTIONS, _NAME):
        rows = _rows(folder / QUESTIONS, {Path(article.file).stem: article for article in articles})
    return write(Path(out), articles, rows)


def _article(file: Path) -> Article:
    with reading(file, _NAME):
        return Article(file.name, (file.read_bytes().decode(),))


def _rows(path: Path, corpora: Mapping[str, Article]) -> list[Gold]:
    rows = []
    seen: Counter[str] = Counter()
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, record in enumerate(csv.DictReader(file, strict=True), start=1):
            with in_row(number):
                corpus = record["corpus_id"]
                if corpus not in corpora:
                    raise ValueError(f"there is no {CORPORA}/{corpus}.md")
                seen[corpus] += 1
                rows.append(_row(f"{corpus}-{seen[corpus]:03}", record, corpus, corpora[corpus]))
    return rows


def _row(id_: str, record: Mapping[str, Any], corpus: str, article: Article) -> Gold:
    references = tuple(_span(reference, article) for reference in json.loads(record["references"]))
    if not references:
        raise ValueError("there are no references")
    return Gold(
        id=id_,
        question=string(record["question"]),
        evidence=(references,),
        tags=(corpus,),
        split=split_of(corpus),
    )


def _span(reference: Mapping[str, Any], article: Article) -> GoldSpan:
    start, end = reference["start_index"], reference["end_index"]
    span = article.span(start, end)
    if not 0 <= start < end or span.quote != reference["content"]:
        raise ValueError(f"the reference at {start} does not stand there in {article.file}")
    return span
