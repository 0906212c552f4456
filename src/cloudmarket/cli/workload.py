"""``cloudmarket workload``: a basket, or a bill in the FOCUS format, priced on every cloud through time."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from cloudmarket import engine
from cloudmarket.arguments.workload import basket_file, focus_bill, focus_columns, focus_names, focus_priced, workload
from cloudmarket.arguments.workload.constraints import newest
from cloudmarket.arguments.workload.focus_products import CURRENCY
from cloudmarket.cli import writing
from cloudmarket.cli.measures import reading
from cloudmarket.cli.measures.printing import finish, show
from cloudmarket.errors import CloudMarketError
from cloudmarket.tables import report_day

_SHOWN = 12
_WAYS = {
    "own_list": "cheapest machine or endpoint of the seller billed",
    "best_list": "cheapest seller of each month",
    "best_by_last_month": "seller that was cheapest the month before",
}


def run(
    file: Path,
    day: str | None,
    out: Path | None,
    *,
    own: Path | None = None,
    unmapped: Path | None = None,
    anywhere: bool = False,
) -> None:
    """Price a file of the reader's; what it is, is told by its ending and its columns."""
    for target in (out, unmapped):
        if target is not None:
            writing.require_ending(target)
    if not file.exists():
        raise CloudMarketError(f"there is no file {file}")
    moment = report_day(day)
    if not is_bill(file):
        if own or unmapped or anywhere:
            raise CloudMarketError("--map, --unmapped and --anywhere are for bills; this file is a basket")
        _basket(file, moment, out)
    else:
        _bill(file, moment, out, own=own, unmapped=unmapped, anywhere=anywhere)


def is_bill(file: Path) -> bool:
    """Whether a file is a bill in the FOCUS format: Parquet is, TOML is not, of CSV the header tells.

    Raises
    ------
    CloudMarketError
        If a header is of neither.
    """
    if file.is_dir() or file.name.lower().endswith((*reading.PARQUET, ".csv.gz", ".tsv", ".tsv.gz")):
        return True
    if file.suffix.lower() != ".csv":
        return False
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as opened:
        header = [cell.strip() for cell in next(csv.reader(opened), [])]
    if set(header) & {*focus_columns.REQUIRED, *focus_columns.PROVIDER, *focus_columns.NUMBERS}:
        return True
    if header and not set(header) & set(basket_file.COLUMNS):
        raise CloudMarketError(
            f"{file.name} has the columns {', '.join(header[:8])}: neither those of a basket"
            f" ({', '.join(basket_file.COLUMNS)}) nor those of a bill in the FOCUS format (BilledCost, ...)"
        )
    return False


def _basket(file: Path, day: date, out: Path | None) -> None:
    with reading.one_message(file):
        basket = basket_file.read(file)
    found = workload.price(basket, day)
    if found.impossible:
        reasons = "; ".join(
            f"line {basket.line_names.index(name) + 1} ({name}), {why}" for name, why in found.impossible.items()
        )
        raise CloudMarketError(f"{file.name} cannot be bought as it stands: {reasons}")
    plan = found.plan
    show(f"{basket!r}, priced as of {day}, USD a month at list prices", "")
    show("The cheapest plan", plan.split[["line", "seller", "item", "place", "how", "cost", "cost_high", "evidence"]])
    if plan.unmet:
        show(f"Left out, because nobody has a price of it on that day: {', '.join(plan.unmet)}")
    show(f"In all {plan.cost_of_met:,.2f}" + (" without what is left out" if plan.unmet else ""), "")
    show("Everything from one seller (cost is empty where it has no price for a line)", plan.single, "")
    if len(found.unpriced):
        show("Not priced", found.unpriced, "")
    if len(found.carried):
        days = found.carried.seen_on.dt.strftime("%Y-%m-%d")
        show("Carried forward: the list was last read so many days before", found.carried.assign(seen_on=days), "")
    _conditions(found)
    _moves(found)
    finish(found.offers, out, "offers")


def _conditions(found: workload.Workload) -> None:
    rows = newest(found.constraints)
    if len(rows):
        shown = ["line", "constraint", "with_cost", "without_cost", "cost", "low", "high"]
        show("What each condition costs, lifted alone; low and high are over the year before", rows[shown], "")


def _moves(found: workload.Workload) -> None:
    moved = found.switching
    if moved is None:
        show("Of no two months are all prices known: what moving would have saved cannot be told")
        return
    months = found.whole_months
    show(f"What moving each month would have saved, {months[0]:%Y-%m} to {months[-1]:%Y-%m}", moved.totals)


