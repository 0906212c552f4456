"""Rows of ``token_price`` as the sources print them: units converted, labels read, nothing mended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pandas as pd
import pyarrow as pa

from cloudmarket import names
from cloudmarket.tables import fills
from cloudmarket.tables.dated import Entry, beliefs
from cloudmarket.tables.inputs import Evidence
from cloudmarket.tables.labels import day_of, offers, tiers
from cloudmarket.tables.token_price import CONTENT, HIGH_USD_PER_MTOK, OFFER, PRICES, TABLE

LITELLM_COSTS = (
    "input_cost_per_token",
    "output_cost_per_token",
    "cache_read_input_token_cost",
    "cache_creation_input_token_cost",
)
GENAI_COSTS = ("input_mtok", "output_mtok", "cache_read_mtok", "cache_write_mtok")
MODELS_DEV_COSTS = ("input", "output", "cache_read", "cache_write")


def printed(evidence: Evidence) -> pd.DataFrame:
    """Return all rows as printed by the sources' folded histories, without any correction.

    Rows that held for less than a day are left out here; the folded histories keep them.
    """
    parts = [_from_litellm(evidence), _from_genai(evidence.folded["genai_prices"]),
             _from_models_dev(evidence.folded["models_dev"])]  # fmt: skip
    rows = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    rows["is_printed"] = True
    still_valid = rows.valid_to.isna() | (rows.valid_to > rows.valid_from)
    return TABLE.frame(rows[still_valid])


def litellm_line(evidence: Evidence, same: Sequence[str]) -> pd.DataFrame:
    """Return the litellm map's intervals, with the gaps between its releases filled from tokencost's copies."""
    own, copies = ([moment.observed_at for moment in evidence.moments[name]] for name in ("litellm", "tokencost"))
    map_rows, copy_rows = (evidence.folded[name].to_pandas() for name in ("litellm", "tokencost"))
    filled = fills.filled(map_rows, copy_rows, fills.windows(own, copies), same)
    return filled.rename(columns={"litellm_provider": "provider"})


def _from_litellm(evidence: Evidence) -> pd.DataFrame:
    raw = litellm_line(evidence, LITELLM_COSTS)
    raw = raw[raw.input_cost_per_token.notna() | raw.output_cost_per_token.notna()]
    raw = raw.merge(tiers(raw.suffix), on="suffix")
    raw = raw.merge(offers("litellm", raw.provider, raw.label), on=["provider", "label"])
    for name, cost in zip(PRICES, LITELLM_COSTS, strict=True):
        raw[name] = _per_million(raw[cost])
    raw = raw.rename(columns={"source": "source_url", "max_input_tokens": "context_tokens"})
    raw["source"] = raw.is_fill.map({True: "tokencost", False: "litellm"})
    names_page = raw.source_url.str.startswith("http", na=False) & ~raw.is_fill
    raw["evidence"] = names_page.map({True: "B", False: "C"})
    raw["is_inherited"] = False
    return _coalesce(_seen(_priced(raw)))


def _from_models_dev(folded: pa.Table) -> pd.DataFrame:
    raw = folded.to_pandas()
    raw = raw[raw.input.notna() | raw.output.notna()]
    raw = raw.merge(offers("models_dev", raw.provider, raw.label), on=["provider", "label"])
    for name, cost in zip(PRICES, MODELS_DEV_COSTS, strict=True):
        raw[name] = raw[cost]
    raw["mode"] = raw.model.map(names.models().set_index("model").kind)
    raw["is_inherited"] = raw.inherited_from.notna()
    raw["source"], raw["evidence"], raw["source_url"], raw["tier"] = "models_dev", "C", None, "standard"
    raw["is_fill"] = False
    return _coalesce(_seen(_priced(raw)))


def _seen(raw: pd.DataFrame) -> pd.DataFrame:
    """Date the rows of a source that states no days: they hold from the first snapshot with them."""
    return raw.assign(valid_from=day_of(raw.observed_first_at), valid_to=day_of(raw.ended_at), superseded_at=None)


def _from_genai(folded: pa.Table) -> pd.DataFrame:
    raw = folded.to_pandas().rename(columns={"provider_id": "provider", "context_window": "context_tokens"})
    raw = raw[raw.input_mtok.notna() | raw.output_mtok.notna()]
    # The source states the band itself; its variants name the tier alone.
    named = tiers(raw.variant).drop(columns="context_from_tokens")
    raw = raw.merge(named, left_on="variant", right_on="suffix")
    raw = raw.merge(offers("genai_prices", raw.provider, raw.label), on=["provider", "label"])
    for name, cost in zip(PRICES, GENAI_COSTS, strict=True):
        raw[name] = raw[cost]
    raw["source"], raw["evidence"], raw["source_url"], raw["mode"] = "genai_prices", "B", None, None
    raw["is_fill"] = raw["is_inherited"] = False
    return _dated(_priced(raw))


def _dated(raw: pd.DataFrame) -> pd.DataFrame:
    """Turn the entries of a source that states its own dates into what was believed, and when."""
    content = ["provider", *(name for name in CONTENT if name in raw and name not in OFFER)]
    printed_times = ("starts_on", "ends_on", "observed_first_at", "observed_last_at", "ended_at")
    times = ("valid_from", "valid_to", "observed_first_at", "observed_last_at", "superseded_at")
    rows: list[tuple[object, ...]] = []
    for offer, entries in raw.groupby(list(OFFER), sort=True):
        told = [
            Entry(_date(starts_on), _date(ends_on), cells, first, last, None if pd.isna(ended) else ended)
            for starts_on, ends_on, first, last, ended, cells in zip(
                *(entries[name] for name in printed_times), _cells(entries[content]), strict=True
            )
        ]
        rows += [(*offer, *belief.cells, *(getattr(belief, name) for name in times)) for belief in beliefs(told)]
    found = pd.DataFrame(rows, columns=[*OFFER, *content, *times])
    for name in times[:2]:
        found[name] = pd.to_datetime(found[name]).astype("datetime64[s]")
    return found


def _cells(rows: pd.DataFrame) -> list[tuple[object, ...]]:
    """Return rows as tuples that compare equal where equal values, or none, stand."""
    return [tuple(None if pd.isna(cell) else cell for cell in row) for row in rows.itertuples(index=False)]


def _date(day: object) -> date | None:
    return None if pd.isna(day) else pd.Timestamp(day).date()  # type: ignore[arg-type,call-overload]


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
