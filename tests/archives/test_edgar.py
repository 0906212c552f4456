"""Company facts over HTTP: who asks, how often, and everything that can come back."""

from __future__ import annotations

import gzip
import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cloudmarket.archives import edgar
from cloudmarket.archives.edgar import CompanyFacts, company_facts
from cloudmarket.archives.pace import Pace
from cloudmarket.errors import ArchiveError, CloudMarketError, ParseError
from edgar_server import CIK, MANNERS, EdgarServer, Handler, break_off, document, serving, times

NAME = f"CIK{CIK:010}.json"


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def server() -> Iterator[EdgarServer]:
    with serving() as running:
        running.put(document())
        yield running


@pytest.fixture
def ask(server: EdgarServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., CompanyFacts]:
    monkeypatch.setenv("CLOUDMARKET_CONTACT", "Jane Doe jane@example.org")

    def asked(cik: int = CIK, **options: Any) -> CompanyFacts:
        clock = Clock()
        chosen = {
            "base": server.address,
            "cache": tmp_path,
            "manners": MANNERS,
            "pace": Pace(8, clock=clock, sleep=clock.sleep),
        }
        return company_facts(cik, **chosen | options)

    return asked


def test_the_file_is_read_kept_and_read_from_there(server: EdgarServer, ask, tmp_path: Path) -> None:
    first = ask()
    assert (first.cik, first.is_from_cache, first.document["entityName"]) == (CIK, False, "EXAMPLE INC.")
    assert (tmp_path / NAME).read_bytes() == document()
    second = ask()
    assert (second.document, second.is_from_cache) == (first.document, True)
    assert abs(second.retrieved_at - first.retrieved_at) < timedelta(seconds=5)
    [(_, path, headers)] = server.asked
    assert path == f"/api/xbrl/companyfacts/{NAME}"
    assert headers["User-Agent"].startswith("Jane Doe jane@example.org cloudmarket/")
    assert headers["Accept-Encoding"] == "gzip"


def test_the_cache_needs_no_network_and_no_contact(ask, monkeypatch: pytest.MonkeyPatch) -> None:
    ask()
    monkeypatch.delenv("CLOUDMARKET_CONTACT")
    assert ask(base="http://127.0.0.1:1").is_from_cache


@pytest.mark.parametrize("hours", [25, -2])
def test_old_files_and_files_of_the_future_are_read_again(ask, tmp_path: Path, hours: int) -> None:
    ask()
    then = time.time() - 3600 * hours
    os.utime(tmp_path / NAME, (then, then))
    assert not ask().is_from_cache
    assert ask(max_age=timedelta(hours=1)).is_from_cache


