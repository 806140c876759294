"""Asking in a real browser, of a real `byline chat` over the five seed articles."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import Tab, serving, tab
from playwright.sync_api import Browser, expect

from eval.gold import load_gold, locate
from index import Settings
from qa import Answer

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
LANDED = "When did Putin land in Hanoi?"
QUOTE = "Putin landed in Hanoi around 2am (7pm GMT Wednesday)"


@pytest.fixture(scope="module")
def address(seeds_settings: Settings, browser: Browser) -> Iterator[str]:
    with serving(seeds_settings) as found:
        yield found


@pytest.fixture
def chat(browser: Browser, address: str) -> Iterator[Tab]:
    with tab(browser, address, accept_downloads=True, permissions=["clipboard-read", "clipboard-write"]) as opened:
        yield opened


def test_an_answer_its_marker_its_source_and_its_article(chat: Tab) -> None:
    turn = chat.ask(LANDED)
    expect(turn.locator(".said")).to_contain_text(QUOTE)
    expect(turn.locator(".support")).to_have_text("quoted")
    expect(turn.locator(".trust")).to_have_text(re.compile(r"^Confidence \d\d% 1 sentence quoted word for word\."))
    turn.get_by_role("link", name=re.compile(r"^Source 1: 002_019a319f6763018d.txt, line 47")).click()
    card = chat.panel.locator(".card.current")
    expect(card.locator("mark")).to_contain_text(QUOTE)
    expect(card.locator("blockquote")).to_contain_text("Russian officials say")  # the passage around it
    expect(card).to_contain_text("002_019a319f6763018d.txt · line 47")
    expect(card).to_be_focused()
    card.get_by_role("button", name="Open the article").click()
    mark = chat.panel.locator(".reader mark")
    expect(mark).to_have_count(1)
    expect(mark).to_contain_text(QUOTE)
    expect(mark).to_be_in_viewport()
    whole = (SEEDS / "002_019a319f6763018d.txt").read_text(encoding="utf-8-sig")
    assert chat.panel.locator(".reader .text").text_content() == whole
    chat.page.keyboard.press("Escape")
    expect(chat.panel.locator(".card.current mark")).to_contain_text(QUOTE)


def test_each_marker_leads_to_its_own_source(chat: Tab) -> None:
    turn = chat.ask("What did Putin and Kim sign?")
    markers = turn.locator(".marker")
    assert markers.count() >= 2
    sentences = turn.locator(".said").all_text_contents()
    for number, sentence in enumerate(sentences, start=1):
        markers.nth(number - 1).click()
        card = chat.panel.locator(f"#source-{number}.current")
        expect(card.locator("mark")).to_have_text(sentence)


def test_markers_of_an_earlier_answer_still_lead_to_its_sources(chat: Tab) -> None:
    first = chat.ask(LANDED)
    chat.ask("What did Putin and Kim sign?")
    first.locator(".marker").first.click()
    expect(chat.panel).to_contain_text(f"of the answer to “{LANDED}”")
    expect(chat.panel.locator(".card.current mark")).to_contain_text(QUOTE)


def test_a_follow_up_says_what_was_searched_for(chat: Tab) -> None:
    chat.ask(LANDED)
    turn = chat.ask("Who did he meet?")
    expect(turn.locator(".notes")).to_contain_text(f"Searched for: Who did he meet? ({LANDED}")
    expect(turn.locator(".said").first).to_be_visible()


def test_a_refusal_looks_like_one_and_has_no_sources(chat: Tab) -> None:
    chat.ask(LANDED)
    turn = chat.ask("What is the boiling point of nitrogen?")
    refusal = turn.get_by_role("region", name="No answer")
    expect(refusal).to_contain_text("The articles do not say.")
    expect(turn.locator(".notes")).to_contain_text("Searched all 5 articles.")
    expect(turn.locator(".marker, .support, .trust")).to_have_count(0)
    expect(chat.panel.locator(".card, mark")).to_have_count(0)
    expect(chat.panel).to_contain_text("no answer in the articles, so there are no sources")
    passages = refusal.locator("li")
    expect(passages.first).to_be_hidden()
    refusal.get_by_text("The nearest passages, which do not answer it").click()
    expect(passages.first).to_be_visible()


def test_an_example_question_is_asked_with_a_click_and_has_an_answer(chat: Tab) -> None:
    examples = chat.page.locator(".welcome li button")
    expect(examples).to_have_count(4)
    question = examples.first.text_content()
    examples.first.click()
    expect(chat.turns.first.locator(".question")).to_have_text(question or "")
    expect(chat.turns.first.locator(".said").first).to_be_visible()


def test_the_keyboard_alone_is_enough(chat: Tab) -> None:
    expect(chat.box).to_be_focused()
    chat.page.keyboard.type(LANDED)
    chat.page.keyboard.press("Enter")
    marker = chat.turns.first.locator(".marker")
    expect(marker).to_be_visible()
    expect(chat.box).to_have_value("")
    for _ in range(12):
        chat.page.keyboard.press("Shift+Tab")
        if marker.evaluate("element => element === document.activeElement"):
            break
    chat.page.keyboard.press("Enter")
    expect(chat.panel.locator(".card.current")).to_be_focused()
    chat.page.keyboard.press("Tab")
    chat.page.keyboard.press("Enter")
    expect(chat.panel.locator(".reader mark")).to_be_focused()


def test_filters_limit_what_is_searched(chat: Tab) -> None:
    chat.page.get_by_role("button", name="Filters").click()
    chat.page.get_by_label("Files").fill("000*.txt, 004*.txt")
    turn = chat.ask(LANDED)
    expect(turn.locator(".notes")).to_contain_text("Searched 2 of 5 articles.")
    chat.page.get_by_label("Files").fill("")
    since = chat.page.locator("input.time").first
    since.fill("2024-01-01")
    since.press("Enter")
    turn = chat.ask(LANDED)
    expect(turn).to_contain_text("No article matches the filters.")
    expect(turn).to_contain_text("5 left out because they have no date")


def test_asking_again_replaces_the_last_answer_and_clearing_asks_first(chat: Tab) -> None:
    chat.ask(LANDED)
    chat.page.get_by_role("button", name="Filters").click()
    chat.page.get_by_label("Files").fill("000*.txt")
    chat.page.get_by_role("button", name="Ask again").click()
    expect(chat.turns.first.locator(".notes")).to_contain_text("Searched 1 of 5 articles.")
    expect(chat.turns).to_have_count(1)
    chat.page.once("dialog", lambda dialog: dialog.dismiss())
    chat.page.get_by_role("button", name="Clear", exact=True).click()
    expect(chat.turns).to_have_count(1)
    chat.page.once("dialog", lambda dialog: dialog.accept())
    chat.page.get_by_role("button", name="Clear", exact=True).click()
    expect(chat.turns).to_have_count(0)
    expect(chat.page.locator(".welcome")).to_be_visible()


def test_an_answer_is_copied_with_its_citations(chat: Tab) -> None:
    turn = chat.ask(LANDED)
    turn.get_by_role("button", name="Copy with citations").click()
    expect(turn.get_by_role("button", name="Copied")).to_be_visible()
    copied = chat.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"**{LANDED}**\n\n{QUOTE}")
    assert "1. 002\\_019a319f6763018d.txt, line 47" in copied


def test_the_conversation_is_exported_with_quotations_offsets_hashes_and_support(chat: Tab) -> None:
    chat.ask(LANDED)
    chat.ask("When did he leave?")
    with chat.page.expect_download() as waiting:
        chat.page.get_by_role("button", name="Export JSON").click()
    document = json.loads(Path(waiting.value.path()).read_text(encoding="utf-8"))
    assert waiting.value.suggested_filename == "byline.json"
    first, second = document["turns"]
    answer = Answer.from_dict(first["answer"])
    (citation,) = answer.citations
    with (SEEDS / citation.file).open(encoding="utf-8-sig", newline="") as file:
        assert file.read()[citation.start : citation.end] == citation.quote
    assert len(citation.sha256) == 64
    assert answer.statements[0].support == "quoted"
    assert second["history"] == [[LANDED, answer.text]]
    with chat.page.expect_download() as waiting:
        chat.page.get_by_role("button", name="Export Markdown").click()
    written = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert QUOTE in written
    assert "**When did he leave?**" in written


def test_a_verdict_becomes_a_gold_question(chat: Tab, seeds_settings: Settings) -> None:
    path = Path(seeds_settings.store) / "feedback.jsonl"
    path.unlink(missing_ok=True)
    turn = chat.ask(LANDED)
    turn.get_by_role("button", name="Good answer").click()
    expect(turn.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")
    turn.get_by_label("What was good or bad about it").fill("Just <b>right</b>.")
    turn.get_by_role("button", name="Save the note").click()
    expect(turn.get_by_role("status")).to_have_text("Saved, with your note.")
    (gold,) = load_gold(path)
    assert (gold.question, gold.answerable, gold.tags) == (LANDED, True, ("feedback", "good"))
    assert gold.notes.endswith("Just <b>right</b>.")
    placed = locate(gold, lambda file: (SEEDS / file).read_text(encoding="utf-8-sig"))
    assert placed.evidence[0][0].quote.startswith(QUOTE)
    turn.get_by_role("button", name="Bad answer").click()
    expect(turn.get_by_role("button", name="Bad answer")).to_have_attribute("aria-pressed", "true")
    (changed,) = load_gold(path)
    assert (changed.evidence, changed.tags) == ((), ("feedback", "bad"))


def test_two_people_at_once_do_not_see_each_other(chat: Tab, browser: Browser, address: str) -> None:
    with tab(browser, address) as other:
        mine, theirs = chat.ask(LANDED), other.ask("What did Putin and Kim sign?")
        expect(mine.locator(".question")).to_have_text(LANDED)
        expect(theirs.locator(".question")).to_have_text("What did Putin and Kim sign?")
        expect(chat.turns).to_have_count(1)
        expect(other.turns).to_have_count(1)
        other.ask("When did he leave?")
        expect(other.turns.nth(1).locator(".notes")).to_contain_text("What did Putin and Kim sign?")


def test_a_phone_shows_sources_over_the_page_and_nothing_sticks_out(browser: Browser, address: str) -> None:
    with tab(browser, address, viewport={"width": 360, "height": 740}) as phone:
        turn = phone.ask(LANDED)
        expect(phone.page.locator(".card")).to_be_hidden()
        turn.locator(".marker").first.click()
        expect(phone.panel.locator(".card.current mark")).to_be_in_viewport()
        phone.panel.get_by_role("button", name="Close").click()
        expect(phone.page.locator(".card")).to_be_hidden()
        phone.open_library()
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_dark_follows_the_system(browser: Browser, address: str) -> None:
    with tab(browser, address, color_scheme="dark") as dark:
        dark.ask(LANDED)
        shade = dark.page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
        ink = dark.page.evaluate("getComputedStyle(document.querySelector('.said')).color.match(/\\d+/g).map(Number)")
        assert max(shade[:3]) < 60
        assert min(ink[:3]) > 180


def test_what_cannot_be_asked_is_said_and_the_conversation_goes_on(chat: Tab) -> None:
    chat.box.fill("   ")
    chat.box.press("Enter")
    chat.page.wait_for_timeout(300)
    expect(chat.turns).to_have_count(0)
    expect(chat.ask(LANDED).locator(".said")).to_contain_text(QUOTE)
