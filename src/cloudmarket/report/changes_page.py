"""The site's page on what changed: catalogue and prices of the day against those of a month and a quarter ago."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from cloudmarket import names, store
from cloudmarket.tables.comparison import Comparison, compare
from cloudmarket.tables.inputs import latest
from cloudmarket.tables.registry import get

PACKAGE = "datapackage.json"
SPANS = (30, 91)
"""Days back that the page looks."""
# Models named in one list; the command names all.
_MOST = 40
_TEXT = """\
# What changed

The catalogue and the prices as they read on {day}, against what they read {spans} days before: each side is what was
known then, errors of the time included. `cloudmarket compare DAY DAY` does the same for any two days.
"""


def write(source: Path, day: date) -> bool:
    """Write the page into Sphinx's source folder; return whether there are tables to compare.

    Parameters
    ----------
    source : Path
        Folder of the site's sources.
    day : date
        Of the report.
    """
    if not (store.processed() / PACKAGE).is_file():
        return False
    lines = [_TEXT.format(day=f"{day.day} {day:%B %Y}", spans=" and ".join(map(str, SPANS)))]
    for span in SPANS:
        before = day - timedelta(days=span)
        lines += [f"## Since {before.day} {before:%B %Y}", ""]
        if latest(get("model_listing").sources, before):
            lines += _section(compare(before.isoformat(), day.isoformat()))
        else:
            lines += ["Nothing had been observed by then.", ""]
    (source / "changes.md").write_text("\n".join(lines), encoding="utf-8")
    return True


def _section(found: Comparison) -> list[str]:
    known = names.clouds().set_index("code")["name"].to_dict()
    shown = found.sellers.rename(index=known).rename(columns=lambda name: name.replace("_", " "))
    lines = [shown.rename_axis("seller").reset_index().to_markdown(index=False), ""]
    if len(found.changes):
        classes = found.changes.change_class.str.replace("_", " ").value_counts()
        counted = ", ".join(f"{count} {name}" for name, count in classes.items())
        lines += [f"Changes of printed prices, by what they were: {counted}.", ""]
    for title, rows in (("Newly listed", found.listed), ("No longer listed", found.delisted)):
        lines += _models(title, rows, known)
    return lines


def _models(title: str, rows: pd.DataFrame, known: Mapping[Any, str]) -> list[str]:
    lines = []
    for seller, models in rows.groupby("seller", sort=True):
        listed = [f"`{model}`" for model in sorted(models.model)]
        more = f" and {len(listed) - _MOST} more" if len(listed) > _MOST else ""
        lines += [f"**{title} on {known.get(str(seller), seller)}**: {', '.join(listed[:_MOST])}{more}.", ""]
    return lines
