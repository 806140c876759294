"""WiCE (Kamoi et al., 2023): claims of Wikipedia, the pages they cite, and the sentences that support them.

Two ways to say what a claim cites. `cited`: the sentences that an annotator marked; where none are marked because the
page does not support the claim, those that a retriever would cite. `oracle_chunks`: those sentences among others of the
page, about 256 words, as the paper feeds them to a model; the best of up to three such chunks counts.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.embed import Embedder
from index.errors import InputError
from index.terms import terms
from qa.verify import Claim

CHUNK = 256  # words
CHUNKS = 3
CITED = 3  # sentences, as many as annotators typically mark
_META = "(meta data) "
_ABOUT = {"TITLE": "title", "PUBLISHED DATETIME": "date"}


@dataclass(frozen=True)
class Row:
    """A claim, whether its page supports all of it, the page's sentences, and the sets of them that were marked."""

    id: str
    article: str  # of Wikipedia
    claim: str
    supported: bool
    sentences: tuple[str, ...]
    context: str  # title and date of the page
    marked: tuple[tuple[int, ...], ...]

    @property
    def split(self) -> str:
        """`tune` or `test`, by article."""
        return "tune" if hashlib.sha256(self.article.encode()).digest()[0] < 128 else "test"


def load(path: Path, split: str = "all") -> list[Row]:
    """The claims of a file such as `claims_dev.jsonl`, or of the folder that holds it. Raises `InputError`."""
    file = path / "claims_dev.jsonl" if path.is_dir() else path
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read; give WiCE's dev.jsonl of claims, or its folder.") from error
    rows = [_row(line, f"{file}, line {n}") for n, line in enumerate(lines, start=1) if line.strip()]
    kept = [row for row in rows if split in ("all", row.split)]
    if not kept:
        raise InputError(f"{file} has no claims of the part {split!r}.")
    return kept


def _row(line: str, where: str) -> Row:
    try:
        data = json.loads(line)
        evidence = [str(sentence) for sentence in data["evidence"]]
        marked = () if data["label"] == "not_supported" else data["supporting_sentences"]
        return Row(
            id=str(data["meta"]["id"]),
            article=str(data["meta"]["claim_title"]),
            claim=str(data["claim"]),
            supported=data["label"] == "supported",
            sentences=tuple(sentence.removeprefix(_META) for sentence in evidence),
            context=_context(evidence),
            marked=tuple(_places(some, len(evidence)) for some in marked),
        )
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise InputError(f"{where} is no claim of WiCE: {type(error).__name__}: {error}") from error


def _places(marked: Any, count: int) -> tuple[int, ...]:
    places = tuple(int(place) for place in marked)
    if not all(0 <= place < count for place in places):
        raise IndexError("a supporting sentence is not on the page")
    return places


def _context(evidence: Sequence[str]) -> str:
    found = {}
    for sentence in evidence:
        name, _, value = sentence.removeprefix(_META).partition(": ")
        if sentence.startswith(_META) and name in _ABOUT:
            found[_ABOUT[name]] = value.split(" ")[0] if name != "TITLE" else value
    return " ".join(found.get(what, "") for what in ("title", "date")).strip()


Sets = list[list[Claim]]  # for each row the claim with each set of sentences that it may cite


def cited(rows: Sequence[Row], embedder: Embedder) -> Sets:
    """Each claim with the sentences that annotators marked, or else with the `CITED` that are nearest to it."""
    return [[_with(row, places) for places in row.marked or (_nearest(row, embedder),)] for row in rows]


def oracle_chunks(rows: Sequence[Row], embedder: Embedder) -> Sets:
    """Each claim with up to `CHUNKS` chunks: what was marked among its neighbours, or else parts of the page."""
    return [[_with(row, places) for places in _chunks(row)] for row in rows]


SETTINGS: dict[str, Callable[[Sequence[Row], Embedder], Sets]] = {"cited": cited, "oracle chunks": oracle_chunks}


def _with(row: Row, places: Sequence[int]) -> Claim:
    return Claim(row.claim, tuple(row.sentences[place] for place in places), row.context)


def _nearest(row: Row, embedder: Embedder) -> list[int]:
    """By cosine and share of covered words, as a retriever would choose; in the order of the page."""
    vectors = embedder.encode([row.claim, *row.sentences])
    wanted = set(terms(row.claim))
    covered = [len(wanted & set(terms(sentence))) / max(len(wanted), 1) for sentence in row.sentences]
    order = np.argsort(-(vectors[1:] @ vectors[0] + np.array(covered)), kind="stable")
    return sorted(int(place) for place in order[:CITED])


def _chunks(row: Row) -> list[list[int]]:
    generator = random.Random(row.id)  # noqa: S311 the same chunks every time
    if not row.marked:
        parts = _parts(row)
        return parts if len(parts) <= CHUNKS else generator.sample(parts, CHUNKS)
    sets = [row.marked[n % len(row.marked)] for n in range(max(CHUNKS, len(row.marked)))]
    return [_padded(row, marked, generator) for marked in generator.sample(sets, CHUNKS)]


def _padded(row: Row, marked: Sequence[int], generator: random.Random) -> list[int]:
    around = range(max(marked[0] - 15, 0), min(marked[-1] + 25, len(row.sentences)))
    others = [place for place in around if place not in marked]
    return sorted(_fill(row, [*marked, *generator.sample(others, len(others))]))


def _parts(row: Row) -> list[list[int]]:
    """The page in chunks that overlap by half."""
    parts, start = [], 0
    while start < len(row.sentences):
        part = _fill(row, range(start, len(row.sentences)))
        parts.append(part)
        start += max(1, (len(part) + 1) // 2) if part[-1] < len(row.sentences) - 1 else len(part)
    return parts


def _fill(row: Row, places: Sequence[int]) -> list[int]:
    """The first of the places that stay within a chunk; at least one."""
    taken, words = list[int](), 0
    for place in places:
        words += len(row.sentences[place].split())
        if taken and words >= CHUNK:
            break
        taken.append(place)
    return taken
