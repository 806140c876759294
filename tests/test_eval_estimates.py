import math

import pytest

from eval.estimates import LINES, curves, estimates
from eval.scores import METRICS, Scored
from eval.stats import Estimate, wilson

OF_CONFIDENCE = (
    "AUROC of right",
    "AUROC of answerable",
    "AURC",
    "Coverage at 5% risk",
    "Coverage at 10% risk",
    "Calibration error",
    "Calibration error, perfect",
)


def row(cluster: int, **scores: float | None) -> Scored:
    """`Refusal_recall=1` stands for the metric "Refusal recall"."""
    return Scored(
        f"q{cluster}", "s", None, (), f"c{cluster}", {name.replace("_", " "): value for name, value in scores.items()}
    )


def asked(cluster: int, confidence: float | None, right: float | None, answered: float = 1.0) -> Scored:
    """An answerable question."""
    return row(cluster, Confidence=confidence, Right=right, Answered=answered)


def refusing(cluster: int, refused: bool, answerable: bool) -> Scored:
    """The two scores of refusals, as `eval.metrics.outcomes` gives them."""
    return row(
        cluster,
        Refusal_precision=float(not answerable) if refused else None,
        Refusal_recall=None if answerable else float(refused),
    )


def means(rows: list[Scored]) -> dict[str, float]:
    return {name: estimate.mean for name, estimate in estimates(rows).items()}


def numbers(rows: list[Scored]) -> list[float]:
    """Every number of the estimates and the curves."""
    found = [x for e in estimates(rows).values() for x in (e.mean, e.low, e.high, e.n) if x is not None]
    drawn = curves(rows)
    found += [x for item in drawn.get("reliability", []) for x in item.values()]
    return found + [x for point in drawn.get("risk_coverage", []) for x in point]


def test_every_metric_has_a_line_and_every_line_is_one_metric() -> None:
    names = [line.name for line in LINES]
    assert len(set(names)) == len(names)
    assert {metric.name for metric in METRICS} < set(names)
    assert set(OF_CONFIDENCE) < set(names)


def test_estimates_come_in_the_order_of_the_lines() -> None:
    names = list(estimates([asked(n, n / 10, n % 2) for n in range(10)] + [refusing(10, True, False)]))
    assert names == [line.name for line in LINES if line.name in names]
    assert len(names) == 3 + 6 + 3  # those of the rows; of confidence, where all are answerable; of refusals


def test_a_mean_is_of_the_questions_to_which_the_metric_applies() -> None:
    rows = [row(1, Contains=1.0), row(2, Contains=0.0), row(3, Contains=None), row(4), row(5, Contains=1.0)]
    found = estimates(rows)["Contains"]
    assert found.mean == pytest.approx(2 / 3)
    assert found.n == 3
    assert list(estimates(rows)) == ["Contains"]  # nothing about what applies nowhere


def test_a_mean_is_drawn_by_cluster() -> None:
    # Two clusters of two and one: (1 + 1 + 0) / 3. Draws: 1 (twice the first), 2/3, 0 (twice the second).
    rows = [row(1, Contains=1.0), row(1, Contains=1.0), row(2, Contains=0.0)]
    assert estimates(rows)["Contains"] == Estimate(pytest.approx(2 / 3), 0.0, 1.0, 3)  # type: ignore[arg-type]
    one = [row(1, Contains=1.0), row(1, Contains=0.0)]
    assert estimates(one)["Contains"] == Estimate(0.5, None, None, 2)


@pytest.mark.parametrize("value", [0.0, 1.0])
@pytest.mark.parametrize("n", [1, 2, 20])
def test_where_all_are_equal_the_interval_is_wilsons(value: float, n: int) -> None:
    found = estimates([row(k, Contains=value) for k in range(n)])["Contains"]
    # z = 1.95996: with all of n right the lower end is n / (n + z^2), and the upper end of none is z^2 / (n + z^2).
    z2 = 1.959964**2
    low, high = (n / (n + z2), 1.0) if value else (0.0, z2 / (n + z2))
    assert (found.mean, found.n) == (value, n)
    assert found.low == pytest.approx(low, abs=1e-6)
    assert found.high == pytest.approx(high, abs=1e-6)
    assert found == wilson(int(value * n), n)


