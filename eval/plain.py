"""What most people would write first: the best sentences and the question in one prompt, and the reply as it comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from index.reader import Reader
from qa.assistant import quotation
from qa.cite import cite
from qa.evidence import rank
from qa.llm.model import Model
from qa.models import Answer, Citation
from qa.prompts import within_budget
from qa.retrieval import analyse, search

_MOST_TOKENS = 48  # as Byline gives its short answers


class PlainPrompt:
    """A model asked with Byline's own evidence, but without its examples, its grammar and its checks. It cites none."""

    name = "plain-prompt"
    answers = True

    def __init__(self, model: Model, reader: Reader, reads: int) -> None:
        self._model, self._reader, self._reads = model, reader, reads

    def answer(self, question: str, **filters: Any) -> Answer:
        """The reply to the best sentences and the question; `filters` are not heeded."""
        evidence = best_sentences(question, self._reader, self._reads)
        reply = self._model.reply([("user", prompt(question, evidence))], _MOST_TOKENS).text.strip()
        return Answer(question, reply, answered=bool(reply), short=reply or None, llm=self._model.name)


def prompt(question: str, evidence: Sequence[Citation]) -> str:
    """One message of a chat."""
    sentences = "\n".join(citation.quote for citation in evidence)
    return f"{sentences}\n\nQuestion: {question}\nAnswer with a short phrase."


def best_sentences(question: str, reader: Reader, most: int) -> list[Citation]:
    """The best `most` sentences for a question, best first, as a model gets to read them."""
    query = analyse(question, reader)
    with reader.catalog.snapshot():
        best = rank(query, search(query, reader))[:most]
        return within_budget(cite([quotation(candidate) for candidate in best], reader, None))
