"""Character recall, precision and IoU; the numbers are those of `_scores_from_dataset_and_retrievals` of
brandonstarxel/chunking_evaluation, worked out by hand: held / references, held / chunks, held / (chunks + missed).
"""

import pytest

from eval.gold import Gold, GoldSpan
from eval.metrics import character_iou, character_precision, character_recall
from qa.models import Hit


def hit(start: int, end: int, file: str = "a.txt") -> Hit:
    return Hit(file, start, end, "x" * (end - start), 1.0)


def span(start: int, end: int, file: str = "a.txt") -> GoldSpan:
    return GoldSpan(file, "x" * (end - start), start)


def measured(hits: list[Hit], *groups: tuple[GoldSpan, ...], k: int = 5) -> tuple[float | None, ...]:
    gold = Gold("q", "?", evidence=groups)
    return tuple(measure(hits, gold, k) for measure in (character_recall, character_precision, character_iou))


ONE = (span(10, 30),)  # 20 characters
TWO = (span(10, 30), span(50, 60))  # 30 characters


@pytest.mark.parametrize(
    ("hits", "recall", "precision", "iou"),
    [
        ([hit(10, 30)], 1, 1, 1),
        ([hit(0, 40)], 1, 20 / 40, 20 / 40),  # all 20 held, 20 more in the passage
        ([hit(15, 25)], 10 / 20, 1, 10 / 20),  # 10 of 20 held, nothing else; 10 missed
        ([hit(20, 40)], 10 / 20, 10 / 20, 10 / 30),  # 10 held of 20 retrieved; 10 missed
        ([hit(0, 20), hit(20, 40)], 1, 20 / 40, 20 / 40),  # 10 + 10
        ([hit(0, 20), hit(30, 40)], 10 / 20, 10 / 30, 10 / 40),  # the second touches the end, and holds nothing
        ([hit(100, 120)], 0, 0, 0),
        ([hit(29, 30)], 1 / 20, 1, 1 / 20),
    ],
)
def test_of_one_quotation(hits: list[Hit], recall: float, precision: float, iou: float) -> None:
    assert measured(hits, ONE) == pytest.approx((recall, precision, iou))


def test_overlapping_hits_hold_a_character_once_and_cost_it_twice() -> None:
    # [10, 30) twice and [20, 40): 20 held of 20; 20 + 20 + 20 retrieved.
    assert measured([hit(10, 30), hit(10, 30), hit(20, 40)], ONE) == pytest.approx((1, 20 / 60, 20 / 60))
    # [5, 20) and [15, 25): held [10, 25) = 15; 15 + 10 = 25 retrieved; 5 missed.
    assert measured([hit(5, 20), hit(15, 25)], ONE) == pytest.approx((15 / 20, 15 / 25, 15 / 30))


def test_hits_of_another_file_cost_and_hold_nothing() -> None:
    # Their precision counts the chunks of other corpora too; "a.txt" [10, 30) is not "b.txt" [10, 30).
    assert measured([hit(10, 30, "b.txt")], ONE) == (0, 0, 0)
    assert measured([hit(10, 30, "b.txt"), hit(10, 30)], ONE) == pytest.approx((1, 20 / 40, 20 / 40))


def test_quotations_of_several_files_are_one_sum() -> None:
    group = (span(10, 30), span(0, 10, "b.txt"))
    # 10 of "a.txt" and 10 of "b.txt" held of 30; 20 + 20 retrieved; 10 missed.
    assert measured([hit(20, 40), hit(0, 20, "b.txt")], group) == pytest.approx((20 / 30, 20 / 40, 20 / 50))


def test_quotations_that_one_hit_holds_together() -> None:
    # [10, 30) and [50, 60) in [0, 55): 20 + 5 held of 30; 55 retrieved; 5 missed.
    assert measured([hit(0, 55)], TWO) == pytest.approx((25 / 30, 25 / 55, 25 / 60))


def test_overlapping_quotations_are_held_once_and_missed_twice() -> None:
    # [0, 10) and [5, 15). All held: 15 of 10 + 10; theirs gives .75 too.
    assert measured([hit(0, 15)], (span(0, 10), span(5, 15))) == pytest.approx((15 / 20, 1, 1))
    # [0, 5) held: 5 of the first missed, 10 of the second: 5 / (5 + 15).
    assert measured([hit(0, 5)], (span(0, 10), span(5, 15))) == pytest.approx((5 / 20, 1, 5 / 20))


def test_of_several_groups_the_best_counts_for_each_measure() -> None:
    # Against ONE: 10 / 20, 10 / 20, 10 / 30. Against [0, 100): 20 / 100, 1, 20 / 100.
    assert measured([hit(20, 40)], ONE, (span(0, 100),)) == pytest.approx((10 / 20, 1, 10 / 30))
    assert measured([hit(20, 40)], (span(0, 100),), ONE) == pytest.approx((10 / 20, 1, 10 / 30))


def test_only_the_first_k_count() -> None:
    hits = [hit(100, 110), hit(10, 30)]
    assert measured(hits, ONE, k=1) == (0, 0, 0)
    assert measured(hits, ONE, k=2) == pytest.approx((1, 20 / 30, 20 / 30))


def test_without_hits_nothing_is_held() -> None:
    assert measured([], ONE) == measured([hit(15, 15)], ONE) == (0, 0, 0)  # nor by an empty one


def test_without_evidence_nothing_is_applicable() -> None:
    assert measured([hit(0, 10)]) == (None, None, None)


def test_a_span_that_was_not_located_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="locate it first"):
        measured([hit(0, 10)], (GoldSpan("a.txt", "x"),))
