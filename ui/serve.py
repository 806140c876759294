"""`byline chat`: the page on an address, and who may reach it."""

from __future__ import annotations

import ipaddress
import os
import tempfile
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse

from index.errors import InputError
from index.load import MAX_BYTES

if TYPE_CHECKING:
    import gradio as gr

    from ui.chat import Chat

_HERE = Path(__file__).parent
_THREADS = 100  # handlers at once: a question that waits for its turn keeps one
_LOCAL_NAMES = ["127.0.0.1", "localhost", "[::1]"]
# Defence in depth: were an article ever to get past the escaping, the page could still load and send nothing elsewhere.
# Gradio needs inline scripts and compiles templates in the browser.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self'"
)
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]
_Message = MutableMapping[str, Any]
_App = Callable[[Any, Any, Any], Awaitable[None]]


class SafeHeaders:
    """ASGI middleware that adds the security headers to every response."""

    def __init__(self, app: _App) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Callable[[_Message], Awaitable[None]]) -> None:
        """Pass a request on."""

        async def sending(message: _Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *_HEADERS]
            await send(message)

        await self.app(scope, receive, sending)


class OwnPagesOnly:
    """ASGI middleware that refuses what a browser sends for a page of another site, logged in or not.

    A browser tells where a request comes from (`Origin`, `Sec-Fetch-Site`); programs tell nothing, and may come in.
    Opening the chat by a link elsewhere is fine.
    """

    def __init__(self, app: _App) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Callable[[_Message], Awaitable[None]]) -> None:
        """Pass a request on, or answer 403."""
        if scope["type"] in ("http", "websocket") and _is_foreign(Headers(scope=scope), scope.get("method", "")):
            await PlainTextResponse("Requests from pages of other sites are refused.", 403)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _is_foreign(headers: Headers, method: str) -> bool:
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
    if origin is not None and urlsplit(origin).netloc != headers.get("host"):
        return True
    navigates = method == "GET" and headers.get("sec-fetch-mode") == "navigate"
    return site in ("cross-site", "same-site") and not navigates


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def login(auth: str) -> tuple[str, str] | None:
    """`user:password` as a pair, None for "". Raises `InputError` for anything else."""
    user, colon, password = auth.partition(":")
    if auth and not (user and colon and password):
        raise InputError(
            "--auth (or BYLINE_AUTH) is a user and a password with a colon between them: --auth ann:secret"
        )
    return (user, password) if auth else None


def check_access(host: str, auth: tuple[str, str] | None, without_auth: bool) -> None:
    """Raise `InputError` for an address that others can reach, where nobody said that they may."""
    if is_loopback(host) or auth or without_auth:
        return
    raise InputError(
        f"Whoever reaches {host} could read and add articles. Give --auth user:password (or BYLINE_AUTH), or "
        "--without-auth if that is what you want."
    )


@contextmanager
def serving(chat: Chat, host: str, port: int | None, auth: tuple[str, str] | None) -> Iterator[str]:
    """Serve the page while the context lasts; gives its address.

    Without a `port`, the first free one from 7860 on is taken. Raises `InputError` for an address that cannot be had.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before it is imported
    with tempfile.TemporaryDirectory(prefix="byline-", ignore_cleanup_errors=True) as uploads:
        os.environ["GRADIO_TEMP_DIR"] = uploads  # uploads on their way: readable by this user alone, gone afterwards
        from ui.layout import build_page

        page = build_page(chat)
        try:
            yield _launch(page, host, port, auth)
        finally:
            page.close(verbose=False)


def _launch(page: gr.Blocks, host: str, port: int | None, auth: tuple[str, str] | None) -> str:
    guards = [Middleware(SafeHeaders), Middleware(OwnPagesOnly)]
    if is_loopback(host) and auth is None:  # or else a web page elsewhere could give its own name our address
        guards.append(Middleware(TrustedHostMiddleware, allowed_hosts=[*_LOCAL_NAMES, _bracketed(host)]))
    try:
        page.launch(
            server_name=_bracketed(host),
            server_port=port,
            auth=auth,
            prevent_thread_lock=True,
            max_threads=_THREADS,
            quiet=True,
            show_error=True,
            share=False,
            ssr_mode=False,
            run_history=False,
            enable_monitoring=False,
            footer_links=["settings", "api"],
            max_file_size=MAX_BYTES,
            app_kwargs={"middleware": guards},
            favicon_path=_HERE / "favicon.png",
            theme=_theme(),
            head=_head(),
        )
    except OSError as error:
        taken = f"Port {port} of {host} cannot be had" if port else f"No port of {host} can be had"
        raise InputError(f"{taken}; choose another with --host and --port. ({error})") from error
    return f"http://{_bracketed(host)}:{page.server_port}"


def _bracketed(host: str) -> str:
    """An IPv6 address as it stands in an address of the web."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _head() -> str:
    """Style and behaviour of the page. Not by `css=`: Gradio takes selectors apart at commas inside `:is()`."""
    style, script = ((_HERE / name).read_text(encoding="utf-8") for name in ("chat.css", "chat.js"))
    return f"<style>{style}</style><script>{script}</script>"


def _theme() -> gr.themes.Base:
    import gradio as gr

    theme = gr.themes.Base(
        primary_hue="blue",
        neutral_hue="slate",
        font=["system-ui", "sans-serif"],  # none from elsewhere
        font_mono=["ui-monospace", "monospace"],
    )
    return theme.set(button_primary_background_fill="*primary_600")  # white on it is easy to read
