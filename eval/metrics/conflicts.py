"""Does an answer say where its sources disagree, with all sides, and no disagreement that is none?

A question is *assessable* if it is answerable and somebody looked: it has a conflict, or evidence. A stated side is the
same as a gold one when it cites one of its files and one of the two values holds the other, both normalised. After
RAMDocs (Wang et al., 2025) and WikiContradict (Hou et al., 2024), made deterministic.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from eval.gold import Gold, GoldSide
from eval.metrics.texts import holds
from qa.models import Answer, Conflict, Side


def conflict_precision(answer: Answer, gold: Gold) -> float | None:
    """For an answer that states a conflict: 1 if two sides of one that it states are sides of the gold one, else 0."""
    return float(_found(answer, gold)) if answer.conflicts and _assessable(gold) else None


def conflict_recall(answer: Answer, gold: Gold) -> float | None:
    """For a question with a conflict: 1 if it is stated with at least two of its sides, else 0."""
    return float(_found(answer, gold)) if gold.conflict else None


def false_conflict(answer: Answer, gold: Gold) -> float | None:
    """For an assessable question without a conflict: 1 if the answer states one all the same, else 0."""
    return float(bool(answer.conflicts)) if _assessable(gold) and not gold.conflict else None


def side_coverage(answer: Answer, gold: Gold) -> float | None:
    """Share of the gold sides that the answer states, in a statement or a side, citing one of their files."""
    if not gold.conflict:
        return None
    said = [(statement.text, statement.citations) for statement in answer.statements]
    said += [(side.value, side.citations) for conflict in answer.conflicts for side in conflict.sides]
    files = _files(answer)
    covered = [
        any(_says(text, side) and _cites(markers, side, files) for text, markers in said)
        for side in gold.conflict.sides
    ]
    return sum(covered) / len(covered)


def side_precision(answer: Answer, gold: Gold) -> float | None:
    """Share of the stated sides that are gold sides. None where none are stated, and where nobody looked."""
    stated = [side for conflict in answer.conflicts for side in conflict.sides]
    if not stated or not _assessable(gold):
        return None
    files = _files(answer)
    wanted = gold.conflict.sides if gold.conflict else ()
    return sum(any(_same(side, other, files) for other in wanted) for side in stated) / len(stated)


def conflict_kind(answer: Answer, gold: Gold) -> float | None:
    """For a conflict that was found: 1 if `ambiguous` is told from a disagreement as in gold, else 0."""
    if not gold.conflict or not _found(answer, gold):
        return None
    ambiguous = any(conflict.kind == "ambiguous" for conflict in _matching(answer, gold))
    return float(ambiguous == (gold.conflict.kind == "ambiguous"))


def _assessable(gold: Gold) -> bool:
    return gold.answerable and bool(gold.conflict or gold.evidence)


def _found(answer: Answer, gold: Gold) -> bool:
    return bool(_matching(answer, gold))


def _matching(answer: Answer, gold: Gold) -> list[Conflict]:
    if not gold.conflict:
        return []
    files = _files(answer)
    wanted = gold.conflict.sides
    return [conflict for conflict in answer.conflicts if _two_sides(conflict, wanted, files)]


def _two_sides(conflict: Conflict, wanted: Sequence[GoldSide], files: dict[int, set[str]]) -> bool:
    """Whether two stated sides are two gold ones: one that holds both values is but one."""
    matches = [{place for place, gold in enumerate(wanted) if _same(side, gold, files)} for side in conflict.sides]
    return any(len(one | other) >= 2 for one, other in combinations(filter(None, matches), 2))


def _files(answer: Answer) -> dict[int, set[str]]:
    """For each marker the files that say its words."""
    return {citation.marker: {citation.file, *citation.others} for citation in answer.citations}


def _same(side: Side, gold: GoldSide, files: dict[int, set[str]]) -> bool:
    return _cites(side.citations, gold, files) and (
        _says(side.value, gold) or any(holds(alias, side.value) for alias in gold.answers)
    )


def _cites(markers: Iterable[int], side: GoldSide, files: dict[int, set[str]]) -> bool:
    return any(files.get(marker, set()) & set(side.files) for marker in markers)


def _says(text: str, side: GoldSide) -> bool:
    return any(holds(text, alias) for alias in side.answers)
