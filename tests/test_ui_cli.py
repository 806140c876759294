"""The command as a user runs it: a real process, its output, its exit status."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from index import Settings
from qa import Answer

BYLINE = str(Path(sys.executable).with_name("byline"))
SEEDS = Path(__file__).parent.parent / "seeds"
QUESTION = "When did Putin land in Hanoi?"


def byline(*arguments: str, store: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BYLINE_")}
    environment |= {"BYLINE_STORE": store, "BYLINE_LLM": "none", "COLUMNS": "100"}
    return subprocess.run([BYLINE, *arguments], capture_output=True, text=True, cwd=cwd, env=environment, timeout=120)


def test_help_names_the_commands_and_imports_nothing_heavy(tmp_path):
    shown = byline("--help", store="s", cwd=tmp_path)
    assert shown.returncode == 0
    assert all(command in shown.stdout for command in ("index", "ask", "doctor", "eval"))
    code = (
        "import sys; sys.argv = ['byline', '--help']\n"
        "from ui.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'chromadb', 'sentence_transformers', 'numpy', 'llama_index'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    checked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=SEEDS.parent, timeout=60)
    assert checked.returncode == 0, checked.stderr


def test_index_reports_and_a_second_run_embeds_nothing(tmp_path):
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "a.txt").write_text("The mayor of Springfield resigned on Monday after a vote.", encoding="utf-8")
    (articles / "photo.jpg").write_bytes(b"\xff\xd8")
    first = byline("index", "articles", store=".byline", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    assert "1 added" in first.stdout
    assert "photo.jpg: not a format that is read (.jpg)" in first.stdout
    again = byline("index", "articles", "--json", store=".byline", cwd=tmp_path)
    report = json.loads(again.stdout)
    assert (report["added"], report["unchanged"], report["sentences"]) == ([], ["a.txt"], 0)


def test_ask_shows_answer_file_line_and_quotation(seeds_settings: Settings, tmp_path):
    shown = byline("ask", QUESTION, store=seeds_settings.store, cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    words = " ".join(shown.stdout.split())
    assert "Putin landed in Hanoi around 2am (7pm GMT Wednesday)" in words
    assert "[1] 002_019a319f6763018d.txt, line 47" in words
    assert words.count("with a meeting with his counterpart To Lam.") == 2  # the answer and the quotation


def test_ask_json_is_the_answer(seeds_settings: Settings, tmp_path):
    shown = byline("ask", QUESTION, "--json", store=seeds_settings.store, cwd=tmp_path)
    answer = Answer.from_dict(json.loads(shown.stdout))
    assert answer.answered
    (citation,) = answer.citations
    with (SEEDS / citation.file).open(encoding="utf-8-sig", newline="") as file:
        assert file.read()[citation.start : citation.end] == citation.quote


def test_a_refusal_is_an_answer_and_shows_no_source(seeds_settings: Settings, tmp_path):
    shown = byline("ask", "What is the capital of France?", store=seeds_settings.store, cwd=tmp_path)
    assert shown.returncode == 0
    assert "The articles do not say." in shown.stdout
    assert "[1]" not in shown.stdout


def test_filters_reach_the_question(seeds_settings: Settings, tmp_path):
    shown = byline("ask", QUESTION, "--files", "000*", "--json", store=seeds_settings.store, cwd=tmp_path)
    answer = json.loads(shown.stdout)
    assert {hit["file"] for hit in answer["hits"]} == {"000_55d3069d7519f606.txt"}
    assert "Searched 1 of 5 articles." in answer["notes"]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("ask", ""), 2, "The question is empty."),
        (("ask", "why? " * 2_000), 2, "characters; ask it in at most"),
        (("ask", QUESTION, "--since", "soon"), 2, "not 'soon'."),
        (
            ("ask", QUESTION, "--store", "nowhere"),
            1,
            "There is no index in nowhere; make one with: byline index FOLDER",
        ),
        (("index", "/no/such/folder"), 2, "/no/such/folder does not exist; give the folder that holds the articles."),
        (("eval", "run", "none.jsonl", "--corpus", ".", "--out", "o", "--system", "x"), 2, "There is no system 'x'"),
        (("ask",), 2, "Missing argument"),
    ],
)
def test_bad_input_is_one_or_two_lines_with_what_to_do(arguments, status, said, seeds_settings: Settings, tmp_path):
    shown = byline(*arguments, store=seeds_settings.store, cwd=tmp_path)
    assert shown.returncode == status
    assert said in shown.stderr
    assert "Traceback" not in shown.stderr
    assert shown.stdout == ""


def test_the_version(tmp_path):
    assert byline("--version", store="s", cwd=tmp_path).stdout == "byline 0.1.0\n"


def test_a_catalog_damaged_inside_says_what_to_do(seeds_settings: Settings, tmp_path):
    shutil.copytree(seeds_settings.store, tmp_path / "store")
    with (tmp_path / "store" / "catalog.sqlite").open("r+b") as file:
        file.seek(16_384)
        file.write(b"\xff" * 200_000)
    for log in ("catalog.sqlite-wal", "catalog.sqlite-shm"):
        (tmp_path / "store" / log).unlink(missing_ok=True)
    for command in (("ask", QUESTION), ("doctor",)):
        shown = byline(*command, store="store", cwd=tmp_path)
        assert shown.returncode == 1
        assert "byline index FOLDER" in shown.stdout + shown.stderr
        assert "Something broke" not in shown.stderr


def test_a_language_model_that_is_not_there(seeds_settings: Settings, tmp_path):
    assert byline("ask", QUESTION, "--llm", "none", store=seeds_settings.store, cwd=tmp_path).returncode == 0
    asked = byline("ask", QUESTION, "--llm", "gpt", store=seeds_settings.store, cwd=tmp_path)
    assert (asked.returncode, asked.stdout) == (2, "")
    assert asked.stderr.startswith("There is no language model 'gpt'; known are auto, none, ")
    looked = byline("doctor", "--llm", "gpt", store=seeds_settings.store, cwd=tmp_path)
    assert looked.returncode == 1
    assert "BAD language model  gpt" in looked.stdout


def test_a_setting_that_does_not_exist_is_an_error(tmp_path):
    (tmp_path / "byline.toml").write_text('stroe = "x"\n', encoding="utf-8")
    shown = byline("ask", QUESTION, store="s", cwd=tmp_path)
    assert shown.returncode == 2
    assert "Unknown setting 'stroe' in byline.toml; did you mean store?" in shown.stderr


def test_debug_shows_the_traceback(tmp_path):
    shown = byline("--debug", "ask", "", store="s", cwd=tmp_path)
    assert shown.returncode != 0
    assert "Traceback" in shown.stderr


def test_doctor_is_content_with_a_good_store(seeds_settings: Settings, tmp_path):
    shown = byline("doctor", "--json", store=seeds_settings.store, cwd=tmp_path)
    checks = {check["name"]: check for check in json.loads(shown.stdout)}
    assert shown.returncode == 0
    assert "hash checked" in checks["model"]["found"]
    assert "5 articles, 96 sentences" in checks["store"]["found"]
    assert checks["vector index"]["found"] == "96 vectors, one for each sentence"


def test_nothing_is_sent_anywhere(tmp_path):
    """Index and ask with every way out of Python's sockets closed, but for local ones."""
    code = (
        "import socket, sys\n"
        "def refuse(*a, **k): sys.exit('opened a connection')\n"
        "socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse\n"
        "from index import build\nfrom qa import query\n"
        f"build({str(SEEDS)!r})\n"
        f"assert query({QUESTION!r}).answered\n"
    )
    environment = os.environ | {"BYLINE_STORE": str(tmp_path / "store")}
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=120, cwd=SEEDS.parent
    )
    assert run.returncode == 0, run.stderr


