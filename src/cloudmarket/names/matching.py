"""From a label as a source prints it to the offer it names.

The rules are few: cut the route, scope, region, commitment and developer from the front, part by part, then
look for what remains. Whatever they alone would get wrong is a row of ``model_labels.csv``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import pandas as pd

from cloudmarket.names._front import split
from cloudmarket.names._tables import Row, rows

# Bedrock numbers the revisions of one model id; the first says nothing, and any other is a row of the table.
_FIRST_REVISION = re.compile(r"(?:-v1(?::0)?|-1:0|:0)$")
_MAAS = re.compile(r"-maas$")
_DATE = re.compile(r"-(\d{4})-?(\d{2})-?(\d{2})$")
_SUFFIXES = {"aws": _FIRST_REVISION, "amazon-nova": _FIRST_REVISION, "gcp": _MAAS, "google-ai": _MAAS}


@dataclass(frozen=True, slots=True)
class Offer:
    """A model as a seller offers it.

    ``scope`` is where requests are served (see ``scopes``), ``region`` the region where the label names
    one, ``commitment`` the term bought in advance (``1-month``). ``is_alias`` is true where the model's name
    moves from snapshot to snapshot.
    """

    seller: str
    seller_kind: str
    channel: str
    model: str
    developer: str
    scope: str
    region: str | None
    commitment: str | None
    is_alias: bool


def in_scope(source: str, provider: str) -> bool:
    """Tell whether a source's provider is one the study follows."""
    return (source, provider) in _providers()


@lru_cache(maxsize=32768)
def match(source: str, provider: str, label: str) -> Offer | None:
    """Find the offer a label names.

    Parameters
    ----------
    source : str
        ``litellm`` (label: the key of the map; copies of the map are read as it), ``genai_prices`` or
        ``models_dev`` (label: ``provider/model id``).
    provider : str
        The provider as the source prints it.
    label : str
        The label as printed.

    Returns
    -------
    Offer or None
        None where the provider is out of scope, where the label is listed as no offer of the seller, and
        where nothing in the tables fits; ``unmatched`` tells the last two apart.
    """
    sold = _sold(source, provider, label)
    if sold is None or (source, provider, label) in _not_offers():
        return None
    seller = sold["seller"]
    front, name = split(seller, label.strip().lower())
    model = next((found for form in _forms(seller, name) if (found := _find(seller, form))), None)
    if model is None:
        return None
    return Offer(
        seller=seller,
        seller_kind=_sellers()[seller]["seller_kind"],
        channel=sold["channel"],
        model=model["model"],
        developer=model["developer"],
        scope=front.scope,
        region=front.region,
        commitment=front.commitment,
        is_alias=model["is_alias"] == "true",
    )


def unmatched(labels: Iterable[tuple[str, str, str]]) -> pd.DataFrame:
    """List the labels in scope that name no offer.

    Parameters
    ----------
    labels : iterable of (source, provider, label)

    Returns
    -------
    pandas.DataFrame
        ``source``, ``provider``, ``label``, ``reason``, sorted, each once; the reason is the table's where
        the label was reviewed and is no offer of the seller, else ``unknown``.
    """
    found = sorted({key for key in labels if in_scope(key[0], key[1]) and match(*key) is None})
    records = [(*key, _not_offers().get(key, "unknown")) for key in found]
    return pd.DataFrame(records, columns=["source", "provider", "label", "reason"], dtype="str")


def _sold(source: str, provider: str, label: str) -> Row | None:
    """Return the provider's row with the longest prefix that the label begins with."""
    candidates = _providers().get((source, provider), ())
    return next((row for row in candidates if label.startswith(row["label_prefix"])), None)


def _forms(seller: str, name: str) -> Iterator[str]:
    """Yield the spellings to look for, the most exact first."""
    name = name.removesuffix("@default").replace("@", "-")
    if name.startswith("gpt-35"):
        name = name.replace("gpt-35", "gpt-3.5", 1)
    yield name
    if (suffix := _SUFFIXES.get(seller)) and suffix.search(name):
        yield suffix.sub("", name)


def _find(seller: str, name: str) -> Row | None:
    if model := _named(seller, name):
        return model
    if not (date := _DATE.search(name)):
        return None
    # A date is dropped only where it is the model's own: a new snapshot is never merged silently.
    undated = _named(seller, name[: date.start()])
    return undated if undated and undated["version_on"] == "-".join(date.groups()) else None


def _named(seller: str, name: str) -> Row | None:
    labels = _model_labels()
    return _models().get(labels.get((seller, name)) or labels.get(("", name)) or name)


@cache
def _providers() -> dict[tuple[str, str], tuple[Row, ...]]:
    grouped: dict[tuple[str, str], tuple[Row, ...]] = {}
    for row in sorted(rows("providers"), key=lambda row: -len(row["label_prefix"])):
        key = (row["source"], row["provider"])
        grouped[key] = (*grouped.get(key, ()), row)
    return grouped


@cache
def _sellers() -> dict[str, Row]:
    return {row["code"]: row for row in rows("clouds")}


@cache
def _models() -> dict[str, Row]:
    return {row["model"]: row for row in rows("models")}


@cache
def _model_labels() -> dict[tuple[str, str], str]:
    return {(row["seller"], row["label"]): row["model"] for row in rows("model_labels")}


@cache
def _not_offers() -> dict[tuple[str, str, str], str]:
    return {(row["source"], row["provider"], row["label"]): row["reason"] for row in rows("not_offers")}
