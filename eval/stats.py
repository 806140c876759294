"""How sure a mean is: bootstrap over clusters, and Wilson's interval for a rate."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SEED = 20240620
BLOCK = 2_000_000  # counts drawn at a time, so that many clusters do not take much memory
Z95 = 1.959963984540054  # 97.5% quantile of the normal distribution


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over `n` values with its 95% interval. `low` and `high` are None where n is too small to have one."""

    mean: float
    low: float | None
    high: float | None
    n: int


def mean_ci(
    values: Sequence[float], clusters: Sequence[Hashable], draws: int = 10_000, seed: int = SEED
) -> Estimate | None:
    """The mean with a 95% percentile interval by bootstrap over clusters; None for no values.

    `clusters[i]` names what `values[i]` belongs to. Each draw takes as many clusters as there are, with replacement,
    and divides the sum of their values by the number of their values (Field and Welsh, 2007, "randomized cluster
    bootstrap"). With one cluster there is nothing to draw from: no interval.
    """
    if len(values) != len(clusters):
        raise ValueError(f"{len(values)} values but {len(clusters)} clusters")
    if not values:
        return None
    mean = math.fsum(values) / len(values)
    places: dict[Hashable, int] = {}
    members = np.array([places.setdefault(cluster, len(places)) for cluster in clusters])
    if len(places) < 2:
        return Estimate(mean, None, None, len(values))
    sums = np.bincount(members, weights=np.asarray(values)).astype(np.float64)
    sizes = np.bincount(members).astype(np.float64)
    low, high = np.quantile(_resampled_means(sums, sizes, draws, seed), [0.025, 0.975])
    return Estimate(mean, float(low), float(high), len(values))


def _resampled_means(
    sums: npt.NDArray[np.float64],
    sizes: npt.NDArray[np.float64],
    draws: int,
    seed: int,
) -> npt.NDArray[np.float64]:
    generator = np.random.default_rng(seed)
    count = len(sums)
    block = max(1, BLOCK // count)
    means = []
    for done in range(0, draws, block):
        weights = generator.multinomial(count, np.full(count, 1 / count), size=min(block, draws - done))
        means.append((weights @ sums) / (weights @ sizes))
    return np.concatenate(means)


def wilson(successes: int, n: int) -> Estimate | None:
    """A rate with its 95% score interval (Wilson, 1927); None for n = 0.

    Unlike the bootstrap it has a width when all or none succeed. It takes the n trials as independent.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n}")
    if n == 0:
        return None
    rate = successes / n
    scale = 1 + Z95**2 / n
    centre = (rate + Z95**2 / (2 * n)) / scale
    half = Z95 / scale * math.sqrt(rate * (1 - rate) / n + Z95**2 / (4 * n**2))
    return Estimate(rate, max(0.0, centre - half), min(1.0, centre + half), n)
