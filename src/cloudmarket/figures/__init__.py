"""Figures: one way to make them, in one style, with their evidence, alt text and data."""

from cloudmarket.figures.palette import SELLERS, Style
from cloudmarket.figures.publish import Figure, Note, note, publish

__all__ = ["SELLERS", "Figure", "Note", "Style", "note", "publish"]
