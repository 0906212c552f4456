"""Build the report, of today or as of a past day: run what is out of date, two notebooks at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from doit.cmd_base import ModuleTaskLoader
from doit.doit_cmd import DoitMain
from doit.exceptions import BaseFail

from cloudmarket.errors import CloudMarketError
from cloudmarket.report import tasks
from cloudmarket.report.tasks import Paths

Progress = Callable[[str], None]
"""Called with the name of each task that starts to run: ``notebook:01_summary`` or ``site``."""


class BuildError(CloudMarketError):
    """A notebook or the site failed; the message holds every failure."""


def build(as_of: str | None = None, jobs: int = 2, progress: Progress | None = None) -> Paths:
    """Bring the report up to date and say where it is.

    Parameters
    ----------
    as_of : str, optional
        A day (ISO). The notebooks then run as copies in ``build/as-of-<day>``; the committed ones stay.
    jobs : int
        Notebooks to run at once.
    progress : callable, optional
        Told the name of each task that runs; nothing is told of what is up to date.

    Raises
    ------
    BuildError
        If a notebook fails or the site cannot be built. What was up to date stays as it is.
    """
    places = tasks.paths(as_of)
    for folder in (places.notebooks, places.figures):
        folder.mkdir(parents=True, exist_ok=True)
    reporter = _Reporter(progress)
    settings = {
        **tasks.SETTINGS,
        "reporter": reporter,
        "dep_file": str(places.memory),
        "num_process": jobs if jobs > 1 else 0,
        "continue": True,
    }
    loader = ModuleTaskLoader(
        {
            "task_notebook": lambda: tasks.notebook_tasks(as_of),
            "task_site": lambda: tasks.site_task(as_of),
            "DOIT_CONFIG": settings,
        }
    )
    code = DoitMain(loader, config_filenames=()).run(["run", "site"])
    if code or reporter.failures:
        raise BuildError("\n".join(reporter.failures) or f"the build ended with code {code}")
    return places


class _Reporter:
    """Listens to doit: prints nothing, keeps the failures, passes on what runs."""

    desc = "silent"

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self.failures: list[str] = []

    def execute_task(self, task: Any) -> None:
        """Pass on the name of a task that starts; groups of tasks have no action of their own."""
        if self._progress and task.actions:
            self._progress(task.name)

    def add_failure(self, task: Any, fail: BaseFail) -> None:
        """Keep a failure: its message where we wrote it, all that doit knows where we did not."""
        if type(fail).__name__ != "UnmetDependency":
            self.failures.append(fail.get_msg().strip())

    def runtime_error(self, message: str) -> None:
        """Keep an error of doit itself."""
        self.failures.append(message.strip())

    def cleanup_error(self, error: BaseFail) -> None:
        """Keep an error in doit's own cleaning up."""
        self.failures.append(error.get_msg().strip())

    def __getattr__(self, name: str) -> Callable[..., None]:
        """Ignore every other event."""
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *_: None
