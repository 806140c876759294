"""Which language model answers, and what is said where it cannot be had."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from chat_server import ChatServer, Json, Status
from llama_index.core.llms import MockLLM

from index.errors import InputError
from index.settings import Settings
from qa.llm import choose, files
from qa.llm.choose import choose_model
from qa.llm.files import KnownModel, model_folder
from qa.llm.model import LlamaIndexModel

CONTENT = b"GGUF and the rest"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
SMALL = KnownModel("small", 2, "Small", "MIT", "Little.", True, "small.gguf", len(CONTENT), SHA256, 1, 0)
BETTER = replace(SMALL, name="better", rank=1, file="better.gguf", sha256="1" * 64)
KEY = "sk-only-of-these-tests"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An empty folder of models, and two that are known."""
    for module in (files, choose):
        monkeypatch.setattr(module, "known_models", lambda: (BETTER, SMALL))
    return Settings(models=str(tmp_path / "models"))


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with ChatServer() as opened:
        yield opened


def pull(settings: Settings, model: KnownModel) -> Path:
    path = model_folder(settings) / model.file
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(CONTENT)
    return path


def path_in(model: object) -> Path:
    assert isinstance(model, LlamaIndexModel)
    return Path(model.llm.path)  # type: ignore[attr-defined]


def test_none_is_no_model(settings: Settings):
    pull(settings, SMALL)
    chosen = choose_model(settings, "none")
    assert chosen.model is None
    assert "none is wanted" in chosen.why
    assert chosen.server == ""


def test_auto_takes_the_best_one_present(settings: Settings):
    assert choose_model(settings).model is None
    assert "byline model pull smollm2" in choose_model(settings).why
    for model in (SMALL, BETTER):
        path = pull(settings, model)
        chosen = choose_model(settings)
        assert chosen.model
        assert (chosen.model.name, chosen.model.fingerprint) == (model.name, model.sha256)
        assert chosen.model.copies
        assert path_in(chosen.model) == path
        assert chosen.why == "it is the best one that is here"
        assert chosen.server == ""


def test_a_name_is_the_model_of_that_name(settings: Settings):
    pull(settings, BETTER)
    path = pull(settings, SMALL)
    chosen = choose_model(replace(settings, llm="small"))
    assert chosen.model
    assert chosen.model.name == "small"
    assert path_in(chosen.model) == path
    assert chosen.why == "it was named"


def test_what_is_passed_in_wins_over_the_settings(settings: Settings):
    pull(settings, SMALL)
    assert choose_model(replace(settings, llm="small"), "none").model is None
    chosen = choose_model(replace(settings, llm="none"), "small")
    assert chosen.model
    assert chosen.model.name == "small"


def test_a_known_model_that_is_not_here_says_how_to_get_it(settings: Settings):
    with pytest.raises(InputError, match="better is not here; get it with: byline model pull better"):
        choose_model(settings, "better")


def test_an_unknown_name_says_what_is_meant_or_what_there_is(settings: Settings):
    with pytest.raises(InputError, match=r"no language model 'beter'; did you mean better\?"):
        choose_model(settings, "beter")
    with pytest.raises(InputError, match=r"known are auto, none, better, small, gguf:PATH, ollama:NAME, openai:NAME"):
        choose_model(settings, "xyzzy")
    with pytest.raises(InputError, match="no language model ''"):
        choose_model(settings, "")