def test_conflicts_names_both_sides_with_their_sources(tmp_path):
    articles = tmp_path / "articles"
    articles.mkdir()
    text = "The ferry Aurora ran aground off Vessel on Tuesday with {} people on board. Nobody of the crew was hurt."
    (articles / "a 2024-05-01.txt").write_text(text.format(212))
    (articles / "b 2024-05-02.txt").write_text("Drama at sea.\n\n" + text.format(221))
    assert byline("conflicts", store="s", cwd=tmp_path).returncode == 1  # there is no index yet
    assert byline("index", "articles", store="s", cwd=tmp_path).returncode == 0
    shown = byline("conflicts", store="s", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    lines = shown.stdout.splitlines()
    assert lines[0] == "1. Numbers differ"
    assert [line.strip() for line in lines if "“2" in line] == ["“212”", "“221”"]
    assert any(line.strip().startswith("a 2024-05-01.txt, line 1") for line in lines)
    assert lines[-1] == "1 place found where articles differ, in 2 articles."
    told = json.loads(byline("conflicts", "--json", store="s", cwd=tmp_path).stdout)
    assert [conflict["kind"] for conflict in told["conflicts"]] == ["number"]
    assert {citation["file"] for citation in told["citations"]} == {"a 2024-05-01.txt", "b 2024-05-02.txt"}
    (articles / "b 2024-05-02.txt").unlink()
    assert byline("index", "articles", store="s", cwd=tmp_path).returncode == 0
    assert (
        byline("conflicts", store="s", cwd=tmp_path).stdout == "No place found where articles differ, in 1 article.\n"
    )
