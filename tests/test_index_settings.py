from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from index.errors import InputError
from index.settings import Settings


def load(
    folder: Path, toml: str | None = None, environ: dict[str, str] | None = None, **overrides: str | None
) -> Settings:
    if toml is not None:
        (folder / "byline.toml").write_text(toml, encoding="utf-8")
    return Settings.load(folder, environ or {}, **overrides)


def test_defaults(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings == Settings(store=".byline", embedding_model="bundled")
    with pytest.raises(FrozenInstanceError):
        settings.store = "x"  # type: ignore[misc]


def test_overrides_win_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    toml = 'store = "file"\nembedding_model = "file"'
    assert load(tmp_path, toml).store == "file"
    environ = {"BYLINE_STORE": "environment", "PATH": "/bin"}
    settings = load(tmp_path, toml, environ)
    assert (settings.store, settings.embedding_model) == ("environment", "file")
    assert load(tmp_path, toml, environ, store="override").store == "override"
    assert load(tmp_path, toml, environ, store=None).store == "environment"


def test_an_empty_variable_is_as_good_as_none(tmp_path: Path) -> None:
    assert load(tmp_path, environ={"BYLINE_STORE": ""}).store == ".byline"


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('stroe = "x"', "Unknown setting 'stroe' in .*byline.toml; did you mean store?"),
        ("colour = 1", "known settings: store, embedding_model"),
        ("store = 3", "store must be a string in quotation marks, not 3"),
        ('store = ""', "store must not be empty"),
        ("store = x", "is not valid TOML"),
        ("[store]\nfolder = 1", "store must be a string"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, toml: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load(tmp_path, toml)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "byline.toml").write_bytes(b'store = "\xff"')
    with pytest.raises(InputError, match="is not valid TOML"):
        load(tmp_path)


def test_an_unknown_variable_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'stor' in the environment \(BYLINE_STOR\); did you mean store\?"):
        load(tmp_path, environ={"BYLINE_STOR": "x"})


def test_an_empty_override_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="store must not be empty"):
        load(tmp_path, store="")
