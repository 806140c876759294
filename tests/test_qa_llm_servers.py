"""Language models behind servers: a real one, and one that breaks in every way. Its key is never told."""

from __future__ import annotations

import json
import logging
import os
import time
import traceback
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from chat_server import LONGEST, ChatServer, Handler, Json, Says, Status, piece, pieces, text

from index.settings import Settings
from qa import Assistant, phrase
from qa.llm import choose, model
from qa.llm.choose import Chosen, choose_model
from qa.llm.embedded import Embedded, library
from qa.llm.failures import ModelError
from qa.llm.model import Message, Model
from qa.models import Answer

KEY = "sk-7Xq-unique-and-secret-Zw9"
ASKED: list[Message] = [("user", "What is the capital of France? Answer with one word.")]
QUESTION = "What time did Putin land in Hanoi?"
SHORT = "2am"  # stands in the evidence of QUESTION


# The real thing: llama.cpp's own server, with the bundled model


@pytest.fixture(scope="module")
def real(smollm2: Embedded) -> Iterator[str]:
    """The address of a server that wants `KEY`."""
    xllamacpp = library()
    params = xllamacpp.CommonParams()
    params.model.path = smollm2.path
    params.n_ctx, params.n_parallel, params.warmup, params.verbosity = 2_048, 1, False, -1
    params.api_keys = [KEY]
    params.ui = False
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = os.cpu_count() or 1
    server = xllamacpp.Server(params)
    yield f"{server.listening_address}/v1"
    del server


def served(url: str, key: str = KEY, **more: str) -> Settings:
    return Settings(llm="openai:x", llm_base_url=url, llm_api_key=key, **more)


def model_of(chosen: Chosen) -> Model:
    assert chosen.model
    return chosen.model


def test_a_real_server_chats_and_streams(real: str, smollm2: Embedded):
    with closing(choose_model(served(real))) as chosen:
        asking = model_of(chosen)
        assert (asking.name, chosen.server, asking.copies) == ("openai:x", real, False)
        reply = asking.reply(ASKED, 24)
        assert "Paris" in reply.text
        assert 0 < reply.tokens <= 24
        assert reply.prompt_tokens > 10
        streamed = list(asking.stream(ASKED, 24))
        assert len(streamed) > 3
        assert "".join(streamed) == reply.text
        assert asking.reply(ASKED, 3).tokens == 3
        some = asking.stream(ASKED, 24)
        next(some)
        some.close()  # type: ignore[attr-defined]
        assert asking.reply(ASKED, 24).text == reply.text


def test_auto_asks_a_real_server_for_its_model(real: str):
    with closing(choose_model(replace(served(real), llm="auto"))) as chosen:
        assert model_of(chosen).name.endswith(".gguf")
        assert "Paris" in model_of(chosen).reply(ASKED, 24).text


@pytest.mark.parametrize("key", ["", "sk-another"])
def test_a_real_server_refuses_another_key(real: str, key: str):
    with closing(choose_model(served(real, key))) as chosen:
        for ask in (lambda: model_of(chosen).reply(ASKED, 4), lambda: list(model_of(chosen).stream(ASKED, 4))):
            with pytest.raises(ModelError, match="openai:x refused the key; set BYLINE_LLM_API_KEY"):
                ask()


def test_a_real_server_refuses_what_is_too_long(real: str):
    with closing(choose_model(served(real))) as chosen, pytest.raises(ModelError, match="is the prompt within"):
        model_of(chosen).reply([("user", "word " * 3_000)], 4)


