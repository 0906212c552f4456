"""One way to make a figure: finding, measure, drawing, evidence and alt text, or none at all."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from cloudmarket.figures import export
from cloudmarket.figures.canvas import Captions, draw
from cloudmarket.figures.sources import source_line
from cloudmarket.figures.theme import DARK, LIGHT

Chart = Callable[..., Callable[[], None] | None]

FOLDER_VARIABLE = "CLOUDMARKET_FIGURES"
_SHORTEST_ALT = 40


@dataclass(frozen=True, slots=True)
class Figure:
    """A published figure; a notebook shows it with its alt text."""

    slug: str
    title: str
    subtitle: str
    alt: str
    source: str
    as_of: date
    png: bytes
    width: int
    data: pd.DataFrame

    def __repr__(self) -> str:
        return f"Figure({self.slug!r}: {self.title})"

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        image = base64.b64encode(self.png).decode("ascii")
        described = {
            "slug": self.slug,
            "title": self.title,
            "subtitle": self.subtitle,
            "alt": self.alt,
            "as_of": self.as_of.isoformat(),
        }
        metadata = {"image/png": {"alt": self.alt, "width": self.width}, "cloudmarket": described}
        return {"image/png": image, "text/plain": f"{self.title}. {self.alt}"}, metadata


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence that stands where a figure cannot be drawn."""

    text: str

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/markdown": f"> {self.text}", "text/plain": self.text}


def note(text: str) -> Note:
    """Return what a notebook shows in place of a figure that has no data, and why it has none."""
    return Note(text)


def publish(
    slug: str,
    chart: Chart,
    data: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    alt: str,
    sources: Sequence[str],
    as_of: date | str,
    note: str | None = None,
    size: str | tuple[float, float] = "wide",
    **chart_options: Any,
) -> Figure:
    """Draw a figure, light and dark; write its files where ``CLOUDMARKET_FIGURES`` names a folder.

    Parameters
    ----------
    slug : str
        File name without ending: lower-case words joined by hyphens, unique in the report.
    chart : callable
        A function of :mod:`cloudmarket.figures.charts`, as ``chart(axes, data, theme, **chart_options)``.
    data : DataFrame
        What is drawn, tidy; published beside the figure as CSV.
    title, subtitle : str
        The finding; the measure and its unit.
    alt : str
        What the figure shows, for who cannot see it; at least 40 characters.
    sources : sequence of str
        Names of folders in ``data/raw`` whose sidecars give the source line.
    as_of : date or str
        The day the data are of.
    note : str, optional
        What a reader must know to read the figure rightly.
    size : str or tuple
        ``wide``, ``tall``, ``small``, or width of the figure and height of the plot in inches.

    Raises
    ------
    ValueError
        If the slug is malformed, the alt text missing or short, the data empty, or a text does not fit.
    CloudMarketError
        If a source has no sidecar.
    """
    _check(slug, title, subtitle, alt, data)
    day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    source = source_line(sources, day)
    captions = Captions(title, subtitle, note, source)
    light, dark = (
        draw(partial(chart, data=data, theme=theme, **chart_options), captions, theme, size) for theme in (LIGHT, DARK)
    )
    image = export.png(light, LIGHT)
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder:
        export.write(Path(folder), slug, light, dark, data, image)
    width = round(light.get_size_inches()[0] * export.DPI / 2)
    return Figure(slug, title, subtitle, alt, source, day, image, width, data.copy())


def _check(slug: str, title: str, subtitle: str, alt: str, data: pd.DataFrame) -> None:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or slug.endswith("-dark"):
        raise ValueError(f"{slug!r} cannot name a figure: use lower-case words joined by hyphens, not ending in -dark")
    if not title.strip() or not subtitle.strip():
        raise ValueError(f"figure {slug}: the finding is its title, the measure and unit its subtitle; both are needed")
    if len(alt.strip()) < _SHORTEST_ALT:
        raise ValueError(
            f"figure {slug}: the alt text has {len(alt.strip())} characters, {_SHORTEST_ALT} are needed. Say "
            "what kind of chart it is, what it compares and what is to be seen."
        )
    if data.empty:
        raise ValueError(f"figure {slug}: there are no data to draw. Show figures.note(reason) in its place.")
