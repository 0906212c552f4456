"""The site's page of claims: every headline with its interval, its grade, and the rows under it to take away."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

from cloudmarket.arguments.claim import COLUMNS, between, number
from cloudmarket.arguments.claim import TABLE as SHOWN_AS_TABLE
from cloudmarket.report.read import Page

TABLE = "claims.csv"
_TEXT = """\
# All claims

Each headline of the report with what it rests on. To follow one back to its raw evidence takes three steps: the claim
here; its rows, where each names the version of the archive and the SHA-256 of the file that printed it, or the address
of the document that states it; and that file or document itself. Everything in one table:
{{download}}`claims.csv <claims/{table}>`.
"""


def problems(pages: Sequence[Page], figures: Collection[str], folder: Path) -> list[str]:
    """Return what keeps claims from being followed, a sentence each: names used twice, absent figures and files."""
    claims = [claim for page in pages for claim in page.claims]
    names = Counter(claim["claim"] for claim in claims)
    found = [f"more than one claim is called {name}" for name, count in names.items() if count > 1]
    found += [
        f"claim {claim['claim']} names figure {claim['figure']}, which no notebook shows"
        for claim in claims
        if claim["figure"] not in (*figures, SHOWN_AS_TABLE)
    ]
    found += [f"{folder} lacks {name}.csv" for name in names if not (folder / f"{name}.csv").is_file()]
    return found


def write(source: Path, pages: Sequence[Page], folder: Path) -> bool:
    """Write the page, the table and the rows into Sphinx's source folder; return whether there is any claim."""
    claims = [claim for page in pages for claim in page.claims]
    if not claims:
        return False
    target = source / "claims"
    target.mkdir()
    with (target / TABLE).open("w", encoding="utf-8", newline="") as sink:
        writer = csv.DictWriter(sink, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(dict(claim) for claim in claims)
    lines = [_TEXT.format(table=TABLE)]
    for page in pages:
        if page.claims:
            lines += [f"## {page.title}", "", "| claim | value | range | evidence | rows |", "|---|---|---|---|---|"]
        for claim in page.claims:
            shutil.copy(folder / f"{claim['claim']}.csv", target)
            ends = between(claim["low"], claim["high"], claim["unit"], claim["interval"])
            cells = [
                f"[{_cell(claim['statement'])}]({page.path.name})",
                number(claim["value"], claim["unit"]),
                _cell(ends),
                claim["evidence"],
                f"{{download}}`{claim['rows']} rows <claims/{claim['claim']}.csv>`",
            ]
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    (source / "claims.md").write_text("\n".join(lines), encoding="utf-8")
    return True


def _cell(text: str) -> str:
    """Return a text that cannot end its table cell."""
    return text.replace("|", "\\|")
