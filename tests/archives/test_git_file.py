"""The history of a file in a repository: what is read, and what of a real repository's troubles is survived."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cloudmarket.archives import Snapshot
from cloudmarket.archives.git import FileArchive
from cloudmarket.errors import ArchiveError
from repository import START, Repository, mirrored

PATH = "data/prices.json"
Make = Callable[..., FileArchive]


@pytest.fixture
def archive(repository: Repository, tmp_path: Path) -> Make:
    def make(*paths: str, **options: Any) -> FileArchive:
        return FileArchive("example", repository.name, paths or (PATH,), cache=tmp_path / "cache", **options)

    return make


def snapshots(archive: FileArchive) -> list[Snapshot]:
    return list(archive.read(archive.releases()))


def contents(archive: FileArchive) -> list[Any]:
    return [snapshot.content for snapshot in snapshots(archive)]


def test_a_snapshot_per_commit_that_changed_the_file(repository: Repository, archive: Make) -> None:
    first = repository.commit({PATH: b"1"})
    repository.commit({"other": b"x"})
    second = repository.commit({PATH: b"2"})
    one, two = snapshots(archive())
    assert [one.release.version, two.release.version] == [first, second]
    assert [one.content, two.content] == [b"1", b"2"]
    assert one.release.observed_at == START + timedelta(days=1)
    assert two.release.observed_at == START + timedelta(days=3)
    assert (one.release.filename, one.release.file_digest, one.release.file_bytes) == (
        PATH,
        repository.blob(PATH, first),
        1,
    )
    assert one.digest == hashlib.sha256(b"1").hexdigest()
    assert one.release.url == "https://github.com/example/prices"


def test_blobs_come_when_they_are_read_and_only_once(repository: Repository, archive: Make) -> None:
    repository.commit({PATH: b"1", "large": b"x" * 1000})
    made = archive()
    releases = made.releases()
    blob = repository.blob(PATH)
    assert made.clone.absent([blob, repository.blob("large")]) == {blob, repository.blob("large")}
    list(made.read(releases))
    assert made.clone.absent([blob, repository.blob("large")]) == {repository.blob("large")}
    shutil.rmtree(repository.folder / ".git" / "objects")
    assert [snapshot.content for snapshot in made.read(releases)] == [b"1"]


def test_a_server_without_partial_clones_serves_as_well(tmp_path: Path) -> None:
    plain = Repository(tmp_path / "plain", is_partial_allowed=False)
    plain.commit({PATH: b"1"})
    plain.commit({PATH: b"2"})
    with mirrored(plain):
        made = FileArchive("example", plain.name, [PATH], cache=tmp_path / "cache")
        assert contents(made) == [b"1", b"2"]


def test_what_is_new_is_fetched(repository: Repository, archive: Make) -> None:
    repository.commit({PATH: b"1"})
    assert contents(archive()) == [b"1"]
    repository.commit({PATH: b"2"})
    assert contents(archive()) == [b"1", b"2"]


def test_a_file_is_followed_to_its_older_names(repository: Repository, archive: Make) -> None:
    repository.commit({"a/one.json": b"1"})
    repository.move("a/one.json", "b/two.json")
    repository.commit({"b/two.json": b"2"})
    repository.move("b/two.json", PATH)
    assert contents(archive()) == [b"1", b"1", b"2", b"2"]
    assert [release.filename for release in archive().releases()] == ["a/one.json", "b/two.json", "b/two.json", PATH]


def test_a_file_that_changes_format_has_two_names(repository: Repository, archive: Make) -> None:
    repository.commit({"prices.json": b'{"a": 1}'})
    repository.commit({"prices.json": None, "prices.toml": b"a = 2"})
    repository.commit({"prices.toml": b"a = 3"})
    assert contents(archive("prices.toml", "prices.json")) == [b'{"a": 1}', b"a = 2", b"a = 3"]


def test_a_file_that_is_removed_ends_with_a_snapshot_without_content(repository: Repository, archive: Make) -> None:
    repository.commit({PATH: b"1"})
    repository.commit({PATH: None})
    *_, last = snapshots(archive())
    assert (last.content, last.problem, last.digest) == (None, "", "")


def test_the_last_commit_of_a_day_counts(repository: Repository, archive: Make) -> None:
    for hour, content in ((1, b"1"), (9, b"2"), (23, b"3"), (25, b"4")):
        repository.commit({PATH: content}, at=START.replace(hour=0) + timedelta(hours=hour))
    assert contents(archive(one_per_day=True)) == [b"3", b"4"]


def test_a_merge_counts_once_at_its_own_time(repository: Repository, archive: Make) -> None:
    """A storm of merges: each branch commits ten times; on the default branch each merge is one change."""
    repository.commit({PATH: b"0"})
    for number in range(5):
        repository.git("checkout", "--quiet", "-b", f"work-{number}")
        for step in range(10):
            repository.commit({PATH: f"{number}.{step}".encode()})
        repository.git("checkout", "--quiet", "main")
        repository.commit({f"other-{number}": b"x"})
        repository.now += timedelta(days=1)
        repository.git("merge", "--quiet", "--no-ff", "--message=merge", f"work-{number}")
    read = snapshots(archive())
    assert [snapshot.content for snapshot in read] == [b"0", *(f"{number}.9".encode() for number in range(5))]
    assert read[-1].release.observed_at == repository.now


def test_a_blob_that_a_mirror_lost_is_a_gap(repository: Repository, archive: Make) -> None:
    for number in range(9):
        repository.commit({PATH: f"{number}".encode()})
    lost = [repository.blob(PATH, f"HEAD~{back}") for back in (2, 7)]
    for blob in lost:
        repository.lose(blob)
    read = snapshots(archive())
    assert [snapshot.problem for snapshot in read] == ["", "absent", "", "", "", "", "absent", "", ""]
    assert [snapshot.release.file_digest for snapshot in read if snapshot.problem] == lost[::-1]
    assert [snapshot.content for snapshot in read if not snapshot.problem] == [b"0", b"2", b"3", b"4", b"5", b"7", b"8"]


def test_a_large_blob_is_refused_and_never_held(repository: Repository, archive: Make) -> None:
    size = 300_000_000
    repository.commit({PATH: b"1"})
    repository.commit({PATH: b"\0" * size})
    repository.commit({PATH: b"3"})
    made = archive()
    releases = made.releases()
    tracemalloc.start()
    read = list(made.read(releases))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [(s.content, s.problem) for s in read] == [(b"1", ""), (None, "oversized"), (b"3", "")]
    assert read[1].release.file_bytes == size
    assert peak < 20_000_000


def test_a_link_is_no_file(repository: Repository, archive: Make, tmp_path: Path) -> None:
    """A symbolic link's blob is the path it points to: not data."""
    repository.commit({PATH: b"1"})
    (repository.folder / PATH).unlink()
    (repository.folder / PATH).symlink_to("/etc/passwd")
    repository.commit({})
    assert contents(archive()) == [b"1", None]


