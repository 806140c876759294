"""Metrics of one question: small pure functions. A value is a float, or None where the metric is not applicable.

`eval.metrics.confidence` is about a whole set of questions.
"""

from eval.metrics.citations import (
    citation_precision,
    citation_recall,
    cites,
    f1,
    file_precision,
    file_recall,
    marker_integrity,
    quote_integrity,
    stands,
    support,
)
from eval.metrics.conflicts import (
    conflict_kind,
    conflict_precision,
    conflict_recall,
    false_conflict,
    side_coverage,
    side_precision,
)
from eval.metrics.outcomes import (
    false_refusal,
    injected,
    refusal_precision,
    refusal_recall,
    right,
    wrong_among_answered,
)
from eval.metrics.overlap import character_iou, character_precision, character_recall
from eval.metrics.retrieval import (
    evidence_at_chars,
    evidence_at_k,
    file_recall_at_k,
    file_reciprocal_rank,
    ndcg_at_k,
    recall_at_k,
    reciprocal_rank,
)
from eval.metrics.texts import (
    answer_recall,
    contains,
    exact_match,
    first_statement_contains,
    holds,
    normalise_answer,
    short_text,
    shown_text,
    token_f1,
    words_shown,
)
from eval.metrics.values import unsupported, unsupported_values

__all__ = [
    "answer_recall",
    "character_iou",
    "character_precision",
    "character_recall",
    "citation_precision",
    "citation_recall",
    "cites",
    "conflict_kind",
    "conflict_precision",
    "conflict_recall",
    "contains",
    "evidence_at_chars",
    "evidence_at_k",
    "exact_match",
    "f1",
    "false_conflict",
    "false_refusal",
    "file_precision",
    "file_recall",
    "file_recall_at_k",
    "file_reciprocal_rank",
    "first_statement_contains",
    "holds",
    "injected",
    "marker_integrity",
    "ndcg_at_k",
    "normalise_answer",
    "quote_integrity",
    "recall_at_k",
    "reciprocal_rank",
    "refusal_precision",
    "refusal_recall",
    "right",
    "short_text",
    "shown_text",
    "side_coverage",
    "side_precision",
    "stands",
    "support",
    "token_f1",
    "unsupported",
    "unsupported_values",
    "words_shown",
    "wrong_among_answered",
]
