"""What accelerated computing costs, where it is and whose it is: the argument of ``07_accelerators``."""

from cloudmarket.arguments.accelerators.claims import claims, stated
from cloudmarket.arguments.accelerators.state import State, state
from cloudmarket.arguments.accelerators.view import View, view

__all__ = ["State", "View", "claims", "state", "stated", "view"]
