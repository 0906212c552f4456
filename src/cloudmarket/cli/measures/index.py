"""``cloudmarket index``: a price index of any panel of prices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from cloudmarket.cli.measures.printing import FileArgument, LevelOption, OutOption
from cloudmarket.errors import CloudMarketError

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from cloudmarket.measures.index_numbers import Index

HEDONIC = "hedonic-"
# Options by family of methods; all others given with a method of the family are an error, not ignored.
TAKEN = {
    "bilateral": ("base", "sigma", "aggregate", "bootstrap", "seed"),
    "multilateral": ("window", "splice", "aggregate", "bootstrap", "seed"),
    "hedonic": ("base", "window", "weights", "cluster", "characteristics", "kennedy"),
}


def index(
    file: FileArgument,
    method: Annotated[
        str, typer.Option(help="As geks-tornqvist, fisher, hedonic-pooled; a wrong one lists all there are.")
    ],
    period: Annotated[str, typer.Option(help="Column of periods: numbers, dates, or texts as 2024-01.")] = "period",
    product: Annotated[str, typer.Option(help="Column of products.")] = "product",
    price: Annotated[str, typer.Option(help="Column of prices, above 0.")] = "price",
    quantity: Annotated[
        str | None, typer.Option(help="Column of quantities, above 0; 'quantity' if there is one.")
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(help="Bilateral methods: fixed, chained or period; hedonic imputation: fixed or chained."),
    ] = None,
    window: Annotated[
        int | None, typer.Option(help="Periods compared at once, with --splice or hedonic-rolling.")
    ] = None,
    splice: Annotated[str | None, typer.Option(help="How windows are linked, as mean or movement.")] = None,
    sigma: Annotated[float | None, typer.Option(help="Elasticity of substitution, of lloyd-moulton.")] = None,
    aggregate: Annotated[
        str | None, typer.Option(help="Several rows of a product in a period: unit_value or observations.")
    ] = None,
    characteristic: Annotated[
        list[str] | None, typer.Option(help="Column that describes quality, of hedonic methods; repeat it.")
    ] = None,
    weights: Annotated[str | None, typer.Option(help="Hedonic methods: expenditure, or a column.")] = None,
    cluster: Annotated[
        str | None, typer.Option(help="Hedonic methods: column within which errors are related; products if not given.")
    ] = None,
    kennedy: Annotated[bool, typer.Option("--kennedy", help="Hedonic methods: Kennedy's correction.")] = False,
    bootstrap: Annotated[int | None, typer.Option(help="Resamples of products for the intervals.")] = None,
    seed: Annotated[int | None, typer.Option(help="Of the resamples.")] = None,
    level: LevelOption = 0.95,
    out: OutOption = None,
) -> None:
    """Compute a price index of any panel of prices, with intervals.

    tpd and geary-khamis compare all periods at once, or two by two if --base is given.
    """
    from cloudmarket.cli import writing
    from cloudmarket.cli.measures import printing, reading

    if out is not None:
        writing.require_ending(out)
    given: dict[str, Any] = {
        "base": base, "window": window, "splice": splice, "sigma": sigma, "aggregate": aggregate,
        "characteristics": characteristic or None, "weights": weights, "cluster": cluster,
        "kennedy": kennedy or None, "bootstrap": bootstrap, "seed": seed,
    }  # fmt: skip
    options = {name: value for name, value in given.items() if value is not None}
    family = _family(method, options)
    columns = {"period": period, "product": product, "price": price}
    panel, names = _panel(file, columns, quantity, options)
    with reading.one_message(file):
        found = _computed(panel, method, family, names, options)
        rows = _rows(found, level)
    printing.show(
        rows.drop(columns=["method", "price_changes", "level"]),
        f"{found.method}; {_intervals(found, level)}; {found.n_price_changes} price changes",
    )
    printing.finish(rows, out, "index")


def _family(method: str, options: dict[str, Any]) -> str:
    """Return whether a method is bilateral, multilateral or hedonic; refuse options that are not its own."""
    from cloudmarket.measures.hedonic import Method as Hedonic
    from cloudmarket.measures.index_numbers import BILATERAL, MULTILATERAL

    hedonic = [HEDONIC + name for name in get_args(Hedonic)]
    names = dict.fromkeys([*BILATERAL, *MULTILATERAL, *hedonic])
    if method not in names:
        raise CloudMarketError(f"no method {method!r}; choose one of {', '.join(names)}")
    if method in hedonic:
        family = "hedonic"
    elif method in MULTILATERAL and (method not in BILATERAL or "base" not in options):
        family = "multilateral"
    else:
        family = "bilateral"
    stray = [name for name in options if name not in TAKEN[family]]
    if stray:
        shown = "characteristic" if stray[0] == "characteristics" else stray[0]
        raise CloudMarketError(f"--{shown} is no option of {method}")
    if family == "hedonic" and "characteristics" not in options:
        raise CloudMarketError(f"{method} needs --characteristic, a column that describes quality; repeat it for more")
    return family


def _panel(
    file: Path, columns: dict[str, str], quantity: str | None, options: dict[str, Any]
) -> tuple[ir.Table, dict[str, str]]:
    """Return the columns asked for, and which is which."""
    from cloudmarket.cli.measures import reading

    if quantity is None and "quantity" in reading.opened(file).columns:
        quantity = "quantity"
    names = columns if quantity is None else {**columns, "quantity": quantity}
    weight = options.get("weights", "expenditure")
    numbers = [names["price"], *([quantity] if quantity else []), *([] if weight == "expenditure" else [weight])]
    texts = [names["period"], names["product"], *([options["cluster"]] if "cluster" in options else [])]
    either = [name for name in options.get("characteristics", []) if name not in {*numbers, *texts}]
    panel = reading.read(file, texts=texts, numbers=numbers, either=either)
    with reading.one_message(file):
        return reading.in_time(panel, names["period"]), names


def _computed(panel: ir.Table, method: str, family: str, names: dict[str, str], options: dict[str, Any]) -> Index:
    from cloudmarket.measures import hedonic, index_numbers

    given: dict[str, Any] = {**names, **options}
    if family == "hedonic":
        given["method"] = method.removeprefix(HEDONIC)
        return hedonic.index(panel, **given)
    try:
        if family == "multilateral":
            return index_numbers.multilateral(panel, method, **given)
        return index_numbers.bilateral(panel, method, **given)
    except ValueError as error:
        if "quantity" not in names and "no column 'quantity'" in str(error):
            raise ValueError(f"{method} weighs by quantity: name its column with --quantity") from error
        raise


def _intervals(found: Index, level: float) -> str:
    if found.standard_errors.iloc[1:].notna().any():
        return f"{100 * level:.4g} % intervals"
    return "no intervals: --bootstrap gives them"


def _rows(found: Index, level: float) -> pd.DataFrame:
    """Return the index as a table that says what it is: the same columns whatever the method."""
    import pandas as pd

    from cloudmarket.cli.measures.printing import label

    interval = found.interval(level)
    return pd.DataFrame(
        {
            "period": [label(period) for period in found.index.index],
            "index": found.index.to_numpy(),
            "standard_error": found.standard_errors.to_numpy(),
            "low": interval.low.to_numpy(),
            "high": interval.high.to_numpy(),
            "matched_products": found.matched["products"].to_numpy(),
            "expenditure_share": found.matched["expenditure_share"].to_numpy(),
            "level": level,
            "method": found.method,
            "price_changes": found.n_price_changes,
        }
    )
