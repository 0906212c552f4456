"""What the suites of MLPerf have in common: who submitted, on which chips, on whose cloud."""

from __future__ import annotations

import pandas as pd

from cloudmarket.names import benchmarks

RESULT = ["round", "folder"]
"""What identifies a result within a suite."""
DESCRIBED = ["submitter", "system", "system_name", "availability"]


def described(results: pd.DataFrame) -> pd.DataFrame:
    """Return results with canonical submitters and chips, and counts as numbers.

    Raises
    ------
    CheckError
        If a submitter or a chip is unknown.
    """
    rows = [
        benchmarks.mlperf_submitter(submitter, "|".join("" if pd.isna(part) else part for part in parts))
        for submitter, *parts in results[DESCRIBED].itertuples(index=False)
    ]
    chips = [
        "" if pd.isna(label) else benchmarks.mlperf_accelerator(label, system) or ""
        for label, system in results[["accelerator", "system"]].itertuples(index=False)
    ]
    nodes, each = (pd.to_numeric(results[name], errors="coerce") for name in ("nodes", "accelerators_per_node"))
    return results.assign(
        submitter_label=results.submitter,
        submitter=[row["name"] for row in rows],
        operator=_texts([row["operator"] for row in rows], results.index),
        cloud=_texts([row["cloud"] for row in rows], results.index),
        accelerator_label=results.accelerator,
        accelerator=_texts(chips, results.index),
        nodes=nodes,
        accelerators=nodes * each,
    )


def _texts(cells: list[str], index: pd.Index) -> pd.Series:
    """Return cells of text, an empty one as missing."""
    texts = pd.Series(cells, index=index, dtype="str")
    return texts.where(texts != "")
