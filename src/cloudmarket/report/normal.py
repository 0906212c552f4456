"""Take out of a notebook what differs between two runs on the same inputs."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode

_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,16}\b")
_STYLER = re.compile(r"\bT_([0-9a-f]{5})\b")
_TEMPORARY = re.compile(re.escape(tempfile.gettempdir()) + r"/[\w.\-]+(/[\w.\-]+)*")
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def normalise(notebook: NotebookNode, paths: Mapping[str, str]) -> None:
    """Give a notebook fixed cell ids, trimmed metadata and outputs without addresses, random ids or paths.

    Parameters
    ----------
    notebook : NotebookNode
        Changed in place.
    paths : mapping
        Folders of this machine, and what to print in their place.
    """
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = {"kernelspec": dict(_KERNEL), "language_info": {"name": "python"}}
    for place, cell in enumerate(notebook.cells, 1):
        cell["id"] = f"c{place:02d}"
        tags = cell.metadata.get("tags")
        cell.metadata = {"tags": tags} if tags else {}
        for number, output in enumerate(cell.get("outputs", ()), 1):
            if "text" in output:
                output["text"] = _clean(output["text"], f"{place:02d}{number}", paths)
            for kind, content in output.get("data", {}).items():
                if not kind.startswith("image/"):
                    output["data"][kind] = _clean(content, f"{place:02d}{number}", paths)


def _clean(content: Any, name: str, paths: Mapping[str, str]) -> Any:
    """Return text (or the texts in a JSON output) with what is random replaced by ``name``."""
    if isinstance(content, dict):
        return {key: _clean(value, name, paths) for key, value in content.items()}
    if isinstance(content, list):
        return [_clean(value, name, paths) for value in content]
    if not isinstance(content, str):
        return content
    for path, shown in paths.items():
        content = content.replace(path, shown)
    content = _TEMPORARY.sub("…", _ADDRESS.sub("0x0", content))
    for order, identifier in enumerate(dict.fromkeys(_STYLER.findall(content))):
        content = re.sub(rf"\bT_{identifier}(?=\b|_)", f"T_{name}{order}", content)
    return content
