"""Bytes -> text: UTF-8, or what the bytes show them to be."""

from __future__ import annotations

import codecs
import re

from index.errors import UnreadableFile

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
