"""Families: a model's name without what tells one snapshot, or one size, of it from another.

A catalogue of snapshots and one of families are both right; the answer to "how many models" depends on which is meant.
The rules are few and read the name alone, so a family here is a way of counting, not a statement about the models.
"""

from __future__ import annotations

import re
from functools import cache

# What ends a name and tells snapshots apart: dates in the developers' several spellings, numbers of versions, stages.
_SNAPSHOT = re.compile(
    r"-(?:20\d\d-\d\d-\d\d|20\d{6}|\d\d-20\d\d|\d\d-\d\d|\d\d-20\d\d|\d{4}|00\d)$"
    r"|-(?:preview|exp|experimental|beta)$"
)
# Sizes and tunings of open models: 70b, 17b-128e, a22b, e2b; instruct, chat, it; number formats.
_SIZE = re.compile(
    r"-(?:[ae]?\d+(?:\.\d+)?b|\d+x\d+b|\d+e|instruct|chat|it|vision|fp8|nvfp4|128k|32k|16k|8k|4k)(?=-|$)"
)


@cache
def family(model: str, *, sizes: bool = False) -> str:
    """Return the family of a model.

    Parameters
    ----------
    model : str
        Canonical name, such as ``gpt-4o-2024-05-13``.
    sizes : bool
        Whether sizes and tunings count once as well: ``llama-3.1-70b-instruct`` is then ``llama-3.1``.
    """
    name = model
    while (shorter := _SNAPSHOT.sub("", name)) != name:
        name = shorter
    shorter = _SIZE.sub("", name) if sizes else name
    return shorter or model
