"""How long things take, beside their bare parts or another tool in the same run: ratios survive a noisy machine.

Builds are timed with models loaded, after a round that does not count; they take turns, each into a folder of its own.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import chromadb
import numpy as np
import numpy.typing as npt
from chromadb.config import Settings as ChromaSettings

from eval.gold import load_gold
from eval.record import versions
from index.builder import build
from index.catalog import FileRecord, sentence_id
from index.embed import Embedder, Vectors, bundled_path
from index.models import Article
from index.opening import claim, open_catalog, open_vectors
from index.settings import Settings
from index.split import split
from qa.assistant import Assistant

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

SMALL, LARGE = 1, 1_000  # articles in the two unchanged folders that are looked at again
QUESTIONS = 200
OVERLAP = 20  # tokens
NOISE = 0.6  # length of what is added to a unit vector to make another sentence of it
SEED = 20240620

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Figure:
    """A measured figure with its limits over the rounds."""

    what: str
    value: float
    low: float
    high: float
    unit: str
    n: int

    @classmethod
    def of(cls, what: str, values: Sequence[float], unit: str) -> Figure:
        """Median, smallest and largest of `values`."""
        return cls(what, statistics.median(values), min(values), max(values), unit, len(values))


def bench(data: Sequence[Path], out: Path, stored: int, rounds: int, tell: Tell) -> str:
    """Run all timings over the imported sets `data`. Writes `bench.json` and `bench.md` to `out`; returns the table."""
    out.mkdir(parents=True, exist_ok=True)
    embedder = Embedder()
    with tempfile.TemporaryDirectory(dir=out) as work_name:
        work = Path(work_name)
        corpus = _gather(data, work / "corpus")
        figures = [*_builds(corpus, work, embedder, rounds, tell)]
        questions = [row.question for folder in data for row in load_gold(folder / "gold.jsonl")]
        figures += _retrieval(corpus, questions, work / "large", embedder, stored, tell)
        figures += _starts(corpus, work, rounds, tell)
    table = _table(figures, embedder.number_format)
    record = {"figures": [vars(figure) for figure in figures], "format": embedder.number_format, "versions": versions()}
    (out / "bench.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    (out / "bench.md").write_text(table, encoding="utf-8")
    return table


def _gather(data: Sequence[Path], corpus: Path) -> Path:
    for folder in data:
        shutil.copytree(folder / "corpus", corpus / folder.name)
    return corpus


def _texts(corpus: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(corpus.rglob("*.txt"))]


def _sentences(text: str) -> list[str]:
    return [text[s.start : s.end] for passage in split(text) for s in passage.sentences]


# -- builds


def _builds(corpus: Path, work: Path, embedder: Embedder, rounds: int, tell: Tell) -> Iterator[Figure]:
    texts = _texts(corpus)
    sentences = [sentence for text in texts for sentence in _sentences(text)]
    llamaindex, model = _LlamaIndex(texts), _bare_model(embedder)
    ours, bare, theirs = [], [], []
    for n in range(rounds + 1):
        settings = replace(Settings(), store=str(work / f"store{n}"))
        ours.append(_timed(lambda settings=settings: build(corpus, settings, embedder=embedder)))  # type: ignore[misc]
        bare.append(_timed(lambda n=n: _bare(model, sentences, work / f"bare{n}")))  # type: ignore[misc]
        theirs.append(_timed(lambda n=n: llamaindex.build(work / f"llamaindex{n}")))  # type: ignore[misc]
        name = f"round {n}" if n else "warming up"
        tell(f"{name}: build {ours[-1]:.2f} s, bare parts {bare[-1]:.2f} s, LlamaIndex {theirs[-1]:.2f} s")
    ours, bare, theirs = ours[1:], bare[1:], theirs[1:]
    yield Figure.of(f"build, {len(texts)} articles, {len(sentences)} sentences", ours, "s")
    yield Figure.of("its bare parts: SentenceTransformer.encode + Chroma add", bare, "s")
    yield Figure.of(f"LlamaIndex VectorStoreIndex, chunk 256, overlap {OVERLAP}, float32, into Chroma", theirs, "s")
    yield Figure.of("build / bare parts", [a / b for a, b in zip(ours, bare, strict=True)], "ratio")
    yield Figure.of("build / LlamaIndex", [a / b for a, b in zip(ours, theirs, strict=True)], "ratio")


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _bare_model(embedder: Embedder) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer

    options = {"dtype": embedder.number_format}
    return SentenceTransformer(str(bundled_path()), local_files_only=True, model_kwargs=options)


def _bare(model: SentenceTransformer, sentences: Sequence[str], folder: Path) -> None:
    """What a build cannot do without: embedding the same sentences in the same format, and adding them to Chroma."""
    vectors = model.encode(list(sentences), normalize_embeddings=True, show_progress_bar=False)
    client, collection = _chroma(folder)
    size = client.get_max_batch_size()
    for at in range(0, len(vectors), size):
        part = vectors[at : at + size]
        collection.add(ids=[str(at + n) for n in range(len(part))], embeddings=part)
    client.close()


def _chroma(folder: Path) -> tuple[Any, Any]:
    client = chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False))
    settings: Any = {"hnsw": {"space": "cosine"}}
    return client, client.create_collection("sentences", configuration=settings, embedding_function=None)


class _LlamaIndex:
    """LlamaIndex with the same model and Chroma; its default overlap, 200 of 256 tokens, would embed most twice."""

    def __init__(self, texts: Sequence[str]) -> None:
        from llama_index.core import Document
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        self.documents = [Document(text=text) for text in texts]
        self.model = HuggingFaceEmbedding(str(bundled_path()), device="cpu")
        self.model.get_text_embedding_batch(["Loaded?"] * 16)

    def build(self, folder: Path) -> None:
        """Split, embed and add."""
        from llama_index.core import StorageContext, VectorStoreIndex
        from llama_index.core.node_parser import SentenceSplitter
        from llama_index.vector_stores.chroma import ChromaVectorStore

        client, collection = _chroma(folder)
        context = StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=collection))
        splitter = SentenceSplitter(chunk_size=256, chunk_overlap=OVERLAP)
        VectorStoreIndex.from_documents(
            self.documents, storage_context=context, embed_model=self.model, transformations=[splitter]
        )
        client.close()


# -- retrieval in a large store


def _retrieval(
    corpus: Path, questions: Sequence[str], folder: Path, embedder: Embedder, stored: int, tell: Tell
) -> Iterator[Figure]:
    settings = replace(Settings(), store=str(folder))
    tell(f"filling a store with {stored:,} sentences")
    _fill(corpus, folder, embedder, stored)
    step = max(1, len(questions) // QUESTIONS)
    embedding, whole = [], []
    with Assistant(settings) as assistant:
        for question in questions[::step][:20]:  # to warm up
            assistant.retrieve(question)
        for question in questions[::step][:QUESTIONS]:
            embedding.append(1000 * _timed(lambda q=question: assistant.reader.embedder.encode_question(q)))  # type: ignore[misc]
            whole.append(1000 * _timed(lambda q=question: assistant.retrieve(q)))  # type: ignore[misc]
    yield Figure.of("embedding a question", embedding, "ms")
    yield Figure.of(f"retrieve(), {stored:,} sentences stored", whole, "ms")
    yield Figure.of("retrieve() beyond the embedding", [b - a for a, b in zip(embedding, whole, strict=True)], "ms")


def _fill(corpus: Path, folder: Path, embedder: Embedder, stored: int) -> None:
    """Made-up articles: words of the corpus as often as they occur there, vectors of its sentences with noise added.

    Embedding so many real sentences would take most of the time and change nothing of what is measured.
    """
    generator = np.random.default_rng(SEED)
    sentences = [sentence for text in _texts(corpus) for sentence in _sentences(text)]
    known = embedder.encode(sentences)
    counts = Counter(word for sentence in sentences for word in sentence.split())
    words, frequencies = list(counts), np.array(list(counts.values())) / counts.total()
    folder.mkdir(parents=True)
    catalog = open_catalog(folder, print)
    claim(catalog, embedder, folder, corpus)
    vectors = open_vectors(folder, catalog, print, lambda _: None)
    done = 0
    while done < stored:
        text = _made_up(generator, words, frequencies, sentences)
        passages = split(text)
        count = sum(len(passage.sentences) for passage in passages)
        some = _disturbed(known[generator.integers(len(known), size=count)], generator)
        key, name = f"{done:040d}.txt", f"{done:07d}.txt"
        with catalog.transaction():
            content = catalog.put_content(key, Article(name, "", text), passages, some)
            catalog.put_file(FileRecord(name, 0, 0, 0, content, None))
        vectors.add([sentence_id(key, n) for n in range(count)], some)
        done += count
    catalog.raise_generation()
    vectors.close()
    catalog.close()


def _made_up(
    generator: np.random.Generator, words: Sequence[str], frequencies: npt.NDArray[np.float64], sentences: Sequence[str]
) -> str:
    """200 sentences, five to a paragraph, as long as the corpus's own."""
    lines = []
    for _ in range(200):
        length = max(3, len(sentences[int(generator.integers(len(sentences)))].split()))
        chosen = generator.choice(len(words), size=length, p=frequencies)
        lines.append("The " + " ".join(words[i].strip(".") for i in chosen).lower() + ".")
    return "\n\n".join(" ".join(lines[at : at + 5]) for at in range(0, len(lines), 5))


