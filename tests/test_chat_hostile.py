"""Hostile articles in a real browser: text stays text, nobody is called, the layout holds."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import Tab, serving, tab
from hostile import HOSTILE, QUESTIONS
from playwright.sync_api import Browser, expect

from index import Settings, build
from index.embed import Embedder


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, browser: Browser, embedder: Embedder) -> Iterator[str]:
    base = tmp_path_factory.mktemp("hostile")
    (base / "articles").mkdir()
    for name, text in HOSTILE.items():
        (base / "articles" / name).write_bytes(text.encode())
    settings = Settings(llm="none", store=str(base / "store"))
    assert len(build(base / "articles", settings, embedder=embedder).added) == len(HOSTILE)
    with serving(settings) as found:
        yield found


@pytest.fixture
def chat(browser: Browser, address: str) -> Iterator[Tab]:
    with tab(browser, address) as opened:  # checks that nobody else was asked, and nothing went wrong in the page
        yield opened


def harmless(chat: Tab) -> None:
    page = chat.page
    assert page.evaluate("window.hacked") is None
    for ours in (".conversation", ".side-panel", ".shelf"):
        assert page.locator(ours).locator("img, svg, script, iframe, form, style, title").count() == 0
    assert page.locator(".conversation a:not(.marker), .side-panel .text a").count() == 0
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1], "the page can be scrolled sideways"


@pytest.mark.parametrize("file", list(HOSTILE))
def test_answer_source_and_article_are_text(chat: Tab, file: str) -> None:
    turn = chat.ask(QUESTIONS[file])
    expect(turn.locator(".said").first).to_be_visible()
    harmless(chat)
    expect(chat.box).to_be_visible()  # nothing has been closed or hidden around it
    expect(chat.panel.locator(".card").first).to_contain_text(file)
    turn.locator(".marker").first.click()
    expect(chat.panel.locator(".card.current mark")).to_have_count(1)
    chat.panel.locator(".card.current").get_by_role("button", name="Open the article").click()
    mark = chat.panel.locator(".reader .text mark[data-focus]")
    expect(mark).to_have_count(1)
    expect(mark).to_be_in_viewport()
    harmless(chat)


def test_what_is_quoted_is_what_the_article_says(chat: Tab) -> None:
    turn = chat.ask(QUESTIONS["template.txt"])
    expect(turn.locator(".said").first).to_contain_text("${window.hacked=6} and {{#each value}} {{{value}}} `${1+1}`")
    turn = chat.ask(QUESTIONS["marker.txt"])
    expect(turn.locator(".said").first).to_contain_text("passed [1][2] with [99] votes")
    assert turn.locator(".said").first.locator("a").count() == 0
    turn = chat.ask(QUESTIONS["script.txt"])
    chat.panel.locator(".card").first.get_by_role("button", name="Open the article").click()
    expect(chat.panel.locator(".reader .text")).to_contain_text("<script>window.hacked = 1</script>")


def test_the_direction_of_writing_is_not_turned(chat: Tab) -> None:
    turn = chat.ask(QUESTIONS["direction.txt"])
    expect(turn.locator(".said").first).to_contain_text("\N{REPLACEMENT CHARACTER}[31mred")
    chat.panel.get_by_role("button", name="Open the article").first.click()
    expect(chat.panel.locator(".reader .text")).to_contain_text("\N{REPLACEMENT CHARACTER}gnorw yletelpmoc")
    shown = chat.page.locator("body").inner_text()
    assert not set(shown) & set("\u202e\u202c\u2066\u2069\x1b\x07")


def test_the_library_lists_them_as_text(chat: Tab) -> None:
    chat.open_library()
    expect(chat.page.locator(".articles tbody tr")).to_have_count(len(HOSTILE))
    expect(chat.page.locator(".articles")).to_contain_text("<img src=http://198.51.100.7/t.png> Pterodactyl")
    expect(chat.page.locator(".articles")).to_contain_text("url(x) & <b>name<b>.txt")
    harmless(chat)
    for n in range(len(HOSTILE)):
        chat.page.locator(".articles tbody tr").nth(n).get_by_role("button").first.click()
        expect(chat.panel.locator(".reader .text")).to_be_visible()
        harmless(chat)


def test_a_hostile_question_and_note_are_text(chat: Tab) -> None:
    asked = "<img src=http://198.51.100.7/q.png onerror='window.hacked=9'> Where did the Brontosaurus committee meet?"
    turn = chat.ask(asked)
    expect(turn.locator(".question")).to_have_text(asked)
    turn.get_by_role("button", name="Bad answer").click()
    turn.get_by_label("What was good or bad about it").fill("</textarea><script>window.hacked=10</script>")
    turn.get_by_role("button", name="Save the note").click()
    expect(turn.get_by_role("status")).to_have_text("Saved, with your note.")
    expect(turn.locator("textarea")).to_have_value("</textarea><script>window.hacked=10</script>")
    harmless(chat)


def test_the_page_could_not_call_out_if_it_tried(browser: Browser, address: str) -> None:
    opened = Tab(browser, address)
    blocked = opened.page.evaluate(
        """() => new Promise(resolve => {
            document.addEventListener("securitypolicyviolation", (event) => resolve(event.blockedURI), { once: true });
            const image = new Image(); image.src = "http://198.51.100.7/x.png";
        })"""
    )
    assert blocked.startswith("http://198.51.100.7")
    opened.context.close()


def test_articles_are_written_to_markdown_as_text(chat: Tab) -> None:
    for file in ("markdown.txt", "script.txt"):
        chat.ask(QUESTIONS[file])
    with chat.page.expect_download() as waiting:
        chat.page.get_by_role("button", name="Export Markdown").click()
    written = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert "Velociraptor" in written
    assert re.findall(r"(?<!\\)[\[<](?!\d+\])", written) == []  # all are escaped but our own [1]
