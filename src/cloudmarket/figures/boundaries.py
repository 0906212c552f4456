"""The boundaries that maps are drawn on, shipped with the project, and the projection that keeps areas true.

References
----------
Snyder (1987), Map Projections: A Working Manual, US Geological Survey Professional Paper 1395, section 24, equations
24-2 to 24-4: Lambert's azimuthal equal-area projection of the sphere. Its centre is that which the European Union's
statistical maps use (INSPIRE data specification on coordinate reference systems, ETRS89-LAEA).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cloudmarket import store
from cloudmarket.errors import CloudMarketError

Array = NDArray[np.float64]

SOURCE = "natural_earth"
"""Folder in ``data/raw`` that says where the boundaries come from."""
CENTRE = (10.0, 52.0)
_EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Country:
    """A country's outline: ``rings``, each an array of longitude and latitude (degrees), the largest first."""

    code: str
    name: str
    is_eu: bool
    rings: tuple[Array, ...]

    @property
    def middle(self) -> tuple[float, float]:
        """Centroid of the largest ring (degrees): where to put what is known of the country alone."""
        x, y = self.rings[0].T
        cross = x * np.roll(y, -1) - np.roll(x, -1) * y
        six_areas = 3 * cross.sum()
        ends = [float(((one + np.roll(one, -1)) * cross).sum() / six_areas) for one in (x, y)]
        return ends[0], ends[1]


@cache
def europe() -> tuple[Country, ...]:
    """Return the countries of Europe and its neighbours, cut at the edge of the shipped window.

    Raises
    ------
    CloudMarketError
        If the file is not there.
    """
    path = store.raw(SOURCE) / "europe.json"
    if not path.is_file():
        raise CloudMarketError(f"data/raw/{SOURCE}/{path.name} is missing. Restore it from git.")
    listed = json.loads(path.read_text(encoding="utf-8"))
    return tuple(
        Country(one["code"], one["name"], one["is_eu"], tuple(np.array(ring, dtype=float) for ring in one["rings"]))
        for one in listed
    )


def project(longitude: ArrayLike, latitude: ArrayLike, centre: Sequence[float] = CENTRE) -> tuple[Array, Array]:
    """Return x and y (km east and north of the centre) of places (degrees), equal areas kept equal."""
    around, up = np.radians(np.asarray(longitude, dtype=float) - centre[0]), np.radians(latitude)
    middle = np.radians(centre[1])
    cosine = np.sin(middle) * np.sin(up) + np.cos(middle) * np.cos(up) * np.cos(around)
    scale = _EARTH_KM * np.sqrt(2 / (1 + cosine))
    x = scale * np.cos(up) * np.sin(around)
    y = scale * (np.cos(middle) * np.sin(up) - np.sin(middle) * np.cos(up) * np.cos(around))
    return x, y
