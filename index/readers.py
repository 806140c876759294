"""One reader a format: bytes -> text, with title, author and date where the file says.

The libraries are imported where they are used: `import index` must stay fast, and most folders hold one format.
What they raise becomes `UnreadableFile` here; they meet files of every kind, and raise exceptions of every kind.
"""

from __future__ import annotations

import codecs
import datetime
import io
import logging
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from index.errors import UnreadableFile

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell
    from pypdf import PdfReader


@dataclass(frozen=True, slots=True)
class Content:
    """What a reader finds in a file. Offsets count in `text`, in characters."""

    text: str
    title: str | None = None
    author: str | None = None
    published: str | None = None  # ISO date
    pages: tuple[int, ...] = ()
    body: int = 0  # offset at which the article proper begins
    warnings: tuple[str, ...] = ()


# ---- plain text and Markdown

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
        title=_line(meta.get("title")) or (_heading(head) if markdown else headline(head)),
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
        values = yaml.load(block, Loader=yaml.BaseLoader)
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
    names = (_line(entry.get("name") if isinstance(entry, dict) else entry) for entry in entries)
    return ", ".join(name for name in names if name) or None


def _published(value: Any, warnings: list[str]) -> str | None:
    date = iso_date(value)
    if value and date is None:
        shown = _line(value) or type(value).__name__
        warnings.append(f"the date is not used, as it is not one that is understood ({shown[:40]}): write 2024-06-20")
    return date


def _heading(head: str) -> str | None:
    match = _HEADING.search(_FENCED.sub("", "\n".join(head.splitlines())))
    return _line(match[1].strip("*_` ")) if match else None


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
    return None if any(line[0].islower() for line in block) else _line(first.lstrip("# "))


# ---- bytes -> text

_NOT_TEXT = "not text: it looks like a binary file"
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\b\x1b"))
_CONTROL_SHARE = 0.02  # random bytes have ten percent
_ASCII = bytes(range(128))
_UTF8_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
_BOMS = (  # UTF-32 first: its little-endian mark starts like that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LEGACY = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r", "mac_roman", "cp850"]
_LEGACY += ["cp932", "gb18030", "big5", "cp949", "euc_jp"]
_LEGACY_SAMPLE = 65_536  # bytes
_DENSE = 0.3  # share of bytes past ASCII; Western text has a tenth at most
_ODD = re.compile(  # what no Western text has inside a word: the signs of another encoding
    r"[a-zß-ÿ](?:[À-ÖØ-ÞŠŒŽŸ‚„ƒˆ]|[¡-¬®-¶¸-¿×÷†‡‰‹›˜•”][a-zß-ÿ])|\ufffd"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def decode(data: bytes) -> tuple[str, str | None]:
    """The text of `data` and, unless it is plain UTF-8, a warning that says how it was read.

    A byte order mark is dropped and line ends stay as they are. Raises `UnreadableFile` for what is not text.
    """
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), None) or _utf16_without_bom(data)
    if encoding:
        return _text_in(data, encoding)
    if b"\0" in data or len(data) - len(data.translate(None, _CONTROLS)) > _CONTROL_SHARE * len(data):
        raise UnreadableFile(_NOT_TEXT)
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError:
        ascii_and_broken, sequences = _UTF8_SEQUENCE.subn(b"", data)
    broken = len(ascii_and_broken.translate(None, _ASCII))
    if sequences > broken:
        bytes_are = "1 byte is" if broken == 1 else f"{broken} bytes are"
        return data.decode("utf-8-sig", "replace"), f"{bytes_are} not valid UTF-8 and shown as \ufffd"
    return _text_in(data, _legacy_encoding(data))


def _text_in(data: bytes, encoding: str) -> tuple[str, str]:
    name = encoding.removesuffix("-le").removesuffix("-be")
    text = data.decode(encoding, "replace")
    return text, f"read as {name}, not UTF-8: save it as UTF-8 if characters look wrong"