def _disturbed(vectors: Vectors, generator: np.random.Generator) -> Vectors:
    noise = generator.normal(size=vectors.shape)
    noise *= NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
    disturbed = vectors + noise
    result: Vectors = (disturbed / np.linalg.norm(disturbed, axis=1, keepdims=True)).astype(np.float32)
    return result


# -- starts of the command


def _starts(corpus: Path, work: Path, rounds: int, tell: Tell) -> Iterator[Figure]:
    folders = {count: _small_articles(corpus, work / f"{count}-articles", count) for count in (SMALL, LARGE)}
    for count, folder in folders.items():
        tell(f"indexing {count:,} articles")
        _command("index", str(folder), "--store", f"{folder}.store")
    times: dict[int, list[float]] = {count: [] for count in folders}
    helps = []
    for _ in range(rounds):
        helps.append(_timed(lambda: _command("--help")))
        for count, folder in folders.items():
            arguments = ("index", str(folder), "--store", f"{folder}.store")
            times[count].append(_timed(lambda arguments=arguments: _command(*arguments)))  # type: ignore[misc]
    yield Figure.of("byline --help", helps, "s")
    yield Figure.of(f"byline index again, {SMALL} unchanged article: start-up", times[SMALL], "s")
    yield Figure.of(f"byline index again, {LARGE:,} unchanged articles", times[LARGE], "s")
    beyond = [b - a for a, b in zip(times[SMALL], times[LARGE], strict=True)]
    yield Figure.of("what the unchanged articles take beyond start-up", beyond, "s")


def _small_articles(corpus: Path, folder: Path, count: int) -> Path:
    folder.mkdir()
    sentences = [sentence for text in _texts(corpus) for sentence in _sentences(text)]
    for n in range(count):
        text = " ".join(sentences[(n * 3 + i) % len(sentences)] for i in range(3))
        (folder / f"{n:04d}.txt").write_text(f"{text} This is article {n}.", encoding="utf-8")
    time.sleep(2.1)  # or every file is read again, since it may have changed within the clock's grain
    return folder


def _command(*arguments: str) -> None:
    command = [str(Path(sys.executable).with_name("byline")), *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 our own


def _table(figures: Sequence[Figure], number_format: str) -> str:
    lines = [
        f"Embedding in {number_format}.",
        "",
        "| what | median | smallest - largest | n |",
        "| --- | ---: | ---: | ---: |",
    ]
    for f in figures:
        unit = "" if f.unit == "ratio" else f" {f.unit}"
        lines.append(f"| {f.what} | {f.value:.2f}{unit} | {f.low:.2f} - {f.high:.2f} | {f.n} |")
    return "\n".join(lines) + "\n"
