"""How often the short answer that a language model picks is right, and from which probability on it is shown.

Both are for a model that runs in this process and so tells how likely its words are. Questions whose gold has no
answers, or that are not answerable, are left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from eval.calls import Kept
from eval.gold import Gold, load_gold
from eval.metrics import exact_match, token_f1
from eval.plain import best_sentences
from eval.stats import wilson
from index.builder import build
from index.errors import InputError
from index.reader import Reader
from index.settings import Settings
from qa.llm.choose import choose_model
from qa.llm.model import Model
from qa.prompts import short_messages
from qa.short import FEATURES, calibrations, copies, signals
from qa.writer import Writer

Matrix = npt.NDArray[np.float64]
COVERAGES = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
WANTED = 0.8  # share of the shown short answers that are to be right, word for word
FOLDS = 10
RIDGE = 1.0


@dataclass(frozen=True, slots=True)
class Pick:
    """What a model picked for a question: its features, None where it picked nothing, and how right it is."""

    features: tuple[float, ...] | None
    exact: float
    f1: float


def picks(
    gold: Path, corpus: Path, split: str, settings: Settings, work: Path, tell: Callable[[str], None]
) -> list[Pick]:
    """The model of `settings` asked the questions of `split`; replies are kept in `work`, so that it can go on."""
    model = choose_model(settings).model
    if model is None or not model.copies:
        raise InputError("Name a model that runs in this process: --llm smollm2, --llm gguf:PATH")
    model = Kept(model, work / "calls.jsonl")
    settings = replace(settings, store=str(work / "store"))
    build(corpus, settings)
    rows = [row for row in load_gold(gold) if split in ("all", row.split) and row.answerable and row.answers]
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
    spans = copies(model, short_messages(row.question, evidence), evidence) if evidence else []
    if not spans or spans[0].short is None:
        return Pick(None, 0.0, 0.0)
    text = spans[0].short.text
    features = tuple(signals(row.question, evidence, spans))
    return Pick(features, exact_match(text, row) or 0.0, token_f1(text, row) or 0.0)


def table(found: Sequence[Pick], name: str) -> str:
    """What is shown with the weights that come with Byline, and the coverage curve: how right the likeliest are."""
    fitted = calibrations().get(name, calibrations()["other"])
    likely = sorted(
        ((fitted.probability(pick.features), pick) for pick in found if pick.features), key=lambda item: -item[0]
    )
    shown = [pick for probability, pick in likely if probability >= fitted.show_above]
    lines = [
        f"{name}: {len(found)} questions, of which it picks a short answer for {len(likely)}.",
        "",
        "| shown | of the questions | right, word for word [95% interval] | token F1 |",
        "| --- | ---: | ---: | ---: |",
        _line("**as it is**", shown, len(found)),
    ]
    for coverage in COVERAGES:
        count = round(coverage * len(found))
        if 0 < count <= len(likely):
            lines.append(_line(f"the likeliest {coverage:.0%}", [pick for _, pick in likely[:count]], len(found)))
    return "\n".join(lines) + "\n"


def _line(what: str, shown: Sequence[Pick], asked: int) -> str:
    estimate = wilson(int(sum(pick.exact for pick in shown)), len(shown))
    if estimate is None:
        return f"| {what} | 0 | n/a | n/a |"
    f1 = sum(pick.f1 for pick in shown) / len(shown)
    interval = f"{estimate.mean:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"
    return f"| {what} | {len(shown) / asked:.3f} | {interval} | {f1:.3f} |"


def fit(found: Sequence[Pick]) -> dict[str, Any]:
    """Weights for `qa/short.json`: a logistic regression, and the probability from which on `WANTED` are right.

    That probability is read off predictions for questions that were not fitted on (cross-validation).
    """
    picked = [pick for pick in found if pick.features]
    if len(picked) < 10 * FOLDS:
        raise InputError(f"Fitting needs at least {10 * FOLDS} short answers, here are {len(picked)}.")
    features = np.array([pick.features for pick in picked])
    right = np.array([pick.exact for pick in picked])
    places = np.random.default_rng(0).permutation(len(picked)) % FOLDS
    held_out = np.zeros(len(picked))
    for fold in range(FOLDS):
        weights = _logistic(features[places != fold], right[places != fold])
        held_out[places == fold] = features[places == fold] @ weights[1:] + weights[0]
    order = np.argsort(-held_out, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(share >= WANTED)
    threshold = 1 / (1 + np.exp(-held_out[order[enough[-1]]])) if len(enough) else 1.0
    weights = _logistic(features, right)
    return {
        "features": {name: round(float(value), 3) for name, value in zip(FEATURES, weights[1:], strict=True)},
        "intercept": round(float(weights[0]), 3),
        "show_above": round(float(threshold), 3),
    }


def _logistic(features: Matrix, right: Matrix) -> Matrix:
    """Intercept and weights of a ridge logistic regression, for features as they are."""
    from scipy.optimize import minimize

    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    scaled, sign = (features - mean) / spread, 2 * right - 1

    def loss(weights: Matrix) -> float:
        margins = sign * (scaled @ weights[1:] + weights[0])
        return float(np.logaddexp(0, -margins).sum() + RIDGE / 2 * (weights[1:] ** 2).sum())

    fitted = minimize(loss, np.zeros(features.shape[1] + 1)).x
    weights: Matrix = fitted[1:] / spread
    return np.concatenate([[fitted[0] - weights @ mean], weights])


def write(weights: dict[str, Any], name: str, fitted_on: str, path: Path) -> None:
    """Put the weights of a model into the file, beside those of the others."""
    values = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"models": {}}
    values["models"][name] = {**weights, "fitted_on": fitted_on}
    path.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
