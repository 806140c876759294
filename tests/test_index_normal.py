import pytest

from index.normal import same_words, text_key

SENTENCE = "“We won’t go,” Mr. Smith said."


@pytest.mark.parametrize(
    "other",
    [
        '"We won\'t go," Mr. Smith said.',
        "‘We won’t go,’ Mr. Smith said.",
        "“WE WON’T GO,” MR. SMITH SAID.",
        "  “We\nwon’t  go,” Mr.\u00a0Smith said. ",
        "We won’t go, Mr. Smith said.",
        "«We won‘t go,» Mr. Smith said.",
    ],
)
def test_case_marks_and_space_make_no_difference(other: str) -> None:
    assert same_words(other) == same_words(SENTENCE)
    assert text_key(other) == text_key(SENTENCE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("About 1,200 people marched.", "About 1,500 people marched."),
        ("It cost $1.5 billion.", "It cost $15 billion."),
        ("He said “never.”", "He said “ever.”"),
        ("We won’t go.", "We wont go."),
        ("He went.", "He went"),
        ("The U.S. agreed.", "The US agreed."),
        ("It rose -5%.", "It rose 5%."),
        ("Müller left.", "Muller left."),
        ("a b", "ab"),
    ],
)
def test_any_other_difference_counts(one: str, other: str) -> None:
    assert same_words(one) != same_words(other)
    assert text_key(one) != text_key(other)


def test_the_key_fits_an_integer_of_sqlite_and_stays_what_it_is() -> None:
    assert min(map(text_key, "abcdefgh")) >= 0
    assert max(map(text_key, map(str, range(1_000)))) < 2**63
    assert text_key("Putin landed in Hanoi.") == 972_970_753_277_782_272  # stores hold it
    assert text_key("\ud800") >= 0
