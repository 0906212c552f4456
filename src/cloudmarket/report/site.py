"""Build the site: notebooks, all figures, the tables and the codebook as pages that open from a folder."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from cloudmarket import store
from cloudmarket.errors import CloudMarketError
from cloudmarket.figures.export import files
from cloudmarket.report import changes_page, claim_page
from cloudmarket.report.read import PATTERN, Page, page, read

_ELSEWHERE = re.compile(r"""<(?:img|script|iframe|link|source|video)\b[^>]*\b(?:src|href)=["'](?:https?:)?//[^>]*>""")


class SiteError(CloudMarketError):
    """The site could not be built; the message holds what Sphinx said."""


def build(
    notebooks: Path, figures: Path, target: Path, as_of: str | None = None, *, claims: Path | None = None
) -> None:
    """Build the site from executed notebooks; the old one is replaced only when the new one is whole.

    Parameters
    ----------
    notebooks : Path
        Folder with the executed notebooks.
    figures : Path
        Folder with the files of their figures.
    target : Path
        Folder of the site.
    as_of : str, optional
        Day (ISO) the report is of; without it, the latest day that a figure states.
    claims : Path, optional
        Folder with the rows under the claims; by default ``claims`` beside the figures.

    Raises
    ------
    SiteError
        If there is nothing to show, two figures share a name, a figure's file is missing, or Sphinx warns.
    """
    pages = [page(path) for path in sorted(notebooks.glob(PATTERN))]
    claims = claims or figures.parent / "claims"
    _check(pages, figures, claims)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".site-") as name:
        source, built = Path(name) / "source", Path(name) / "site"
        _assemble(source, pages, figures, claims, as_of)
        _sphinx(source, built, Path(name) / "doctrees")
        (built / ".buildinfo").unlink(missing_ok=True)
        _check_local(built)
        if target.exists():
            target.rename(Path(name) / "old")
        built.rename(target)


def _check(pages: Sequence[Page], figures: Path, claims: Path) -> None:
    if not pages:
        raise SiteError("there are no notebooks to show.")
    slugs = Counter(figure.slug for each in pages for figure in each.figures)
    twice = sorted(slug for slug, count in slugs.items() if count > 1)
    if twice:
        raise SiteError(f"more than one figure is called {', '.join(twice)}: rename one in its notebook.")
    missing = sorted(file for slug in slugs for file in files(slug) if not (figures / file).is_file())
    if missing:
        raise SiteError(f"{figures} lacks {', '.join(missing[:3])}: run the notebooks again.")
    untraced = claim_page.problems(pages, slugs, claims)
    if untraced:
        raise SiteError("; ".join(untraced[:3]) + ". Run the notebooks again.")


def _assemble(source: Path, pages: Sequence[Page], figures: Path, claims: Path, as_of: str | None) -> None:
    """Write Sphinx's source folder."""
    shutil.copytree(store.root() / "docs" / "site", source)
    for folder in ("figures", "downloads", "tables"):
        (source / folder).mkdir()
    for each in pages:
        shutil.copy(each.path, source / "downloads" / each.path.name)
        _write_page(each, source / each.path.name)
        for figure in each.figures:
            for file in files(figure.slug):
                shutil.copy(figures / file, source / "figures" / file)
    tables = sorted(path for path in store.processed().glob("*") if path.is_file() and path.name[0] != ".")
    for path in tables:
        shutil.copy(path, source / "tables" / path.name)
    day = _day(pages, as_of)
    others = {"claims": claim_page.write(source, pages, claims), "changes": changes_page.write(source, day)}
    others |= {"figures": True, "data": True, "howto": True}
    codebook = store.root() / "docs" / "codebook.md"
    others["codebook"] = codebook.is_file()
    if others["codebook"]:
        shutil.copy(codebook, source / "codebook.md")
    (source / "figures.md").write_text(_gallery(pages), encoding="utf-8")
    (source / "data.md").write_text(_data(tables), encoding="utf-8")
    index = source / "index.md"
    index.write_text(_index(index.read_text(encoding="utf-8"), pages, day, others), encoding="utf-8")


