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

    `class_` stands for `class`, `_` for `-`; True gives a bare attribute, None and False give none. What is in
    `data-...` comes back from the browser as it is here, control characters and all.
    """
    given = ((key, value) for key, value in attributes.items() if value is not None and value is not False)
    return f"<{name}{join(_attribute(key, value) for key, value in given)}>{content}</{name}>"


def _attribute(key: str, value: object) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    return f' {name}="{html.escape(str(value)) if name.startswith("data-") else esc(value)}"'


def text(name: str, words: object, /, **attributes: object) -> str:
    """An element that holds `words` as text."""
    return tag(name, esc(words), **attributes)


def button(label: str, event: str, /, **data: object) -> str:
    """A button that sends `event` with `data` (attributes `data-...`) to Python."""
    return text(
        "button", label, type="button", data_event=event, **{f"data_{key}": value for key, value in data.items()}
    )


def join(parts: Iterable[str]) -> str:
    """Pieces of HTML, one after the other."""
    return "".join(parts)
