"""A claim can be followed: none is made without evidence, and each row of it leads to a snapshot or document."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from cloudmarket import tables
from cloudmarket.arguments import claim as module
from cloudmarket.arguments.claim import Claim
from cloudmarket.arguments.trace import trace
from cloudmarket.tables import inputs

ROWS = module.rests_on(token_price=tables.load("token_price", as_of="2025-06-30").query("source == 'litellm'").head(40))


def made(**changes: object) -> Claim:
    plain = Claim(
        claim="price-example", statement="Something costs 2 USD", value=2.0, low=1.0, high=3.0, unit="USD",
        interval="range over publishers", evidence="B 100%", notebook="06_token_prices", figure="06-parity",
        sources=("litellm",), rows=ROWS, would_change_if="it cost more",
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["statement", "unit", "interval", "evidence", "figure", "sources", "would_change_if"])
def test_a_claim_without_a_part_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"has no {name}"):
        made(**{name: () if name == "sources" else ""})


def test_a_claim_without_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="rests on no rows"):
        made(rows=ROWS.head(0))
    with pytest.raises(ValueError, match="rests on no rows"):
        made(rows=ROWS.drop(columns="table"))


def test_a_value_outside_its_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="is not between"):
        made(value=4.0)
    assert made(value=4.0, high=float("nan")).low == 1.0


def test_the_table_names_each_claim_once() -> None:
    table = module.table([made(), made(claim="price-other")])
    assert table.rows.tolist() == [40, 40]
    assert table.columns.tolist() == module.COLUMNS
    with pytest.raises(ValueError, match="two claims are called 'price-example'"):
        module.table([made(), made()])


def test_markdown_shows_interval_grade_and_link() -> None:
    shown = module.markdown([made(), made(claim="b", value=20190722, low=float("nan"), high=float("nan"), unit="date")])
    assert "| 2 USD" in shown
    assert "1 USD to 3 USD (range over publishers)" in shown
    assert "[06-parity](06_token_prices.ipynb)" in shown
    assert "2019-07-22" in shown
    assert module.markdown([]) == ""


def test_grades_are_shares_of_rows() -> None:
    assert module.grades(pd.DataFrame({"evidence": ["A", "C", "C", "C"]})) == "A 25%, C 75%"


def test_every_row_leads_to_the_release_that_printed_it_first() -> None:
    traced = trace(made())
    listed = inputs.snapshots("litellm").set_index("version")
    assert len(traced) == len(ROWS)
    assert traced.columns[:3].tolist() == ["table", "source", "evidence"]
    for row in traced.itertuples():
        release = listed.loc[row.version]
        assert release.observed_at == row.observed_at
        assert row.digest == release.member_sha256
        assert (row.read_in, row.address) == (
            "litellm/model_prices_and_context_window_backup.json", "https://github.com/BerriAI/litellm",
        )  # fmt: skip


def test_what_people_typed_in_leads_to_its_document() -> None:
    facts = tables.load("event").head(5)
    traced = trace(made(rows=module.rests_on(event=facts), sources=("curated",)))
    assert traced.address.tolist() == facts.url.tolist()
    assert traced.read_in.tolist() == facts.source_title.tolist()
    assert "version" not in traced


def test_rows_of_several_tables_and_sources_are_traced_together() -> None:
    listed = tables.load("model_listing")
    rows = module.rests_on(model_listing=listed.groupby("source").head(2), event=tables.load("event").head(2))
    traced = trace(made(rows=rows))
    assert len(traced) == len(rows)
    assert traced.loc[traced["table"] == "model_listing", "version"].notna().all()
    assert traced["table"].tolist() == rows["table"].tolist()


def test_a_row_that_begins_between_snapshots_leads_to_the_one_before() -> None:
    """That a machine is offered comes from another list than its price."""
    rows = tables.load("accelerator_price").query("source == 'cyclenerd_prices'")
    known = inputs.snapshots("cyclenerd_prices").query("role == 'folded'").observed_at
    between = rows[~rows.observed_first_at.isin(known)].head(20)
    assert len(between) == 20
    traced = trace(made(rows=module.rests_on(accelerator_price=between)))
    seen = inputs.snapshots("cyclenerd_prices").set_index("version").observed_at
    later = pd.Series([known[known > moment].min() for moment in between.observed_first_at])
    assert (seen[traced.version].to_numpy() <= between.observed_first_at.to_numpy()).all()
    assert (later.isna() | (later.to_numpy() > between.observed_first_at.to_numpy())).all()
