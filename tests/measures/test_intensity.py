"""Investment and backlog over trailing years, by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudmarket.measures.intensity import backlog_cover, capex_intensity, trailing_year


def flow(first: str, *values: float, unit: str = "usd_million") -> pd.DataFrame:
    starts = pd.DatetimeIndex([pd.Timestamp(first) + pd.DateOffset(months=3 * at) for at in range(len(values))])
    ends = starts + pd.DateOffset(months=3) - pd.Timedelta(days=1)
    return pd.DataFrame({"period_start_on": starts, "period_end_on": ends, "value": values, "unit": unit})


def stock(*rows: tuple[str, float], unit: str = "usd_million") -> pd.DataFrame:
    return pd.DataFrame({"on": pd.to_datetime([day for day, _ in rows]), "value": [v for _, v in rows], "unit": unit})


def test_four_quarters_in_a_row_make_a_year() -> None:
    found = trailing_year(flow("2023-01-01", 1, 2, 3, 4, 5).sample(frac=1, random_state=1))
    assert found.value.tolist() == [10, 14]
    assert found.period_start_on.dt.strftime("%Y-%m-%d").tolist() == ["2023-01-01", "2023-04-01"]
    assert found.period_end_on.dt.strftime("%Y-%m-%d").tolist() == ["2023-12-31", "2024-03-31"]


def test_no_year_is_summed_across_a_gap_or_a_missing_value() -> None:
    gap = flow("2022-01-01", 1, 2, 3, 4, 5, 6, 7, 8, 9).drop(index=4)
    assert trailing_year(gap).period_end_on.dt.year.tolist() == [2022, 2024]
    missing = flow("2022-01-01", 1, 2, float("nan"), 4, 5, 6, 7)
    assert trailing_year(missing).value.tolist() == [22]
    assert trailing_year(flow("2022-01-01", 1, 2, 3)).empty


def test_quarters_of_weeks_are_quarters() -> None:
    starts = pd.to_datetime(["2023-01-01", "2023-04-02", "2023-07-02", "2023-10-01"])
    ends = pd.to_datetime(["2023-04-01", "2023-07-01", "2023-09-30", "2024-01-06"])
    weeks = pd.DataFrame({"period_start_on": starts, "period_end_on": ends, "value": 1.0, "unit": "usd_million"})
    assert trailing_year(weeks).value.tolist() == [4]


def test_alphabets_year_2024_by_hand() -> None:
    # Quarters of capex and revenue as filed, USD million; the annual report has 52,535 and 350,018.
    capex = flow("2024-01-01", 12_012, 13_186, 13_061, 14_276)
    revenue = flow("2024-01-01", 80_539, 84_742, 88_268, 96_469)
    [year] = capex_intensity(capex, revenue).to_dict("records")
    assert (year["capex"], year["revenue"]) == (52_535, 350_018)
    assert year["intensity"] == pytest.approx(0.15009, abs=5e-6)


@given(st.lists(st.tuples(st.floats(0, 1e5), st.floats(1, 1e6)), min_size=4, max_size=12), st.floats(0.01, 100))
def test_intensity_lies_between_that_of_its_quarters_and_has_no_unit(rows, scale: float) -> None:
    capex, revenue = flow("2020-01-01", *(one for one, _ in rows)), flow("2020-01-01", *(other for _, other in rows))
    found = capex_intensity(capex, revenue)
    assert len(found) == len(rows) - 3
    for at, value in enumerate(found.intensity):
        single = [one / other for one, other in rows[at : at + 4]]
        assert min(single) - 1e-9 <= value <= max(single) * (1 + 1e-9) + 1e-9
    scaled = capex_intensity(capex.assign(value=capex.value * scale), revenue.assign(value=revenue.value * scale))
    assert scaled.intensity.tolist() == pytest.approx(found.intensity.tolist(), rel=1e-6, abs=1e-9)


def test_quarters_that_end_on_other_days_are_never_put_in_relation() -> None:
    calendar, fiscal = flow("2023-01-01", 1, 2, 3, 4, 5), flow("2023-02-01", 9, 9, 9, 9, 9)
    with pytest.raises(ValueError, match="are fiscal and calendar quarters mixed"):
        capex_intensity(calendar, fiscal)
    # Years that are simply not the same are no mixture: there is nothing to say.
    assert capex_intensity(calendar, flow("2025-01-01", 9, 9, 9, 9)).empty


def test_backlog_in_years_of_the_revenue_behind_it() -> None:
    revenue = flow("2023-01-01", 20, 20, 30, 30, 40)
    found = backlog_cover(stock(("2024-03-31", 360.0), ("2023-12-31", 150.0), ("2024-02-15", 1.0)), revenue)
    assert found.on.dt.strftime("%Y-%m-%d").tolist() == ["2023-12-31", "2024-03-31"]
    assert found.revenue.tolist() == [100, 120]
    assert found.years.tolist() == [1.5, 3.0]


@pytest.mark.parametrize(
    ("quarters", "message"),
    [
        (
            flow("2024-01-01", 1, 2, 3).assign(period_end_on=pd.Timestamp("2024-12-31")),
            "is no quarter: lengths",
        ),
        (pd.concat([flow("2024-01-01", 1, 2)] * 2), "two quarters have period_start_on 2024-01-01"),
        (pd.concat([flow("2024-01-01", 1), flow("2024-04-01", 1, unit="eur_million")]), "units are mixed"),
    ],
)
def test_what_is_no_series_of_quarters_is_refused(quarters: pd.DataFrame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        trailing_year(quarters)


def test_years_and_quarters_are_never_mixed() -> None:
    year = flow("2023-01-01", 10).assign(period_end_on=pd.Timestamp("2023-12-31"))
    with pytest.raises(ValueError, match="2023-01-01 to 2023-12-31 has 365 days"):
        capex_intensity(flow("2023-01-01", 1, 2, 3, 4), pd.concat([flow("2022-01-01", 1, 1, 1, 1), year]))


def test_other_refusals() -> None:
    good = flow("2023-01-01", 1, 2, 3, 4)
    with pytest.raises(ValueError, match="units are mixed: usd_billion, usd_million"):
        capex_intensity(good, good.assign(unit="usd_billion"))
    with pytest.raises(ValueError, match="not above zero"):
        capex_intensity(good, good.assign(value=0.0))
    with pytest.raises(ValueError, match="units are mixed"):
        backlog_cover(stock(("2023-12-31", 1.0), unit="eur_million"), good)
    with pytest.raises(ValueError, match="two stocks are of 2023-12-31"):
        backlog_cover(stock(("2023-12-31", 1.0), ("2023-12-31", 2.0)), good)
    with pytest.raises(ValueError, match="no stock is of the last day of a quarter"):
        backlog_cover(stock(("2024-02-01", 1.0)), flow("2023-01-01", 1, 2, 3, 4, 5))
    assert backlog_cover(stock(("2020-12-31", 1.0)), good).empty
