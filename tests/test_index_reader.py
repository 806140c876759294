import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from standin import Desk, Words

from index.builder import build
from index.embed import Embedder
from index.errors import InputError, StoreError
from index.models import Span
from index.normal import text_key
from index.reader import Reader
from index.settings import Settings
from index.stored import Scope
from index.terms import terms

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT / "seeds"
QUESTIONS = [
    "When did Putin land in Hanoi?",
    "Who greeted him?",
    "sanctions",
    "What did Kim say about Ukraine?",
    "trade",
]


@pytest.fixture(scope="module")
def reader(seeds_settings: Settings, embedder: Embedder) -> Iterator[Reader]:
    reader = Reader(seeds_settings, embedder)
    yield reader
    reader.close()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# -- what there is


def test_articles_are_the_files_own_text(reader: Reader) -> None:
    assert [entry.file for entry in reader.entries()] == sorted(path.name for path in SEEDS.glob("*.txt"))
    assert reader.totals().contents == 5
    assert reader.totals().sentences == sum(entry.sentences for entry in reader.entries())
    for entry in reader.entries():
        assert reader.article(entry.file).text == (SEEDS / entry.file).read_bytes().decode("utf-8-sig")
    with pytest.raises(InputError, match=r"none.txt is not in the index of "):
        reader.article("none.txt")


def test_passages_with_their_sentences(reader: Reader) -> None:
    passages = reader.passages(range(1, reader.totals().passages + 1))
    assert len(passages) == reader.totals().passages
    files = reader.files_of(passage.content for passage in passages)
    for passage in passages:
        text = reader.article(files[passage.content][0].file).text
        assert text[passage.start : passage.end] == passage.text
        assert passage.vectors.shape == (len(passage.sentences), 384)
        for sentence in passage.sentences:
            words = text[sentence.start : sentence.end]
            assert passage.text_of(sentence) == words
            assert list(sentence.stems) == terms(words)
            assert sentence.text_key == text_key(words)
        assert list(passage.stems) == [stem for sentence in passage.sentences for stem in sentence.stems]
    assert sum(len(passage.stems) for passage in passages) == reader.totals().terms
    assert reader.passages([10_000]) == []


# -- search


@pytest.mark.parametrize("question", QUESTIONS)
def test_exact_search_finds_what_chroma_finds(reader: Reader, embedder: Embedder, question: str) -> None:
    vector = embedder.encode_question(question)
    everything = Scope(reader.entries(), 0)
    assert reader.nearest(vector, 20) == reader.nearest(vector, 20, everything)


def test_nearest_are_nearest(reader: Reader, embedder: Embedder) -> None:
    vector = embedder.encode_question(QUESTIONS[0])
    passages = reader.passages(range(1, reader.totals().passages + 1))
    best = sorted(passages, key=lambda passage: -float((passage.vectors @ vector).max()))
    assert reader.nearest(vector, 1) == [best[0].id]
    assert set(reader.nearest(vector, 1_000)) == {passage.id for passage in passages}


