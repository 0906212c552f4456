"""Price lists out of Go files: read as text, in all the shapes they had, and refused when they are something else."""

import json
from collections.abc import Callable

import pandas as pd
import pytest

from cloudmarket.errors import ParseError
from cloudmarket.sources import karpenter_aws, karpenter_azure, karpenter_gcp
from cloudmarket.tables import inputs
from shared import panel

FLAT = b"""
package aws
import "time"
// generated at 23 Jun 22 07:35 -0500 for us-east-1
var initialPriceUpdate, _ = time.Parse(time.RFC822Z, "23 Jun 22 07:35 -0500")
var initialOnDemandPrices = map[string]float64{
	// g5 family
	"g5.xlarge": 1.006000, "g5.2xlarge": 1.212000,
	"p4d.24xlarge": 32.772600,
}
"""
NESTED = b"""
package pricing
// generated at 2026-07-20T13:44:30Z for us-east-1
var InitialOnDemandPricesAWS = map[string]map[ec2types.InstanceType]float64{
	// us-east-1
	"us-east-1": {
		"p5.48xlarge": 55.040000, "t2.nano": 0,
	},
	"cn-north-1": {
		"p4d.24xlarge": 200.100000,
	},
}
"""
ASSIGNED = b"""
var InitialPriceUpdate, _ = time.Parse(time.RFC3339, "2026-06-18T03:43:41Z")
var initialOnDemandPrices = map[string]map[string]float64{}
func init() {
	// eastus
	initialOnDemandPrices["eastus"] = map[string]float64{
		"Standard_D2s_v5":          0.096000,
		"Standard_ND96isr_H100_v5": 98.320000,
	}
	initialOnDemandPrices["westus3"] = map[string]float64{
		"Standard_NC6": 0.900000,
	}
}
"""


def aws(**files: bytes) -> list[tuple[str, str, float]]:
    return list(karpenter_aws.parse({f"pkg/{name}.go": content for name, content in files.items()}, "1"))


def test_the_flat_list_names_its_region_in_a_comment() -> None:
    assert aws(pricing=FLAT) == [
        ("us-east-1", "g5.2xlarge", 1.212), ("us-east-1", "g5.xlarge", 1.006), ("us-east-1", "p4d.24xlarge", 32.7726),
    ]  # fmt: skip


def test_chinese_regions_and_zeros_are_left_out() -> None:
    assert aws(pricing=NESTED) == [("us-east-1", "p5.48xlarge", 55.04)]


def test_the_same_list_twice_is_one_and_two_that_differ_are_refused() -> None:
    assert aws(new=FLAT, old=FLAT) == aws(only=FLAT)
    with pytest.raises(ParseError, match=r"karpenter_aws 1: has two lists that differ, one of them pkg/old\.go"):
        aws(new=FLAT, old=FLAT.replace(b"1.006", b"1.007"))


def test_azure_keeps_the_accelerated_series() -> None:
    assert list(karpenter_azure.parse(ASSIGNED, "1")) == [
        ("eastus", "Standard_ND96isr_H100_v5", 98.32), ("westus3", "Standard_NC6", 0.9),
    ]  # fmt: skip


BAD: list[tuple[Callable[[bytes], bytes], str]] = [
    (lambda good: b"package pricing", "has 0 prices"),
    (lambda good: good.replace(b"98.320000", b'os.Getenv("X")'), "prices that can be read, and other pairs"),
    (lambda good: good.replace(b"98.320000", b"1e99"), "prices that can be read, and other pairs"),
    (lambda good: good.replace(b"98.320000", b"99999.0"), "absurd"),
    (lambda good: good.replace(b'"Standard_D2s_v5": ', b'"Standard_ND96isr_H100_v5": '), "twice"),
    (lambda good: good.replace(b'initialOnDemandPrices["eastus"] = map[string]float64{', b"{"), "out of place"),
    (lambda good: good + b"\xff", "no UTF-8"),
]


@pytest.mark.parametrize(("spoil", "message"), BAD, ids=[message for _, message in BAD])
def test_anything_else_is_refused(spoil: Callable[[bytes], bytes], message: str) -> None:
    with pytest.raises(ParseError, match=f"karpenter_azure 1: .*{message}"):
        list(karpenter_azure.parse(spoil(ASSIGNED), "1"))


def google(document: object) -> list[tuple[str, str, str, float]]:
    return list(karpenter_gcp.parse(json.dumps(document).encode(), "1"))


def test_google_keeps_machines_with_accelerators() -> None:
    prices = {"a3-highgpu-8g": 88.49, "n2-standard-4": 0.2, "g2-standard-4": 0}
    found = google({"prices": {"us-central1": {"spot": prices, "on_demand": {"a2-highgpu-1g": 3.67}}}})
    assert found == [
        ("us-central1", "on_demand", "a2-highgpu-1g", 3.67), ("us-central1", "spot", "a3-highgpu-8g", 88.49),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "no JSON object"),
        ({"prices": {}}, "no JSON object"),
        ({"prices": {"x": {"reserved": {}}}}, "other kinds"),
        ({"prices": {"x": {"spot": {"a2-highgpu-1g": "3.67"}}}}, "'3.67' for a2-highgpu-1g"),
        ({"prices": {"x": {"spot": {"a2-highgpu-1g": -1}}}}, "-1 for a2-highgpu-1g"),
    ],
)
def test_google_refuses_anything_else(document: object, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        google(document)


@pytest.mark.parametrize(
    ("source", "extract", "regions"),
    [("karpenter_aws", "k_aws", ["us-east-1", "us-gov-east-1", "us-gov-west-1"]), ("karpenter_azure", "k_az", None),
     ("karpenter_gcp", "k_gcp", None)],
)  # fmt: skip
def test_every_price_of_the_independent_extract_is_ours(source: str, extract: str, regions: list[str] | None) -> None:
    """Each of its (list, region, machine, price) was printed here, at the same commit or one on the same day."""
    theirs = pd.read_parquet(panel(f"karpenter/{extract}.parquet")).rename(columns={"sku": "machine"})
    ours = inputs.folded(source).to_pandas()
    theirs = theirs[theirs.machine.isin(ours.machine.unique()) & (theirs.usd_hr > 0)]
    theirs = theirs[theirs.region.isin(regions or theirs.region.unique())]
    keys = ["region", "machine"]
    if "price_type" in theirs:
        theirs, keys = theirs.rename(columns={"price_type": "kind"}), [*keys, "kind"]
    listed = inputs.snapshots(source).set_index("version").observed_at
    here = theirs[theirs.commit.isin(listed.index)]
    assert here.commit.nunique() >= 8
    here = here.assign(at=here.commit.map(listed))
    pairs = here.merge(ours, on=keys)
    held = (pairs.observed_first_at <= pairs["at"]) & ~(pairs.ended_at <= pairs["at"])
    same = (pairs.usd_per_hour - pairs.usd_hr).abs() < 1e-9
    found = pairs[held & same][["commit", *keys]].drop_duplicates()
    assert len(found) == len(here[["commit", *keys]].drop_duplicates())
