"""All that a report shows of a run, as one value that JSON can hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from eval.gold import Gold, GoldSpan
from eval.gold import to_dict as gold_dict
from eval.report.answers import answer_data, outcome
from eval.report.folder import Folder
from eval.report.passages import Passages, shorten
from eval.report.why import findings
from index.errors import InputError
from qa.models import Answer, Place

AROUND_GOLD = 150  # characters of context on each side
HEADLINE = "Right"
_DECIMALS = 4  # of a score

SHOWN = ("config", "model", "corpus", "gold", "code", "versions", "timings")  # of run.json; not where the articles are

Read = Callable[[str], str]


def report_data(folder: Folder, read: Read) -> dict[str, Any]:
    """The run's record, its summary, the questions with every system's answer, and the words of articles to show.

    Raises `InputError` for an answer to a question that the run does not have.
    """
    passages = Passages(read)
    names = [metric["name"] for metric in folder.summary["metrics"]]
    systems: list[str] = list(folder.record["config"]["systems"])
    questions = {gold.id: _question(gold, passages, len(systems)) for gold in folder.gold}
    rows = {gold.id: gold for gold in folder.gold}
    for row in folder.answers():
        if row["id"] not in rows or row["system"] not in systems:
            raise InputError(f"questions.jsonl answers {row['id']} by {row['system']}, which is not part of the run")
        at = systems.index(row["system"])
        questions[row["id"]]["answers"][at] = _answer(row, rows[row["id"]], names, passages, read)
        questions[row["id"]]["cluster"] = row["cluster"]
    return {
        "record": {key: folder.record[key] for key in SHOWN if key in folder.record},
        **{key: folder.summary[key] for key in ("metrics", "parts")},
        "curves": folder.summary.get("curves", {}),
        "headline": names.index(HEADLINE) if HEADLINE in names else None,
        "systems": systems,
        "questions": list(questions.values()),
        **passages.to_dict(),
    }


def _question(gold: Gold, passages: Passages, systems: int) -> dict[str, Any]:
    evidence = [[_span(span, passages) for span in group] for group in gold.evidence]
    return gold_dict(gold) | {"evidence": evidence, "answers": [None] * systems, "wanted": gold.answers}


def _span(span: GoldSpan, passages: Passages) -> dict[str, Any]:
    start = span.start if span.start is not None else -1
    return passages.show(Place(span.file, start, start + len(span.quote)), span.quote, AROUND_GOLD)


def _answer(row: Mapping[str, Any], gold: Gold, metrics: list[str], passages: Passages, read: Read) -> dict[str, Any]:
    scores = [_rounded(row["scores"].get(name)) for name in metrics]
    if row["error"] is not None or row["answer"] is None:  # an answer that could not be scored may be broken in any way
        return {"outcome": "error", "scores": scores, "error": shorten(row["error"] or "There is no answer.")}
    answer = Answer.from_dict(row["answer"])
    why = [[finding.good, finding.text] for finding in findings(answer, gold, read)]
    judged = outcome(answer, row["scores"].get(HEADLINE), gold.answerable)
    return {"outcome": judged, "scores": scores, "why": why, **answer_data(answer, gold, passages)}


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, _DECIMALS)
