"""From a claim to its raw evidence: each row with the snapshot or document that it was read in.

Three steps lead from a headline to what anybody can look up: the claim, the rows of published tables under it, and for
each row the version of the archive (with its digest) or the document (with its address) that states it.
"""

from __future__ import annotations

import pandas as pd

from cloudmarket.arguments.claim import Claim
from cloudmarket.sources import SOURCES, sidecar
from cloudmarket.tables import TABLES, inputs

CURATED = "curated"
COLUMNS = ["table", "source", "evidence", "read_in", "version", "observed_at", "digest", "address"]
# When a row was first seen, by the name that its table gives it.
_SEEN = ("observed_first_at", "observed_at")


def trace(claim: Claim) -> pd.DataFrame:
    """Return the rows of a claim, each with where it was read.

    Returns
    -------
    DataFrame
        ``COLUMNS`` first: ``read_in`` is the file in its repository, the member of its package, or the title of the
        document; ``version`` the commit or release that printed the row first, ``digest`` that of its file
        (SHA-256), ``address`` where it can be had. Then the rows' own columns, without those that are empty. What
        people typed in (curated) has no version: its address is the document's.
    """
    own = claim.rows.dropna(axis="columns", how="all").reset_index(drop=True)
    found = pd.concat([_read_in(source, rows) for source, rows in _by_source(own)]).sort_index()
    rest = [name for name in own if name not in {*found.columns, "url", "source_title"}]
    traced = pd.concat([found, own[rest]], axis=1)
    return traced[[*(name for name in COLUMNS if name in traced), *(name for name in rest if name not in COLUMNS)]]


def _by_source(rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Return rows by source; tables without that column have one source only, or none that could be named."""
    source = rows.source if "source" in rows else pd.Series(pd.NA, index=rows.index, dtype="object")
    only = {name: table.sources[0] for name, table in TABLES.items() if len(table.sources) == 1}
    known = source.astype("object").fillna(rows["table"].map(only)).fillna("several")
    return [(str(name), part) for name, part in rows.groupby(known, sort=True)]


def _read_in(source: str, rows: pd.DataFrame) -> pd.DataFrame:
    place = pd.DataFrame({"source": source}, index=rows.index)
    if source == CURATED:
        stated = {"source_title": "read_in", "url": "address", "observed_first_at": "observed_at"}
        return place.join(rows[[name for name in stated if name in rows]].rename(columns=stated))
    if source not in SOURCES:
        return place
    place["read_in"] = SOURCES[source].origin.what
    place["address"] = sidecar(source)["origin"]
    seen = [rows[name] for name in _SEEN if name in rows]
    if not seen:
        return place
    first = seen[0] if len(seen) == 1 else seen[0].fillna(seen[1])
    place["observed_at"] = pd.to_datetime(first, utc=True)
    return place.join(_versions(source, place.observed_at))


def _versions(source: str, moments: pd.Series) -> pd.DataFrame:
    """Return version and digest of the newest snapshot by each moment, which prints what was known then.

    A row may begin at a moment of another source (that a machine is offered), or of a correction.
    """
    listed = inputs.snapshots(source)
    listed = listed[listed.role == inputs.FOLDED].drop_duplicates("observed_at", keep="last").sort_values("observed_at")
    at = listed.observed_at.searchsorted(moments, side="right") - 1
    rows = listed.assign(digest=listed.member_sha256.fillna(listed.file_digest))[["version", "digest"]]
    found = rows.iloc[at].set_axis(moments.index)
    found.loc[at < 0] = pd.NA
    return found
