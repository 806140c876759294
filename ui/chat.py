"""What the chat does: the handlers behind the page. No layout here, and no components."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

from index.errors import BylineError, InputError
from index.models import Span
from qa import Assistant
from qa.examples import examples
from qa.models import Citation
from ui import feedback, shelf, sources, turns
from ui.background import Indexing
from ui.conversation import Conversation, Filters, Turn, Verdict, find, history, new_id, stopped
from ui.markup import count as counted
from ui.markup import tag, text
from ui.uploads import Taken, Uploads

_LOG = logging.getLogger(__name__)
_EVERY = 0.3  # seconds between two looks at a build
_CLOSE = tag("div", text("button", "Close", type="button", data_close="", class_="close"))


@dataclass(frozen=True, slots=True)
class Shown:
    """What a step of an answer shows: the turns that change, the side panel, and the conversation behind them."""

    turns: str
    panel: str
    conversation: Conversation


class Chat:
    """One chat over one store: any number of conversations, which their browsers' sessions keep."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        reader = assistant.reader
        self.uploads = Uploads(reader.folder, reader.store)
        self.indexing = Indexing(reader.folder, assistant.settings, reader.embedder)
        self._shown = count()
        self._examples: list[str] = []
        self._running: dict[str, object] = {}  # turn -> token of the handler that is answering it
        # One search after the other, in the order of asking: many at once fight over Python's interpreter lock, and the
        # typical wait for evidence doubles (byline eval crowd).
        self._searcher = ThreadPoolExecutor(1, "byline-search")

    def prepare(self) -> None:
        """Load the model and find example questions, so that the first question is answered as fast as the next."""
        assert self.assistant.reader.embedder.dimension  # loads the model
        self._examples = examples(self.assistant)

    # -- asking

    def welcome(self) -> str:
        """What is seen before the first question."""
        return turns.welcome(self._examples, self.where())

    def about(self) -> str:
        """What is asked and where the text goes, in a line."""
        return f"{self.assistant.reader.folder.name} · answers are quotations · nothing leaves this machine"

    def where(self) -> str:
        """What is asked, in a sentence."""
        files, where = self.assistant.reader.files(), f"in the folder “{self.assistant.reader.folder.name}”"
        return f"{counted(files, 'article')} {where}." if files else f"There are no articles {where} yet."

    def ask(self, question: str, before: Conversation, filters: Filters, again: str | None = None) -> Iterator[Shown]:
        """Answer a question, step by step: evidence, each sentence, the whole. What goes wrong is said in its place.

        A question that is still being answered is stopped. `again` is the id of a turn whose place this one takes.
        """
        open_before = {turn.id for turn in before if turn.is_open}
        before = self.stop(before)
        ended = [turn for turn in before if turn.id in open_before]
        turn = Turn(question.strip(), history(before), filters, again or new_id())
        token = self._running[turn.id] = object()
        panel = self.panel(sources.NOTHING)
        try:
            yield Shown(turns.turns((*ended, turn)), panel, (*before, turn))
            for step in self._events(turn):
                if self._running.get(turn.id) is not token:
                    return
                if step.answer or not step.said:  # sentences on their way change nothing there
                    panel = self.panel(sources.sources(step, self._stale(step)))
                yield Shown(turns.turns((*ended, step)), panel, (*before, step))
        finally:
            if self._running.get(turn.id) is token:
                del self._running[turn.id]

    def _events(self, turn: Turn) -> Iterator[Turn]:
        """The turn after each event, or after what went wrong."""
        limits = turn.filters
        try:
            events = self.assistant.stream(
                turn.question, history=turn.history, since=limits.since, until=limits.until, files=limits.files
            )
            turn = turn.after(self._searcher.submit(next, events).result())
            yield turn
            for event in events:
                turn = turn.after(event)
                yield turn
        except BylineError as error:
            yield replace(turn, problem=str(error))
        except Exception as error:  # the border to the browser: say it there, and leave the details in the log
            _LOG.exception("the question %r broke", turn.question)
            yield replace(turn, problem=f"Something broke: {type(error).__name__}: {error}")

    def stop(self, conversation: Conversation) -> Conversation:
        """End what is still open. What is on its way to it is not shown when it arrives."""
        for turn in conversation:
            if turn.is_open:
                self._running.pop(turn.id, None)
        return stopped(conversation)

    def judge(self, conversation: Conversation, turn_id: str, good: bool | None, note: str) -> tuple[Turn, Path]:
        """Save a verdict on an answer, or a note to the one there is. Returns the turn, and where it is saved.

        `good` is None for a note. Raises `InputError` where the file of verdicts cannot be used.
        """
        turn = find(conversation, turn_id)
        if turn is None or turn.answer is None:
            raise InputError("That answer is not in this conversation any more.")
        said = turn.verdict or Verdict(True)
        verdict = replace(said, note=note) if good is None else Verdict(good, said.note)
        turn = replace(turn, verdict=verdict)
        return turn, feedback.save(turn, self.assistant.reader.store)

    # -- reading

    def panel(self, content: str) -> str:
        """Content for a side panel. No two are equal, so that the browser scrolls each time."""
        return tag("div", _CLOSE + content, data_shown=next(self._shown))

    def source(self, conversation: Conversation, turn_id: str, marker: int) -> str:
        """The sources of an answer, at one of them."""
        turn = find(conversation, turn_id)
        return self.panel(sources.sources(turn, self._stale(turn), marker) if turn else sources.NOTHING)

    def cited(self, conversation: Conversation, turn_id: str, marker: int) -> str:
        """The article behind a marker, at the quotation."""
        turn = find(conversation, turn_id)
        answer = turn.answer if turn else None
        chosen = next((c for c in answer.citations if c.marker == marker), None) if answer else None
        if answer is None or chosen is None:
            return self.panel(sources.NOTHING)
        here = [c for c in answer.citations if c.file == chosen.file]
        return self._article(chosen.file, here, chosen, sources.back_to_sources(turn_id, marker))

    def article(self, file: str) -> str:
        """An article of the library."""
        return self._article(file, (), None, "")

    def _article(self, file: str, cited: Sequence[Citation], at: Citation | None, back: str) -> str:
        try:
            article, note = self.assistant.article(file), self.assistant.stale(file)
        except BylineError as error:
            return self.panel(sources.gone(str(error), back))
        there = [c for c in cited if article.text[c.start : c.end] == c.quote]
        if len(there) < len(cited):
            note = "The article was indexed again since the question was answered: not all quotations are still in it."
        spans = {c.marker: Span(c.start, c.end) for c in there}
        return self.panel(
            sources.article(article, list(spans.values()), spans.get(at.marker) if at else None, note, back)
        )

    def _stale(self, turn: Turn) -> dict[str, str]:
        files = {citation.file for citation in turn.answer.citations} if turn.answer else set()
        notes = {file: self.assistant.stale(file) for file in files}
        return {file: note for file, note in notes.items() if note}

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
            shown = shelf.report(state.report)
        else:
            shown = shelf.skipped(self.assistant.reader.skipped())
        return tag("div", shown, class_="shelf")

    async def watch(self) -> AsyncIterator[str]:
        """The status until no build is running."""
        import asyncio

        while self.indexing.state.running:
            yield self.status()
            await asyncio.sleep(_EVERY)
        self._examples = await asyncio.to_thread(examples, self.assistant)
        yield self.status()

    def take(self, files: Sequence[Path]) -> list[Taken]:
        """Take uploads into the folder, and index them. Returns those that were not taken, with the reason."""
        taken = [self.uploads.take(path, path.name) for path in files]
        if any(upload.reason is None for upload in taken):
            self.indexing.start()
        return [upload for upload in taken if upload.reason]

    def remove(self, file: str) -> Path:
        """Move an uploaded file into the trash, and index. Returns where it is now; raises `InputError`."""
        trash = self.uploads.remove(file)
        self.indexing.start()
        return trash

    # -- for programs

    def answer(self, question: str, history: Sequence[Sequence[str]], filters: Filters) -> dict[str, Any]:
        """`Answer.to_dict()`. Raises `BylineError` for what cannot be asked or read."""
        pairs: list[Any] = [tuple(pair) for pair in history]
        asked = self.assistant.ask(
            question, history=pairs, since=filters.since, until=filters.until, files=filters.files
        )
        return asked.to_dict()
