"""``cloudmarket concentration``: how concentrated markets are, from all shares or from some."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cloudmarket.cli.measures.printing import FileArgument, OutOption
from cloudmarket.errors import CloudMarketError

if TYPE_CHECKING:
    import pandas as pd


def concentration(
    file: FileArgument,
    unit: Annotated[str, typer.Option(help="percent or fraction; always said, 0.5 may be either.")],
    firm: Annotated[str, typer.Option(help="Column of firms.")] = "firm",
    share: Annotated[str | None, typer.Option(help="Column of shares that are known.")] = None,
    low: Annotated[str | None, typer.Option(help="Column of least shares, with --high, in place of --share.")] = None,
    high: Annotated[str | None, typer.Option(help="Column of largest shares.")] = None,
    rest: Annotated[str | None, typer.Option(help="Share of all other firms: a number, or least:largest.")] = None,
    largest_unknown: Annotated[float | None, typer.Option(help="No other firm has more.")] = None,
    is_partial: Annotated[
        bool, typer.Option("--partial", help="Other firms have what the shares leave: bounds, not one number.")
    ] = False,
    tolerance: Annotated[float, typer.Option(help="How far from the whole shares may add up, as a fraction.")] = 1e-6,
    by: Annotated[str | None, typer.Option(help="Column of groups, each a market, as periods.")] = None,
    out: OutOption = None,
) -> None:
    """Measure concentration: HHI, ratios of the largest firms, effective number of firms.

    With --low and --high, --rest or --partial: the least and largest values that what is known allows.
    """
    from cloudmarket.cli import writing
    from cloudmarket.cli.measures import printing, reading

    if out is not None:
        writing.require_ending(out)
    if (share is None) == (low is None) or (low is None) != (high is None):
        raise CloudMarketError("give --share, or --low and --high")
    is_partial = is_partial or low is not None or rest is not None or largest_unknown is not None
    limits = {"rest": _rest(rest), "largest_unknown": largest_unknown}
    columns = [share] if share is not None else [str(low), str(high)]
    texts = [firm] if by is None else [firm, by]
    frame = reading.frame(file, texts=texts, numbers=columns)
    if frame[texts].isna().any(axis=None):
        raise CloudMarketError(f"{file.name}: a row has no {frame[texts].isna().any().idxmax()}")
    with reading.one_message(file):
        table = _table(
            frame, firm, by, lambda rows: _bounds(rows, unit, limits) if is_partial else _summary(rows, unit, tolerance)
        )
    printing.show(table, "HHI in points of 10,000; ratios and Hall-Tideman as fractions; entropy in nats")
    printing.finish(table, out, "concentration")


def _rest(stated: str | None) -> float | tuple[float, float] | None:
    if stated is None:
        return None
    try:
        numbers = [float(part) for part in stated.split(":")]
    except ValueError as error:
        raise CloudMarketError(f"the rest {stated!r} is no share; say a number, or least:largest") from error
    if len(numbers) > 2:
        raise CloudMarketError(f"the rest {stated!r} is no share; say a number, or least:largest")
    return numbers[0] if len(numbers) == 1 else (numbers[0], numbers[1])


def _table(
    frame: pd.DataFrame, firm: str, by: str | None, measure: Callable[[pd.DataFrame], dict[str, Any]]
) -> pd.DataFrame:
    """Return one row per market; what is wrong with one is said with its name."""
    import pandas as pd

    rows = []
    for name, market in [(None, frame)] if by is None else frame.groupby(by, sort=True):
        shares = market if by is None else market.drop(columns=by)
        try:
            rows.append(({} if by is None else {by: name}) | measure(_by_firm(shares, firm)))
        except ValueError as error:
            raise ValueError(str(error) if by is None else f"{by} {name!s}: {error}") from error
    return pd.DataFrame(rows)


def _by_firm(market: pd.DataFrame, firm: str) -> pd.DataFrame:
    twice = market[firm][market[firm].duplicated()]
    if len(twice):
        raise ValueError(f"{twice.iloc[0]!r} has two rows")
    return market.set_index(firm)


def _summary(shares: pd.DataFrame, unit: str, tolerance: float) -> dict[str, Any]:
    from cloudmarket.measures import concentration as measure

    return asdict(measure.summary(shares.iloc[:, 0], unit=unit, tolerance=tolerance))  # type: ignore[arg-type]


def _bounds(shares: pd.DataFrame, unit: str, limits: dict[str, Any]) -> dict[str, Any]:
    """Return the least and largest value of each measure."""
    from cloudmarket.measures import concentration as measure

    pairs = {name: (float(row.iloc[0]), float(row.iloc[-1])) for name, row in shares.iterrows()}
    found = measure.bounds(pairs, unit=unit, **limits)  # type: ignore[arg-type]
    ends = ("low", "high")
    return {f"{name}_{end}": pair[at] for name, pair in asdict(found).items() for at, end in enumerate(ends)}
