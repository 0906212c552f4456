"""Reviewed tables for benchmark results: complete, without doubles, and of clouds there are."""

from __future__ import annotations

import pandas as pd
import pytest

from cloudmarket import names
from cloudmarket.errors import CheckError
from cloudmarket.names import benchmarks
from cloudmarket.tables import inputs


@pytest.mark.parametrize(
    ("table", "key"),
    [
        (benchmarks.mlperf_accelerators, ["label", "system_pattern"]),
        (benchmarks.mlperf_submitters, ["submitter", "system_pattern"]),
        (benchmarks.arena_models, ["label"]),
        (benchmarks.top500_operators, ["site_pattern", "computer_pattern"]),
    ],
)
def test_no_row_is_there_twice(table: object, key: list[str]) -> None:
    assert callable(table)
    assert not table().duplicated(key).any()


def test_clouds_are_those_of_the_study() -> None:
    known = set(names.clouds().code)
    for table in (benchmarks.mlperf_submitters(), benchmarks.top500_operators()):
        assert set(table.cloud.dropna()) <= known
        assert table.operator[table.cloud.notna()].notna().all()


def test_what_is_left_out_has_a_reason() -> None:
    chips = benchmarks.mlperf_accelerators()
    assert chips.note[chips.accelerator.isna()].notna().all()
    sites = benchmarks.top500_operators()
    assert sites.note[sites.operator_kind == benchmarks.OUT_OF_SCOPE].notna().all()


def test_reviewed_labels_occur() -> None:
    runs = pd.concat([inputs.folded(name).to_pandas() for name in ("mlperf_training", "mlperf_inference")])
    assert set(benchmarks.mlperf_accelerators().label) == set(runs.accelerator.dropna())
    assert set(benchmarks.mlperf_submitters().submitter) == set(runs.submitter)


@pytest.mark.parametrize(
    ("submitter", "described", "cloud", "operator"),
    [
        ("Google", "cloud-tpu-v5p-1024-maxtext|tpu-v5p-1024|Available cloud", "gcp", "Google Cloud"),
        ("Google", "tpu-v4-128-TF|TPU v4-128|research", "", ""),
        ("google", "research_v3.32/tpu||", "", ""),
        ("NVIDIA", "coreweave_hgxh100_n448||cloud", "", "CoreWeave"),
        ("NVIDIA", "dgxh100||onprem", "", ""),
        ("HazyResearch", "azurea100_pytorch|Azure ND96|cloud", "azure", "Microsoft Azure"),
    ],
)
def test_the_cloud_is_told_by_the_system(submitter: str, described: str, cloud: str, operator: str) -> None:
    row = benchmarks.mlperf_submitter(submitter, described)
    assert (row["cloud"], row["operator"]) == (cloud, operator)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(CheckError, match=r"add it to top500_operators\.csv"):
        benchmarks.top500_operator("OVHcloud Gravelines", "a cluster")
    assert benchmarks.top500_operator("A university", "a cluster") is None
    assert benchmarks.top500_operator("Cloud Provider", "a cluster") is None
    assert benchmarks.mlperf_accelerator("TPU", "tpu-v4-16-TF") == "google-tpu-v4"
    assert benchmarks.mlperf_accelerator("TPU", "another") is None
