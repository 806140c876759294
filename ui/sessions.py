"""The conversations of the people who use the chat, by the session of their browser's page.

Not in Gradio's own state: that is dropped an hour after a laptop has slept, and a handler that works for a while writes
back what it was given, over what another handler has changed in the meantime.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from ui.conversation import Conversation, Turn, find, put

_KEPT = 1_000  # conversations; the one that was used longest ago goes first


class Sessions:
    """Conversations by session. Safe to share between threads."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._conversations: OrderedDict[str, Conversation] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, session: str) -> Conversation:
        """The conversation of a session; an empty one for a session that has none, or has it no more."""
        return self._conversations.get(session, ())

    def turn(self, session: str, turn_id: str) -> Turn | None:
        """A turn of a session's conversation."""
        return find(self.get(session), turn_id)

    def update(self, session: str, change: Callable[[Conversation], Conversation]) -> Conversation:
        """Have `change` make the conversation anew from what it is now. Returns what it made."""
        with self._lock:
            changed = self._conversations[session] = change(self.get(session))
            self._conversations.move_to_end(session)
            while len(self._conversations) > self._kept:
                self._conversations.popitem(last=False)
            return changed

    def put(self, session: str, turn: Turn) -> None:
        """Note what has become of a turn, or a new one at the end."""
        self.update(session, lambda turns: put(turns, turn))
