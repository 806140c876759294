"""What the chat says of the language model, without a browser."""

import logging
from pathlib import Path

import pytest
from standin import Desk

from index.settings import Settings
from qa import Assistant
from qa.llm.choose import Chosen, choose_model
from qa.llm.failures import ModelError
from ui.chat import Chat, answered_by


@pytest.mark.parametrize(
    ("base_url", "said"),
    [
        ("http://127.0.0.1:8080/v1", "answered with openai:m, on this machine · nothing leaves it"),
        ("http://[::1]:8080/v1", "answered with openai:m, on this machine · nothing leaves it"),
        ("http://localhost/v1", "answered with openai:m, on this machine · nothing leaves it"),
        ("https://ann:secret@models.example:8443/v1/x?key=secret", "questions and evidence go to models.example"),
        ("http://localhost.example/v1", "questions and evidence go to localhost.example"),
    ],
)
def test_where_the_text_goes_with_a_server(base_url: str, said: str) -> None:
    assert answered_by(choose_model(Settings(llm="openai:m", llm_base_url=base_url))) == said


def test_where_the_text_goes_without_one(tmp_path: Path) -> None:
    assert answered_by(choose_model(Settings(llm="none"))) == "answers are quotations · nothing leaves this machine"
    assert answered_by(choose_model(Settings(llm="smollm2"))) == (
        "answered with smollm2, on this machine · nothing leaves it"
    )


def test_of_a_model_that_was_passed_in_nothing_is_promised() -> None:
    model = choose_model(Settings(llm="smollm2")).model
    assert answered_by(Chosen(model, "it was passed in")) == "answered with smollm2"


@pytest.mark.parametrize("error", [ModelError("tiny cannot be reached; is its server running?"), ZeroDivisionError()])
def test_a_model_that_does_not_load_is_logged_and_the_chat_goes_on(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(tmp_path)
    desk.write("a.txt", "The mayor resigned on Monday.")
    desk.build()

    def warm() -> None:
        raise error

    with Assistant(desk.settings, llm="none") as assistant, caplog.at_level(logging.WARNING):
        monkeypatch.setattr(assistant, "warm", warm)
        chat = Chat(assistant)
        loading = chat.load_model()
        assert "answers are quotations" in chat.about()
        loading.join(10)
        assert not loading.is_alive()
    (record,) = caplog.records
    assert str(error) in record.getMessage() or record.exc_info
