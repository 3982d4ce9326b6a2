"""Drawings that walk from one level to another: the waterfall, and the reasons of a chance.

Start and end are levels (a line), only the changes between them are bars, so the axis may start above zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from fairlead.web import formats
from fairlead.web.charts.drawing import Chart, Scale, Sheet, cut, nothing, wrapped

# The waterfall


@dataclass(frozen=True, slots=True)
class Change:
    """One bar: ``amount`` in minor units, the reason, under it the deal or the count, and where it leads."""

    name: str
    amount: int
    detail: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """An end of the walk: "17 Nov", "submitted", 254_000_000. ``said`` draws a diamond: a person's call."""

    name: str
    amount: int
    detail: str = ""
    said: bool = True


@dataclass(frozen=True, slots=True)
class Walk:
    """From ``start`` over ``changes`` to ``end``, exact to the minor unit. Raises ValueError when it is not."""

    start: Level
    end: Level
    changes: tuple[Change, ...]

    def __post_init__(self) -> None:
        total = self.start.amount + sum(change.amount for change in self.changes)
        if total != self.end.amount:
            raise ValueError(f"The changes lead to {total}, not to {self.end.amount}.")


@dataclass(frozen=True, slots=True)
class _Bar:
    change: Change
    before: int
    after: int
    shown: str
    """The change as printed: rounded so that all of them add up to the printed ends."""

    @property
    def tone(self) -> str:
        return "dn" if self.change.amount < 0 else "up"

    @property
    def title(self) -> str:
        about = f": {self.change.detail}" if self.change.detail else ""
        return f"{self.change.name} {self.shown}{about}"


def waterfall(walk: Walk, exponent: int = 2) -> Chart:
    """What changed between two moments, in thousands; on a phone the same steps lie down."""
    bars = _bars(walk, exponent)
    start, end = formats.thousands(walk.start.amount, exponent), formats.thousands(walk.end.amount, exponent)
    title = (
        f"{_named(walk.start)} {start}, {_named(walk.end)} {end}. "
        + (f"{formats.count(len(bars), 'step')} between them." if bars else "Nothing changed between them.")
        + (" Each bar opens the deals behind it." if any(bar.change.href for bar in bars) else "")
    )
    return Chart(
        wide=_falling(walk, bars, (start, end)).svg(title, "wide", group=True),
        phone=_lying(walk, bars, (start, end)).svg(title, "narrow", group=True),
        title=title,
        summary=f"The same as a table: {_equation(walk, exponent)}",
        head=("Change", "Deals", "Amount"),
        rows=tuple((bar.change.name, bar.change.detail, bar.shown) for bar in bars),
        total=(_named(walk.end), "", end),
        words=2,
    )


def _named(level: Level) -> str:
    return f"{level.name} {level.detail}".strip()


def _equation(walk: Walk, exponent: int) -> str:
    """ "2,540 − 70 = 2,470": the printed numbers add up because the middle one is their difference."""
    step = 1000 * 10**exponent
    first, last = formats.rounded(walk.start.amount, step), formats.rounded(walk.end.amount, step)
    sign = formats.MINUS if last < first else "+"
    return f"{formats.whole(first)} {sign} {abs(last - first):,} = {formats.whole(last)}"


def _bars(walk: Walk, exponent: int) -> list[_Bar]:
    step = 1000 * 10**exponent
    total = formats.rounded(walk.end.amount, step) - formats.rounded(walk.start.amount, step)
    shown = formats.spread([change.amount for change in walk.changes], total, step)
    levels = list(accumulate((change.amount for change in walk.changes), initial=walk.start.amount))
    return [
        _Bar(change, levels[i], levels[i + 1], formats.signed(shown[i]))
        for i, change in enumerate(walk.changes)
    ]


def _heights(walk: Walk, bars: Sequence[_Bar]) -> tuple[float, float]:
    levels = [walk.start.amount, *(bar.after for bar in bars)]
    return min(levels), max(levels)


_SHOULDER = 0.68
"""Part of a column that its bar fills."""


