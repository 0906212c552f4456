"""Machines and their accelerators: a reviewed table whose every row has a source."""

from __future__ import annotations

import pytest

from cloudmarket import names
from cloudmarket.names.accelerators import instance_types, is_accelerated, is_out_of_scope, other_accelerators
from cloudmarket.tables import accelerator


class TestNames:
    def test_each_machine_has_a_known_accelerator_and_a_source(self) -> None:
        types = instance_types()
        assert not types.duplicated(["cloud", "machine"]).any()
        assert set(types.accelerator) <= set(accelerator.read().accelerator)
        assert types.source.str.startswith("https://").all()
        assert set(types.cloud) <= set(names.clouds().code)
        assert (types.accelerator_count.dropna() > 0).all()

    def test_what_is_out_of_scope_has_a_reason_and_is_not_in_the_table(self) -> None:
        assert (other_accelerators().reason.str.len() > 10).all()
        both = [
            m for c, m in zip(instance_types().cloud, instance_types().machine, strict=True) if is_out_of_scope(c, m)
        ]
        assert both == []

    @pytest.mark.parametrize(
        ("cloud", "machine", "expected"),
        [("aws", "p6-b200.48xlarge", True), ("aws", "gr6.4xlarge", True), ("aws", "m5.large", False),
         ("aws", "inf2.xlarge", True), ("aws", "i7i.large", False), ("gcp", "a4-highgpu-8g", True),
         ("gcp", "g1-small", False), ("gcp", "ct6e-standard-1t", True), ("gcp", "n1-standard-1", False),
         ("azure", "Standard_D2s_v5", False), ("scaleway", "RENDER-S", True)],
    )  # fmt: skip
    def test_series(self, cloud: str, machine: str, expected: bool) -> None:
        assert is_accelerated(cloud, machine) is expected
