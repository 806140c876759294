"""How fast a language model reads and writes, in tokens a second: `python docs/pace.py runs/pace.md NAME ...`.

NAME as for `byline ask --llm`; a name behind openai: is asked at BYLINE_LLM_BASE_URL. Rows are added to a table that is
there already.
"""

import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from index.settings import Settings
from qa.llm.choose import choose_model
from qa.llm.model import Message, Model

ROUNDS = 5
READ = 120  # times a sentence of some eight tokens
WRITTEN = 96  # tokens


def pace(model: Model) -> tuple[float, float, int]:
    """Median tokens a second read and written, and the tokens of a prompt. No prompt begins as another does."""
    model.reply([("user", "Hello.")], 1)  # loads it
    reading, writing = [], []
    for n in range(ROUNDS):
        messages: list[Message] = [("user", f"{n} boats. " + "The ferry leaves the harbour at nine. " * READ)]
        messages[0] = ("user", messages[0][1] + "Tell a long story about that ferry.")
        before = time.perf_counter()
        read = model.reply(messages, 1)
        between = time.perf_counter()
        written = model.reply(messages, WRITTEN)  # the prompt is known by now
        after = time.perf_counter()
        reading.append(read.prompt_tokens / (between - before))
        writing.append(written.tokens / (after - between))
    return statistics.median(reading), statistics.median(writing), read.prompt_tokens


def main(out: Path, names: Sequence[str]) -> None:
    """Add a row for each model."""
    head = [f"| median of {ROUNDS} | read | written | tokens of the prompt |", "| --- | ---: | ---: | ---: |"]
    lines = out.read_text(encoding="utf-8").splitlines() if out.exists() else head
    for name in names:
        chosen = choose_model(Settings.load(), name)
        if chosen.model is None:
            sys.exit(f"{name} is no language model.")
        reading, writing, tokens = pace(chosen.model)
        chosen.close()
        lines.append(f"| {name} | {reading:.0f} tokens/s | {writing:.0f} tokens/s | {tokens} |")
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
