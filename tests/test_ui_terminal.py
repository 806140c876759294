"""How answers and reports look, without a process."""

import io
from dataclasses import replace

from rich.console import Console

from index.models import BuildReport
from qa.models import Answer, Citation, Hit, Place, Statement
from ui.plain import plain
from ui.terminal import show_answer, show_report


def shown(show, *arguments) -> str:
    console = Console(file=io.StringIO(), width=100)
    show(*arguments, console)
    return console.file.getvalue()


def answer(quote: str) -> Answer:
    citation = Citation(
        1, "b.pdf", 0, len(quote), quote, 3, 2, "", "A title", "2024-06-20", 0.9, (Place("c.txt", 5, 9),)
    )
    statement = Statement(quote, (1,), "quoted")
    return Answer("Q?", f"{quote} [1]", True, statements=(statement,), citations=(citation,), notes=("A note.",))


def test_page_title_date_other_files_and_notes_are_shown():
    text = shown(show_answer, answer("He resigned."))
    assert "[1] b.pdf, page 2 (A title, 2024-06-20), also in c.txt" in text
    assert "“He resigned.”" in text
    assert "Note: A note." in text


def test_an_article_cannot_steer_the_terminal_or_its_markup():
    hostile = "Red \x1b[31m alert, \u202egnihton\u202c, [bold]loud[/bold], \x07\r done."
    text = shown(show_answer, answer(hostile))
    assert not any(character in text for character in "\x1b\x07\r\u202e")
    assert "[bold]loud[/bold]" in text


def test_only_our_own_markers_look_like_markers():
    console = Console(file=io.StringIO(), width=100, force_terminal=True, color_system="standard")
    show_answer(answer("It opened in 1990.[7]"), console)
    first = console.file.getvalue().strip().splitlines()[0]
    assert "1990.[7]\x1b[0m\x1b[36m [1]" in first


def test_a_short_answer_is_what_stands_out():
    styles = {}
    for short in (None, "in \x1b[5m 1990"):
        console = Console(file=io.StringIO(), width=100, force_terminal=True, color_system="standard")
        show_answer(replace(answer("It opened in 1990."), short=short), console)
        styles[short] = console.file.getvalue().strip().splitlines()[:2]
    assert styles[None][0].startswith("\x1b[1mIt opened")
    bold, said = styles["in \x1b[5m 1990"]
    assert bold == "\x1b[1min \N{REPLACEMENT CHARACTER}[5m 1990\x1b[0m"
    assert said.startswith("It opened in 1990.")


def test_line_ends_of_another_system_are_line_ends():
    assert plain("one\r\ntwo\rthree co\N{SOFT HYPHEN}operate") == "one\ntwo\nthree cooperate"


def test_plain_keeps_line_ends_and_letters():
    assert plain("é\n\t𝄞 “x”") == "é\n\t𝄞 “x”"
    assert plain("a\x00b") == "a\N{REPLACEMENT CHARACTER}b"


def test_a_refusal_shows_reason_and_nearest():
    refusal = Answer(
        "Q?", "The articles do not say.", False, reason="Because.", nearest=(Hit("a.txt", 0, 9, "Some text", 0.1),)
    )
    text = shown(show_answer, refusal)
    assert "Because." in text
    assert "a.txt: Some text" in text


def test_a_report_lists_ten_of_a_kind_and_counts_the_rest():
    skipped = tuple((f"{n:02d}.txt", "empty") for n in range(12))
    text = shown(
        show_report, BuildReport(added=("a",), renamed=(("x", "y"),), skipped=skipped, sentences=1234), "store"
    )
    assert "1 added, 1 renamed, 12 skipped; 1,234 sentences embedded" in text
    assert "09.txt: empty" in text
    assert "10.txt" not in text
    assert "and 2 more; --json lists them all" in text
    assert "renamed x -> y" in text
