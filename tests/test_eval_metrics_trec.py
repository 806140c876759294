"""Our ranking metrics against trec_eval, where the definitions coincide: hits and gold spans are whole documents."""

import random

import pytest
import pytrec_eval

from eval.gold import Gold, GoldSpan
from eval.metrics import file_recall_at_k, file_reciprocal_rank, ndcg_at_k, recall_at_k, reciprocal_rank
from qa.models import Hit

LENGTH = 10  # characters of a document
FILES = [f"{n:02}.txt" for n in range(30)]


def hits(ranking: list[str]) -> list[Hit]:
    return [Hit(file, 0, LENGTH, "x" * LENGTH, 1 / rank) for rank, file in enumerate(ranking, start=1)]


def gold(files: list[str]) -> Gold:
    return Gold("q", "?", evidence=(tuple(GoldSpan(file, "x" * LENGTH, 0) for file in files),))


def trec(ranking: list[str], relevant: list[str], measure: str, name: str) -> float:
    evaluator = pytrec_eval.RelevanceEvaluator({"q": dict.fromkeys(relevant, 1)}, {measure})
    # trec_eval sorts by score, not by place.
    found: float = evaluator.evaluate({"q": {file: 100.0 - place for place, file in enumerate(ranking)}})["q"][name]
    return found


def drawn(seed: int) -> tuple[list[str], list[str]]:
    """A ranking of 1 to 20 documents, and 1 to 14 relevant ones, which need not be in it."""
    draw = random.Random(seed)
    return draw.sample(FILES, draw.randint(1, 20)), draw.sample(FILES, draw.randint(1, 14))


@pytest.mark.parametrize("seed", range(200))
def test_as_trec_eval(seed: int) -> None:
    ranking, relevant = drawn(seed)
    found, wanted = hits(ranking), gold(relevant)
    assert ndcg_at_k(found, wanted, 10) == pytest.approx(trec(ranking, relevant, "ndcg_cut.10", "ndcg_cut_10"))
    recall = trec(ranking, relevant, "recall.10", "recall_10")
    assert recall_at_k(found, wanted, 10) == file_recall_at_k(found, wanted, 10) == pytest.approx(recall)
    rank = trec(ranking[:10], relevant, "recip_rank", "recip_rank")  # trec_eval has no cut for it
    assert reciprocal_rank(found, wanted, 10) == file_reciprocal_rank(found, wanted, 10) == pytest.approx(rank)


def test_the_draws_hold_every_case() -> None:
    cases = [drawn(seed) for seed in range(200)]
    assert any(not set(ranking[:10]) & set(relevant) for ranking, relevant in cases)  # nothing found
    assert any(set(relevant) <= set(ranking[:10]) for ranking, relevant in cases)  # all found
    assert any(set(ranking[10:]) & set(relevant) for ranking, relevant in cases)  # something below the cut
    assert any(len(relevant) > 10 for _, relevant in cases)  # more than the cut can hold
    assert any(len(ranking) < 10 for ranking, _ in cases)


@pytest.mark.parametrize("seed", range(20))
def test_a_file_counts_at_its_best_passage(seed: int) -> None:
    ranking, relevant = drawn(seed)
    draw = random.Random(seed)
    passages = []  # each file at its place, and any file that was found before it again after it
    for place, file in enumerate(ranking, start=1):
        passages += [file, *draw.choices(ranking[:place], k=draw.randint(0, 3))]
    found, wanted = hits(passages), gold(relevant)
    recall = trec(ranking, relevant, "recall.10", "recall_10")
    assert file_recall_at_k(found, wanted, 10) == pytest.approx(recall)
    rank = trec(ranking[:10], relevant, "recip_rank", "recip_rank")
    assert file_reciprocal_rank(found, wanted, 10) == pytest.approx(rank)


def test_of_a_file_any_passage_counts_and_any_gold_span() -> None:
    wanted = Gold("q", "?", evidence=((GoldSpan("a.txt", "x", 90), GoldSpan("a.txt", "x", 95)),))
    found = hits(["b.txt", "a.txt"])
    assert file_recall_at_k(found, wanted, 10) == 1.0
    assert file_reciprocal_rank(found, wanted, 10) == 0.5
    assert recall_at_k(found, wanted, 10) == reciprocal_rank(found, wanted, 10) == 0.0


def test_file_recall_is_that_of_the_best_group_and_file_rank_that_of_any() -> None:
    a, b, c = (GoldSpan(file, "x", 0) for file in ("a.txt", "b.txt", "c.txt"))
    wanted = Gold("q", "?", evidence=((a, b, c), (b, c)))
    assert file_recall_at_k(hits(["z.txt", "a.txt"]), wanted, 10) == pytest.approx(1 / 3)
    assert file_recall_at_k(hits(["z.txt", "b.txt"]), wanted, 10) == 0.5
    assert file_reciprocal_rank(hits(["z.txt", "a.txt"]), wanted, 10) == 0.5


def test_without_evidence_files_are_not_applicable() -> None:
    assert file_recall_at_k(hits(["a.txt"]), Gold("q", "?"), 10) is None
    assert file_reciprocal_rank(hits(["a.txt"]), Gold("q", "?"), 10) is None
