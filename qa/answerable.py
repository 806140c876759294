"""Does a sentence answer exactly the question that is asked? A language model says yes or no, and how surely.

As P(True) of Kadavath et al. (2022, "Language Models (Mostly) Know What They Know"), but asked of the question, before
there is an answer. Questions that resemble what a sentence says, but for a name, a year or a "not", are what retrieval
takes for answered.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from qa.llm.model import Message, Model
from qa.prompts import plain

_SYSTEM = (
    "You check whether a question can be answered. Reply yes if the evidence answers exactly this question. Reply no "
    "if the question asks about something else than the evidence does: another name, place, time or thing, or the "
    "opposite."
)
_FERRY = "The new ferry, built in Gdansk, cost 14 million euros and carries 320 passengers."
_MAYOR = "Marta Lind, who succeeded Ove Holm as mayor in 2011, opened the bridge."
_EXAMPLES = (
    (_FERRY, "How many passengers does the new ferry carry?", "yes"),
    (_FERRY, "How many passengers did the old ferry carry?", "no"),
    (
        "The council voted to close the library because its roof had become unsafe.",
        "What did the council vote not to close?",
        "no",
    ),
    (
        "The orchard was planted by monks in the twelfth century and restored in 1954.",
        "In what year was the orchard restored?",
        "yes",
    ),
    (_MAYOR, "Who did Ove Holm succeed as mayor?", "no"),
    (_MAYOR, "Who took over from Ove Holm as mayor?", "yes"),
    (
        "Prices of bread rose by 4% after the drought of 1999.",
        "How much did the price of milk rise after the drought?",
        "no",
    ),
    (
        "Herring, which feeds most of the seals of the bay, is caught from March on.",
        "What do the seals of the bay mainly eat?",
        "yes",
    ),
)
_TOLD = 20  # likeliest first tokens that are looked at
_LEAST = 1e-9  # probability of an answer that is not among them


def model_says(model: Model, question: str, sentence: str) -> float | None:
    """Log-odds of yes against no (natural logarithm); None where it says neither. Raises `ModelError`.

    The model has to tell probabilities (`copies`).
    """
    firsts = model.reply(_messages(question, sentence), 1, others=_TOLD).firsts
    yes, no = _probability("yes", firsts), _probability("no", firsts)
    return math.log(yes + _LEAST) - math.log(no + _LEAST) if yes or no else None


def _messages(question: str, sentence: str) -> list[Message]:
    messages: list[Message] = [("system", _SYSTEM)]
    for evidence, asked, reply in _EXAMPLES:
        messages += [("user", _ask(evidence, asked)), ("assistant", reply)]
    return [*messages, ("user", _ask(sentence, question))]


def _ask(evidence: str, question: str) -> str:
    return f"Evidence: {plain(evidence)}\n\nQuestion: {plain(question)}"


def _probability(said: str, firsts: Sequence[tuple[str, float]]) -> float:
    return sum(math.exp(logprob) for token, logprob in firsts if token.strip().lower() == said)
