"""How much of the truth is in how many words: the share of answers held against the words shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from eval.gold import Gold, load_gold, locate
from eval.metrics import contains
from index.builder import build
from index.reader import Reader
from index.settings import Settings
from qa.evidence import Candidate
from qa.gather import gather
from qa.retrieval import analyse

DEEPEST = 5  # sentences

Point = tuple[float, float]  # (mean words shown, share of questions whose answer is held)


def curve(gold: str | Path, corpus: str | Path, store: str | Path, split: str = "all") -> tuple[list[Point], Point]:
    """Points for always showing the best 1 to 5 sentences, and the point of what is shown.

    Questions without gold answers are left out. No question is refused here.
    """
    settings = replace(Settings.load(), store=str(store))
    build(corpus, settings)
    reader = Reader(settings)
    try:
        rows = [locate(row, lambda file: reader.article(file).text) for row in load_gold(gold)]
        asked = [
            (row, gather(analyse(row.question, reader), reader, None))
            for row in rows
            if row.answers and split in ("all", row.split)
        ]
    finally:
        reader.close()
    fixed = [_point([(row, told.ranked[:depth]) for row, told in asked]) for depth in range(1, DEEPEST + 1)]
    return fixed, _point([(row, [voice.said for voice in told.voices[: told.shown]]) for row, told in asked])


def _point(shown: Sequence[tuple[Gold, Sequence[Candidate]]]) -> Point:
    words = [sum(candidate.words for candidate in sentences) for _, sentences in shown]
    held = [bool(contains(" ".join(candidate.text for candidate in sentences), row)) for row, sentences in shown]
    return float(np.mean(words)), float(np.mean(held))
