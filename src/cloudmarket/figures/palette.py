"""What each seller looks like: one colour, marker and line style, the same in every figure.

Light and dark variants keep a contrast of at least 4.5 to 1 with the background, so that a name can be
written in its seller's colour. The three clouds and the developers' grey stay apart under the three kinds
of colour blindness (tests/figures/test_palette.py); the others lean on marker and line style as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Variant = Literal["light", "dark"]
Dash = tuple[int, tuple[float, ...]]

SOLID: Dash = (0, ())
_LONG: Dash = (0, (6, 2))
_SHORT: Dash = (0, (3, 1.5))
_DOTTED: Dash = (0, (1, 1.5))
_MIXED: Dash = (0, (5, 1.5, 1, 1.5))


@dataclass(frozen=True, slots=True)
class Style:
    """How one series is drawn: its name in the figure, a colour per variant, a marker and a dash pattern."""

    label: str
    light: str
    dark: str
    marker: str
    dash: Dash

    def colour(self, variant: Variant) -> str:
        """Return the colour as ``#rrggbb``."""
        return self.light if variant == "light" else self.dark


def _own_platform(label: str, marker: str, dash: Dash) -> Style:
    return Style(label, "#474C53", "#8B919A", marker, dash)


SELLERS: Mapping[str, Style] = MappingProxyType(
    {
        "aws": Style("AWS", "#BF5000", "#FFA94D", "o", SOLID),
        "azure": Style("Azure", "#1D4FBE", "#6FA0FF", "s", _LONG),
        "gcp": Style("Google Cloud", "#00856A", "#45DDBB", "^", _MIXED),
        "openai": _own_platform("OpenAI", "D", _SHORT),
        "anthropic": _own_platform("Anthropic", "P", _DOTTED),
        "mistral": _own_platform("Mistral", "X", _LONG),
        "google-ai": _own_platform("Gemini API", "v", _MIXED),
        "xai": _own_platform("xAI", "h", _SHORT),
        "deepseek": _own_platform("DeepSeek", "d", _DOTTED),
        "cohere": _own_platform("Cohere", "p", _LONG),
        "amazon-nova": _own_platform("Amazon Nova", "*", _MIXED),
        "ovhcloud": Style("OVHcloud", "#7A3FB0", "#C9A0F5", "<", _SHORT),
        "scaleway": Style("Scaleway", "#B0266F", "#F58CC0", ">", _LONG),
        "nebius": Style("Nebius", "#7A6400", "#D9C45A", "H", _DOTTED),
        "nscale": Style("Nscale", "#8C3B3B", "#E39A9A", "8", _MIXED),
        "stackit": Style("STACKIT", "#246A8C", "#7CC4E6", "d", _SHORT),
        "ionos": Style("IONOS", "#4B3FA8", "#A99FF2", "p", _DOTTED),
    }
)

# For series that are not sellers (model families, tiers, kinds): a seller's colour means the seller.
_OTHERS = (
    ("#5B2A86", "#C79BEA", "o", SOLID),
    ("#8A6D00", "#E0C04C", "s", _LONG),
    ("#A12D5E", "#F08DB8", "D", _SHORT),
    ("#3D6B1F", "#A5D67E", "v", _MIXED),
    ("#5A4632", "#CDB79E", "P", _DOTTED),
    ("#1F6E82", "#7CCBE0", "X", SOLID),
)


def styles(keys: Iterable[object], labels: Mapping[str, str] | None = None) -> dict[object, Style]:
    """Give each key its style: a seller always its own, any other by its place among the others.

    Parameters
    ----------
    keys : iterable
        Seller codes or other series, in the order in which the figure names them; repeated keys count once.
    labels : mapping, optional
        Names to print in place of the seller's own or of the key.

    Raises
    ------
    ValueError
        If more series than styles are neither sellers nor told apart: such a figure cannot be read.
    """
    chosen: dict[object, Style] = {}
    others = iter(_OTHERS)
    for key in dict.fromkeys(keys):
        known = SELLERS.get(str(key))
        style = known or _next_other(key, others)
        label = (labels or {}).get(str(key), style.label)
        chosen[key] = Style(label, style.light, style.dark, style.marker, style.dash)
    return chosen


def _next_other(key: object, others: Iterable[tuple[str, str, str, Dash]]) -> Style:
    for light, dark, marker, dash in others:
        return Style(str(key), light, dark, marker, dash)
    raise ValueError(
        f"no style is left for {key!r}: a figure holds at most {len(_OTHERS)} series that are not sellers. "
        "Group the small ones, or use facets."
    )
