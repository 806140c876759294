"""What the chat does: the handlers behind the page. No layout here, and no components."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from index.errors import BylineError, InputError
from index.models import Span
from qa import Assistant
from qa.examples import examples
from qa.llm.choose import Chosen
from qa.llm.failures import ModelError
from qa.models import Answer, Citation
from qa.models import count as counted
from ui import feedback, shelf, sources, turns
from ui.background import Indexing
from ui.conversation import Conversation, Filters, Turn, Verdict, history, new_id, put, stopped
from ui.markup import tag, text
from ui.serve import is_loopback
from ui.sessions import Sessions
from ui.uploads import Taken, Uploads

_LOG = logging.getLogger(__name__)
_EVERY = 0.3  # seconds between two looks at a build
_FORGOTTEN = "The chat has been started anew since, or has forgotten this answer: ask again."
_CLOSE = tag("div", text("button", "Close", type="button", data_close="", class_="close"))


@dataclass(frozen=True, slots=True)
class Shown:
    """What a step of an answer shows: the turns that change, and the side panel where it does."""

    turns: str
    panel: str | None
    is_open: bool  # more is to come


def answered_by(llm: Chosen) -> str:
    """Which model answers, and where questions and evidence go, in a few words."""
    if llm.model is None:
        return "answers are quotations · nothing leaves this machine"
    host = urlsplit(llm.server).hostname or ""
    if host and not is_loopback(host):
        return f"questions and evidence go to {host}"
    here = llm.file or host
    return f"answered with {llm.name}" + (", on this machine · nothing leaves it" if here else "")


class Chat:
    """One chat over one store, for any number of people."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        reader = assistant.reader
        self.uploads = Uploads(reader.folder, reader.store)
        self.indexing = Indexing(reader, assistant.settings, self._find_examples)
        self.sessions = Sessions()
        self._shown = count()
        self._examples: list[str] = []
        self._running: dict[str, object] = {}  # turn -> token of the handler that is answering it
        # One search after the other, in the order of asking: many at once fight over Python's interpreter lock, and
        # everybody waits as long as the last (`byline eval crowd`).
        self._searcher = ThreadPoolExecutor(1, "byline-search")

    def prepare(self) -> None:
        """Load the model and find example questions, so that the first question is answered as fast as the next."""
        assert self.assistant.reader.embedder.dimension  # loads the model
        self._find_examples()

    def load_model(self) -> threading.Thread:
        """Load the language model in the background. A question that comes before waits for it.

        What goes wrong is logged: the questions are then answered with quotations, and say why.
        """
        thread = threading.Thread(target=self._load_model, name="byline-model", daemon=True)
        thread.start()
        return thread

    def _load_model(self) -> None:
        try:
            self.assistant.warm()
        except ModelError as error:
            _LOG.warning("Answers are quoted: %s", error)
        except Exception:
            _LOG.exception("loading the language model broke")

    def _find_examples(self) -> None:
        self._examples = examples(self.assistant)

    # -- asking

    def welcome(self) -> str:
        """What is seen before the first question."""
        return turns.welcome(self._examples, self.where())

    def about(self) -> str:
        """What is asked and where the text goes, in a line."""
        return f"{self.assistant.reader.folder.name} · {answered_by(self.assistant.llm)}"

    def where(self) -> str:
        """What is asked, in a sentence."""
        files, where = self.assistant.reader.files(), f"in the folder “{self.assistant.reader.folder.name}”"
        return f"{counted(files, 'article')} {where}." if files else f"There are no articles {where} yet."

    def ask(self, session: str, question: str, filters: Filters, again: Turn | None = None) -> Iterator[Shown]:
        """Answer a question, step by step: evidence, each sentence, the whole. What goes wrong is said in its place.

        A question that is still being answered is stopped. `again` is a turn whose place this one takes.
        """
        ended = self._stop(session)
        before = [turn for turn in self.sessions.get(session) if not again or turn.id != again.id]
        place = (again.id, again.attempt + 1) if again else (new_id(), 1)
        turn = Turn(question.strip(), history(before), filters, *place)
        token = self._running[turn.id] = object()
        self.sessions.put(session, turn)
        try:
            yield self._step(turn, ended)
            for step in self._events(turn):
                self.sessions.update(session, partial(self._unless_stopped, step, token))
                if self._running.get(turn.id) is not token:
                    return
                yield self._step(step, ended)
        finally:
            if self._running.get(turn.id) is token:
                del self._running[turn.id]

    def _unless_stopped(self, turn: Turn, token: object, now: Conversation) -> Conversation:
        return put(now, turn) if self._running.get(turn.id) is token else now

    def _step(self, turn: Turn, ended: Sequence[Turn]) -> Shown:
        """A turn as far as it is, and those that it has `ended`."""
        on_its_way = turn.is_open and bool(turn.said)  # sentences on their way change nothing in the panel
        panel = None if on_its_way else self.panel(sources.sources(turn, self._stale(turn)))
        return Shown(turns.turns((*ended, turn)), panel, turn.is_open)

    def ask_again(self, session: str, filters: Filters) -> Iterator[Shown]:
        """Answer the last question anew, in its place."""
        conversation = self.sessions.get(session)
        if conversation:
            yield from self.ask(session, conversation[-1].question, filters, again=conversation[-1])

    def _events(self, turn: Turn) -> Iterator[Turn]:
        """The turn after each event, or after what went wrong. Ends early for a turn that was stopped."""
        limits, token = turn.filters, self._running.get(turn.id)
        try:
            events = self.assistant.stream(
                turn.question, history=turn.history, since=limits.since, until=limits.until, files=limits.files
            )
            first = self._searcher.submit(lambda: next(events) if self._running.get(turn.id) is token else None)
            if (event := first.result()) is None:
                return
            turn = turn.after(event)
            yield turn
            for event in events:
                turn = turn.after(event)
                yield turn
        except BylineError as error:
            yield replace(turn, problem=str(error))
        except Exception as error:  # the border to the browser: say it there, and leave the details in the log
            _LOG.exception("the question %r broke", turn.question)
            yield replace(turn, problem=f"Something broke: {type(error).__name__}: {error}")

    def stop(self, session: str) -> str:
        """End what is still open. What is on its way to it is not shown when it arrives."""
        return turns.turns(self._stop(session))

    def _stop(self, session: str) -> list[Turn]:
        ended = {turn.id for turn in self.sessions.get(session) if turn.is_open}
        for turn_id in ended:
            self._running.pop(turn_id, None)
        return [turn for turn in self.sessions.update(session, stopped) if turn.id in ended]

    def clear(self, session: str) -> str:
        """Forget the conversation. Returns what is seen before the first question."""
        self._stop(session)
        self.sessions.update(session, lambda _: ())
        return turns.welcome(self._examples, self.where(), clear=True)

    @property
    def verdicts(self) -> Path:
        """The file that verdicts are saved to."""
        return self.assistant.reader.store / feedback.FILE

    def judge(self, session: str, turn_id: str, good: bool) -> Turn:
        """Save a verdict on an answer; a note that there is stays. Raises `InputError` where that cannot be done."""
        turn = self._answered(session, turn_id)
        return self._save(session, replace(turn, verdict=Verdict(good, turn.verdict.note if turn.verdict else "")))

    def note(self, session: str, turn_id: str, note: str) -> Turn:
        """Save a note to the verdict on an answer. Raises `InputError` where that cannot be done."""
        turn = self._answered(session, turn_id)
        if turn.verdict is None:
            raise InputError("Say first whether the answer is good or bad.")
        return self._save(session, replace(turn, verdict=replace(turn.verdict, note=note)))

    def _answered(self, session: str, turn_id: str) -> Turn:
        turn = self.sessions.turn(session, turn_id)
        if turn is None or turn.answer is None:
            raise InputError(_FORGOTTEN)
        return turn

    def _save(self, session: str, turn: Turn) -> Turn:
        feedback.save(turn, self.assistant.reader.store)
        self.sessions.put(session, turn)
        return turn

    def turn(self, turn: Turn) -> str:
        """One turn as it is shown."""
        return turns.turns([turn])

    # -- reading

    def panel(self, content: str) -> str:
        """Content for a side panel. No two are equal, so that the browser scrolls each time."""
        return tag("div", _CLOSE + content, data_shown=next(self._shown))

    def no_sources(self) -> str:
        """The side panel before there is anything in it."""
        return self.panel(sources.NOTHING)

    def no_article(self) -> str:
        """The side panel of the library before an article is opened."""
        empty = text("p", "An article that you open is shown here.")
        return self.panel(tag("section", empty, class_="empty", aria_label="Article"))

    def source(self, session: str, turn_id: str, marker: int) -> str:
        """The sources of an answer, at one of them."""
        turn = self.sessions.turn(session, turn_id)
        return self.panel(sources.sources(turn, self._stale(turn), marker) if turn else sources.gone(_FORGOTTEN, ""))

    def cited(self, session: str, turn_id: str, marker: int, at: int | None) -> str:
        """The article behind a marker, at the quotation or, further on in a long one, at an offset."""
        turn = self.sessions.turn(session, turn_id)
        answer = turn.answer if turn else None
        chosen = next((c for c in answer.citations if c.marker == marker), None) if answer else None
        if answer is None or chosen is None:
            return self.panel(sources.gone(_FORGOTTEN, ""))
        here = [c for c in answer.citations if c.file == chosen.file]
        part = sources.Part("article", {"turn": turn_id, "marker": marker}, at)
        return self._article(chosen.file, here, chosen, part, sources.back_to_sources(turn_id, marker))

    def article(self, file: str, at: int | None) -> str:
        """An article of the library; of a long one the part that begins at an offset."""
        return self._article(file, (), None, sources.Part("read", {"file": file}, at), "")

    def _article(
        self, file: str, cited: Sequence[Citation], chosen: Citation | None, part: sources.Part, back: str
    ) -> str:
        try:
            article, note = self.assistant.article(file), self.assistant.stale(file)
        except BylineError as error:
            return self.panel(sources.gone(str(error), back))
        there = [c for c in cited if article.text[c.start : c.end] == c.quote]
        if len(there) < len(cited):
            note = "The article was indexed again since the question was answered: not all quotations are still in it."
        spans = {c.marker: Span(c.start, c.end) for c in there}
        focus = spans.get(chosen.marker) if chosen else None
        return self.panel(sources.article(article, list(spans.values()), focus, note, part, back))

    def _stale(self, turn: Turn) -> dict[str, str]:
        files = {citation.file for citation in turn.answer.citations} if turn.answer else set()
        notes = {file: self._note(file) for file in files}
        return {file: note for file, note in notes.items() if note}

    def _note(self, file: str) -> str | None:
        try:
            return self.assistant.stale(file)
        except BylineError as error:  # the answer is there; that its file cannot be looked at is worth a word beside it
            return str(error)

    # -- the library

    def shelf(self, words: str, page: int) -> str:
        """A page of the list of articles."""
        listing = shelf.listing(self.assistant.reader.entries(), words, page, self.uploads.files())
        return tag("div", listing, class_="shelf")

    def status(self) -> str:
        """How a build is going, how the last one ended, or what is not in the index."""
        state = self.indexing.state
        if state.running:
            shown = shelf.progress(state.step)
        elif state.problem:
            shown = shelf.problem(state.problem)
        elif state.report:
            shown = shelf.report(state.report, self.uploads.files())
        else:
            shown = shelf.skipped(self.assistant.reader.skipped(), self.uploads.files())
        return tag("div", shown, class_="shelf")

    async def watch(self) -> AsyncIterator[str]:
        """The status until no build is running."""
        while self.indexing.state.running:
            yield await asyncio.to_thread(self.status)  # it reads the catalog, and must not hold up other people
            await asyncio.sleep(_EVERY)
        yield await asyncio.to_thread(self.status)

    def take(self, files: Sequence[Path]) -> list[Taken]:
        """Take uploads into the folder, and index them. Returns those that were not taken, with the reason."""
        taken = [self.uploads.take(path, path.name) for path in files]
        for path in files:
            path.unlink(missing_ok=True)  # the copy that came over the network
        if any(upload.reason is None for upload in taken):
            self.indexing.start()
        return [upload for upload in taken if upload.reason]

    def remove(self, file: str) -> Path:
        """Move an uploaded file into the trash, and index. Returns where it is now; raises `InputError`."""
        trash = self.uploads.remove(file)
        self.indexing.start()
        return trash

    # -- for programs

    def answer(
        self,
        question: str,
        history: Sequence[Sequence[str]],
        since: str | None,
        until: str | None,
        files: Sequence[str],
    ) -> dict[str, Any]:
        """`Answer.to_dict()`. Raises `BylineError` for what cannot be asked or read."""
        pairs: list[Any] = [tuple(pair) if isinstance(pair, list) else pair for pair in history]
        events = self.assistant.stream(question, history=pairs, since=since, until=until, files=files)
        event = self._searcher.submit(next, events).result()
        for event in events:  # noqa: B007 the last one counts
            pass
        assert isinstance(event, Answer)  # always the last event
        return event.to_dict()
