"""How much of the gold evidence do the first hits hold, and how much else? Character by character.

As in the evaluation of chunking strategies by Smith and Troynikov (Chroma, 2024), whose "tokens" are characters too, so
that their published table can stand beside ours. Of a question with several groups of evidence the best counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from eval.gold import Gold, GoldSpan
from qa.models import Hit

Range = tuple[str, int, int]  # file, start, end
Measure = Callable[[Sequence[Hit], Sequence[GoldSpan]], float]


def character_recall(hits: Sequence[Hit], gold: Gold, k: int) -> float | None:
    """Share of the characters of the gold quotations that the first `k` hits hold. None without evidence."""
    return _best(_recall, hits[:k], gold)


def character_precision(hits: Sequence[Hit], gold: Gold, k: int) -> float | None:
    """Share of the characters of the first `k` hits that are gold; what two hits share counts twice below the line."""
    return _best(_precision, hits[:k], gold)


def character_iou(hits: Sequence[Hit], gold: Gold, k: int) -> float | None:
    """Gold characters held, over all characters of the first `k` hits and the gold characters that were missed.

    As theirs, what two hits or two quotations share counts twice below the line, and once above it.
    """
    return _best(_iou, hits[:k], gold)


def _best(measure: Measure, hits: Sequence[Hit], gold: Gold) -> float | None:
    return max((measure(hits, group) for group in gold.evidence), default=None)


def _recall(hits: Sequence[Hit], group: Sequence[GoldSpan]) -> float:
    return _held(hits, group) / _size(_spans(group))


def _precision(hits: Sequence[Hit], group: Sequence[GoldSpan]) -> float:
    retrieved = _retrieved(hits)
    return _held(hits, group) / retrieved if retrieved else 0.0


def _iou(hits: Sequence[Hit], group: Sequence[GoldSpan]) -> float:
    missed = sum(len(span.quote) - _held(hits, [span]) for span in group)
    return _held(hits, group) / (_retrieved(hits) + missed)


def _held(hits: Sequence[Hit], group: Sequence[GoldSpan]) -> int:
    common = [
        (file, max(start, hit.start), min(end, hit.end))
        for file, start, end in _spans(group)
        for hit in hits
        if hit.file == file
    ]
    return _size(union(item for item in common if item[1] < item[2]))


def _spans(group: Sequence[GoldSpan]) -> list[Range]:
    return [(span.file, span.end - len(span.quote), span.end) for span in group]


def _retrieved(hits: Sequence[Hit]) -> int:
    return sum(hit.end - hit.start for hit in hits)


def _size(ranges: Iterable[Range]) -> int:
    return sum(end - start for _, start, end in ranges)


def union(ranges: Iterable[Range]) -> list[Range]:
    """The ranges, sorted, those that overlap or touch joined into one."""
    joined: list[Range] = []
    for file, start, end in sorted(ranges):
        if joined and joined[-1][0] == file and start <= joined[-1][2]:
            joined[-1] = (file, joined[-1][1], max(end, joined[-1][2]))
        else:
            joined.append((file, start, end))
    return joined
