"""Labels that no reviewed name matches are reported, never dropped silently."""

import pyarrow as pa

from cloudmarket.tables import inputs, labels


def folded(source: str, rows: list[tuple[str | None, str]]) -> pa.Table:
    provider = {"litellm": "litellm_provider", "genai_prices": "provider_id", "models_dev": "provider"}[source]
    return pa.table({provider: [row[0] for row in rows], "label": [row[1] for row in rows]})


def test_a_label_of_a_seller_in_scope_is_reported() -> None:
    litellm = folded("litellm", [("bedrock", "nobody.knows-this-v9:0"), ("groq", "groq/anything"), (None, "no seller")])
    found = labels.unmatched(litellm, folded("genai_prices", [("aws", "aws/nobody.knows-this-either")]))
    assert found[["source", "label", "reason"]].to_numpy().tolist() == [
        ["genai_prices", "aws/nobody.knows-this-either", "unknown"],
        ["litellm", "nobody.knows-this-v9:0", "unknown"],
    ]


def test_labels_of_the_third_source_and_of_a_copy_are_reported() -> None:
    nothing, copy = folded("genai_prices", []), folded("litellm", [("openai", "nobody-knows")])
    files = folded("models_dev", [("stackit", "stackit/nobody-knows"), ("kilo", "kilo/anything")])
    found = labels.unmatched(folded("litellm", []), nothing, files, copy)
    assert found[["source", "label"]].to_numpy().tolist() == [
        ["litellm", "nobody-knows"], ["models_dev", "stackit/nobody-knows"]
    ]  # fmt: skip


def test_all_shipped_labels_are_matched_or_reviewed() -> None:
    read = (inputs.folded(name) for name in ("litellm", "genai_prices", "models_dev", "tokencost"))
    found = labels.unmatched(*read)
    assert found[found.reason == "unknown"].empty
