"""Copies are one voice, shown once; articles that say the same independently are counted."""

from dataclasses import replace
from pathlib import Path

from index.embed import Embedder
from qa.assistant import Assistant
from qa.evidence import Candidate
from qa.models import Answer, describe
from qa.voices import Voice, groups, shown_first
from tests.corpora import corpus
from tests.test_qa_evidence import found

WIRE = """The ferry Aurora ran aground off the island of Vessel on Tuesday with 212 passengers on board.

Nobody was hurt, the coastguard said, but 14 people were taken to the hospital in Norrby as a precaution.

The captain said that the steering had failed shortly after the ship left the harbour of Norrby.
"""
REWRITE = """Ferry aground

With 212 passengers on board, the ferry Aurora ran aground on Tuesday off the island of Vessel.

Nobody was hurt according to the coastguard, but as a precaution 14 people were taken to the hospital in Norrby.

The steering had failed, the captain said, shortly after the ship had left the harbour of Norrby.
"""
OTHER = """Shipping has had a bad week on this coast, and the weather is only one reason.

The ferry Aurora ran aground off Vessel on Tuesday, while 212 passengers were on board.

Insurers say that groundings cost them twice as much as ten years ago, and they blame the age of the fleet.

A committee of parliament wants to hear the owners of all lines in the autumn.
"""
QUESTION = "How many passengers were on board the ferry Aurora?"


def ask(tmp_path: Path, embedder: Embedder, question: str = QUESTION, **texts: str) -> Answer:
    settings = corpus(tmp_path, {f"{name}.txt": text for name, text in texts.items()}, embedder)
    with Assistant(settings) as assistant:
        answer = assistant.ask(question)
        for citation in answer.citations:  # what is said to be elsewhere is there
            for place in (*citation.copies, *citation.confirmed_by):
                assert "212" in assistant.article(place.file).text[place.start : place.end]
    return answer


def test_copies_are_shown_once(tmp_path: Path, embedder: Embedder) -> None:
    answer = ask(tmp_path, embedder, one=WIRE, two=REWRITE)
    first = answer.citations[0]
    assert [place.file for place in first.copies] == [{"one.txt": "two.txt", "two.txt": "one.txt"}[first.file]]
    assert (first.voices, first.confirmed_by) == (1, ())
    assert sum("212" in citation.quote for citation in answer.citations) == 1
    assert f"also in {first.copies[0].file}" in describe(first)


def test_an_independent_report_confirms_and_copies_do_not(tmp_path: Path, embedder: Embedder) -> None:
    answer = ask(tmp_path, embedder, one=WIRE, two=REWRITE, three=OTHER)
    first = next(citation for citation in answer.citations if citation.file != "three.txt")
    assert [place.file for place in first.confirmed_by] == ["three.txt"]
    assert first.voices == 2
    assert describe(first).endswith("; 1 more says so: three.txt")


def test_a_copy_that_changed_a_word_is_a_voice_of_its_own(tmp_path: Path, embedder: Embedder) -> None:
    answer = ask(tmp_path, embedder, one=WIRE, two=REWRITE.replace("212", "221"), three=OTHER)
    assert {value for conflict in answer.conflicts for value, _ in conflict.sides} == {"212", "221"}
    changed = next(citation for citation in answer.citations if "221" in citation.quote)
    assert (changed.copies, changed.confirmed_by) == ((), ())


def test_the_sources_round_trip(tmp_path: Path, embedder: Embedder) -> None:
    answer = ask(tmp_path, embedder, one=WIRE, two=REWRITE, three=OTHER)
    assert Answer.from_dict(answer.to_dict()) == answer


def test_groups_are_joined_through_each_other() -> None:
    copies = {1: [2], 2: [1, 5], 5: [2], 3: [4], 4: [3]}
    assert groups({1, 2, 3, 5}, copies) == {1: 1, 2: 1, 5: 1, 3: 3}
    assert groups({1, 5}, copies) == {1: 1, 5: 5}  # what is not among them joins nothing


def voice(content: int, probability: float, text: str, cosine: float = 0.5) -> Voice:
    item = found((text, cosine))
    item = replace(item, passage=replace(item.passage, content=content))
    return Voice(Candidate(item, item.passage.sentences[0], text, probability))


APART = {1: 1, 2: 2, 3: 3, 4: 4, 5: 4, 6: 6, 7: 7}  # 5 is a copy of 4


def test_another_article_that_may_answer_is_heard_as_well() -> None:
    told = [
        voice(1, 0.5, "Anna built the bridge of Oslo."),
        voice(1, 0.2, "It is made of stone."),
        voice(2, 0.1, "Boris built the bridge of Lund.", cosine=0.9),
        voice(3, 0.03, "Clara crossed the bridge.", cosine=0.1),
    ]
    shown, count = shown_first(told, 1, APART)
    assert [v.said.text for v in shown[:count]] == [told[0].said.text, told[2].said.text]
    assert shown[count:] == [told[1], told[3]]
    assert shown_first(told, 3, APART) == (told, 3)


def test_it_is_not_heard_where_it_says_the_same_or_is_a_copy_or_too_long() -> None:
    first = voice(4, 0.5, "Anna built the bridge of Oslo.")
    same = voice(2, 0.2, "Anna built the bridge of Oslo.")
    copy = voice(5, 0.2, "Boris built the bridge of Lund.", cosine=0.9)
    long = voice(3, 0.2, "Clara built " + "the great and wide " * 30 + "bridge.", cosine=0.9)
    told = [first, same, copy, long]
    assert shown_first(told, 1, APART) == (told, 1)


def test_at_most_four_are_heard_each_of_an_article_of_its_own() -> None:
    told = [
        voice(content, 0.1, f"{name} paid {n + 2} euros.")
        for n, (content, name) in enumerate(
            [(1, "Anna"), (2, "Boris"), (2, "Carla"), (3, "Dora"), (4, "Emil"), (6, "Fritz"), (7, "Gerd")]
        )
    ]
    shown, count = shown_first(told, 1, APART)
    assert [v.content for v in shown[:count]] == [1, 2, 3, 4]
    assert len(shown) == len(told)
    assert shown_first([], 0, {}) == ([], 0)
