"""The build as doit tasks: one per notebook, one for the site; nothing runs whose inputs are as they were."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doit.exceptions import TaskFailed

from cloudmarket import store
from cloudmarket.errors import CloudMarketError
from cloudmarket.report.read import PATTERN, claims_of, figures_of, read

# Threads, because each notebook is a process of its own anyway.
SETTINGS = {"backend": "sqlite3", "par_type": "thread"}


@dataclass(frozen=True, slots=True)
class Paths:
    """Where a report lives: executed notebooks, files of figures, of rows under claims, the site, doit's memory."""

    notebooks: Path
    figures: Path
    claims: Path
    site: Path
    memory: Path


def paths(as_of: str | None) -> Paths:
    """Return the places of the report of today, or of the report as of a day, beside it."""
    root = store.root()
    if as_of is None:
        build = root / "build"
        notebooks = root / "notebooks"
    else:
        build = root / "build" / f"as-of-{as_of}"
        notebooks = build / "notebooks"
    return Paths(notebooks, build / "figures", build / "claims", build / "site", build / "doit.db")


def notebook_tasks(as_of: str | None) -> Iterator[dict[str, Any]]:
    """Yield a task per notebook: it runs again when data, package, lock or the notebook itself changed."""
    places = paths(as_of)
    inputs = [str(path) for path in _inputs()]
    for source in _sources():
        target = places.notebooks / source.name
        yield {
            "name": source.stem,
            "actions": [(_run, [source, target, places, as_of])],
            "file_dep": inputs if source == target else [*inputs, str(source)],
            "targets": [str(target)],
            "uptodate": [_as_left(target, places)],
            # Two notebooks run at once as threads; capturing would exchange standard output under each other.
            "io": {"capture": False},
            "verbosity": 0,
        }


def site_task(as_of: str | None) -> dict[str, Any]:
    """Return the task of the site; it follows all notebooks."""
    places, root = paths(as_of), store.root()
    pages = [path for path in (root / "docs" / "site").rglob("*") if path.is_file()]
    codebook = [path for path in (root / "docs" / "codebook.md",) if path.is_file()]
    notebooks = [places.notebooks / source.name for source in _sources()]
    return {
        "actions": [(_site, [places, as_of])],
        "file_dep": [str(path) for path in (*_inputs(), *pages, *codebook, *notebooks)],
        "targets": [str(places.site / "index.html")],
        "task_dep": ["notebook"],
        "io": {"capture": False},
        "verbosity": 0,
    }


def _sources() -> list[Path]:
    return sorted((store.root() / "notebooks").glob(PATTERN))


def _inputs() -> list[Path]:
    """Return all that an output can depend on besides the notebook."""
    root = store.root()
    found = [root / "requirements.txt"]
    for folder, patterns in {
        "data/processed": ("*.parquet", "*.json"),
        "data/raw": ("*/source.toml", "*/snapshots.csv"),
        "src/cloudmarket": ("**/*.py", "**/*.csv"),
    }.items():
        for pattern in patterns:
            found += (root / folder).glob(pattern)
    return sorted(path for path in found if path.is_file())


def _run(source: Path, target: Path, places: Paths, as_of: str | None) -> TaskFailed | None:
    # Imported here so that a build with nothing to do does not wait for them.
    from cloudmarket.report.run import run_notebook

    return _failing(lambda: run_notebook(source, target, as_of=as_of, figures=places.figures, claims=places.claims))


def _site(places: Paths, as_of: str | None) -> TaskFailed | None:
    from cloudmarket.report import site

    return _failing(lambda: site.build(places.notebooks, places.figures, places.site, as_of, claims=places.claims))


def _failing(action: Callable[[], None]) -> TaskFailed | None:
    """Run an action; an expected error becomes doit's word for failure, with its message."""
    try:
        action()
    except CloudMarketError as error:
        return TaskFailed(str(error))
    return None


def _as_left(target: Path, places: Paths) -> Callable[..., bool]:
    """Return doit's check that a notebook is, byte for byte, as its task left it, with all its files there.

    The notebook holds source and outputs, so one digest notices an edit of either.
    """

    def state() -> dict[str, str]:
        return {"left": hashlib.sha256(target.read_bytes()).hexdigest()}

    def unchanged(task: Any, values: dict[str, str]) -> bool:
        task.value_savers.append(state)
        if not target.is_file() or values != state():
            return False
        notebook = read(target)
        # Of a figure's files, the data are written last.
        made = [places.figures / f"{figure.slug}.csv" for figure in figures_of(notebook)]
        made += [places.claims / f"{claim['claim']}.csv" for claim in claims_of(notebook)]
        return all(path.is_file() for path in made)

    return unchanged
