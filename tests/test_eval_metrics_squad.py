"""Exact match and token F1 as the official evaluation of SQuAD gives them; expectations worked out by hand.

Its `normalize_answer` lowers, then drops ASCII punctuation, then a/an/the as whole words, then joins by single spaces.
"""

import pytest

from eval.gold import Gold
from eval.metrics import exact_match, normalise_answer, token_f1


@pytest.mark.parametrize(
    ("predicted", "aliases", "exact", "f1"),
    [
        ("Denver Broncos", ["Denver Broncos"], 1, 1),
        ("the Denver  Broncos.", ["Denver Broncos"], 1, 1),  # article, spaces, full stop
        ("DENVER\nbroncos", ["denver Broncos!"], 1, 1),
        ("Broncos", ["Denver Broncos"], 0, 2 / 3),  # precision 1, recall 1/2
        ("the Denver Broncos football team", ["Denver Broncos"], 0, 2 / 3),  # 2/4, 1
        ("Carolina Panthers", ["Denver Broncos"], 0, 0),
        ("Denver", ["Denver Broncos", "Denver"], 1, 1),  # the best alias
        ("Levi's Stadium", ["Levi’s Stadium"], 0, 0.5),  # "levis" is not "levi’s": only ASCII is dropped
        ("U.S.", ["US"], 1, 1),
        ("1,200", ["1200"], 1, 1),
        ("$1.50", ["150"], 1, 1),  # punctuation goes, wherever it stands
        ("well-known", ["well known"], 0, 0),  # "wellknown"
        ("a b c a", ["a b a c"], 1, 1),  # both are "b c"
        ("new york new york", ["new york"], 0, 2 / 3),  # 2 common of 4 and 2
        ("new york", ["new new york"], 0, 0.8),  # 2 common of 2 and 3
        ("ha ha ha", ["ha ha"], 0, 0.8),  # 2 common of 3 and 2: each as often as both have it
        ("Broncos Denver", ["Denver Broncos"], 0, 1),  # F1 knows no order
        ("", ["Denver"], 0, 0),
        ("the", ["Denver"], 0, 0),  # nothing is left
        ("...", ["Denver", "the"], 0, 0),  # an alias of which nothing is left is left out, as there
        ("Café", ["cafe"], 0, 0),  # accents stay
    ],
)
def test_as_the_official_evaluation(predicted: str, aliases: list[str], exact: float, f1: float) -> None:
    gold = Gold("q", "?", answers=(tuple(aliases),))
    assert exact_match(predicted, gold) == exact
    assert token_f1(predicted, gold) == pytest.approx(f1)


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("The-man", "theman"),  # punctuation goes before articles
        ("a.n. other", "other"),  # "an" once the full stops are gone
        ("the a an THE", ""),
        ("another theme", "another theme"),
        ("“The” man", "“ ” man"),  # typographic quotes stay; the article between them goes
        ("one\t two\u00a0three", "one two three"),  # split() knows the no-break space
    ],
)
def test_the_order_of_normalisation(text: str, normalised: str) -> None:
    assert normalise_answer(text) == normalised
