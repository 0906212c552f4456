"""Revenue, growth and margin of each reported segment, by quarter, each basis apart."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cloudmarket.arguments.market import facts
from cloudmarket.arguments.market.facts import MICROSOFT_CLOUD, MILLION_PER_BILLION, SEGMENTS, Reported, Segment
from cloudmarket.measures import growth, intensity
from cloudmarket.tables.series import Series

COLUMNS = ["panel", "cloud", "basis", "quarter", "day", "value", "low", "high", "is_press", "unit"]
MEASURES = {"revenue": "USD bn a quarter", "growth": "growth over a year, %", "margin": "operating margin, %"}


def frame(known: Reported) -> pd.DataFrame:
    """Return what is drawn of what was known of the accounts: a row per panel (measure and segment), basis and quarter.

    Returns
    -------
    DataFrame
        ``COLUMNS``: value in USD bn or percent, low and high of what sources print as exactly, is_press where the
        press alone prints it (grade C); quarters within a basis that nobody printed have no value.
    """
    parts = [*_revenues(known), *_growths(known), *_margins(known)]
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def panels() -> dict[str, str]:
    """Return the panels in order, with the words above them."""
    wide = (*SEGMENTS, MICROSOFT_CLOUD)
    named = {f"{measure} {one.label}": f"{one.label}" for measure in MEASURES for one in wide}
    for name in named:
        measure, label = name.split(" ", 1)
        if measure == "growth" and label == MICROSOFT_CLOUD.label:
            label = "Azure (growth alone)"
        named[name] = f"{label}: {MEASURES[measure]}" if label == SEGMENTS[0].label else label
    return named


def named() -> dict[str, dict[str, str]]:
    """Return where bases are named: once per company, in the panel with room for it."""
    revenue = dict.fromkeys(
        ("as_first_reported", "recast_fy2018", "recast_fy2019", "recast_fy2023", "recast_2024_08"), "above"
    )
    return {
        "revenue Intelligent Cloud": revenue,
        "revenue Microsoft Cloud": revenue,
        "margin Google Cloud": {"as_first_reported": "above", "alphabet_recast_2023": "above"},
        f"growth {MICROSOFT_CLOUD.label}": {
            "reported_currency": "start", "reported_currency_recast_2024_08": "high",
            "constant_currency_recast_2024_08": "low",
        },
    }  # fmt: skip


def empty() -> dict[str, str]:
    """Return the words that stand in panels without data."""
    return {f"margin {MICROSOFT_CLOUD.label}": "not reported", f"revenue {MICROSOFT_CLOUD.label}": "not known yet"}


def _revenues(known: Reported) -> Iterator[pd.DataFrame]:
    for one in (*SEGMENTS, MICROSOFT_CLOUD):
        for found in known[one.revenue]:
            rows = facts.best(found).set_index("period_end_on")
            drawn = pd.DataFrame({
                "value": found.values / MILLION_PER_BILLION, "low": found.low / MILLION_PER_BILLION,
                "high": found.high / MILLION_PER_BILLION, "is_press": rows.evidence == "C",
            })  # fmt: skip
            yield _panel("revenue", one, found.basis, drawn, "USD bn")


def _growths(known: Reported) -> Iterator[pd.DataFrame]:
    for one in SEGMENTS:
        for found in known[one.revenue]:
            press = (facts.best(found).set_index("period_end_on").evidence == "C").set_axis(
                facts.by_quarter(found).index
            )
            rates = 100 * growth.year_on_year(facts.by_quarter(found)).dropna()
            both = press.reindex(rates.index) | press.reindex(rates.index - 4).to_numpy()
            drawn = pd.DataFrame({"value": rates, "low": rates, "high": rates, "is_press": both})
            if len(drawn):
                yield _panel("growth", one, found.basis, _by_day(drawn), "percent")
    for found in known[facts.AZURE_GROWTH]:
        rows = facts.best(found).set_index("period_end_on")
        drawn = pd.DataFrame({
            "value": found.values, "low": found.low, "high": found.high, "is_press": rows.evidence == "C",
        })  # fmt: skip
        yield _panel("growth", MICROSOFT_CLOUD, found.basis, drawn, "percent")


def _margins(known: Reported) -> Iterator[pd.DataFrame]:
    for one in SEGMENTS:
        for found, rates in margins(one, known):
            if len(rates):
                drawn = pd.DataFrame({"value": rates, "low": rates, "high": rates, "is_press": False})
                yield _panel("margin", one, found.basis, _by_day(drawn), "percent")


def margins(one: Segment, known: Reported) -> Iterator[tuple[Series, pd.Series]]:
    """Yield operating income per basis, and what it is of the revenue on a basis that does not break with it.

    Google Cloud's revenue was never recast, so each of the two bases of its income stands on the same revenue.
    """
    assert one.income is not None
    revenues = {found.basis: found for found in known[one.revenue]}
    for found in known[one.income]:
        own = revenues.get(found.basis) or revenues.get("as_reported")
        if own is not None:
            exact = facts.by_quarter(own)[~(facts.best(own).evidence == "C").to_numpy()]
            yield found, (100 * facts.by_quarter(found) / exact).dropna()


def _by_day(drawn: pd.DataFrame) -> pd.DataFrame:
    return drawn.set_axis(pd.PeriodIndex(drawn.index).end_time.normalize())


def _panel(measure: str, one: Segment, basis: str, drawn: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return rows of a panel for all quarters from first to last; those that nobody printed have no value."""
    quarters = pd.PeriodIndex(drawn.index, freq="Q")
    full = pd.period_range(quarters.min(), quarters.max(), freq="Q")
    rows = drawn.set_axis(quarters).reindex(full)
    rows["is_press"] = rows.is_press.astype("boolean").fillna(False).astype("bool")
    return rows.assign(
        panel=f"{measure} {one.label}", cloud=one.cloud, basis=basis, quarter=full.astype("str"),
        day=full.end_time.normalize(), unit=unit,
    )  # fmt: skip


def newest(rows: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return per segment the newest value of a measure that is not the press's alone: label, quarter, value."""
    own = rows[rows.panel.str.startswith(measure + " ") & ~rows.is_press].dropna(subset=["value"])
    last = own.sort_values("day", kind="stable").groupby("panel", sort=False).tail(1)
    labels = last.panel.str.removeprefix(measure + " ")
    kept = last.assign(label=labels)[["label", "cloud", "basis", "quarter", "value"]]
    order = [one.label for one in (*SEGMENTS, MICROSOFT_CLOUD)]
    return kept.set_index("label").reindex([name for name in order if name in set(labels)])


def backlogs(known: Reported) -> pd.DataFrame:
    """Return contracted revenue not yet earned, and how many years of trailing revenue it is worth.

    Returns
    -------
    DataFrame
        label, basis, on, backlog, revenue (USD bn), years.
    """
    parts = []
    for one in SEGMENTS:
        earned = facts.furthest(known[one.revenue])
        if one.backlog is None or earned is None:
            continue
        for found in known[one.backlog]:
            stock = facts.best(found).rename(columns={"period_end_on": "on"})
            cover = intensity.backlog_cover(stock[["on", "value", "unit"]], facts.best(earned))
            parts.append(cover.assign(label=one.label, basis=found.basis))
    columns = ["label", "basis", "on", "backlog", "revenue", "years"]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    rows[["backlog", "revenue"]] /= MILLION_PER_BILLION
    return rows[columns]
