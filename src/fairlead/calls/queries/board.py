"""An executive's board: each leader's number, and one person to ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fairlead.calls import actions, due, numbers, rules
from fairlead.calls.queries.heads import (
    Head,
    Outlook,
    Sent,
    Waterfall,
    due_of,
    head_of,
    outlook_of,
    sent_in,
    standing_row,
)
from fairlead.calls.queries.records import Past
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One leader's team on the board. ``since`` is how the number moved from ``since_at`` on.

    ``in_each`` is what counts in each category, overlays included.
    """

    leader: people.Node
    amount: int
    overlay: int | None
    in_call: int
    sent: numbers.Standing | None
    since: int | None
    since_at: datetime | None
    target: int | None
    booked: int
    outlook: Outlook | None
    record: rules.Record
    words: str
    due: due.Due
    in_each: tuple[tuple[str, int], ...] = ()
    overlay_note: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """An executive's board: each leader's number and one person to ask, never a list of reps.

    ``total`` adds the leaders' numbers with one's overlays; ``others`` is what else counts in the own number.
    """

    head: Head
    superior: people.Node | None
    rows: tuple[BoardRow, ...]
    total: int
    others: int
    since: int | None
    said: int | None
    last: Sent | None
    target: int | None
    booked: int
    outlook: Outlook | None
    changes: Waterfall
    submitted: int
    late: int
    category: str = "commit"
    totals: tuple[tuple[str, int], ...] = ()
    kind: rules.Kind | None = None


def board(
    actor: access.Actor,
    person: int,
    period: Period,
    at: datetime,
    *,
    since: datetime | None = None,
    category: str = "commit",
    kind: rules.Kind | None = None,
) -> Board:
    """The board of an executive in one category, with what moved since an instant (default: seven days ago).

    ``kind``: of one forecast type, which has no estimate and no record.
    """
    people.require_on(actor, "board.open", person)
    every = numbers.numbers_of(actor, person, period, at, kind=kind)
    number = every[category]
    since = since or at - timedelta(days=7)
    cells = [cell for cell in number.cells if cell.leads]
    ids = [cell.person for cell in cells]
    asked = kind is None or kind.asked
    then = numbers.standing_of(ids, period.name, since, kind.key if kind else "") if asked else {}
    past = Past.of(actor, [person, *ids], period, at, category) if kind is None else Past.none(actor)
    rhythms = actions.rhythms(ids)
    counts = {
        one: {cell.person: cell.in_call for cell in every[one].cells if cell.leads} for one in rules.CALLED
    }
    rows = tuple(
        replace(
            _board_row(cell, number, then.get(cell.person), past, rhythms[cell.person]),
            in_each=tuple((one, counts[one][cell.person]) for one in rules.CALLED),
        )
        for cell in cells
    )
    before = standing_row(actor, number.standing.get(person))
    total = sum(cell.in_call for cell in cells)
    moved = [row.since for row in rows if row.since is not None]
    return Board(
        head=head_of(number, at),
        superior=people.node(number.person.manager) if number.person.manager else None,
        rows=rows,
        total=total,
        others=number.with_overlays - total,
        since=sum(moved) if moved else None,
        said=number.said,
        last=next(iter(sent_in(actor, [before], at, category, kind.key if kind else "")), None)
        if before
        else None,
        target=number.target,
        booked=number.booked,
        outlook=outlook_of(number.estimate, number.target, total),
        changes=_board_changes(cells, then, number, since, total),
        submitted=sum(row.due.state in ("submitted", "over") and row.sent is not None for row in rows),
        late=sum(row.due.state == "late" for row in rows),
        category=category,
        totals=tuple((one, sum(counts[one].values())) for one in rules.CALLED),
        kind=kind,
    )


def _board_row(
    cell: rules.Cell,
    number: numbers.Number,
    then: numbers.Standing | None,
    past: Past,
    rhythm: due.Rhythm,
) -> BoardRow:
    overlay = number.overlays.get(cell.person)
    sent, was = number.standing.get(cell.person), then.number(number.category) if then else None
    return BoardRow(
        leader=number.nodes[cell.person],
        amount=cell.own_call,
        overlay=cell.overlay,
        in_call=cell.in_call,
        sent=sent,
        since=None if was is None else cell.own_call - was,
        since_at=then.at if then and was is not None else None,
        target=cell.target,
        booked=cell.booked,
        outlook=outlook_of(number.estimates.get(cell.person), cell.target, cell.own_call),
        record=past.record(cell.person, past.numbers),
        words=sent.reason if sent else "",
        due=due_of(rhythm, number, sent),
        overlay_note=overlay.note if overlay else "",
    )


def _board_changes(
    cells: Sequence[rules.Cell],
    then: Mapping[int, numbers.Standing],
    number: numbers.Number,
    since: datetime,
    total: int,
) -> Waterfall:
    """What moved the leaders' numbers since an instant, by reason, from what they submitted."""
    ids = [cell.person for cell in cells]
    author = number.person.id
    type = number.kind.key if number.kind else ""
    asked = ids if number.kind is None or number.kind.asked else []
    beside = numbers.overlays_on(asked, number.period.name, number.category, since, type)
    before = [
        _cell_then(cell, then.get(cell.person), beside.get((cell.person, author)), number.category)
        for cell in cells
    ]
    start = sum(cell.in_call for cell in before)
    steps = numbers.chain(asked, number.period.name, since, number.at, number.category, type)
    told = [
        bar
        for cell, was in zip(cells, before, strict=True)
        for bar in numbers.team_bars(was, cell, steps.get(cell.person, []))
    ]
    bars = rules.standing_bars(before, start, cells, total, rules.add_bars(told))
    return Waterfall(start, since, tuple(bars), total)


def _cell_then(
    cell: rules.Cell, sent: numbers.Standing | None, overlay: numbers.Beside | None, category: str
) -> rules.Cell:
    amount = (sent.number(category) or 0) if sent else 0
    return rules.Cell(
        cell.person,
        cell.name,
        True,
        amount,
        amount,
        amount,
        overlay.amount if overlay else None,
        overlay.amount if overlay else amount,
        submission=sent.public_id if sent else "",
    )
