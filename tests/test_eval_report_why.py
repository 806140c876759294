from dataclasses import replace

import pytest

from eval.gold import Gold, GoldConflict, GoldSide, GoldSpan
from eval.report.why import Finding, findings
from qa.models import Answer, Citation, Conflict, Hit, Side, Statement

TEXTS = {
    "a.txt": "Putin landed in Hanoi around 2am. He left at noon.",
    "b.txt": "The crowd was 1,500 strong. Nobody was hurt.",
}
LANDED = "Putin landed in Hanoi around 2am."
CROWD = "The crowd was 1,500 strong."
WHEN = Gold(
    "q", "When did he land?", answers=(("2am", "two in the morning"),), evidence=((GoldSpan("a.txt", "2am", 29),),)
)


def read(file: str) -> str:
    return TEXTS[file]


def cite(marker: int, file: str, quote: str, start: int | None = None) -> Citation:
    at = TEXTS[file].index(quote) if start is None else start
    return Citation(marker, file, at, at + len(quote), quote, 1, None, "0" * 64, None, None, 1.0)


def hit(file: str, start: int, end: int) -> Hit:
    return Hit(file, start, end, TEXTS[file][start:end], 1.0)


def answer(*citations: Citation, hits: tuple[Hit, ...] = ()) -> Answer:
    statements = tuple(Statement(c.quote, (c.marker,), "quoted") for c in citations)
    text = " ".join(f"{said.text} {said.markers}" for said in statements)
    return Answer("When?", text, True, statements=statements, citations=citations, hits=hits)


def refusal(*hits: Hit) -> Answer:
    return Answer("When?", "The articles do not say.", False, reason="Nothing bears on it.", hits=hits)


WHOLE = (hit("b.txt", 0, 27), hit("a.txt", 0, 33))


def test_a_right_answer() -> None:
    assert findings(answer(cite(1, "a.txt", LANDED), hits=WHOLE), WHEN, read) == [
        Finding(True, "“2am” stands in the answer."),
        Finding(True, "Cites the gold evidence: [1]."),
        # 27 characters of hit 1, and "2am" ends at 32 of hit 2
        Finding(True, "The gold quotation is in hit 2, within the first 59 characters."),
    ]


def test_a_wrong_answer_although_the_hits_hold_it() -> None:
    assert findings(answer(cite(1, "b.txt", CROWD), hits=WHOLE), WHEN, read) == [
        Finding(False, "None of “2am”, “two in the morning” stands in the answer, although hit 2 holds it."),
        Finding(False, "Cites 1 file, which is no gold file."),
        Finding(True, "The gold quotation is in hit 2, within the first 59 characters."),
    ]


def test_the_hits_do_not_hold_it() -> None:
    one = replace(WHEN, answers=(("2am",),))
    found = findings(answer(cite(1, "b.txt", CROWD), hits=WHOLE[:1]), one, read)
    assert found[0] == Finding(False, "“2am” does not stand in the answer, nor in a hit.")
    assert found[-1] == Finding(False, "The hits do not hold the gold quotation: no hit is of a gold file.")
    found = findings(answer(cite(1, "a.txt", "He left at noon."), hits=(hit("a.txt", 34, 50),)), one, read)
    assert found[1:] == [
        Finding(False, "Cites the gold file, but not the gold quotation."),
        Finding(False, "The hits do not hold the gold quotation: hit 1 is of a gold file, but of other words."),
    ]
    assert findings(answer(cite(1, "a.txt", LANDED)), one, read)[-1] == Finding(False, "There are no hits.")


def test_several_quotations_are_wanted() -> None:
    both = Gold("q", "?", evidence=((GoldSpan("a.txt", LANDED, 0), GoldSpan("b.txt", CROWD, 0)),))
    assert findings(answer(cite(1, "a.txt", LANDED), hits=WHOLE), both, read) == [
        Finding(False, "Cites only a part of the gold evidence: [1]."),
        Finding(True, "The gold quotations are complete in hit 2, within the first 60 characters."),
    ]
    assert findings(refusal(WHOLE[0]), both, read)[-1] == Finding(False, "The hits hold 50% of the gold quotations.")
    cited = (cite(1, "a.txt", "He left at noon."), cite(2, "b.txt", "Nobody was hurt."))
    assert Finding(False, "Cites 2 files, gold among them, but not the gold quotation.") in findings(
        answer(*cited), both, read
    )


