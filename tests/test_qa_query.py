from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from corpora import corpus

import qa
from index.errors import InputError, StoreError
from index.settings import Settings
from qa import Answer, Assistant, Hit, query, retrieve

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def _store(monkeypatch: pytest.MonkeyPatch, seeds_settings: Settings) -> None:
    monkeypatch.setenv("BYLINE_STORE", seeds_settings.store)


@pytest.mark.usefixtures("_store")
def test_query_is_what_the_assistant_says(seeds_settings: Settings) -> None:
    answer = query("When did Putin land in Hanoi?")
    assert isinstance(answer, Answer)
    with Assistant(seeds_settings) as assistant:
        assert answer == assistant.ask("When did Putin land in Hanoi?")


@pytest.mark.usefixtures("_store")
def test_query_takes_the_names_of_the_contract() -> None:
    history = [("Who visited Hanoi?", "Putin did.")]
    answer = query("When did he land?", history=history, since=None, until=None, files=["*.txt"], llm="none")
    assert answer.text.startswith("Putin landed in Hanoi around 2am")
    assert answer.notes == (
        "Searched 5 of 5 articles.",
        "Searched for: When did he land? (Who visited Hanoi? Putin did.)",
    )
    assert (
        query("When did he land?", since="2024-06-01").reason == "No article matches the filters."
    )  # seeds have no dates


@pytest.mark.usefixtures("_store")
def test_retrieve() -> None:
    hits = retrieve("When did Putin land in Hanoi?", k=3)
    assert len(hits) == 3
    assert all(isinstance(hit, Hit) for hit in hits)
    assert "Putin landed in Hanoi" in hits[0].text
    assert len(retrieve("Who visited Hanoi?")) == 10
    assert {hit.file[:3] for hit in retrieve("Hanoi", files=["003*"])} == {"003"}


@pytest.mark.usefixtures("_store")
def test_a_language_model_that_is_not_there() -> None:
    with pytest.raises(InputError, match="no language model 'gpt'"):
        query("Who visited Hanoi?", llm="gpt")


def test_no_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError, match="byline index"):
        query("Who visited Hanoi?")


def test_models_stay_warm_for_each_store(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, seeds_settings: Settings
) -> None:
    other = corpus(tmp_path, {"a.txt": "A dog barked in Bremen."})
    opened: list[Settings] = []

    def counted(settings: Settings) -> Assistant:
        opened.append(settings)
        return Assistant(settings)

    monkeypatch.setattr(qa, "Assistant", counted)
    qa._assistant.cache_clear()
    for store in (other.store, seeds_settings.store, other.store, seeds_settings.store):
        monkeypatch.setenv("BYLINE_STORE", store)
        assert retrieve("dog")
    assert [settings.store for settings in opened] == [other.store, seeds_settings.store]


def test_importing_qa_imports_no_llamaindex_and_no_model() -> None:
    heavy = ["llama_index", "torch", "sentence_transformers", "gradio"]
    code = f"import sys, qa; print([name for name in {heavy} if name in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True)
    assert printed.stdout.strip() == "[]"
