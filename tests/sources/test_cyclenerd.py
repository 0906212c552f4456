"""Google Cloud's price sheets and roll-outs: the fast reader says what a YAML library says, and refuses the rest."""

from __future__ import annotations

import pandas as pd
import pytest

from cloudmarket.errors import ParseError
from cloudmarket.sources import cyclenerd_accelerators, cyclenerd_machines, cyclenerd_prices, safely
from cloudmarket.tables import inputs
from shared import panel

SHEET = """---
about:
  generated: 2025-01-02
compute:
  instance:
    x1-large-8g:
      cpu: 208
      cost:
        asia-east1:
          hour: 88.49
          hour_spot: 2.0395e+1
          month: 64597.7
          month_1y: 44810.080665
          month_3y: 28370.998214
        us-west9:
          hour: 0
          month: 0
      ram: 1872
    x2-small:
      bandwidth: 1.5
    y-7.2:
      cost:
        asia-east1:
          hour: 1e-3
  license:
    other:
      cost:
        asia-east1:
          hour: 5
storage:
  compute: 3
"""
ROWS = [
    ("x1-large-8g", "asia-east1", 88.49, 20.395, 44810.080665, 28370.998214),
    ("x1-large-8g", "us-west9", 0.0, None, None, None),
    ("y-7.2", "asia-east1", 0.001, None, None, None),
]


def parse(text: str) -> list[tuple[object, ...]]:
    return list(cyclenerd_prices.parse(text.encode(), "v1"))


def by_library(text: str) -> set[tuple[object, ...]]:
    """Return the rows by way of the general YAML reader."""
    machines = safely.load_yaml(text.encode(), "test", "v1")["compute"]["instance"]
    return {
        (machine, region, *(None if said.get(name) is None else float(said[name]) for name in cyclenerd_prices.PRICES))
        for machine, about in machines.items()
        for region, said in about.get("cost", {}).items()
    }


def test_prices_are_as_printed() -> None:
    assert parse(SHEET) == ROWS


@pytest.mark.parametrize(
    "text",
    [
        SHEET,
        SHEET.replace("---\n", ""),
        SHEET.removesuffix("storage:\n  compute: 3\n"),
        SHEET[: SHEET.index("  license:")],
        SHEET.replace("88.49", "0.000001"),
    ],
)
def test_the_fast_reader_says_what_a_library_says(text: str) -> None:
    # The library takes 2.0395e+1 for a number and 1e-3 for a word: both are numbers to float().
    assert set(parse(text)) == by_library(text)


def test_a_change_of_one_machine_is_seen_and_the_others_are_the_same_objects() -> None:
    before = {row[:2]: row for row in parse(SHEET)}
    after = {row[:2]: row for row in parse(SHEET.replace("1e-3", "2e-3"))}
    assert after["y-7.2", "asia-east1"][2] == 0.002
    assert after["x1-large-8g", "asia-east1"] is before["x1-large-8g", "asia-east1"]
    assert parse(SHEET) == ROWS


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("compute:\n  instance", "computing:\n  instance", "does not have one section of computing prices"),
        ("  instance:\n", "  machine:\n", "does not begin its computing prices with machines"),
        ("storage:\n", "compute:\n  instance:\nstorage:\n", "does not have one section"),
        ("hour: 88.49", "hour: &a 88.49", "'          hour: &a 88.49' among the prices of x1-large-8g"),
        ("hour: 88.49", "hour: !!float 88.49", "among the prices of x1-large-8g"),
        ("hour: 88.49", "hour: *a", "among the prices of x1-large-8g"),
        ("hour: 88.49", 'hour: "88.49"', "among the prices of x1-large-8g"),
        ("hour: 88.49", "hour: -88.49", "among the prices of x1-large-8g"),
        ("hour: 88.49", "hour: .inf", "among the prices of x1-large-8g"),
        ("hour: 88.49", "hour: nan", "among the prices of x1-large-8g"),
        ("hour: 88.49", "hour: 1e999", "prints 1e999 USD for a machine"),
        ("hour: 88.49", "hour: 10000001", "prints 10000001 USD for a machine"),
        ("hour: 88.49", "hour: 88.49\n          hour: 88.49", "repeats 'hour: 88.49'"),
        ("        us-west9:", "        asia-east1:", "repeats 'asia-east1:'"),
        ("    x2-small:", "    x1-large-8g:", "lists x1-large-8g: twice"),
        ("    x2-small:", "    'x2-small':", "names no machine"),
        ("    x2-small:", "    x2-small: {}", "names no machine"),
        ("          hour: 0\n          month: 0\n", "", "prints no price of x1-large-8g"),
        ("          hour: 0", "\t hour: 0", "prints '\\t hour: 0' among the machines"),
        ("    x2-small:\n", "# a remark\n    x2-small:\n", "prints '# a remark' among the machines"),
        ("    x2-small:\n", "   x2-small:\n", "prints '   x2-small:' among the machines"),
        ("    x2-small:\n", "...\n    x2-small:\n", "prints '...' among the machines"),
        ("      ram: 1872", "      cost:\n        us-west9:\n          hour: 9", "among the prices of x1-large-8g"),
        ("          hour: 0\n", "          hour: 0 # a remark\n", "among the prices of x1-large-8g"),
    ],
)
def test_anything_but_plain_names_and_numbers_is_refused(old: str, new: str, message: str) -> None:
    assert old in SHEET
    with pytest.raises(ParseError, match=r"^cyclenerd_prices v1: ") as caught:
        parse(SHEET.replace(old, new, 1))
    assert message in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"<!DOCTYPE html>", b"compute:\n  instance:\n"])
