"""What several test files share: the bundled model, loaded once, and a store of the five seed articles, built once."""

import os
from pathlib import Path

import pytest

from index.builder import build
from index.embed import Embedder
from index.settings import PREFIX, Settings

SEEDS = Path(__file__).resolve().parents[1] / "seeds"


@pytest.fixture(scope="session", autouse=True)
def no_settings_from_outside() -> None:
    """The developer's own BYLINE_... variables decide nothing here."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The bundled model, which takes seconds to load."""
    return Embedder()


@pytest.fixture(scope="session")
def seeds_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with a store built from `seeds/`. For reading: a test that builds makes its own store."""
    settings = Settings(store=str(tmp_path_factory.mktemp("seeds") / "store"))
    report = build(SEEDS, settings)
    assert len(report.added) == len(list(SEEDS.glob("*.txt"))), report
    return settings
