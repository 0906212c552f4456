"""A page for one chart: title, subtitle, plot, note and source line, each with the room it needs."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from cloudmarket.figures.measure import text_width
from cloudmarket.figures.theme import Theme

SIZES = {"wide": (8.0, 3.7), "tall": (8.0, 6.2), "small": (5.2, 3.0)}
"""Width of the figure and height of its plot, in inches; title and source line come on top of the height."""

_MARGIN = 0.18
_LEADING = 1.32
_POINTS_PER_INCH = 72


@dataclass(frozen=True, slots=True)
class Captions:
    """The words around a plot."""

    title: str
    subtitle: str
    note: str | None
    source: str


@dataclass(frozen=True, slots=True)
class _Block:
    """Wrapped text of one kind, with its height in inches."""

    lines: tuple[str, ...]
    points: float
    bold: bool
    colour: str

    @property
    def height(self) -> float:
        return len(self.lines) * self.points * _LEADING / _POINTS_PER_INCH


def wrap(text: str, width: float, points: float, *, bold: bool = False) -> tuple[str, ...]:
    """Break text into lines that fit ``width`` inches, measured in the font, words kept whole.

    Raises
    ------
    ValueError
        If one word alone is wider than the line.
    """
    figure = Figure()
    limit = width * figure.dpi
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if text_width(figure, word, points, bold=bold) > limit:
            raise ValueError(f"the word {word!r} is wider than the figure: shorten it or use a wider size")
        if lines and text_width(figure, longer, points, bold=bold) <= limit:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)


def draw(
    chart: Callable[[Axes], Callable[[], None] | None],
    captions: Captions,
    theme: Theme,
    size: str | tuple[float, float],
) -> Figure:
    """Draw a chart with its captions on a canvas as high as they need.

    Parameters
    ----------
    chart : callable
        Draws on the axes it is given; may return a function to call once it is known how much room they have.
    size : str or tuple
        A name in :data:`SIZES`, or width of the figure and height of the plot in inches.

    Raises
    ------
    ValueError
        If the size is unknown, or a text does not fit on the canvas.
    """
    width, plot_height = _inches(size)
    with theme.context():
        head, foot = _blocks(captions, theme, width - 2 * _MARGIN)
        above = _MARGIN + sum(block.height for block in head) + 0.12
        below = _MARGIN + sum(block.height for block in foot) + 0.10
        height = above + plot_height + below
        figure = Figure(figsize=(width, height))
        FigureCanvasAgg(figure)
        axes = _axes(figure, below / height, (below + plot_height) / height)
        finish = chart(axes)
        if finish is not None:
            _lay_out(figure)
            finish()
        _write(figure, head, top=height - _MARGIN)
        _write(figure, foot, top=below - 0.10)
        _lay_out(figure)
        figure.set_layout_engine("none")
        _check_inside(figure)
    return figure


def _axes(figure: Figure, bottom: float, top: float) -> Axes:
    """Add axes that keep room for their ticks and labels between two heights (fractions of the canvas)."""
    side = _MARGIN / figure.get_size_inches()[0]
    rect = (side, bottom, 1 - 2 * side, top - bottom)
    figure.set_layout_engine("constrained", rect=rect, w_pad=0, h_pad=0)
    grid = figure.add_gridspec(left=side, right=1 - side, bottom=bottom, top=top)
    return figure.add_subplot(grid[0])


def _lay_out(figure: Figure) -> None:
    """Give every part its place; Matplotlib only warns where labels leave no room for the plot."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="constrained_layout not applied")
        try:
            figure.draw_without_rendering()
        except UserWarning as error:
            raise ValueError("the labels leave no room for the plot: shorten them or use a larger size") from error


def _inches(size: str | tuple[float, float]) -> tuple[float, float]:
    if isinstance(size, tuple):
        return size
    if size not in SIZES:
        raise ValueError(f"no figure size {size!r}: use one of {', '.join(SIZES)}, or (width, plot height) in inches")
    return SIZES[size]


def _blocks(captions: Captions, theme: Theme, width: float) -> tuple[list[_Block], list[_Block]]:
    head = [
        _Block(wrap(captions.title, width, 13, bold=True), 13, True, theme.ink),
        _Block(wrap(captions.subtitle, width, 10), 10, False, theme.muted),
    ]
    foot = [_Block(wrap(captions.source, width, 7.5), 7.5, False, theme.muted)]
    if captions.note:
        foot.insert(0, _Block(wrap(captions.note, width, 7.5), 7.5, False, theme.ink))
    return head, foot


def _write(figure: Figure, blocks: list[_Block], top: float) -> None:
    width, height = figure.get_size_inches()
    for block in blocks:
        for line in block.lines:
            text = figure.text(_MARGIN / width, top / height, line, va="top", size=block.points, color=block.colour)
            text.set_fontweight("bold" if block.bold else "normal")
            text.set_in_layout(False)
            top -= block.points * _LEADING / _POINTS_PER_INCH


def _check_inside(figure: Figure) -> None:
    """Refuse a figure with a text that the edge of the canvas cuts."""
    canvas = figure.bbox.padded(0.5)
    for text in visible_texts(figure):
        # Of a name that is joined to its mark, the words alone.
        box = Text.get_window_extent(text)
        if not (canvas.x0 <= box.x0 and box.x1 <= canvas.x1 and canvas.y0 <= box.y0 and box.y1 <= canvas.y1):
            raise ValueError(
                f"the label {text.get_text()!r} does not fit on the figure: shorten it or use a larger size"
            )


def visible_texts(figure: Figure) -> list[Text]:
    """Return the texts that are drawn: labels of ticks outside the plot exist, but are not."""
    beyond: set[Artist] = set()
    for axis in figure.findobj(Axis):
        assert isinstance(axis, Axis)
        low, high = sorted(axis.get_view_interval())
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            if not low <= tick.get_loc() <= high:
                beyond |= {tick.label1, tick.label2}
    return [
        text
        for text in figure.findobj(Text)
        if isinstance(text, Text) and text not in beyond and text.get_visible() and text.get_text().strip()
    ]
