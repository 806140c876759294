"""What most people would write first: the best sentences and the question in one prompt, and the reply as it comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from index.reader import Reader
from qa.gather import evidence, gather
from qa.llm.model import Model
from qa.models import Answer, Citation
from qa.prompts import within_budget
from qa.retrieval import analyse

_MOST_TOKENS = 48  # as Byline gives its short answers


class PlainPrompt:
    """A model asked with Byline's own evidence, but without its examples, its grammar and its checks. It cites none."""

    name = "plain-prompt"
    answers = True

    def __init__(self, model: Model, reader: Reader, reads: int) -> None:
        self._model, self._reader, self._reads = model, reader, reads

    def answer(self, question: str, **filters: Any) -> Answer:
        """The reply to the best sentences and the question; `filters` are not heeded."""
        best = best_sentences(question, self._reader, self._reads)
        reply = self._model.reply([("user", prompt(question, best))], _MOST_TOKENS).text.strip()
        return Answer(question, reply, answered=bool(reply), short=reply or None, llm=self._model.name)


def prompt(question: str, best: Sequence[Citation]) -> str:
    """One message of a chat."""
    sentences = "\n".join(citation.quote for citation in best)
    return f"{sentences}\n\nQuestion: {question}\nAnswer with a short phrase."


def best_sentences(question: str, reader: Reader, most: int) -> list[Citation]:
    """The best `most` sentences for a question, best first, as a model gets to read them."""
    with reader.catalog.snapshot():
        told = gather(analyse(question, reader), reader, None)
        return within_budget(evidence(told, reader, None, most))
