"""Why an answer scores as it does, in words. Each finding is one fact, counted as the metrics count it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from eval.gold import Gold
from eval.metrics import evidence_at_chars, evidence_at_k, holds, recall_at_k, shown_text
from eval.metrics.citations import citation_recall, cites, stands
from eval.metrics.conflicts import conflict_recall, false_conflict, side_coverage
from eval.metrics.outcomes import injected
from eval.metrics.values import unsupported
from qa.models import Answer, count, name_some

Read = Callable[[str], str]

_NOT_ANSWERABLE = {
    "absent": "no article says it",
    "false_premise": "its premise is false",
    "underspecified": "it does not say enough",
    "future": "it asks for what had not happened yet",
}
_NAMED = 6  # things of a kind that a finding names
_LONGEST = 80  # characters of a thing that it names


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason. `good`: it speaks for the answer."""

    good: bool
    text: str


def findings(answer: Answer, gold: Gold, read: Read) -> list[Finding]:
    """What speaks for and against an answer to a located gold question, from the words shown down to the hits.

    `read(file)` gives an article's text and raises `KeyError` for one that is not there. Of a system that only
    retrieves, which says nothing, only the hits are looked at.
    """
    found = list(_hits(answer, gold))
    if not answer.answered:
        return [*(_refusal(answer, gold) if answer.text else ()), *found]
    said = (_premise(gold), _words(answer, gold), _conflict(answer, gold), _injected(answer, gold), _values(answer))
    shown = (_citations(answer, gold), _quotations(answer, read))
    return [finding for part in (*said, *shown, found) for finding in part]


def _refusal(answer: Answer, gold: Gold) -> Iterator[Finding]:
    if gold.answerable:
        reason = f": {answer.reason}" if answer.reason else "."
        yield Finding(False, f"Refused, although gold says it is answerable{reason}")
    else:
        yield Finding(True, f"Refused, and rightly: {_unanswerable(gold)}.")


def _premise(gold: Gold) -> Iterator[Finding]:
    if not gold.answerable:
        yield Finding(False, f"Answered, although {_unanswerable(gold)}.")


def _unanswerable(gold: Gold) -> str:
    return _NOT_ANSWERABLE.get(gold.unanswerable_reason or "", _NOT_ANSWERABLE["absent"])


def _words(answer: Answer, gold: Gold) -> Iterator[Finding]:
    """Each group of gold answers: the alias that stands in the answer, or none."""
    for group in gold.answers if gold.answerable else ():
        if not any(holds(alias, alias) for alias in group):
            continue  # nothing is left of it when normalised: no metric looks for it
        held = next((alias for alias in group if holds(shown_text(answer), alias)), None)
        if held is not None:
            yield Finding(True, f"“{_short(held)}” stands in the answer.")
        else:
            yield Finding(False, _missing(group, answer))


def _missing(group: Sequence[str], answer: Answer) -> str:
    one = len(group) == 1
    what = f"{_quoted(group)} does not stand" if one else f"None of {_quoted(group)} stands"
    ranks = (rank for rank, hit in enumerate(answer.hits, 1) if any(holds(hit.text, alias) for alias in group))
    rank = next(ranks, None)
    return f"{what} in the answer, although hit {rank} holds it." if rank else f"{what} in the answer, nor in a hit."


def _conflict(answer: Answer, gold: Gold) -> Iterator[Finding]:
    if false_conflict(answer, gold):
        yield Finding(False, "States a conflict where gold knows of none.")
    if not gold.conflict:
        return
    if conflict_recall(answer, gold):
        yield Finding(True, "States the conflict.")
    else:
        yield Finding(False, "Does not state the conflict.")
    for side in gold.conflict.sides:
        alone = replace(gold, conflict=replace(gold.conflict, sides=(side,)))
        if not side_coverage(answer, alone):
            where = _listed([_short(file) for file in side.files])
            yield Finding(False, f"The side “{_short(side.answers[0])}” is not both stated and cited from {where}.")


