"""Text of articles and models, without what would steer the screen that it is shown on."""

from __future__ import annotations

import unicodedata

_KEPT = "\n\t\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"


class _Shown(dict[int, str | int | None]):
    """Code point -> what is shown for it, found out when it is first met."""

    def __missing__(self, code: int) -> str | int | None:
        steers = unicodedata.category(chr(code)) in ("Cc", "Cf") and chr(code) not in _KEPT
        self[code] = shown = "\N{REPLACEMENT CHARACTER}" if steers else code
        return shown


_SHOWN = _Shown({ord("\N{SOFT HYPHEN}"): None})


def plain(text: str) -> str:
    """`text` without control characters, escapes and overrides of the writing direction.

    Each becomes U+FFFD. Line ends become `\\n`; soft hyphens go; joiners, which some scripts need, stay.
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_SHOWN)
