"""What tells a short answer that is right: kinds, edges, and words of the question around it."""

from __future__ import annotations

import numpy as np
import pytest

from qa.models import Citation
from qa.spans import FEATURES, Copied, Short, Weights, features, fitted, widened

BUILT = "The ferry, built by Remontowa in May 2019, cost more than 14 million euros and carries up to 320 passengers."


def cited(quote: str, title: str = "", file: str = "ferry.txt", score: float = 0.5) -> Citation:
    return Citation(1, file, 0, len(quote), quote, 1, None, "", title or None, None, score)


def copied(text: str, quote: str = BUILT, *logprobs: float) -> Copied:
    start = quote.index(text)
    return Copied(Short(text, 0, start, start + len(text), None), logprobs or (-1.0,))


def told(question: str, text: str, quote: str = BUILT, title: str = "", file: str = "ferry.txt") -> dict[str, float]:
    (row,) = features(question, [cited(quote, title, file)], [copied(text, quote)])
    return dict(zip(FEATURES, row, strict=True))


def named(question: str, text: str, quote: str = BUILT, **more: str) -> set[str]:
    """The features that are yes or no and are yes."""
    return {name for name, value in told(question, text, quote, **more).items() if value == 1.0}


def test_what_the_model_says() -> None:
    spans = [copied("320", BUILT, -0.2, -0.4), copied("Remontowa", BUILT, -9.0)]
    one, other = (dict(zip(FEATURES, row, strict=True)) for row in features("How many?", [cited(BUILT)], spans))
    assert (one["likelihood"], one["mean"], one["least"], one["first"]) == pytest.approx((-0.6, -0.3, -0.4, -0.2))
    assert (one["behind"], other["behind"]) == (0, 8)  # 8.4, but no more than 8 counts
    assert one["evidence"] == pytest.approx(np.log(0.5))
    shorter = Copied(spans[0].short, (-0.2,), shorter=True)
    assert features("How many?", [cited(BUILT)], [shorter])[0][FEATURES.index("shorter")] == 1


def test_a_number_that_is_asked_for() -> None:
    question = "How many passengers does the ferry carry?"
    found = named(question, "320")
    assert {"asks_number", "number", "number_alone", "number_whole", "counted"} <= found
    assert "counted" not in named(question, "14 million")
    assert "number_whole" not in named(question, "million")
    assert "stray_year" in named(question, "2019")
    assert "stray_number" in named("Who built the ferry?", "2019")
    assert "number_alone" in named(question, "up to 320")
    for share in ("5%", "5 per cent", "5 percent"):
        assert "percent" in named("What percentage voted?", share, f"Only {share} voted.")
    assert "counted" in named("How many people died in the fire?", "300", "The fire killed 300 people.")


def test_a_time_that_is_asked_for() -> None:
    assert {"asks_time", "time", "time_whole"} <= named("When was the ferry built?", "May 2019")
    assert "time_whole" not in named("When was the ferry built?", "2019")
    assert "year" in named("In what year was the ferry built?", "2019")
    assert "time_missing" in named("When was the ferry built?", "Remontowa")


def test_a_name_that_is_asked_for() -> None:
    assert {"asks_name", "name"} <= named("Who built the ferry?", "Remontowa")
    assert "name" not in named("Who is Remontowa?", "Remontowa")  # asked already
    assert "other_name" in named("What was built?", "Remontowa")
    assert "name" not in named("Who built the ferry?", "built by Remontowa")


def test_rivals_are_words_of_the_kind_that_is_asked_for() -> None:
    quote = "In 1900 Kim, Lee and Ron sold 30 of 50 ferries to Hanoi in March."
    assert told("How many ferries?", "30", quote)["rivals"] == pytest.approx(np.log(2))  # 50; no year
    assert told("When?", "March", quote)["rivals"] == pytest.approx(np.log(2))  # 1900
    assert told("Who sold ferries to Hanoi?", "Kim", quote)["rivals"] == pytest.approx(np.log(4))  # Lee, Ron, March


def test_two_that_are_asked_for() -> None:
    quote = "The streets are Fresno and Thorne."
    assert "pair" in named("Between which two streets?", "Fresno and Thorne", quote)
    assert "pair_missing" in named("Between which two streets?", "Thorne", quote)
    assert {"pair", "pair_missing"}.isdisjoint(named("Which streets?", "Fresno and Thorne", quote))


