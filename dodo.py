"""The build: ``doit -n 2`` runs what is out of date, two tasks at once; ``doit list --all`` lists tasks."""

from cloudmarket.report import tasks

_MEMORY = tasks.paths(None).memory
_MEMORY.parent.mkdir(exist_ok=True)
DOIT_CONFIG = {**tasks.SETTINGS, "dep_file": str(_MEMORY), "default_tasks": ["site"]}


def task_notebook():
    """Run a notebook whose data, code or text changed."""
    yield from tasks.notebook_tasks(None)


def task_site():
    """Build the site from the notebooks."""
    return tasks.site_task(None)
