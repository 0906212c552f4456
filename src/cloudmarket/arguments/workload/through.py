"""A priced basket through time: frames to draw of months, conditions and moves, and the findings they show."""

from __future__ import annotations

import pandas as pd

from cloudmarket.arguments.workload.constraints import ALL, newest
from cloudmarket.arguments.workload.shown import usd
from cloudmarket.arguments.workload.workload import SPLIT, Workload
from cloudmarket.measures.switching import FORESIGHT, LAGGED, POLICIES, STAY


def through_time(found: Workload) -> pd.DataFrame:
    """Return what each plan cost by month, missing in months of which not all prices are known."""
    parts = []
    for plan, rows in found.history.groupby("plan", sort=False):
        months = found.market.months
        between = months[(months >= rows.period.min()) & (months <= rows.period.max())]
        cost = rows.set_index("period").cost.reindex(between)
        parts.append(cost.rename_axis("period").reset_index().assign(plan=str(plan)))
    return pd.concat(parts, ignore_index=True) if parts else found.history


def time_title(found: Workload) -> str:
    """Return how the cheapest plan moved since all its lines were sold."""
    rows = found.history[found.history.plan == SPLIT]
    first, last = rows.iloc[0], rows.iloc[-1]
    change = last.cost / first.cost - 1
    moved = "as much as" if abs(change) < 0.005 else f"{abs(change):.0%} {'less' if change < 0 else 'more'} than"
    return f"The cheapest plan costs {moved} in {first.period:%B %Y}, the first month in which every line had a price"


def by_line(found: Workload) -> pd.DataFrame:
    """Return the least cost of each line at each seller by month, tidy, missing where not known: line, seller, cost."""
    best = found.offers.groupby(["line", "seller", "period"]).cost.min()
    parts = []
    for name in found.basket.line_names:
        for seller in found.basket.sellers:
            if (name, seller) not in best.index:
                continue
            rows = best.loc[(name, seller)]
            months = found.market.months
            between = months[(months >= rows.index.min()) & (months <= rows.index.max())]
            tidy = rows.reindex(between).rename_axis("period").reset_index()
            parts.append(tidy.assign(line=name, seller=seller))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["period", "cost", "line", "seller"])


def lines_title(found: Workload) -> str:
    """Return how many of the offers changed their price in the year to the day."""
    rows = by_line(found)
    year = rows[rows.period.isin(found.last_year)].dropna(subset="cost")
    spans = year.groupby(["line", "seller"]).cost.agg(["min", "max"])
    if spans.empty:
        return "No line of the basket had a known price in the year to the day"
    moved = int((spans["max"] > spans["min"] * (1 + 1e-6)).sum())
    return (
        f"Of {len(spans)} pairs of a line and a seller, {moved} changed what the line costs in the year to {found.day}"
    )


def conditions(found: Workload) -> pd.DataFrame:
    """Return what each condition costs on the day, with the least and most over the year: name, cost, low, high."""
    rows = newest(found.constraints)
    rows = rows[rows.cost.notna() & (rows.period == pd.Timestamp(found.day))]
    named = [
        f"{line}: {name}" if line else f"basket: {name}" for line, name in zip(rows.line, rows.constraint, strict=True)
    ]
    rows = rows.assign(condition=named, is_all=rows.constraint == ALL)
    order = rows.sort_values(["is_all", "cost", "condition"], ascending=[True, False, True], ignore_index=True)
    return order[["condition", "line", "constraint", "with_cost", "without_cost", "cost", "low", "high"]]


def conditions_title(found: Workload) -> str:
    """Return which condition of a line costs most."""
    rows = conditions(found)
    own = rows[rows.line != ""]
    if own.empty or own.cost.max() <= 0:
        return "No condition of a line costs anything at the prices of the day"
    dearest = own.iloc[0]
    return f"The dearest condition of a line is “{dearest.constraint}” for {dearest.line}: {usd(dearest.cost)} a month"


def conditions_together(found: Workload) -> str:
    """Return that the costs do not add up, with both numbers."""
    rows = conditions(found)
    together = rows[rows.constraint == ALL]
    if together.empty:
        return ""
    apart = rows[rows.constraint != ALL].cost.sum()
    return (
        f"The conditions lifted alone come to {usd(apart)}; lifted all at once they free {usd(together.cost.iloc[0])}."
    )


def saved(found: Workload) -> pd.DataFrame:
    """Return what each way of moving had saved by each month, against staying: period, policy, saved."""
    moves = found.switching
    if moves is None:
        return pd.DataFrame(columns=["period", "policy", "saved"])
    cost = moves.paths.groupby(["period", "policy"]).cost.sum().unstack("policy")[list(POLICIES)]
    gained = cost.rsub(cost[STAY], axis=0)[[LAGGED, FORESIGHT]].cumsum()
    return gained.reset_index().melt("period", var_name="policy", value_name="saved")


def moves(found: Workload) -> pd.DataFrame:
    """Return the policies as a table: what they cost, save, and how often they move."""
    if found.switching is None:
        return pd.DataFrame()
    rows = found.switching.totals
    return pd.DataFrame({
        "policy": rows.policy,
        "USD": [f"{cost:,.0f}" for cost in rows.cost],
        "saved": [f"{amount:,.0f} ({share:.1%})" for amount, share in zip(rows.saved, rows.share, strict=True)],
        "moves": rows.moves,
        "of them forced": rows.forced,
        "a move pays below USD": ["" if pd.isna(one) else f"{one:,.0f}" for one in rows.saved_per_move],
    })  # fmt: skip


def moves_made(found: Workload) -> pd.DataFrame:
    """Return the moves that perfect foresight makes: month, line, to, USD a month there, and whether it was forced."""
    if found.switching is None:
        return pd.DataFrame()
    rows = found.switching.paths
    rows = rows[(rows.policy == FORESIGHT) & rows.is_move].sort_values(["period", "line"])
    return pd.DataFrame({
        "month": [f"{period:%Y-%m}" for period in rows.period],
        "line": rows.line,
        "to": rows.choice,
        "USD a month there": [f"{cost:,.0f}" for cost in rows.cost],
        "why": ["no longer offered" if forced else "cheaper" for forced in rows.is_forced],
    })  # fmt: skip
