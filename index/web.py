"""Saved web pages: the article in them.

What trafilatura raises becomes `UnreadableFile`: it meets files of every kind, and raises exceptions of every kind.
It is imported where it is used: `import index` must stay fast, and most folders hold one format.
"""

from __future__ import annotations

import re
from itertools import pairwise

from index.content import Content, clean, hush, one_line, reason_of, title_of
from index.dates import iso_date
from index.decode import decode
from index.errors import UnreadableFile

_META_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""")
_NOT_DATED = (
    "//body//*[self::footer or @id='footer' or contains(concat(' ', @class, ' '), ' footer ')]"
    " | //body//p[not(@*) and not(.//time)]"
)
_TABLE_RULE = re.compile(r"\|[-| ]+\|?")


def read_html(data: bytes) -> Content:
    """A web page that was saved: the article in it, without menus and comments, one block a paragraph."""
    import trafilatura

    hush("trafilatura", "htmldate")
    page, warning = _decode_html(data)
    try:
        document = trafilatura.bare_extraction(page, include_comments=False, with_metadata=True)
        published = _declared_date(page)
    except Exception as error:  # see the module's docstring
        raise UnreadableFile(f"broken HTML: {reason_of(error)}") from error
    text = _blocks(clean(getattr(document, "text", None) or ""))
    if not text:
        raise UnreadableFile("no article text found")
    return Content(
        text=text,
        title=title_of(getattr(document, "title", None)),
        author=one_line(getattr(document, "author", None)),
        published=published,
        warnings=(warning,) if warning else (),
    )


def _declared_date(page: str) -> str | None:
    """The date in the page's metadata, its address or an element made for dates.

    htmldate takes any date in the text where it finds no better one, such as that of a change at the foot of a page or
    of something that the article tells: so it is not shown those.
    """
    from htmldate import find_date
    from trafilatura import load_html

    tree = load_html(page)
    if tree is None:
        return None
    for element in tree.xpath(_NOT_DATED):
        element.drop_tree()
    return iso_date(find_date(tree, original_date=True, extensive_search=False))


def _decode_html(data: bytes) -> tuple[str, str | None]:
    """UTF-8 if it is; otherwise what the page declares, if that is so; otherwise as for plain text.

    trafilatura would guess without looking at the declaration.
    """
    declared = _META_CHARSET.search(data, 0, 4_096)
    for encoding in ("utf-8-sig", _web_encoding(declared[1].decode()) if declared else "utf-8"):
        try:
            return data.decode(encoding), None
        except (LookupError, UnicodeError):
            continue
    return decode(data)


def _web_encoding(label: str) -> str:
    """As browsers do (WHATWG Encoding Standard): Latin-1 and ASCII mean cp1252, and UTF-16 in ASCII letters UTF-8."""
    label = label.lower()
    if label in {"iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"}:
        return "cp1252"
    return "utf-8" if label.startswith("utf") else label


def _blocks(text: str) -> str:
    """Lines as paragraphs with a blank line between; the rows of a table and the items of a list stay together."""
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not _TABLE_RULE.fullmatch(line)]
    together = (a[0] == b[0] and a[0] in "|-" for a, b in pairwise(lines))
    separators = ("\n" if same else "\n\n" for same in together)
    return "".join(line + next(separators, "") for line in lines)
