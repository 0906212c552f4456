"""A folder for what does not fit in memory, gone when the process is, even if the process was killed."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from filelock import FileLock, Timeout

from cloudmarket import store

_PREFIX = "process-"


def spill_folder() -> Path:
    """Return a new folder of this process in the user's cache, which is removed at exit.

    The system's temporary folder is taken only where the cache cannot be written: on many machines it is memory.
    What killed processes left behind is removed first.
    """
    try:
        parent = store.cache() / "spill"
        parent.mkdir(parents=True, exist_ok=True)
        _sweep(parent)
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="cloudmarket-spill-"))
    lock = FileLock(_lock(folder))
    lock.acquire()
    atexit.register(_remove, folder, lock, os.getpid())
    return folder


def _lock(folder: Path) -> Path:
    return folder.with_name(folder.name + ".lock")


def _remove(folder: Path, lock: FileLock, owner: int) -> None:
    # A fork inherits what its parent does at exit, but not the folder.
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()
        _lock(folder).unlink(missing_ok=True)


def _sweep(parent: Path) -> None:
    """Remove the folders whose process no longer holds its lock."""
    for path in parent.glob(f"{_PREFIX}*.lock"):
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue
        shutil.rmtree(path.with_suffix(""), ignore_errors=True)
        lock.release()
        path.unlink(missing_ok=True)
