"""Baselines that share nothing with Byline's index: whole paragraphs, ranked by BM25 alone or by one vector each."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import Stemmer

from index.embed import Embedder
from qa.models import Hit, Place

K1 = 1.5
B = 0.75

_BREAK = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_WORD = re.compile(r"\w+")


def paragraphs(texts: Mapping[str, str]) -> list[Place]:
    """The paragraphs of all articles, without the white space around them: what stands between blank lines."""
    return [Place(file, start, end) for file, text in texts.items() for start, end in _between_breaks(text)]


def _between_breaks(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for match in [*_BREAK.finditer(text), None]:
        piece = text[at : match.start() if match else len(text)]
        if content := piece.strip():
            start = at + len(piece) - len(piece.lstrip())
            yield start, start + len(content)
        at = match.end() if match else at


class ParagraphBM25:
    """Okapi BM25 (Robertson and Zaragoza, 2009) over paragraphs, k1 = 1.5, b = 0.75, with Snowball English stems.

    IDF is ln(1 + (N - n + 0.5) / (n + 0.5)), as in Lucene: never negative.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._stemmer = Stemmer.Stemmer("english")
        self._places = paragraphs(texts)
        stems = [self._stems(_text(texts, place)) for place in self._places]
        mean = sum(map(len, stems)) / max(1, len(stems))
        self._norms = [K1 * (1 - B + B * len(paragraph) / mean) for paragraph in stems]
        self._postings: dict[str, list[tuple[int, int]]] = {}  # stem -> (paragraph, times it stands there)
        for number, paragraph in enumerate(stems):
            for stem, times in Counter(paragraph).items():
                self._postings.setdefault(stem, []).append((number, times))

    def search(self, question: str, n: int | None = None) -> list[Hit]:
        """The `n` best paragraphs with a stem of the question, or all; equal scores in the order of the corpus."""
        scores: dict[int, float] = {}
        for stem in sorted(set(self._stems(question))):
            postings = self._postings.get(stem, [])
            idf = math.log(1 + (len(self._places) - len(postings) + 0.5) / (len(postings) + 0.5))
            for number, times in postings:
                gain = idf * times * (K1 + 1) / (times + self._norms[number])
                scores[number] = scores.get(number, 0.0) + gain
        return _ranked(self._texts, self._places, scores)[:n]

    def _stems(self, text: str) -> Sequence[str]:
        stems: list[str] = self._stemmer.stemWords(_WORD.findall(text.lower()))
        return stems


class ParagraphDense:
    """One vector a paragraph, ranked by cosine. What the model does not read of a long paragraph is lost, as it is."""

    def __init__(self, texts: Mapping[str, str], embedder: Embedder) -> None:
        self._texts = texts
        self._embedder = embedder
        self._places = paragraphs(texts)
        self._vectors = embedder.encode([_text(texts, place) for place in self._places])

    def search(self, question: str, n: int | None = None) -> list[Hit]:
        """The `n` best paragraphs, or all, best first; equal scores in the order of the corpus."""
        cosines = self._vectors @ self._embedder.encode_question(question)
        return _ranked(self._texts, self._places, dict(enumerate(cosines.tolist())))[:n]


def _text(texts: Mapping[str, str], place: Place) -> str:
    return texts[place.file][place.start : place.end]


def _ranked(texts: Mapping[str, str], places: Sequence[Place], scores: Mapping[int, float]) -> list[Hit]:
    order = sorted(scores, key=lambda number: (-scores[number], number))
    return [Hit(*places[number], text=_text(texts, places[number]), score=scores[number]) for number in order]
