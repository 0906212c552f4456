"""Publish claims: as a table in a notebook, and each with its rows as a file, beside the figures."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cloudmarket import store
from cloudmarket.arguments.claim import COLUMNS, Claim, markdown, table
from cloudmarket.arguments.trace import trace

FOLDER_VARIABLE = "CLOUDMARKET_CLAIMS"


@dataclass(frozen=True, slots=True)
class Published:
    """Claims as a notebook shows them; the outputs keep their table, so that the site can gather those of all."""

    text: str
    claims: tuple[dict[str, Any], ...]

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        bundle = {"text/markdown": self.text, "text/plain": f"{len(self.claims)} claims"}
        return bundle, {"cloudmarket_claims": list(self.claims)}


def publish(claims: Iterable[Claim]) -> Published:
    """Return claims as a table, and write the rows of each where ``CLOUDMARKET_CLAIMS`` names a folder.

    The files are ``<claim>.csv``: every row the number is computed from, with the version and digest of the snapshot or
    the address of the document that states it (:func:`~cloudmarket.arguments.trace.trace`).

    Raises
    ------
    ValueError
        If two claims have one name.
    """
    listed = list(claims)
    rows = table(listed)
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder:
        for claim in listed:
            content = trace(claim).to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%dT%H:%M:%S")
            store.write_atomic(Path(folder) / f"{claim.claim}.csv", content.encode())
    plain = rows.astype("object").where(rows.notna(), None)
    records = [
        {name: _plain(value) for name, value in zip(COLUMNS, row, strict=True)}
        for row in plain[COLUMNS].itertuples(index=False)
    ]
    return Published(markdown(listed) or "Nothing can be claimed of that day.", tuple(records))


def _plain(value: object) -> object:
    """Return a value that JSON knows, with no more digits than repeat from run to run."""
    if isinstance(value, float | np.floating):
        return float(f"{value:.12g}")
    return int(value) if isinstance(value, np.integer) else value