def _utf16_without_bom(data: bytes) -> str | None:
    """UTF-16 by its NULs: every second byte of its ASCII characters is one, always on the same side."""
    if b"\0" not in data or len(data) % 2:
        return None
    low, high = data[0::2].count(0), data[1::2].count(0)
    if min(low, high):
        return None
    encoding = "utf-16-le" if high else "utf-16-be"
    sample = data[:_LEGACY_SAMPLE].decode(encoding, "replace")
    readable = sum(character.isprintable() or character.isspace() for character in sample)
    return encoding if readable > 0.98 * len(sample) else None


def _legacy_encoding(data: bytes) -> str:
    """cp1252, unless the text then shows signs of another encoding that charset-normalizer can name.

    Asked about English with an accent or two, the detector names cp1250 or cp850 as often as cp1252; so it is only
    asked where cp1252 cannot be right.
    """
    from charset_normalizer import from_bytes

    sample = _legacy_sample(data)
    dense = len(sample.translate(None, _ASCII)) > _DENSE * len(sample)
    oddities = len(_ODD.findall(sample.decode("cp1252", "replace")))
    if not dense and not oddities:
        return "cp1252"
    guess = from_bytes(sample, cp_isolation=_LEGACY).best()
    if guess is None and dense:
        raise UnreadableFile(_NOT_TEXT)
    if guess is None or not (dense or len(_ODD.findall(str(guess))) < oddities):
        return "cp1252"
    return guess.encoding


