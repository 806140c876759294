"""Example questions drawn from the articles themselves, each tried before it is offered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from index.errors import InputError
from qa.assistant import Assistant

_SAMPLE = 40  # articles that are looked at
_HEAD = 6_000  # characters of each
_TRIED = 12  # questions that are asked to find those that have an answer
_ANY = "What are these articles about?"

_NO_NAME = r"(?!(?:And|But|The|In|On|At|As|When|If|For|So|Then|Yet|While|After|Before|Mr|Mrs|Ms|Dr)\b)"
_NAME = rf"{_NO_NAME}[A-Z][a-z]+(?: [A-Z][a-z]+){{1,3}}"
_NAMES = re.compile(rf"(?<=[a-z,;] ){_NAME}")  # not at the start of a sentence, where every word has a capital
_SAYS = re.compile(rf"\b({_NAME}),? (?:said|says|told|added|warned|called|insisted|argued)\b")
_VERBS = {
    "announced": "announce", "arrived": "arrive", "became": "become", "began": "begin", "bought": "buy", "died": "die",
    "founded": "found", "joined": "join", "landed": "land", "launched": "launch", "left": "leave", "lost": "lose",
    "moved": "move", "opened": "open", "published": "publish", "resigned": "resign", "returned": "return",
    "signed": "sign", "travelled": "travel", "visited": "visit", "won": "win",
}  # fmt: skip
_WHERE = r"(?: (?:in|to|at|from|the|a|an|his|her)){0,3}(?: [A-Z][a-z]+){1,3}"
_DID = re.compile(rf"\b({_NO_NAME}[A-Z][a-z]+(?: [A-Z][a-z]+){{0,3}}) ({'|'.join(_VERBS)})({_WHERE})")


def examples(assistant: Assistant, count: int = 4) -> list[str]:
    """Up to `count` questions about the indexed articles: what happened when, who said what, and so on.

    Each is one that is answered. The same articles give the same questions. None where there are no articles.
    """
    entries = assistant.reader.entries()
    step = max(1, len(entries) // _SAMPLE)
    texts = [text for entry in entries[::step] if (text := _text(assistant, entry.file))]
    found = (question for question in islice(_candidates(texts), _TRIED) if assistant.ask(question).answered)
    return list(islice(found, count))


def _text(assistant: Assistant, file: str) -> str | None:
    try:
        return assistant.article(file).text[:_HEAD]
    except InputError:  # a build has just removed it
        return None


def _candidates(texts: Sequence[str]) -> Iterator[str]:
    """Questions of different kinds in turn, the commonest names first."""
    kinds = [
        [_when(found) for found in _common(_DID, texts)],
        [f"What did {found[1]} say?" for found in _common(_SAYS, texts)],
        [_ANY],
        [f"Which articles mention {found[0]}?" for found in _common(_NAMES, texts)],
    ]
    for rank in range(max(map(len, kinds))):
        yield from (kind[rank] for kind in kinds if rank < len(kind))


def _when(found: tuple[str, ...]) -> str:
    _, name, verb, where = found
    return f"When did {name} {_VERBS[verb]}{where}?"


def _common(pattern: re.Pattern[str], texts: Iterable[str]) -> list[tuple[str, ...]]:
    """What `pattern` finds, whole and by groups, in the order of the number of texts that hold it."""
    counts = Counter(found for text in texts for found in {(m[0], *m.groups()) for m in pattern.finditer(text)})
    return sorted(counts, key=lambda found: (-counts[found], found))
