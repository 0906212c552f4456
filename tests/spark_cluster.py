"""A real Spark standalone cluster on the loopback interface: a master and two workers, gone when the test is."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# Small, and no time spent on compiling what runs for a minute.
_LEAN_JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xss512k"
_DEFAULTS = f"""\
spark.executor.memory 512m
spark.executor.cores 1
spark.driver.memory 512m
spark.sql.shuffle.partitions 2
spark.log.level ERROR
spark.executor.extraJavaOptions {_LEAN_JVM}
spark.driver.extraJavaOptions {_LEAN_JVM}
"""
_START_SECONDS = 120


@contextmanager
def standalone(folder: Path, workers: int = 2) -> Iterator[str]:
    """Start a cluster whose files are in ``folder``; yield the address of its master."""
    started: list[subprocess.Popen[bytes]] = []
    try:
        started.append(_start(folder, "master.Master", "--port", "0"))
        master = _wait_for(folder / "master.Master.log", r"Starting Spark master at (spark://\S+)", started)
        for number in range(workers):
            options = ["--cores", "1", "--memory", "512m", "--work-dir", str(folder / f"work{number}"), master]
            started.append(_start(folder, f"worker.Worker{number}", *options))
        for number in range(workers):
            _wait_for(folder / f"worker.Worker{number}.log", "Successfully registered with (master)", started)
        yield master
    finally:
        for process in reversed(started):
            # The executors are in the group of their worker.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=30)


def configuration(folder: Path) -> Path:
    """Write what a user of the cluster would put into ``SPARK_CONF_DIR``."""
    chosen = folder / "conf"
    chosen.mkdir()
    (chosen / "spark-defaults.conf").write_text(_DEFAULTS, encoding="utf-8")
    return chosen


def _start(folder: Path, name: str, *options: str) -> subprocess.Popen[bytes]:
    import pyspark

    home = Path(pyspark.__file__).parent
    kind = f"org.apache.spark.deploy.{name.rstrip('0123456789')}"
    command = [str(home / "bin" / "spark-class"), kind, "--host", "127.0.0.1", "--webui-port", "0", *options]
    environment = os.environ | {
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": _LEAN_JVM,
    }
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)


def _wait_for(log: Path, pattern: str, started: list[subprocess.Popen[bytes]]) -> str:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        text = log.read_text(encoding="utf-8", errors="replace")
        if found := re.search(pattern, text):
            return found[1]
        if any(process.poll() is not None for process in started):
            break
        time.sleep(0.1)
    raise RuntimeError(f"Spark did not start; {log.name} says:\n{log.read_text(errors='replace')[-2000:]}")
