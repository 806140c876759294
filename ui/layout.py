"""The page: its head, its tabs, and the endpoint for programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.events import api

from ui.ask_tab import AskTab
from ui.chat import Chat
from ui.library_tab import LibraryTab
from ui.markup import tag, text
from ui.wiring import AT_ONCE, told

_UPLOADS_KEPT = (600, 3_600)  # seconds: uploads that were begun and not taken are looked for, and how old they get


def build_page(chat: Chat) -> gr.Blocks:
    """The whole page over `chat`."""
    page: gr.Blocks
    with gr.Blocks(title="Byline", analytics_enabled=False, fill_width=True, delete_cache=_UPLOADS_KEPT) as page:
        head = gr.HTML("", apply_default_css=False, js_on_load=None)
        page.load(lambda: _head(chat), None, [head], **AT_ONCE)
        with gr.Tabs():
            with gr.Tab("Ask"):
                AskTab(chat).wire(page)
            with gr.Tab("Library") as library:
                LibraryTab(chat).wire(library)
        api(_api(chat), api_name="ask", concurrency_limit=None)
    return page


def _head(chat: Chat) -> str:
    return tag("header", text("h1", "Byline") + text("p", chat.about()), class_="byline-head")


def _api(chat: Chat) -> Callable[..., dict[str, Any]]:
    def ask(
        question: str,
        history: list[list[str]] | None = None,
        since: str | None = None,
        until: str | None = None,
        files: list[str] | None = None,
    ) -> dict[str, Any]:
        """Answer a question. Returns Answer.to_dict(). history: [question, answer text] pairs, oldest first."""
        return told(lambda: chat.answer(question, history or [], since, until, files or []))

    return ask
