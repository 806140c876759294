"""What a question gets: hits, citations, statements, and the Answer that every part of Byline shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, NamedTuple

Support = Literal["quoted", "supported"]
ConflictKind = Literal["number", "date", "name", "quote", "negation", "claim", "ambiguous"]


class Place(NamedTuple):
    """A range of characters `[start, end)` in the text of one indexed file."""

    file: str
    start: int
    end: int


class Dated(NamedTuple):
    """Words such as `Wednesday`, and what they come to: `2024-06-19`, `2023`, `2024-05-25 to 2024-05-31`."""

    words: str
    date: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found. `score`: higher is better, comparable within one question only."""

    file: str
    start: int
    end: int
    text: str
    score: float
    title: str | None = None
    published: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The first thing that a stream yields: the passages that were found."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a sentence of the answer stands: `text[start:end] == quote` in the text of `file`."""

    marker: int  # 1-based, the [1] in the answer
    file: str
    start: int
    end: int
    quote: str
    line: int  # 1-based, of the indexed text
    page: int | None  # 1-based, where the format has pages
    sha256: str  # of the file's bytes when it was indexed
    title: str | None
    published: str | None
    score: float
    also_in: tuple[Place, ...] = ()  # every other place that says the same words
    copies: tuple[Place, ...] = ()  # near-duplicates of the article that say it in nearly the same words
    confirmed_by: tuple[Place, ...] = ()  # articles that say it of their own accord, one of each group of copies
    dates: tuple[Dated, ...] = ()  # words of the quotation that count from the day of publication

    @property
    def others(self) -> tuple[str, ...]:
        """The other files that say the same words, each once."""
        return tuple(dict.fromkeys(place.file for place in self.also_in if place.file != self.file))

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """The same, and after them the copies that say nearly the same."""
        return tuple(dict.fromkeys((*self.others, *(place.file for place in self.copies))))

    @property
    def voices(self) -> int:
        """How many articles say this independently of each other."""
        return 1 + len(self.confirmed_by)


_LISTS: Mapping[str, type[Place] | type[Dated]] = {
    "also_in": Place,
    "copies": Place,
    "confirmed_by": Place,
    "dates": Dated,
}


