"""`byline chat`: the chat until it is interrupted."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

from index import Settings
from ui.cli import OUT, waiting
from ui.serve import check_access, login, serving

if TYPE_CHECKING:
    from ui.chat import Chat


def run_chat(settings: Settings, llm: str | None, host: str, port: int | None, without_auth: bool) -> None:
    """Load what is needed, serve, and wait for Ctrl-C or a request to end."""
    auth = login(settings.auth)
    check_access(host, auth, without_auth)
    with waiting("Loading ..."):
        from qa import Assistant
        from ui.chat import Chat

        assistant = Assistant(settings, llm=llm)
        chat = Chat(assistant)
        chat.prepare()
    chat.load_model()
    with assistant:
        serve(chat, host, port, auth)


def serve(chat: Chat, host: str, port: int | None, auth: tuple[str, str] | None) -> None:
    """Serve the chat, say where, and end it at Ctrl-C or when the system asks."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())

    with serving(chat, host, port, auth) as address:
        OUT.print(f"Byline is at {address}  (Ctrl-C ends it)", markup=False, soft_wrap=True)
        ended.wait()
