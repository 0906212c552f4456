"""How wide a text is in the font that draws it."""

from __future__ import annotations

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties


def text_width(figure: Figure, text: str, points: float, *, bold: bool = False) -> float:
    """Return the width of a text in pixels of the figure."""
    canvas = figure.canvas if isinstance(figure.canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)
    renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
    font = FontProperties(size=points, weight="bold" if bold else "normal")
    width: float = renderer.get_text_width_height_descent(text, font, False)[0]
    return width
