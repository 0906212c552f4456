"""Independent extracts and examples, where they are: beside the checkout, in ``shared``."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
PANELS = SHARED / "panels"


def panel(name: str) -> Path:
    """Return the path of an extract, or skip the test."""
    path = PANELS / name
    if not path.exists():
        pytest.skip(f"the independent extract {name} is not beside this checkout")
    return path


def example(name: str) -> Path:
    """Return the path of a public data set to try a measure on, or skip the test."""
    path = SHARED / "examples" / name
    if not path.exists():
        pytest.skip(f"the example {name} is not beside this checkout")
    return path
