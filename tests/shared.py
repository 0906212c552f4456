"""Independent extracts to compare with, where they are: beside the checkout, in ``shared/panels``."""

from __future__ import annotations

from pathlib import Path

import pytest

PANELS = Path(__file__).resolve().parents[2] / "shared" / "panels"


def panel(name: str) -> Path:
    """Return the path of an extract, or skip the test."""
    path = PANELS / name
    if not path.exists():
        pytest.skip(f"the independent extract {name} is not beside this checkout")
    return path
