"""RAMDocs: questions whose documents disagree, because the name is ambiguous, because one is wrong, or both."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, Literal

from eval.gold import Gold, GoldConflict, GoldSide, GoldSpan, save_gold
from eval.imports.articles import Article, Imported, split_of, write
from eval.imports.places import whole_words
from eval.imports.reading import in_row, reading, string

POOLED = "pooled.jsonl"
TYPES = ("correct", "misinfo", "noise")
_GROUPS = 100  # of evidence for a question, at most, while every mention is tried
_NAME = "RAMDocs"


@dataclass(frozen=True, slots=True)
class _Document:
    article: Article
    type: str
    answer: str

    @property
    def mentions(self) -> list[GoldSpan]:
        """Where its answer stands in it, in any case, as whole words."""
        found = whole_words(self.answer, self.article.text, re.IGNORECASE)
        return [self.article.span(start, end) for start, end in found]


def import_ramdocs(path: str | Path, out: str | Path) -> Imported:
    """RAMDocs (Wang et al., "Retrieval-Augmented Generation with Conflicting Evidence", 2025; HanNight/RAMDocs).

    `path` is a file such as ramdocs_dev.jsonl. The documents of row 1 are q001/1.txt, q001/2.txt and so on. In
    gold.jsonl a question is asked of its own documents (`files`, tag `own`), as published; in pooled.jsonl, with the
    same ids, of all documents (tag `pooled`). The question decides the split.

    Two answers that differ in case, white space or punctuation alone are aliases of one. `answers` has a group for each
    gold answer. `conflict` has a side for each answer that a document marked correct or misinfo gives, where there are
    several: its kind is `claim` where there is misinformation, also where the name is ambiguous besides (a reader has
    to be told of the contradiction in any case), else `ambiguous`. Tags tell the rows apart: `ambiguous` for several
    correct answers in the documents, `misinformation`, both of them, or `single` for neither; `incomplete` besides,
    where a gold answer is given by no document.

    Evidence is the answer's words in the documents that are marked correct for it, in any case but as whole words only:
    "428" in "43.42833" shows nothing. A group has one place for each gold answer that a document gives, and all
    combinations of places are tried; where they would be more than 100, only those of the first place in each document.
    Without such a place for one of those answers the question has no evidence. Raises `InputError` for a file of
    another format.
    """
    with reading(path, _NAME):
        articles, rows = _converted(_lines(Path(path)))
    done = write(Path(out), articles, [replace(row, tags=(*row.tags, "own")) for row in rows])
    save_gold(Path(out) / POOLED, [replace(row, tags=(*row.tags, "pooled"), files=()) for row in rows])
    return done


def _lines(path: Path) -> list[str]:
    # Not splitlines(): U+2028 and its kin are ordinary characters inside a JSON string.
    return [line for line in path.read_text(encoding="utf-8-sig").split("\n") if line.strip()]


def _converted(lines: Sequence[str]) -> tuple[list[Article], list[Gold]]:
    width = max(3, len(str(len(lines))))
    articles: list[Article] = []
    rows = []
    for number, line in enumerate(lines, start=1):
        with in_row(number):
            item = json.loads(line)
            documents = list(_documents(f"q{number:0{width}}", item["documents"]))
            rows.append(_row(f"q{number:0{width}}", item, documents))
            articles += [document.article for document in documents]
    return articles, rows


def _documents(folder: str, items: Iterable[Any]) -> Iterator[_Document]:
    for number, item in enumerate(items, start=1):
        if item["type"] not in TYPES:
            raise ValueError(f"a document is marked {item['type']!r}, not {', '.join(TYPES)}")
        # Some begin with U+FEFF, which at the start of a file is a mark that readers drop: offsets would be one off.
        article = Article(f"{folder}/{number}.txt", (string(item["text"]).removeprefix("\ufeff"),))
        yield _Document(article, item["type"], string(item["answer"]).strip())


def _row(id_: str, item: Any, documents: Sequence[_Document]) -> Gold:
    correct = _by_answer(document for document in documents if document.type == "correct")
    wrong = _by_answer(document for document in documents if document.type == "misinfo")
    answers = _groups(item["gold_answers"])
    return Gold(
        id=id_,
        question=string(item["question"]),
        answers=tuple(answers.values()),
        evidence=_evidence([correct[answer] for answer in answers if answer in correct]),
        conflict=_conflict(documents, "claim" if wrong else "ambiguous"),
        files=(f"{id_}/*.txt",),
        tags=("ramdocs", *_tags(answers, correct, wrong)),
        split=split_of(item["question"]),
    )


def _same(answer: str) -> str:
    """What is left of an answer when case, white space and punctuation do not matter."""
    return " ".join(re.findall(r"[^\W_]+", answer.casefold()))


def _groups(answers: Iterable[Any]) -> dict[str, tuple[str, ...]]:
    """Distinct answers, each with its distinct spellings, in their order."""
    groups: dict[str, dict[str, None]] = {}
    for answer in (string(answer).strip() for answer in answers):
        groups.setdefault(_same(answer), {})[answer] = None
    return {same: tuple(spellings) for same, spellings in groups.items()}


def _by_answer(documents: Iterable[_Document]) -> dict[str, list[_Document]]:
    groups: dict[str, list[_Document]] = {}
    for document in documents:
        groups.setdefault(_same(document.answer), []).append(document)
    return groups


def _conflict(documents: Sequence[_Document], kind: Literal["claim", "ambiguous"]) -> GoldConflict | None:
    groups = _by_answer(document for document in documents if document.type != "noise").values()
    sides = [
        GoldSide(
            answers=tuple(dict.fromkeys(document.answer for document in group)),
            files=tuple(document.article.file for document in group),
        )
        for group in groups
    ]
    return GoldConflict(kind, tuple(sides)) if len(sides) > 1 else None


def _tags(answers: Iterable[str], correct: Mapping[str, Any], wrong: Mapping[str, Any]) -> list[str]:
    tags = [tag for tag, holds in (("ambiguous", len(correct) > 1), ("misinformation", bool(wrong))) if holds]
    return [*(tags or ["single"]), *(["incomplete"] if set(answers) - set(correct) else [])]


def _evidence(answers: Sequence[Sequence[_Document]]) -> tuple[tuple[GoldSpan, ...], ...]:
    """Every combination of one place for each answer, given the documents that are correct for it."""
    mentions = [[document.mentions for document in documents] for documents in answers]
    places = [[span for found in documents for span in found] for documents in mentions]
    if math.prod(map(len, places)) > _GROUPS:
        places = [[found[0] for found in documents if found] for documents in mentions]
    return tuple(product(*places)) if places else ()
