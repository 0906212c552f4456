"""Arguments: what each notebook states, from the published tables and the measures, with the evidence under it.

One room per notebook. Each has a function ``claims(day)``; ``collect`` puts all of them in one table.
"""

from cloudmarket.arguments.claim import Claim, grades, markdown, table

__all__ = ["Claim", "grades", "markdown", "table"]
