"""HTML put together from our own markup and escaped text: every string of an article or a model goes through `esc`."""

from __future__ import annotations

import html
from collections.abc import Iterable

from ui.plain import plain


def esc(text: object) -> str:
    """`text` as HTML that shows it and does nothing, fit for content and for attributes in double quotes."""
    return html.escape(plain(str(text)), quote=True)


def tag(name: str, content: str = "", /, **attributes: object) -> str:
    """An element around `content`, which is HTML already; values of attributes are escaped here.

    `class_` and `for_` stand for `class` and `for`, `_` for `-`; True gives a bare attribute, None and False give none.
    """
    written = "".join(
        _attribute(key, value) for key, value in attributes.items() if value is not None and value is not False
    )
    return f"<{name}{written}>{content}</{name}>"


def _attribute(key: str, value: object) -> str:
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{esc(value)}"'


def text(name: str, words: object, /, **attributes: object) -> str:
    """An element that holds `words` as text."""
    return tag(name, esc(words), **attributes)


def button(label: str, event: str, /, **data: object) -> str:
    """A button that sends `event` with `data` (attributes `data-...`) to Python; `title` is its accessible name."""
    title = data.pop("title", None)
    named = {f"data_{key}": value for key, value in data.items()}
    return text("button", label, type="button", data_event=event, aria_label=title, title=title, **named)


def join(parts: Iterable[str]) -> str:
    """Pieces of HTML, one after the other."""
    return "".join(parts)


def count(number: int, one: str, many: str = "") -> str:
    """`1 article`, `1,234 articles`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
