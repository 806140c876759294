"""A build that runs beside the chat. One at a time; everybody sees the same one."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from pathlib import Path

from index.builder import Progress, build
from index.embed import Embedder
from index.errors import BylineError
from index.models import BuildReport
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
    """Builds of one folder in a thread of their own."""

    def __init__(self, folder: Path, settings: Settings, embedder: Embedder) -> None:
        self.folder, self.settings, self.embedder = folder, settings, embedder
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
        try:
            return State(report=build(self.folder, self.settings, self._tell, self.embedder))
        except BylineError as error:
            return State(problem=str(error))
        except Exception as error:  # a thread has nobody else to tell: its user reads it in the library
            _LOG.exception("indexing %s broke", self.folder)
            return State(problem=f"Indexing broke: {type(error).__name__}: {error}")

    def _tell(self, step: Progress) -> None:
        self.state = State(running=True, step=step)
