"""Numbers, dates, names and quotations of a sentence: do they stand in what it cites? For English.

A value is looked for whatever its form: `twelve` and `12`, `1,200` and `1200`, `$1.2m` and `1.2 million`, `June 20` and
`2024-06-20`, `Müller's` and `Muller`, `UN` and `United Nations`.
"""

from __future__ import annotations

import calendar
import datetime
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from index.terms import STOP_WORDS
from qa.numbers import numbers
from qa.stems import stems

_TYPEWRITTEN = str.maketrans("“”„‟«»‘’‚‛‹›`´‐‑‒–—―", '""""""' + "'" * 8 + "-" * 6)
_WORD = re.compile(r"(?:[A-Za-z]\.){2,}|[^\W\d_]+(?:'[^\W\d_]+)*")
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})(?!\d)")
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_MONTH = r"(" + "|".join(calendar.month_name[1:]) + r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?"
_DAY_MONTH, _MONTH_DAY = re.compile(rf"\b{_DAY} (?:of )?{_MONTH}"), re.compile(rf"\b{_MONTH} {_DAY}(?![\d:])")
_CALENDAR = {name.lower(): name.lower() for name in (*calendar.month_name[1:], *calendar.day_name)}
_CALENDAR |= {name.lower(): full.lower() for name, full in zip(calendar.month_abbr, calendar.month_name, strict=True)}
_CALENDAR |= {"sept": "september", "tues": "tuesday", "wed": "wednesday", "thurs": "thursday", "fri": "friday"}
_CALENDAR.pop("")
_NUMERAL = re.compile(r"\d")
_QUOTED = re.compile(r'"([^"]*)(?:"|$)|(?<![\w"])\'(?=\w)([^"]*?[^\s"])\'(?!\w)')
_CLOSES = re.compile(r'[^"]*[^\s"(]"(?:[\s.,;:!?]|$)')
_STAND_INS = re.compile(r"\b(?:he|she|it|they|him|her|them|his|hers|its|their|there|here)\b", re.IGNORECASE)
_FAR = 3  # words: `Vladimir Putin, the president` has `President Putin`
_COURTESY = frozenset({"mr", "mrs", "ms", "miss", "dr", "sir", "prof", "st"})
_SUFFIXES = frozenset({"n", "an", "ian", "ean", "ese", "ish", "i", "s", "ns", "ans", "ians", "is"})
_ALIASES = (
    {"usa", "america", "american", "americans", "united states"},
    {"uk", "britain", "british", "united kingdom", "britons"},
    {"france", "french"},
    {"spain", "spanish"},
    {"china", "chinese"},
    {"netherlands", "dutch"},
    {"germany", "german", "germans"},
    {"greece", "greek", "greeks"},
    {"ireland", "irish"},
    {"turkey", "turkish", "turks"},
    {"switzerland", "swiss"},
    {"poland", "polish"},
)
_OPENERS = frozenset(  # a sentence may begin with these whatever it cites: they are no names
    [
        "according",
        "additionally",
        "although",
        "among",
        "another",
        "anyone",
        "around",
        "authorities",
        "besides",
        "currently",
        "despite",
        "earlier",
        "either",
        "even",
        "eventually",
        "everyone",
        "except",
        "finally",
        "first",
        "following",
        "furthermore",
        "given",
        "hence",
        "however",
        "instead",
        "last",
        "late",
        "later",
        "leaders",
        "many",
        "meanwhile",
        "moreover",
        "most",
        "much",
        "near",
        "nearly",
        "neither",
        "nevertheless",
        "next",
        "nobody",
        "none",
        "nothing",
        "officials",
        "often",
        "one",
        "others",
        "otherwise",
        "overall",
        "people",
        "perhaps",
        "police",
        "previously",
        "prior",
        "recently",
        "researchers",
        "scientists",
        "second",
        "several",
        "similarly",
        "since",
        "someone",
        "sometimes",
        "soon",
        "still",
        "that's",
        "therefore",
        "third",
        "though",
        "thus",
        "today",
        "together",
        "tomorrow",
        "two",
        "unlike",
        "unless",
        "upon",
        "usually",
        "via",
        "whether",
        "within",
        "without",
        "yes",
        "yesterday",
        "yet",
        "during",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "experts",
        "critics",
        "supporters",
        "reports",
        "residents",
        "workers",
    ]
)


