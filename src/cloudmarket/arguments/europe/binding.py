"""How long after its first listing on a cloud a model is sold bound to the EU, as far as prices tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cloudmarket.arguments import price_map
from cloudmarket.arguments.europe.state import EU, State, inside, located

MONTH, YEAR = 31.0, 365.0


@dataclass(frozen=True, eq=False)
class Binding:
    """Lags of models: ``rows`` has seller, model, low and high (days, as in :class:`lag.Lag`), one row per model."""

    rows: pd.DataFrame

    def table(self) -> pd.DataFrame:
        """Return by seller: models, come, and the percent bound within a month and a year, at least and at most."""
        out = []
        for seller, own in self.rows.groupby("seller"):
            ends = [
                f"{100 * (own.high <= days).mean():.0f} to {100 * (own.low < days).mean():.0f}"
                for days in (MONTH, YEAR)
            ]
            out.append((seller, len(own), int(own.high.notna().sum()), *ends))
        columns = ["seller", "models", "bound so far", "within a month, percent", "within a year, percent"]
        return pd.DataFrame(out, columns=columns)


def binding(found: State) -> Binding:
    """Return the lags of the models that came to a cloud after its first price bound to the EU was seen.

    Models listed before that day are left out: that they had none says nothing.
    """
    rows = found.listings[found.listings.is_printed & ~found.listings.is_alias]
    rows = located(rows.assign(cloud=rows.seller), found.places)
    bound = rows[(rows.scope == "eu") | inside(rows, EU)]
    if bound.empty:
        return Binding(pd.DataFrame(columns=["seller", "model", "low", "high"], dtype="float64"))
    since = bound.groupby("seller").valid_from.min()
    key = ["seller", "model"]
    first = rows.groupby(key).valid_from.min().rename("first")
    end = rows.assign(valid_to=rows.valid_to.fillna(pd.Timestamp(found.day))).groupby(key).valid_to.max().rename("end")
    table = pd.concat([first, end, bound.groupby(key).valid_from.min().rename("bound")], axis=1).reset_index()
    table = table[table["first"] > table.seller.map(since)]
    looks = np.array(price_map.observed(found.day), dtype="datetime64[s]")
    newest = pd.Timestamp(looks[-1])
    last = table.end.where(table.end < newest, newest)
    is_bound = table.bound.notna()
    had = pd.Series(_before(looks, table.bound.fillna(last)), index=table.index).where(is_bound, last)
    low = (had - table["first"]).dt.days.clip(lower=-1).astype("float64")
    high = (table.bound - _before(looks, table["first"])).dt.days.astype("float64")
    return Binding(table[key].assign(low=low, high=high).reset_index(drop=True))


def _before(looks: NDArray[np.datetime64], days: pd.Series) -> NDArray[np.datetime64]:
    """Return of each day the last look before it."""
    place = np.searchsorted(looks, days.to_numpy(dtype="datetime64[s]")) - 1
    before: NDArray[np.datetime64] = looks[np.maximum(place, 0)]
    return before
