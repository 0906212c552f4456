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


def sdk_requirements() -> pd.DataFrame:
    """Return which AI package of the list installs which other one with it, from the metadata of their releases.

    Only requirements that always hold (``Requires-Dist`` of the core metadata without a condition on extras) and are
    between packages of the list; those that a package outside the list hands on are named in ``via``.

    Returns
    -------
    pandas.DataFrame
        ``package``, ``requires``, ``via``; ``since_version``, the first release read that requires it, and
        ``last_version_without``, the last one read before it (missing where the first release read requires it);
        ``last_version_with``, the last one read that does.

    References
    ----------
    https://packaging.python.org/en/latest/specifications/core-metadata/
    """
    return frame("sdk_requirements")


def sdk_names() -> tuple[str, ...]:
    """Return the names of the packages."""
    return tuple(row["package"] for row in rows("sdk_packages"))
