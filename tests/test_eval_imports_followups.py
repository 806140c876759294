"""Our own follow-up questions: rows that name their evidence by a few words."""

import json
from collections import Counter
from pathlib import Path

import pytest

from eval.gold import GoldSpan, load_gold
from eval.imports import import_onestopqa
from eval.imports.followups import BARE, STANDALONE, WITH_HISTORY, write_followups, written
from index.errors import InputError

ROWS = written()
KINDS = {"about", "alone", "definite", "ellipsis", "other", "place", "pronoun", "time", "why"}


def data(folder: Path, contexts: list[str]) -> Path:
    paragraphs = [{"Adv": {"context": context, "a_spans": []}, "qas": []} for context in contexts]
    path = folder / "data.json"
    path.write_text(json.dumps({"data": [{"title": "Spain's Robin Hood", "paragraphs": paragraphs}]}), "utf-8")
    return path


def test_rows_are_sound() -> None:
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    assert {row["kind"] for row in ROWS} == KINDS
    for row in ROWS:
        assert row["history"]
        assert all(question and answer for question, answer in row["history"])
        assert (row["standalone"] == row["question"]) == (row["kind"] == "alone")


def test_the_words_of_the_articles_stay_few() -> None:
    """The articles are not ours to pass on: an anchor is at most eight words."""
    anchors = [words for row in ROWS for _, words in row["evidence"]]
    assert max(len(words.split()) for words in anchors) <= 8


def test_evidence_is_the_whole_sentence(tmp_path: Path) -> None:
    contexts = [""] * 5
    for row in ROWS:
        if row["article"] == "spain-s-robin-hood":
            for paragraph, words in row["evidence"]:
                if words not in contexts[paragraph - 1]:
                    contexts[paragraph - 1] += f"It is {words} here. "
    import_onestopqa(data(tmp_path, contexts), tmp_path / "out")
    asked, bare, alone = (load_gold(tmp_path / "out" / name) for name in (WITH_HISTORY, BARE, STANDALONE))
    last = asked[-1]
    text = (tmp_path / "out" / "corpus" / "spain-s-robin-hood.txt").read_text(encoding="utf-8")
    quote = "It is before being bailed for here."
    assert last.question == "For what sum was Enric Duran bailed?"
    assert last.evidence == ((GoldSpan("spain-s-robin-hood.txt", quote, text.index(quote)),),)
    assert last.history == (("What does Duran promote now?", "Restorative justice."),)
    assert last.tags == ("follow-up", "alone")
    assert not any(row.history for row in [*bare, *alone])
    assert [row.question for row in asked] == [row.question for row in bare]
    assert alone[0].question == "How many loans did Enric Duran take out?"
    assert Counter(row.split for row in asked) == {"test": 7}


def test_words_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="should stand once in paragraph"):
        import_onestopqa(data(tmp_path, ["Nothing of it."] * 5), tmp_path / "out")
    with pytest.raises(InputError, match="not in the format of OneStopQA"):
        import_onestopqa(data(tmp_path, ["Nothing of it."]), tmp_path / "out2")


def test_nothing_is_written_without_an_article_of_theirs(tmp_path: Path) -> None:
    assert write_followups(tmp_path, []) == 0
    assert not list(tmp_path.iterdir())
