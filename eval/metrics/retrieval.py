"""Is the gold evidence among the hits, and how early? By character offsets, never by ids of a system's own.

A gold span is *found* by a list of hits when every character of its quotation that is not white space lies in the union
of their ranges in that file. So a passage may be cut anywhere, and two hits may hold the span together. All functions
want located gold (`eval.gold.locate`), and give None for a question without gold evidence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from eval.gold import Gold, GoldSpan
from qa.models import Hit, Place


def evidence_at_k(hits: Sequence[Hit], gold: Gold, k: int) -> float | None:
    """1 if every span of some evidence group is found by the first `k` hits, else 0. Definition: ours."""
    return _complete(_places(hits[:k]), gold)


def evidence_at_chars(hits: Sequence[Hit], gold: Gold, n: int) -> float | None:
    """1 if every span of some evidence group is found in the first `n` characters of the hits, else 0.

    The hits are read down from the best; each costs `end - start` characters, also where it repeats an earlier one, and
    the last one is cut to what remains of `n`. Definition: ours; what a language model with a budget gets to see.
    """
    return _complete(_within(hits, n), gold)


def recall_at_k(hits: Sequence[Hit], gold: Gold, k: int) -> float | None:
    """Share of an evidence group's spans that the first `k` hits find; the best group counts.

    Recall as in trec_eval, with spans in place of documents.
    """
    if not gold.evidence:
        return None
    places = _places(hits[:k])
    return max(sum(_found(span, places) for span in group) / len(group) for group in gold.evidence)


def reciprocal_rank(hits: Sequence[Hit], gold: Gold, k: int) -> float | None:
    """1 / rank of the first hit that completes a gold span of any group, 0 if none of the first `k` does.

    MRR (Voorhees, TREC-8, 1999) is its mean over questions.
    """
    if not gold.evidence:
        return None
    ranks = [rank for group in gold.evidence for rank in _ranks(hits[:k], group)]
    return 1 / min(ranks) if ranks else 0.0


def ndcg_at_k(hits: Sequence[Hit], gold: Gold, k: int) -> float | None:
    """nDCG (Järvelin and Kekäläinen, 2002) of the first `k` hits with binary relevance; the best group counts.

    A hit is relevant if it completes a span of the group that the hits before it did not find: the same evidence again
    gains nothing. The gain at rank r is 1 / log2(1 + r). The ideal has as many relevant hits as the group has spans
    (at most `k`), at ranks 1, 2, 3, ... A hit that completes m spans at once counts as m relevant hits from its rank
    on, that is, the j-th span found counts at rank max(j, r), so that one passage with the whole group scores 1, not
    less than several with a piece each.
    """
    if not gold.evidence:
        return None
    return max(_ndcg(hits[:k], group, k) for group in gold.evidence)


def file_recall_at_k(hits: Sequence[Hit], gold: Gold, k: int) -> float | None:
    """Share of an evidence group's files among the first `k` files that were found; the best group counts."""
    if not gold.evidence:
        return None
    found = set(_files(hits)[:k])
    groups = [{span.file for span in group} for group in gold.evidence]
    return max(len(group & found) / len(group) for group in groups)


def file_reciprocal_rank(hits: Sequence[Hit], gold: Gold, k: int) -> float | None:
    """1 / rank of the first of `k` files that is one of the gold evidence, 0 if none is."""
    if not gold.evidence:
        return None
    wanted = {span.file for group in gold.evidence for span in group}
    return next((1 / rank for rank, file in enumerate(_files(hits)[:k], start=1) if file in wanted), 0.0)


def _files(hits: Sequence[Hit]) -> list[str]:
    return list(dict.fromkeys(hit.file for hit in hits))


def _ndcg(hits: Sequence[Hit], group: Sequence[GoldSpan], k: int) -> float:
    ideal = math.fsum(_gain(rank) for rank in range(1, min(len(group), k) + 1))
    positions = [max(nth, rank) for nth, rank in enumerate(sorted(_ranks(hits, group)), start=1)]
    return math.fsum(_gain(position) for position in positions if position <= k) / ideal


def _gain(rank: int) -> float:
    return 1 / math.log2(1 + rank)


def _ranks(hits: Sequence[Hit], group: Sequence[GoldSpan]) -> list[int]:
    """For each span that the hits find, the 1-based rank of the hit that completes it."""
    places = _places(hits)
    return [rank for span in group if (rank := _rank(places, span)) is not None]


def _rank(places: Sequence[Place], span: GoldSpan) -> int | None:
    touching = (rank for rank, place in enumerate(places, start=1) if _touches(place, span))
    return next((rank for rank in touching if _found(span, places[:rank])), None)


def _complete(places: Sequence[Place], gold: Gold) -> float | None:
    if not gold.evidence:
        return None
    return float(any(all(_found(span, places) for span in group) for group in gold.evidence))


def _places(hits: Sequence[Hit]) -> list[Place]:
    return [Place(hit.file, hit.start, hit.end) for hit in hits]


def _within(hits: Sequence[Hit], budget: int) -> list[Place]:
    places = []
    for hit in hits:
        if budget <= 0:
            break
        places.append(Place(hit.file, hit.start, min(hit.end, hit.start + budget)))
        budget -= hit.end - hit.start
    return places


def _touches(place: Place, span: GoldSpan) -> bool:
    return span.start is not None and place.file == span.file and place.start < span.end and span.start < place.end


def _found(span: GoldSpan, places: Sequence[Place]) -> bool:
    if span.start is None:
        raise ValueError(f"the quotation {span.quote!r} has no start; locate it first")
    ranges = sorted((place.start, place.end) for place in places if _touches(place, span))
    reached = span.start
    for start, end in [*ranges, (span.end, span.end)]:
        gap = span.quote[reached - span.start : max(reached, start) - span.start]
        if gap.strip():
            return False
        reached = max(reached, end)
    return True
