"""The library -> HTML: the list of articles, how far a build is, what it did. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from index.builder import Progress
from index.models import BuildReport
from index.stored import ArticleEntry
from qa.models import count
from ui.markup import button, esc, join, tag, text

PAGE = 50  # articles on a page
_LISTED = 200  # skipped files that are named
_OPEN = 5  # so many are seen at once


def matching(entries: Sequence[ArticleEntry], words: str) -> list[ArticleEntry]:
    """The articles whose title or file name holds every one of `words`, whatever the case."""
    wanted = words.casefold().split()
    if not wanted:
        return list(entries)
    return [e for e in entries if all(word in f"{e.title or ''} {e.file}".casefold() for word in wanted)]


def listing(entries: Sequence[ArticleEntry], words: str, page: int, removable: Collection[str]) -> str:
    """One page (from 0) of the articles that match `words`. Only what is `removable` has a button that removes it."""
    matched = matching(entries, words)
    pages = max(1, -(-len(matched) // PAGE))
    page = min(max(page, 0), pages - 1)
    shown = matched[page * PAGE : (page + 1) * PAGE]
    if not shown:
        return text(
            "p", "No article matches." if entries else "There are no articles yet. Add some above.", class_="empty"
        )
    here = {entry.content for entry in shown}
    copies = Counter(entry.content for entry in entries if entry.content in here)
    names = join(text("th", name, scope="col") for name in ("Article", "Date", "Sentences"))
    head = tag("thead", tag("tr", names + tag("td")))
    rows = tag("tbody", join(_row(entry, copies[entry.content], entry.file in removable) for entry in shown))
    caption = text(
        "caption", f"{count(len(matched), 'article')}" + (f", page {page + 1} of {pages}" if pages > 1 else "")
    )
    return tag("div", tag("table", caption + head + rows), class_="articles") + _pages(page, pages)


def _row(entry: ArticleEntry, copies: int, removable: bool) -> str:
    name = entry.title or entry.file
    opening = text(
        "button", name, type="button", class_="link", dir="auto", data_event="read", data_file=entry.file, data_at="",
        aria_label=f"Read {name}",
    )  # fmt: skip
    file = text("span", entry.file, class_="file") if entry.title else ""
    same = text("span", f"the same text in {count(copies, 'file')}", class_="same") if copies > 1 else ""
    cells = (
        tag("td", join((opening, file, same))),
        tag("td", esc(entry.published or "–")),
        tag("td", f"{entry.sentences:,}", class_="number"),
        tag("td", _remove(entry.file, name) if removable else ""),
    )
    return tag("tr", join(cells))


def _remove(file: str, name: str) -> str:
    return text(
        "button", "Remove", type="button", data_event="remove", data_file=file, aria_label=f"Remove {name}",
        data_confirm=f"Remove {file} from the folder? It is kept in the trash of the index.",
    )  # fmt: skip


def _pages(page: int, pages: int) -> str:
    if pages == 1:
        return ""
    before = button("← Previous", "browse", page=page - 1) if page else ""
    after = button("Next →", "browse", page=page + 1) if page + 1 < pages else ""
    return tag("nav", before + after, class_="pages", aria_label="Pages")


def progress(step: Progress | None) -> str:
    """How far a build is."""
    if step is None or not step.files_total:
        return tag(
            "div",
            text("p", "Looking at the folder …") + tag("progress", "", aria_label="Indexing"),
            class_="progress",
            role="status",
        )
    rate = f", {step.sentences / step.seconds:,.0f} sentences a second" if step.sentences and step.seconds else ""
    line = f"{step.title}: {step.files:,} of {step.files_total:,} files{rate}"
    bar = tag("progress", "", max=step.files_total, value=step.files, aria_label="Indexing")
    return tag("div", text("p", line) + bar, class_="progress", role="status")


def report(done: BuildReport, removable: Collection[str]) -> str:
    """What a build did, and what it passed over and why."""
    counts = ("added", "changed", "renamed", "removed", "unchanged", "skipped")
    parts = [f"{len(getattr(done, name)):,} {name}" for name in counts if getattr(done, name)]
    line = text("p", f"Done in {done.seconds:.1f} s: {', '.join(parts) or 'no articles'}.")
    known = _noted("Worth knowing", done.warnings, ())
    return tag("div", line, role="status") + known + skipped(done.skipped, removable)


def skipped(files: Sequence[tuple[str, str]], removable: Collection[str]) -> str:
    """The files that are not in the index, each with the reason; those that are `removable` can be removed."""
    return _noted("Skipped", files, removable)


def _noted(title: str, lines: Sequence[tuple[str, str]], removable: Collection[str]) -> str:
    """A list of files with something to be said of each; a long one is folded away under its number."""
    if not lines:
        return ""
    items = join(
        tag(
            "li", f"{text('span', file, class_='file')} {esc(why)}" + (_remove(file, file) if file in removable else "")
        )
        for file, why in lines[:_LISTED]
    )
    more = text("p", f"… and {len(lines) - _LISTED:,} more") if len(lines) > _LISTED else ""
    summary = text("summary", f"{title}: {count(len(lines), 'file')}")
    return tag("details", summary + tag("ul", items) + more, class_="noted", open=len(lines) <= _OPEN)


def problem(message: str) -> str:
    """Something that went wrong, in words."""
    return join(text("p", line, class_="problem", role="alert") for line in message.splitlines())
