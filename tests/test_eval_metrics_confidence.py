import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import roc_auc_score

from eval.metrics.confidence import (
    Floats,
    Judged,
    aurc,
    auroc,
    calibration_error,
    coverage_at_risk,
    judged,
    perfect_calibration_error,
    reliability,
    risk_coverage,
)

# Sorted: .9 right, .8 wrong, .8 right, .5 right, .2 wrong
SURE, RIGHT = [0.5, 0.8, 0.9, 0.2, 0.8], [1.0, 0.0, 1.0, 0.0, 1.0]
FIVE = judged(SURE, RIGHT)


def once(questions: Judged) -> Floats:
    return np.ones((1, len(questions.right)))


def area(questions: Judged) -> float:
    return float(auroc(questions, once(questions))[0])


def curve(questions: Judged, asked: float, weights: Floats | None = None) -> tuple[Floats, Floats]:
    return risk_coverage(questions, once(questions) if weights is None else weights, np.array([asked]))


def random_questions(n: int, seed: int, levels: int = 0) -> tuple[Floats, Floats]:
    """Confidences, of so many levels if given, and outcomes that they say something about."""
    generator = np.random.default_rng(seed)
    sure = generator.random(n) if not levels else generator.integers(0, levels, n) / levels
    return sure, (generator.random(n) < (sure + 0.5) / 2).astype(np.float64)


def test_the_surest_stand_first_and_equal_ones_as_given() -> None:
    assert FIVE.confidence.tolist() == [0.9, 0.8, 0.8, 0.5, 0.2]
    assert FIVE.right.tolist() == [1, 0, 1, 1, 0]
    assert FIVE.order.tolist() == [2, 1, 4, 0, 3]
    assert FIVE.last.tolist() == [True, False, True, True, True]


def test_auroc_by_hand() -> None:
    # Pairs of right and wrong. .9: beats .8 and .2. .8: ties with .8, beats .2. .5: loses to .8, beats .2.
    assert area(FIVE) == pytest.approx((2 + 1.5 + 1) / 6)


@pytest.mark.parametrize(
    ("sure", "right", "expected"),
    [
        ([0.9, 0.1], [1, 0], 1),
        ([0.9, 0.1], [0, 1], 0),
        ([0.5, 0.5], [1, 0], 0.5),
        ([0.5, 0.5, 0.5], [1, 0, 1], 0.5),
        ([0.0, 1.0], [0, 1], 1),
        ([0.4, 0.3, 0.2], [0, 1, 0], 0.5),  # one pair of two
    ],
)
def test_auroc_of_a_few(sure: list[float], right: list[float], expected: float) -> None:
    assert area(judged(sure, right)) == expected


@pytest.mark.parametrize("right", [[1.0, 1.0], [0.0, 0.0]])
def test_auroc_wants_one_of_either(right: list[float]) -> None:
    assert np.isnan(area(judged([0.9, 0.1], right)))


@pytest.mark.parametrize("levels", [0, 2, 5, 20])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_auroc_as_scikit_learn(levels: int, seed: int) -> None:
    sure, right = random_questions(101, seed, levels)
    questions = judged(sure.tolist(), right.tolist())
    assert area(questions) == pytest.approx(roc_auc_score(right, sure))
    weights = np.random.default_rng(seed).integers(0, 4, (7, 101)).astype(np.float64)
    expected = [roc_auc_score(questions.right, questions.confidence, sample_weight=row) for row in weights]
    assert auroc(questions, weights) == pytest.approx(np.array(expected))


@pytest.mark.parametrize("levels", [0, 4])
def test_a_weight_of_two_is_the_question_asked_twice(levels: int) -> None:
    sure, right = random_questions(40, 7, levels)
    questions = judged(sure.tolist(), right.tolist())
    times = np.random.default_rng(8).integers(0, 3, 40)
    often = judged(
        np.repeat(questions.confidence, times).tolist(),
        np.repeat(questions.right, times).tolist(),
    )
    weights, asked = times[None, :].astype(np.float64), 100.0
    assert auroc(questions, weights)[0] == pytest.approx(area(often))
    weighted, repeated = curve(questions, asked, weights), curve(often, asked)
    assert aurc(*weighted) == pytest.approx(aurc(*repeated))
    for limit in (0.1, 0.3, 0.5):
        assert coverage_at_risk(*weighted, limit) == pytest.approx(coverage_at_risk(*repeated, limit))


