"""Questions about the collection itself: what are these articles about, which of them mention something?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.catalog import unpack
from index.embed import Vectors
from index.models import Span
from index.reader import ArticleEntry, Reader, Scope
from index.terms import terms

LISTED = 12  # articles in a list
_SAMPLE = 2_000  # articles among which the typical ones are sought

_ARTICLES = r"(?:articles?|stories|story|texts?|documents?|docs|files?|reports?|pieces|sources|collection|folder|archive|corpus)"
_ABOUT = re.compile(
    rf"^(?:(?:so|and|please)[, ]+)?(?:"
    rf"what(?:'s| is| are| do| does)?\b.{{0,40}}\b{_ARTICLES}\b.{{0,20}}\b(?:about|cover|deal with|contain|discuss|in common)\s*|"
    rf"what (?:topics|subjects|events).{{0,40}}\b{_ARTICLES}\b.{{0,30}}|"
    rf"what(?:'s| is) (?:this|in here|it all) about|"
    rf"(?:give me|write|show|provide)?\s*(?:an?|the)?\s*(?:overview|summary)\b(?: of)?.{{0,30}}\b{_ARTICLES}|"
    rf"summari[sz]e.{{0,30}}\b{_ARTICLES}|list\b.{{0,20}}\b{_ARTICLES}"
    rf")[\s?.!]*$",
    re.IGNORECASE,
)
_MENTION = re.compile(
    rf"^(?:(?:so|and|please)[, ]+)?(?:which|what|how many|list|show(?: me)?|find(?: me)?|name)\b(?:\s+(?:all|of|the|these|every|"
    rf"other|are))*\s+{_ARTICLES}\b\s*(?:(?:that|which|do|does|there|is|are)\s+)*"
    rf"(?:mention(?:s|ed|ing)?|discuss(?:es|ed|ing)?|cover(?:s|ed|ing)?|talk(?:s|ed|ing)? about|refer(?:s|red|ring)? to|"
    rf"writ(?:es?|ing|ten) about|report(?:s|ed|ing)? on|nam(?:es?|ed|ing)|cit(?:es?|ed|ing)|quot(?:es?|ed|ing)|"
    rf"contain(?:s|ed|ing)?|deal(?:s|ing)? with|about|on)\s+(?P<topic>.+?)[\s?.!]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Listed:
    """An article of a list with the sentence that stands for it."""

    entry: ArticleEntry
    span: Span
    text: str


@dataclass(frozen=True)
class Overview:
    """A list of articles: those shown, and of how many."""

    listed: tuple[Listed, ...]
    matching: int
    total: int
    topic: str | None  # what they mention; None for a list of what there is

    @property
    def note(self) -> str:
        """What the list is, in one sentence."""
        if self.topic is None:
            of = f"{self.total} articles" if self.total != 1 else "1 article"
            kind = "" if len(self.listed) == self.total else f", {len(self.listed)} typical ones shown"
            return f"There {'is' if self.total == 1 else 'are'} {of}{kind}; each is shown with its opening sentence."
        shown = "" if len(self.listed) == self.matching else f"; the first {len(self.listed)} are shown"
        return f"{self.matching} of {self.total} articles mention “{self.topic}”{shown}."


def topic_of(question: str) -> str | None:
    """What `Which articles mention X?` asks for, "" for a question about all of them, None for any other question."""
    text = " ".join(question.split())
    if match := _MENTION.match(text):
        topic = match["topic"].strip("\"'“”‘’ ")
        return topic if terms(topic) else None
    return "" if _ABOUT.match(text) else None


def overview(topic: str, reader: Reader, scope: Scope | None) -> Overview:
    """The articles that mention every word of `topic`, by name; or, for "", those most typical of all there are."""
    entries = list({entry.content: entry for entry in reversed(scope.entries if scope else reader.entries())}.values())[::-1]
    if not topic:
        return Overview(tuple(_typical(entries, reader)), len(entries), len(entries), None)
    mentions = reader.mentions(terms(topic), None if scope is None else scope.contents)
    named = [entry for entry in entries if entry.content in mentions]
    listed = [_listed(entry, mentions[entry.content], reader) for entry in named[:LISTED]]
    return Overview(tuple(listed), len(named), len(entries), topic)


def _typical(entries: Sequence[ArticleEntry], reader: Reader) -> list[Listed]:
    """Opening sentences that cover the whole best: greedy facility location over their cosines."""
    step = max(1, len(entries) // _SAMPLE)
    leads = reader.leads([entry.content for entry in entries[::step]])
    known = [entry for entry in entries[::step] if entry.content in leads]
    if len(known) > LISTED:
        vectors = unpack(b"".join(leads[entry.content][1] for entry in known), len(known))
        known = [known[i] for i in sorted(_representatives(vectors, LISTED))]
    return [_listed(entry, leads[entry.content][0], reader) for entry in known]


def _representatives(vectors: Vectors, count: int) -> list[int]:
    cosines = vectors @ vectors.T
    covered = np.full(len(vectors), -1.0, dtype=np.float32)
    chosen: list[int] = []
    for _ in range(count):
        gains = np.maximum(cosines, covered).sum(axis=1)
        gains[chosen] = -np.inf
        chosen.append(int(gains.argmax()))
        covered = np.maximum(covered, cosines[chosen[-1]])
    return chosen


def _listed(entry: ArticleEntry, span: Span, reader: Reader) -> Listed:
    return Listed(entry, span, reader.article(entry.file).text[span.start : span.end])
