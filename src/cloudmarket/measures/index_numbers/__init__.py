"""Price index numbers: bilateral formulas, multilateral methods, and their extension period by period."""

from cloudmarket.measures.index_numbers._bilateral import bilateral
from cloudmarket.measures.index_numbers._contributions import Contributions, contributions
from cloudmarket.measures.index_numbers._formulas import METHODS as BILATERAL
from cloudmarket.measures.index_numbers._multilateral import METHODS as MULTILATERAL
from cloudmarket.measures.index_numbers._multilateral import multilateral
from cloudmarket.measures.index_numbers._result import Index

__all__ = ["BILATERAL", "MULTILATERAL", "Contributions", "Index", "bilateral", "contributions", "multilateral"]
