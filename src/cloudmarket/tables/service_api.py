"""``service_api``: when Amazon's SDK first had each API, those of AI services and all others.

A service's API ships in the kit on the day it can be called, which may be a preview or general availability.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cloudmarket.names import services
from cloudmarket.tables.base import BOOLEAN, DATE, KNOWLEDGE_COLUMNS, TEXT, Column, Table
from cloudmarket.tables.inputs import Evidence
from cloudmarket.tables.spells import TIMES, day_of, spells

_SPELL = ["label", "api_version"]

TABLE = Table(
    name="service_api",
    grain="a spell during which the kit had a version of a service's API",
    key=(*_SPELL, "observed_first_at"),
    sources=("botocore",),
    columns=(
        Column("source", TEXT, "Where it was read."),
        Column("cloud", TEXT, "Cloud that offers it.", values=("aws",)),
        Column("label", TEXT, "The service as the source spells it."),
        Column("api_version", TEXT, "The API's own version, a date, as a rule well before the API was published."),
        Column("service", TEXT, "Code of the AI service; missing for what is no AI.", is_required=False),
        Column("name", TEXT, "What the AI service is called; missing for what is no AI.", is_required=False),
        Column("field", TEXT, "foundation_models, agents, ...; missing for what is no AI.", is_required=False),
        Column("is_ai", BOOLEAN, "True for AI services."),
        Column("first_seen_on", DATE, "Day (UTC) of the first weekly snapshot with it."),
        Column(
            "first_seen_after_on", DATE, "Day of the last snapshot before it. Missing if the first snapshot has it.",
            is_required=False,
        ),
        Column("is_first_seen_at_start", BOOLEAN, "True if the source's first snapshot has it: it began earlier."),
        Column("evidence", TEXT, "A: the vendor's own file.", values=("A",)),
        *KNOWLEDGE_COLUMNS,
    ),
)  # fmt: skip


def build(evidence: Evidence) -> pd.DataFrame:
    """Return the spells. Raises CheckError if a new label looks like AI and nobody has reviewed it."""
    rows = evidence.folded["botocore"].to_pandas()
    rows = rows[rows.kind == "api"].rename(columns={"name": "api_version", "service": "label"})
    rows = rows[[*_SPELL, *TIMES]]
    found = spells(rows, _SPELL, evidence.moments["botocore"], rows.observed_first_at.min())
    found["service"] = services.codes("botocore", "api", found.label, is_complete=False)
    known = services.ai_services().rename(columns={"code": "service", "kind": "field"})
    known = known.loc[known.cloud == "aws", ["service", "name", "field"]]
    found = found.merge(known, on="service", how="left")
    return TABLE.frame(found.assign(source="botocore", cloud="aws", evidence="A", is_ai=found.service.notna()))


def check(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Give what must hold of each row."""
    yield "seen first on the day of its first snapshot", rows.first_seen_on == day_of(rows.observed_first_at)
    yield "not seen any more when it ended", ~(rows.superseded_at <= rows.observed_last_at)
    yield "an AI service has a name", rows.is_ai == rows["name"].notna()
    # Two APIs were published some days before the date they have for a version.
    lead = pd.to_datetime(rows.api_version) - rows.first_seen_on
    yield "an API is at most a month older than its version says", lead <= pd.Timedelta(days=31)
