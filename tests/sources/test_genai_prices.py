"""The genai-prices module: read as data, never run, and refused where it is anything else."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cloudmarket.errors import ParseError
from cloudmarket.sources import genai_prices

HEAD = """
import datetime
from decimal import Decimal

from .types import *

providers: list[Provider] = """

MODULE = (
    HEAD
    + """[
    Provider(
        id='aws',
        name='AWS Bedrock',
        api_pattern='https://bedrock',
        models=[
            ModelInfo(
                id='claude',
                match=ClauseOr(or_=[ClauseEquals(equals='claude'), ClauseStartsWith(starts_with='claude-')]),
                context_window=200000,
                prices=[
                    ConditionalPrice(prices=ModelPrice(input_mtok=Decimal('3'), output_mtok=Decimal('15'))),
                    ConditionalPrice(
                        constraint=StartDateConstraint(start_date=datetime.date(2026, 9, 1)),
                        prices=ModelPrice(
                            input_mtok=Decimal('2'),
                            output_mtok=TieredPrices(
                                base=Decimal('10'), tiers=[Tier(start=200000, price=Decimal('22.5'))]
                            ),
                            web_searches_kcount=Decimal('10'),
                        ),
                    ),
                ],
                price_variants=[
                    PriceVariant(when={'speed': 'fast', 'processing': 'batch'},
                                 prices=ModelPrice(input_mtok=Decimal('1'))),
                ],
                prices_checked='2026-07-01',
            ),
            ModelInfo(
                id='night',
                context_window=None,
                prices=[
                    ConditionalPrice(
                        constraint=TimeOfDateConstraint(
                            start_time=datetime.time(0, 30), end_time=datetime.time(16, 30)
                        ),
                        prices=ModelPrice(input_mtok=Decimal('0.5')),
                    ),
                ],
            ),
            ModelInfo(id='unpriced', prices=ModelPrice()),
        ],
    ),
]
"""
)


def parse(module: str) -> list[tuple[Any, ...]]:
    return list(genai_prices.parse(module.encode(), "0.9.1"))


def one_price(price: str) -> str:
    return f"{HEAD}[Provider(id='p', models=[ModelInfo(id='m', prices=ModelPrice(input_mtok={price}))])]"


def test_entries_are_read_with_variant_band_and_days() -> None:
    start, checked = date(2026, 9, 1), date(2026, 7, 1)
    hours = "hours=datetime.time(0, 30)-datetime.time(16, 30)"
    assert parse(MODULE) == [
        ("aws", "aws/claude", "", 0, None, 3.0, 15.0, None, None, start, 200000, checked),
        ("aws", "aws/claude", "", 0, start, 2.0, 10.0, None, None, None, 200000, checked),
        ("aws", "aws/claude", "", 200000, start, None, 22.5, None, None, None, 200000, checked),
        ("aws", "aws/claude", "processing=batch,speed=fast", 0, None, 1.0, None, None, None, None, 200000, checked),
        ("aws", "aws/night", hours, 0, None, 0.5, None, None, None, None, None, None),
    ]  # fmt: skip


def test_the_order_of_dated_entries_does_not_matter() -> None:
    entries = [
        "ConditionalPrice(constraint=StartDateConstraint(start_date=datetime.date(2026, 3, 1)),"
        " prices=ModelPrice(input_mtok=Decimal('2')))",
        "ConditionalPrice(constraint=StartDateConstraint(start_date=datetime.date(2026, 2, 1)),"
        " prices=ModelPrice(input_mtok=Decimal('1')))",
    ]
    rows = parse(f"{HEAD}[Provider(id='p', models=[ModelInfo(id='m', prices=[{','.join(entries)}])])]")
    assert [(row[4], row[5], row[9]) for row in rows] == [
        (date(2026, 3, 1), 2.0, None),
        (date(2026, 2, 1), 1.0, date(2026, 3, 1)),
    ]


def test_code_in_the_module_is_never_run(tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    code = f"open({str(trace)!r}, 'w').close()"
    rows = parse(f"{code}\nimport antigravity\nclass A:\n    {code}\n{MODULE}\n{code}\n")
    assert len(rows) == 5
    assert not trace.exists()
    assert "antigravity" not in sys.modules


@pytest.mark.parametrize(
    "module",
    [
        HEAD + "[__import__('os').getcwd()]",
        HEAD + "[__import__('os').system(id='p', models=[])]",
        HEAD + "[Provider(id=__import__('os').name, models=[])]",
        HEAD + "[Provider(id='p', models=[evil(id='m', prices=ModelPrice(input_mtok=Decimal('1')))])]",
        HEAD + "[Provider(id='p', models=[ModelInfo(id='m', prices=[x for x in ()])])]",
        HEAD + "list(map(Provider, ()))",
        HEAD + "[*others]",
        one_price("__import__('3')"),
        one_price("eval('3')"),
        one_price("Decimal(len('abc'))"),
        one_price("Decimal()"),
    ],
)
def test_a_module_that_computes_is_refused(module: str) -> None:
    with pytest.raises(ParseError, match=r"^genai_prices 0\.9\.1: data\.py has not the known shape"):
        parse(module)


@pytest.mark.parametrize(
    "price",
    ["Decimal('-1')", "Decimal('NaN')", "Decimal('Infinity')", "Decimal('1000001')", "Decimal('free')",
     "Decimal(True)", "True", "'3'", "-3", "[3]"],
)  # fmt: skip
def test_what_cannot_be_a_price_is_refused(price: str) -> None:
    with pytest.raises(ParseError, match=r"^genai_prices 0\.9\.1: data\.py has not the known shape"):
        parse(one_price(price))


@pytest.mark.parametrize(
    "module",
    ["", "providers = []", "other: list = []", "providers: list = None", "providers: list", "[]", "{}",
     "<!DOCTYPE html>", "providers: list = [", "x = '\0'", "(" * 5000, HEAD + "[Provider(id='p')]",
     HEAD + "[Provider(models=[])]", HEAD + "[Provider(id='p', models=None)]", HEAD + "['p']"],
)  # fmt: skip
def test_a_module_without_providers_is_refused(module: str) -> None:
    with pytest.raises(ParseError, match=r"^genai_prices 0\.9\.1: data\.py has not the known shape"):
        parse(module)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(ParseError, match=r"^genai_prices 0\.9\.1: "):
        list(genai_prices.parse(b"providers: list = ['\xff\xfe']", "0.9.1"))


@pytest.mark.parametrize("providers", ["[]", "[Provider(id='p', models=[])]"])
def test_a_module_without_a_price_is_refused(providers: str) -> None:
    with pytest.raises(ParseError, match=r"^genai_prices 0\.9\.1: data\.py lists no prices"):
        parse(HEAD + providers)


def test_a_price_printed_twice_is_refused() -> None:
    model = "ModelInfo(id='m', prices=ModelPrice(input_mtok=Decimal('1')))"
    with pytest.raises(ParseError, match=r"prints 1 prices twice, such as \('p', 'p/m', '', 0, None\)"):
        parse(f"{HEAD}[Provider(id='p', models=[{model}, {model}])]")


@pytest.mark.parametrize("window", ["'many'", "1.5", "True"])
def test_a_context_window_that_is_no_number_is_refused(window: str) -> None:
    model = f"ModelInfo(id='m', context_window={window}, prices=ModelPrice(input_mtok=Decimal('1')))"
    with pytest.raises(ParseError, match=r"no number of tokens"):
        parse(f"{HEAD}[Provider(id='p', models=[{model}])]")
