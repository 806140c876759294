import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from eval.metrics import unsupported, unsupported_values
from index.split import split
from qa.models import Answer, Citation, Hit, Statement

SEEDS = Path(__file__).parent.parent / "seeds"


def cite(marker: int, quote: str, title: str | None = None, published: str | None = None) -> Citation:
    return Citation(marker, "a.txt", 0, len(quote), quote, 1, None, "", title, published, 1.0)


def said(text: str, *quotes: str, question: str = "?", short: str | None = None) -> Answer:
    """An answer that says `text` and cites these words."""
    citations = tuple(cite(marker, quote) for marker, quote in enumerate(quotes, start=1))
    return Answer(question, text, True, short=short, citations=citations)


def quoting(*sentences: str) -> Answer:
    """An answer made of these sentences, each with its citation."""
    statements = tuple(Statement(sentence, (marker,), "quoted") for marker, sentence in enumerate(sentences, start=1))
    text = " ".join(f"{statement.text} {statement.markers}" for statement in statements)
    citations = tuple(cite(marker, sentence) for marker, sentence in enumerate(sentences, start=1))
    return Answer("?", text, True, statements=statements, citations=citations)


def seed_sentences() -> list[list[str]]:
    """The sentences of each seed."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    return [[text[s.start : s.end] for passage in split(text) for s in passage.sentences] for text in texts]


ARTICLES = seed_sentences()
SENTENCES = [sentence for article in ARTICLES for sentence in article]


@pytest.mark.parametrize(
    ("text", "quote", "missing"),
    [
        ("It was 1,200.", "some 1200 people", []),
        ("It was 1200.", "some 1,200, they say", []),
        ("It was 1,234,567.", "1234567", []),
        ("It was 12,00.", "1200", ["12,00"]),  # no thousands
        ("It was 1,200.", "1.200", ["1,200"]),
        ("It cost $3.50.", "$3.5 billion", []),
        ("It cost $3.", "$3.00", []),
        ("It cost $100.", "$10", ["100"]),
        ("It cost $1,200.50.", "$1200.5", []),
        ("It was 2.", "It was 24.", ["2"]),  # a part of a number is another number
        ("It grew by 5%.", "grew by 5 percent", []),
        ("It grew by 6%.", "grew by 5%", ["6"]),
        ("He came at 2am, 7pm GMT.", "around 2am (7pm GMT Wednesday)", []),
        ("He came at 3am.", "around 2am (7pm GMT Wednesday)", ["3"]),
        ("He came at 7:30.", "at 07:30", []),
        ("He came at 7:30.", "at 07:45", ["30"]),
        ("It was 0.5.", "0.50", []),
        ("It was 0.", "00", []),
        ("It was in 2022.", "the 2022 invasion", []),
        ("It was in 2021.", "the 2022 invasion", ["2021"]),
        ("In the 1950s it was.", "back to the 1950s", []),
        ("The 1,200 1,200 1,300.", "1,200", ["1,300"]),
        ("It took 3 months.", "three months", []),
        ("It took three months.", "3 months", []),
        ("Three came.", "three came", []),
        ("Four came.", "three came", ["Four"]),
        ("THREE CAME.", "3 CAME", []),
        ("It took four months.", "three months", ["four"]),
        ("It took 4 months.", "three months", ["4"]),
        ("It took three days.", "a three-day visit", []),
        ("A three-day visit.", "3 days", []),
        ("A four-day visit.", "3 days", ["four"]),
        ("It was one of them.", "some", []),  # a pronoun
        ("For twenty-two years.", "For 22 years.", []),  # the two of it is no number of its own
        ("For 2 years.", "For twenty-two years.", ["2"]),
        ("The Group of Seven.", "the group of 7", []),
    ],
)
def test_numbers(text: str, quote: str, missing: list[str]) -> None:
    assert unsupported(said(text, quote)) == missing


@pytest.mark.parametrize(
    ("text", "quote", "missing"),
    [
        ("It was on Sept 5.", "on September 5", []),
        ("It was on September 5.", "Sept. 5", []),
        ("It was on Sep. 5.", "5 September", []),
        ("It was in June.", "in July", ["June"]),
        ("It was in Jun.", "in Jul.", ["Jun"]),
        ("It was on Thu.", "on Thursday", []),
        ("It was on Thursday.", "Thurs.", []),
        ("It was on Tuesday.", "on Thursday", ["Tuesday"]),
        ("It was in May.", "in June it may be", ["May"]),  # the verb is no month
        ("It was in May.", "by May 2024", []),
        ("They may come.", "nobody", []),
        ("It was in March.", "on the march", ["March"]),  # nor are these
        ("It was on Saturday.", "where he sat in the sun", ["Saturday"]),
        ("It was on Saturday.", "on Sat and Sun", []),
        ("It was on Saturday.", "ON SATURDAY", []),
    ],
)
def test_months_and_weekdays(text: str, quote: str, missing: list[str]) -> None:
    assert unsupported(said(text, quote)) == missing


@pytest.mark.parametrize(
    ("text", "quote", "missing"),
    [
        ("Today Putin met Kim.", "Putin and Kim met today", []),
        ("Then he met Kim.", "he met Putin", ["Kim"]),
        ("Vladimir Putin came.", "he came", ["Vladimir", "Putin"]),  # first words, for two are capitalised
        ("Visits go on.", "nothing", []),  # the first word alone may be any word
        ("He met Putin's men.", "Putin", []),
        ("He met Putin.", "Putin’s men", []),
        ("He met Koreans’ friends.", "Koreans", []),
        ("He met Mr O'Brien.", "Mr O’Brien", []),
        ("He met Mr O'Brien.", "Mr O’Neill", ["O'Brien"]),
        ("He saw the North-Korea treaty.", "North Korea", []),
        ("He saw North Korea.", "the Russia-North Korea treaty", []),
        ("He saw the Russia-China treaty.", "the Russia-Vietnam treaty", ["China"]),
        ("In mid-June he came.", "in July", ["June"]),
        ("He likes the UN.", "the U.N. sanctions", []),
        ("He likes the U.N. a lot.", "the UN", []),
        ("He likes the EU.", "the U.N. sanctions", ["EU"]),
        ("He likes the US.", "they gave us the UK", ["US"]),  # not the pronoun
        ("He likes the US.", "U.S.-led sanctions", []),
        ("He said AFP knew.", "told KCNA", ["AFP"]),
        ("He did NOT go.", "he did not go", []),  # what is stressed is no name
        ("He likes the WHO.", "he who knew", ["WHO"]),
        ("AFP knew.", "told KCNA", ["AFP"]),  # an abbreviation is a name, also as the first word
        ("He said I knew.", "nothing", []),
        ("He met müller and Müller.", "Müller", []),
        ("He met Muller.", "Müller", ["Muller"]),
        ("He met the PRESIDENT.", "the president", []),  # whatever the case
        ("“He came.” Officials knew.", "he came, and nobody", []),  # a sentence starts behind the closing quotes
        ('"He came." Officials knew.', "he came, and nobody knew", []),
        ("He said: Officials knew.", "nothing", []),
        ("He came (Officials knew).", "nothing", []),
        ("Hello. Kim came.", "nothing", []),
        ("- Talks went on\n- Nobody left\n* Ships came", "nothing", []),  # items of a list
        ("He met Mr. Kim there.", "Mr. Putin", ["Kim"]),  # no end of a sentence
        ("He met Gen. Shoigu and St. Peter.", "a Gen. at St. Paul", ["Shoigu", "Peter"]),
        ("He said I’m late, and That’s all.", "nothing", []),
    ],
)
def test_names(text: str, quote: str, missing: list[str]) -> None:
    assert unsupported(said(text, quote)) == missing


def test_the_first_word_is_a_name_where_the_question_or_a_hit_has_it_in_a_sentence() -> None:
    hit = Hit("b.txt", 0, 20, "He saw, Kim noticed.", 1.0)
    answer = said("Kim came.", "he came")
    assert unsupported(answer) == []
    assert unsupported(said("Kim came.", "he came", question="When did Kim come?")) == ["Kim"]
    assert unsupported(said("Kim came.", "he came", question="Kimberley and Kimo, who is it?")) == []
    assert unsupported(said("Kim came.", "he came", question="Kim came when?")) == []  # its first word proves nothing
    assert unsupported(replace(answer, hits=(hit,))) == ["Kim"]


@pytest.mark.parametrize(
    ("text", "quote", "missing"),
    [
        ("He spoke of “full support”.", "his “full support” for it", []),
        ('He spoke of "full support".', "his “full support” for it", []),
        ("He spoke of “full support.”", 'his "full support" for it', []),
        ("He spoke of “Full Support,” she said.", "full support", []),  # SQuAD's normalisation: whatever the case
        ("He spoke of “little support”.", "his “full support” for it", ["little support"]),
        ("He spoke of “support full”.", "his full support", ["support full"]),  # in this order
        ('He spoke of "part".', "the party", ["part"]),  # whole words alone
        ('He spoke of "art".', "the part", ["art"]),
        ('He spoke of a "pact".', "the impact", ["pact"]),
        ("They said “don't go”.", "they said “don’t go”", []),
        ("He said “the” and “a”.", "nothing", []),  # of which normalisation leaves nothing
        ("They said “military technical help”.", "military–technical help", []),
        ("They said “we go”.", "“we go…”", []),
        ('They said "we go" and "stay".', "we go, and nobody", ["stay"]),
    ],
)
def test_quoted_words(text: str, quote: str, missing: list[str]) -> None:
    assert unsupported(said(text, quote)) == missing


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("“We fight together.", "We said so,” he added."),
        ('"We fight together.', 'It was a "pact" of two.'),
    ],
)
def test_half_a_pair_of_quotation_marks_is_not_closed_by_another_statement(first: str, second: str) -> None:
    titled = cite(1, first, title="Pact"), cite(2, second, title="Two")
    assert unsupported(Answer("?", f"{first} [1] {second} [2]", True, citations=titled)) == []


def test_every_citation_its_title_and_its_date_are_sources() -> None:
    text = "On June 5, 2024, Reuters told that Kim met 12 “old friends”."
    quotes = cite(1, "On that day, 12"), cite(2, "he met old friends")
    assert unsupported(Answer("?", text, True, citations=quotes)) == ["5", "2024", "June", "Reuters", "Kim"]
    about = cite(3, "x", title="Reuters: Kim and friends", published="2024-06-05")
    assert unsupported(Answer("?", text, True, citations=(*quotes, about))) == []
    assert unsupported(Answer("?", text, True, citations=(*quotes, cite(3, "x", "Reuters: Kim", "2024-07-05")))) == [
        "June"
    ]


@pytest.mark.parametrize("published", ["2024", "2024-13-05", "yesterday", ""])
def test_a_date_of_another_form_names_no_month(published: str) -> None:
    answer = Answer("?", "It was in June.", True, citations=(cite(1, "x", published=published),))
    assert unsupported(answer) == ["June"]


def test_the_share_of_the_values() -> None:
    # 24, Kim, Hanoi, "a pact": of four values 24 and Hanoi stand nowhere.
    answer = said("In 24 years he and Kim of Hanoi made “a pact”.", "Kim made a pact")
    assert unsupported_values(answer) == 0.5
    assert unsupported(answer) == ["24", "Hanoi"]
    assert unsupported_values(said("It was so.", "x")) is None  # there are no values
    assert unsupported_values(said("It was 24.", "24")) == 0.0
    assert unsupported_values(said("It was 24.")) == 1.0  # no citation


def test_a_value_that_is_said_twice_counts_twice_and_is_named_once() -> None:
    answer = said("It was 24, yes, 24, not 25.", "25")
    assert unsupported_values(answer) == pytest.approx(2 / 3)
    assert unsupported(answer) == ["24"]


def test_the_short_answer_counts_and_markers_do_not() -> None:
    answer = said("It was so [1][2].", "x", "y", short="24")
    assert unsupported(answer) == ["24"]
    assert unsupported(said("It was so.", "x", short="Saigon")) == ["Saigon"]  # here a lone first word was asked for
    assert unsupported(said("It was so.", "x", short="“never again”")) == ["never again"]
    assert unsupported(said("It was so.", "so it was", short="So")) == []
    assert unsupported(said("It was so [3].", "x", "y")) == ["3"]  # no marker of this answer


def test_a_refusal_has_no_values() -> None:
    refused = Answer("?", "The articles do not say what Kim did in 2024.", answered=False)
    assert unsupported(refused) == []
    assert unsupported_values(refused) is None


def test_the_seeds_have_every_kind_of_value() -> None:
    assert len(SENTENCES) > 90
    assert sum(bool(re.search(r"\d", sentence)) for sentence in SENTENCES) > 10
    assert sum(bool(QUOTED.search(sentence)) for sentence in SENTENCES) > 20


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_is_quoted_has_no_unsupported_value(sentence: str) -> None:
    assert unsupported(quoting(sentence)) == []


@pytest.mark.parametrize("article", ARTICLES)
def test_nor_have_several_quoted_sentences(article: list[str]) -> None:
    for one, other in pairwise(article):
        assert unsupported(quoting(one, other)) == []
        assert unsupported(quoting(other, one)) == []


NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
NAME = re.compile(r"(?<=[a-z] )(?!I\b)[A-Z][a-z]+")  # in the middle of a sentence
DAY = re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\bSeptember\b")
QUOTED = re.compile(r"(?<=[“\"])[\w ]+(?=[”\"])")


def swapped(pattern: re.Pattern[str], other: str) -> list[Answer]:
    """Each sentence of the seeds with the first match of the pattern replaced, citing the sentence as it was."""
    texts = [(sentence, pattern.sub(other, sentence, count=1)) for sentence in SENTENCES]
    return [said(f"{changed} [1]", sentence) for sentence, changed in texts if changed != sentence]


@pytest.mark.parametrize(
    ("pattern", "other", "at_least"),
    [
        (NUMBER, "77", 10),
        (NUMBER, "7,700.5", 10),
        (NAME, "Zanzibar", 60),
        (NAME, "NASA", 60),
        (DAY, "Monday", 8),
        (DAY, "May", 8),
        (QUOTED, "no comment", 20),
    ],
)
def test_a_swapped_value_is_noticed(pattern: re.Pattern[str], other: str, at_least: int) -> None:
    cases = swapped(pattern, other)
    assert len(cases) >= at_least
    for answer in cases:
        missing = unsupported(answer)  # the value, and a quotation around it
        assert missing
        assert all(other in value for value in missing)
