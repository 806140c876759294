"""A language model with what Byline knows of it: may it write sentences, and how much evidence is it shown?

A model writes where it is set to it, or passes a probe: twelve questions of the same kind as any other, on sentences
that come with Byline. The result is kept by the model's fingerprint, so that each model is asked once.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from functools import cache
from importlib import resources

from index.embed import Embedder
from index.errors import InputError
from index.settings import Settings
from qa.answerable import model_says
from qa.confidence import Confidence, coefficients
from qa.followup import Turns, accept_rewrite, rewrite_prompt
from qa.llm.failures import ModelError
from qa.llm.files import known_models, model_folder, remembered, write_remembered
from qa.llm.model import Model
from qa.models import Citation
from qa.prompts import MOST_EVIDENCE
from qa.short import pick
from qa.verify import Checker

PASSED = 10  # of the questions of the probe
READS_UNABLE = 1  # sentences that a model is shown which did not pass: with more it takes the wrong one
_REWRITE_TOKENS = 80
_RESULTS = "probes.json"  # in the folder of models


class Writer:
    """A model, and what checks it. Safe to share between threads."""

    def __init__(self, model: Model, settings: Settings, embedder: Embedder) -> None:
        if settings.llm_writes not in ("auto", "yes", "no"):
            raise InputError(f"llm_writes is auto, yes or no, not {settings.llm_writes!r}")
        self.model, self.settings = model, settings
        self.checker = Checker(embedder, settings.nli_model)
        self._lock = threading.Lock()
        self._right: int | None = None

    @property
    def able(self) -> bool:
        """Whether it follows instructions well enough to be trusted with a choice: by setting, or by the probe."""
        return self.settings.llm_writes == "yes" or self.right() >= PASSED

    @property
    def writes(self) -> bool:
        """Whether it writes sentences."""
        return self.settings.llm_writes != "no" and self.able

    @property
    def reads(self) -> int:
        """How many sentences of evidence it is shown."""
        return MOST_EVIDENCE if self.able else READS_UNABLE

    def rewritten(self, question: str, history: Turns) -> str | None:
        """A follow-up as a question that stands alone; None where the model is not able to, or fails."""
        try:
            if not self.able:
                return None
            reply = self.model.reply(rewrite_prompt(question, history), _REWRITE_TOKENS)
        except ModelError:  # it is asked again for the answer, which then says what is wrong
            return None
        return accept_rewrite(reply.text, question, history)

    def assured(self, sure: Confidence, question: str, sentence: str) -> Confidence:
        """`sure` with what the model says of the best sentence, where it was fitted.

        As it is where the model fails, and where it would refuse nothing.
        """
        fitted = coefficients().models.get(self.model.name)
        if fitted is None or sure.off_topic or sure.keywords or not self.model.copies:
            return sure
        try:
            says = model_says(self.model, question, sentence)
        except ModelError:  # it is asked again for the answer, which then says what is wrong
            return sure
        return sure.also(says, fitted)

    def warm(self) -> None:
        """Have the model loaded, here or by its server, and find out what it can do. Raises `ModelError`."""
        self.model.reply([("user", "Hello.")], 1)
        self.right()

    def right(self) -> int:
        """How many questions of the probe the model answers rightly; asked once. Raises `ModelError`."""
        with self._lock:
            if self._right is None:
                self._right = self._known()
            return self._right

    def _known(self) -> int:
        for model in known_models():
            if model.sha256 == self.model.fingerprint:
                return model.right
        path = model_folder(self.settings) / _RESULTS
        kept = remembered(path).get(self._key)
        if isinstance(kept, int):
            return kept
        right = sum(question.is_right(self.model) for question in probe())
        write_remembered(path, remembered(path) | {self._key: right})
        return right

    @property
    def _key(self) -> str:
        return f"{self.model.name} {self.model.fingerprint}"


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the probe. `answer` is what a right answer holds; empty where the evidence does not answer it."""

    question: str
    evidence: tuple[str, ...]
    answer: str
    source: int

    def is_right(self, model: Model) -> bool:
        """Whether the model picks the answer out of the right sentence, or refuses where none answers."""
        evidence = [_citation(n, quote) for n, quote in enumerate(self.evidence, 1)]
        picked = pick(model, self.question, evidence)
        if not self.answer or picked.short is None:
            return picked.refused and not self.answer
        return self.answer.lower() in picked.short.text.lower() and picked.short.source == self.source


def _citation(marker: int, quote: str) -> Citation:
    return Citation(marker, "probe.txt", 0, len(quote), quote, 1, None, "", None, None, 1 / marker)


@cache
def probe() -> tuple[Question, ...]:
    """The questions of `probe.json`."""
    rows = json.loads(resources.files("qa").joinpath("probe.json").read_text(encoding="utf-8"))
    return tuple(Question(**row | {"evidence": tuple(row["evidence"])}) for row in rows)
