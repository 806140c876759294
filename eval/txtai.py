"""txtai's hybrid search over paragraphs: BM25 and one vector a paragraph, fused as it does by default."""

from __future__ import annotations

from collections.abc import Mapping

from eval.baselines import paragraphs
from index.embed import bundled_path
from index.errors import InputError
from index.settings import BUNDLED
from qa.models import Hit


class HybridSearch:
    """txtai's `Embeddings` with `hybrid=True`, the same embedding model and the paragraphs of the other baselines.

    Keeps files open: close it.
    """

    def __init__(self, texts: Mapping[str, str], model: str) -> None:
        try:
            from txtai import Embeddings
        except ImportError as error:
            raise InputError("The system txtai needs an extra; install it with: pip install 'byline[txtai]'") from error
        self._texts = texts
        self._places = paragraphs(texts)
        path = str(bundled_path()) if model == BUNDLED else model
        self._embeddings = Embeddings(path=path, hybrid=True)
        self._embeddings.index((number, self._text(number), None) for number in range(len(self._places)))

    def search(self, question: str, n: int | None = None) -> list[Hit]:
        """The `n` best paragraphs, or all, best first; equal scores in the order of the corpus."""
        found = sorted(self._embeddings.search(question, n or len(self._places)), key=lambda pair: (-pair[1], pair[0]))
        return [self._hit(int(number), float(score)) for number, score in found]

    def _hit(self, number: int, score: float) -> Hit:
        return Hit(*self._places[number], text=self._text(number), score=score)

    def close(self) -> None:
        """Release the files."""
        self._embeddings.close()

    def _text(self, number: int) -> str:
        file, start, end = self._places[number]
        return self._texts[file][start:end]
