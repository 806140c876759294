from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, replace

import pytest

from qa.models import Answer, Citation, Conflict, Dated, Hit, Place, Side, Statement, count, describe

HIT = Hit("a.txt", 0, 12, "Putin landed", 0.75, "Title", "2024-06-20")
CITATION = Citation(
    marker=1,
    file="a.txt",
    start=0,
    end=25,
    quote="Putin landed.\nHe was late.",
    line=3,
    page=None,
    sha256="ab" * 32,
    title="Title",
    published="2024-06-20",
    score=0.9,
    also_in=(Place("b.txt", 4, 29), Place("b.txt", 90, 115)),
)
FULL = replace(
    CITATION,
    copies=(Place("c.txt", 7, 33),),
    confirmed_by=(Place("d.txt", 8, 30),),
    dates=(Dated("Wednesday", "2024-06-19"),),
)
ANSWER = Answer(
    question="When?",
    text="Putin landed.\nHe was late. [1]",
    answered=True,
    short="at 2am",
    statements=(Statement("Putin landed.\nHe was late.", (1,), "quoted"),),
    citations=(CITATION,),
    conflicts=(Conflict("number", "two or three", (Side("two", (1,)), Side("three", (1,)))),),
    confidence=0.5,
    hits=(HIT,),
    nearest=(HIT,),
    dropped=1,
    unknown_markers=2,
    llm="none",
    notes=("a note",),
    timings={"embed": 1.5},
)


def test_an_answer_with_every_field_set_survives_json() -> None:
    again = Answer.from_dict(json.loads(json.dumps(ANSWER.to_dict())))
    assert again == ANSWER
    assert again.timings == ANSWER.timings
    assert again.to_dict() == ANSWER.to_dict()
    assert isinstance(again.citations[0].also_in[0], Place)
    assert isinstance(again.conflicts[0].sides[0], Side)


def test_a_bare_answer_survives_json() -> None:
    bare = Answer("Why?", "The articles do not say.", answered=False)
    assert Answer.from_dict(json.loads(json.dumps(bare.to_dict()))) == bare


def test_to_dict_holds_nothing_but_what_json_has() -> None:
    def check(value: object) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                assert type(key) is str
                check(item)
        elif isinstance(value, list):
            for item in value:
                check(item)
        else:
            assert value is None or type(value) in (str, int, float, bool), value

    check(ANSWER.to_dict())


def test_timings_do_not_count_when_answers_are_compared() -> None:
    assert replace(ANSWER, timings={}) == ANSWER
    assert replace(ANSWER, text="x") != ANSWER


def test_a_key_that_an_answer_does_not_have_is_an_error() -> None:
    with pytest.raises(TypeError, match="colour"):
        Answer.from_dict({**ANSWER.to_dict(), "colour": "red"})


def test_answers_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        ANSWER.text = "x"  # type: ignore[misc]


def test_a_citation_in_one_line_names_each_other_file_once() -> None:
    assert describe(CITATION) == "a.txt, line 3 (Title, 2024-06-20), also in b.txt"


def test_of_many_other_files_three_are_named() -> None:
    many = tuple(Place(f"{n}.txt", 0, 9) for n in range(10_000))
    assert describe(replace(CITATION, also_in=many)).endswith(", also in 0.txt, 1.txt, 2.txt and 9997 more")


def test_a_citation_with_pages_and_nothing_else() -> None:
    assert describe(replace(CITATION, page=7, title=None, published=None, also_in=())) == "a.txt, page 7"


def test_markdown_has_question_text_sources_and_notes() -> None:
    assert ANSWER.to_markdown() == (
        "**When?**\n\n**at 2am**\n\nPutin landed.\nHe was late. [1]\n\n- two or three: two [1]; three [1]\n\n"
        "1. a.txt, line 3 (Title, 2024-06-20), also in b.txt\n   > Putin landed.\n   > He was late.\n\n_a note_\n"
    )


def test_markdown_without_a_short_answer_has_none_and_its_own_words_are_text() -> None:
    assert replace(ANSWER, short=None).to_markdown().startswith("**When?**\n\nPutin landed.")
    assert replace(ANSWER, short="*two*\n[7]").to_markdown().startswith("**When?**\n\n**\\*two\\* \\[7\\]**\n\n")


def test_one_and_many() -> None:
    assert [count(n, "article") for n in (0, 1, 1234)] == ["0 articles", "1 article", "1,234 articles"]


def test_markdown_of_an_article_is_text_in_the_markdown_of_an_answer() -> None:
    hostile = "![x](http://evil.example/p.png) <img src=x> *loud* [7] `code` &lt; | ~~gone~~\n# head\n- item\n12. item"
    answer = replace(
        ANSWER,
        text=f"{hostile} [1]",
        statements=(Statement(hostile, (1,), "quoted"),),
        citations=(replace(CITATION, quote=hostile, title="[a](javascript:b)"),),
        conflicts=(),
        notes=(),
    )
    written = answer.to_markdown()
    escaped = (
        r"!\[x\](http://evil.example/p.png) \<img src=x\> \*loud\* \[7\] \`code\` \&lt; \| \~~gone\~~",
        r"\# head",
        r"\- item",
        r"12\. item",
    )
    assert "\n".join(escaped) + " [1]\n" in written
    assert all(f"   > {line}\n" in written for line in escaped)
    assert r"(\[a\](javascript:b), 2024-06-20)" in written


def test_the_pieces_of_an_answer_make_up_its_text() -> None:
    statements = (Statement("It is [2].", (1,), "quoted"), Statement("So it is.", (2, 1), "supported"))
    answer = Answer("Q?", "It is [2]. [1]\nSo it is. [2][1]", True, statements=statements)
    assert list(answer.pieces()) == [("", statements[0]), ("\n", statements[1])]
    assert "".join(f"{before}{s.text} {s.markers}" for before, s in answer.pieces()) == answer.text


def test_all_of_a_citation_round_trips_and_stands_in_its_line() -> None:
    answer = replace(ANSWER, citations=(FULL,))
    assert Answer.from_dict(json.loads(json.dumps(answer.to_dict()))) == answer
    assert describe(FULL) == (
        "a.txt, line 3 (Title, 2024-06-20, “Wednesday” is 2024-06-19), also in b.txt, c.txt; 1 more says so: d.txt"
    )


def test_a_citation_that_lacks_what_may_be_left_out() -> None:
    data = ANSWER.to_dict()
    for name in ("also_in", "copies", "confirmed_by", "dates"):
        del data["citations"][0][name]
    (citation,) = Answer.from_dict(data).citations
    assert (citation.also_in, citation.copies, citation.confirmed_by, citation.dates) == ((), (), (), ())
