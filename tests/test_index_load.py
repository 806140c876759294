import errno
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from samples import DATA, ENGLISH, FRENCH, GERMAN, JAPANESE, PROSE, RUSSIAN, SPANISH, VIETNAMESE, loaded, reason, write

import index.load
from index.errors import UnreadableFile
from index.load import FORMATS, MAX_BYTES, language_of, language_warning, load


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


# ---- language


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [(FRENCH, "fr", "French"), (GERMAN, "de", "German"), (SPANISH, "es", "Spanish"), (VIETNAMESE, "vi", "Vietnamese"),
     (RUSSIAN, "ru", "Russian"), (JAPANESE, "ja", "Japanese")],
)  # fmt: skip
def test_another_language_is_told(tmp_path: Path, text: str, language: str, name: str) -> None:
    result = loaded(tmp_path, "a.txt", text)
    assert result.article.language == language
    assert language_warning(language) == (
        f"in {name} ({language}): the bundled model reads English, so expect it to find little here"
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
