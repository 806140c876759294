from math import log2

import pytest

from eval.gold import Gold, GoldSpan
from eval.metrics import evidence_at_chars, evidence_at_k, ndcg_at_k, recall_at_k, reciprocal_rank
from qa.models import Hit

#        0123456789012345678901234567890123456
TEXT = "ten men saw  two cats. and five dogs."
MEN = GoldSpan("a.txt", "ten men", 0)  # [0, 7)
CATS = GoldSpan("a.txt", "saw  two cats.", 8)  # [8, 22), two spaces at 11
DOGS = GoldSpan("a.txt", "five dogs.", 27)  # [27, 37)
ELSEWHERE = GoldSpan("b.txt", "ten men", 0)


def hit(start: int, end: int, file: str = "a.txt") -> Hit:
    return Hit(file, start, end, TEXT[start:end], 1.0)


def gold(*groups: tuple[GoldSpan, ...]) -> Gold:
    return Gold("q", "?", evidence=groups)


def test_the_spans_are_where_the_comments_say() -> None:
    assert all(TEXT[span.start : span.end] == span.quote for span in (MEN, CATS, DOGS))


@pytest.mark.parametrize(
    ("hits", "found"),
    [
        ([hit(8, 22)], 1.0),
        ([hit(0, 37)], 1.0),
        ([hit(8, 21)], 0.0),  # the last character is missing
        ([hit(9, 22)], 0.0),  # the first
        ([hit(13, 22), hit(8, 11)], 1.0),  # together; only white space at 11 and 12 is not covered
        ([hit(14, 22), hit(8, 11)], 0.0),  # the "t" at 13 is missing
        ([hit(8, 16), hit(10, 22)], 1.0),  # overlapping
        ([hit(8, 22), hit(10, 13)], 1.0),  # one inside the other
        ([hit(0, 37, "b.txt")], 0.0),  # another file
        ([], 0.0),
    ],
)
def test_a_span_is_found_by_the_union_of_the_hits(hits: list[Hit], found: float) -> None:
    assert evidence_at_k(hits, gold((CATS,)), 10) == found


def test_evidence_at_k_wants_a_whole_group_within_k() -> None:
    hits = [hit(0, 7), hit(27, 37), hit(8, 22)]
    assert evidence_at_k(hits, gold((MEN,)), 1) == 1.0
    assert evidence_at_k(hits, gold((MEN, DOGS)), 1) == 0.0
    assert evidence_at_k(hits, gold((MEN, DOGS)), 2) == 1.0
    assert evidence_at_k(hits, gold((ELSEWHERE,), (DOGS,)), 2) == 1.0  # the other group will do
    assert evidence_at_k(hits, gold((ELSEWHERE, DOGS)), 3) == 0.0


def test_evidence_at_chars_cuts_the_last_hit_to_the_budget() -> None:
    hits = [hit(27, 37), hit(0, 22)]  # 10 characters, then 22
    assert evidence_at_chars(hits, gold((DOGS,)), 10) == 1.0
    assert evidence_at_chars(hits, gold((DOGS,)), 9) == 0.0
    assert evidence_at_chars(hits, gold((MEN,)), 17) == 1.0  # 10 + 7
    assert evidence_at_chars(hits, gold((MEN,)), 16) == 0.0
    assert evidence_at_chars(hits, gold((MEN,)), 10) == 0.0


def test_evidence_at_chars_counts_what_is_repeated() -> None:
    assert evidence_at_chars([hit(27, 37), hit(27, 37), hit(0, 7)], gold((MEN,)), 17) == 0.0  # 10 + 10 + 7 = 27
    assert evidence_at_chars([hit(27, 37), hit(27, 37), hit(0, 7)], gold((MEN,)), 27) == 1.0


def test_recall_is_that_of_the_best_group() -> None:
    hits = [hit(0, 7), hit(27, 37)]
    assert recall_at_k(hits, gold((MEN, CATS, DOGS)), 1) == pytest.approx(1 / 3)
    assert recall_at_k(hits, gold((MEN, CATS, DOGS)), 2) == pytest.approx(2 / 3)
    assert recall_at_k(hits, gold((MEN, CATS, DOGS), (ELSEWHERE,)), 2) == pytest.approx(2 / 3)
    assert recall_at_k(hits, gold((MEN, CATS, DOGS), (DOGS, MEN)), 2) == 1.0


def test_reciprocal_rank_of_the_first_hit_that_completes_a_span() -> None:
    hits = [hit(8, 16), hit(27, 37), hit(16, 22)]  # the first half of CATS, DOGS, the second half of CATS
    assert reciprocal_rank(hits, gold((CATS,)), 10) == pytest.approx(1 / 3)
    assert reciprocal_rank(hits, gold((CATS,)), 2) == 0.0
    assert reciprocal_rank(hits, gold((CATS, DOGS)), 10) == 0.5
    assert reciprocal_rank(hits, gold((CATS,), (ELSEWHERE, DOGS)), 10) == 0.5
    assert reciprocal_rank(hits, gold((MEN,)), 10) == 0.0


def test_ndcg_of_one_span_is_the_discount_of_its_rank() -> None:
    hits = [hit(8, 22), hit(0, 7), hit(0, 7)]
    assert ndcg_at_k(hits, gold((CATS,)), 10) == 1.0  # 1 / log2(2)
    assert ndcg_at_k(hits, gold((MEN,)), 10) == pytest.approx(1 / log2(3))  # rank 2; rank 3 is the same again
    assert ndcg_at_k(hits, gold((MEN,)), 1) == 0.0
    assert ndcg_at_k(hits, gold((DOGS,)), 10) == 0.0


def test_ndcg_of_several_spans() -> None:
    ideal = 1 + 1 / log2(3)  # ranks 1 and 2
    hits = [hit(0, 7), hit(8, 22), hit(27, 37)]
    assert ndcg_at_k(hits, gold((MEN, CATS)), 10) == pytest.approx(1.0)
    assert ndcg_at_k(hits, gold((MEN, DOGS)), 10) == pytest.approx((1 + 1 / log2(4)) / ideal)  # ranks 1 and 3
    assert ndcg_at_k(hits, gold((MEN, ELSEWHERE)), 10) == pytest.approx(1 / ideal)
    assert ndcg_at_k(hits, gold((MEN, ELSEWHERE), (CATS,)), 10) == pytest.approx(1 / log2(3))  # .631 beats .613
    assert ndcg_at_k(hits, gold((MEN, DOGS)), 1) == 1.0  # the ideal within rank 1 is one span


def test_ndcg_of_a_hit_that_completes_two_spans_counts_two_ranks() -> None:
    ideal = 1 + 1 / log2(3)
    assert ndcg_at_k([hit(0, 22)], gold((MEN, CATS)), 10) == pytest.approx(1.0)
    # Both at rank 2: max(1, 2) and max(2, 2).
    assert ndcg_at_k([hit(27, 37), hit(0, 22)], gold((MEN, CATS)), 10) == pytest.approx(2 / log2(3) / ideal)


def test_without_gold_evidence_nothing_is_applicable() -> None:
    hits, nothing = [hit(0, 7)], Gold("q", "?")
    assert evidence_at_k(hits, nothing, 1) is None
    assert evidence_at_chars(hits, nothing, 1000) is None
    assert recall_at_k(hits, nothing, 10) is None
    assert reciprocal_rank(hits, nothing, 10) is None
    assert ndcg_at_k(hits, nothing, 10) is None


def test_a_span_that_was_not_located_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="locate it first"):
        evidence_at_k([hit(0, 7)], gold((GoldSpan("a.txt", "ten men"),)), 1)
