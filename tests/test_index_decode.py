from pathlib import Path

import pytest
from samples import ENGLISH, FRENCH, GERMAN, JAPANESE, POLISH, PROSE, RUSSIAN, SPANISH, VIETNAMESE, loaded, reason

from index.decode import decode


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_text_is_the_files_own(tmp_path: Path, name: str, bom: bytes) -> None:
    text = f"{ENGLISH}\r\n\r\nOne\rtwo\nthree \u2028 four\f\n\n"
    article = loaded(tmp_path, name, bom + text.encode()).article
    with (tmp_path / name).open(encoding="utf-8-sig", newline="") as file:
        assert article.text == file.read() == text


@pytest.mark.parametrize("text", [ENGLISH, FRENCH, GERMAN, SPANISH, PROSE + " Søren Kierkegaard’s São Paulo."])
def test_western_text_in_cp1252(text: str) -> None:
    decoded, warning = decode(text.encode("cp1252"))
    assert decoded == text
    assert warning == "read as cp1252, not UTF-8: save it as UTF-8 if characters look wrong"


@pytest.mark.parametrize(
    "name",
    [
        "señor",
        "Citroën",
        "Søren",
        "Besançon",
        "Ångström",
        "naïve",
        "Zürich",
        "Malmö",
        "Kraków",
        "£5",
        "€10",
        "½",
        "20°C",
    ],
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