def test_f1_of_refusals_is_that_of_the_counts() -> None:
    # 4 not answerable, 3 of them refused; 2 of 5 answerable refused: precision 3/5, recall 3/4,
    # F1 = 2 * 3 / (5 + 4). The mean of the F1 of questions would be another figure.
    rows = [refusing(n, True, False) for n in range(3)] + [refusing(3, False, False)]
    rows += [refusing(n, True, True) for n in (4, 5)] + [refusing(n, False, True) for n in (6, 7, 8)]
    found = estimates(rows)
    assert found["Refusal precision"].mean == pytest.approx(3 / 5)
    assert found["Refusal recall"].mean == pytest.approx(3 / 4)
    assert found["Refusal F1"].mean == pytest.approx(6 / 9)
    assert found["Refusal F1"].n == 6  # refused, or not answerable
    assert found["Refusal F1"].low is not None
    assert found["Refusal F1"].high is not None
    assert 0 <= found["Refusal F1"].low < 6 / 9 < found["Refusal F1"].high <= 1


def test_f1_of_conflicts_is_that_of_the_counts() -> None:
    # 3 gold conflicts, 1 stated as in gold, 1 stated otherwise, 1 passed over; 1 stated where there is none:
    # precision 1/3, recall 1/3, F1 = 2 * 1 / (3 + 3).
    rows = [row(1, Conflict_precision=1.0, Conflict_recall=1.0), row(2, Conflict_precision=0.0, Conflict_recall=0.0)]
    rows += [row(3, Conflict_recall=0.0), row(4, Conflict_precision=0.0), row(5)]
    assert means(rows)["Conflict F1"] == pytest.approx(1 / 3)
    assert estimates(rows)["Conflict F1"].n == 4


def test_f1_with_nothing_to_find_is_not_applicable() -> None:
    assert "Refusal F1" not in means([refusing(1, True, True), refusing(2, False, True)])
    assert "Conflict F1" not in means([row(1, Conflict_precision=0.0)])
    assert "Refusal F1" not in means([])


def test_f1_without_a_hit_is_0_and_has_no_interval() -> None:
    rows = [refusing(1, False, False), refusing(2, True, True)]
    assert estimates(rows)["Refusal F1"] == Estimate(0.0, None, None, 2)


def test_f1_of_hits_alone_is_1_and_has_no_interval() -> None:
    rows = [refusing(1, True, False), refusing(2, True, False), refusing(3, False, True)]
    assert estimates(rows)["Refusal F1"] == Estimate(1.0, None, None, 2)


def test_figures_of_confidence_by_hand() -> None:
    # The surest first: .9 right, .8 wrong, .6 right; .3 refused; asked without gold: does not count.
    rows = [asked(1, 0.6, 1.0), asked(2, 0.9, 1.0), asked(3, 0.8, 0.0), asked(4, 0.3, 0.0, 0.0), asked(5, 0.5, None)]
    found = means(rows)
    assert found["AUROC of right"] == 0.5  # .9 beats .8, .6 does not
    assert found["AURC"] == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)
    assert found["Coverage at 5% risk"] == found["Coverage at 10% risk"] == pytest.approx(1 / 4)  # of four asked
    assert found["Calibration error"] == pytest.approx((0.4 + 0.1 + 0.8) / 3)  # each a bin
    # Each a bin: 2 p (1 - p) on average: .48, .18, .32
    assert found["Calibration error, perfect"] == pytest.approx(0.98 / 3, abs=0.03)
    assert "AUROC of answerable" not in found  # all are answerable
    every = estimates(rows)
    assert all(every[name].n == 3 for name in OF_CONFIDENCE if name in every)


