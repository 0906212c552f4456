"""What every benchmark prints about the machine it ran on."""

from __future__ import annotations

import os
import platform
import resource


def machine() -> str:
    """Return platform, cores and Python in one line."""
    return f"machine   {platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def peak_megabytes() -> float:
    """Return the largest memory this process has had (resident set; the kernel counts in KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
