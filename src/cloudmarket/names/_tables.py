"""The reviewed tables as they stand in the package, read once."""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib.resources import files

import pandas as pd

Row = dict[str, str]

_BOOLEANS = {"true": True, "false": False, "": None}


@cache
def rows(table: str) -> tuple[Row, ...]:
    """Return the rows of a table, every value as written.

    Parameters
    ----------
    table : str
        Name of the file in ``names/data`` without its ending.

    Raises
    ------
    FileNotFoundError
        If there is no such table.
    """
    text = (files("cloudmarket.names") / "data" / f"{table}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(io.StringIO(text)))


def frame(table: str) -> pd.DataFrame:
    """Return a table with types: ``is_*`` boolean, ``*_on`` dates, the rest strings; empty is missing.

    Raises
    ------
    KeyError
        If an ``is_*`` column holds anything but true, false or nothing.
    ValueError
        If an ``*_on`` column holds anything but an ISO date or nothing.
    """
    result = pd.DataFrame(list(rows(table)), dtype="str")
    for name in result.columns:
        if name.startswith("is_"):
            result[name] = pd.Series([_BOOLEANS[value] for value in result[name]], dtype="boolean")
        elif name.endswith("_on"):
            result[name] = pd.to_datetime(result[name].where(result[name] != ""), format="%Y-%m-%d")
        else:
            result[name] = result[name].where(result[name] != "")
    return result


def clouds() -> pd.DataFrame:
    """Return the sellers.

    Returns
    -------
    pandas.DataFrame
        ``code``, ``name``, ``seller_kind`` (cloud, european_cloud, developer), ``country`` (ISO 3166-1).
    """
    return frame("clouds")


def developers() -> pd.DataFrame:
    """Return who makes models: ``code``, ``name``, ``country`` (ISO 3166-1 alpha-2), ``is_eu``."""
    return frame("developers")


def models() -> pd.DataFrame:
    """Return the canonical models.

    Returns
    -------
    pandas.DataFrame
        ``model``, ``developer``; ``kind``: chat, embedding, rerank, image, video, audio (speech in or out,
        music), ocr, moderation, service (sold beside models), other; ``version_on``, the date in the
        developer's own version id where it names a day; ``is_open_weights``, missing where not known;
        ``is_alias``, true where the name moves from snapshot to snapshot.
    """
    return frame("models")


def scopes() -> pd.DataFrame:
    """Return the endpoint scopes and what the sellers mean by them: ``scope``, ``description``."""
    return frame("scopes")


def regions() -> pd.DataFrame:
    """Return the regions that labels name: ``region``, ``seller``, ``country``, ``is_eu``."""
    return frame("regions")
