"""How sure an answer is, what it is refused for, and that the risk which the user takes decides."""

from dataclasses import replace

import numpy as np
import pytest

from index.errors import InputError
from index.settings import Settings
from index.terms import terms
from qa import refusal
from qa.assistant import Assistant
from qa.confidence import SIGNALS, TOPIC_SIGNALS, Confidence, coefficients, confidence, probability, signals
from qa.evidence import Candidate
from qa.retrieval import Found, Query
from tests.test_qa_evidence import found


def query(text: str, unknown: float = 0.0) -> Query:
    return Query(text, text, np.array([1, 0], dtype=np.float32), dict.fromkeys(terms(text), 1.0), unknown, 10.0)


def ranked(item: Found, probability: float) -> list[Candidate]:
    return [Candidate(item, s, item.passage.text_of(s), probability) for s in item.passage.sentences]


@pytest.fixture(scope="module")
def seeds(seeds_settings: Settings) -> Assistant:
    return Assistant(seeds_settings, llm="none")


def test_there_is_a_coefficient_for_each_signal() -> None:
    fitted = coefficients()
    assert set(fitted.right) == {*SIGNALS, "intercept"}
    assert set(fitted.topic) == {*TOPIC_SIGNALS, "intercept"}
    assert 0 < fitted.off_topic_below < 0.5
    assert fitted.right["shown"] > 0 > fitted.right["denial"]
    assert fitted.topic["cosine"] > 0


def test_signals_by_hand() -> None:
    item = found(("The pact of 2019 holds.", 0.5), ("Anna Berg signed it in Oslo.", 0.3))
    question = query("When did Anna leave the pact of 2024?", unknown=1.0)  # terms: anna, leav, pact, 2024
    assert signals(question, [item], ranked(item, 0.4), 1) == pytest.approx(
        {
            "cosine": 0.5,
            "coverage": 2 / 5,  # anna, pact
            "unknown": 1 / 5,
            "shown": 0.4,
            "denial": 0,
            "names_missing": 0,
            "number_missing": 1,
            "kind_offered": 1,
            "length": np.log(9),
        }
    )


def test_a_denied_premise_is_a_signal() -> None:
    item = found(("Anna signed the pact in Oslo.", 0.5))
    told = signals(query("Why did Anna refuse to sign the pact?"), [item], ranked(item, 0.9), 1)
    assert told["denial"] == 1
    assert signals(query("Why did Anna sign the pact?"), [item], ranked(item, 0.9), 1)["denial"] == 0


def test_nothing_found_is_off_topic() -> None:
    sure = confidence(query("pact"), [], [], 0)
    assert (sure.value, sure.doubt(0.99)) == (0, "topic")


def test_what_is_doubted_first() -> None:
    below = coefficients().off_topic_below
    assert Confidence(below - 0.01, 0.9, denied=True).doubt(0.99) == "topic"
    assert Confidence(below - 0.01, 0.9, denied=True).doubt(1.0) is None
    assert Confidence(below, 0.3, denied=True).doubt(0.6) == "premise"
    assert Confidence(below, 0.3, denied=False).doubt(0.6) == "answer"
    assert Confidence(below, 0.3, denied=True).doubt(0.75) is None


def test_a_word_or_two_are_looked_up(seeds: Assistant) -> None:
    assert Confidence(0.9, 0.1, denied=False, keywords=True).doubt(0.5) is None
    assert Confidence(0.1, 0.1, denied=False, keywords=True).doubt(0.5) == "topic"
    assert seeds.ask("Putin").answered


def test_an_off_topic_question_has_little_confidence() -> None:
    assert Confidence(0.1, 0.8, denied=False).value == pytest.approx(0.08)
    assert Confidence(0.9, 0.8, denied=False).value == pytest.approx(0.8)


def test_probability_by_hand() -> None:
    assert probability({"a": 2.0, "b": 5.0}, {"a": 1.5, "intercept": -3.0}) == pytest.approx(0.5)


def test_each_reason_is_told(seeds: Assistant) -> None:
    off = seeds.ask("What is the best way to roast a chicken?")
    assert (off.answered, off.reason) == (False, refusal.NOTHING_FOUND)
    premise = seeds.ask("Why did Putin refuse to sign the treaty with Kim?")
    assert (premise.answered, premise.reason) == (False, refusal.FALSE_PREMISE)
    assert premise.nearest
    assert off.confidence is not None
    assert premise.confidence is not None
    assert off.confidence < premise.confidence < 0.25


def test_the_risk_that_is_taken_decides(seeds_settings: Settings) -> None:
    question = "When did Putin land in Hanoi?"
    with Assistant(replace(seeds_settings, risk=0.02), llm="none") as careful:
        answer = careful.ask(question)
    assert not answer.answered
    assert answer.reason is not None
    assert "98% is asked for" in answer.reason
    with Assistant(replace(seeds_settings, risk=1.0), llm="none") as bold:
        assert bold.ask(question).confidence == answer.confidence
        assert bold.ask("Why did Putin refuse to sign the treaty with Kim?").answered
        assert bold.ask("What is the best way to roast a chicken?").answered
        assert not bold.ask("?!").answered


def test_risk_is_a_number_from_0_to_1(tmp_path) -> None:
    (tmp_path / "byline.toml").write_text("risk = 0.4\n", encoding="utf-8")
    assert Settings.load(tmp_path, environ={}).risk == 0.4
    assert Settings.load(tmp_path, environ={"BYLINE_RISK": "0.1"}).risk == 0.1
    assert Settings.load(tmp_path, environ={}, risk=0.9).risk == 0.9
    for wrong in ("1.5", "-0.1", "nan", "high"):
        with pytest.raises(InputError, match=f"risk must be a number from 0 to 1, not {wrong}"):
            Settings.load(tmp_path, environ={"BYLINE_RISK": wrong})
    (tmp_path / "byline.toml").write_text("risk = true\n", encoding="utf-8")
    with pytest.raises(InputError, match="risk"):
        Settings.load(tmp_path, environ={})
