"""How many changes are found, and how many are invented: `python docs/planted.py OneStopQA.json runs/planted.md`.

OneStopQA has each of its articles at three reading levels, rewrites by professional writers. Their sentences are
aligned by meaning. What `qa.difference` finds between them as they are is invented, but for real slips, which are
listed. Then one number, date, name or denial is changed, at random, in one sentence of a pair, where the other has it
too; to deny is to put `not` behind an auxiliary before a word that the other has.
"""

import calendar
import random
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from eval.imports.onestopqa import LEVELS, import_onestopqa
from eval.stats import wilson
from index.builder import build
from index.catalog import Catalog
from index.opening import catalog_path
from index.settings import Settings
from qa.conflict import NEAR
from qa.difference import Sentence, differences
from qa.known import CALENDAR, plain
from qa.names import names
from qa.stems import stems

KINDS = ("number", "date", "name", "negation")
MOST = 150  # changes of a kind
_NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})*(?![\w.,]*\d)")
_YEAR = re.compile(r"(?:1\d|20)\d\d")
_DAYS, _MONTHS = list(calendar.day_name), [name for name in calendar.month_name[1:] if name != "May"]
_AUXILIARY = re.compile(r"\b(?:is|was|were|are|will|has|had|can|could|should|would)\b(?= (\w+))")
_DENIED = re.compile(r"\bnot\b|n't|n’t|\bno\b|\bnever\b|\bwithout\b")


@dataclass(frozen=True)
class Pair:
    """Two sentences of two levels that say the same."""

    file: str
    one: Sentence
    other: Sentence


def pairs(source: Path, work: Path) -> list[Pair]:
    """For each sentence the nearest of each other level, from `NEAR` on."""
    for level in LEVELS:
        import_onestopqa(source, work / level, level)
        for path in (work / level / "corpus").rglob("*.txt"):
            (work / "all" / level).mkdir(parents=True, exist_ok=True)
            (work / "all" / level / path.name).write_bytes(path.read_bytes())
    build(work / "all", Settings(store=str(work / "store")))
    catalog = Catalog(catalog_path(work / "store"))
    said = {path: catalog.sentences_of(record.content) for path, record in catalog.files().items() if record.content}
    catalog.close()
    names_ = sorted({Path(path).name for path in said})
    return [
        Pair(f"{name}, {one} and {other}", here, there)
        for name in names_
        for one, other in combinations(LEVELS, 2)
        for here, there in aligned(said[f"{one}/{name}"], said[f"{other}/{name}"])
    ]


def aligned(
    one: tuple[tuple[str, ...], np.ndarray], other: tuple[tuple[str, ...], np.ndarray]
) -> Iterator[tuple[Sentence, Sentence]]:
    """Sentences with the one that is nearest to them."""
    cosines = one[1] @ other[1].T
    for n, row in enumerate(cosines):
        if row.max() >= NEAR:
            yield Sentence.among(one[0], n), Sentence.among(other[0], int(row.argmax()))


def changes(pair: Pair, others: list[str], chance: random.Random) -> Iterator[tuple[str, str]]:
    """(kind, the first sentence with one thing changed)."""
    text, told = pair.one.text, pair.other.text
    yield from (("number", changed) for changed in other_numbers(text, told, chance))
    yield from (("date", changed) for kinds in (_DAYS, _MONTHS) for changed in other_days(text, told, kinds, chance))
    for name in sorted(inner_names(text)):
        if re.search(rf"\b{name}\b", told) and text.count(name) == 1:
            yield "name", text.replace(name, chance.choice([other for other in others if other not in text + told]))
    for match in _AUXILIARY.finditer(text):
        if not _DENIED.search(text + told) and set(stems(match[1])) & set(stems(told)):
            yield "negation", put(text, match, f"{match[0]} not")


def other_numbers(text: str, told: str, chance: random.Random) -> Iterator[str]:
    """A year a few years off, any other number more than doubled."""
    for match in _NUMBER.finditer(text):
        if re.search(rf"(?<![\d,.]){re.escape(match[0])}(?!\d)", told):
            value = int(match[0].replace(",", ""))
            year = value + chance.choice([-7, -3, 2, 5])
            yield put(text, match, str(year if _YEAR.fullmatch(match[0]) else 2 * value + chance.randint(1, 4)))


def other_days(text: str, told: str, kinds: list[str], chance: random.Random) -> Iterator[str]:
    """Another weekday, or another month."""
    for match in re.finditer(rf"\b(?:{'|'.join(kinds)})\b", text):
        if match[0] in told:
            yield put(text, match, chance.choice([name for name in kinds if name != match[0]]))


def put(text: str, match: re.Match[str], new: str) -> str:
    """`new` in the place of what matched."""
    return text[: match.start()] + new + text[match.end() :]


def inner_names(text: str) -> set[str]:
    """Names of more than three letters that do not begin a sentence."""
    found = {name for name, begins in names(plain(text)) if not begins and name.isalpha() and len(name) > 3}
    return {name for name in found if name.lower() not in CALENDAR and not name.isupper() and name in text}


def rows(found: list[Pair]) -> Iterator[str]:
    """The changes of each kind that are found."""
    chance = random.Random(1)  # noqa: S311 the same changes every time
    others = sorted({name for pair in found for name in inner_names(pair.one.text)})
    planted: dict[str, list[tuple[Pair, str]]] = {kind: [] for kind in KINDS}
    for pair in found:
        for kind, text in changes(pair, others, chance):
            planted[kind].append((pair, text))
    right = total = 0
    for kind in KINDS:
        asked = chance.sample(planted[kind], min(MOST, len(planted[kind])))
        seen = sum(
            any(difference.kind == kind for difference in differences(Sentence(text, pair.one.around), pair.other))
            for pair, text in asked
        )
        right, total = right + seen, total + len(asked)
        yield f"| a changed {kind} | {len(asked)} | {wilson(seen, len(asked)) or 'n/a'} |"
    yield f"| all changes | {total} | {wilson(right, total) or 'n/a'} |"


def slips(found: list[Pair]) -> Iterator[str]:
    """What is found in the sentences as they are."""
    told = [(pair, difference) for pair in found for difference in differences(pair.one, pair.other)]
    typed = [(pair, difference) for pair, difference in told if difference.kind in KINDS]
    words = {pair for pair, difference in told if difference.kind == "quote"}
    asked, count = len(found), wilson(len({pair for pair, _ in typed}), len(found))
    yield f"| as they are: a number, date, name or denial is said to differ | {asked} | {count or 'n/a'} |"
    yield f"| as they are: words within quotation marks differ | {asked} | {wilson(len(words), asked) or 'n/a'} |"
    yield ""
    for pair, difference in typed:
        yield f"- {pair.file}: {difference.kind}, “{difference.one}” or “{difference.other}”"


def main(source: Path, out: Path) -> None:
    """Write the table."""
    with tempfile.TemporaryDirectory() as work:
        found = pairs(source, Path(work))
    lines = ["| | pairs of sentences | share [95% interval] |", "| --- | ---: | ---: |", *rows(found), *slips(found)]
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
