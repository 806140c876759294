"""What is seen while an answer is on its way, and what later versions will bring, in a real browser."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import Tab, serving, tab
from playwright.sync_api import Browser, expect
from slow_chat import PAUSE, SUPPORTS

from eval.gold import load_gold
from index import Settings

SCRIPT = str(Path(__file__).with_name("slow_chat.py"))
SLOWLY = "Slowly: what did Putin and Kim sign?"


@pytest.fixture(scope="module")
def address(seeds_settings: Settings, browser: Browser) -> Iterator[str]:
    with serving(seeds_settings, command=(sys.executable, SCRIPT)) as found:
        yield found


@pytest.fixture
def chat(browser: Browser, address: str) -> Iterator[Tab]:
    with tab(browser, address) as opened:
        yield opened


def begin(chat: Tab, question: str) -> None:
    chat.box.fill(question)
    chat.box.press("Enter")


def test_evidence_then_sentence_by_sentence_then_the_whole(chat: Tab) -> None:
    begin(chat, SLOWLY)
    turn = chat.turns.first
    expect(turn.locator(".reading")).to_have_text("Writing the answer … 10 passages found.")
    expect(chat.panel.locator(".found li")).to_have_count(10)
    expect(turn.locator(".said")).to_have_count(0)
    expect(turn).to_have_attribute("aria-busy", "true")
    expect(turn.locator(".said")).to_have_count(1)
    expect(turn.locator(".actions")).to_have_count(0)
    expect(turn.locator(".said")).to_have_count(3)
    expect(turn.locator(".actions")).to_be_visible()
    expect(turn).to_have_attribute("aria-busy", "false")
    expect(chat.panel.locator(".card")).to_have_count(3)


def test_stop_keeps_what_has_been_said_and_the_next_question_works(chat: Tab) -> None:
    begin(chat, SLOWLY)
    turn = chat.turns.first
    expect(turn.locator(".said")).to_have_count(1)
    chat.page.get_by_role("button", name="Stop").click()
    expect(turn.locator(".problem")).to_have_text("Stopped.")
    chat.page.wait_for_timeout(int(2_500 * PAUSE))
    expect(turn.locator(".said")).to_have_count(1)  # nothing more has come
    expect(turn.locator(".problem")).to_have_text("Stopped.")
    expect(chat.page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    following = chat.ask("When did Putin land in Hanoi?")
    expect(following.locator(".notes")).to_have_count(0)  # what was stopped is no context
    begin(chat, SLOWLY)
    chat.page.get_by_role("button", name="Stop").click()
    chat.page.get_by_role("button", name="Ask again").click()
    expect(chat.turns.nth(2).locator(".actions")).to_be_visible()
    expect(chat.turns).to_have_count(3)


def test_a_verdict_during_another_answer_is_kept(chat: Tab, seeds_settings: Settings) -> None:
    path = Path(seeds_settings.store) / "feedback.jsonl"
    path.unlink(missing_ok=True)
    first = chat.ask("When did Putin land in Hanoi?")
    begin(chat, SLOWLY)
    expect(chat.turns.nth(1).locator(".said")).to_have_count(1)
    first.get_by_role("button", name="Bad answer").click()
    expect(first.get_by_role("status")).to_have_text("Saved.")
    expect(chat.page.get_by_test_id("toast-body")).to_contain_text("Saved to")
    expect(chat.turns.nth(1).locator(".actions")).to_be_visible()
    first.get_by_label("What was good or bad about it").fill("Not so.")
    first.get_by_role("button", name="Save the note").click()
    expect(first.get_by_role("status")).to_have_text("Saved, with your note.")
    (gold,) = load_gold(path)
    assert gold.tags == ("feedback", "bad")
    assert gold.notes.endswith("Not so.")


def test_clearing_ends_what_is_on_its_way(chat: Tab) -> None:
    chat.ask("When did Putin land in Hanoi?")
    begin(chat, SLOWLY)
    expect(chat.turns.nth(1).locator(".said")).to_have_count(1)
    chat.page.once("dialog", lambda dialog: dialog.accept())
    chat.page.get_by_role("button", name="Clear", exact=True).click()
    expect(chat.turns).to_have_count(0)
    chat.page.wait_for_timeout(int(2_500 * PAUSE))
    expect(chat.turns).to_have_count(0)
    turn = chat.ask("And who went with him?")
    expect(turn.locator(".notes")).not_to_contain_text("Searched for")  # nothing is carried along


def test_what_is_read_meanwhile_is_not_taken_away(chat: Tab) -> None:
    first = chat.ask("When did Putin land in Hanoi?")
    begin(chat, SLOWLY)
    expect(chat.turns.nth(1).locator(".said")).to_have_count(1)
    first.locator(".marker").first.click()
    expect(chat.panel.locator(".card.current")).to_be_visible()
    expect(chat.turns.nth(1).locator(".said")).to_have_count(2)
    expect(chat.panel).to_contain_text("of the answer to “When did Putin land in Hanoi?”")


def test_an_answer_that_breaks_says_so_and_the_chat_goes_on(chat: Tab) -> None:
    begin(chat, "Break it")
    expect(chat.turns.first.locator(".problem")).to_have_text("The store is being mended;\ntry again.")
    expect(chat.page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    expect(chat.ask("When did Putin land in Hanoi?").locator(".said")).to_be_visible()


def test_short_answer_confidence_support_and_both_sides_are_seen(chat: Tab) -> None:
    turn = chat.ask(SUPPORTS)
    expect(turn.locator(".short")).to_have_text("Russia")
    expect(turn.locator(".short")).to_have_css("font-weight", "700")
    expect(turn.locator(".short + .answer .said")).to_have_count(2)
    expect(turn.locator(".confidence")).to_have_text("Confidence 62%")
    expect(turn.locator(".support")).to_have_text(["checked", "quoted"])
    expect(turn.locator(".trust")).to_contain_text(
        "1 sentence in the words of a model <b>, checked against the sources"
    )
    expect(turn.locator(".trust")).to_contain_text("1 sentence that no source supported left out")
    conflict = turn.get_by_role("region", name="The sources differ: name")
    expect(conflict.locator(".value")).to_have_text(["Ukraine", "Russia"])
    tops = conflict.evaluate("e => [...e.querySelectorAll('.side')].map(side => side.getBoundingClientRect().top)")
    assert tops[0] == tops[1], "the sides do not stand next to each other"
    conflict.locator(".marker").nth(1).click()
    expect(chat.panel.locator("#source-2.current")).to_be_focused()


def test_evidence_of_one_is_not_held_up_by_another(chat: Tab, browser: Browser, address: str) -> None:
    with tab(browser, address) as other:
        begin(other, SLOWLY)
        expect(other.turns.first.locator(".reading")).to_contain_text("passages found")
        turn = chat.ask("When did Putin land in Hanoi?")
        expect(turn.locator(".said")).to_be_visible()
        expect(other.turns.first).to_have_attribute("aria-busy", "true")
        expect(other.turns.first.locator(".actions")).to_be_visible()