def _bill(file: Path, day: date, out: Path | None, *, own: Path | None, unmapped: Path | None, anywhere: bool) -> None:
    table = _opened(file)
    with reading.one_message(file):
        try:
            summed = focus_bill.bill(table)
        except focus_bill.CellError as error:
            raise ValueError(_where(file, error)) from error
    said = None
    if own is not None:
        if not own.is_file():
            raise CloudMarketError(f"there is no file {own}")
        with reading.one_message(own):
            said = focus_names.own_table(own)
    found = focus_priced.priced(summed, day, own_table=said, keep_in_eu=not anywhere)
    show(f"{summed!r}", "")
    _spend(found)
    _priced(found)
    if unmapped is not None:
        template = found.left_out.assign(buys="", item="", per_unit="")
        columns = [*focus_names.TABLE_COLUMNS, "service", "text", "unit", "charge", "currency", "billed", "reason"]
        finish(template[columns], unmapped, "unmapped")
    finish(found.lines, out, "bill")


def _opened(file: Path) -> ir.Table:
    if file.is_dir():
        with reading.one_message(file):
            return engine.scan(file)
    return reading.opened(file)


def _where(file: Path, error: focus_bill.CellError) -> str:
    """Return what is wrong with the row it stands in; of a folder of files the order is not known."""
    if file.is_dir():
        return str(error)
    table = reading.opened(file, in_order=True)
    numbered = table.mutate(row=ibis.row_number())
    rows = numbered.filter(focus_bill.bad_rows(numbered, error)).order_by("row").limit(1)
    place = rows.select("row").to_pyarrow()["row"].to_pylist()
    return f"row {place[0] + 1} below the header, {error}" if place else str(error)


def _spend(found: focus_priced.PricedBill) -> None:
    """Say what was spent, on what, and how much of it is left out."""
    row: Any
    for row in found.ai.itertuples():
        show(f"{row.currency}: billed {row.billed:,.2f}, of it AI {row.ai:,.2f}{_share(row.ai, row.billed)}")
        left = row.ai - row.priced
        priced = f"{row.priced:,.2f}{_share(row.priced, row.ai, ' of the AI')}"
        show(f"  priced {priced}, left out {left:,.2f}{_share(left, row.ai, ' of the AI')}")
        if row.currency != CURRENCY:
            show("  kept apart: the lists are in USD, and no rate of exchange is assumed")
    if len(found.left_out):
        rows = found.left_out.head(_SHOWN).assign(text=found.left_out.text.str.slice(0, 60))
        shown = ["provider", "service", "sku", "text", "unit", "billed", "currency", "reason"]
        show(
            "", f"Left out, the largest of {len(found.left_out)} (--unmapped FILE lists all, to be named)", rows[shown]
        )
    missing = found.lines[found.lines.best_list.isna()]
    if len(missing):
        shown = ["month", "seller", "item", "regions", "billed", "reason"]
        show(
            "",
            f"Known, but not priced: {len(missing)} lines, billed {missing.billed.sum():,.2f}",
            missing[shown].head(_SHOWN),
        )
    show("")


def _share(part: float, whole: float, of: str = "") -> str:
    return f" ({part / whole:.1%}{of})" if whole > 0 else ""


def _priced(found: focus_priced.PricedBill) -> None:
    rows = found.compared
    if rows.empty:
        show("Nothing on the bill can be priced from our lists")
        return
    show(f"Priced at lists, {rows.month.min()} to {rows.month.max()}, {len(rows)} lines, USD")
    sums = rows[["billed", "effective", "listed", "machine_list", "own_list", "best_list", "best_by_last_month"]]
    show(sums.sum(min_count=1).to_frame().T)
    for name, words in _WAYS.items():
        known = rows[rows[name].notna()]
        saved = known.billed.sum() - known[name].sum()
        change = f"{abs(saved):,.2f} {'less' if saved >= 0 else 'more'} than was billed"
        show(f"At the {words}: {change}{_share(abs(saved), known.billed.sum())}")
    if rows.machine_list.sum() > 0:
        ratio = rows.machine_billed.sum() / rows.machine_list.sum()
        show(f"Billed over the list price of the very machines and regions, where known: {ratio:.4f}")
    show("", "By seller: what the lines that it has a price for cost there", found.by_seller, "")
