"""Sources and articles -> HTML of the side panel. Pure, but for what became of a file, which is handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.models import Article, Span
from qa.models import Answer, Citation, Hit, count, name_some
from ui.conversation import Turn
from ui.markup import button, esc, join, tag, text
from ui.turns import SUPPORT

_WINDOW = 150_000  # characters of an article shown at once, around what is highlighted: a browser has to lay them out
_AROUND = 600  # characters of a passage shown before and after a quotation
_SNIPPET = 300  # characters of a passage that was found


@dataclass(frozen=True, slots=True)
class Part:
    """How to come to another part of a long article: the event with its data, and the offset that is shown now."""

    event: str
    data: Mapping[str, object]
    at: int | None = None


Stale = Mapping[str, str]  # file -> what became of it since it was indexed

NOTHING = tag("section", text("p", "The sources of an answer appear here."), class_="empty", aria_label="Sources")


def found(hits: Sequence[Hit]) -> str:
    """The passages that were found, while the answer is on its way."""
    items = join(
        tag("li", text("cite", hit.title or hit.file) + text("p", _cut(hit.text, _SNIPPET), dir="auto")) for hit in hits
    )
    return tag("section", text("h2", "Passages found") + tag("ol", items), class_="found", aria_label="Passages found")


def sources(turn: Turn, stale: Stale, marker: int | None = None) -> str:
    """A card for each source of a turn's answer; that of `marker` is the one that is looked at."""
    answer = turn.answer
    if answer is None:
        return found(turn.hits) if turn.hits else NOTHING
    if not answer.citations:
        return tag(
            "section",
            text("p", "This question has no answer in the articles, so there are no sources."),
            class_="empty",
            aria_label="Sources",
        )
    cards = join(_card(turn.id, answer, citation, stale, citation.marker == marker) for citation in answer.citations)
    heading = text("h2", "Sources") + text("p", f"of the answer to “{answer.question}”", class_="of", dir="auto")
    return tag("section", heading + cards, class_="sources", aria_label="Sources")


def _card(turn: str, answer: Answer, citation: Citation, stale: Stale, current: bool) -> str:
    name = citation.title or citation.file
    head = tag("h3", text("span", f"[{citation.marker}]", class_="number") + " " + text("span", name, dir="auto"))
    warning = text("p", stale[citation.file], class_="stale") if citation.file in stale else ""
    opening = text(
        "button", "Open the article", type="button", data_event="article", data_turn=turn,
        data_marker=citation.marker, data_at="", aria_label=f"Open the article {name} at this sentence",
    )  # fmt: skip
    return tag(
        "article",
        head
        + _where(citation)
        + warning
        + _in_its_passage(answer, citation)
        + _support(answer, citation)
        + _also(citation)
        + opening,
        id=f"source-{citation.marker}",
        class_="card current" if current else "card",
        aria_current="true" if current else None,
        data_focus=current,
        tabindex="-1",
    )


def _where(citation: Citation) -> str:
    place = f"page {citation.page}" if citation.page else f"line {citation.line}"
    parts = [text("span", citation.file, class_="file"), esc(place)]
    if citation.published:
        parts.append(text("time", citation.published, datetime=citation.published))
    parts += [esc(f"“{words}” is {date}") for words, date in citation.dates]
    return tag("p", " · ".join(parts), class_="where")


def _in_its_passage(answer: Answer, citation: Citation) -> str:
    """The quotation, marked, with what the passage that was found says around it."""
    before = after = ""
    for hit in answer.hits:
        start, end = citation.start - hit.start, citation.end - hit.start
        if hit.file == citation.file and start >= 0 and hit.text[start:end] == citation.quote:
            before, after = hit.text[:start], hit.text[end:]
            break
    quote = text("mark", citation.quote)
    shown = esc(_cut(before, _AROUND, end=True)) + quote + esc(_cut(after, _AROUND))
    return tag("blockquote", shown, dir="auto")


