"""Published tables: tidy, named, checked. One module per table; ``registry`` lists them."""

from cloudmarket.tables.loading import Day, load, report_day
from cloudmarket.tables.registry import TABLES, build, get
from cloudmarket.tables.writing import to_arrow, to_parquet, write_all

__all__ = ["TABLES", "Day", "build", "get", "load", "report_day", "to_arrow", "to_parquet", "write_all"]
