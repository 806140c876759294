"""Answers that a language model phrased: what is shown, what it cites, and what comes when the model fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from index.embed import Embedder
from index.settings import Settings
from qa import Assistant
from qa.cite import render
from qa.llm.failures import ModelError
from qa.llm.model import Message, Reply
from qa.models import Answer, Citation, Evidence, Statement
from qa.phrase import Phrased, phrase
from qa.refusal import TEXT as REFUSAL
from qa.writer import Writer

QUESTION = "When did Putin land in Hanoi?"
LANDED = "Putin landed in Hanoi around 2am."
PACT = "Putin and Kim signed a pact in Pyongyang."
FALSE = "Putin landed in Hanoi on 31 December 1999."
EVIDENCE = [
    Citation(n, f"{n}.txt", 0, len(quote), quote, 1, None, "", None, None, 0.5)
    for n, quote in enumerate([LANDED, PACT, "Snow fell in Kelvasund."], 1)
]


class Standin:
    """Picks `short`, then writes `pieces`; one that is an error is raised."""

    name, fingerprint, copies = "standin", "1", False

    def __init__(self, short: str | ModelError, *pieces: str | ModelError) -> None:
        self.short, self.pieces = short, pieces
        self.streamed = 0

    def reply(self, messages: Sequence[Message], most: int, grammar: str | None = None, others: int = 0) -> Reply:
        if isinstance(self.short, ModelError):
            raise self.short
        return Reply(self.short)

    def stream(self, messages: Sequence[Message], most: int) -> Iterator[str]:
        self.streamed += 1
        for piece in self.pieces:
            if isinstance(piece, ModelError):
                raise piece
            yield piece


def phrased(embedder: Embedder, model: Standin, writes: str = "yes", shown: int = 2) -> tuple[list[Statement], Phrased]:
    """What was shown on the way, and all of it."""
    writer = Writer(model, Settings(llm_writes=writes), embedder)
    steps = phrase(writer, QUESTION, EVIDENCE, shown)
    told = []
    while True:
        try:
            told.append(next(steps))
        except StopIteration as end:
            return told, end.value


def asked(settings: Settings, model: Standin, writes: str) -> Answer:
    """The answer to `QUESTION` over the seeds; the stream keeps its promises."""
    with Assistant(replace(settings, llm_writes=writes), llm=model) as assistant:
        first, *told, answer = assistant.stream(QUESTION)
        assert isinstance(first, Evidence)
        assert isinstance(answer, Answer)
        assert tuple(told) == answer.statements
        assert answer.text == render(answer.statements)
        assert [c.marker for c in answer.citations] == list(range(1, len(answer.citations) + 1))
        assert {n for s in answer.statements for n in s.citations} == {c.marker for c in answer.citations}
        for citation in answer.citations:
            assert assistant.article(citation.file).text[citation.start : citation.end] == citation.quote
        if answer.short:
            assert any(answer.short in citation.quote for citation in answer.citations)
        return answer


# -- a model that writes


def test_a_supported_sentence_is_shown_with_the_short_answer(embedder: Embedder) -> None:
    told, answer = phrased(embedder, Standin("around 2am", "Putin landed in ", "Hanoi around 2am [1]."))
    assert told == list(answer.statements) == [Statement(LANDED, (1,), "supported")]
    assert answer.citations == (EVIDENCE[0],)
    assert (answer.short, answer.llm, answer.dropped, answer.notes) == ("around 2am", "standin", 0, ())


def test_markers_are_numbered_as_they_come(embedder: Embedder) -> None:
    told, answer = phrased(embedder, Standin("2am", "Putin and Kim signed a pact in Pyongyang [2]. ", LANDED))
    assert [statement.citations for statement in told] == [(1,), (2,)]
    assert [(c.marker, c.file) for c in answer.citations] == [(1, "2.txt"), (2, "1.txt")]
    assert answer.short == "2am"


def test_a_short_answer_whose_sentence_is_not_cited_is_not_shown(embedder: Embedder) -> None:
    _, answer = phrased(embedder, Standin("Kelvasund", LANDED))
    assert [c.file for c in answer.citations] == ["1.txt"]
    assert answer.short is None


def test_what_is_not_supported_is_dropped_and_counted(embedder: Embedder) -> None:
    told, answer = phrased(embedder, Standin("2am", f"{FALSE} {LANDED} [9]"))
    assert [statement.text for statement in told] == [LANDED]
    assert (answer.dropped, answer.unknown_markers) == (1, 1)


@pytest.mark.parametrize("draft", [FALSE, "", "[1]"])
def test_where_nothing_is_left_the_quotation_of_the_short_answer_stands(embedder: Embedder, draft: str) -> None:
    told, answer = phrased(embedder, Standin("a pact", draft))
    assert told == list(answer.statements) == [Statement(PACT, (1,), "quoted")]
    assert (answer.short, answer.dropped) == ("a pact", int(draft == FALSE))


def test_without_a_short_answer_the_best_are_quoted(embedder: Embedder) -> None:
    told, answer = phrased(embedder, Standin("I do not know", FALSE))
    assert [(s.text, s.citations) for s in told] == [(LANDED, (1,)), (PACT, (2,))]
    assert answer.short is None


def test_a_model_that_refuses_writes_nothing_and_is_told_of(embedder: Embedder) -> None:
    model = Standin(REFUSAL, LANDED)
    _, answer = phrased(embedder, model)
    assert model.streamed == 0
    assert [s.support for s in answer.statements] == ["quoted", "quoted"]
    assert answer.notes == ("The language model finds no answer in what is quoted.",)


# -- a model that picks only


@pytest.mark.parametrize(
    ("right", "short", "quotes"),
    [
        (12, "a pact", [PACT]),  # an able model is trusted with the choice
        (0, "2am", [LANDED, PACT]),  # any other reads the best sentence only, and the others stay
        (0, "a pact", [LANDED, PACT]),
    ],
)
def test_the_sentence_of_the_short_answer_is_quoted_first(
    embedder: Embedder, monkeypatch: pytest.MonkeyPatch, right: int, short: str, quotes: list[str]
) -> None:
    monkeypatch.setattr(Writer, "right", lambda self: right)
    model = Standin(short, FALSE)
    told, answer = phrased(embedder, model, "no")
    assert model.streamed == 0
    assert [(s.text, s.citations, s.support) for s in told] == [(q, (n,), "quoted") for n, q in enumerate(quotes, 1)]
    assert answer.short == (short if short in quotes[0] else None)


# -- one that fails


def test_where_it_fails_at_once_the_evidence_is_quoted(embedder: Embedder) -> None:
    told, answer = phrased(embedder, Standin(ModelError("standin is ill")))
    assert [s.text for s in told] == [LANDED, PACT]
    assert tuple(told) == answer.statements
    assert (answer.short, answer.llm) == (None, "none")
    assert answer.notes == ("standin is ill. The answer is quoted instead.",)


def test_where_it_breaks_off_what_was_said_stays(embedder: Embedder) -> None:
    model = Standin("2am", f"{FALSE} ", f"{LANDED} ", "Putin and", ModelError("is it running?"))
    told, answer = phrased(embedder, model)
    assert told == list(answer.statements) == [Statement(LANDED, (1,), "supported")]
    assert [c.file for c in answer.citations] == ["1.txt"]
    assert (answer.short, answer.dropped, answer.llm) == ("2am", 1, "standin")
    assert answer.notes == ("is it running? The answer may lack a sentence.",)


def test_where_it_breaks_off_before_anything_was_said_the_quotation_stands(embedder: Embedder) -> None:
    told, answer = phrased(embedder, Standin("a pact", f"{FALSE} Putin and he", ModelError("it stopped")))
    assert told == list(answer.statements) == [Statement(PACT, (1,), "quoted")]
    assert (answer.short, answer.dropped) == ("a pact", 1)
    assert answer.notes == ("it stopped. The answer is quoted instead.",)


# -- over the seeds


@pytest.mark.parametrize(
    ("pieces", "support", "notes"),
    [
        (["Putin landed in Hanoi around 2am [1]."], "supported", 0),
        ([FALSE], "quoted", 0),
        (["Putin landed in Hanoi around 2am. ", "Then he ", ModelError("it stopped")], "supported", 1),
        ([ModelError("it stopped")], "quoted", 1),
    ],
)
def test_statements_are_those_of_the_answer(
    seeds_settings: Settings, pieces: list[str | ModelError], support: str, notes: int
) -> None:
    answer = asked(seeds_settings, Standin("around 2am", *pieces), "yes")
    assert [statement.support for statement in answer.statements] == [support]
    assert answer.short == "around 2am"
    assert len(answer.notes) == notes
    assert answer.llm == "standin"


def test_a_model_that_fails_over_the_seeds_gives_what_none_gives(seeds_settings: Settings) -> None:
    answer = asked(seeds_settings, Standin(ModelError("standin is ill")), "yes")
    with Assistant(seeds_settings, llm="none") as assistant:
        assert answer.text == assistant.ask(QUESTION).text
    assert len(answer.notes) == 1
