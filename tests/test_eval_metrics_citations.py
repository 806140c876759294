from dataclasses import replace

import pytest

from eval.gold import Gold, GoldSpan
from eval.metrics import (
    citation_precision,
    citation_recall,
    cites,
    f1,
    file_precision,
    file_recall,
    marker_integrity,
    quote_integrity,
    stands,
    support,
)
from qa.models import Answer, Citation, Conflict, Place, Side, Statement, Support

#        0123456789012345678901234567890123456789
TEXT = "Ten men came. Six men left. One man ate."
SPAN = GoldSpan("a.txt", "Six men left.", 14)  # [14, 27), 13 characters


def cite(start: int, end: int, file: str = "a.txt", marker: int = 1, also: tuple[Place, ...] = ()) -> Citation:
    return Citation(marker, file, start, end, TEXT[start:end], 1, None, "0" * 64, None, None, 1.0, also)


def answer(*citations: Citation) -> Answer:
    """One statement that cites all, with the markers 1, 2, 3, ..."""
    numbered = tuple(replace(citation, marker=marker) for marker, citation in enumerate(citations, start=1))
    said = Statement("It is so.", tuple(citation.marker for citation in numbered), "supported")
    return Answer("?", f"{said.text} {said.markers}", True, statements=(said,), citations=numbered)


def gold(*groups: tuple[GoldSpan, ...]) -> Gold:
    return Gold("q", "?", evidence=groups)


def read(file: str) -> str:
    return {"a.txt": TEXT}[file]


REFUSED = Answer("?", "The articles do not say.", answered=False)
TEN = GoldSpan("a.txt", "Ten men came.", 0)  # [0, 13)
ONE = GoldSpan("a.txt", "One man ate.", 28)  # [28, 40)
ELSEWHERE = GoldSpan("b.txt", "Six men left.", 14)


def test_the_spans_are_where_the_comments_say() -> None:
    assert all(TEXT[span.start : span.end] == span.quote for span in (TEN, SPAN, ONE))


@pytest.mark.parametrize(
    ("citation", "holds"),
    [
        (cite(14, 27), True),
        (cite(28, 40), True),  # up to the last character of the file
        (replace(cite(28, 40), end=41), False),  # slicing past the end gives the same words
        (replace(cite(14, 27), start=15), False),
        (replace(cite(14, 27), end=26), False),
        (replace(cite(14, 27), quote="six men left."), False),
        (replace(cite(14, 27), file="c.txt"), False),
        (replace(cite(0, 40), start=-40), False),  # TEXT[-40:40] is the whole text
        (replace(cite(14, 27), start=27), False),  # TEXT[27:27] is no quotation, nor is it this one
        (cite(14, 14), False),  # empty, and TEXT[14:14] == ""
    ],
)
def test_a_citation_stands_at_its_offsets_or_not(citation: Citation, holds: bool) -> None:
    assert stands(citation, read) is holds


def test_quote_integrity_is_the_share_that_stands() -> None:
    assert quote_integrity(answer(cite(0, 13), cite(14, 27), replace(cite(28, 40), end=39)), read) == pytest.approx(
        2 / 3
    )
    assert quote_integrity(answer(cite(0, 13), cite(14, 27)), read) == 1.0
    assert quote_integrity(REFUSED, read) is None


@pytest.mark.parametrize(
    ("statements", "sides", "markers", "whole"),
    [
        ([(1,), (2,)], [], [1, 2], 1),
        ([(1, 2), (2,)], [], [1, 2], 1),  # one used twice
        ([(2,), (1,)], [], [1, 2], 1),  # in any order
        ([(1,)], [(2,)], [1, 2], 1),  # used by a side of a conflict alone
        ([()], [], [], 1),  # cites nothing, and has nothing
        ([(1,), (2,)], [], [1], 0),  # [2] is not there
        ([(1,)], [(2,)], [1], 0),  # nor is that of a side
        ([(1,)], [], [1, 2], 0),  # [2] is not used
        ([(1,)], [], [1, 1], 0),  # two citations with one marker
    ],
)
def test_marker_integrity(
    statements: list[tuple[int, ...]], sides: list[tuple[int, ...]], markers: list[int], whole: float
) -> None:
    conflict = Conflict("claim", "They differ", tuple(Side("x", side) for side in sides))
    said = Answer(
        "?",
        "",
        True,
        statements=tuple(Statement("It is so.", used, "supported") for used in statements),
        citations=tuple(cite(0, 13, marker=marker) for marker in markers),
        conflicts=(conflict,) if sides else (),
    )
    assert marker_integrity(said) == whole


