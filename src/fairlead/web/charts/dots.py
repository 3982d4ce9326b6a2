"""The dot plot: equally likely results as countable dots around the target."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fairlead.web import formats
from fairlead.web.charts.drawing import Chart, Label, Sheet, nothing, room, ticks
from fairlead.web.formats import Number


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a dot plot shows: ``dots`` are equally likely results (20 quantiles), all in minor units.

    ``target``, ``call`` and the ends of the 8-in-10 range may be unknown (None). ``caller`` says whose call.
    """

    dots: tuple[Number, ...]
    target: Number | None = None
    call: Number | None = None
    p10: Number | None = None
    p90: Number | None = None
    caller: str = "Your call"

    @property
    def reach(self) -> int:
        """How many dots reach the target, which is met by equality. The number of the sentence."""
        return sum(self.reaches(dot) for dot in self.dots)

    def reaches(self, dot: Number) -> bool:
        return self.target is None or float(dot) >= float(self.target)

    @property
    def short(self) -> int:
        return len(self.dots) - self.reach


@dataclass(frozen=True, slots=True)
class _Size:
    width: float
    fewest: int
    """Bins across at least: the largest a dot may be."""
    most: int
    """Bins across at most: the smallest a dot may be."""
    tallest: float
    """Height wished for the highest stack."""
    labels: int
    small: bool


_WIDE = _Size(900, 18, 60, 152, 11, False)
_PHONE = _Size(356, 14, 40, 104, 6, True)


def dot_plot(outlook: Outlook, label: Label = formats.thousands) -> Chart:
    """The dots counted out on both sides of the target; filled ones reach it, hollow ones fall short.

    The target is an edge between bins, so that no dot straddles it and the dots on each side are exactly
    those of the sentence.
    """
    if not outlook.dots:
        return nothing("Too little is known to say what is likely.")
    title = _sentence(outlook, label)
    return Chart(
        wide=_plot(outlook, label, _WIDE).svg(title, "wide"),
        phone=_plot(outlook, label, _PHONE).svg(title, "narrow"),
        title=title,
        rows=_rows(outlook, label),
    )


def _sentence(outlook: Outlook, label: Label) -> str:
    said = [f"{len(outlook.dots)} equally likely results."]
    if outlook.target is not None:
        said.append(
            f"{outlook.reach} reach the target of {label(outlook.target)}, {outlook.short} fall short."
        )
    if outlook.p10 is not None and outlook.p90 is not None:
        said.append(f"8 in 10 lie between {label(outlook.p10)} and {label(outlook.p90)}.")
    if outlook.call is not None:
        said.append(f"{outlook.caller} is {label(outlook.call)}.")
    return " ".join(said)


def _rows(outlook: Outlook, label: Label) -> tuple[tuple[str, ...], ...]:
    rows: list[tuple[str, ...]] = []
    if outlook.target is not None:
        rows += [
            ("Target", label(outlook.target)),
            ("Results that reach it", f"{outlook.reach} of {len(outlook.dots)}"),
            ("Results that fall short", f"{outlook.short} of {len(outlook.dots)}"),
        ]
    if outlook.p10 is not None and outlook.p90 is not None:
        rows.append(("8 in 10 lie between", f"{label(outlook.p10)} and {label(outlook.p90)}"))
    if outlook.call is not None:
        rows.append((outlook.caller, label(outlook.call)))
    rows.append(("All results", ", ".join(label(dot) for dot in sorted(outlook.dots))))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class _Bins:
    """Bins with an edge at ``anchor``: bin k holds [anchor + k·width, anchor + (k+1)·width)."""

    anchor: float
    width: float
    first: float
    last: int
    pixels: float

    def of(self, value: Number) -> int:
        k = math.floor((float(value) - self.anchor) / self.width)
        return max(k, 0) if float(value) >= self.anchor else min(k, -1)

    def x(self, value: float) -> float:
        return ((value - self.anchor) / self.width - self.first) * self.pixels

    @property
    def low(self) -> float:
        return self.anchor + self.first * self.width

    @property
    def high(self) -> float:
        return self.anchor + (self.last + 1) * self.width


