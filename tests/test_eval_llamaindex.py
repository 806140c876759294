from typing import Any

import pytest

from eval.llamaindex import ChunkSearch

pytest.importorskip("llama_index.core", reason="the llamaindex baseline is an extra")

from llama_index.core.base.embeddings.base import BaseEmbedding

TEXT = "\n\n".join(
    f"Paragraph {n} says that the colour number {n} is {'red' if n == 7 else 'blue'}." for n in range(40)
)


class Red(BaseEmbedding):
    """Points to one side for a text with "red", to the other side without."""

    def _get_text_embedding(self, text: str) -> list[float]:
        return [1.0, 0.0] if "red" in text else [0.6, 0.8]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def test_chunks_stand_in_their_files_and_the_best_comes_first() -> None:
    texts = {"a.txt": TEXT, "b.txt": "Nothing of that kind."}
    hits = ChunkSearch(texts, Red(), chunk_size=256).search("red?")
    assert "red" in hits[0].text
    assert hits[0].score == pytest.approx(1.0)
    assert hits[-1].score == pytest.approx(0.6)
    assert all(texts[hit.file][hit.start : hit.end] == hit.text for hit in hits)
    assert {hit.file for hit in hits} == {"a.txt", "b.txt"}
    assert hits == sorted(hits, key=lambda hit: (-hit.score, hit.file, hit.start))


def test_no_global_setting_is_needed_or_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    from llama_index.core import Settings

    def refuse(*_: Any) -> None:
        raise AssertionError("a global setting was used")

    monkeypatch.setattr(type(Settings), "llm", property(refuse))
    monkeypatch.setattr(type(Settings), "embed_model", property(refuse))
    assert ChunkSearch({"a.txt": TEXT}, Red(), chunk_size=512).search("red?")
