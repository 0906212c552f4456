"""AI services, accelerators and accelerated machines: what the sources call them, and which labels are none."""

from __future__ import annotations

import re
from functools import cache

import pandas as pd

from cloudmarket.errors import CheckError
from cloudmarket.names._tables import frame, rows

LABELS = "src/cloudmarket/names/data/ai_service_labels.csv"

# AWS adds a service a fortnight, most of which are no AI. One whose label has any of this must have been reviewed.
_LOOKS_LIKE_AI = re.compile(
    r"bedrock|sagemaker|agent|aiops|infer|neur|model|learn|vector|vision|speech|voice|translat|transcri|intellig"
    r"|assist|chatbot|copilot|guru|forecast|personali[sz]e|(?:^|[^a-z])(?:ai|ml|q|nova|lex|llm)(?:[^a-z]|$)"
    r"|^q(?:apps|business|connect|dev)|(?:ai|ml)$"
)


def ai_services() -> pd.DataFrame:
    """Return the AI services.

    Returns
    -------
    pandas.DataFrame
        ``cloud``, ``code``, ``name``, ``kind`` (foundation_models, agents, assistant, ml_platform, language, speech,
        vision, search, applied, accelerator, machine_family), ``url`` of the vendor's page.
    """
    return frame("ai_services")


@cache
def _labels(source: str, kind: str) -> dict[str, str]:
    return {
        row["label"]: row["code"]
        for row in rows("ai_service_labels")
        if row["source"] == source and row["kind"] == kind
    }


def codes(source: str, kind: str, labels: pd.Series, *, is_complete: bool = True) -> pd.Series:
    """Return the code of each label, missing where it is no AI service.

    Parameters
    ----------
    source, kind : str
        Which labels: ``botocore`` has ``api`` and ``endpoint``; the other sources have one kind each.
    labels : Series
    is_complete : bool
        Every label must have been reviewed; else only those that look like AI.

    Raises
    ------
    CheckError
        If a label was not reviewed that must have been.
    """
    reviewed = _labels(source, kind)
    for label in sorted(set(labels) - reviewed.keys()):
        if is_complete or _LOOKS_LIKE_AI.search(label):
            raise CheckError(
                f"{source} prints the {kind} {label!r}, which nobody has reviewed: add it to {LABELS}, with its code,"
                " or without one and with the reason"
            )
    return labels.map({label: code for label, code in reviewed.items() if code}).astype("str")