def _bins(outlook: Outlook, size: _Size) -> _Bins:
    """The largest dots whose highest stack still has room; the smallest allowed where none has."""
    marks = [float(v) for v in (outlook.target, outlook.call, outlook.p10, outlook.p90) if v is not None]
    dots = [float(dot) for dot in outlook.dots]
    low, high = min(dots + marks), max(dots + marks)
    anchor = float(outlook.target) if outlook.target is not None else dots[len(dots) // 2]
    reach = high - low or max(abs(high), 1.0) * 0.2
    for across in range(size.fewest, size.most + 1):
        bins = _fitted(_Bins(anchor, reach / (across - 3), 0, 0, 0), low, high, size.width)
        if max(_heights(dots, bins).values()) * bins.pixels <= size.tallest:
            break
    return bins


def _fitted(bins: _Bins, low: float, high: float, width: float) -> _Bins:
    first, last = bins.of(low) - 1, bins.of(high) + 1
    return _Bins(bins.anchor, bins.width, first, last, width / (last - first + 1))


def _heights(dots: Sequence[float], bins: _Bins) -> Counter[int]:
    return Counter(bins.of(dot) for dot in dots)


def _plot(outlook: Outlook, label: Label, size: _Size) -> Sheet:
    bins = _bins(outlook, size)
    sheet = Sheet(size.width)
    above = _head_room(outlook, label, bins, size)
    tallest = max(_heights([float(d) for d in outlook.dots], bins).values())
    ground = above + max(tallest * bins.pixels, 3 * min(bins.pixels, 30)) + 6
    sheet.across("ax", 0, size.width, ground)
    _draw_dots(sheet, outlook, bins, ground)
    if outlook.target is not None:
        _draw_target(sheet, outlook, label, bins, above, ground)
    _draw_axis(sheet, label, bins, ground, size)
    sheet.height = ground + 24
    _draw_range_and_call(sheet, outlook, label, bins, ground, size)
    return sheet


def _draw_dots(sheet: Sheet, outlook: Outlook, bins: _Bins, ground: float) -> None:
    radius = bins.pixels / 2 - (2.2 if bins.pixels > 20 else 1.4)
    stacked: Counter[int] = Counter()
    for dot in sorted(outlook.dots):
        k = bins.of(dot)
        x = (k - bins.first + 0.5) * bins.pixels
        y = ground - 2 - (stacked[k] + 0.5) * bins.pixels
        sheet.circle("dot" if outlook.reaches(dot) else "dot no", x, y, max(radius, 1.5))
        stacked[k] += 1


def _side_by_side(outlook: Outlook, label: Label, bins: _Bins, width: float) -> bool:
    """Whether "6 fall short", "Target 2,400" and "14 reach it" fit one line around the target."""
    if outlook.target is None:
        return True
    x = bins.x(float(outlook.target))
    right = room(f"Target {label(outlook.target)}", strong=True) + room(f"{outlook.reach} reach it") + 28
    return x - 12 >= room(f"{outlook.short} fall short") and width - x >= right


def _head_room(outlook: Outlook, label: Label, bins: _Bins, size: _Size) -> float:
    return 46 if _side_by_side(outlook, label, bins, size.width) else 62


def _draw_target(
    sheet: Sheet, outlook: Outlook, label: Label, bins: _Bins, above: float, ground: float
) -> None:
    assert outlook.target is not None
    x, words = bins.x(float(outlook.target)), f"Target {label(outlook.target)}"
    together = _side_by_side(outlook, label, bins, sheet.width)
    sheet.upright("tgt", x, 18 if together else 24, ground + 5)
    if together:
        sheet.text(x - 10, 29, f"{outlook.short} fall short", anchor="end")
        sheet.text(x + 8, 29, words, "strong")
        sheet.text(sheet.width - 2, 29, f"{outlook.reach} reach it", anchor="end")
        return
    sheet.text(2, 14, f"{outlook.short} fall short")
    sheet.text(sheet.width - 2, 14, f"{outlook.reach} reach it", anchor="end")
    if x + 8 + room(words, strong=True) <= sheet.width:
        sheet.text(x + 8, 36, words, "strong")
    else:
        sheet.text(x - 8, 36, words, "strong", "end")


def _draw_axis(sheet: Sheet, label: Label, bins: _Bins, ground: float, size: _Size) -> None:
    last_end, last_words = -math.inf, ""
    for value in ticks(bins.low, bins.high, size.labels):
        x, words = bins.x(value), label(value)
        half = room(words, 12) / 2
        if x - half < 0 or x + half > size.width or words == last_words or x - half < last_end + 6:
            continue
        sheet.upright("ax", x, ground, ground + 4)
        sheet.text(x, ground + 19, words, "s", "middle")
        last_end, last_words = x + half, words


def _draw_range_and_call(
    sheet: Sheet, outlook: Outlook, label: Label, bins: _Bins, ground: float, size: _Size
) -> None:
    y, below = ground + 44, False
    if outlook.p10 is not None and outlook.p90 is not None:
        below = _draw_range(sheet, outlook.p10, outlook.p90, label, bins, y, size)
        sheet.height = y + (28 if below else 14)
    if outlook.call is not None:
        x = bins.x(float(outlook.call))
        sheet.upright("dash", x, ground + 24, ground + 36)
        sheet.diamond(x, y, 9)
        words = f"{outlook.caller} {label(outlook.call)}"
        sheet.inside(x, y + (38 if below else 28), words, "strong")
        sheet.height = y + (48 if below else 40)


def _draw_range(
    sheet: Sheet, p10: Number, p90: Number, label: Label, bins: _Bins, y: float, size: _Size
) -> bool:
    """The bracket of 8 in 10. True when its words had to stand below it."""
    left, right = bins.x(float(p10)), bins.x(float(p90))
    sheet.across("band", left, right, y)
    sheet.upright("band", left, y - 5, y + 5)
    sheet.upright("band", right, y - 5, y + 5)
    before, after = f"8 in 10 from {label(p10)}", f"to {label(p90)}"
    fits = left - 8 >= room(before) and size.width - right - 8 >= room(after)
    if fits and not size.small:
        sheet.text(left - 8, y + 4, before, anchor="end")
        sheet.text(right + 8, y + 4, after)
        return False
    sheet.inside((left + right) / 2, y + 21, f"8 in 10: {label(p10)} to {label(p90)}", "s")
    return True
