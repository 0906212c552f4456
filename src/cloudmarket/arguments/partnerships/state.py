"""All that the notebook on partnerships argues from, computed once for a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from cloudmarket.arguments.catalogues import Catalogue, catalogues
from cloudmarket.arguments.partnerships import billion, deals, effects, exclusive, network, sample, terms, tokens

THEN = {"July 2019": date(2019, 7, 31), "November 2023": date(2023, 11, 1)}


@dataclass(frozen=True, slots=True)
class Partnerships:
    """Deals and terms, effects on shares (main sample; press sample), computing, tokens, listings and ties on a day."""

    day: date
    deals: pd.DataFrame
    terms: pd.DataFrame
    returns: pd.DataFrame
    main: pd.DataFrame
    press: pd.DataFrame
    main_effects: effects.Effects
    press_effects: effects.Effects
    machines: pd.DataFrame
    compute: pd.DataFrame
    printed: pd.DataFrame
    rated: pd.DataFrame
    tokens: pd.DataFrame
    listed: Catalogue
    shares: pd.DataFrame
    ties: pd.DataFrame
    panels: tuple[str, ...]


def partnerships(day: date) -> Partnerships:
    """Return what was known by a day of the deal of July 2019 and of the race that it opened."""
    found, bound = deals.deals(day), terms.terms(day)
    returns = sample.returns(day)
    main, press = sample.events(day, "A or B"), sample.events(day, "C")
    machines = billion.prices(day)
    printed, rated = tokens.printed(day), tokens.ratings(day)
    listed = catalogues(day)
    days = {name: at for name, at in THEN.items() if at < day} | {f"{day:%B %Y}": day}
    return Partnerships(
        day, found, bound, returns, main, press, effects.effects(returns, main), effects.effects(returns, press),
        machines, billion.compute(machines, day), printed, rated,
        tokens.tokens(tokens.offered(printed, day), rated, day),
        listed, exclusive.shares(listed), network.ties(found, bound, listed, days), tuple(days),
    )  # fmt: skip
