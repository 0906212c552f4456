"""``cloudmarket verify``: the shipped data passes, and one changed byte is found and named."""

from __future__ import annotations

import hashlib
from pathlib import Path

import orjson
import pytest

from cloudmarket import tables


def test_what_is_shipped_passes(command) -> None:
    code, out, err = command("verify")
    assert (code, err) == (0, "")
    for name in ("token_price", "price_change", "model_listing", "litellm: ", "genai_prices: ", "byte for byte"):
        assert name in out


@pytest.mark.parametrize(
    "name",
    [
        "processed/token_price.parquet",
        "processed/model_listing.parquet",
        "raw/litellm/history.parquet",
        "raw/litellm/snapshots.csv",
        "raw/genai_prices/history.parquet",
        "raw/genai_prices/snapshots.csv",
    ],
)
@pytest.mark.parametrize("place", [0.1, 0.5, 0.99])
def test_one_changed_byte_is_found_and_named(command, copied: Path, name: str, place: float) -> None:
    path = copied / "data" / name
    content = bytearray(path.read_bytes())
    content[int(place * len(content))] ^= 1
    path.write_bytes(content)
    code, _, err = command("verify")
    assert code == 1
    assert name.removeprefix("processed/") in err
    assert "Restore it from git" in err
    assert "Traceback" not in err


def test_a_table_that_does_not_follow_from_its_history_is_found(command, copied: Path) -> None:
    """A correction changes what the histories give; digests alone do not see that."""
    rows = tables.load("token_price")
    held = rows[(rows.source == "litellm") & (rows.tier == "standard") & rows.valid_to.isna() & rows.is_printed]
    offer = held[held.superseded_at.isna() & ~held.is_fill].iloc[0]
    price = offer.input_usd_per_mtok
    words = ["a reason of more than twenty letters", "a reference of more than ten"]
    cells = ["litellm", offer.label, "standard", offer.context_from_tokens, "input_usd_per_mtok", price, 2 * price]
    path = copied / "data" / "raw" / "corrections.csv"
    path.write_text(path.read_text() + ",".join(map(str, [*cells, "2026-11-23", *words])) + "\n")
    code, _, err = command("verify")
    assert code == 1
    assert "token_price.parquet differs from what its histories give" in err
    assert "cloudmarket tables build" in err


def test_a_changed_description_is_found(command, copied: Path) -> None:
    path = copied / "data" / "processed" / "datapackage.json"
    path.write_bytes(path.read_bytes().replace(b"Cloud AI Market", b"Cloud AI market", 1))
    code, _, err = command("verify")
    assert code == 1
    assert "datapackage.json differs" in err


def test_a_history_that_is_not_of_these_snapshots_is_found(command, copied: Path) -> None:
    """The digests were made again, so only the contents tell."""
    raw = copied / "data" / "raw"
    listed = raw / "genai_prices" / "snapshots.csv"
    kept = [line for line in listed.read_text().splitlines(keepends=True) if not line.startswith("0.0.1,")]
    listed.write_text("".join(kept))
    sums = raw / "SHA256SUMS"
    lines = sums.read_text().splitlines()
    lines = [line for line in lines if not line.endswith("genai_prices/snapshots.csv")]
    lines.append(f"{hashlib.sha256(listed.read_bytes()).hexdigest()}  genai_prices/snapshots.csv")
    sums.write_text("\n".join(lines) + "\n")
    code, _, err = command("verify")
    assert code == 1
    assert "genai_prices: the history names snapshots that are not listed: ['0.0.1']" in err


def test_the_digests_are_those_of_common_tools(copied: Path) -> None:
    raw = copied / "data" / "raw"
    for line in (raw / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((raw / name).read_bytes()).hexdigest() == digest
    package = orjson.loads((copied / "data" / "processed" / "datapackage.json").read_bytes())
    for resource in package["resources"]:
        content = (copied / "data" / "processed" / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
