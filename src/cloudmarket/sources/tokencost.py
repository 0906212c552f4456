"""The price map of ``tokencost``: a copy of the litellm map, taken now and then, in a repository of its own.

It has litellm's shape, so it is parsed as litellm's: a row is a key and a price suffix, USD per token, all labels as
printed. A copy bears nothing out; it tells what the map said while litellm had no releases.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cloudmarket.errors import ParseError
from cloudmarket.sources import litellm
from cloudmarket.sources.origin import GitFile

NAME = "tokencost"
ORIGIN = GitFile("AgentOps-AI/tokencost", "tokencost/model_prices.json", one_per_day=True)
COLUMNS = litellm.COLUMNS
KEY_COUNT = litellm.KEY_COUNT


def parse(content: bytes, version: str) -> Iterator[tuple[Any, ...]]:
    """Give a row per key and price suffix, the plain suffix '' always among them.

    Raises
    ------
    ParseError
        If the file is not a JSON object of objects, or prints a price that cannot be one.
    """
    try:
        return litellm.parse(content, version)
    except ParseError as error:
        raise ParseError.of_release(NAME, error.problem, version) from error
