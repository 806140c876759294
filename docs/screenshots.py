"""Take the pictures of the chat and of a report: a real server, a real browser, real answers. `make pictures`.

Needs Chromium (tests/chromium.sh installs it from Debian's packages).
"""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from eval.run import run
from index import Settings, build
from qa import Assistant
from ui.chat import Chat
from ui.serve import serving

ROOT = Path(__file__).resolve().parents[1]
LANDED = "When did Putin land in Hanoi?"
NEW = """Hanoi closes streets for the visit

Police closed the streets around the opera house on Wednesday evening, hours before the Russian delegation was due.
Traders in the old quarter had been told to keep their shops shut until Friday.
"""


def ask(page: Page, question: str) -> None:
    """Ask, and wait for the whole answer."""
    turns = page.locator(".turn")
    before = turns.count()
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    expect(turns.nth(before).locator(".actions")).to_be_visible()


def opened(browser: Browser, address: str, width: int = 1280, height: int = 800, dark: bool = False) -> Page:
    """A page of the chat."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(address)
    expect(page.locator(".welcome li")).to_have_count(4)
    return page


def take(page: Page, name: str) -> None:
    """Write docs/chat-NAME.png once the page has settled."""
    page.wait_for_timeout(500)
    page.screenshot(path=ROOT / "docs" / f"chat-{name}.png", animations="disabled")


def asking(browser: Browser, address: str) -> None:
    """The states of a conversation."""
    page = opened(browser, address)
    take(page, "welcome")
    ask(page, "What did Putin and Kim sign?")
    page.locator(".marker").first.click()
    expect(page.locator(".card.current")).to_be_visible()
    take(page, "answer")
    page.locator(".card.current").get_by_role("button", name="Open the article").click()
    expect(page.locator(".reader mark[data-focus]")).to_be_visible()
    take(page, "article")
    ask(page, LANDED)
    ask(page, "Who did he meet?")
    ask(page, "What is the boiling point of nitrogen?")
    page.locator(".refusal summary").click()
    take(page, "refusal")
    night = opened(browser, address, dark=True)
    ask(night, LANDED)
    take(night, "dark")
    phone = opened(browser, address, 390, 780)
    ask(phone, LANDED)
    take(phone, "phone")


def library(browser: Browser, address: str, new: Path) -> None:
    """The list of articles, after an upload."""
    page = opened(browser, address)
    page.get_by_role("tab", name="Library").click()
    expect(page.locator(".articles")).to_be_visible()
    page.locator("#upload input[type=file]").set_input_files([str(new)])
    row = page.locator(".articles tr").filter(has_text=new.name)
    expect(row).to_be_visible(timeout=30_000)
    row.get_by_role("button").first.click()
    expect(page.locator(".side-panel:visible .reader")).to_be_visible()
    take(page, "library")


def report(browser: Browser, work: Path) -> None:
    """The report of a run over the gold questions of the seeds: its summary, and one question."""
    folder = run(ROOT / "eval/gold/seeds.jsonl", ROOT / "seeds", ["byline"], work / "run", settings=Settings()).folder
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    for name, question in (("report", ""), ("report-question", "#q=conflict-05")):
        page.goto((folder / "report.html").as_uri() + question)
        page.wait_for_timeout(500)
        page.screenshot(path=ROOT / "docs" / f"{name}.png", animations="disabled")


def main() -> None:
    """Everything, over a copy of the seeds in a folder that goes away."""
    chromium = shutil.which("chromium")
    if not chromium:
        sys.exit("Chromium is missing; on Debian or Ubuntu: sudo sh tests/chromium.sh")
    with tempfile.TemporaryDirectory() as work, sync_playwright() as playwright:
        articles, new = Path(work) / "articles", Path(work) / "hanoi-streets.txt"
        shutil.copytree(ROOT / "seeds", articles)
        new.write_text(NEW, encoding="utf-8")
        settings = Settings(store=str(Path(work) / "store"))
        build(articles, settings)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with Assistant(settings) as assistant:
            chat = Chat(assistant)
            chat.prepare()
            with serving(chat, "127.0.0.1", None, None) as address:
                asking(browser, address)
                library(browser, address, new)
        report(browser, Path(work))
        browser.close()


if __name__ == "__main__":
    main()
