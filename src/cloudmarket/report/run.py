"""Run a notebook so that the same inputs give the same bytes."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from pathlib import Path

import nbformat
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from traitlets import default

from cloudmarket import store
from cloudmarket.arguments.publication import FOLDER_VARIABLE as CLAIMS_VARIABLE
from cloudmarket.errors import CloudMarketError
from cloudmarket.figures.export import files
from cloudmarket.figures.publish import FOLDER_VARIABLE
from cloudmarket.report.normal import normalise
from cloudmarket.report.read import Notebook, claims_of, figures_of, read

AS_OF_VARIABLE = "CLOUDMARKET_AS_OF"
_SECONDS_PER_CELL = 600
_TRACEBACK_LINES = 6
_COLOUR_CODES = re.compile(r"\x1b\[[0-9;]*m")


class NotebookError(CloudMarketError):
    """A notebook did not run cleanly; the message names notebook and cell."""


class _OwnKernels(KernelSpecManager):
    """Offers one kernel: this interpreter, whatever kernels the reader has installed elsewhere."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(**get_kernel_dict())


class _OwnKernelManager(AsyncKernelManager):
    """Starts only this interpreter."""

    @default("kernel_spec_manager")
    def _own_kernels(self) -> KernelSpecManager:
        return _OwnKernels(parent=self)


def run_notebook(source: Path, target: Path, *, as_of: str | None, figures: Path, claims: Path | None = None) -> None:
    """Run a notebook in a fresh kernel and write it with its outputs, but only if all went well.

    Parameters
    ----------
    source, target : Path
        Notebook to run and file to write; they may be the same.
    as_of : str or None
        Day (ISO) that the kernel sees as ``CLOUDMARKET_AS_OF``; None leaves the variable unset.
    figures : Path
        Folder for the figures' files. Files of figures that the notebook no longer has are removed.
    claims : Path, optional
        Folder for the rows under the notebook's claims; by default ``claims`` beside the figures.

    Raises
    ------
    NotebookError
        If a cell fails, takes longer than ten minutes, writes to standard error, or the kernel dies.
    """
    notebook: NotebookNode = nbformat.read(source, as_version=4)  # type: ignore[no-untyped-call]
    with tempfile.TemporaryDirectory(prefix="cloudmarket-") as name:
        scratch = Path(name)
        _execute(notebook, source, _environment(as_of, scratch), scratch / "kernel.log")
        _check_quiet(notebook, source)
        normalise(notebook, {str(scratch): "…", str(store.root()): "."})
        folders = {"figures": figures, "claims": claims or figures.parent / "claims"}
        before, now = _files(read(target)) if target.exists() else {}, _files(notebook)
        for kind, folder in folders.items():
            for file in now[kind]:
                store.write_atomic(folder / file, (scratch / kind / file).read_bytes())
        text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
        store.write_atomic(target, (text.rstrip() + "\n").encode())
    for kind, gone in before.items():
        for file in set(gone) - set(now[kind]):
            (folders[kind] / file).unlink(missing_ok=True)


def _execute(notebook: NotebookNode, source: Path, environment: dict[str, str], log: Path) -> None:
    """Run all cells; a failing one is named with the last lines of its traceback."""
    running = [1]
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        kernel_manager_class=_OwnKernelManager,
        timeout=_SECONDS_PER_CELL,
        record_timing=False,
        on_cell_start=lambda cell, cell_index: running.append(cell_index + 1),
        resources={"metadata": {"path": str(source.parent)}},
    )
    with log.open("wb") as messages:
        try:
            asyncio.run(client.async_execute(env=environment, stdout=messages, stderr=messages))
        except CellExecutionError as error:
            lines = _COLOUR_CODES.sub("", error.traceback).strip().splitlines()
            tail = "\n".join(lines[-_TRACEBACK_LINES:])
            raise NotebookError(f"{source.name}: cell {running[-1]} failed:\n{tail}") from error
        except CellTimeoutError as error:
            raise NotebookError(
                f"{source.name}: cell {running[-1]} took longer than {_SECONDS_PER_CELL} seconds."
            ) from error
        except (DeadKernelError, RuntimeError) as error:
            messages.flush()
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-_TRACEBACK_LINES:])
            raise NotebookError(
                f"{source.name}: the kernel died at cell {running[-1]}: out of memory?\n{tail}"
            ) from error


def _environment(as_of: str | None, scratch: Path) -> dict[str, str]:
    """Return the kernel's environment: the reader's, less what could change an output."""
    environment = {key: value for key, value in os.environ.items() if key != AS_OF_VARIABLE}
    if as_of is not None:
        environment[AS_OF_VARIABLE] = as_of
    # The reader's own IPython profile and Matplotlib settings must not reach the outputs.
    return environment | {
        FOLDER_VARIABLE: str(scratch / "figures"),
        CLAIMS_VARIABLE: str(scratch / "claims"),
        "IPYTHONDIR": str(scratch / "ipython"),
        "PYTHONHASHSEED": "0",
        "TZ": "UTC",
        "COLUMNS": "100",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", "")]),
    }


def _check_quiet(notebook: NotebookNode, source: Path) -> None:
    for place, cell in enumerate(notebook.cells, 1):
        for output in cell.get("outputs", ()):
            if output.output_type == "stream" and output.name == "stderr":
                tail = "\n".join(output.text.strip().splitlines()[-_TRACEBACK_LINES:])
                raise NotebookError(f"{source.name}: cell {place} wrote to standard error:\n{tail}")


def _files(notebook: Notebook) -> dict[str, list[str]]:
    """Return the names of the files that a notebook wrote, by kind."""
    return {
        "figures": [file for figure in figures_of(notebook) for file in files(figure.slug)],
        "claims": [f"{claim['claim']}.csv" for claim in claims_of(notebook)],
    }
