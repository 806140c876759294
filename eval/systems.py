"""What the harness asks: anything with a name and `answer()`. The systems that `--system` knows are listed here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from eval.corpus import Corpus
from index.errors import InputError
from index.settings import Settings
from qa.models import Answer, Hit

ENOUGH_HITS = 10  # what the metrics at rank 10 look at ...
ENOUGH_CHARACTERS = 2_000  # ... and those within a budget of characters


class System(Protocol):
    """A system under test."""

    @property
    def name(self) -> str:
        """What it is called in a report."""

    @property
    def answers(self) -> bool:
        """Whether it answers. One that only retrieves fills `hits` alone, and no metric of an answer applies to it."""

    def answer(self, question: str, **filters: Any) -> Answer:
        """The answer to one question. `filters`: `history`, `since`, `until`, where the gold question has them."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a system is made from. `store` is a folder of its own for this corpus, model and code."""

    corpus: Corpus
    settings: Settings
    store: Path


Opener = Callable[[Inputs], AbstractContextManager[System]]


@dataclass(frozen=True, slots=True)
class Retriever:
    """A system that only retrieves: it searches every article with the bare question, without history or dates."""

    name: str
    search: Callable[[str], list[Hit]]
    answers: bool = False

    def answer(self, question: str, **filters: Any) -> Answer:
        """An Answer with hits alone."""
        return Answer(question, text="", answered=False, reason="retrieval only", hits=enough(self.search(question)))


def enough(ranked: Iterable[Hit]) -> tuple[Hit, ...]:
    """The best hits that make up at least `ENOUGH_HITS` and `ENOUGH_CHARACTERS`; what follows is not scored."""
    kept: list[Hit] = []
    characters = 0
    for hit in ranked:
        if len(kept) >= ENOUGH_HITS and characters >= ENOUGH_CHARACTERS:
            break
        kept.append(hit)
        characters += hit.end - hit.start
    return tuple(kept)


@contextmanager
def opened(name: str, inputs: Inputs) -> Iterator[System]:
    """The system of that name over the corpus, ready to be asked. Raises `InputError` for an unknown name."""
    check_names([name])
    with SYSTEMS[name](inputs) as system:
        yield system


def check_names(names: Iterable[str]) -> None:
    """Raise `InputError` for a name that no system has."""
    for name in names:
        if name not in SYSTEMS:
            raise InputError(f"There is no system {name!r}; known are {', '.join(SYSTEMS)}")


@dataclass(frozen=True, slots=True)
class _Byline:
    """This project itself."""

    assistant: Any
    name: str = "byline"
    answers: bool = True

    def answer(self, question: str, **filters: Any) -> Answer:
        answer: Answer = self.assistant.ask(question, **filters)
        return answer


@contextmanager
def _byline(inputs: Inputs) -> Iterator[System]:
    from index import build
    from qa import Assistant

    settings = replace(inputs.settings, store=str(inputs.store))
    build(inputs.corpus.folder, settings=settings)
    with Assistant(settings) as assistant:
        yield _Byline(assistant)


def _bm25(inputs: Inputs) -> AbstractContextManager[System]:
    from eval.baselines import ParagraphBM25

    return nullcontext(Retriever("bm25", ParagraphBM25(inputs.corpus.texts).search))


def _dense(inputs: Inputs) -> AbstractContextManager[System]:
    from eval.baselines import ParagraphDense
    from index.embed import Embedder

    embedder = Embedder(inputs.settings.embedding_model)
    return nullcontext(Retriever("dense", ParagraphDense(inputs.corpus.texts, embedder).search))


def _llamaindex(chunk_size: int) -> Opener:
    def open_(inputs: Inputs) -> AbstractContextManager[System]:
        from eval.llamaindex import ChunkSearch, embedding

        search = ChunkSearch(inputs.corpus.texts, embedding(inputs.settings.embedding_model), chunk_size)
        return nullcontext(Retriever(f"llamaindex-{chunk_size}", search.search))

    return open_


SYSTEMS: Mapping[str, Opener] = {
    "byline": _byline,
    "bm25": _bm25,
    "dense": _dense,
    "llamaindex-1024": _llamaindex(1024),
    "llamaindex-512": _llamaindex(512),
    "llamaindex-256": _llamaindex(256),
}