def test_edges() -> None:
    quote = "He met Kim Jong Un, the leader of North Korea, in Hanoi."
    assert {"cut_left", "cut_right"} <= named("Who?", "Jong", quote)
    assert {"cut_left", "cut_right"}.isdisjoint(named("Who?", "Kim Jong Un", quote))
    assert "cut_left" in named("Who?", "Rivera", "Ron Rivera led it.")
    assert "cut_left" not in named("Who?", "Rivera", "The Rivera led it.")
    assert "cut_left" in named("Who?", "Rivera", "It was Ron\nRivera.")
    assert "comma" in named("Who?", "Kim Jong Un, the leader", quote)
    assert "before_break" in named("Who?", "Kim Jong Un", quote)
    assert "before_break" not in named("Who?", "Kim Jong", quote)
    assert "after_preposition" in named("Where?", "Hanoi", quote)
    assert "after_determiner" in named("Who?", "leader", quote)
    assert "lone_word" in named("Who?", "leader", quote)
    assert "function_first" in named("Where?", "in Hanoi", quote)
    assert "function_last" in named("Who?", "leader of", quote)
    assert told("Who?", "leader of", quote)["function_words"] == 0.5
    assert told("What leader?", "leader of", quote)["echo"] == 0.5


def test_words_of_the_question_around_it() -> None:
    quote = "Ron Rivera led the Panthers, and Manning created a new play."
    assert "after_is_verb" in named("Who led the Panthers?", "Ron Rivera", quote)
    assert "before_is_last" in named("What had Manning created?", "a new play", quote)
    assert {"noun_within", "noun_beside"} & named("Which river is it?", "Red", "The Red River is it.") == {
        "noun_beside"
    }
    assert "noun_within" in named("Which river is it?", "Red River", "The Red River is it.")
    assert told("Who led the Panthers?", "Ron Rivera", quote)["near"] == 2


def test_the_topic_is_seldom_the_answer() -> None:
    assert told("What?", "ferry")["topic"] == 1
    assert told("What?", "Remontowa", title="Remontowa builds")["topic"] == 1
    assert told("What?", "Remontowa")["topic"] == 0
    assert told("What did Remontowa invent?", "cost")["coverage"] == 0.5


@pytest.mark.parametrize(
    ("question", "text", "wide"),
    [
        ("How many passengers?", "320", "up to 320"),
        ("How much did it cost?", "14 million euros", "more than 14 million euros"),
        ("When was it built?", "2019", "May 2019"),
        ("In what year was it built?", "2019", "2019"),
        ("Who built it?", "Remontowa", "Remontowa"),
    ],
)
def test_a_number_has_its_qualifier_and_a_date_its_month(question: str, text: str, wide: str) -> None:
    (span,) = widened(question, [cited(BUILT)], [copied(text)])
    assert span.short.text == wide
    assert BUILT[span.short.start : span.short.end] == wide


def test_a_whole_date() -> None:
    for date in ("May 18, 1756", "18 May 1756", "18 May, 1756"):
        quote = f"War was declared on {date}, in vain."
        (span,) = widened("When was war declared?", [cited(quote)], [copied("1756", quote)])
        assert span.short.text == date
    once = widened("When?", [cited(BUILT)], [copied("May 2019"), copied("2019")])
    assert [span.short.text for span in once] == ["May 2019"]


@pytest.mark.parametrize(
    ("quote", "text", "wide"),
    [
        ("They may 2019 times.", "2019", "2019"),
        ("They beat Arsenal 2-1 May 3, 2019.", "May 3, 2019", "May 3, 2019"),
        ("The Apollo 11 1969 landing.", "1969", "1969"),
        ("They won over Germany in 2018.", "Germany in 2018", "Germany in 2018"),
        ("More than 1500 people came.", "1500 people", "More than 1500 people"),
        ("It carries up to\n320 people.", "320", "up to\n320"),
        ("He came on 3\nApr. 2019.", "Apr. 2019", "3\nApr. 2019"),
        ("Up to 1 2 3 4 5 6 7 8 9 10 came.", "1 2 3 4 5 6 7 8 9 10", "1 2 3 4 5 6 7 8 9 10"),  # ten words and no more
    ],
)
def test_what_belongs_to_a_span(quote: str, text: str, wide: str) -> None:
    (span,) = widened("When did the New Year's party begin?", [cited(quote)], [copied(text, quote)])
    assert span.short.text == wide


def test_nothing_to_tell_of_nothing() -> None:
    assert features("Who?", [], []).shape == (0, len(FEATURES))
    assert widened("Who?", [], []) == []


def test_weights_are_there_for_the_bundled_model() -> None:
    weights = fitted()["smollm2"]
    assert set(weights.features) == set(FEATURES)
    assert 0 < weights.show_above <= 1
    wary = Weights(dict.fromkeys(FEATURES, 0.0) | {"number": 2.0}, -1.0, 0.5, "")
    rows = np.zeros((2, len(FEATURES)))
    rows[1, FEATURES.index("number")] = 1
    assert wary.probabilities(rows) == pytest.approx([1 / (1 + np.e), 1 / (1 + np.exp(-1))])
