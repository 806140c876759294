"""A real `byline chat` in a process of its own, and a real Chromium to look at it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from index import Settings

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = shutil.which("chromium") or ""
BYLINE = str(Path(sys.executable).with_name("byline"))


@contextmanager
def serving(settings: Settings, *options: str, command: tuple[str, ...] = (BYLINE, "chat")) -> Iterator[str]:
    """The address of a chat over the store of `settings`, ended afterwards as Ctrl-C would."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BYLINE_")}
    environment |= {"BYLINE_STORE": settings.store, "BYLINE_LLM": settings.llm, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [*command, *options], env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert line.startswith("Byline is at "), process.communicate(timeout=10)[1]
        yield line.split()[3]
    finally:
        process.terminate()
        _, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert "Traceback" not in said, said


class Tab:
    """A page of the chat in the browser, with what it asked of the network and what went wrong in it."""

    def __init__(self, browser: Browser, address: str, **options: object) -> None:
        self.address = address
        self.context = browser.new_context(**options)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.problems: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", lambda m: self.problems.append(m.text) if m.type == "error" else None)
        self.page.goto(address)
        expect(self.page.locator(".conversation")).to_be_visible()

    @property
    def box(self) -> Locator:
        return self.page.locator("#question textarea")

    @property
    def turns(self) -> Locator:
        return self.page.locator(".turn")

    @property
    def panel(self) -> Locator:
        return self.page.locator(".side-panel:visible")

    def ask(self, question: str) -> Locator:
        """Ask, wait for the whole answer, and give its turn."""
        before = self.turns.count()
        self.box.fill(question)
        self.box.press("Enter")
        turn = self.turns.nth(before)
        expect(turn.locator(".actions")).to_be_visible()
        return turn

    def open_library(self) -> None:
        self.page.get_by_role("tab", name="Library").click()
        expect(self.page.locator(".shelf .articles, .shelf .empty").first).to_be_visible()

    def outside(self) -> list[str]:
        """What was asked of anybody but the chat."""
        return [u for u in self.requests if not u.startswith((self.address, "data:", "blob:"))]

    def close(self) -> None:
        self.context.close()
        assert self.outside() == []
        assert self.problems == []


@contextmanager
def tab(browser: Browser, address: str, **options: object) -> Iterator[Tab]:
    """A page in a session of its own; leaves with a check that nothing went wrong and nobody else was asked."""
    opened = Tab(browser, address, **options)
    yield opened
    opened.close()