def test_a_damaged_file_in_the_cache_is_read_again(ask, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(document()[:40])
    assert not ask().is_from_cache
    assert (tmp_path / NAME).read_bytes() == document()


@pytest.mark.parametrize(
    "contact",
    [
        "",
        "   ",
        "jane@example.org",
        "Jane Doe",
        "Jane Doe jane@",
        "Jane\r\nX: y jane@example.org",
        "Jané jane@example.org",
    ],
)
def test_nobody_asks_without_a_name_and_an_address(server, ask, monkeypatch: pytest.MonkeyPatch, contact: str) -> None:
    monkeypatch.setenv("CLOUDMARKET_CONTACT", contact)
    with pytest.raises(CloudMarketError, match=r"Set CLOUDMARKET_CONTACT to your name and e-mail address"):
        ask()
    assert server.asked == []


@pytest.mark.parametrize("contact", ["Jane Doe jane@example.org", "jane@example.org, Jane", "A GmbH (ops@example.org)"])
def test_contacts_that_will_do(monkeypatch: pytest.MonkeyPatch, contact: str) -> None:
    monkeypatch.setenv("CLOUDMARKET_CONTACT", contact)
    assert edgar.contact() == contact


def test_a_refusal_says_what_to_do(server: EdgarServer, ask, monkeypatch: pytest.MonkeyPatch) -> None:
    # As if the server did not accept the address given.
    monkeypatch.setattr(edgar, "contact", lambda: "Jane Doe")
    with pytest.raises(ArchiveError, match=r"edgar CIK0000012345: .*refuses .* \(403\)\. .*CLOUDMARKET_CONTACT"):
        ask()
    assert len(server.asked) == 1


def test_an_unknown_company_is_named(ask) -> None:
    with pytest.raises(ArchiveError, match=r"edgar CIK0000000999: .*no facts of this company \(404\).*edgar_tags\.csv"):
        ask(999)


def test_too_many_requests_and_a_server_unwell_are_asked_again(server: EdgarServer, ask) -> None:
    server.faults = [times(1, 429, {"Retry-After": "1"}), times(1, 500)]
    assert not ask().is_from_cache
    at = [moment for moment, _, _ in server.asked]
    assert len(at) == 3
    # Retry-After is honoured to the second.
    assert at[1] - at[0] >= 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_stays_unwell_is_left_alone(server: EdgarServer, ask, tmp_path: Path, status: int) -> None:
    server.faults = [times(100, status)]
    with pytest.raises(ArchiveError, match=rf"answers {status} for {NAME}\. The server is busy or unwell"):
        ask()
    assert len(server.asked) == 1 + MANNERS.retries
    assert list(tmp_path.iterdir()) == []


def test_no_network_is_said_without_a_word_on_packages(ask) -> None:
    with pytest.raises(
        ArchiveError, match=r"no answer from 127\.0\.0\.1 .*Check the network, then run again\."
    ) as error:
        ask(base="http://127.0.0.1:1")
    assert "pip" not in str(error.value)


def test_a_body_that_breaks_off_is_asked_for_again(server: EdgarServer, ask) -> None:
    server.faults = [break_off(1)]
    assert ask().document["cik"] == CIK
    assert len(server.asked) == 2


def test_a_body_that_always_breaks_off_is_no_answer(server: EdgarServer, ask, tmp_path: Path) -> None:
    server.faults = [break_off(100)]
    with pytest.raises(ArchiveError, match="breaks off in the middle of an answer"):
        ask()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (document()[:-30], "no JSON, or cut short"),
        (b"", "no JSON, or cut short"),
        (b"<html>down for maintenance</html>", "no JSON, or cut short"),
        (b"[" * 100_000, "no JSON, or cut short"),
        (b"[]", "holds no facts"),
        (b'{"cik":12345,"facts":[]}', "holds no facts"),
        (document(cik=1), r"about another company \(cik 1\)"),
    ],
)
def test_what_is_not_this_companys_facts_is_refused_and_not_kept(server, ask, tmp_path, body, message) -> None:
    server.put(body)
    with pytest.raises(ParseError, match=rf"CIK{CIK:010}: .*{message}"):
        ask()
    assert list(tmp_path.iterdir()) == []


def test_a_cik_may_come_as_padded_text(server: EdgarServer, ask) -> None:
    server.put(document().replace(b'"cik":12345', b'"cik":"0000012345"'))
    assert ask().cik == CIK


def test_300_mb_are_refused_by_their_stated_length(server: EdgarServer, ask, tmp_path: Path) -> None:
    server.faults = [lambda handler, body: handler.answer(200, body, stated=300_000_000) or True]
    with pytest.raises(ArchiveError, match="larger than 64 MiB and was refused"):
        ask()
    assert len(server.asked) == 1
    assert list(tmp_path.iterdir()) == []


def test_300_mb_packed_small_are_refused_while_unpacking(server: EdgarServer, ask, tmp_path: Path) -> None:
    block = gzip.compress(b" " * 10_000_000)

    def bomb(handler: Handler, _: bytes) -> bool:
        handler.answer(200, block * 30, {"Content-Encoding": "gzip"})
        return True

    server.faults = [bomb]
    with pytest.raises(ArchiveError, match="larger than 64 MiB and was refused"):
        ask()
    assert len(server.asked) == 1
    assert list(tmp_path.iterdir()) == []


def test_no_second_holds_more_requests_than_allowed() -> None:
    clock = Clock()
    pace = Pace(edgar.REQUESTS_PER_SECOND, clock=clock, sleep=clock.sleep)
    sent = []
    for _ in range(100):
        pace.wait()
        sent.append(clock())
        clock.now += 0.003
    assert all(sum(begin <= at < begin + 1 for at in sent) <= 10 for begin in sent)
    assert sent[-1] == pytest.approx(99 / 8)


def test_whoever_comes_late_does_not_wait() -> None:
    clock = Clock()
    pace = Pace(10, clock=clock, sleep=clock.sleep)
    pace.wait()
    clock.now = 5.0
    pace.wait()
    assert clock.slept == []


def test_repeats_keep_the_pace_as_well(server: EdgarServer, ask) -> None:
    server.faults = [break_off(1), times(1, 500)]
    clock = Clock()
    turns: list[float] = []

    class Counted(Pace):
        def wait(self) -> None:
            super().wait()
            turns.append(clock())

    ask(pace=Counted(8, clock=clock, sleep=clock.sleep))
    assert len(server.asked) == 3
    assert len(turns) >= 3
    assert all(later - earlier >= 1 / 8 for earlier, later in pairwise(turns))
