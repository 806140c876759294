"""What `byline doctor` says of a store that is not well."""

import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from index import Settings, build
from index.opening import catalog_path, vectors_path
from ui.doctor import examine


@pytest.fixture
def sick(tmp_path: Path) -> Settings:
    """A small store of its own, to be damaged."""
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "a.txt").write_text("The mayor of Springfield resigned on Monday. The council met.", encoding="utf-8")
    settings = Settings(llm="none", store=str(tmp_path / "store"))
    build(articles, settings)
    return settings


def bad(settings: Settings) -> dict[str, str]:
    """Name and advice of every check that failed."""
    return {check.name: f"{check.found} | {check.advice}" for check in examine(settings) if not check.ok}


def test_a_good_store_has_nothing_wrong(sick: Settings):
    assert bad(sick) == {}


def test_no_store(tmp_path: Path):
    assert "make one with: byline index FOLDER" in bad(Settings(llm="none", store=str(tmp_path / "none")))["store"]


def test_a_damaged_catalog(sick: Settings):
    catalog_path(Path(sick.store)).write_bytes(b"this is not a database" * 100)
    assert "mend it with: byline index FOLDER" in bad(sick)["store"]


def test_a_lost_vector_index(sick: Settings):
    shutil.rmtree(vectors_path(Path(sick.store)))
    assert "make it again, without embedding" in bad(sick)["vector index"]


def test_vectors_that_are_missing(sick: Settings):
    with sqlite3.connect(catalog_path(Path(sick.store))) as db:
        db.execute("UPDATE contents SET sentences = 9")
    assert "2 of 9 vectors" in bad(sick)["vector index"]


def test_files_that_have_changed(sick: Settings, tmp_path: Path):
    (tmp_path / "articles" / "a.txt").write_text("Another text.", encoding="utf-8")
    (tmp_path / "articles" / "b.txt").write_text("A new one.", encoding="utf-8")
    assert "1 new, 1 changed, 0 gone" in bad(sick)["articles"]


def test_the_folder_of_articles_is_gone(sick: Settings, tmp_path: Path):
    (tmp_path / "articles").rename(tmp_path / "elsewhere")
    assert "is missing" in bad(sick)["articles"]


def test_another_model(sick: Settings, tmp_path: Path):
    assert "the embedding model all-MiniLM-L6-v2" in bad(replace(sick, embedding_model=str(tmp_path)))["store model"]
