"""Extension of an index period by period, without revision of what was published.

References
----------
Ivancic, Diewert and Fox (2011): movement splice; Krsinich (2016), The FEWS Index: window splice; de Haan (2015), A
Framework for Large Scale Use of Scanner Data in the Dutch CPI: half splice; Diewert and Fox (2022), Substitution Bias
in Multilateral Methods for CPI Construction: mean splice; Chessa (2019), on splices with published values (WISP,
HASP) and expanding windows; Lamboray (2017): moving windows with a fixed base.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cloudmarket.measures.index_numbers._cells import Array

# From first period to one past the last: log levels, the first 0.
Solver = Callable[[int, int], Array]

_FIXED_BASE = ("fbew", "fbmw")
_PUBLISHED = ("wisp", "hasp", "mean_pub")
SPLICES = ("movement", "window", "half", "mean", *_PUBLISHED, *_FIXED_BASE)


def require_extension(window: int | None, splice: str | None) -> None:
    """Raise ValueError if a window is too short, or window and splice are not given together."""
    if splice is not None and splice not in SPLICES:
        raise ValueError(f"splice is {splice!r}; choose one of {', '.join(SPLICES)}")
    if (window is None) != (splice is None):
        raise ValueError("window and splice go together: give both, or neither for one window over all periods")
    if window is not None and window < 2:
        raise ValueError(f"a window of {window} compares nothing: at least 2 periods")


def spans(periods: int, window: int | None, splice: str | None) -> list[tuple[int, int]]:
    """Return, by period, the window that its value was published from: first period and one past the last."""
    if window is None or window >= periods:
        return [(0, periods)] * periods
    first = [(0, window)] * window
    if splice == "fbew":
        return first + [(base(last, window), last + 1) for last in range(window, periods)]
    return first + [(last + 1 - window, last + 1) for last in range(window, periods)]


def base(period: int, window: int) -> int:
    """Return the last fixed base before a period: with 13 months, every twelfth."""
    return (period - 1) // (window - 1) * (window - 1)


def extend(solve: Solver, periods: int, window: int | None, splice: str | None) -> Array:
    """Return log levels (T): those of the first window, then the last of each new window linked to what is there.

    The half splice links at the middle of the overlap, the earlier of two.
    """
    if window is None or window >= periods:
        return solve(0, periods)
    logs = np.full(periods, np.nan)
    old = logs[:window] = solve(0, window)
    for start, stop in spans(periods, window, splice)[window:]:
        new, last = solve(start, stop), stop - 1
        if splice in _FIXED_BASE:
            at = base(last, window)
            logs[last] = logs[at] + new[-1] - new[at - start]
            continue
        known = logs[start:last] if splice in _PUBLISHED else old[1:] + (logs[last - 1] - old[-1])
        linked = (known + new[-1] - new[:-1])[_links(splice, window)]
        logs[last] = linked.mean()
        old = new
    return logs


def _links(splice: str | None, window: int) -> slice:
    """Return the periods of the overlap to link at."""
    if splice == "movement":
        return slice(window - 2, window - 1)
    if splice in ("window", "wisp"):
        return slice(0, 1)
    if splice in ("half", "hasp"):
        return slice((window - 1) // 2, (window - 1) // 2 + 1)
    return slice(0, window - 1)
