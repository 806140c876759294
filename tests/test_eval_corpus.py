from pathlib import Path

import pytest

from eval.corpus import read_corpus
from index.errors import InputError


def test_texts_are_the_files_own_characters(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.md").write_bytes(b"One.\r\n\r\nTwo.")
    (tmp_path / "a.txt").write_bytes("\ufeffMüller.".encode())
    (tmp_path / "c.xyz").write_bytes(b"not an article")
    corpus = read_corpus(tmp_path)
    assert corpus.texts == {"a.txt": "Müller.", "sub/b.md": "One.\r\n\r\nTwo."}
    assert corpus.read("a.txt") == "Müller."
    assert [file for file, _ in corpus.skipped] == ["c.xyz"]


def test_a_file_that_is_not_there_or_cannot_be_read_is_a_key_error(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One.")
    (tmp_path / "b.pdf").write_bytes(b"not a PDF")
    corpus = read_corpus(tmp_path)
    for file in ("b.pdf", "c.txt", "../a.txt"):
        with pytest.raises(KeyError, match=file):
            corpus.read(file)
    assert corpus.texts == {"a.txt": "One."}


def test_the_hash_follows_names_and_bytes_not_the_place(tmp_path: Path) -> None:
    def hashed(folder: str, name: str, text: str) -> str:
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(text)
        return read_corpus(tmp_path / folder).sha256

    first = hashed("1", "a.txt", "One.")
    assert hashed("2", "a.txt", "One.") == first
    assert hashed("3", "b.txt", "One.") != first
    assert hashed("4", "a.txt", "Two.") != first


def test_a_folder_without_articles_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no articles"):
        read_corpus(tmp_path)
    with pytest.raises(InputError, match="is not a folder"):
        read_corpus(tmp_path / "none")
