"""``token_price``: what a seller asks for the tokens of a model, with the time each price held.

Two sources stand side by side, told apart by ``source``; neither overwrites the other. A price printed as zero
is missing here, not free: the sources print zero both for free previews and for prices nobody entered.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pyarrow as pa

from cloudmarket import names
from cloudmarket.tables.base import BOOLEAN, INTEGER, NUMBER, TEXT, TIME_COLUMNS, Column, Table
from cloudmarket.tables.dated import Entry, beliefs

PRICES = (
    "input_usd_per_mtok",
    "output_usd_per_mtok",
    "cached_input_usd_per_mtok",
    "cache_write_usd_per_mtok",
)
OFFER = ("source", "label", "tier", "context_from_tokens")
"""What identifies an offer within a source; a price change is a change within one offer."""

HIGH_USD_PER_MTOK = 700
"""The dearest price that a vendor page confirms is 600 (o1-pro, output); audio tokens cost up to 240."""

TABLE = Table(
    name="token_price",
    grain="a price of an offer (source, label, tier, context band) during an interval of validity",
    key=(*OFFER, "valid_from", "observed_first_at", "is_printed"),
    sources=("litellm", "genai_prices"),
    columns=(
        Column("source", TEXT, "Where the price was read.", values=("genai_prices", "litellm")),
        Column("label", TEXT, "The offer's key as the source prints it."),
        Column("tier", TEXT, "Service tier: standard, batch, flex, priority, ..."),
        Column("context_from_tokens", INTEGER, "First prompt length (tokens) to which the price applies."),
        Column("seller", TEXT, "Who sells: a cloud's code, or a developer's own platform."),
        Column("seller_kind", TEXT, "cloud, european_cloud or developer (a reference seller)."),
        Column("channel", TEXT, "Product through which the seller offers it, such as bedrock or foundry."),
        Column("model", TEXT, "Canonical model; snapshots of one model are different models."),
        Column("developer", TEXT, "Who made the model."),
        Column("scope", TEXT, "Where requests may be served: global, us, eu, region, ...; default if not stated."),
        Column("region", TEXT, "Region id where the label names one.", is_required=False),
        Column("is_alias", BOOLEAN, "True for a moving label such as -latest, which changes model over time."),
        Column("mode", TEXT, "What the model does: chat, embedding, ...; as printed.", is_required=False),
        Column("input_usd_per_mtok", NUMBER, "USD per million input tokens.", is_required=False, above=0),
        Column("output_usd_per_mtok", NUMBER, "USD per million output tokens.", is_required=False, above=0),
        Column(
            "cached_input_usd_per_mtok", NUMBER, "USD per million input tokens read from a cache.", is_required=False, above=0
        ),
        Column(
            "cache_write_usd_per_mtok", NUMBER, "USD per million input tokens written to a cache.", is_required=False, above=0
        ),
        Column("is_printed_zero", BOOLEAN, "True if input or output is missing here because it is printed as 0."),
        Column("suspicion", TEXT, "Why the printed price looks wrong, judged from this row alone.", is_required=False),
        Column("context_tokens", INTEGER, "Longest prompt (tokens), as printed.", is_required=False),
        Column("source_url", TEXT, "The page that the source names for this price.", is_required=False),
        Column("evidence", TEXT, "B: transcribed with a named vendor page; C: without one.", values=("A", "B", "C")),
        *TIME_COLUMNS,
    ),
)  # fmt: skip
CONTENT = [name for name in TABLE.names if name not in {column.name for column in TIME_COLUMNS}]


def printed(litellm: pa.Table, genai: pa.Table) -> pd.DataFrame:
    """Return all rows as printed by the two sources' folded histories, without any correction.

    Rows that held for less than a day are left out here; the folded histories keep them.
    """
    rows = pd.concat([_from_litellm(litellm), _from_genai(genai)], ignore_index=True)
    rows["is_printed"] = True
    still_valid = rows.valid_to.isna() | (rows.valid_to > rows.valid_from)
    return TABLE.frame(rows[still_valid])


def unmatched(litellm: pa.Table, genai: pa.Table) -> pd.DataFrame:
    """Return the labels of sellers in scope that no reviewed name matches: source, provider, label."""
    pairs = {
        *(("litellm", *pair) for pair in _pairs(litellm, "litellm_provider")),
        *(("genai_prices", *pair) for pair in _pairs(genai, "provider_id")),
    }
    return names.unmatched(sorted(pairs))


def _pairs(folded: pa.Table, provider: str) -> set[tuple[str, str]]:
    return set(zip(folded[provider].to_pylist(), folded["label"].to_pylist(), strict=True)) - {(None, None)}


def offers(source: str, provider: pd.Series, label: pd.Series) -> pd.DataFrame:
    """Return who sells what under each label, one row per distinct (provider, label) that matches."""
    pairs = pd.DataFrame({"provider": provider, "label": label}).dropna().drop_duplicates()
    rows = []
    for printed_provider, printed_label in pairs.itertuples(index=False):
        offer = names.match(source, printed_provider, printed_label)
        # A commitment is capacity by the hour: its token price would be a price of something else.
        if offer is not None and offer.commitment is None:
            rows.append(
                (printed_provider, printed_label, offer.seller, offer.seller_kind, offer.channel, offer.model,
                 offer.developer, offer.scope, offer.region, offer.is_alias)
            )  # fmt: skip
    columns = ["provider", "label", "seller", "seller_kind", "channel", "model", "developer", "scope", "region", "is_alias"]
    return pd.DataFrame(rows, columns=columns)


def _from_litellm(folded: pa.Table) -> pd.DataFrame:
    raw = folded.to_pandas().rename(columns={"litellm_provider": "provider"})
    raw = raw[raw.input_cost_per_token.notna() | raw.output_cost_per_token.notna()]
    raw = raw.merge(_tiers(raw.suffix), on="suffix")
    raw = raw.merge(offers("litellm", raw.provider, raw.label), on=["provider", "label"])
    costs = ("input_cost_per_token", "output_cost_per_token", "cache_read_input_token_cost", "cache_creation_input_token_cost")
    for name, cost in zip(PRICES, costs, strict=True):
        raw[name] = _per_million(raw[cost])
    raw = raw.rename(columns={"source": "source_url", "max_input_tokens": "context_tokens"})
    raw["source"] = "litellm"
    raw["evidence"] = raw.source_url.str.startswith("http", na=False).map({True: "B", False: "C"})
    raw["valid_from"] = day_of(raw.observed_first_at)
    raw["valid_to"] = day_of(raw.ended_at)
    raw["superseded_at"] = pd.NaT
    return _coalesce(_priced(raw))


def _from_genai(folded: pa.Table) -> pd.DataFrame:
    raw = folded.to_pandas().rename(columns={"provider_id": "provider", "context_window": "context_tokens"})
    raw = raw[raw.input_mtok.notna() | raw.output_mtok.notna()]
    # The source states the band itself; its variants name the tier alone.
    tiers = _tiers(raw.variant).drop(columns="context_from_tokens")
    raw = raw.merge(tiers, left_on="variant", right_on="suffix")
    raw = raw.merge(offers("genai_prices", raw.provider, raw.label), on=["provider", "label"])
    for name, cost in zip(PRICES, ("input_mtok", "output_mtok", "cache_read_mtok", "cache_write_mtok"), strict=True):
        raw[name] = raw[cost]
    raw["source"], raw["evidence"], raw["source_url"], raw["mode"] = "genai_prices", "B", None, None
    return _dated(_priced(raw))


def _dated(raw: pd.DataFrame) -> pd.DataFrame:
    """Turn the entries of a source that states its own dates into what was believed, and when."""
    content = ["provider", *(name for name in CONTENT if name in raw and name not in OFFER)]
    rows = []
    for offer, entries in raw.groupby(list(OFFER), sort=True):
        told = [
            Entry(_date(starts_on), _date(ends_on), cells, first.to_pydatetime(), last.to_pydatetime(),
                  None if pd.isna(ended) else ended.to_pydatetime())
            for starts_on, ends_on, first, last, ended, cells in zip(
                entries.starts_on, entries.ends_on, entries.observed_first_at, entries.observed_last_at,
                entries.ended_at, _cells(entries[content]), strict=True,
            )
        ]  # fmt: skip
        for belief in beliefs(told):
            rows.append(
                (*offer, *belief.cells, belief.valid_from, belief.valid_to, belief.observed_first_at,
                 belief.observed_last_at, belief.superseded_at)
            )  # fmt: skip
    times = ["valid_from", "valid_to", "observed_first_at", "observed_last_at", "superseded_at"]
    found = pd.DataFrame(rows, columns=[*OFFER, *content, *times])
    for name in times[:2]:
        found[name] = pd.to_datetime(found[name]).astype("datetime64[s]")
    return found


def _cells(rows: pd.DataFrame) -> list[tuple[object, ...]]:
    """Return rows as tuples that compare equal where equal values, or none, stand."""
    return [tuple(None if pd.isna(cell) else cell for cell in row) for row in rows.itertuples(index=False)]


def _date(day: object) -> date | None:
    return None if pd.isna(day) else pd.Timestamp(day).date()  # type: ignore[arg-type,call-overload]


def _tiers(suffixes: pd.Series) -> pd.DataFrame:
    """Return tier and context band of each distinct suffix; a suffix that is no tier drops out."""
    rows = []
    for suffix in sorted(set(suffixes)):
        tier = names.price_tier(suffix)
        if tier is not None:
            rows.append((suffix, tier.tier, tier.context_from_tokens))
    return pd.DataFrame(rows, columns=["suffix", "tier", "context_from_tokens"])


def _per_million(per_token: pd.Series) -> pd.Series:
    """Return USD per million from USD per token, exactly as the decimal number that is printed."""
    distinct = {cost: float(Decimal(repr(float(cost))) * 1_000_000) for cost in per_token.dropna().unique()}
    return per_token.map(distinct).astype("float64")


def _priced(rows: pd.DataFrame) -> pd.DataFrame:
    """Turn printed zeros into missing prices and say so."""
    zero = rows[list(PRICES)].eq(0)
    # An embedding has no output, so its output is printed as 0 without any meaning.
    has_no_output = rows["mode"].isin(["embedding", "rerank"])
    rows["is_printed_zero"] = zero.input_usd_per_mtok | (zero.output_usd_per_mtok & ~has_no_output)
    rows[list(PRICES)] = rows[list(PRICES)].mask(zero)
    rows["suspicion"] = _suspicion(rows)
    return rows


def _suspicion(rows: pd.DataFrame) -> pd.Series:
    """Say what looks wrong: no seller asks less for output than for input, or a fortune for either."""
    suspicion = pd.Series(None, index=rows.index, dtype="object")
    dearest = rows[["input_usd_per_mtok", "output_usd_per_mtok"]].max(axis=1)
    suspicion[rows.output_usd_per_mtok < rows.input_usd_per_mtok] = "output below input"
    suspicion[dearest > HIGH_USD_PER_MTOK] = f"above {HIGH_USD_PER_MTOK} USD per million tokens"
    return suspicion


def day_of(instants: pd.Series) -> pd.Series:
    """Return the UTC day of each instant."""
    return instants.dt.tz_convert("UTC").dt.tz_localize(None).dt.floor("D").astype("datetime64[s]")


def _coalesce(rows: pd.DataFrame) -> pd.DataFrame:
    """Join intervals that follow each other and differ in nothing that this table keeps."""
    rows = rows.sort_values([*OFFER, "observed_first_at"], ignore_index=True)
    content = rows[CONTENT]
    before = content.shift()
    is_same = ((content == before) | (content.isna() & before.isna())).all(axis=1)
    follows = rows.ended_at.shift().eq(rows.observed_first_at)
    run = (~(is_same & follows)).cumsum()
    is_first, is_last = ~run.duplicated(), ~run.duplicated(keep="last")
    joined = rows[is_first].reset_index(drop=True)
    ends = ["observed_last_at", "ended_at", "valid_to"]
    joined[ends] = rows.loc[is_last, ends].reset_index(drop=True)
    return joined
