"""One price per machine and day out of several lists, what the others say of it, and known prices of the real lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pandas as pd
import pytest

from cloudmarket import history
from cloudmarket.errors import CheckError
from cloudmarket.history import Moment
from cloudmarket.names.accelerators import instance_types
from cloudmarket.sources import (
    cyclenerd_machines,
    cyclenerd_prices,
    ec2instances,
    eu_cloud_prices,
    karpenter_aws,
    karpenter_azure,
    karpenter_gcp,
)
from cloudmarket.tables import accelerator, accelerator_price, accelerator_reasons, inputs
from cloudmarket.tables.checks import check, check_all
from cloudmarket.tables.inputs import Evidence
from shared import panel
from tables.vintage import cut, end_of

START = datetime(2025, 1, 6, 12, tzinfo=UTC)
WEEKS = [Moment(f"c{number}", START + timedelta(weeks=number)) for number in range(5)]
MODULES = (cyclenerd_machines, cyclenerd_prices, ec2instances, eu_cloud_prices, karpenter_aws, karpenter_azure,
           karpenter_gcp)  # fmt: skip
A3 = ("a3-highgpu-8g", "us-central1")
P5 = ("us-east-1", "p5.48xlarge")
Printed = list[list[tuple[Any, ...]]]


def evidence(**lists: Printed) -> Evidence:
    """Return weekly snapshots by list, None for a week without one; a list that is not named printed nothing once."""
    folded, moments = {}, {}
    for module in MODULES:
        printed = lists.get(module.NAME, [[]])
        pairs = [(moment, rows) for moment, rows in zip(WEEKS, printed, strict=False) if rows is not None]
        moments[module.NAME] = [moment for moment, _ in pairs]
        folded[module.NAME] = history.fold(pairs, module.COLUMNS, module.KEY_COUNT)
    return Evidence(folded, moments)


def built(**lists: Printed) -> pd.DataFrame:
    rows = accelerator_price.build(evidence(**lists))
    check(accelerator_price.TABLE, rows)
    check_all(accelerator_price.TABLE, rows, accelerator_price.check(rows))
    return rows


def calculated(*hours: float, spot: float | None = None) -> Printed:
    return [[(*A3, hour, spot, None, None)] for hour in hours]


def google(*prices: float | None, kind: str = "on_demand") -> Any:
    return [None if price is None else [("us-central1", kind, "a3-highgpu-8g", price)] for price in prices]


def days(rows: pd.DataFrame) -> list[tuple[str, str]]:
    ends = rows.valid_to.dt.strftime("%m-%d").fillna("")
    return list(zip(rows.valid_from.dt.strftime("%m-%d"), ends, strict=True))


def test_a_price_holds_from_the_first_list_with_it_to_the_first_without() -> None:
    rows = built(karpenter_aws=[[(*P5, 98.32)], [(*P5, 98.32)], [(*P5, 55.04)]])
    assert days(rows) == [("01-06", "01-20"), ("01-20", "")]
    assert rows.usd_per_accelerator_hour.tolist() == [12.29, 6.88]
    assert rows.is_offered.isna().all()
    assert rows.observed_last_at.tolist() == [WEEKS[1].observed_at, WEEKS[2].observed_at]


def test_a_month_of_commitment_has_730_hours_and_a_zero_is_no_price() -> None:
    rows = built(cyclenerd_prices=[[(*A3, 80.0, 0.0, 43800.0, 29200.0)]])
    assert dict(zip(rows.kind, rows.price_per_instance_hour, strict=True)) == {
        "on_demand": 80.0, "commit_1y": 60.0, "commit_3y": 40.0,
    }  # fmt: skip


def test_a_price_goes_on_when_another_of_its_line_changes() -> None:
    sheets = [[(*A3, 80.0, spot, None, None)] for spot in (20.0, 21.0, 22.0)]
    rows = built(cyclenerd_prices=sheets)
    assert rows.kind.value_counts().to_dict() == {"spot": 3, "on_demand": 1}
    assert rows[rows.kind == "on_demand"].observed_last_at.item() == WEEKS[2].observed_at


def test_another_list_confirms_or_contradicts_from_the_day_it_does() -> None:
    rows = built(cyclenerd_prices=calculated(80.0, 80.0, 80.0, 80.0), karpenter_gcp=google(None, 80.04, 75.0, 75.0))
    assert days(rows) == [("01-06", "01-13"), ("01-13", "01-20"), ("01-20", "")]
    assert set(rows.source) == {"cyclenerd_prices"}
    assert rows.confirmed_by.fillna("").tolist() == ["", "karpenter_gcp", ""]
    assert rows.contradicted_by.fillna("").tolist() == ["", "", "karpenter_gcp: 75.0"]
    assert rows.price_per_instance_hour.tolist() == [80.0] * 3


def test_the_second_list_gives_the_price_where_the_first_has_none() -> None:
    second = [[("us-central1", "on_demand", "a3-highgpu-8g", 75.0)]] * 3
    rows = built(cyclenerd_prices=[[], *calculated(80.0), []], karpenter_gcp=second)
    assert rows.source.tolist() == ["karpenter_gcp", "cyclenerd_prices", "karpenter_gcp"]
    assert rows.price_per_instance_hour.tolist() == [75.0, 80.0, 75.0]
    assert days(rows) == [("01-06", "01-13"), ("01-13", "01-20"), ("01-20", "")]


def test_what_is_offered_is_cut_at_the_day_and_unknown_before_the_first_list() -> None:
    there, gone = [A3], [("n1-standard-1", "us-central1")]
    rows = built(cyclenerd_prices=calculated(*[80.0] * 5), cyclenerd_machines=[None, gone, there, there, gone])  # type: ignore[list-item]
    assert rows.is_offered.isna().tolist() == [True, False, False, False]
    assert rows.is_offered.dropna().tolist() == [False, True, False]
    assert days(rows) == [("01-06", "01-13"), ("01-13", "01-20"), ("01-20", "02-03"), ("02-03", "")]
    assert rows.observed_first_at.tolist() == [WEEKS[n].observed_at for n in (0, 1, 2, 4)]


def test_a_list_that_ended_says_nothing_of_later_days() -> None:
    rows = built(ec2instances=[[("us-east-1", "on_demand", "g2.2xlarge", 0.65)]] * 2)
    assert days(rows) == [("01-06", "01-14")]


def test_euro_are_not_dollars() -> None:
    rows = built(eu_cloud_prices=[[("ovh", "eu", "t2-le-45", "on_demand", "EUR", 0.8, "Tesla V100S 32GB", 1)]])
    assert rows[["cloud", "price_per_instance_hour", "currency"]].to_numpy().tolist() == [["ovhcloud", 0.8, "EUR"]]
    assert rows[["usd_per_instance_hour", "usd_per_accelerator_hour"]].isna().all(axis=None)


@pytest.mark.parametrize("spot", [90.0, 2.0])
def test_spot_above_the_on_demand_price_or_a_sliver_of_it_stops_the_build(spot: float) -> None:
    with pytest.raises(CheckError, match="at most the on-demand price, and no sliver"):
        built(cyclenerd_prices=calculated(80.0, spot=spot))


def test_a_price_far_from_the_usual_one_stops_the_build() -> None:
    regions = [("a3-highgpu-8g", region, 80.0, None, None, None) for region in ("us-east1", "us-west1", "us-central1")]
    with pytest.raises(CheckError, match="near the machine's usual price"):
        built(cyclenerd_prices=[[*regions, ("a3-highgpu-8g", "us-east4", 18.0, None, None, None)]])


@pytest.mark.parametrize(
    ("machine", "remedy"), [("p9.48xlarge", "instance_types.csv"), ("q1.large", "general_families.csv")]
)
def test_a_machine_that_nobody_reviewed_stops_the_build(machine: str, remedy: str) -> None:
    with pytest.raises(CheckError, match=rf"1 machines are not reviewed: aws {machine} \(fill {remedy}\)"):
        built(karpenter_aws=[[("us-east-1", machine, 9.0), ("us-east-1", "m5.large", 0.1)]])


def test_machines_out_of_scope_are_left_out() -> None:
    assert built(karpenter_aws=[[("us-east-1", "f1.2xlarge", 1.65), ("us-east-1", "m5.large", 0.1)]]).empty


@cache
def shipped() -> pd.DataFrame:
    return accelerator_price.build(inputs.evidence(accelerator_price.TABLE.sources))


def prices(query: str) -> list[tuple[str, float]]:
    rows = shipped().query(query)
    return list(zip(rows.valid_from.dt.strftime("%Y-%m-%d"), rows.price_per_instance_hour, strict=True))


class TestRealLists:
    def test_they_keep_the_invariants(self) -> None:
        rows = shipped()
        check(accelerator_price.TABLE, rows)
        check_all(accelerator_price.TABLE, rows, accelerator_price.check(rows))

    def test_the_cut_of_the_p5_is_seen_in_the_first_list_after_it(self) -> None:
        # No list lies between 2025-05-13 and 2025-06-23; the cut was announced on 2025-06-05.
        found = prices("sku == 'p5.48xlarge' and region == 'us-east-1'")
        assert found == [("2023-08-09", 98.32), ("2025-06-23", 55.04)]

    def test_azures_h100_never_moved(self) -> None:
        # The list was drawn up on 2023-12-18 and published on 2024-01-11.
        found = prices("sku == 'Standard_ND96isr_H100_v5' and region == 'eastus'")
        assert found == [("2024-01-12", 98.32)]

    def test_googles_list_price_of_an_h100_does_not_move(self) -> None:
        rows = shipped().query("sku == 'a3-highgpu-8g' and region == 'us-central1' and kind == 'on_demand'")
        assert set(rows[rows.valid_from >= "2024-05-21"].usd_per_accelerator_hour) == {11.06125}
        assert rows[rows.valid_to.isna()].confirmed_by.tolist() == ["karpenter_gcp"]

    @pytest.mark.parametrize(("day", "median"), [("2025-10-30", 9.01), ("2025-11-06", 2.47)])
    def test_googles_spot_price_of_an_h100_fell(self, day: str, median: float) -> None:
        rows = shipped().query("sku == 'a3-highgpu-8g' and kind == 'spot'")
        held = rows[(rows.valid_from <= day) & ~(rows.valid_to <= day)]
        assert held.usd_per_accelerator_hour.median() == pytest.approx(median, abs=0.005)

    def test_it_hardly_fell_where_machines_could_be_had(self) -> None:
        rows = shipped().query("accelerator == 'nvidia-h100-sxm' and kind == 'spot' and is_offered == True")
        medians = [
            rows[(rows.valid_from <= day) & ~(rows.valid_to <= day)].usd_per_accelerator_hour.median()
            for day in ("2025-10-30", "2025-11-06")
        ]
        assert medians == pytest.approx([2.43, 2.37], abs=0.005)

    def test_both_lists_of_google_agree_on_every_on_demand_price(self) -> None:
        on_demand = shipped().query("cloud == 'gcp' and kind == 'on_demand'")
        assert on_demand.confirmed_by.notna().sum() > 300
        assert on_demand.contradicted_by.isna().all()

    def test_every_reason_speaks_of_a_price(self) -> None:
        reasons = accelerator_reasons.read()
        spoken = [accelerator_reasons.spoken_of(shipped(), entry).sum() for _, entry in reasons.iterrows()]
        assert min(spoken) > 0

    def test_what_was_wrong_is_printed_and_superseded(self) -> None:
        rows = shipped().query("sku == 'a2-ultragpu-1g' and region == 'us-central1' and kind == 'commit_3y'")
        assert rows[rows.superseded_at.isna()].valid_from.dt.strftime("%Y-%m-%d").tolist() == ["2022-10-02"]
        assert rows.is_printed.all()
        assert (rows.superseded_at.dropna() >= rows.observed_last_at[rows.superseded_at.notna()]).all()

    def test_every_accelerator_is_in_its_table(self) -> None:
        assert set(instance_types().accelerator) <= set(accelerator.read().accelerator)


@pytest.mark.parametrize("day", ["2022-10-12", "2024-03-01", "2026-06-15"])
def test_nothing_of_the_future_is_in_a_vintage(day: str) -> None:
    """The table built from what was there by a day has the rows of the full one, but for ends that came later."""
    known = pd.Timestamp(day).date()
    names = accelerator_price.TABLE.sources
    moments = {name: [m for m in inputs.moments(name) if m.observed_at < end_of(known)] for name in names}
    there = [name for name in names if moments[name]]
    none = evidence()
    then = accelerator_price.build(
        Evidence(
            {name: cut(name, known) if name in there else none.folded[name] for name in names},
            {name: moments[name] or none.moments[name] for name in names},
        )
    )
    now = shipped()
    now = now[now.observed_first_at < pd.Timestamp(end_of(known))]
    later = ["valid_to", "observed_last_at", "superseded_at"]
    fixed = [name for name in accelerator_price.TABLE.names if name not in later]
    # A piece that ended on the day it began, in a later snapshot of that day, is in neither.
    pd.testing.assert_frame_equal(then[fixed].reset_index(drop=True), now[fixed].reset_index(drop=True))


def test_prices_equal_those_of_the_independent_build() -> None:
    kinds = {"on_demand": "on_demand", "spot": "spot", "cud_1y": "commit_1y", "cud_3y": "commit_3y",
             "ri_1y_noupfront": "commit_1y"}  # fmt: skip
    theirs = pd.read_parquet(panel("gpu_vm_prices/gpu_vm_price_observations.parquet"))
    theirs = theirs[~theirs.source.str.contains("infracost") & theirs.price_type.isin(kinds)]
    # The second list of Google is not the one that gives the price; the Chinese region has another currency.
    theirs = theirs[(theirs.source != "karpenter-provider-gcp") & (theirs.region != "cn-north-1")]
    theirs = theirs.rename(columns={"provider": "cloud"}).iloc[::7]
    theirs = theirs.assign(kind=theirs.price_type.map(kinds), day=pd.to_datetime(theirs.date).astype("datetime64[s]"))
    theirs = theirs.reset_index(drop=True).rename_axis("number").reset_index()
    pairs = theirs.merge(shipped(), on=["cloud", "region", "sku", "kind"], suffixes=("_theirs", ""))
    same = (pairs.price_per_instance_hour / pairs.usd_hr - 1).abs() < 1e-4
    held = (pairs.valid_from <= pairs.day) & ~(pairs.valid_to <= pairs.day)
    # A list is here from the day on which it came to the default branch, up to 25 days after it was drawn up.
    late = (pairs.valid_from <= pairs.day + pd.Timedelta(days=25)) & ~(pairs.valid_to < pairs.day)
    on_day, soon = (set(pairs.number[same & when]) for when in (held, late))
    assert len(theirs) > 80_000
    assert len(on_day) / len(theirs) > 0.997
    rest = theirs[~theirs.number.isin(on_day | soon)]
    # A list that stood for two hours, and a fork's list of the same day.
    assert set(zip(rest.date.astype("str"), rest.source, strict=True)) <= {
        ("2024-08-17", "Cyclenerd/gcosts"), ("2015-08-02", "ec2instances.info"),
    }  # fmt: skip
    machines = pairs.drop_duplicates(["cloud", "sku"])
    assert (machines.n_acc == machines.accelerator_count).all()