def test_coverage_is_a_share_of_all_that_was_asked() -> None:
    # 10 right and sure, 1 wrong, 9 refused: 10 of 20 at 5% risk (1/11 is more), 11 of 20 at 10%.
    rows = [asked(n, 0.9, 1.0) for n in range(10)] + [asked(10, 0.2, 0.0)]
    rows += [asked(n, None, 0.0, 0.0) for n in range(11, 20)]
    found = means(rows)
    assert found["Coverage at 5% risk"] == pytest.approx(0.5)
    assert found["Coverage at 10% risk"] == pytest.approx(0.55)


def test_coverage_stays_a_share_when_clusters_differ_in_size() -> None:
    # All is right and nothing refused: of a draw with twice the large cluster, too, all that was asked is covered.
    rows = [asked(1, n / 10, 1.0) for n in range(7)] + [asked(2, 0.9, 1.0)]
    assert estimates(rows)["Coverage at 5% risk"] == Estimate(1.0, None, None, 8)


def test_a_question_without_confidence_or_gold_is_left_out_of_the_figures_of_confidence() -> None:
    judged = [asked(1, 0.9, 1.0), asked(2, 0.4, 0.0)]
    more = [asked(3, None, 1.0), asked(4, 0.99, None), asked(5, 0.99, 0.0, 0.0)]
    for name in ("AUROC of right", "AURC", "Calibration error"):
        assert means(judged)[name] == means(judged + more)[name]
        assert estimates(judged + more)[name].n == 2


def test_auroc_of_answerable_counts_what_was_refused() -> None:
    def unanswerable(cluster: int, confidence: float, answered: float) -> Scored:
        right = 1.0 - answered
        return row(cluster, Confidence=confidence, Right=right, Answered=answered, Refusal_recall=right)

    # Answerable: .9, .5 and, refused, .2. Not: .6 answered and .1 refused. Pairs won: 2 + 1 + 1 of 6.
    rows = [asked(1, 0.9, 1.0), asked(2, 0.5, 1.0), asked(3, 0.2, 0.0, 0.0)]
    rows += [unanswerable(4, 0.6, 1.0), unanswerable(5, 0.1, 0.0)]
    found = estimates(rows)["AUROC of answerable"]
    assert found.mean == pytest.approx(4 / 6)
    assert found.n == 5
    # Of what was answered, .9 and .5 are right and .6 is not.
    assert means(rows)["AUROC of right"] == 0.5


def test_without_confidence_there_are_no_figures_of_confidence() -> None:
    rows = [asked(n, None, n % 2) for n in range(6)]
    assert not set(OF_CONFIDENCE) & set(estimates(rows))
    assert curves(rows) == {}


def test_curves_by_hand() -> None:
    rows = [asked(1, 0.6, 1.0), asked(2, 0.9, 1.0), asked(3, 0.9, 0.0), asked(4, 0.3, 0.0, 0.0)]
    found = curves(rows)
    assert found["risk_coverage"] == [pytest.approx([2 / 4, 1 / 2]), pytest.approx([3 / 4, 1 / 3])]
    # The two that are equally sure are in one bin.
    assert found["reliability"] == [
        {"confidence": 0.6, "right": 1.0, "n": 1},
        {"confidence": 0.9, "right": 0.5, "n": 2},
    ]


def test_the_interval_of_a_figure_of_confidence_is_drawn_by_cluster() -> None:
    # Rows of a cluster come and go together. Both: .9 beats two, .6 none: 2 of 4; twice the first: 1; the second: 0.
    first, second = ((0.9, 1.0), (0.8, 0.0)), ((0.7, 0.0), (0.6, 1.0))
    rows = [asked(n, *pair) for n, pairs in enumerate((first, second)) for pair in pairs]
    assert estimates(rows)["AUROC of right"] == Estimate(0.5, 0.0, 1.0, 4)
    assert estimates(rows[:2])["AUROC of right"] == Estimate(1.0, None, None, 2)  # a lone cluster
    apart = [asked(n, *pair) for n, pair in enumerate([(0.9, 1.0), (0.8, 0.0), (0.7, 1.0), (0.1, 0.0)] * 3)]
    found = estimates(apart)["AUROC of right"]
    assert found.mean == pytest.approx(0.75)  # 3 of 4 pairs are won
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.75 < found.high


