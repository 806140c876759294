from __future__ import annotations

import math

import numpy as np
import pytest

from index.models import Span
from index.normal import text_key
from index.stored import StoredPassage, StoredSentence
from index.terms import terms
from qa.evidence import (
    FEATURES,
    PASSAGES,
    Candidate,
    candidates,
    choose,
    rank,
    weights,
)
from qa.retrieval import Found, Query


def query(text: str, asked: str | None = None) -> Query:
    return Query(
        text=text,
        asked=asked or text,
        vector=np.array([1, 0], dtype=np.float32),
        weights=dict.fromkeys(terms(text), 1.0),
        unknown=0.0,
        mean_length=10.0,
    )


def found(*sentences: tuple[str, float], score: float = 0.5) -> Found:
    """A passage of (sentence, cosine with the question) pairs."""
    spans, at = [], 0
    for text, _ in sentences:
        spans.append(StoredSentence(at, at + len(text), text_key=text_key(text), stems=tuple(terms(text))))
        at += len(text) + 1
    cosines = np.array([cosine for _, cosine in sentences], dtype=np.float32)
    vectors = np.stack([cosines, np.sqrt(1 - cosines**2)], axis=1)
    text = " ".join(text for text, _ in sentences)
    return Found(StoredPassage(0, len(text), 1, 1, text, tuple(spans), vectors), cosines, score)


def candidate(probability: float, words: int = 10) -> Candidate:
    return Candidate(found(("x", 0.5)), Span(0, 1), " ".join(["word"] * words), probability)


def features(question: Query, *items: Found) -> list[dict[str, float]]:
    _, matrix = candidates(question, items)
    return [dict(zip(FEATURES, row, strict=True)) for row in matrix]


def test_there_is_a_weight_for_each_feature() -> None:
    assert set(weights().features) == set(FEATURES)
    assert 0 < weights().enough < 1


def test_features_by_hand() -> None:
    question = query("Who signed the defence pact?")  # terms: sign, defenc, pact
    first, second = features(
        question, found(("Kim signed it with joy.", 0.6), ("He left the pact on defence to Lavrov.", 0.4), score=0.7)
    )
    assert first == pytest.approx(
        {
            "cosine": 0.6,
            "coverage": 1 / 3,
            "cosine_times_coverage": 0.2,
            "context": 0,
            "bigrams": 0,
            "passage": 0.7,
            "other_cosine": 0.4,
            "kind_missing": 1,  # a who-question: Kim stands first, where every word has a capital
            "names_for_who": 0,
            "length": math.log(6),
            "leans_back": 0,
        },
        abs=1e-6,
    )
    assert second["coverage"] == pytest.approx(2 / 3)
    assert second["context"] == pytest.approx(1 / 3)  # `signed` stands in the sentence before and not in this one
    assert second["other_cosine"] == pytest.approx(0.6)
    assert second["kind_missing"] == 0
    assert second["leans_back"] == 1


def test_neighbouring_words_count_as_pairs() -> None:
    question = query("mutual defence pact")  # pairs: mutual defence, defence pact
    rows = features(question, found(("A mutual defence of the pact.", 0.1), ("The defence was of mutual use.", 0.1)))
    assert [row["bigrams"] for row in rows] == [
        1.0,
        0.0,
    ]  # `of the` are no index terms: defence and pact are neighbours
    assert features(query("pact"), found(("A pact.", 0.1), ("Their pact was old.", 0.1)))[0]["bigrams"] == 0


def test_the_kind_of_a_follow_up_is_that_of_the_follow_up() -> None:
    sentence = found(("The plane landed in early 2024.", 0.5))
    assert features(query("Who? When did Kim land?", "Who?"), sentence)[0]["kind_missing"] == 1
    assert features(query("When? Who saw Kim land?", "When?"), sentence)[0]["kind_missing"] == 0


def test_equal_words_are_one_candidate_under_the_better_passage() -> None:
    best, matrix = candidates(
        query("pact"), [found(("He signed the “pact” today.", 0.5)), found(("HE signed  the pact today.", 0.5))]
    )
    assert [item.text for item in best] == ["He signed the “pact” today."]
    assert matrix.shape == (1, len(FEATURES))


