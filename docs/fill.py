"""Put measured tables into a document: `python docs/fill.py docs/benchmarks.md runs`.

Between `<!-- BEGIN name -->` and `<!-- END name -->` the document holds the file `runs/name`, as it was measured.
"""

import re
import sys
from pathlib import Path


def fill(document: Path, runs: Path) -> list[str]:
    """Replace every marked part for which there is a file; returns the names of those for which there is none."""
    missing = []

    def replace(match: re.Match[str]) -> str:
        source = runs / match["name"]
        if not source.is_file():
            missing.append(match["name"])
            return match.group()
        table = source.read_text(encoding="utf-8").strip()
        return f"<!-- BEGIN {match['name']} -->\n{table}\n<!-- END {match['name']} -->"

    pattern = re.compile(r"<!-- BEGIN (?P<name>\S+) -->.*?<!-- END (?P=name) -->", re.DOTALL)
    document.write_text(pattern.sub(replace, document.read_text(encoding="utf-8")), encoding="utf-8")
    return missing


if __name__ == "__main__":
    missing = fill(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.exit(f"not measured, left as it was: {', '.join(missing)}" if missing else 0)
