"""Breadth, overlap and churn of catalogues."""

from __future__ import annotations

import pandas as pd

from cloudmarket.tables.token_price import catalogue


def spells(listings: pd.DataFrame, source: str = "litellm") -> pd.DataFrame:
    """Return one catalogue's spells: those that began in a copy of it are joined with what it then says itself.

    Parameters
    ----------
    listings : DataFrame
        Rows of ``model_listing``.
    source : str
        The catalogue. Two are never mixed: each has its own age, breadth and first look at a seller.
    """
    rows = listings[listings.source.map(catalogue) == source].sort_values(["seller", "model", "valid_from"])
    is_new = ~rows.is_continued | ~rows.duplicated(["seller", "model"])
    run = is_new.cumsum().rename("run")
    joined = rows[is_new.to_numpy()].set_index(run[is_new])
    for name in ("valid_to", "observed_last_at"):
        joined[name] = rows.groupby(run)[name].last(skipna=False)
    return joined.assign(source=source, is_fill=False, is_continued=False).reset_index(drop=True)


def first_seen(listings: pd.DataFrame) -> pd.DataFrame:
    """Return the earliest spell of each model at each seller in any catalogue: who saw it first dates the listing.

    Where two catalogues saw it on the same day, the row is of the one that had looked last before.
    """
    if listings.empty:
        return listings
    found = pd.concat([spells(listings, source) for source in sorted(set(listings.source.map(catalogue)))])
    # A catalogue that had never looked before comes last: its first look dates nothing.
    order = ["valid_from", "first_listed_after_on", "source"]
    found = found.sort_values(order, ascending=[True, False, True], na_position="last")
    return found.drop_duplicates(["seller", "model"]).sort_values(["seller", "model"], ignore_index=True)


def released(statements: pd.DataFrame) -> pd.DataFrame:
    """Return the range of the days of release that are stated of each model.

    Parameters
    ----------
    statements : DataFrame
        Rows of ``model_release``, as they were known on one day; suspect ones and those given up are left out.

    Returns
    -------
    DataFrame
        model (index), earliest_on, latest_on, sellers (whose entries state a day); one day where all agree.
    """
    groups = statements[~statements.is_suspect & statements.superseded_at.isna()].groupby("model")
    return groups.agg(
        earliest_on=("released_on", "min"), latest_on=("released_by_on", "max"), sellers=("seller", "nunique")
    )


def counts(listings: pd.DataFrame, days: pd.DatetimeIndex, since: pd.Series | None = None) -> pd.DataFrame:
    """Return the number of models each seller lists on each day.

    Parameters
    ----------
    listings : DataFrame
        Spells of one catalogue, as :func:`spells` gives them.
    days : DatetimeIndex
    since : Series, optional
        Day by seller from which the source covers it; by default, that of its first listing here. Before, the
        number is missing, not zero.

    Returns
    -------
    DataFrame
        Tidy: day, seller, models (float, missing where not covered).
    """
    begin = listings.groupby("seller").valid_from.min() if since is None else since
    rows = []
    for day in days:
        valid = listings[(listings.valid_from <= day) & ~(listings.valid_to <= day)]
        found = valid.groupby("seller").model.nunique()
        rows += [
            (day, seller, float(found.get(seller, 0)) if first <= day else float("nan"))
            for seller, first in begin.items()
        ]
    return pd.DataFrame(rows, columns=["day", "seller", "models"])


def overlap(listed: pd.DataFrame) -> pd.DataFrame:
    """Return how many models each pair of sellers has in common; the diagonal is each one's own number.

    Parameters
    ----------
    listed : DataFrame
        seller and model, as of one day.
    """
    membership = pd.crosstab(listed.model, listed.seller).clip(upper=1)
    shared = membership.T @ membership
    return shared.rename_axis(index="seller", columns="other")


def jaccard(shared: pd.DataFrame) -> pd.DataFrame:
    """Return the share of the models of either seller that both list, from :func:`overlap`. In [0, 1]."""
    own = pd.Series({name: shared.loc[name, name] for name in shared.index})
    union = shared.apply(lambda column: own + own[column.name] - column)
    return shared.div(union)


def suppliers(listed: pd.DataFrame, sellers: list[str]) -> pd.DataFrame:
    """Return models per developer (rows, most first) and seller (columns): who supplies whom."""
    table = pd.crosstab(listed.developer, listed.seller).reindex(columns=sellers, fill_value=0)
    return table.loc[table.sum(axis=1).sort_values(ascending=False, kind="stable").index]


def churn(listings: pd.DataFrame, until: pd.Timestamp, frequency: str = "QS") -> pd.DataFrame:
    """Return models newly listed and delisted per seller and period, left-censored spells not counted as new.

    Returns
    -------
    DataFrame
        Tidy: period (its first day), seller, listed, delisted.
    """
    new = listings[~listings.is_left_censored]
    gone = listings[listings.valid_to.notna()]
    start, span = listings.valid_from.min(), frequency.removesuffix("S")
    periods = pd.period_range(start, until, freq=span)
    tables = {}
    for name, rows, column in (("listed", new, "valid_from"), ("delisted", gone, "valid_to")):
        table = pd.crosstab(rows[column].dt.to_period(span), rows.seller)
        tables[name] = table.reindex(index=periods, columns=sorted(listings.seller.unique()), fill_value=0).stack()
    result = pd.DataFrame(tables).rename_axis(["period", "seller"]).reset_index()
    return result.assign(period=result.period.dt.start_time.astype("datetime64[s]"))
