"""What companies filed with the SEC, read as data from their company facts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cloudmarket.errors import ParseError

SOURCE = "edgar"
MAX_FACTS = 100_000
REPORTED = [
    "company", "metric", "basis", "tag", "rank", "period_start_on", "period_end_on", "value_usd", "accession", "form",
    "filed_on",
]  # fmt: skip
PERIOD = ["company", "metric", "basis", "period_start_on", "period_end_on"]

_REMEDY = (
    "Nothing was changed. Look at the company's latest filing, then mend src/cloudmarket/names/data/edgar_tags.csv."
)
_TEXT = {"accn": "accession", "form": "form"}
_DAYS = {"start": "period_start_on", "end": "period_end_on", "filed": "filed_on"}


def reported(document: dict[str, Any], tags: pd.DataFrame) -> pd.DataFrame:
    """Read the facts of one company under its reviewed tags.

    A fact that later filings repeat is kept with each of them. ``frame`` is not read: it marks the last filed fact
    of a calendar period, restated or not, and says nothing that ``filed`` does not.

    Parameters
    ----------
    document : dict
        Company facts as the Commission publishes them.
    tags : DataFrame
        The company's rows of ``names.filings.filing_tags``.

    Returns
    -------
    DataFrame
        ``REPORTED``, one row per tag, period and filing; values in USD; sorted by period, then filing.

    Raises
    ------
    ParseError
        If no tag of a metric is there, a fact is not of the documented shape, or one filing states two values.
    """
    used = tags[tags.is_used]
    [company] = used.company.unique()
    taxonomy = document["facts"].get("us-gaap")
    if not isinstance(taxonomy, dict):
        raise _error(company, "there are no facts under us-gaap")
    frames = []
    for (metric, basis), rows in used.groupby(["metric", "basis"], sort=True):
        named = {"company": company, "metric": str(metric), "basis": str(basis)}
        there = [(tag, rank) for tag, rank in zip(rows.tag, rows["rank"], strict=True) if tag in taxonomy]
        if not there:
            raise _error(company, f"none of the tags of {metric} is there ({', '.join(rows.tag)})")
        for tag, rank in there:
            facts = _facts(taxonomy[tag], f"{company} {tag}")
            frames.append(facts.assign(tag=tag, rank=rank, **named))
    found = pd.concat(frames, ignore_index=True)[REPORTED].drop_duplicates()
    twice = found.duplicated(["tag", *PERIOD, "accession"], keep=False)
    if twice.any():
        first = found[twice].iloc[0]
        problem = f"{first.accession} states two values of {first.tag} to {first.period_end_on:%Y-%m-%d}"
        raise _error(company, problem)
    return found.sort_values([*PERIOD, "filed_on", "accession", "rank"], ignore_index=True)


def _facts(concept: Any, name: str) -> pd.DataFrame:
    """Return the facts of a concept in USD, with types. Raises ParseError."""
    units = concept.get("units") if isinstance(concept, dict) else None
    facts = units.get("USD") if isinstance(units, dict) else None
    if not isinstance(facts, list) or not facts:
        raise _error(name, f"is not stated in USD ({', '.join(units) if isinstance(units, dict) else 'no units'})")
    if len(facts) > MAX_FACTS:
        raise _error(name, f"has {len(facts)} facts")
    rows = []
    for fact in facts:
        value = fact.get("val") if isinstance(fact, dict) else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _error(name, f"has a fact without a number: {str(fact)[:120]}")
        if not all(isinstance(fact.get(key), str) and fact[key] for key in (*_TEXT, *_DAYS)):
            raise _error(name, f"has a fact without {', '.join((*_TEXT, *_DAYS))}: {str(fact)[:120]}")
        rows.append((float(value), *(fact[key] for key in (*_TEXT, *_DAYS))))
    table = pd.DataFrame(rows, columns=["value_usd", *_TEXT.values(), *_DAYS.values()])
    try:
        for column in _DAYS.values():
            table[column] = pd.to_datetime(table[column], format="%Y-%m-%d")
    except ValueError as error:
        raise _error(name, f"has a date that is none ({error})") from error
    if not (table.period_start_on < table.period_end_on).all() or not (table.period_end_on <= table.filed_on).all():
        raise _error(name, "has a period that ends before it begins, or was filed before it ended")
    return table


def _error(company: str, problem: str) -> ParseError:
    return ParseError(SOURCE, problem, _REMEDY, company)