def test_the_commits_of_a_rewritten_history_are_gone(repository: Repository, archive: Make) -> None:
    kept = repository.commit({PATH: b"1"})
    gone = repository.commit({PATH: b"2"})
    made = archive()
    made.releases()
    assert made.holds({kept, gone}) == {kept, gone}
    repository.git("reset", "--quiet", "--hard", kept)
    repository.commit({PATH: b"3"})
    assert contents(made) == [b"1", b"3"]
    assert made.holds({kept, gone}) == {kept}


def test_a_repository_that_is_gone_is_named(repository: Repository, archive: Make) -> None:
    repository.commit({PATH: b"1"})
    made = archive()
    made.releases()
    shutil.rmtree(repository.folder)
    with pytest.raises(ArchiveError, match=r"example: git fetch failed .* What was read before is kept"):
        made.releases()


def test_a_repository_without_the_file_is_named(repository: Repository, archive: Make) -> None:
    repository.commit({"other": b"1"})
    with pytest.raises(ArchiveError, match=r"example/prices has no data/prices.json; it was never there, or"):
        archive().releases()


def test_a_clone_that_breaks_off_leaves_nothing(repository: Repository, archive: Make, tmp_path: Path) -> None:
    repository.commit({PATH: b"1"})
    packed = repository.folder / ".git"
    packed.rename(repository.folder / "away")
    with pytest.raises(ArchiveError, match="git clone failed"):
        archive().releases()
    (repository.folder / "away").rename(packed)
    assert [path.name for path in (tmp_path / "cache" / "git").iterdir() if path.is_dir()] == []
    assert contents(archive()) == [b"1"]


def test_a_damaged_clone_is_named(repository: Repository, archive: Make) -> None:
    repository.commit({PATH: b"1"})
    made = archive()
    list(made.read(made.releases()))
    for path in (made.clone.folder / "objects").rglob("*.pack"):
        path.chmod(0o644)
        path.write_bytes(b"nothing")
    with pytest.raises(ArchiveError, match=r"example: git .* failed .* run again"):
        made.releases()


def test_no_hook_of_a_clone_runs(repository: Repository, archive: Make, tmp_path: Path) -> None:
    repository.commit({PATH: b"1"})
    made = archive()
    made.releases()
    hook = made.clone.folder / "hooks" / "reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n")
    hook.chmod(0o755)
    subprocess.run([hook], check=True)
    (tmp_path / "ran").unlink()
    repository.commit({PATH: b"2"})
    assert contents(made) == [b"1", b"2"]
    assert not (tmp_path / "ran").exists()


def test_without_git_the_remedy_is_named(archive: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ArchiveError, match=r"no git on this machine\. Install git"):
        archive().releases()


def test_names_of_any_kind_are_read(repository: Repository, archive: Make) -> None:
    odd = 'dir with "quotes"/päth\tname.json'
    repository.commit({odd: b"1"})
    assert contents(archive(odd)) == [b"1"]
