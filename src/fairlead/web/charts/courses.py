"""Drawings over time and over chances: the fan of estimates, and the reliability of chances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fairlead.web import formats
from fairlead.web.charts.drawing import Chart, Label, Scale, Sheet, nothing, room, ticks
from fairlead.web.formats import Number


@dataclass(frozen=True, slots=True)
class Said:
    """What was said in one week: the range and middle of the estimate, and the call, in minor units."""

    week: int
    p10: Number
    p50: Number
    p90: Number
    call: Number | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """The estimate as it was said, week by week, oldest first. ``weeks`` is the length of the period."""

    said: tuple[Said, ...]
    weeks: int = 13
    target: Number | None = None


def fan(course: Course, label: Label = formats.thousands) -> Chart:
    """The band of 8 in 10 and its middle as said each week, and the calls. It ends today."""
    if not course.said:
        return nothing("No estimate was made yet in this period.")
    first, last = course.said[0], course.said[-1]
    title = (
        f"Estimate by week: the middle moved from {label(first.p50)} in week {first.week} to {label(last.p50)}"
        f" in week {last.week}; the range of 8 in 10 was {label(float(first.p90) - float(first.p10))}"
        f" wide and is {label(float(last.p90) - float(last.p10))}."
    )
    return Chart(
        wide=_fan(course, label, 620, 250).svg(title, "wide"),
        phone=_fan(course, label, 356, 230).svg(title, "narrow"),
        title=title,
        head=("Week", "Middle", "8 in 10", "Call"),
        rows=tuple(
            (
                str(said.week),
                label(said.p50),
                f"{label(said.p10)} to {label(said.p90)}",
                "" if said.call is None else label(said.call),
            )
            for said in course.said
        ),
    )


def _fan(course: Course, label: Label, width: float, height: float) -> Sheet:
    sheet = Sheet(width, height)
    values = [float(v) for said in course.said for v in (said.p10, said.p90, said.call) if v is not None]
    values += [] if course.target is None else [float(course.target)]
    reach = (max(values) - min(values)) or max(abs(max(values)), 1.0) * 0.2
    y = Scale(min(values) - reach * 0.06, max(values) + reach * 0.12, height - 42, 18)
    marks = ticks(y.low, y.high, 4)
    left = max(room(label(mark), 12) for mark in marks) + 10
    x = Scale(1, max(course.weeks, course.said[-1].week, 2), left + 8, width - 10)
    for mark in marks:
        sheet.across("gr", left, width, y(mark))
        sheet.text(left - 8, y(mark) + 4, label(mark), "s", "end")
    at = [x(said.week) for said in course.said]
    _draw_fan(sheet, course, at, y)
    if course.target is not None:
        sheet.across("tgt", left, width, y(course.target))
        words = f"Target {label(course.target)}"
        sheet.text(width - 2, y(course.target) - 7, words, "strong", "end")
    for i, said in enumerate(course.said):
        if said.call is not None:
            sheet.diamond(at[i], y(said.call), 5.5)
    _name_middle(sheet, course, label, at[-1], y)
    _name_weeks(sheet, course, x, height - 8)
    return sheet


def _draw_fan(sheet: Sheet, course: Course, at: Sequence[float], y: Scale) -> None:
    if len(at) == 1:
        only = course.said[0]
        sheet.upright("band-t", at[0], y(only.p90), y(only.p10))
        sheet.circle("p50", at[0], y(only.p50), 4)
        return
    upper = [(at[i], y(said.p90)) for i, said in enumerate(course.said)]
    lower = [(at[i], y(said.p10)) for i, said in enumerate(course.said)]
    sheet.shape("band-f", upper + lower[::-1])
    sheet.shape("band", [(at[i], y(said.p50)) for i, said in enumerate(course.said)], closed=False)


def _name_middle(sheet: Sheet, course: Course, label: Label, at: float, y: Scale) -> None:
    """ "middle 2,505" right of the band's end where it has room and the target's words leave it alone."""
    last = course.said[-1]
    words, line = f"middle {label(last.p50)}", y(last.p50) - 4
    if course.target is not None:
        target = y(course.target) - 7
        if abs(line - target) < 15:
            line = target - 16 if line <= target else y(course.target) + 17
    if at + 12 + room(words, strong=True) <= sheet.width:
        sheet.text(at + 12, line, words, "strong")
    else:
        sheet.text(sheet.width - 2, 14, words, "strong", "end")


def _name_weeks(sheet: Sheet, course: Course, x: Scale, line: float) -> None:
    """The first and last week said, the last of the period, and one between, where words do not meet."""
    last = course.said[-1].week
    wished = [course.said[0].week, last, int(x.high), (course.said[0].week + last) // 2]
    taken: list[tuple[float, float]] = []
    for week in dict.fromkeys(wished):
        words = f"week {week}"
        half = room(words, 12) / 2
        middle = min(max(x(week), half), sheet.width - half)
        if all(middle + half + 8 < a or middle - half - 8 > b for a, b in taken):
            sheet.text(middle, line, words, "s", "middle")
            taken.append((middle - half, middle + half))


@dataclass(frozen=True, slots=True)
class WeekOf:
    """One week of an ended period: the number that stood, and the estimate stored then, each if there was one."""

    week: int
    number: Number | None
    p10: Number | None
    p50: Number | None
    p90: Number | None


@dataclass(frozen=True, slots=True)
class Ended:
    """An ended period week by week, and what came, in minor units."""

    weeks: tuple[WeekOf, ...]
    came: Number


def ended(course: Ended, label: Label = formats.thousands) -> Chart:
    """Numbers (diamonds) and ranges of the estimate by week against what came (the line)."""
    said = [w for w in course.weeks if w.number is not None or w.p50 is not None]
    if not said:
        return nothing("Nothing was said in this period.")
    numbers = [w for w in said if w.number is not None]
    words = f"{label(course.came)} came."
    if numbers:
        first, last = numbers[0], numbers[-1]
        words += (
            f" The number was {label(first.number or 0)} in week {first.week}"
            f" and {label(last.number or 0)} in week {last.week}."
        )
    return Chart(
        wide=_ended(course, said, label, 590, 150).svg(words, "wide"),
        phone=_ended(course, said, label, 356, 150).svg(words, "narrow"),
        title=words,
        head=("Week", "Number", "Estimate, middle", "8 in 10"),
        rows=tuple(
            (
                str(w.week),
                "" if w.number is None else label(w.number),
                "" if w.p50 is None else label(w.p50),
                "" if w.p10 is None or w.p90 is None else f"{label(w.p10)} to {label(w.p90)}",
            )
            for w in said
        ),
        total=("Came", label(course.came), "", ""),
    )


def _ended(course: Ended, said: Sequence[WeekOf], label: Label, width: float, height: float) -> Sheet:
    sheet = Sheet(width, height)
    values = [float(v) for w in said for v in (w.number, w.p10, w.p90) if v is not None] + [
        float(course.came)
    ]
    values += [0.8 * float(course.came), 1.2 * float(course.came)]  # a small miss looks small
    reach = (max(values) - min(values)) or 1.0
    y = Scale(min(values) - reach * 0.05, max(values) + reach * 0.05, height - 26, 8)
    words = f"came {label(course.came)}"
    x = Scale(1, max(len(course.weeks), 2), 12, width - room(words, strong=True) - 16)
    sheet.across("tgt", 0, width, y(course.came))
    sheet.text(width - 2, y(course.came) - 6, words, "strong", "end")
    for w in said:
        if w.p10 is not None and w.p90 is not None:
            sheet.upright("band-t", x(w.week), y(w.p90), y(w.p10))
        if w.p50 is not None:
            sheet.circle("p50", x(w.week), y(w.p50), 3)
        if w.number is not None:
            sheet.diamond(x(w.week), y(w.number), 5)
    for week in (1, (len(course.weeks) + 1) // 2, len(course.weeks)):
        sheet.inside(x(week), height - 6, f"week {week}" if week > 1 else "week 1", "s")
    return sheet


@dataclass(frozen=True, slots=True)
class Booked:
    """Booked by the end of each week of a period, in minor units, week 1 first."""

    period: str
    by_week: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Pace:
    """This period up to its week, earlier ones (newest first), and the target."""

    this: Booked
    before: tuple[Booked, ...]
    weeks: int
    target: Number | None = None


def pace(course: Pace, label: Label = formats.thousands) -> Chart:
    """Booked week by week (solid bars) against the target's line and the same weeks of earlier periods (dots)."""
    now = course.this.by_week
    if not now:
        return nothing("The period has not begun.")
    week = len(now)
    title = f"Booked by the end of week {week}: {label(now[-1])}"
    title += "." if course.target is None else f" of a target of {label(course.target)}."
    then = [(b.period, b.by_week[min(week, len(b.by_week)) - 1]) for b in course.before]
    if then:
        title += (
            " At the same week: " + ", ".join(f"{label(amount)} in {name}" for name, amount in then) + "."
        )
    return Chart(
        wide=_pace(course, label, 590, 220).svg(title, "wide"),
        phone=_pace(course, label, 356, 220).svg(title, "narrow"),
        title=title,
        head=("Week", course.this.period, *(b.period for b in course.before)),
        rows=tuple(
            (
                str(n + 1),
                label(now[n]) if n < week else "",
                *(label(b.by_week[n]) if n < len(b.by_week) else "" for b in course.before),
            )
            for n in range(course.weeks)
        ),
    )