def test_a_refusal_has_marker_integrity_without_citations_only() -> None:
    assert marker_integrity(REFUSED) == 1.0
    assert marker_integrity(replace(answer(cite(0, 13)), answered=False)) == 0.0


@pytest.mark.parametrize(
    ("text", "markers", "kind", "held"),
    [
        ("Six men left.", (1,), "quoted", 1),
        ("men left", (1,), "quoted", 1),  # a part of what it cites
        ("Six men left.", (2, 1), "quoted", 1),  # one of the two holds it
        ("Six men left.", (2,), "quoted", 0),  # stands in the other one
        ("Six  men left.", (1,), "quoted", 0),  # not verbatim
        ("A few people left.", (1,), "supported", 1),  # was checked
        ("A few people left.", (), "supported", 0),
        ("A few people left.", (3,), "supported", 0),  # there is no [3]
        ("Six men left.", (), "quoted", 0),
    ],
)
def test_support_of_one_statement(text: str, markers: tuple[int, ...], kind: Support, held: float) -> None:
    said = Answer(
        "?",
        text,
        True,
        statements=(Statement(text, markers, kind),),
        citations=(cite(14, 27, marker=1), cite(28, 40, marker=2)),
    )
    assert support(said, read) == held


def test_a_citation_that_does_not_stand_supports_nothing() -> None:
    statement = Statement("Anything.", (1,), "supported")
    good = Answer("?", "", True, statements=(statement,), citations=(cite(14, 27),))
    assert support(good, read) == 1
    assert support(replace(good, citations=(replace(good.citations[0], quote="Seven men."),)), read) == 0


def test_support_is_the_share_of_the_statements() -> None:
    statements = (Statement("Six men left.", (1,), "quoted"), Statement("So.", (), "supported"))
    said = Answer("?", "", True, statements=(*statements, statements[0]), citations=(cite(14, 27),))
    assert support(said, read) == pytest.approx(2 / 3)
    assert support(replace(said, statements=()), read) is None
    assert support(replace(said, answered=False), read) is None


@pytest.mark.parametrize(
    ("start", "end", "enough"),
    [
        (14, 27, True),
        (0, 40, True),  # the shorter one, the gold quotation, is all common
        (14, 20, True),  # so is the shorter one here, the citation
        (20, 34, True),  # 7 of 13, more than the half, 6.5
        (21, 34, False),  # 6 of 13
        (1, 21, True),  # 7 of 13 at the other end
        (1, 20, False),  # 6 of 13
        (26, 28, True),  # 1 of 2 is just half
        (26, 29, False),  # 1 of 3
        (13, 15, True),
        (12, 15, False),
        (27, 40, False),  # next to it
        (0, 14, False),
    ],
)
def test_half_of_the_shorter_has_to_be_common(start: int, end: int, enough: bool) -> None:
    assert cites(cite(start, end), SPAN) is enough
    mirrored = GoldSpan("a.txt", TEXT[start:end], start)
    assert cites(cite(14, 27), mirrored) is enough  # it does not matter which is which


def test_a_citation_is_of_its_file_and_of_every_place_with_the_same_words() -> None:
    assert not cites(cite(14, 27, "c.txt"), SPAN)
    assert cites(cite(3, 16, "c.txt", also=(Place("d.txt", 0, 13), Place("a.txt", 14, 27))), SPAN)
    assert not cites(cite(3, 16, "c.txt", also=(Place("a.txt", 0, 13),)), SPAN)
    assert not cites(cite(14, 27, "c.txt", also=(Place("d.txt", 14, 27),)), SPAN)


def test_a_span_that_was_not_located_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="locate it first"):
        citation_recall(answer(cite(14, 27)), gold((GoldSpan("a.txt", "Six men left."),)))