def test_overfetching_in_a_scope_too_large_for_exact_search(
    reader: Reader, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    vector = embedder.encode_question(QUESTIONS[0])
    scope = reader.scope(None, None, ["00[0-2]*"])
    assert scope
    exact = reader.nearest(vector, 10, scope)
    monkeypatch.setattr("index.reader._EXACT_UP_TO", 0)
    assert reader.nearest(vector, 10, scope)[:5] == exact[:5]


def test_matching_by_terms(reader: Reader) -> None:
    found = reader.passages(reader.matching(terms("Hanoi"), 100))
    assert found
    assert all("hanoi" in passage.stems for passage in found)
    assert reader.frequencies(terms("Hanoi zebra")) == {"hanoi": len(found)}
    scope = reader.scope(None, None, ["002*"])
    assert scope
    inside = reader.passages(reader.matching(terms("Hanoi"), 100, scope))
    assert {passage.content for passage in inside} == set(scope.contents)
    assert 0 < len(inside) < len(found)
    assert reader.matching(terms("zebra"), 10) == reader.matching([], 10) == []


def test_common_terms_decide_nothing(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.reader._MATCHES_UP_TO", 3)
    rare, common = sorted(reader.frequencies(terms("Putin Hanoi missile")).items(), key=lambda item: item[1])[::2]
    assert common[1] > 3
    assert reader.matching([rare[0], common[0]], 100) == reader.matching([rare[0]], 100)


def test_saying(desk: Desk) -> None:
    desk.write("a.txt", "Putin landed in Hanoi.\n\nHe left.")
    desk.write("b.txt", "It rained. “PUTIN landed in Hanoi.”")
    desk.build()
    reader = desk.reader()
    key = text_key("Putin landed in Hanoi.")
    contents = {file: reader.catalog.file(file).content for file in ("a.txt", "b.txt")}  # type: ignore[union-attr]
    assert reader.saying([key, 5]) == {key: [(contents["a.txt"], Span(0, 22)), (contents["b.txt"], Span(11, 35))]}
    reader.close()


def test_mentions_give_the_first_sentence_with_most_of_the_words(desk: Desk) -> None:
    desk.write("a.txt", "Vietnam is far. Putin visited Vietnam. Putin left Vietnam.")
    desk.write("b.txt", "Putin spoke.\n\nVietnam listened.")
    desk.write("c.txt", "Vietnam alone.")
    desk.build()
    reader = desk.reader()
    contents = {e.content: e.file for e in reader.entries()}
    words = terms("Putin in Vietnam")
    found = {contents[content]: reader.mention(words, content) for content in reader.mentioning(words)}
    assert found == {"a.txt": Span(16, 38), "b.txt": Span(0, 12)}
    assert {contents[content] for content in reader.mentioning(terms("Vietnam"))} == {"a.txt", "b.txt", "c.txt"}
    assert reader.mentioning([]) == reader.mentioning(["zebra"]) == set()
    assert reader.mention(["zebra"], next(iter(contents))) is None
    reader.close()


def test_leads_are_past_headline_and_date(desk: Desk) -> None:
    opening = "The president of Russia landed in Hanoi on Thursday for talks with the leaders of the country."
    desk.write("a.txt", f"Putin lands\n\nJune 20, 2024\n\n{opening} It rained.")
    desk.write("b.txt", "Short.\n\nAll of it.")
    desk.build()
    reader = desk.reader()
    leads = reader.leads(entry.content for entry in reader.entries())
    texts = {
        e.file: reader.article(e.file).text[leads[e.content][0].start : leads[e.content][0].end]
        for e in reader.entries()
    }
    assert texts == {"a.txt": opening, "b.txt": "Short."}
    assert np.frombuffer(leads[reader.entries()[0].content][1], dtype=np.float16).shape == (64,)
    reader.close()


# -- scope


def test_scope(desk: Desk) -> None:
    for name, date in (("a.md", "2024-06-19"), ("sub/b.md", "2024-06-20"), ("c.md", "2024-06-21")):
        desk.write(name, f"---\ndate: {date}\n---\nPutin spoke on that day in {name}.")
    desk.write("d.txt", "Putin spoke. Nobody knows when.")
    desk.build()
    reader = desk.reader()

    def files(
        since: str | None = None, until: str | None = None, patterns: tuple[str, ...] = ()
    ) -> tuple[list[str], int]:
        scope = reader.scope(since, until, patterns)
        assert scope
        vector = Words().encode_question("Putin spoke")
        for ids in (reader.nearest(vector, 100, scope), reader.matching(["putin"], 100, scope)):
            assert {passage.content for passage in reader.passages(ids)} == set(scope.contents)
        return [entry.file for entry in scope.entries], scope.undated

    assert reader.scope(None, None, ()) is None
    assert files(since="2024-06-20") == (["c.md", "sub/b.md"], 1)
    assert files(until="2024-06-20") == (["a.md", "sub/b.md"], 1)
    assert files("2024-06-20", "2024-06-20") == (["sub/b.md"], 1)
    assert files(patterns=("*.txt", "sub/*")) == (["d.txt", "sub/b.md"], 0)
    assert files("2024-06-21", None, ("*.md",)) == (["c.md"], 0)
    assert files("2030-01-01") == ([], 1)
    assert files(patterns=("*.MD",)) == ([], 0)
    reader.close()


# -- beside a writer


def test_a_file_that_changed_since_it_was_indexed(desk: Desk) -> None:
    path = desk.write("a.txt", "Putin landed.")
    desk.build()
    reader = desk.reader()
    assert reader.changed("a.txt") is None
    desk.write("a.txt", "Putin landed.", age=5)  # touched
    assert reader.changed("a.txt") is None
    desk.write("a.txt", "Putin took off.", age=5)
    assert reader.changed("a.txt") == "changed"
    path.unlink()
    assert reader.changed("a.txt") == "missing"
    reader.close()


BUILD = """
import sys
sys.path.insert(0, "tests")
from standin import Words
from index.builder import build
from index.settings import Settings
for _ in range(int(sys.argv[3])):
    print(build(sys.argv[1], Settings(store=sys.argv[2], embedding_model="words"), embedder=Words()).indexed)
"""


def build_elsewhere(desk: Desk, times: int = 1) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", BUILD, str(desk.folder), str(desk.store), str(times)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_what_another_process_indexes_is_found_without_reopening(desk: Desk) -> None:
    desk.write("a.txt", "Cats sleep.")
    desk.build()
    reader = desk.reader()
    vector = Words().encode_question("Dogs bark loudly")
    assert len(reader.nearest(vector, 5)) == 1
    desk.write("b.txt", "Dogs bark loudly.")
    build_elsewhere(desk).communicate(timeout=120)
    [best, _] = reader.passages(reader.nearest(vector, 5))[::-1]
    assert best.text == "Dogs bark loudly."
    assert [entry.file for entry in reader.entries()] == ["a.txt", "b.txt"]
    assert reader.totals().sentences == 2
    reader.close()


def article(number: int, version: int) -> str:
    sentence = f"Number {number} still says version{version}. "
    return f"Article {number} version{version}.\n\n" + sentence * (3 + version)


def mixed(reader: Reader) -> list[str]:
    """Ask once. Returns what is not of one article and one version of it."""
    ids = {*reader.nearest(Words().encode_question("Number 3 still says"), 20), *reader.matching(["number"], 20)}
    passages = reader.passages(ids)
    wrong = [p.text for p in passages if len({stem for stem in p.stems if stem.startswith("version")}) != 1]
    wrong += [p.text for p in passages if not all(p.text_of(s).endswith(".") for s in p.sentences)]
    with reader.catalog.snapshot():
        files = reader.files_of({passage.content for passage in reader.passages(ids)})
        entries = [entry for entries in files.values() for entry in entries]
        return wrong + [e.file for e in entries if f"Article {e.file[0]} " not in reader.article(e.file).text]


def test_readers_never_fail_or_mix_articles_while_builds_replace_them(desk: Desk) -> None:
    for number in range(8):
        desk.write(f"{number}.txt", article(number, 0))
    desk.build()
    reader = desk.reader()
    done = threading.Event()

    def ask() -> tuple[int, list[str]]:
        times, wrong = 0, mixed(reader)
        while not done.is_set() and not wrong:
            times, wrong = times + 1, mixed(reader)
        return times, wrong

    with ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(ask) for _ in range(2)]
        for version in range(1, 4):
            for number in range(8):
                desk.write(f"{number}.txt", article(number, version), age=60 - version)
            out, _ = build_elsewhere(desk, 2).communicate(timeout=120)
            assert out.split() == ["8", "8"]
        done.set()
    for times, wrong in (future.result() for future in asking):
        assert wrong == []
        assert times > 10
    reader.close()
    desk.check()


def test_a_build_between_two_queries_for_passages(desk: Desk) -> None:
    desk.write("a.txt", article(1, 0))
    desk.write("b.txt", article(2, 0))
    desk.build()
    reader = desk.reader()
    ids = reader.matching(["number"], 10)
    desk.write("a.txt", article(1, 5), age=30)

    def rebuild(statement: str) -> None:
        if statement.startswith("SELECT s.start"):
            reader.catalog.db.set_trace_callback(None)
            desk.build()

    reader.catalog.db.set_trace_callback(rebuild)
    passages = reader.passages(ids)
    assert [len(passage.sentences) for passage in passages] == [4, 4]
    assert len(reader.passages(ids)) == 1  # the other is gone, and its id with it
    reader.close()


def test_many_short_lived_threads(reader: Reader) -> None:
    found: list[int] = []
    for _ in range(40):
        thread = threading.Thread(target=lambda: found.append(len(reader.matching(["putin"], 5))))
        thread.start()
        thread.join()
    assert found == [5] * 40


# -- opening


def test_no_store(tmp_path: Path) -> None:
    for store in (tmp_path / "none", tmp_path):
        with pytest.raises(StoreError, match=r"There is no index in .*; make one with: byline index FOLDER"):
            Reader(Settings(store=str(store)))


def test_a_damaged_catalog(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite").write_bytes(b"garbage " * 1_000)
    with pytest.raises(StoreError, match=r"is damaged \(file is not a database\); mend it with: byline index FOLDER"):
        Reader(Settings(store=str(tmp_path)))


def test_another_model(seeds_settings: Settings) -> None:
    with pytest.raises(StoreError, match=r"was made with the embedding model all-MiniLM-L6-v2 .* not with words"):
        Reader(seeds_settings, Words())


def test_a_missing_vector_index_is_told_and_not_made(desk: Desk) -> None:
    desk.write("a.txt", "Cats sleep.")
    desk.build()
    shutil.rmtree(desk.store / "chroma")
    reader = desk.reader()
    with pytest.raises(StoreError, match="is missing; mend it with: byline index "):
        reader.nearest(Words().encode_question("cats"), 3)
    reader.close()
    assert not (desk.store / "chroma").exists()
    desk.build()
    assert desk.find("cats")[0][0] == "a.txt"


def test_a_store_deleted_and_made_anew_underneath(desk: Desk) -> None:
    desk.write("a.txt", "Cats sleep.")
    desk.build()
    reader = desk.reader()
    vector = Words().encode_question("Dogs bark")
    assert len(reader.nearest(vector, 3)) == 1
    shutil.rmtree(desk.store)
    with pytest.raises(StoreError, match="There is no index in"):
        reader.nearest(vector, 3)
    desk.write("a.txt", "Dogs bark.")
    build_elsewhere(desk).communicate(timeout=120)
    [passage] = reader.passages(reader.nearest(vector, 3))
    assert passage.text == "Dogs bark."
    assert reader.article("a.txt").text == "Dogs bark."
    reader.close()


def test_a_store_made_anew_with_another_model_is_refused_each_time(desk: Desk) -> None:
    desk.write("a.txt", "Cats sleep.")
    desk.build()
    reader = desk.reader()
    shutil.rmtree(desk.store)
    build(desk.folder, replace(desk.settings, embedding_model="other"), embedder=Words("other"))
    for _ in range(2):
        with pytest.raises(StoreError, match="made with the embedding model other, not with words"):
            reader.totals()
    reader.close()


def test_an_empty_store_is_checked_when_a_build_fills_it(desk: Desk) -> None:
    desk.build()
    reader = desk.reader()
    desk.write("a.txt", "Cats sleep.")
    build(desk.folder, replace(desk.settings, embedding_model="other"), embedder=Words("other"))
    with pytest.raises(StoreError, match="made with the embedding model other"):
        reader.totals()
    reader.close()


def test_processes_that_open_at_once_all_answer(seeds_settings: Settings) -> None:
    script = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from index.reader import Reader; from index.settings import Settings; import numpy\n"
        "reader = Reader(Settings(store=sys.argv[1]))\n"
        "print(len(reader.nearest(numpy.ones(384, dtype='float32') / 384**.5, 3))); reader.close()\n"
    )
    command = [sys.executable, "-c", script, seeds_settings.store]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate(timeout=120)[0].strip() for process in running] == ["3"] * 3
