"""The evidence, phrased by a language model where there is one: a short answer, and sentences that were checked.

Whatever goes wrong, and whatever is left over when unsupported sentences are gone, there is always the answer that
needs no model: the evidence, quoted.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace

from qa.cite import quoted
from qa.draft import MOST_TOKENS, Dropped, Supported, Unknown, checked
from qa.llm.failures import ModelError
from qa.models import Citation, Conflict, Statement
from qa.orders import gives_orders
from qa.prompts import sentence_messages, within_budget
from qa.short import Picked, pick
from qa.writer import Writer


@dataclass(frozen=True, slots=True)
class Phrased:
    """An answer in statements, with what they cite, numbered from 1."""

    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    short: str | None = None
    dropped: int = 0
    unknown_markers: int = 0
    llm: str = "none"
    notes: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def quote(citations: Sequence[Citation], **more: object) -> Phrased:
    """These citations, in this order, word for word."""
    numbered = tuple(replace(citation, marker=n) for n, citation in enumerate(citations, 1))
    return replace(Phrased(quoted(numbered), numbered), **more)  # type: ignore[arg-type]


def phrase(
    writer: Writer | None, question: str, evidence: Sequence[Citation], shown: int, hostile: Collection[str] = ()
) -> Generator[Statement, None, Phrased]:
    """Statements as soon as they may be shown; returns all of them.

    `evidence`: the best sentences, best first, of which an answer without a model quotes the first `shown`.
    `hostile`: files that are quoted only, since they hold orders to a model.
    """
    usable = harmless(evidence, hostile)
    if writer is None or not usable:
        return (yield from _told(quote(evidence[:shown])))
    draft: Draft | None = None
    notes: tuple[str, ...] = ()
    try:
        usable = within_budget(usable)[: writer.reads]
        picked = pick(writer.model, question, usable)
        if not writer.model.copies and not picked.reply.strip():
            raise ModelError(f"{writer.model.name} gave an empty reply")
        draft = Draft(writer, question, usable, picked)
        if writer.writes and not draft.picked.refused:
            yield from draft.statements()
    except ModelError as error:
        notes = (_failed(error, draft is not None and bool(draft.said)),)
    if draft is None:
        return (yield from _told(quote(evidence[:shown], notes=notes)))
    if draft.said:  # shown already: it stays, also where the model broke off
        return replace(draft.phrased(), notes=notes)
    phrased = _quoted(draft, evidence[:shown])
    return (yield from _told(replace(phrased, notes=(*notes, *phrased.notes))))


def harmless(evidence: Sequence[Citation], hostile: Collection[str]) -> list[Citation]:
    """The evidence that a model may be shown."""
    return [item for item in evidence if item.file not in hostile and not gives_orders(item.quote)]


def _failed(error: ModelError, said: bool) -> str:
    """What went wrong, and what that means for the answer."""
    what = str(error)
    stop = "" if what.endswith((".", "?", "!")) else "."
    return f"{what}{stop} {'The answer may lack a sentence.' if said else 'The answer is quoted instead.'}"


def _told(phrased: Phrased) -> Generator[Statement, None, Phrased]:
    yield from phrased.statements
    return phrased


def _quoted(draft: Draft, shown: Sequence[Citation]) -> Phrased:
    """Quotations, that of the short answer first; alone where the model is able to tell which one answers."""
    short, able = draft.picked.short, draft.writer.able
    more = {"llm": draft.writer.model.name, "dropped": draft.dropped, "unknown_markers": draft.unknown}
    if short is None:
        notes = ("The language model finds no answer in what is quoted.",) if draft.picked.refused and able else ()
        return quote(shown, notes=notes, **more)
    best = draft.evidence[short.source]
    others = [] if able else [citation for citation in shown if citation != best]
    return quote([best, *others], short=short.text, **more)


@dataclass
class Draft:
    """A draft as it is written and checked."""

    writer: Writer
    question: str
    evidence: Sequence[Citation]
    picked: Picked
    said: list[Statement] = field(default_factory=list)
    cited: dict[int, int] = field(default_factory=dict)  # place in the evidence -> marker
    dropped: int = 0
    unknown: int = 0

    def statements(self) -> Iterator[Statement]:
        """Each sentence that is supported. A model that breaks off leaves those that it has written."""
        short = self.picked.short
        messages = sentence_messages(self.question, self.evidence, short.text if short else self.picked.reply)
        pieces = self.writer.model.stream(messages, MOST_TOKENS)
        found = checked(pieces, self.question, self.evidence, self.writer.checker, short.source if short else 0)
        for item in found:
            if isinstance(item, Supported):
                self.said.append(Statement(item.text, tuple(map(self._marker, item.sources)), "supported"))
                yield self.said[-1]
            self.dropped += isinstance(item, Dropped)
            self.unknown += isinstance(item, Unknown)

    def _marker(self, source: int) -> int:
        return self.cited.setdefault(source, len(self.cited) + 1)

    def phrased(self) -> Phrased:
        """The statements with what they cite."""
        citations = tuple(replace(self.evidence[place], marker=marker) for place, marker in self.cited.items())
        return Phrased(tuple(self.said), citations, self._short(), self.dropped, self.unknown, self.writer.model.name)

    def _short(self) -> str | None:
        """The short answer where its sentence is cited, so that a reader finds it."""
        short = self.picked.short
        return short.text if short and short.source in self.cited else None
