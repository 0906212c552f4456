"""Labels of AI services: every one reviewed, none twice, and what looks like AI is not passed over."""

from __future__ import annotations

import pandas as pd
import pytest

from cloudmarket.errors import CheckError
from cloudmarket.names import services
from cloudmarket.names._tables import rows


def test_each_label_is_there_once_and_leads_to_a_service_or_has_a_reason() -> None:
    labels = pd.DataFrame(list(rows("ai_service_labels")))
    assert not labels.duplicated(["source", "kind", "label"]).any()
    assert ((labels.code == "") == (labels.reason != "")).all()
    clouds = labels.source.map({"botocore": "aws"}).fillna("gcp")
    known = services.ai_services()
    assert set(zip(clouds, labels.code, strict=True)) - {("aws", ""), ("gcp", "")} == set(
        zip(known.cloud, known.code, strict=True)
    )


def test_services_have_a_code_of_their_own_and_a_page() -> None:
    known = services.ai_services()
    assert not known.duplicated(["cloud", "code"]).any()
    assert known.notna().all(axis=None)
    assert known.url.str.startswith("https://").all()
    assert known.code.str.fullmatch(r"[a-z0-9-]+").all()


def test_a_label_gets_its_code_and_what_is_no_ai_none() -> None:
    found = services.codes("botocore", "api", pd.Series(["wisdom", "qconnect", "s3", "s3vectors"]), is_complete=False)
    assert found.fillna("").tolist() == ["qconnect", "qconnect", "", ""]


@pytest.mark.parametrize("label", ["bedrock-dreams", "brain-ai", "sagemakerfoo", "agentic", "qdeveloper", "nova-sing"])
def test_a_new_label_that_looks_like_ai_stops_the_build(label: str) -> None:
    with pytest.raises(CheckError, match=rf"botocore prints the api '{label}', .*ai_service_labels\.csv"):
        services.codes("botocore", "api", pd.Series(["s3", label]), is_complete=False)


@pytest.mark.parametrize("label", ["lambda-core", "mailmanager", "rtbfabric", "email", "kinesisvideo"])
def test_a_new_label_that_does_not_is_let_through(label: str) -> None:
    assert services.codes("botocore", "api", pd.Series([label]), is_complete=False).isna().all()


def test_where_all_labels_are_reviewed_any_new_one_stops_the_build() -> None:
    with pytest.raises(CheckError, match="region_picker prints the product 'Cloud Kettle'"):
        services.codes("region_picker", "product", pd.Series(["Vertex AI", "Cloud Kettle"]))
