"""Where clouds have regions and since when, and which packages developers use them through: reviewed tables."""

from __future__ import annotations

import pandas as pd

from cloudmarket.names._tables import frame, rows


def region_launches() -> pd.DataFrame:
    """Return the launches of regions as announced, one row per cloud and region.

    Returns
    -------
    pandas.DataFrame
        ``cloud``, ``region``; ``launched_on`` with ``launch_precision`` (day, month, year); ``title``, ``publisher``
        and ``url`` of the announcement, ``published_on``, its day; ``evidence``; ``note``.
    """
    return frame("region_launches")


def sdk_packages() -> pd.DataFrame:
    """Return the packages through which developers use AI.

    Returns
    -------
    pandas.DataFrame
        ``package`` on the Python index; ``owner``, a seller's code; ``kind``: sdk, framework, agent, identity;
        ``is_ai``, false for packages that serve all of a cloud; ``source``, address of its project.
    """
    return frame("sdk_packages")


def sdk_names() -> tuple[str, ...]:
    """Return the names of the packages."""
    return tuple(row["package"] for row in rows("sdk_packages"))
