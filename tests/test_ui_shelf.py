"""The library as HTML."""

from lxml import html

from index.builder import Progress
from index.models import BuildReport
from index.stored import ArticleEntry
from ui.shelf import PAGE, listing, matching, problem, progress, report, skipped


def entries(count: int) -> list[ArticleEntry]:
    return [ArticleEntry(f"f{n:03d}.txt", n, f"Title {n}" if n % 2 else None, "2024-06-20", n) for n in range(count)]


def tree(markup: str) -> html.HtmlElement:
    return html.fromstring(f"<main>{markup}</main>")


def test_search_is_by_every_word_in_title_or_file_whatever_the_case() -> None:
    assert [e.file for e in matching(entries(20), "TITLE f01")] == [f"f{n:03d}.txt" for n in (11, 13, 15, 17, 19)]
    assert len(matching(entries(20), " ")) == 20


def test_a_page_of_the_list_and_the_way_to_the_next() -> None:
    first = tree(listing(entries(120), "", 0, ()))
    assert len(first.cssselect("tbody tr")) == PAGE == 50
    assert first.cssselect("caption")[0].text == "120 articles, page 1 of 3"
    assert [b.get("data-page") for b in first.cssselect("nav button")] == ["1"]
    last = tree(listing(entries(120), "", 99, ()))  # past the end after a removal, say
    assert len(last.cssselect("tbody tr")) == 20
    assert [b.get("data-page") for b in last.cssselect("nav button")] == ["1"]
    assert tree(listing(entries(3), "", 0, ())).cssselect("nav") == []


def test_only_what_was_uploaded_can_be_removed_and_only_after_a_question() -> None:
    shown = tree(listing(entries(3), "", 0, {"f001.txt"}))
    (button,) = shown.cssselect("[data-event=remove]")
    assert button.get("data-file") == "f001.txt"
    assert "f001.txt" in button.get("data-confirm")


def test_files_of_one_content_say_so() -> None:
    shown = tree(listing([*entries(2), ArticleEntry("copy.txt", 1, None, None, 1)], "", 0, ()))
    assert [s.text for s in shown.cssselect(".same")] == ["the same text in 2 files"] * 2


def test_an_empty_list_says_which_kind_of_empty() -> None:
    assert "There are no articles yet" in listing([], "", 0, ())
    assert "No article matches" in listing(entries(3), "nothing", 0, ())


def test_progress_is_a_bar_that_says_how_far() -> None:
    shown = tree(progress(Progress("indexing", 30, 1_200, 500, 2.0)))
    assert (shown.cssselect("progress")[0].get("value"), shown.cssselect("progress")[0].get("max")) == ("30", "1200")
    assert shown.cssselect("p")[0].text == "Indexing: 30 of 1,200 files, 250 sentences a second"
    assert tree(progress(None)).cssselect("progress")[0].get("value") is None
    assert "Restoring the index" in progress(Progress("restoring", 1, 2, 0, 0.0))


def test_a_report_names_what_was_skipped_and_why() -> None:
    done = BuildReport(
        added=("a",), skipped=(("<b>.pdf", "encrypted"),), warnings=(("c.txt", "in French"),), seconds=1.2
    )
    shown = tree(report(done, ()))
    assert shown.cssselect("[role=status]")[0].text_content() == "Done in 1.2 s: 1 added, 1 skipped."
    assert [li.text_content() for li in shown.cssselect("li")] == ["c.txt in French", "<b>.pdf encrypted"]
    assert shown.cssselect("b") == []
    many = tree(skipped([(f"{n}.pdf", "empty") for n in range(300)], ()))
    assert len(many.cssselect("li")) == 200
    assert "100 more" in many.text_content()
    assert skipped([], ()) == ""


def test_a_problem_is_told_line_by_line() -> None:
    assert [p.text for p in tree(problem("It is <locked>.\nWait.")).cssselect("[role=alert]")] == [
        "It is <locked>.",
        "Wait.",
    ]


def test_an_upload_that_was_skipped_can_be_removed() -> None:
    shown = tree(skipped([("scan.pdf", "no text in it"), ("other.pdf", "locked")], {"scan.pdf"}))
    assert [b.get("data-file") for b in shown.cssselect("[data-event=remove]")] == ["scan.pdf"]


def test_a_file_name_comes_back_as_it_is() -> None:
    name = "a\u200e\u00adb.txt"
    shown = tree(listing([ArticleEntry(name, 1, None, None, 1)], "", 0, ()))
    assert shown.cssselect("[data-event=read]")[0].get("data-file") == name
