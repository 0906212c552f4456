"""Carbon of regions by year: every form the files have had, what is refused, and an independent extract."""

from __future__ import annotations

import pandas as pd
import pytest

from cloudmarket.errors import ParseError
from cloudmarket.sources import region_carbon
from cloudmarket.tables import inputs
from shared import panel

NOW = b"Google Cloud Region,Location,Google CFE,Grid carbon intensity (gCO2eq / kWh)\r\n"


def parse(year: int, text: bytes) -> list[tuple[object, ...]]:
    return list(region_carbon.parse({f"data/yearly/{year}.csv": text}, "v1"))


@pytest.mark.parametrize(
    ("text", "row"),
    [
        (NOW + b"r1,Town,0.19,541\r\n", (0.19, 541.0, "Grid carbon intensity (gCO2eq / kWh)")),
        (NOW + b"r1,Town,,5.25\r\n", (None, 5.25, "Grid carbon intensity (gCO2eq / kWh)")),
        (
            b"region,region_name,grid_cfe,google_cfe,grid_gCO2perkWh\nr1,T,1%,19%,541\n",
            (0.19, 541.0, "grid_gCO2perkWh"),
        ),
        (
            b"Cloud Region,Location,Google CFE%,Grid gCO2eq / kWh,Google gCO2eq after offsets\nr1,T,19%,541,0\n",
            (0.19, 541.0, "Grid gCO2eq / kWh"),
        ),
        (
            b"Google Cloud Region,Location,Google CFE,Lifecycle grid carbon intensity (gCO2eq / kWh)\nr1,T,0.19,541\n",
            (0.19, 541.0, "Lifecycle grid carbon intensity (gCO2eq / kWh)"),
        ),
    ],
)
def test_every_form_is_read(text: bytes, row: tuple[object, ...]) -> None:
    assert parse(2021, text) == [(2021, "r1", *row)]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        NOW,
        NOW + b",Town,0.19,541\n",
        NOW + b"r1,Town,1.01,541\n",
        NOW + b"r1,Town,101%,541\n",
        NOW + b"r1,Town,-0.1,541\n",
        NOW + b"r1,Town,nan,541\n",
        NOW + b"r1,Town,0.1,5000\n",
        NOW + b"r1,Town,0.1,clean\n",
        b"Region,Location,CFE,Intensity\nr1,T,0.1,5\n",
        NOW + b"r1,\xff,0.1,5\n",
    ],
)
def test_anything_else_is_refused(text: bytes) -> None:
    with pytest.raises(ParseError, match=r"^region_carbon v1: "):
        parse(2021, text)


def test_a_file_without_a_year_is_refused() -> None:
    with pytest.raises(ParseError, match=r"'data/yearly/20latest\.csv' is no file of a year"):
        list(region_carbon.parse({"data/yearly/20latest.csv": NOW}, "v1"))


def test_the_panel_has_the_same_values_and_headings() -> None:
    theirs = pd.read_csv(panel("gcp_carbon/gcp_region_carbon_panel.csv"))
    theirs.columns = ["region", "location", "carbon_free_share", "life_cycle", "year", "operational"]
    rows = inputs.folded("region_carbon").to_pandas()
    ours = rows[rows.ended_at.isna()]
    pairs = ours.merge(theirs, on=["year", "region"], how="outer", indicator=True, suffixes=("", "_theirs"))
    assert (len(pairs), set(pairs["_merge"])) == (205, {"both"})
    pd.testing.assert_series_equal(pairs.carbon_free_share, pairs.carbon_free_share_theirs, check_names=False)
    pd.testing.assert_series_equal(pairs.gco2_per_kwh, pairs.life_cycle.fillna(pairs.operational), check_names=False)
    assert (pairs.life_cycle.notna() == pairs.intensity_label.str.startswith("Lifecycle")).all()
