"""Which language model phrases an answer. This version has none: every answer is quoted word for word."""

from __future__ import annotations

from index.errors import InputError

NONE = "none"


def check_llm(llm: object) -> None:
    """Raise `InputError` for a language model that was asked for: None, "auto" and "none" all mean to quote."""
    if llm is not None and llm not in ("auto", NONE):
        name = llm if isinstance(llm, str) else type(llm).__name__
        raise InputError(f'This version of Byline quotes only and uses no language model; give llm="none", not {name}.')
