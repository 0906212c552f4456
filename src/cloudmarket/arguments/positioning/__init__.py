"""Where the three clouds stand against each other, and what of it is a choice: the argument of ``10_positioning``."""

from cloudmarket.arguments.positioning.claims import claims, stated
from cloudmarket.arguments.positioning.state import Position, position

__all__ = ["Position", "claims", "position", "stated"]
