"""The tab where questions are asked: the conversation, the box below it, and the side panel with the sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from ui.chat import Chat
from ui.conversation import Conversation, Filters, put, to_json, to_markdown
from ui.sources import NOTHING
from ui.turns import turns
from ui.wiring import AT_ONCE, TOGETHER, area, told

_CONFIRM_CLEAR = "() => [window.confirm('Clear the conversation? What is not exported is gone.')]"
_DOWNLOAD = "(file) => byline.download(file)"
_LONGEST = 2_000  # characters of a question
_Updates = tuple[Any, ...]


class AskTab:
    """The components of the tab. Build it where it belongs on the page, then `wire` it."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.turns = gr.State(())
        with gr.Row():
            with gr.Column(scale=3, min_width=320):
                self.conversation = area("conversation", ["source", "ask", "verdict", "note"])
                with gr.Column(elem_classes="composer narrow"):
                    self._composer()
                with gr.Column(elem_classes="narrow"):
                    self._extras()
            with gr.Column(scale=2, min_width=320, elem_classes="side-panel"):
                self.panel = area("panel", ["source", "article"], NOTHING)
        self.exported = gr.JSON(visible="hidden")
        self.sure = gr.Checkbox(visible="hidden")

    def _composer(self) -> None:
        with gr.Row(equal_height=True):
            self.box = gr.Textbox(
                placeholder="Ask a question of the articles",
                label="Question",
                show_label=False,
                lines=1,
                max_lines=5,
                max_length=_LONGEST,
                scale=6,
                autofocus=True,
                container=False,
                elem_id="question",
            )
            self.send = gr.Button("Ask", variant="primary", scale=1, min_width=80, elem_classes="send")
            self.stop = gr.Button("Stop", scale=1, min_width=80, elem_classes="stop")  # one of them is seen: chat.css

    def _extras(self) -> None:
        with gr.Accordion("Filters", open=False), gr.Row():
            self.since = gr.DateTime(label="Published since", include_time=False, type="string")
            self.until = gr.DateTime(label="Published until", include_time=False, type="string")
            self.files = gr.Textbox(label="Files", placeholder="2024/*.txt, report.pdf")
        with gr.Row():
            self.retry, self.clear, self.markdown, self.json = (
                gr.Button(name, size="sm", min_width=80)
                for name in ("Ask again", "Clear", "Export Markdown", "Export JSON")
            )

    def wire(self, page: gr.Blocks) -> None:
        """Send each event to its handler."""
        filters = [self.since, self.until, self.files]
        shown = [self.conversation, self.panel, self.turns]
        # "multiple": a question is not to wait for one that was stopped. Stopping is ours: after Gradio's `cancels`, a
        # question that is asked before the old handler has noticed never gets its answer.
        asking: dict[str, Any] = {**TOGETHER, "trigger_mode": "multiple"}
        self.box.submit(self._ask, [self.box, self.turns, *filters], shown, **asking)
        self.send.click(self._ask, [self.box, self.turns, *filters], shown, **asking)
        for asked in (self.box.submit, self.send.click):
            asked(None, None, [self.box], js="() => ''", **AT_ONCE)
        self.retry.click(self._ask_again, [self.turns, *filters], shown, **asking)
        self.conversation.ask(self._ask_example, [self.turns, *filters], shown, **asking)
        self.stop.click(self._stopped, [self.turns], [self.conversation, self.turns], **AT_ONCE)
        after_clear = [self.conversation, self.panel, self.turns]
        self.clear.click(self._cleared, [self.sure], after_clear, js=_CONFIRM_CLEAR, **AT_ONCE)
        page.load(self.chat.welcome, None, [self.conversation], **AT_ONCE)

        self.conversation.source(self._source, [self.turns], [self.panel], **AT_ONCE)
        self.panel.source(self._source, [self.turns], [self.panel], **AT_ONCE)
        self.panel.article(self._article, [self.turns], [self.panel], **AT_ONCE)
        judged = [self.conversation, self.turns]
        self.conversation.verdict(self._judged, [self.turns], judged, **AT_ONCE)
        self.conversation.note(self._noted, [self.turns], judged, **AT_ONCE)

        markdown = _export("byline.md", "text/markdown;charset=utf-8", to_markdown)
        as_json = _export("byline.json", "application/json", to_json)
        for button, export in ((self.markdown, markdown), (self.json, as_json)):
            click = button.click(export, [self.turns], [self.exported], **AT_ONCE)
            click.then(None, [self.exported], None, js=_DOWNLOAD, **AT_ONCE)

    # -- asking

    def _ask(
        self, question: str | None, before: Conversation, *limits: str | None, again: str | None = None
    ) -> Iterator[_Updates]:
        if not (question or "").strip():
            return
        still_open = False
        for step in self.chat.ask(question or "", before, _filters(*limits), again):
            still_open = step.conversation[-1].is_open
            yield step.turns, step.panel, step.conversation
        if still_open:  # it was stopped, and Gradio would send the last step once more
            yield gr.skip(), gr.skip(), gr.skip()

    def _ask_example(self, before: Conversation, event: gr.EventData, *limits: str | None) -> Iterator[_Updates]:
        yield from self._ask(event.question, before, *limits)

    def _ask_again(self, before: Conversation, *limits: str | None) -> Iterator[_Updates]:
        if before:
            self.chat.stop(before)
            yield from self._ask(before[-1].question, before[:-1], *limits, again=before[-1].id)

    def _stopped(self, now: Conversation) -> _Updates:
        after = self.chat.stop(now)
        return turns([turn for turn, was in zip(after, now, strict=True) if was.is_open]), after

    def _cleared(self, confirmed: bool) -> _Updates:
        return (self.chat.welcome(), NOTHING, ()) if confirmed else (gr.skip(), gr.skip(), gr.skip())

    # -- reading and judging

    def _source(self, now: Conversation, event: gr.EventData) -> str:
        return self.chat.source(now, event.turn, int(event.marker))

    def _article(self, now: Conversation, event: gr.EventData) -> str:
        return self.chat.cited(now, event.turn, int(event.marker))

    def _judged(self, now: Conversation, event: gr.EventData) -> _Updates:
        return self._save(now, event.turn, event.good == "1", "")

    def _noted(self, now: Conversation, event: gr.EventData) -> _Updates:
        return self._save(now, event.turn, None, event.note.strip())

    def _save(self, now: Conversation, turn: str, good: bool | None, note: str) -> _Updates:
        judged, path = told(lambda: self.chat.judge(now, turn, good, note))
        gr.Info(f"Saved to {path}", duration=4)
        return turns([judged]), put(now, judged)


def _filters(since: str | None, until: str | None, files: str | None) -> Filters:
    patterns = tuple(filter(None, (pattern.strip() for pattern in (files or "").split(","))))
    return Filters((since or "")[:10], (until or "")[:10], patterns)


def _export(
    name: str, kind: str, write: Callable[[Conversation], str]
) -> Callable[[Conversation], dict[str, str] | None]:
    def export(now: Conversation) -> dict[str, str] | None:
        if not any(turn.answer for turn in now):
            gr.Info("There is nothing to export yet.")
            return None
        return {"name": name, "type": kind, "text": write(now)}

    return export
