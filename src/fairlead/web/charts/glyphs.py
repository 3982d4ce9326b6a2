"""Small drawings for table cells: the interval, the record, the sparkline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from fairlead.web import formats
from fairlead.web.charts.drawing import Chart, Label, Scale, Sheet, nothing
from fairlead.web.formats import Number

FEWEST = 4
"""Quarters below which a record is not drawn: too few to say anything about anybody."""


@dataclass(frozen=True, slots=True)
class Interval:
    """One row's numbers in minor units; whatever is unknown is left out."""

    booked: Number = 0
    p10: Number | None = None
    p50: Number | None = None
    p90: Number | None = None
    call: Number | None = None
    target: Number | None = None


def interval_glyph(row: Interval, label: Label = formats.thousands) -> Chart:
    """Booked, estimate, call and target on a scale of 0 to 140 % of the own target.

    The call has its own lane above, so that it never hides the middle of the estimate. Without a target the
    scale ends at the largest number; what lies beyond the scale stands at its end, with an arrow.
    """
    known = [float(v) for v in (row.booked, row.p10, row.p50, row.p90, row.call) if v is not None]
    title = _interval_words(row, label)
    top = 1.4 * float(row.target) if row.target else max(known) * 1.05
    sheet = Sheet(270, 28)
    x = Scale(0, top if top > 0 else 1, 6, 264)
    sheet.across("gr", 6, 264, 19)
    sheet.box("book", 6, 16, x.kept(row.booked) - 6, 6)
    if row.p10 is not None and row.p90 is not None:
        sheet.across("band-t", x.kept(row.p10), x.kept(row.p90), 19)
    if row.target is not None:
        sheet.upright("tgt", x.kept(row.target), 10, 28)
    if row.p50 is not None:
        sheet.circle("p50", x.kept(row.p50), 19, 4)
    if row.call is not None:
        sheet.diamond(x.kept(row.call), 6, 5.5)
    if max(known) > x.high:
        sheet.path("ax", "M265 16l3 3l-3 3")
    return Chart(sheet.svg(title), SafeString(""), title)


def _interval_words(row: Interval, label: Label) -> str:
    said = [f"Booked {label(row.booked)}"]
    if row.p10 is not None and row.p90 is not None:
        said.append(f"estimate {label(row.p10)} to {label(row.p90)}")
    if row.p50 is not None:
        said.append(f"middle {label(row.p50)}")
    if row.call is not None:
        said.append(f"call {label(row.call)}")
    said.append("no target" if row.target is None else f"target {label(row.target)}")
    return ", ".join(said)


def _listed(errors: Sequence[float]) -> str:
    return ", ".join(formats.signed(error) for error in errors)


def record_chart(errors: Sequence[float], within: float = 5.0, periods: Sequence[str] = ()) -> Chart:
    """Outcome minus call in per cent of the call per quarter, oldest first, around zero; grey = within 5 %.

    Fewer than four quarters are not drawn: the title says that they are too few. ``periods`` names the
    quarters for the table.
    """
    if len(errors) < FEWEST:
        return nothing("too few to say")
    title = f"Outcome against call, percent, last {len(errors)} quarters: {_listed(errors)}"
    sheet = Sheet(136, 36)
    most = max(within * 2.2, *(abs(error) for error in errors))
    y = Scale(-most, most, 32, 4)
    x = Scale(0, len(errors) - 1, 8, 128)
    sheet.box("f-tol", 0, y(within), 136, y(-within) - y(within))
    sheet.across("gr", 0, 136, y(0))
    for i, error in enumerate(errors):
        sheet.upright("spark", x(i), y(0), y(error))
        sheet.circle("pt last", x(i), y(error), 3)
    inside = sum(abs(error) <= within for error in errors)
    return Chart(
        sheet.svg(title, fixed=True),
        SafeString(""),
        title,
        summary=f"{inside} of {len(errors)} within {within:g}{formats.THIN}%",
        head=("Quarter", "Outcome against call, %"),
        rows=tuple(
            (periods[i] if i < len(periods) else str(i + 1), formats.signed(error))
            for i, error in enumerate(errors)
        ),
    )


def sparkline(values: Sequence[float], what: str, most: float | None = None) -> Chart:
    """A line of signed values around zero, oldest first; the last point is the strong one.

    ``what`` opens the sentence ("Result against call, last 6 quarters, percent"). ``most`` fixes the scale so
    that rows of one table can be compared.
    """
    if not values:
        return nothing("no record yet")
    sheet = Sheet(112, 30)
    reach = max(most or 0, *(abs(v) for v in values)) or 1.0
    y, x = Scale(-reach, reach, 27, 3), Scale(0, max(len(values) - 1, 1), 5, 107)
    points = [(x(i) if len(values) > 1 else 107, y(v)) for i, v in enumerate(values)]
    sheet.across("gr", 0, 112, y(0))
    if len(points) > 1:
        sheet.shape("spark", points, closed=False)
    for px, py in points[:-1]:
        sheet.circle("pt", px, py, 2)
    sheet.circle("pt last", *points[-1], 3)
    title = f"{what}: {_listed(values)}"
    return Chart(sheet.svg(title, fixed=True), SafeString(""), title)


def measure_glyph(baseline: int, now: int | None, target: int) -> Chart:
    """Where a task began, where it stands, and what it is to reach, from zero to a fifth beyond the largest."""
    said = f"Baseline {baseline}, {'not measured yet' if now is None else f'now {now}'}, target {target}"
    top = 1.2 * max(baseline, now or 0, target, 1)
    sheet = Sheet(190, 26)
    x = Scale(0, top, 8, 182)
    sheet.across("gr", 8, 182, 13)
    if now is not None and now != baseline:
        sheet.across("band-t", x.kept(min(baseline, now)), x.kept(max(baseline, now)), 13)
    sheet.circle("dot no", x.kept(baseline), 13, 4)
    if now is not None:
        sheet.circle("p50", x.kept(now), 13, 5.5)
    sheet.upright("tgt", x.kept(target), 3, 23)
    return Chart(sheet.svg(said), SafeString(""), said)
