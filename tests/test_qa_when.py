"""Words for days are resolved by hand-worked calendars."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from index.builder import build
from index.embed import Embedder
from index.settings import Settings
from qa.assistant import Assistant
from qa.models import describe
from qa.when import about_now, age, period, resolved

THURSDAY = "2024-06-20"  # a Thursday
TODAY = date(2024, 6, 20)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("They signed it on Wednesday.", [("Wednesday", "2024-06-19")]),
        ("He landed on Thursday.", [("Thursday", "2024-06-20")]),
        ("Putin will land on Thursday.", [("Thursday", "2024-06-20")]),
        ("The talks are expected to begin on Monday.", [("Monday", "2024-06-24")]),
        ("He met Kim last Thursday.", [("last Thursday", "2024-06-13")]),
        ("It was signed yesterday and printed today.", [("yesterday", "2024-06-19"), ("today", "2024-06-20")]),
        ("The accord broke down last year.", [("last year", "2023")]),
        ("Trade grew last month.", [("last month", "2024-05")]),
        ("They met last week.", [("last week", "2024-06-10 to 2024-06-16")]),
        ("He came two days ago.", [("two days ago", "2024-06-18")]),
        ("He came 3 months ago.", [("3 months ago", "2024-03")]),
        ("Of Sun hats, and at Mon Repos.", []),
        ("On Wednesday, and again on Wednesday.", [("Wednesday", "2024-06-19")]),
        ("The treaty of 2000 holds.", []),
        ("On Monday, Putin will land in Hanoi.", [("Monday", "2024-06-24")]),
        ("Putin will begin a state visit on Thursday, a day after the summit.", [("Thursday", "2024-06-20")]),
        ("Putin landed around 2am (7pm GMT Wednesday) and will begin at noon.", []),  # seeds/002: it cannot be told
        ("Putin, who arrived Wednesday, is expected to sign.", []),
        ("It was called off Wednesday due to rain.", [("Wednesday", "2024-06-19")]),
        ("It was built 5000 years ago, or 2,500 years ago.", []),
        ("It was built 900 years ago.", [("900 years ago", "1124")]),
        ("He left twenty-five years ago, half a year ago.", []),
        ("He left the next week, in his last year in office.", []),
        ("It came in the last week of May.", []),
    ],
)
def test_words_of_an_article(text: str, found: list[tuple[str, str]]) -> None:
    assert resolved(text, THURSDAY) == tuple(found)


def test_what_is_no_day_is_left_as_it_is() -> None:
    assert resolved("He comes tomorrow, or next year. He came 999 years ago.", "9999-12-31") == (
        ("999 years ago", "9000"),
    )
    assert resolved("He came 999 years ago.", "0500-01-01") == ()


def test_nothing_is_resolved_without_a_date() -> None:
    assert resolved("They signed it on Wednesday.", None) == ()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("2024-05-03", "2024-05-03"),
        ("3 May 2024", "2024-05-03"),
        ("2023", "2023"),
        ("May", "2024-05"),
        ("August", "2023-08"),  # the last one that has begun
        ("Feb 2024", "2024-02"),
        ("last week of May", "2024-05-25 to 2024-05-31"),
        ("the first week of May 2023", "2023-05-01 to 2023-05-07"),
        ("Last week of February 2024", "2024-02-23 to 2024-02-29"),
        ("yesterday", "2024-06-19"),
        ("Monday", "2024-06-17"),
        ("last year", "2023"),
        ("this week", "2024-06-17 to 2024-06-23"),
        ("2 weeks ago", "2024-06-06"),
        ("Last Monday", "2024-06-17"),
        ("this friday", "2024-06-14"),
        ("2024-05", "2024-05"),
        ("1400-01-01", "1400-01-01"),
    ],
)
def test_filters(words: str, found: str) -> None:
    assert str(period(words, TODAY)) == found


@pytest.mark.parametrize(
    "words", ["", "soon", "2024-13-01", "06/07/2024", "the week", "99999", "week of May", "May 0000", "999 years ago 1"]
)
def test_what_is_no_filter(words: str) -> None:
    assert period(words, TODAY) is None


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "0 days"), (1, "1 day"), (6, "6 days"), (7, "1 week"), (31, "1 month"), (364, "12 months"), (800, "2 years")],
)
def test_age(days: int, said: str) -> None:
    assert age(date.fromordinal(TODAY.toordinal() - days), TODAY) == said


def test_questions_about_now() -> None:
    assert about_now("Who is the current president of Vietnam?")
    assert about_now("Is the treaty still in force?")
    assert about_now("What has happened so far?")
    assert not about_now("When did Putin land in Hanoi?")
    assert not about_now("Who knows the answer?")


PACT = "Putin and Kim signed a defence pact in Pyongyang on Wednesday, the embassy said.\n"


@pytest.fixture
def dated(tmp_path: Path, embedder: Embedder) -> Iterator[Assistant]:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "2024-06-20-pact.txt").write_text(PACT, encoding="utf-8")
    (folder / "2024-05-29-ferry.txt").write_text("The ferry Aurora sank off Vessel last week.\n", encoding="utf-8")
    (folder / "undated.txt").write_text("The mayor of Norrby resigned on Wednesday.\n", encoding="utf-8")
    settings = Settings(store=str(tmp_path / "store"), llm="none")
    build(folder, settings, embedder=embedder)
    with Assistant(settings) as assistant:
        yield assistant


def test_a_citation_says_which_wednesday(dated: Assistant) -> None:
    citation = dated.ask("When did Putin and Kim sign the defence pact?").citations[0]
    assert citation.published == "2024-06-20"
    assert citation.dates == (("Wednesday", "2024-06-19"),)
    assert describe(citation) == "2024-06-20-pact.txt, line 1 (2024-06-20, “Wednesday” is 2024-06-19)"
    assert dated.ask("When did the mayor of Norrby resign?").citations[0].dates == ()


def test_filters_in_words(dated: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.assistant.today", lambda: date(2024, 6, 30))
    question = "Which ferry sank off Vessel?"
    may = {"since": "last week of May", "until": "last week of May"}
    assert [c.file for c in dated.ask(question, **may).citations] == ["2024-05-29-ferry.txt"]
    june = dated.ask(question, since="June")
    assert not june.answered
    assert june.notes == ("Searched 1 of 3 articles; 1 left out because they have no date.",)


def test_an_old_answer_to_a_question_about_now_says_so(dated: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    now, then = "Is the defence pact of Putin and Kim still signed?", "Who signed the defence pact with Kim?"
    monkeypatch.setattr("qa.assistant.today", lambda: date(2026, 9, 1))
    said = "The newest dated source is of 2024-06-20, 2 years ago: things may have changed since."
    assert said in dated.ask(now).notes
    assert said not in dated.ask(then).notes
    monkeypatch.setattr("qa.assistant.today", lambda: date(2024, 6, 22))
    assert not any("newest" in note for note in dated.ask(now).notes)
