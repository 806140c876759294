"""Plain text and Markdown: the text as it is, with title, author and date from the front matter or the first lines."""

from __future__ import annotations

import re
from typing import Any

from index.content import Content, one_line
from index.dates import iso_date
from index.decode import decode
from index.errors import UnreadableFile

_FRONT_MATTER = re.compile(
    r"---[ \t]*(?:\r\n|\r|\n)(?P<yaml>\s*[A-Za-z_][\w -]*:.*?(?:\r\n|\r|\n))(?:---|\.\.\.)[ \t]*(?:\r\n|\r|\n|\Z)",
    re.DOTALL,
)
_FRONT_MATTER_LIMIT = 65_536  # characters
_HEAD = 10_000  # characters in which a title is looked for
_LONGEST_HEADLINE = 200  # characters
_HEADING = re.compile(r"^ {0,3}#[ \t]+(.+?)(?:[ \t]+#+)?[ \t]*$", re.MULTILINE)
_FENCED = re.compile(r"^ {0,3}(```|~~~).*?(?:^ {0,3}\1|\Z)", re.MULTILINE | re.DOTALL)


def read_text(data: bytes) -> Content:
    """A `.txt` file: its text as it is, so that offsets count in the file itself."""
    return _read_plain(data, markdown=False)


def read_markdown(data: bytes) -> Content:
    """A `.md` file: its text as it is, markup and all, so that offsets count in the file itself."""
    return _read_plain(data, markdown=True)


def _read_plain(data: bytes, markdown: bool) -> Content:
    text, warning = decode(data)
    warnings = [warning] if warning else []
    meta: dict[str, Any] = {}
    body = 0
    if block := _FRONT_MATTER.match(text, 0, _FRONT_MATTER_LIMIT):
        body = block.end()
        meta = _front_matter(block["yaml"], warnings)
    if not text[body:].strip():
        raise UnreadableFile("empty")
    head = text[body : body + _HEAD]
    return Content(
        text=text,
        title=one_line(meta.get("title")) or (_heading(head) if markdown else headline(head)),
        author=_author(_first(meta, "author", "authors", "byline")),
        published=_published(_first(meta, "date", "published", "published_at", "pubdate"), warnings),
        body=body,
        warnings=tuple(warnings),
    )


def _front_matter(block: str, warnings: list[str]) -> dict[str, Any]:
    """The keys of a YAML block, in lower case. Every scalar stays a string: `title: 1984` is not a number."""
    import yaml

    try:
        # BaseLoader builds less than safe_load does (strings, lists, mappings): one bad date spoils only itself.
        values = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506 see above
    except (yaml.YAMLError, ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        warnings.append("the front matter is not valid YAML: title, author and date in it are not used")
        return {}
    return {key.lower(): value for key, value in values.items() if isinstance(key, str)}


def _first(meta: dict[str, Any], *keys: str) -> Any:
    return next((meta[key] for key in keys if meta.get(key)), None)


def _author(value: Any) -> str | None:
    """`Jane Doe`, `[Jane Doe, John Roe]`, `{name: Jane Doe}` or a list of those, on one line."""
    entries = value if isinstance(value, list) else [value]
    names = (one_line(entry.get("name") if isinstance(entry, dict) else entry) for entry in entries)
    return ", ".join(name for name in names if name) or None


def _published(value: Any, warnings: list[str]) -> str | None:
    date = iso_date(value)
    if value and date is None:
        shown = one_line(value) or type(value).__name__
        warnings.append(f"the date is not used, as it is not one that is understood ({shown[:40]}): write 2024-06-20")
    return date


def _heading(head: str) -> str | None:
    match = _HEADING.search(_FENCED.sub("", "\n".join(head.splitlines())))
    return one_line(match[1].strip("*_` ")) if match else None


def headline(text: str) -> str | None:
    """The first line of `text` where it reads like a headline and more text follows, else None.

    A line of hard-wrapped prose is none: there a line of the first block starts in lower case.
    """
    first, *rest = [line.strip() for line in text.strip().splitlines()] or [""]
    if not any(rest) or len(first) > _LONGEST_HEADLINE or len(first.split()) < 2:
        return None
    if first.rstrip("\"'”’»)]").endswith((".", ",", ";")) or not any(map(str.isalpha, first)):
        return None
    block = [first, *rest[: rest.index("") if "" in rest else len(rest)]]
    return None if any(line[0].islower() for line in block) else one_line(first.lstrip("# "))
