"""Dates of publication from file names and first lines; dates that an article tells of are none."""

from contextlib import closing
from pathlib import Path

import pytest

from index.builder import build
from index.dateline import date_at_head, date_in_name
from index.load import load
from index.reader import Reader
from index.settings import Settings


@pytest.mark.parametrize(
    ("file", "date"),
    [
        ("2024-06-20-pact.txt", "2024-06-20"),
        ("wire/2024/06/20/pact.txt", "2024-06-20"),
        ("pact_2024_06_20.md", "2024-06-20"),
        ("20240620.html", "2024-06-20"),
        ("2023-01-02/2024-06-20 pact.txt", "2024-06-20"),
        ("2024-06-31.txt", None),
        ("000_55d20240620d7519.txt", None),  # within a hash
        ("a20240620.txt", None),
        ("120240620.txt", None),
        ("2024-06.txt", None),
        ("news/18561021.html", None),  # a number
        ("2024-0620.txt", None),
        ("pact.txt", None),
    ],
)
def test_file_names(file: str, date: str | None) -> None:
    assert date_in_name(file) == date


@pytest.mark.parametrize(
    "line",
    [
        "Published: 20 June 2024",
        "Published on June 20th, 2024 at 4:50 pm",
        "Posted on Thursday, June 20, 2024",
        "Date: 2024-06-20T04:50:00Z",
        "Thursday, 20 June 2024",
        "June 20, 2024 | 04:50 GMT",
        "**20 June 2024**",
        "By Anna Berg | June 20, 2024",
        "By Anna Berg and Carl Dahl, Hanoi - 20 June 2024",
        "HANOI, June 20, 2024 (Reuters) - Putin landed in Hanoi.",
        "HANOI, Vietnam, June 20, 2024 — Putin landed in Hanoi.",
        "HANOI – June 20, 2024 (Reuters) – Putin landed in Hanoi.",
        "NEW YORK (AP), 20 June 2024 - Putin landed in Hanoi.",
    ],
)
def test_date_lines(line: str) -> None:
    assert date_at_head(f"A headline\n\n{line}\n\nMore of it.") == "2024-06-20"


@pytest.mark.parametrize(
    "line",
    [
        "On June 20, 2024 Putin landed in Hanoi.",
        "Hanoi remembers June 20, 2024",
        "HANOI, June 20 (Reuters) - Putin landed in Hanoi.",  # of which year?
        "The battle of 14 October 1066 - a history",
        "Published: 06/07/2024",
        "June 2024",
        "May 31, 2024 was a Friday.",
        "D-DAY, June 6, 1944: how it went",
        "US ELECTION - November 5, 2024: what to know",
        "A BRIEF HISTORY - 4 July 1776 - of a war",
        "By the time the war ended, May 8, 1945",
    ],
)
def test_other_lines(line: str) -> None:
    assert date_at_head(f"A headline\n\n{line}\n") is None


def test_a_date_line_stands_at_the_head() -> None:
    assert date_at_head("One.\n" * 8 + "Published: 20 June 2024") is None


def test_what_the_file_says_comes_first(tmp_path: Path) -> None:
    name = "2023-01-01.md"
    (tmp_path / name).write_text("---\ndate: 2022-02-02\n---\nPublished: 20 June 2024\n\nText.", encoding="utf-8")
    assert load(tmp_path / name, name).article.published == "2022-02-02"
    (tmp_path / name).write_text("Published: 20 June 2024\n\nText.", encoding="utf-8")
    assert load(tmp_path / name, name).article.published == "2023-01-01"
    assert load(tmp_path / name, "other.md").article.published == "2024-06-20"


def test_one_text_under_two_names_has_the_first_date(tmp_path: Path, embedder) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name in ("2024-06-20.txt", "2024-06-21.txt"):
        (folder / name).write_text("Putin landed in Hanoi around 2am and was met at the airport.", encoding="utf-8")
    settings = Settings(store=str(tmp_path / "store"))
    assert build(folder, settings, embedder=embedder).sentences == 1
    assert dates(settings, embedder) == {"2024-06-20.txt": "2024-06-20", "2024-06-21.txt": "2024-06-20"}


def test_a_file_that_gets_a_date_by_another_name(tmp_path: Path, embedder) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "pact.txt").write_text("Putin landed in Hanoi around 2am and was met at the airport.", encoding="utf-8")
    settings = Settings(store=str(tmp_path / "store"))
    build(folder, settings, embedder=embedder)
    assert dates(settings, embedder) == {"pact.txt": None}
    (folder / "pact.txt").rename(folder / "2024-06-22.txt")
    report = build(folder, settings, embedder=embedder)
    assert (report.renamed, report.sentences) == ((("pact.txt", "2024-06-22.txt"),), 0)
    assert dates(settings, embedder) == {"2024-06-22.txt": "2024-06-22"}


def dates(settings: Settings, embedder) -> dict[str, str | None]:
    with closing(Reader(settings, embedder)) as reader:
        return {entry.file: entry.published for entry in reader.entries()}
