"""Drawings of a report as inline SVG: bands of 8 in 10, and countable dots around a target."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fairlead.cli.report.shell import text

WIDTH = 900.0
_NAMES = 220.0


@dataclass(frozen=True, slots=True)
class Band:
    """One line of a chart: a range with its middle, and where known the fact that came, or what is booked."""

    name: str
    p10: float
    p50: float
    p90: float
    came: float | None = None
    booked: float | None = None
    target: float | None = None
    depth: int = 0


def short(amount: float) -> str:
    """Money on an axis: 1.5M, 250k, 900."""
    for unit, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(amount) >= unit:
            return f"{amount / unit:.3g}{letter}".replace("-", "−")
    return f"{amount:.0f}".replace("-", "−")


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """At most ``most`` round values, 1, 2 or 5 times a power of ten apart, inside [low, high]."""
    if not high > low:
        return [low]
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    steps = (power * times for times in (1, 2, 5, 10, 20))
    step = next(s for s in steps if math.floor(high / s) - math.ceil(low / s) + 1 <= most)
    return [k * step for k in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _svg(title: str, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {height:g}" role="img" aria-label="{text(title)}">'
        f"<title>{text(title)}</title>{''.join(parts)}</svg>"
    )


def _at(value: float) -> str:
    return f"{value + 0.0:.1f}"


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{_at(x)}" y="{_at(y)}" text-anchor="{anchor}">{text(words)}</text>'


def _line(look: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{look}" x1="{_at(x1)}" y1="{_at(y1)}" x2="{_at(x2)}" y2="{_at(y2)}"/>'


def _box(look: str, x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="{look}" x="{_at(x)}" y="{_at(y)}" width="{_at(max(width, 0))}" height="{_at(height)}"/>'


def _dot(look: str, x: float, y: float, radius: float) -> str:
    return f'<circle class="{look}" cx="{_at(x)}" cy="{_at(y)}" r="{_at(radius)}"/>'


def _diamond(x: float, y: float) -> str:
    return f'<path class="fact" d="M{_at(x)} {_at(y - 6)}l6 6l-6 6l-6-6z"/>'


def bands(title: str, lines: Sequence[Band]) -> str:
    """Ranges below one another on one scale from zero: band 8 in 10, dot middle, diamond what came, tick target."""
    values = [v for line in lines for v in (line.p90, line.came, line.booked, line.target) if v is not None]
    low = min([0.0, *(line.p10 for line in lines)])
    high = max([*values, low + 1.0])

    def place(value: float) -> float:
        return _NAMES + (value - low) / (high - low) * (WIDTH - _NAMES - 16)

    height = 26.0 * len(lines) + 30
    parts = []
    for tick in ticks(low, high):
        parts.append(_line("axis", place(tick), 4, place(tick), height - 22))
        parts.append(_text(place(tick), height - 6, short(tick), "middle"))
    for number, line in enumerate(lines):
        parts += _one_band(line, 17.0 + 26 * number, place)
    return _svg(title, height, parts)


def _one_band(line: Band, y: float, at: Callable[[float], float]) -> list[str]:
    parts = [_text(min(line.depth, 5) * 12, y + 4, _cut(line.name, 34 - 2 * min(line.depth, 5)))]
    parts.append(_box("band", at(line.p10), y - 7, at(line.p90) - at(line.p10), 14))
    if line.booked is not None and line.booked > 0:
        parts.append(_box("solid", at(0), y - 3, at(line.booked) - at(0), 6))
    parts.append(_dot("mid", at(line.p50), y, 4))
    if line.target is not None:
        parts.append(_line("mark", at(line.target), y - 10, at(line.target), y + 10))
    if line.came is not None:
        parts.append(_diamond(at(line.came), y))
    return parts


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def said_and_came(title: str, points: Sequence[tuple[float, float]]) -> str:
    """Stated shares against those that came, 0-1: a dot per bin, and the line where both are the same."""
    side, left = 300.0, 48.0

    def across(share: float) -> float:
        return left + share * side

    def up(share: float) -> float:
        return 12 + (1 - share) * side

    parts = [_line("axis", across(0), up(0), across(1), up(1))]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(_line("axis", across(0), up(tick), across(1), up(tick)))
        parts.append(_text(left - 8, up(tick) + 4, f"{tick:.0%}", "end"))
        parts.append(_text(across(tick), up(0) + 18, f"{tick:.0%}", "middle"))
    parts += [_dot("mid", across(said), up(came), 5) for said, came in points]
    parts.append(_text(across(1) + 12, up(0) + 18, "said"))
    parts.append(_text(across(0) + 8, up(1) + 14, "came"))
    return _svg(title, side + 40, parts)


def dots(title: str, values: Sequence[float], target: float | None) -> str:
    """Equally likely results as dots, stacked in bins; filled ones reach the target, which is a bin's edge."""
    low, high = min([*values, *([target] if target is not None else [])]), max(values)
    high = max(high, target or high, low + 1.0)
    width = (high - low) / 24
    first = (target if target is not None else low) - width * math.ceil(
        ((target if target is not None else low) - low) / width + 1e-9
    )

    def place(value: float) -> float:
        return 24 + (value - first) / (high + width - first) * (WIDTH - 48)

    stacks: dict[int, int] = {}
    drawn = []
    for value in values:
        column = math.floor((value - first) / width + 1e-9)
        if target is not None:
            edge = round((target - first) / width)
            column = max(column, edge) if value >= target else min(column, edge - 1)
        stacks[column] = stacks.get(column, 0) + 1
        drawn.append((place(first + (column + 0.5) * width), stacks[column], value))
    base = 20.0 + 26 * max(stacks.values())
    parts = [_line("tick", 16, base, WIDTH - 16, base)]
    parts += [_text(place(tick), base + 18, short(tick), "middle") for tick in ticks(first, high, 8)]
    for x, level, value in drawn:
        look = "hit" if target is None or value >= target else "miss"
        parts.append(_dot(look, x, base - 26 * level + 13, 11))
    if target is not None:
        parts.append(_line("mark", place(target), 8, place(target), base + 6))
    return _svg(title, base + 26, parts)