def _falling(walk: Walk, bars: Sequence[_Bar], ends: tuple[str, str]) -> Sheet:
    sheet = Sheet(1280)
    pitch = sheet.width / (len(bars) + 2)
    low, high = _heights(walk, bars)
    y = Scale(low, high, 168.2, 31.1)
    names = [wrapped(bar.change.name, pitch - 6, strong=True) for bar in bars]
    details = [wrapped(bar.change.detail, pitch - 6, 12) for bar in bars]
    deep = max([1, *(len(lines) for lines in names)])
    base = 224 + 15 * deep + 2
    sheet.height = base + 9 + 15 * (max([1, *(len(lines) for lines in details)]) - 1)
    for i, bar in enumerate(bars):
        sheet.open_link(bar.change.href, bar.title)
        _column(sheet, bar, pitch * (i + 1), pitch, y)
        for row, line in enumerate(names[i]):
            look = "strong lnk" if bar.change.href else "strong"
            sheet.text(pitch * (i + 1.5), 224 + 15 * row, line, look, "middle")
        sheet.lines(pitch * (i + 1.5), base, details[i], "s", "middle")
        sheet.close_link(bar.change.href)
    half = pitch * (1 - _SHOULDER) / 2
    last = pitch * (len(bars) + 1)
    sheet.across("gr", last - half, last + half, y(walk.end.amount))
    _end(sheet, walk.start, ends[0], 0, pitch, y, base)
    _end(sheet, walk.end, ends[1], last, pitch, y, base)
    return sheet


def _column(sheet: Sheet, bar: _Bar, left: float, pitch: float, y: Scale) -> None:
    half, wide = pitch * (1 - _SHOULDER) / 2, pitch * _SHOULDER
    top, bottom = sorted((y(bar.before), y(bar.after)))
    sheet.box("hit", left + 2, 2, pitch - 4, sheet.height - 2, 5)
    sheet.across("gr", left - half, left + half, y(bar.before))
    sheet.box(f"b-{bar.tone}", left + half, top, wide, max(bottom - top, 1))
    at = top - 8 if bar.tone == "up" else bottom + 17
    sheet.text(left + pitch / 2, at, bar.shown, f"t-{bar.tone} l", "middle")


def _end(sheet: Sheet, level: Level, shown: str, left: float, pitch: float, y: Scale, base: float) -> None:
    half, middle = pitch * (1 - _SHOULDER) / 2, left + pitch / 2
    sheet.across("tgt", left + half, left + pitch - half, y(level.amount))
    if level.said:
        sheet.diamond(middle, y(level.amount), 7)
    sheet.text(middle, y(level.amount) - 14, shown, "strong l", "middle")
    sheet.text(middle, 224, cut(level.name, pitch - 6, strong=True), "strong", "middle")
    sheet.lines(middle, base, wrapped(level.detail, pitch - 6, 12), "s", "middle")


def _lying(walk: Walk, bars: Sequence[_Bar], ends: tuple[str, str]) -> Sheet:
    sheet, row = Sheet(358), 34.0
    low, high = _heights(walk, bars)
    x = Scale(low, high, 131.4, 292)
    _lying_end(sheet, walk.start, ends[0], 17, x)
    for i, bar in enumerate(bars):
        middle = 17 + row * (i + 1)
        sheet.open_link(bar.change.href, bar.title)
        sheet.box("hit", 0, middle - 17, 358, row)
        sheet.upright("gr", x(bar.before), middle - row + 11, middle + 8)
        near, far = sorted((x(bar.before), x(bar.after)))
        sheet.box(f"b-{bar.tone}", near, middle - 8, max(far - near, 1), 16)
        lines = wrapped(bar.change.name, 124)
        look = "lnk" if bar.change.href else ""
        sheet.lines(0, middle + 5 - 7.5 * (len(lines) - 1), lines, look)
        sheet.text(358, middle + 5, bar.shown, f"t-{bar.tone}", "end")
        sheet.close_link(bar.change.href)
    _lying_end(sheet, walk.end, ends[1], 17 + row * (len(bars) + 1), x)
    sheet.height = row * (len(bars) + 2) + 4
    return sheet


def _lying_end(sheet: Sheet, level: Level, shown: str, middle: float, x: Scale) -> None:
    at = x(level.amount)
    sheet.text(0, middle + 5, cut(level.name, 118, strong=True), "strong")
    sheet.upright("tgt", at, middle - 12, middle + 12)
    if level.said:
        sheet.diamond(at, middle, 6)
    sheet.text(358, middle + 5, shown, "strong", "end")


