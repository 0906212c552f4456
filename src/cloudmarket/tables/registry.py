"""Which tables are published; one module per table."""

from __future__ import annotations

from importlib import import_module

import pandas as pd

from cloudmarket.errors import CloudMarketError
from cloudmarket.tables import coverage, prices
from cloudmarket.tables.base import Table
from cloudmarket.tables.checks import check, check_all
from cloudmarket.tables.inputs import Evidence

# Tables built from the evidence alone: each module gives TABLE and build(evidence), and may give check(rows).
_NAMES = (
    "accelerator",
    "accelerator_price",
    "benchmark_score",
    "capex",
    "compute_owned",
    "daily_return",
    "developer_survey",
    "event",
    "financial",
    "market_share",
    "mlperf_result",
    "region",
    "region_carbon",
    "sdk_download",
    "sdk_release",
    "service_api",
    "service_region",
    "top500_entry",
)
_MODULES = tuple(import_module(f"cloudmarket.tables.{name}") for name in _NAMES)
TABLES: dict[str, Table] = {
    table.name: table
    for table in sorted(
        [coverage.TABLE, *prices.TABLES, *(module.TABLE for module in _MODULES)], key=lambda table: table.name
    )
}


def build(evidence: Evidence) -> dict[str, pd.DataFrame]:
    """Build every table from the folded histories of the sources and check it.

    Raises
    ------
    CheckError
        If a table breaks its contract.
    """
    built = {**prices.build(evidence)}
    built |= {module.TABLE.name: module.build(evidence) for module in _MODULES if module.TABLE.name in TABLES}
    if coverage.TABLE.name in TABLES:
        built[coverage.TABLE.name] = coverage.build(built, TABLES, evidence.moments)
    for name, rows in built.items():
        check(TABLES[name], rows)
    for module in _MODULES:
        if hasattr(module, "check") and module.TABLE.name in TABLES:
            check_all(module.TABLE, built[module.TABLE.name], module.check(built[module.TABLE.name]))
    return dict(sorted(built.items()))


def get(name: str) -> Table:
    """Return a table's description by name.

    Raises
    ------
    CloudMarketError
        If there is none of that name.
    """
    try:
        return TABLES[name]
    except KeyError:
        raise CloudMarketError(f"no table named {name!r}; there are: {', '.join(TABLES)}") from None
