import os
from pathlib import Path

import pytest

from index.scan import Scan, scan

SUFFIXES = {".txt", ".md"}


def made(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def paths(result: Scan) -> list[str]:
    return [found.path for found in result.found]


def test_files_below_the_folder_sorted_with_size_and_time(tmp_path: Path) -> None:
    made(tmp_path, "b.txt", "a/z.md", "a/b/c.TXT", "a.txt")
    result = scan(tmp_path, tmp_path / ".byline", SUFFIXES)
    assert paths(result) == ["a.txt", "a/b/c.TXT", "a/z.md", "b.txt"]
    status = (tmp_path / "b.txt").stat()
    assert (result.found[3].size, result.found[3].mtime_ns) == (5, status.st_mtime_ns)
    assert (result.skipped, result.unread) == ([], [])


def test_other_formats_are_told(tmp_path: Path) -> None:
    made(tmp_path, "a.xyz", "Makefile")
    assert scan(tmp_path, tmp_path / "s", SUFFIXES).skipped == [
        ("Makefile", "not a format that is read (no suffix)"),
        ("a.xyz", "not a format that is read (.xyz)"),
    ]


def test_hidden_files_and_the_store_are_not_looked_at(tmp_path: Path) -> None:
    made(tmp_path, ".hidden.txt", ".git/a.txt", "sub/store/a.txt", "store/a.txt", "a.txt")
    assert paths(scan(tmp_path, tmp_path / "store", SUFFIXES)) == ["a.txt", "sub/store/a.txt"]
    (tmp_path / "link").symlink_to(tmp_path / "sub" / "store")
    result = scan(tmp_path, tmp_path / "link", SUFFIXES)
    assert paths(result) == ["a.txt", "store/a.txt"]
    assert result.skipped == []


def test_links_are_followed_once_and_never_take_the_place_of_what_is_here(tmp_path: Path) -> None:
    made(tmp_path, "outside/b.txt", "in/real/a.txt")
    (tmp_path / "in" / "zlink").symlink_to(tmp_path / "in" / "real")
    (tmp_path / "in" / "alink").symlink_to(tmp_path / "in" / "real")
    (tmp_path / "in" / "out").symlink_to(tmp_path / "outside")
    (tmp_path / "in" / "file.txt").symlink_to(tmp_path / "outside" / "b.txt")
    result = scan(tmp_path / "in", tmp_path / "s", SUFFIXES)
    assert paths(result) == ["file.txt", "out/b.txt", "real/a.txt"]
    assert result.skipped == [(name, "a link to a folder that is indexed already") for name in ("alink", "zlink")]


@pytest.mark.timeout(20)
def test_loops_end(tmp_path: Path) -> None:
    made(tmp_path, "sub/a.txt")
    (tmp_path / "sub" / "up").symlink_to(tmp_path)
    (tmp_path / "sub" / "here").symlink_to(".")
    (tmp_path / "self.txt").symlink_to("self.txt")
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    (tmp_path / "broken.txt").symlink_to("nowhere")
    result = scan(tmp_path, tmp_path / "s", SUFFIXES)
    assert paths(result) == ["sub/a.txt"]
    reasons = dict(result.skipped)
    assert set(reasons) == {"sub/up", "sub/here", "self.txt", "one", "two", "broken.txt"}
    assert reasons["self.txt"].startswith("cannot be read: Too many levels")
    assert reasons["broken.txt"] == "a link that leads nowhere"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    assert scan(tmp_path, tmp_path / "s", SUFFIXES).skipped == [("a.txt", "not a regular file")]


def test_a_folder_that_cannot_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path, "locked/a.txt", "open/b.txt")
    listed = os.scandir

    def refuse(path: Path) -> object:  # not chmod: root may list everything
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "scandir", refuse)
    result = scan(tmp_path, tmp_path / "s", SUFFIXES)
    assert paths(result) == ["open/b.txt"]
    assert result.skipped == [("locked", "the folder cannot be listed: Permission denied")]
    assert result.unread == ["locked/"]


def test_a_name_that_is_not_unicode(tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt")).write_text("x")
    except OSError as error:
        pytest.skip(f"the file system refuses such names: {error}")
    result = scan(tmp_path, tmp_path / "s", SUFFIXES)
    assert result.skipped == [("?.txt", "the file name is not valid Unicode: rename it")]
