"""Refresh from an index: appended, repeated, rebuilt, each with the bytes that it must give."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from cloudmarket import history, tables
from cloudmarket.refresh import rebuild_tables, refresh
from cloudmarket.sources import SOURCES
from cloudmarket.tables import inputs

from .conftest import LLAMA, SONNET, START, House, module, price_map


def roles(source: str) -> dict[str, str]:
    listed = inputs.snapshots(source)
    return dict(zip(listed.version, listed.role, strict=True))


def publish_more(house: House) -> None:
    """Publish a price change, a back-port that repeats the old price, a module without news."""
    house.release("litellm", "1.2", price_map(**{LLAMA: (7.2e-07, 7.2e-07), SONNET: (2e-06, 1e-05)}), days=20)
    house.release("litellm", "1.0.1", price_map(), days=21)
    house.release("genai_prices", "0.3", module("0.70"), days=22)


def test_first_refresh_reads_all_and_the_second_only_what_is_new(house: House) -> None:
    first = refresh()
    assert [(done.source, done.added, done.folded_added) for done in first.sources] == [
        ("genai_prices", 2, 2),
        ("litellm", 2, 2),
    ]
    assert len(house.asked()) >= 4
    before = tables.load("token_price")
    new = house.server.wheels.copy()
    publish_more(house)
    second = refresh()
    assert [(done.source, done.added, done.folded_added) for done in second.sources] == [
        ("genai_prices", 1, 1),
        ("litellm", 2, 1),
    ]
    assert set(house.asked()) == set(house.server.wheels) - set(new)
    assert second.rows["token_price"] == (len(before), len(tables.load("token_price")))
    assert list(second.changes.label.unique()) == [SONNET]
    known = tables.load("token_price", on="2026-01-22")
    price = known[(known.label == SONNET) & (known.source == "litellm")]
    assert price.input_usd_per_mtok.tolist() == [2.0]


def test_nothing_new_changes_no_byte_and_asks_for_no_wheel(lived_in: House) -> None:
    publish_more(lived_in)
    refresh()
    before = lived_in.files()
    lived_in.asked()
    third = refresh()
    assert [done.added for done in third.sources] == [0, 0]
    assert len(third.changes) == 0
    assert lived_in.files() == before
    assert lived_in.asked() == []


def test_appending_rebuilding_and_reading_at_once_give_the_same_bytes(lived_in: House) -> None:
    publish_more(lived_in)
    refresh(["litellm"])
    refresh(["genai_prices"])
    appended = lived_in.files()
    refresh(rebuild=True)
    assert lived_in.files() == appended
    rebuild_tables()
    assert lived_in.files() == appended
    for path in (lived_in.root / "data" / "raw").rglob("history.parquet"):
        path.unlink()
        path.with_name("snapshots.csv").unlink()
    refresh()
    assert lived_in.files() == appended


def test_a_back_port_is_kept_for_audit_and_changes_no_price(lived_in: House) -> None:
    lived_in.release("litellm", "1.0.1", price_map(**{SONNET: (9e-06, 9e-05)}))
    before = tables.load("token_price")
    refresh()
    assert roles("litellm") == {"1.0": "folded", "1.1": "folded", "1.0.1": "audit"}
    listed = inputs.snapshots("litellm").set_index("version")
    assert len(listed.member_sha256["1.0.1"]) == 64
    pd.testing.assert_frame_equal(tables.load("token_price"), before)


def test_histories_give_back_what_each_release_printed(house: House) -> None:
    publish_more(house)
    refresh()
    source = SOURCES["litellm"]
    folded = inputs.folded("litellm")
    maps = {
        "1.0": price_map(),
        "1.1": price_map(**{LLAMA: (7.2e-07, 7.2e-07)}),
        "1.2": price_map(**{LLAMA: (7.2e-07, 7.2e-07), SONNET: (2e-06, 1e-05)}),
    }
    for moment in inputs.moments("litellm"):
        rows = history.snapshot_rows(folded, moment.observed_at, source.columns).to_pylist()
        printed = {row["label"]: (row["input_cost_per_token"], row["output_cost_per_token"]) for row in rows}
        wanted = {
            label: (entry["input_cost_per_token"], entry["output_cost_per_token"])
            for label, entry in maps[moment.version].items()
            if label != "sample_spec"
        }
        assert printed == wanted


def test_a_release_without_the_member_before_the_first_with_it_is_absent(house: House) -> None:
    house.release("litellm", "0.9", None, days=-5)
    refresh()
    assert roles("litellm") == {"0.9": "absent", "1.0": "folded", "1.1": "folded"}


def test_an_excluded_release_is_listed_and_not_read(house: House) -> None:
    name = house.release("litellm", "1.2", b"not a price map")
    house.server.faults[name] = [lambda *_: pytest.fail("an excluded release was asked for")]
    sidecar = house.root / "data" / "raw" / "litellm" / "source.toml"
    with sidecar.open("a") as file:
        file.write('\n[[exclude]]\nversion = "1.2"\nreason = "published broken"\n')
    refresh()
    assert roles("litellm")["1.2"] == "excluded"
    house.release("litellm", "1.3", price_map())
    refresh()
    assert roles("litellm")["1.3"] == "folded"


def test_what_a_day_knew_is_asked_of_the_newest_refresh(lived_in: House) -> None:
    """A process that has asked before sees the snapshots of a later refresh."""
    assert tables.load("token_price", as_of="2026-01-25").observed_last_at.max().day == 12
    publish_more(lived_in)
    refresh()
    assert tables.load("token_price", as_of="2026-01-25").observed_last_at.max().day == 23


def test_progress_is_told_per_source(house: House) -> None:
    told: list[tuple[str, int, int]] = []
    refresh(progress=lambda *step: told.append(step))
    assert told == [
        ("genai_prices", 0, 2), ("genai_prices", 1, 2), ("genai_prices", 2, 2),
        ("litellm", 0, 2), ("litellm", 1, 2), ("litellm", 2, 2),
    ]  # fmt: skip


def test_the_command_says_what_is_new_and_which_labels_have_no_name(lived_in: House, command) -> None:
    more = price_map(**{SONNET: (2e-06, 1e-05)})
    more["bedrock/some.unheard-of-v9"] = more[SONNET]
    lived_in.release("litellm", "1.2", more)
    code, out, err = command("refresh", "litellm")
    assert (code, err) == (0, "")
    assert "litellm: 1 new snapshots, 1 folded; newest 1.2 of 2026-01-21" in out
    assert SONNET in out
    assert "bedrock/some.unheard-of-v9" in out
    code, out, _ = command("refresh")
    assert (code, "0 new snapshots, 0 folded; newest 1.2" in out) == (0, True)


def test_an_unknown_source_is_one_message(command) -> None:
    code, out, err = command("refresh", "nowhere")
    assert (code, out) == (1, "")
    assert "no source named 'nowhere'" in err
    assert "Traceback" not in err


def test_dates_are_kept_to_the_microsecond(house: House) -> None:
    house.release("litellm", "1.2", price_map(), days=30.000001)
    refresh()
    assert inputs.moments("litellm")[0].observed_at == START
    stored = inputs.moments("litellm")[-1].observed_at
    assert (stored - START).total_seconds() == pytest.approx(30.000001 * 86400, abs=1e-6)
    assert json.loads((house.root / "data/processed/datapackage.json").read_text())["version"] == "2026-01-31"
