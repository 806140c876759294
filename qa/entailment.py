"""An optional cross-encoder that says how surely one text follows from another; any with three labels."""

from __future__ import annotations

import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.errors import InputError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class Entailment:
    """A natural language inference model by its sentence-transformers name or path, loaded on first use."""

    def __init__(self, model: str) -> None:
        self.model = model
        self._lock = threading.Lock()

    def probability(self, premise: str, hypothesis: str) -> float:
        """How probable it is that `hypothesis` follows from `premise`. Raises `InputError` for an unfit model."""
        with self._lock:
            encoder, label = self._loaded
        logits = np.asarray(encoder.predict([(premise, hypothesis)], show_progress_bar=False), dtype=np.float64)[0]
        powers = np.exp(logits - logits.max())
        return float(powers[label] / powers.sum())

    @cached_property
    def _loaded(self) -> tuple[CrossEncoder, int]:
        encoder = load(self.model)
        known: dict[Any, Any] = getattr(encoder.config, "id2label", None) or {}
        labels = {int(place): str(name).lower() for place, name in known.items()}
        found = [place for place, name in labels.items() if name.startswith("entail")]
        if len(labels) != 3 or len(found) != 1:
            raise InputError(
                f"The model {self.model!r} has the labels {', '.join(labels.values())}; BYLINE_NLI_MODEL wants a "
                "cross-encoder with three, one of them entailment."
            )
        return encoder, found[0]


def load(name: str) -> CrossEncoder:
    """The model. Raises `InputError` that says what to do when it cannot be loaded."""
    path = Path(name).expanduser()
    from sentence_transformers import CrossEncoder  # takes seconds
    from torch.nn import Identity

    try:
        # Without an activation of its own: some models say a sigmoid, some nothing.
        encoder: CrossEncoder = CrossEncoder(str(path.resolve()) if path.is_dir() else name, activation_fn=Identity())
        return encoder
    except (OSError, ValueError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise InputError(
            f"Cannot load the entailment model {name!r}: {reason}\n"
            "Give a sentence-transformers name or folder, or unset BYLINE_NLI_MODEL to do without."
        ) from error
