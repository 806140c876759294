"""What the tabs of the page share: areas of our own HTML, how events are sent, how errors are told."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeVar

import gradio as gr

from index.errors import BylineError

_Value = TypeVar("_Value")

PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
AT_ONCE: dict[str, Any] = {**PRIVATE, "queue": False}  # for what takes milliseconds
TOGETHER: dict[str, Any] = {**PRIVATE, "concurrency_limit": None}  # any number of people at once


def area(kind: Literal["attach", "panel", "conversation"], events: Sequence[str] = (), value: str = "") -> gr.HTML:
    """An area for HTML of ours, with the behaviour `kind` of `chat.js`.

    Clicks on what has a `data-event` arrive as that one of `events`, with its other `data-...` as event data.
    """
    named = " ".join(f"'{event}'" for event in events)  # Gradio looks for the names in this string
    return gr.HTML(value, apply_default_css=False, js_on_load=f"byline.{kind}(element, trigger, watch); // {named}")


def told(work: Callable[[], _Value]) -> _Value:
    """What `work` gives; an error that the user can do something about is shown in its own words."""
    try:
        return work()
    except BylineError as error:
        message = re.sub(r"\s*\n\s*", " ", str(error))
        raise gr.Error(message, duration=None, print_exception=False) from error
