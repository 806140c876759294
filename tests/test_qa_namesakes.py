"""Different things of one name are told apart, and are no disagreement."""

from pathlib import Path

import pytest

from index.embed import Embedder
from qa.assistant import Assistant
from qa.evidence import Candidate
from qa.models import Answer
from qa.namesakes import namesakes
from tests.corpora import corpus
from tests.test_qa_evidence import found

OHIO = """Rush Township, Scioto County, Ohio

Rush Township is one of the sixteen townships of Scioto County. The 2010 census counted 3,171 people in Rush Township.
"""
IOWA = """Rush Township (Iowa)

Rush Township lies on the Boyer River. The census of 2010 counted 887 people in Rush Township.
"""


def sentence(content: int, text: str) -> Candidate:
    item = found((text, 0.5))
    object.__setattr__(item.passage, "content", content)
    return Candidate(item, item.passage.sentences[0], text, 0.5)


def names(question: str, **heads: str) -> list[str]:
    ranked = [sentence(n, f"Sentence {n}.") for n in range(len(heads))]
    return [thing.name for thing in namesakes(question, ranked, dict(enumerate(heads.values())))]


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (
            'Who is the artist of "Beyond Measure"?',
            "Beyond Measure (Dynasty album)",
            "Beyond Measure (Jeremy Camp album)",
        ),
        ("What is the population of Rush Township?", "Rush Township, Scioto County", "Rush Township (Iowa)"),
        ("When was Stephen O'Mara born?", "Stephen Mary O'Mara (1884 – 1959)", "Stephen O'Mara (senator)"),
        ("Where is the Old Mill?", "The Old Mill (Leeds)", "Old Mill (Tennessee)"),
    ],
)
def test_what_stands_behind_a_name_tells_them_apart(question: str, one: str, other: str) -> None:
    heads = [f"{name} {name.split(',')[0].split(' (')[0]} is old." for name in (one, other)]
    assert names(question, one=heads[0], other=heads[1]) == [one.replace("–", "-"), other]


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        ("Who made Big Girl?", "Big Girl (film)", "Big Girl (film) again"),  # the same thing
        ("Who made Big Girl?", "Big Girl (film)", "Big Boy (album)"),  # another name
        ("Who made Big Girl?", "Big Girl (film)", "Big Girl is a song."),  # nothing tells it apart
        ("Who won the cup?", "Big Girl (film)", "Big Girl (album)"),  # not asked about
        ("What did Putin do in Hanoi?", "HANOI (Reuters) - Putin landed.", "Hanoi (AP) — Putin landed."),
        ("Who won the Super Bowl?", "Super Bowl (AP)", "Super Bowl (Reuters)"),
        ("Who met Vladimir Putin?", "Vladimir Putin (71) met Kim.", "Vladimir Putin (Russian president) met Kim."),
        ("Who praised Putin?", "Putin Praises Support, Plans Closer Ties", "Putin (2024) arrives"),
        ("What did Kim Jong Un sign?", "Kim Jong Un, Putin Sign Pact The leader", "Kim Jong Un (Getty) signs."),
    ],
)
def test_nothing_is_made_up(question: str, one: str, other: str) -> None:
    assert names(question, one=one, other=other) == []


def ask(tmp_path: Path, embedder: Embedder, question: str, **texts: str) -> Answer:
    settings = corpus(tmp_path, {f"{name}.txt": text for name, text in texts.items()}, embedder)
    with Assistant(settings) as assistant:
        return assistant.ask(question)


def test_an_answer_names_the_things_and_no_conflict(tmp_path: Path, embedder: Embedder) -> None:
    answer = ask(tmp_path, embedder, "How many people live in Rush Township?", ohio=OHIO, iowa=IOWA)
    (conflict,) = answer.conflicts
    assert conflict.kind == "ambiguous"
    files = {citation.marker: citation.file for citation in answer.citations}
    told = {files[side.citations[0]]: side.value for side in conflict.sides}
    assert told["ohio.txt"].startswith("Rush Township, Scioto County, Ohio: ")
    assert "3,171 people" in told["ohio.txt"]
    assert told["iowa.txt"].startswith("Rush Township (Iowa): ")
    assert "887 people" in told["iowa.txt"]


def test_one_thing_alone_is_not_ambiguous(tmp_path: Path, embedder: Embedder) -> None:
    answer = ask(tmp_path, embedder, "How many people live in Rush Township?", ohio=OHIO)
    assert answer.conflicts == ()


def test_of_each_the_sentence_that_has_what_is_asked_for() -> None:
    ranked = [
        sentence(0, "The township was named for a doctor."),
        sentence(1, "The township had 887 people."),
        sentence(0, "The township had 3,171 people."),
    ]
    heads = {0: "Rush Township, Scioto County Rush Township is one.", 1: "Rush Township (Iowa) is another."}
    things = namesakes("How many people live in Rush Township?", ranked, heads)
    assert {thing.said.text for thing in things} == {"The township had 887 people.", "The township had 3,171 people."}


def test_articles_about_one_of_the_things_are_known() -> None:
    heads = {0: "Big Girl (film) is long.", 1: "Big Girl (album) is loud.", 2: "Big Girl (film) is short."}
    things = namesakes("Who made Big Girl?", [sentence(n, f"Sentence {n}.") for n in heads], heads)
    assert [(thing.name, thing.contents) for thing in things] == [
        ("Big Girl (film)", {0, 2}),
        ("Big Girl (album)", {1}),
    ]
