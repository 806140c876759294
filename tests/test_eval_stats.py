import numpy as np
import pytest

from eval.stats import Estimate, bootstrap, mean_ci, paired_p, ratio_ci, wilson


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


def test_a_fixed_seed_gives_the_same_interval() -> None:
    values, clusters = [place * 0.37 % 1 for place in range(60)], [place % 17 for place in range(60)]
    assert mean_ci(values, clusters) == mean_ci(values, clusters)


def test_many_clusters_are_drawn_in_blocks() -> None:
    # 3,000 clusters make blocks of 666 draws. Half are 1: error sqrt(.25 / 3000) = .0091, interval +- .0179.
    estimate = mean_ci([0, 1] * 1500, list(range(3000)))
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


def test_a_ratio_is_of_the_sums() -> None:
    # (2 + 0) / (2 + 2) = .5; draws of two clusters: 2/2, 2/4 or 0/2.
    estimate = ratio_ci([2, 0], [2, 2], ["a", "b"])
    assert estimate is not None
    assert (estimate.mean, estimate.low, estimate.high) == (0.5, 0.0, 1.0)
    assert ratio_ci([], [], []) is None
    assert ratio_ci([0], [0], ["a"]) is None


def test_draws_without_a_figure_are_left_out() -> None:
    # Of two clusters a quarter of the draws holds the first alone, where the ratio is 0 / 0.
    estimate = ratio_ci([0, 3], [0, 4], ["a", "b"])
    assert estimate is not None
    assert (estimate.mean, estimate.low, estimate.high) == (0.75, 0.75, 0.75)


def test_a_bootstrap_of_any_statistic_counts_values_by_cluster() -> None:
    # The sum of the weights of a cluster of two values is 0, 2 or 4.
    estimate = bootstrap(2.0, lambda weights: weights[:, :2].sum(axis=1), ["a", "a", "b"])
    assert (estimate.low, estimate.high, estimate.n) == (0.0, 4.0, 3)
    assert bootstrap(1.0, lambda weights: np.full(len(weights), np.nan), ["a", "b"]).low is None


def test_p_of_flipped_signs_is_exact_where_there_are_few() -> None:
    # Three differences of 1: of the 8 ways to flip, +++ and --- are as far from 0: 2/8.
    assert paired_p([1, 1, 1], ["a", "b", "c"]) == pytest.approx(0.25)
    # 1, 1, -1 sums to 1; all 8 sums are 1 or 3 away from 0: p = 1.
    assert paired_p([1, 1, -1], ["a", "b", "c"]) == pytest.approx(1.0)


def test_clusters_flip_whole() -> None:
    # Four values in two clusters of sum 2: ++ and -- of 4 ways: 1/2. One by one it would be 2/16.
    assert paired_p([1, 1, 1, 1], ["a", "a", "b", "b"]) == pytest.approx(0.5)
    assert paired_p([1, 1, 1, 1], ["a", "b", "c", "d"]) == pytest.approx(0.125)


def test_p_of_nothing_and_of_no_change() -> None:
    assert paired_p([], []) is None
    assert paired_p([0, 0], ["a", "b"]) == 1.0
    assert paired_p([0, 5], ["a", "b"]) == 1.0  # one cluster alone can flip either way


def test_p_of_many_clusters_is_drawn_and_always_the_same() -> None:
    # 60 wins and 40 losses: the binomial sign test gives .057.
    differences, clusters = [1.0] * 60 + [-1.0] * 40, list(range(100))
    found = paired_p(differences, clusters)
    assert found == pytest.approx(0.057, abs=0.01)
    assert found == paired_p(differences, clusters)


def test_a_figure_is_written_with_its_interval_where_it_has_one() -> None:
    assert str(Estimate(0.875, 0.8444, 0.9006, 520)) == "0.875 [0.844, 0.901]"
    assert str(Estimate(0.5, None, None, 1)) == "0.500"
