"""How often the short answer that a language model picks is right, and from which probability on it is shown.

Both are for a model that runs in this process and so tells how likely its words are. Questions whose gold has no
answers, or that are not answerable, are left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from eval.calls import kept_here
from eval.gold import Gold, drawn, load_gold
from eval.metrics import exact_match, token_f1
from eval.plain import best_sentences
from eval.regression import Matrix, logistic, write_weights
from eval.stats import wilson
from index.builder import build
from index.errors import InputError
from index.reader import Reader
from index.settings import Settings
from qa.llm.choose import choose_model
from qa.llm.model import Model
from qa.prompts import short_messages
from qa.short import FIRSTS, copies
from qa.spans import FEATURES, Weights, features, fitted, widened
from qa.writer import Writer

COVERAGES = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
WANTED = 0.8  # share of the shown short answers that are to be right, word for word
FOLDS = 10
RIDGE = 0.0015


@dataclass(frozen=True, slots=True)
class Pick:
    """The spans that a model could copy for a question: one row of features for each, and how right each is."""

    article: str  # which the question is about; itself where the gold does not say
    features: Matrix  # (n, len(FEATURES))
    exact: Matrix  # (n,)
    f1: Matrix  # (n,)


@dataclass(frozen=True, slots=True)
class Best:
    """The span that is picked, how sure the model is of it, and how right it is."""

    score: float
    exact: float
    f1: float


def picks(
    gold: Path,
    corpus: Path,
    split: str,
    settings: Settings,
    work: Path,
    tell: Callable[[str], None],
    sample: int | None = None,
) -> list[Pick]:
    """The model of `settings` asked the questions of `split`; replies are kept in `work`, so that it can go on.

    `sample`: only so many of them, the same ones as `eval.run.run` draws.
    """
    model = kept_here(choose_model(settings).model, work)
    settings = replace(settings, store=str(work / "store"))
    build(corpus, settings)
    asked = drawn([row for row in load_gold(gold) if split in ("all", row.split)], sample)
    rows = [row for row in asked if row.answerable and row.answers]
    found = []
    with closing(Reader(settings)) as reader:
        reads = Writer(model, settings, reader.embedder).reads
        for n, row in enumerate(rows, 1):
            found.append(_pick(row, reader, model, reads))
            if n % 50 == 0:
                tell(f"{n} of {len(rows)} questions")
    return found


def _pick(row: Gold, reader: Reader, model: Model, reads: int) -> Pick:
    evidence = best_sentences(row.question, reader, reads)
    messages = short_messages(row.question, evidence)
    firsts = model.reply(messages, 1, others=FIRSTS).firsts if evidence else ()
    spans = widened(row.question, evidence, copies(model, messages, evidence, firsts, beginnings=True))
    texts = [span.short.text for span in spans]
    return Pick(
        row.evidence[0][0].file if row.evidence else row.id,
        features(row.question, evidence, spans),
        np.array([exact_match(text, row) or 0.0 for text in texts]),
        np.array([token_f1(text, row) or 0.0 for text in texts]),
    )


def table(found: Sequence[Pick], name: str) -> str:
    """What is shown with the weights that come with Byline, and the coverage curve: how right the likeliest are."""
    if name not in fitted():
        raise InputError(f"There are no weights for {name}: fit them with --fit, or measure it with byline eval run")
    weights = fitted()[name]
    best = [_best(pick, weights) for pick in found]
    likely = sorted((item for item in best if item), key=lambda item: -item.score)
    shown = [item for item in likely if item.score >= weights.show_above]
    lines = [
        f"{name}: {len(found)} questions, for {len(likely)} of which it could copy something.",
        "",
        "| shown | of the questions | right, word for word [95% interval] | token F1 |",
        "| --- | ---: | ---: | ---: |",
        _line("**as it is**", shown, len(found)),
    ]
    for coverage in COVERAGES:
        count = round(coverage * len(found))
        if 0 < count <= len(likely):
            lines.append(_line(f"the likeliest {coverage:.0%}", likely[:count], len(found)))
    return "\n".join(lines) + "\n"


def _best(pick: Pick, weights: Weights) -> Best | None:
    if not len(pick.features):
        return None
    scores = weights.probabilities(pick.features)
    place = int(scores.argmax())
    return Best(float(scores[place]), float(pick.exact[place]), float(pick.f1[place]))


def _line(what: str, shown: Sequence[Best], asked: int) -> str:
    estimate = wilson(int(sum(pick.exact for pick in shown)), len(shown))
    if estimate is None:
        return f"| {what} | 0 | n/a | n/a |"
    f1 = sum(pick.f1 for pick in shown) / len(shown)
    return f"| {what} | {len(shown) / asked:.3f} | {estimate} | {f1:.3f} |"


def fit(found: Sequence[Pick]) -> dict[str, Any]:
    """Weights for `qa/short.json`: a logistic regression of the spans, and the probability to show them from.

    From that probability on, `WANTED` of the spans that are picked are right, word for word. It is read off predictions
    for articles that were not fitted on (cross-validation).
    """
    picked = [pick for pick in found if len(pick.features)]
    if len(picked) < 10 * FOLDS:
        raise InputError(f"Fitting needs at least {10 * FOLDS} questions with short answers, here are {len(picked)}.")
    best = sorted(_held_out(picked), key=lambda item: -item.score)
    share = np.cumsum([item.exact for item in best]) / np.arange(1, len(best) + 1)
    enough = np.flatnonzero(share >= WANTED)
    weights = _weights(picked)
    return {
        "features": {name: round(value, 3) for name, value in weights.features.items()},
        "intercept": round(weights.intercept, 3),
        "show_above": round(best[enough[-1]].score, 3) if len(enough) else 1.0,
    }


def _held_out(picked: Sequence[Pick]) -> Iterator[Best]:
    """The best span of each question by weights that were fitted on other articles."""
    articles = sorted({pick.article for pick in picked})
    if len(articles) < FOLDS:
        raise InputError(f"Fitting needs questions about at least {FOLDS} articles, here are {len(articles)}.")
    fold = {article: n % FOLDS for n, article in enumerate(articles)}
    for n in range(FOLDS):
        weights = _weights([pick for pick in picked if fold[pick.article] != n])
        for pick in picked:
            if fold[pick.article] == n and (best := _best(pick, weights)):
                yield best


def _weights(picked: Sequence[Pick]) -> Weights:
    """A logistic regression over all spans, for features as they are. It has no threshold yet, and shows nothing."""
    spans, right = np.concatenate([pick.features for pick in picked]), np.concatenate([pick.exact for pick in picked])
    spread = spans.std(axis=0) + 1e-9
    *weights, intercept = logistic(spans / spread, right > 0, RIDGE)
    named = {name: float(value) for name, value in zip(FEATURES, weights / spread, strict=True)}
    return Weights(named, float(intercept), show_above=1.0, fitted_on="")


def write(weights: dict[str, Any], name: str, fitted_on: str, path: Path) -> None:
    """Put the weights of a model into the file, beside those of the others."""
    values = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"models": {}}
    values["models"][name] = {**weights, "fitted_on": fitted_on}
    write_weights(values, path)
