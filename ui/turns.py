"""A conversation -> HTML. Pure: what is shown is what the turn holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from qa.models import Answer, Citation, Conflict, Statement, Support, count, describe
from ui.conversation import Turn
from ui.markup import button, esc, join, tag, text
from ui.plain import plain

SUPPORT: Mapping[Support, tuple[str, str]] = {
    "quoted": ("quoted", "Quoted word for word from the source"),
    "supported": ("checked", "In the model’s words; checked against the source"),
}
_READING = "Reading the articles …"
_WRITING = "Writing the answer …"


def turns(shown: Iterable[Turn]) -> str:
    """Turns, each an article with an id of its own: the page puts it in the place of what it was before."""
    return join(map(_turn, shown))


def welcome(examples: Sequence[str], where: str, clear: bool = False) -> str:
    """What is seen before the first question: `where` it looks, and examples. `clear`: in the place of all turns."""
    offered = join(tag("li", button(question, "ask", question=question)) for question in examples)
    return tag(
        "section",
        text("h2", "Ask the articles")
        + text(
            "p", f"{where} Every sentence of an answer is cited to a file; if the articles do not say, you are told."
        )
        + (text("h3", "For example") + tag("ul", offered) if offered else ""),
        class_="welcome",
        data_clear=clear,
    )


def _turn(turn: Turn) -> str:
    heading = text("h2", turn.question, class_="question", dir="auto", id=f"q-{turn.id}")
    body = _outcome(turn)
    return tag(
        "article",
        heading + body,
        class_="turn",
        id=f"turn-{turn.id}",
        aria_labelledby=f"q-{turn.id}",
        aria_busy=str(turn.is_open).lower(),
    )


def _outcome(turn: Turn) -> str:
    if turn.answer is None:
        return _unfinished(turn)
    answer = turn.answer
    shown = _answered(turn.id, answer) if answer.answered else _refused(answer)
    return shown + _notes(answer) + _actions(turn, answer)


def _unfinished(turn: Turn) -> str:
    said = tag("div", join(_statement(turn.id, " ", s, {}) for s in turn.said), class_="answer") if turn.said else ""
    if turn.problem:
        return said + text("p", turn.problem, class_="problem", role="alert")
    found = f" {count(len(turn.hits), 'passage')} found." if turn.hits else ""
    doing = _WRITING if turn.hits or turn.said else _READING
    return said + text("p", doing + found, class_="reading", role="status")


def _answered(turn: str, answer: Answer) -> str:
    cited = {citation.marker: citation for citation in answer.citations}
    short = text("p", answer.short, class_="short", dir="auto") if answer.short is not None else ""
    said = join(_statement(turn, before, statement, cited) for before, statement in answer.pieces())
    conflicts = join(_conflict(turn, conflict, cited) for conflict in answer.conflicts)
    return short + tag("div", said, class_="answer") + _trust(answer) + conflicts


def _statement(turn: str, before: str, statement: Statement, cited: Mapping[int, Citation]) -> str:
    """One sentence with its markers and how it is supported. `before` stands before it."""
    label, meaning = SUPPORT[statement.support]
    support = text("span", label, class_=f"support {statement.support}", title=meaning)
    words = text("span", statement.text, class_="said", dir="auto")
    signs = tag("span", f"{markers(turn, statement.citations, cited)} {support}", class_="signs")
    if statement.support == "quoted" or "\n" in before:  # quotations of different articles do not run on
        return tag("p", f"{words} {signs}")
    return f"{esc(before)}{words} {signs}"


def markers(turn: str, numbers: Sequence[int], cited: Mapping[int, Citation]) -> str:
    """Markers as links that show their source in the side panel."""
    return join(_marker(turn, number, cited.get(number)) for number in numbers)


def _marker(turn: str, number: int, citation: Citation | None) -> str:
    name = f"Source {number}: {describe(citation)}" if citation else f"Source {number}"
    return text(
        "a", f"[{number}]", href=f"#source-{number}", class_="marker", aria_label=name,
        data_event="source", data_turn=turn, data_marker=number,
    )  # fmt: skip


def _trust(answer: Answer) -> str:
    """How far the answer is to be trusted, in words that are always visible."""
    kinds = [statement.support for statement in answer.statements]
    meant = {
        "quoted": "quoted word for word",
        "supported": f"in the words of {answer.llm}, checked against the sources",
    }
    parts = [f"{count(kinds.count(kind), 'sentence')} {meant[kind]}" for kind in meant if kind in kinds]
    if answer.dropped:
        parts.append(f"{count(answer.dropped, 'sentence')} that no source supported left out")
    line = text("span", "; ".join(parts) + ".") if parts else ""
    return tag("p", _confidence(answer.confidence) + line, class_="trust")


def _confidence(confidence: float | None) -> str:
    if confidence is None:
        return ""
    meter = tag("meter", "", min=0, max=1, low=0.4, high=0.7, optimum=1, value=round(confidence, 3), aria_hidden="true")
    return tag("span", meter + text("span", f"Confidence {confidence:.0%}"), class_="confidence") + " "


def _conflict(turn: str, conflict: Conflict, cited: Mapping[int, Citation]) -> str:
    """The sides next to each other, each with its sources."""
    title = conflict.title if conflict.kind == "ambiguous" else "The sources differ"
    return tag(
        "section",
        text("h3", title)
        + text("p", conflict.summary, dir="auto")
        + tag("div", join(_side(turn, side.value, side.citations, cited) for side in conflict.sides), class_="sides"),
        class_="conflict",
        aria_label=f"{title}: {conflict.kind}",
    )


def _side(turn: str, value: str, numbers: Sequence[int], cited: Mapping[int, Citation]) -> str:
    sources = join(
        tag(
            "li",
            _marker(turn, number, cited.get(number)) + " " + (esc(describe(cited[number])) if number in cited else ""),
        )
        for number in numbers
    )
    return tag("div", text("p", value, class_="value", dir="auto") + tag("ul", sources), class_="side")


def _refused(answer: Answer) -> str:
    """A refusal looks like one: no markers, and what comes nearest is said not to answer."""
    nearest = join(
        tag("li", text("cite", hit.title or hit.file) + text("p", hit.text, dir="auto")) for hit in answer.nearest
    )
    return tag(
        "section",
        text("p", answer.text, class_="verdict")
        + text("p", answer.reason or "")
        + (
            tag("details", text("summary", "The nearest passages, which do not answer it") + tag("ol", nearest))
            if nearest
            else ""
        ),
        class_="refusal",
        aria_label="No answer",
    )


def _notes(answer: Answer) -> str:
    return tag("ul", join(text("li", note) for note in answer.notes), class_="notes") if answer.notes else ""


def _actions(turn: Turn, answer: Answer) -> str:
    verdict = turn.verdict
    pressed = {good: str(verdict is not None and verdict.good is good).lower() for good in (True, False)}
    thumbs = join(
        text(
            "button", label, type="button", data_event="verdict", data_turn=turn.id, data_good=int(good),
            aria_pressed=pressed[good],
        )
        for good, label in ((True, "👍 Good answer"), (False, "👎 Bad answer"))
    )  # fmt: skip
    copy = text("button", "Copy with citations", type="button", data_copy=plain(answer.to_markdown()))
    actions = tag("div", copy + thumbs, class_="actions")
    return tag("div", actions + (_note(turn) if verdict else ""), class_="below", data_attempt=turn.attempt)


def _note(turn: Turn) -> str:
    assert turn.verdict
    field = tag(
        "label", "What was good or bad about it, or the right answer "
        + text("textarea", turn.verdict.note, name="note", rows=2, maxlength=2000),
    )  # fmt: skip
    save = button("Save the note", "note", turn=turn.id)
    saved = "Saved, with your note." if turn.verdict.note else "Saved."
    return tag("div", text("p", saved, role="status") + field + save, class_="feedback")
