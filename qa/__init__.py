"""A question in, an Answer out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from index.settings import Settings
from qa.assistant import Assistant, History
from qa.models import Answer, Citation, Evidence, Hit, Statement

__all__ = ["Answer", "Assistant", "Citation", "Evidence", "Hit", "Statement", "query", "retrieve"]


def query(
    question: str,
    *,
    history: History = (),
    since: str | date | None = None,
    until: str | date | None = None,
    files: Sequence[str] = (),
    llm: str | None = None,
) -> Answer:
    """Answer a question from the articles of the store that settings name (`BYLINE_STORE`, default `.byline`).

    `history`: (question, answer text) pairs, oldest first. `since`, `until`: dates of publication, inclusive; articles
    without a date are left out and counted in `notes`. `files`: patterns such as `2024/*.txt`, of which one has to
    match. `llm`: the language model that phrases the answer, by name, see `Settings.llm`; "none" to quote only.

    Raises `InputError` for a question that is empty or too long, for what is not a date and for a language model that
    is not there, `StoreError` when there is
    no usable index. A question that the articles do not answer is not an error: `answered` is False, and `reason` says
    why.
    """
    settings = Settings.load(llm=llm)
    return _assistant(settings).ask(question, history=history, since=since, until=until, files=files)


def retrieve(
    question: str,
    k: int = 10,
    *,
    since: str | date | None = None,
    until: str | date | None = None,
    files: Sequence[str] = (),
) -> list[Hit]:
    """The best `k` passages for a question, best first. Parameters and errors as for `query`."""
    return _assistant(Settings.load()).retrieve(question, k, since=since, until=until, files=files)


@lru_cache(maxsize=8)
def _assistant(settings: Settings) -> Assistant:
    return Assistant(settings)
