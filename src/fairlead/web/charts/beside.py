"""Two dot plots on one scale: what is likely as it is, and what would be if."""

from __future__ import annotations

from dataclasses import replace

from fairlead.web import formats
from fairlead.web.charts.dots import (
    Outlook,
    _Bins,
    _bins,
    _draw_axis,
    _draw_dots,
    _heights,
    _Size,
)
from fairlead.web.charts.drawing import Chart, Label, Sheet, room

_WIDE = _Size(900, 24, 80, 112, 11, False)
_PHONE = _Size(356, 18, 60, 92, 6, True)
NAMES = ("As it is", "If so")


def beside(before: Outlook, after: Outlook, label: Label = formats.thousands) -> Chart:
    """The dots before above the dots after, on one scale, each counted against its own target."""
    title = f"{NAMES[0]}: {_said(before, label)} {NAMES[1]}: {_said(after, label)}"
    return Chart(
        wide=_drawn(before, after, label, _WIDE).svg(title, "wide"),
        phone=_drawn(before, after, label, _PHONE).svg(title, "narrow"),
        title=title,
    )


def _said(outlook: Outlook, label: Label) -> str:
    if outlook.p10 is None or outlook.p90 is None:
        return f"{len(outlook.dots)} results."
    words = f"8 in 10 lie between {label(outlook.p10)} and {label(outlook.p90)}."
    if outlook.target is None:
        return words
    return (
        f"{outlook.reach} of {len(outlook.dots)} results reach the target of {label(outlook.target)}, {words}"
    )


def _drawn(before: Outlook, after: Outlook, label: Label, size: _Size) -> Sheet:
    both = replace(
        after,
        dots=(*before.dots, *after.dots),
        p10=_least(before.p10, after.p10, before.target),
        p90=_most(before.p90, after.p90, before.target),
    )
    scale = _scaled(both, before, after, size)
    sheet, top = Sheet(size.width), 0.0
    for name, outlook in zip(NAMES, (before, after), strict=True):
        bins = _anchored(scale, outlook)
        top = _row(sheet, name, outlook, bins, label, top, size)
    _draw_axis(sheet, label, scale, top - 16, size)
    sheet.height = top + 12
    return sheet


def _least(*values: formats.Number | None) -> float:
    return min(float(v) for v in values if v is not None)


def _most(*values: formats.Number | None) -> float:
    return max(float(v) for v in values if v is not None)


def _scaled(both: Outlook, before: Outlook, after: Outlook, size: _Size) -> _Bins:
    """Bins fitted to both rows together: twice the room, since each row has half of the dots."""
    for across in range(size.fewest, size.most + 1, 4):
        bins = _bins(both, replace(size, fewest=across, tallest=2 * size.tallest))
        if max(_tallest(o, _anchored(bins, o)) for o in (before, after)) * bins.pixels <= size.tallest:
            break
    return bins


def _tallest(outlook: Outlook, bins: _Bins) -> int:
    return max(_heights([float(dot) for dot in outlook.dots], bins).values())


def _anchored(scale: _Bins, outlook: Outlook) -> _Bins:
    """The same scale with a bin's edge at the row's own target, so that no dot straddles it."""
    if outlook.target is None or float(outlook.target) == scale.anchor:
        return scale
    moved = (scale.anchor - float(outlook.target)) / scale.width
    return replace(scale, anchor=float(outlook.target), first=scale.first + moved)


def _row(
    sheet: Sheet, name: str, outlook: Outlook, bins: _Bins, label: Label, top: float, size: _Size
) -> float:
    ground = top + 40 + _tallest(outlook, bins) * bins.pixels
    sheet.text(0, top + 14, name, "strong")
    if outlook.target is not None:
        words = f"{outlook.reach} reach it"
        sheet.text(size.width - 2, top + 14, words, anchor="end")
        _flag(sheet, outlook, bins, label, top, ground, room(name, strong=True), room(words))
    sheet.across("ax", 0, size.width, ground)
    _draw_dots(sheet, outlook, bins, ground)
    y = ground + 16
    if outlook.p10 is not None and outlook.p90 is not None:
        left, right = bins.x(float(outlook.p10)), bins.x(float(outlook.p90))
        sheet.across("band", left, right, y)
        sheet.upright("band", left, y - 5, y + 5)
        sheet.upright("band", right, y - 5, y + 5)
    if outlook.call is not None:
        sheet.diamond(bins.x(float(outlook.call)), y, 7)
    return y + 26


def _flag(
    sheet: Sheet,
    outlook: Outlook,
    bins: _Bins,
    label: Label,
    top: float,
    ground: float,
    left: float,
    right: float,
) -> None:
    """The target's line with its words on the side that has room, below the row's name where neither has."""
    assert outlook.target is not None
    x, words = bins.x(float(outlook.target)), f"Target {label(outlook.target)}"
    wide = room(words, strong=True)
    if x + 8 + wide < sheet.width - right - 12 and x > left + 8:
        sheet.text(x + 8, top + 14, words, "strong")
        sheet.upright("tgt", x, top + 3, ground + 5)
        return
    sheet.upright("tgt", x, top + 22, ground + 5)
    if x + 8 + wide <= sheet.width:
        sheet.text(x + 8, top + 32, words, "strong")
    else:
        sheet.text(x - 8, top + 32, words, "strong", "end")
