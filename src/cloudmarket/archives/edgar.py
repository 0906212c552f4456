"""Company facts of the US Securities and Exchange Commission: one JSON file per company, asked for politely.

The Commission asks for a User-Agent with a name and an e-mail address and for no more than ten requests a second
("Accessing EDGAR Data", fair access). The file holds what filers tagged for the whole company; figures by segment
are dimensional and not in it.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import requests

from cloudmarket import store
from cloudmarket.archives.http import Manners
from cloudmarket.archives.pace import Pace, PacedClient
from cloudmarket.errors import ArchiveError, ParseError

SOURCE = "edgar"
BASE = "https://data.sec.gov"
CONTACT = "CLOUDMARKET_CONTACT"
MAX_AGE = timedelta(hours=24)
# The files of the companies followed have 3 to 6 MB; the largest of any filer some tens.
MAX_BYTES = 64 * 2**20
# Below the ten allowed, so that no second holds more whatever the clocks say.
REQUESTS_PER_SECOND = 8.0

_CONTACT = re.compile(r"(?=.*\S+@\S+\.\S+)(?=\S+[ ,;]+\S)[\x20-\x7e]+")
_CONTACT_REMEDY = f"Set {CONTACT} to your name and e-mail address, as 'Jane Doe jane@example.org', then run again."
_REPORT = "Nothing was changed. Run again later; if it stays so, the format has changed: report it."


class EdgarClient(PacedClient):
    """A client that says who asks, and says what this server's refusals mean."""

    def __init__(self, agent: str, manners: Manners, pace: Pace) -> None:
        super().__init__(SOURCE, manners, pace)
        self.session.headers.update({"User-Agent": agent, "Accept-Encoding": "gzip"})
        self.session.hooks["response"].append(_judge)

    def _open(self, url: str, headers: dict[str, str] | None, version: str | None) -> requests.Response:
        try:
            return super()._open(url, headers, version)
        except ArchiveError as error:
            if error.__cause__ is None:
                raise
            raise ArchiveError(SOURCE, error.problem, "Check the network, then run again.", version) from error


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """What the Commission holds of one company: the document as it stands, and when it was read (UTC)."""

    cik: int
    document: dict[str, Any]
    retrieved_at: datetime
    is_from_cache: bool


def contact() -> str:
    """Return who asks, from ``CLOUDMARKET_CONTACT``.

    Raises
    ------
    ArchiveError
        If it is not set, or is not a name and an e-mail address in plain ASCII.
    """
    said = os.environ.get(CONTACT, "").strip()
    if not said:
        raise ArchiveError(SOURCE, f"the Commission wants to know who asks, and {CONTACT} is not set", _CONTACT_REMEDY)
    if not _CONTACT.fullmatch(said):
        raise ArchiveError(SOURCE, f"{CONTACT} holds no name with an e-mail address", _CONTACT_REMEDY)
    return said


def company_facts(
    cik: int,
    *,
    base: str = BASE,
    cache: Path | None = None,
    max_age: timedelta = MAX_AGE,
    manners: Manners | None = None,
    pace: Pace | None = None,
) -> CompanyFacts:
    """Read the facts of a company, from the cache where they are there and young enough.

    Parameters
    ----------
    cik : int
        Central Index Key of the filer.
    base : str
        Address of the server.
    cache : Path, optional
        Folder to keep files in; by default ``edgar`` in the user's cache.
    max_age : timedelta
        Older files are read again. New filings are added to the file within minutes.
    manners, pace
        How the server is asked.

    Raises
    ------
    ArchiveError
        If nobody is named as asking, or the server gives no such file, or one larger than ``MAX_BYTES``.
    ParseError
        If the file is not JSON, or not about this company.
    """
    name = f"CIK{cik:010}.json"
    kept = (cache or store.cache() / SOURCE) / name
    if (found := _cached(cik, kept, max_age)) is not None:
        return found
    agent = f"{contact()} cloudmarket/{importlib.metadata.version('cloudmarket')}"
    with EdgarClient(agent, manners or Manners(), pace or Pace(REQUESTS_PER_SECOND)) as client:
        content = client.get(f"{base}/api/xbrl/companyfacts/{name}", _bounded, version=name.removesuffix(".json"))
    document = _checked(cik, content)
    # Kept only once it was understood: a broken file must not be believed for a day.
    store.write_atomic(kept, content)
    return CompanyFacts(cik, document, datetime.now(UTC), is_from_cache=False)


def _cached(cik: int, path: Path, max_age: timedelta) -> CompanyFacts | None:
    """Return the kept file if it is young enough and whole."""
    try:
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        if not timedelta(0) <= datetime.now(UTC) - at <= max_age:
            return None
        return CompanyFacts(cik, _checked(cik, path.read_bytes()), at, is_from_cache=True)
    except (FileNotFoundError, ParseError):
        return None


def _bounded(response: requests.Response) -> bytes:
    """Return the body, unpacked, if it is not too large to be true."""
    stated = response.headers.get("Content-Length", "")
    if stated.isdecimal() and int(stated) > MAX_BYTES:
        raise _too_large(response)
    parts, size = [], 0
    for part in response.iter_content(2**18):
        size += len(part)
        # Counted after unpacking: a small answer can unpack to anything.
        if size > MAX_BYTES:
            raise _too_large(response)
        parts.append(part)
    return b"".join(parts)


def _too_large(response: requests.Response) -> ArchiveError:
    version = _version(response)
    return ArchiveError(SOURCE, f"the answer is larger than {MAX_BYTES // 2**20} MiB and was refused", _REPORT, version)


def _judge(response: requests.Response, *_: Any, **__: Any) -> None:
    """Say what this server means by refusing; what may pass is left to the client, which repeats it."""
    status = response.status_code
    if status < 400 or status == 429 or status >= 500:
        return
    response.close()
    if status == 404:
        remedy = "Check its cik in src/cloudmarket/names/data/edgar_tags.csv."
        raise ArchiveError(SOURCE, "the Commission has no facts of this company (404)", remedy, _version(response))
    remedy = f"It was told no asker it accepts, or was asked too often: wait ten minutes. {_CONTACT_REMEDY}"
    raise ArchiveError(SOURCE, f"the Commission refuses the request ({status})", remedy, _version(response))


def _version(response: requests.Response) -> str:
    return str(response.url).rpartition("/")[2].removesuffix(".json")


def _checked(cik: int, content: bytes) -> dict[str, Any]:
    """Return what the file says. Raises ParseError if it is not JSON or not this company's."""
    version = f"CIK{cik:010}"
    try:
        document = orjson.loads(content)
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise ParseError(SOURCE, f"the answer is no JSON, or cut short ({error})", _REPORT, version) from error
    if not isinstance(document, dict) or not isinstance(document.get("facts"), dict):
        raise ParseError(SOURCE, "the answer holds no facts", _REPORT, version)
    if str(document.get("cik")).lstrip("0") != str(cik):
        raise ParseError(SOURCE, f"the answer is about another company (cik {document.get('cik')!r})", _REPORT, version)
    return document
