"""Article text -> sentences with exact offsets, grouped into passages along paragraphs.

sentencex finds the sentence ends (it knows `U.S.`, `Mr.` and quotations that end in `.”`); this module decides what a
paragraph is, mends what news prose needs beyond that, and keeps everything in the offsets of the original text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

import sentencex

from index.models import Passage, Sentence, Span

JOIN_BELOW = 400  # a passage shorter than this takes in the next paragraph ...
JOIN_UP_TO = 700  # ... as long as both together stay within this
CUT_PAST = 900  # a longer paragraph is cut at sentences
LONGEST_SENTENCE = 1_000  # about the 256 tokens that the bundled model reads
LONGEST_PARAGRAPH = 20_000  # past this a line is cut at white space: over some, sentencex takes quadratic time
LONG_QUOTATION = 400  # past this, a quotation of several sentences is cut inside

_LINE_END = re.compile("\r\n|[\r\n\v\f\x85\u2028\u2029]")
_ENDS_SENTENCE = re.compile(r"[.!?:…][\"'”’»)\]]*\s*$")
_MARKUP_LINE = re.compile(r"\s*(?:#{1,6}\s|[-*+•]\s|\d{1,3}[.)]\s|>|\|)")
_CLOSING = "\"”’»)]'"
_QUOTES = re.compile('[“”„«»"]')
_CLOCK = re.compile(r"\b[ap]\.m\.$", re.IGNORECASE)
_TAIL = 8  # characters; enough to see a time of day, and what is held may have grown long
_AFTER_CLOCK = re.compile(
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Jan|Feb|March|April|May|June|July|Aug|Sept|Oct|Nov|Dec)|"
    r"[ECMP][SD]?T\b|GMT|UTC|BST|CET|Eastern|Central|Pacific|Moscow|London)"
)
_WRAP_WIDTH = 100  # hard-wrapped text has no line longer than this


def split(text: str, start: int = 0) -> list[Passage]:
    """The passages of `text` from offset `start` on, in order.

    Every sentence is a range of `text` without white space around it, at most `LONGEST_SENTENCE` characters long; every
    character that is not white space belongs to exactly one sentence, and every sentence to exactly one passage.
    """
    spans = (piece for span in _paragraphs(text, start) for piece in _no_longer_than(LONGEST_PARAGRAPH, text, span))
    paragraphs = (list(_sentences(text, span)) for span in spans)
    pieces = (piece for paragraph in paragraphs if paragraph for piece in _cut(paragraph))
    return [Passage(group[0].start, group[-1].end, tuple(group)) for group in _join(pieces)]


def _paragraphs(text: str, start: int) -> Iterator[Span]:
    """Blocks between blank lines; inside a block each line is a paragraph, unless the block is hard-wrapped."""
    for lines in _blocks(text, start):
        if len(lines) > 1 and _hard_wrapped([text[line.start : line.end] for line in lines]):
            yield Span(lines[0].start, lines[-1].end)
        else:
            yield from lines


def _blocks(text: str, start: int) -> Iterator[list[Span]]:
    """Lines that no blank line parts, each without the white space around it."""
    block: list[Span] = []
    for line in _lines(text, start):
        if line is not None:
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _lines(text: str, start: int) -> Iterator[Span | None]:
    """Each line, or None for a blank one."""
    at = start
    for match in _LINE_END.finditer(text, start):
        yield next(_stripped(text, at, match.start()), None)
        at = match.end()
    yield next(_stripped(text, at, len(text)), None)


def _stripped(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    if content := piece.strip():
        start += len(piece) - len(piece.lstrip())
        yield Span(start, start + len(content))


def _hard_wrapped(lines: list[str]) -> bool:
    """Whether the line ends mean nothing: no long line, and most lines stop in the middle of a sentence."""
    if any(len(line) > _WRAP_WIDTH or _MARKUP_LINE.match(line) for line in lines):
        return False
    open_ends = sum(not _ENDS_SENTENCE.search(line) and len(line) > _WRAP_WIDTH / 3 for line in lines[:-1])
    return open_ends * 2 > len(lines) - 1


def _sentences(text: str, paragraph: Span) -> Iterator[Sentence]:
    flowing = _LINE_END.sub(lambda match: " " * len(match.group()), text[paragraph.start : paragraph.end])
    for span in _mended(flowing, _boundaries(flowing)):
        for part in _inside_quotation(flowing, span):
            for piece in _no_longer_than(LONGEST_SENTENCE, flowing, part):
                yield Sentence(paragraph.start + piece.start, paragraph.start + piece.end)


def _boundaries(flowing: str) -> Iterator[Span]:
    for boundary in sentencex.get_sentence_boundaries("en", flowing):
        yield from _stripped(flowing, boundary["start_index"], boundary["end_index"])


def _mended(flowing: str, spans: Iterable[Span]) -> Iterator[Span]:
    """Undo cuts in front of a lower-case word, a bare mark, or the day after a time (`9 p.m. Monday`)."""
    held: Span | None = None
    for span in spans:
        if held and _continues(flowing[max(held.start, held.end - _TAIL) : held.end], flowing[span.start : span.end]):
            held = Span(held.start, span.end)
            continue
        if held:
            yield held
        held = span
    if held:
        yield held


def _continues(before: str, after: str) -> bool:
    if after[0].islower() or not any(character.isalnum() for character in after):
        return True
    return bool(_CLOCK.search(before) and _AFTER_CLOCK.match(after))


def _inside_quotation(flowing: str, span: Span) -> Iterator[Span]:
    """sentencex keeps a quotation whole. A long one is cut at the sentences inside, with its closing marks."""
    if span.end - span.start <= LONG_QUOTATION:
        yield span
        return
    bare = _QUOTES.sub(" ", flowing[span.start : span.end])
    starts = [span.start]
    for part in list(_mended(bare, _boundaries(bare)))[1:]:
        start = span.start + part.start
        while start > span.start and flowing[start - 1] in '“„«"(':
            start -= 1
        if flowing[start] in _CLOSING and flowing[start] != '"':
            continue
        starts.append(start)
    for start, end in pairwise([*starts, span.end]):
        yield from _stripped(flowing, start, end)


def _no_longer_than(limit: int, flowing: str, span: Span) -> Iterator[Span]:
    """Cut at the last white space before `limit`, or at `limit` where there is none (a line without spaces)."""
    start = span.start
    while span.end - start > limit:
        space = max(flowing.rfind(mark, start + limit // 2, start + limit) for mark in (" ", "\t"))
        cut = space if space > start else start + limit
        yield from _stripped(flowing, start, cut)
        start = cut
    yield from _stripped(flowing, start, span.end)


def _cut(sentences: list[Sentence]) -> Iterator[list[Sentence]]:
    """A paragraph as one piece, or, past `CUT_PAST`, as pieces of about equal length."""
    length = sentences[-1].end - sentences[0].start
    target = length / -(-length // CUT_PAST)
    piece: list[Sentence] = []
    for sentence in sentences:
        if piece and (sentence.end - piece[0].start > CUT_PAST or piece[-1].end - piece[0].start >= target):
            yield piece
            piece = []
        piece.append(sentence)
    yield piece


def _join(pieces: Iterable[list[Sentence]]) -> Iterator[list[Sentence]]:
    """Short neighbours together: news on the web often has paragraphs of one sentence."""
    group: list[Sentence] = []
    for piece in pieces:
        short = group and group[-1].end - group[0].start < JOIN_BELOW
        if short and piece[-1].end - group[0].start <= JOIN_UP_TO:
            group = group + piece
            continue
        if group:
            yield group
        group = piece
    if group:
        yield group
