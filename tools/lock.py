"""Resolve pyproject.toml into the hash-checked lock, its bootstrap, and the file for conda users.

``pyproject.toml`` is the one list that a person edits. From it come ``requirements.txt`` (all versions, with
hashes, for every supported Python and platform), ``requirements-uv.txt`` (the installer, taken from the lock),
``requirements-spark.txt`` (what the extra ``spark`` adds to the lock) and ``environment.yml``. None of them names an
index: the one configured on the reader's machine is used.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = """\
# For conda users; made by tools/lock.py. The versions are those of requirements.txt, so there is one list.
name: cloudmarket
channels:
  - conda-forge
dependencies:
  - python=3.11
  - pip
  - pip:
      - --require-hashes
      - -r requirements.txt
# Then: pip install --no-deps --no-build-isolation -e .
"""


def compile_lock(target: Path, *source: str, upgrade: bool, stdin: str = "") -> None:
    """Write the lock for a source; versions already locked are kept unless ``upgrade``."""
    command = [
        str(Path(sys.executable).with_name("uv")), "pip", "compile", *source,
        "--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-header",
        "--no-annotate", "--quiet", "--output-file", str(target),
    ]  # fmt: skip
    options = ["--upgrade"] if upgrade else []
    subprocess.run([*command, *options], cwd=ROOT, check=True, input=stdin, text=True, stdout=subprocess.DEVNULL)


def extra(name: str) -> str:
    """Return the requirements of an extra of the project, one a line."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return "".join(f"{line}\n" for line in project["optional-dependencies"][name])


def bootstrap(lock: str) -> str:
    """Return the lines of the lock that pin the installer itself."""
    lines = lock.splitlines(keepends=True)
    start = next(place for place, line in enumerate(lines) if line.startswith("uv=="))
    end = next(place for place in range(start + 1, len(lines)) if not lines[place].startswith(" "))
    return "".join(lines[start:end])


def main() -> None:
    """Write all four files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    upgrade = parser.parse_args().upgrade
    compile_lock(ROOT / "requirements.txt", "pyproject.toml", "--group", "dev", upgrade=upgrade)
    added = ROOT / "requirements-spark.txt"
    compile_lock(added, "-", "--constraint", "requirements.txt", upgrade=upgrade, stdin=extra("spark"))
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    (ROOT / "requirements-uv.txt").write_text(bootstrap(lock), encoding="utf-8")
    (ROOT / "environment.yml").write_text(ENVIRONMENT, encoding="utf-8")


if __name__ == "__main__":
    main()