def plain(text: str) -> str:
    """Typewriter quotation marks, apostrophes and hyphens; compatibility forms and white space made one."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_TYPEWRITTEN).split())


@dataclass(frozen=True)
class Known:
    """What a text says, to look things up in. `dates` is for words that were given as a date, and know only dates."""

    text: str

    @cached_property
    def plain(self) -> str:
        """The text in one typography."""
        return plain(self.text)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word in its bare form, abbreviated months and weekdays in full as well."""
        bare = {bare_word(match[0]) for match in _WORD.finditer(self.plain)}
        return frozenset(bare | {_CALENDAR[word] for word in bare if word in _CALENDAR} | _of_dates(self.plain))

    @cached_property
    def order(self) -> list[str]:
        """Every word in its bare form, in order."""
        return [bare_word(match[0]) for match in _WORD.finditer(self.plain)]

    def nearest(self, one: str, other: str) -> int:
        """How many words apart two bare words are at least; many where one is not there."""
        here, there = ([n for n, word in enumerate(self.order) if word == wanted] for wanted in (one, other))
        return min((abs(n - m) for n in here[:50] for m in there[:50]), default=_FAR + 1)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Index terms."""
        return frozenset(stems(self.plain))

    @cached_property
    def capitals(self) -> frozenset[str]:
        """Words all in capitals, without full stops."""
        return frozenset(re.findall(r"\b[A-Z]{2,}\b", self.plain.replace(".", "")))

    @cached_property
    def acronyms(self) -> frozenset[str]:
        """Initials of neighbouring capitalised words, in small letters."""
        return frozenset(found for run in _runs(self.plain) for found in _initials(run))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Every form of every number."""
        return frozenset(form for number in numbers(self.plain) for form in number.forms)

    @cached_property
    def days(self) -> frozenset[tuple[str, str]]:
        """(day, month) pairs."""
        return frozenset(_days(self.plain))

    def without_dates(self) -> Known:
        """The same text, its ISO dates left out."""
        return Known(_ISO.sub(" ", self.plain))


def bare_word(word: str) -> str:
    """A word without case, accents, full stops and possessive; `U.S.` and `US` are `usa`."""
    word = re.sub(r"'s?$", "", word).replace(".", "")
    if word in ("US", "USA"):
        return "usa"
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def values(sentence: str) -> str:
    """The numbers and names of a sentence, which `missing_facts` looks for."""
    text = plain(sentence)
    return " ".join([*(number.text for number in numbers(text)), *(word for word, _ in names(text))])


def missing_facts(sentence: str, sources: Known, context: Known, question: str = "") -> list[str]:
    """What the sentence states and its sources do not, in words: `the number 12`, `the name Hanoi`.

    `context` supplies words too, and its dates supply dates, but no other numbers.
    """
    said = Known(sentence)
    return [
        *_missing_quotations(said, sources, context),
        *_missing_numbers(said, sources, context),
        *_missing_names(said, sources, context, Known(question)),
        *_joined_names(said, sources, context),
    ]


# -- quotations


def quotations(text: str) -> list[str]:
    """The words between quotation marks of `plain(text)`; one that is never closed goes to the end."""
    if text.count('"') % 2 and _CLOSES.match(text):  # the end of a quotation that began in a sentence before
        text = f'"{text}'
    return [quoted.strip() for match in _QUOTED.finditer(text) if (quoted := match[1] or match[2] or "").strip()]


def _missing_quotations(said: Known, sources: Known, context: Known) -> Iterator[str]:
    texts = [_unquoted(known.plain) for known in (sources, context)]
    for quoted in quotations(said.plain):
        wanted = _unquoted(quoted).strip(" .,;:!?")
        if wanted and not any(_stands(wanted, text) for text in texts):
            yield f"the quotation “{quoted}”"


def _unquoted(text: str) -> str:
    """Without quotation marks; apostrophes inside words stay."""
    return " ".join(re.sub(r"\"|(?<!\w)'|'(?!\w)", "", text).split())


def _stands(wanted: str, text: str) -> bool:
    forms = (wanted, wanted[0].swapcase() + wanted[1:])
    return any(re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text) for form in forms)


# -- numbers and dates


def _missing_numbers(said: Known, sources: Known, context: Known) -> Iterator[str]:
    of_dates = {day for day, month in said.days if (day, month) in context.days}
    of_dates |= {match[1] for match in _ISO.finditer(context.plain)}
    known = sources.numbers | context.without_dates().numbers | of_dates
    for number in numbers(said.plain, claimed=True):
        if not number.forms & known:
            yield f"the number {number.text}"
    for day, month in sorted(said.days):
        if (day, month) not in sources.days | context.days and not _in_span(day, month, sources.plain):
            yield f"the date {month.capitalize()} {day}"


def _in_span(day: str, month: str, text: str) -> bool:
    """Whether the text may say `18-20 June`, `June 18 and 20`: the day is near the month."""
    return bool(re.search(rf"\b{day}\b[^.]{{0,20}}\b{month}|\b{month}\b[^.]{{0,20}}\b{day}\b", text, re.IGNORECASE))


def _days(text: str) -> Iterator[tuple[str, str]]:
    for match in _DAY_MONTH.finditer(text):
        yield match[1].lstrip("0"), _CALENDAR[match[2].lower()]
    for match in _MONTH_DAY.finditer(text):
        yield match[2].lstrip("0"), _CALENDAR[match[1].lower()]
    for date in _dates(text):
        yield str(date.day), calendar.month_name[date.month].lower()


def _of_dates(text: str) -> set[str]:
    """Months and weekdays of ISO dates."""
    return {date.strftime(form).lower() for date in _dates(text) for form in ("%B", "%A")}


