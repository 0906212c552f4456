"""Bad input: one message that names source, version and remedy, exit code 1, and what was read before stays."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from cloudmarket import names, tables
from cloudmarket.names import match
from cloudmarket.refresh import refresh
from cloudmarket.sources import SOURCES
from cloudmarket.tables import inputs
from loopback import JSON_PAGE, BreakOff, Fault, Handler, Status, corrupt, ignore_ranges, wheel

from .conftest import LLAMA, SONNET, House, module, price_map

MEMBER = SOURCES["litellm"].origin.what
STALE = "raw/stale.csv"
Spoil = Callable[[House], str]
"""Publishes a bad release as version 1.3 (0.4 of genai_prices); returns its file."""


def litellm(content: Any, **stated: Any) -> Spoil:
    return lambda house: house.release("litellm", "1.3", content, **stated)


def priced(value: Any) -> Spoil:
    return litellm(price_map(**{SONNET: (value, 1e-05)}))


def genai(content: bytes) -> Spoil:
    return lambda house: house.release("genai_prices", "0.4", content)


def served(fault: Fault) -> Spoil:
    def spoil(house: House) -> str:
        name = house.release("litellm", "1.3", price_map())
        house.server.faults[name] = [fault]
        return name

    return spoil


def no_zip(handler: Handler, body: bytes) -> bool:
    handler.part(b"<html>" * 400, "bytes=0-21")
    return True


def truncated(house: House) -> str:
    """State the digest and size of the whole wheel and serve the first half of it."""
    name = house.release("litellm", "1.3", price_map())
    whole = house.server.wheels[name]
    page = json.loads(house.server.page("litellm"))
    (told,) = (file for file in page["files"] if file["filename"] == name)
    house.server.stated[name] |= {"size": told["size"], "hashes": told["hashes"]}
    house.server.wheels[name] = whole[: len(whole) // 2]
    return name


def shrunk(house: House) -> str:
    few = dict(list(price_map().items())[:4])
    return house.release("litellm", "1.3", few)


CASES: list[tuple[str, Spoil, str]] = [
    ("truncated", truncated, "litellm 1.3: the server gives .* Do not use this file: check the index"),
    (
        "another digest",
        litellm(price_map(), hashes={"sha256": "0" * 64}),
        "litellm 1.3: .* has not the SHA-256 .* Do not use this file",
    ),
    ("breaks off", served(BreakOff()), "litellm 1.3: .* breaks off .* run again later"),
    ("gone", served(Status(404)), "litellm 1.3: .* answers 404 .* check the index"),
    ("member missing", litellm(None), rf"litellm 1.3: .* holds no {MEMBER}.* \[\[exclude\]\]"),
    ("member renamed", litellm(price_map(), member="litellm/prices.json"), "litellm 1.3: .* renamed"),
    ("no zip file", served(no_zip), "litellm 1.3: the server gives bytes"),
    ("not JSON", litellm(b"<html>"), r"litellm 1.3: .* not JSON .* Report it upstream.* \[\[exclude\]\]"),
    ("empty", litellm(b""), "litellm 1.3: .* not JSON"),
    ("a list", litellm(b"[]"), "litellm 1.3: .* not a JSON object"),
    ("not a number", priced(float("nan")), "litellm 1.3: .* not JSON"),
    ("negative", priced(-1e-06), f"litellm 1.3: '{SONNET}' prints input_cost_per_token = -1e-06"),
    ("absurd", priced(3.5), f"litellm 1.3: '{SONNET}' prints input_cost_per_token = 3.5"),
    ("a word", priced("free"), f"litellm 1.3: '{SONNET}' prints input_cost_per_token as 'free'"),
    ("a truth", priced(True), f"litellm 1.3: '{SONNET}' prints input_cost_per_token as True"),
    ("most rows gone", shrunk, "litellm 1.3: prints 3 rows where the snapshot before had 7"),
    ("not Python", genai(b"providers: = ["), "genai_prices 0.4: .* Report it upstream"),
    ("no providers", genai(b"import os"), "genai_prices 0.4: .* no list named providers"),
    ("NaN in a module", genai(module("NaN")), "genai_prices 0.4: .* has not the known shape"),
    ("negative in a module", genai(module("-1")), "genai_prices 0.4: .* -1 cannot be a price"),
    ("absurd in a module", genai(module("1e9")), r"genai_prices 0.4: .* 1E\+9 cannot be a price"),
    ("code in a module", genai(module(more="__import__('os').abort(),")), "genai_prices 0.4: .* known shape"),
]  # fmt: skip


def refused(house: House, command, *arguments: str) -> str:
    """Refresh in vain; return the message, flattened to one line. Only the list of stale sources may change."""
    before = house.files()
    code, _, err = command("refresh", *arguments)
    assert code == 1
    assert "Traceback" not in err
    after = house.files()
    marks = after.pop(STALE, b"")
    before.pop(STALE, None)
    assert after == before
    message = " ".join(err.split())
    if marks.count(b"\n") > 1:
        assert "it is marked stale" in message
    return message


@pytest.mark.parametrize(("spoil", "message"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_bad_release_stops_the_refresh_and_changes_nothing(
    lived_in: House, command, spoil: Spoil, message: str
) -> None:
    source, version, content = ("litellm", "1.2", price_map())
    if message.startswith("genai_prices"):
        source, version, content = ("genai_prices", "0.3", module())
    good = lived_in.release(source, version, content)
    spoil(lived_in)
    lived_in.asked()
    assert re.search(message, refused(lived_in, command))
    assert good in lived_in.asked()
    assert re.search(message, refused(lived_in, command))
    assert good not in lived_in.asked()


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (partial(corrupt, member=MEMBER), "litellm 1.3: .* cannot be read.*--whole-wheels"),
        (ignore_ranges, r"litellm 1.3: the server ignores range requests.*--whole-wheels"),
    ],
    ids=["corrupted", "no ranges"],
)
def test_a_large_wheel_that_cannot_be_read_in_parts(
    lived_in: House, command, monkeypatch: pytest.MonkeyPatch, fault: Fault, message: str
) -> None:
    monkeypatch.setattr("cloudmarket.archives.packages.SMALL_WHEEL_BYTES", 100)
    served(fault)(lived_in)
    assert re.search(message, refused(lived_in, command))
    if fault is ignore_ranges:
        assert command("refresh", "--whole-wheels")[0] == 0


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Status(404), "litellm: .* answers 404 for litellm.* check the index"),
        (Status(500), "litellm: .* answers 500 for litellm.* run again later"),
        (Status(200, headers={"Content-Type": "text/html"}), "litellm: the index answers with text/html"),
        (Status(200, headers={"Content-Type": JSON_PAGE}, body=b""), "litellm: .* broken project page"),
        (Status(200, body=b""), "litellm: the index answers with no content type"),
    ],
    ids=["404", "500", "HTML", "empty page", "nothing"],
)
def test_a_failing_index_marks_its_source_and_the_others_go_on(
    lived_in: House, command, fault: Fault, message: str
) -> None:
    good = lived_in.release("genai_prices", "0.3", module())
    lived_in.server.faults["litellm"] = [fault]
    lived_in.asked()
    before = {name: content for name, content in lived_in.files().items() if name.startswith("raw/litellm")}
    code, out, err = command("refresh")
    assert code == 1
    assert re.search(message, " ".join(err.split()))
    assert "genai_prices: 1 new snapshots, 1 folded" in out
    assert good in lived_in.asked()
    assert before.items() <= lived_in.files().items()
    [mark] = inputs.stale().itertuples()
    assert mark.source == "litellm"
    assert re.search(message, mark.problem)
    lived_in.server.faults.clear()
    refresh()
    assert lived_in.asked() == []
    assert inputs.stale().empty


def test_an_index_without_any_wheel(lived_in: House, command) -> None:
    lived_in.server.wheels = {name: packed for name, packed in lived_in.server.wheels.items() if "genai" in name}
    assert "litellm: the index lists no usable wheel of litellm" in refused(lived_in, command)


def test_no_index_at_all(lived_in: House, command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple/")
    assert "genai_prices: no answer from 127.0.0.1" in refused(lived_in, command)


def test_a_clock_that_goes_backwards(lived_in: House, command) -> None:
    lived_in.release("litellm", "1.2", price_map(), days=5)
    message = refused(lived_in, command)
    assert "litellm 1.2: the index dates it 2026-01-06 12:00, not after 1.1 (2026-01-11 12:00)" in message
    assert "--rebuild" in message
    assert command("refresh", "--rebuild")[0] == 0
    assert dict(inputs.snapshots("litellm")[["version", "role"]].to_numpy()) == {
        "1.0": "folded", "1.2": "folded", "1.1": "audit",
    }  # fmt: skip


def test_a_release_that_was_rewritten(lived_in: House, command) -> None:
    name = next(name for name in lived_in.server.wheels if "1.1" in name)
    changed = price_map(**{SONNET: (1e-06, 2e-06)})
    lived_in.server.wheels[name] = wheel(json.dumps(changed).encode(), member=MEMBER)
    message = refused(lived_in, command)
    assert f"litellm 1.1: {name} has another SHA-256 than when it was read" in message
    assert "--rebuild" in message
    assert command("refresh", "--rebuild", "litellm")[0] == 0
    assert tables.load("token_price", on="2026-02-01").input_usd_per_mtok.eq(1).any()


def test_a_correction_that_no_longer_fits_or_is_no_correction(lived_in: House, command) -> None:
    path = lived_in.root / "data" / "raw" / "corrections.csv"
    entry = f"litellm,{LLAMA},standard,0,input_usd_per_mtok,{{}},0.5,2026-01-20,{{}},Hand-made for this test.\n"
    header = path.read_text()
    path.write_text(header + entry.format(5, "It is printed ten times too high."))
    expected = f"corrections.csv expects {LLAMA} to print {{'input_usd_per_mtok': 5.0}}"
    assert expected in refused(lived_in, command)
    path.write_text(header + entry.format(5, "too short"))
    assert "corrections.csv: " in refused(lived_in, command)
    path.write_text(header + entry.format("much", "It is printed ten times too high."))
    assert "corrections.csv: " in refused(lived_in, command)


def test_lost_coverage(lived_in: House, command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows go missing between histories and tables: the new tables are refused."""
    monkeypatch.setattr(names, "match", lambda *label: None if "azure" in label[1] else match(*label))
    message = refused(lived_in, command)
    assert "coverage shrank" in message
    assert "azure" in message
