"""Do citations hold, and do they cite what they should? By offsets, without a judge."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from eval.gold import Gold, GoldSpan
from qa.models import Answer, Citation, Place

ENOUGH = 0.5  # share of the shorter of two ranges that has to be common


def quote_integrity(answer: Answer, read: Callable[[str], str]) -> float | None:
    """Share of the citations with `text[start:end] == quote` in the text of their file. It must be 1.

    `read(file)` gives a file's text and raises `KeyError` for a file that is not there, which counts as broken. None
    without citations. Definition: ours.
    """
    if not answer.citations:
        return None
    return sum(stands(citation, read) for citation in answer.citations) / len(answer.citations)


def stands(citation: Citation, read: Callable[[str], str]) -> bool:
    """Whether the quotation stands at its offsets in its file."""
    try:
        text = read(citation.file)
    except KeyError:
        return False
    # Slicing forgives a range that is negative, empty or goes past the end; it is no place of a quotation.
    return 0 <= citation.start < citation.end <= len(text) and text[citation.start : citation.end] == citation.quote


def marker_integrity(answer: Answer) -> float:
    """1 if every marker of a statement or a side has its citation and every citation is used, else 0. It must be 1.

    A refusal carries no citations. Definition: ours, the invariants of an Answer.
    """
    known = [citation.marker for citation in answer.citations]
    used = {marker for statement in answer.statements for marker in statement.citations}
    used |= {marker for conflict in answer.conflicts for side in conflict.sides for marker in side.citations}
    broken = len(set(known)) < len(known) or set(known) != used or (bool(known) and not answer.answered)
    return float(not broken)


def support(answer: Answer, read: Callable[[str], str]) -> float | None:
    """Share of the statements that are shown with a citation and are supported by it.

    A citation counts if it stands in its file. A statement that says it is quoted has to stand in what it cites; one
    that was checked is taken at its word. None without statements. After the claim support of
    RAGChecker (Ru et al., 2024).
    """
    if not answer.answered or not answer.statements:
        return None
    quotes = {citation.marker: citation.quote for citation in answer.citations if stands(citation, read)}
    cited = [(statement, [quotes.get(marker, "") for marker in statement.citations]) for statement in answer.statements]
    held = sum(
        any(said and (s.support != "quoted" or s.text in said) for said in quotations) for s, quotations in cited
    )
    return held / len(cited)


def citation_precision(answer: Answer, gold: Gold) -> float | None:
    """Share of the citations that overlap a gold quotation of any group. None for a refusal, and without evidence.

    The citation precision of ALCE (Gao et al., 2023) with gold quotations in place of a judge. Two ranges overlap when
    half of the shorter one or more is common to both; a citation stands in every place that says the same words.
    """
    if not _applies(answer, gold):
        return None
    spans = [span for group in gold.evidence for span in group]
    return sum(any(cites(citation, span) for span in spans) for citation in answer.citations) / len(answer.citations)


def citation_recall(answer: Answer, gold: Gold) -> float | None:
    """Share of an evidence group's quotations that some citation overlaps; the best group counts.

    0 for an answer that cites nothing: it is no way to a better mean.
    """
    if not (answer.answered and gold.evidence):
        return None
    return max(_share(any(cites(c, span) for c in answer.citations) for span in group) for group in gold.evidence)


def file_precision(answer: Answer, gold: Gold) -> float | None:
    """Share of the citations whose file, or another file with the same words, is one of the gold evidence."""
    if not _applies(answer, gold):
        return None
    wanted = {span.file for group in gold.evidence for span in group}
    return _share(bool(wanted & _files(citation)) for citation in answer.citations)


def file_recall(answer: Answer, gold: Gold) -> float | None:
    """Share of the files of an evidence group that are cited; the best group counts. 0 where nothing is cited."""
    if not (answer.answered and gold.evidence):
        return None
    cited = {file for citation in answer.citations for file in _files(citation)}
    return max(_share(file in cited for file in {span.file for span in group}) for group in gold.evidence)


def f1(precision: float | None, recall: float | None) -> float | None:
    """Harmonic mean of the two; None where there is no recall, 0 where nothing was given that could be precise."""
    if recall is None:
        return None
    if precision is None:
        return 0.0
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def cites(citation: Citation, span: GoldSpan) -> bool:
    """Whether a citation, in one of its places, overlaps a located gold quotation by half of the shorter one."""
    places = (Place(citation.file, citation.start, citation.end), *citation.also_in)
    return any(_overlap(place, span) for place in places)


def _overlap(place: Place, span: GoldSpan) -> bool:
    if span.start is None:
        raise ValueError(f"the quotation {span.quote!r} has no start; locate it first")
    common = min(place.end, span.end) - max(place.start, span.start)
    shorter = min(place.end - place.start, span.end - span.start)
    return place.file == span.file and common > 0 and common >= ENOUGH * shorter


def _applies(answer: Answer, gold: Gold) -> bool:
    return answer.answered and bool(answer.citations) and bool(gold.evidence)


def _files(citation: Citation) -> set[str]:
    return {citation.file, *citation.others}


def _share(values: Iterable[bool]) -> float:
    found = list(values)
    return sum(found) / len(found)
