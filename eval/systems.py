"""What the harness asks: anything with a name and `answer()`. The systems that `--system` knows are listed here."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from eval.corpus import Corpus
from index.errors import InputError
from index.settings import Settings
from qa.models import Answer, Evidence, Hit

if TYPE_CHECKING:
    from qa import Assistant
    from qa.llm.model import Model

_URL = ("http://", "https://")

DEPTH = 50  # hits that are looked for: more than the metrics look at
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
    """What a system is made from.

    `store` is the folder of an index; where it is `ready`, it is used as it is, otherwise it is for this corpus, model
    and code alone, and is brought up to date. `calls` is the file that keeps what language models replied.
    """

    corpus: Corpus
    settings: Settings
    store: Path
    ready: bool = False
    calls: Path | None = None


Opener = Callable[[Inputs], AbstractContextManager[System]]


@dataclass(frozen=True, slots=True)
class Retriever:
    """A system that only retrieves: it searches with the bare question, without history or dates.

    `search` takes a question and how many hits are wanted, None for all.
    """

    name: str
    search: Callable[[str, int | None], list[Hit]]
    answers: bool = False

    def answer(self, question: str, files: Sequence[str] = (), **filters: Any) -> Answer:
        """An Answer with hits alone: those in `files`, where there are such patterns."""
        found = self.search(question, None if files else DEPTH)
        kept = [hit for hit in found if not files or any(fnmatchcase(hit.file, pattern) for pattern in files)]
        return Answer(question, text="", answered=False, reason="retrieval only", hits=enough(kept))


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
    with opener(name)(inputs) as system:
        yield system


def opener(name: str) -> Opener:
    """What opens the system of that name: one of `SYSTEMS`, a URL, or `module:function` of your own.

    Raises `InputError` for a name that none of them is.
    """
    if name in SYSTEMS:
        return SYSTEMS[name]
    if name.startswith(_URL):
        return _endpoint(name)
    if ":" in name:
        return _own(name)
    raise InputError(
        f"There is no system {name!r}; known are {', '.join(SYSTEMS)}, a URL that answers, or module:function of yours"
    )


def own_code(name: str) -> str | None:
    """SHA-256 of the file of a `module:function`, so that a run knows when it changes; None for any other name."""
    if name in SYSTEMS or name.startswith(_URL):
        return None
    file = inspect.getsourcefile(_imported(name.partition(":")[0], name))
    return hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else None


def _imported(module: str, name: str) -> ModuleType:
    if "" not in sys.path:
        sys.path.insert(0, "")  # what lies in the working directory, as `python -m` has it
    try:
        return importlib.import_module(module)
    except Exception as error:  # whatever code of the user's raises when it is imported
        raise InputError(f"The system {name} cannot be imported: {type(error).__name__}: {error}") from error


def _own(name: str) -> Opener:
    module, _, function = name.partition(":")
    found = getattr(_imported(module, name), function, None)
    if not callable(found):
        raise InputError(f"The system {name} cannot be opened: {module} has no function {function!r}")

    @contextmanager
    def open_(inputs: Inputs) -> Iterator[System]:
        opened = found(inputs)
        if not hasattr(opened, "__enter__"):
            raise InputError(f"The system {name} is no context manager; decorate it with contextlib.contextmanager")
        with opened as system:
            yield Renamed(system, name)

    return open_


@dataclass(frozen=True, slots=True)
class Renamed:
    """A system under the name that it was asked for."""

    system: System
    name: str

    @property
    def answers(self) -> bool:
        """As the system says; without a word it answers."""
        return bool(getattr(self.system, "answers", True))

    def answer(self, question: str, **filters: Any) -> Answer:
        """As the system answers."""
        return self.system.answer(question, **filters)


def _endpoint(url: str) -> Opener:
    if urlsplit(url).username is not None:
        raise InputError("A password in the URL of a system would stand in every file of the run; leave it out")

    @contextmanager
    def open_(inputs: Inputs) -> Iterator[System]:
        import httpx

        from eval.endpoint import Endpoint

        with httpx.Client(follow_redirects=True) as client:
            yield Endpoint(url, client, inputs.corpus)

    return open_


@dataclass(frozen=True, slots=True)
class Byline:
    """This project itself."""

    assistant: Assistant
    name: str = "byline"
    answers: bool = True

    def answer(self, question: str, **filters: Any) -> Answer:
        """What `query()` answers. Its timings hold, too, when the evidence and the first words were there."""
        begun, first, event = time.perf_counter(), dict[str, float](), None
        for event in self.assistant.stream(question, **filters):
            stage = "to evidence" if isinstance(event, Evidence) else "to first words"
            first.setdefault(stage, round((time.perf_counter() - begun) * 1000, 2))
        assert isinstance(event, Answer)  # always the last one
        return replace(event, timings={**event.timings, **first})


@contextmanager
def byline(inputs: Inputs) -> Iterator[Byline]:
    """This project over the corpus, indexed where that is needed."""
    from qa import Assistant
    from qa.llm.choose import NONE

    with _indexed(inputs) as (settings, model), Assistant(settings, llm=model or NONE) as assistant:
        yield Byline(assistant)


@contextmanager
def _plain_prompt(inputs: Inputs) -> Iterator[System]:
    from eval.plain import PlainPrompt
    from index.reader import Reader
    from qa.prompts import MOST_EVIDENCE

    with _indexed(inputs) as (settings, model), closing(Reader(settings)) as reader:
        if model is None:
            raise InputError("plain-prompt needs a language model; name one with --llm")
        yield PlainPrompt(model, reader, MOST_EVIDENCE)


@contextmanager
def _indexed(inputs: Inputs) -> Iterator[tuple[Settings, Model | None]]:
    """Settings for an index of the corpus, built where that is needed, and the model, whose replies are kept."""
    from eval.calls import Kept
    from index import build
    from qa.llm.choose import choose_model

    settings = replace(inputs.settings, store=str(inputs.store))
    if not inputs.ready:
        build(inputs.corpus.folder, settings=settings)
    with closing(choose_model(settings)) as chosen:
        yield settings, Kept(chosen.model, inputs.calls) if chosen.model and inputs.calls else chosen.model


def _bm25(inputs: Inputs) -> AbstractContextManager[System]:
    from eval.baselines import ParagraphBM25

    return nullcontext(Retriever("bm25", ParagraphBM25(inputs.corpus.texts).search))


def _dense(inputs: Inputs) -> AbstractContextManager[System]:
    from eval.baselines import ParagraphDense
    from index.embed import Embedder

    embedder = Embedder(inputs.settings.embedding_model)
    return nullcontext(Retriever("dense", ParagraphDense(inputs.corpus.texts, embedder).search))


@contextmanager
def _txtai(inputs: Inputs) -> Iterator[System]:
    from eval.txtai import HybridSearch

    with closing(HybridSearch(inputs.corpus.texts, inputs.settings.embedding_model)) as search:
        yield Retriever("txtai", search.search)


def _llamaindex(chunk_size: int) -> Opener:
    def open_(inputs: Inputs) -> AbstractContextManager[System]:
        from eval.llamaindex import ChunkSearch, embedding

        search = ChunkSearch(inputs.corpus.texts, embedding(inputs.settings.embedding_model), chunk_size)
        return nullcontext(Retriever(f"llamaindex-{chunk_size}", search.search))

    return open_


SYSTEMS: Mapping[str, Opener] = {
    "byline": byline,
    "plain-prompt": _plain_prompt,
    "bm25": _bm25,
    "dense": _dense,
    "txtai": _txtai,
    "llamaindex-1024": _llamaindex(1024),
    "llamaindex-512": _llamaindex(512),
    "llamaindex-256": _llamaindex(256),
}
LLM_SYSTEMS = frozenset({"byline", "plain-prompt"})  # those that ask the language model of the settings
