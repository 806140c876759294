"""One answer against one gold question: every metric that a run reports, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from eval import metrics
from eval.gold import Gold
from qa.models import Answer

Read = Callable[[str], str]
Scores = dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric with its name in a report. `places`: decimals to print."""

    name: str
    function: Callable[[Answer, Gold, Read], float | None]
    places: int = 3


RETRIEVAL = (
    Metric("Evidence@1", lambda answer, gold, read: metrics.evidence_at_k(answer.hits, gold, 1)),
    Metric("Evidence@5", lambda answer, gold, read: metrics.evidence_at_k(answer.hits, gold, 5)),
    Metric("Evidence@1000 characters", lambda answer, gold, read: metrics.evidence_at_chars(answer.hits, gold, 1000)),
    Metric("Evidence@2000 characters", lambda answer, gold, read: metrics.evidence_at_chars(answer.hits, gold, 2000)),
    Metric("Recall@10", lambda answer, gold, read: metrics.recall_at_k(answer.hits, gold, 10)),
    Metric("MRR@10", lambda answer, gold, read: metrics.reciprocal_rank(answer.hits, gold, 10)),
    Metric("nDCG@10", lambda answer, gold, read: metrics.ndcg_at_k(answer.hits, gold, 10)),
)
ANSWER = (
    Metric("Answered", lambda answer, gold, read: float(answer.answered)),
    Metric("Contains", lambda answer, gold, read: metrics.contains(metrics.shown_text(answer), gold)),
    Metric("First statement contains", lambda answer, gold, read: metrics.first_statement_contains(answer, gold)),
    Metric("Answer recall", lambda answer, gold, read: metrics.answer_recall(metrics.shown_text(answer), gold)),
    Metric("Exact match", lambda answer, gold, read: metrics.exact_match(metrics.short_text(answer), gold)),
    Metric("Token F1", lambda answer, gold, read: metrics.token_f1(metrics.short_text(answer), gold)),
    Metric("Words shown", lambda answer, gold, read: metrics.words_shown(answer), places=1),
    Metric("Quote integrity", lambda answer, gold, read: metrics.quote_integrity(answer, read)),
)
METRICS = (*RETRIEVAL, *ANSWER)


def score(answer: Answer, gold: Gold, read: Read, answers: bool) -> Scores:
    """All metrics by name; None is *not applicable*, as those of an answer are for a system that only retrieves."""
    applicable = METRICS if answers else RETRIEVAL
    return {metric.name: metric.function(answer, gold, read) if metric in applicable else None for metric in METRICS}
