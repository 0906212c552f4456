"""Time ``cloudmarket report``: from nothing, with nothing changed, and with one notebook touched.

Run ``python benchmarks/report_times.py``. It works in a copy of the project, so the checkout stays as it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from machine import machine

PROJECT = Path(__file__).resolve().parents[1]
LEFT_OUT = shutil.ignore_patterns(".venv", ".git", "build", "__pycache__", ".*_cache", ".doit*", ".lock")


def main() -> None:
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        shutil.copytree(PROJECT, copy, ignore=LEFT_OUT)
        print(f"all notebooks and the site    {seconds(copy):.1f} s")
        print(f"nothing changed               {seconds(copy):.1f} s")
        notebook = sorted((copy / "notebooks").glob("*.ipynb"))[0]
        content = nbformat.read(notebook, as_version=4)
        content.cells[0].source += " "
        nbformat.write(content, notebook)
        print(f"one notebook changed ({notebook.stem})  {seconds(copy):.1f} s")


def seconds(copy: Path) -> float:
    """Return the wall time of a report built in the copy, by the copy's code."""
    environment = os.environ | {"CLOUDMARKET_ROOT": str(copy), "PYTHONPATH": str(copy / "src")}
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "from cloudmarket.cli import main; main()", "report"],
        cwd=copy, env=environment, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
