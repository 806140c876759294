"""Does a sentence of an article give orders to whoever reads it to a language model?

Such a sentence can be quoted like any other, as what the article says. It is not put before a language model, and
nothing is shown as supported by it. The patterns know common ways of English and a few of other languages; what they
miss is still only evidence: a model's words are checked, and a link, an image or a marker of its own is never shown.
"""

from __future__ import annotations

import re
import unicodedata

_LEET = str.maketrans("0134578@$", "oieastbas")
_ORDERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # to set instructions aside, or to take new ones
        r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,60}\b(?:instruct\w+|prompts?|rules?|above|previous|prior|"
        r"before|earlier|evidence|sources?|context|questions?|everything|guidelines?|training)\b",
        r"\b(?:new|your|following|these|system|hidden|secret)\s+(?:instructions?|prompts?|orders)\b",
        # what to say
        r"(?:^|[.:;,!?\"'“‘(\]>*-]\s*|\b(?:please|must|should|always|only|now|instead|and|then|to|you)\s+)"
        r"(?:say|answer|reply|respond|output|print|repeat|return|include|insert|append|cite|tell (?:the|them|users?|"
        r"everyone|readers?))\b\s*(?:with|that|only|exactly|simply|just|instead|always|the (?:words?|text|phrase|user|"
        r"link|image|following|answer)|this|these|to (?:every|any|all|the question)|no|yes|"
        r"[\"'“‘:\[<!])",
        r"\b(?:correct|right|only|final) (?:answer|reply|response) (?:is|to|for)\b|\banswers? (?:to|for) (?:every|any|"
        r"all|this|the) questions?\b|\b(?:every|any|all|the|each) questions?\b.{0,30}\b(?:is|are|with|by)\b",
        # an answer made ready
        r"\banswer key\b|\bshort answer\b(?: is)?\s*:|\bcopy [\"“]|"
        r"\bcop(?:y|ied)\b.{0,30}\b(?:evidence|verbatim)\b",
        # a role
        r"\byou are (?:now|no longer) \b|\b(?:developer|debug|admin(?:istrator)?|maintenance|god|dan) mode\b",
        r"(?:^|\b(?:you|please|now)\b.{0,20})\b(?:act|pretend|behave|role-?play)\b.{0,20}\b(?:as|to be|like|that)\b",
        r"\b(?:as|i am|this is|from|message from|signed)\s+(?:the|your)\s+(?:system|developers?|administrators?|admin|"
        r"operators?|creators?)\b",
        # signs of chat templates, of prompts, of calls
        r"<\|?/?(?:im_|system|user|assistant|evidence|end|s>|inst|sys|start|tool|function)|\[/?(?:INST|SYS|TOOL)|<<SYS|"
        r"^#{2,}\s|^\s*(?:system|user|human|assistant|question|answer|q|a|instruction|response|evidence)\s*:|"
        r"\{\s*\"\w+\"\s*:",
        # German, French, Spanish
        r"\b(?:ignorier\w*|vergiss|vergessen sie)\b.{0,60}\b(?:anweisung\w*|alles|regeln?)\b|\b(?:antworte|sage?|sagen "
        r"sie)\b.{0,20}(?:[\"„“:]|\bdass\b|\bnur\b|\bimmer\b|\bmit\b)|"
        r"\b(?:ignore[zr]?|oublie[zr]?|ignora|olvida)\b.{0,60}\b(?:instructions?|consignes?|instrucciones|todo|tout)\b|"
        r"\b(?:réponds|répondez|dites|responde|di)\b.{0,20}(?:[\"«“:]|\bque\b)",
    )
)
_SIGNS = tuple(  # innocent where an article is about machines, or is a page of the web
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # to a machine by name
        r"\b(?:assistants?|chat\s?bots?|(?:large )?language models?|llms?|ai (?:models?|systems?|agents?|readers?)|"
        r"note to (?:the )?ai|dear ai|attention ai)\b",
        r"\b(?:ais?|models?|bots?|machines?|software|systems?)\b.{0,40}\b(?:must|should|shall|has to|have to|is to|are "
        r"to|will now)\b.{0,40}\b(?:say|answer|reply|respond|state|write|output|print|tell|include|cite|refuse)\b",
        # links, images, footnotes
        r"\[\d{1,3}\]|!\[|\]\(|<\s*(?:img|a|script|iframe)\b|javascript:|data:\w+/",
    )
)
_HIDDEN = re.compile("[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]|(?:[\u200b-\u200d\u2060].?){3}")
_INVISIBLE = re.compile("[\\u00ad\\u200b-\\u200f\\u2060-\\u2064\\ufeff]")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n")
_ENCODED = re.compile(r"[A-Za-z0-9+/]{32,}={0,2}|(?:\\x[0-9a-f]{2}|%[0-9a-f]{2}|&#x?[0-9a-f]+;){6,}", re.IGNORECASE)


def gives_orders(sentence: str) -> bool:
    """Whether `sentence` reads as an order to a machine, imitates the signs of a prompt, or hides what it says."""
    return _matches(sentence, _ORDERS + _SIGNS)


def is_hostile(article: str) -> bool:
    """Whether an article holds such an order somewhere. Then none of its sentences is put before a language model.

    What it says of the machine's other answers may be a plain sentence that no pattern tells; and who writes one order
    into an article may have written more.
    """
    return any(_matches(line, _ORDERS) for line in _SENTENCE_END.split(article))


def _matches(text: str, patterns: tuple[re.Pattern[str], ...]) -> bool:
    if _HIDDEN.search(text) or _ENCODED.search(text):
        return True
    plain = " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).split())
    readings = (plain, plain.translate(_LEET), plain.replace("-", "").replace(".", "").replace("_", ""))
    return any(pattern.search(reading) for reading in dict.fromkeys(readings) for pattern in patterns)