def _dates(text: str) -> Iterator[datetime.date]:
    for match in _ISO.finditer(text):
        try:
            yield datetime.date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            continue


# -- names


def names(text: str) -> Iterator[tuple[str, bool]]:
    """Capitalised words of `plain(text)` that may be names, and whether each stands where any word has a capital."""
    for match in _WORD.finditer(text):
        word = match[0]
        bare = bare_word(word)
        if not any(c.isupper() for c in word) or bare in _COURTESY or len(bare) < 2:
            continue
        begins = _begins(text[: match.start()])
        capital = (word == "May" and not begins) or word.isupper()
        if bare.split("'")[0] in STOP_WORDS and not capital:
            continue
        yield word, begins


def _begins(before: str) -> bool:
    return not before.strip("\"'([ ") or before.rstrip()[-1] in ".!?:\"'("


def _missing_names(said: Known, sources: Known, context: Known, question: Known) -> Iterator[str]:
    known = (sources, context)
    spelled = {word for run in _runs(said.plain) for word in _spelled(run, known)}
    for word, begins in names(said.plain):
        bare = bare_word(word)
        if (begins and bare in _OPENERS) or word in spelled or any(_names(bare, k) for k in known):
            continue
        if begins and _is_number_word(word):
            continue
        if _names(bare, question) and _refers_back(said, sources, context, question):
            continue
        yield f"the {_what(bare)} {word.removesuffix(chr(39) + 's')}"


def _is_number_word(word: str) -> bool:
    return bool(numbers(word))


def _what(bare: str) -> str:
    full = _CALENDAR.get(bare, "").capitalize()
    if full in calendar.month_name[1:]:
        return "month"
    return "weekday" if full else "name"


def _names(bare: str, known: Known) -> bool:
    """Whether the text has this name, its people or its country, or the words that it abbreviates."""
    full = _CALENDAR.get(bare, bare)
    if bare in known.words or full in known.words or bare in known.acronyms:
        return True
    if full == bare and set(stems(bare)) & known.stems:
        return True
    return any(_related(bare, word) for word in known.words) or _alias(bare, known)


def _related(one: str, other: str) -> bool:
    """`korea` and `koreans`."""
    short, long = sorted((one, other), key=len)
    if len(short) < 4 or long[: len(short) - 1] != short[:-1]:
        return False
    return any(long.startswith(stem) and long[len(stem) :] in _SUFFIXES for stem in (short, short[:-1]))


def _alias(bare: str, known: Known) -> bool:
    """Words of a country: `French` for `France`; `United` and `States` for `US`."""
    for group in _ALIASES:
        single = {word for word in group if " " not in word}
        if any(bare in name.split() for name in group) and (
            single & known.words or any(n in known.plain.casefold() for n in group - single)
        ):
            return True
    return False


def _runs(text: str, between: str = "of the and for") -> list[list[str]]:
    """Neighbouring capitalised words; two of the small ones may stand between."""
    small = rf"(?:(?:{'|'.join(between.split())}) ){{0,2}}" if between else ""
    runs = re.findall(rf"\b[A-Z][\w']*\.?(?:[ -]{small}[A-Z][\w']*\.?)+", text)
    return [[word for word in re.split(r"[ -]", run) if word[:1].isupper()] for run in runs]


def _initials(run: list[str]) -> Iterator[str]:
    letters = "".join(word[0] for word in run).lower()[:20]
    for start in range(len(letters) - 1):
        for end in range(start + 2, len(letters) + 1):
            yield letters[start:end]


def _joined_names(said: Known, sources: Known, context: Known) -> Iterator[str]:
    """Neighbours that no text has near each other: `John Brown` of `John Smith met Peter Brown`."""
    for run in _runs(said.plain, between=""):
        for one, other in pairwise(run):
            pair = bare_word(one), bare_word(other)
            if not STOP_WORDS.isdisjoint(pair) or not _CALENDAR.keys().isdisjoint(pair):
                continue
            apart = [k for k in (sources, context) if k.nearest(*pair) > _FAR]
            if all(word in sources.words | context.words for word in pair) and len(apart) == 2:
                yield f"the name {one} {other}"


def _spelled(run: list[str], known: tuple[Known, ...]) -> set[str]:
    """The words of the run whose initials stand in a text, as `UN` does for `United Nations`."""
    found = set[str]()
    for start in range(len(run) - 1):
        for end in range(start + 2, min(len(run), start + 6) + 1):
            letters = "".join(word[0] for word in run[start:end])
            if any(letters in k.capitals for k in known):
                found |= set(run[start:end])
    return found


def _refers_back(said: Known, sources: Known, context: Known, question: Known) -> bool:
    """Whether a name that the question alone gives may be what the source calls `he` or `there`.

    What is asked is no evidence: a source that names something else instead speaks of that.
    """
    if not _STAND_INS.search(sources.plain):
        return False
    told = [bare_word(word) for word, begins in names(sources.plain) if not (begins and bare_word(word) in _OPENERS)]
    return all(any(_names(word, known) for known in (said, context, question)) for word in told)