def _pace(course: Pace, label: Label, width: float, height: float) -> Sheet:
    sheet = Sheet(width, height)
    values = [float(v) for b in (course.this, *course.before) for v in b.by_week]
    values += [] if course.target is None else [float(course.target)]
    y = Scale(0, (max(values) or 1.0) * 1.12, height - 26, 18)
    marks = ticks(0, y.high, 4)
    left = max(room(label(mark), 12) for mark in marks) + 10
    step = (width - left) / course.weeks
    for mark in marks:
        sheet.across("gr" if mark else "ax", left, width, y(mark))
        sheet.text(left - 8, y(mark) + 4, label(mark), "s", "end")
    for n, amount in enumerate(course.this.by_week):
        sheet.box("book", left + (n + 0.2) * step, y(amount), 0.6 * step, y(0) - y(amount))
    for booked in course.before:
        for n, amount in enumerate(booked.by_week[: course.weeks]):
            sheet.circle("then", left + (n + 0.5) * step, y(amount), 3)
    if course.target is not None:
        sheet.across("tgt", left, width, y(course.target))
        sheet.text(left + 4, y(course.target) - 7, f"Target {label(course.target)}", "strong")
    for week in dict.fromkeys((1, (course.weeks + 1) // 2, course.weeks)):
        sheet.inside(left + (week - 0.5) * step, height - 8, f"week {week}", "s")
    return sheet


@dataclass(frozen=True, slots=True)
class Bin:
    """Chances that were said alike: their mean, the share that came true, its 8-in-10 range, how many."""

    said: float
    came_true: float
    low: float
    high: float
    count: int


def reliability(bins: Sequence[Bin], what: str = "deals") -> Chart:
    """Of the deals given a chance of 60 %, how many closed? On the line, chances mean what they say."""
    bins = [b for b in bins if b.count > 0]
    if not bins:
        return nothing(f"No {what} have ended yet, so chances cannot be checked.")
    inside = sum(b.low <= b.said <= b.high for b in bins)
    total = sum(b.count for b in bins)
    title = (
        f"What was said against what came true, {formats.count(total, 'result')} in {len(bins)} groups."
        f" In {inside} of {len(bins)} groups the chance said is within the range of what came true."
    )
    return Chart(
        wide=_reliability(bins, 420, 340).svg(title, "wide"),
        phone=_reliability(bins, 356, 320).svg(title, "narrow"),
        title=title,
        head=("Chance said", "Came true", "8 in 10", "Count"),
        rows=tuple(
            (
                formats.per_cent(b.said),
                formats.per_cent(b.came_true),
                f"{formats.per_cent(b.low)} to {formats.per_cent(b.high)}",
                formats.whole(b.count),
            )
            for b in bins
        ),
        words=0,
    )


def _reliability(bins: Sequence[Bin], width: float, height: float) -> Sheet:
    sheet = Sheet(width, height)
    x, y = Scale(0, 1, 52, width - 22), Scale(0, 1, height - 48, 26)
    for share in (0, 0.25, 0.5, 0.75, 1):
        words = formats.per_cent(share)
        sheet.across("gr", x(0), x(1), y(share))
        sheet.text(44, y(share) + 4, words, "s", "end")
        sheet.text(x(share), height - 30, words, "s", "middle")
    sheet.line("dash", x(0), y(0), x(1), y(1))
    most = max(b.count for b in bins)
    for b in bins:
        sheet.upright("band", x.kept(b.said), y.kept(b.low), y.kept(b.high))
        sheet.circle("dot", x.kept(b.said), y.kept(b.came_true), 3 + 4 * (b.count / most) ** 0.5)
    sheet.text(0, 14, "came true")
    sheet.text(x(1), height - 8, "chance said", anchor="end")
    return sheet
