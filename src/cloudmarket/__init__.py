"""Cloud AI Market: dated public evidence about the AI offerings of the clouds.

>>> import cloudmarket as cm
>>> prices = cm.load("token_price", as_of="2025-06-30")
"""

from cloudmarket.errors import CloudMarketError
from cloudmarket.tables import load

__all__ = ["CloudMarketError", "load"]
