"""What the rules about price changes look at: printed prices, steps between them, and the verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from cloudmarket.tables.token_price import DATED, catalogue

# Prices are printed with three or four figures, so equal ratios differ by up to about this much.
RATIO_TOLERANCE = 0.005
UNIT_TOLERANCE = 0.01

Ratio = tuple[float | None, float | None]


@dataclass(frozen=True)
class State:
    """A printed price of an offer during an interval; prices in USD per million tokens, NaN if missing."""

    source: str
    label: str
    tier: str
    context_from_tokens: int
    seller: str
    seller_kind: str
    model: str
    scope: str
    input: float
    output: float
    valid_from: pd.Timestamp
    valid_to: pd.Timestamp
    observed_first_at: pd.Timestamp
    is_believed: bool

    @property
    def catalogue(self) -> str:
        """The catalogue that prints it; a copy is no other one."""
        return catalogue(self.source)

    @property
    def offer(self) -> tuple[object, ...]:
        """What identifies the offer."""
        return self.catalogue, self.label, self.tier, self.context_from_tokens

    @property
    def price(self) -> tuple[float | None, float | None]:
        """Input and output price, None where missing, so that equal prices compare equal."""
        return _known(self.input), _known(self.output)


@dataclass(frozen=True)
class Change:
    """A step of one offer from a price to the next one."""

    before: State
    after: State

    @property
    def source(self) -> str:
        """Where the change was read."""
        return self.after.source

    @property
    def catalogue(self) -> str:
        """The catalogue that shows the change."""
        return self.after.catalogue

    @property
    def offer(self) -> tuple[object, ...]:
        """What identifies the offer."""
        return self.after.offer

    @property
    def model(self) -> str:
        """The model whose price changed."""
        return self.after.model

    @property
    def changed_on(self) -> pd.Timestamp:
        """The day from which the new price is printed."""
        return self.after.valid_from

    @cached_property
    def ratio(self) -> Ratio:
        """New over old price for input and output, None where either is missing."""
        old, new = self.before.price, self.after.price
        return _ratio(old[0], new[0]), _ratio(old[1], new[1])

    @property
    def is_of_price(self) -> bool:
        """Whether a price moved; one that only appears or goes missing is no change of a price."""
        return any(ratio is not None and ratio != 1 for ratio in self.ratio)

    def moves_by(self, factor: float, tolerance: float) -> bool:
        """Whether each price that is stated moves by a factor, as far as printed figures tell."""
        ratios = [ratio for ratio in self.ratio if ratio is not None]
        return bool(ratios) and all(abs(ratio / factor - 1) <= tolerance for ratio in ratios)

    def is_like(self, other: Change) -> bool:
        """Whether both move the same kind of price by the same ratio."""
        return self.after.tier == other.after.tier and all(
            (mine is None and theirs is None)
            or (mine is not None and theirs is not None and abs(mine / theirs - 1) <= RATIO_TOLERANCE)
            for mine, theirs in zip(self.ratio, other.ratio, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """The class of a change, why, what bears it out, from when the new price held, and since when we know."""

    change_class: str
    reason: str
    confirmed_by: str | None = None
    effective_on: pd.Timestamp | None = None
    known_at: pd.Timestamp | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """All printed prices and changes of the same model, and the verdicts on the offer's earlier changes.

    ``observed_to`` is the last day that any snapshot has seen; prices announced for later contradict nothing.
    """

    states: list[State]
    moves: list[Change]
    earlier: list[tuple[Change, Verdict]]
    observed_to: pd.Timestamp


def same_price(one: State, other: State) -> bool:
    """Whether two states ask the same, as far as both state a price."""
    pairs = list(zip(one.price, other.price, strict=True))
    known = [(mine, theirs) for mine, theirs in pairs if mine is not None and theirs is not None]
    return bool(known) and all(abs(mine / theirs - 1) <= RATIO_TOLERANCE for mine, theirs in known)


def _ratio(old: float | None, new: float | None) -> float | None:
    return None if old is None or new is None else new / old


def _known(price: float) -> float | None:
    return None if math.isnan(price) else price


def is_unit(ratio: float) -> bool:
    """Whether a ratio is that of a mistaken unit: a power of ten, or 16 (characters taken for tokens, 4 x 4)."""
    power = math.log10(ratio)
    is_ten = round(power) != 0 and abs(power - round(power)) <= math.log10(1 + UNIT_TOLERANCE)
    return is_ten or abs(abs(math.log(ratio, 16)) - 1) <= 0.001


def repeats(change: Change, evidence: Evidence) -> bool:
    """Whether the offer has made this very step already, so that evidence for it is used up."""
    return any(
        move.before.price == change.before.price and move.after.price == change.after.price
        for move, _ in evidence.earlier
    )


def contradiction(change: Change, evidence: Evidence) -> State | None:
    """Return a price of another catalogue that speaks against a change: the old price, taken up after it.

    What a catalogue without dates still prints is late, not against; only going over to the old price is.
    """
    steps = [move.after for move in evidence.moves if move.source not in DATED]
    for state in (*(state for state in evidence.states if state.source in DATED), *steps):
        if (
            state.catalogue != change.catalogue
            and state.tier == change.after.tier
            and change.changed_on < state.valid_from <= evidence.observed_to
            and same_price(state, change.before)
        ):
            return state
    return None
