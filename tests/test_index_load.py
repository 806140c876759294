import datetime
import errno
import hashlib
import io
import json
import os
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import docx
import pypdf
import pytest
from pypdf.generic import NameObject, StreamObject
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

import index.load
from index.errors import UnreadableFile
from index.load import FORMATS, MAX_BYTES, Loaded, language_of, language_warning, load
from index.readers import decode, headline, iso_date, unwrap

DATA = Path(__file__).parents[1].parent / "shared" / "data"
PROSE = (
    "The government said on Thursday that the talks with the union would go on for several days, and that nobody had "
    "been hurt in the clashes. Officials from both sides were expected to meet again in the capital on Monday."
)
ENGLISH = "“We won’t go,” Mr. Müller said – in a café on the Champs-Élysées. It costs £5, or €6… a km² of naïveté."
FRENCH = (
    "Le président français Emmanuel Macron s’est exprimé jeudi à l’Élysée : « La situation est grave, dit-il, et nous "
    "devons agir dès aujourd’hui. » Les négociations, entamées à Genève l’été dernier, n’ont guère avancé."
)
GERMAN = (
    "Der Außenminister erklärte am Donnerstag, die Gespräche über die Öffnung der Grenze würden fortgeführt. „Wir "
    "müssen größere Anstrengungen unternehmen“, sagte er in München, wo er mit seinem Kollegen zusammentraf."
)
SPANISH = (
    "El señor Núñez dijo el jueves que las conversaciones continuarán mañana en Madrid. ¿Qué pasará después? El año "
    "que viene habrá elecciones en España, y ningún partido ha presentado todavía a sus candidatos."
)
VIETNAMESE = (
    "Tổng thống Nga Vladimir Putin đã đến Hà Nội vào thứ Năm trong chuyến thăm cấp nhà nước. Hai bên đã ký kết nhiều "
    "thỏa thuận hợp tác về năng lượng, giáo dục và khoa học, theo thông báo của Bộ Ngoại giao Việt Nam."
)
RUSSIAN = (
    "Президент России Владимир Путин прибыл в четверг во Вьетнам с государственным визитом. Переговоры продолжались "
    "несколько часов, сообщили официальные лица."
)
POLISH = (
    "Premier powiedział w czwartek, że rozmowy będą kontynuowane. Żołnierze wrócili do domów, a ludność cywilna może "
    "się czuć bezpiecznie. Źródła rządowe nie potwierdziły tych doniesień."
)
JAPANESE = "ロシアのプーチン大統領は木曜日にベトナムのハノイに到着した。会談は数時間続いたと当局者は述べた。" * 3


def write(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def loaded(folder: Path, name: str, content: bytes | str) -> Loaded:
    return load(write(folder, name, content), name)


def reason(folder: Path, name: str, content: bytes | str) -> str:
    with pytest.raises(UnreadableFile) as error:
        loaded(folder, name, content)
    return str(error.value)


# ---- files


def test_an_article_carries_its_name_and_the_hash_of_its_bytes(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", b"\xef\xbb\xbf" + PROSE.encode())
    article = load(path, "news/a.txt").article
    assert article.file == "news/a.txt"
    assert article.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert article.language == "en"


def test_given_bytes_are_used_and_the_file_is_not_read(tmp_path: Path) -> None:
    assert load(tmp_path / "nowhere.txt", "nowhere.txt", PROSE.encode()).article.text == PROSE


def test_the_suffix_may_be_in_capitals(tmp_path: Path) -> None:
    assert loaded(tmp_path, "A.TXT", PROSE).article.text == PROSE
    assert set(FORMATS) == {".txt", ".md", ".html", ".htm", ".pdf", ".docx"}


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    assert reason(tmp_path, "a.odt", PROSE).startswith("not a format that is read here (.txt .md")


def test_a_vanished_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"^vanished while indexing$"):
        load(tmp_path / "gone.txt", "gone.txt")


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "a.txt", PROSE)

    def refuse(self: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)  # not chmod: root may read everything
    with pytest.raises(UnreadableFile, match=r"^no permission to read it$"):
        load(path, "a.txt")


def test_a_failing_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "a.txt", PROSE)

    def fail(self: Path) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Path, "read_bytes", fail)
    with pytest.raises(UnreadableFile, match=r"cannot be read: .*Input/output error"):
        load(path, "a.txt")