def _support(answer: Answer, citation: Citation) -> str:
    kinds = {s.support for s in answer.statements if citation.marker in s.citations}
    return join(text("p", SUPPORT[kind][1], class_=f"how {kind}") for kind in sorted(kinds))


def _also(citation: Citation) -> str:
    also, confirming = citation.elsewhere, [place.file for place in citation.confirmed_by]
    lines = [f"Also in {count(len(also), 'file')}: {name_some(also)}"] if also else []
    if confirming:
        lines.append(f"Said independently in {count(len(confirming), 'more file')}: {name_some(confirming)}")
    return join(text("p", line, class_="also") for line in lines)


def article(entry: Article, marks: Sequence[Span], focus: Span | None, note: str | None, part: Part, back: str) -> str:
    """An article with `marks` highlighted, to be scrolled to `focus`; `back` is the button that leaves it."""
    about = [text("span", entry.file, class_="file")]
    if entry.published:
        about.append(text("time", entry.published, datetime=entry.published))
    if entry.author:
        about.append(esc(entry.author))
    head = text("h2", entry.title or entry.file, dir="auto") + tag("p", " · ".join(about), class_="where")
    stale = text("p", note, class_="stale") if note else ""
    body = _body(entry.text, marks, focus, part)
    return tag("section", back + head + stale + body, class_="reader", aria_label="Article")


def _body(words: str, marks: Sequence[Span], focus: Span | None, part: Part) -> str:
    start, end = _window(len(words), focus, part.at)
    edges = [Span(start, start), *_apart(marks, focus, start, end), Span(end, end)]
    pieces = [esc(words[a.end : b.start]) + _mark(words, b, b == focus) for a, b in pairwise(edges)]
    shown = tag("div", join(pieces), class_="text", dir="auto")
    if (start, end) == (0, len(words)):
        return shown
    earlier = button("← Earlier part", part.event, **part.data, at=max(0, start - _WINDOW)) if start else ""
    later = button("Later part →", part.event, **part.data, at=end) if end < len(words) else ""
    where = text("span", f"Characters {start:,} to {end:,} of {len(words):,} ", class_="part")
    return tag("nav", where + earlier + later, aria_label="Parts of the article") + shown + tag("nav", later)


def _apart(marks: Sequence[Span], focus: Span | None, start: int, end: int) -> list[Span]:
    """The marks between `start` and `end`, by place; of those that overlap, the focus or else the first."""
    kept: list[Span] = []
    for mark in sorted(marks, key=lambda mark: (mark != focus, mark.start)):
        inside = start <= mark.start and mark.end <= end
        if inside and all(mark.end <= other.start or other.end <= mark.start for other in kept):
            kept.append(mark)
    return sorted(kept, key=lambda mark: mark.start)


def _mark(words: str, span: Span, focused: bool) -> str:
    if span.start == span.end:
        return ""
    return text("mark", words[span.start : span.end], data_focus=focused, tabindex="-1" if focused else None)


def _window(length: int, focus: Span | None, at: int | None) -> tuple[int, int]:
    """The part of a text of `length` that is shown: from `at` on, or else around the focus."""
    start = at if at is not None else (focus.start if focus else 0) - _WINDOW // 2
    start = max(0, min(start, length - _WINDOW))
    return start, min(length, start + _WINDOW)


def gone(message: str, back: str) -> str:
    """In place of an article that cannot be shown."""
    return tag(
        "section", back + text("p", message, class_="stale", role="alert"), class_="reader", aria_label="Article"
    )


def back_to_sources(turn: str, marker: int) -> str:
    """The button from an article to the card that it was opened from."""
    return button("← Sources", "source", turn=turn, marker=marker)


def _cut(words: str, length: int, end: bool = False) -> str:
    """About `length` characters of `words` at most, from its beginning or its end, cut between words."""
    if len(words) <= length:
        return words
    if end:
        return "… " + words[-length:].partition(" ")[2]
    return words[:length].rpartition(" ")[0] + " …"
