"""A billing export in the FOCUS format, summed where it is: by month, provider, service, product and region."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import ibis
import ibis.expr.types as ir
import pandas as pd

from cloudmarket import engine
from cloudmarket.arguments.workload import focus_columns as columns

MISSING = ("", " ", "NULL", "null", "NA", "N/A", "NaN", "nan", "None")
KEY = ["month", "provider", "service", "category", "charge", "currency", "sku", "unit"]
DETAIL = [*KEY, "region", "pricing"]
"""Regions and kinds of price are told apart for few products: for all of a large bill they are too many groups."""
SUMS = ["billed", "effective", "listed", "quantity"]
MOST_GROUPS = 1_000_000
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_NEEDED = {
    "month": "ChargePeriodStart", "service": "ServiceName", "category": "ServiceCategory",
    "charge": "ChargeCategory", "currency": "BillingCurrency",
}  # fmt: skip


class CellError(ValueError):
    """A cell that cannot be what its column says; ``column`` and ``cell`` (None where it is empty) tell which."""

    def __init__(self, column: str, cell: str | None, problem: str) -> None:
        self.column, self.cell, self.problem = column, cell, problem
        super().__init__(f"column {column}: {'a cell is empty' if cell is None else repr(cell)}: {problem}")


@dataclass(frozen=True, eq=False, repr=False)
class Bill:
    """What a billing export says, summed.

    Attributes
    ----------
    version : str
        Of the format, by the columns that are there.
    groups : DataFrame
        One row per ``KEY``: rows; billed, effective and listed cost in the currency billed (missing where the file has
        no such column); quantity in ``unit``; no_quantity, rows of it without one; first_text and last_text, the least
        and greatest description.
    keyed : Ibis table
        The rows under our names, still where they are.
    """

    version: str
    groups: pd.DataFrame
    keyed: ir.Table

    def detail(self, skus: Sequence[str]) -> pd.DataFrame:
        """Return the sums of some products by ``DETAIL``: as ``groups``, with region and pricing; a second pass."""
        found = _summed(self.keyed.filter(self.keyed.sku.isin(list(skus))), DETAIL) if len(skus) else None
        rows = self.groups.iloc[:0].assign(region="", pricing="") if found is None else found
        return rows.drop(columns=["bad", "no_cost"], errors="ignore")

    @property
    def rows(self) -> int:
        """Number of rows summed."""
        return int(self.groups.rows.sum())

    @property
    def totals(self) -> pd.DataFrame:
        """Spend by currency, which is never added up: currency, rows, billed, effective, listed."""
        return self.groups.groupby("currency")[["rows", *SUMS[:3]]].sum(min_count=1).reset_index()

    def __repr__(self) -> str:
        spend = " and ".join(f"{row.billed:,.2f} {row.currency}" for row in self.totals.itertuples())
        months = sorted(self.groups.month.unique())
        return f"Bill(FOCUS {self.version}: {self.rows:,} rows, {months[0]} to {months[-1]}, billed {spend})"


def bill(table: ir.Table) -> Bill:
    """Return the sums of a billing export; its rows stay where they are.

    Parameters
    ----------
    table : Ibis table
        Of any engine (:func:`cloudmarket.engine.scan`, :func:`cloudmarket.engine.read_texts`); cells of CSV may all be
        texts. What is negative (refunds, corrections) is summed as it stands.

    Raises
    ------
    ValueError
        If columns are missing, there are no rows, or products cannot be told apart.
    CellError
        If a cell that the format requires is empty, or is no number, month or kind of charge.
    """
    columns.require(table.columns)
    keyed = _keyed(table)
    groups = _summed(keyed, KEY)
    if groups.empty:
        raise ValueError("there are no rows")
    _check(groups, table)
    return Bill(columns.version(table.columns), groups.drop(columns=["bad", "no_cost"]), keyed)


def _summed(keyed: ir.Table, key: list[str]) -> pd.DataFrame:
    total = engine.total_of(keyed)
    sums = {name: total(keyed[name]) for name in SUMS}
    grouped = keyed.group_by(key).aggregate(
        **sums,
        rows=keyed.count(),
        no_quantity=keyed.quantity.isnull().sum(),
        no_cost=keyed.billed.isnull().sum(),
        bad=reduce(lambda one, other: one + other, [keyed[f"bad_{name}"].sum() for name in SUMS]),
        first_text=keyed.text.min(),
        last_text=keyed.text.max(),
    )
    found = engine.fetch(grouped.limit(MOST_GROUPS + 1))
    if found.num_rows > MOST_GROUPS:
        raise ValueError(f"there are more than {MOST_GROUPS:,} combinations of month and product; split the file")
    rows: pd.DataFrame = found.to_pandas()
    return rows.sort_values(key, ignore_index=True, na_position="first")


def bad_rows(table: ir.Table, error: CellError) -> ir.BooleanValue:
    """Return which rows of an export have the cell that an error is about."""
    column = table[error.column]
    if error.cell is None:
        return _number(table, error.column)[0].isnull() if error.column in columns.NUMBERS else _known(column).isnull()
    return column.cast("string") == error.cell


def _keyed(table: ir.Table) -> ir.Table:
    """Return the columns summed by, under our names, with texts that say nothing taken for missing."""
    texts = {
        "month": _text(table, "ChargePeriodStart").substr(0, 7),
        "provider": _text(table, columns.provider(table.columns)),
        "service": _text(table, "ServiceName"),
        "category": _text(table, "ServiceCategory"),
        "charge": _text(table, "ChargeCategory"),
        "currency": _text(table, "BillingCurrency"),
        "region": _text(table, "RegionId"),
        "unit": _text(table, "ConsumedUnit"),
        "pricing": _text(table, "PricingCategory"),
    }
    parts = [_text(table, name).fill_null("") for name in columns.DESCRIPTIONS if name in table.columns]
    text = reduce(lambda one, other: one + " | " + other, parts) if parts else ibis.literal("")
    # Where products have no id, what is said of them tells them apart.
    sku = ibis.coalesce(_text(table, "SkuId"), text)
    numbers: dict[str, ir.Value] = {}
    for name, source in zip(SUMS, columns.NUMBERS, strict=True):
        numbers[name], numbers[f"bad_{name}"] = _number(table, source)
    return table.select(**texts, text=text, sku=sku, **numbers)


def _text(table: ir.Table, name: str) -> ir.StringValue:
    if name not in table.columns:
        return ibis.null("string")
    return _known(table[name].cast("string"))


def _known(column: ir.StringValue) -> ir.StringValue:
    # Blanks are not stripped: over ten million rows that costs ten times the sums.
    return ibis.ifelse(column.isin(MISSING), None, column)


def _number(table: ir.Table, name: str) -> tuple[ir.FloatingValue, ir.IntegerValue]:
    """Return a column of numbers, and 1 where a cell is none."""
    if name not in table.columns:
        return ibis.null("float64"), ibis.literal(0)
    column = table[name]
    if not column.type().is_string():
        number = column.cast("float64")
        return ibis.ifelse(number.isnan(), None, number), number.isinf().fill_null(False).cast("int64")
    number = _known(column).try_cast("float64")
    bad = _known(column).notnull() & (number.isnull() | number.isinf())
    return number, bad.fill_null(False).cast("int64")


def _check(groups: pd.DataFrame, table: ir.Table) -> None:
    """Refuse cells that the format does not allow; the sums are at hand, so no second pass is needed to find none."""
    for name, source in (*_NEEDED.items(), ("provider", columns.provider(table.columns))):
        if groups[name].isna().any():
            raise CellError(source, None, "the format requires it in every row")
    strange = groups.month[~groups.month.map(lambda month: _MONTH.fullmatch(month) is not None)]
    if len(strange):
        raise CellError("ChargePeriodStart", _whole(table, strange.iloc[0]), "write the time as 2024-09-18T22:00:00Z")
    strange = groups.charge[~groups.charge.isin(columns.CHARGES)]
    if len(strange):
        raise CellError("ChargeCategory", strange.iloc[0], f"the format has {', '.join(columns.CHARGES)}")
    if groups.bad.any():
        raise _no_number(table)
    if groups.no_cost.any():
        raise CellError("BilledCost", None, "the format requires it in every row")


def _whole(table: ir.Table, start: str) -> str:
    cells = table.ChargePeriodStart.cast("string")
    found = table.filter(cells.substr(0, 7) == start).select(cell=cells).limit(1).to_pyarrow()
    return str(found["cell"][0].as_py())


def _no_number(table: ir.Table) -> CellError:
    for name in columns.NUMBERS:
        if name in table.columns:
            _, bad = _number(table, name)
            found = (
                table.mutate(is_bad=bad)
                .filter(lambda rows: rows.is_bad == 1)
                .select(cell=table[name].cast("string"))
                .limit(1)
            )
            cells = found.to_pyarrow()["cell"].to_pylist()
            if cells:
                return CellError(name, cells[0], "it is no number; write 1234.5, without separators of thousands")
    raise ValueError("a cell that was no number is none no longer: the file changed while it was read")
