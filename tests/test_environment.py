"""One list of dependencies: the lock, its bootstrap and the file for conda users say the same."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import subprocess
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import rattler
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
LOCK = (ROOT / "requirements.txt").read_text(encoding="utf-8")
SPARK_LOCK = (ROOT / "requirements-spark.txt").read_text(encoding="utf-8")
PIN = re.compile(r"^([A-Za-z0-9._-]+)(\[[^\]]*\])?==(\S+)(?: ; (.+?))? \\$", re.MULTILINE)
# In pieces, so that this file names none of them itself.
INDEX_HOSTS = ["pypi" + ".org", "python" + "hosted.org", "anaconda" + ".org", "pypi" + ".python"]
MACHINE_PATHS = ["/" + folder + "/" for folder in ("home", "root", "Users", "work", "opt", "tmp")]


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    """Return tools/lock.py as a module."""
    spec = importlib.util.spec_from_file_location("lock", ROOT / "tools" / "lock.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _pins(lock: str) -> dict[str, set[Version]]:
    found: dict[str, set[Version]] = {}
    for name, _, version, _ in PIN.findall(lock):
        found.setdefault(canonicalize_name(name), set()).add(Version(version))
    return found


@pytest.fixture(scope="module")
def locked() -> dict[str, set[Version]]:
    return _pins(LOCK)


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """Return the text files of the project that are, or are to be, under version control."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    paths = [ROOT / name for name in listed if name and (ROOT / name).is_file()]
    return [path for path in paths if b"\0" not in path.read_bytes()]


def test_the_bootstrap_is_the_installer_of_the_lock(maker: ModuleType) -> None:
    assert (ROOT / "requirements-uv.txt").read_text(encoding="utf-8") == maker.bootstrap(LOCK)


def test_the_conda_file_is_made_from_the_lock(maker: ModuleType) -> None:
    assert (ROOT / "environment.yml").read_text(encoding="utf-8") == maker.ENVIRONMENT


def test_conda_specs_parse_and_allow_a_supported_python(project: dict[str, Any]) -> None:
    """The solve itself needs a channel and is not made here."""
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    specs = [rattler.MatchSpec(spec) for spec in environment["dependencies"] if isinstance(spec, str)]
    assert [spec.name.normalized for spec in specs] == ["python", "pip"]
    minor = str(specs[0].version).removesuffix(".*")
    assert Version(f"{minor}.0") in SpecifierSet(project["project"]["requires-python"])
    assert [spec["pip"] for spec in environment["dependencies"] if isinstance(spec, dict)] == [
        ["--require-hashes", "-r requirements.txt"]
    ]


def test_the_lock_covers_every_dependency_within_its_bounds(
    project: dict[str, Any], locked: dict[str, set[Version]]
) -> None:
    stated = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    assert len(stated) > 30
    for requirement in map(Requirement, stated):
        versions = locked.get(canonicalize_name(requirement.name), set())
        assert len(versions) == 1, f"{requirement.name}: {versions}"
        assert versions <= set(requirement.specifier.filter(versions)), f"{requirement}: {versions}"


@pytest.mark.parametrize("lock", [LOCK, SPARK_LOCK], ids=["whole", "spark"])
def test_every_pin_has_hashes_and_there_is_nothing_else_in_the_lock(lock: str) -> None:
    blocks = re.split(r"\n(?=\S)", lock.strip())
    assert len(blocks) == len(PIN.findall(lock)) >= len(_pins(lock)) > 0
    for block in blocks:
        first, *rest = block.split("\n")
        assert PIN.match(block), first
        assert rest, first
        for line in rest:
            assert re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line), f"{first}: {line}"


def test_the_extra_for_spark_is_locked_beside_the_rest_and_moves_none_of_it(
    project: dict[str, Any], maker: ModuleType, locked: dict[str, set[Version]]
) -> None:
    added = _pins(SPARK_LOCK)
    assert maker.extra("spark").splitlines() == project["project"]["optional-dependencies"]["spark"]
    for requirement in map(Requirement, maker.extra("spark").splitlines()):
        versions = added[canonicalize_name(requirement.name)]
        assert len(versions) == 1
        assert versions == set(requirement.specifier.filter(versions)), f"{requirement}: {versions}"
    assert {name: added[name] for name in added.keys() & locked.keys() if added[name] != locked[name]} == {}
    if importlib.util.find_spec("pyspark"):
        assert {name: {Version(importlib.metadata.version(name))} for name in added} == added


def test_the_tests_want_spark_and_the_report_does_not() -> None:
    asked = {
        goal: subprocess.run(["make", "--dry-run", goal], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for goal in ("report", "test")
    }
    assert {goal: "spark" in commands for goal, commands in asked.items()} == {"report": False, "test": True}


def test_the_running_environment_is_the_locked_one(locked: dict[str, set[Version]]) -> None:
    for name in ("pandas", "numpy", "pyarrow", "duckdb", "ibis-framework", "pypi-simple", "pandera"):
        assert Version(importlib.metadata.version(name)) in locked[name]


def test_no_file_names_the_host_of_a_package_index(tracked: list[Path]) -> None:
    """The index is the one that the reader's machine is configured for."""
    assert len(tracked) > 60
    for path in tracked:
        text = path.read_text(encoding="utf-8")
        assert [host for host in INDEX_HOSTS if host in text] == [], path


def test_no_file_names_a_path_of_this_machine(tracked: list[Path]) -> None:
    beginning = re.compile(r"(?<![\w.\-/*}>)])(" + "|".join(map(re.escape, MACHINE_PATHS)) + ")")
    for path in tracked:
        text = path.read_text(encoding="utf-8")
        assert str(ROOT) + "/" not in text, path
        assert beginning.findall(text) == [], path
