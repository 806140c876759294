import pytest

from eval.gold import Gold
from eval.metrics import (
    answer_recall,
    contains,
    exact_match,
    first_statement_contains,
    holds,
    normalise_answer,
    quote_integrity,
    short_text,
    shown_text,
    token_f1,
    words_shown,
)
from qa.models import Answer, Citation, Statement


def cite(marker: int, file: str, start: int, quote: str, end: int | None = None) -> Citation:
    end = start + len(quote) if end is None else end
    return Citation(marker, file, start, end, quote, 1, None, "0" * 64, None, None, 1.0)


def answered(text: str, *statements: str, markers: int = 1, short: str | None = None) -> Answer:
    return Answer(
        "?",
        text,
        answered=True,
        short=short,
        statements=tuple(Statement(statement, (1,), "quoted") for statement in statements),
        citations=tuple(cite(marker, "a.txt", 0, "x") for marker in range(1, markers + 1)),
    )


REFUSED = Answer("?", "The articles do not say when it was 308.", answered=False, reason="nothing found")
POINTS = Gold("q", "?", answers=(("308", "308 points"),))
BOTH = Gold("q", "?", answers=(("1,200",), ("1,500", "about 1500")))
UNANSWERABLE = Gold("q", "?", answerable=False, answers=(("308",),))


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("The  Panthers'\n defense!", "panthers defense"),
        ("a U.S. $1,200-plus an hour", "us 1200plus hour"),
        ("Athena and the Theatre", "athena and theatre"),  # articles as whole words alone
        ("the", ""),
    ],
)
def test_normalise_answer(text: str, normalised: str) -> None:
    assert normalise_answer(text) == normalised


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("They gave up just 308 points.", 1.0),
        ("“308”, he said", 1.0),  # typographic quotes are no part of a token
        ("in 1990\u2013308 seasons", 1.0),
        ("They gave up 1308 points.", 0.0),
        ("They gave up 3,08.5 points.", 0.0),  # 3085
        ("", 0.0),
    ],
)
def test_contains_on_token_boundaries(text: str, held: float) -> None:
    assert contains(text, POINTS) == held


def test_all_answer_groups_are_wanted_and_any_alias_of_each_counts() -> None:
    assert answer_recall("Some say 1200, some ABOUT 1,500.", BOTH) == 1.0
    assert contains("Some say 1200, some ABOUT 1,500.", BOTH) == 1.0
    assert answer_recall("Some say 1200.", BOTH) == 0.5  # one of two groups
    assert contains("Some say 1200.", BOTH) == 0.0


def test_without_gold_answers_nothing_about_the_text_is_applicable() -> None:
    for gold in (Gold("q", "?"), UNANSWERABLE, Gold("q", "?", answers=(("the",),))):
        assert contains("308", gold) is None
        assert answer_recall("308", gold) is None
        assert exact_match("308", gold) is None
        assert token_f1("308", gold) is None
        assert first_statement_contains(answered("308", "308"), gold) is None


def test_exact_match_and_f1_take_the_best_alias() -> None:
    gold = Gold("q", "?", answers=(("the city of Hanoi", "Hanoi"),))
    assert (exact_match("Hanoi.", gold), exact_match("in Hanoi", gold)) == (1.0, 0.0)
    # "in Hanoi" against "hanoi": 1 common, precision 1/2, recall 1: F1 = 2/3.
    # Against "city of hanoi": 1 common, precision 1/2, recall 1/3: F1 = 2/5.
    assert token_f1("in Hanoi", gold) == pytest.approx(2 / 3)
    assert token_f1("Saigon", gold) == token_f1("", gold) == 0.0


def test_f1_counts_a_repeated_token_as_often_as_both_have_it() -> None:
    # 2 common of 3 predicted and of 2 gold: precision 2/3, recall 1, F1 = 4/5.
    assert token_f1("ha ha ha", Gold("q", "?", answers=(("ha ha",),))) == pytest.approx(0.8)


def test_markers_are_not_shown_but_numbers_in_brackets_are() -> None:
    answer = answered("It was 308 [1][2]. As ever [7].", markers=2)
    assert shown_text(answer) == "It was 308. As ever [7]."
    assert words_shown(answer) == 6.0  # It was 308. As ever [7].
    assert contains(shown_text(answered("In 1990[1].")), Gold("q", "?", answers=(("1",),))) == 0.0


def test_a_refusal_shows_nothing_and_has_no_length() -> None:
    assert shown_text(REFUSED) == short_text(REFUSED) == ""
    assert words_shown(REFUSED) is None
    assert contains(shown_text(REFUSED), POINTS) == 0.0  # although its words hold "308"
    assert first_statement_contains(REFUSED, POINTS) == 0.0


def test_first_statement_contains() -> None:
    assert first_statement_contains(answered("308[1]. No. [1]", "308[1].", "No. [1]"), POINTS) == 1.0
    assert first_statement_contains(answered("No. [1] 308. [1]", "No. [1]", "308. [1]"), POINTS) == 0.0


def test_short_text_is_the_short_answer_where_there_is_one() -> None:
    assert short_text(answered("It was 308 [1].", short="308")) == "308"
    assert short_text(answered("It was 308 [1].")) == "It was 308."


def test_quote_integrity() -> None:
    texts = {"a.txt": "one two three"}
    good = cite(1, "a.txt", 4, "two")
    broken = [
        cite(2, "a.txt", 5, "two"),  # one character off
        cite(3, "b.txt", 4, "two"),  # no such file
        cite(4, "a.txt", -5, "three", end=13),  # text[-5:13] happens to be "three"
        cite(5, "a.txt", 4, ""),  # an empty quotation
    ]
    read = texts.__getitem__
    assert quote_integrity(Answer("?", "", True, citations=(good,)), read) == 1.0
    assert quote_integrity(Answer("?", "", True, citations=(good, *broken)), read) == 0.2  # 1 of 5
    assert quote_integrity(Answer("?", "", True), read) is None


@pytest.mark.parametrize(
    ("text", "words", "held"),
    [
        ("It cost $2.5 million.", "2.5", True),
        ("It cost $25 million.", "2.5", False),
        ("It cost $2.5 million.", "25", False),
        ("It cost $2.5 million.", "5", False),
        ("It cost $1,200.", "1200", True),
        ("The U.S. said so.", "US", True),
        ("at Australia’s university", "Australia's university", True),
        ("a “mutual defense” pact", '"mutual defense" pact', True),
        ("It ended in 2022. 5 came.", "2022", True),
        ("Anything at all", "the", False),
    ],
)
def test_words_are_held_on_the_boundaries_of_words_and_numbers(text: str, words: str, held: bool) -> None:
    assert holds(text, words) is held
    assert contains(text, Gold("q", "?", answers=((words,),))) == (held if words != "the" else None)
