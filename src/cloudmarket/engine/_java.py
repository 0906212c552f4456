"""Which Java Spark would start."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from cloudmarket.errors import CloudMarketError

LEAST_JAVA = 17


def java_version() -> int | None:
    """Return the version of the Java in ``JAVA_HOME`` or on the path, or None where there is none that runs."""
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if program is None:
        return None
    try:
        told = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=60, check=False).stderr
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', told)
    return int(found[1]) if found else None


def require_java() -> None:
    """Raise CloudMarketError if Spark would find no Java that it runs on."""
    version = java_version()
    if version is None or version < LEAST_JAVA:
        what = "there is none" if version is None else f"the one found is Java {version}"
        raise CloudMarketError(f"Spark needs Java {LEAST_JAVA} or newer, and {what}: install it, or set JAVA_HOME")
