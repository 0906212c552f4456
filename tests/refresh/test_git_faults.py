"""Troubles of repositories: what was folded stays, the source is marked stale with the reason, all else goes on."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from cloudmarket.refresh import Report, refresh
from cloudmarket.refresh.reading import Refreshed
from cloudmarket.sources import SOURCES, Source, safely
from cloudmarket.sources.origin import GitFile, GitRounds
from cloudmarket.tables import inputs
from repository import Repository, mirrored

from .conftest import LLAMA, House, price_map

PATH = "data/prices.json"
COLUMNS = pa.schema([("label", pa.string()), ("price", pa.float64())])


def parse(content: bytes, version: str) -> Iterator[tuple[str, float]]:
    """Read JSON, or the TOML that the file became later."""
    load = safely.load_json if content.startswith(b"{") else safely.load_toml
    yield from load(content, "example", version).items()


def prices(**changed: float) -> dict[str, bytes | None]:
    return {PATH: json.dumps({"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0} | changed).encode()}


@pytest.fixture
def upstream(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    """Give a repository with two snapshots that the house reads as a third source, refreshed once."""
    origin = GitFile("example/prices", PATH, "data/prices.toml")
    monkeypatch.setitem(SOURCES, "example", Source("example", origin, COLUMNS, 1, parse, 0.5))
    folder = house.root / "data" / "raw" / "example"
    folder.mkdir(parents=True)
    (folder / "source.toml").write_text('title = "Example"\n')
    made = Repository(tmp_path / "upstream")
    made.commit(prices())
    made.commit(prices(a=1.5))
    with mirrored(made):
        refresh()
        yield made


def read(report: Report) -> Refreshed:
    [found] = (source for source in report.sources if source.source == "example")
    return found


def problem() -> str:
    """Return what the list of stale sources says of this one, the empty string if it is not stale."""
    stale = inputs.stale().set_index("source").problem
    return str(stale.get("example", ""))


def printed() -> dict[str, float]:
    rows = inputs.folded("example").to_pandas()
    rows = rows[rows.ended_at.isna()]
    return dict(zip(rows.label, rows.price, strict=True))


def refreshed_in_spite_of(house: House, pattern: str) -> None:
    """Refresh, and expect that this source stays as it is and says why, and that another one goes on."""
    before = {name: content for name, content in house.files().items() if name.startswith("raw/example/")}
    house.release("litellm", "1.7", price_map(**{LLAMA: (6e-07, 6e-07)}))
    report = refresh()
    assert re.search(pattern, problem()), problem()
    assert read(report).error is not None
    assert before == {name: content for name, content in house.files().items() if name.startswith("raw/example/")}
    assert inputs.moments("litellm")[-1].version == "1.7"


def test_new_commits_are_appended(upstream: Repository) -> None:
    upstream.commit(prices(a=1.7))
    done = read(refresh())
    assert (done.added, done.folded_added, done.problem) == (1, 1, "")
    assert printed()["a"] == 1.7
    assert problem() == ""


def test_a_rewritten_history(upstream: Repository, house: House) -> None:
    upstream.git("reset", "--quiet", "--hard", "HEAD~1")
    upstream.commit(prices(a=9.0))
    refreshed_in_spite_of(house, "history was rewritten upstream: 1 of 2 snapshots .* are gone.*--rebuild")
    assert printed()["a"] == 1.5
    refresh(["example"], rebuild=True)
    assert (printed()["a"], problem()) == (9.0, "")


def test_a_repository_that_is_gone(upstream: Repository, house: House) -> None:
    away = upstream.folder.rename(upstream.folder.with_name("away"))
    refreshed_in_spite_of(house, "example: git fetch failed")
    since = inputs.stale().since_on.iloc[0]
    away.rename(upstream.folder)
    refresh(["litellm"])
    assert "git fetch failed" in problem(), "nobody asked the source, so nobody knows that it is back"
    assert inputs.stale().since_on.iloc[0] == since
    refresh()
    assert problem() == ""


def test_a_path_that_moved_with_changes(upstream: Repository) -> None:
    upstream.commit({PATH: None, "new/place.json": prices(a=2.0, z=1.0)[PATH]})
    done = read(refresh())
    assert re.search("data/prices.json in example/prices was removed or moved at .* of 2025-01-04", problem())
    assert done.error is None
    assert printed()["a"] == 1.5
    assert read(refresh()).error is None
    assert "was removed or moved" in problem(), "as long as nobody looks where it went"


def test_a_source_that_ended_is_not_stale(upstream: Repository, house: House) -> None:
    sidecar = house.root / "data" / "raw" / "example" / "source.toml"
    sidecar.write_text('ended = "The file was given up."\n')
    upstream.commit({PATH: None})
    refresh()
    assert problem() == ""


def test_a_file_that_changes_format(upstream: Repository) -> None:
    upstream.commit({PATH: None, "data/prices.toml": b"a = 1.7\nb = 2.0\nc = 3.0\nd = 4.0\n"})
    upstream.commit({"data/prices.toml": b"a = 1.8\nb = 2.0\nc = 3.0\nd = 4.0\n"})
    done = read(refresh())
    assert (done.folded_added, problem()) == (2, "")
    rows = inputs.folded("example").to_pandas()
    assert rows[rows.label == "a"].price.tolist() == [1.0, 1.5, 1.7, 1.8]
    assert rows[rows.label == "b"].price.tolist() == [2.0]


def test_a_commit_of_the_future(upstream: Repository) -> None:
    """Folded, it would keep all that comes after it off the line."""
    tomorrow = datetime.now(UTC).replace(microsecond=0) + timedelta(days=400)
    upstream.commit(prices(a=7.0), at=tomorrow)
    refresh()
    assert re.search(r"cannot be read \(future\)", problem())
    assert printed()["a"] == 1.5
    upstream.commit(prices(a=1.7), at=datetime(2025, 3, 1, tzinfo=UTC))
    refresh()
    assert (printed()["a"], problem()) == (1.7, "")
    assert inputs.snapshots("example").role.tolist() == ["folded", "folded", "folded", "future"]


def test_a_commit_that_is_dated_before_the_one_before_it(upstream: Repository) -> None:
    upstream.commit(prices(a=7.0), at=datetime(2024, 3, 1, tzinfo=UTC))
    refresh()
    assert inputs.snapshots("example").role.tolist() == ["audit", "folded", "folded"]
    assert printed()["a"] == 1.5


def test_a_lost_blob(upstream: Repository) -> None:
    upstream.commit(prices(a=1.7))
    upstream.lose(upstream.blob(PATH))
    done = read(refresh())
    assert re.search(r"cannot be read \(gap\) at", problem())
    assert (done.error, printed()["a"]) == (None, 1.5)
    upstream.commit(prices(a=1.8))
    refresh()
    assert (printed()["a"], problem()) == (1.8, "")
    assert inputs.snapshots("example").role.tolist() == ["folded", "folded", "gap", "folded"]


SPOILT: list[tuple[bytes, str]] = [
    (b"{" + b'"a":[' * 5000, "is no JSON"),
    (b"{}", "prints 0 rows where the snapshot before had 4"),
    (b"<html>not found</html>", "is no TOML"),
]


@pytest.mark.parametrize(("content", "message"), SPOILT, ids=[message for _, message in SPOILT])
def test_a_file_that_is_spoilt(upstream: Repository, house: House, content: bytes, message: str) -> None:
    commit = upstream.commit({PATH: content})
    refreshed_in_spite_of(house, f"example {commit}: {message}")
    sidecar = house.root / "data" / "raw" / "example" / "source.toml"
    sidecar.write_text(f'[[exclude]]\nversion = "{commit}"\nreason = "spoilt"\n')
    upstream.commit(prices(a=1.9))
    refresh()
    assert (printed()["a"], problem()) == (1.9, "")
    assert inputs.snapshots("example").role.tolist() == ["folded", "folded", "excluded", "folded"]


def test_a_source_that_was_never_read_stops_the_refresh(upstream: Repository, house: House) -> None:
    """Tables stand on all their sources: without any evidence of one there is nothing to build."""
    for name in ("history.parquet", "snapshots.csv"):
        (house.root / "data" / "raw" / "example" / name).unlink()
    shutil.rmtree(upstream.folder)
    before = house.files()
    with pytest.raises(Exception, match="git fetch failed"):
        refresh()
    assert house.files() == before


def test_a_key_printed_twice(upstream: Repository, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def twice(content: bytes, version: str) -> Iterator[tuple[Any, ...]]:
        yield from parse(content, version)
        yield from parse(content, version)

    origin = SOURCES["example"].origin
    monkeypatch.setitem(SOURCES, "example", Source("example", origin, COLUMNS, 1, twice, 0.5))
    commit = upstream.commit(prices(a=1.7))
    refreshed_in_spite_of(house, f"example {commit}: snapshot .* prints .* twice")


def test_a_round_that_lacks_files_is_read_and_read_again(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the round has is folded; what it lacks is listed, and no reason to call the round another one."""

    def sizes(content: Mapping[str, bytes], version: str) -> Iterator[tuple[str, float]]:
        yield from ((path, float(len(file))) for path, file in content.items())

    made = Repository(tmp_path / "round", "example/results_v1")
    made.commit({"closed/a/result.txt": b"1", "closed/b/result.txt": b"22"})
    made.lose(made.blob("closed/b/result.txt"))
    origin = GitRounds({"v1": made.name, "v2": "example/results_v2"}, "closed/*/result.txt")
    monkeypatch.setitem(SOURCES, "example", Source("example", origin, COLUMNS, 1, sizes, 0.0))
    folder = house.root / "data" / "raw" / "example"
    folder.mkdir(parents=True)
    (folder / "source.toml").write_text('title = "Example"\n')
    with mirrored(made):
        for _ in range(2):
            done = read(refresh())
            assert done.error is None
            assert problem().startswith("v2 cannot be had: git clone failed")
            assert "v1" not in problem().replace("v1/", "")
            assert printed() == {"closed/a/result.txt": 1.0}
    assert inputs.snapshots("example").role.tolist() == ["gap", "folded"]
