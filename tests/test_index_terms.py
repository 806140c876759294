from concurrent.futures import ThreadPoolExecutor

import pytest

from index.terms import STOP_WORDS, terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("U.S.", "US"),
        ("the U.S. and the U.S.A.", "USA, USA"),
        ("1,200 men", "1200 men"),
        ("1,234,567", "1234567"),
        ("Müller’s naïve café", "Muller naive cafe"),
        ("Russia's", "RUSSIA’S"),
        ("O'Brien", "O’Brien"),
        ("landed", "landing lands"),
        ("North Korea's leader", "north korea leaders"),
    ],
)
def test_the_same_terms(one: str, other: str) -> None:
    assert set(terms(one)) == set(terms(other)) != set()


@pytest.mark.parametrize(("one", "other"), [("1.5", "15"), ("1,20", "120"), ("us", "US"), ("it", "IT's")])
def test_different_terms(one: str, other: str) -> None:
    assert terms(one) != terms(other) or terms(one) == []


def test_in_order_and_repeated() -> None:
    assert terms("Cats, dogs; the cats!") == ["cat", "dog", "cat"]


@pytest.mark.parametrize("text", ["", " ", "The of and, it’s not!", "“…” — * AND OR NOT (", "didn’t"])
def test_no_terms(text: str) -> None:
    assert [term for term in terms(text) if term in STOP_WORDS] == []
    assert terms(text) in ([], ["it"])


def test_what_sqlite_takes_for_an_operator_is_no_part_of_a_term() -> None:
    assert not set('"*():^-+{}') & set("".join(terms('"AND (NEAR*) col:umn ^x -y "quoted" {z} a+b NEAR(a b)')))


def test_other_scripts() -> None:
    assert terms("Путин в Ханое") == ["путин", "в", "ханое"]
    assert terms("日本") == ["日本"]


def test_threads_do_not_share_a_stemmer() -> None:
    words = [f"{word}{ending}" for word in ("land", "report", "talk", "march") for ending in ("ing", "ed", "s", "")]
    expected = terms(" ".join(words))
    with ThreadPoolExecutor(8) as pool:
        assert all(result == expected for result in pool.map(terms, [" ".join(words)] * 400))