# The reasons of a chance


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: what, when, and its effect in percentage points."""

    name: str
    points: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Chance:
    """From the base rate to this deal's chance, both in per cent.

    Raises ValueError when the reasons miss the chance by more than a twentieth of a point.
    """

    base: float
    chance: float
    reasons: tuple[Reason, ...]
    base_detail: str = ""
    chance_detail: str = ""
    base_name: str = "Base rate"
    chance_name: str = "This deal, this quarter"

    def __post_init__(self) -> None:
        total = self.base + sum(reason.points for reason in self.reasons)
        if abs(total - self.chance) > 0.05:
            raise ValueError(f"The reasons lead to {total:.2f} per cent, not to {self.chance:.2f}.")


def reasons_chart(chance: Chance) -> Chart:
    """The waterfall of a chance, on its side: base rate, reasons, this deal."""
    first, last = formats.rounded(chance.base), formats.rounded(chance.chance)
    # Effects are spread from what really stands between the ends, so that floats may miss by their error.
    points = [Decimal(str(reason.points)) for reason in chance.reasons]
    try:
        shown = [formats.signed(n) for n in formats.spread(points, last - first)]
    except ValueError:
        return nothing("The reasons of this chance are not known.")
    steps = [f"{_spoken(value)}" for value in shown]
    title = f"Base rate {first} percent, " + "".join(f"{s}, " for s in steps) + f"makes {last} percent"
    return Chart(
        wide=_reasons(chance, shown, 620, (330, 552)).svg(title, "wide"),
        phone=_reasons(chance, shown, 358, (222, 300)).svg(title, "narrow"),
        title=title,
        head=("Reason", "When", "Points"),
        rows=(
            (chance.base_name, chance.base_detail, f"{first}{formats.THIN}%"),
            *((r.name, r.detail, shown[i]) for i, r in enumerate(chance.reasons)),
        ),
        total=(chance.chance_name, chance.chance_detail, f"{last}{formats.THIN}%"),
        words=2,
    )


def _spoken(change: str) -> str:
    return change.replace("+", "plus ").replace(formats.MINUS, "minus ")


def _reasons(chance: Chance, shown: Sequence[str], width: float, area: tuple[float, float]) -> Sheet:
    sheet = Sheet(width)
    levels = list(accumulate((reason.points for reason in chance.reasons), initial=chance.base))
    x = Scale(min(levels), max(levels), *area)
    top = 0.0
    top = _level_row(sheet, chance.base_name, chance.base_detail, chance.base, top, x, area[0])
    for i, reason in enumerate(chance.reasons):
        top = _reason_row(sheet, reason, shown[i], (levels[i], levels[i + 1]), top, x, area[0])
    sheet.height = _level_row(sheet, chance.chance_name, chance.chance_detail, chance.chance, top, x, area[0])
    return sheet


def _words(sheet: Sheet, name: str, detail: str, top: float, width: float, strong: bool = False) -> float:
    """Writes name and detail from ``top``; returns where the row ends."""
    lines = wrapped(name, width, strong=strong)
    sheet.lines(0, top + 20, lines, "strong" if strong else "")
    below = wrapped(detail, width, 12)
    sheet.lines(0, top + 20 + 15 * len(lines), below, "s")
    return top + 23 + 15 * max(1, len(lines) + len(below) - 1)


def _level_row(
    sheet: Sheet, name: str, detail: str, level: float, top: float, x: Scale, words: float
) -> float:
    bottom = _words(sheet, name, detail, top, words - 14, strong=True)
    sheet.upright("band", x(level), top + 6, top + 32)
    sheet.circle("p50", x(level), top + 19, 6)
    sheet.text(sheet.width, top + 24, f"{formats.rounded(level)}{formats.THIN}%", "strong l", "end")
    return bottom


def _reason_row(
    sheet: Sheet,
    reason: Reason,
    shown: str,
    levels: tuple[float, float],
    top: float,
    x: Scale,
    words: float,
) -> float:
    bottom = _words(sheet, reason.name, reason.detail, top, words - 14)
    tone = "dn" if reason.points < 0 else "up"
    sheet.upright("gr", x(levels[0]), top - 4, top + 28)
    near, far = sorted((x(levels[0]), x(levels[1])))
    sheet.box(f"b-{tone}", near, top + 11, max(far - near, 1), 16)
    sheet.text(sheet.width, top + 24, shown, f"t-{tone} l", "end")
    return bottom
