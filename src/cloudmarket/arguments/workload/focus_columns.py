"""Which columns of a billing export in the FOCUS format are read, and which version of the format they are of.

The FinOps Open Cost and Usage Specification (https://focus.finops.org), versions 1.0 (2024), 1.1 (2024), 1.2 (2025);
of 1.3 its names of the provider are understood. A version says nothing of itself in its rows: it is told by columns.
"""

from __future__ import annotations

from collections.abc import Iterable

PROVIDER = ("ProviderName", "ServiceProviderName", "ServiceProvider")
"""Who sells: the first of these that a file has."""
REQUIRED = ("BilledCost", "BillingCurrency", "ChargeCategory", "ChargePeriodStart", "ServiceCategory", "ServiceName")
NUMBERS = ("BilledCost", "EffectiveCost", "ListCost", "ConsumedQuantity")
DESCRIPTIONS = (
    "SkuPriceDetails", "SkuMeter", "ChargeDescription", "x_SkuMeterName", "x_SkuDescription", "x_UsageType",
)  # fmt: skip
"""Texts in which a machine or a model is named; those with x_ are the providers' own."""
CHARGES = ("Usage", "Purchase", "Tax", "Credit", "Adjustment")
AI_CATEGORY = "AI and Machine Learning"
_OLDER = {
    "ChargeType": "0.5",
    "AmortizedCost": "0.5",
    "ChargeSubcategory": "1.0-preview",
    "UsageQuantity": "1.0-preview",
}
_NEWER = (
    ("1.3", ("ServiceProviderName", "HostProviderName", "AllocatedMethodId")),
    ("1.2", ("InvoiceId", "PricingCurrency", "BillingAccountType", "SubAccountType")),
    (
        "1.1",
        ("SkuMeter", "SkuPriceDetails", "ServiceSubcategory", "CommitmentDiscountQuantity", "CapacityReservationId"),
    ),
)


def version(columns: Iterable[str]) -> str:
    """Return the earliest version of the format that has all the columns of a file that name one."""
    found = set(columns)
    return next((name for name, added in _NEWER if found.intersection(added)), "1.0")


def provider(columns: Iterable[str]) -> str:
    """Return the column that says who sells.

    Raises
    ------
    ValueError
        If there is none.
    """
    found = set(columns)
    name = next((name for name in PROVIDER if name in found), None)
    if name is None:
        raise ValueError(f"there is no column {' or '.join(PROVIDER[:2])}")
    return name


def require(columns: Iterable[str]) -> None:
    """Refuse a file that lacks what cannot be done without.

    Raises
    ------
    ValueError
        Naming the columns that are missing, the version that the file seems to be of, and what to do.
    """
    found = set(columns)
    missing = [name for name in REQUIRED if name not in found]
    if not found.intersection(PROVIDER):
        missing.append(PROVIDER[0])
    if not missing:
        return
    older = sorted({version for name, version in _OLDER.items() if name in found})
    if older:
        advice = f"it seems to be FOCUS {' or '.join(older)}; export it anew as 1.0 or later"
    elif len(missing) > len(REQUIRED) // 2:
        advice = "it does not seem to be in the FOCUS format; the columns are those of https://focus.finops.org"
    else:
        advice = "the format asks for them in every version since 1.0; export them too"
    raise ValueError(f"no column {', '.join(missing)}: {advice}")
