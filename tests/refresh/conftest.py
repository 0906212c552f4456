"""A project of its own in a temporary folder, fed by an index on the loopback interface."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cloudmarket import tables
from cloudmarket.refresh import refresh
from cloudmarket.sources import SOURCES
from commandline import command
from loopback import MANNERS, PackageServer, serving, wheel

__all__ = ["command"]

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "raw"
SONNET = "anthropic.claude-3-5-sonnet-20240620-v1:0"
LLAMA = "meta.llama3-1-70b-instruct-v1:0"
OFFERS = {
    SONNET: ("bedrock", 3e-06, 1.5e-05),
    LLAMA: ("bedrock", 9.9e-07, 9.9e-07),
    "azure/gpt-4o-2024-08-06": ("azure", 2.5e-06, 1e-05),
    "azure/gpt-4o-mini": ("azure", 1.5e-07, 6e-07),
    "vertex_ai/claude-3-5-sonnet@20240620": ("vertex_ai-anthropic_models", 3e-06, 1.5e-05),
    "gemini-1.5-pro-001": ("vertex_ai-language-models", 1.25e-06, 5e-06),
    "gpt-4o-2024-08-06": ("openai", 2.5e-06, 1e-05),
}
READ = {"litellm", "genai_prices"}
BUILT = {"coverage", "model_listing", "model_release", "price_change", "token_price"}
START = datetime(2026, 1, 1, 12, tzinfo=UTC)
_ALIKE = f"""
from cloudmarket import tables
from cloudmarket.sources import SOURCES
for known, wanted in ((SOURCES, {READ!r}), (tables.TABLES, {BUILT!r})):
    for name in known.keys() - wanted:
        del known[name]
"""


def price_map(**changed: tuple[float, float]) -> dict[str, dict[str, Any]]:
    """Return a price map of seven offers, with other (input, output) prices for some labels."""
    entries: dict[str, dict[str, Any]] = {"sample_spec": {"input_cost_per_token": "a number"}}
    for label, (provider, *prices) in OFFERS.items():
        cost_in, cost_out = changed.get(label, prices)
        entries[label] = {
            "litellm_provider": provider, "mode": "chat", "max_input_tokens": 128000,
            "input_cost_per_token": cost_in, "output_cost_per_token": cost_out,
        }  # fmt: skip
    return entries


def module(price: str = "0.72", more: str = "") -> bytes:
    """Return a module of dated prices with one provider; ``more`` is put behind it."""
    return f"""
from decimal import Decimal
from .types import *
providers: list[Provider] = [
    Provider(id='aws', name='AWS', models=[
        ModelInfo(id='{LLAMA}', context_window=128000,
                  prices=ModelPrice(input_mtok=Decimal('{price}'), output_mtok=Decimal('{price}'))),
    ]),{more}
]
""".encode()


@dataclass
class House:
    """The project folder, its cache and the index that it reads."""

    root: Path
    cache: Path
    server: PackageServer
    environment: dict[str, str]
    count: int = field(default=0)

    def release(self, source: str, version: str, content: Any, *, days: float | None = None, **stated: Any) -> str:
        """Publish a release ``days`` after the start, else a day after the one before; return its file."""
        days = self.count if days is None else days
        self.count += 1
        if isinstance(content, dict):
            content = json.dumps(content).encode()
        packed = wheel(content, member=stated.pop("member", SOURCES[source].origin.what))
        uploaded = (START + timedelta(days=days)).isoformat()
        project = SOURCES[source].origin.project
        return self.server.add(version, packed, project=project, **{"upload-time": uploaded} | stated)

    def files(self) -> dict[str, bytes]:
        """Return every file of ``data``."""
        data = self.root / "data"
        return {
            str(path.relative_to(data)): path.read_bytes()
            for path in sorted(data.rglob("*"))
            if path.is_file() and path.name != ".lock"
        }

    def asked(self) -> list[str]:
        """Return the wheels asked for since the last call, and forget them."""
        names = [name for name, _ in self.server.asked if name.endswith(".whl")]
        self.server.asked.clear()
        return names

    def python(self, program: str) -> subprocess.CompletedProcess[str]:
        """Run a program in a process of its own, which knows the same sources and tables."""
        return subprocess.run(
            [sys.executable, "-c", _ALIKE + program],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Give a project that has read nothing yet, and an index with two releases of each source."""
    root, cache = tmp_path / "project", tmp_path / "cache"
    for name in SOURCES.keys() - READ:
        monkeypatch.delitem(SOURCES, name)
    for name in tables.TABLES.keys() - BUILT:
        monkeypatch.delitem(tables.TABLES, name)
    for source in {*SOURCES, *(name for table in tables.TABLES.values() for name in table.sources)}:
        folder = root / "data" / "raw" / source
        folder.mkdir(parents=True)
        shutil.copy(SHIPPED / source / "source.toml", folder)
    header = (SHIPPED / "corrections.csv").read_text().partition("\n")[0]
    (root / "data" / "raw" / "corrections.csv").write_text(header + "\n")
    monkeypatch.setattr("cloudmarket.archives.packages.Manners", lambda connections: MANNERS)
    with serving() as server:
        settings = {
            "CLOUDMARKET_ROOT": str(root),
            "CLOUDMARKET_CACHE": str(cache),
            "PIP_INDEX_URL": f"{server.address}/simple/",
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        built = House(root, cache, server, os.environ | settings)
        built.release("litellm", "1.0", price_map(), days=0)
        built.release("litellm", "1.1", price_map(**{LLAMA: (7.2e-07, 7.2e-07)}), days=10)
        built.release("genai_prices", "0.1", module(), days=1)
        built.release("genai_prices", "0.2", module("0.70"), days=11)
        built.count = 20
        yield built


_refreshed: dict[str, Path] = {}


@pytest.fixture
def lived_in(house: House, tmp_path_factory: pytest.TempPathFactory) -> House:
    """Give a project that was refreshed once; the work is done once per process and copied from then on."""
    if not _refreshed:
        refresh()
        kept = tmp_path_factory.mktemp("refreshed")
        for name in ("root", "cache"):
            _refreshed[name] = Path(shutil.copytree(getattr(house, name), kept / name))
    else:
        for name, kept in _refreshed.items():
            shutil.copytree(kept, getattr(house, name), dirs_exist_ok=True)
    house.server.asked.clear()
    return house