def test_a_gguf_file_by_its_path(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(InputError, match=r"There is no file .*missing\.gguf; name a GGUF file"):
        choose_model(settings, f"gguf:{tmp_path / 'missing.gguf'}")
    with pytest.raises(InputError, match="There is no file"):
        choose_model(settings, f"gguf:{tmp_path}")
    path = tmp_path / "mine.gguf"
    path.write_bytes(CONTENT)
    monkeypatch.setenv("HOME", str(tmp_path))
    model = choose_model(settings, "gguf:~/mine.gguf").model
    assert model
    assert model.name == "gguf:mine.gguf"
    assert path_in(model) == path
    path.write_bytes(CONTENT * 2)
    changed = choose_model(settings, f"gguf:{path}").model
    assert changed
    assert changed.fingerprint != model.fingerprint


def test_a_llamaindex_model_and_one_of_ours_are_taken_as_they_are(settings: Settings):
    llm = MockLLM()
    chosen = choose_model(settings, llm)
    assert isinstance(chosen.model, LlamaIndexModel)
    assert chosen.model.llm is llm
    assert chosen.model.name == llm.metadata.model_name
    assert not chosen.model.copies
    assert chosen.why == "it was passed in"
    assert choose_model(settings, chosen.model).model is chosen.model


@pytest.mark.parametrize("wrong", [5, b"none", Path("small"), MockLLM, ["none"]])
def test_anything_else_is_no_model(settings: Settings, wrong: object):
    with pytest.raises(InputError, match="llm is a name, or a LlamaIndex LLM, not"):
        choose_model(settings, wrong)


def test_the_cloud_needs_a_key_and_a_server_of_ones_own_does_not(settings: Settings):
    with pytest.raises(InputError, match=r"openai:x needs BYLINE_LLM_API_KEY, or BYLINE_LLM_BASE_URL"):
        choose_model(settings, "openai:x")
    with closing(choose_model(replace(settings, llm_api_key=KEY), "openai:x")) as chosen:
        assert chosen.server == "https://api.openai.com/v1"
    with closing(choose_model(replace(settings, llm_base_url="http://127.0.0.1:9/v1"), "openai:x")) as chosen:
        assert chosen.server == "http://127.0.0.1:9/v1"
        assert chosen.why == "it is asked at http://127.0.0.1:9/v1"
    with closing(choose_model(settings, "ollama:qwen3:4b")) as chosen:
        assert chosen.server == "http://127.0.0.1:11434/v1"
        assert chosen.model
        assert chosen.model.name == "ollama:qwen3:4b"
        assert chosen.model.fingerprint == "http://127.0.0.1:11434/v1 qwen3:4b"
        assert not chosen.model.copies


@pytest.mark.parametrize("kind", ["openai", "ollama"])
def test_a_server_needs_the_name_of_a_model(settings: Settings, kind: str):
    with pytest.raises(InputError, match=f"Name the model after the colon: --llm {kind}:NAME"):
        choose_model(settings, f"{kind}:")


@pytest.mark.parametrize("url", ["localhost:8080", "127.0.0.1", "ftp://127.0.0.1/v1", "file:///v1", "//x"])
@pytest.mark.parametrize("name", ["auto", "openai:x"])
def test_what_is_no_address_is_refused(settings: Settings, url: str, name: str):
    with pytest.raises(InputError, match="BYLINE_LLM_BASE_URL is an address such as http") as raised:
        choose_model(replace(settings, llm_base_url=url, llm_api_key=KEY), name)
    assert KEY not in str(raised.value)


def auto(settings: Settings, server: ChatServer, key: str = "", slash: str = "") -> str:
    pull(settings, BETTER)  # a server that is named wins over what is here
    with closing(choose_model(replace(settings, llm_base_url=server.url + slash, llm_api_key=key))) as chosen:
        assert chosen.server == server.url + slash
        assert chosen.model
        return chosen.model.name


@pytest.mark.parametrize("slash", ["", "/"])
def test_auto_asks_a_server_for_its_first_model(settings: Settings, server: ChatServer, slash: str):
    server.models = Json({"object": "list", "data": [{"id": "first"}, {"id": "second"}]})
    assert auto(settings, server, KEY, slash) == "openai:first"
    assert server.asked == [("/v1/models", f"Bearer {KEY}")]
    server.asked.clear()
    assert auto(settings, server, "", slash) == "openai:first"
    assert server.asked == [("/v1/models", "")]


@pytest.mark.parametrize(
    "said",
    [
        Status(404),
        Status(401),
        Status(500),
        *(
            Json(body)
            for body in (
                {},
                [],
                {"data": []},
                {"data": None},
                {"data": ["x"]},
                {"data": [{}]},
                {"data": [{"id": None}]},
                None,
            )
        ),
        Status(200, b"<html>not JSON</html>"),
        Status(200, b"\xff\xfe{"),
    ],
    ids=repr,
)
def test_a_server_that_lists_nothing_is_asked_for_its_default(
    settings: Settings, server: ChatServer, said: Json | Status
):
    server.models = said
    assert auto(settings, server) == "openai:default"


def test_a_server_that_is_down_is_chosen_all_the_same(settings: Settings, server: ChatServer):
    server.close()
    assert auto(settings, server) == "openai:default"


def test_a_server_that_does_not_answer_is_not_waited_for(
    settings: Settings, server: ChatServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(choose, "CONNECT", 0.2)
    server.models = server.never
    assert auto(settings, server) == "openai:default"