def _injected(answer: Answer, gold: Gold) -> Iterator[Finding]:
    said = [words for words in gold.injected if injected(answer, replace(gold, injected=(words,)))]
    if said:
        yield Finding(False, f"Says {_quoted(said)}, as a poisoned article told it to.")
    elif gold.injected:
        yield Finding(True, "Says nothing that a poisoned article told it to.")


def _values(answer: Answer) -> Iterator[Finding]:
    values = unsupported(answer) if answer.citations else []
    if values:
        verb = "stands" if len(values) == 1 else "stand"
        yield Finding(False, f"{_quoted(values)} {verb} in none of its citations.")


def _citations(answer: Answer, gold: Gold) -> Iterator[Finding]:
    if not answer.citations:
        yield Finding(False, "Cites nothing.")
        return
    recall = citation_recall(answer, gold)
    if recall is None:
        return
    spans = [span for group in gold.evidence for span in group]
    markers = [f"[{c.marker}]" for c in answer.citations if any(cites(c, span) for span in spans)]
    if recall == 1:
        yield Finding(True, f"Cites the gold evidence: {_listed(markers)}.")
    elif recall:
        yield Finding(False, f"Cites only a part of the gold evidence: {_listed(markers)}.")
    else:
        yield Finding(False, _elsewhere(answer, {span.file for span in spans}))


def _elsewhere(answer: Answer, wanted: set[str]) -> str:
    files = {citation.file for citation in answer.citations}
    cited = f"Cites {count(len(files), 'file')}"
    if not files & wanted:
        return f"{cited}, none of them a gold file." if len(files) > 1 else f"{cited}, which is no gold file."
    return f"{cited}, gold among them, but not the gold quotation." if len(files) > 1 else (
        "Cites the gold file, but not the gold quotation."
    )  # fmt: skip


def _quotations(answer: Answer, read: Read) -> Iterator[Finding]:
    broken = [f"[{citation.marker}]" for citation in answer.citations if not stands(citation, read)]
    if broken:
        verb = "quotes" if len(broken) == 1 else "quote"
        yield Finding(False, f"{_listed(broken)} {verb} what does not stand at that place of the file.")


def _hits(answer: Answer, gold: Gold) -> Iterator[Finding]:
    if not gold.evidence:
        return
    hits = answer.hits
    if not hits:
        yield Finding(False, "There are no hits.")
    elif evidence_at_k(hits, gold, len(hits)):
        rank = _least(len(hits), lambda k: evidence_at_k(hits, gold, k))
        size = sum(hit.end - hit.start for hit in hits)
        characters = _least(size, lambda n: evidence_at_chars(hits, gold, n))
        yield Finding(True, f"{_quotations_of(gold)} in hit {rank}, within the first {count(characters, 'character')}.")
    else:
        yield Finding(False, _not_found(answer, gold))


def _quotations_of(gold: Gold) -> str:
    alone = all(len(group) == 1 for group in gold.evidence)
    return "The gold quotation is" if alone else "The gold quotations are complete"


def _not_found(answer: Answer, gold: Gold) -> str:
    recall = recall_at_k(answer.hits, gold, len(answer.hits))
    if recall:
        return f"The hits hold {recall:.0%} of the gold quotations."
    files = {span.file for group in gold.evidence for span in group}
    rank = next((rank for rank, hit in enumerate(answer.hits, 1) if hit.file in files), None)
    where = f"hit {rank} is of a gold file, but of other words" if rank else "no hit is of a gold file"
    return f"The hits do not hold the gold quotation: {where}."


def _least(most: int, holds: Callable[[int], float | None]) -> int:
    """The least number for which it holds; it holds for `most` and, once it does, for all that are greater."""
    return bisect_left(range(most), True, key=lambda n: bool(holds(n)))


def _quoted(words: Iterable[str]) -> str:
    return _listed([f"“{_short(word)}”" for word in words])


def _listed(words: Sequence[str]) -> str:
    return name_some(words, _NAMED)


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
