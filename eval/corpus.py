"""The folder of articles that a run asks about: its texts, for offsets, and its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from index.errors import InputError, UnreadableFile
from index.load import FORMATS, load
from index.models import Article
from index.scan import scan


@dataclass(frozen=True, slots=True)
class Corpus:
    """The articles of `folder`: `texts` by file name, sorted; `sha256` of all names and bytes; the files left out."""

    folder: Path
    texts: Mapping[str, str]
    sha256: str
    skipped: tuple[tuple[str, str], ...] = ()  # (file, reason)

    def read(self, file: str) -> str:
        """The text of one file. Raises `KeyError` for a file that is not there.

        Plain text is read from the file itself, not as the index reads it: quotations are checked against it.
        """
        text = self.texts[file]
        if not file.lower().endswith((".txt", ".md")):
            return text
        try:
            with (self.folder / file).open(encoding="utf-8-sig", newline="") as plain:
                return plain.read()
        except UnicodeDecodeError:
            return text


def read_corpus(folder: str | Path) -> Corpus:
    """Read every article under `folder` as the index does, so that offsets count in the same text.

    Raises `InputError` for a path that is not a folder, and for a folder without articles.
    """
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder; give the folder of articles that the gold questions ask about")
    listing = scan(folder, folder / ".byline", FORMATS)
    articles, skipped = _articles(folder, [found.path for found in listing.found])
    if not articles:
        raise InputError(f"{folder} holds no articles; formats that are read: {' '.join(FORMATS)}")
    digest = hashlib.sha256("".join(f"{article.file}\0{article.sha256}\n" for article in articles).encode())
    texts = {article.file: article.text for article in articles}
    return Corpus(folder, texts, digest.hexdigest(), tuple(sorted([*listing.skipped, *skipped])))


def _articles(folder: Path, files: list[str]) -> tuple[list[Article], list[tuple[str, str]]]:
    articles, skipped = [], []
    for file in files:
        try:
            articles.append(load(folder / file, file).article)
        except UnreadableFile as error:
            skipped.append((file, str(error)))
    return articles, skipped
