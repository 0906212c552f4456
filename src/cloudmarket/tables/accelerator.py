"""``accelerator``: the chips, from data sheets that people transcribed."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cloudmarket import store
from cloudmarket.errors import CheckError
from cloudmarket.tables.base import DATE, INTEGER, KNOWLEDGE_COLUMNS, NUMBER, TEXT, Column, Table
from cloudmarket.tables.inputs import Evidence

FILE = "curated/accelerator.csv"
_RANGED = ("memory_gb", "bf16_tflops_dense", "fp8_tflops_dense", "tdp_w")
_NEEDED = ("accelerator", "name", "kind", "vendor", "is_preferred", "source_title", "publisher", "known_on", "evidence")

TABLE = Table(
    "accelerator",
    "a chip",
    ("accelerator",),
    (
        Column("accelerator", TEXT, "Canonical name of the chip."),
        Column("name", TEXT, "The vendor's name."),
        Column("kind", TEXT, "gpu, tpu, or another application-specific chip.", values=("gpu", "tpu", "asic")),
        Column("vendor", TEXT, "Who designs it."),
        Column("released_on", DATE, "Day of announcement or release; missing where only the year is known.", False),
        Column("released_in", INTEGER, "Year of announcement or release."),
        Column("memory_gb", NUMBER, "Memory (GB) as the vendor states it.", False, above=0),
        Column("bf16_tflops_dense", NUMBER, "Peak BF16 without sparsity (TFLOP/s); FP16 where a note says so.", False),
        Column("fp8_tflops_dense", NUMBER, "Peak FP8 without sparsity (TFLOP/s).", False, above=0),
        Column("tdp_w", NUMBER, "Power (W) by the preferred source.", False, above=0),
        Column("tdp_w_low", NUMBER, "Least power (W) any source states.", False, above=0),
        Column("tdp_w_high", NUMBER, "Most power (W) any source states.", False, above=0),
        Column("source", TEXT, "Folder in data/raw."),
        Column("source_title", TEXT, "The publication the row is taken from."),
        Column("publisher", TEXT, "Who publishes it."),
        Column("url", TEXT, "Its address, or that of the data sheet it transcribes.", False),
        Column("evidence", TEXT, "A primary, B careful transcription, C other.", values=("A", "B", "C")),
        Column("note", TEXT, "What a reader must know.", False),
        *KNOWLEDGE_COLUMNS,
    ),
    ("curated",),
)


def read() -> pd.DataFrame:
    """Return ``data/raw/curated/accelerator.csv``: one row per chip and source, the preferred one first.

    Raises
    ------
    CheckError
        If a cell that is needed is empty, a number is none, or a chip has not exactly one preferred source.
    """
    rows = pd.read_csv(store.root() / "data" / "raw" / FILE, dtype="str", keep_default_na=False)
    for name in _NEEDED:
        if (rows[name] == "").any():
            place = (rows[name] == "").tolist().index(True) + 2
            raise CheckError(f"{FILE}, row {place}, column {name}: is empty")
    try:
        for name in (*_RANGED, "released_in"):
            rows[name] = pd.to_numeric(rows[name])
        rows["known_on"] = pd.to_datetime(rows.known_on)
        rows["released_on"] = pd.to_datetime(rows.released_on)
    except ValueError as error:
        raise CheckError(f"{FILE}: {error}") from error
    preferred = rows[rows.is_preferred == "true"].accelerator.value_counts().reindex(rows.accelerator.unique())
    if not (preferred == 1).all():
        raise CheckError(f"{FILE}: not one preferred source: {', '.join(preferred.index[preferred != 1])}")
    return rows


def build(evidence: Evidence) -> pd.DataFrame:
    """Return the chips; the range of power spans all sources. Nothing but the curated file is read."""
    rows = read()
    chips = rows[rows.is_preferred == "true"]
    power = rows.groupby("accelerator").tdp_w.agg(["min", "max"])
    seen = chips.known_on.dt.tz_localize("UTC")
    return TABLE.frame(
        chips.assign(
            released_in=chips.released_in.fillna(chips.released_on.dt.year),
            tdp_w_low=chips.accelerator.map(power["min"]),
            tdp_w_high=chips.accelerator.map(power["max"]),
            source="curated",
            url=chips.url.where(chips.url != ""),
            note=chips.note.where(chips.note != ""),
            observed_first_at=seen,
            observed_last_at=seen,
            superseded_at=pd.Series(pd.NaT, index=chips.index, dtype="datetime64[us, UTC]"),
        )
    )


def check(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Yield what must hold."""
    yield "year of the day", rows.released_on.isna() | (rows.released_on.dt.year == rows.released_in)
    yield "power within its range", rows.tdp_w.isna() | rows.tdp_w.between(rows.tdp_w_low, rows.tdp_w_high)