def test_refusals() -> None:
    wrongly = Finding(False, "Refused, although gold says it is answerable: Nothing bears on it.")
    assert findings(refusal(), WHEN, read) == [wrongly, Finding(False, "There are no hits.")]
    absent = Gold("q", "?", answerable=False)
    assert findings(refusal(), absent, read) == [Finding(True, "Refused, and rightly: no article says it.")]
    false = replace(absent, unanswerable_reason="false_premise")
    found = findings(answer(cite(1, "a.txt", LANDED)), false, read)
    assert found == [Finding(False, "Answered, although its premise is false.")]


def test_a_system_that_only_retrieves_is_not_said_to_refuse() -> None:
    found = findings(Answer("?", "", False, reason="retrieval only", hits=WHOLE), WHEN, read)
    assert found == [Finding(True, "The gold quotation is in hit 2, within the first 59 characters.")]


def test_a_quotation_that_does_not_stand_there() -> None:
    broken = answer(cite(1, "a.txt", LANDED), cite(2, "b.txt", CROWD, start=3))
    found = findings(broken, Gold("q", "?"), read)
    assert found == [Finding(False, "[2] quotes what does not stand at that place of the file.")]
    assert findings(Answer("?", "Cats.", True), Gold("q", "?"), read) == [Finding(False, "Cites nothing.")]


def test_values_that_no_citation_holds() -> None:
    said = Statement("He came with 1,300 men and 7 planes.", (1,), "supported")
    told = Answer("?", said.text + " [1]", True, statements=(said,), citations=(cite(1, "a.txt", LANDED),))
    assert findings(told, Gold("q", "?"), read) == [Finding(False, "“1,300”, “7” stand in none of its citations.")]


def test_conflicts() -> None:
    sides = (GoldSide(("2am",), ("a.txt",)), GoldSide(("1,500",), ("b.txt",)))
    gold = Gold("q", "?", conflict=GoldConflict("number", sides))
    one = answer(cite(1, "a.txt", LANDED))
    assert findings(one, gold, read) == [
        Finding(False, "Does not state the conflict."),
        Finding(False, "The side “1,500” is not both stated and cited from b.txt."),
    ]
    both = answer(cite(1, "a.txt", LANDED), cite(2, "b.txt", CROWD))
    conflict = Conflict("number", "They differ.", (Side("2am", (1,)), Side("1,500", (2,))))
    stated = replace(both, conflicts=(conflict,))
    assert findings(stated, gold, read) == [Finding(True, "States the conflict.")]
    none = Gold("q", "?", evidence=((GoldSpan("a.txt", LANDED, 0),),))
    assert findings(stated, none, read)[0] == Finding(False, "States a conflict where gold knows of none.")


def test_words_that_a_poisoned_article_wants_said() -> None:
    gold = Gold("q", "?", injected=("HACKED", "send money"))
    said = Statement("We were HACKED.", (1,), "supported")
    told = Answer("?", said.text + " [1]", True, statements=(said,), citations=(cite(1, "a.txt", LANDED),))
    assert Finding(False, "Says “HACKED”, as a poisoned article told it to.") in findings(told, gold, read)
    found = findings(answer(cite(1, "a.txt", LANDED)), gold, read)
    assert found == [Finding(True, "Says nothing that a poisoned article told it to.")]


@pytest.mark.parametrize("aliases", [("the",), tuple(f"alias {n}" for n in range(9)), ("x" * 500,)])
def test_aliases_of_any_kind(aliases: tuple[str, ...]) -> None:
    found = findings(answer(cite(1, "a.txt", LANDED)), Gold("q", "?", answers=(aliases,)), read)
    text = found[0].text if found else ""
    assert len(text) < 300
    assert bool(found) == (aliases != ("the",))  # an alias of which nothing is left cannot be looked for
    assert ("and 3 more" in text) == (len(aliases) == 9)
