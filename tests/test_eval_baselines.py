from collections.abc import Sequence
from math import log

import numpy as np
import pytest

from eval.baselines import ParagraphBM25, ParagraphDense, paragraphs
from index.embed import Embedder, Vectors
from qa.models import Hit, Place

TEXTS = {"a.txt": "Dogs ran.\n\nA dog ran and ran", "b.txt": "Cats slept"}


def test_paragraphs_are_what_stands_between_blank_lines() -> None:
    #       0123456 789012 3456 789
    text = "  One.\nTwo.\r\n \r\nThree \n\n\n"
    assert paragraphs({"a.txt": text}) == [Place("a.txt", 2, 11), Place("a.txt", 16, 21)]
    assert (text[2:11], text[16:21]) == ("One.\nTwo.", "Three")
    assert paragraphs({"a.txt": " \n\n "}) == []


def test_bm25() -> None:
    # Paragraphs of 2, 5 and 2 stems, mean 3. "dog" stands in 2 of 3, "cat" in 1.
    # IDF of dog: ln(1 + 1.5 / 2.5). Norm of 2 stems: 1.5 * (.25 + .75 * 2/3) = 1.125; of 5: 1.5 * (.25 + 1.25) = 2.25.
    # Score, once in it: IDF * 2.5 / (1 + norm).
    idf = log(1.6)
    assert ParagraphBM25(TEXTS).search("The DOG?") == [
        Hit("a.txt", 0, 9, "Dogs ran.", pytest.approx(idf * 2.5 / 2.125)),  # type: ignore[arg-type]
        Hit("a.txt", 11, 28, "A dog ran and ran", pytest.approx(idf * 2.5 / 3.25)),  # type: ignore[arg-type]
    ]


def test_bm25_saturates_with_repetition() -> None:
    # "ran" once in the first (norm 1.125), twice in the second (norm 2.25): 2.5/2.125 = 1.176 against 5/4.25 = 1.176.
    first, second = ParagraphBM25(TEXTS).search("ran ran")  # a word of the question counts once
    assert first.score == pytest.approx(log(1.6) * 2.5 / 2.125)
    assert second.score == pytest.approx(log(1.6) * 5 / 4.25)


def test_bm25_finds_nothing_without_a_common_stem() -> None:
    assert ParagraphBM25(TEXTS).search("elephants?") == []


class Letters(Embedder):
    """A text's vector: its share of the letters d and c."""

    def encode(self, sentences: Sequence[str], report: object = None) -> Vectors:
        vectors = np.array([[text.lower().count(letter) for letter in "dc"] for text in sentences], dtype=np.float32)
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def encode_question(self, question: str) -> Vectors:
        vector: Vectors = self.encode([question])[0]
        return vector


def test_dense_ranks_all_paragraphs_by_cosine_and_ties_by_place() -> None:
    hits = ParagraphDense(TEXTS, Letters()).search("cd")
    # d and c of the paragraphs: (1, 0), (2, 0), (0, 1): all at 45 degrees from (1, 1).
    assert [(hit.file, hit.start) for hit in hits] == [("a.txt", 0), ("a.txt", 11), ("b.txt", 0)]
    assert [hit.score for hit in hits] == pytest.approx([0.5**0.5] * 3)
    assert ParagraphDense(TEXTS, Letters()).search("ccc")[0] == Hit("b.txt", 0, 10, "Cats slept", 1.0)
