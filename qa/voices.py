"""Which sentences are one voice, and which say the same of their own accord?

The same sentence in near-duplicate articles (`index.duplicates`) is one voice: it is shown once, and its copies take no
room from other evidence. Articles that are no copies of each other and say the same confirm it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from qa.conflict import NEAR, Place, place_of
from qa.difference import differences
from qa.evidence import Candidate
from qa.kinds import new_names
from qa.known import DIGITS

_COMPARED = 24  # of the best sentences
_COPIED = 0.9  # cosine from which on a sentence of a copy is the same; a freer rewrite may have changed what it says
_OTHERS_FROM = 0.04  # probability from which on the best sentence of another article is shown as well ...
_OTHERS_WORDS, _MOST_SHOWN = 100, 4  # ... while there is room
_NAMES = 0.8  # of the names of a sentence that one which confirms it has as well


@dataclass(frozen=True)
class Voice:
    """A sentence, and where near-duplicates of its article have it too. Its probability is that of all of them."""

    said: Candidate
    copies: tuple[Candidate, ...] = ()

    @property
    def content(self) -> int:
        """The article of the sentence."""
        return self.said.found.passage.content

    @property
    def places(self) -> tuple[Place, ...]:
        """Where it stands, its copies with it."""
        return tuple(place_of(candidate) for candidate in (self.said, *self.copies))


Groups = Mapping[int, int]  # content -> the first content of its group of copies


def groups(contents: Collection[int], copies: Mapping[int, Collection[int]]) -> Groups:
    """Which of these contents are copies of each other, directly or by way of others among them."""
    found: dict[int, int] = {}
    for content in sorted(contents):
        if content in found:
            continue
        waiting = [content]
        while waiting:
            here = waiting.pop()
            if here not in found:
                found[here] = content
                waiting += [copy for copy in copies.get(here, ()) if copy in contents]
    return found


def voices(ranked: Sequence[Candidate], of: Groups) -> list[Voice]:
    """The candidates, best first, each with its copies among those behind it."""
    told: list[Voice] = []
    for n, candidate in enumerate(ranked):
        place = next((m for m, voice in enumerate(told) if n < _COMPARED and _copied(voice.said, candidate, of)), None)
        if place is None:
            told.append(Voice(candidate))
        else:
            voice = told[place]
            together = voice.said.probability + candidate.probability
            told[place] = Voice(replace(voice.said, probability=together), (*voice.copies, candidate))
    return sorted(told, key=lambda voice: -voice.said.probability)


def shown_first(told: Sequence[Voice], count: int, of: Groups) -> tuple[list[Voice], int]:
    """The voices, those to be shown in front, and how many these are.

    The first `count`, then the best of each article from which none of them is, copies of it included, where it may
    answer as well and does not merely say the same: articles that say different things are heard.
    """
    first, others = list(told[:count]), list[Voice]()
    heard = {of[voice.content] for voice in first}
    words = sum(voice.said.words for voice in first)
    for voice in told[count:]:
        if len(first) + len(others) == _MOST_SHOWN or voice.said.probability < _OTHERS_FROM:
            break
        fits = of[voice.content] not in heard and words + voice.said.words <= _OTHERS_WORDS
        if fits and not any(same(other.said, voice.said) for other in (*first, *others)):
            others.append(voice)
            heard.add(of[voice.content])
            words += voice.said.words
    rest = [voice for voice in told[count:] if voice not in others]
    return [*first, *others, *rest], count + len(others)


def _copied(one: Candidate, other: Candidate, of: Groups) -> bool:
    mine, yours = one.found.passage.content, other.found.passage.content
    return mine != yours and of[mine] == of[yours] and same(one, other, _COPIED)


def confirming(voice: Voice, ranked: Sequence[Candidate], of: Groups, question: str) -> Iterator[Candidate]:
    """Candidates that say the same in articles that are no copies of its own, one of each group of copies."""
    heard = {of[voice.content]}
    for candidate in ranked[:_COMPARED]:
        group = of[candidate.found.passage.content]
        if group not in heard and _holds(candidate.text, voice.said.text, question) and same(voice.said, candidate):
            heard.add(group)
            yield candidate


def _holds(other: str, said: str, question: str) -> bool:
    """Whether the other sentence has what this one tells beyond the question: all numbers and nearly all names."""
    named, words = new_names(said, question), other.lower()
    if not _numbers(said) - _numbers(question) <= _numbers(other):
        return False
    return sum(name.lower() in words for name in named) >= _NAMES * len(named)


def same(one: Candidate, other: Candidate, near: float = NEAR) -> bool:
    """Whether two sentences say the same: near in meaning, and nothing in them differs."""
    return float(one.vector @ other.vector) >= near and not differences(
        place_of(one).sentence, place_of(other).sentence
    )


def _numbers(text: str) -> set[str]:
    return set(DIGITS.findall(text))
