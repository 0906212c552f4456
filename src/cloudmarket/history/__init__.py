"""Fold dated snapshots into validity intervals, and ask what held on a day.

A folded table has the source's columns and five more: ``first_version``, ``last_version`` (the first and last
folded snapshots that print the row), ``observed_first_at``, ``observed_last_at`` (their dates) and
``ended_at`` (the date of the first later snapshot without the row; null while the newest one still prints it).
Folding is lossless: :func:`snapshot_rows` gives back what any folded snapshot printed.

Published tables add valid time to this knowledge time; :func:`as_of`, :func:`on` and :func:`known_on` ask them.
"""

from cloudmarket.history.difference import changes
from cloudmarket.history.folding import OBSERVATION, UTC_MICROSECONDS, Row, fold, snapshot_rows
from cloudmarket.history.line import Line, Moment
from cloudmarket.history.vintage import Latest, as_of, end_of, known_on, on

__all__ = [
    "OBSERVATION",
    "UTC_MICROSECONDS",
    "Latest",
    "Line",
    "Moment",
    "Row",
    "as_of",
    "changes",
    "end_of",
    "fold",
    "known_on",
    "on",
    "snapshot_rows",
]
