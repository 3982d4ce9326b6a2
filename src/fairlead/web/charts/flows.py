"""The flow: how money moved between categories, as ribbons whose width is the amount."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fairlead.web import formats
from fairlead.web.charts.drawing import Chart, Label, Sheet, cut, nothing, place, room


@dataclass(frozen=True, slots=True)
class Ribbon:
    """``amount`` (minor units, positive) that was in ``source`` and is now in ``goal``."""

    source: str
    goal: str
    amount: int
    href: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """Ribbons between two moments. ``order`` ranks the categories, best first; it decides what is a gain.

    A ribbon to a better category is drawn as coming in, to a worse one as leaving, to the same as staying.
    Raises ValueError for an amount that is not positive or a category outside ``order``.
    """

    ribbons: tuple[Ribbon, ...]
    order: tuple[str, ...]
    before: str = "before"
    after: str = "after"

    def __post_init__(self) -> None:
        for ribbon in self.ribbons:
            if ribbon.amount <= 0:
                raise ValueError("A ribbon needs a positive amount.")
            if ribbon.source not in self.order or ribbon.goal not in self.order:
                raise ValueError(f"{ribbon.source} or {ribbon.goal} has no place in the order.")

    def tone(self, ribbon: Ribbon) -> str:
        source, goal = self.order.index(ribbon.source), self.order.index(ribbon.goal)
        return "same" if source == goal else "up" if goal < source else "dn"


@dataclass(frozen=True, slots=True)
class _Node:
    name: str
    amount: int
    top: float
    height: float

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


def flow(moved: Flow, label: Label = formats.thousands) -> Chart:
    """Grey ribbons stay, blue ones come in, orange ones leave; every node has its number beside it."""
    if not moved.ribbons:
        return nothing("Nothing moved between these moments.")
    gains = sum(r.amount for r in moved.ribbons if moved.tone(r) == "up")
    losses = sum(r.amount for r in moved.ribbons if moved.tone(r) == "dn")
    title = (
        f"Flow between categories, {moved.before} to {moved.after}: {label(gains)} moved to a better category,"
        f" {label(losses)} to a worse one."
        + (" Each ribbon opens its deals." if any(r.href for r in moved.ribbons) else "")
    )
    return Chart(
        wide=_draw_wide(moved, label).svg(title, "wide", group=True),
        phone=_draw_phone(moved, label).svg(title, "narrow", group=True),
        title=title,
        head=("From", "To", "Amount"),
        rows=tuple((r.source, r.goal, label(r.amount)) for r in moved.ribbons),
        words=2,
    )


def _nodes(moved: Flow, of: Callable[[Ribbon], str], tall: float, gap: float, top: float) -> list[_Node]:
    """The categories of one side from the top, in order, ``gap`` apart; ``tall`` pixels for all the money."""
    total = sum(r.amount for r in moved.ribbons)
    nodes: list[_Node] = []
    for name in moved.order:
        amount = sum(r.amount for r in moved.ribbons if of(r) == name)
        if amount:
            height = max(tall * amount / total, 1.5)
            nodes.append(_Node(name, amount, top, height))
            top += height + gap
    return nodes


def _source(ribbon: Ribbon) -> str:
    return ribbon.source


def _goal(ribbon: Ribbon) -> str:
    return ribbon.goal


def _bottom(*sides: Sequence[_Node]) -> float:
    return max(side[-1].top + side[-1].height for side in sides)


def _draw_wide(moved: Flow, label: Label) -> Sheet:
    left, right = _nodes(moved, _source, 190, 20, 8), _nodes(moved, _goal, 190, 20, 8)
    sheet = Sheet(620, _bottom(left, right) + 10)
    _draw_ribbons(sheet, moved, label, left, right, (190, 430))
    for node in left:
        sheet.box("book", 182, node.top, 8, node.height)
        _beside(sheet, 174, node, label, "end", 172)
    for node in right:
        sheet.box("book", 430, node.top, 8, node.height)
        _beside(sheet, 446, node, label, "start", 172)
    return sheet


def _beside(sheet: Sheet, x: float, node: _Node, label: Label, anchor: str, width: float) -> None:
    number = label(node.amount)
    name = cut(node.name, width - room(f" {number}"), strong=True)
    if name == node.name or node.height < 30:
        _name_and_number(sheet, x, node.middle + 4, name, number, anchor)
        return
    sheet.text(x, node.middle - 3, cut(node.name, width, strong=True), "strong", anchor)
    sheet.text(x, node.middle + 13, number, "", anchor)


def _name_and_number(sheet: Sheet, x: float, y: float, name: str, number: str, anchor: str) -> None:
    """One line with a strong name. Drawn as two texts, since only text elements carry a class here."""
    gap = room(" ")
    if anchor == "end":
        sheet.text(x, y, number, "", "end")
        sheet.text(x - room(number) * 1.06 - gap, y, name, "strong", "end")
    else:
        sheet.text(x, y, name, "strong")
        sheet.text(x + room(name, strong=True) * 0.97 + gap, y, number)


def _draw_phone(moved: Flow, label: Label) -> Sheet:
    """Names stand above their nodes, since there is no room beside them."""
    left, right = _nodes(moved, _source, 170, 26, 22), _nodes(moved, _goal, 170, 26, 22)
    sheet = Sheet(356, _bottom(left, right) + 6)
    _draw_ribbons(sheet, moved, label, left, right, (8, 348))
    for side, x, anchor in ((left, 0.0, "start"), (right, 356.0, "end")):
        for node in side:
            sheet.box("book", 0 if anchor == "start" else 348, node.top, 8, node.height)
            number = label(node.amount)
            name = cut(node.name, 168 - room(f" {number}"), strong=True)
            _name_and_number(sheet, x, node.top - 6, name, number, anchor)
    return sheet


def _draw_ribbons(
    sheet: Sheet,
    moved: Flow,
    label: Label,
    left: Sequence[_Node],
    right: Sequence[_Node],
    ends: tuple[float, float],
) -> None:
    out, into = {n.name: n.top for n in left}, {n.name: n.top for n in right}
    sources, goals = {n.name: n for n in left}, {n.name: n for n in right}
    rank = moved.order.index
    for ribbon in sorted(moved.ribbons, key=lambda r: (rank(r.source), rank(r.goal))):
        source, goal = sources[ribbon.source], goals[ribbon.goal]
        thick = source.height * ribbon.amount / source.amount
        arriving = goal.height * ribbon.amount / goal.amount
        sheet.open_link(ribbon.href, f"{ribbon.source} to {ribbon.goal} {label(ribbon.amount)}")
        _ribbon(
            sheet, f"fl-{moved.tone(ribbon)}", ends, (out[source.name], thick), (into[goal.name], arriving)
        )
        sheet.close_link(ribbon.href)
        out[source.name] += thick
        into[goal.name] += arriving


def _ribbon(
    sheet: Sheet, look: str, ends: tuple[float, float], start: tuple[float, float], end: tuple[float, float]
) -> None:
    (x1, x2), (y1, h1), (y2, h2) = ends, start, end
    bend, a, b = place((x1 + x2) / 2), place(x1), place(x2)
    sheet.path(
        look,
        f"M{a} {place(y1)}C{bend} {place(y1)} {bend} {place(y2)} {b} {place(y2)}L{b} {place(y2 + h2)}"
        f"C{bend} {place(y2 + h2)} {bend} {place(y1 + h1)} {a} {place(y1 + h1)}z",
    )