def test_a_folder_and_a_name_with_nul(tmp_path: Path) -> None:
    (tmp_path / "folder.txt").mkdir()
    for path in (tmp_path / "folder.txt", tmp_path / "a\0b.txt"):
        with pytest.raises(UnreadableFile):
            load(path, path.name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(UnreadableFile, match=r"^not a file$"):
        load(tmp_path / "pipe.txt", "pipe.txt")


def test_too_large_a_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)  # sparse
    with pytest.raises(UnreadableFile, match=r"^larger than 100 MB: split it$"):
        load(path, "large.txt")


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
@pytest.mark.parametrize("end", ["\n", " "], ids=["lines", "one endless line"])
def test_fifty_megabytes_load_quickly(encoding: str, end: str) -> None:
    data = ((ENGLISH + end) * 470_000).encode(encoding)
    assert 48_000_000 < len(data) < MAX_BYTES
    started = time.perf_counter()
    article = load(Path("large.txt"), "large.txt", data).article
    assert time.perf_counter() - started < 20  # 1 to 2 s; guessing over the whole would take minutes
    assert article.text.startswith(ENGLISH)
    assert article.text.endswith(ENGLISH + end)


def test_importing_loads_no_reader() -> None:
    heavy = ("trafilatura", "pypdf", "docx", "charset_normalizer", "py3langid", "yaml", "babel")
    code = f"import sys, index.load; print([name for name in {heavy} if name in sys.modules])"
    root = Path(__file__).parents[1]
    result = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


# ---- plain text: encodings


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_text_is_the_files_own(tmp_path: Path, name: str, bom: bytes) -> None:
    text = f"{ENGLISH}\r\n\r\nOne\rtwo\nthree \u2028 four\f\n\n"
    article = loaded(tmp_path, name, bom + text.encode()).article
    with open(tmp_path / name, encoding="utf-8-sig", newline="") as file:
        assert article.text == file.read() == text


@pytest.mark.parametrize("text", [ENGLISH, FRENCH, GERMAN, SPANISH, PROSE + " Søren Kierkegaard’s São Paulo."])
def test_western_text_in_cp1252(text: str) -> None:
    decoded, warning = decode(text.encode("cp1252"))
    assert decoded == text
    assert warning == "read as cp1252, not UTF-8: save it as UTF-8 if characters look wrong"


@pytest.mark.parametrize(
    "name", "señor Citroën Søren Besançon Ångström naïve Zürich Malmö Kraków £5 €10 ½ 20°C".split()
)
def test_one_foreign_name_in_english_is_read_as_cp1252(name: str) -> None:
    text = f"{PROSE} {name} {PROSE}"
    assert decode(text.encode("cp1252"))[0] == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        (POLISH, "cp1250"),
        (JAPANESE, "cp932"),
        (JAPANESE, "euc_jp"),
        (ENGLISH.replace("²", ""), "mac_roman"),
        ("Le café a été fermé à Besançon, où l'hôtel Müller brûlait. " * 3, "cp850"),
    ],
)
def test_other_encodings_are_told_where_cp1252_cannot_be_right(text: str, encoding: str) -> None:
    decoded, warning = decode(text.encode(encoding))
    assert decoded == text
    assert warning == f"read as {encoding}, not UTF-8: save it as UTF-8 if characters look wrong"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("text", [PROSE, ENGLISH, VIETNAMESE])
def test_utf16_and_utf32(text: str, encoding: str) -> None:
    decoded, warning = decode(text.encode(encoding))
    assert decoded == text
    assert warning is not None
    assert warning.startswith(f"read as {encoding[:6]}, not UTF-8")


def test_utf16_with_a_big_endian_mark() -> None:
    assert decode(b"\xfe\xff" + ENGLISH.encode("utf-16-be"))[0] == ENGLISH


def test_utf8_with_a_few_broken_bytes(tmp_path: Path) -> None:
    data = ENGLISH.encode().replace(b"caf\xc3\xa9", b"caf\xc3").replace(b"\xe2\x80\x93", b"\xff")
    result = loaded(tmp_path, "a.txt", data)
    assert result.article.text == ENGLISH.replace("café", "caf\ufffd").replace("–", "\ufffd")
    assert result.warnings[0] == "2 bytes are not valid UTF-8 and shown as \ufffd"


def test_a_lone_surrogate_never_reaches_the_text(tmp_path: Path) -> None:
    for data in (
        (ENGLISH + "\ud800").encode("utf-8", "surrogatepass"),
        (ENGLISH + "\udc00 x").encode("utf-16", "surrogatepass"),
    ):
        text = loaded(tmp_path, "a.txt", data).article.text
        assert text.startswith(ENGLISH)
        assert "\ufffd" in text
        text.encode()


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0" + bytes(range(256)) * 8,
        bytes(range(1, 256)) * 20,  # no NUL
        PROSE.encode() + b"\0" + PROSE.encode(),
        bytes(1000),
    ],
)
def test_a_binary_file_called_txt(tmp_path: Path, data: bytes) -> None:
    assert reason(tmp_path, "a.txt", data) == "not text: it looks like a binary file"


