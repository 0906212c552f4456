"""Frames that the notebook draws or prints."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cloudmarket.arguments.positioning import table
from cloudmarket.arguments.positioning.measured import Measured
from cloudmarket.arguments.positioning.state import Position
from cloudmarket.arguments.price_map import CLOUDS
from cloudmarket.figures.charts.plane import ARROW, DRAW, UNIT
from cloudmarket.measures.composite_space import ANY, AVAILABLE, COMPLETE, GROUPS, INDICATORS
from cloudmarket.measures.configuration import Configuration

NAMES = {"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud"}
PLACES = {1: "first", 2: "second", 3: "third"}
CHOICES = {
    "inputs": "the data, within their ranges and readings", "normalisation": "how units are made alike",
    "weights": "what weighs how much", "aggregation": "how scores are added up", "gaps": "what to do about gaps",
    "omitted": "what is left out",
}  # fmt: skip
_WORDS = {
    "z": "standard scores", "rank": "ranks in place of values", "ratio": "ratios to the middle cloud",
    GROUPS: "groups weigh alike", INDICATORS: "indicators weigh alike", ANY: "any weights",
    "geometric": "geometric mean", "copeland": "one against one (Copeland)", "arithmetic": "arithmetic mean",
    COMPLETE: "only what all three have", AVAILABLE: "also what only two have", "minmax": "worst to best",
    "nothing": "nothing left out",
}  # fmt: skip


def printed(value: float) -> str:
    """Return a value as a reader would write it: three digits where it has them."""
    if np.isnan(value):
        return "not known"
    digits = 0 if abs(value) >= 100 or value == round(value) else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}"


def span(low: float, high: float) -> str:
    """Return ends in brackets; nothing where there is no range."""
    return "" if np.isnan(low) or low == high else f" ({printed(low)} to {printed(high)})"


def strengths(found: Measured) -> pd.DataFrame:
    """Return every indicator that somebody has as times the middle cloud, turned so that more is better.

    Returns
    -------
    DataFrame
        group, indicator (name and unit), cloud, times, low, high, words (value as printed); missing values have words
        alone, and so have indicators of one cloud.
    """
    about = table.indicators()
    rows = found.cells.set_index(["indicator", "unit"])
    parts = []
    for code, line in about.iterrows():
        own = rows.xs(code).reindex(CLOUDS)
        if own.value.isna().all():
            continue
        middle = float(own.value.median()) if own.value.notna().sum() > 1 else np.nan
        ends = own[["value", "low", "high"]] / middle if middle > 0 else own[["value", "low", "high"]] * np.nan
        if line.direction < 0:
            # A price of nothing would be better without end: it is drawn at the end of the scale.
            turned = 1 / ends.clip(lower=1e-9)
            ends = pd.DataFrame({"value": turned.value, "low": turned.high, "high": turned.low})
        words = [printed(value) for value in own.value]
        name = f"{line['name']}{'' if line.unit in line['name'] else ', ' + line.unit}"
        parts.append(pd.DataFrame({
            "group": line.group if line.direction else f"{line.group} (right is more)",
            "indicator": name, "cloud": CLOUDS, "times": ends.value.to_numpy(),
            "low": ends.low.to_numpy(), "high": ends.high.to_numpy(), "words": words,
        }))  # fmt: skip
    columns = ["group", "indicator", "cloud", "times", "low", "high", "words"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def acceptability(found: Position) -> pd.DataFrame:
    """Return the share of sets of choices by cloud (with its range) and rank, in percent: cloud, place, percent."""
    ranks, share = found.standing.ranks, found.standing.acceptability
    rows = []
    for cloud in ranks.sort_values(["median", "mean"]).index:
        line = ranks.loc[cloud]
        label = f"{NAMES[cloud]}: rank {line['rank']:.0f} as built, {line.low:.0f} to {line.high:.0f} in 90 %"
        rows += [(label, word, 100 * float(share.loc[cloud, place])) for place, word in PLACES.items()]
    return pd.DataFrame(rows, columns=["cloud", "place", "percent"])


def option(choice: str, name: str) -> str:
    """Return an option in words."""
    if name in _WORDS:
        return _WORDS[name]
    about = table.indicators()
    if choice == "omitted":
        return f"without {about['name'][name] if name in about.index else f'the group {name}'}"
    return name


def flips(found: Position) -> pd.DataFrame:
    """Return the order as built and under each single choice that changes it: choice (in words), cloud, rank."""
    single = found.standing.single
    ranks = found.standing.ranks["rank"]
    built = {"words": "as built"} | {cloud: int(ranks[cloud]) for cloud in CLOUDS}
    kept = single[single.flips_order].sort_values("flips_leader", ascending=False, kind="stable")
    rows = [built, *({"words": option(row["choice"], row["option"])} | {cloud: int(row[cloud]) for cloud in CLOUDS}
                     for row in kept.to_dict("records"))]  # fmt: skip
    return pd.DataFrame(rows).melt("words", CLOUDS, "cloud", "rank").assign(
        order=lambda tidy: tidy.words.map({row["words"]: place for place, row in enumerate(rows)})
    ).sort_values(["order", "cloud"], ignore_index=True).drop(columns="order")  # fmt: skip


def decides(found: Position) -> pd.DataFrame:
    """Return by choice its total share of the variance of ranks, per cloud and on average, in percent; most first."""
    shares = 100 * found.standing.sobol.total.unstack("unit").reindex(columns=CLOUDS)
    shares["mean"] = shares.mean(axis=1)
    return shares.rename(index=CHOICES).sort_values("mean", ascending=False)


def by_option(found: Position) -> pd.DataFrame:
    """Return how often each cloud is first, by option of each choice but what is left out, in percent, as text."""
    rows = found.standing.options
    rows = rows[rows.choice != "omitted"]
    words = [option(choice, name) for choice, name in zip(rows.choice, rows.option, strict=True)]
    shares = {NAMES[cloud]: (100 * rows[cloud]).map("{:.0f}".format) for cloud in CLOUDS}
    return pd.DataFrame({"choice": rows.choice.map(CHOICES), "option": words, **shares})


def deciding(found: Position) -> pd.DataFrame:
    """Return :func:`decides` as a reader sees it."""
    rows = decides(found).dropna().map("{:.0f}".format)
    return rows.rename(columns=NAMES).rename_axis("choice").reset_index()


def plane(drawn: Configuration, most: int = 400) -> pd.DataFrame:
    """Return a map as points, resamples and arrows: kind, name, x, y. Arrows have the length of the farthest point."""
    points = drawn.points.rename_axis("name").reset_index().assign(kind=UNIT)
    reach = float(np.hypot(points.x, points.y).max())
    length = np.hypot(drawn.arrows.x, drawn.arrows.y).max()
    arrows = (drawn.arrows * reach / length).rename_axis("name").reset_index().assign(kind=ARROW)
    parts = [
        pd.DataFrame(drawn.draws[:most, place], columns=["x", "y"]).assign(name=unit, kind=DRAW)
        for place, unit in enumerate(drawn.points.index)
    ]
    rows: pd.DataFrame = pd.concat([points, *parts, arrows], ignore_index=True)[["kind", "name", "x", "y"]]
    return rows


def indicators(found: Measured) -> pd.DataFrame:
    """Return the table of indicators as a reader sees it: values with ranges, direction, table, what is missing."""
    about = table.indicators()
    rows = found.cells.set_index(["indicator", "unit"])
    cells = {
        NAMES[cloud]: [
            printed(line.value) + span(line.low, line.high)
            for line in (rows.loc[(code, cloud)] for code in about.index)
        ]
        for cloud in CLOUDS
    }
    direction = about.direction.map({1: "more is better", -1: "less is better", 0: "none"})
    return pd.DataFrame({
        "group": about.group.to_numpy(), "indicator": about["name"].to_numpy(), "unit": about.unit.to_numpy(),
        "direction": direction.to_numpy(), **cells, "table": about.table.to_numpy(), "why": about.why.to_numpy(),
        "what is missing": about.missing.to_numpy(),
    })  # fmt: skip


def path(found: Position) -> pd.DataFrame:
    """Return both readings of the path; see :func:`cloudmarket.arguments.positioning.state.stops`."""
    both = [part for part in (found.vintages, found.hindsight) if len(part)]
    return pd.concat(both, ignore_index=True) if both else found.vintages


def ranges(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the stops of a path as a reader sees them: each cloud's rank as built and the range of nine in ten."""
    words = [f"{line.rank:.0f} ({line.low:.0f} to {line.high:.0f})" for line in rows.itertuples()]
    told = rows.assign(words=words, day=rows.day.dt.strftime("%Y-%m-%d"))
    keys = ["reading", "day", "indicators"]
    return told.pivot(index=keys, columns="cloud", values="words").rename(columns=NAMES).reset_index()


def text(rows: pd.DataFrame) -> str:
    """Return a table as Markdown."""
    return str(rows.to_markdown(index=False, disable_numparse=True))
