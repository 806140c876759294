from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from corpora import corpus

from index.reader import Reader
from index.settings import Settings
from qa.assistant import Assistant
from qa.overview import LISTED, overview, topic_of


@pytest.mark.parametrize(
    "question",
    [
        "What are these articles about?",
        "what are the articles about",
        "What is this article about?",
        "What’s in this folder?",
        "What is it all about?",
        "Summarize the articles",
        "Please summarise all of these articles.",
        "Give me an overview of the articles!",
        "a short summary of these stories",
        "List all articles",
        "Can you list the articles in this folder?",
        "Which articles are there?",
        "How many articles are there?",
        "What articles do you have?",
        "What topics do these articles cover?",
        "What are the main topics of these articles?",
        "Which topics are covered in the articles?",
        "What events are these articles about?",
        "What do the articles say?",
        "What do these documents have in common?",
        "What is this collection about?",
        "tell me what these articles are about",
        "  what are\nthese articles  about ?",
    ],
)
def test_questions_about_all_articles(question: str) -> None:
    assert topic_of(question) == ""


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Which articles mention Vietnam?", "Vietnam"),
        ("which of these articles mention Vietnam", "Vietnam"),
        ("Which article mentions the treaty?", "the treaty"),
        ("Which documents mention Vietnam?", "Vietnam"),
        ("List articles about Kim Jong Un", "Kim Jong Un"),
        ("How many articles mention sanctions?", "sanctions"),
        ("Which articles are about Hanoi?", "Hanoi"),
        ("Show me all the articles that mention “Hanoi”.", "Hanoi"),
        ("What articles are there on North Korea?", "North Korea"),
        ("Are there any articles about Vietnam?", "Vietnam"),
        ("Do any of these articles mention Vietnam?", "Vietnam"),
        ("In which articles is Vietnam mentioned?", "Vietnam"),
        ("Find articles that quote Putin", "Putin"),
        ("Name the articles that talk about Vietnam or Hanoi", "Vietnam or Hanoi"),
    ],
)
def test_questions_for_articles_that_mention_something(question: str, topic: str) -> None:
    assert topic_of(question) == topic


@pytest.mark.parametrize(
    "question",
    [
        "What are the articles of the treaty about?",
        "What is Article 5 about?",
        "Which article of the constitution mentions freedom?",
        "What did the report say about Vietnam?",
        "What does the report say?",
        "Which report on Vietnam did Putin cite?",
        "What events led to the report?",
        "What did the leaked documents contain?",
        "Which documents contained the names of agents?",
        "Which story about the bottle won a prize?",
        "What does the collection of the museum contain?",
        "What articles are on display in the museum?",
        "Which articles of clothing are worn in Vietnam?",
        "What is the war about?",
        "Who wrote the article?",
        "How many articles did he write?",
        "How many reports did the police file?",
        "Which sources did the report cite?",
        "Where is Vietnam mentioned?",
        "Which articles mention the?",
        "When did Putin land in Hanoi?",
    ],
)
def test_questions_about_what_articles_say_are_no_overview(question: str) -> None:
    assert topic_of(question) is None


