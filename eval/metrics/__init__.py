"""Metrics of one question: small pure functions. A value is a float, or None where the metric is not applicable."""

from eval.metrics.citations import quote_integrity
from eval.metrics.retrieval import evidence_at_chars, evidence_at_k, ndcg_at_k, recall_at_k, reciprocal_rank
from eval.metrics.texts import (
    answer_recall,
    contains,
    exact_match,
    first_statement_contains,
    normalise_answer,
    short_text,
    shown_text,
    token_f1,
    words_shown,
)

__all__ = [
    "answer_recall",
    "contains",
    "evidence_at_chars",
    "evidence_at_k",
    "exact_match",
    "first_statement_contains",
    "ndcg_at_k",
    "normalise_answer",
    "quote_integrity",
    "recall_at_k",
    "reciprocal_rank",
    "short_text",
    "shown_text",
    "token_f1",
    "words_shown",
]
