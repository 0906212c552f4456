"""Documents of releases: the row, what is refused, and that all packages were read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cloudmarket.errors import ParseError
from cloudmarket.names import places
from cloudmarket.sources import sdk_releases
from cloudmarket.tables import inputs


def test_a_release_is_a_row() -> None:
    content = b'{"package": "one", "version": "1.0b1", "uploaded_at": "2026-01-01T12:00:00.000001+00:00"}'
    assert list(sdk_releases.parse(content, "one 1.0b1")) == [
        ("one", "1.0b1", datetime(2026, 1, 1, 12, 0, 0, 1, tzinfo=UTC))
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"package": "one", "version": "1.0", "uploaded_at": "yesterday"}',
        b'{"package": "one", "version": "1.0", "uploaded_at": null}',
        b'{"package": "one", "version": "1.1", "uploaded_at": "2026-01-01T12:00:00+00:00"}',
        b'{"package": "two", "version": "1.0", "uploaded_at": "2026-01-01T12:00:00+00:00"}',
    ],
)
def test_what_is_no_release_of_that_name_is_refused(content: bytes) -> None:
    with pytest.raises(ParseError, match=r"^sdk_releases one 1\.0: "):
        list(sdk_releases.parse(content, "one 1.0"))


def test_every_release_on_disk_came_when_its_snapshot_is_dated() -> None:
    rows = inputs.folded("sdk_releases").to_pandas()
    assert set(rows.package) == set(places.sdk_names())
    assert (rows.uploaded_at == rows.observed_first_at).all()
    first = rows.groupby("package").uploaded_at.min()
    assert str(first["boto3"])[:10] == "2014-11-11"
    # Most releases of this package are source only.
    assert (rows.package == "sagemaker").sum() >= 697
