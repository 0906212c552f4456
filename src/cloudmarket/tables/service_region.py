"""``service_region``: which AI service, accelerator or accelerated machine is listed in which region, and since when.

A region is listed where the source prints it; what is listed may not be open to every customer yet, and what is
open may not be listed: the endpoints of Amazon's kit leave out most services that came after 2023.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cloudmarket.names import services
from cloudmarket.tables.base import BOOLEAN, DATE, KNOWLEDGE_COLUMNS, TEXT, Column, Table
from cloudmarket.tables.inputs import Evidence
from cloudmarket.tables.spells import TIMES, day_of, spells

_SPELL = ["source", "kind", "service", "region"]
_MAIN_PARTITION = "aws"
_NEARLY_ALL = 0.8
_MACHINE_FAMILY = r"^([a-z0-9]+)-"

TABLE = Table(
    name="service_region",
    grain="a spell during which a source listed a service, accelerator or machine in a region",
    key=(*_SPELL, "observed_first_at"),
    sources=("botocore", "cyclenerd_accelerators", "cyclenerd_machines", "region_picker"),
    columns=(
        Column("source", TEXT, "Where it was read."),
        Column(
            "kind", TEXT, "service: an API with an endpoint in the region; product; accelerator; machine.",
            values=("accelerator", "machine", "product", "service"),
        ),
        Column("service", TEXT, "Code of the service, product or accelerator; or the machine type."),
        Column("region", TEXT, "Region as the cloud spells it."),
        Column("cloud", TEXT, "Cloud that offers it.", values=("aws", "gcp")),
        Column("name", TEXT, "What it is called; of a machine, its family."),
        Column("field", TEXT, "foundation_models, agents, language, ...; of hardware accelerator or machine_family."),
        Column(
            "partition", TEXT, "Amazon's partition: aws, aws-cn, aws-us-gov, aws-eusc, ...; missing elsewhere.",
            is_required=False,
        ),
        Column("first_seen_on", DATE, "Day (UTC) of the first snapshot of the spell."),
        Column(
            "first_seen_after_on", DATE, "Day of the last snapshot before it: listed between then and first_seen_on."
            " Missing if it stands in the first snapshot that lists regions.", is_required=False,
        ),
        Column("is_first_seen_at_start", BOOLEAN, "True if the source's first list has it: it began earlier."),
        Column(
            "is_listed_everywhere", BOOLEAN,
            "True if the source named four of five regions the first time it listed the service: a rule that"
            " says little of the single region.",
        ),
        Column("evidence", TEXT, "A: the vendor's own file; B: exported from the vendor's API by a volunteer.",
               values=("A", "B")),
        *KNOWLEDGE_COLUMNS,
    ),
)  # fmt: skip


def build(evidence: Evidence) -> pd.DataFrame:
    """Return the spells of all sources. Raises CheckError if a source prints a label that nobody has reviewed."""
    parts = (_endpoints(evidence), _products(evidence), _accelerators(evidence), _machines(evidence))
    rows = pd.concat([part for part in parts if len(part)] or [pd.DataFrame(columns=["cloud", "known_as"])])
    known = services.ai_services().rename(columns={"code": "known_as", "kind": "field"})
    known = known[["cloud", "known_as", "name", "field"]]
    return TABLE.frame(rows.merge(known, on=["cloud", "known_as"], how="left"))


def check(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Give what must hold of each row."""
    ordered = rows.sort_values([*_SPELL, "observed_first_at"])
    before = ordered.groupby(_SPELL, sort=False).superseded_at.shift()
    is_first = ~ordered.duplicated(_SPELL)
    yield "a spell begins after the one before it ended", (is_first | (before < ordered.observed_first_at))[rows.index]
    yield "seen first on the day of its first snapshot", rows.first_seen_on == day_of(rows.observed_first_at)
    yield "not seen any more when it ended", ~(rows.superseded_at <= rows.observed_last_at)
    yield "first seen after the snapshot before", ~(rows.first_seen_after_on > rows.first_seen_on)
    yield "the start has no snapshot before it", rows.is_first_seen_at_start == rows.first_seen_after_on.isna()
    yield "partitions are Amazon's", rows.partition.notna() == (rows.cloud == "aws")


def _part(evidence: Evidence, source: str, kind: str, rows: pd.DataFrame, cloud: str, grade: str) -> pd.DataFrame:
    """Return the spells of a source's rows, which have ``known_as``, ``service`` and ``region``."""
    rows = rows.assign(source=source, kind=kind, cloud=cloud, evidence=grade, is_listed_everywhere=False)
    start = rows.observed_first_at.min()
    rows = rows[rows.known_as.notna()]
    if rows.empty:
        return rows
    wanted = [
        *_SPELL,
        "cloud",
        "evidence",
        "known_as",
        "is_listed_everywhere",
        *rows.columns.intersection(["partition"]),
        *TIMES,
    ]
    return spells(rows[wanted], _SPELL, evidence.moments[source], start)


def _endpoints(evidence: Evidence) -> pd.DataFrame:
    rows = evidence.folded["botocore"].to_pandas()
    regions = rows[(rows.kind == "region") & (rows.partition == _MAIN_PARTITION)]
    # Endpoints with names of their own are further doors to a region: fips, dual-stack, the runtime.
    rows = rows[(rows.kind == "endpoint") & (rows["name"] == rows.region)]
    known_as = services.codes("botocore", "endpoint", rows.service, is_complete=False)
    found = _part(evidence, "botocore", "service", rows.assign(known_as=known_as, service=known_as), "aws", "A")
    return found.assign(is_listed_everywhere=_everywhere(found, regions)) if len(found) else found


def _everywhere(found: pd.DataFrame, regions: pd.DataFrame) -> pd.Series:
    """Return whether a row's service was listed by rule: in nearly all regions of the main partition at once."""
    main = found[found.partition == _MAIN_PARTITION]
    first = main.groupby("service").observed_first_at.min()
    is_first = main.observed_first_at == main.groupby("service").observed_first_at.transform("min")
    counts = main[is_first].groupby("service").region.nunique()
    there = [((regions.observed_first_at <= at) & ~(regions.ended_at <= at)).sum() for at in first]
    by_rule = first[counts.to_numpy() >= _NEARLY_ALL * np.array(there, dtype="float64")]
    # What was listed before the main partition was, cannot have been known to follow a rule.
    since = pd.Series(by_rule.reindex(found.service).array, index=found.index)
    return found.observed_first_at >= since


def _products(evidence: Evidence) -> pd.DataFrame:
    rows = evidence.folded["region_picker"].to_pandas()
    known_as = services.codes("region_picker", "product", rows["product"])
    return _part(evidence, "region_picker", "product", rows.assign(known_as=known_as, service=known_as), "gcp", "A")


def _accelerators(evidence: Evidence) -> pd.DataFrame:
    source = "cyclenerd_accelerators"
    rows = evidence.folded[source].to_pandas()
    known_as = services.codes(source, "accelerator", rows.accelerator)
    return _part(evidence, source, "accelerator", rows.assign(known_as=known_as, service=known_as), "gcp", "B")


def _machines(evidence: Evidence) -> pd.DataFrame:
    source = "cyclenerd_machines"
    rows = evidence.folded[source].to_pandas()
    family = rows.machine.str.extract(_MACHINE_FAMILY, expand=False).fillna(rows.machine)
    known_as = services.codes(source, "machine", family)
    return _part(evidence, source, "machine", rows.assign(known_as=known_as, service=rows.machine), "gcp", "B")
