"""What a committed notebook must hold to: run in order, no error, words for every image, no typed figure."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cloudmarket.report.read import figures_of, read

Cell = Mapping[str, Any]

MOST_FIGURES = 6
_TYPED = re.compile(
    r"(?:[$€£]\s?\d[\d.,]*"
    r"|\b(?:USD|EUR)\s?\d[\d.,]*"
    r"|\b\d[\d.,]*\s?(?:%|×|x\b|USD\b|EUR\b|per\s?cent\b|(?:thousand|million|billion|trillion)\b))"
)
_NOT_PROSE = re.compile(r"```.*?```|`[^`]*`|\]\([^)]*\)|<https?:[^>]*>|https?://\S+", re.DOTALL)
_IMAGE = re.compile(r"!\[\s*\]\(|<img(?![^>]*\balt=\"[^\"]+\")[^>]*>")


def check(notebook: Path) -> list[str]:
    """Return what is wrong with a notebook, one sentence each; an empty list when it is clean.

    Found are: cells not run, or not in order from 1; error output and output to standard error; images
    without alt text; function and class definitions; figures typed into prose; a cell that ends in an
    expression but shows nothing; more than six figures.
    """
    content = read(notebook)
    problems = []
    count = 0
    for place, cell in enumerate(content["cells"], 1):
        source = "".join(cell["source"])
        found: list[str] = []
        if cell["cell_type"] == "code" and source.strip():
            count += 1
            found = [*_order(cell, count), *_code(source, cell), *_outputs(cell)]
        elif cell["cell_type"] == "markdown":
            found = list(_prose(source))
        problems += [f"{notebook.name}, cell {place}: {problem}" for problem in found]
    figures = len(figures_of(content))
    if figures > MOST_FIGURES:
        problems.append(f"{notebook.name}: {figures} figures, at most {MOST_FIGURES} are allowed")
    return problems


def _order(cell: Cell, expected: int) -> Iterator[str]:
    count = cell["execution_count"]
    if count is None:
        yield "was not run"
    elif count != expected:
        yield f"ran as number {count}, not {expected}"


def _code(source: str, cell: Cell) -> Iterator[str]:
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        yield f"is not plain Python: {error.msg}"
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield f"defines {node.name}: definitions belong into the package"
    shows = tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";")
    if shows and not cell["outputs"]:
        yield "ends in an expression but shows no output"


def _outputs(cell: Cell) -> Iterator[str]:
    for output in cell["outputs"]:
        if output["output_type"] == "error":
            yield f"shows the error {output['ename']}"
        elif output["output_type"] == "stream" and output["name"] == "stderr":
            yield "shows output to standard error"
        for kind in output.get("data", {}):
            alt = output.get("metadata", {}).get(kind, {}).get("alt", "")
            if kind.startswith("image/") and not alt.strip():
                yield "shows an image without alt text"


def _prose(source: str) -> Iterator[str]:
    if _IMAGE.search(source):
        yield "has an image without alt text"
    for figure in _TYPED.findall(_NOT_PROSE.sub(" ", source)):
        yield f"has a typed figure in its prose: {figure.strip()}"
