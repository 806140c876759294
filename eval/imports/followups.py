"""Follow-up questions on OneStopQA: with what was asked before, bare, and rewritten by hand so that they stand alone.

They are our own and lie beside this module, in followups.jsonl. The articles are not ours: a row says where its
evidence stands by a paragraph, counted from 1, and a few words of the sentence meant.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from eval.gold import Gold, GoldSpan, save_gold
from eval.imports.articles import Article, split_of
from index.split import split

WITH_HISTORY, BARE, STANDALONE = "followups.jsonl", "followups-bare.jsonl", "followups-standalone.jsonl"


def write_followups(out: Path, articles: Sequence[Article]) -> int:
    """Write three gold files with the same ids into `out`, and say how many questions each holds.

    `WITH_HISTORY` asks each follow-up as it is in a chat, `BARE` without what came before, `STANDALONE` as rewritten by
    hand. Any one of the sentences of a row is enough as evidence; the kind of follow-up is a tag. Nothing is written
    where no article has any. Raises `ValueError` where the words of a row are not in one sentence of its paragraph.
    """
    named = {Path(article.file).stem: article for article in articles}
    pairs = [(_row(item, named[item["article"]]), item["standalone"]) for item in written() if item["article"] in named]
    if pairs:
        save_gold(out / WITH_HISTORY, [row for row, _ in pairs])
        save_gold(out / BARE, [replace(row, history=()) for row, _ in pairs])
        save_gold(out / STANDALONE, [replace(row, history=(), question=alone) for row, alone in pairs])
    return len(pairs)


def written() -> list[dict[str, Any]]:
    """The rows as they were written, their evidence as pairs of a paragraph and a few words of a sentence in it."""
    text = files("eval.imports").joinpath("followups.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _row(item: Mapping[str, Any], article: Article) -> Gold:
    return Gold(
        id=item["id"],
        question=item["question"],
        evidence=tuple((_sentence(article, paragraph, words),) for paragraph, words in item["evidence"]),
        history=tuple((question, answer) for question, answer in item["history"]),
        tags=("follow-up", item["kind"]),
        split=split_of(article.title),
        notes=item["standalone"],
    )


def _sentence(article: Article, paragraph: int, words: str) -> GoldSpan:
    """The one sentence of that paragraph that holds the words."""
    text, offset = article.paragraphs[paragraph - 1], article.starts[paragraph - 1]
    sentences = [sentence for passage in split(text) for sentence in passage.sentences]
    held = [span for span in sentences if words in text[span.start : span.end]]
    if text.count(words) != 1 or len(held) != 1:
        raise ValueError(f"{words!r} should stand once in paragraph {paragraph} of {article.title!r}")
    return article.span(offset + held[0].start, offset + held[0].end)
