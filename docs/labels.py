"""How many written sentences say more than what they cite? Labels by a reader, matched to the sentences of runs.

python docs/labels.py docs/labels.jsonl runs/labels.md runs/models-NAME ...; what has no label yet goes to
runs/labels.unread.jsonl, to be read and put into docs/labels.jsonl as its key and "supported": true or false.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from eval.stats import wilson


def written(folder: Path) -> Iterator[dict[str, str]]:
    """Every sentence that a language model wrote in a run of Byline, and what it cites."""
    for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        answer = row["answer"] if row["system"] == "byline" else None
        quotes = {citation["marker"]: citation["quote"] for citation in answer["citations"]} if answer else {}
        for statement in answer["statements"] if answer else ():
            if statement["support"] == "supported":
                cited = " ".join(quotes[marker] for marker in statement["citations"])
                key = hashlib.sha256(f"{statement['text']}\n{cited}".encode()).hexdigest()[:16]
                yield {"key": key, "question": answer["question"], "sentence": statement["text"], "cites": cited}


def main(labels: Path, out: Path, folders: list[Path]) -> None:
    """Write the share, with its interval, and what is still to be read."""
    known = {row["key"]: row["supported"] for row in map(json.loads, labels.read_text(encoding="utf-8").splitlines())}
    lines = ["| run | sentences written | read | not supported [95% interval] |", "| --- | ---: | ---: | ---: |"]
    unread = []
    for folder in folders:
        found = list(written(folder))
        read = [known[row["key"]] for row in found if row["key"] in known]
        unread += [row for row in found if row["key"] not in known]
        share = wilson(read.count(False), len(read))
        lines.append(f"| {folder.name} | {len(found)} | {len(read)} | {share or 'n/a'} |")
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in unread)
    out.with_suffix(".unread.jsonl").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), [Path(folder) for folder in sys.argv[3:]])
