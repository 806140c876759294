import datetime
from pathlib import Path

import pytest
from samples import PROSE, loaded

from index.dates import iso_date
from index.plain import headline

FRONT = "---\ntitle: 'Putin lands: the visit'\nauthors: [Jane Doe, {name: John Roe}]\ndate: 2024-06-20T10:00:00Z\n---\n"


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_front_matter(tmp_path: Path, name: str, newline: str) -> None:
    front = FRONT.replace("\n", newline)
    result = loaded(tmp_path, name, front + "# Another title" + newline + PROSE)
    article = result.article
    assert (article.title, article.author, article.published) == (
        "Putin lands: the visit",
        "Jane Doe, John Roe",
        "2024-06-20",
    )
    assert result.body == len(front)
    assert article.text == front + "# Another title" + newline + PROSE
    assert result.warnings == ()


def test_front_matter_with_other_keys(tmp_path: Path) -> None:
    front = "---\nTitle: 1984\nByline: Jane Doe\npubdate: June 20, 2024\n---\n"
    article = loaded(tmp_path, "a.md", front + PROSE).article
    assert (article.title, article.author, article.published) == ("1984", "Jane Doe", "2024-06-20")


@pytest.mark.parametrize(
    "block",
    [
        "title: [never: closed",
        "title: Foo: bar: baz\n  x",
        "a: " + "[" * 3_000,
        "title: !!python/object/apply:os.abort []\n\tx",
    ],
)
def test_bad_front_matter_is_left_out_with_a_warning(tmp_path: Path, block: str) -> None:
    result = loaded(tmp_path, "a.md", f"---\n{block}\n---\n{PROSE}\n\nMore.")
    assert result.article.title is None
    assert result.article.text[result.body :].startswith(PROSE)
    assert result.warnings == ("the front matter is not valid YAML: title, author and date in it are not used",)


def test_front_matter_runs_nothing_and_expands_nothing(tmp_path: Path) -> None:
    bombs = ["a: &a [x, x, x, x, x, x, x, x]"]
    bombs += [f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 8)}]" for n in range(20)]
    block = "\n".join([*bombs, "title: !!python/object/apply:os.abort []", "author: *u", "date: *u"])
    result = loaded(tmp_path, "a.md", f"---\n{block}\n---\n{PROSE}")
    assert (result.article.title, result.article.author, result.article.published) == (None, None, None)
    assert len(result.warnings) == 1  # the date is a list


def test_a_bad_date_spoils_only_itself(tmp_path: Path) -> None:
    result = loaded(tmp_path, "a.md", f"---\ntitle: Putin lands\ndate: 2024-13-45\n---\n{PROSE}")
    assert (result.article.title, result.article.published) == ("Putin lands", None)
    assert result.warnings == (
        "the date is not used, as it is not one that is understood (2024-13-45): write 2024-06-20",
    )


@pytest.mark.parametrize(
    "text",
    [
        f"---\n{PROSE}\n---\n{PROSE}",  # rules around prose
        f"---\ntitle: never closed\n\n{PROSE}",
        f"{PROSE}\n---\ntitle: not at the start\n---\n{PROSE}",
    ],
)
def test_what_is_not_front_matter(tmp_path: Path, text: str) -> None:
    result = loaded(tmp_path, "a.txt", text)
    assert (result.body, result.warnings) == (0, ())


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"# Putin lands in Hanoi\n\n{PROSE}", "Putin lands in Hanoi"),
        (f"# Learning C#\r\r{PROSE}", "Learning C#"),
        (f"Intro.\r\n\r\n#  **Putin lands** ##\r\n\r\n{PROSE}", "Putin lands"),
        (f"```sh\n# a comment\n```\n\n# Putin lands\n\n{PROSE}", "Putin lands"),
        (f"## A second level\n\n{PROSE}", None),
        (f"#hashtag\n\n{PROSE}", None),
        (f"Putin lands in Hanoi\n\n{PROSE}", None),
    ],
)
def test_the_title_of_markdown(tmp_path: Path, text: str, title: str | None) -> None:
    assert loaded(tmp_path, "a.md", text).article.title == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"Russia’s Putin arrives in Vietnam\n\n{PROSE}", "Russia’s Putin arrives in Vietnam"),
        (f"\n\n  Putin arrives:  What now?\r\n{PROSE}\r\n{PROSE}", "Putin arrives: What now?"),
        (f"# Putin arrives\n{PROSE}", "Putin arrives"),
        (f"{PROSE}\n\n{PROSE}", None),  # ends with a full stop
        ("He said “full support.”\n" + PROSE, None),
        ("Putin arrives in Vietnam", None),  # nothing follows
        (f"arrives in Vietnam\n{PROSE}", None),  # lower case
        ("X" * 150 + " " + "Y" * 60 + f"\n{PROSE}", None),  # too long
        ("The government said on Thursday that\nthe talks would go on.\n", None),  # hard-wrapped
        ("The talks between President Vladimir\nPutin and Kim Jong Un of North Korea\nwent on for days.\n", None),
        (f"2024 06 20\n{PROSE}", None),  # no letters
        (f"Updated\n{PROSE}", None),  # one word
        (f"On Thursday, in Hanoi,\n{PROSE}", None),
        ("\n" * 20_000 + PROSE, None),
    ],
)
def test_the_headline_of_text(tmp_path: Path, text: str, title: str | None) -> None:
    assert headline(text) == title
    if len(text) < 10_000:
        assert loaded(tmp_path, "a.txt", text).article.title == title


def test_a_title_after_endless_blank_lines(tmp_path: Path) -> None:
    assert loaded(tmp_path, "a.txt", "\n" * 20_000 + PROSE).article.title is None


@pytest.mark.parametrize(
    "value",
    [
        datetime.date(2024, 6, 20),
        datetime.datetime(2024, 6, 20, 23, 59, tzinfo=datetime.UTC),
        "2024-06-20",
        "20240620",
        " 2024-06-20T10:00:00Z ",
        "2024-06-20 23:30:00+07:00",
        "20 June 2024",
        "June 20, 2024",
        "Jun. 20th, 2024",
        "Thursday, 20 June 2024",
        "Thu June 20 2024",
        "Thu, 20 Jun 2024 10:00:00 +0000",
    ],
)
def test_dates(value: object) -> None:
    assert iso_date(value) == "2024-06-20"


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        20240620,
        [],
        {},
        True,
        "2024",
        "2024-06",
        "June 2024",
        "20 June",
        "06/07/2024",  # June or July
        "2024-13-45",
        "31 June 2024",
        "yesterday",
        "three days ago",
        "20 Marble 2024",
        "20 Ma 2024",
        "May",
        "0001-01-01T00:00:00Z",
        "1 2 3 4 5",
        "12",
        "x" * 1_000,
    ],
)
def test_what_is_no_date(value: object) -> None:
    assert iso_date(value) is None
