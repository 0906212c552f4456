"""The house style: fonts, inks and Matplotlib settings of the light and the dark variant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from matplotlib import style

from cloudmarket.figures.palette import Style, Variant, styles

HASH_SALT = "cloudmarket"


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours that a chart function draws with; the same chart is drawn once with each theme."""

    variant: Variant
    background: str
    ink: str
    muted: str
    grid: str
    shade: str
    ramp: tuple[str, str]
    """Ends of the sequential scale of matrices, from few to many."""

    def styles(self, keys: Iterable[object], labels: Mapping[str, str] | None = None) -> dict[object, Style]:
        """Give each series its style, see :func:`cloudmarket.figures.palette.styles`."""
        return styles(keys, labels)

    def context(self) -> AbstractContextManager[None]:
        """Draw and save under these settings alone, whatever the reader's own Matplotlib settings are."""
        context: AbstractContextManager[None] = style.context(["default", self.settings()])
        return context

    def settings(self) -> dict[str, Any]:
        """Return the Matplotlib settings; all that could differ between two machines is fixed here."""
        return {
            "axes.axisbelow": True,
            "axes.edgecolor": self.muted,
            "axes.facecolor": self.background,
            "axes.grid": True,
            "axes.labelcolor": self.muted,
            "axes.labelsize": 9,
            "axes.spines.left": False,
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.unicode_minus": True,
            "date.converter": "concise",
            "figure.facecolor": self.background,
            "font.family": ["DejaVu Sans"],
            "font.size": 9,
            "grid.color": self.grid,
            "grid.linewidth": 0.8,
            "hatch.color": self.grid,
            "lines.linewidth": 1.9,
            "lines.markersize": 5.5,
            "pdf.fonttype": 42,
            "savefig.facecolor": self.background,
            "svg.fonttype": "path",
            "svg.hashsalt": HASH_SALT,
            "text.color": self.ink,
            # Hinted letters are wider at some densities than at others: a line that fits must fit in every format.
            "text.hinting": "none",
            "text.parse_math": False,
            "xtick.color": self.muted,
            "xtick.labelsize": 9,
            "ytick.color": self.muted,
            "ytick.labelsize": 9,
            "ytick.major.size": 0,
        }


LIGHT = Theme(
    variant="light",
    background="#FFFFFF",
    ink="#1B1F23",
    muted="#555B63",
    grid="#E3E6EA",
    shade="#EEF0F3",
    ramp=("#EAF0FA", "#1B3F8B"),
)
DARK = Theme(
    variant="dark",
    background="#131416",
    ink="#E8EAED",
    muted="#A6ADB6",
    grid="#30363D",
    shade="#22272D",
    ramp=("#22304A", "#A9C7FF"),
)
