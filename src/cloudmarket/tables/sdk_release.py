"""``sdk_release``: when each release came out of the packages through which developers use AI."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from packaging.version import Version

from cloudmarket.names import places
from cloudmarket.tables.base import BOOLEAN, DATE, INSTANT, KNOWLEDGE_COLUMNS, TEXT, Column, Table
from cloudmarket.tables.inputs import Evidence
from cloudmarket.tables.spells import day_of

TABLE = Table(
    name="sdk_release",
    grain="a release of a package",
    key=("package", "version"),
    sources=("sdk_releases",),
    columns=(
        Column("package", TEXT, "Name on the Python package index."),
        Column("version", TEXT, "Version as the index states it."),
        Column("owner", TEXT, "Seller whose package it is."),
        Column("kind", TEXT, "What it is.", values=("sdk", "framework", "agent", "identity")),
        Column("is_ai", BOOLEAN, "False for a package that serves all of a cloud, such as boto3."),
        Column("released_on", DATE, "Day (UTC) on which the first file was uploaded."),
        Column("released_at", INSTANT, "When the first file was uploaded (UTC)."),
        Column("is_prerelease", BOOLEAN, "True for alpha, beta, candidate and development versions (PEP 440)."),
        Column("source", TEXT, "Where it was read.", values=("sdk_releases",)),
        Column("evidence", TEXT, "A: the index itself.", values=("A",)),
        *KNOWLEDGE_COLUMNS,
    ),
    period="released_on",
)


def build(evidence: Evidence) -> pd.DataFrame:
    """Return the releases. A release stays one, so none is superseded."""
    rows = evidence.folded["sdk_releases"].to_pandas().rename(columns={"uploaded_at": "released_at"})
    known = places.sdk_packages()[["package", "owner", "kind", "is_ai"]]
    rows = rows.merge(known, on="package", how="left")
    is_prerelease = {text: Version(text).is_prerelease for text in rows.version.unique()}
    return TABLE.frame(
        rows.assign(
            released_on=day_of(rows.released_at),
            is_prerelease=rows.version.map(is_prerelease).astype("bool"),
            source="sdk_releases",
            evidence="A",
            superseded_at=None,
        )
    )


def check(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Give what must hold of each row."""
    yield "released when it was first there to see", rows.released_at == rows.observed_first_at
    yield "released on the day of its first file", rows.released_on == day_of(rows.released_at)
