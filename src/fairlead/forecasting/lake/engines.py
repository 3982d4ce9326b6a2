"""The engines that read a history on disk: DuckDB in this process by default, Spark Connect where it is large.

Each gives lazy frames of Parquet files and brings rows of a frame here as plain Python values. Neither is imported
before it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import narwhals.stable.v2 as nw

Frame = nw.LazyFrame[Any]
Rows = list[tuple[Any, ...]]


class Engine(Protocol):
    """Reads Parquet files lazily; ``rows`` computes a frame and gives its rows in the order of its columns."""

    def scan(self, files: Sequence[Path]) -> Frame: ...

    def rows(self, frame: Frame) -> Rows: ...


def connect_duckdb() -> Any:
    """A connection in memory that fetches no extension from anywhere. Raises ImportError that says what is missing."""
    try:
        import duckdb
    except ImportError:
        raise ImportError("DuckDB is not installed. It comes with Fairlead: install that anew.") from None
    settings: dict[str, Any] = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    return duckdb.connect(config=settings)


def _lazy(native: Any) -> Frame:
    frame: Frame = nw.from_native(native)
    return frame


class DuckDB:
    """The default: in this process, on its cores, without a server."""

    def __init__(self, threads: int | None = None) -> None:
        self.connection = connect_duckdb()
        if threads:
            self.connection.execute(f"SET threads = {int(threads)}")

    def scan(self, files: Sequence[Path]) -> Frame:
        relation = self.connection.read_parquet([str(file) for file in files], hive_partitioning=False)
        return _lazy(relation)

    def rows(self, frame: Frame) -> Rows:
        found: Rows = frame.to_native().fetchall()
        return found


class Spark:
    """Spark Connect at ``sc://host:port``. The server must see the files under the same names as this process."""

    def __init__(self, remote: str) -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError:
            raise ImportError("Spark is not installed. It is an extra: fairlead[spark].") from None
        self.session = SparkSession.builder.remote(remote).getOrCreate()

    def scan(self, files: Sequence[Path]) -> Frame:
        return _lazy(self.session.read.parquet(*(str(file.resolve()) for file in files)))

    def rows(self, frame: Frame) -> Rows:
        return [tuple(row) for row in frame.to_native().collect()]
