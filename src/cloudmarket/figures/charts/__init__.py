"""Charts: pure functions ``chart(axes, data, theme, **options)`` on tidy frames, called once per theme."""

from cloudmarket.figures.charts.bars import bars
from cloudmarket.figures.charts.beside import beside
from cloudmarket.figures.charts.cards import cards
from cloudmarket.figures.charts.curves import curves
from cloudmarket.figures.charts.dot_panels import dot_panels
from cloudmarket.figures.charts.dots import dots
from cloudmarket.figures.charts.estimates import estimates
from cloudmarket.figures.charts.facets import facets
from cloudmarket.figures.charts.fan import fan
from cloudmarket.figures.charts.flows import flows
from cloudmarket.figures.charts.forest import forest
from cloudmarket.figures.charts.heat import heat
from cloudmarket.figures.charts.intervals import intervals
from cloudmarket.figures.charts.lines import lines
from cloudmarket.figures.charts.maps import maps
from cloudmarket.figures.charts.network import network
from cloudmarket.figures.charts.panels import panels
from cloudmarket.figures.charts.plane import plane
from cloudmarket.figures.charts.ranges import ranges
from cloudmarket.figures.charts.scatter import scatter
from cloudmarket.figures.charts.standings import standings
from cloudmarket.figures.charts.strips import strips
from cloudmarket.figures.charts.timeline import timeline

__all__ = [
    "bars",
    "beside",
    "cards",
    "curves",
    "dot_panels",
    "dots",
    "estimates",
    "facets",
    "fan",
    "flows",
    "forest",
    "heat",
    "intervals",
    "lines",
    "maps",
    "network",
    "panels",
    "plane",
    "ranges",
    "scatter",
    "standings",
    "strips",
    "timeline",
]
