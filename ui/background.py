"""A build that runs beside the chat. One at a time; everybody sees the same one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from index.builder import Progress, build
from index.errors import BylineError
from index.models import BuildReport
from index.opening import doubt_path
from index.reader import Reader
from index.settings import Settings

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class State:
    """How the last build is going, or how it ended."""

    running: bool = False
    step: Progress | None = None
    report: BuildReport | None = None
    problem: str = ""


class Indexing:
    """Builds of the folder that `reader` reads, in a thread of their own. `done` is called after each that worked."""

    def __init__(self, reader: Reader, settings: Settings, done: Callable[[], None]) -> None:
        self.reader, self.settings, self.done = reader, settings, done
        self.state = State()
        self._lock = threading.Lock()
        self._again = False

    def start(self) -> None:
        """Have a build run from now on. One that is running may have passed what is new: another follows it."""
        with self._lock:
            self._again = self.state.running
            if self.state.running:
                return
            self.state = State(running=True)
        threading.Thread(target=self._run, name="byline-indexing", daemon=True).start()

    def _run(self) -> None:
        while True:
            ended = self._build()
            with self._lock:
                if not self._again:
                    self.state = ended
                    return
                self._again = False

    def _build(self) -> State:
        folder, embedder = self.reader.folder, self.reader.embedder
        try:
            if doubt_path(
                self.reader.store
            ).exists():  # a build mends it, which an open client in this process prevents
                self.reader.release()
            report = build(folder, self.settings, self._tell, embedder)
            self.done()
            return State(report=report)
        except BylineError as error:
            return State(problem=str(error))
        except BaseException as error:  # Chroma's panics are no Exceptions; nobody but the library's reader hears of it
            _LOG.exception("indexing %s broke", folder)
            return State(problem=f"Indexing broke: {type(error).__name__}: {error}")

    def _tell(self, step: Progress) -> None:
        self.state = State(running=True, step=step)
