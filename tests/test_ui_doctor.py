"""What `byline doctor` says of a store that is not well."""

import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from index import Settings, build
from index.opening import catalog_path, vectors_path
from qa.llm import choose
from qa.llm.choose import Chosen
from qa.llm.files import known_models
from qa.llm.model import Reply
from ui import doctor
from ui.doctor import Check, examine


@pytest.fixture
def sick(tmp_path: Path) -> Settings:
    """A small store of its own, to be damaged."""
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "a.txt").write_text("The mayor of Springfield resigned on Monday. The council met.", encoding="utf-8")
    settings = Settings(llm="none", store=str(tmp_path / "store"), models=str(tmp_path / "models"))
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


def language_model(settings: Settings) -> Check:
    (check,) = [check for check in examine(settings) if check.name == "language model"]
    return check


def test_quoting_without_a_language_model_is_fine(sick: Settings, monkeypatch: pytest.MonkeyPatch):
    check = language_model(sick)
    assert (check.ok, check.found) == (True, "none: none is wanted; answers are quoted word for word")
    monkeypatch.setattr(choose, "best_present", lambda settings: None)
    check = language_model(replace(sick, llm="auto"))
    assert check.ok
    assert "answers are quoted; get one with: byline model pull qwen2.5-coder-1.5b" in check.found


def test_the_bundled_language_model_is_loaded_and_checked(sick: Settings):
    check = language_model(replace(sick, llm="auto"))
    assert check.ok, check
    assert check.found.startswith("smollm2: it is the best one that is here; ")
    assert "SmolLM2-135M-Instruct.Q4_1.gguf, 98 MB, hash checked; probe: 0 of 12; picks the short" in check.found


class Able:
    """A model that is known to pass the probe."""

    name, fingerprint, copies = "able", known_models()[0].sha256, False

    def reply(self, messages, most, grammar=None, others=0) -> Reply:
        return Reply("Yes")

    def stream(self, messages, most):
        yield "Yes"


@pytest.mark.parametrize(
    ("writes", "said"),
    [("auto", "writes sentences"), ("no", "picks the short answer, writes no sentences (llm_writes=no)")],
)
def test_a_server_whose_model_passes_the_probe(writes, said, sick: Settings, monkeypatch: pytest.MonkeyPatch):
    chosen = Chosen(Able(), "it is asked at http://127.0.0.1:1/v1", "http://127.0.0.1:1/v1")
    monkeypatch.setattr(doctor, "choose_model", lambda settings: chosen)
    check = language_model(replace(sick, llm_writes=writes))
    assert (check.ok, check.found) == (
        True,
        f"able: it is asked at http://127.0.0.1:1/v1; probe: {known_models()[0].right} of 12; {said}",
    )


def test_a_language_model_that_is_missing_damaged_or_none_at_all(sick: Settings, tmp_path: Path):
    missing = bad(replace(sick, llm="qwen2.5-coder-1.5b"))["language model"]
    assert "get it with: byline model pull qwen2.5-coder-1.5b" in missing
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf").write_bytes(b"GGUF of another kind")
    damaged = bad(replace(sick, llm="smollm2"))["language model"]
    assert "is damaged" in damaged
    assert "byline model pull smollm2" in damaged
    (tmp_path / "text.gguf").write_bytes(b"no model")
    assert "is no GGUF file" in bad(replace(sick, llm=f"gguf:{tmp_path / 'text.gguf'}"))["language model"]


def test_a_server_that_is_down_and_no_key_is_shown(sick: Settings):
    down = replace(sick, llm="ollama:tiny", llm_base_url="http://ann:secret@127.0.0.1:9/v1", llm_api_key="secret")
    checks = examine(down)
    assert "secret" not in str(checks)
    said = bad(down)["language model"]
    assert "it is asked at http://127.0.0.1:9/v1 | ollama:tiny cannot be reached; is its server running" in said
    assert said.endswith("For Ollama: ollama serve, and: ollama pull tiny")
