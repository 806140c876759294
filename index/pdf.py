"""PDF: the text of its pages, in paragraphs.

What pypdf raises becomes `UnreadableFile`: it meets files of every kind, and raises exceptions of every kind.
It is imported where it is used: `import index` must stay fast, and most folders hold one format.
"""

from __future__ import annotations

import io
import re
from itertools import pairwise
from typing import TYPE_CHECKING

from index.content import Content, clean, hush, one_line, reason_of, title_of
from index.dates import iso_date
from index.errors import UnreadableFile

if TYPE_CHECKING:
    from pypdf import PdfReader

_HYPHENATED = re.compile(r"[^\W\d_][-\u2010\u00ad]$")
_SENTENCE_END = re.compile(r"[.!?…:][\"'”’»)\]]*$")
_SHORT_LINE = 0.85  # of the width of the text
_HEADING_LINE = 0.6


def read_pdf(data: bytes) -> Content:
    """A PDF with text in it; pages are joined by a blank line. A page starts where its text does."""
    import pypdf
    from pypdf.errors import DependencyError

    hush("pypdf")
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFile("locked with a password")
        pages = [clean(unwrap(page.extract_text())) for page in reader.pages]
        title, author, published = _pdf_metadata(reader)
    except UnreadableFile:
        raise
    except DependencyError as error:
        raise UnreadableFile("encrypted with AES: save it without, or pip install cryptography") from error
    except Exception as error:  # see the module's docstring
        raise UnreadableFile(f"broken PDF: {reason_of(error)}") from error
    if not any(pages):
        raise UnreadableFile("no text in it: a scan? run OCR over it first")
    text, starts = _join_pages(pages)
    return Content(text=text, title=title, author=author, published=published, pages=starts)


def _pdf_metadata(reader: PdfReader) -> tuple[str | None, str | None, str | None]:
    """Title, author, date. The date is Dublin Core's: the creation date is that of the PDF, often a later print."""
    try:
        metadata, xmp = reader.metadata, reader.xmp_metadata
        dates = xmp.dc_date if xmp else None
        published = iso_date(dates[0]) if dates else None
        if metadata is None:
            return None, None, published
        return title_of(metadata.title), one_line(metadata.author), published
    except Exception:  # the text is worth having without them
        return None, None, None


def _join_pages(pages: list[str]) -> tuple[str, tuple[int, ...]]:
    text = ""
    starts = []
    for page in pages:
        separator = "\n\n" if text and page else ""
        starts.append(len(text) + len(separator))
        text += separator + page
    return text, tuple(starts)


def unwrap(text: str) -> str:
    """Hard-wrapped lines as flowing paragraphs with a blank line between.

    A paragraph ends at a blank line, at a line that stops short with the end of a sentence, and at a heading: a much
    shorter line in front of a capital letter. A word that is hyphenated at the end of a line is made whole.
    """
    lines = [" ".join(line.split()) for line in text.splitlines()]
    width = _width(lines)
    paragraphs = [""]
    for line, after in pairwise([*lines, ""]):
        paragraphs[-1] = _continued(paragraphs[-1], line)
        if _ends_paragraph(line, after, width):
            paragraphs.append("")
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _width(lines: list[str]) -> int:
    """The usual length of a full line; the few longest may be something else, such as rows of a table."""
    lengths = sorted(len(line) for line in lines if line)
    return lengths[int(0.9 * (len(lengths) - 1))] if lengths else 0


def _continued(paragraph: str, line: str) -> str:
    hyphenated = _HYPHENATED.search(paragraph) and line[:1].islower()
    return paragraph[:-1] + line if hyphenated else f"{paragraph} {line}".strip()


def _ends_paragraph(line: str, after: str, width: int) -> bool:
    if not line:
        return True
    if _SENTENCE_END.search(line):
        return len(line) < _SHORT_LINE * width
    return len(line) < _HEADING_LINE * width and after[:1].isupper()
