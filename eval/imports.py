"""Public question sets -> a folder of articles and a gold file. The user gives the path of the data."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.gold import Gold, GoldSpan, save_gold
from index.errors import InputError

LEVELS = ("Adv", "Int", "Ele")
BREAK = "\n\n"  # between the paragraphs of an article


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote: the folder of articles, the gold file, and how many of each."""

    corpus: Path
    gold: Path
    articles: int
    questions: int


@dataclass(frozen=True, slots=True)
class _Article:
    """A whole article: `starts[i]` is the offset in `text` at which paragraph i begins."""

    file: str
    title: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        return BREAK.join(self.paragraphs)

    @property
    def starts(self) -> tuple[int, ...]:
        starts = [0]
        for paragraph in self.paragraphs[:-1]:
            starts.append(starts[-1] + len(paragraph) + len(BREAK))
        return tuple(starts)

    def span(self, start: int, end: int) -> GoldSpan:
        return GoldSpan(self.file, self.text[start:end], start)


def split_of(title: str) -> str:
    """`tune` or `test`, by a hash of the article's title: all questions of an article fall on the same side.

    The first byte of SHA-256 of the title in UTF-8 decides: below 128 is `tune`.
    """
    return "tune" if hashlib.sha256(title.encode()).digest()[0] < 128 else "test"


def import_onestopqa(path: str | Path, out: str | Path, level: str = "Adv") -> Imported:
    """OneStopQA (Berzak et al., ACL 2020; github.com/berzak/onestop-qa, onestop_qa.json), one reading level of it.

    Evidence is the annotated span of each question: inclusive indices of white-space tokens, a pair for each part, so
    that [3, 5, 9, 12] is an AND-group of two. The listed answers are paraphrases of which the first is correct: it goes
    to `notes`, and `answers` stays empty. Raises `InputError` for a file that is not OneStopQA.
    """
    if level not in LEVELS:
        raise InputError(f"OneStopQA has no level {level!r}; take one of {', '.join(LEVELS)}")
    return _import(path, out, "OneStopQA", lambda data: _onestopqa(data, level))


def import_squad(path: str | Path, out: str | Path) -> Imported:
    """SQuAD 1.1 and 2.0 (Rajpurkar et al., 2016 and 2018), and sets of the same format such as XQuAD.

    `answers` is one group with all distinct aliases; evidence is the first answer itself at its offset. A question
    marked `is_impossible` is not answerable (`absent`). Raises `InputError` for a file of another format, and for an
    answer that does not stand at its offset.
    """
    return _import(path, out, "SQuAD", _squad)


def _import(path: str | Path, out: str | Path, name: str, convert: Any) -> Imported:
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8-sig"))["data"]
        articles, rows = convert(data)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"Cannot read {path}: {error}") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise InputError(f"{path} is not in the format of {name}: {error!r}") from error
    return _write(Path(out), articles, rows)


def _write(out: Path, articles: Sequence[_Article], rows: Sequence[Gold]) -> Imported:
    corpus, gold = out / "corpus", out / "gold.jsonl"
    corpus.mkdir(parents=True, exist_ok=True)
    strangers = sorted({file.name for file in corpus.iterdir()} - {article.file for article in articles})
    if strangers:
        raise InputError(f"{corpus} already holds other files ({strangers[0]}); import into an empty folder")
    for article in articles:
        with (corpus / article.file).open("w", encoding="utf-8", newline="") as file:
            file.write(article.text)
    save_gold(gold, rows)
    return Imported(corpus, gold, len(articles), len(rows))


def _onestopqa(data: Iterable[Any], level: str) -> tuple[list[_Article], list[Gold]]:
    data = list(data)
    articles = _articles([(item["title"], [block[level]["context"] for block in item["paragraphs"]]) for item in data])
    rows = [
        _onestopqa_row(article, number, nth, question, level, spans)
        for article, item in zip(articles, data, strict=True)
        for number, block in enumerate(item["paragraphs"])
        for nth, (question, spans) in enumerate(zip(block["qas"], block[level]["a_spans"], strict=True))
    ]
    return articles, rows


def _onestopqa_row(
    article: _Article, paragraph: int, nth: int, question: Any, level: str, spans: Sequence[int]
) -> Gold:
    return Gold(
        id=f"{Path(article.file).stem}-p{paragraph + 1}-q{nth + 1}",
        question=question["question"],
        evidence=(tuple(_token_spans(article, paragraph, spans)),),
        tags=("onestopqa", level),
        split=split_of(article.title),
        notes=question["answers"][0],
    )


def _token_spans(article: _Article, paragraph: int, spans: Sequence[int]) -> Iterator[GoldSpan]:
    tokens = [match.span() for match in re.finditer(r"\S+", article.paragraphs[paragraph])]
    offset = article.starts[paragraph]
    for first, last in zip(spans[::2], spans[1::2], strict=True):
        if not 0 <= first <= last:
            raise ValueError(f"span [{first}, {last}] of {article.title!r}, paragraph {paragraph + 1}")
        yield article.span(offset + tokens[first][0], offset + tokens[last][1])


def _squad(data: Iterable[Any]) -> tuple[list[_Article], list[Gold]]:
    data = list(data)
    articles = _articles([(item["title"], [block["context"] for block in item["paragraphs"]]) for item in data])
    rows = [
        _squad_row(article, number, question)
        for article, item in zip(articles, data, strict=True)
        for number, block in enumerate(item["paragraphs"])
        for question in block["qas"]
    ]
    return articles, rows


def _squad_row(article: _Article, paragraph: int, question: Any) -> Gold:
    answerable = not question.get("is_impossible", False)
    aliases = tuple(dict.fromkeys(answer["text"] for answer in question["answers"])) if answerable else ()
    return Gold(
        id=question["id"],
        question=question["question"],
        answerable=answerable,
        unanswerable_reason=None if answerable else "absent",
        answers=(aliases,) if answerable else (),
        evidence=((_answer_span(article, paragraph, question["answers"][0]),),) if answerable else (),
        tags=("squad",),
        split=split_of(article.title),
    )


def _answer_span(article: _Article, paragraph: int, answer: Any) -> GoldSpan:
    start = article.starts[paragraph] + answer["answer_start"]
    span = article.span(start, start + len(answer["text"]))
    if span.quote != answer["text"]:
        raise ValueError(f"{answer['text']!r} does not stand at {answer['answer_start']} in {article.title!r}")
    return span


def _articles(contents: Iterable[tuple[str, list[str]]]) -> list[_Article]:
    taken: set[str] = set()
    articles = []
    for title, paragraphs in contents:
        file = _file_name(title, taken)
        taken.add(file)
        articles.append(_Article(file, title, tuple(paragraphs)))
    return articles


def _file_name(title: str, taken: set[str]) -> str:
    ascii_title = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_title.lower()).strip("-") or "article"
    number = 1
    while (name := f"{slug}.txt" if number == 1 else f"{slug}-{number}.txt") in taken:
        number += 1
    return name
