"""The language model in this process: the bundled SmolLM2, really run."""

import hashlib
import math
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx
import pytest
from llama_index.core.base.llms.types import ChatMessage, MessageRole

from index.errors import BylineError
from index.settings import Settings
from qa import Assistant
from qa.llm import embedded, files
from qa.llm.choose import choose_model
from qa.llm.embedded import Embedded
from qa.llm.failures import ModelError
from qa.llm.files import check_hash
from qa.llm.model import LlamaIndexModel, Message

CAPITAL = "What is the capital of France? Answer with one word."  # which it does not heed
ASKED: list[Message] = [("user", CAPITAL)]
QUESTION = "What time did Putin land in Hanoi?"


@pytest.fixture(scope="module")
def model(smollm2: Embedded) -> LlamaIndexModel:
    return LlamaIndexModel(smollm2, "smollm2", "1")


def user(content: str) -> list[ChatMessage]:
    return [ChatMessage(role=MessageRole.USER, content=content)]


def workers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "llama.cpp"]


def test_it_replies(smollm2: Embedded):
    response = smollm2.chat(user(CAPITAL), max_tokens=24)
    assert response.message.role == MessageRole.ASSISTANT
    assert "Paris" in (response.message.content or "")
    assert response.raw["usage"]["completion_tokens"] <= 24
    assert smollm2.metadata.is_chat_model
    assert smollm2.metadata.model_name == Path(smollm2.path).name


def test_it_stops_after_so_many_tokens(model: LlamaIndexModel):
    reply = model.reply([("user", "Count from one to a hundred.")], 5)
    assert reply.tokens == 5
    assert reply.prompt_tokens > 5
    assert reply.text


def test_it_heeds_what_was_said_before(model: LlamaIndexModel):
    messages: list[Message] = [
        ("system", "You repeat the last word of the user."),
        ("user", "green tomato"),
        ("assistant", "tomato"),
        ("user", "red lantern"),
        ("assistant", "lantern"),
        ("user", "blue ferry"),
    ]
    assert "ferry" in model.reply(messages, 6).text


def test_the_pieces_of_a_stream_are_the_whole_reply(smollm2: Embedded, model: LlamaIndexModel):
    whole = model.reply(ASKED, 20).text
    pieces = list(model.stream(ASKED, 20))
    assert len(pieces) > 3
    assert "".join(pieces) == whole
    responses = list(smollm2.stream_chat(user(CAPITAL), max_tokens=20))
    assert [response.delta for response in responses] == pieces
    assert responses[-1].message.content == whole
    assert responses[0].message.content == pieces[0]


def test_who_leaves_a_stream_stops_it(model: LlamaIndexModel):
    pieces = model.stream([("user", "Tell me a very long story about a ferry.")], 3_000)
    assert next(pieces)
    assert len(workers()) == 1
    pieces.close()  # type: ignore[attr-defined]
    assert workers() == []
    assert model.reply(ASKED, 8).text  # it is free again


def test_a_prompt_is_completed_as_a_chat(smollm2: Embedded, model: LlamaIndexModel):
    whole = model.reply(ASKED, 12).text
    assert smollm2.complete(CAPITAL, max_tokens=12).text == whole
    pieces = list(smollm2.stream_complete(CAPITAL, max_tokens=12))
    assert "".join(piece.delta or "" for piece in pieces) == whole
    assert pieces[-1].text == whole


@pytest.mark.parametrize(
    ("grammar", "allowed"),
    [
        ('root ::= "Rome" | "Oslo"', {"Rome", "Oslo"}),
        (r'root ::= "\x27\u2014\U0001F600"', {"'—😀"}),
        ('root ::= "in " ("the " ("sea" | "sky"))', {"in the sea", "in the sky"}),
    ],
)
def test_a_grammar_is_kept(model: LlamaIndexModel, grammar: str, allowed: set[str]):
    assert model.copies
    reply = model.reply(ASKED, 24, grammar)
    assert reply.text in allowed
    assert "Paris" in model.reply(ASKED, 24).text  # without it, and after it


