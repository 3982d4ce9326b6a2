"""Rows beyond what memory should hold: the first ones in a list, the rest in a temporary file, a chunk at a time."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import IO, Any, TypeVar, overload

T = TypeVar("T")

KEPT = 50_000
"""Rows that stay in memory; beyond, all go to the file."""
CHUNK = 2_000


class Spool(Sequence[T]):
    """Rows of one dataclass in the order of ``append``; walked as often as wanted, also by several at once.

    The file has no name and goes when the spool does, also when the process is killed.
    """

    def __init__(self, rows: Iterable[T] = (), *, kept: int = KEPT) -> None:
        self._tail: list[T] = []
        self._chunks: list[tuple[int, int]] = []
        self._file: IO[bytes] | None = None
        self._kept = kept
        for row in rows:
            self.append(row)

    def append(self, row: T) -> None:
        self._tail.append(row)
        if len(self._tail) >= (CHUNK if self._file else self._kept):
            self._spill()

    def settled(self) -> Sequence[T]:
        """The rows as a plain list where they are few, else the spool itself."""
        return self if self._file else self._tail

    def mapped(self, change: Callable[[T], T]) -> Spool[T]:
        """Another spool with every row changed."""
        return Spool(map(change, self), kept=self._kept)

    def _spill(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="fairlead-")  # noqa: SIM115 (it lives as long as the spool)
            self._type = type(self._tail[0])
            self._cells = attrgetter(*(f.name for f in fields(self._type)))  # type: ignore[arg-type]
        for start in range(0, len(self._tail), CHUNK):
            self._write([self._cells(row) for row in self._tail[start : start + CHUNK]])
        self._tail = []

    def _write(self, rows: list[Any]) -> None:
        assert self._file is not None
        packed = pickle.dumps(rows, pickle.HIGHEST_PROTOCOL)
        self._chunks.append((self._file.seek(0, 2), len(rows)))
        self._file.write(len(packed).to_bytes(8, "big") + packed)

    def _chunk(self, offset: int) -> list[T]:
        assert self._file is not None
        self._file.seek(offset)
        packed = self._file.read(int.from_bytes(self._file.read(8), "big"))
        return [self._type(*cells) for cells in pickle.loads(packed)]

    def __iter__(self) -> Iterator[T]:
        for offset, _ in list(self._chunks):
            yield from self._chunk(offset)
        yield from self._tail

    def __len__(self) -> int:
        return sum(count for _, count in self._chunks) + len(self._tail)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        place = index if index >= 0 else index + len(self)
        if place < 0:
            raise IndexError(index)
        for offset, count in self._chunks:
            if place < count:
                return self._chunk(offset)[place]
            place -= count
        return self._tail[place]