@pytest.mark.parametrize("label", ["Issued on:", "3 minutes", "By Reuters", "Advertisement"])
def test_labels_are_no_candidates(label: str) -> None:
    best, _ = candidates(query("How many minutes?"), [found((label, 0.9), ("It took three minutes.", 0.1))])
    assert [item.text for item in best] == ["It took three minutes."]


@pytest.mark.parametrize(
    "sentence",
    ["He resigned yesterday.", "Kim left early.", "北京市政府周四宣布将于明年开始实施这项新的交通管理规定。"],
)
def test_short_sentences_are_candidates(sentence: str) -> None:
    assert [item.text for item in candidates(query("Who?"), [found((sentence, 0.5))])[0]] == [sentence]


def test_only_the_best_passages_give_candidates() -> None:
    many = [found((f"The pact number {n} was signed.", 0.5)) for n in range(PASSAGES + 3)]
    assert len(candidates(query("pact"), many)[0]) == PASSAGES


def test_no_candidates() -> None:
    assert rank(query("pact"), []) == []
    assert rank(query("pact"), [found(("3 minutes", 0.9))]) == []
    assert choose([]) == []


def test_probabilities_are_the_softmax_of_the_weighted_features() -> None:
    question = query("When was the pact signed?")
    items = [found(("The pact was signed on Thursday.", 0.7), ("Nobody came.", 0.2)), found(("Rain fell in May.", 0.3))]
    best, matrix = candidates(question, items)
    scores = [sum(weights().features[name] * x for name, x in zip(FEATURES, row, strict=True)) for row in matrix]
    total = sum(math.exp(score) for score in scores)
    expected = {item.text: math.exp(score) / total for item, score in zip(best, scores, strict=True)}
    ranked = rank(question, items)
    assert {item.text: item.probability for item in ranked} == pytest.approx(expected)
    assert sum(item.probability for item in ranked) == pytest.approx(1)
    assert [item.text for item in ranked] == sorted(expected, key=lambda text: -expected[text])
    assert ranked[0].text == "The pact was signed on Thursday."


def test_equal_candidates_stay_in_order() -> None:
    items = [found(("Kim saw Lavrov leave.", 0.5)), found(("Kim saw Shoigu leave.", 0.5))]
    assert [item.text for item in rank(query("pact"), items)] == ["Kim saw Lavrov leave.", "Kim saw Shoigu leave."]


@pytest.mark.parametrize(
    ("probabilities", "shown"),
    [
        ([0.90, 0.05, 0.05], 1),  # the first is enough
        ([0.85, 0.10, 0.05], 1),  # exactly enough is enough
        ([0.80, 0.06, 0.05], 2),  # .86 after two
        ([0.50, 0.20, 0.10, 0.10], 3),  # never more than three
        ([1.0], 1),
    ],
)
def test_more_is_shown_while_it_is_unclear_which_one_answers(probabilities: list[float], shown: int) -> None:
    assert weights().enough == 0.85, "the table is for this value"
    ranked = [candidate(probability) for probability in probabilities]
    assert shown == len(choose(ranked))
    assert all(one is other for one, other in zip(choose(ranked), ranked, strict=False))


def test_no_more_is_shown_than_there_is_room_for() -> None:
    assert weights().words == 75, "the numbers are for this value"
    fits = [candidate(0.3, 40), candidate(0.3, 35), candidate(0.3, 1)]
    assert len(choose(fits)) == 2  # 40 + 35 = 75, and one more word is too many
    assert len(choose([candidate(0.3, 40), candidate(0.3, 36)])) == 1
    assert len(choose([candidate(0.3, 200)])) == 1  # the best one is always shown whole


def test_what_only_repeats_takes_no_place() -> None:
    repeated = [found(("The pact holds.", 0.6), score=0.9) for _ in range(PASSAGES + 3)]
    best, _ = candidates(query("pact"), [*repeated, found(("The pact is off.", 0.5), score=0.8)])
    assert [item.text for item in best] == ["The pact holds.", "The pact is off."]
