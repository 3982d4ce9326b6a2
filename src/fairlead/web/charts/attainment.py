"""Attainment by quarter against the line, in percent of what was asked."""

from __future__ import annotations

from collections.abc import Sequence

from fairlead.web.charts.drawing import Chart, Sheet, nothing

Bar = tuple[str, int]
"""The quarter's name as it is written, and its attainment in percent."""
_ON_A_PHONE = 5
"""Newest quarters that a phone shows; the table has all."""
_FOOT, _HEAD, _HEIGHT = 28, 14, 196


def attainment(bars: Sequence[Bar], line: int) -> Chart:
    """A bar for each quarter, oldest first, and the line across them."""
    if not bars:
        return nothing("No closed quarter had a target yet.")
    said = ", ".join(f"{name} {percent} percent" for name, percent in bars)
    title = f"Attainment by quarter: {said}. The line is {line} percent."
    return Chart(
        wide=_bars(bars, line, 520).svg(title, "wide"),
        phone=_bars(bars[-_ON_A_PHONE:], line, 356).svg(title, "narrow"),
        title=title,
        head=("Quarter", "Attained"),
        rows=tuple((name, f"{percent} %") for name, percent in bars),
    )


def _bars(bars: Sequence[Bar], line: int, width: float) -> Sheet:
    sheet = Sheet(width, _HEIGHT)
    base, words = _HEIGHT - _FOOT, f"the line, {line}"
    right = width - 92
    most = max(max(percent for _, percent in bars), line, 100)
    step = right / len(bars)
    wide = min(step * 0.62, 56)
    for n, (name, percent) in enumerate(bars):
        height = (base - _HEAD) * max(percent, 0) / most
        middle = step * (n + 0.5)
        sheet.box("book", middle - wide / 2, base - height, wide, height)
        inside = height > 28
        sheet.text(
            middle,
            base - 10 if inside else base - height - 6,
            percent,
            "inb" if inside else "strong",
            "middle",
        )
        sheet.text(middle, _HEIGHT - 9, name.replace(" 20", " "), "s", "middle")
    sheet.across("ax", 0, right, base)
    at = base - (base - _HEAD) * line / most
    sheet.across("halo", 0, right, at)
    sheet.across("tgt", 0, right, at)
    sheet.text(right + 8, at + 4, words, "strong")
    return sheet
