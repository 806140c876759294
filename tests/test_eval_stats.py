import pytest

from eval.stats import mean_ci, wilson


def test_mean_of_two_clusters() -> None:
    # Cluster a: 1, 1, 1 (sum 3 of 3); cluster b: 0 (sum 0 of 1). Mean 3/4. A draw is aa (3+3)/6 = 1, ab 3/4 or bb 0,
    # with chances 1/4, 1/2, 1/4: so the 2.5% and 97.5% quantiles are 0 and 1.
    estimate = mean_ci([1, 1, 1, 0], ["a", "a", "a", "b"])
    assert estimate is not None
    assert (estimate.mean, estimate.low, estimate.high, estimate.n) == (0.75, 0.0, 1.0, 4)


def test_clusters_are_drawn_whole() -> None:
    # Every cluster holds one 0 and one 1, so every draw has mean 1/2; drawn one by one the values would vary.
    estimate = mean_ci([0, 1] * 20, [place // 2 for place in range(40)])
    assert estimate is not None
    assert (estimate.low, estimate.high) == (0.5, 0.5)


def test_interval_of_single_values_is_near_the_normal_one() -> None:
    # 100 values, half of them 1: standard error sqrt(.25 / 100) = .05, so about .5 - .098 and .5 + .098.
    estimate = mean_ci([0, 1] * 50, list(range(100)))
    assert estimate is not None
    assert estimate.low == pytest.approx(0.402, abs=0.011)
    assert estimate.high == pytest.approx(0.598, abs=0.011)


def test_a_fixed_seed_gives_the_same_interval_and_another_seed_another() -> None:
    values, clusters = [place * 0.37 % 1 for place in range(60)], [place % 17 for place in range(60)]
    assert mean_ci(values, clusters) == mean_ci(values, clusters)
    assert mean_ci(values, clusters) != mean_ci(values, clusters, seed=7)


def test_many_clusters_are_drawn_in_blocks() -> None:
    # 3,000 clusters make blocks of 666 draws. Half ones: standard error sqrt(.25 / 3000) = .0091, interval +- .0179.
    estimate = mean_ci([0, 1] * 1500, list(range(3000)), draws=1000)
    assert estimate is not None
    assert estimate.low == pytest.approx(0.5 - 0.0179, abs=0.003)
    assert estimate.high == pytest.approx(0.5 + 0.0179, abs=0.003)


def test_too_few_for_an_interval() -> None:
    assert mean_ci([], []) is None
    estimate = mean_ci([0.0, 1.0], ["a", "a"])
    assert estimate is not None
    assert (estimate.mean, estimate.low, estimate.high, estimate.n) == (0.5, None, None, 2)
    with pytest.raises(ValueError, match="2 values but 1 clusters"):
        mean_ci([0.0, 1.0], ["a"])


def test_wilson() -> None:
    # 8 of 10 with z = 1.96: centre (.8 + 3.8415/20) / (1 + 3.8415/10) = .99207/1.38415 = .71674,
    # half width 1.96 * sqrt(.016 + 3.8415/400) / 1.38415 = 1.96 * sqrt(.0256037) / 1.38415 = .22658.
    estimate = wilson(8, 10)
    assert estimate is not None
    assert estimate.mean == 0.8
    assert estimate.low == pytest.approx(0.71674 - 0.22658, abs=1e-4)
    assert estimate.high == pytest.approx(0.71674 + 0.22658, abs=1e-4)


def test_wilson_has_a_width_when_all_or_none_succeed() -> None:
    # n of n: low = n / (n + z^2) = 10 / 13.8415 = .72246; none of n is the mirror image.
    everything, nothing = wilson(10, 10), wilson(0, 10)
    assert everything is not None
    assert nothing is not None
    assert everything.low == pytest.approx(10 / (10 + 1.959964**2))
    assert nothing.high == pytest.approx(1 - 10 / (10 + 1.959964**2))
    assert everything.high == pytest.approx(1.0)
    assert nothing.low == pytest.approx(0.0)


def test_wilson_of_nothing_and_of_the_impossible() -> None:
    assert wilson(0, 0) is None
    with pytest.raises(ValueError, match="3 successes of 2"):
        wilson(3, 2)
