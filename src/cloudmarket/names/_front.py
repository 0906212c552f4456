"""The front of a label: route, scope, region, commitment, developer, picture size, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from cloudmarket.names._tables import Row, rows


@dataclass(slots=True)
class Front:
    """What the front of a label says; ``scope`` is ``default`` where it names none."""

    scope: str = "default"
    region: str | None = None
    commitment: str | None = None


def split(seller: str, label: str) -> tuple[Front, str]:
    """Cut the parts that the table knows from the front of a lower-case label.

    Parameters
    ----------
    seller : str
        Parts may mean different things to different sellers: ``us.`` is a scope on AWS only.
    label : str
        The label in lower case.

    Returns
    -------
    Front, str
        What the parts say, and the rest, which begins with the first part the table does not know. A second
        scope counts as not known: such a label needs a reader.
    """
    front, rest = Front(), label
    while part := _first_part(rest):
        row = _part(seller, part)
        if row is None or not _read(front, row):
            break
        before = row["value"] if row["kind"] == "developer" else ""
        after = row["value"] if row["kind"] == "variant" else ""
        rest = before + rest[len(part) :] + after
    return front, rest


def _first_part(text: str) -> str | None:
    ends = [end for end in (text.find("/"), text.find(".")) if end >= 0]
    return text[: min(ends) + 1] if ends else None


def _read(front: Front, row: Row) -> bool:
    """Note what a part says; false where it says a second scope."""
    if row["kind"] in {"scope", "region"}:
        if front.scope != "default":
            return False
        front.scope = "region" if row["kind"] == "region" else row["value"]
        front.region = row["value"] if row["kind"] == "region" else None
    elif row["kind"] == "commitment":
        front.commitment = row["value"]
    return True


def _part(seller: str, part: str) -> Row | None:
    return _parts().get((seller, part)) or _parts().get(("", part))


@cache
def _parts() -> dict[tuple[str, str], Row]:
    parts = {(row["seller"], row["part"]): row for row in rows("label_parts")}
    for row in rows("regions"):
        parts[row["seller"], f"{row['region']}/"] = {"kind": "region", "value": row["region"]}
    return parts
