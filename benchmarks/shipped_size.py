"""Add up what is shipped in ``data``. Run ``python benchmarks/shipped_size.py``."""

from __future__ import annotations

from machine import machine

from cloudmarket import store


def main() -> None:
    print(machine())
    data = store.root() / "data"
    for folder in ("processed", "raw"):
        sizes = {path: path.stat().st_size for path in sorted((data / folder).rglob("*")) if path.is_file()}
        print(f"{folder}: {sum(sizes.values()) / 1e6:.2f} MB")
        for path, size in sizes.items():
            print(f"  {size / 1000:8.1f} kB  {path.relative_to(data / folder)}")


if __name__ == "__main__":
    main()
