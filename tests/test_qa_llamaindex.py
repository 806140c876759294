from __future__ import annotations

import asyncio
import doctest
from collections.abc import Iterator
from pathlib import Path

import pytest
from corpora import characters, corpus
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle, TextNode
from llama_index.core.settings import Settings as LlamaIndexSettings

import qa.llamaindex
from index.errors import InputError, StoreError
from index.settings import Settings
from qa.assistant import Assistant
from qa.llamaindex import BylineRetriever

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
QUESTION = "When did Putin land in Hanoi?"


@pytest.fixture(scope="module")
def assistant(seeds_settings: Settings) -> Iterator[Assistant]:
    with Assistant(seeds_settings) as assistant:
        yield assistant


def node(found: NodeWithScore) -> TextNode:
    assert isinstance(found.node, TextNode)
    return found.node


def test_nodes_are_the_hits_at_exact_offsets(assistant: Assistant) -> None:
    hits = assistant.retrieve(QUESTION, 4)
    found = BylineRetriever(assistant, similarity_top_k=4).retrieve(QUESTION)
    assert [(node(f).text, node(f).start_char_idx, node(f).end_char_idx, f.score) for f in found] == [
        (hit.text, hit.start, hit.end, hit.score) for hit in hits
    ]
    for item in map(node, found):
        file, start, end = item.metadata["file"], item.start_char_idx, item.end_char_idx
        assert start is not None
        assert end is not None
        assert characters(SEEDS / file, start, end) == item.text
        assert item.metadata["sha256"] == assistant.article(file).sha256
        assert item.ref_doc_id == file


def test_ids_are_stable_and_change_with_the_article(tmp_path: Path, assistant: Assistant) -> None:
    retriever = BylineRetriever(assistant)
    first = [found.node.node_id for found in retriever.retrieve(QUESTION)]
    assert first == [found.node.node_id for found in retriever.retrieve(QueryBundle(QUESTION))]
    assert len(set(first)) == len(first) == 10
    ids = set()
    for n, text in enumerate(("A dog barked.", "A cat purred.")):
        with BylineRetriever(corpus(tmp_path / str(n), {"a.txt": text})) as own:
            ids.add(own.retrieve("dog")[0].node.node_id)
    assert len(ids) == 2


def test_metadata_that_a_model_reads(tmp_path: Path) -> None:
    files = {"a.md": "---\ntitle: Dogs\ndate: 2024-06-20\n---\n\nA dog barked.", "b.txt": "A dog slept."}
    with BylineRetriever(corpus(tmp_path, files)) as retriever:
        found = {node(item).metadata["file"]: node(item) for item in retriever.retrieve("dog")}
    assert (
        found["a.md"].get_content(MetadataMode.LLM) == "file: a.md\ntitle: Dogs\npublished: 2024-06-20\n\nA dog barked."
    )
    assert found["b.txt"].metadata["published"] is None
    assert "published" not in found["b.txt"].get_content(MetadataMode.LLM)
    assert "sha256" not in found["b.txt"].get_content(MetadataMode.EMBED)


def test_filters(tmp_path: Path) -> None:
    files = {"a.md": "---\ndate: 2024-06-20\n---\n\nA dog barked.", "b.txt": "A dog slept.", "c.txt": "A dog ran."}
    with Assistant(corpus(tmp_path, files)) as assistant:

        def found(**filters: object) -> set[str]:
            nodes = BylineRetriever(assistant, **filters).retrieve("dog")  # type: ignore[arg-type]
            return {item.node.metadata["file"] for item in nodes}

        assert found() == {"a.md", "b.txt", "c.txt"}
        assert found(since="2024-06-20") == {"a.md"}
        assert found(until="2024-06-19") == set()
        assert found(files=["c*", "a*"]) == {"a.md", "c.txt"}


def test_the_asynchronous_way_finds_the_same(assistant: Assistant) -> None:
    retriever = BylineRetriever(assistant, similarity_top_k=3)

    async def both() -> list[list[NodeWithScore]]:
        return await asyncio.gather(retriever.aretrieve(QUESTION), retriever.aretrieve(QUESTION))

    assert asyncio.run(both()) == [retriever.retrieve(QUESTION)] * 2


def test_a_query_engine_runs_on_it_without_global_settings(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(_: object) -> None:
        raise AssertionError("LlamaIndex's global settings were asked for a model")

    for name in ("llm", "embed_model"):
        monkeypatch.setattr(type(LlamaIndexSettings), name, property(forbidden))
    retriever = BylineRetriever(assistant, similarity_top_k=2)
    engine = RetrieverQueryEngine.from_args(retriever, llm=MockLLM())
    response = engine.query(QUESTION)
    assert [source.node.node_id for source in response.source_nodes] == [
        found.node.node_id for found in retriever.retrieve(QUESTION)
    ]
    assert "Putin landed in Hanoi around 2am" in str(response)  # the mock repeats its prompt
    assert asyncio.run(engine.aquery(QUESTION)).source_nodes == response.source_nodes


def test_only_a_store_opened_here_is_closed_here(seeds_settings: Settings, assistant: Assistant) -> None:
    with BylineRetriever(assistant):
        pass
    assert assistant.retrieve(QUESTION)
    closed: list[bool] = []
    with BylineRetriever(seeds_settings) as retriever:
        monkey = retriever._assistant.reader.close
        retriever._assistant.reader.close = lambda: closed.append(True) or monkey()  # type: ignore[func-returns-value, method-assign]
    assert closed == [True]


def test_bad_input(tmp_path: Path, assistant: Assistant) -> None:
    with pytest.raises(InputError, match="similarity_top_k must be at least 1"):
        BylineRetriever(assistant, similarity_top_k=0)
    with pytest.raises(StoreError, match="byline index"):
        BylineRetriever(Settings(llm="none", store=str(tmp_path / "none")))
    with pytest.raises(InputError, match="The question is empty"):
        BylineRetriever(assistant).retrieve(" ")


def test_the_example_runs(monkeypatch: pytest.MonkeyPatch, seeds_settings: Settings) -> None:
    monkeypatch.setenv("BYLINE_STORE", seeds_settings.store)
    result = doctest.testmod(qa.llamaindex)
    assert result.attempted == 6
    assert result.failed == 0
