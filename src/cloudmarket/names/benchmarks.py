"""Reviewed tables for public benchmark results: chips, submitters, rated models, operators of listed computers."""

from __future__ import annotations

import re
from functools import cache, lru_cache

import pandas as pd

from cloudmarket.errors import CheckError
from cloudmarket.names import _tables
from cloudmarket.names._tables import Row

OUT_OF_SCOPE = "out_of_scope"
_LIKE_A_CLOUD = re.compile(
    r"amazon|\baws\b|azure|google|oracle|\bovh|scaleway|ionos|stackit|nebius|nscale|coreweave|crusoe|cloud", re.I
)


def compute_owners() -> dict[str, str | None]:
    """Return the cloud of each owner of chips, as Epoch AI names them; None for those whose cloud is not followed."""
    return {row["owner"]: row["cloud"] or None for row in _tables.rows("compute_owners")}


def top500_operators() -> pd.DataFrame:
    """Return who runs clouds on the TOP500 lists.

    Returns
    -------
    DataFrame
        site_pattern, computer_pattern (regular expressions for the whole text; missing for any), operator,
        operator_kind (hyperscaler, european_cloud, other_cloud, chip_maker, customer, out_of_scope), cloud, note.
    """
    return _tables.frame("top500_operators")


@cache
def _operator_patterns() -> tuple[tuple[re.Pattern[str], re.Pattern[str], Row], ...]:
    return tuple(
        (re.compile(row["site_pattern"]), re.compile(row["computer_pattern"] or ".*"), row)
        for row in _tables.rows("top500_operators")
    )


@lru_cache(maxsize=8192)
def top500_operator(site: str, computer: str) -> Row | None:
    """Return the operator of a listed computer; None where it is neither a cloud nor a maker of chips.

    Raises
    ------
    CheckError
        If the site is named like a cloud and nobody has reviewed it.
    """
    for at, what, row in _operator_patterns():
        if at.fullmatch(site) and what.fullmatch(computer):
            return None if row["operator_kind"] == OUT_OF_SCOPE else row
    if _LIKE_A_CLOUD.search(site):
        raise CheckError(f"TOP500 site {site!r} ({computer}) may be a cloud: add it to top500_operators.csv")
    return None


def mlperf_accelerators() -> pd.DataFrame:
    """Return which chip the submitters' labels name.

    Returns
    -------
    DataFrame
        label, system_pattern (regular expression for the whole name of the system; missing for any), accelerator
        (missing where there is none, or none of the study), note.
    """
    return _tables.frame("mlperf_accelerators")


def mlperf_submitters() -> pd.DataFrame:
    """Return who submits, and on whose cloud a system runs where its name or its description tells.

    Returns
    -------
    DataFrame
        submitter (as the folder is named), system_pattern (regular expression to find in ``system|name|availability``;
        missing for any), name, operator, cloud, note.
    """
    return _tables.frame("mlperf_submitters")


@lru_cache(maxsize=4096)
def mlperf_accelerator(label: str, system: str) -> str | None:
    """Return the chip that a label names; None where it was reviewed and is none of the study.

    Raises
    ------
    CheckError
        If nobody has reviewed the label.
    """
    for row in _tables.rows("mlperf_accelerators"):
        if row["label"] == label and re.fullmatch(row["system_pattern"] or ".*", system):
            return row["accelerator"] or None
    raise CheckError(f"MLPerf accelerator {label!r} of {system} is unknown: add it to mlperf_accelerators.csv")


@lru_cache(maxsize=8192)
def mlperf_submitter(label: str, described: str) -> Row:
    """Return the row of a submitter; ``described`` is ``system|name|availability``.

    Raises
    ------
    CheckError
        If nobody has reviewed the submitter.
    """
    for row in _tables.rows("mlperf_submitters"):
        if row["submitter"] == label and re.search(row["system_pattern"], described):
            return row
    raise CheckError(f"MLPerf submitter {label!r} is unknown: add it to mlperf_submitters.csv")


def arena_models() -> pd.DataFrame:
    """Return which canonical model the labels of the Arena name: label, model, variant, note."""
    return _tables.frame("arena_models")
