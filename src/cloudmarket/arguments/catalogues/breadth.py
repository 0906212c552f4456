"""How many models each cloud lists, which of them others list too, and how far that turns on the way of counting."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from cloudmarket.arguments.catalogues.families import family
from cloudmarket.arguments.catalogues.retirement import past
from cloudmarket.arguments.catalogues.state import CLOSED, OPEN, OWN, UNKNOWN, Catalogue, weights
from cloudmarket.arguments.price_map import CLOUDS
from cloudmarket.measures import catalogue
from cloudmarket.tables.model_listing import FILLING

AS_LISTED = "as listed: every dated snapshot is a model"
FAMILY = "a family once: without dates, versions and stages"
SIZES = "a family once, whatever its sizes"
PARTS = ("a cloud's own", *(f"others', {kind}" for kind in (CLOSED, OPEN, UNKNOWN)))
ALL = "all"
CHAT = "chat models only"
CURRENT = "without those past their printed retirement date"
SECOND = "in a second catalogue (models.dev), at its last look"


def ways(found: Catalogue, printed: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return what is listed, seller and model, by each way of counting; the second catalogue where it has all clouds.

    Parameters
    ----------
    found : Catalogue
    printed : DataFrame
        Retirement dates, as :func:`retirement.printed` gives them.
    """
    listed = found.listed[["seller", "model", "kind", "developer"]]
    other = catalogue.spells(found.rows, "models_dev")
    other = other[other.valid_to.isna()]
    result = {
        AS_LISTED: listed,
        FAMILY: listed.assign(model=[family(name) for name in listed.model]),
        SIZES: listed.assign(model=[family(name, sizes=True) for name in listed.model]),
        CHAT: listed[listed.kind == "chat"],
        CURRENT: found.listed[~past(found.listed, printed, found.day).to_numpy()][listed.columns],
    }
    # Files are typed one by one: in a seller's first month its folder still takes down what had long been there.
    since = catalogue.spells(found.rows, "models_dev").groupby("seller").valid_from.min()
    is_filled = set(since.index) == set(CLOUDS) and since.max() + FILLING["models_dev"] < pd.Timestamp(found.day)
    if is_filled and set(other.seller) == set(CLOUDS):
        result[SECOND] = other[listed.columns]
    return {way: rows.drop_duplicates(["seller", "model"]) for way, rows in result.items()}


def readings(counted: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the breadth and overlap of the catalogues by each way of counting.

    Returns
    -------
    DataFrame
        way (index); one column per cloud with its models; models (distinct), on_two (on two clouds or more),
        on_three, single_percent (on one cloud only), own_percent (of those on one cloud only, the cloud's own).
    """
    rows = []
    for way, listed in counted.items():
        clouds = listed.groupby("model").seller.nunique()
        single = listed[listed.model.map(clouds) == 1]
        own = (single.developer == single.seller.map(OWN)).mean() if len(single) else float("nan")
        per_cloud = listed.groupby("seller").model.nunique().reindex(CLOUDS, fill_value=0)
        rows.append({
            "way": way, **per_cloud.to_dict(), "models": len(clouds), "on_two": int((clouds >= 2).sum()),
            "on_three": int((clouds >= 3).sum()),
            "single_percent": 100 * float((clouds == 1).mean()), "own_percent": 100 * float(own),
        })  # fmt: skip
    return pd.DataFrame(rows).set_index("way")


def exact(listed: pd.DataFrame) -> pd.DataFrame:
    """Return the models on exactly each set of clouds, most first, by what the models are.

    Returns
    -------
    DataFrame
        One row per set and part: one boolean column per cloud, part (the cloud's own; or by weights), models.
    """
    sets = (
        listed.sort_values("seller").groupby("model").agg(clouds=("seller", "+".join), developer=("developer", "first"))
    )
    maker = {developer: cloud for cloud, developer in OWN.items()}
    home = sets.developer.map(maker).fillna("")
    kinds = weights(sets.index.to_series())
    sets["part"] = [
        PARTS[0] if cloud in clouds.split("+") else f"others', {kind}"
        for cloud, clouds, kind in zip(home, sets.clouds, kinds, strict=True)
    ]
    table = sets.groupby(["clouds", "part"]).size().to_dict()
    possible = ["+".join(chosen) for size in (1, 2, 3) for chosen in combinations(CLOUDS, size)]
    order = sorted(possible, key=lambda clouds: -int((sets.clouds == clouds).sum()))
    rows = [
        {cloud: cloud in clouds.split("+") for cloud in CLOUDS} | {"part": part, "models": table.get((clouds, part), 0)}
        for clouds in order
        for part in PARTS
    ]
    return pd.DataFrame(rows)


def uniqueness(listed: pd.DataFrame) -> pd.DataFrame:
    """Return how many of a cloud's models no other of the three lists, by weights.

    Returns
    -------
    DataFrame
        seller, weights (and ``ALL``), models, unique, percent.
    """
    clouds = listed.groupby("model").seller.nunique()
    rows = listed.assign(is_unique=listed.model.map(clouds) == 1, weights=weights(listed.model).to_numpy())
    both = pd.concat([rows, rows.assign(weights=ALL)])
    table = both.groupby(["seller", "weights"]).is_unique.agg(models="size", unique="sum").reset_index()
    return table.assign(percent=100 * table["unique"] / table["models"])


def pairs(counted: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the overlap of each pair of clouds by each way of counting.

    Returns
    -------
    DataFrame
        way, one, other, both and either (numbers of models), jaccard (both over either, in [0, 1]).
    """
    rows = []
    for way, listed in counted.items():
        numbers = catalogue.overlap(listed).reindex(index=CLOUDS, columns=CLOUDS, fill_value=0).stack().to_dict()
        for one, other in combinations(CLOUDS, 2):
            both = int(numbers[one, other])
            either = int(numbers[one, one] + numbers[other, other]) - both
            rows.append((way, one, other, both, either, both / either if either else float("nan")))
    return pd.DataFrame(rows, columns=["way", "one", "other", "both", "either", "jaccard"])
