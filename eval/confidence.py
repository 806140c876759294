"""Fit the coefficients of `qa/confidence.json` on the tuning parts of gold sets.

Questions asked of the articles they are about tell when an answer is right; the same questions asked of the articles of
another set tell what is off the topic. Both fits are logistic regressions, and deterministic.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from eval.calls import kept_here
from eval.gold import Gold, load_gold, locate
from eval.metrics.outcomes import right
from eval.regression import Matrix, logistic, write_weights
from index.builder import build
from index.errors import InputError
from index.reader import Reader
from index.settings import Settings
from qa.answerable import model_says
from qa.assistant import Assistant
from qa.confidence import MODEL_SIGNALS, SIGNALS, TOPIC_SIGNALS, Confidence, coefficients, log_odds, probability
from qa.evidence import Candidate
from qa.gather import gather
from qa.llm.choose import choose_model
from qa.llm.model import Model
from qa.retrieval import analyse

RIDGE = 0.001
FALSE_REFUSALS = 0.02  # of the questions that the articles are about, taken for off-topic ones
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Set:
    """An imported set. `open`: some of its questions are left open by its articles; it is asked of no other set."""

    folder: Path
    open: bool = False

    def questions(self, split: str) -> list[Gold]:
        """The questions of one part."""
        return [row for row in load_gold(self.folder / "gold.jsonl") if row.split == split]


@dataclass(frozen=True)
class Case:
    """A question asked of a set of articles, and what came of it when nothing was refused."""

    articles: str  # the name of the set
    cluster: str  # the article that it is about
    foreign: bool  # it is a question of another set
    answerable: bool
    right: bool
    sure: Confidence
    says: float | None = None  # log-odds that a language model gives the best sentence


def cases(sets: Sequence[Set], split: str, work: Path, tell: Tell, model: Model | None = None) -> list[Case]:
    """Every question of one part, asked of its own articles, and of those of the other sets that are not `open`.

    `model`: asked about the best sentence where the question is not taken for off-topic.
    """
    names = [item.folder.name for item in sets]
    if len(set(names)) < len(names) or sum(not item.open for item in sets) < 2:
        raise InputError("Confidence needs two sets or more, of different names, besides those of --open.")
    found = list[Case]()
    for here in sets:
        settings = replace(Settings(), store=str(work / f"store-{here.folder.name}"), risk=1.0)
        build(here.folder / "corpus", settings)
        others = [] if here.open else [other for other in sets if not other.open and other is not here]
        with Assistant(settings, llm="none") as assistant:
            asking = _Asking(assistant, here.folder.name, model)
            own = list(asking.own(here.questions(split)))
            foreign = [case for other in others for case in asking.foreign(other.questions(split))]
        found += [*own, *foreign]
        tell(f"{here.folder.name}: {len(own)} questions, {len(foreign)} of other sets")
    return found


@dataclass(frozen=True)
class _Asking:
    """Questions asked of the articles of one set."""

    assistant: Assistant
    articles: str
    model: Model | None

    def own(self, rows: Sequence[Gold]) -> Iterator[Case]:
        for row in rows:
            gold = locate(row, lambda file: self.assistant.article(file).text)
            outcome = right(self.assistant.ask(row.question, files=row.files), gold)
            if outcome is not None:
                case = self._case(row, row.files)
                yield replace(case, answerable=row.answerable, right=bool(outcome) and row.answerable)

    def foreign(self, rows: Sequence[Gold]) -> Iterator[Case]:
        return (replace(self._case(row, ()), foreign=True) for row in rows if row.answerable)

    def _case(self, row: Gold, files: Sequence[str]) -> Case:
        reader = self.assistant.reader
        told = gather(analyse(row.question, reader), reader, reader.scope(None, None, files))
        best = told.voices[0].said if told.voices else None
        named = row.evidence[0][0].file if row.evidence else None
        says = fitted = None
        if self.model and best and not told.sure.off_topic:
            says = model_says(self.model, row.question, best.text)
            fitted = coefficients().models.get(self.model.name)
        return Case(
            articles=self.articles,
            cluster=named or (_file(reader, best) if best else row.id),
            foreign=False,
            answerable=False,
            right=False,
            sure=told.sure.also(says, fitted),
            says=says,
        )


def _file(reader: Reader, said: Candidate) -> str:
    """The file of a sentence: what a question that has no gold evidence is about."""
    content = said.found.passage.content
    return reader.files_of([content])[content][0].file


def fit(sets: Sequence[Set], work: Path, tell: Tell) -> dict[str, Any]:
    """The coefficients fitted on the tuning parts; those of models come on top of them, see `fit_model`."""
    found = cases(sets, "tune", work, tell)
    own = [case for case in found if not case.foreign]
    closed = {item.folder.name for item in sets if not item.open}
    topic = [case for case in found if case.articles in closed]
    fitted = regression(table_of(topic, TOPIC_SIGNALS), [not case.foreign for case in topic], TOPIC_SIGNALS)
    on_topic = [probability(case.sure.signals, fitted) for case in topic if not case.foreign]
    return {
        "topic": fitted,
        "off_topic_below": round(float(np.quantile(on_topic, FALSE_REFUSALS)), 4),
        "right": regression(table_of(own, SIGNALS), [case.right for case in own], SIGNALS),
        "fitted_on": f"{_parts(sets)}; {len(own)} questions, {len(found) - len(own)} off the topic",
        "models": {},
    }


def fit_model(sets: Sequence[Set], work: Path, tell: Tell, model: Model, right: Mapping[str, float]) -> dict[str, Any]:
    """The weights of what a model says, beside the confidence by `right` without one, fitted on the tuning parts."""
    found = [case for case in cases(sets, "tune", work, tell, model) if not case.foreign and case.says is not None]
    rows = np.array([(log_odds(probability(case.sure.signals, right)), case.says) for case in found])
    weights = regression(rows, [case.right for case in found], MODEL_SIGNALS)
    return {"weights": weights, "fitted_on": f"{_parts(sets)}; {len(found)} questions"}


def fit_to(path: Path, sets: Sequence[Set], work: Path, tell: Tell, model: Model | None) -> dict[str, Any]:
    """Fit and write the coefficients, or those of the model into the file, beside those of others. Returns them."""
    if model is None:
        values = fitted = fit(sets, work, tell)
    else:
        values = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        if not {"right", "models"} <= values.keys():
            raise InputError(f"{path} holds no coefficients yet: fit without --llm first, a model goes on top.")
        values["models"][model.name] = fitted = fit_model(sets, work, tell, model, values["right"])
    write_weights(values, path)
    return fitted


def model_of(settings: Settings, work: Path) -> Model | None:
    """The model of the settings; what it says is kept in `work`. Raises `InputError` for one that is on a server."""
    model = choose_model(settings).model
    return None if model is None else kept_here(model, work)


def _parts(sets: Sequence[Set]) -> str:
    return f"tuning parts of {', '.join(item.folder.name for item in sets)}"


def table_of(rows: Sequence[Case], names: Sequence[str]) -> Matrix:
    """The named signals, a row for each question, shape `(len(rows), len(names))`."""
    return np.array([[case.sure.signals[name] for name in names] for case in rows])


def regression(matrix: Matrix, labels: Sequence[bool], names: Sequence[str]) -> dict[str, float]:
    """Logistic regression of `labels` on named columns, `(n, k)`: coefficients by name, and the intercept."""
    spread = np.maximum(matrix.std(axis=0), 1e-9)  # of one size, so that the ridge holds all down alike
    weights = logistic(matrix / spread, np.array(labels), RIDGE)
    weights[:-1] /= spread
    return {name: round(float(value), 3) for name, value in zip((*names, "intercept"), weights, strict=True)}
