"""A basket of the reader's own: tokens and accelerator hours a month, and under which conditions they may be bought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from cloudmarket import names

ANYWHERE, EU = "any", "eu"
COMMITMENTS = ("none", "1y", "3y")
CLOUDS = ("aws", "azure", "gcp")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing bought every month.

    Attributes
    ----------
    name : str
        Unique in the basket.
    model, as_good_as, accelerator : str
        What is bought, one of the three: a model; any model rated at least as high as the one named; a chip.
    input_mtok, output_mtok : float
        Million tokens a month.
    hours : float
        Hours of one accelerator a month.
    regions : str
        Where it must be served: ``any``, ``eu`` or a country (ISO 3166-1 alpha-2).
    flexible_share : float
        Share of the amount that may use batch (tokens) or spot (accelerators), where it is sold for less.
    commitment : str
        Longest commitment that may be entered: ``none``, ``1y`` or ``3y``.
    prompt_tokens : int
        Longest prompt: it decides the context band, and refuses models whose context is known to be shorter.
    machine_accelerators : int
        Fewest accelerators in one machine.
    """

    name: str
    model: str = ""
    as_good_as: str = ""
    accelerator: str = ""
    input_mtok: float = 0.0
    output_mtok: float = 0.0
    hours: float = 0.0
    regions: str = ANYWHERE
    flexible_share: float = 0.0
    commitment: str = "none"
    prompt_tokens: int = 0
    machine_accelerators: int = 1

    @property
    def is_tokens(self) -> bool:
        """True for tokens, false for accelerator hours."""
        return not self.accelerator

    @property
    def place(self) -> str:
        """Where it must be served, in words."""
        return {ANYWHERE: "any place", EU: "the EU"}.get(self.regions, self.regions)

    @property
    def item(self) -> str:
        """What is bought, in words."""
        return self.model or self.accelerator or f"as good as {self.as_good_as}"


@dataclass(frozen=True)
class Basket:
    """What is bought every month, and from whom it may be bought: ``sellers``, codes of the table of sellers."""

    name: str
    lines: tuple[Line, ...]
    sellers: tuple[str, ...] = field(default=CLOUDS)

    def __post_init__(self) -> None:
        """Refuse what cannot be bought.

        Raises
        ------
        ValueError
            If the basket is empty, a name occurs twice or a seller is not known.
        """
        if not self.lines:
            raise ValueError("the basket has no lines: add [[line]] with a model or an accelerator")
        seen: set[str] = set()
        for place, line in enumerate(self.lines, 1):
            if line.name in seen:
                raise ValueError(f"line {place}, name: {line.name!r} occurs twice; each line needs a name of its own")
            seen.add(line.name)
        known = tuple(names.clouds().code)
        strange = [seller for seller in self.sellers if seller not in known]
        if strange or not self.sellers:
            said = f"{strange[0]!r} is no seller" if strange else "there is none"
            raise ValueError(f"sellers: {said}; choose among {', '.join(known)}")

    def __repr__(self) -> str:
        return f"Basket({self.name!r}: {len(self.lines)} lines, from {', '.join(self.sellers)})"

    @cached_property
    def line_names(self) -> list[str]:
        """Names of the lines, in order."""
        return [line.name for line in self.lines]

    def with_lines(self, lines: Sequence[Line]) -> Basket:
        """Return the basket with other lines."""
        return Basket(self.name, tuple(lines), self.sellers)
