"""Sentences -> statements and citations, at exact offsets and with every place that says the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from index.models import Article, Span
from index.normal import same_words, text_key
from index.reader import Reader
from index.stored import ArticleEntry, Scope
from qa.models import Citation, Dated, Place, Statement
from qa.when import resolved

Where = tuple[int, Span]  # a content, and a sentence of it


@dataclass(frozen=True)
class Quotation:
    """A sentence to be quoted: where it stands and how good it is, and other places, see `Citation`."""

    content: int
    span: Span
    text: str
    score: float
    copies: tuple[Where, ...] = ()
    confirming: tuple[Where, ...] = ()


def cite(quotations: Sequence[Quotation], reader: Reader, scope: Scope | None) -> list[Citation]:
    """One citation for each quotation, in order, numbered from 1.

    The file named is the first one, in scope, that holds the sentence; `also_in` lists every other place in the index.
    A quotation whose article a build has just changed or removed is left out.
    """
    return [citation for _, citation in located(quotations, reader, scope)]


def located(
    quotations: Sequence[Quotation], reader: Reader, scope: Scope | None
) -> Iterator[tuple[Quotation, Citation]]:
    """The same, each with the quotation that it is of."""
    keys = {quotation.text: text_key(quotation.text) for quotation in quotations}
    places = reader.saying(keys.values())
    contents = {q.content for q in quotations} | {content for found in places.values() for content, _ in found}
    contents |= {content for q in quotations for content, _ in (*q.copies, *q.confirming)}
    files = reader.files_of(contents)
    named = files if scope is None else scope.by_content
    marker = 0
    for quotation in quotations:
        if quotation.content not in named:
            continue
        entry = named[quotation.content][0]
        article = reader.article(entry.file)
        if article.text[quotation.span.start : quotation.span.end] != quotation.text:
            continue
        also = _elsewhere(quotation, places.get(keys[quotation.text], []), files, reader, entry.file)
        same = {content for content, _ in places.get(keys[quotation.text], [])}  # these are told by `also_in`
        near, confirming = (
            _places([where for where in found if where[0] not in same], named)
            for found in (quotation.copies, quotation.confirming)
        )
        marker += 1
        citation = _citation(marker, quotation, article, also)
        yield quotation, replace(citation, copies=near, confirmed_by=confirming)


def _places(found: Sequence[Where], named: Mapping[int, list[ArticleEntry]]) -> tuple[Place, ...]:
    """Each under the first name, in scope, of its article."""
    return tuple(Place(named[content][0].file, span.start, span.end) for content, span in found if content in named)


def quoted(citations: Sequence[Citation]) -> tuple[Statement, ...]:
    """A statement for each citation that says just its words."""
    return tuple(Statement(citation.quote, (citation.marker,), "quoted") for citation in citations)


def render(statements: Sequence[Statement], separator: str = " ") -> str:
    """The text of an answer: its statements, each followed by its markers."""
    return separator.join(f"{s.text} {s.markers}" for s in statements)


def _citation(marker: int, quotation: Quotation, article: Article, also: tuple[Place, ...]) -> Citation:
    start, end = quotation.span.start, quotation.span.end
    return Citation(
        marker=marker,
        file=article.file,
        start=start,
        end=end,
        quote=article.text[start:end],
        line=article.line_of(start),
        page=article.page_of(start),
        sha256=article.sha256,
        title=article.title,
        published=article.published,
        score=round(quotation.score, 6),
        also_in=also,
        dates=tuple(Dated(words, day) for words, day in resolved(quotation.text, article.published)),
    )


def _elsewhere(
    quotation: Quotation,
    found: Sequence[tuple[int, Span]],
    files: Mapping[int, list[ArticleEntry]],
    reader: Reader,
    cited: str,
) -> tuple[Place, ...]:
    words = same_words(quotation.text)
    places = []
    for content, span in found:
        entries = files.get(content)  # files of one content say the same: its text is looked at once
        if not entries or same_words(reader.article(entries[0].file).text[span.start : span.end]) != words:
            continue
        here = content == quotation.content and span.start == quotation.span.start
        places += [Place(e.file, span.start, span.end) for e in entries if not (here and e.file == cited)]
    return tuple(sorted(places))
