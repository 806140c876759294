"""A real server on loopback, as somebody else would write one."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from eval.corpus import read_corpus
from eval.endpoint import EndpointError
from eval.gold import Gold, GoldSpan, save_gold
from eval.metrics import marker_integrity
from eval.run import run
from eval.systems import Inputs, opened, opener
from index.errors import InputError
from index.settings import Settings
from qa.models import Answer, Citation, Statement

TEXT = "Cats slept all day. Dogs ran at night."
SLEPT = "Cats slept all day."


class Server(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies: list[Any] = []
        self.asked: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/answer"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        self.server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        reply = self.server.replies.pop(0)
        self.send_response(500 if reply is None else 200)
        self.end_headers()
        self.wfile.write((reply if isinstance(reply, str) else json.dumps(reply)).encode())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text(TEXT)
    return tmp_path / "corpus"


def ask(server: Server, corpus: Path, reply: Any, **filters: Any) -> Answer:
    server.replies.append(reply)
    with opened(server.url, Inputs(read_corpus(corpus), Settings(), corpus / "store")) as system:
        assert (system.name, system.answers) == (server.url, True)
        return system.answer("Who slept?", **filters)


def test_a_question_goes_out_with_its_filters_and_a_text_is_enough(server: Server, corpus: Path) -> None:
    answer = ask(server, corpus, {"text": "The cats."}, history=(("Who ran?", "Dogs."),), since="2024-01-01")
    assert server.asked == [{"question": "Who slept?", "history": [["Who ran?", "Dogs."]], "since": "2024-01-01"}]
    assert (answer.text, answer.answered, answer.citations) == ("The cats.", True, ())
    assert answer.statements == (Statement("The cats.", (), "supported"),)


def test_citations_are_found_in_their_files(server: Server, corpus: Path) -> None:
    cited = [{"file": "a.txt", "quote": "Dogs ran at night."}, {"file": "b.txt", "quote": "Mice ate."}]
    answer = ask(server, corpus, {"text": "Dogs [1], mice [2].", "citations": cited, "confidence": 1, "short": "dogs"})
    first, second = answer.citations
    assert (first.start, first.end, first.line) == (20, 38, 1)
    assert (second.file, second.start) == ("b.txt", 0)
    assert answer.statements[0].citations == (1, 2)
    assert (answer.confidence, answer.short) == (1.0, "dogs")


def test_hits_are_ranges_of_files(server: Server, corpus: Path) -> None:
    answer = ask(server, corpus, {"text": "", "answered": False, "hits": [{"file": "a.txt", "start": 0, "end": 19}]})
    assert [(hit.text, hit.score) for hit in answer.hits] == [(SLEPT, -1.0)]
    assert (answer.answered, answer.statements) == (False, ())


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        ({"hits": [{"file": "a.txt", "start": 0, "end": 10**9}]}, "a hit at 0 to 1000000000 is not in a.txt"),
        ({"hits": [{"file": "a.txt", "start": 5, "end": -5}]}, "a hit at 5 to -5 is not in a.txt"),
        ({"hits": [{"file": "gone.txt", "start": 0, "end": 5}]}, "which is not among the articles"),
        ({"confidence": 95}, "confidence must be between 0 and 1"),
        ({"answered": "false"}, "answered must be true or false"),
        ({"citations": [{"file": "a.txt"}]}, "the reply is no answer"),
    ],
)
def test_what_cannot_be_is_refused(server: Server, corpus: Path, reply: dict[str, Any], message: str) -> None:
    with pytest.raises(EndpointError, match=rf"(?i){message}"):
        ask(server, corpus, {"text": "Cats.", **reply})


def test_a_marker_without_a_citation_is_kept_for_the_metric_to_see(server: Server, corpus: Path) -> None:
    cited = [{"file": "a.txt", "quote": SLEPT, "start": None}]
    answer = ask(server, corpus, {"text": "Cats [7] slept [1].", "citations": cited})
    assert answer.statements[0].citations == (7, 1)
    assert marker_integrity(answer) == 0
    assert ask(server, corpus, {"text": "Cats.", "citations": None, "hits": None}).citations == ()


def test_a_password_in_the_url_is_refused(corpus: Path) -> None:
    with pytest.raises(InputError, match="A password in the URL"):
        opener("http://me:secret@127.0.0.1:9/answer")


def test_a_byline_elsewhere_is_asked_as_it_is(server: Server, corpus: Path) -> None:
    citation = Citation(1, "a.txt", 0, 19, SLEPT, 1, None, "0" * 64, None, None, 1.0)
    sent = Answer("Who slept?", f"{SLEPT} [1]", True, None, None, (Statement(SLEPT, (1,), "quoted"),), (citation,))
    assert ask(server, corpus, sent.to_dict()) == sent


def test_what_is_no_answer_is_an_error_of_its_question_and_the_run_goes_on(server: Server, corpus: Path) -> None:
    rows = [Gold(f"q{n}", f"Who {n}?", evidence=((GoldSpan("a.txt", SLEPT),),)) for n in range(5)]
    save_gold(corpus.parent / "gold.jsonl", rows)
    bad = ["not json", {"answer": "?"}, None, {"text": "x", "citations": [{"file": "a.txt"}]}]
    server.replies += [*bad, {"text": "Cats.", "citations": [{"file": "a.txt", "quote": SLEPT}]}]
    outcome = run(corpus.parent / "gold.jsonl", corpus, [server.url], corpus.parent / "run", settings=Settings())
    found = [json.loads(line) for line in (outcome.folder / "questions.jsonl").read_text().splitlines()]
    assert [row["error"] and row["error"].split(":")[0] for row in found] == [
        "EndpointError",
        "EndpointError",
        "EndpointError",
        "EndpointError",
        None,
    ]
    assert found[2]["error"] == "EndpointError: HTTP status 500: null"
    assert found[4]["scores"]["Citation F1"] == found[4]["scores"]["Quote integrity"] == 1.0
    assert outcome.errors == 4
