"""Every pair of alike quotations in the seeds (`eval/gold/pairs.jsonl`): the conflicts are found, and no others."""

import json
import re
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path

import pytest

from index.split import split
from qa.difference import Sentence, differences
from qa.facts import quotations
from qa.known import plain

ROOT = Path(__file__).resolve().parents[1]
PAIRS = [json.loads(line) for line in (ROOT / "eval/gold/pairs.jsonl").read_text("utf-8").splitlines()]
TEXTS = {path.name: path.read_text("utf-8-sig") for path in sorted((ROOT / "seeds").glob("*.txt"))}
SENTENCES = {
    name: [text[s.start : s.end] for passage in split(text) for s in passage.sentences] for name, text in TEXTS.items()
}


def holding(file: str, quote: str) -> list[Sentence]:
    """The sentences of a file that hold a quotation, or a part of it."""
    texts = SENTENCES[file]
    parts = re.split(r"(?<=[.!?]) ", quote)
    return [Sentence.among(texts, n) for n, text in enumerate(texts) if any(part in text for part in parts)]


def name(pair: dict) -> str:
    return " - ".join(f"{side['file'][:3]} {side['quote'][:20]}" for side in (pair["one"], pair["other"]))


@pytest.mark.parametrize("pair", PAIRS, ids=name)
def test_the_verdict_on_each_pair(pair: dict) -> None:
    one, other = pair["one"], pair["other"]
    ours, theirs = (holding(side["file"], side["quote"]) for side in (one, other))
    assert ours
    assert theirs
    found = [
        difference
        for mine in ours
        for yours in theirs
        for difference in differences(mine, yours)
        if difference.one in plain(one["quote"]) and difference.other in plain(other["quote"])
    ]
    assert {difference.kind for difference in found} == ({pair["kind"]} if pair["verdict"] == "conflict" else set())
    assert pair["reason"]


def test_no_pair_is_left_out() -> None:
    """Quotations of two files that are alike in characters or share most words: each pair is judged."""
    sides = [frozenset((side["file"], plain(side["quote"])) for side in (pair["one"], pair["other"])) for pair in PAIRS]
    assert len(set(sides)) == len(PAIRS)
    lines = [(file, plain(line)) for file, text in TEXTS.items() for line in text.splitlines()]
    said = {(file, quote) for file, line in lines for quote in quotations(line)}
    for one, other in combinations(sorted(said), 2):
        if one[0] != other[0] and alike(one[1], other[1]):
            assert frozenset({one, other}) in sides, (one, other)


def alike(one: str, other: str) -> bool:
    words = [re.findall(r"[\w'-]+", quote.lower()) for quote in (one, other)]
    blocks = SequenceMatcher(None, *words, autojunk=False).get_matching_blocks()
    shared = sum(block.size for block in blocks) / min(map(len, words))
    return shared >= 0.6 or SequenceMatcher(None, one.lower(), other.lower(), autojunk=False).ratio() >= 0.55
