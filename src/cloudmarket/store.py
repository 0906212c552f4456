"""Where files live, and how they are written: whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

from cloudmarket.errors import BusyError, CloudMarketError


def root() -> Path:
    """Return the project folder: ``CLOUDMARKET_ROOT``, or the checkout this package is installed from.

    Raises
    ------
    CloudMarketError
        If neither holds a ``data`` folder.
    """
    chosen = Path(os.environ.get("CLOUDMARKET_ROOT") or Path(__file__).resolve().parents[2])
    if not (chosen / "data").is_dir():
        raise CloudMarketError(
            f"{chosen} holds no data folder. Run inside a clone of the project, or set CLOUDMARKET_ROOT to one."
        )
    return chosen


def raw(source: str) -> Path:
    """Return the folder of a source: sidecar, snapshot list and folded history."""
    return root() / "data" / "raw" / source


def processed() -> Path:
    """Return the folder of the published tables."""
    return root() / "data" / "processed"


def cache() -> Path:
    """Return the folder for downloads: ``CLOUDMARKET_CACHE``, or the user's cache folder."""
    chosen = os.environ.get("CLOUDMARKET_CACHE")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("cloudmarket", appauthor=False))


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old bytes or the new ones, never a part.

    Raises
    ------
    OSError
        If the disk is full or the folder cannot be written; the old file is untouched then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


_STAGING = ".staging"
_READY = ".ready"


@contextmanager
def transaction(target: Path) -> Iterator[Path]:
    """Give a folder to write files in; when the block ends well, all of them replace those in ``target``.

    Paths below the given folder are paths below ``target``. If the block fails, or the process is killed in it,
    ``target`` is as it was. If the process is killed while files are put in place, :func:`recover` finishes.
    Call it while holding :func:`lock`.
    """
    recover(target)
    folder = target / _STAGING
    folder.mkdir()
    try:
        yield folder
        write_atomic(folder / _READY, b"")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    recover(target)


def recover(target: Path) -> None:
    """Finish what a killed process had ready, or throw away what it had not. Safe to call at any time."""
    folder = target / _STAGING
    if (folder / _READY).exists():
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.name != _READY:
                place = target / path.relative_to(folder)
                place.parent.mkdir(parents=True, exist_ok=True)
                path.replace(place)
    if folder.exists():
        shutil.rmtree(folder)


def settle() -> None:
    """Finish what a killed process had ready, before anything is read.

    Raises
    ------
    BusyError
        If another process is putting files in place at this moment.
    """
    target = root() / "data"
    if (target / _STAGING / _READY).exists():
        with lock():
            recover(target)


@contextmanager
def lock() -> Iterator[None]:
    """Hold the one right to write data.

    Raises
    ------
    BusyError
        If another process holds it. The operating system frees it when that process ends, however it ends.
    """
    path = root() / "data" / ".lock"
    try:
        with FileLock(path, timeout=0):
            yield
    except Timeout as error:
        raise BusyError(
            f"another process is writing the tables (lock {path}). Wait until it ends, then run again."
        ) from error
