"""SQuAD: paragraphs of Wikipedia articles, with the offset of each answer."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from eval.gold import Gold, GoldSpan
from eval.imports.articles import Article, Imported, split_of, titled, write
from eval.imports.reading import json_of, reading


def import_squad(path: str | Path, out: str | Path) -> Imported:
    """SQuAD 1.1 and 2.0 (Rajpurkar et al., 2016 and 2018), and sets of the same format such as XQuAD.

    `answers` is one group with all distinct aliases; evidence is the first answer itself at its offset. A question
    marked `is_impossible` is not answerable (`absent`). Raises `InputError` for a file of another format, and for an
    answer that does not stand at its offset.
    """
    with reading(path, "SQuAD"):
        articles, rows = _converted(json_of(path)["data"])
    return write(Path(out), articles, rows)


def _converted(data: Iterable[Any]) -> tuple[list[Article], list[Gold]]:
    data = list(data)
    articles = titled([(item["title"], [block["context"] for block in item["paragraphs"]]) for item in data])
    rows = [
        _row(article, number, question)
        for article, item in zip(articles, data, strict=True)
        for number, block in enumerate(item["paragraphs"])
        for question in block["qas"]
    ]
    return articles, rows


def _row(article: Article, paragraph: int, question: Any) -> Gold:
    answerable = not question.get("is_impossible", False)
    aliases = tuple(dict.fromkeys(answer["text"] for answer in question["answers"])) if answerable else ()
    return Gold(
        id=question["id"],
        question=question["question"],
        answerable=answerable,
        unanswerable_reason=None if answerable else "absent",
        answers=(aliases,) if answerable else (),
        evidence=((_span(article, paragraph, question["answers"][0]),),) if answerable else (),
        tags=("squad",),
        split=split_of(article.title),
    )


def _span(article: Article, paragraph: int, answer: Any) -> GoldSpan:
    start = article.starts[paragraph] + answer["answer_start"]
    span = article.span(start, start + len(answer["text"]))
    if span.quote != answer["text"]:
        raise ValueError(f"{answer['text']!r} does not stand at {answer['answer_start']} in {article.title!r}")
    return span