def _write_page(each: Page, target: Path) -> None:
    """Copy a notebook with its code folded and a link to the notebook as it is."""
    notebook = read(each.path)
    link = f"{{download}}`Download this page as a notebook <downloads/{each.path.name}>`"
    first = notebook["cells"][0]
    heading, _, rest = "".join(first["source"]).partition("\n")
    first["source"] = f"{heading}\n\n{link}\n\n{rest.lstrip()}"
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["metadata"]["tags"] = [*cell["metadata"].get("tags", []), "hide-input"]
    target.write_text(json.dumps(notebook), encoding="utf-8")


def _check_local(built: Path) -> None:
    """Refuse a site whose pages would ask another machine for anything."""
    for path in sorted(built.glob("*.html")):
        found = _ELSEWHERE.search(path.read_text(encoding="utf-8"))
        if found:
            raise SiteError(f"{path.name} loads something from elsewhere: {found[0][:200]}")


def _day(pages: Sequence[Page], as_of: str | None) -> date:
    """Return the day that the report is of."""
    stated = [figure.as_of for each in pages for figure in each.figures]
    if as_of is None and not stated:
        raise SiteError("no figure states the day of its data, and none was given.")
    return date.fromisoformat(as_of) if as_of else max(stated)


def _index(template: str, pages: Sequence[Page], day: date, others: Mapping[str, bool]) -> str:
    parts = {
        "as_of": f"{day.day} {day:%B %Y}",
        "notebooks": "\n".join(f"- [{each.title}]({each.path.name}): {each.question}" for each in pages),
        "claims": "- [All claims](claims.md), each with its interval and the rows under it."
        if others["claims"]
        else "",
        "changes": "- [What changed](changes.md) in the last month and quarter." if others["changes"] else "",
        "codebook": "- [The codebook](codebook.md): what each column means." if others["codebook"] else "",
        "notebook_pages": "\n".join(each.path.stem for each in pages),
        "other_pages": "\n".join(name for name, is_there in others.items() if is_there),
    }
    return re.sub(r"\{(\w+)\}(?!`)", lambda found: parts.get(found[1], found[0]), template)


def _gallery(pages: Sequence[Page]) -> str:
    lines = [
        "# All figures",
        "",
        "Each figure in print, slide and web form, with its data and what it shows in words.",
    ]
    for each in pages:
        if each.figures:
            lines += ["", f"## {each.title}", "", f"From [{each.title}]({each.path.name})."]
        for figure in each.figures:
            about = json.dumps({"slug": figure.slug, "alt": figure.alt})
            lines += [
                "",
                f"### {figure.title}",
                "",
                "```{cloudmarket-figure}",
                about,
                "```",
                "",
                f"In words: {figure.alt}",
            ]
    return "\n".join(lines) + "\n"


def _data(tables: Sequence[Path]) -> str:
    """Return the page of downloads, with what the data package says about each table."""
    described = {}
    package = store.processed() / "datapackage.json"
    if package.is_file():
        for resource in json.loads(package.read_bytes())["resources"]:
            described[resource["path"]] = resource.get("description") or resource.get("title", "")
    lines = ["# The tables", "", "Every table of the report as a file. Text and data: CC BY 4.0.", ""]
    lines += ["| file | what it holds | size |", "|---|---|---:|"]
    for path in tables:
        about = "Names, types and units of all columns" if path == package else described.get(path.name, "")
        size = f"{max(path.stat().st_size / 1e6, 0.01):,.2f} MB"
        lines.append(f"| {{download}}`{path.name} <tables/{path.name}>` | {' '.join(about.split())} | {size} |")
    return "\n".join(lines) + "\n"


def _sphinx(source: Path, built: Path, doctrees: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html"]
    folders = ["-d", str(doctrees), str(source), str(built)]
    done = subprocess.run([*command, *folders], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SiteError(f"the site could not be built:\n{(done.stderr or done.stdout).strip()[-3000:]}")
