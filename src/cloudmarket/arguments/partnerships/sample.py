"""Which events an event study of the clouds' shares can use, and which firms each one concerns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd

from cloudmarket import tables
from cloudmarket.arguments.partnerships.deals import START, deals, records
from cloudmarket.tables import series

MARKET = "SPX"
FIRMS = ("MSFT", "AMZN", "GOOGL", "META", "ORCL")
CLOUD_OWNERS = ("MSFT", "AMZN", "GOOGL")
TICKERS = {"Microsoft": "MSFT", "Amazon": "AMZN", "AWS": "AMZN", "Google": "GOOGL", "Meta": "META", "Oracle": "ORCL"}

Evidence = Literal["A or B", "C"]
# Of these nothing can be learnt about a deal: they are what a company says of itself.
NOT_NEWS = ("disclosure", "reporting_change")


@dataclass(frozen=True, slots=True)
class Other:
    """Other news of a firm in the window of an event, with where it is told."""

    on: date
    firm: str
    what: str
    url: str


# Reviewed by hand, and not complete: what moved a share around an event for another reason.
OTHER_NEWS = (
    Other(date(2019, 7, 18), "MSFT", "results of the fourth quarter of fiscal 2019, after the close",
          "https://www.microsoft.com/en-us/Investor/earnings/FY-2019-Q4/press-release-webcast"),
    Other(date(2023, 7, 18), "MSFT", "the price of Microsoft 365 Copilot",
          "https://www.nasdaq.com/articles/microsoft-msft-q4-2023-earnings-what-to-expect"),
    Other(date(2024, 2, 26), "GOOGL", "criticism of Gemini's images",
          "https://bullsnbears.com/2024/02/26/google-stock-falls-as-gemini-chatbot-generates-criticism/"),
    Other(date(2024, 11, 21), "GOOGL", "the US government asks that Google sell Chrome",
          "https://fortune.com/2024/11/21/google-stock-plunges-doj-chrome"),
)  # fmt: skip


def returns(day: date) -> pd.DataFrame:
    """Return simple daily returns known by a day: trading days x symbols, fractions."""
    rows = tables.load("daily_return", known_on=day)
    wide = rows.pivot(index="traded_on", columns="symbol", values="log_return").sort_index()
    simple = pd.DataFrame(np.expm1(wide.to_numpy()), index=wide.index, columns=list(wide.columns))
    return simple


def events(day: date, evidence: Evidence, after: int = 5) -> pd.DataFrame:
    """Return the events that can be studied with the returns known by a day.

    ``A or B``: the events that the house admits to daily methods (day known, evidence A or B), but for what a company
    merely says of itself. ``C``: deals between a lab and a cloud of which the press alone gives the day. The two are
    never one sample.

    Parameters
    ----------
    day : date
    evidence : str
    after : int
        Trading days after the event of which returns must be known.

    Returns
    -------
    DataFrame
        Columns of ``event`` and name, own (symbols of the listed parties) and rivals (owners of the three clouds that
        are not among them), evidence_of_day; in order of time.
    """
    known = pd.DatetimeIndex(returns(day).index)
    rows = _admitted(day) if evidence == "A or B" else _press(day)
    inside = rows.occurred_on.map(lambda at: len(known) > 0 and int(known.searchsorted(at)) + after < len(known))
    rows = rows[inside.astype("bool") & (rows.occurred_on >= pd.Timestamp(START))]
    actors = rows.actors.str.split("+")
    own = [tuple(dict.fromkeys(TICKERS[name] for name in names if name in TICKERS)) for names in actors]
    return rows.assign(
        own=pd.Series(own, index=rows.index, dtype="object"),
        rivals=pd.Series([tuple(f for f in CLOUD_OWNERS if f not in parties) for parties in own],
                         index=rows.index, dtype="object"),
        name=[name(row) for row in records(rows)],
        evidence_of_day=evidence,
    ).reset_index(drop=True)  # fmt: skip


def name(row: Any) -> str:
    """Return how a figure names an event: its day and who took part."""
    what = row.headline if row.type == "chip" else row.actors.replace("+", " and ")
    what = what.removesuffix(" announced").removesuffix(" instances available").replace(" details published", "")
    short = {"Autorite de la concurrence": "French authority on cloud"}
    return f"{row.occurred_on:%d %b %Y}  {short.get(what, what)}"


def _admitted(day: date) -> pd.DataFrame:
    rows = series.events(for_daily_methods=True, as_of=day)
    return rows[~rows.type.isin(NOT_NEWS)]


def _press(day: date) -> pd.DataFrame:
    rows = deals(day).drop_duplicates(["occurred_on", "actors", "headline"])
    rows = rows[(rows.evidence == "C") & (rows.date_precision == "day")]
    return rows[rows.actors.map(lambda names: any(part in TICKERS for part in names.split("+"))).astype("bool")]


def other_news(found: pd.DataFrame, trading: pd.DatetimeIndex, days: int = 3) -> pd.DataFrame:
    """Return other news within so many trading days of an event of the sample, of a firm that the event concerns.

    Returns
    -------
    DataFrame
        event, on, firm, what, url.
    """
    rows = []
    for event in records(found):
        zero = int(trading.searchsorted(event.occurred_on))
        near = [news for news in OTHER_NEWS if abs(int(trading.searchsorted(pd.Timestamp(news.on))) - zero) <= days]
        concerned = (*event.own, *event.rivals)
        rows += [(event.name, one.on, one.firm, one.what, one.url) for one in near if one.firm in concerned]
    return pd.DataFrame(rows, columns=["event", "on", "firm", "what", "url"])
