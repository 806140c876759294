"""How sure a figure is: bootstrap over clusters, Wilson's interval for a rate, and a test for two runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SEED = 20240620
DRAWS = 10_000
BLOCK = 2_000_000  # counts at a time, so that many clusters do not take much memory


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure over `n` values with its 95% interval. `low` and `high` are None where n is too small to have one."""

    mean: float
    low: float | None
    high: float | None
    n: int

    def __str__(self) -> str:
        """The figure with its interval, as it stands in tables: `0.875 [0.844, 0.901]`."""
        interval = "" if self.low is None or self.high is None else f" [{self.low:.3f}, {self.high:.3f}]"
        return f"{self.mean:.3f}{interval}"


def mean_ci(values: Sequence[float], clusters: Sequence[Hashable]) -> Estimate | None:
    """The mean with a 95% percentile interval by bootstrap over clusters; None for no values.

    `clusters[i]` names what `values[i]` belongs to. Each draw takes as many clusters as there are, with replacement,
    and divides the sum of their values by the number of their values (Field and Welsh, 2007, "randomized cluster
    bootstrap"). With one cluster there is nothing to draw from: no interval.
    """
    return ratio_ci(values, [1.0] * len(values), clusters)


def ratio_ci(parts: Sequence[float], wholes: Sequence[float], clusters: Sequence[Hashable]) -> Estimate | None:
    """The sum of `parts` over the sum of `wholes`, as `mean_ci` does it; None where the wholes come to nothing."""
    if not len(parts) == len(wholes) == len(clusters):
        raise ValueError(f"{len(parts)} values but {len(clusters)} clusters")
    whole = math.fsum(wholes)
    if not whole:
        return None
    members = _numbered(clusters)
    top, bottom = np.bincount(members, weights=parts), np.bincount(members, weights=wholes)

    def ratio(weights: Floats) -> Floats:
        sums = np.asarray(weights @ bottom)
        found: Floats = np.divide(weights @ top, sums, out=np.full(len(sums), np.nan), where=sums > 0)
        return found

    return _resampled(math.fsum(parts) / whole, ratio, np.arange(len(top)), len(members))


def bootstrap(figure: float, statistic: Callable[[Floats], Floats], clusters: Sequence[Hashable]) -> Estimate:
    """`figure` with the 95% percentile interval of `statistic` under resampling of clusters.

    `statistic` maps how often each value counts, (draws, n), to a figure for each draw, (draws,); draws without one
    are NaN and left out.
    """
    return _resampled(figure, statistic, _numbered(clusters), len(clusters))


def estimate(statistic: Callable[[Floats], Floats], clusters: Sequence[Hashable]) -> Estimate:
    """The figure that `statistic` gives where each value counts once, with its interval; see `bootstrap`."""
    return bootstrap(float(statistic(np.ones((1, len(clusters))))[0]), statistic, clusters)


def _numbered(clusters: Sequence[Hashable]) -> npt.NDArray[np.intp]:
    places: dict[Hashable, int] = {}
    return np.array([places.setdefault(cluster, len(places)) for cluster in clusters], dtype=np.intp)


def _resampled(figure: float, statistic: Callable[[Floats], Floats], members: npt.NDArray[np.intp], n: int) -> Estimate:
    count = int(members.max()) + 1
    if count < 2:
        return Estimate(figure, None, None, n)
    drawn = np.concatenate([statistic(block[:, members]) for block in _blocks(count, len(members))])
    drawn = drawn[~np.isnan(drawn)]
    if not len(drawn):
        return Estimate(figure, None, None, n)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Estimate(figure, float(low), float(high), n)


def _blocks(count: int, width: int) -> Iterator[Floats]:
    counts = _counts(count)
    step = max(1, BLOCK // width)
    for start in range(0, DRAWS, step):
        yield counts[start : start + step].astype(np.float64)


@lru_cache(maxsize=4)
def _counts(count: int) -> npt.NDArray[np.uint16]:
    """How often each of `count` clusters is in each draw, (draws, count); always the same."""
    generator = np.random.default_rng(SEED)
    block = max(1, BLOCK // count)
    drawn = [
        generator.multinomial(count, np.full(count, 1 / count), size=min(block, DRAWS - done)).astype(np.uint16)
        for done in range(0, DRAWS, block)
    ]
    return np.concatenate(drawn)


def wilson(successes: int, n: int) -> Estimate | None:
    """A rate with its 95% score interval (Wilson, 1927); None for n = 0.

    Unlike the bootstrap it has a width when all or none succeed. It takes the n trials as independent.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n}")
    if n == 0:
        return None
    from scipy.stats import binomtest

    interval = binomtest(successes, n).proportion_ci(method="wilson")
    return Estimate(successes / n, float(interval.low), float(interval.high), n)


def paired_p(differences: Sequence[float], clusters: Sequence[Hashable]) -> float | None:
    """Two-sided p of a mean difference of 0, by flipping the signs of whole clusters; None for no differences.

    The paired permutation test of two systems on the same questions (Fisher, 1935; Smucker, Allan and Carterette,
    2007), exact where there are at most 10,000 ways to flip, else from as many draws with a fixed seed.
    """
    sums: dict[Hashable, float] = {}
    for difference, cluster in zip(differences, clusters, strict=True):
        sums[cluster] = sums.get(cluster, 0.0) + difference
    moved = [total for total in sums.values() if total]  # the sign of 0 changes nothing
    if not differences:
        return None
    if not moved:
        return 1.0
    if len(moved) == 1:  # scipy wants two; either sign is as likely
        return 1.0
    from scipy.stats import permutation_test

    found = permutation_test(
        (np.array(moved),),
        lambda sample, axis: np.sum(sample, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=DRAWS,
        rng=np.random.default_rng(SEED),
    )
    return float(found.pvalue)
