"""Does the text of an answer hold the gold answer? SQuAD's normalisation, best alias.

An answer that refuses has an empty text here: it holds nothing. A question without gold answers, or one that is not
answerable, is not applicable (None): a correct refusal is no miss.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Sequence

from eval.gold import Gold
from qa.models import Answer

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
_MARKER = re.compile(r"\s*\[(\d+)\]")
_TYPEWRITTEN = str.maketrans("‘’‚‛“”„‟", "''''\"\"\"\"")
_POINT, _A_LETTER = re.compile(r"(?<=\d)\.(?=\d)"), "\ua78f"  # a dot that counts as a letter, and as no punctuation


def normalise_answer(text: str) -> str:
    """SQuAD's normalisation: lower case, no ASCII punctuation, no a/an/the, single spaces.

    As described in Rajpurkar et al., 2016 (section 6.1) and done by the official evaluation script.
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_NO_PUNCTUATION)).split())


def holds(text: str, words: str) -> bool:
    """Whether the words stand in the text, both normalised, on the boundaries of words: "12" does not stand in "1,200".

    Unlike in SQuAD's normalisation the point of 2.5 stays, since 25 is another number, and typographic quotation marks
    and apostrophes go as those of a typewriter do. Nothing holds words of which nothing is left.
    """
    wanted = _words(words)
    return bool(wanted) and _stands_in(wanted, _words(text))


def shown_text(answer: Answer) -> str:
    """The words that the reader of an answer sees: its text without the markers of its citations; empty for a refusal.

    Only markers that the answer has are taken out, so that a [7] which an article wrote itself stays.
    """
    return _without_markers(answer.text, answer) if answer.answered else ""


def short_text(answer: Answer) -> str:
    """What exact match and token F1 look at: `short` where there is one, else the shown text."""
    return answer.short if answer.answered and answer.short is not None else shown_text(answer)


def words_shown(answer: Answer) -> float | None:
    """Number of words, separated by white space, of the shown text. None for a refusal."""
    return float(len(shown_text(answer).split())) if answer.answered else None


def contains(text: str, gold: Gold) -> float | None:
    """1 if the text holds every answer group, else 0: `answer_recall` is 1 (ALCE's str_hit)."""
    recall = answer_recall(text, gold)
    return None if recall is None else float(recall == 1.0)


def first_statement_contains(answer: Answer, gold: Gold) -> float | None:
    """`contains` of the first statement of the answer alone; 0 for a refusal."""
    first = answer.statements[0].text if answer.answered and answer.statements else ""
    return contains(_without_markers(first, answer), gold)


def answer_recall(text: str, gold: Gold) -> float | None:
    """Share of the answer groups of which some alias stands in the text, both normalised.

    The string match of ASQA (Stelmakh et al., 2022) and ALCE (Gao et al., 2023), as `holds` does it. None without gold
    answers.
    """
    groups = _groups(gold, _words)
    if not groups:
        return None
    normalised = _words(text)
    return sum(any(_stands_in(alias, normalised) for alias in group) for group in groups) / len(groups)


def exact_match(text: str, gold: Gold) -> float | None:
    """1 if the normalised text equals some alias, else 0 (Rajpurkar et al., 2016). None without gold answers."""
    aliases = [alias for group in _groups(gold) for alias in group]
    return float(normalise_answer(text) in aliases) if aliases else None


def token_f1(text: str, gold: Gold) -> float | None:
    """Harmonic mean of token precision and recall against the alias that fits best (Rajpurkar et al., 2016).

    None without gold answers.
    """
    aliases = [alias for group in _groups(gold) for alias in group]
    predicted = normalise_answer(text).split()
    return max(_f1(predicted, alias.split()) for alias in aliases) if aliases else None


def _without_markers(text: str, answer: Answer) -> str:
    markers = {citation.marker for citation in answer.citations}
    return _MARKER.sub(lambda match: "" if int(match[1]) in markers else match[0], text).strip()


def _words(text: str) -> str:
    return normalise_answer(_POINT.sub(_A_LETTER, text.translate(_TYPEWRITTEN)))


def _groups(gold: Gold, normalise: Callable[[str], str] = normalise_answer) -> list[list[str]]:
    """The aliases, normalised. One of which nothing is left cannot be looked for; nor can a group of only those."""
    if not gold.answerable:
        return []
    groups = ([alias for alias in map(normalise, group) if alias] for group in gold.answers)
    return [group for group in groups if group]


def _stands_in(alias: str, text: str) -> bool:
    # A token is letters and digits: the typographic quotes and dashes that normalisation leaves are not part of it.
    return re.search(rf"(?<!\w){re.escape(alias)}(?!\w)", text) is not None


def _f1(predicted: Sequence[str], alias: Sequence[str]) -> float:
    common = (Counter(predicted) & Counter(alias)).total()
    return 2 * common / (len(predicted) + len(alias))
