"""A priced basket as a reader sees it: frames to draw, and sentences whose numbers are all computed."""

from __future__ import annotations

import pandas as pd

from cloudmarket import names
from cloudmarket.arguments.claim import grades
from cloudmarket.arguments.workload.constraints import ALL, newest
from cloudmarket.arguments.workload.workload import SPLIT, Workload
from cloudmarket.measures.switching import FORESIGHT, LAGGED, POLICIES, STAY

_SHORT = {"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud"}
SPLIT_NAME = "Split"


def seller_name(code: str) -> str:
    """Return a seller's name; of the three clouds, the short one."""
    if code == SPLIT:
        return SPLIT_NAME
    known = names.clouds().set_index("code").name
    return _SHORT.get(code) or str(known.get(code, code))


def usd(amount: float) -> str:
    """Return an amount a month as it is printed in a sentence."""
    return f"USD {amount:,.0f}"


def markdown(rows: pd.DataFrame, otherwise: str) -> str:
    """Return rows as a Markdown table, or the sentence that says why there are none."""
    return str(rows.to_markdown(index=False, disable_numparse=True)) if len(rows) else otherwise


def answer(found: Workload) -> str:
    """Return what the basket costs, from whom, and what is left out, in sentences."""
    plan = found.plan
    if plan.split.empty:
        return f"On {found.day} no list known then has a price for any line of the basket."
    parts = [
        f"Bought line by line where it is cheapest, the basket costs {usd(plan.cost_of_met)} a month at list prices"
    ]
    if plan.unmet:
        parts[0] += f", without {_and(list(plan.unmet))}, for which no price is known"
    alone = plan.single.dropna(subset="cost")
    if len(alone):
        best = alone.iloc[0]
        parts.append(f"All of it from one seller costs {usd(best.cost)}, at {seller_name(best.seller)}")
    else:
        parts.append("No seller has a known price for all of its lines")
    parts += [text for text in (moved(found),) if text]
    return ". ".join(parts) + "." + carried(found)


def carried(found: Workload) -> str:
    """Return a warning where lists were last read long before the day, or prices were left out; else nothing."""
    rows = found.carried
    left = found.market.doubtful
    doubt = f" {left} prices of machines below half of what they usually cost are left out." if left else ""
    if rows.empty:
        return doubt
    pairs = zip(rows.seller, rows.seen_on, strict=True)
    lists = [f"{seller_name(seller)} on {seen_on:%Y-%m-%d}" for seller, seen_on in pairs]
    return f" Prices are carried forward where a list was last read long before: {_and(lists)}.{doubt}"


def bought(found: Workload) -> pd.DataFrame:
    """Return the cheapest plan as a table: line, what, seller, where, how, USD a month, evidence, price since."""
    rows = found.plan.split
    how = [_how(firm, flexible) for firm, flexible in zip(rows.how, rows.flexible_how, strict=True)]
    return pd.DataFrame({
        "line": rows.line,
        "what": rows["item"],
        "seller": [seller_name(code) for code in rows.seller],
        "served in": rows.place,
        "bought as": how,
        "USD a month": [f"{cost:,.0f}" for cost in rows.cost],
        "evidence": rows.evidence,
        "this price since": [f"{day:%Y-%m-%d}" for day in rows.valid_from],
    })  # fmt: skip


def unpriced(found: Workload) -> pd.DataFrame:
    """Return which lines a seller has no price for, and why."""
    rows = found.unpriced
    return rows.assign(seller=[seller_name(code) for code in rows.seller])


def plans(found: Workload) -> pd.DataFrame:
    """Return what each line costs in each plan that has all lines, tidy: plan, line, cost; the cheapest first."""
    best = found.now.sort_values(["cost", "seller"]).drop_duplicates(["line", "seller"])
    parts = [found.plan.split[["line", "cost"]].assign(plan=SPLIT)] if not found.plan.unmet else []
    whole = found.plan.single.dropna(subset="cost").seller
    parts += [best[best.seller == seller][["line", "cost"]].assign(plan=seller) for seller in whole]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["line", "cost", "plan"])
    place = {name: at for at, name in enumerate(found.basket.line_names)}
    order = {name: at for at, name in enumerate(dict.fromkeys(rows.plan))}
    rows = rows.assign(name=[seller_name(code) for code in rows.plan])
    key = rows.plan.map(order) * len(place) + rows.line.map(place)
    return rows.iloc[key.argsort(kind="stable")].reset_index(drop=True)[["plan", "name", "line", "cost"]]


def plan_title(found: Workload) -> str:
    """Return what the plans say against each other."""
    alone = found.plan.single.dropna(subset="cost")
    cost = found.plan.cost
    if alone.empty:
        return f"Split over sellers the basket costs {usd(cost)} a month; no seller has a known price for all of it"
    best = alone.iloc[0]
    if best.cost <= cost * (1 + 1e-9):
        return f"The basket costs least all from {seller_name(best.seller)}: {usd(cost)} a month"
    less = 1 - cost / best.cost
    return (
        f"Split over sellers the basket costs {usd(cost)} a month, {less:.0%} less than at {seller_name(best.seller)}"
    )


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


def moved(found: Workload) -> str:
    """Return what moving to the cheapest each month would have saved; nothing where it cannot be told."""
    moves = found.switching
    if moves is None:
        return ""
    by = moves.totals.set_index("policy")
    if by.share[FORESIGHT] < 0.0005:
        return "Moving would have saved nothing: the first choice of each line stayed the cheapest"
    return (
        f"Moving every month to the cheapest would have saved {by.share[FORESIGHT]:.1%} with perfect foresight and"
        f" {by.share[LAGGED]:.1%} by the prices of the month before"
    )


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


def evidence(found: Workload) -> str:
    """Return the grades of the prices under the cheapest plan."""
    return grades(found.plan.split)


def _how(how: str, flexible: object) -> str:
    firm = how.replace("_", " ")
    return firm if not isinstance(flexible, str) or flexible == how else f"{firm}, and {flexible.replace('_', ' ')}"


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
