"""All that is drawn and stated of developers on a day, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from cloudmarket.arguments.developers import cadence, downloads, surveys
from cloudmarket.arguments.developers.state import State, established, state

NOTEBOOK = "09_developers"


@dataclass(frozen=True, eq=False)
class View:
    """Frames to draw, by figure; each empty where nothing was known. ``fixed``: downloads of the fixed list."""

    found: State
    leaders: pd.DataFrame
    jump: pd.DataFrame
    shares: pd.DataFrame
    growth: pd.DataFrame
    fixed: pd.DataFrame
    rates: pd.DataFrame
    by_year: pd.DataFrame
    answers: pd.DataFrame
    changes: pd.DataFrame

    def __repr__(self) -> str:
        return f"View({self.found!r})"


def view(day: date) -> View:
    """Return what is drawn and stated on a day."""
    found = state(day)
    return View(
        found=found,
        leaders=downloads.leaders(found),
        jump=downloads.jump(found),
        shares=downloads.shares(found),
        growth=downloads.growth(found),
        fixed=found.run[found.run.package.isin(established(found.run))],
        rates=cadence.rates(found),
        by_year=cadence.by_year(found),
        answers=surveys.answers(found),
        changes=surveys.changes(found),
    )
