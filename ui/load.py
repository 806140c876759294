"""How long people wait in the chat, one alone and many at once. Asks a real server as the page does."""

from __future__ import annotations

import asyncio
import json
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

_EVIDENCE = "passages found"  # what the page says as soon as there is evidence
_PATIENCE = 120.0  # seconds


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds from sending a question to seeing evidence, and to seeing the whole answer."""

    evidence: float
    answer: float


def measure(questions: Sequence[str], store: str, people: int, rounds: int) -> tuple[list[Wait], list[Wait]]:
    """The waits of one person who asks `people * rounds` questions, and of `people` who ask at once, `rounds` times."""
    with _serving(store) as address:
        return asyncio.run(_measure(address, questions, people, rounds))


async def _measure(address: str, questions: Sequence[str], people: int, rounds: int) -> tuple[list[Wait], list[Wait]]:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=_PATIENCE, limits=limits) as http:
        function = _function((await http.get("/config")).json())
        asked = [questions[n % len(questions)] for n in range(people * rounds)]
        sessions = [secrets.token_hex(6) for _ in range(people)]
        for session in sessions:  # as when a page is opened, and once to warm up
            await _ask(http, function, session, asked[0])
        alone = [await _ask(http, function, sessions[n % people], question) for n, question in enumerate(asked)]
        together: list[Wait] = []
        for start in range(0, len(asked), people):
            batch = zip(sessions, asked[start : start + people], strict=True)
            together += await asyncio.gather(*(_ask(http, function, *person) for person in batch))
        return alone, together


def _function(config: Mapping[str, Any]) -> int:
    """The number of the handler that Enter in the question box goes to: the first that a text box submits to."""
    wired = [[event for _, event in dependency["targets"]] for dependency in config["dependencies"]]
    return wired.index(["submit"])


async def _ask(http: httpx.AsyncClient, function: int, session: str, question: str) -> Wait:
    """Ask and read what comes as it comes, as the page does."""
    started, evidence = time.perf_counter(), 0.0
    data = [question, None, None, None, ""]  # the box, the state, and no filters
    join = {"data": data, "fn_index": function, "session_hash": session, "event_data": None, "trigger_id": None}
    (await http.post("/gradio_api/queue/join", json=join)).raise_for_status()
    async with http.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        async for line in stream.aiter_lines():
            if not evidence and _EVIDENCE in line:
                evidence = time.perf_counter() - started
            if line.startswith("data:") and (message := json.loads(line[5:]))["msg"] == "process_completed":
                answered = time.perf_counter() - started
                if not message["success"]:
                    raise RuntimeError(f"{question!r} was not answered: {line[:300]}")
                return Wait(evidence or answered, answered)
    raise RuntimeError(f"{question!r} was not answered")


@contextmanager
def _serving(store: str) -> Iterator[str]:
    command = [str(Path(sys.executable).with_name("byline")), "chat", "--store", store]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 our own command
        try:
            assert process.stdout
            line = process.stdout.readline()
            if not line.startswith("Byline is at "):
                raise RuntimeError("the chat did not start; its message is above")
            yield line.split()[3]
        finally:
            process.terminate()


def table(alone: Sequence[Wait], together: Sequence[Wait], people: int) -> str:
    """The waits side by side, in milliseconds, as Markdown."""
    rows = ["| wait | median | 95% | longest | n |", "| --- | ---: | ---: | ---: | ---: |"]
    for name, waits in (("one person", alone), (f"{people} people at once", together)):
        for what in ("evidence", "answer"):
            found = sorted(getattr(wait, what) * 1000 for wait in waits)
            late = found[min(len(found) - 1, int(0.95 * len(found)))]
            figures = " | ".join(f"{figure:.0f} ms" for figure in (statistics.median(found), late, found[-1]))
            rows.append(f"| {name}: {what} | {figures} | {len(found)} |")
    typical = statistics.median(wait.evidence for wait in alone)
    ratio = max(wait.evidence for wait in together) / typical
    rows.append(f"| longest wait for evidence among {people} / median of one | {ratio:.1f} | | | {len(together)} |")
    return "\n".join(rows) + "\n"