def test_each_row_of_weights_is_a_draw_of_its_own() -> None:
    weights = np.array([[1.0, 1, 1, 1, 1], [1, 0, 1, 1, 1], [0, 1, 1, 0, 0]])
    # Without the wrong .8 every pair is won; of the two at .8 alone there is a tie.
    assert auroc(FIVE, weights) == pytest.approx(np.array([4.5 / 6, 1, 0.5]))
    coverage, risk = risk_coverage(FIVE, weights, np.array([5.0, 4.0, 2.0]))
    assert coverage == pytest.approx(np.array([[0.2, 0.6, 0.8, 1], [0.25, 0.5, 0.75, 1], [0, 1, 1, 1]]))
    assert risk == pytest.approx(np.array([[0, 1 / 3, 1 / 4, 2 / 5], [0, 0, 0, 1 / 4], [0, 1 / 2, 1 / 2, 1 / 2]]))


def test_risk_and_coverage_at_each_level_of_confidence() -> None:
    coverage, risk = curve(FIVE, 10)  # five of ten were refused
    assert coverage.tolist() == [pytest.approx([0.1, 0.3, 0.4, 0.5])]  # .9, both .8, .5, .2
    assert risk.tolist() == [pytest.approx([0, 1 / 3, 1 / 4, 2 / 5])]


def test_aurc_is_the_mean_risk_of_the_shown() -> None:
    # One at risk 0, two at 1/3, one at 1/4, one at 2/5; that others were refused changes nothing.
    expected = (0 + 2 / 3 + 1 / 4 + 2 / 5) / 5
    assert aurc(*curve(FIVE, 5)) == pytest.approx([expected])
    assert aurc(*curve(FIVE, 10)) == pytest.approx([expected])
    # Wrong, right, right, right: 1, 1/2, 1/3, 1/4.
    worst = judged([0.9, 0.8, 0.7, 0.6], [0, 1, 1, 1])
    assert aurc(*curve(worst, 4)) == pytest.approx([25 / 48])
    best = judged([0.9, 0.8, 0.7, 0.6], [1, 1, 1, 0])
    assert aurc(*curve(best, 4)) == pytest.approx([1 / 16])


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (0.0, 0.1),
        (0.24, 0.1),
        (0.25, 0.4),  # at most, and past the worse level at .8
        (0.34, 0.4),
        (0.39, 0.4),
        (0.4, 0.5),
        (1.0, 0.5),  # what was refused cannot be covered
    ],
)
def test_the_largest_coverage_with_that_risk(limit: float, expected: float) -> None:
    assert coverage_at_risk(*curve(FIVE, 10), limit) == pytest.approx([expected])


def test_no_coverage_where_the_surest_is_wrong() -> None:
    assert coverage_at_risk(*curve(judged([0.9, 0.8], [0, 1]), 2), 0.1).tolist() == [0]


def test_equal_confidences_are_shown_together() -> None:
    for right in ([1.0, 0.0], [0.0, 1.0]):
        coverage, risk = curve(judged([0.7, 0.7], right), 2)
        assert (coverage.tolist(), risk.tolist()) == ([[1.0]], [[0.5]])


def test_bins_hold_as_many_each_the_least_sure_first() -> None:
    # Two bins of five: the least sure three are .2 wrong, .4 right, .6 right; then .7 wrong, .9 right.
    low, high = reliability(judged([0.7, 0.4, 0.9, 0.2, 0.6], [0, 1, 1, 0, 1]), 2)
    assert low == pytest.approx((0.4, 2 / 3, 3))
    assert high == pytest.approx((0.8, 0.5, 2))
    assert [n for _, _, n in reliability(judged(np.linspace(0, 1, 25).tolist(), [1.0] * 25))] == [3] * 5 + [2] * 5


def test_equal_confidences_are_in_one_bin_that_of_the_middle_one() -> None:
    # Of .2, .5, .8, .8, .9 in two bins of three and two: the first .8 is the middle of its two, and in the first bin.
    low, high = reliability(FIVE, 2)
    assert low == pytest.approx((0.575, 2 / 4, 4))
    assert high == (0.9, 1, 1)
    # Of .1, .5, .5, .5, .5, .9 in three bins of two the second .5 is the middle: it is in the second bin.
    three = judged([0.1, 0.9, 0.5, 0.5, 0.5, 0.5], [0, 1, 1, 0, 0, 0])
    assert reliability(three, 3) == [(0.1, 0, 1), (0.5, 0.25, 4), (0.9, 1, 1)]
    assert reliability(judged([0.5] * 25, [1.0] * 25)) == [(0.5, 1, 25)]