def test_what_is_no_price_sheet_is_refused(content: bytes) -> None:
    with pytest.raises(ParseError, match=r"^cyclenerd_prices v1: "):
        list(cyclenerd_prices.parse(content, "v1"))


@pytest.mark.parametrize("source", [cyclenerd_machines, cyclenerd_accelerators])
def test_each_pair_is_listed_once(source) -> None:
    content = b"NAME;CPUS;ZONE\nx1-large;8;us-west9\nx1-large;9;us-west9\nx1-large;8;asia-east1\n"
    assert list(source.parse(content, "v1")) == [("x1-large", "asia-east1"), ("x1-large", "us-west9")]


@pytest.mark.parametrize(
    "content",
    [
        b"NAME;CPUS\nx1;8\n",
        b"NAME;CPUS;ZONE\nx1;8\n",
        b"NAME;CPUS;ZONE\nx1;8;\n",
        b"NAME;CPUS;ZONE\n;8;us-west9\n",
        b"NAME;CPUS;ZONE\nx1 large;8;us-west9\n",
        b"NAME;CPUS;ZONE\nx1;8;\xff\n",
        b"<html>",
    ],
)
def test_what_is_no_list_is_refused(content: bytes) -> None:
    with pytest.raises(ParseError, match=r"^cyclenerd_machines v1: "):
        list(cyclenerd_machines.parse(content, "v1"))


def test_known_prices() -> None:
    """Read by hand in the files of 2024-05-23 and 2026-07-30, and that of 2022-10-19 (no discount)."""
    rows = inputs.folded("cyclenerd_prices").to_pandas()

    def price(machine: str, region: str, day: str) -> list[float]:
        at = pd.Timestamp(day, tz="UTC")
        found = rows[(rows.machine == machine) & (rows.region == region) & (rows.observed_first_at <= at)]
        [row] = found[~(found.ended_at <= at)].itertuples()
        return [row.hour, row.month_1y, row.month_3y]

    assert price("a3-highgpu-8g", "us-central1", "2024-06-01")[0] == pytest.approx(88.49, abs=1e-6)
    assert price("a3-highgpu-8g", "europe-west4", "2026-08-01")[0] == 112.540479175233
    assert price("a2-ultragpu-1g", "us-central1", "2022-10-20") == [5.027702, 3670.22246, 3670.22246]


def prices_at(when: pd.Series) -> pd.DataFrame:
    """Return what is folded of the snapshots at these instants, named by the day asked for."""
    rows = inputs.folded("cyclenerd_prices").to_pandas()
    parts = [
        rows[(rows.observed_first_at <= at) & (rows.observed_last_at >= at)].assign(commit_date=day)
        for day, at in when.items()
    ]
    return pd.concat(parts, ignore_index=True)


def test_the_panel_has_the_same_prices() -> None:
    listed = pd.read_csv(panel("gcp_cyclenerd/price_snapshots.csv"))
    ours = inputs.snapshots("cyclenerd_prices")
    ours = ours[ours.role == inputs.FOLDED]
    both = listed.merge(ours, left_on="blob", right_on="file_digest")
    assert (len(listed), len(both), both.commit.eq(both.version).sum()) == (294, 285, 266)
    alone = both[~both.commit_date.isin(listed.commit_date[listed.commit_date.duplicated()])]
    # The panel's file of prices leaves out the first three days.
    assert len(alone) == 247
    # Every fifteenth day: the whole takes long, and was compared once.
    days = alone.set_index("commit_date").observed_at.iloc[3::15]
    theirs = pd.read_parquet(
        panel("gcp_cyclenerd/gcp_instance_prices_weekly.parquet"), filters=[("commit_date", "in", list(days.index))]
    )
    names = ["hour", "hour_spot", "month_1y", "month_3y"]
    mine = prices_at(days).rename(columns={"machine": "sku"})
    keys = ["commit_date", "sku", "region"]
    found = mine.set_index(keys)[names].sort_index()
    expected = theirs.set_index(keys)[names].sort_index()
    assert len(found) > 100_000
    pd.testing.assert_frame_equal(found, expected, check_exact=True, check_index_type=False)


@pytest.mark.parametrize(
    ("source", "name", "pairs", "now", "later"),
    [
        ("cyclenerd_machines", "gcp_cyclenerd/machine_type_region_events.csv", 15_546, 13_987, 305),
        ("cyclenerd_accelerators", "gcp_cyclenerd/accelerator_region_events.csv", 315, 283, 0),
    ],
)
def test_the_panel_has_the_same_roll_outs(source: str, name: str, pairs: int, now: int, later: int) -> None:
    events = pd.read_csv(panel(name), parse_dates=["date"]).set_axis(["date", "event", "what", "region"], axis=1)
    rows = inputs.folded(source).to_pandas().rename(columns={"machine": "what", "accelerator": "what"})
    rows["date"] = rows.observed_first_at.dt.tz_localize(None).dt.normalize()
    key = ["what", "region"]
    theirs = events[events.event != "removed"].groupby(key).date.min()
    ours = rows.groupby(key).date.min()
    assert len(theirs) == pairs
    assert set(theirs.index) == set(ours.index)
    lag = (ours - theirs).dt.days
    late = lag[lag != 0]
    assert lag.between(0, 21).all()
    assert len(late) == later
    assert theirs[late.index].between("2022-04-01", "2022-07-31").all()
    last = events.sort_values("date", kind="stable").groupby(key).event.last()
    there = set(last[last != "removed"].index)
    assert there == set(rows[rows.ended_at.isna()].set_index(key).index)
    assert len(there) == now