def test_a_grammar_that_is_none_is_refused(smollm2: Embedded, model: LlamaIndexModel):
    with pytest.raises(ModelError, match="refused the request"):
        model.reply(ASKED, 5, 'root ::= "open')
    with pytest.raises(ModelError, match="refused the request"):
        list(smollm2.stream_chat(user(CAPITAL), max_tokens=5, grammar='root ::= "open'))


def test_each_token_has_its_likelihood(model: LlamaIndexModel):
    reply = model.reply(ASKED, 10)
    assert len(reply.logprobs) == reply.tokens > 3
    assert all(logprob <= 0 for logprob in reply.logprobs)
    assert any(logprob < 0 for logprob in reply.logprobs)
    assert reply.firsts == ()


def test_what_could_come_first(model: LlamaIndexModel):
    reply = model.reply(ASKED, 1, others=50)
    assert len(reply.firsts) == 50
    assert reply.firsts[0] == (reply.text, reply.logprobs[0])  # temperature 0: the likeliest is said
    likely = [logprob for _, logprob in reply.firsts]
    assert likely == sorted(likely, reverse=True)
    assert 0 < sum(map(math.exp, likely)) <= 1 + 1e-4
    assert len(model.reply(ASKED, 3, others=5).firsts) == 5


def test_the_same_is_said_twice(model: LlamaIndexModel):
    first = model.reply(ASKED, 16)
    model.reply([("user", "Something else.")], 4)
    second = model.reply(ASKED, 16)
    assert (first.text, first.tokens) == (second.text, second.tokens)
    assert first.logprobs == pytest.approx(second.logprobs, abs=0.05)  # what is read at once is rounded otherwise


def test_threads_share_it(model: LlamaIndexModel):
    grammars = ['root ::= "north"', 'root ::= "south"', 'root ::= "east"', 'root ::= "west"']
    alone = "".join(model.stream(ASKED, 12))
    with ThreadPoolExecutor(6) as pool:
        replies = [pool.submit(model.reply, ASKED, 8, grammar) for grammar in grammars]
        streams = [pool.submit(lambda: "".join(model.stream(ASKED, 12))) for _ in range(2)]
        assert [reply.result().text for reply in replies] == ["north", "south", "east", "west"]
        assert [stream.result() for stream in streams] == [alone, alone]


def test_a_prompt_that_is_too_long_is_refused(model: LlamaIndexModel):
    long: list[Message] = [("user", "word " * 5_000)]
    with pytest.raises(ModelError, match=r"too long for the model's context of 4096 tokens"):
        model.reply(long, 8)
    with pytest.raises(ModelError, match=r"too long for the model's context"):
        list(model.stream(long, 8))
    assert workers() == []
    assert model.reply(ASKED, 4).text


def broken(folder: Path, smollm2: Embedded, how: str) -> Path:
    path = folder / f"{how}.gguf"
    if how == "cut":
        with Path(smollm2.path).open("rb") as file:
            path.write_bytes(file.read(2_000_000))
    elif how != "missing":
        path.write_bytes({"empty": b"", "other": b"%PDF-1.7 " * 99, "magic": b"GGUF"}[how])
    return path


BROKEN = {
    "missing": "cannot be read: No such file or directory",
    "empty": r"is no GGUF file; fetch it again, or name another with --llm gguf:PATH",
    "other": r"is no GGUF file; fetch it again, or name another with --llm gguf:PATH",
    "magic": r"cannot be loaded; is the file whole, .* See: byline doctor",
    "cut": r"cannot be loaded; is the file whole, .* See: byline doctor",
}


@pytest.mark.parametrize(("how", "message"), BROKEN.items(), ids=BROKEN)
def test_a_file_that_is_no_model_says_what_to_do(tmp_path: Path, smollm2: Embedded, how: str, message: str):
    path = broken(tmp_path, smollm2, how)
    model = LlamaIndexModel(Embedded(path=str(path)), "mine", "1")
    for ask in (lambda: model.reply(ASKED, 4), lambda: list(model.stream(ASKED, 4))):
        with pytest.raises(ModelError, match=message) as raised:
            ask()
        assert path.name in str(raised.value)


