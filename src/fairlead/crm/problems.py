"""What is wrong with an input: one clear list, each line with file, row, column, value and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SHOWN = 200
"""How many problems of one reading are kept word for word; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that cannot be read. ``row`` counts lines of the file from 1, the header being line 1; 0 = the file."""

    file: str
    row: int
    column: str
    value: str
    why: str
    meant: str = ""

    def __str__(self) -> str:
        where = self.file + (f", row {self.row}" if self.row else "")
        where += f", column {self.column}" if self.column else ""
        value = f": {_short(self.value)!r}" if self.value else ""
        meant = f" {self.meant}" if self.meant else ""
        return f"{where}{value}: {self.why}{meant}"


def _short(value: str) -> str:
    return value if len(value) <= 60 else value[:57] + "…"


class Refused(Exception):
    """The input is refused as a whole; nothing of it is kept."""

    def __init__(self, problems: Sequence[Problem], more: int = 0) -> None:
        self.problems = list(problems)
        self.more = more
        super().__init__("\n".join(self.lines()))

    def lines(self) -> list[str]:
        """Every problem as a line, and how many more there are."""
        lines = [str(problem) for problem in self.problems]
        return [*lines, f"… and {self.more} more of the same kind."] if self.more else lines


class Found:
    """Collects problems while reading, keeps the first ``SHOWN`` and counts the rest."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.more = 0

    def add(self, problem: Problem) -> None:
        if len(self.problems) < SHOWN:
            self.problems.append(problem)
        else:
            self.more += 1

    def extend(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self.add(problem)

    def stop_if_any(self) -> None:
        """Raises Refused when there is at least one problem."""
        if self.problems:
            raise Refused(self.problems, self.more)


def refuse(
    file: str, why: str, *, row: int = 0, column: str = "", value: str = "", meant: str = ""
) -> Refused:
    """A refusal with a single problem, to be raised."""
    return Refused([Problem(file, row, column, value, why, meant)])
