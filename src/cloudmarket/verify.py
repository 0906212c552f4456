"""Check that what is shipped is whole, keeps its contracts, and follows from its evidence."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pyarrow as pa

from cloudmarket import store, tables
from cloudmarket.errors import CheckError
from cloudmarket.sources import SOURCES, Source
from cloudmarket.tables import checks, datapackage, inputs


def verify() -> Iterator[str]:
    """Yield a line per check that holds.

    Raises
    ------
    CheckError
        At the first one that does not, saying what differs and what to do.
    """
    store.settle()
    yield _evidence()
    stated = datapackage.digests((store.processed() / "datapackage.json").read_bytes())
    for name, (digest, size) in stated.items():
        content = (store.processed() / f"{name}.parquet").read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            raise CheckError(f"{name}.parquet is not the file that datapackage.json states. Restore it from git.")
        checks.check(tables.get(name), tables.load(name))
        yield f"{name}: digest, schema and invariants, {size} bytes"
    evidence = inputs.evidence(SOURCES)
    for source in SOURCES.values():
        yield _history(source, evidence.folded[source.name])
    yield _rebuilt(evidence)


def _evidence() -> str:
    """Check the digests of the lists of snapshots and of the folded histories."""
    lines = store.raw(inputs.SUMS).read_text(encoding="utf-8").splitlines()
    stated = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    names = [f"{source}/{file}" for source in SOURCES for file in ("history.parquet", "snapshots.csv")]
    for name in names:
        if hashlib.sha256(store.raw(name).read_bytes()).hexdigest() != stated.get(name):
            raise CheckError(f"data/raw/{name} is not the file that {inputs.SUMS} states. Restore it from git.")
    return f"{', '.join(names)}: digests"


def _history(source: Source, folded: pa.Table) -> str:
    """Check that a folded history and its list of snapshots belong together."""
    moments = inputs.moments(source.name)
    listed = inputs.snapshots(source.name)
    if not all(earlier.observed_at < later.observed_at for earlier, later in pairwise(moments)):
        raise CheckError(f"{source.name}: snapshots.csv is not in order of date")
    known = {moment.version for moment in moments}
    strangers = {*folded["first_version"].to_pylist(), *folded["last_version"].to_pylist()} - known
    if strangers:
        raise CheckError(f"{source.name}: the history names snapshots that are not listed: {sorted(strangers)[:5]}")
    return f"{source.name}: {folded.num_rows} intervals from {len(moments)} of {len(listed)} releases"


def _rebuilt(evidence: inputs.Evidence) -> str:
    """Check that the shipped tables are what the histories give."""
    built = tables.build(evidence)
    with tempfile.TemporaryDirectory() as folder:
        tables.write_all(built, Path(folder), inputs.last_observed_on(tuple(SOURCES)))
        # The descriptor last: it differs wherever a table does.
        for name in [*(f"{table}.parquet" for table in built), "datapackage.json"]:
            if (Path(folder) / name).read_bytes() != (store.processed() / name).read_bytes():
                raise CheckError(f"{name} differs from what its histories give. Run `cloudmarket tables build`.")
    return "all tables and datapackage.json follow from their histories, byte for byte"
