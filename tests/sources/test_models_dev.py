"""The files of models.dev: what a file says, what it inherits, what is refused, and an independent extract."""

from typing import Any

import pandas as pd
import pytest

from cloudmarket import names, sources
from cloudmarket.errors import ParseError
from cloudmarket.sources import models_dev
from cloudmarket.tables import inputs
from shared import panel

PLAIN = (
    'release_date = "2026-01-02"\nknowledge = "2025-08"\n[cost]\ninput = 3\noutput = 15.0\n[limit]\ncontext = 200_000\n'
)
BEDROCK = "providers/amazon-bedrock/models/a.claude-v1:0.toml"


def read(files: dict[str, str]) -> list[dict[str, Any]]:
    content = {path: text.encode() for path, text in files.items()}
    return [dict(zip(models_dev.COLUMNS.names, row, strict=True)) for row in models_dev.parse(content, "abc")]


def test_a_file_is_a_model_of_a_provider() -> None:
    [row] = read({"providers/nebius/models/zai-org/GLM-9.toml": PLAIN})
    assert row == {
        "label": "nebius/zai-org/GLM-9", "context_from_tokens": 0, "provider": "nebius", "input": 3.0, "output": 15.0,
        "cache_read": None, "cache_write": None, "inherited_from": None, "context_tokens": 200_000,
        "release_date": "2026-01-02", "knowledge": "2025-08",
    }  # fmt: skip


def test_a_file_without_a_price_keeps_its_row() -> None:
    [row] = read({BEDROCK: 'release_date = ""\n'})
    assert (row["label"], row["input"], row["release_date"]) == ("amazon-bedrock/a.claude-v1:0", None, None)


@pytest.mark.parametrize(
    ("tiers", "bands"),
    [
        ("[[cost.tiers]]\ntier = { size = 272_000 }\ninput = 6\n", {0: 3.0, 272_000: 6.0}),
        ('[[cost.tiers]]\ntier = { type = "context", size = 200_000 }\ninput = 6\n', {0: 3.0, 200_000: 6.0}),
        ("[cost.context_over_200k]\ninput = 6\n", {0: 3.0, 200_000: 6.0}),
        (
            "[cost.context_over_200k]\ninput = 6\n[[cost.tiers]]\ntier = { size = 272_000 }\ninput = 6\n",
            {0: 3.0, 272_000: 6.0},
        ),
    ],
    ids=["tier", "tier with its type", "the older field", "both"],
)
def test_a_longer_prompt_is_a_band(tiers: str, bands: dict[int, float]) -> None:
    assert {row["context_from_tokens"]: row["input"] for row in read({BEDROCK: PLAIN + tiers})} == bands


def test_a_description_gives_what_the_file_does_not_say() -> None:
    [row] = read({
        "models/a/claude.toml": 'release_date = "2026-01-02"\n[limit]\ncontext = 1000\noutput = 9\n',
        BEDROCK: 'base_model = "a/claude"\n[cost]\ninput = 3\n[limit]\noutput = 5\n',
    })  # fmt: skip
    assert (row["input"], row["release_date"], row["context_tokens"]) == (3.0, "2026-01-02", 1000)
    assert row["inherited_from"] is None


