"""What models cost on the clouds: the argument of ``06_token_prices``."""

from cloudmarket.arguments.prices.state import Prices, parity_by_weights, prices

__all__ = ["Prices", "parity_by_weights", "prices"]
