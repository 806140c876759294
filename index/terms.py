"""Text -> index terms: lower-case Snowball stems without function words, the same for articles and questions."""

from __future__ import annotations

import re
import threading
import unicodedata

import Stemmer

_WORD = re.compile(r"(?:[A-Z]\.){2,}|[0-9]{1,3}(?:,[0-9]{3})+|[^\W_]+(?:['’][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)
_ACRONYMS = {"US": "usa", "USA": "usa"}  # or the country is lost among the pronouns

_STOP_WORDS = """
    a about after all also an and any are as at be because been before being between both but by can could did
    do does doing during each few for from further had has have having he her here hers herself him himself his
    how i if in into is it its itself just me more most my myself no nor not now of off on once only or other
    our ours out over own same she should so some such than that the their theirs them themselves then there
    these they this those through to too under until up us very was we were what when where which while who whom
    whose why will with would you your yours shall may might must said say says tell did didn't don't doesn't
    isn't wasn't
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

_local = threading.local()


def terms(text: str) -> list[str]:
    """The index terms of `text`, in order, repeated as they occur.

    `U.S.` and `US` become one term, as do `1,200` and `1200`, `Müller` and `Muller`; possessive `'s` is dropped. Stems
    are those of the Snowball English stemmer (https://snowballstem.org).
    """
    words = [_normalise(match.group()) for match in _WORD.finditer(text)]
    stems: list[str] = _stemmer().stemWords([word for word in words if word and word not in STOP_WORDS])
    return stems


def _normalise(word: str) -> str:
    word = _POSSESSIVE.sub("", word).replace(".", "").replace(",", "")
    if word in _ACRONYMS:
        return _ACRONYMS[word]
    if not word.isascii():
        word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)).replace("’", "'")
    return word.lower().replace("'", "") if word.lower() not in STOP_WORDS else ""


def _stemmer() -> Stemmer.Stemmer:
    if not hasattr(_local, "stemmer"):  # a stemmer keeps state while it works: one for each thread
        _local.stemmer = Stemmer.Stemmer("english")
    return _local.stemmer