def test_an_interval_without_width_is_none() -> None:
    # However often one draws from equal ones, nothing else comes out; it does not say how sure that is.
    rows = [asked(n, confidence, right) for n in range(8) for confidence, right in ((0.9, 1.0), (0.1, 0.0))]
    assert estimates(rows)["AUROC of right"] == Estimate(1.0, None, None, 16)
    assert estimates([row(n, Token_F1=0.5) for n in range(8)])["Token F1"] == Estimate(0.5, None, None, 8)
    assert estimates(DEGENERATE["all right"])["AURC"] == Estimate(0.0, None, None, 10)


def test_a_question_is_drawn_with_its_own_cluster_whatever_the_order() -> None:
    # Clusters of 1, 2 and 5, no two equally sure.
    clusters, right = (0, 1, 1, 2, 2, 2, 2, 2), (0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0)
    rows = [asked(*each) for each in zip(clusters, (n * 3 % 8 / 10 for n in range(8)), right, strict=True)]
    for name in ("AUROC of right", "AURC", "Coverage at 10% risk"):
        assert estimates(rows)[name] == estimates(rows[::-1])[name] == estimates(rows[3:] + rows[:3])[name]


def test_the_order_of_the_rows_changes_no_figure_of_confidence() -> None:
    rows = [asked(n % 5, (n * 7 % 20) / 20, float(n % 3 > 0)) for n in range(20)]
    assert estimates(rows[::-1])["AURC"].mean == estimates(rows)["AURC"].mean
    forward, back = estimates(rows)["AUROC of right"], estimates(rows[::-1])["AUROC of right"]
    assert back.mean == pytest.approx(forward.mean)
    assert back.low == pytest.approx(forward.low, abs=0.03)  # clusters are numbered as they come


DEGENERATE = {
    "no rows": [],
    "an error": [row(1)],
    "one right": [asked(1, 0.9, 1.0)],
    "one wrong": [asked(1, 0.9, 0.0)],
    "one refused": [asked(1, 0.9, 0.0, 0.0)],
    "one without gold": [asked(1, 0.9, None)],
    "all right": [asked(n, n / 10, 1.0) for n in range(10)],
    "none right": [asked(n, n / 10, 0.0) for n in range(10)],
    "all refused": [asked(n, n / 10, 0.0, 0.0) for n in range(10)],
    "one of each": [asked(1, 0.9, 1.0), asked(2, 0.8, 0.0)],
    "equally sure": [asked(n, 0.5, n % 2) for n in range(10)],
    "quite sure": [asked(n, 1.0, 1.0) for n in range(3)],
    "not sure at all": [asked(n, 0.0, 0.0) for n in range(3)],
    "one cluster": [asked(1, n / 10, n % 2) for n in range(10)],
    "refusals": [refusing(1, True, False)],
    "right but for one": [asked(n, 0.5, 1.0) for n in range(5)] + [asked(5, 0.5, 0.0)],
}


@pytest.mark.parametrize("rows", DEGENERATE.values(), ids=DEGENERATE)
def test_degenerate_sets_give_numbers_or_nothing(rows: list[Scored]) -> None:
    assert all(math.isfinite(number) for number in numbers(rows))
    for estimate in estimates(rows).values():
        assert (estimate.low is None) == (estimate.high is None)
        assert estimate.n > 0


def test_what_degenerate_sets_have() -> None:
    assert estimates([]) == estimates([row(1)]) == {}
    assert set(OF_CONFIDENCE) & set(estimates(DEGENERATE["all refused"])) == set()
    for name, area, coverage in (("all right", 0.0, 1.0), ("none right", 1.0, 0.0)):
        found = means(DEGENERATE[name])
        assert "AUROC of right" not in found  # there is nothing to tell apart
        assert (found["AURC"], found["Coverage at 5% risk"]) == (area, coverage)
    assert means(DEGENERATE["equally sure"])["AUROC of right"] == 0.5
    assert means(DEGENERATE["one right"])["Coverage at 5% risk"] == 1.0
