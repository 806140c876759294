"""Made-up drafts: sentences that say what a source says, and the same with one thing changed.

The true ones are the source itself, the source shortened, respelled, or two sources merged; the false ones have a
number, a date, a name, a negation or a word of a quotation changed, two names swapped, or cite another sentence of the
page. The rules are this module's own and share nothing with the checker's. For English.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from eval.wice import Row
from qa.verify import Claim

OTHER = "other source cited"
PER_PAGE = 2  # sentences

_PROPER = re.compile(r"^[A-Z“\"].{30,320}[.”\"]$")
_JUNK = re.compile(r"[|#*{}<>_=@©]|https?:|\.com|\b[Cc]ookies?\b|[A-Z]{3,} [A-Z]{3,}")
_NUMBER = re.compile(r"(?<![\w.,$£€:/-])\d{1,3}(?:,\d{3})*(?![\w,.:/-]*\d)(?![\w/-])")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_DATE = re.compile(rf"\b(?:{'|'.join([*(m for m in _MONTHS if m not in ('March', 'May')), *_DAYS])})\b")
_WORDS = {"two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
          "ten": "10", "eleven": "11", "twelve": "12"}  # fmt: skip
_WRITTEN = re.compile(rf"(?<![\w-])(?:{'|'.join(_WORDS)})(?![\w-])")
_NAME = re.compile(
    r"(?<=[a-z,] )(?!(?:I|The|A|An|In|On|At|Of|And|But|It|He|She|They|We)\b)[A-Z][a-z]{2,}(?:-[A-Z][a-z]+)*\b"
)
_RUN = re.compile(r"(?<![\w.-])[A-Z][a-z]{2,}(?: [A-Z][a-z]+)*(?![\w.-]*[A-Z])")
_HELPER = re.compile(r"\b(is|was|were|are|has|had|have|will|would|can|could|did|does)(?= [a-z])")
_AUX = r"is|was|were|are|has|had|have|will|would|can|could|did|does|do"
_NEGATED = re.compile(rf"\b({_AUX}) not |\b({_AUX})n[’']t |\bnever ")
_CLAUSE = re.compile(r"(?<=[a-z]), (?:who|which|where|when|after|although|while|according to) [^,;:“”\"()]*\.$")
_QUOTE = re.compile(r"[“\"]([^“”\"]{15,})[”\"]")
_LONG = re.compile(r"\b[a-z]{5,}\b")


@dataclass(frozen=True)
class Draft:
    """A claim that is true or not, of one kind, from one page."""

    claim: Claim
    kind: str
    true: bool
    article: str


def drafts(rows: Sequence[Row]) -> list[Draft]:
    """Drafts from the pages of `rows`, the same every time; each page once."""
    pages = {row.sentences: row for row in rows}
    return [draft for row in pages.values() for draft in _of_page(row)]


def _of_page(row: Row) -> Iterator[Draft]:
    generator = random.Random(row.id)  # noqa: S311 the same drafts every time
    usable = [sentence for sentence in dict.fromkeys(row.sentences) if _is_sentence(sentence)]
    page = " ".join(usable)
    for source in generator.sample(usable, min(PER_PAGE, len(usable))):
        claim = Claim(source, (source,), row.context)
        others = [sentence for sentence in usable if sentence != source]
        for kind, made in _true(claim, others, generator):
            yield Draft(made, kind, True, row.article)
        for kind, make in CORRUPTIONS.items():
            if (sentence := make(source, page, generator)) and sentence != source:
                yield Draft(replace(claim, sentence=sentence), kind, False, row.article)
        if others:
            yield Draft(replace(claim, sources=(generator.choice(others),)), OTHER, False, row.article)


def _is_sentence(text: str) -> bool:
    return bool(_PROPER.match(text)) and not _JUNK.search(text.replace("&", "")) and len(_LONG.findall(text)) >= 4


# -- true


def _true(claim: Claim, others: Sequence[str], generator: random.Random) -> Iterator[tuple[str, Claim]]:
    source = claim.sentence
    yield "the source itself", claim
    if (short := _CLAUSE.sub(".", source)) != source and len(short.split()) >= 6:
        yield "shortened", replace(claim, sentence=short)
    if (spelled := _respelled(source)) != source:
        yield "respelled", replace(claim, sentence=spelled)
    whole = [sentence for sentence in others if not re.search('[“”"]', sentence + source)]
    if whole:  # half of a quotation in one and half in the other would be no draft
        other = generator.choice(whole)
        merged = f"{source.rstrip('.')}, and {other}"
        yield "two sources merged", replace(claim, sentence=merged, sources=(source, other))


def _respelled(text: str) -> str:
    """Other quotation marks, numbers in digits, no commas in thousands, `did not` for `didn't`."""
    text = _WRITTEN.sub(lambda match: _WORDS[match[0]], text)
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    text = re.sub(r"\b(did|was|is|were|does|had|has|would|could)n[’']t\b", r"\1 not", text)
    return text.translate(str.maketrans("“”’", '""\''))


# -- false


def _number(text: str, page: str, generator: random.Random) -> str:
    def other(match: re.Match[str]) -> str:
        value = int(match[0].replace(",", ""))
        changed = value + generator.choice([1, 2, 3, 10, -1]) if value > 1 else value + generator.choice([1, 2, 5])
        return f"{changed:,}"

    return _one(_NUMBER, text, other, generator)


def _number_word(text: str, page: str, generator: random.Random) -> str:
    return _one(_WRITTEN, text, lambda m: generator.choice([w for w in _WORDS if w != m[0]]), generator)


def _year(text: str, page: str, generator: random.Random) -> str:
    return _one(_YEAR, text, lambda m: str(int(m[0]) + generator.choice([-10, -2, -1, 1, 2])), generator)


def _date(text: str, page: str, generator: random.Random) -> str:
    def other(match: re.Match[str]) -> str:
        names = _MONTHS if match[0] in _MONTHS else _DAYS
        return generator.choice([name for name in names if name != match[0]])

    return _one(_DATE, text, other, generator)


def _name(text: str, page: str, generator: random.Random) -> str:
    """Another name of the same page instead."""
    known = sorted({m[0] for m in _NAME.finditer(page)} - set(_MONTHS) - set(_DAYS) - set(re.findall(r"\w+", text)))
    return _one(_NAME, text, lambda _: generator.choice(known), generator) if known else ""


def _swapped(text: str, page: str, generator: random.Random) -> str:
    """Two names of the sentence change places."""
    found = [match for match in _RUN.finditer(text) if match.start()]
    if len(found) < 2 or found[0][0] == found[1][0]:
        return ""
    one, two = found[:2]
    between = text[one.end() : two.start()]
    if len(between.split()) < 2 or re.search(r"\b(?:and|or|with)\b|[;:]", between):
        return ""
    return text[: one.start()] + two[0] + between + one[0] + text[two.end() :]


def _negation_in(text: str, page: str, generator: random.Random) -> str:
    if _NEGATED.search(text) or re.search(r"\b(?:no|not|never|nor)\b|n[’']t", text):
        return ""
    return _one(_HELPER, text, lambda match: f"{match[0]} not", generator, first=True)


def _negation_out(text: str, page: str, generator: random.Random) -> str:
    return _one(_NEGATED, text, lambda m: f"{m[1] or m[2] or ''} ".lstrip(), generator, first=True)


def _quotation(text: str, page: str, generator: random.Random) -> str:
    """One longer word of the quotation becomes another word of the page."""
    quoted = _QUOTE.search(text)
    words = sorted(set(_LONG.findall(page)) - set(_LONG.findall(text)))
    if not quoted or not words or not _LONG.search(quoted[1]):
        return ""
    changed = _one(_LONG, quoted[1], lambda _: generator.choice(words), generator)
    return text[: quoted.start(1)] + changed + text[quoted.end(1) :]


def _one(
    pattern: re.Pattern[str],
    text: str,
    other: Callable[[re.Match[str]], str],
    generator: random.Random,
    first: bool = False,
) -> str:
    """The text with one match replaced; empty where there is none."""
    found = list(pattern.finditer(text))
    if not found:
        return ""
    match = found[0] if first else generator.choice(found)
    return text[: match.start()] + other(match) + text[match.end() :]


CORRUPTIONS: dict[str, Callable[[str, str, random.Random], str]] = {
    "number changed": _number,
    "number word changed": _number_word,
    "year changed": _year,
    "month or weekday changed": _date,
    "name of the page instead": _name,
    "two names swapped": _swapped,
    "negation inserted": _negation_in,
    "negation removed": _negation_out,
    "word of a quotation changed": _quotation,
}
