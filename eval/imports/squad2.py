"""A sample of SQuAD 2.0 without titles and offsets: for questions that only look as if the articles answered them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from eval.gold import Gold, GoldSpan
from eval.imports.articles import Article, Imported, split_of, write
from eval.imports.places import anywhere, whole_words
from eval.imports.reading import in_row, json_of, reading, string

QUERIES = "queries.json"
TRUTH = "ground_truth.json"
_NAME = "the SQuAD 2.0 sample"

Aliases = tuple[str, ...] | None  # None: the question has no answer


def import_squad2_sample(path: str | Path, out: str | Path) -> Imported:
    """500 questions of SQuAD 2.0's dev set (Rajpurkar et al., 2018; github.com/zc277584121/search-datasets, squad2/).

    `path` is the folder with queries.json and ground_truth.json. Every distinct context is an article of its own, named
    and split by its SHA-256, and every question is asked of all of them. `answers` is one group with all distinct
    aliases that have a letter or a digit. The sample has no offsets: evidence is an OR of every place in the context
    where an alias stands as whole words, or anywhere if it does so nowhere, so that it may hold places at which the
    same words mean something else. An alias that does not stand in the context gives none. A question marked
    `is_impossible` is not answerable (`absent`). Raises `InputError` for files of another format.
    """
    folder = Path(path)
    with reading(folder / TRUTH, _NAME):
        truth = {id_: _aliases(item) for id_, item in json_of(folder / TRUTH).items()}
    with reading(folder / QUERIES, _NAME):
        articles, rows = _converted(json_of(folder / QUERIES)["queries"], truth)
    return write(Path(out), articles, rows)


def _aliases(item: Any) -> Aliases:
    if item["is_impossible"]:
        return None
    distinct = dict.fromkeys(string(answer) for answer in item["answers"])
    # One annotator of SQuAD answered ".": no answer that could be looked for.
    return tuple(answer for answer in distinct if any(character.isalnum() for character in answer))


def _converted(queries: list[Any], truth: Mapping[str, Aliases]) -> tuple[list[Article], list[Gold]]:
    articles: dict[str, Article] = {}
    rows = []
    for number, query in enumerate(queries, start=1):
        with in_row(number):
            article = _article(string(query["context"]))
            articles[article.file] = article
            if query["id"] not in truth:
                raise ValueError(f"{TRUTH} has no question {query['id']!r}")
            rows.append(_row(query["id"], string(query["question"]), article, truth[query["id"]]))
    return list(articles.values()), rows


def _article(context: str) -> Article:
    return Article(f"{hashlib.sha256(context.encode()).hexdigest()[:10]}.txt", (context,))


def _row(id_: str, question: str, article: Article, aliases: Aliases) -> Gold:
    return Gold(
        id=id_,
        question=question,
        answerable=aliases is not None,
        unanswerable_reason="absent" if aliases is None else None,
        answers=(aliases,) if aliases else (),
        evidence=tuple((span,) for alias in aliases or () for span in _spans(alias, article)),
        tags=("squad2",),
        split=split_of(article.text),
    )


def _spans(alias: str, article: Article) -> Iterator[GoldSpan]:
    for start, end in whole_words(alias, article.text) or anywhere(alias, article.text):
        yield article.span(start, end)
