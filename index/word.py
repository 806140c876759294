"""Word documents: paragraphs and the cells of tables.

What python-docx raises becomes `UnreadableFile`: it meets files of every kind, and raises exceptions of every kind.
It is imported where it is used: `import index` must stay fast, and most folders hold one format.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from index.content import Content, clean, one_line, reason_of, title_of
from index.errors import UnreadableFile

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what Word wraps an encrypted .docx in; an old .doc starts so, too
_LARGEST = 200_000_000  # bytes, unpacked


def read_docx(data: bytes) -> Content:
    """A Word document: paragraphs and table cells in the order of the document, joined by a blank line.

    Word's created and modified dates are those of the file, not of publication: no date.
    """
    import docx

    if data.startswith(_OLE):
        raise UnreadableFile("locked with a password, or an old .doc file: save it as .docx without a password")
    try:
        _refuse_bomb(data)
        document = docx.Document(io.BytesIO(data))
        text = "\n\n".join(block for block in map(_clean_block, _docx_blocks(document)) if block)
        title, author = document.core_properties.title, document.core_properties.author
    except UnreadableFile:
        raise
    except Exception as error:  # see the module's docstring
        raise UnreadableFile(f"broken Word file: {reason_of(error)}") from error
    if not text:
        raise UnreadableFile("empty")
    return Content(text=text, title=title_of(title), author=one_line(author))


def _refuse_bomb(data: bytes) -> None:
    """A small archive can unpack to more than the memory holds."""
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > _LARGEST:
            raise UnreadableFile(f"unpacks to more than {_LARGEST // 1_000_000} MB: split it")


def _docx_blocks(container: Document | _Cell) -> Iterator[str]:
    from docx.table import Table

    for block in container.iter_inner_content():
        if isinstance(block, Table):
            for cell in _cells(block):
                yield from _docx_blocks(cell)
        else:
            yield block.text


def _cells(table: Table) -> Iterator[_Cell]:
    """Each cell once: a merged one comes back for every row and column that it spans."""
    seen = set()
    for row in table.rows:
        for cell in row.cells:
            if cell._tc not in seen:
                seen.add(cell._tc)
                yield cell


def _clean_block(text: str) -> str:
    return "\n".join(line for line in map(str.strip, clean(text).splitlines()) if line)
