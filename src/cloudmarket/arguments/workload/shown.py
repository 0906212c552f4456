"""A priced basket as a reader sees it: frames to draw, and sentences whose numbers are all computed."""

from __future__ import annotations

import pandas as pd

from cloudmarket import names
from cloudmarket.arguments.claim import grades
from cloudmarket.arguments.workload.workload import SPLIT, Workload
from cloudmarket.measures.switching import FORESIGHT, LAGGED

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


def evidence(found: Workload) -> str:
    """Return the grades of the prices under the cheapest plan."""
    return grades(found.plan.split)


def _how(how: str, flexible: object) -> str:
    firm = how.replace("_", " ")
    return firm if not isinstance(flexible, str) or flexible == how else f"{firm}, and {flexible.replace('_', ' ')}"


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
