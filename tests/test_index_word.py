import io
import zipfile
from pathlib import Path

import docx
import pytest
from samples import PROSE, loaded, reason


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
    monkeypatch.setattr("index.word._LARGEST", 1_000_000)
    bomb = _zip({"word/document.xml": bytes(1_000_001)})
    assert len(bomb) < 10_000
    assert reason(tmp_path, "a.docx", bomb) == "unpacks to more than 1 MB: split it"


def _zip(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()
