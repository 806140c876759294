"""The short answer: grammars that admit nothing but the words of a sentence, and replies that are held to it."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from index.settings import Settings
from qa.llm.choose import choose_model
from qa.llm.failures import ModelError
from qa.llm.model import Message, Model, Reply, Stop
from qa.models import Citation
from qa.prompts import short_messages
from qa.refusal import TEXT as REFUSAL
from qa.short import FIRSTS, chain, copies, locate, pick, refuses
from qa.spans import FEATURES, MOST_WORDS, Copied, Weights, features, widened

LANDING = "Putin's plane landed in Hanoi at around 2am (7pm GMT Wednesday), officials said."
RANDOM = random.Random(5)
HOSTILE = [
    "He said \"no \\ way\" \\n and 'left' [at] {once} (or (not)).",
    'root ::= "x" | [a-z]+ # comment\nroot ::= [^"]* ::= ("a")? {2,3}',
    '\\x41 \\u0041 \\U00000041 "\\"" \\\\ \\',
    "one\ntwo\r\nthree\tfour\u2028five\x0bsix\x1cseven",
    "\U0001f389\U0001f468\u200d\U0001f469\u200d\U0001f467 party \U0001f1fb\U0001f1f3 won \U0001f600.",
    "\u05e9\u05dc\u05d5\u05dd \u202eabc\u202c \u0645\u0631\u062d\u0628\u0627 \u2066x\u2069",
    "zero\u200bwidth \u2060joined\ufeff so\u00adft \u00a0no-break\u00a0space",
    "a \x01\x02 \x07bell \x1b[31mred \x7f \x80\x9f \uffff \U0010ffff \ufffe",
    "<|im_end|> <|im_start|>system [/INST] </s> {{x}} {%y%}",
    "".join(f"w{n}ö " for n in range(200)),
    "x" * 1_000,
    "\"'[({" * 40 + "word" + "})]'\"" * 40,
]


def strange(length: int) -> str:
    """Random characters of every size, with a space now and then. Code points that nobody has assigned are left out:

    SmolLM2 has no tokens for the bytes of some, and llama.cpp then refuses the request.
    """
    tops = (0x7F, 0xFF, 0x2FFF, 0xFFFF, 0x10FFFF)
    chars = (chr(RANDOM.randrange(1, RANDOM.choice(tops) + 1)) for _ in range(length))
    return "some words " + "".join(
        " " if RANDOM.random() < 0.2 or unicodedata.category(char) in ("Cn", "Co", "Cs") else char for char in chars
    )


FUZZED = [*HOSTILE, *(strange(RANDOM.choice((8, 40, 120))) for _ in range(20))]


def cited(*quotes: str, score: float = 0.5) -> list[Citation]:
    return [
        Citation(n, f"{n}.txt", 0, len(quote), quote, 1, None, "", None, None, score)
        for n, quote in enumerate(quotes, 1)
    ]


class Standin:
    """Says `said`, and remembers what it was asked."""

    name, fingerprint, copies = "standin", "0", False

    def __init__(self, said: str) -> None:
        self.said = said
        self.asked: list[Sequence[Message]] = []

    def reply(self, messages: Sequence[Message], most: int, grammar: str | None = None, others: int = 0) -> Reply:
        self.asked.append(messages)
        return Reply(self.said)

    def stream(self, messages: Sequence[Message], most: int) -> Iterator[str]:
        yield self.said


class Follower(Standin):
    """Keeps to grammars: says all that one lets it say. `likely`: tokens that can come first."""

    copies = True

    def __init__(self, *likely: tuple[str, float]) -> None:
        super().__init__("")
        self.likely = likely

    def reply(self, messages: Sequence[Message], most: int, grammar: str | None = None, others: int = 0) -> Reply:
        if grammar is None:
            return Reply(self.said or self.likely[0][0], firsts=self.likely)
        said = admitted(grammar)[-1]
        logprob = next(logprob for token, logprob in self.likely if said.lower().startswith(token.strip().lower()))
        return Reply(said, (logprob, -0.5))


@pytest.fixture(scope="module")
def smollm2() -> Model:
    model = choose_model(Settings(), "smollm2").model
    assert model
    return model


# -- grammars


def literal(quoted: str) -> str:
    escapes = re.compile(r"\\x([0-9A-F]{2})|\\u([0-9A-F]{4})|\\U([0-9A-F]{8})")
    assert re.fullmatch(r"[A-Za-z0-9]*", escapes.sub("", quoted)), quoted
    return escapes.sub(lambda match: chr(int(next(filter(None, match.groups())), 16)), quoted)


def admitted(grammar: str) -> list[str]:
    """The strings of a grammar of the form `root ::= "a" ("b" ("c")?)?`, shortest first."""
    assert grammar.startswith("root ::= ")
    parts = re.findall(r'"([^"]*)"', grammar)
    nested = "".join(f'"{part}" (' for part in parts)[:-2] + ")?" * (len(parts) - 1)
    assert grammar == f"root ::= {nested}"
    said = [literal(part) for part in parts]
    return ["".join(said[: n + 1]) for n in range(len(said))]


UNSPEAKABLE = re.compile(r"[\x00\x04\x06\x13\x14\x16\U00040000-\U000bffff]")


def starts(sentence: str) -> list[int]:
    """Where words begin that a model can spell, up to the first that it cannot: after the punctuation before them."""
    found = []
    stop = len(UNSPEAKABLE.split(sentence)[0])
    for match in re.finditer(r"\S+", sentence):
        if match.end() > stop:
            break
        bare = re.search(r"[^\"'“‘(\[{—–\-*«]", match.group())
        if bare and match.group()[bare.start() :].strip("\"'”’)]}.,;:!?—–-*»…"):
            found.append(match.start() + bare.start())
    return found


def is_word_span(sentence: str, start: int, end: int) -> bool:
    """Before and after it there is the edge of the sentence, white space, or punctuation up to one of these."""
    words = [match.span() for match in re.finditer(r"\S+", sentence)]
    (first,) = [a for a, b in words if a <= start < b]
    (last,) = [b for a, b in words if a < end <= b]
    return not (sentence[first:start].strip("\"'“‘([{—–-*«") or sentence[end:last].strip("\"'”’)]}.,;:!?—–-*»…"))


@pytest.mark.parametrize("sentence", [LANDING, *FUZZED])
def test_a_grammar_admits_only_word_spans_of_the_sentence(sentence: str) -> None:
    begins = starts(sentence)
    assert begins
    for start in begins[:40]:
        spans = admitted(chain(sentence, start))
        for count, said in enumerate(spans, 1):
            assert sentence[start : start + len(said)] == said
            assert is_word_span(sentence, start, start + len(said))
            assert len(said.split()) >= count
        assert len(spans) <= MOST_WORDS
        assert len(spans) == min(MOST_WORDS, sum(later >= start for later in begins))


def test_the_strings_of_a_grammar_by_hand() -> None:
    assert admitted(chain('It cost "14.5" (million).', 3)) == ["cost", 'cost "14.5', 'cost "14.5" (million']
    assert chain('a "b', 0) == 'root ::= "a" ("\\x20\\x22b")?'
    assert chain("\u20ac\U0001f389", 0) == 'root ::= "\\u20AC\\U0001F389"'


def test_ten_words_and_no_more() -> None:
    spans = admitted(chain(" ".join(f"w{n}" for n in range(30)), 0))
    assert [len(span.split()) for span in spans] == list(range(1, MOST_WORDS + 1))


def test_what_a_model_cannot_spell_ends_a_grammar(smollm2: Model) -> None:
    sentence = "Kim met \U00050000 and \x00 Putin."
    grammar = chain(sentence, 0)
    assert admitted(grammar) == ["Kim", "Kim met"]
    assert smollm2.reply([("user", "Say something.")], 24, grammar).text in ("Kim", "Kim met")
    evidence = cited(sentence, "\U00050000")
    spans = spans_of(smollm2, "Who met Putin?", evidence)
    assert all("\x00" not in span.short.text for span in spans)


def test_a_minus_belongs_to_its_number() -> None:
    assert admitted(chain("It was -12.5 degrees -- or so.", 7)) == [
        "-12.5",
        "-12.5 degrees",
        "-12.5 degrees -- or",
        "-12.5 degrees -- or so",
    ]


# -- the bundled model


def spans_of(model: Model, question: str, evidence: list[Citation]) -> list[Copied]:
    messages = short_messages(question, evidence)
    return copies(model, messages, evidence, model.reply(messages, 1, others=FIRSTS).firsts, beginnings=True)


@pytest.mark.parametrize("sentence", FUZZED)
def test_llama_cpp_takes_every_grammar_and_keeps_to_it(smollm2: Model, sentence: str) -> None:
    start = RANDOM.choice(starts(sentence)[:40])
    grammar = chain(sentence, start)
    reply = smollm2.reply([("user", "Say something.")], 24, grammar)
    assert reply.text
    assert reply.tokens <= 24
    if reply.tokens < 24:  # else it was cut off, perhaps within a word
        assert reply.text in admitted(grammar)
    said = reply.text.rstrip("\ufffd")  # where it was cut off within a character
    assert sentence[start : start + len(said)] == said


@pytest.mark.parametrize("n", range(0, len(FUZZED), 6))
def test_the_bundled_model_copies_from_where_it_says(smollm2: Model, n: int) -> None:
    evidence = cited(FUZZED[n], LANDING, FUZZED[(n + 1) % len(FUZZED)])
    question = "When did Putin land in Hanoi?"
    spans = spans_of(smollm2, question, evidence)
    assert spans
    assert [span.likelihood for span in spans] == sorted((span.likelihood for span in spans), reverse=True)
    places = [(span.short.source, span.short.start, span.short.end) for span in spans]
    assert len(set(places)) == len(places)
    for span in [*spans, *widened(question, evidence, spans)]:
        short = span.short
        quote = evidence[short.source].quote
        assert quote[short.start : short.end] == short.text
        assert is_word_span(quote, short.start, short.end)
        assert 1 <= len(re.findall(r"\S*\w\S*", short.text)) <= MOST_WORDS
        assert all(logprob <= 0 for logprob in span.logprobs)
    assert np.isfinite(features(question, evidence, spans)).all()


def test_the_bundled_model_finds_a_plain_answer(smollm2: Model) -> None:
    evidence = cited("The ferry carries 320 passengers and was built in Gdansk.", score=0.9)
    question = "How many passengers does the ferry carry?"
    spans = spans_of(smollm2, question, evidence)
    assert "320" in [span.short.text for span in spans]
    again = spans_of(smollm2, question, evidence)
    assert [span.short for span in again] == [span.short for span in spans]
    picked = pick(smollm2, question, evidence)
    assert picked.reply == "320"


# -- replies of any model


@pytest.mark.parametrize(
    ("reply", "source", "text"),
    [
        ("around 2am", 0, "around 2am"),
        ("AROUND 2AM", 0, "around 2am"),
        ("  around \n\t 2am ", 0, "around 2am"),
        ('"around 2am."', 0, "around 2am"),
        ("**Hanoi**", 0, "Hanoi"),
        ("(7pm GMT Wednesday)", 0, "7pm GMT Wednesday"),
        ("Putin", 0, "Putin"),
        ("red flags", 1, "red\n flags"),
        ("$1,200 (a year) [sic]", 1, "$1,200 (a year) [sic"),
        ("C++ | a*b? ^x$ \\d+", 2, "C++ | a*b? ^x$ \\d+"),
        ("-7.5 degrees", 3, "-7.5 degrees"),
        ("7.5 degrees", None, ""),
        ("s plane", None, ""),
    ],
)
def test_a_reply_is_found_word_for_word(reply: str, source: int | None, text: str) -> None:
    evidence = cited(
        LANDING,
        "They pay $1,200 (a year) [sic] for red\n flags.",
        "He likes C++ | a*b? ^x$ \\d+ most.",
        "It was -7.5 degrees.",
    )
    short = locate(reply, evidence)
    if source is None:
        assert short is None
        return
    assert short
    assert (short.source, short.text) == (source, text)
    assert evidence[source].quote[short.start : short.end] == text
    assert short.probability is None


@pytest.mark.parametrize(
    "reply",
    [
        "",
        " \n",
        "...",
        "at around 3am",
        "ano",  # within a word
        "2",
        "2a",
        "plane in Hanoi",  # words between are left out
        ".*",
        "(?x).*",
        "[a-z]+",
        "landed|sailed",
        "Hanoi\\b",
        "1",  # of 1,200
        "200",
        "4",  # of 4.5
        "5",
        "30",  # of 21:30, and of 2029-30
        "21",
        "2029",
        "The answer is Hanoi",
        REFUSAL,
    ],
)
def test_what_stands_nowhere_word_for_word_is_no_answer(reply: str) -> None:
    assert locate(reply, cited(LANDING, "It costs 1,200 or 4.5 at 21:30, from 2029-30 on.")) is None


def test_the_best_sentence_comes_first_and_eleven_words_are_too_many() -> None:
    words = " ".join(f"w{n}" for n in range(11))
    evidence = cited(f"One two. {words}", f"{words} one two")
    assert locate(words, evidence) is None
    ten = locate(words.removesuffix(" w10"), evidence)
    assert ten
    assert ten.source == 0
    both = locate("one two", evidence)
    assert both
    assert (both.source, both.text) == (0, "One two")


def test_locating_survives_anything() -> None:
    evidence = cited(*FUZZED)
    for sentence in FUZZED:
        words = sentence.split()
        for reply in (sentence, " ".join(words[:3]), words[-1], sentence[1:9]):
            if short := locate(reply, evidence):
                assert evidence[short.source].quote[short.start : short.end] == short.text
                assert len(short.text.split()) <= MOST_WORDS


@pytest.mark.parametrize("reply", [REFUSAL, REFUSAL.upper(), REFUSAL.strip("."), f' "{REFUSAL}"\n', f"'{REFUSAL}'"])
def test_the_refusal_is_seen(reply: str) -> None:
    assert refuses(reply)


@pytest.mark.parametrize(
    "reply", ["", "Hanoi", f"{REFUSAL} But it was Hanoi.", "The articles say so.", "I do not know."]
)
def test_anything_else_is_no_refusal(reply: str) -> None:
    assert not refuses(reply)


def test_a_model_that_only_talks_is_asked_once_and_held_to_the_evidence() -> None:
    model = Standin("around 2AM.")
    picked = pick(model, "When did Putin land?", cited("Nothing.", LANDING))
    assert picked.short
    assert (picked.short.source, picked.short.text, picked.refused) == (1, "around 2am", False)
    assert picked.reply == "around 2am"
    assert len(model.asked) == 1
    assert model.asked[0] == short_messages("When did Putin land?", cited("Nothing.", LANDING))


def test_a_model_that_makes_something_up_or_refuses_picks_nothing() -> None:
    made_up = pick(Standin("at noon"), "When did Putin land?", cited(LANDING))
    assert (made_up.short, made_up.refused, made_up.reply) == (None, False, "at noon")
    refused = pick(Standin(REFUSAL), "When did Putin land?", cited(LANDING))
    assert (refused.short, refused.refused) == (None, True)


def test_a_failing_model_is_an_error() -> None:
    class Failing(Standin):
        def reply(self, *args: object, **more: object) -> Reply:
            raise ModelError("no")

    with pytest.raises(ModelError):
        pick(Failing(""), "When?", cited(LANDING))


def test_a_reply_that_stands_in_the_evidence_is_taken() -> None:
    class Talking(Follower):
        def reply(self, messages: Sequence[Message], most: int, grammar: str | None = None, others: int = 0) -> Reply:
            assert grammar is None
            return Reply("The snow", firsts=self.likely)

    picked = pick(Talking(("Thursday", -0.1)), "What fell?", cited("Kim met Putin.", "And the snow fell."))
    assert picked.short
    assert (picked.short.text, picked.short.source) == ("the snow", 1)


def test_a_reply_that_does_not_is_held_to_the_likeliest_span() -> None:
    evidence = cited("Kim met Putin.", "Snow fell on Thursday.")
    likely = ((" Thursday", -0.1), ("Snow", -2.0), (" Sn", -3.0), ("x", -0.2))
    model = Follower(*likely)
    spans = copies(model, [], evidence, likely)
    assert [span.short.text for span in spans] == ["Thursday", "Snow fell on Thursday"]
    assert [span.likelihood for span in spans] == pytest.approx([-0.6, -2.5])
    model.said = "on a Thursday"
    assert pick(model, "When did snow fall?", evidence).short == spans[0].short


def test_unlikely_words_are_not_tried() -> None:
    likely = (("Kim", -0.1), ("Putin", -9.0))
    spans = copies(Follower(*likely), [], cited("Kim met Putin."), likely)
    assert [span.short.text for span in spans] == ["Kim met Putin"]


def test_a_model_that_begins_with_none_of_the_words_picks_nothing() -> None:
    picked = pick(Follower(("Z", -0.1), (" ", -0.2), ("", -0.3)), "Who met Putin?", cited("Kim met Putin."))
    assert (picked.short, picked.refused, picked.reply) == (None, False, "Z")


def test_a_model_may_begin_with_another_capital() -> None:
    likely = (("fog", -0.1), ("Snow", -1.0))
    spans = copies(Follower(*likely), [], cited("Fog fell.", "Snow fell."), likely)
    assert [span.short.text for span in spans] == ["Fog fell", "Snow fell"]


def test_a_model_that_copies_can_refuse() -> None:
    model = Follower(("Kim", -0.1))
    model.said = REFUSAL
    picked = pick(model, "Who met Xi?", cited("Kim met Putin."))
    assert picked.refused
    assert picked.short is None


def test_a_reply_that_was_cut_off_is_left_out() -> None:
    class Cut(Follower):
        def reply(self, messages: Sequence[Message], most: int, grammar: str | None = None, others: int = 0) -> Reply:
            return Reply("Kim me\ufffd", (-0.1,))

    assert copies(Cut(("Kim", -0.1)), [], cited("Kim met Putin."), (("Kim", -0.1),)) == []


def test_a_span_may_end_before_the_model_does() -> None:
    class Stopping(Follower):
        def reply(self, messages: Sequence[Message], most: int, grammar: str | None = None, others: int = 0) -> Reply:
            stops = (Stop(1, 4, -2.0), Stop(2, 7, -0.5), Stop(3, 10, -0.3))  # within a word, behind `Käthe`, `Käthe m`
            return Reply("Käthe met", (-0.1, -0.2, -0.4, -0.8), stops=stops if others else ())

    evidence, likely = cited("Käthe met Putin."), (("K", -0.1),)
    model = Stopping(*likely)
    assert [(s.short.text, s.logprobs, s.shorter) for s in copies(model, [], evidence, likely, beginnings=True)] == [
        ("Käthe", (-0.1, -0.2, -0.5), True),
        ("Käthe met", (-0.1, -0.2, -0.4, -0.8), False),
    ]
    assert [span.short.text for span in copies(model, [], evidence, likely)] == ["Käthe met"]


def test_what_is_shown_passes_the_threshold_of_its_model(monkeypatch: pytest.MonkeyPatch) -> None:
    question, evidence = "Who met Putin?", cited("Kim met Putin.")
    model = Follower(("Kim", -0.1))
    spans = copies(model, [], evidence, model.likely, beginnings=True)
    for show_above, shown in ((0.2, True), (0.3, False)):
        weights = Weights(dict.fromkeys(FEATURES, 0.0), -1.0, show_above, "")  # a quarter for any span
        monkeypatch.setattr("qa.short.fitted", lambda weights=weights: {"standin": weights})
        picked = pick(model, question, evidence)
        (probability,) = weights.probabilities(features(question, evidence, spans))
        assert picked.reply == "Kim met Putin"
        assert (picked.short is not None) == shown
        if shown:
            assert picked.short
            assert picked.short.probability == pytest.approx(probability, abs=1e-6)