@pytest.mark.parametrize(
    "data", [b"", b" \r\n\t\n", b"\xef\xbb\xbf", "\u00a0\n".encode(), b"---\ntitle: Alone\n---\n\n"]
)
def test_an_empty_file(tmp_path: Path, data: bytes) -> None:
    assert reason(tmp_path, "a.txt", data) == "empty"
    assert reason(tmp_path, "a.md", data) == "empty"


# ---- plain text: title, author, date

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


# ---- HTML

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


# ---- PDF


def pdf(*pages: list[str], title: str = "Putin lands in Hanoi", author: str = "Jane Doe") -> bytes:
    style = getSampleStyleSheet()["BodyText"]
    story = []
    for page in pages:
        story += [*(Paragraph(text, style) for text in page), PageBreak()]
    file = io.BytesIO()
    SimpleDocTemplate(file, title=title, author=author).build(story[:-1])
    return file.getvalue()


def rewritten(data: bytes, *, password: str | None = None, algorithm: str = "RC4-128", xmp: str | None = None) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    if xmp is not None:
        stream = StreamObject()
        stream.set_data(xmp.encode())
        writer.root_object[NameObject("/Metadata")] = writer._add_object(stream)
    if password is not None:
        writer.encrypt(password, "owner", algorithm=algorithm)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:date><rdf:Seq><rdf:li>2024-06-20T10:00:00Z</rdf:li></rdf:Seq>
