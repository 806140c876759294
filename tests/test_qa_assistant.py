from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from corpora import characters, corpus, write

from index.builder import build
from index.errors import InputError, StoreError
from index.settings import Settings
from qa import refusal
from qa.assistant import LONGEST_QUESTION, Assistant
from qa.models import Answer, Evidence, Statement

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
ROOT = SEEDS.parent
QUESTIONS = [
    "When did Putin land in Hanoi?",
    "What did Putin and Kim sign?",
    "What did the US State Department say?",
    "Who accompanied Putin?",
    "Since when has North Korea been under UN sanctions?",
    "Why is Putin visiting Vietnam?",
    "What are these articles about?",
    "Which articles mention Vietnam?",
]
OFF_TOPIC = [
    "How do I bake sourdough bread?",
    "What is the boiling point of nitrogen?",
    "Who won the 1998 football world cup?",
    "Zxqv wplk?",
]


@pytest.fixture(scope="module")
def assistant(seeds_settings: Settings) -> Iterator[Assistant]:
    with Assistant(seeds_settings) as assistant:
        yield assistant


def markers(text: str) -> list[int]:
    return [int(marker) for marker in re.findall(r"\[(\d+)\]", text)]


# -- answers


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_quotation_stands_at_its_offsets_in_the_file_itself(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.answered
    assert answer.citations
    for citation in answer.citations:
        assert characters(SEEDS / citation.file, citation.start, citation.end) == citation.quote
        assert assistant.article(citation.file).text[citation.start : citation.end] == citation.quote
        lines = (SEEDS / citation.file).read_text(encoding="utf-8").splitlines()
        assert citation.quote.splitlines()[0] in lines[citation.line - 1]
    for hit in answer.hits:
        assert characters(SEEDS / hit.file, hit.start, hit.end) == hit.text


@pytest.mark.parametrize("question", QUESTIONS)
def test_markers_are_those_of_the_citations_and_the_text_is_its_statements(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert markers(answer.text) == [citation.marker for citation in answer.citations]
    assert markers(answer.text) == list(range(1, len(answer.citations) + 1))
    separator = "\n" if "articles" in question else " "
    assert answer.text == separator.join(f"{s.text} [{s.citations[0]}]" for s in answer.statements)
    assert [s.text for s in answer.statements] == [citation.quote for citation in answer.citations]
    assert {s.support for s in answer.statements} == {"quoted"}


@pytest.mark.parametrize("question", [*QUESTIONS, *OFF_TOPIC])
def test_the_same_question_gives_the_same_answer_through_json(assistant: Assistant, question: str) -> None:
    first, second = assistant.ask(question), assistant.ask(question)
    assert first == second
    assert {**first.to_dict(), "timings": None} == {**second.to_dict(), "timings": None}
    assert Answer.from_dict(json.loads(json.dumps(first.to_dict()))) == first
    assert all(milliseconds >= 0 for milliseconds in first.timings.values())


def test_the_answer_is_the_same_in_another_process(assistant: Assistant) -> None:
    """Sets of strings come in another order there."""
    code = (
        "import json, sys; from index.settings import Settings; from qa.assistant import Assistant\n"
        "with Assistant(Settings(llm='none', store=sys.argv[1])) as assistant:\n"
        "    print(json.dumps([assistant.ask(question).to_dict() for question in sys.argv[2:]]))"
    )
    command = [sys.executable, "-c", code, assistant.settings.store, *QUESTIONS]
    there = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    assert [Answer.from_dict(item) for item in json.loads(there.stdout)] == [assistant.ask(q) for q in QUESTIONS]


def test_what_the_seeds_say(assistant: Assistant) -> None:
    answer = assistant.ask("When did Putin land in Hanoi?")
    assert answer.text.startswith("Putin landed in Hanoi around 2am")
    assert answer.citations[0].file == "002_019a319f6763018d.txt"
    assert (answer.reason, answer.nearest, answer.llm) == (None, (), "none")
    assert answer.confidence is not None
    assert 0.8 < answer.confidence < 1
    assert len(answer.hits) == 10


# -- streams


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_stream_is_evidence_then_statements_then_the_answer(assistant: Assistant, question: str) -> None:
    events = list(assistant.stream(question))
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert answer == assistant.ask(question)
    assert isinstance(events[0], Evidence)
    assert events[0].hits == answer.hits
    assert all(isinstance(event, Statement) for event in events[1:-1])
    assert tuple(events[1:-1]) == answer.statements


def test_a_stream_of_a_refusal_has_no_statement(assistant: Assistant) -> None:
    evidence, answer = assistant.stream(OFF_TOPIC[0])
    assert isinstance(evidence, Evidence)
    assert isinstance(answer, Answer)
    assert evidence.hits == answer.hits
    assert answer.nearest == answer.hits[:3]


def test_a_stream_may_be_left_early(assistant: Assistant) -> None:
    stream = assistant.stream(QUESTIONS[0])
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert assistant.ask(QUESTIONS[0]).answered


# -- refusals and odd questions


@pytest.mark.parametrize("question", OFF_TOPIC)
def test_off_topic_questions_are_refused(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert not answer.answered
    assert (answer.text, answer.reason) == (refusal.TEXT, refusal.NOTHING_FOUND)
    assert (answer.citations, answer.statements) == ((), ())


@pytest.mark.parametrize(
    "question", ["What is it?", "and the of", '"AND (', "*", "NEAR(", "^", "?!", "\x00", "🙂", "—"]
)
def test_questions_that_name_nothing_are_refused_as_such(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert not answer.answered or question == "NEAR("
    assert answer.citations == () or answer.answered
    if question not in ("NEAR(",):
        assert answer.reason == refusal.NO_WORDS


@pytest.mark.parametrize(
    "question",
    [
        '"AND ( When did Putin land in Hanoi?',
        "When did Putin land in Hanoi? *",
        'NEAR("Putin" "Hanoi", 5) when did he land',
        "stems:Putin land Hanoi when",
        "when -land ^Putin + Hanoi",
        "When did Putin land in Hanoi?'; DROP TABLE passages; --",
        "When did \x00Putin\x00 land in Hanoi?",
        "🙂 When did Putin land in Hanoi? 🙂",
        "When did Putin land in Hanoi? \ud800",
        "\ufeffWhen did Putin land in Hanoi?\u2028",
        "WHEN DID PUTIN LAND IN HANOI",
    ],
)
def test_signs_in_a_question_are_no_syntax(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.citations[0].quote.startswith("Putin landed in Hanoi around 2am")
    json.dumps(answer.to_dict(), ensure_ascii=False).encode("utf-8")


@pytest.mark.parametrize(
    "question",
    ["متى وصل بوتين إلى هانوي؟", "מתי נחת פוטין בהאנוי", "\ud83d", "北京什么时候", "a:b", "NEAR(", "a" * 500],
)
def test_questions_in_other_scripts_and_scraps_get_an_answer_object(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert bool(answer.citations) == answer.answered
    json.dumps(answer.to_dict(), ensure_ascii=False).encode("utf-8")


@pytest.mark.parametrize("question", ["", "   \n\t "])
def test_an_empty_question(assistant: Assistant, question: str) -> None:
    with pytest.raises(InputError, match="The question is empty"):
        assistant.ask(question)
    with pytest.raises(InputError, match="The question is empty"):
        assistant.retrieve(question)


def test_a_question_that_is_too_long(assistant: Assistant) -> None:
    with pytest.raises(InputError, match="10,000 characters; ask it in at most 2,000"):
        assistant.ask("a" * 10_000)
    assert assistant.ask("When did Putin land in Hanoi? ".ljust(LONGEST_QUESTION + 5)).answered  # but for white space


@pytest.mark.parametrize(("question", "answered"), [("Hanoi?", True), ("Putin", True), ("Zebra?", False)])
def test_questions_of_one_word(assistant: Assistant, question: str, answered: bool) -> None:
    assert assistant.ask(question).answered is answered


def test_labels_are_not_shown_as_an_answer(assistant: Assistant) -> None:
    for question in ("How many minutes?", "When was it issued?", "Issued on"):
        answer = assistant.ask(question)
        assert all(citation.quote not in ("3 minutes", "Issued on:") for citation in answer.citations)


# -- history


def test_a_follow_up_is_searched_with_the_question_before_it(assistant: Assistant) -> None:
    history = [("What is the boiling point of nitrogen?", "..."), ("Who visited Hanoi?", "Putin did.")]
    answer = assistant.ask("When did he land?", history=history)
    assert answer.question == "When did he land?"
    assert answer.citations[0].quote.startswith("Putin landed in Hanoi around 2am")
    assert answer.notes == ("Searched for: When did he land? (Who visited Hanoi? Putin did.)",)


def test_a_follow_up_of_a_follow_up_goes_back_to_what_stands_alone(assistant: Assistant) -> None:
    history = [("Who mined salt?", "..."), ("Who visited Hanoi?", "Putin did."), ("When did he land?", "At 2am.")]
    answer = assistant.ask("And where?", history=history)
    assert answer.notes[0] == "Searched for: And where? (Who visited Hanoi? Putin did. When did he land?)"


def test_a_question_that_stands_alone_is_not_mixed_with_the_one_before_it(assistant: Assistant) -> None:
    history = [("What is the boiling point of nitrogen?", "...")]
    assert assistant.ask("When did Putin land in Hanoi?", history=history) == assistant.ask(
        "When did Putin land in Hanoi?"
    )


def test_a_refusal_says_what_was_searched(assistant: Assistant) -> None:
    total = len(assistant.reader.entries())
    assert f"Searched all {total} articles." in assistant.ask("Which volcano erupted on Jupiter?").notes


@pytest.mark.parametrize(
    ("history", "message"),
    [
        ([("a" * 10_000, "x")], "question before it has 10,000 characters"),
        ([(" ", "x")], "question before it is empty"),
        (["When?"], "history is a list of"),
        ("Who?", "history is a list of"),
        ([("a", "b", "c")], "history is a list of"),
        ([("Who?", None)], "an answer that is not there is an empty one"),
    ],
)
def test_a_history_that_cannot_be_used(assistant: Assistant, history: list[tuple[str, str]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        assistant.ask("When?", history=history)


# -- filters

DATED = {
    "news/march.md": "---\ntitle: March\ndate: 2024-03-05\n---\n\nThe mayor opened the bridge over the Elbe then.\n",
    "news/june.md": "---\ntitle: June\ndate: 2024-06-20\n---\n\nThe mayor closed the bridge over the Elbe in June.\n",
    "undated.txt": "The mayor painted the bridge over the Elbe some day.",
}


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with Assistant(corpus(tmp_path_factory.mktemp("dated"), DATED)) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("filters", "files", "note"),
    [
        ({}, {"news/march.md", "news/june.md", "undated.txt"}, None),
        ({"since": "2024-03-06"}, {"news/june.md"}, "Searched 1 of 3 articles; 1 left out because they have no date."),
        ({"since": "2024-06-20"}, {"news/june.md"}, "Searched 1 of 3 articles; 1 left out because they have no date."),
        (
            {"until": date(2024, 3, 5)},
            {"news/march.md"},
            "Searched 1 of 3 articles; 1 left out because they have no date.",
        ),
        (
            {"since": "2024-03-05", "until": "2024-06-20"},
            {"news/march.md", "news/june.md"},
            "Searched 2 of 3 articles; 1 left out because they have no date.",
        ),
        ({"files": ["*.txt"]}, {"undated.txt"}, "Searched 1 of 3 articles."),
        ({"files": ["news/*"], "since": "2024-04-01"}, {"news/june.md"}, "Searched 1 of 3 articles."),
        ({"files": ["news/march.md", "*.txt"]}, {"news/march.md", "undated.txt"}, "Searched 2 of 3 articles."),
        ({"since": "", "files": ()}, {"news/march.md", "news/june.md", "undated.txt"}, None),
    ],
)
def test_filters(dated: Assistant, filters: dict[str, object], files: set[str], note: str | None) -> None:
    question = "What did the mayor do with the bridge over the Elbe?"
    hits = dated.retrieve(question, **filters)  # type: ignore[arg-type]
    assert {hit.file for hit in hits} == files
    answer = dated.ask(question, **filters)  # type: ignore[arg-type]
    assert {citation.file for citation in answer.citations} <= files
    assert answer.answered
    assert answer.notes == (() if note is None else (note,))


def test_title_and_date_are_shown(dated: Assistant) -> None:
    (citation,) = dated.ask("Who closed the bridge?", files=["*june*"]).citations
    assert (citation.title, citation.published, citation.line) == ("June", "2024-06-20", 6)


def test_nothing_within_the_filters(dated: Assistant) -> None:
    answer = dated.ask("Who closed the bridge?", since="2030-01-01")
    assert (answer.answered, answer.reason) == (False, refusal.EMPTY_SCOPE)
    assert answer.notes == ("Searched 0 of 3 articles; 1 left out because they have no date.",)
    assert dated.retrieve("Who closed the bridge?", since="2030-01-01") == []


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"since": "soon"}, "since must be a date such as 2024-06-20, May 2024 or last week of May, not 'soon'"),
        ({"until": "2024-13-01"}, "until must be a date"),
        ({"files": "*.txt"}, "files is a list of patterns"),
    ],
)
def test_filters_that_cannot_be_used(dated: Assistant, filters: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        dated.ask("Who closed the bridge?", **filters)  # type: ignore[arg-type]


def test_how_many_hits(dated: Assistant) -> None:
    assert len(dated.retrieve("bridge", 2)) == 2
    scores = [hit.score for hit in dated.retrieve("bridge", 100)]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)
    with pytest.raises(InputError, match="k must be at least 1"):
        dated.retrieve("bridge", 0)


def test_front_matter_is_not_quoted(dated: Assistant) -> None:
    assert "title:" not in dated.ask("What is the title of the article of 2024-03-05?").text


# -- the store


def test_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="byline index"):
        Assistant(Settings(llm="none", store=str(tmp_path / "nothing")))


def test_an_empty_index(tmp_path: Path) -> None:
    with Assistant(corpus(tmp_path, {})) as assistant:
        assert assistant.ask("Who closed the bridge?").reason == refusal.EMPTY_INDEX
        assert assistant.ask("What are these articles about?").reason == refusal.EMPTY_INDEX


def test_an_unknown_file(assistant: Assistant) -> None:
    with pytest.raises(InputError, match=r"nothing\.txt"):
        assistant.article("nothing.txt")


def test_changed_and_missing_files_give_a_note(tmp_path: Path) -> None:
    settings = corpus(tmp_path, DATED)
    folder = tmp_path / "articles"
    with Assistant(settings) as assistant:
        ask = "Who closed the bridge over the Elbe?"
        before = assistant.ask(ask, files=["*june*"])
        assert len(before.notes) == 1
        write(folder, {"news/june.md": "Something else stands here now.\n"})
        changed = assistant.ask(ask, files=["*june*"])
        assert (changed.citations, changed.text) == (before.citations, before.text)
        assert "news/june.md has changed since it was indexed" in changed.notes[1]
        assert "byline index" in changed.notes[1]
        (folder / "news/june.md").unlink()
        assert "news/june.md is no longer where it was indexed" in assistant.ask(ask, files=["*june*"]).notes[1]
        write(folder, {"news/june.md": DATED["news/june.md"]})  # touched, but the same again
        assert assistant.ask(ask, files=["*june*"]).notes == before.notes


def test_threads_share_an_assistant(assistant: Assistant) -> None:
    questions = [*QUESTIONS, *OFF_TOPIC]
    alone = [assistant.ask(question) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        rounds = list(pool.map(lambda n: [assistant.ask(q) for q in questions[n:] + questions[:n]], range(8)))
    for n, answers in enumerate(rounds):
        assert answers == alone[n:] + alone[:n]


def test_a_reader_while_a_build_runs(tmp_path: Path) -> None:
    """Whatever a build does meanwhile, each answer is right for the old or for the new articles."""
    shutil.copytree(SEEDS, tmp_path / "articles")
    settings = Settings(llm="none", store=str(tmp_path / "store"))
    build(tmp_path / "articles", settings)
    question = "When did Putin land in Hanoi?"
    source = tmp_path / "articles" / "002_019a319f6763018d.txt"
    text = source.read_text(encoding="utf-8")
    done = threading.Event()

    def rebuild() -> None:
        try:
            for n in range(4):
                source.write_text(f"Edition {n} of this article.\n\n{text}", encoding="utf-8")
                build(tmp_path / "articles", settings)
        finally:
            done.set()

    answers = []
    with Assistant(settings) as assistant, ThreadPoolExecutor(1) as pool:
        built = pool.submit(rebuild)
        while not done.is_set():
            answers.append(assistant.ask(question))
        built.result()
        answers.append(assistant.ask(question))
        final = assistant.ask(question)
    assert all(answer.answered for answer in answers), [answer.reason for answer in answers if not answer.answered]
    assert all(answer.citations[0].quote.startswith("Putin landed in Hanoi around 2am") for answer in answers)
    assert answers[0].citations[0].start == text.index("Putin landed in Hanoi")
    assert final.citations[0].start == text.index("Putin landed in Hanoi") + len("Edition 3 of this article.\n\n")
    assert final.notes == ()
