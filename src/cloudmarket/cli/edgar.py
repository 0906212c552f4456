"""``cloudmarket facts compare-edgar``."""

from __future__ import annotations

from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table

from cloudmarket import store
from cloudmarket.archives.edgar import company_facts
from cloudmarket.errors import CloudMarketError
from cloudmarket.facts.edgar import STATUSES, compare, filed_figures
from cloudmarket.names.filings import filers, filing_tags

# Rows of these agree, or cannot be compared: their number is enough.
_QUIET = ("agrees", "not_filed")
_TABLES = ("capex", "financial")


def run(out: Console, companies: list[str] | None = None, **asked: Any) -> None:
    """Compare curated figures with the companies' filings, and print every difference.

    Parameters
    ----------
    out : Console
    companies : list of str, optional
        As in the reviewed table of tags; all without it.
    **asked
        How the server is asked, see ``archives.edgar.company_facts``.

    Raises
    ------
    CloudMarketError
        If a company is not followed, there are no curated figures, or a filing cannot be read.
    """
    chosen = filers(companies)
    curated = curated_figures()
    tags = filing_tags()
    frames = []
    for company in chosen:
        mine = tags[tags.company == company]
        facts = company_facts(int(mine.cik.iloc[0]), **asked)
        figures = filed_figures(facts.document, mine)
        frames.append(figures)
        origin = "from the cache" if facts.is_from_cache else "from the server"
        out.print(
            f"{company}: {len(figures)} figures of quarters and years, filed {figures.known_on.min():%Y-%m-%d} to"
            f" {figures.known_on.max():%Y-%m-%d}; read {facts.retrieved_at:%Y-%m-%d %H:%M} UTC {origin}",
            markup=False,
            soft_wrap=True,
        )
    filed = pd.concat(frames, ignore_index=True)
    show(out, compare(filed, curated))
    for (filer, metric), rows in filed.groupby(["company", "metric"]):
        if not ((curated.company == filer) & (curated.metric == metric)).any():
            out.print(f"{filer}: {len(rows)} figures of {metric} filed, none curated to compare with", markup=False)
    out.print("Nothing was changed: a curated figure is mended in its table, with a reason.")


def curated_figures() -> pd.DataFrame:
    """Return the curated figures of companies. Raises CloudMarketError if there are none."""
    paths = [path for name in _TABLES if (path := store.raw("curated") / f"{name}.csv").exists()]
    if not paths:
        raise CloudMarketError(f"{store.raw('curated')} holds none of {', '.join(f'{name}.csv' for name in _TABLES)}")
    return pd.concat([pd.read_csv(path) for path in paths], ignore_index=True)


def show(out: Console, compared: pd.DataFrame) -> None:
    """Print how many figures agree, and each that does not."""
    counts = pd.crosstab([compared.company, compared.metric], compared.status)
    for status in STATUSES:
        if status in counts:
            out.print(f"{int(counts[status].sum())} {status}: {STATUSES[status]}", markup=False)
    rest = compared[~compared.status.isin(_QUIET)]
    if len(rest):
        out.print(_differences(rest))


def _differences(rows: pd.DataFrame) -> Table:
    table = Table("company", "metric", "basis", "period", "curated", "filed", "status", "filed on", "how")
    for row in rows.to_dict("records"):
        how = [word for word, flag in (("difference", "is_derived"), ("mixed", "is_mixed")) if row[flag] is True]
        if row["is_contradicted"] is True:
            how.append("two tags disagree")
        table.add_row(
            row["company"],
            row["metric"],
            row["basis"],
            f"{row['period_start_on']:%Y-%m-%d} to {row['period_end_on']:%Y-%m-%d}",
            *(
                f"{row[name]:,.0f}" if row[name] == row[name] else ""
                for name in ("curated_usd_million", "filed_usd_million")
            ),
            f"restated on {row['restated_on']:%Y-%m-%d}" if row["status"] == "restated" else row["status"],
            "" if pd.isna(row["known_on"]) else f"{row['known_on']:%Y-%m-%d} {row['form']}",
            ", ".join(how),
        )
    return table