</dc:date></rdf:Description></rdf:RDF></x:xmpmeta>"""


def test_pdf(tmp_path: Path) -> None:
    result = loaded(tmp_path, "a.pdf", pdf([f"First: {PROSE}", f"Second: {PROSE}"], [f"Third: {PROSE}"]))
    article = result.article
    assert article.text == f"First: {PROSE}\n\nSecond: {PROSE}\n\nThird: {PROSE}"
    assert article.pages == (0, article.text.index("Third"))
    assert (article.page_of(article.text.index("Second")), article.page_of(len(article.text) - 1)) == (1, 2)
    assert (article.title, article.author, article.published) == ("Putin lands in Hanoi", "Jane Doe", None)
    assert result.warnings == ()


def test_pdf_with_blank_pages(tmp_path: Path) -> None:
    file = io.BytesIO()
    canvas = Canvas(file)
    for text in ("", "Page two.", "", "Page four.", ""):
        canvas.drawString(72, 700, text)
        canvas.showPage()
    canvas.save()
    article = loaded(tmp_path, "a.pdf", file.getvalue()).article
    assert article.text == "Page two.\n\nPage four."
    assert [article.page_of(offset) for offset in (0, 8, 11, 20)] == [2, 2, 4, 4]


def test_pdf_with_a_publication_date(tmp_path: Path) -> None:
    assert loaded(tmp_path, "a.pdf", rewritten(pdf([PROSE]), xmp=XMP)).article.published == "2024-06-20"
    assert loaded(tmp_path, "b.pdf", rewritten(pdf([PROSE]), xmp="<broken")).article.text == PROSE


@pytest.mark.parametrize("title", ["untitled", "Microsoft Word - putin final.docx", "", "(anonymous)", "draft3.indd"])
def test_a_useless_title(tmp_path: Path, title: str) -> None:
    assert loaded(tmp_path, "a.pdf", pdf([PROSE], title=title)).article.title is None


def test_pdf_with_a_password(tmp_path: Path) -> None:
    assert reason(tmp_path, "a.pdf", rewritten(pdf([PROSE]), password="secret")) == "locked with a password"


def test_pdf_that_anybody_may_open(tmp_path: Path) -> None:
    assert loaded(tmp_path, "a.pdf", rewritten(pdf([PROSE]), password="")).article.text == PROSE


def test_pdf_with_aes_and_nothing_to_decrypt_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot(*_: object, **__: object) -> None:
        raise pypdf.errors.DependencyError("cryptography>=3.1 is required for AES algorithm")

    monkeypatch.setattr(pypdf, "PdfReader", cannot)
    expected = "encrypted with AES: save it without, or pip install cryptography"
    assert reason(tmp_path, "a.pdf", b"%PDF-1.7") == expected


@pytest.mark.parametrize("password", ["", "secret"])
def test_pdf_with_aes(tmp_path: Path, password: str) -> None:
    pytest.importorskip("cryptography", reason="pypdf needs cryptography for AES")
    data = rewritten(pdf([PROSE]), password=password, algorithm="AES-256")
    if password:
        assert reason(tmp_path, "a.pdf", data) == "locked with a password"
    else:
        assert loaded(tmp_path, "a.pdf", data).article.text == PROSE


@pytest.mark.parametrize("cut", ["nothing", "text", "header", "half", "middle"])
def test_a_broken_pdf(tmp_path: Path, cut: str, capfd: pytest.CaptureFixture[str]) -> None:
    whole = pdf([PROSE])
    data = {
        "nothing": b"",
        "text": PROSE.encode(),
        "header": b"%PDF-1.4\n",
        "half": whole[: len(whole) // 2],
        "middle": whole[:600] + bytes(300) + whole[900:],
    }[cut]
    told = reason(tmp_path, "a.pdf", data)
    assert told.startswith("broken PDF: ")
    assert len(told) < 140
    assert capfd.readouterr() == ("", "")


def test_a_scanned_pdf(tmp_path: Path) -> None:
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.rect(72, 72, 200, 200, fill=1)
    canvas.showPage()
    canvas.save()
    assert reason(tmp_path, "a.pdf", file.getvalue()) == "no text in it: a scan? run OCR over it first"


def test_what_a_library_raises_becomes_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> str:
        raise RecursionError("maximum recursion depth exceeded")

    monkeypatch.setattr(pypdf.PageObject, "extract_text", fail)
    assert reason(tmp_path, "a.pdf", pdf([PROSE])) == "broken PDF: maximum recursion depth exceeded"


def test_odd_characters_of_a_pdf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        pypdf.PageObject, "extract_text", lambda *_: "The o\ufb03ce\x00 of\td800 \ud800 gov\u00adernment\x07."
    )
    article = loaded(tmp_path, "a.pdf", pdf([PROSE])).article
    assert article.text == "The office of d800 \ufffd government."


FULL = "x" * 60


@pytest.mark.parametrize(
    ("wrapped", "flowing"),
    [
        ("", ""),
        ("one line", "one line"),
        (f"{FULL}\nends here.\n{FULL}", f"{FULL} ends here.\n\n{FULL}"),  # a short line that ends a sentence
        (f"{FULL}\nends “here.”\n{FULL}", f"{FULL} ends “here.”\n\n{FULL}"),
        (f"{FULL}\nthen\n{FULL}", f"{FULL} then {FULL}"),  # short, but in the middle of a sentence
        (f"{FULL}\n\n{FULL}", f"{FULL}\n\n{FULL}"),
        (f"{FULL}\n \t\n\n\n{FULL}", f"{FULL}\n\n{FULL}"),
        (f"{FULL} govern-\nment of {FULL}", f"{FULL} government of {FULL}"),
        (f"{FULL} govern\u00ad\nment of {FULL}", f"{FULL} government of {FULL}"),
        (f"{FULL} Anglo-\nSaxon {FULL}", f"{FULL} Anglo- Saxon {FULL}"),  # upper case: not hyphenation
        (f"{FULL} 1939-\nto {FULL}", f"{FULL} 1939- to {FULL}"),
        (f"{FULL} and -\nso on {FULL}", f"{FULL} and - so on {FULL}"),
        (f"Putin lands\nThe {FULL}\n{FULL}", f"Putin lands\n\nThe {FULL} {FULL}"),  # a heading
        (f"{FULL}.\nThe {FULL}.", f"{FULL}. The {FULL}."),  # a full line may end a sentence within a paragraph
        (f"a  b\t{FULL}\r\nc {FULL}", f"a b {FULL} c {FULL}"),
    ],
)
def test_unwrap(wrapped: str, flowing: str) -> None:
    assert unwrap(wrapped) == flowing


# ---- Word


def word(title: str = "", author: str = "", *, empty: bool = False) -> bytes:
    document = docx.Document()
    document.core_properties.title = title
    document.core_properties.author = author
    if not empty:
        document.add_heading("Putin lands", 1)
        document.add_paragraph(PROSE)
        table = document.add_table(2, 2)
        table.cell(0, 0).merge(table.cell(0, 1)).text = "Trade by country"
        table.cell(1, 0).text = "Vietnam"
        table.cell(1, 1).add_table(1, 1).cell(0, 0).text = "3.6 billion"
        document.add_paragraph("")
        document.add_paragraph("The end,\nat last.")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def test_docx(tmp_path: Path) -> None:
    article = loaded(tmp_path, "a.docx", word("Putin lands in Hanoi", "Jane Doe")).article
    parts = ["Putin lands", PROSE, "Trade by country", "Vietnam", "3.6 billion", "The end,\nat last."]
    assert article.text == "\n\n".join(parts)
    assert (article.title, article.author, article.published) == ("Putin lands in Hanoi", "Jane Doe", None)


@pytest.mark.parametrize("title", ["Word Document", "Document1", ""])
def test_a_useless_title_of_a_docx(tmp_path: Path, title: str) -> None:
    article = loaded(tmp_path, "a.docx", word(title)).article
    assert (article.title, article.author) == (None, None)


def test_bad_docx(tmp_path: Path) -> None:
    whole = word()
    assert reason(tmp_path, "a.docx", word(empty=True)) == "empty"
    for data in (
        b"",
        PROSE.encode(),
        whole[: len(whole) // 2],
        _zip({"a.txt": b"x"}),
        _zip({"[Content_Types].xml": b"<"}),
    ):
        assert reason(tmp_path, "a.docx", data).startswith("broken Word file: ")
    ole = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500)
    assert reason(tmp_path, "a.docx", ole).startswith("locked with a password, or an old .doc file")


def test_a_docx_that_unpacks_to_far_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.readers._LARGEST_PART", 1_000_000)
    bomb = _zip({"word/document.xml": bytes(1_000_001)})
    assert len(bomb) < 10_000
    assert reason(tmp_path, "a.docx", bomb) == "unpacks to more than 1 MB: split it"


def _zip(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


# ---- language


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [(FRENCH, "fr", "French"), (GERMAN, "de", "German"), (SPANISH, "es", "Spanish"), (VIETNAMESE, "vi", "Vietnamese"),
     (RUSSIAN, "ru", "Russian"), (JAPANESE, "ja", "Japanese")],
)  # fmt: skip
def test_another_language_is_told(tmp_path: Path, text: str, language: str, name: str) -> None:
    result = loaded(tmp_path, "a.txt", text)
    assert result.article.language == language
    assert result.warnings == (
        f"in {name} ({language}): the bundled model reads English, so expect it to find little here",
    )


def test_english_needs_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.load, "_identifier", lambda: pytest.fail("loaded for English"))
    assert language_of(PROSE) == "en"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Le président est là.",  # too short to tell
        "Arsenal 38 26 6 6 84\nChelsea 38 20 9 9 69\nLiverpool 38 20 10 8 70\n" * 5,
        "Marco Rossi, Juan García, François Dupont, Hans Müller, Nguyễn Văn An, " * 4,
        "0123 4567 " * 100,
    ],
)
def test_an_uncertain_language_is_not_told(text: str) -> None:
    assert language_of(text) is None


def test_no_warning_about_english_or_the_unknown() -> None:
    assert language_warning("en") is None
    assert language_warning(None) is None


def test_the_language_is_that_of_the_body(tmp_path: Path) -> None:
    front = (
        "---\ntitle: The government said that the talks with the union would go on\nnote: "
        + PROSE.replace(":", "")
        + "\n---\n"
    )
    assert loaded(tmp_path, "a.md", front + FRENCH).article.language == "fr"


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not beside the repository")
def test_real_english_articles_are_english() -> None:
    onestop = json.loads((DATA / "onestop_qa" / "onestop_qa.json").read_text(encoding="utf-8"))["data"]
    xquad = json.loads((DATA / "xquad" / "xquad.en.json").read_text(encoding="utf-8"))["data"]
    articles = ["\n\n".join(part[level]["context"] for part in article["paragraphs"])
                for article in onestop for level in ("Adv", "Int", "Ele")]  # fmt: skip
    articles += ["\n\n".join(part["context"] for part in article["paragraphs"]) for article in xquad]
    assert len(articles) == 3 * 30 + 48
    assert [language_of(article) for article in articles] == ["en"] * len(articles)


def test_the_seeds() -> None:
    seeds = sorted((Path(__file__).parents[1] / "seeds").glob("*.txt"))[:5]
    results = [load(path, path.name) for path in seeds]
    assert [result.article.title for result in results] == [
        None,
        None,
        "Russia’s Putin arrives in Vietnam after signing a defense pact with North Korea",
        "Kim Jong Un Pledges Support for Russia as Putin Visits North Korea",
        "Putin Praises North Korea’s Support, Plans Closer Cooperation to Counter U.S.-Led Sanctions",
    ]
    assert {result.article.language for result in results} == {"en"}
    assert not any(result.warnings for result in results)