def _citation(item: Mapping[str, Any]) -> Citation:
    return Citation(
        **{**item, **{name: tuple(kind(*entry) for entry in item.get(name, ())) for name, kind in _LISTS.items()}}
    )


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of the answer with the markers of its citations."""

    text: str
    citations: tuple[int, ...]
    support: Support

    @property
    def markers(self) -> str:
        """Its citations as they stand in the text of an answer: `[1][2]`."""
        return _markers(self.citations)


class Side(NamedTuple):
    """One of the values that sources disagree about, and the markers of those who give it."""

    value: str
    citations: tuple[int, ...]

    @property
    def markers(self) -> str:
        """Its citations as they stand in the text of an answer: `[1][2]`."""
        return _markers(self.citations)


def _markers(citations: tuple[int, ...]) -> str:
    return "".join(f"[{marker}]" for marker in citations)


_TITLES: Mapping[ConflictKind, str] = {
    "number": "Numbers differ",
    "date": "Dates differ",
    "name": "Names differ",
    "quote": "Quoted words differ",
    "negation": "One denies what another says",
    "claim": "Claims differ",
    "ambiguous": "These may be different things",
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """A point on which the cited sources differ."""

    kind: ConflictKind
    summary: str
    sides: tuple[Side, ...]

    @classmethod
    def of(cls, kind: ConflictKind, sides: tuple[Side, ...]) -> Conflict:
        """A conflict with a summary made of its values."""
        return cls(kind, f"{_TITLES[kind]}: {' or '.join(f'“{side.value}”' for side in sides)}", sides)

    @property
    def title(self) -> str:
        """What kind of difference it is, in words."""
        return _TITLES[self.kind]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question, with everything that shows why. Round-trips through JSON."""

    question: str
    text: str
    answered: bool
    short: str | None = None  # a few words copied from the evidence
    reason: str | None = None  # why not answered
    statements: tuple[Statement, ...] = ()  # exactly the sentences of `text`, in order
    citations: tuple[Citation, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    confidence: float | None = None  # probability that it is right, 0..1; None for a list of articles
    hits: tuple[Hit, ...] = ()
    nearest: tuple[Hit, ...] = ()  # for a refusal: the closest passages
    dropped: int = 0  # sentences of a draft that were not supported and are not shown
    unknown_markers: int = 0  # markers of a draft that named no source
    llm: str = "none"
    notes: tuple[str, ...] = ()  # what the user should know
    timings: Mapping[str, float] = field(default_factory=dict, compare=False)  # milliseconds per stage

    def to_dict(self) -> dict[str, Any]:
        """Plain lists, dicts and scalars, ready for `json.dumps`."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Answer:
        """The inverse of `to_dict`. Raises `TypeError` for a key that an Answer does not have."""
        values = dict(data)
        values["statements"] = tuple(
            Statement(**{**item, "citations": tuple(item["citations"])}) for item in values.get("statements", ())
        )
        values["citations"] = tuple(_citation(item) for item in values.get("citations", ()))
        values["conflicts"] = tuple(
            Conflict(
                item["kind"], item["summary"], tuple(Side(value, tuple(markers)) for value, markers in item["sides"])
            )
            for item in values.get("conflicts", ())
        )
        for name in ("hits", "nearest"):
            values[name] = tuple(Hit(**item) for item in values.get(name, ()))
        values["notes"] = tuple(values.get("notes", ()))
        return cls(**values)

    def pieces(self) -> Iterator[tuple[str, Statement]]:
        """The statements in order, each with the words or white space that stand before it in `text`.

        What follows a statement in `text` are its markers: only those are ours, an article may hold a `[7]` of its own.
        """
        at = 0
        for statement in self.statements:
            start = self.text.index(statement.text, at)
            yield self.text[at:start], statement
            markers = statement.markers
            at = self.text.index(markers, start + len(statement.text)) + len(markers)

    def to_markdown(self) -> str:
        """The answer and its sources, as a text that can be pasted into a document.

        What articles and models say is escaped: whatever Markdown or HTML is in it stays text.
        """
        said = "".join(f"{_literal(before + s.text)} {s.markers}" for before, s in self.pieces()) or _literal(self.text)
        lines = [f"**{_literal(self.question)}**", ""]
        lines += [] if self.short is None else [f"**{_literal(' '.join(self.short.split()))}**", ""]
        lines.append(" ".join(filter(None, (said, _literal(self.reason or "")))))
        lines += ["", *(f"- {_literal(c.summary)}: {_sides(c)}" for c in self.conflicts)] if self.conflicts else []
        lines.append("")
        for citation in self.citations:
            lines.append(f"{citation.marker}. {_literal(describe(citation))}")
            lines.extend(f"   > {_literal(line)}" for line in citation.quote.splitlines())
        lines.extend(f"\n_{_literal(note)}_" for note in self.notes)
        return "\n".join(lines).rstrip() + "\n"


def _sides(conflict: Conflict) -> str:
    return "; ".join(f"{_literal(side.value)} {side.markers}" for side in conflict.sides)


_MARKUP = re.compile(r"[\\`*_\[\]<>|]|~(?=~)|&(?=#?\w+;)|^\s*(?:#|[-+=]|\d+(?=[.)]))", re.MULTILINE)


def _literal(text: str) -> str:
    """`text` with backslashes before what Markdown (CommonMark, GitHub's tables and strikes) would take for markup."""
    return _MARKUP.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    found = match.group()
    if found[-1].isdigit():  # "12." at the start of a line: the full stop is what makes it a list
        return found + "\\"
    return f"{found[:-1]}\\{found[-1]}"


_NAMED = 3  # other files that are named: a sentence may stand in thousands


def describe(citation: Citation) -> str:
    """File, place, title and date of a citation in one line: `a.txt, line 3 (Title, 2024-06-20), also in b.txt`.

    What words such as `Wednesday` come to stands behind the date. Copies count as one voice; articles that say the same
    independently are counted: `; 2 more say so: c.txt, d.txt`.
    """
    place = f"page {citation.page}" if citation.page else f"line {citation.line}"
    dates = ", ".join(f"“{words}” is {date}" for words, date in citation.dates)
    about = ", ".join(part for part in (citation.title, citation.published, dates) if part)
    also = f", also in {name_some(citation.elsewhere)}" if citation.elsewhere else ""
    files = [place.file for place in citation.confirmed_by]
    more = f"; {len(files)} more {'say' if len(files) > 1 else 'says'} so: {name_some(files)}" if files else ""
    return f"{citation.file}, {place}" + (f" ({about})" if about else "") + also + more


def name_some(names: Sequence[str], most: int = _NAMED) -> str:
    """The first names, and how many more there are: `a.txt, b.txt, c.txt and 2 more`."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def count(number: int, one: str) -> str:
    """`1 article`, `1,234 articles`."""
    return f"{number:,} {one if number == 1 else one + 's'}"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
