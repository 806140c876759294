import io
from pathlib import Path

import pypdf
import pytest
from pypdf.generic import NameObject, StreamObject
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate
from samples import PROSE, loaded, reason

from index.pdf import unwrap


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
