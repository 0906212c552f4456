"""A figure as files: the same names in every format, the same bytes on every run."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure
from PIL import Image

from cloudmarket import store
from cloudmarket.figures.theme import DARK, LIGHT, Theme

DPI = 192
_COLOURS = 256


def png(figure: Figure, theme: Theme) -> bytes:
    """Return a PNG at twice the density of a screen, in few colours: it is committed inside notebooks."""
    full = io.BytesIO()
    with theme.context():
        figure.savefig(full, format="png", dpi=DPI, metadata={"Software": None})
    with Image.open(full) as image:
        flat = image.convert("RGB").quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    small = io.BytesIO()
    flat.save(small, format="png", optimize=True)
    return small.getvalue()


def svg(figure: Figure, theme: Theme) -> bytes:
    """Return an SVG with its letters as outlines, so that it looks the same where the font is missing."""
    content = io.BytesIO()
    with theme.context():
        figure.savefig(content, format="svg", metadata={"Date": None, "Creator": None})
    return content.getvalue()


def pdf(figure: Figure, theme: Theme) -> bytes:
    """Return a PDF for print, fonts embedded."""
    content = io.BytesIO()
    with theme.context():
        figure.savefig(content, format="pdf", metadata={"CreationDate": None, "Creator": None, "Producer": None})
    return content.getvalue()


def write(folder: Path, slug: str, light: Figure, dark: Figure, data: pd.DataFrame, light_png: bytes) -> None:
    """Write every format of a figure, and its data, into ``folder``.

    Raises
    ------
    OSError
        If the disk is full or the folder cannot be written.
    """
    contents = {
        f"{slug}.svg": svg(light, LIGHT),
        f"{slug}.pdf": pdf(light, LIGHT),
        f"{slug}.png": light_png,
        f"{slug}-dark.svg": svg(dark, DARK),
        f"{slug}-dark.png": png(dark, DARK),
        f"{slug}.csv": data.to_csv(index=False, lineterminator="\n").encode(),
    }
    for name, content in contents.items():
        store.write_atomic(folder / name, content)


def files(slug: str) -> tuple[str, ...]:
    """Return the names of the files that one figure has."""
    return tuple(f"{slug}{ending}" for ending in (".png", ".svg", ".pdf", "-dark.png", "-dark.svg", ".csv"))
