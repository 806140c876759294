"""The tab with the articles: what is indexed, adding and removing, how a build is going, reading."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import gradio as gr

from index.load import FORMATS
from ui.chat import Chat
from ui.markup import tag, text
from ui.wiring import AT_ONCE, PRIVATE, TOGETHER, area, told

_NOTHING = tag("section", text("p", "An article that you open is shown here."), class_="empty", aria_label="Article")
_Updates = tuple[Any, ...]


class LibraryTab:
    """The components of the tab. Build it where it belongs on the page, then `wire` it."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.page = gr.State(0)
        with gr.Row():
            with gr.Column(scale=3, min_width=320):
                self.upload = gr.File(
                    label=f"Add articles ({' '.join(FORMATS)})",
                    file_count="multiple",
                    file_types=list(FORMATS),
                    height=140,
                    elem_id="upload",
                )
                with gr.Row():
                    self.words = gr.Textbox(label="Find by title or file name", scale=4, elem_id="find")
                    self.update = gr.Button(
                        "Update the index", size="md", scale=1, min_width=160, elem_classes="beside"
                    )
                self.status = gr.HTML("", apply_default_css=False, js_on_load=None)
                self.listing = area("attach", ["read", "remove", "browse"])
            with gr.Column(scale=2, min_width=320, elem_classes="side-panel"):
                self.reader = area("panel", value=_NOTHING)

    def wire(self, tab: gr.Tab) -> None:
        """Send each event to its handler."""
        place, shown = [self.words, self.page], [self.status, self.listing]
        tab.select(self._watched, place, shown, **TOGETHER)
        started = self.update.click(self.chat.indexing.start, None, None, **AT_ONCE)
        taken = self.upload.upload(self._taken, [self.upload], [self.upload], **PRIVATE)
        removed = self.listing.remove(self._removed, None, None, **AT_ONCE)
        for change in (started, taken, removed):
            change.then(self._watched, place, shown, **TOGETHER)
        self.listing.browse(self._browsed, [self.words], [self.listing, self.page], **AT_ONCE)
        self.words.change(self._found, [self.words], [self.listing, self.page], **AT_ONCE)
        self.listing.read(self._read, None, [self.reader], **AT_ONCE)

    async def _watched(self, words: str, page: int) -> AsyncIterator[_Updates]:
        async for status in self.chat.watch():
            yield status, gr.skip()
        yield self.chat.status(), self.chat.shelf(words, page)

    def _taken(self, files: list[str] | None) -> None:
        for refused in self.chat.take([Path(file) for file in files or ()]):
            gr.Warning(f"{refused.name}: {refused.reason}", duration=None)

    def _removed(self, event: gr.EventData) -> None:
        trash = told(lambda: self.chat.remove(event.file))
        gr.Info(f"Moved to {trash}")

    def _found(self, words: str) -> _Updates:
        return self.chat.shelf(words, 0), 0

    def _browsed(self, words: str, event: gr.EventData) -> _Updates:
        return self.chat.shelf(words, int(event.page)), int(event.page)

    def _read(self, event: gr.EventData) -> str:
        return self.chat.article(event.file)