def test_the_order_of_equal_confidences_decides_nothing() -> None:
    # .5 for all, and half are right: cut into bins in the order given, the error could be .5.
    for outcomes in ([1.0, 0.0] * 10, [1.0] * 10 + [0.0] * 10, [0.0] * 10 + [1.0] * 10):
        assert calibration_error(judged([0.5] * 20, outcomes)) == 0
    given, came = random_questions(97, 4, levels=7)
    turned = judged(given[::-1].tolist(), came[::-1].tolist())
    assert calibration_error(turned) == pytest.approx(calibration_error(judged(given.tolist(), came.tolist())))
    assert sum(n for _, _, n in reliability(turned)) == 97


def test_of_few_questions_each_confidence_is_a_bin() -> None:
    assert reliability(FIVE) == [(0.2, 0, 1), (0.5, 1, 1), (0.8, 0.5, 2), (0.9, 1, 1)]
    assert reliability(judged([0.3], [1])) == [(0.3, 1.0, 1)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_reliability_as_scikit_learn(seed: int) -> None:
    sure, right = random_questions(200, seed)
    shares, means = calibration_curve(right, sure, n_bins=10, strategy="quantile")
    ours = reliability(judged(sure.tolist(), right.tolist()))
    assert [mean for mean, _, _ in ours] == pytest.approx(means.tolist())
    assert [share for _, share, _ in ours] == pytest.approx(shares.tolist())


def test_calibration_error_by_hand() -> None:
    # (|.575 - 2/4| * 4 + |.9 - 1| * 1) / 5
    assert calibration_error(FIVE, 2) == pytest.approx((0.3 + 0.1) / 5)
    # .2, .5, twice |.8 - .5|, .1
    assert calibration_error(FIVE) == pytest.approx((0.2 + 0.5 + 0.6 + 0.1) / 5)
    # One bin: .64 against .6
    assert calibration_error(FIVE, 1) == pytest.approx(0.04)


@pytest.mark.parametrize(("sure", "right", "expected"), [(1, 1, 0), (0, 0, 0), (1, 0, 1), (0.25, 0, 0.25)])
def test_calibration_error_where_all_are_equal(sure: float, right: float, expected: float) -> None:
    assert calibration_error(judged([sure] * 30, [right] * 30)) == pytest.approx(expected)


def test_calibration_error_of_bins_of_unequal_size() -> None:
    # Three questions in two bins: .1 and .3, both wrong, are off by .2 each; .9, right, by .1.
    assert calibration_error(judged([0.3, 0.9, 0.1], [0, 1, 0]), 2) == pytest.approx((2 * 0.2 + 0.1) / 3)


def test_what_a_perfect_forecaster_scores_by_hand() -> None:
    # One question with confidence p, in a bin of its own: p * (1 - p) + (1 - p) * p on average.
    assert perfect_calibration_error(judged([0.8], [1])) == pytest.approx(0.32, abs=0.03)  # 1,000 draws: s.d. .008
    # Two at .5 in one bin: the share is 0, .5 or 1 with 1/4, 1/2, 1/4: .5 / 2 on average.
    assert perfect_calibration_error(judged([0.5, 0.5], [1, 0]), 1) == pytest.approx(0.25, abs=0.03)
    assert perfect_calibration_error(judged([1.0, 0.0], [0, 1])) == 0  # those are sure; outcomes do not matter
    # Bins of two and one: (.25 * 2 + .32 * 1) / 3
    uneven = judged([0.5, 0.5, 0.8], [1, 1, 1])
    assert perfect_calibration_error(uneven, 2) == pytest.approx(0.82 / 3, abs=0.03)


@pytest.mark.parametrize("n", [30, 300])
def test_a_perfect_forecaster_errs_as_much_as_foretold(n: int) -> None:
    generator = np.random.default_rng(5)
    sure = generator.random(n)
    errors = [calibration_error(judged(sure.tolist(), (generator.random(n) < sure).tolist())) for _ in range(300)]
    foretold = perfect_calibration_error(judged(sure.tolist(), [1.0] * n))
    assert foretold == pytest.approx(float(np.mean(errors)), rel=0.05)
    # One who is too sure errs more.
    assert calibration_error(judged((0.5 + sure / 2).tolist(), (generator.random(n) < sure).tolist())) > 1.2 * foretold


def test_what_a_perfect_forecaster_scores_is_always_the_same() -> None:
    assert perfect_calibration_error(FIVE) == perfect_calibration_error(FIVE)
