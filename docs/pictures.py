"""Draw the terminal pictures of the README from real answers: `make pictures`."""

import io
import re
import tempfile
from pathlib import Path

from rich.console import Console

from index import Settings, build
from index.reader import Reader
from qa import Assistant
from qa.survey import survey
from ui.conflicts import show_conflict
from ui.terminal import show_answer

ROOT = Path(__file__).parent.parent
QUESTIONS = {"ask.svg": "When did Putin land in Hanoi?", "refusal.svg": "Who won the World Cup?"}


def draw(assistant: Assistant, question: str, path: Path) -> None:
    """Ask, and save what the terminal shows."""
    console = terminal(f'byline ask "{question}"')
    show_answer(assistant.ask(question), console)
    save(console, path)


def draw_conflicts(reader: Reader, path: Path) -> None:
    """The first and the last place where the seeds differ."""
    console, found = terminal("byline conflicts"), survey(reader)
    cited = {citation.marker: citation for citation in found.citations}
    for number in (1, len(found.conflicts)):
        show_conflict(number, found.conflicts[number - 1], cited, console)
    save(console, path)


def terminal(command: str) -> Console:
    """A terminal on which a command has been entered."""
    console = Console(record=True, width=100, file=io.StringIO(), force_terminal=True, highlight=False)
    console.print(f"[dim]$[/] {command}")
    return console


def save(console: Console, path: Path) -> None:
    """What the terminal shows, as SVG with the reader's own fonts."""
    svg = console.export_svg(title="byline", unique_id="byline")
    without_downloads = re.sub(r"@font-face\s*{.*?}", "", svg, flags=re.DOTALL)
    path.write_text(without_downloads.replace("Fira Code", "ui-monospace"), encoding="utf-8")


def main() -> None:
    """Index the seeds in a folder that goes away, ask, and draw."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(store=folder)
        build(ROOT / "seeds", settings)
        with Assistant(settings) as assistant:
            for name, question in QUESTIONS.items():
                draw(assistant, question, ROOT / "docs" / name)
            draw_conflicts(assistant.reader, ROOT / "docs" / "conflicts.svg")


if __name__ == "__main__":
    main()
