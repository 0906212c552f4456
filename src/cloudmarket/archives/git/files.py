"""The files of a tree as a mapping from path to bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cloudmarket.archives import Gap
from cloudmarket.archives.git.blobs import ABSENT, Blobs
from cloudmarket.archives.git.clone import Clone


class Files:
    """Reads trees, each file once for as long as it does not change."""

    def __init__(self, reader: Blobs) -> None:
        self._reader = reader
        self._held: dict[str, tuple[str, bytes]] = {}

    def read(self, tree: Mapping[str, str]) -> tuple[dict[str, bytes], list[Gap]]:
        """Return the contents of a tree's files by path, in order of path, and what cannot be had."""
        gaps, now = [], {}
        for path, blob in sorted(tree.items()):
            held = self._held.get(path)
            if held is None or held[0] != blob:
                found = self._reader.read(blob)
                if found.content is None:
                    gaps.append(Gap(path, blob, found.problem))
                    continue
                held = (blob, found.content)
            now[path] = held
        self._held = now
        return {path: content for path, (_, content) in now.items()}, gaps

    def missing(self, tree: Mapping[str, str], clone: Clone) -> list[Gap]:
        """Return the files of a tree whose blobs are absent."""
        absent = clone.absent(list(tree.values()))
        return [Gap(path, blob, ABSENT) for path, blob in sorted(tree.items()) if blob in absent]

    def lazily(self, tree: Mapping[str, str]) -> Mapping[str, bytes]:
        """Return a mapping whose files are read when they are asked for, and not held."""
        return _Lazy(self._reader, dict(sorted(tree.items())))


class _Lazy(Mapping[str, bytes]):
    def __init__(self, reader: Blobs, tree: dict[str, str]) -> None:
        self._reader, self._tree = reader, tree

    def __getitem__(self, path: str) -> bytes:
        content = self._reader.read(self._tree[path]).content
        if content is None:
            raise KeyError(path)
        return content

    def __iter__(self) -> Iterator[str]:
        return iter(self._tree)

    def __len__(self) -> int:
        return len(self._tree)
