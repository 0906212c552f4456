"""Cards: each finding with its number, on a scale that contains zero, its range where there is one."""

from __future__ import annotations

from functools import partial

import pandas as pd
import pytest

from cloudmarket.figures import charts
from cloudmarket.figures.canvas import Captions, draw, visible_texts
from cloudmarket.figures.theme import DARK, LIGHT, Theme

CAPTIONS = Captions("Findings", "Each on its own scale", None, "Source: x.")
COLUMNS = {name: name for name in ("statement", "value", "low", "high", "unit")}
NAN = float("nan")


def findings() -> pd.DataFrame:
    rows = [
        ("A share, stated in a sentence that is long enough to be broken into two lines of a card of this width",
         40.0, 30.0, 45.0, "percent"),
        ("A sum that is open upwards", 430.0, 430.0, NAN, "USD bn"),
        ("A fall without an interval", -12.5, NAN, NAN, "points"),
        ("Nothing at all", 0.0, 0.0, 0.0, "models"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def drawn(data: pd.DataFrame, theme: Theme = LIGHT) -> list[str]:
    figure = draw(partial(charts.cards, data=data, theme=theme, **COLUMNS), CAPTIONS, theme, (9.6, 0.9 * len(data)))
    return [text.get_text() for text in visible_texts(figure)]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.variant)
def test_every_number_and_sentence_is_written(theme: Theme) -> None:
    texts = drawn(findings(), theme)
    assert {"40 percent", "430 USD bn", "−12.5 points", "0 models"} <= set(texts)
    sentences = {" ".join(text.split()) for text in texts}
    assert set(findings().statement) <= sentences


def test_a_share_is_drawn_on_the_whole() -> None:
    figure = draw(partial(charts.cards, data=findings().head(1), theme=LIGHT, **COLUMNS), CAPTIONS, LIGHT, (9.6, 1.0))
    points = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    # Of a scale from 0.03 to 0.97 of the width.
    assert points[0].get_xdata()[0] == pytest.approx(0.03 + 0.94 * 0.4)


def test_a_number_that_would_touch_the_value_is_left_out() -> None:
    near = pd.DataFrame([("One", 76.2, 75.0, 90.0, "percent")], columns=list(COLUMNS))
    assert {"76.2 percent", "90"} <= set(drawn(near))
    assert "75" not in drawn(near)


def test_what_is_no_finding_is_refused() -> None:
    with pytest.raises(ValueError, match="outside its own interval"):
        drawn(findings().assign(value=1000.0))
    with pytest.raises(ValueError, match="no column low"):
        drawn(findings().drop(columns="low"))
