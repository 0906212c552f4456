"""Which accelerators machines have: a reviewed table, machine by machine."""

from __future__ import annotations

import re
from functools import cache

import pandas as pd

from cloudmarket.names import _tables

# The clouds' own naming: machines with accelerators are of these series and no other.
_SERIES = {
    "aws": re.compile(r"(?:cg|gr?|p|inf|trn|dl|f|vt)\d"),
    "azure": re.compile(r"Standard_N"),
    "gcp": re.compile(r"a\d|g[2-9]|ct\d|tpu"),
}


def is_accelerated(cloud: str, machine: str) -> bool:
    """Whether a machine is of a series that has accelerators; of other clouds only such machines are read."""
    series = _SERIES.get(cloud)
    return series is None or series.match(machine) is not None


@cache
def instance_types() -> pd.DataFrame:
    """Return the accelerators of machines.

    Returns
    -------
    DataFrame
        cloud, machine, accelerator, accelerator_count (a share of one for parts of a chip, missing where nobody
        tells), source (address of the page that says so), note.
    """
    rows = _tables.frame("instance_types")
    return rows.assign(accelerator_count=rows.accelerator_count.astype("float64"))


@cache
def known() -> frozenset[tuple[str, str]]:
    """Return the machines of :func:`instance_types`: cloud and machine."""
    rows = instance_types()
    return frozenset(zip(rows.cloud, rows.machine, strict=True))


@cache
def other_accelerators() -> pd.DataFrame:
    """Return machines of accelerated series that are out of scope, with the reason: cloud, pattern, reason.

    ``pattern`` is a regular expression for the whole name of the machine.
    """
    return _tables.frame("other_accelerators")


def is_out_of_scope(cloud: str, machine: str) -> bool:
    """Whether a machine's accelerator was reviewed and is not of the kind that runs AI models."""
    table = other_accelerators()
    return any(re.fullmatch(pattern, machine) for pattern in table.pattern[table.cloud == cloud])


_FAMILY = {"aws": re.compile(r"[a-z]+"), "gcp": re.compile(r"[a-z]+")}


def is_general(cloud: str, machine: str) -> bool:
    """Whether a machine is of a family that was reviewed and has no accelerators.

    Of Azure only the N series is read, which by the cloud's naming has all machines with accelerators.
    """
    table = _tables.frame("general_families")
    found = _FAMILY[cloud].match(machine)
    return found is not None and found[0] in set(table.family[table.cloud == cloud])
