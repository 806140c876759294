"""A chat whose answers come as a slow language model would give them, and one with what is still to come.

A stand-in for models and judgements that this version does not have: the Answer is made by hand from real citations.
Run as `python tests/slow_chat.py`; the store comes from BYLINE_STORE.
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from index.errors import StoreError
from qa import Answer, Assistant, Evidence, Statement
from qa.assistant import Event
from qa.models import Conflict, Side
from ui.chat import Chat
from ui.chatting import serve

PAUSE = 1.0  # seconds
SUPPORTS = "Which country did Kim pledge to support?"


class SlowAssistant(Assistant):
    """Pauses after the evidence and after each sentence of a question that asks for it; breaks when told to."""

    def stream(self, question: str, **limits: Any) -> Iterator[Event]:
        if question.startswith("Break"):
            raise StoreError("The store is being mended;\ntry again.")
        if question.startswith("Crash"):
            raise ZeroDivisionError("a mistake of ours")
        slowly = question.startswith("Slowly")
        for event in super().stream(question, **limits):
            shown = by_hand(event) if isinstance(event, Answer) and question == SUPPORTS else event
            yield shown
            if slowly and isinstance(event, Evidence | Statement):
                time.sleep(PAUSE)


def by_hand(answer: Answer) -> Answer:
    """An answer as a model and a judge would give it: phrased, with a short answer, confidence and a conflict."""
    first = replace(answer.citations[0], marker=1)
    second = replace(answer.citations[-1], marker=2)
    statement = Statement("Two accounts say Russia, one says Ukraine.", (1, 2), "supported")
    quoted = Statement(first.quote, (1,), "quoted")
    sides = (Side("Ukraine", (1,)), Side("Russia", (2,)))
    return replace(
        answer,
        short="Russia",
        text=f"{statement.text} {statement.markers} {quoted.text} {quoted.markers}",
        statements=(statement, quoted),
        citations=(first, second),
        conflicts=(Conflict("name", "The articles name different countries that Kim supports.", sides),),
        confidence=0.62,
        dropped=1,
        llm="a model <b>",
    )


if __name__ == "__main__":
    with SlowAssistant() as assistant:
        chat = Chat(assistant)
        chat.prepare()
        serve(chat, "127.0.0.1", None, None)
