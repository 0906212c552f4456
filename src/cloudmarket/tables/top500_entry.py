"""``top500_entry``: computers of cloud operators and of NVIDIA on the TOP500 lists.

The list is of those who take part: most clouds run far larger machines than they enter, and Google entered none.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cloudmarket.errors import CheckError
from cloudmarket.names import benchmarks
from cloudmarket.tables.base import DATE, INTEGER, KNOWLEDGE_COLUMNS, NUMBER, TEXT, Column, Table
from cloudmarket.tables.inputs import Evidence

SOURCES = ("top500", "top500_gorham")
KINDS = ("hyperscaler", "european_cloud", "other_cloud", "chip_maker", "customer")
_LISTED = ["listed_on", "rank"]

TABLE = Table(
    name="top500_entry",
    grain="a computer on a TOP500 list",
    key=("listed_on", "rank"),
    sources=SOURCES,
    period="listed_on",
    columns=(
        Column("listed_on", DATE, "First day of the month of the list (June or November)."),
        Column("rank", INTEGER, "Rank on the list.", above=0),
        Column("name", TEXT, "Name of the computer.", is_required=False),
        Column("computer", TEXT, "What it is made of."),
        Column("site", TEXT, "Where it stands, as printed; mostly the operator."),
        Column("operator", TEXT, "Who runs it."),
        Column("operator_kind", TEXT, "What the operator is; customer: it runs on another's cloud.", values=KINDS),
        Column("cloud", TEXT, "Code of the cloud where the study follows it.", is_required=False),
        Column("manufacturer", TEXT, "Who built it."),
        Column("country", TEXT, "Country of the site, as printed."),
        Column("year", INTEGER, "Year of installation or of the last upgrade."),
        Column("accelerator", TEXT, "Accelerator as printed; missing without one.", is_required=False),
        Column("rmax_tflops", NUMBER, "Speed reached in the LINPACK benchmark (TFLOP/s).", above=0),
        Column("rpeak_tflops", NUMBER, "Peak speed (TFLOP/s).", above=0),
        Column("power_kw", NUMBER, "Power (kW), where it was submitted.", is_required=False, above=0),
        Column("source", TEXT, "Where it was read.", values=SOURCES),
        Column("evidence", TEXT, "B: the list's file as others keep it.", values=("B",)),
        *KNOWLEDGE_COLUMNS,
    ),
)


def build(evidence: Evidence) -> pd.DataFrame:
    """Return the entries of both collections, each once.

    Raises
    ------
    CheckError
        If the collections contradict each other, or an operator is unknown.
    """
    both = pd.concat([evidence.folded[name].to_pandas().assign(source=name) for name in SOURCES], ignore_index=True)
    facts = [*_LISTED, "computer", "site", "rmax_tflops", "rpeak_tflops"]
    said = both.groupby(_LISTED).source.transform("nunique")
    alike = both.groupby(facts, dropna=False).source.transform("nunique")
    if (said != alike).any():
        raise CheckError(f"top500_entry: the collections differ.\n{both.loc[said != alike, facts].to_string()}")
    # What was known first counts; a collection that repeats it later bears it out.
    rows = both.sort_values([*_LISTED, "observed_first_at"]).drop_duplicates(_LISTED).copy()
    operators = [
        benchmarks.top500_operator(site, computer)
        for site, computer in rows[["site", "computer"]].itertuples(index=False)
    ]
    if None in operators:
        raise CheckError("top500_entry: top500_operators.csv no longer names an operator: read the sources again")
    for name in ("operator", "operator_kind", "cloud"):
        rows[name] = [row[name] or None for row in operators if row is not None]
    return TABLE.frame(rows.assign(evidence="B", superseded_at=rows.ended_at))


def check(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Give what must hold of each row."""
    yield "a list is of June or November", rows.listed_on.dt.month.isin([6, 11])
    yield "ranks go to 500", rows["rank"].between(1, 500)
    yield "no faster than its peak", rows.rmax_tflops <= rows.rpeak_tflops * 1.001
    by_rank = rows.sort_values(_LISTED).groupby("listed_on").rmax_tflops
    yield "faster computers have better ranks", (by_rank.diff().fillna(0) <= 0).reindex(rows.index)
    # The slowest computer of a list and the fastest of any by 2025, with room: a wrong unit is a thousandfold.
    yield "speeds are in TFLOP/s", rows.rmax_tflops.between(30, 10_000_000)
    yield "known after it was listed", rows.observed_first_at.dt.tz_localize(None) >= rows.listed_on