WIRE = "The ministry said on Friday that the dam near Grenholm would be closed for repairs until the spring floods end."
FILES = {
    "2023/dam.txt": f"Dam to close\n\n{WIRE} Anglers protested.",
    "bread.txt": "Bread\n\nBakers in Lyon went on strike on Monday over the price of flour, which doubled last year.",
    "comet.md": "---\ntitle: A comet\ndate: 2024-03-05\n---\n\nTwo schoolchildren in Lyon were the first to see a "
    "comet that astronomers had looked for since 1951.",
    "copy.txt": "Dam to close\n\n" + WIRE + " Boatmen were glad.",
    "short.txt": "Rain.\n\nIt rained.\n\nThe dam held.",
    "twin.txt": "Dam to close\n\n" + WIRE + " Boatmen were glad.",
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return corpus(tmp_path_factory.mktemp("overview"), FILES)


@pytest.fixture(scope="module")
def assistant(settings: Settings) -> Iterator[Assistant]:
    with Assistant(settings) as assistant:
        yield assistant


@pytest.fixture(scope="module")
def reader(assistant: Assistant) -> Reader:
    return assistant.reader


def test_an_overview_gives_the_opening_sentence_of_each_article(assistant: Assistant) -> None:
    answer = assistant.ask("What are these articles about?")
    assert answer.answered
    assert answer.notes == ("There are 6 articles; each is shown with its opening sentence.",)
    assert [citation.file for citation in answer.citations] == ["2023/dam.txt", "bread.txt", "comet.md", "short.txt"]
    assert answer.text.splitlines() == [f"{citation.quote} [{citation.marker}]" for citation in answer.citations]
    assert answer.citations[0].quote == WIRE
    assert answer.citations[3].quote == "Rain."  # nothing in it is long enough for an opening: the first sentence


def test_articles_with_the_same_opening_are_listed_once_with_also_in(assistant: Assistant) -> None:
    first = assistant.ask("What are these articles about?").citations[0]
    assert [place.file for place in first.also_in] == ["copy.txt", "twin.txt"]
    for file, start, end in first.also_in:
        assert assistant.article(file).text[start:end] == WIRE


def test_articles_that_mention_something(assistant: Assistant) -> None:
    answer = assistant.ask("Which articles mention the dam?")
    assert [citation.file for citation in answer.citations] == ["2023/dam.txt", "short.txt"]
    assert {place.file for place in answer.citations[0].also_in} == {"copy.txt", "twin.txt"}
    assert answer.citations[1].quote == "The dam held."
    assert answer.notes == ("4 of 6 articles mention “the dam”.",)


def test_every_word_has_to_be_mentioned_and_either_of_two_topics(reader: Reader) -> None:
    def files(topic: str) -> list[str]:
        return [item.entry.file for item in overview(topic, reader, None).listed]

    assert files("Lyon comet") == ["comet.md"]
    assert files("Lyon") == ["bread.txt", "comet.md"]
    assert files("comet or flour") == ["bread.txt", "comet.md"]
    assert files("comet flour") == []
    assert overview("comet", reader, None).note == "1 of 6 articles mentions “comet”."


def test_nothing_mentions_it(assistant: Assistant) -> None:
    answer = assistant.ask("Which articles mention zebras?")
    assert not answer.answered
    assert not answer.citations
    assert answer.text == "The articles do not say."
    assert answer.reason == "None of the 6 articles mentions “zebras”."


def test_filters_hold_for_overviews(assistant: Assistant) -> None:
    answer = assistant.ask("Which articles mention Lyon?", since="2024-01-01")
    assert [citation.file for citation in answer.citations] == ["comet.md"]
    assert "5 left out because they have no date" in answer.notes[0]
    assert answer.notes[1] == "1 of 1 articles mentions “Lyon”."
    listed = assistant.ask("What are these articles about?", files=["t*", "b*"])
    assert [citation.file for citation in listed.citations] == ["bread.txt", "twin.txt"]
    none = assistant.ask("What are these articles about?", files=["nothing*"])
    assert (none.answered, none.reason) == (False, "No article matches the filters.")


def test_an_overview_as_a_follow_up_is_about_all_articles(assistant: Assistant) -> None:
    history = [("When was the comet seen?", "Two schoolchildren ...")]
    assert assistant.ask("What are these articles about?", history=history) == assistant.ask(
        "What are these articles about?"
    )


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """More articles than are listed: each thing in three."""
    things = ["volcano", "violin", "parliament", "football", "vaccine", "railway"]
    files = {
        f"{n:02}.txt": f"The {things[n % 6]} of town number {n} was on everyone's mind last week: people wrote of the "
        f"{things[n % 6]} at great length."
        for n in range(LISTED + 6)
    }
    with Assistant(corpus(tmp_path_factory.mktemp("crowd"), files)) as assistant:
        yield assistant


def test_of_many_articles_typical_ones_are_shown(crowd: Assistant) -> None:
    answer = crowd.ask("What are these articles about?")
    assert len(answer.citations) == LISTED
    assert answer.notes == (
        f"There are 18 articles, {LISTED} typical ones shown; each is shown with its opening sentence.",
    )
    files = [citation.file for citation in answer.citations]
    assert files == sorted(files)
    assert len({int(file[:2]) % 6 for file in files}) == 6  # every thing is there


def test_of_many_mentions_the_first_are_shown(crowd: Assistant) -> None:
    answer = crowd.ask("Which articles mention a town?")
    assert [citation.file for citation in answer.citations] == [f"{n:02}.txt" for n in range(LISTED)]
    assert answer.notes == (f"18 of 18 articles mention “a town”; the first {LISTED} are shown.",)


def test_one_article(tmp_path: Path) -> None:
    with Assistant(corpus(tmp_path, {"a.txt": "A dog barked."})) as assistant:
        assert assistant.ask("What are these articles about?").notes == (
            "There is 1 article; each is shown with its opening sentence.",
        )
