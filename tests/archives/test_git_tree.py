"""Trees of files, and repositories that are a round of a publication each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cloudmarket.archives import Gap, Snapshot
from cloudmarket.archives.git import RoundArchive, TreeArchive
from cloudmarket.errors import ArchiveError
from repository import START, Repository, mirrored

Make = Callable[..., TreeArchive]


@pytest.fixture
def archive(repository: Repository, tmp_path: Path) -> Make:
    def make(*specs: str, **options: Any) -> TreeArchive:
        return TreeArchive(
            "example", repository.name, specs or ("shop/**/*.toml",), cache=tmp_path / "cache", **options
        )

    return make


def files(snapshot: Snapshot) -> dict[str, bytes]:
    assert isinstance(snapshot.content, Mapping)
    return dict(snapshot.content)


def test_a_snapshot_has_all_files_of_the_day(repository: Repository, archive: Make) -> None:
    repository.commit({"shop/a/1.toml": b"1", "shop/b/c/2.toml": b"2", "shop/readme.md": b"x", "1.toml": b"x"})
    repository.commit({"shop/a/1.toml": b"1b"}, at=START + timedelta(days=5))
    repository.commit({"shop/b/c/2.toml": None, "shop/3.toml": b"3"}, at=START + timedelta(days=5, hours=1))
    repository.commit({"elsewhere": b"x"})
    made = archive()
    first, second = made.read(made.releases())
    assert files(first) == {"shop/a/1.toml": b"1", "shop/b/c/2.toml": b"2"}
    assert files(second) == {"shop/3.toml": b"3", "shop/a/1.toml": b"1b"}
    assert second.release.observed_at == START + timedelta(days=5, hours=1)
    assert first.digest == first.release.file_digest != second.digest


def test_without_thinning_each_commit_counts(repository: Repository, archive: Make) -> None:
    for hour in range(3):
        repository.commit({"shop/1.toml": b"%d" % hour}, at=START + timedelta(hours=hour))
    made = archive(one_per_day=False)
    assert [files(snapshot) for snapshot in made.read(made.releases())] == [
        {"shop/1.toml": b"%d" % n} for n in range(3)
    ]


def test_only_what_is_asked_for_is_read(repository: Repository, archive: Make) -> None:
    for number in range(4):
        repository.commit({"shop/1.toml": b"%d" % number, f"shop/new-{number}.toml": b"x"})
    made = archive()
    releases = made.releases()
    [last] = made.read(releases[-1:])
    assert files(last)["shop/1.toml"] == b"3"
    assert len(files(last)) == 5


def test_a_tree_with_a_lost_file_is_a_gap_that_names_it(repository: Repository, archive: Make) -> None:
    """A tree without one of its files would tell that the file was removed."""
    repository.commit({"shop/1.toml": b"1", "shop/2.toml": b"2"})
    repository.commit({"shop/1.toml": b"1b"})
    lost = repository.blob("shop/1.toml")
    repository.commit({"shop/1.toml": b"1c"})
    repository.lose(lost)
    made = archive()
    first, second, third = made.read(made.releases())
    assert (second.content, second.problem, second.digest) == (None, "absent", "")
    assert second.gaps == (Gap("shop/1.toml", lost, "absent"),)
    assert files(first)["shop/1.toml"], files(third)["shop/1.toml"] == (b"1", b"1c")


def test_an_oversized_file_of_a_tree_is_refused(repository: Repository, archive: Make) -> None:
    repository.commit({"shop/1.toml": b"1", "shop/2.toml": b"2" * 100})
    made = archive(max_bytes=50)
    [snapshot] = made.read(made.releases())
    assert (snapshot.content, snapshot.problem) == (None, "oversized")


def test_a_tree_that_is_emptied_has_no_content(repository: Repository, archive: Make) -> None:
    repository.commit({"shop/1.toml": b"1"})
    repository.commit({"shop/1.toml": None})
    made = archive()
    *_, last = made.read(made.releases())
    assert (last.content, last.problem) == (None, "")


def test_submodules_are_no_files(repository: Repository, archive: Make) -> None:
    head = repository.commit({"shop/1.toml": b"1"})
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{head},shop/sub.toml")
    repository.git("commit", "--quiet", "--message=submodule")
    made = archive()
    *_, last = made.read(made.releases())
    assert list(files(last)) == ["shop/1.toml"]


def test_a_repository_without_such_files_is_named(repository: Repository, archive: Make) -> None:
    repository.commit({"other": b"1"})
    with pytest.raises(ArchiveError, match=r"has no :\(glob\)shop/\*\*/\*.toml"):
        archive().releases()


@pytest.fixture
def rounds(tmp_path: Path) -> Iterator[dict[str, Repository]]:
    made = {label: Repository(tmp_path / label, f"example/results_{label}") for label in ("v1", "v2")}
    made["v2"].now += timedelta(days=300)
    for label, repository in made.items():
        repository.commit({"readme.md": b"x"})
        repository.commit({"closed/one/result.txt": label.encode(), "closed/two/result.txt": b"2"})
        repository.commit({"closed/one/result.txt": b"fixed " + label.encode()})
    with mirrored(*made.values()):
        yield made


def round_archive(rounds: dict[str, Repository], tmp_path: Path, *more: str) -> RoundArchive:
    names = {label: repository.name for label, repository in rounds.items()} | {
        label: f"example/{label}" for label in more
    }
    return RoundArchive("example", names, ["closed/*/result.txt"], cache=tmp_path / "cache")


def test_a_round_is_its_tip_dated_by_its_first_result(rounds: dict[str, Repository], tmp_path: Path) -> None:
    made = round_archive(rounds, tmp_path)
    one, two = made.read(made.releases())
    assert [one.release.version, two.release.version] == ["v1", "v2"]
    assert one.release.observed_at == START + timedelta(days=2)
    # Read while the reader is open: a round is never held whole.
    found = {snapshot.release.version: files(snapshot) for snapshot in made.read(made.releases())}
    assert found["v1"] == {"closed/one/result.txt": b"fixed v1", "closed/two/result.txt": b"2"}
    assert made.failures == []


def test_a_round_that_cannot_be_had_is_named(rounds: dict[str, Repository], tmp_path: Path) -> None:
    made = round_archive(rounds, tmp_path, "v3")
    assert [release.version for release in made.releases()] == ["v1", "v2"]
    [failure] = made.failures
    assert failure.startswith("v3 cannot be had: git clone failed")
    assert made.holds({"v1", "v9"}) == {"v1"}


def test_without_any_round_there_is_an_error(rounds: dict[str, Repository], tmp_path: Path) -> None:
    for repository in rounds.values():
        shutil.rmtree(repository.folder)
    with pytest.raises(ArchiveError, match="No round can be had"):
        round_archive(rounds, tmp_path).releases()


def test_lost_files_of_a_round_are_gaps_and_the_rest_is_read(rounds: dict[str, Repository], tmp_path: Path) -> None:
    lost = rounds["v1"].blob("closed/two/result.txt")
    rounds["v1"].lose(lost)
    made = round_archive(rounds, tmp_path)
    [one] = made.read(made.releases()[:1])
    assert one.gaps == (Gap("closed/two/result.txt", lost, "absent"),)
    assert isinstance(one.content, Mapping)
    assert list(one.content) == ["closed/one/result.txt"]
