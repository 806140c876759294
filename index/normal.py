"""When do two sentences say the same words? When they differ in case, quotation marks and white space alone."""

from __future__ import annotations

import hashlib
import re

_QUOTATION_MARKS = re.compile("[\"“”„‟«»‹›`´]|(?<!\\w)['‘’‚‛]|['‘’‛](?!\\w)")
_SPACE = re.compile(r"\s+")


def same_words(text: str) -> str:
    """A form that is equal for two sentences exactly if they may be shown as one."""
    return _SPACE.sub(" ", _QUOTATION_MARKS.sub("", text).replace("’", "'").replace("‘", "'")).strip().casefold()


def text_key(text: str) -> int:
    """A 63-bit key of `same_words(text)`. Compare the words themselves before relying on equal keys."""
    digest = hashlib.blake2b(same_words(text).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
