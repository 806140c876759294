import socket
from pathlib import Path

import pytest
from samples import ENGLISH, PROSE, loaded, reason

PAGE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Putin lands in Hanoi | Example News</title>
<meta name="author" content="Jane Doe"><meta property="article:published_time" content="2024-06-20T04:00:00Z"></head>
<body><nav><a href="/">Home</a> <a href="/world">World</a></nav><article><h1>Putin lands in Hanoi</h1>
<p>First: {PROSE}</p><p>Second: {ENGLISH} {PROSE}</p>
<table><tr><th>Country</th><th>Trade</th></tr><tr><td>Vietnam</td><td>3.6 billion</td></tr></table>
<p>Third: gov&shy;ern&shy;ment {PROSE}</p></article>
<div class="comments" id="comments"><h3>Comments</h3><p>A reader who found this rather silly.</p></div>
<footer>© 2019 Example News, last change on 1 January 2019</footer></body></html>"""


def test_html(tmp_path: Path) -> None:
    result = loaded(tmp_path, "a.html", PAGE)
    article = result.article
    assert (article.title, article.author, article.published) == ("Putin lands in Hanoi", "Jane Doe", "2024-06-20")
    assert (
        f"\n\nFirst: {PROSE}\n\nSecond: {ENGLISH} {PROSE}\n\n| Country | Trade |\n| Vietnam | 3.6 billion |\n\n"
        in article.text
    )
    assert f"Third: government {PROSE}" in article.text
    assert "silly" not in article.text
    assert "2019" not in article.text
    assert result.warnings == ()
    assert article.pages == ()


META_DATE = '<meta property="article:published_time" content="2024-06-20T04:00:00Z">'


@pytest.mark.parametrize(
    ("found", "replacement", "published"),
    [
        (META_DATE, "", None),  # neither the one at the foot of the page ...
        (
            f"{META_DATE}|First:",
            "|First: on 2018-03-04 and on 5 March 2018",
            None,
        ),  # ... nor one that the article tells
        (f"{META_DATE}|<p>First:", '|<p class="date">20 June 2024</p><p>First:', "2024-06-20"),
        (
            f"{META_DATE}|<p>First:",
            '|<p>Published <time datetime="2024-06-20T10:00">today</time></p><p>First:',
            "2024-06-20",
        ),
        (META_DATE, '<link rel="canonical" href="https://example.com/2024/06/20/putin-lands">', "2024-06-20"),
        (META_DATE, '<script type="application/ld+json">{"datePublished": "2024-06-20"}</script>', "2024-06-20"),
    ],
)
def test_only_a_declared_date_of_html_counts(
    tmp_path: Path, found: str, replacement: str, published: str | None
) -> None:
    page = PAGE
    for old, new in zip(found.split("|"), replacement.split("|"), strict=True):
        assert old in page
        page = page.replace(old, new)
    assert loaded(tmp_path, "a.htm", page).article.published == published


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252", "nonsense", "utf-8"])
def test_html_in_another_encoding(tmp_path: Path, declared: str) -> None:
    page = PAGE.replace('charset="utf-8"', f'charset="{declared}"').encode("cp1252")
    assert ENGLISH in loaded(tmp_path, "a.html", page).article.text


def test_html_declared_encoding_is_believed_where_the_bytes_could_be_another(tmp_path: Path) -> None:
    czech = "Předseda vlády řekl ve čtvrtek, že jednání budou pokračovat. " * 5
    page = f'<html><head><meta charset="iso-8859-2"></head><body><article><p>{czech}</p></article></body></html>'
    assert czech.strip() in loaded(tmp_path, "a.html", page.encode("iso-8859-2")).article.text


def test_xhtml_with_an_encoding_declaration(tmp_path: Path) -> None:
    page = '<?xml version="1.0" encoding="iso-8859-1"?>\n' + PAGE
    assert ENGLISH in loaded(tmp_path, "a.html", page.encode("cp1252")).article.text


@pytest.mark.parametrize(
    "page",
    ["", "  \n", "<html></html>", "<html><body><script>var text = 1;</script></body></html>", "http://example.com/a"],
)
def test_a_page_without_an_article(tmp_path: Path, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("no network"))
    assert reason(tmp_path, "a.html", page) == "no article text found"


def test_html_makes_no_requests_and_no_noise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("no network"))
    page = PAGE.replace(
        "<head>", '<head><base href="http://example.com/"><link rel="canonical" href="http://example.com/a">'
    )
    loaded(tmp_path, "a.html", page.replace("<p>Second", '<p><img src="http://example.com/i.png">Second'))
    assert capfd.readouterr() == ("", "")
