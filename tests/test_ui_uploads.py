"""What is taken into the folder, and what is not."""

import threading
from pathlib import Path

import pytest

from index.errors import InputError
from index.load import MAX_BYTES
from ui import uploads
from ui.uploads import Uploads


@pytest.fixture
def desk(tmp_path: Path) -> Uploads:
    for name in ("articles", "store", "incoming"):
        (tmp_path / name).mkdir()
    return Uploads(tmp_path / "articles", tmp_path / "store")


def incoming(desk: Uploads, text: str = "An article.") -> Path:
    path = desk.folder.parent / "incoming" / "x"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_copied_and_remembered(desk: Uploads) -> None:
    assert desk.take(incoming(desk), "Über uns.TXT").reason is None
    assert (desk.folder / "Über uns.TXT").read_text(encoding="utf-8") == "An article."
    assert Uploads(desk.folder, desk.store).files() == {"Über uns.TXT"}


@pytest.mark.parametrize(
    "name",
    [
        "../escape.txt", "a/b.txt", "a\\b.txt", "/etc/a.txt", "C:a.txt", "..txt", ".hidden.txt", "a\x00.txt", "a\n.txt",
        "a\u202e.txt", " a.txt", "a.txt ", "a*.txt", "\ud800.txt",
    ],
)  # fmt: skip
def test_no_name_leads_out_of_the_folder_or_hides(desk: Uploads, name: str) -> None:
    before = sorted(desk.folder.parent.rglob("*"))
    path = incoming(desk)
    assert "name has characters" in (desk.take(path, name).reason or "")
    assert sorted(desk.folder.parent.rglob("*")) == sorted([*before, path])


def test_formats_lengths_and_sizes_have_limits(desk: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "not a format that is read" in (desk.take(incoming(desk), "a.exe").reason or "")
    assert "not a format that is read" in (desk.take(incoming(desk), "txt").reason or "")
    assert "longer than 200 bytes" in (desk.take(incoming(desk), "ü" * 100 + ".txt").reason or "")
    assert MAX_BYTES == 100_000_000
    monkeypatch.setattr(uploads, "MAX_BYTES", 5)
    assert "larger than" in (desk.take(incoming(desk), "a.txt").reason or "")


def test_nothing_is_overwritten(desk: Uploads) -> None:
    (desk.folder / "a.txt").write_text("mine", encoding="utf-8")
    (desk.folder / "b.txt").symlink_to(desk.folder / "nowhere")
    assert desk.take(incoming(desk), "a.txt").reason == "a file of that name is in the folder; rename it"
    assert desk.take(incoming(desk), "b.txt").reason == "a file of that name is in the folder; rename it"
    assert desk.take(incoming(desk, "mine"), "a.txt").reason == "is in the folder already"
    assert (desk.folder / "a.txt").read_text(encoding="utf-8") == "mine"
    assert desk.files() == set()


def test_a_copy_that_fails_half_way_leaves_nothing(desk: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: object, target: object) -> None:
        target.write(b"half")  # type: ignore[attr-defined]
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads.shutil, "copyfileobj", full)
    assert "No space left" in (desk.take(incoming(desk), "a.txt").reason or "")
    assert list(desk.folder.iterdir()) == []
    assert desk.files() == set()


def test_removing_moves_into_the_trash(desk: Uploads) -> None:
    desk.take(incoming(desk), "a.txt")
    first = desk.remove("a.txt")
    desk.take(incoming(desk, "Another."), "a.txt")
    second = desk.remove("a.txt")
    assert [path.read_text(encoding="utf-8") for path in (first, second)] == ["An article.", "Another."]
    assert {first.parent, second.parent} == {desk.store / "trash"}
    assert (list(desk.folder.iterdir()), desk.files()) == ([], set())


def test_only_what_was_uploaded_can_be_removed(desk: Uploads) -> None:
    (desk.folder / "mine.txt").write_text("mine", encoding="utf-8")
    for name in ("mine.txt", "../store/uploads.json", "none.txt"):
        with pytest.raises(InputError, match="was not uploaded here"):
            desk.remove(name)
    assert (desk.folder / "mine.txt").exists()
    for name, spoil in (("gone.txt", Path.unlink), ("new.txt", lambda path: path.write_text("mine", encoding="utf-8"))):
        desk.take(incoming(desk), name)
        spoil(desk.folder / name)
        with pytest.raises(InputError, match="no longer what was uploaded"):
            desk.remove(name)
    assert (desk.folder / "new.txt").read_text(encoding="utf-8") == "mine"
    assert desk.files() == set()


def test_a_file_that_cannot_be_taken_away_stays_and_is_not_left_twice(
    desk: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.take(incoming(desk), "a.txt")
    unlink = Path.unlink

    def denied(path: Path, missing_ok: bool = False) -> None:
        if path.parent == desk.folder:
            raise PermissionError(13, "Permission denied")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", denied)
    with pytest.raises(InputError, match=r"cannot be moved to .*: Permission denied"):
        desk.remove("a.txt")
    assert list((desk.store / "trash").iterdir()) == []
    assert desk.files() == {"a.txt"}


def test_many_at_once_are_all_remembered_and_one_name_is_taken_once(desk: Uploads) -> None:
    source, taken = incoming(desk), []

    def take(name: str) -> None:
        taken.append(Uploads(desk.folder, desk.store).take(source, name).reason)

    names = [f"{n}.txt" for n in range(10)] + ["same.txt"] * 10
    threads = [threading.Thread(target=take, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken.count(None) == 11
    assert desk.files() == set(names)
