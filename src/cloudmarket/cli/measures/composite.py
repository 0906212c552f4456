"""``cloudmarket composite``: scores of units over indicators, and the ranks that other choices would give."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cloudmarket.cli.measures.printing import FileArgument, OutOption
from cloudmarket.errors import CloudMarketError

if TYPE_CHECKING:
    import pandas as pd

    from cloudmarket.measures.composite import Composite, Robustness


def composite(
    file: FileArgument,
    structure: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The hierarchy: columns name, parent, direction and perhaps weight."),
    ] = None,
    direction: Annotated[
        list[str] | None, typer.Option(help="INDICATOR=-1 where less is better, if there is no --structure; repeat it.")
    ] = None,
    outliers: Annotated[str, typer.Option(help="none, winsorise, log or winsorise-log.")] = "none",
    normalisation: Annotated[str, typer.Option(help="minmax, z, rank or ratio.")] = "minmax",
    weights: Annotated[str, typer.Option(help="equal, given, pca or entropy.")] = "equal",
    aggregation: Annotated[str, typer.Option(help="arithmetic, geometric or copeland.")] = "arithmetic",
    missing: Annotated[str, typer.Option(help="strict, or available: the mean of what there is.")] = "strict",
    min_coverage: Annotated[float, typer.Option(help="With available: share of each group's weight.")] = 0.65,
    robustness: Annotated[
        int, typer.Option(min=100, help="Draws of all choices behind the ranges: a rank is not shown without one.")
    ] = 10_000,
    seed: Annotated[int, typer.Option(help="Of the draws.")] = 0,
    level: Annotated[float, typer.Option(help="Coverage of the ranges of ranks, between 0 and 1.")] = 0.9,
    out: OutOption = None,
) -> None:
    """Score and rank units, one per row with its name in the first column, by indicators, the other columns.

    Each rank comes with its range over all choices that the data permit.
    """
    from cloudmarket.cli import writing
    from cloudmarket.cli.measures import printing, reading
    from cloudmarket.measures import composite as measure

    if out is not None:
        writing.require_ending(out)
    choices: dict[str, Any] = {
        "outliers": outliers, "normalisation": normalisation, "weights": weights, "aggregation": aggregation,
        "missing": missing, "min_coverage": min_coverage,
    }  # fmt: skip
    indicators, shape, unused = _data(file, structure, direction or [])
    with reading.one_message(file):
        built = measure.build(indicators, shape, **choices)
        ranges = measure.robustness(built, draws=robustness, sobol_draws=0, level=level, seed=seed)
    rows = _rows(built, ranges)
    printing.show(
        rows,
        f"{built.tree.indicators} indicators; {outliers}, {normalisation}, {weights}, {aggregation}, missing {missing};"
        f" low to high: {level:.0%} of {robustness:,} draws of all choices, best and worst of all draws",
    )
    if unused:
        printing.show(f"Not in the structure and left out: {', '.join(unused)}")
    for option, why in ranges.left_out.items():
        printing.show(f"Not drawn: {option}, {why}")
    printing.finish(rows, out, "composite")


def _data(
    file: Path, structure: Path | None, direction: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame | dict[str, int], list[str]]:
    """Return indicators by unit, their structure, and columns that it does not name."""
    from cloudmarket.cli.measures import reading

    unit, *columns = reading.opened(file).columns
    if not columns:
        raise CloudMarketError(f"{file.name} has one column: the first names units, the others are indicators")
    shape: pd.DataFrame | dict[str, int]
    if structure is None:
        names, shape = columns, _directions(file, columns, direction)
    elif direction:
        raise CloudMarketError("directions are in the structure: give --structure or --direction, not both")
    else:
        shape = _structure(structure)
        names = [name for name in columns if name in set(shape["name"])]
    frame = reading.frame(file, texts=[unit], numbers=names)
    if frame[unit].isna().any():
        raise CloudMarketError(
            f"{file.name}: row {int(frame[unit].isna().argmax()) + 1} below the header has no {unit}"
        )
    return frame.set_index(unit), shape, [name for name in columns if name not in names]


def _structure(path: Path) -> pd.DataFrame:
    from cloudmarket.cli.measures import reading

    has_weight = "weight" in reading.opened(path).columns
    frame = reading.frame(path, texts=["name", "parent"], numbers=["direction", *(["weight"] if has_weight else [])])
    # The whole has no parent; a text that says so is none.
    frame["parent"] = frame.parent.mask(frame.parent.isin(reading.MISSING))
    return frame


def _directions(file: Path, columns: list[str], stated: list[str]) -> dict[str, int]:
    """Return 1 for every indicator, or what is stated."""
    directions = dict.fromkeys(columns, 1)
    for text in stated:
        name, _, value = text.rpartition("=")
        if value not in ("1", "+1", "-1"):
            raise CloudMarketError(f"the direction {text!r} is no INDICATOR=1 or INDICATOR=-1")
        if name not in directions:
            raise CloudMarketError(f"{file.name} has no indicator {name!r}; there are {', '.join(columns)}")
        directions[name] = int(value)
    return directions


def _rows(built: Composite, ranges: Robustness) -> pd.DataFrame:
    """Return units, best first, with score, rank and its range."""
    spread = ranges.ranks.loc[built.table.index]
    rows: dict[str, Any] = {
        "unit": list(built.table.index),
        "score": built.table.score.to_numpy(),
        "rank": built.table["rank"].array,
        **{name: spread[name].array for name in ("low", "median", "high", "best", "worst")},
        "unranked": spread.unranked.to_numpy(),
        "coverage": built.table.coverage.to_numpy(),
    }
    import pandas as pd

    return pd.DataFrame(rows)
