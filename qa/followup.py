"""Does a question lean on the one before it, or does it stand alone?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.terms import terms

_FEWEST = 2  # index terms that a question has to have to say by itself what it is about
_SHORT = 3  # words of a question such as "Why is that?"
_BACK = 3  # questions that are looked back at

# What can stand for something named earlier. "that" and "this" do where no noun of their own can follow; an "it" or a
# "there" that stands for nothing ("how long does it take", "are there") is left out.
_REFERRING = re.compile(
    r"\b(?:he|him|his|she|hers?|they|them|theirs?|its|then|these|those|such|(?:him|her|it|them)sel(?:f|ves)|"
    r"it(?! (?:takes?|took|is possible|possible|common|likely|true))|"
    r"the (?:former|latter|same|others?)|(?<!is )(?<!are )(?<!was )(?<!were )there(?! (?:is|are|was|were)\b)|"
    r"this(?! (?:year|month|week|morning|evening))|that(?=\W*$| (?:happen|mean|day|year|place|one)))\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<!^)\b[A-Z]\w+")
_GOING_ON = re.compile(r"^\W*(?:and|but|or|so|also|then|what about|how about|what else|who else)\b", re.IGNORECASE)
_REASON = re.compile(r"^\W*(?:why|how)\b", re.IGNORECASE)


def leans_back(question: str) -> bool:
    """Whether `question` needs the one before it: it refers to something, goes on from it, or names next to nothing.

    A rule, not an understanding: "When did he land?", "And the shares?", "Why?" lean back; "When did Putin land?" and
    "Why did Putin say that he left?" do not, whatever was asked before.
    """
    text = question.strip()
    name = _NAME.search(text)
    few = not name and len(set(terms(text))) < _FEWEST
    short = _REASON.match(text) and len(text.split()) <= _SHORT
    refers = any(name is None or match.start() < name.start() for match in _REFERRING.finditer(text))
    return bool(few or short or refers or _GOING_ON.match(text))


def in_context(question: str, before: Sequence[str]) -> str:
    """`question` with the questions before it (oldest first) that it leans on: back to one that stands alone.

    The question itself comes first: an embedding model reads the beginning of what is too long for it.
    """
    asked = [question]
    for earlier in reversed(before[-_BACK:]):
        if not leans_back(asked[-1]):
            break
        asked.append(earlier)
    return " ".join(asked)
