"""What Byline knows of a model before the first question."""

from pathlib import Path

import pytest

from index.embed import Embedder
from index.settings import Settings
from qa.llm.failures import ModelError
from qa.llm.files import known_models
from qa.llm.model import Reply
from qa.writer import Writer


class Known:
    """A model whose result of the probe is known, so that nothing but `warm` has it loaded."""

    name, fingerprint, copies = "known", known_models()[0].sha256, False

    def __init__(self, error: str = "") -> None:
        self.error = error
        self.asked: list[int] = []

    def reply(self, messages, most, grammar=None, others=0) -> Reply:
        self.asked.append(most)
        if self.error:
            raise ModelError(self.error)
        return Reply("Hello")

    def stream(self, messages, most):
        yield "Hello"


def writer(model: Known, tmp_path: Path) -> Writer:
    return Writer(model, Settings(models=str(tmp_path)), Embedder())


def test_a_known_model_is_loaded_before_the_first_question(tmp_path: Path) -> None:
    model = Known()
    writer(model, tmp_path).warm()
    assert model.asked == [1]  # one token is enough


def test_a_model_that_cannot_be_loaded_says_so_at_once(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="known is damaged"):
        writer(Known("known is damaged"), tmp_path).warm()
