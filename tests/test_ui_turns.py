"""A conversation as HTML, on answers made by hand."""

from dataclasses import replace

import pytest
from lxml import html

from qa.models import Answer, Citation, Conflict, Hit, Side, Statement
from ui.conversation import Turn, Verdict
from ui.turns import turns, welcome

HOSTILE = '<img src=x onerror="alert(1)"> & "quoted" \u202eback'
SHOWN = '<img src=x onerror="alert(1)"> & "quoted" \N{REPLACEMENT CHARACTER}back'


def citation(marker: int, quote: str = "It rained.") -> Citation:
    return Citation(marker, f"{marker}.txt", 0, len(quote), quote, 3, None, "ab", f"Title {marker}", "2024-06-20", 0.9)


def answer(**values: object) -> Answer:
    statements = (Statement("It rained.", (1,), "quoted"), Statement("Nobody came.", (1, 2), "supported"))
    given = {
        "question": "Q?",
        "text": "It rained. [1] Nobody came. [1][2]",
        "answered": True,
        "statements": statements,
        "citations": (citation(1), citation(2)),
        "llm": "tiny",
    }
    return Answer(**(given | values))  # type: ignore[arg-type]


def shown(given: Answer | None, **values: object) -> html.HtmlElement:
    turn = Turn("Q?", id="t1", answer=given, **values)  # type: ignore[arg-type]
    return html.fromstring(f"<main>{turns([turn])}</main>")


def texts(tree: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(element.text_content().split()) for element in tree.cssselect(path)]


def test_every_sentence_has_its_markers_and_its_support() -> None:
    tree = shown(answer())
    assert texts(tree, ".said") == ["It rained.", "Nobody came."]
    assert texts(tree, ".marker") == ["[1]", "[1]", "[2]"]
    assert texts(tree, ".support") == ["quoted", "checked"]
    assert [marker.get("data-marker") for marker in tree.cssselect(".marker")] == ["1", "1", "2"]
    assert tree.cssselect(".marker")[2].get("aria-label") == "Source 2: 2.txt, line 3 (Title 2, 2024-06-20)"
    assert texts(tree, ".trust") == [
        "1 sentence quoted word for word; 1 sentence in the words of tiny, checked against the sources."
    ]


def test_sentences_of_a_draft_run_on_and_quotations_stand_alone() -> None:
    assert [p.cssselect(".said")[0].text for p in shown(answer()).cssselect(".answer p")] == ["It rained."]
    listed = answer(text="It rained. [1]\nNobody came. [1][2]")
    assert len(shown(listed).cssselect(".answer p")) == 2


def test_short_answer_confidence_and_what_was_dropped_are_there_when_they_are() -> None:
    bare, full = shown(answer()), shown(answer(short="rain", confidence=0.4567, dropped=2))
    assert texts(bare, ".short, .confidence") == []
    assert texts(full, ".short") == ["rain"]
    assert texts(full, ".confidence") == ["Confidence 46%"]
    assert full.cssselect("meter")[0].get("value") == "0.457"
    assert "2 sentences that no source supported left out" in texts(full, ".trust")[0]


@pytest.mark.parametrize(
    ("kind", "title"), [("quote", "The sources differ"), ("ambiguous", "These may be different things")]
)
def test_sides_of_a_conflict_each_with_their_sources(kind: str, title: str) -> None:
    sides = (Side("two", (1,)), Side("three", (2,)))
    tree = shown(answer(conflicts=(Conflict(kind, "Two or three?", sides),)))  # type: ignore[arg-type]
    assert texts(tree, ".conflict h3") == [title]
    assert texts(tree, ".side .value") == ["two", "three"]
    assert texts(tree, ".side li") == [
        "[1] 1.txt, line 3 (Title 1, 2024-06-20)",
        "[2] 2.txt, line 3 (Title 2, 2024-06-20)",
    ]


def test_a_refusal_has_no_markers_and_shows_what_is_nearest_as_no_answer() -> None:
    refusal = Answer(
        "Q?", "The articles do not say.", False, reason="Because.", nearest=(Hit("a.txt", 0, 4, "Text", 0.1, "T"),),
        notes=("Searched all 5 articles.",),
    )  # fmt: skip
    tree = shown(refusal)
    assert texts(tree, ".refusal > p") == ["The articles do not say.", "Because."]
    assert texts(tree, ".refusal summary") == ["The nearest passages, which do not answer it"]
    assert texts(tree, ".refusal li") == ["TText"]
    assert texts(tree, ".notes li") == ["Searched all 5 articles."]
    assert tree.cssselect(".marker, .support, .answer, .trust") == []


def test_before_the_answer_there_is_what_is_known() -> None:
    hit = Hit("a.txt", 0, 4, "Text", 0.1)
    assert texts(shown(None), ".reading") == ["Reading the articles …"]
    assert texts(shown(None, hits=(hit,)), ".reading") == ["Writing the answer … 1 passage found."]
    said = shown(None, hits=(hit,), said=(Statement("It rained.", (1,), "quoted"),))
    assert texts(said, ".said") == ["It rained."]
    ended = shown(None, problem="Stopped.")
    assert texts(ended, ".problem") == ["Stopped."]
    assert ended.cssselect(".turn")[0].get("aria-busy") == "false"
    assert texts(ended, ".actions") == []


def test_a_verdict_is_seen_and_asks_for_a_note() -> None:
    tree = shown(answer(), verdict=Verdict(False, "It was snow."))
    pressed = {b.get("data-good"): b.get("aria-pressed") for b in tree.cssselect("[data-event=verdict]")}
    assert pressed == {"1": "false", "0": "true"}
    assert tree.cssselect("textarea")[0].text == "It was snow."
    assert texts(shown(answer()), ".feedback") == []


def test_the_copy_is_the_markdown_of_the_answer() -> None:
    assert shown(answer()).cssselect("[data-copy]")[0].get("data-copy") == answer().to_markdown()


def test_examples_before_the_first_question() -> None:
    tree = html.fromstring(f"<main>{welcome(['Who <b>?'], '5 articles in x.')}</main>")
    (button,) = tree.cssselect("li button")
    assert (button.text, button.get("data-event"), button.get("data-question")) == ("Who <b>?", "ask", "Who <b>?")
    assert "5 articles in x." in texts(tree, ".welcome")[0]


def test_every_string_is_text() -> None:
    hostile = replace(
        answer(short=HOSTILE, llm=HOSTILE, notes=(HOSTILE,)),
        question=HOSTILE,
        text=f"{HOSTILE} [1]",
        statements=(Statement(HOSTILE, (1,), "supported"),),
        citations=(replace(citation(1, HOSTILE), title=HOSTILE, file=HOSTILE),),
        conflicts=(Conflict("name", HOSTILE, (Side(HOSTILE, (1,)), Side("x", (1,)))),),
    )
    turn = Turn(HOSTILE, answer=hostile, verdict=Verdict(True, HOSTILE), problem="")
    tree = html.fromstring(f"<main>{turns([turn])}</main>")
    assert tree.cssselect("img, script") == []
    assert not any(name.startswith("on") for element in tree.iter() for name in element.attrib)
    for path in (".question", ".short", ".said", ".notes li", ".side .value", ".conflict > p"):
        assert tree.cssselect(path)[0].text_content() == SHOWN
    refusal = Answer(HOSTILE, HOSTILE, False, reason=HOSTILE, nearest=(Hit(HOSTILE, 0, 1, HOSTILE, 0.1, HOSTILE),))
    assert shown(refusal).cssselect("img") == []
    assert shown(None, problem=HOSTILE).cssselect("img") == []
