"""OneStopQA: news articles at three reading levels, with the span that answers each question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from eval.gold import Gold, GoldSpan
from eval.imports.articles import Article, Imported, split_of, titled, write
from eval.imports.followups import write_followups
from eval.imports.reading import json_of, reading
from index.errors import InputError

LEVELS = ("Adv", "Int", "Ele")
FOLLOWED_UP = "Adv"  # the level whose sentences the follow-up questions point at


def import_onestopqa(path: str | Path, out: str | Path, level: str = "Adv") -> Imported:
    """OneStopQA (Berzak et al., ACL 2020; github.com/berzak/onestop-qa, onestop_qa.json), one reading level of it.

    Evidence is the annotated span of each question: inclusive indices of white-space tokens, a pair for each part, so
    that [3, 5, 9, 12] is an AND-group of two. The listed answers are paraphrases of which the first is correct: it goes
    to `notes`, and `answers` stays empty. The level "Adv" comes with follow-up questions of our own in three more gold
    files, see `write_followups`. Raises `InputError` for a file that is not OneStopQA.
    """
    if level not in LEVELS:
        raise InputError(f"OneStopQA has no level {level!r}; take one of {', '.join(LEVELS)}")
    with reading(path, "OneStopQA"):
        articles, rows = _converted(json_of(path)["data"], level)
    done = write(Path(out), articles, rows)
    if level == FOLLOWED_UP:
        with reading(path, "OneStopQA"):
            write_followups(Path(out), articles)
    return done


def _converted(data: Iterable[Any], level: str) -> tuple[list[Article], list[Gold]]:
    data = list(data)
    articles = titled([(item["title"], [block[level]["context"] for block in item["paragraphs"]]) for item in data])
    rows = [
        _row(article, number, nth, question, level, spans)
        for article, item in zip(articles, data, strict=True)
        for number, block in enumerate(item["paragraphs"])
        for nth, (question, spans) in enumerate(zip(block["qas"], block[level]["a_spans"], strict=True))
    ]
    return articles, rows


def _row(article: Article, paragraph: int, nth: int, question: Any, level: str, spans: Sequence[int]) -> Gold:
    return Gold(
        id=f"{Path(article.file).stem}-p{paragraph + 1}-q{nth + 1}",
        question=question["question"],
        evidence=(tuple(_token_spans(article, paragraph, spans)),),
        tags=("onestopqa", level),
        split=split_of(article.title),
        notes=question["answers"][0],
    )


def _token_spans(article: Article, paragraph: int, spans: Sequence[int]) -> Iterator[GoldSpan]:
    tokens = [match.span() for match in re.finditer(r"\S+", article.paragraphs[paragraph])]
    offset = article.starts[paragraph]
    for first, last in zip(spans[::2], spans[1::2], strict=True):
        if not 0 <= first <= last:
            raise ValueError(f"span [{first}, {last}] of {article.title!r}, paragraph {paragraph + 1}")
        yield article.span(offset + tokens[first][0], offset + tokens[last][1])
