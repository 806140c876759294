"""How well does the sentence checker tell what is supported? On WiCE's claims, and on made-up drafts.

A draft's sentence should pass if all of it is supported by what it cites: WiCE's partially supported claims must not.
Beside the checker stand embedding similarity alone and covered words alone, with the threshold that gives the best F1
on the tuning part, as the paper chooses thresholds; `for F1` is the checker's score with such a threshold too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from eval.drafts import Draft, drafts
from eval.metrics.confidence import auroc, judged
from eval.stats import Estimate, estimate, mean_ci
from eval.wice import SETTINGS, Row, load
from qa.verify import FEATURES, Checker, Claim, Signals, Verdict

Floats = npt.NDArray[np.float64]
Tell = Callable[[str], None]

# Kamoi et al., 2023, and their repository: F1 and AUROC, supported or not, over oracle chunks of WiCE's test part.
PUBLISHED = (("GPT-3.5", 0.39, 0.57), ("GPT-4", 0.61, 0.80), ("T5-3B trained on ANLI", 0.62, 0.91))
AS_SHOWN = "Byline's checker, as it decides"
_SCORES: dict[str, Callable[[Signals, Verdict], float]] = {
    "Byline's checker, for F1": lambda _, verdict: verdict.score,
    "embedding similarity alone": lambda signals, _: signals.features[FEATURES.index("cosine")],
    "covered words alone": lambda signals, _: signals.features[FEATURES.index("coverage")],
}


@dataclass(frozen=True)
class Line:
    """One way to decide, over the claims of one setting and part."""

    setting: str
    method: str
    f1: Estimate
    balanced: Estimate
    auroc: Estimate | None
    false_passes: Estimate | None  # share of the claims that are not supported which it lets pass


@dataclass(frozen=True)
class Kind:
    """Made-up drafts of one kind: what share is judged rightly, passed if true and rejected if false."""

    kind: str
    true: bool
    right: Estimate


@dataclass(frozen=True)
class Measured:
    """What `byline eval checker` prints."""

    split: str
    lines: tuple[Line, ...]
    kinds: tuple[Kind, ...]
    unsupported_shown: Estimate | None  # share of what passes of the made-up drafts that is false

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True)
class _Judged:
    """A row with the best of its sets: highest score by each method, and whether any passes."""

    row: Row
    passes: bool
    scores: dict[str, float]


def measure(path: Path, checker: Checker, split: str = "test", tell: Tell = lambda _: None) -> Measured:
    """Measure on a part of WiCE's file; thresholds for F1 are chosen on its tuning part."""
    rows = load(path)
    part = [row for row in rows if split in ("all", row.split)]
    lines: list[Line] = []
    for setting, make in SETTINGS.items():
        tell(f"{len(rows)} claims, {setting}")
        found = _judge_rows(rows, make(rows, checker.embedder), checker)
        lines += _lines(setting, found, part)
    made = drafts(part)
    tell(f"{len(made)} made-up drafts")
    verdicts = checker.check_all([draft.claim for draft in made])
    return Measured(split, tuple(lines), tuple(_kinds(made, verdicts)), _unsupported(made, verdicts))


def _judge_rows(rows: Sequence[Row], sets: Sequence[Sequence[Claim]], checker: Checker) -> list[_Judged]:
    flat = [claim for claims in sets for claim in claims]
    signals = iter(checker.signals(flat))
    found = []
    for row, claims in zip(rows, sets, strict=True):
        pairs = [(known := next(signals), checker.judge(claim, known)) for claim in claims]
        scores = {name: max(score(*pair) for pair in pairs) for name, score in _SCORES.items()}
        found.append(_Judged(row, any(verdict.supported for _, verdict in pairs), scores))
    return found


def _lines(setting: str, found: Sequence[_Judged], part: Sequence[Row]) -> Iterator[Line]:
    kept = {row.id for row in part}
    here = [item for item in found if item.row.id in kept]
    tune = [item for item in found if item.row.split == "tune"]
    yield _line(setting, AS_SHOWN, here, [item.passes for item in here], None)
    for method in _SCORES:
        scores = [item.scores[method] for item in here]
        threshold = best_threshold([i.scores[method] for i in tune], [i.row.supported for i in tune])
        yield _line(setting, method, here, [score >= threshold for score in scores], scores)


