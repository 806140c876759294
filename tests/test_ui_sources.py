"""Source cards and articles as HTML."""

from dataclasses import replace

from lxml import html

from index.models import Article, Span
from qa.models import Answer, Citation, Hit, Place, Statement
from ui.conversation import Turn
from ui.sources import NOTHING, Part, article, found, gone, sources

PART = Part("read", {"file": "a.txt"})
TEXT = "Rain fell. It rained for days. Then it stopped."
QUOTE = "It rained for days."
CITATION = Citation(1, "a.txt", 11, 30, QUOTE, 1, None, "ab", None, None, 0.9)
ANSWER = Answer(
    "Q?", f"{QUOTE} [1]", True, statements=(Statement(QUOTE, (1,), "quoted"),), citations=(CITATION,),
    hits=(Hit("b.txt", 0, 47, "x" * 47, 0.5), Hit("a.txt", 0, 47, TEXT, 0.4)),
)  # fmt: skip


def tree(markup: str) -> html.HtmlElement:
    return html.fromstring(f"<main>{markup}</main>")


def card(answer: Answer, stale: dict[str, str] | None = None, marker: int | None = None) -> html.HtmlElement:
    return tree(sources(Turn("Q?", id="t", answer=answer), stale or {}, marker))


def test_the_quotation_is_marked_in_the_passage_that_was_found() -> None:
    shown = card(ANSWER)
    assert shown.cssselect("blockquote")[0].text_content() == TEXT
    assert [mark.text for mark in shown.cssselect("mark")] == [QUOTE]


def test_without_its_passage_the_quotation_stands_alone() -> None:
    assert card(replace(ANSWER, hits=())).cssselect("blockquote")[0].text_content() == QUOTE
    moved = replace(
        ANSWER, hits=(Hit("a.txt", 3, 50, TEXT, 0.4),)
    )  # offsets that do not fit: nothing is marked wrongly
    assert card(moved).cssselect("blockquote")[0].text_content() == QUOTE


def test_a_long_passage_is_cut_around_the_quotation() -> None:
    long = "before " * 500 + QUOTE + " after" * 500
    at = long.index(QUOTE)
    cited = replace(CITATION, start=at, end=at + len(QUOTE))
    shown = card(replace(ANSWER, citations=(cited,), hits=(Hit("a.txt", 0, len(long), long, 0.4),)))
    words = shown.cssselect("blockquote")[0].text_content()
    assert words.startswith("… before")
    assert words.endswith("after …")
    assert len(words) < 1_300


def test_where_it_stands_and_how_it_is_supported() -> None:
    shown = card(ANSWER)
    assert shown.cssselect(".where")[0].text_content() == "a.txt · line 1"
    assert shown.cssselect(".how")[0].text_content() == "Quoted word for word from the source"
    full = replace(CITATION, page=4, title="A title", published="2024-06-20")
    shown = card(replace(ANSWER, citations=(full,)))
    assert shown.cssselect(".where")[0].text_content() == "a.txt · page 4 · 2024-06-20"
    assert shown.cssselect("h3")[0].text_content() == "[1] A title"


def test_other_files_that_say_the_same_are_counted_once_each() -> None:
    also = (*(Place(f"{n % 5}.txt", n, n + 9) for n in range(10)), Place("a.txt", 40, 47))
    shown = card(replace(ANSWER, citations=(replace(CITATION, also_in=also),)))
    assert shown.cssselect(".also")[0].text_content() == "Also in 5 files: 0.txt, 1.txt, 2.txt and 2 more"
    assert card(ANSWER).cssselect(".also") == []


def test_the_card_that_was_asked_for_is_the_current_one() -> None:
    assert card(ANSWER).cssselect(".current, [data-focus]") == []
    (current,) = card(ANSWER, marker=1).cssselect(".current[data-focus]")
    assert (current.get("id"), current.get("aria-current")) == ("source-1", "true")


def test_a_file_that_changed_is_marked() -> None:
    assert card(ANSWER, {"a.txt": "a.txt has changed"}).cssselect(".stale")[0].text == "a.txt has changed"
    assert card(ANSWER, {"b.txt": "b.txt has changed"}).cssselect(".stale") == []


