"""Two runs, question by question: what changed, by how much, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval.results import read_scores
from eval.scores import METRICS, RIGHT, Metric, Scored
from eval.stats import Estimate, mean_ci, paired_p
from index.errors import InputError


@dataclass(frozen=True, slots=True)
class Difference:
    """A metric on the questions for which both runs have it: B minus A, with its interval and p."""

    metric: str
    better: int  # 1 where more is better, -1 where less is, 0 where neither
    a: float
    b: float
    difference: Estimate
    p: float

    @property
    def loss(self) -> float:
        """How much worse B is; below 0 where it is better, 0 where neither is."""
        return -self.better * self.difference.mean

    @property
    def verdict(self) -> str:
        """`better`, `worse`, or `other` where neither applies, if significant (p < .05); else `unclear`.

        `same` where no question differs.
        """
        if self.same:
            return "same"
        if self.p >= SIGNIFICANT:
            return "unclear"
        return "other" if not self.better else "worse" if self.loss > 0 else "better"

    @property
    def same(self) -> bool:
        """Whether no question differs."""
        return self.difference.mean == 0 and not self.difference.low and not self.difference.high


SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs on the questions that they share. `gained` and `lost`: ids that are right in B alone, and in A alone."""

    a: str
    b: str
    questions: int
    only_a: int
    only_b: int
    differences: tuple[Difference, ...]
    by_tag: Mapping[str, tuple[Difference, ...]]  # of the metrics in `BY_TAG`
    gained: tuple[str, ...]
    lost: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for `json.dumps`."""
        return asdict(self)


BY_TAG = (RIGHT, "Evidence@1000 characters")


def load_side(named: str) -> tuple[str, list[Scored]]:
    """`RUN` or `RUN:SYSTEM` -> what to call it, and the scores of one system of that run.

    RUN is the folder of a run, or a copy of its scores.jsonl. Without a SYSTEM it is `byline`, or the only one there
    is. Raises `InputError` where it is not clear which one is meant.
    """
    path, system = _path_and_system(named)
    rows = read_scores(path)
    systems = list(dict.fromkeys(row.system for row in rows))
    if system is None:
        system = systems[0] if len(systems) == 1 else "byline"
    if system not in systems:
        raise InputError(f"{path} has no system {system!r}; say which as {path}:SYSTEM, of {', '.join(systems)}")
    return f"{path}:{system}", [row for row in rows if row.system == system]


def _path_and_system(named: str) -> tuple[Path, str | None]:
    """The longest beginning that is a path; a system may be a URL, with colons of its own."""
    if Path(named).exists():
        return Path(named), None
    for place, character in enumerate(named):
        if character == ":" and Path(named[:place]).exists():
            return Path(named[:place]), named[place + 1 :]
    raise InputError(f"There is no run {named}; make one with: byline eval run")


@dataclass(frozen=True, slots=True)
class Sides:
    """The scores of one system in each of two runs, what to call them, and those of the questions in both."""

    a: str
    b: str
    rows_a: list[Scored]
    rows_b: list[Scored]
    pairs: list[tuple[Scored, Scored]]


def load_sides(a: str, b: str) -> Sides:
    """Read two runs, each `RUN` or `RUN:SYSTEM`.

    Raises `InputError` where they share no question, and where the gold of a question differs between them: scores
    against different gold say nothing.
    """
    (name_a, rows_a), (name_b, rows_b) = load_side(a), load_side(b)
    other = {row.id: row for row in rows_b}
    pairs = [(row, other[row.id]) for row in rows_a if row.id in other]
    if not pairs:
        raise InputError(f"{a} and {b} have no question in common")
    _check_gold(pairs, a, b)
    return Sides(name_a, name_b, rows_a, rows_b, pairs)


def compare(a: str, b: str) -> Comparison:
    """Compare two runs on the questions that both asked. Raises `InputError` as `load_sides` does."""
    sides = load_sides(a, b)
    pairs = sides.pairs
    tags = dict.fromkeys(tag for row, _ in pairs for tag in row.tags)
    return Comparison(
        sides.a,
        sides.b,
        len(pairs),
        len(sides.rows_a) - len(pairs),
        len(sides.rows_b) - len(pairs),
        tuple(differences(pairs)),
        {tag: tuple(_of_tag(tag, pairs)) for tag in tags},
        tuple(first.id for first, second in pairs if (first.scores.get(RIGHT), second.scores.get(RIGHT)) == (0, 1)),
        tuple(first.id for first, second in pairs if (first.scores.get(RIGHT), second.scores.get(RIGHT)) == (1, 0)),
    )


def differences(pairs: Sequence[tuple[Scored, Scored]], names: Sequence[str] = ()) -> Iterator[Difference]:
    """Every metric (of `names`, where there are any) that some pair of scores of one question has."""
    for metric in METRICS:
        if not names or metric.name in names:
            found = _difference(metric, pairs)
            if found is not None:
                yield found


def _difference(metric: Metric, pairs: Sequence[tuple[Scored, Scored]]) -> Difference | None:
    scored = [
        (first, second, one.cluster)
        for one, other in pairs
        if (first := one.scores.get(metric.name)) is not None and (second := other.scores.get(metric.name)) is not None
    ]
    moved, clusters = [second - first for first, second, _ in scored], [cluster for *_, cluster in scored]
    estimate, p = mean_ci(moved, clusters), paired_p(moved, clusters)
    if estimate is None or p is None:
        return None
    n = len(scored)
    means = sum(first for first, *_ in scored) / n, sum(second for _, second, _ in scored) / n
    return Difference(metric.name, metric.better, *means, estimate, p)


def _of_tag(tag: str, pairs: Sequence[tuple[Scored, Scored]]) -> Iterator[Difference]:
    return differences([pair for pair in pairs if tag in pair[0].tags], BY_TAG)


def _check_gold(pairs: Sequence[tuple[Scored, Scored]], a: str, b: str) -> None:
    changed = [first.id for first, second in pairs if first.gold != second.gold]
    if changed:
        more = f" and {len(changed) - 1} more" if changed[1:] else ""
        raise InputError(
            f"What gold wants of {changed[0]}{more} differs between {a} and {b}; "
            "score the older run anew with: byline eval run GOLD --out RUN --replay"
        )
