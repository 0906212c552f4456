"""Sources are found by name, have a whole sidecar, and parse what the cache holds of them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cloudmarket import sources, store
from cloudmarket.archives import Release
from cloudmarket.archives.git import FileArchive
from cloudmarket.archives.packages import PackageArchive
from cloudmarket.errors import CloudMarketError
from cloudmarket.history import snapshot_rows
from cloudmarket.tables import inputs

NAMES = sorted(sources.SOURCES)


def test_an_unknown_source_is_named_with_those_there_are() -> None:
    with pytest.raises(CloudMarketError, match=r"no source named 'lightllm'; there are: .*genai_prices, .*litellm"):
        sources.get("lightllm")


@pytest.mark.parametrize("name", NAMES)
def test_the_sidecar_says_what_a_user_must_know(name: str) -> None:
    sidecar = sources.sidecar(name)
    wanted = {"title", "producer", "origin", "licence", "redistribution", "citation", "cadence", "fields", "traps"}
    assert wanted <= sidecar.keys()
    assert all(sidecar[key] for key in wanted)
    assert sidecar["origin"].startswith("https://")


def test_versions_set_aside_come_with_their_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "data" / "raw" / "litellm"
    folder.mkdir(parents=True)
    (folder / "source.toml").write_text('[[exclude]]\nversion = "1.2.3"\nreason = "the file is cut"\n')
    monkeypatch.setenv("CLOUDMARKET_ROOT", str(tmp_path))
    assert sources.excluded("litellm") == {"1.2.3": "the file is cut"}


@pytest.mark.parametrize("name", NAMES)
def test_a_cached_snapshot_prints_what_the_history_says(name: str) -> None:
    """The newest folded snapshot, read again from the user's cache and compared row by row."""
    source = sources.get(name)
    listed = inputs.snapshots(name)
    newest = listed[listed.role == inputs.FOLDED].iloc[-1]
    observed_at = newest.observed_at.to_pydatetime()
    release = Release(newest.version, observed_at, newest.filename, newest.file_digest, newest.file_bytes, "")
    archive = source.archive()
    if isinstance(archive, PackageArchive):
        is_there = (store.cache() / name / f"{newest.version}.zip").exists()
    elif isinstance(archive, FileArchive):
        is_there = archive.clone.folder.exists() and not archive.clone.absent([newest.file_digest])
    else:
        pytest.skip("the files of a tree are listed by its repository, which a test does not ask")
    if not is_there:
        pytest.skip(f"the cache holds no {name} {newest.version}; a refresh reads it")
    [snapshot] = archive.read([release])
    assert snapshot.digest == newest.member_sha256
    assert snapshot.content is not None
    parsed = list(source.parse(snapshot.content, newest.version))
    rebuilt = snapshot_rows(inputs.folded(name), observed_at, source.columns).to_pylist()
    assert sorted(map(repr, map(_plain, parsed))) == sorted(repr(_plain(row.values())) for row in rebuilt)


def _plain(cells: Iterable[object]) -> tuple[object, ...]:
    """Return cells with every instant in one zone: Arrow names it otherwise than the parsers do."""
    return tuple(cell.astimezone(UTC) if isinstance(cell, datetime) else cell for cell in cells)
