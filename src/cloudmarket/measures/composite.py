"""Composite indicators and how far their ranks can be trusted: the two functions to call.

``build`` makes scores and ranks by one set of named choices; ``robustness`` makes all of them and returns ranges.
"""

from __future__ import annotations

from cloudmarket.measures.composite_build import Composite, Method, build
from cloudmarket.measures.composite_robustness import Robustness, robustness

__all__ = ["Composite", "Method", "Robustness", "build", "robustness"]
