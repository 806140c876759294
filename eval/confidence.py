"""Fit the coefficients of `qa/confidence.json` on the tuning parts of gold sets.

Questions asked of the articles they are about tell when an answer is right; the same questions asked of the articles of
another set tell what is off the topic. Both fits are logistic regressions, and deterministic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from eval.gold import Gold, load_gold, locate
from eval.metrics.outcomes import right
from eval.regression import logistic
from index.builder import build
from index.errors import InputError
from index.reader import Reader
from index.settings import Settings
from qa.assistant import Assistant
from qa.confidence import SIGNALS, TOPIC_SIGNALS, Confidence, probability
from qa.gather import Gathered, gather
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


def cases(sets: Sequence[Set], split: str, work: Path, tell: Tell) -> list[Case]:
    """Every question of one part, asked of its own articles, and of those of the other sets that are not `open`."""
    names = [item.folder.name for item in sets]
    if len(set(names)) < len(names) or sum(not item.open for item in sets) < 2:
        raise InputError("Confidence needs two sets or more, of different names, besides those of --open.")
    found = list[Case]()
    for here in sets:
        settings = replace(Settings(), store=str(work / f"store-{here.folder.name}"), risk=1.0)
        build(here.folder / "corpus", settings)
        others = [] if here.open else [other for other in sets if not other.open and other is not here]
        with Assistant(settings, llm="none") as assistant:
            own = list(_own(assistant, here, split))
            foreign = [case for other in others for case in _foreign(assistant, here, other, split)]
        found += [*own, *foreign]
        tell(f"{here.folder.name}: {len(own)} questions, {len(foreign)} of other sets")
    return found


def _own(assistant: Assistant, here: Set, split: str) -> Iterator[Case]:
    for row in here.questions(split):
        gold = locate(row, lambda file: assistant.article(file).text)
        outcome = right(assistant.ask(row.question, files=row.files), gold)
        if outcome is not None:
            case = _case(assistant, here, row, foreign=False)
            yield replace(case, right=bool(outcome) and row.answerable)


def _foreign(assistant: Assistant, here: Set, other: Set, split: str) -> Iterator[Case]:
    return (_case(assistant, here, row, foreign=True) for row in other.questions(split) if row.answerable)


def _case(assistant: Assistant, here: Set, row: Gold, *, foreign: bool) -> Case:
    reader = assistant.reader
    scope = reader.scope(None, None, row.files if not foreign else ())
    told = gather(analyse(row.question, reader), reader, scope)
    cluster = row.evidence[0][0].file if row.evidence else _nearest(reader, told) or row.id
    return Case(here.folder.name, cluster, foreign, row.answerable and not foreign, right=False, sure=told.sure)


def _nearest(reader: Reader, told: Gathered) -> str | None:
    """The file of the best sentence: what a question that has no gold evidence is about."""
    if not told.voices:
        return None
    content = told.voices[0].said.found.passage.content
    return reader.files_of([content])[content][0].file


def fit(sets: Sequence[Set], work: Path, tell: Tell) -> dict[str, Any]:
    """The coefficients fitted on the tuning parts; indexes go to `work`."""
    found = cases(sets, "tune", work, tell)
    own = [case for case in found if not case.foreign]
    closed = {item.folder.name for item in sets if not item.open}
    topic = [case for case in found if case.articles in closed]
    names = ", ".join(item.folder.name for item in sets)
    fitted = regression(topic, [not case.foreign for case in topic], TOPIC_SIGNALS)
    on_topic = [probability(case.sure.signals, fitted) for case in topic if not case.foreign]
    return {
        "topic": fitted,
        "off_topic_below": round(float(np.quantile(on_topic, FALSE_REFUSALS)), 4),
        "right": regression(own, [case.right for case in own], SIGNALS),
        "fitted_on": f"tuning parts of {names}; {len(own)} questions, {len(found) - len(own)} off the topic",
    }


def regression(rows: Sequence[Case], labels: Sequence[bool], names: Sequence[str]) -> dict[str, float]:
    """Logistic regression of `labels` on the named signals: coefficients by name, and the intercept."""
    matrix = np.array([[case.sure.signals[name] for name in names] for case in rows])
    spread = np.maximum(matrix.std(axis=0), 1e-9)  # of one size, so that the ridge holds all down alike
    weights = logistic(matrix / spread, np.array(labels), RIDGE)
    weights[:-1] /= spread
    return {name: round(float(value), 3) for name, value in zip((*names, "intercept"), weights, strict=True)}
