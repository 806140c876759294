"""`byline model` as it is typed."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

import ui.models  # noqa: F401 adds the commands
from index.errors import InputError
from index.settings import Settings
from qa.llm import files, pull
from qa.llm.files import KnownModel
from ui.cli import app

CONTENT = b"GGUF and the rest"
SMALL = KnownModel(
    "small-1b", 2, "Small", "MIT", "Little.", True, "s.gguf", 17, hashlib.sha256(CONTENT).hexdigest(), 250
)
BETTER = replace(SMALL, name="better-7b", rank=1, file="b.gguf", size=4_200_000_000, expect="Much.")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BYLINE_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(files, "known_models", lambda: (BETTER, SMALL))
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "s.gguf").write_bytes(CONTENT)
    return tmp_path / "models"


def byline(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["model", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_list_says_what_is_here_and_what_auto_takes(folder: Path):
    lines = [" ".join(line.split()) for line in byline("list").splitlines()]
    assert "better-7b MIT 4,200 MB 250 MB no" in lines
    assert "small-1b MIT 0 MB 250 MB yes, auto takes it" in lines
    assert "better-7b Much." in lines
    assert f"Pulled models go to {folder}" in lines


def test_a_server_that_is_named_is_what_auto_takes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BYLINE_LLM_BASE_URL", "http://127.0.0.1:8080/v1")
    shown = byline("list")
    assert "auto takes it" not in shown
    assert "auto asks the server" in shown
    assert not any(model["auto"] for model in json.loads(byline("list", "--json")))


def test_the_list_as_json(folder: Path):
    better, small = json.loads(byline("list", "--json"))
    assert (better["name"], better["path"], better["auto"]) == ("better-7b", None, False)
    assert (small["name"], small["path"], small["auto"]) == ("small-1b", str(folder / "s.gguf"), True)
    assert small["sha256"] == SMALL.sha256


def test_a_model_that_is_here_is_checked_and_not_fetched(folder: Path):
    shown = byline("pull", "small-1b")
    assert shown.splitlines() == [f"small-1b is here, its hash checked: {folder / 's.gguf'}"]


def test_pull_hands_on_the_model_and_the_settings(folder: Path, monkeypatch: pytest.MonkeyPatch):
    asked = []

    def stand_in(model: KnownModel, settings: Settings, progress: pull.Progress) -> Path:
        progress(1, 2)
        asked.append((model, settings.models))
        return folder / model.file

    monkeypatch.setattr(pull, "pull", stand_in)
    assert "better-7b is here" in byline("pull", "better-7b")
    assert asked == [(BETTER, str(folder))]


def test_an_interruption_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch):
    def stand_in(*_: object) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(pull, "pull", stand_in)
    result = CliRunner().invoke(app, ["model", "pull", "better-7b"])
    assert result.exit_code != 0
    assert "run the same command again to go on" in result.output


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Beter-7B", "There is no model 'Beter-7B'. Did you mean better-7b? Known: better-7b, small-1b"),
        ("x", "There is no model 'x'. Known: better-7b, small-1b"),
    ],
)
def test_an_unknown_name_says_which_are_known(name: str, said: str):
    result = CliRunner().invoke(app, ["model", "pull", name])
    assert isinstance(result.exception, InputError)
    assert str(result.exception) == said
