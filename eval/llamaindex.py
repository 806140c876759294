"""The baseline most people start from: LlamaIndex's VectorStoreIndex over SentenceSplitter's chunks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from index.embed import bundled_path
from index.errors import BylineError, InputError
from index.settings import BUNDLED
from qa.models import Hit

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.schema import NodeWithScore


def embedding(model: str) -> BaseEmbedding:
    """The embedding model of that name, or the bundled one, as LlamaIndex loads it by default."""
    try:
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    except ImportError as error:
        raise InputError("The llamaindex systems need an extra; install it with: pip install 'byline[eval]'") from error
    return HuggingFaceEmbedding(str(bundled_path()) if model == BUNDLED else model)


class ChunkSearch:
    """Chunks of `chunk_size` tokens with the splitter's default overlap, one vector each, ranked by cosine.

    Nothing is taken from LlamaIndex's global settings but its callback manager, which is empty.
    """

    def __init__(self, texts: Mapping[str, str], model: BaseEmbedding, chunk_size: int) -> None:
        from llama_index.core import Document, VectorStoreIndex
        from llama_index.core.node_parser import SentenceSplitter

        self._texts = texts
        documents = [Document(id_=file, text=text) for file, text in texts.items()]
        splitter = SentenceSplitter(chunk_size=chunk_size)
        index = VectorStoreIndex.from_documents(documents, embed_model=model, transformations=[splitter])
        self._index, self._chunks = index, len(index.index_struct.nodes_dict)

    def search(self, question: str, n: int | None = None) -> list[Hit]:
        """The `n` best chunks, or all, best first; equal scores by file and offset."""
        retriever = self._index.as_retriever(similarity_top_k=n or self._chunks)
        hits = [self._hit(found) for found in retriever.retrieve(question)]
        return sorted(hits, key=lambda hit: (-hit.score, hit.file, hit.start))

    def _hit(self, found: NodeWithScore) -> Hit:
        from llama_index.core.schema import TextNode

        node = found.node
        assert isinstance(node, TextNode)
        file, start, end = node.ref_doc_id, node.start_char_idx, node.end_char_idx
        if file is None or start is None or end is None or self._texts[file][start:end] != node.text:
            raise BylineError(f"LlamaIndex gave a chunk that does not stand in {file} at {start}; it cannot be scored")
        return Hit(file, start, end, node.text, found.get_score())
