"""Questions about the collection itself: what are these articles about, which of them mention something?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from index.catalog import unpack
from index.embed import Vectors
from index.models import Span
from index.normal import same_words
from index.reader import Reader
from index.stored import ArticleEntry, Scope
from index.terms import terms

_T = TypeVar("_T")

LISTED = 12  # articles in a list
_SAMPLE = 2_000  # articles among which the typical ones are sought

_OR = re.compile(r"\bor\b", re.IGNORECASE)
_PLEASE = r"(?:(?:so|and|ok|please|(?:can|could) you|tell me|then)\b[, ]*)*"
_OURS = r"(?:(?:the|these|this|those|all|of|my|our|your|any|every|each|indexed|news)\s+)*"
_HERE = r"(?:\s+(?:here|there|(?:in|of) (?:the|this|my|our|your) (?:folder|collection|index|archive|corpus|store)))?"
_ARTICLE = r"(?:articles?|texts?|news stor(?:y|ies))"
_OTHERS = r"(?:documents|docs|files|reports|stories|pieces|sources)"  # an article may speak of such things, too
_THIS = r"(?:this|these|my|our|your)\s+(?:document|file|report|story|piece|collection|folder|archive|corpus)"
_ALL = rf"(?:{_OURS}(?:{_ARTICLE}|{_OTHERS})|{_THIS}){_HERE}"
_COVER = r"(?:cover|deal with|contain|discuss|report|say|talk about|tell (?:me|us)|have in common)"
_TOPICS = r"(?:(?:the|main|most important)\s+)*(?:topics?|subjects?|themes?|events?)"
_ABOUT = re.compile(
    rf"^{_PLEASE}(?:"
    rf"what(?:[’']s| is| are) {_ALL} (?:\w+ly |all )?about|what {_ALL} (?:is|are) (?:\w+ly |all )?about|"
    rf"what do(?:es)? {_ALL} (?:all )?{_COVER}|what(?:[’']s| is) (?:this|all this|it|it all) (?:all )?about|"
    rf"what(?:[’']s| is) in (?:here|{_ALL})|"
    rf"(?:what|which) {_TOPICS} (?:do(?:es)? |are |is )?{_ALL} (?:{_COVER}|about)|"
    rf"(?:what|which) {_TOPICS} are (?:covered|discussed|there) (?:by|in) {_ALL}|"
    rf"what(?:[’']s| is| are) {_TOPICS} (?:covered |discussed )?(?:of|in|by) {_ALL}|"
    rf"(?:(?:give|write|show|make|provide)(?: me| us)? )?(?:an? |the )?(?:\w+ )?(?:overview|summary|outline) of {_ALL}|"
    rf"(?:summari[sz]e|list|show(?: me)?|name) {_ALL}|"
    rf"(?:which|what|how many) {_ALL} (?:are|do you|have you)(?: there| here| indexed| have| know| got| read)*{_HERE}"
    rf")[\s?.!]*$",
    re.IGNORECASE,
)
_SAYING = (
    r"(?:mention(?:s|ed|ing)?|discuss(?:es|ed|ing)?|cover(?:s|ed|ing)?|talk(?:s|ed|ing)? about|refer(?:s|red|ring)? to)"
)
_WRITING = (
    r"(?:writ(?:es?|ing)|wrote|written|report(?:s|ed|ing)?|speak(?:s|ing)?) (?:about|on|of)|nam(?:es?|ed|ing)|"
    r"cit(?:es?|ed|ing)|quot(?:es?|ed|ing)|contain(?:s|ed|ing)?|deal(?:s|t|ing)? with|(?:is|are) about"
)
_WHICH = rf"(?:which|what|how many|do(?:es)?|(?:are|is) there|list|show(?: me)?|find(?: me)?|give(?: me)?|name) {_OURS}"
_MENTION = re.compile(
    rf"^{_PLEASE}(?:{_WHICH}(?:{_ARTICLE}{_HERE} (?:(?:that|which|do|does) )*(?:{_SAYING}|{_WRITING})|"
    rf"{_OTHERS}{_HERE} (?:(?:that|which|do|does) )*{_SAYING})|"
    rf"(?:list|show(?: me)?|find(?: me)?|give me) {_OURS}{_ARTICLE} (?:about|on)|"
    rf"(?:(?:which|what|how many) {_ARTICLE} are there|(?:is|are) there {_OURS}{_ARTICLE}) (?:about|on)"
    rf") (?P<topic>.+?)[\s?.!]*$",
    re.IGNORECASE,
)
_MENTIONED = re.compile(
    rf"^{_PLEASE}(?:in )?(?:which|what|how many) {_OURS}(?:{_ARTICLE}|{_OTHERS}) (?:is|are|was|were|do|does) "
    rf"(?P<topic>.+?) (?:mentioned|discussed|named|cited|quoted|covered|appear|occur)(?: in)?[\s?.!]*$",
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
    """A list of articles. A sentence that stands for several of them is listed once."""

    listed: tuple[Listed, ...]
    shown: int  # articles that the list stands for
    matching: int
    total: int
    topic: str  # what they mention; "" for a list of what there is

    @property
    def note(self) -> str:
        """What the list is, in one sentence."""
        some = self.shown < self.matching
        if not self.topic:
            of = f"{self.total} articles" if self.total != 1 else "1 article"
            typical = f", {self.shown} typical ones shown" if some else ""
            return f"There {'is' if self.total == 1 else 'are'} {of}{typical}; each is shown with its opening sentence."
        verb = "mentions" if self.matching == 1 else "mention"
        return f"{self.matching} of {self.total} articles {verb} “{self.topic}”" + (
            f"; the first {self.shown} are shown." if some else "."
        )


def topic_of(question: str) -> str | None:
    """What `Which articles mention X?` asks for, "" for a question about all of them, None for any other question."""
    text = " ".join(question.split())
    if _ABOUT.match(text):
        return ""
    if match := _MENTION.match(text) or _MENTIONED.match(text):
        topic = match["topic"].strip("\"'“”‘’ ")
        return topic if terms(topic) else None
    return None


def overview(topic: str, reader: Reader, scope: Scope | None) -> Overview:
    """The articles that mention every word of `topic`, by name; or, for "", those most typical of all there are.

    `this or that` is mentioned by an article that mentions either.
    """
    files = scope.entries if scope else reader.entries()
    mentioned = _mentioned(topic, reader)
    matching = [entry for entry in files if not topic or entry.content in mentioned]
    entries = _firsts(matching, lambda entry: entry.content)
    listed = _mentions(entries[:LISTED], mentioned, reader) if topic else _typical(entries, reader)
    contents = {item.entry.content for item in listed}
    once = tuple(_firsts(listed, lambda item: same_words(item.text)))
    return Overview(once, sum(e.content in contents for e in matching), len(matching), len(files), topic)


def _firsts(items: Iterable[_T], key: Callable[[_T], object]) -> list[_T]:
    """The first item of each key, in order."""
    firsts: dict[object, _T] = {}
    for item in items:
        firsts.setdefault(key(item), item)
    return list(firsts.values())


def _mentioned(topic: str, reader: Reader) -> dict[int, list[str]]:
    """The contents that mention the topic, each with the words that it is mentioned by."""
    mentioned: dict[int, list[str]] = {}
    for words in filter(None, map(terms, _OR.split(topic))):
        mentioned = dict.fromkeys(reader.mentioning(words), words) | mentioned
    return mentioned


def _mentions(entries: Iterable[ArticleEntry], mentioned: Mapping[int, list[str]], reader: Reader) -> list[Listed]:
    spans = ((entry, reader.mention(mentioned[entry.content], entry.content)) for entry in entries)
    return [_listed(entry, span, reader) for entry, span in spans if span]


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
