"""The tab where questions are asked: the conversation, the box below it, and the side panel with the sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gradio as gr

from qa.assistant import LONGEST_QUESTION
from ui.chat import Chat, Shown
from ui.conversation import Filters, Turn, to_json, to_markdown
from ui.wiring import AT_ONCE, TOGETHER, area, told

_CONFIRM_CLEAR = "() => [window.confirm('Clear the conversation? What is not exported is gone.')]"
_DOWNLOAD = "(file) => byline.download(file)"
_Updates = tuple[Any, ...]


class AskTab:
    """The components of the tab. Build it where it belongs on the page, then `wire` it."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        with gr.Row():
            with gr.Column(scale=3, min_width=320):
                self.conversation = area("conversation", ["source", "ask", "verdict", "note"])
                with gr.Column(elem_classes="composer narrow"):
                    self._composer()
                with gr.Column(elem_classes="narrow"):
                    self._extras()
            with gr.Column(scale=2, min_width=320, elem_classes="side-panel"):
                self.panel = area("panel", ["source", "article"], chat.no_sources())
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
                max_length=LONGEST_QUESTION,
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
        shown = [self.conversation, self.panel]
        # "multiple": a question is not to wait for one that was stopped. Stopping is ours: after Gradio's `cancels`, a
        # question that is asked before the old handler has noticed never gets its answer.
        asking: dict[str, Any] = {**TOGETHER, "trigger_mode": "multiple"}
        for asked in (self.box.submit, self.send.click):
            asked(self._ask, [self.box, *filters], shown, **asking)
            asked(None, None, [self.box], js="() => ''", **AT_ONCE)
        self.retry.click(self._ask_again, filters, shown, **asking)
        self.conversation.ask(self._ask_example, filters, shown, **asking)
        self.stop.click(self._stopped, None, [self.conversation], **AT_ONCE)
        self.clear.click(self._cleared, [self.sure], shown, js=_CONFIRM_CLEAR, **AT_ONCE)
        page.load(self.chat.welcome, None, [self.conversation], **AT_ONCE)

        self.conversation.source(self._source, None, [self.panel], **AT_ONCE)
        self.panel.source(self._source, None, [self.panel], **AT_ONCE)
        self.panel.article(self._article, None, [self.panel], **AT_ONCE)
        self.conversation.verdict(self._judged, None, [self.conversation], **TOGETHER)
        self.conversation.note(self._noted, None, [self.conversation], **TOGETHER)
        for button, export in ((self.markdown, self._markdown), (self.json, self._json)):
            click = button.click(export, None, [self.exported], **TOGETHER)
            click.then(None, [self.exported], None, js=_DOWNLOAD, **AT_ONCE)

    # -- asking

    def _ask(
        self, request: gr.Request, question: str | None, since: str | None, until: str | None, files: str | None
    ) -> Iterator[_Updates]:
        if (question or "").strip():
            yield from _shown(self.chat.ask(_session(request), question or "", _filters(since, until, files)))

    def _ask_example(
        self, request: gr.Request, event: gr.EventData, since: str | None, until: str | None, files: str | None
    ) -> Iterator[_Updates]:
        yield from _shown(self.chat.ask(_session(request), event.question, _filters(since, until, files)))

    def _ask_again(
        self, request: gr.Request, since: str | None, until: str | None, files: str | None
    ) -> Iterator[_Updates]:
        yield from _shown(self.chat.ask_again(_session(request), _filters(since, until, files)))

    def _stopped(self, request: gr.Request) -> str:
        return self.chat.stop(_session(request))

    def _cleared(self, request: gr.Request, confirmed: bool) -> _Updates:
        return (self.chat.clear(_session(request)), self.chat.no_sources()) if confirmed else (gr.skip(), gr.skip())

    # -- reading and judging

    def _source(self, request: gr.Request, event: gr.EventData) -> str:
        return self.chat.source(_session(request), event.turn, int(event.marker))

    def _article(self, request: gr.Request, event: gr.EventData) -> str:
        at = int(event.at) if event.at else None
        return self.chat.cited(_session(request), event.turn, int(event.marker), at)

    def _judged(self, request: gr.Request, event: gr.EventData) -> str:
        good = event.good == "1"
        return self._saved(told(lambda: self.chat.judge(_session(request), event.turn, good)))

    def _noted(self, request: gr.Request, event: gr.EventData) -> str:
        note = event.note.strip()
        return self._saved(told(lambda: self.chat.note(_session(request), event.turn, note)))

    def _saved(self, judged: Turn) -> str:
        gr.Info(f"Saved to {self.chat.verdicts}", duration=4)
        return self.chat.turn(judged)

    # -- taking away

    def _markdown(self, request: gr.Request) -> dict[str, str] | None:
        return self._export(request, "byline.md", "text/markdown;charset=utf-8", to_markdown)

    def _json(self, request: gr.Request) -> dict[str, str] | None:
        return self._export(request, "byline.json", "application/json", to_json)

    def _export(
        self, request: gr.Request, name: str, kind: str, write: Callable[[Sequence[Turn]], str]
    ) -> dict[str, str] | None:
        conversation = self.chat.sessions.get(_session(request))
        if not any(turn.answer for turn in conversation):
            gr.Info("There is nothing to export yet.")
            return None
        return {"name": name, "type": kind, "text": write(conversation)}


def _session(request: gr.Request) -> str:
    """The session of the page that sent a request."""
    return str(request.session_hash)


def _shown(steps: Iterator[Shown]) -> Iterator[_Updates]:
    """What Gradio is to show at each step. A panel that is left as it is may hold what the user has opened."""
    is_open = False
    for step in steps:
        is_open = step.is_open
        yield step.turns, gr.skip() if step.panel is None else step.panel
    if is_open:  # it was stopped, and Gradio would send the last step once more
        yield gr.skip(), gr.skip()


def _filters(since: str | None, until: str | None, files: str | None) -> Filters:
    patterns = tuple(filter(None, (pattern.strip() for pattern in (files or "").split(","))))
    return Filters((since or "")[:10], (until or "")[:10], patterns)