def test_a_refusal_has_no_cards() -> None:
    shown = card(Answer("Q?", "The articles do not say.", False, nearest=(Hit("a.txt", 0, 4, "Text", 0.1),)))
    assert shown.cssselect(".card, mark, blockquote") == []
    assert "no sources" in shown.text_content()


def test_passages_that_were_found_come_before_the_answer() -> None:
    assert sources(Turn("Q?"), {}) == NOTHING
    shown = tree(sources(Turn("Q?", hits=ANSWER.hits), {}))
    assert len(shown.cssselect(".found li")) == 2
    assert len(tree(found((Hit("a", 0, 9, "word " * 500, 1.0),))).cssselect("li p")[0].text or "") < 310


def test_an_article_is_whole_with_its_marks() -> None:
    entry = Article("a.txt", "ab", TEXT, title="T", author="A. Uthor", published="2024-06-20")
    focus = Span(11, 30)
    shown = tree(article(entry, [Span(31, 47), focus], focus, "changed", PART, "<button>back</button>"))
    assert shown.cssselect(".text")[0].text_content() == TEXT
    assert [mark.text for mark in shown.cssselect("mark")] == [QUOTE, "Then it stopped."]
    assert [mark.text for mark in shown.cssselect("mark[data-focus]")] == [QUOTE]
    assert shown.cssselect(".where")[0].text_content() == "a.txt · 2024-06-20 · A. Uthor"
    assert shown.cssselect(".stale")[0].text == "changed"


def test_marks_that_touch_or_repeat_lose_nothing() -> None:
    entry = Article("a.txt", "ab", TEXT)
    for marks in ([Span(0, 10), Span(10, 30)], [Span(0, 30), Span(11, 30)], [Span(11, 30), Span(11, 30)]):
        assert tree(article(entry, marks, marks[0], None, PART, "")).cssselect(".text")[0].text_content() == TEXT


def test_of_a_very_long_article_the_part_around_the_mark_is_shown() -> None:
    text = "a" * 400_000 + QUOTE + "b" * 400_000
    focus = Span(400_000, 400_000 + len(QUOTE))
    shown = tree(article(Article("a.txt", "ab", text), [Span(5, 9), focus], focus, None, PART, ""))
    assert [mark.text for mark in shown.cssselect("mark")] == [QUOTE]
    assert len(shown.cssselect(".text")[0].text_content()) == 150_000
    assert shown.cssselect(".part")[0].text == "Characters 325,000 to 475,000 of 800,019 "


def test_every_string_is_text() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    entry = Article(hostile, "ab", f"{hostile} {hostile}", title=hostile, author=hostile, published="2024-06-20")
    cited = replace(CITATION, file=hostile, title=hostile, also_in=(Place(f"{hostile}2", 0, 1),))
    for markup in (
        article(entry, [Span(0, 10)], Span(0, 10), hostile, Part(hostile, {"file": hostile}), ""),
        gone(hostile, ""),
        found((Hit(hostile, 0, 1, hostile, 0.1, hostile),)),
        sources(Turn(hostile, answer=replace(ANSWER, question=hostile, citations=(cited,))), {hostile: hostile}),
    ):
        assert tree(markup).cssselect("img") == []


def test_the_parts_of_a_very_long_article_lead_to_each_other() -> None:
    entry = Article("a.txt", "ab", "".join(f"{n:09d}\n" for n in range(40_000)))
    read, at = "", 0
    while True:
        shown = tree(article(entry, (), None, None, Part("read", {"file": "a.txt"}, at), ""))
        read += shown.cssselect(".text")[0].text_content()
        later = [b for b in shown.cssselect("nav button") if b.text == "Later part →"]
        if not later:
            break
        assert (later[0].get("data-event"), later[0].get("data-file")) == ("read", "a.txt")
        at = int(later[0].get("data-at"))
        if at + 150_000 > len(entry.text):
            at = len(entry.text) - 150_000
            read = read[:at]
    assert read == entry.text
    assert [b.text for b in shown.cssselect("nav button")] == ["← Earlier part"]
