"""A reader's own basket or bill priced on every cloud through time: the argument of ``11_your_workload``.

It states nothing of the market, so it makes no claims of the report.
"""

from cloudmarket.arguments.workload.basket import Basket, Line
from cloudmarket.arguments.workload.basket_file import example, read
from cloudmarket.arguments.workload.workload import Workload, price

__all__ = ["Basket", "Line", "Workload", "example", "price", "read"]
