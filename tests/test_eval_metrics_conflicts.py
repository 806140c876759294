from collections.abc import Callable
from dataclasses import replace

import pytest

from eval.gold import Gold, GoldSide, GoldSpan
from eval.gold.models import GoldConflict
from eval.metrics import (
    conflict_kind,
    conflict_precision,
    conflict_recall,
    false_conflict,
    side_coverage,
    side_precision,
)
from qa.models import Answer, Citation, Conflict, ConflictKind, Place, Side, Statement

FEW = GoldSide(("1,200", "about 1,200 people"), ("a.txt",))
MANY = GoldSide(("1,500",), ("b.txt", "c.txt"))
NONE = GoldSide(("nobody",), ("d.txt",))
TWO = Gold("q", "?", conflict=GoldConflict("number", (FEW, MANY)))
THREE = Gold("q", "?", conflict=GoldConflict("number", (FEW, MANY, NONE)))
CALM = Gold("q", "?", evidence=((GoldSpan("a.txt", "x", 0),),))  # somebody looked, and there is none
UNLOOKED = Gold("q", "?", answers=(("1,200",),))
UNANSWERABLE = Gold("q", "?", answerable=False, evidence=CALM.evidence)
FILES = ("a.txt", "b.txt", "c.txt", "d.txt")  # of [1], [2], [3], [4]

ALL: tuple[Callable[[Answer, Gold], float | None], ...] = (
    conflict_precision,
    conflict_recall,
    false_conflict,
    side_coverage,
    side_precision,
    conflict_kind,
)


def cite(marker: int, file: str, *also: str) -> Citation:
    return Citation(marker, file, 0, 1, "x", 1, None, "", None, None, 1.0, tuple(Place(f, 0, 1) for f in also))


CITATIONS = tuple(cite(marker, file) for marker, file in enumerate(FILES, start=1))


def differ(*sides: tuple[str, int], kind: ConflictKind = "number") -> Conflict:
    return Conflict(kind, "They differ", tuple(Side(value, (marker,)) for value, marker in sides))


def stating(*conflicts: Conflict) -> Answer:
    return Answer("?", "", True, citations=CITATIONS, conflicts=conflicts)


def saying(*parts: tuple[str, int]) -> Answer:
    return Answer("?", "", True, statements=tuple(Statement(t, (m,), "quoted") for t, m in parts), citations=CITATIONS)


def measured(answer: Answer, gold: Gold) -> tuple[float | None, ...]:
    """Precision, recall, false, coverage of sides, precision of sides, kind."""
    return tuple(measure(answer, gold) for measure in ALL)


REFUSED = Answer("?", "The articles do not say.", answered=False)
BOTH = differ(("1,200", 1), ("1,500", 2))


@pytest.mark.parametrize(
    ("conflict", "found", "covered", "precise"),
    [
        (BOTH, 1, 1, 1),
        (differ(("1,500", 3), ("1200", 1)), 1, 1, 1),  # any order, any of the files, normalised
        (differ(("About 1,200 people", 1), ("some 1,500 of them", 2)), 1, 1, 1),  # holds the gold value
        (differ(("people", 1), ("1,500", 2)), 1, 0.5, 1),  # "about 1,200 people" holds it; it does not say 1,200
        (differ(("1,200", 2), ("1,500", 1)), 0, 0, 0),  # each cites the file of the other
        (differ(("1,200", 1), ("1,500", 4)), 0, 0.5, 0.5),  # one cites the wrong file
        (differ(("1,200", 1), ("1,500", 9)), 0, 0.5, 0.5),  # there is no [9]
        (differ(("1,200", 1), ("1,700", 2)), 0, 0.5, 0.5),  # one gold side alone
        (differ(("1,200", 1), ("1,200", 1)), 0, 0.5, 1),  # the same one twice
        (differ(("1,500", 2), ("1,500", 3)), 0, 0.5, 1),
        (differ(("11,200", 1), ("1,5000", 2)), 0, 0, 0),  # on token boundaries
        (differ(("", 1), ("the", 2)), 0, 0, 0),  # nothing is left after normalisation
        (differ(("1,200", 1), ("1,500", 2), ("1,700", 4)), 1, 1, 2 / 3),
    ],
)
def test_a_stated_side_is_a_gold_one_by_its_value_and_its_file(
    conflict: Conflict, found: float, covered: float, precise: float
) -> None:
    answer = stating(conflict)
    assert conflict_precision(answer, TWO) == conflict_recall(answer, TWO) == found
    assert side_coverage(answer, TWO) == covered
    assert side_precision(answer, TWO) == pytest.approx(precise)
    assert conflict_kind(answer, TWO) == (1 if found else None)
    assert false_conflict(answer, TWO) is None