def test_a_file_larger_than_the_memory_is_not_loaded(smollm2: Embedded, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(embedded, "_memory", lambda: 64_000_000)
    with pytest.raises(ModelError, match=r"needs 0\.1 GB and this machine has 0\.1 GB of memory"):
        Embedded(path=smollm2.path).warm()
    monkeypatch.setattr(embedded, "_memory", lambda: None)  # of a system that does not say
    monkeypatch.setattr(embedded, "_load", lambda path, context: "loaded")
    Embedded(path=smollm2.path).warm()


def test_the_file_is_checked_once_before_it_is_loaded(smollm2: Embedded, monkeypatch: pytest.MonkeyPatch):
    happened: list[str] = []
    monkeypatch.setattr(embedded, "_load", lambda path, context: happened.append(f"loaded {path}") or "a server")
    model = Embedded(path=smollm2.path, check=lambda path: happened.append(f"checked {path}"))
    assert happened == []  # nothing happens before the first question
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: model.warm(), range(8)))
    assert happened == [f"checked {smollm2.path}", f"loaded {smollm2.path}"]


def test_a_file_that_fails_the_check_is_not_loaded(smollm2: Embedded, monkeypatch: pytest.MonkeyPatch):
    loaded: list[Path] = []
    monkeypatch.setattr(embedded, "_load", lambda path, context: loaded.append(path))
    check = partial(check_hash, sha256="0" * 64, advice="fetch it again with: byline model pull mine")
    model = LlamaIndexModel(Embedded(path=smollm2.path, check=check), "mine", "1")
    for _ in range(2):  # a second question does not get past it either
        with pytest.raises(ModelError, match=r"is damaged: .*byline model pull mine"):
            model.reply(ASKED, 4)
    assert loaded == []


@pytest.fixture
def pulled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings in whose folder of models the file of SmolLM2 is another."""
    settings = Settings(models=str(tmp_path / "models"))
    (model,) = [model for model in files.known_models() if model.name == "smollm2"]
    path = Path(settings.models) / model.file
    path.parent.mkdir()
    path.write_bytes(b"GGUF, but not the one that was published")
    return settings


def test_a_damaged_model_costs_the_answer_nothing_but_a_note(seeds_settings: Settings, pulled: Settings):
    with Assistant(seeds_settings, llm="none") as quoting:
        expected = quoting.ask(QUESTION)
    assert expected.answered
    with Assistant(replace(seeds_settings, models=pulled.models), llm="smollm2") as assistant:
        answer = assistant.ask(QUESTION)
        with pytest.raises(BylineError, match="is damaged"):
            choose_model(pulled, "smollm2").model.reply(ASKED, 4)  # type: ignore[union-attr]
    assert (answer.text, answer.citations, answer.short) == (expected.text, expected.citations, None)
    (note,) = set(answer.notes) - set(expected.notes)
    assert "is damaged" in note
    assert "byline model pull smollm2. The answer is quoted instead." in note


@pytest.fixture
def client(smollm2: Embedded) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=smollm2._server.listening_address) as opened:
        yield opened


@pytest.mark.parametrize("key", [None, "none", "llama.cpp", hashlib.sha256(b"").hexdigest()])
def test_nobody_else_can_use_the_port_that_it_opens(smollm2: Embedded, client: httpx.Client, key: str | None):
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    asked = {"messages": [{"role": "user", "content": CAPITAL}], "max_tokens": 4, "prompt": CAPITAL, "input": CAPITAL}
    for path in ("/v1/chat/completions", "/chat/completions", "/v1/completions", "/completion", "/tokenize"):
        assert client.post(path, json=asked, headers=headers).status_code == 401, path
    for path in ("/v1/models", "/slots", "/props", "/metrics"):  # /slots would show the prompts of others
        assert client.get(path, headers=headers).status_code in (401, 403, 404, 501), path
    assert "127.0.0.1" in smollm2._server.listening_address


def test_it_needs_no_key_of_the_user(smollm2: Embedded):
    model = choose_model(Settings(), f"gguf:{smollm2.path}").model
    assert isinstance(model, LlamaIndexModel)
    assert not Settings().llm_api_key
    model.llm._server = smollm2._server  # type: ignore[attr-defined]  # loaded already
    assert "Paris" in model.reply(ASKED, 24).text
