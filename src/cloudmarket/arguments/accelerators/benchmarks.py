"""What the three clouds submit to public benchmarks, and what is not there."""

from __future__ import annotations

import pandas as pd

from cloudmarket.arguments.accelerators.state import NAMES, State
from cloudmarket.arguments.price_map import CLOUDS

SUBMITTERS = {
    "Google": "gcp", "Microsoft Azure": "azure", "Microsoft": "azure",
    "Amazon": "aws", "Amazon Web Services": "aws", "AWS": "aws",
}  # fmt: skip
TRAINING, INFERENCE, TOP500 = "MLPerf Training", "MLPerf Inference", "TOP500"
SHOWS = (TRAINING, INFERENCE, TOP500)
OWN_CHIP, NVIDIA, OTHER, NONE = "own chips", "NVIDIA chips", "other chips", "none or not printed"
CHIPS = (OWN_CHIP, NVIDIA, OTHER, NONE)
PARTS = ("with own chips", "without")


def submitted(found: State) -> pd.DataFrame:
    """Return what the clouds themselves submitted to MLPerf and what they run on the TOP500.

    Returns
    -------
    DataFrame
        cloud, show (one of ``SHOWS``), held_on (day the round or list was out), round, chip (one of ``CHIPS``),
        entries.
    """
    parts = [_mlperf(found), _top500(found)]
    return pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)


def _mlperf(found: State) -> pd.DataFrame:
    rows = found.mlperf_result.copy()
    held = rows.groupby(["suite", "round"]).observed_first_at.transform("min")
    rows["held_on"] = held.dt.tz_localize(None).dt.normalize().astype("datetime64[s]")
    rows["cloud"] = submitter(rows)
    rows = rows[rows.cloud.notna()]
    rows["show"] = rows.suite.map({"training": TRAINING, "inference": INFERENCE})
    rows["chip"] = _chips(rows, found)
    keys = ["cloud", "show", "held_on", "round", "chip"]
    return rows.groupby(keys).size().rename("entries").reset_index()


def submitter(rows: pd.DataFrame) -> pd.Series:
    """Return the cloud whose company is the first named submitter of each MLPerf result, or nothing."""
    return rows.submitter.str.split(" with ").str[0].map(SUBMITTERS)


def _chips(rows: pd.DataFrame, found: State) -> pd.Series:
    """Return whose design a result's chip is; labels of chips outside the study are read for the two that own one."""
    vendor = rows.accelerator.map(found.chips.vendor)
    label = rows.accelerator_label.fillna("").str.lower()
    is_own = vendor.isin(["Google", "Amazon", "Microsoft"]) | label.str.contains("tpu|trainium|inferentia|maia")
    is_nvidia = (vendor == "NVIDIA") | label.str.contains("nvidia|tesla|a100|h100|v100")
    bare = vendor.isna() & (label == "")
    chip = pd.Series(OTHER, index=rows.index)
    return chip.mask(bare, NONE).mask(is_nvidia, NVIDIA).mask(is_own, OWN_CHIP)


def _top500(found: State) -> pd.DataFrame:
    rows = found.top500_entry[found.top500_entry.cloud.isin(CLOUDS)].copy()
    label = rows.accelerator.fillna("").str.lower()
    rows["chip"] = pd.Series(OTHER, index=rows.index).mask(label == "", NONE).mask(label.str.contains("nvidia"), NVIDIA)
    rows = rows.assign(show=TOP500, held_on=rows.listed_on, round=rows.listed_on.dt.strftime("%Y-%m"))
    return rows.groupby(["cloud", "show", "held_on", "round", "chip"]).size().rename("entries").reset_index()


def customers_alone(found: State) -> dict[str, int]:
    """Return on how many TOP500 lists only customers of each cloud had computers on it."""
    rows = found.top500_entry[found.top500_entry.cloud.isin(CLOUDS)]
    alone = (rows.operator_kind == "customer").groupby([rows.cloud, rows.listed_on]).all()
    return {str(cloud): int(count) for cloud, count in alone.groupby("cloud").sum().items()}


def by_others(found: State) -> dict[tuple[str, str], int]:
    """Return how many MLPerf results somebody else ran on each cloud, by show and cloud."""
    rows = found.mlperf_result
    rows = rows[rows.cloud.isin(CLOUDS) & (submitter(rows) != rows.cloud)]
    shows = rows.suite.map({"training": TRAINING, "inference": INFERENCE})
    counts = rows.groupby([shows, "cloud"]).size()
    return {pair: int(counts[pair]) for pair in sorted(set(zip(shows, rows.cloud, strict=True)))}


def rounds(found: State) -> dict[str, int]:
    """Return the number of rounds or lists of each show that were out by the day."""
    suites = found.mlperf_result.groupby("suite")["round"].nunique()
    return {
        TRAINING: int(suites.get("training", 0)), INFERENCE: int(suites.get("inference", 0)),
        TOP500: int(found.top500_entry.listed_on.nunique()),
    }  # fmt: skip


def attendance(found: State) -> pd.DataFrame:
    """Return in how many rounds each cloud submitted anything itself: cloud, show, rounds, of, entries, last_on."""
    rows, total = submitted(found), rounds(found)
    table = []
    for cloud in CLOUDS:
        for show in SHOWS:
            own = rows[(rows.cloud == cloud) & (rows.show == show)]
            table.append((cloud, show, own["round"].nunique(), total[show], int(own.entries.sum()), own.held_on.max()))
    return pd.DataFrame(table, columns=["cloud", "show", "rounds", "of", "entries", "last_on"])


def bars(found: State) -> pd.DataFrame:
    """Return the rounds and lists in which each cloud was, with its own chips or without: who, part, rounds."""
    rows, total = submitted(found), rounds(found)
    table = []
    for show in SHOWS:
        for cloud in CLOUDS:
            own = rows[(rows.cloud == cloud) & (rows.show == show)]
            with_own = own.loc[own.chip == OWN_CHIP, "round"].nunique()
            who = f"{NAMES[cloud]}, {show} (of {total[show]})"
            counts = (with_own, own["round"].nunique() - with_own)
            table += [(who, part, count) for part, count in zip(PARTS, counts, strict=True)]
    return pd.DataFrame(table, columns=["who", "part", "rounds"])
