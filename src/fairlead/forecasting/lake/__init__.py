"""A history beyond one machine: partitioned Parquet, one set of expressions, two engines.

write     one company's history as Parquet, in place of what stood there
Lake      a folder of such histories, read by an engine
DuckDB    the engine in this process; Spark the one at an address, for many machines
"""

from fairlead.forecasting.lake.engines import DuckDB, Engine, Spark
from fairlead.forecasting.lake.reading import Lake, Manifest, Unreadable
from fairlead.forecasting.lake.writing import Written, write

__all__ = ["DuckDB", "Engine", "Lake", "Manifest", "Spark", "Unreadable", "Written", "write"]