def best_threshold(scores: Sequence[float], right: Sequence[bool]) -> float:
    """The score from which on to say yes for the best F1; 0 where there is nothing to choose from."""
    truth, values = np.array(right, dtype=bool), np.array(scores)
    found = [(2 * (truth & (values >= at)).sum() / (truth.sum() + (values >= at).sum()), -at) for at in values]
    return -max(found)[1] if found else 0.0


def _line(
    setting: str, method: str, here: Sequence[_Judged], said: Sequence[bool], scores: Sequence[float] | None
) -> Line:
    truth = np.array([item.row.supported for item in here], dtype=np.float64)
    yes, articles = np.array(said, dtype=np.float64), [item.row.article for item in here]
    wrong = [float(y) for y, t in zip(yes, truth, strict=True) if not t]
    where = [article for article, t in zip(articles, truth, strict=True) if not t]
    return Line(
        setting,
        method,
        estimate(lambda weights: _f1(weights, truth, yes), articles),
        estimate(lambda weights: _balanced(weights, truth, yes), articles),
        _auroc(scores, truth, articles) if scores is not None else None,
        mean_ci(wrong, where),
    )


def _auroc(scores: Sequence[float], truth: Floats, articles: Sequence[str]) -> Estimate:
    order = judged(scores, [float(t) for t in truth])
    return estimate(lambda weights: auroc(order, weights[:, order.order]), articles)


def _f1(weights: Floats, truth: Floats, yes: Floats) -> Floats:
    both, either = weights @ (truth * yes), weights @ truth + weights @ yes
    found: Floats = np.divide(2 * both, either, out=np.full(len(both), np.nan), where=either > 0)
    return found


def _balanced(weights: Floats, truth: Floats, yes: Floats) -> Floats:
    """Mean of the shares of supported claims that pass and of others that do not."""
    with np.errstate(invalid="ignore", divide="ignore"):
        passed = (weights @ (truth * yes)) / (weights @ truth)
        found: Floats = (passed + (weights @ ((1 - truth) * (1 - yes))) / (weights @ (1 - truth))) / 2
    return found


def _kinds(made: Sequence[Draft], verdicts: Sequence[Verdict]) -> Iterator[Kind]:
    for true in (True, False):
        for name in ("", *dict.fromkeys(draft.kind for draft in made if draft.true is true)):
            pairs = [(d, v) for d, v in zip(made, verdicts, strict=True) if d.true is true and name in ("", d.kind)]
            right = mean_ci([float(v.supported is true) for _, v in pairs], [d.article for d, _ in pairs])
            if right:
                yield Kind(name or ("all that are true" if true else "all that are false"), true, right)


def _unsupported(made: Sequence[Draft], verdicts: Sequence[Verdict]) -> Estimate | None:
    passed = [draft for draft, verdict in zip(made, verdicts, strict=True) if verdict.supported]
    return mean_ci([float(not draft.true) for draft in passed], [draft.article for draft in passed])


# -- as a table


def table(measured: Measured) -> str:
    """All of it in Markdown."""
    part = {"all": "All", "test": "The reporting part", "tune": "The tuning part"}[measured.split]
    lines = [
        f"{part} of WiCE's development set: is all of a claim supported by what it cites? (95% intervals)",
        "",
        "| what is cited | method | F1 | balanced accuracy | AUROC | unsupported that pass | n |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for line in measured.lines:
        figures = " | ".join(_shown(value) for value in (line.f1, line.balanced, line.auroc, line.false_passes))
        lines.append(f"| {line.setting} | {line.method} | {figures} | {line.f1.n} |")
    for name, f1, area in PUBLISHED:
        lines.append(f"| oracle chunks, WiCE's test set | {name}, published | {f1:.2f} | | {area:.2f} | | |")
    lines += ["", "Made-up drafts from the same pages:", "", "| draft | judged rightly | n |", "| --- | ---: | ---: |"]
    for kind in measured.kinds:
        lines.append(f"| {_named(kind)} | {_shown(kind.right)} | {kind.right.n} |")
    if shown := measured.unsupported_shown:
        lines.append(f"| of what passes, false | {_shown(shown)} | {shown.n} |")
    return "\n".join(lines) + "\n"


def _named(kind: Kind) -> str:
    return f"**{kind.kind}**" if kind.kind.startswith("all ") else f"{'true' if kind.true else 'false'}: {kind.kind}"


def _shown(value: Estimate | None) -> str:
    if value is None:
        return ""
    interval = "" if value.low is None or value.high is None else f" ({value.low:.2f} to {value.high:.2f})"
    return f"{value.mean:.3f}{interval}"
