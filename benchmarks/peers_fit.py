"""One fit by one package: ``python peers_fit.py NAME FILE`` prints its time, log levels and clustered errors as JSON.

Imports come before the clock starts, and so do a peer's compilations where it lets itself be warmed up. Weights are
each row's part of its period's expenditure, as in the weighted time-product dummy.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

Fit = tuple[Any, Any]


def read(path: str) -> pd.DataFrame:
    frame = pd.read_parquet(path)
    value = frame["price"] * frame["quantity"]
    frame["weight"] = value / value.groupby(frame["period"]).transform("sum")
    frame["log_price"] = np.log(frame["price"])
    return frame[["period", "product", "log_price", "weight"]]


def cloudmarket() -> Callable[[str], Fit]:
    from cloudmarket.measures.index_numbers import multilateral

    def fit(path: str) -> Fit:
        found = multilateral(path, "wtpd", aggregate="observations")
        return np.log(found.index.to_numpy()[1:]), found.standard_errors.to_numpy()[1:]

    return fit


def pyfixest() -> Callable[[str], Fit]:
    import pyfixest as pf

    def estimate(frame: pd.DataFrame) -> Fit:
        # Demeaned as tightly as their interface lets, for coefficients that can be compared to the tenth digit.
        found = pf.feols(
            "log_price ~ C(period) | product", frame, weights="weight", vcov={"CRV1": "product"},
            fixef_tol=1e-12, copy_data=False, store_data=False, lean=True,
        )  # fmt: skip
        return found.coef().to_numpy(), found.se().to_numpy()

    random = np.random.default_rng(1)
    small = pd.DataFrame({"period": np.arange(400) % 4, "product": np.arange(400) // 8})
    estimate(small.assign(log_price=random.normal(size=400), weight=1.0))
    return lambda path: estimate(read(path))


def linearmodels() -> Callable[[str], Fit]:
    from linearmodels.iv.absorbing import AbsorbingLS

    def fit(path: str) -> Fit:
        frame = read(path)
        dummies = pd.get_dummies(frame["period"], drop_first=True, dtype="float64")
        product = frame[["product"]].astype("category")
        model = AbsorbingLS(frame["log_price"], dummies, absorb=product, weights=frame["weight"])
        found = model.fit(cov_type="clustered", clusters=frame["product"])
        return found.params.to_numpy(), found.std_errors.to_numpy()

    return fit


def statsmodels() -> Callable[[str], Fit]:
    """Return its weighted regression, products being demeaned by hand: it has no fixed effects."""
    import statsmodels.api as sm

    def fit(path: str) -> Fit:
        frame = read(path)
        columns = pd.get_dummies(frame["period"], drop_first=True, dtype="float64")
        columns.insert(0, "log_price", frame["log_price"])
        weight, product = frame["weight"], frame["product"]
        totals = weight.groupby(product).sum()
        means = columns.mul(weight, axis=0).groupby(product).sum().div(totals, axis=0)
        columns -= means.reindex(product).to_numpy()
        found = sm.WLS(columns["log_price"], columns.drop(columns="log_price"), weights=weight).fit(
            cov_type="cluster", cov_kwds={"groups": product.to_numpy()}
        )
        return found.params.to_numpy(), found.bse.to_numpy()

    return fit


def price_index_calc() -> Callable[[str], Fit]:
    """Return its time-product dummy, which has no errors."""
    from PriceIndexCalc.pandas_modules.index_methods import multilateral_methods

    def fit(path: str) -> Fit:
        frame = pd.read_parquet(path)
        value = frame["price"] * frame["quantity"]
        # One row per cell, months and names as its documentation has them.
        cells = frame.assign(value=value).groupby(["period", "product"], as_index=False)[["value", "quantity"]].sum()
        cells["price"] = cells["value"] / cells["quantity"]
        cells["month"] = pd.Timestamp("2020-01-01") + cells["period"].map(lambda month: pd.DateOffset(months=month))
        cells["id"] = cells["product"]
        found = multilateral_methods(cells[["month", "id", "price", "quantity"]], method="tpd")
        levels = np.log(found.iloc[1:, -1].to_numpy(dtype="float64"))
        return levels, np.full(len(levels), np.nan)

    return fit


FITS: dict[str, Callable[[], Callable[[str], Fit]]] = {
    "cloudmarket": cloudmarket,
    "pyfixest": pyfixest,
    "linearmodels": linearmodels,
    "statsmodels": statsmodels,
    "PriceIndexCalc": price_index_calc,
}


if __name__ == "__main__":
    fit = FITS[sys.argv[1]]()
    wall, cpu = time.perf_counter(), time.process_time()
    levels, errors = fit(sys.argv[2])
    timing = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    print(json.dumps({**timing, "result": {"levels": list(levels), "errors": list(errors)}}))
