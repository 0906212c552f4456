"""Fiscal quarters and years out of what was filed, with the day on which each figure became known.

Cash-flow items are stated from the fiscal year's start, so a quarter not stated by itself is the difference of two
such sums as they stood on one day. A sum may have been restated by then and the other not: such a difference mixes
vintages and says so.
"""

from __future__ import annotations

import pandas as pd

from cloudmarket.facts.filed import PERIOD

FIGURES = [
    *PERIOD, "kind", "value_usd", "known_on", "is_derived", "is_mixed", "is_contradicted", "form", "accession",
]  # fmt: skip
_KINDS = ("quarter", "year")
_PERIODIC = ("10-K", "10-Q", "10-KT", "10-QT")


def figures(reported: pd.DataFrame, fiscal_year_end_month: int) -> pd.DataFrame:
    """Return the figures of one company's quarters and years.

    Parameters
    ----------
    reported : DataFrame
        Facts of one company, as ``filed.reported`` gives them.
    fiscal_year_end_month : int
        1 to 12.

    Returns
    -------
    DataFrame
        ``FIGURES``, one row per period and value: a figure that was restated has a row for each value, with the
        day it was first filed (``known_on``). kind: quarter, year. ``is_derived``: difference of two sums;
        ``is_mixed``: the two were not stated by filings of one kind and distance from their period, so one may
        have been restated without the other; ``is_contradicted``: a filing states another value under a second
        tag of the metric.
    """
    stated = statements(reported)
    plain = vintages(stated)
    plain = plain.assign(kind=kinds(plain, fiscal_year_end_month), is_derived=False, is_mixed=False)
    plain = plain[plain.kind.isin(_KINDS)]
    sums = stated[(_position(stated, fiscal_year_end_month) == 0) & _months(stated).isin([3, 6, 9, 12])]
    derived = [part for _, group in sums.groupby(PERIOD[:-1], sort=True) for part in _differences(group)]
    found = pd.concat([plain, *derived], ignore_index=True)
    found = found.join(plain.groupby(PERIOD).known_on.min().rename("stated_on"), on=PERIOD)
    # A quarter stated by itself needs no difference from the day on that it is stated.
    found = found[~found.is_derived | found.stated_on.isna() | (found.known_on < found.stated_on)]
    return found.sort_values([*PERIOD, "known_on"], kind="stable", ignore_index=True)[FIGURES]


def statements(reported: pd.DataFrame) -> pd.DataFrame:
    """Return one row per period and filing, in order of filing.

    Where a filing states a period under two tags, the one of the better rank is believed, and where their values
    differ ``is_contradicted`` is true. ``generation`` tells the filing's kind, and how many years after the
    period's end it came: 0 the first report, 1 the next year's comparative.
    """
    rows = reported.sort_values([*PERIOD, "filed_on", "accession", "rank"])
    values = rows.groupby([*PERIOD, "accession"]).value_usd.transform("nunique")
    years = (rows.filed_on - rows.period_end_on).dt.days // 365
    # An amendment or a recast in an 8-K need not touch the sums beside the one it changes.
    kind = rows.form.where(~rows.form.isin(_PERIODIC), "periodic")
    rows = rows.assign(is_contradicted=values > 1, generation=kind + " " + years.astype("str"))
    rows = rows.drop_duplicates([*PERIOD, "accession"]).rename(columns={"filed_on": "known_on"})
    return rows.reset_index(drop=True)


def vintages(stated: pd.DataFrame) -> pd.DataFrame:
    """Return the statements that changed a period's value; those that repeat it add nothing."""
    is_new = stated.value_usd != stated.groupby(PERIOD).value_usd.shift()
    return stated[is_new].reset_index(drop=True)


def kinds(spans: pd.DataFrame, fiscal_year_end_month: int) -> pd.Series:
    """Return what each period is: quarter, year, year_to_date, trailing_year or other.

    Only periods of whole calendar months are told apart: those of the companies followed are.
    """
    months, position = _months(spans), _position(spans, fiscal_year_end_month)
    kind = pd.Series("other", index=spans.index, dtype="str")
    kind[months == 12] = "trailing_year"
    kind[(position == 0) & months.isin([6, 9])] = "year_to_date"
    kind[(position == 0) & (months == 12)] = "year"
    kind[(position % 3 == 0) & (months == 3)] = "quarter"
    return kind


def _months(spans: pd.DataFrame) -> pd.Series:
    """Return the length of periods that are whole months, else 0."""
    start, end = spans.period_start_on.dt, spans.period_end_on.dt
    length: pd.Series = (end.year - start.year) * 12 + end.month - start.month + 1
    return length.where((start.day == 1) & end.is_month_end, 0)


def _position(spans: pd.DataFrame, fiscal_year_end_month: int) -> pd.Series:
    """Return how many months into the fiscal year each period begins."""
    position: pd.Series = (spans.period_start_on.dt.month - fiscal_year_end_month - 1) % 12
    return position


def _differences(sums: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the quarters that follow from the sums of one fiscal year."""
    found = dict(tuple(sums.groupby(_months(sums))))
    return [_difference(found[at - 3], found[at]) for at in (6, 9, 12) if at in found and at - 3 in found]


def _difference(shorter: pd.DataFrame, longer: pd.DataFrame) -> pd.DataFrame:
    """Return the quarter between two sums, as it stood on each day that changed it."""
    start = shorter.period_end_on.iloc[0] + pd.Timedelta(days=1)
    rows = []
    for day in sorted({*shorter.known_on, *longer.known_on}):
        before, after = (_standing(sums[sums.known_on <= day]) for sums in (shorter, longer))
        if len(before) and len(after):
            last = max(before.iloc[0], after.iloc[0], key=lambda row: row.known_on)
            state = {
                "period_start_on": start,
                "kind": "quarter",
                "period_end_on": after.period_end_on.iloc[0],
                "value_usd": after.value_usd.iloc[0] - before.value_usd.iloc[0],
                "known_on": day,
                "is_derived": True,
                "is_mixed": set(before.generation).isdisjoint(after.generation),
                "is_contradicted": bool(before.is_contradicted.any() or after.is_contradicted.any()),
            }
            rows.append(last.to_dict() | state)
    found = pd.DataFrame(rows, columns=[*longer.columns, "kind", "is_derived", "is_mixed"])
    same = found[["value_usd", "is_mixed"]]
    return found[(same != same.shift()).any(axis=1)]


def _standing(stated: pd.DataFrame) -> pd.DataFrame:
    """Return the statements that made the newest value of one period, since it last changed, and repeat it."""
    since = (stated.value_usd != stated.value_usd.shift()).cumsum()
    return stated[since == since.max()]
