"""Panels of products that come and go, for tests of hedonic indices."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

TRAITS = ["speed", "size", "make"]
FORMULA = "np.log(price) ~ C(period) + speed + size + C(make)"


def churn(
    periods: int = 4, products: int = 60, noise: float = 0.1, seed: int = 0, levels: tuple[float, ...] | None = None
) -> pd.DataFrame:
    """Return a panel whose products stay for two to four periods, with prices of speed, size and make."""
    random = np.random.default_rng(seed)
    true = np.zeros(periods) if levels is None else np.asarray(levels)
    rows = []
    for number in range(products):
        speed, size, make = random.normal(), random.normal(), random.choice(["x", "y", "z"])
        first, own = random.integers(-2, periods), noise * random.normal()
        for period in range(max(first, 0), min(first + random.integers(2, 5), periods)):
            log = true[period] + 0.5 * speed - 0.3 * size + {"x": 0, "y": 0.2, "z": -0.4}[make]
            error = own + noise * random.normal()
            rows.append((period, f"p{number}", math.exp(log + error), random.uniform(1, 9), speed, size, make))
    return pd.DataFrame(rows, columns=["period", "product", "price", "quantity", "speed", "size", "make"])
