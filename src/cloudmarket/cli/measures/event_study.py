"""``cloudmarket event-study``: what firms returned around events, of any file of returns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cloudmarket.cli.measures.printing import FileArgument, LevelOption, OutOption
from cloudmarket.errors import CloudMarketError

if TYPE_CHECKING:
    import pandas as pd

    from cloudmarket.measures.event_study import EventStudy


def event_study(
    file: FileArgument,
    event_date: Annotated[
        list[str], typer.Option(help="Day of an event, as 2020-03-16, or FIRM=2020-03-16 for one firm; repeat it.")
    ],
    market: Annotated[str | None, typer.Option(help="The market's column, or its name among the firms.")] = None,
    date: Annotated[str, typer.Option(help="Column of dates.")] = "date",
    firm: Annotated[str | None, typer.Option(help="Column of firms, if there is one row per date and firm.")] = None,
    return_: Annotated[str | None, typer.Option("--return", help="Column of returns, with --firm.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="A firm to study; repeat it. All without it.")] = None,
    event_window: Annotated[tuple[int, int], typer.Option(help="First and last trading day from the event.")] = (-1, 1),
    estimation_window: Annotated[tuple[int, int], typer.Option(help="The same, of the estimation.")] = (-279, -30),
    model: Annotated[str, typer.Option(help="market, mean-adjusted or market-adjusted.")] = "market",
    log_returns: Annotated[
        bool, typer.Option("--log-returns", help="The returns are differences of logarithms.")
    ] = False,
    level: LevelOption = 0.95,
    out: OutOption = None,
) -> None:
    """Measure abnormal returns around events: firms as columns, or one row per date and firm.

    Returns are fractions (0.01 is one percent). The table and the file have a row per firm and event.
    """
    import numpy as np

    from cloudmarket.cli import writing
    from cloudmarket.cli.measures import printing, reading
    from cloudmarket.measures import event_study as measure

    if out is not None:
        writing.require_ending(out)
    if (firm is None) != (return_ is None):
        raise CloudMarketError("--firm and --return go together: one row per date and firm needs both columns")
    if not 0 < level < 1:
        raise CloudMarketError(f"level is {level}; say a fraction between 0 and 1, as 0.95")
    long = firm is not None and return_ is not None
    returns = _long(file, date, str(firm), str(return_)) if long else _wide(file, date, market, only)
    if log_returns:
        returns = returns.apply(np.expm1)
    with reading.one_message(file):
        found = measure.run(returns, market, only, _events(event_date), event_window, estimation_window, model)  # type: ignore[arg-type]
    rows = _rows(found, level)
    printing.show(
        f"{found.model} model, event window {event_window}, estimation window {estimation_window};"
        f" {100 * level:.4g} % intervals, exact under normal returns",
        rows[["firm", "day_zero", "car", "low", "high", "statistic", "degrees", "p_value", "bhar"]],
        "Tests that the mean cumulative abnormal return is zero:",
        found.tests.drop(columns="convention").reset_index(),
        *found.notes,
    )
    if len(found.left_out):
        printing.show(found.left_out.assign(event=[printing.label(day) for day in found.left_out.event]))
    printing.finish(rows, out, "event_study")


def _events(stated: list[str]) -> list[str] | dict[str, list[str]]:
    """Return days that hit all firms, or each firm's own."""
    parts = [text.rpartition("=") for text in stated]
    for _, _, day in parts:
        _require_day(day)
    if all(name == "" for name, _, _ in parts):
        return [day for _, _, day in parts]
    if any(name == "" for name, _, _ in parts):
        raise CloudMarketError("give every --event-date with its firm, as FIRM=2020-03-16, or none")
    events: dict[str, list[str]] = {}
    for name, _, day in parts:
        events.setdefault(name, []).append(day)
    return events


def _require_day(day: str) -> None:
    from datetime import date

    try:
        date.fromisoformat(day)
    except ValueError as error:
        raise CloudMarketError(f"{day!r} is no date; write it as 2020-03-16") from error


def _wide(file: Path, date: str, market: str | None, only: list[str] | None) -> pd.DataFrame:
    from cloudmarket.cli.measures import reading

    columns = list(reading.opened(file).columns)
    firms = [name for name in columns if name != date]
    if only:
        firms = list(dict.fromkeys([*only, *([] if market is None else [market])]))
    frame = reading.frame(file, texts=[date], numbers=firms)
    return frame.drop(columns=date).set_axis(_dates(file, frame[date]), axis=0)[firms]


def _long(file: Path, date: str, firm: str, return_: str) -> pd.DataFrame:
    from cloudmarket.cli.measures import reading

    frame = reading.frame(file, texts=[date, firm], numbers=[return_])
    frame[date] = _dates(file, frame[date])
    frame[firm] = frame[firm].astype("str").where(frame[firm].notna())
    if frame[firm].isna().any():
        raise CloudMarketError(f"{file.name}: {int(frame[firm].isna().sum())} rows have no {firm}")
    twice = frame[frame.duplicated([date, firm])]
    if len(twice):
        first = twice.iloc[0]
        raise CloudMarketError(f"{file.name}: {first[firm]!r} has two returns on {first[date]:%Y-%m-%d}")
    return frame.pivot(index=date, columns=firm, values=return_).sort_index()


def _dates(file: Path, column: pd.Series) -> pd.DatetimeIndex:
    """Return a column of ISO dates; refuse any other cell, and name it."""
    import pandas as pd

    dates = pd.to_datetime(column, format="ISO8601", errors="coerce")
    wrong = column[dates.isna()]
    if len(wrong):
        raise CloudMarketError(
            f"{file.name}: row {wrong.index[0] + 1} below the header has the date {wrong.iloc[0]!r}; write it as"
            " 2020-03-16"
        )
    return pd.DatetimeIndex(dates)


def _rows(found: EventStudy, level: float) -> pd.DataFrame:
    """Return one row per firm and event."""
    import pandas as pd
    from scipy import stats

    table = found.car.reset_index(drop=True)
    width = stats.t.ppf((1 + level) / 2, table.degrees) * table.standard_error
    names = found.events.reset_index(drop=True)
    rows = pd.DataFrame(
        {
            "firm": names.firm,
            "day_zero": names.day_zero.dt.strftime("%Y-%m-%d"),
            "car": table.car,
            "low": table.car - width,
            "high": table.car + width,
            **{name: table[name] for name in ("standard_error", "statistic", "degrees", "p_value")},
            "bhar": found.bhar.to_numpy(),
            **{name: table[name] for name in ("event_days", "estimation_days")},
        }
    )
    return rows.assign(model=found.model, level=level)
