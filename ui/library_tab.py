"""The tab with the articles: what is indexed, adding and removing, how a build is going, reading."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import gradio as gr

from index.load import FORMATS
from ui.chat import Chat
from ui.wiring import AT_ONCE, PRIVATE, TOGETHER, area, told


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
                with gr.Row(equal_height=True):
                    self.words = gr.Textbox(label="Find by title or file name", scale=4, elem_id="find")
                    self.update = gr.Button(
                        "Update the index", size="md", scale=1, min_width=160, elem_classes="beside"
                    )
                self.status = area("attach", ["remove"])
                self.listing = area("attach", ["read", "remove", "browse"])
            with gr.Column(scale=2, min_width=320, elem_classes="side-panel"):
                self.reader = area("panel", ["read"], chat.no_article())

    def wire(self, tab: gr.Tab) -> None:
        """Send each event to its handler."""
        selected = tab.select(self._listed, [self.words, self.page], [self.listing], **TOGETHER)
        started = self.update.click(self.chat.indexing.start, None, None, **AT_ONCE)
        taken = self.upload.upload(self._taken, [self.upload], [self.upload], **PRIVATE)
        removed = [area_.remove(self._removed, None, None, **TOGETHER) for area_ in (self.listing, self.status)]
        for change in (selected, started, taken, *removed):
            watched = change.then(self._watched, None, [self.status], **TOGETHER)
            watched.then(self._listed, [self.words, self.page], [self.listing], **TOGETHER)
        self.listing.browse(self._browsed, [self.words], [self.listing, self.page], **TOGETHER)
        self.words.change(self._found, [self.words], [self.listing, self.page], **TOGETHER)
        for area_ in (self.listing, self.reader):
            area_.read(self._read, None, [self.reader], **AT_ONCE)

    async def _watched(self) -> AsyncIterator[str]:
        async for status in self.chat.watch():
            yield status

    def _listed(self, words: str, page: int) -> str:
        return self.chat.shelf(words, page)

    def _taken(self, files: list[str] | None) -> None:
        for refused in self.chat.take([Path(file) for file in files or ()]):
            gr.Warning(f"{refused.name}: {refused.reason}", duration=None)

    def _removed(self, event: gr.EventData) -> None:
        trash = told(lambda: self.chat.remove(event.file))
        gr.Info(f"Moved to {trash}")

    def _found(self, words: str) -> tuple[str, int]:
        return self.chat.shelf(words, 0), 0

    def _browsed(self, words: str, event: gr.EventData) -> tuple[str, int]:
        return self.chat.shelf(words, int(event.page)), int(event.page)

    def _read(self, event: gr.EventData) -> str:
        return self.chat.article(event.file, int(event.at) if event.at else None)