def test_citation_precision_is_the_share_that_cites_a_quotation_of_any_group() -> None:
    said = answer(cite(0, 13), cite(14, 27), cite(28, 40))
    assert citation_precision(said, gold((SPAN,))) == pytest.approx(1 / 3)
    assert citation_precision(said, gold((SPAN,), (ONE,))) == pytest.approx(2 / 3)  # an equally good source
    assert citation_precision(said, gold((SPAN, TEN), (ONE,))) == 1.0
    assert citation_precision(said, gold((ELSEWHERE,))) == 0.0
    # Two citations of one quotation are both right.
    assert citation_precision(answer(cite(14, 20), cite(21, 27)), gold((SPAN,))) == 1.0


def test_citation_recall_is_that_of_the_best_group() -> None:
    said = answer(cite(0, 13), cite(14, 27))
    assert citation_recall(said, gold((SPAN,))) == 1.0
    assert citation_recall(said, gold((SPAN, ONE))) == 0.5
    assert citation_recall(said, gold((SPAN, ONE, ELSEWHERE))) == pytest.approx(1 / 3)
    assert citation_recall(said, gold((SPAN, ONE), (TEN,))) == 1.0
    assert citation_recall(said, gold((ONE,), (SPAN, ONE))) == 0.5
    assert citation_recall(said, gold((ELSEWHERE,))) == 0.0
    # One citation of both quotations.
    assert citation_recall(answer(cite(0, 27)), gold((SPAN, TEN))) == 1.0


def test_file_precision_counts_citations_and_file_recall_counts_files() -> None:
    said = answer(cite(0, 1), cite(3, 4), cite(0, 13, "b.txt"), cite(0, 13, "c.txt"))  # a, a, b, c
    assert file_precision(said, gold((SPAN,))) == 0.5  # 2 of 4, although their words are others
    assert file_precision(said, gold((SPAN, ELSEWHERE))) == file_precision(said, gold((SPAN,), (ELSEWHERE,))) == 0.75
    assert file_recall(said, gold((SPAN, TEN, ONE))) == 1.0  # all of one file
    missing = GoldSpan("d.txt", "x", 0)
    assert file_recall(said, gold((SPAN, TEN, missing))) == 0.5  # a of a and d
    assert file_recall(said, gold((missing,), (SPAN, ELSEWHERE))) == 1.0
    assert file_recall(said, gold((missing,))) == file_precision(said, gold((missing,))) == 0.0


def test_files_with_the_same_words_count() -> None:
    said = answer(cite(0, 13, "c.txt", also=(Place("b.txt", 5, 18),)))
    assert file_precision(said, gold((ELSEWHERE,))) == file_recall(said, gold((ELSEWHERE,))) == 1.0
    assert file_recall(said, gold((ELSEWHERE, GoldSpan("c.txt", "x", 90)))) == 1.0
    assert citation_precision(said, gold((ELSEWHERE,))) == 0.0  # [5, 18) has 4 of 13 in common with [14, 27)


def test_an_answer_that_cites_nothing_recalls_nothing() -> None:
    uncited = replace(answer(cite(14, 27)), citations=())
    assert citation_recall(uncited, gold((SPAN,))) == file_recall(uncited, gold((SPAN,))) == 0.0
    assert citation_precision(uncited, gold((SPAN,))) is None
    assert file_precision(uncited, gold((SPAN,))) is None


def test_citations_are_not_applicable_to_a_refusal_nor_without_evidence() -> None:
    cited = answer(cite(14, 27))
    for measure in (citation_precision, citation_recall, file_precision, file_recall):
        assert measure(cited, gold((SPAN,))) == 1.0
        assert measure(cited, gold()) is None
        assert measure(REFUSED, gold((SPAN,))) is None
        assert measure(replace(cited, answered=False), gold((SPAN,))) is None


@pytest.mark.parametrize(
    ("precision", "recall", "mean"),
    [(1, 1, 1), (0.5, 1, 2 / 3), (0.2, 0.3, 0.24), (0, 1, 0), (0, 0, 0), (None, 0, 0), (0, None, None)],
)
def test_f1_is_the_harmonic_mean(precision: float | None, recall: float | None, mean: float | None) -> None:
    # 2 * .5 * 1 / 1.5; 2 * .2 * .3 / .5 = .12 / .5
    assert f1(precision, recall) == (None if mean is None else pytest.approx(mean))
