"""The curve of answers held against words shown, on a corpus where it is known."""

import pytest

from eval.curve import DEEPEST, curve
from eval.gold import Gold, save_gold


def test_the_points_count_words_and_answers(tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text("Anna bought seven tractors in Springfield. She paid in cash.", encoding="utf-8")
    rows = [
        Gold(id="1", question="How many tractors did Anna buy?", answers=(("seven",),), split="test"),
        Gold(id="2", question="Who bought tractors in Springfield?", answers=(("Boris",),), split="test"),
        Gold(id="3", question="Is it scored?", split="test"),
    ]
    save_gold(tmp_path / "gold.jsonl", rows)
    fixed, shown = curve(tmp_path / "gold.jsonl", corpus, tmp_path / "store")
    assert len(fixed) == DEEPEST
    # Both questions: the first sentence has 6 words, both together 10; "seven" is in it, "Boris" nowhere.
    assert fixed[0] == pytest.approx((6, 0.5))
    assert fixed[1:] == [pytest.approx((10, 0.5))] * (DEEPEST - 1)
    assert shown[1] == 0.5
