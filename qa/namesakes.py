"""Different things of one name among the articles found: two towns, two albums, a father and a son.

An article may begin with the name of what it is about, and tell it apart from others of that name by words in brackets
or behind a comma: `Beyond Measure (Dynasty album)`, `Rush Township, Scioto County`, `Stephen O'Mara (1844 - 1926)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from qa.evidence import Candidate
from qa.kinds import kind_of, offers
from qa.known import bare_word, plain

MOST = 4  # namesakes that are told apart
_QUOTED = re.compile(r'"([^"]{2,80})"')
_PROPER = r"[A-Z][\w.'-]*"
_RUN = re.compile(rf"{_PROPER}(?:,? (?:(?:of|the|and|in|de|la|van|von) )?{_PROPER})*")
_HEAD = re.compile(
    r"(?:The |An? )?(?P<name>[A-Z0-9][\w.'-]*(?: [\w.'-]+){0,7}?)"
    r"(?: ?\((?P<brackets>[^()]{2,80})\)(?! ?[-:])"  # HANOI (Reuters) - is a dateline
    # what stands behind a comma may be how a headline goes on, but not where the name follows once more
    rf"|, (?P<behind>{_PROPER}(?:,? {_PROPER}){{0,5}}?)(?= (?:The )?(?P=name)\b))"
)
_WORD = re.compile(r"[\w'-]+")
_AGENCIES = frozenset(["reuters", "ap", "afp", "dpa", "upi", "ansa", "tass", "xinhua", "bloomberg", "cnn", "bbc"])
_ALIKE = 0.5  # two descriptions of one thing have more than this share of the shorter one's words in common


@dataclass(frozen=True)
class Namesake:
    """A thing of the name that is asked about, and the best sentence of the articles about it."""

    name: str  # as an article has it at its head, with what tells it apart
    told_apart_by: frozenset[str]
    said: Candidate
    contents: frozenset[int]  # the articles about it

    @property
    def value(self) -> str:
        """The sentence, after the name where it does not say which of the things it is about."""
        text = " ".join(self.said.text.split())
        return text if self.told_apart_by <= set(_words(plain(text))) else f"{self.name}: {text}"


def namesakes(question: str, ranked: Sequence[Candidate], heads: Mapping[int, str]) -> list[Namesake]:
    """The different things of the name asked about; none, or at least two.

    Of each the best sentence that has something of the kind that is asked for, or the best one where none has.

    `heads`: how each article begins, by its content.
    """
    subjects = [frozenset(_words(name)) for name in _names(plain(question))]
    kind = kind_of(question)
    best: dict[int, Candidate] = {}
    for candidate in sorted(ranked, key=lambda candidate: not offers(kind, candidate.text, question)):
        best.setdefault(candidate.found.passage.content, candidate)
    found: list[Namesake] = []
    for content, candidate in best.items():
        thing = _thing(plain(heads.get(content, "")), subjects, candidate)
        if thing is None:
            continue
        same = next((n for n, other in enumerate(found) if _alike(thing.told_apart_by, other.told_apart_by)), None)
        if same is None:
            found.append(thing)
        else:
            found[same] = replace(found[same], contents=found[same].contents | thing.contents)
    return found[:MOST] if len(found) > 1 else []


def _names(question: str) -> Iterator[str]:
    yield from _QUOTED.findall(question)
    start = len(question.split(" ", 1)[0])  # the first word has its capital anyway
    yield from _RUN.findall(question[start:])


def _words(text: str) -> list[str]:
    return [bare_word(word) for word in _WORD.findall(text)]


def _thing(text: str, subjects: Sequence[frozenset[str]], said: Candidate) -> Namesake | None:
    """What an article is about; None where it does not begin with one of the names, and what tells it apart."""
    head = _HEAD.match(text)
    if head is None:
        return None
    name = frozenset(_words(head["name"]))
    words = frozenset(_words(head["brackets"] or head["behind"])) - name
    if head["name"].isupper() or words & _AGENCIES or all(word.isdigit() and len(word) < 4 for word in words):
        return None  # a dateline, who reports it, an age
    about = any(subject <= name and len(name - subject) < len(subject) for subject in subjects)
    contents = frozenset({said.found.passage.content})
    return Namesake(head.group().strip(), words, said, contents) if about and words else None


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) > _ALIKE * min(len(one), len(other))
