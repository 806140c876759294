from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from corpora import characters, corpus

from index.models import Span
from index.reader import Reader
from qa.assistant import Assistant
from qa.cite import Quotation, cite, quoted, render
from qa.models import Statement

SAID = "Putin said the pact was “a breakthrough” for both."
FILES = {
    "a.txt": f"Intro here.\r\nMore of it.\r\n\r\n{SAID}\r\n",
    "b.txt": f"﻿Quite another beginning.\n\n{SAID.upper()}",
    "c.txt": 'Again.\n\nPutin said  the pact was "a breakthrough" for both.',
    "d.txt": f"{SAID}\n\nThen he left.\n\n{SAID}",
    "e.txt": f"Intro here.\r\nMore of it.\r\n\r\n{SAID}\r\n",
    "f.txt": "Putin said the pact was “a breakdown” for both.\n\nPutin said the pact was a breakthrough for two.",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cite")


@pytest.fixture(scope="module")
def reader(folder: Path) -> Iterator[Reader]:
    reader = Reader(corpus(folder, FILES))
    yield reader
    reader.close()


def quotation(reader: Reader, file: str, words: str, score: float = 0.5) -> Quotation:
    text = reader.article(file).text
    start = text.index(words)
    content = next(entry.content for entry in reader.entries() if entry.file == file)
    return Quotation(content, Span(start, start + len(words)), words, score)


def test_a_sentence_is_cited_once_with_every_place_that_says_the_same_words(reader: Reader, folder: Path) -> None:
    (citation,) = cite([quotation(reader, "a.txt", SAID)], reader, None)
    assert (citation.marker, citation.file, citation.line, citation.quote) == (1, "a.txt", 4, SAID)
    assert [place.file for place in citation.also_in] == ["b.txt", "c.txt", "d.txt", "d.txt", "e.txt"]
    said = [characters(folder / "articles" / file, start, end) for file, start, end in citation.also_in]
    assert said == [SAID.upper(), 'Putin said  the pact was "a breakthrough" for both.', SAID, SAID, SAID]


def test_the_same_words_twice_in_one_article(reader: Reader) -> None:
    first, second = reader.article("d.txt").text.index(SAID), reader.article("d.txt").text.rindex(SAID)
    (citation,) = cite([quotation(reader, "d.txt", SAID)], reader, None)
    assert citation.start == first
    assert ("d.txt", second, second + len(SAID)) in citation.also_in
    assert ("d.txt", first, first + len(SAID)) not in citation.also_in


def test_a_scope_decides_which_file_is_named(reader: Reader) -> None:
    scope = reader.scope(None, None, ["e*"])
    (citation,) = cite([quotation(reader, "a.txt", SAID)], reader, scope)
    assert citation.file == "e.txt"
    assert "a.txt" in [place.file for place in citation.also_in]
    assert cite([quotation(reader, "c.txt", "Again.")], reader, scope) == []


def test_markers_follow_the_order(reader: Reader) -> None:
    quotations = [quotation(reader, "f.txt", FILES["f.txt"].split("\n\n")[n], 0.1) for n in (1, 0)]
    citations = cite(quotations, reader, None)
    assert [(c.marker, c.start) for c in citations] == [(1, quotations[0].span.start), (2, 0)]


def test_what_a_build_has_changed_meanwhile_is_left_out(reader: Reader) -> None:
    good, gone = quotation(reader, "a.txt", SAID), Quotation(10**6, Span(0, 5), "Gone.", 0.5)
    other = Quotation(good.content, good.span, "What stood there before the build was this other.", 0.5)
    assert [c.marker for c in cite([gone, other, good], reader, None)] == [1]


def test_equal_keys_are_not_enough_to_be_the_same_words(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (quotation(reader, "f.txt", words) for words in FILES["f.txt"].split("\n\n"))
    monkeypatch.setattr(reader, "saying", lambda keys: {next(iter(keys)): [(other.content, other.span)]})
    assert [citation.also_in for citation in cite([one], reader, None)] == [()]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Two men died in the fire on Monday.", "Three men died in the fire on Monday."),
        ("The price rose by 3.5 percent in May.", "The price rose by 35 percent in May."),
        ("The price rose by 3 percent in May.", "The price rose by 3 percent in June."),
        ("He called it “a great victory” for all.", "He called it “a great defeat” for all."),
        ("He did sign the treaty in Hanoi.", "He did not sign the treaty in Hanoi."),
        ("Putin landed in Hanoi on Thursday.", "Putin landed in Moscow on Thursday."),
        ("The talks lasted for -5 hours of cold.", "The talks lasted for 5 hours of cold."),
        ("It cost $5 to enter the park.", "It cost €5 to enter the park."),
        ("The children’s home was closed.", "The childrens home was closed."),
        ("Let us eat, grandma, she said.", "Let us eat grandma, she said."),
    ],
)
def test_sentences_that_differ_in_more_than_case_marks_and_space_are_never_merged(
    tmp_path: Path, one: str, other: str
) -> None:
    with Assistant(corpus(tmp_path, {"a.txt": one, "b.txt": other})) as assistant:
        answer = assistant.ask(one)
        assert answer.citations[0].quote == one
        assert all(citation.also_in == () for citation in answer.citations)


def test_statements_and_text() -> None:
    statements = [Statement("One.", (1,), "quoted"), Statement("Two.", (2, 3), "supported")]
    assert render(statements) == "One. [1] Two. [2][3]"
    assert render(statements, "\n") == "One. [1]\nTwo. [2][3]"
    assert render([]) == ""


def test_a_statement_says_the_words_of_its_citation(reader: Reader) -> None:
    citations = cite([quotation(reader, "a.txt", SAID)], reader, None)
    assert quoted(citations) == (Statement(SAID, (1,), "quoted"),)
