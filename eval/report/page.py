"""The parts of the page put into one file that needs nothing else and may call nobody."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from eval.report.data import report_data
from eval.report.folder import read_folder

_HERE = Path(__file__).parent
_SCRIPTS = ("dom.js", "overview.js", "curves.js", "list.js", "question.js", "page.js")  # one scope, in this order


def write_report(folder: Path, read: Callable[[str], str]) -> Path:
    """Write `report.html` into the folder of a run, and give its path.

    `read(file)` gives an article's text and raises `KeyError` for one that is not there. The same run gives the same
    bytes, but for the times that it measured. Raises `InputError` for a folder that is not a run.
    """
    path = folder / "report.html"
    path.write_text(page(report_data(read_folder(folder), cache(read))), encoding="utf-8", newline="\n")
    return path


def page(data: dict[str, Any]) -> str:
    """The whole page. `data` goes in as base64, so that nothing in it can be markup or a script."""
    style, skeleton = _part("page.css"), _part("page.html")
    script = "".join(map(_part, _SCRIPTS))
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    parts = {"policy": policy, "style": style, "script": script, "data": _packed(data)}
    for name, part in parts.items():
        skeleton = skeleton.replace(f"{{{{{name}}}}}", part)
    return skeleton


def _part(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _hash(block: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(block.encode()).digest()).decode()}"


def _packed(data: dict[str, Any]) -> str:
    # A model may write half of a surrogate pair, which UTF-8 cannot hold. No time of packing, for the same bytes.
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode("utf-8", "replace"), 9, mtime=0)).decode()
