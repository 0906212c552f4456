"""Charts: pure functions ``chart(axes, data, theme, **options)`` on tidy frames, called once per theme."""

from cloudmarket.figures.charts.bars import bars
from cloudmarket.figures.charts.curves import curves
from cloudmarket.figures.charts.dot_panels import dot_panels
from cloudmarket.figures.charts.dots import dots
from cloudmarket.figures.charts.facets import facets
from cloudmarket.figures.charts.flows import flows
from cloudmarket.figures.charts.heat import heat
from cloudmarket.figures.charts.intervals import intervals
from cloudmarket.figures.charts.lines import lines
from cloudmarket.figures.charts.strips import strips

__all__ = ["bars", "curves", "dot_panels", "dots", "facets", "flows", "heat", "intervals", "lines", "strips"]
