"""Byline's index as a LlamaIndex retriever, for people who build their own engine with LlamaIndex."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.callbacks import CallbackManager
from llama_index.core.schema import NodeRelationship, NodeWithScore, ObjectType, QueryBundle, RelatedNodeInfo, TextNode

from index.errors import InputError
from index.settings import Settings
from qa.assistant import Assistant
from qa.models import Hit


class BylineRetriever(BaseRetriever):
    """Finds passages in a Byline store; neither a language model nor LlamaIndex's global settings are needed.

    `text[node.start_char_idx:node.end_char_idx] == node.text` in the text of the file that `node.metadata["file"]` and
    `node.ref_doc_id` name. The id of a node stays the same as long as its article does. `since`, `until` and `files`
    are those of `qa.retrieve`. Only the text of a `QueryBundle` is used: Byline embeds it with the model of its store.

    >>> from llama_index.core.llms import MockLLM
    >>> from llama_index.core.query_engine import RetrieverQueryEngine
    >>> from index import Settings
    >>> from qa.llamaindex import BylineRetriever
    >>> with BylineRetriever(Settings.load(), similarity_top_k=3) as retriever:
    ...     engine = RetrieverQueryEngine.from_args(retriever, llm=MockLLM())
    ...     response = engine.query("When did Putin land in Hanoi?")
    >>> len(response.source_nodes)
    3
    """

    def __init__(
        self,
        source: Assistant | Settings,
        *,
        similarity_top_k: int = 10,
        since: str | date | None = None,
        until: str | date | None = None,
        files: Sequence[str] = (),
        callback_manager: CallbackManager | None = None,
    ) -> None:
        """`source`: an Assistant, which stays its owner's to close, or Settings, for a store opened and closed here.

        Raises `InputError` for a `similarity_top_k` below 1, and `StoreError` when there is no usable index.
        """
        if similarity_top_k < 1:
            raise InputError(f"similarity_top_k must be at least 1, not {similarity_top_k}.")
        super().__init__(callback_manager=callback_manager)
        self.similarity_top_k, self.since, self.until, self.files = similarity_top_k, since, until, files
        self._owner = not isinstance(source, Assistant)
        self._assistant = source if isinstance(source, Assistant) else Assistant(source)

    def close(self) -> None:
        """Release the store, if it was opened here."""
        if self._owner:
            self._assistant.close()

    def __enter__(self) -> BylineRetriever:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._assistant.retrieve(
            query_bundle.query_str, self.similarity_top_k, since=self.since, until=self.until, files=self.files
        )
        sha256 = {file: self._assistant.article(file).sha256 for file in {hit.file for hit in hits}}
        return [NodeWithScore(node=_node(hit, sha256[hit.file]), score=hit.score) for hit in hits]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


def _node(hit: Hit, sha256: str) -> TextNode:
    metadata = {"file": hit.file, "title": hit.title, "published": hit.published, "sha256": sha256}
    unread = ["sha256", *(name for name, value in metadata.items() if value is None)]  # a model has no use for these
    return TextNode(
        id_=f"{hit.file}:{hit.start}-{hit.end}:{sha256[:12]}",
        text=hit.text,
        start_char_idx=hit.start,
        end_char_idx=hit.end,
        metadata=metadata,
        excluded_llm_metadata_keys=unread,
        excluded_embed_metadata_keys=unread,
        relationships={
            NodeRelationship.SOURCE: RelatedNodeInfo(node_id=hit.file, node_type=ObjectType.DOCUMENT, hash=sha256)
        },
    )
