"""Public question sets -> a folder of articles and a gold file. The user gives the path of the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from eval.imports.articles import Imported, split_of
from eval.imports.chunking import import_chunking
from eval.imports.onestopqa import LEVELS, import_onestopqa
from eval.imports.ramdocs import POOLED, import_ramdocs
from eval.imports.squad import import_squad
from eval.imports.squad2 import import_squad2_sample

Importer = Callable[[str | Path, str | Path], Imported]

IMPORTERS: Mapping[str, Importer] = {
    "squad": import_squad,
    "squad2-sample": import_squad2_sample,
    "onestopqa": import_onestopqa,
    "ramdocs": import_ramdocs,
    "chunking": import_chunking,
}

__all__ = [
    "IMPORTERS",
    "LEVELS",
    "POOLED",
    "Imported",
    "Importer",
    "import_chunking",
    "import_onestopqa",
    "import_ramdocs",
    "import_squad",
    "import_squad2_sample",
    "split_of",
]
