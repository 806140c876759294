"""`byline doctor`: what is installed, which models are used, is the store healthy, and what to do if not."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, fields, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from index.catalog import Catalog
from index.embed import Embedder
from index.errors import BylineError
from index.load import FORMATS
from index.opening import articles_folder, being_written, catalog_path, check_model, doubt_path, vectors_path
from index.scan import scan
from index.settings import BUNDLED, CONFIG_FILE, Settings
from qa.llm.choose import OLLAMA, Chosen, address, choose_model
from qa.llm.files import known_models
from qa.writer import Writer, probe

_PACKAGES = (
    "chromadb",
    "gradio",
    "sentence-transformers",
    "torch",
    "llama-index-core",
    "llama-index-llms-openai-like",
    "xllamacpp",
    "trafilatura",
    "pypdf",
    "python-docx",
)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `advice` says what to do."""

    name: str
    ok: bool
    found: str
    advice: str = ""

    def to_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


def examine(settings: Settings) -> list[Check]:
    """All checks, in the order in which problems are best mended."""
    embedder = Embedder(settings.embedding_model)
    checks = [_installed(), _settings(settings), _model(embedder), _language_model(settings, embedder)]
    store = Path(settings.store).expanduser()
    if not catalog_path(store).is_file():
        return [*checks, Check("store", False, f"no index in {store}", "make one with: byline index FOLDER")]
    try:
        return [*checks, *_store(embedder, store)]
    except (BylineError, sqlite3.DatabaseError) as error:
        return [*checks, Check("store", False, f"{store}: {error}", "mend it with: byline index FOLDER")]


def _installed() -> Check:
    try:
        versions = [f"{name} {metadata.version(name)}" for name in _PACKAGES]
    except metadata.PackageNotFoundError as error:
        return Check("installed", False, f"{error.name} is missing", "install everything again with: make")
    python = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return Check("installed", True, ", ".join([f"byline {metadata.version('byline')}", python, *versions]))


def _settings(settings: Settings) -> Check:
    source = f" ({CONFIG_FILE} is read)" if Path(CONFIG_FILE).is_file() else ""
    shown = [field.name for field in fields(settings) if field.repr]  # not a key, not a password
    if settings.llm_base_url:
        settings = replace(settings, llm_base_url=address(settings.llm_base_url) or "no address")  # nor a key in there
    values = ", ".join(f"{name}={getattr(settings, name)}" for name in shown if getattr(settings, name))
    return Check("settings", True, values + source)


def _model(embedder: Embedder) -> Check:
    try:
        size = len(embedder.encode_question("Does it embed?"))
    except BylineError as error:
        return Check("model", False, embedder.model, str(error))
    checked = ", hash checked" if embedder.model == BUNDLED else ""
    return Check("model", True, f"{embedder.identity}, {size} dimensions, {embedder.number_format}{checked}")


def _language_model(settings: Settings, embedder: Embedder) -> Check:
    """Which one answers, why, whether it can be used and what it can do. Quoting without one is fine."""
    name = "language model"
    try:
        chosen = choose_model(settings)
    except BylineError as error:
        return Check(name, False, settings.llm, str(error))
    if chosen.model is None:
        return Check(name, True, f"none: {chosen.why}")
    about = f"{chosen.name}: {chosen.why}"
    try:
        writer = Writer(chosen.model, settings, embedder)
        writer.warm()
        return Check(name, True, f"{about}{_file(chosen)}; {_able(writer)}")
    except BylineError as error:
        return Check(name, False, about, f"{error}{_mend(chosen)}")


def _file(chosen: Chosen) -> str:
    """The file of a model that was loaded, and so was checked where its hash is known."""
    if chosen.file is None or chosen.model is None:
        return ""
    checked = any(known.sha256 == chosen.model.fingerprint for known in known_models())
    return f"; {chosen.file}, {chosen.file.stat().st_size / 1e6:,.0f} MB" + (", hash checked" if checked else "")


def _able(writer: Writer) -> str:
    does = "writes sentences" if writer.writes else "picks the short answer, writes no sentences"
    why = "" if writer.settings.llm_writes == "auto" else f" (llm_writes={writer.settings.llm_writes})"
    return f"probe: {writer.right()} of {len(probe())}; {does}{why}"


def _mend(chosen: Chosen) -> str:
    """What to do beside what the error says."""
    if chosen.name.startswith(OLLAMA):
        return f" For Ollama: ollama serve, and: ollama pull {chosen.name.removeprefix(OLLAMA)}"
    return ""


def _store(embedder: Embedder, store: Path) -> list[Check]:
    with closing(Catalog(catalog_path(store))) as catalog:
        if being_written(store):
            known = catalog.totals().sentences
            return [Check("store", True, f"{store}: a build is writing to it; {known:,} sentences so far")]
        return list(_at_rest(catalog, embedder, store))


def _at_rest(catalog: Catalog, embedder: Embedder, store: Path) -> Iterator[Check]:
    totals, folder = catalog.totals(), articles_folder(catalog, store)
    update = f"byline index {folder}"
    files = [record for record in catalog.files().values() if record.content is not None]
    yield Check("store", True, f"{store}: {len(files):,} articles, {totals.sentences:,} sentences, of {folder}")
    try:
        check_model(catalog, embedder, store)
    except BylineError as error:
        yield Check("store model", False, str(catalog.meta("model")), str(error))
    yield _vectors(store, totals.sentences, update)
    if catalog.unsettled():
        yield Check("last build", False, "it was interrupted", f"finish it with: {update}")
    yield _freshness(catalog, folder, store, update)


def _vectors(store: Path, expected: int, update: str) -> Check:
    from index.store import VectorStore

    found = "missing"
    if vectors_path(store).is_dir():
        try:
            vectors = VectorStore(vectors_path(store))
            count = vectors.count()
            vectors.close()
        except BylineError as error:
            found = str(error)
        else:
            if count == expected:
                return Check("vector index", True, f"{count:,} vectors, one for each sentence")
            found = f"{count:,} of {expected:,} vectors"
    with suppress(OSError):  # who may not write here has to tell somebody who may
        doubt_path(store).touch()  # the next build has a look even where no article has changed
    return Check("vector index", False, found, f"make it again, without embedding, with: {update}")


def _freshness(catalog: Catalog, folder: Path, store: Path, update: str) -> Check:
    if not folder.is_dir():
        return Check(
            "articles", False, f"{folder} is missing", "move it back, or index its new place into another --store"
        )
    now = scan(folder, store, FORMATS)
    known = {path: r for path, r in catalog.files().items() if not path.startswith(tuple(now.unread))}
    there = {file.path: file for file in now.found}
    new = sum(path not in known and os.access(folder / path, os.R_OK) for path in there)
    gone = sum(path not in there for path in known)
    changed = sum(
        path in there and (there[path].size, there[path].mtime_ns) != (record.size, record.mtime_ns)
        for path, record in known.items()
    )
    if not (new or gone or changed):
        return Check("articles", True, f"{folder}: unchanged since they were indexed")
    found = f"{folder}: {new} new, {changed} changed, {gone} gone since they were indexed"
    return Check("articles", False, found, f"bring the index up to date with: {update}")
