"""The pipeline: a question in, an Answer out."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import TracebackType
from typing import Literal, Self

from index.errors import InputError
from index.models import Article
from index.opening import readable
from index.reader import Reader
from index.settings import Settings
from index.stored import Scope
from index.terms import terms
from qa import refusal
from qa.cite import Quotation, cite, render
from qa.confidence import Confidence
from qa.followup import Turns, in_context, leans_back
from qa.gather import evidence, gather
from qa.llm.choose import Chosen, choose_model
from qa.models import Answer, Citation, Evidence, Hit, Statement
from qa.orders import is_hostile
from qa.overview import overview, topic_of
from qa.phrase import Phrased, harmless, phrase, quote
from qa.prompts import MOST_EVIDENCE
from qa.retrieval import CANDIDATES, analyse, hits, search
from qa.sides import sides
from qa.when import about_now, age, period, today
from qa.writer import Writer

HITS = 10
LONGEST_QUESTION = 2_000  # characters
NEWS_FOR = 14  # days after which an answer about how things are says how old it is

History = Sequence[tuple[str, str]]  # (question, answer text), oldest first
Event = Evidence | Statement | Answer


class Assistant:
    """Answers questions from one store. Models stay loaded; safe to share between threads; close it, or use `with`.

    `llm`: a name (see `Settings.llm`) or a LlamaIndex LLM; None for what the settings say.
    """

    def __init__(self, settings: Settings | None = None, llm: object = None) -> None:
        self.settings = settings or Settings.load()
        self.llm: Chosen = choose_model(self.settings, llm)
        self.reader = Reader(self.settings)
        model = self.llm.model
        self._writer = Writer(model, self.settings, self.reader.embedder) if model else None

    def ask(
        self,
        question: str,
        *,
        history: History = (),
        since: str | date | None = None,
        until: str | date | None = None,
        files: Sequence[str] = (),
    ) -> Answer:
        """The answer to `question`; see `qa.query` for the parameters."""
        for event in self.stream(question, history=history, since=since, until=until, files=files):
            answer = event
        assert isinstance(answer, Answer)  # always the last event
        return answer

    def stream(
        self,
        question: str,
        *,
        history: History = (),
        since: str | date | None = None,
        until: str | date | None = None,
        files: Sequence[str] = (),
    ) -> Iterator[Event]:
        """The same in steps: the evidence as soon as it is found, each statement, then the whole Answer."""
        with readable(self.reader.store):
            asked = self._asked(question, history, since, until, files)
            topic = topic_of(asked.text)
            yield from self._list(asked, topic) if topic is not None else self._answer(asked)

    def retrieve(
        self,
        question: str,
        k: int = HITS,
        *,
        since: str | date | None = None,
        until: str | date | None = None,
        files: Sequence[str] = (),
    ) -> list[Hit]:
        """The best `k` passages for a question, best first; see `qa.retrieve`."""
        if k < 1:
            raise InputError(f"k must be at least 1, not {k}.")
        with readable(self.reader.store):
            asked = self._asked(question, (), since, until, files)
            query = analyse(asked.text, self.reader)
            with self.reader.catalog.snapshot():
                found = search(query, self.reader, asked.scope, max(CANDIDATES, 4 * k))
                return hits(found, self.reader, asked.scope, k)

    def article(self, file: str) -> Article:
        """An article as it was indexed. Raises `InputError` when there is none of that name."""
        with readable(self.reader.store):
            return self.reader.article(file)

    def stale(self, file: str) -> str | None:
        """What the user should know of a file that has changed since it was indexed, or is gone; else None."""
        with readable(self.reader.store):
            change = self.reader.changed(file)
        return refusal.stale(file, change, self.reader.folder) if change else None

    def warm(self) -> None:
        """Load the language model, and try out what it can do, before the first question. Raises `ModelError`."""
        if self._writer:
            self._writer.warm()

    def close(self) -> None:
        """Release the store, and the connections to a server."""
        self.reader.close()
        self.llm.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answer(self, asked: _Asked) -> Iterator[Event]:
        if asked.search != asked.text:
            asked.notes.append(f"Searched for: {asked.search}")
        query = analyse(asked.search, self.reader, asked.text)
        asked.lap("embed")
        with self.reader.catalog.snapshot():
            told = gather(query, self.reader, asked.scope)
            asked.hits = tuple(hits(told.found, self.reader, asked.scope, HITS))
            asked.lap("search")
            reason = self._beside_the_point(asked, told.sure)
            most = MOST_EVIDENCE if self._writer else told.shown
            citations = [] if reason else evidence(told, self.reader, asked.scope, most)
            hostile = self._hostile(citations)
            asked.lap("cite")
        yield Evidence(asked.hits)
        if reason := reason or self._doubt(asked, told.sure, harmless(citations, hostile)):
            yield self._refused(asked, reason)
        elif not citations:
            yield self._refused(asked, refusal.CHANGED)
        else:
            phrased = yield from phrase(self._writer, asked.search, citations, told.shown, hostile)
            asked.lap("phrase")
            cited, conflicts = sides(told, phrased.citations, self.reader, asked.scope)
            asked.lap("compare")
            yield self._answered(asked, replace(phrased, citations=cited, conflicts=conflicts))

    def _hostile(self, citations: Sequence[Citation]) -> set[str]:
        """The cited files that hold orders to a language model, where there is one to obey them."""
        files = {citation.file for citation in citations} if self._writer else ()
        return {file for file in files if is_hostile(self.reader.article(file).text)}

    def _list(self, asked: _Asked, topic: str) -> Iterator[Event]:
        with self.reader.catalog.snapshot():
            listing = overview(topic, self.reader, asked.scope)
            asked.lap("search")
            openings = [Quotation(item.entry.content, item.span, item.text, 1.0) for item in listing.listed]
            citations = cite(openings, self.reader, asked.scope)
            asked.lap("cite")
        yield Evidence(asked.hits)
        if not listing.listed:
            yield self._refused(asked, refusal.no_mention(topic, listing.total, bool(self.reader.entries())))
        elif not citations:
            yield self._refused(asked, refusal.CHANGED)
        else:
            asked.notes.append(listing.note)
            phrased = quote(citations)
            yield from phrased.statements
            yield self._answered(asked, phrased, "\n")

    def _answered(self, asked: _Asked, phrased: Phrased, separator: str = " ") -> Answer:
        for file in dict.fromkeys(citation.file for citation in phrased.citations):
            if note := self.stale(file):
                asked.notes.append(note)
        if note := _old(asked.text, phrased.citations):
            asked.notes.append(note)
        return Answer(
            question=asked.text,
            text=render(phrased.statements, separator),
            answered=True,
            short=phrased.short,
            statements=phrased.statements,
            citations=phrased.citations,
            conflicts=phrased.conflicts,
            confidence=asked.confidence,
            hits=asked.hits,
            dropped=phrased.dropped,
            unknown_markers=phrased.unknown_markers,
            llm=phrased.llm,
            notes=(*asked.notes, *phrased.notes),
            timings=asked.timings,
        )

    def _beside_the_point(self, asked: _Asked, sure: Confidence) -> str | None:
        """Why nothing that was found is worth citing, if it is not."""
        if not self.reader.totals().sentences:
            return refusal.EMPTY_INDEX
        if asked.scope is not None and not asked.scope.entries:
            return refusal.EMPTY_SCOPE
        if not terms(asked.search):
            return refusal.NO_WORDS
        asked.confidence = round(sure.value, 4)
        return refusal.NOTHING_FOUND if sure.doubt(self.settings.risk) == "topic" else None

    def _doubt(self, asked: _Asked, sure: Confidence, usable: Sequence[Citation]) -> str | None:
        """Why what was found is no answer, if it is none; a language model may be asked about the best sentence."""
        if self._writer and usable:
            sure = self._writer.assured(sure, asked.search, usable[0].quote)
            asked.lap("doubt")
        asked.confidence = round(sure.value, 4)
        risk = self.settings.risk
        match sure.doubt(risk):
            case "premise":
                return refusal.FALSE_PREMISE
            case "answer":
                return refusal.unsure(sure.right, 1 - risk)
        return None

    def _asked(
        self, question: str, history: History, since: str | date | None, until: str | date | None, files: Sequence[str]
    ) -> _Asked:
        text = _clean("question", question)
        if isinstance(files, str) or not all(isinstance(pattern, str) for pattern in files):
            raise InputError(f'files is a list of patterns such as ["2024/*.txt"], not {files!r}.')
        scope = self.reader.scope(_day("since", since), _day("until", until), files)
        asked = _Asked(text, scope, self._search_text(text, _turns(history)))
        if scope is not None:
            asked.notes.append(refusal.searched(len(scope.entries), self.reader.files(), scope.undated))
        return asked

    def _search_text(self, question: str, history: Turns) -> str:
        """What is searched for: the question or, where it leans on those before it, one that stands alone."""
        if not history or not leans_back(question):
            return question
        alone = self._writer.rewritten(question, history) if self._writer else None
        return in_context(question, history, alone)

    def _refused(self, asked: _Asked, reason: str) -> Answer:
        if asked.scope is None:  # else the notes say already what was searched
            asked.notes.append(refusal.searched_all(self.reader.files()))
        return asked.refuse(reason)


@dataclass
class _Asked:
    """A question on its way."""

    text: str
    scope: Scope | None
    search: str  # what is searched for: the question, and those before it that it leans on
    hits: tuple[Hit, ...] = ()
    confidence: float | None = None
    notes: list[str] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)
    _since: float = field(default_factory=time.perf_counter)

    def lap(self, stage: str) -> None:
        """Note the milliseconds since the last stage ended."""
        now = time.perf_counter()
        self.timings[stage] = round((now - self._since) * 1000, 2)
        self._since = now

    def refuse(self, reason: str) -> Answer:
        """An answer that says that there is none, and why."""
        return Answer(
            question=self.text,
            text=refusal.TEXT,
            answered=False,
            reason=reason,
            confidence=self.confidence,
            hits=self.hits,
            nearest=self.hits[: refusal.NEAREST],
            notes=tuple(self.notes),
            timings=self.timings,
        )


def _old(question: str, citations: Sequence[Citation]) -> str | None:
    """How old the newest source is, for a question about how things are now."""
    dates = [date.fromisoformat(citation.published) for citation in citations if citation.published]
    if not dates or not about_now(question) or (today() - max(dates)).days < NEWS_FOR:
        return None
    return refusal.old(max(dates), age(max(dates), today()))


def _clean(name: str, question: str) -> str:
    """The question without white space around it."""
    if not isinstance(question, str):
        raise InputError(f"The {name} must be a string, not {question!r}.")
    text = _whole(question).strip()
    if not text:
        raise InputError(f"The {name} is empty.")
    if len(text) > LONGEST_QUESTION:
        raise InputError(f"The {name} has {len(text):,} characters; ask it in at most {LONGEST_QUESTION:,}.")
    return text


def _whole(text: str) -> str:
    """Half surrogate pairs, which no file can hold, become U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _turns(history: History) -> Turns:
    """The conversation so far, checked."""
    if isinstance(history, str) or any(isinstance(turn, str) or len(turn) != 2 for turn in history):
        raise InputError("history is a list of (question, answer text) pairs, oldest first.")
    if not all(isinstance(answer, str) for _, answer in history):
        raise InputError(
            "history is a list of (question, answer text) pairs; an answer that is not there is an empty one."
        )
    return [(_clean("question before it", earlier), _whole(answer)) for earlier, answer in history]


def _day(name: Literal["since", "until"], value: str | date | None) -> str | None:
    """A filter as an ISO date: the first day of what `since` says, the last one of what `until` says."""
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return value.isoformat()[:10]
    found = period(value, today()) if isinstance(value, str) else None
    if found is None:
        raise InputError(f"{name} must be a date such as 2024-06-20, May 2024 or last week of May, not {value!r}.")
    return (found.first if name == "since" else found.last).isoformat()