def test_a_real_server_answers_questions(real: str, seeds_settings: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(phrase, "MOST_TOKENS", 24)
    settings = replace(seeds_settings, llm_base_url=real, llm_api_key=KEY, llm_writes="yes")
    with Assistant(replace(settings, llm="openai:x")) as assistant:
        answer = assistant.ask(QUESTION)
    assert answer.answered
    assert answer.llm == "openai:x"
    assert not any("instead" in note for note in answer.notes)


# What breaks

EMPTY = "gave an empty reply"
UNREADABLE = "gave a reply that cannot be read"


@dataclass(frozen=True)
class Broken:
    """A way to break, and the words that tell it. What `whole` says comes before what `streamed` says."""

    told: str
    whole: Says = field(default=text(SHORT))
    streamed: Says = field(default=pieces("Nobody knows that."))


def status(code: int) -> Status:
    """What a server says that tells everybody what it was asked with."""
    return Status(code, json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}", "type": KEY}}).encode())


def stalls(handler: Handler) -> None:
    handler.stream()
    handler.send(piece("Putin landed "))
    handler.wait()


def breaks_off(handler: Handler) -> None:
    handler.stream()
    handler.send(piece("Putin landed "))
    handler.close_connection = True  # without the chunk that ends it


def ends_in_an_error(handler: Handler) -> None:
    handler.stream()
    handler.send(piece("Putin landed "))
    handler.send(b"data: " + json.dumps({"error": {"message": f"overloaded, {KEY}", "code": 500}}).encode() + b"\n\n")
    handler.send(b"")


def streams_no_json(handler: Handler) -> None:
    handler.stream()
    handler.send(b"data: {" + KEY.encode() + b"\n\n")
    handler.send(b"")


def endless(delta: str) -> Says:
    def say(handler: Handler) -> None:
        handler.stream()
        until = time.monotonic() + LONGEST
        while time.monotonic() < until and not handler.server.chat.over.is_set():
            handler.send(piece(delta))

    return say


def slowly_endless(handler: Handler) -> None:
    handler.stream()
    while not handler.server.chat.over.wait(0.05):
        handler.send(piece("so "))


BROKEN = {
    "400": Broken("refused the request", status(400)),
    "401": Broken("refused the key; set BYLINE_LLM_API_KEY", status(401)),
    "403": Broken("refused the key; set BYLINE_LLM_API_KEY", status(403)),
    "404": Broken("does not know this model or address; check --llm", status(404)),
    "413": Broken("says that the prompt is too long", status(413)),
    "429": Broken("has too many requests", status(429)),
    "500": Broken("answered with status 500; see the log of the server", status(500)),
    "503": Broken("answered with status 503; see the log of the server", status(503)),
    "timeout": Broken("did not answer in time", ChatServer.never),
    "empty reply": Broken(EMPTY, text("")),
    "null reply": Broken(EMPTY, text(None)),
    "white space": Broken(EMPTY, text(" \n ")),
    "empty body": Broken(UNREADABLE, Status(200, b"")),
    "not JSON": Broken(UNREADABLE, Status(200, f"{{{KEY}".encode())),
    "HTML": Broken(UNREADABLE, Status(200, f"<p>{KEY}</p>".encode(), "text/html")),
    "other JSON": Broken(UNREADABLE, Json({"key": KEY})),
    "a list": Broken(UNREADABLE, Json([KEY])),
    "no choices": Broken(UNREADABLE, Json({"choices": [], "key": KEY})),
    "401 in a stream": Broken("refused the key; set BYLINE_LLM_API_KEY", streamed=status(401)),
    "500 in a stream": Broken("answered with status 500; see the log of the server", streamed=status(500)),
    "timeout of a stream": Broken("did not answer in time", streamed=ChatServer.never),
    "a stream that stalls": Broken("stopped in the middle of a reply", streamed=stalls),
    "a stream that breaks off": Broken("broke off in the middle of a reply", streamed=breaks_off),
    "an error in a stream": Broken("broke off in the middle of a reply", streamed=ends_in_an_error),
    "no JSON in a stream": Broken(UNREADABLE, streamed=streams_no_json),
    "an endless stream": Broken("did not come to an end", streamed=endless("so ")),
    "a slow endless stream": Broken("did not come to an end", streamed=slowly_endless),
}
WAITING = ("timeout", "timeout of a stream", "a stream that stalls")


@pytest.fixture
def server(caplog: pytest.LogCaptureFixture) -> Iterator[ChatServer]:
    caplog.set_level(logging.DEBUG)
    with ChatServer() as opened:
        yield opened


@pytest.fixture(scope="module")
def quoted(seeds_settings: Settings) -> Answer:
    """The answer that needs no model."""
    with Assistant(seeds_settings, llm="none") as quoting:
        answer = quoting.ask(QUESTION)
    assert answer.answered
    assert SHORT in answer.text
    return answer


@pytest.fixture
def writing(seeds_settings: Settings, server: ChatServer, tmp_path: Path) -> Settings:
    """Settings that ask `server`, also for sentences, and keep what it can do in a folder of this test."""
    asking = replace(seeds_settings, llm="openai:x", llm_base_url=server.url, llm_api_key=KEY)
    return replace(asking, llm_writes="yes", models=str(tmp_path))


def note_of(answer: Answer, quoted: Answer, short: str | None = None) -> str:
    """The one note of an answer that is else the quotation, under the short answer where that had come in time."""
    assert answer.text == quoted.text
    assert answer.statements == quoted.statements
    assert answer.citations == quoted.citations
    assert (answer.short, answer.llm, answer.dropped) == (short, "openai:x" if short else "none", 0)
    *others, note = answer.notes
    assert tuple(others) == quoted.notes
    assert "\n" not in note
    return note


@pytest.mark.parametrize("name", BROKEN)
def test_whatever_breaks_the_quotation_comes_with_one_line(
    name: str,
    server: ChatServer,
    writing: Settings,
    quoted: Answer,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
):
    broken = BROKEN[name]
    server.whole, server.streamed = broken.whole, broken.streamed
    if name in WAITING:
        monkeypatch.setattr(choose, "TIMEOUT", 0.5)
    if name == "a slow endless stream":
        monkeypatch.setattr(model, "LONGEST", 0.3)
    with Assistant(writing) as assistant:
        answer = assistant.ask(QUESTION)
        note = note_of(answer, quoted, SHORT if broken.whole == text(SHORT) else None)
        assert note.startswith(f"openai:x {broken.told}")
        assert note.endswith((". The answer is quoted instead.", "? The answer is quoted instead."))
        raised = failure(assistant.llm, broken)
    streamed = [bool(request.get("stream")) for request in server.requests]
    assert streamed[0] is False
    assert (True in streamed) == (broken.whole == text(SHORT))  # it broke where this test says that it does
    assert server.asked[0] == ("/v1/chat/completions", f"Bearer {KEY}")  # so there was a key to tell
    told = [*answer.notes, json.dumps(answer.to_dict()), repr(answer), repr(writing), str(raised), repr(assistant.llm)]
    told += traceback.format_exception(raised)
    told += [*caplog.messages, caplog.text]
    assert [words for words in told if KEY in words] == []


def failure(chosen: Chosen, broken: Broken) -> ModelError:
    """What the model itself raises; an empty reply is one until it is made something of."""
    asking = model_of(chosen)
    if broken.told == EMPTY:
        assert asking.reply(ASKED, 24).text.strip() == ""
        return ModelError()
    with pytest.raises(ModelError, match=broken.told) as raised:
        asking.reply(ASKED, 24) if broken.whole != text(SHORT) else list(asking.stream(ASKED, 24))
    return raised.value


def test_a_server_that_is_down(server: ChatServer, writing: Settings, quoted: Answer):
    server.close()
    with Assistant(writing) as assistant:
        note = note_of(assistant.ask(QUESTION), quoted)
        assert assistant.llm.client
        assert not assistant.llm.client.is_closed
    assert assistant.llm.client.is_closed
    assert note == (
        "openai:x cannot be reached; is its server running, and BYLINE_LLM_BASE_URL right? "
        "The answer is quoted instead."
    )


def test_it_breaks_also_where_it_is_tried_out(server: ChatServer, writing: Settings, quoted: Answer):
    server.whole = status(401)
    with Assistant(replace(writing, llm_writes="auto")) as assistant:
        assert "refused the key" in note_of(assistant.ask(QUESTION), quoted)
        with pytest.raises(ModelError, match="refused the key") as raised:
            assistant.warm()
    assert KEY not in "".join(traceback.format_exception(raised.value))


def test_a_server_that_recovers_is_asked_again(server: ChatServer, writing: Settings, quoted: Answer):
    with Assistant(writing) as assistant:
        server.whole = status(503)
        note_of(assistant.ask(QUESTION), quoted)
        server.whole = text(SHORT)
        answer = assistant.ask(QUESTION)
    assert answer.llm == "openai:x"
    assert answer.short == SHORT
    assert answer.notes == quoted.notes


def test_the_key_goes_to_the_server_and_nowhere_else(
    server: ChatServer, writing: Settings, caplog: pytest.LogCaptureFixture
):
    server.whole = text(SHORT)
    with Assistant(writing) as assistant:
        answer = assistant.ask(QUESTION)
    assert answer.short == SHORT
    assert {key for _, key in server.asked} == {f"Bearer {KEY}"}
    assert KEY not in json.dumps(server.requests)
    assert caplog.records  # debugging messages are on
    assert KEY not in caplog.text + json.dumps(answer.to_dict()) + repr(writing)


def test_only_evidence_is_sent(server: ChatServer, writing: Settings):
    with Assistant(writing) as assistant:
        answer = assistant.ask(QUESTION)
        article = assistant.article(answer.citations[0].file).text
    sent = server.requests[0]["messages"][-1]["content"]
    assert QUESTION in sent
    assert answer.citations[0].quote in sent
    assert len(sent) < len(article)
    assert server.requests[0]["temperature"] == 0
    assert server.requests[0]["model"] == "x"