def test_a_value_of_which_normalisation_leaves_nothing_is_held_by_nothing() -> None:
    spaced = GoldSide(("1,200 – 1,300",), ("a.txt",))  # around its dash an empty word would stand alone
    gold = Gold("q", "?", conflict=GoldConflict("number", (spaced, MANY)))
    assert conflict_recall(stating(differ(("the", 1), ("1,500", 2))), gold) == 0


def test_one_stated_side_does_not_stand_for_two() -> None:
    loose = Conflict("number", "They differ", (Side("1,200 or 1,500", (1, 2)), Side("1,700", (4,))))
    assert measured(stating(loose), TWO) == (0, 0, None, 1, 0.5, None)
    # With another that is one of the two there are two.
    both = Conflict("number", "They differ", (Side("1,200 or 1,500", (1, 2)), Side("1,500", (2,))))
    assert measured(stating(both), TWO) == (1, 1, None, 1, 1, 1)


def test_the_two_sides_have_to_be_of_one_conflict() -> None:
    apart = stating(differ(("1,200", 1), ("x", 4)), differ(("1,500", 2), ("y", 4)))
    assert measured(apart, TWO) == (0, 0, None, 1, 0.5, None)  # 2 of 4 stated sides


def test_two_of_three_gold_sides_are_a_conflict_found() -> None:
    assert measured(stating(BOTH), THREE) == pytest.approx((1, 1, None, 2 / 3, 1, 1))
    assert side_coverage(stating(differ(("1,200", 1), ("1,500", 2), ("nobody", 4))), THREE) == 1


def test_a_second_conflict_that_is_none_lowers_the_precision_of_sides_alone() -> None:
    other = differ(("red", 1), ("blue", 2))
    assert measured(stating(other, BOTH), TWO) == (1, 1, None, 1, 0.5, 1)


def test_a_file_with_the_same_words_counts() -> None:
    copied = replace(stating(BOTH), citations=(cite(1, "z.txt", "y.txt", "a.txt"), cite(2, "z.txt", "c.txt")))
    assert measured(copied, TWO) == (1, 1, None, 1, 1, 1)


def test_sides_in_the_statements_are_covered_but_no_conflict_is_stated() -> None:
    assert measured(saying(("It was 1,200.", 1), ("Or 1,500.", 2)), TWO) == (None, 0, None, 1, None, None)
    assert side_coverage(saying(("It was 1,200, or 1,500.", 1)), TWO) == 0.5  # cites one of the files
    assert side_coverage(saying(("It was 1,200.", 2), ("Or 1,500.", 1)), TWO) == 0  # the wrong ones
    assert side_coverage(saying(("People came.", 1)), TWO) == 0  # a sentence has to hold the value, not be held by it
    # One side in a statement, the other as a side.
    mixed = replace(saying(("It was 1,200.", 1)), conflicts=(differ(("1,500", 2), ("1,700", 4)),))
    assert side_coverage(mixed, TWO) == 1


@pytest.mark.parametrize("value", ["the 20th of June", "June"])
def test_either_of_two_phrasings_may_be_the_longer(value: str) -> None:
    sides = (GoldSide(("20th of June", "June 20"), ("a.txt",)), GoldSide(("July",), ("b.txt",)))
    gold = Gold("q", "?", conflict=GoldConflict("date", sides))
    assert conflict_recall(stating(differ((value, 1), ("in July", 2), kind="date")), gold) == 1


@pytest.mark.parametrize(
    ("said", "wanted", "told"),
    [
        ("ambiguous", "ambiguous", 1),
        ("ambiguous", "name", 0),
        ("name", "ambiguous", 0),
        ("name", "name", 1),
        ("claim", "number", 1),  # which kind of disagreement it is does not matter
    ],
)
def test_ambiguous_is_told_from_a_disagreement(said: ConflictKind, wanted: ConflictKind, told: float) -> None:
    gold = Gold("q", "?", conflict=GoldConflict(wanted, (FEW, MANY)))
    assert conflict_kind(stating(replace(BOTH, kind=said)), gold) == told


def test_the_kind_is_that_of_the_conflict_that_was_found() -> None:
    other = differ(("red", 1), ("blue", 2), kind="ambiguous")
    assert conflict_kind(stating(other, BOTH), TWO) == 1
    assert conflict_kind(stating(other), TWO) is None


def test_a_refusal_states_nothing() -> None:
    assert measured(REFUSED, TWO) == (None, 0, None, 0, None, None)
    assert measured(REFUSED, CALM) == (None, None, 0, None, None, None)


def test_a_conflict_where_there_is_none_is_false() -> None:
    assert measured(stating(BOTH), CALM) == (0, None, 1, None, 0, None)
    assert measured(stating(), CALM) == (None, None, 0, None, None, None)


@pytest.mark.parametrize("gold", [UNLOOKED, UNANSWERABLE, Gold("q", "?")])
def test_where_nobody_looked_nothing_is_applicable(gold: Gold) -> None:
    assert measured(stating(BOTH), gold) == measured(saying(("1,200", 1)), gold) == (None,) * 6