def test_a_price_taken_over_from_another_file_says_from_which() -> None:
    files = {
        "providers/anthropic/models/claude.toml": PLAIN + "[[cost.tiers]]\ntier = { size = 200_000 }\ninput = 6\n",
        "providers/alibaba/models/lent.toml": PLAIN,
        BEDROCK: '[extends]\nfrom = "anthropic/claude"\nomit = ["cost.tiers", "nothing.there"]\n',
        "providers/scaleway/models/b.toml": '[extends]\nfrom = "alibaba/lent"\n[cost]\ninput = 4\n',
    }
    rows = {row["label"]: row for row in read(files) if row["context_from_tokens"] == 0}
    assert set(rows) == {"anthropic/claude", "amazon-bedrock/a.claude-v1:0", "scaleway/b"}
    taken, own = rows["amazon-bedrock/a.claude-v1:0"], rows["scaleway/b"]
    assert (taken["input"], taken["output"], taken["inherited_from"]) == (3.0, 15.0, "anthropic/claude")
    assert (own["input"], own["output"], own["inherited_from"]) == (4.0, 15.0, None)
    # What one file omits, the file that it inherits from keeps.
    assert [row["label"] for row in read(files) if row["context_from_tokens"]] == ["anthropic/claude"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("input = ", "is no TOML"),
        ('base_model = "a/gone"', "inherits from models/a/gone.toml, which is not there"),
        ('[extends]\nfrom = "amazon-bedrock/a.claude-v1:0"', "inherits without end"),
        ("[cost]\ninput = -1", "prints input = -1"),
        ("[cost]\ninput = 2_000_000", "prints input = 2000000"),
        ('[cost]\noutput = "free"', "prints output = 'free'"),
        ("[cost]\noutput = true", "prints output = True"),
        ("[cost]\ninput = nan", "prints input = nan"),
        ("[cost]\ninput = 1\n[[cost.tiers]]\ninput = 2", "tier"),
        ('[cost]\ninput = 1\n[[cost.tiers]]\ntier = { type = "month", size = 3 }', "a tier by month"),
        ("[cost]\ninput = 1\n[[cost.tiers]]\ntier = { type = 'context' }", "a tier from None tokens"),
        ("cost = 3", ""),
        ("[limit]\ncontext = -5", "prints -5 as a number of tokens"),
        ("[limit]\ncontext = 1e5", "prints 100000.0 as a number of tokens"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_path(text: str, problem: str) -> None:
    with pytest.raises(ParseError, match=rf"^models_dev abc: {BEDROCK}: .*{problem}"):
        read({BEDROCK: text})


def test_each_folder_is_one_that_a_seller_is_named_for() -> None:
    assert all(names.in_scope("models_dev", provider) for provider in models_dev.PROVIDERS)
    assert set(inputs.folded("models_dev")["provider"].to_pylist()) == set(models_dev.PROVIDERS)


def labels(rows: pd.DataFrame) -> pd.Series:
    return rows.provider + "/" + rows.model_id


def test_the_newest_snapshot_is_that_of_the_extract() -> None:
    """Every price and limit of the extract's last day; of the days of release, one is another by what is explained."""
    theirs = pd.read_csv(panel("models_dev/models_dev_current_2026-07-02.csv"))
    theirs = theirs[theirs.provider.isin(models_dev.PROVIDERS)].assign(label=labels)
    history = inputs.folded("models_dev").to_pandas()
    ours = history[history.ended_at.isna() & (history.context_from_tokens == 0)]
    both = ours.merge(theirs, on="label", suffixes=("", "_theirs"), how="outer", indicator="side")
    assert set(both.side) == {"both"}
    assert len(both) == 523
    for own, other in (("input", "cost_input"), ("output", "cost_output"), ("cache_read", "cost_cache_read"),
                       ("cache_write", "cost_cache_write"), ("context_tokens", "context")):  # fmt: skip
        same = (both[own] == both[other]) | (both[own].isna() & both[other].isna())
        assert same.all(), both.loc[~same, ["label", own, other]]
    other_day = both[both.release_date.fillna("") != both.release_date_theirs.fillna("")]
    assert other_day.label.tolist() == ["google-vertex/gemini-2.5-pro"]
    assert "gemini-2.5-pro" in " ".join(sources.sidecar("models_dev")["differences"])


def test_first_days_are_those_of_the_extract() -> None:
    theirs = pd.read_csv(panel("models_dev/models_dev_events.csv.gz"))
    theirs = theirs[(theirs.event == "added") & theirs.provider.isin(models_dev.PROVIDERS)].assign(label=labels)
    history = inputs.folded("models_dev").to_pandas()
    added = pd.DataFrame({
        "theirs": pd.to_datetime(theirs.groupby("label").date.min()),
        "ours": history.groupby("label").observed_first_at.min().dt.tz_localize(None).dt.floor("D"),
    })  # fmt: skip
    assert added.theirs.notna().all()
    # Added and taken away within a day: the last commit of a day does not have them.
    assert added.ours.isna().sum() == 13
    apart = (added.ours - added.theirs).dt.days.dropna()
    assert (apart == 0).mean() > 0.8
    later = apart[apart.abs() > 1]
    assert later.to_dict() == {"zai/glm-5.2": 9} | {
        f"anthropic/{name}": 8
        for name in ("claude-3-5-haiku-latest", "claude-3-7-sonnet-latest", "claude-haiku-4-5", "claude-opus-4-0",
                     "claude-opus-4-1", "claude-sonnet-4-0", "claude-sonnet-4-5")
    }  # fmt: skip
