"""What a finished notebook says about itself: title, question, figures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cloudmarket.errors import CloudMarketError

# Plain JSON, not nbformat: a build with nothing to do reads every notebook, and must not wait for an import.
Notebook = Mapping[str, Any]

PATTERN = "[0-9][0-9]_*.ipynb"
"""Names of the report's notebooks; other files beside them are the reader's own."""


class ReadError(CloudMarketError):
    """A notebook lacks what the site shows of it."""


@dataclass(frozen=True, slots=True)
class FigureOutput:
    """A figure as a notebook's outputs name it."""

    slug: str
    title: str
    alt: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Page:
    """A finished notebook; ``claims`` as its outputs keep them, a mapping each."""

    path: Path
    title: str
    question: str
    figures: tuple[FigureOutput, ...]
    claims: tuple[Mapping[str, Any], ...] = ()


def read(path: Path) -> Notebook:
    """Read a notebook as it lies in its file."""
    content: Notebook = json.loads(path.read_bytes())
    return content


def figures_of(notebook: Notebook) -> list[FigureOutput]:
    """Return the figures in a notebook's outputs, in order."""
    return [
        FigureOutput(about["slug"], about["title"], about["alt"], date.fromisoformat(about["as_of"]))
        for output in _outputs(notebook)
        if (about := output.get("metadata", {}).get("cloudmarket"))
    ]


def claims_of(notebook: Notebook) -> list[Mapping[str, Any]]:
    """Return the claims in a notebook's outputs, in order."""
    return [
        claim for output in _outputs(notebook) for claim in output.get("metadata", {}).get("cloudmarket_claims", ())
    ]


def page(path: Path) -> Page:
    """Read a notebook's title (its first heading) and question (the paragraph that follows).

    Raises
    ------
    ReadError
        If the first cell does not start with a heading of the first level.
    """
    notebook = read(path)
    first = notebook["cells"][0] if notebook["cells"] else {"cell_type": "none", "source": ""}
    text = "".join(first["source"])
    if first["cell_type"] != "markdown" or not text.startswith("# "):
        raise ReadError(f"{path.name}: the first cell must be text that starts with '# ' and the title.")
    heading, _, rest = text.partition("\n")
    paragraph = rest.strip().split("\n\n")[0]
    return Page(
        path, heading[2:].strip(), " ".join(paragraph.split()), tuple(figures_of(notebook)), tuple(claims_of(notebook))
    )


def _outputs(notebook: Notebook) -> Iterator[Mapping[str, Any]]:
    for cell in notebook["cells"]:
        yield from cell.get("outputs", ())
