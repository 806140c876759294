"""How many near-duplicates are found, and how many are invented: `python docs/copies.py OneStopQA.json runs/copies.md`.

OneStopQA has each of its articles at three reading levels, rewrites by professional writers. To these come, of each
article, a copy that was cut after a third, and one under another headline. All versions of an article are copies of
each other; versions of different articles are not. Of the five seeds, 000 and 002 are one wire report.
"""

import sys
import tempfile
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

from eval.imports.onestopqa import LEVELS, import_onestopqa
from eval.stats import wilson
from index.builder import build
from index.catalog import Catalog
from index.opening import catalog_path
from index.settings import Settings

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
CUT, HEADLINE = "cut", "headline"


def versions(source: Path, folder: Path) -> None:
    """Write the versions of each article as `article/version.txt`."""
    for level in LEVELS:
        import_onestopqa(source, folder.parent / level, level)
        for path in sorted((folder.parent / level / "corpus").rglob("*.txt")):
            text = path.read_text(encoding="utf-8")
            own = folder / path.stem
            own.mkdir(parents=True, exist_ok=True)
            (own / f"{level}.txt").write_text(text, encoding="utf-8")
            if level == LEVELS[0]:
                _, *paragraphs = text.split("\n\n")
                (own / f"{CUT}.txt").write_text(
                    "\n\n".join(paragraphs[: max(1, len(paragraphs) // 3)]), encoding="utf-8"
                )
                (own / f"{HEADLINE}.txt").write_text(
                    "\n\n".join(["What we know so far", *paragraphs]), encoding="utf-8"
                )


def found_in(folder: Path, store: Path) -> tuple[list[str], set[tuple[str, str]]]:
    """The files of a folder, and the pairs of them that are found to be copies."""
    build(folder, Settings(store=str(store)))
    catalog = Catalog(catalog_path(store))
    files = {record.content: path for path, record in catalog.files().items() if record.content is not None}
    copies = catalog.copies(files)
    catalog.close()
    return sorted(files.values()), {
        (files[one], files[other]) for one, others in copies.items() for other in others if files[one] < files[other]
    }


def rows(files: list[str], found: set[tuple[str, str]]) -> Iterator[str]:
    """Recall for each kind of pair, precision over all."""
    pairs = {(a, b): a.split("/")[0] == b.split("/")[0] for a, b in combinations(files, 2)}
    kinds = {
        "reading levels of one article": {f"{level}.txt" for level in LEVELS},
        "one of them cut after a third": {f"{CUT}.txt"},
        "one of them under another headline": {f"{HEADLINE}.txt"},
    }
    for kind, names in kinds.items():
        last = [{Path(a).name, Path(b).name} for a, b in pairs]
        own = [pair for pair, ends in zip(pairs, last, strict=True) if pairs[pair] and _is_of(ends, names)]
        yield f"| {kind} | {len(own)} | {wilson(sum(pair in found for pair in own), len(own)) or 'n/a'} |"
    right, true = sum(pairs[pair] for pair in found), sum(pairs.values())
    wrong, others = len(found) - right, len(pairs) - true
    yield f"| all: recall | {true} | {wilson(right, true) or 'n/a'} |"
    yield f"| all: precision | {len(found)} | {wilson(right, len(found)) or 'n/a'} |"
    yield f"| pairs of different articles, taken for copies | {others} | {wilson(wrong, others) or 'n/a'} |"


def _is_of(ends: set[str], names: set[str]) -> bool:
    return ends <= names if len(names) > 1 else bool(ends & names)


def main(source: Path, out: Path) -> None:
    """Write the table."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "versions"
        versions(source, folder)
        lines = ["| | pairs | found [95% interval] |", "| --- | ---: | ---: |"]
        lines += rows(*found_in(folder, Path(work) / "store"))
        seeds = found_in(SEEDS, Path(work) / "seeds")[1]
        told = ", ".join(f"{a[:3]} and {b[:3]}" for a, b in sorted(seeds)) or "none"
        lines.append(f"| the seeds, of 10 pairs | {len(seeds)} | {told} |")
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
