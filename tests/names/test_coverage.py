"""Real labels: every one of the newest snapshot, and a sample judged by hand.

``labels_1.109.1.csv`` lists the keys of the three clouds in litellm 1.109.1 that carry an input or output
price per token. ``reviewed_sample.csv`` is ``random.Random(20261123).sample(population, 200)``, sorted, where
``population`` is the sorted pairs of provider and label of the 1,292 such keys ever seen along the line of
versions. The answers were written by hand before any was compared with what the matcher says.
"""

import csv
from pathlib import Path

import pytest

from cloudmarket import names

HERE = Path(__file__).parent


def read(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_every_token_priced_label_of_the_newest_snapshot_is_matched() -> None:
    labels = [("litellm", row["provider"], row["label"]) for row in read("labels_1.109.1.csv")]
    assert len(labels) == 1132
    assert all(names.in_scope(source, provider) for source, provider, _ in labels)
    assert names.unmatched(labels)["label"].tolist() == []
    assert {offer.seller for key in labels if (offer := names.match(*key))} == {"aws", "azure", "gcp"}


def test_the_reviewed_sample_is_matched_as_judged_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    sample = read("reviewed_sample.csv")
    assert len(sample) == 200
    wrong = []
    for row in sample:
        expected = (row["seller"], row["channel"], row["model"], row["scope"], row["region"])
        offer = names.match("litellm", row["provider"], row["label"])
        found = offer and (offer.seller, offer.channel, offer.model, offer.scope, offer.region or "")
        if found != expected:
            wrong.append((row["label"], expected, found))
    with capsys.disabled():
        for label, expected, found in wrong:
            print(f"\n{label}: by hand {expected}, matched {found}")
    assert 1 - len(wrong) / len(sample) >= 0.99
