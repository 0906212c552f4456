"""Check curated facts: every problem with file, row, column and what to do about it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import pandas as pd

from cloudmarket import store
from cloudmarket.errors import CheckError, CloudMarketError
from cloudmarket.tables import capex, curated, daily_return, developer_survey, event, financial, market_share
from cloudmarket.tables.base import INTEGER, NUMBER, TEXT, Column, Table
from cloudmarket.tables.curated import Problem

MODULES: dict[str, ModuleType] = {
    module.TABLE.name: module for module in (capex, daily_return, developer_survey, event, financial, market_share)
}
SUMS = "control_sums.csv"
_SUMS = Table(
    "control_sums",
    "what the quarters of a fiscal year must sum to",
    ("company", "metric", "basis", "fiscal_year"),
    (
        Column("company", TEXT, "Who reports."),
        Column("metric", TEXT, "What is summed."),
        Column("basis", TEXT, "On which basis."),
        Column("fiscal_year", INTEGER, "Fiscal year."),
        Column("quarters_sum", NUMBER, "Sum of the four quarters."),
        Column("annual", NUMBER, "Figure of the year in the 10-K; missing where the collection has none.", False),
        Column("difference", NUMBER, "Sum less annual figure, known and accepted.", False),
        Column("note", TEXT, "Which filing.", False),
    ),
    (),
)


def module_of(name: str) -> ModuleType:
    """Return the module of a table of curated facts.

    Raises
    ------
    CloudMarketError
        If there is none of that name.
    """
    if name not in MODULES:
        raise CloudMarketError(f"no curated table named {name!r}; there are: {', '.join(MODULES)}")
    return MODULES[name]


def path_of(name: str) -> Path:
    """Return the file of a table of curated facts."""
    return store.raw(curated.FOLDER) / f"{name}.csv"


def check(paths: Sequence[Path] = ()) -> dict[str, list[Problem]]:
    """Check whole files of curated facts, all that are shipped if none is given.

    Returns
    -------
    dict of str to list of Problem
        By file, in order of rows.

    Raises
    ------
    CloudMarketError
        If a file cannot be read or is named after no table.
    """
    found = {}
    for path in paths or [path_of(name) for name in MODULES]:
        module = module_of(path.stem)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CloudMarketError(f"{path} cannot be read: {error.strerror}. Give the path of a CSV file") from error
        found[str(path)] = problems(module, content)
    return found


def problems(module: ModuleType, content: bytes) -> list[Problem]:
    """Return everything that is wrong with the content of a table's file, in order of rows."""
    table: Table = module.TABLE
    file = f"{table.name}.csv"
    rows, found = curated.parse(table, content, file)
    if any(problem.column == "*" for problem in found):
        return found
    whole = rows.drop(index=[problem.row - 2 for problem in found])
    found += _broken_rules(module, whole, file)
    found += _misplaced(table, whole, file)
    if table.name == financial.TABLE.name:
        found += wrong_sums(whole, sums(), file)
    return sorted(found)


def sums() -> pd.DataFrame:
    """Return the control sums.

    Raises
    ------
    CheckError
        Naming file, row and column of what cannot be read in them.
    """
    path = store.raw(curated.FOLDER) / SUMS
    rows, found = curated.parse_columns(_SUMS.columns, path.read_bytes(), SUMS)
    wrong = rows.annual.notna() & (rows.quarters_sum - rows.annual != rows.difference)
    what = "is not quarters_sum less annual: mend it"
    found += [Problem(SUMS, n + 2, "difference", what) for n, is_wrong in enumerate(wrong) if is_wrong]
    if found:
        raise CheckError("\n".join(map(str, found)))
    return rows


def wrong_sums(rows: pd.DataFrame, expected: pd.DataFrame, file: str) -> Iterator[Problem]:
    """Yield where the exact quarters of a fiscal year, or its annual figure, are not what the control sums say."""
    exact = rows[~rows.is_rounded.astype("bool")].sort_values(["evidence", "publisher", "source_title"])
    exact = exact.assign(fiscal_year=exact.fiscal_period.str.extract(r"(\d{4})", expand=False).astype("Int64"))
    by = ["company", "metric", "basis", "fiscal_year"]
    groups = dict(iter(exact.groupby(by)))
    for line in expected.to_dict("records"):
        own = groups.get(tuple(line[name] for name in by), exact.head(0))
        what = f"{line['metric']} on {line['basis']}, fiscal year {line['fiscal_year']}"
        quarters = own[own.period_kind == "quarter"].drop_duplicates("period_end_on").sort_index()
        at, total = (int(quarters.index[0]) + 2 if len(quarters) else 1), quarters.value.sum()
        if len(quarters) != 4:
            yield Problem(file, at, "period_end_on", f"{what} has {len(quarters)} exact quarters, not 4: add the rest")
        elif total != line["quarters_sum"]:
            places = ", ".join(str(n + 2) for n in quarters.index)
            told = f"{what}: rows {places} sum to {total:.0f}, {SUMS} says {line['quarters_sum']:.0f}"
            yield Problem(file, at, "value", f"{told}: mend the figure, or the sum with its source")
        if not math.isnan(line["annual"]):
            yield from _wrong_annual(own[own.period_kind == "year"], line["annual"], what, at, file)


def _wrong_annual(rows: pd.DataFrame, expected: float, what: str, at: int, file: str) -> Iterator[Problem]:
    if rows.empty:
        yield Problem(file, at, "period_kind", f"{what} has no annual figure: add that of the 10-K")
    for n, value in rows.value[rows.value != expected].items():
        told = f"{what}: the annual figure is {value:.0f}, {SUMS} says {expected:.0f}"
        yield Problem(file, int(str(n)) + 2, "value", f"{told}: mend the figure, or the sum with its source")


def _broken_rules(module: ModuleType, rows: pd.DataFrame, file: str) -> Iterator[Problem]:
    for rule, holds in curated.broken(module.RULES, rows):
        shown = _text(rows[rule.column])
        for n in rows.index[~holds]:
            yield Problem(file, int(n) + 2, rule.column, f"{shown[n]!r} breaks the rule: {rule.text}")


def _misplaced(table: Table, rows: pd.DataFrame, file: str) -> Iterator[Problem]:
    """Yield rows that repeat a key, and rows out of order."""
    seen: dict[tuple[str, ...], int] = {}
    last: tuple[str, ...] = ()
    for n, key in zip(rows.index, keys(table, rows), strict=True):
        if key in seen:
            told = f"the same fact as row {seen[key]}, by {', '.join(table.key)}"
            yield Problem(file, n + 2, table.key[-1], f"{told}: remove one, or tell their sources apart")
        elif key < last:
            yield Problem(file, n + 2, table.key[0], f"out of order: sort the rows by {', '.join(table.key)}")
        seen.setdefault(key, n + 2)
        last = max(last, key)


def keys(table: Table, rows: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return the key of each row as text, which is how files are sorted."""
    return list(zip(*(_text(rows[name]) for name in table.key), strict=True))


def _text(cells: pd.Series) -> pd.Series:
    """Return cells as a file shows them, missing ones as ''."""
    is_day = pd.api.types.is_datetime64_any_dtype(cells)
    text: pd.Series = cells.dt.strftime("%Y-%m-%d") if is_day else cells.astype("str")
    return text.where(cells.notna(), "")
