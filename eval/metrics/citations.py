"""Do citations hold? By offsets, without a judge."""

from __future__ import annotations

from collections.abc import Callable

from qa.models import Answer, Citation


def quote_integrity(answer: Answer, read: Callable[[str], str]) -> float | None:
    """Share of the citations with `text[start:end] == quote` in the text of their file. It must be 1.

    `read(file)` gives a file's text and raises `KeyError` for a file that is not there, which counts as broken. None
    without citations. Definition: ours.
    """
    if not answer.citations:
        return None
    return sum(_stands(citation, read) for citation in answer.citations) / len(answer.citations)


def _stands(citation: Citation, read: Callable[[str], str]) -> bool:
    try:
        text = read(citation.file)
    except KeyError:
        return False
    # A negative or empty range could match by accident of slicing; it is no quotation.
    return 0 <= citation.start < citation.end and text[citation.start : citation.end] == citation.quote
