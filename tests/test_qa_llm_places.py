"""Which model is chosen, and what is said of it. Nothing is loaded and no server is asked."""

from pathlib import Path

import pytest

from index.errors import BylineError, InputError
from index.settings import Settings
from qa.llm import choose
from qa.llm.choose import address, choose_model
from qa.llm.failures import ModelError, told


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"),
        ("https://ann:secret@models.example/v1?key=secret#secret", "https://models.example/v1"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("models.example/v1", ""),
        ("http://", ""),
        ("http://[::1", ""),
        ("http://models.example:port", ""),
    ],
)
def test_an_address_is_shown_without_what_may_be_secret(url: str, shown: str) -> None:
    assert address(url) == shown


def test_a_server_is_told_without_credentials() -> None:
    url = "https://ann:secret@models.example/v1?key=secret"
    chosen = choose_model(Settings(llm_base_url=url, llm_api_key="secret"))
    assert chosen.model is not None
    assert (chosen.name, chosen.server, chosen.file) == ("openai:default", "https://models.example/v1", None)
    assert "secret" not in f"{chosen.why} {chosen.model.name} {chosen.model.fingerprint}"


def test_what_is_no_address_is_not_repeated() -> None:
    with pytest.raises(InputError, match="BYLINE_LLM_BASE_URL is no address") as raised:
        choose_model(Settings(llm_base_url="sk-secret"))
    assert "secret" not in str(raised.value)


def test_auto_without_any_model_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "best_present", lambda settings: None)
    chosen = choose_model(Settings())
    assert (chosen.model, chosen.name) == (None, "none")
    assert chosen.why.endswith("answers are quoted; get one with: byline model pull qwen2.5-coder-1.5b")


def test_a_local_model_has_its_file(tmp_path: Path) -> None:
    file = tmp_path / "my.gguf"
    file.write_bytes(b"GGUF")
    chosen = choose_model(Settings(llm=f"gguf:{file}"))
    assert (chosen.name, chosen.file, chosen.server) == ("gguf:my.gguf", file, "")


@pytest.mark.parametrize(
    ("llm", "advice"),
    [
        ("SmolLM", "did you mean smollm2"),
        ("gpt", "known are auto, none, qwen"),
        ("qwen2.5-coder-1.5b", "byline model pull qwen2.5-coder-1.5b"),
        ("gguf:/none/such.gguf", "There is no file /none/such.gguf"),
        ("ollama:", "--llm ollama:NAME"),
        ("openai:m", "needs BYLINE_LLM_API_KEY"),
    ],
)
def test_what_cannot_be_chosen_says_what_to_do(llm: str, advice: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=advice):
        choose_model(Settings(llm=llm, models=str(tmp_path)))


def test_what_we_say_of_a_file_is_said_of_the_model() -> None:
    with pytest.raises(ModelError, match=r"^m.gguf is damaged; fetch it again$"), told("m"):
        raise BylineError("m.gguf is damaged; fetch it again")
