"""Arguments: what each notebook states, from the published tables and the measures, with the evidence under it.

One room per notebook. Each has a function ``claims(day)``; ``collect`` puts all of them in one table.
"""

from cloudmarket.arguments.claim import Claim, grades, markdown, table
from cloudmarket.arguments.collection import collect, find
from cloudmarket.arguments.publication import publish
from cloudmarket.arguments.trace import trace

__all__ = ["Claim", "collect", "find", "grades", "markdown", "publish", "table", "trace"]
