"""Byline with one sentence an answer: a variant to measure, and an example of a system of one's own.

byline eval run gold.jsonl --system byline --system docs.variant:one_sentence
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from eval.systems import Inputs, System, byline
from qa.models import Answer


@contextmanager
def one_sentence(inputs: Inputs) -> Iterator[System]:
    """Open it over the articles of a run."""
    with byline(inputs) as system:
        yield OneSentence(system)


@dataclass(frozen=True)
class OneSentence:
    """Byline, but only the first sentence of each answer is shown."""

    system: System
    name: str = "one sentence"
    answers: bool = True

    def answer(self, question: str, **filters: Any) -> Answer:
        """The answer of Byline, cut."""
        answer = self.system.answer(question, **filters)
        first = answer.statements[:1]
        return replace(
            answer,
            text=" ".join(f"{statement.text} {statement.markers}" for statement in first) or answer.text,
            statements=first,
            citations=tuple(c for c in answer.citations if any(c.marker in s.citations for s in first)),
        )
