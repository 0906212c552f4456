"""Charts: pure functions ``chart(axes, data, theme, **options)`` on tidy frames, called once per theme."""

from cloudmarket.figures.charts.bars import bars
from cloudmarket.figures.charts.dots import dots
from cloudmarket.figures.charts.facets import facets
from cloudmarket.figures.charts.heat import heat
from cloudmarket.figures.charts.intervals import intervals
from cloudmarket.figures.charts.lines import lines
from cloudmarket.figures.charts.ranges import ranges
from cloudmarket.figures.charts.strips import strips

__all__ = ["bars", "dots", "facets", "heat", "intervals", "lines", "ranges", "strips"]
