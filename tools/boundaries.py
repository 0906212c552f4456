"""Make the boundaries that the maps are drawn on: countries of Europe, cut out, thinned and rounded.

Usage: ``python tools/boundaries.py countries-50m.json data/raw/natural_earth/europe.json``. The first file is that of
the package ``world-atlas`` 2.0.2 (Natural Earth 4.1.0, scale 1:50 million, as TopoJSON). Borders that two countries
share are thinned once, so that they still meet.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Line = NDArray[np.float64]

WINDOW = (-26.0, 33.0, 46.0, 72.5)
"""West, south, east, north (degrees): what a map of Europe shows, with a margin."""
TOLERANCE = 0.04
SMALLEST = 0.03
"""Square degrees; smaller islands are left out unless they are all there is of a country."""

# ISO 3166-1 numeric to alpha-2, of what lies in the window; the others are drawn without a code.
CODES = {
    "008": "AL", "040": "AT", "056": "BE", "070": "BA", "100": "BG", "112": "BY", "191": "HR", "196": "CY", "203": "CZ",
    "208": "DK", "233": "EE", "246": "FI", "250": "FR", "276": "DE", "300": "GR", "348": "HU", "352": "IS", "372": "IE",
    "380": "IT", "428": "LV", "440": "LT", "442": "LU", "470": "MT", "498": "MD", "499": "ME", "528": "NL", "578": "NO",
    "616": "PL", "620": "PT", "642": "RO", "643": "RU", "688": "RS", "703": "SK", "705": "SI", "724": "ES", "752": "SE",
    "756": "CH", "792": "TR", "804": "UA", "807": "MK", "826": "GB",
}  # fmt: skip
MEMBERS = {
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
}  # fmt: skip


def main(source: str, target: str) -> None:
    """Write the boundaries of one file to another."""
    topology = json.loads(Path(source).read_text(encoding="utf-8"))
    arcs = [thin(decode(arc, topology["transform"]), TOLERANCE) for arc in topology["arcs"]]
    countries = []
    for geometry in topology["objects"]["countries"]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        rings = [clip(join(polygon[0], arcs)) for polygon in polygons]
        rings = sorted((ring for ring in rings if len(ring) > 3), key=area, reverse=True)
        kept = [ring for place, ring in enumerate(rings) if place == 0 or area(ring) >= SMALLEST]
        if kept:
            code = CODES.get(geometry.get("id"), "")
            shown = [[[round(x, 2), round(y, 2)] for x, y in ring] for ring in kept]
            name = geometry["properties"]["name"]
            countries.append({"code": code, "name": name, "is_eu": code in MEMBERS, "rings": shown})
    countries.sort(key=lambda country: country["name"])
    lines = ",\n".join(json.dumps(country, separators=(",", ":"), ensure_ascii=False) for country in countries)
    Path(target).write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def decode(arc: list[list[int]], transform: dict[str, list[float]]) -> Line:
    """Return the points of an arc in degrees: steps are sums of whole units."""
    return np.cumsum(np.array(arc), axis=0) * transform["scale"] + transform["translate"]


def thin(line: Line, tolerance: float) -> Line:
    """Drop points nearer than ``tolerance`` to the line without them (Douglas and Peucker 1973); ends stay."""
    if len(line) < 3:
        return line
    start, end = line[0], line[-1]
    along = end - start
    length = np.hypot(*along)
    offset = line - start
    far = np.hypot(*offset.T) if length == 0 else np.abs(along[0] * offset[:, 1] - along[1] * offset[:, 0]) / length
    worst = int(np.argmax(far))
    if far[worst] <= tolerance:
        return np.array([start, end])
    return np.vstack([thin(line[: worst + 1], tolerance)[:-1], thin(line[worst:], tolerance)])


def join(ring: list[int], arcs: list[Line]) -> Line:
    """Return a ring from its arcs; a negative number is an arc run backwards."""
    parts = [arcs[place] if place >= 0 else arcs[~place][::-1] for place in ring]
    return np.vstack([part[:-1] for part in parts] + [parts[-1][-1:]])


def clip(ring: Line) -> Line:
    """Cut a ring at the window (Sutherland and Hodgman 1974)."""
    west, south, east, north = WINDOW
    for axis, limit, sign in ((0, west, 1), (0, east, -1), (1, south, 1), (1, north, -1)):
        kept: list[Line] = []
        for here, ahead in zip(ring, np.roll(ring, -1, axis=0), strict=True):
            inside, will_be = sign * (here[axis] - limit) >= 0, sign * (ahead[axis] - limit) >= 0
            if inside:
                kept.append(here)
            if inside != will_be:
                kept.append(here + (ahead - here) * (limit - here[axis]) / (ahead[axis] - here[axis]))
        ring = np.array(kept)
        if not len(ring):
            break
    return ring


def area(ring: Line) -> float:
    """Return the area of a ring (square degrees), by Gauss's formula."""
    x, y = np.asarray(ring).T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


if __name__ == "__main__":
    main(*sys.argv[1:])
