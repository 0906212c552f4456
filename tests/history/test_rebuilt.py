"""Snapshots rebuilt from the shipped histories are what the releases printed.

``rebuilt.csv`` holds, for six releases of each source drawn at random, the number of rows and the SHA-256 of the
rows. Both come from the releases' own files, read by a script that shares no code with the package.
"""

import csv
import hashlib
import json
from datetime import date
from pathlib import Path

import pytest

from cloudmarket import sources
from cloudmarket.history import snapshot_rows
from cloudmarket.tables import inputs

with Path(__file__).with_name("rebuilt.csv").open(encoding="utf-8") as handle:
    DRAWN = list(csv.DictReader(handle))


def digest(rows: list[dict[str, object]]) -> str:
    """Return the SHA-256 of rows as sorted lines of JSON, days in ISO form."""
    printed = [[cell.isoformat() if isinstance(cell, date) else cell for cell in row.values()] for row in rows]
    lines = sorted(json.dumps(row, ensure_ascii=False) for row in printed)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@pytest.mark.parametrize("drawn", DRAWN, ids=lambda drawn: f"{drawn['source']}-{drawn['version']}")
def test_a_rebuilt_snapshot_is_what_the_release_printed(drawn: dict[str, str]) -> None:
    source = sources.get(drawn["source"])
    moment = next(moment for moment in inputs.moments(source.name) if moment.version == drawn["version"])
    rows = snapshot_rows(inputs.folded(source.name), moment.observed_at, source.columns).to_pylist()
    assert len(rows) == int(drawn["rows"])
    assert digest(rows) == drawn["sha256"]
