"""Where tables are queried: DuckDB on this machine by default, a Spark cluster by configuration, both through Ibis.

The project's own tables are small and are always read by :func:`connection`, on one thread, so that outputs repeat to
the byte. Files that a reader brings may have billions of rows: :func:`scan` gives them to the engine that
``CLOUDMARKET_ENGINE`` names, and measures ask it for sums, never for rows. ``CLOUDMARKET_MEMORY`` bounds DuckDB.
"""

from cloudmarket.engine._duckdb import connection, parquet, read_texts
from cloudmarket.engine._scan import Total, fetch, fsum, scan, total_of

__all__ = ["Total", "connection", "fetch", "fsum", "parquet", "read_texts", "scan", "total_of"]