def _legacy_sample(data: bytes) -> bytes:
    """Some whole lines from the first byte past ASCII on."""
    first = len(data) - len(data.lstrip(_ASCII))
    start = max(data.rfind(b"\n", 0, first) + 1, first - _LEGACY_SAMPLE // 2)
    sample = data[start : start + _LEGACY_SAMPLE]
    return sample[: sample.rfind(b"\n") + 1] or sample if start + len(sample) < len(data) else sample


# ---- HTML

_META_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""")
_NOT_DATED = (
    "//body//*[self::footer or @id='footer' or contains(concat(' ', @class, ' '), ' footer ')]"
    " | //body//p[not(@*) and not(.//time)]"
)
_TABLE_RULE = re.compile(r"\|[-| ]+\|?")


def read_html(data: bytes) -> Content:
    """A web page that was saved: the article in it, without menus and comments, one block a paragraph."""
    import trafilatura

    _hush("trafilatura", "htmldate")
    page, warning = _decode_html(data)
    try:
        document = trafilatura.bare_extraction(page, include_comments=False, with_metadata=True)
        published = _declared_date(page)
    except Exception as error:  # see the module's docstring
        raise UnreadableFile(f"broken HTML: {_reason(error)}") from error
    text = _blocks(_clean(getattr(document, "text", None) or ""))
    if not text:
        raise UnreadableFile("no article text found")
    return Content(
        text=text,
        title=_title(getattr(document, "title", None)),
        author=_line(getattr(document, "author", None)),
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


# ---- PDF

_HYPHENATED = re.compile(r"[^\W\d_][-\u2010\u00ad]$")
_SENTENCE_END = re.compile(r"[.!?…:][\"'”’»)\]]*$")
_SHORT_LINE = 0.85  # of the width of the text
_HEADING_LINE = 0.6


def read_pdf(data: bytes) -> Content:
    """A PDF with text in it; pages are joined by a blank line. A page starts where its text does."""
    import pypdf
    from pypdf.errors import DependencyError

    _hush("pypdf")
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFile("locked with a password")
        pages = [_clean(unwrap(page.extract_text())) for page in reader.pages]
        title, author, published = _pdf_metadata(reader)
    except UnreadableFile:
        raise
    except DependencyError as error:
        raise UnreadableFile("encrypted with AES: save it without, or pip install cryptography") from error
    except Exception as error:  # see the module's docstring
        raise UnreadableFile(f"broken PDF: {_reason(error)}") from error
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
        return _title(metadata.title), _line(metadata.author), published
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


# ---- Word

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what Word wraps an encrypted .docx in; an old .doc starts so, too
_LARGEST_PART = 200_000_000  # bytes of XML, unpacked


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
        raise UnreadableFile(f"broken Word file: {_reason(error)}") from error
    if not text:
        raise UnreadableFile("empty")
    return Content(text=text, title=_title(title), author=_line(author))


def _refuse_bomb(data: bytes) -> None:
    """A small archive can unpack to more than the memory holds."""
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist() if part.filename.endswith(".xml")) > _LARGEST_PART:
            raise UnreadableFile(f"unpacks to more than {_LARGEST_PART // 1_000_000} MB: split it")


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
    return "\n".join(line for line in map(str.strip, _clean(text).splitlines()) if line)


# ---- small things that several formats need

_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY_MONTH_YEAR = re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)? {_MONTH},? (?P<year>\d{{4}})")
_MONTH_DAY_YEAR = re.compile(rf"{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})")
_WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? ")
_EARLIEST_YEAR = 1500  # 0001-01-01 is how some tools write "no date"
_USELESS_TITLE = re.compile(
    r"untitled.*|\(?unspecified\)?|\(?anonymous\)?|(?:word )?document ?\d*|microsoft (?:word|powerpoint|excel) - .*"
    r"|\S+\.(?:docx?|pdf|indd|qxd|tex|dvi|html?|txt|rtf)",
    re.IGNORECASE,
)
_UNWANTED = dict.fromkeys([*range(32), 127, 0xAD]) | {  # 0xAD: the soft hyphen, which would hide a word from search
    9: " ",
    10: "\n",
    11: "\n",  # what Word's manual line break becomes
    12: "\n",
    13: "\n",
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)},  # ligatures: oﬃce -> office
}


def iso_date(value: object) -> str | None:
    """`YYYY-MM-DD` from a date, a datetime or a string with day, month and year; None for anything else.

    Read are ISO 8601, RFC 2822 and English dates with the month in letters. 06/07/2024 is not: it is two dates. The
    day is the one that is written, in whatever time zone.
    """
    if isinstance(value, datetime.date):
        date: datetime.date | None = value
    elif isinstance(value, str) and len(value) <= 100:
        date = _parse_date(" ".join(value.split()))
    else:
        date = None
    return date.strftime("%Y-%m-%d") if date and date.year >= _EARLIEST_YEAR else None


def _parse_date(text: str) -> datetime.date | None:
    for parse in (datetime.datetime.fromisoformat, _from_words, parsedate_to_datetime):
        try:
            return parse(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def _from_words(text: str) -> datetime.date:
    """`20 June 2024`, `Thursday, June 20th, 2024`. Raises ValueError for anything else."""
    bare = _WEEKDAY.sub("", text.lower(), count=1)
    match = _DAY_MONTH_YEAR.fullmatch(bare) or _MONTH_DAY_YEAR.fullmatch(bare)
    if not match:
        raise ValueError(text)
    return datetime.date(int(match["year"]), 1 + _MONTHS.index(match["month"][:3]), int(match["day"]))


def _line(value: object) -> str | None:
    """A string of a file's metadata on one line, or None where there is none."""
    return " ".join(_clean(value).split()) or None if isinstance(value, str) else None


def _title(value: object) -> str | None:
    title = _line(value)
    return None if title is None or _USELESS_TITLE.fullmatch(title) else title


def _clean(text: str) -> str:
    """Extracted text without control characters and lone surrogates (JSON and SQLite refuse those)."""
    return _SURROGATE.sub("\ufffd", text.replace("\r\n", "\n").translate(_UNWANTED))


def _reason(error: Exception) -> str:
    return (_line(str(error)) or type(error).__name__)[:120]


def _hush(*names: str) -> None:
    """Libraries log what they think of a file; the report of a build says it in its own words."""
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL)
