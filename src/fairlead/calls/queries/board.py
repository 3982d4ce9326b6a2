"""An executive's board: each leader's number, and one person to ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    sent_lines,
    standing_row,
)
from fairlead.calls.queries.records import Past
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One leader's team on the board. ``since`` is how the number moved from ``since_at`` on."""

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


def board(
    actor: access.Actor, person: int, period: Period, at: datetime, *, since: datetime | None = None
) -> Board:
    """The board of an executive, with what moved since an instant (default: seven days ago)."""
    people.require_on(actor, "board.open", person)
    number = numbers.number_of(actor, person, period, at)
    since = since or at - timedelta(days=7)
    cells = [cell for cell in number.cells if cell.leads]
    ids = [cell.person for cell in cells]
    then = numbers.standing_of(ids, period.name, since)
    past = Past.of(actor, [person, *ids], period, at)
    rhythms = actions.rhythms(ids)
    rows = tuple(_board_row(c, number, then.get(c.person), past, rhythms[c.person]) for c in cells)
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
        last=sent_lines([before], at)[0] if before else None,
        target=number.target,
        booked=number.booked,
        outlook=outlook_of(number.estimate, number.target, total),
        changes=_board_changes(cells, then, number, since, total),
        submitted=sum(row.due.state in ("submitted", "over") and row.sent is not None for row in rows),
        late=sum(row.due.state == "late" for row in rows),
    )


def _board_row(
    cell: rules.Cell,
    number: numbers.Number,
    then: numbers.Standing | None,
    past: Past,
    rhythm: due.Rhythm,
) -> BoardRow:
    sent = number.standing.get(cell.person)
    return BoardRow(
        leader=number.nodes[cell.person],
        amount=cell.own_call,
        overlay=cell.overlay,
        in_call=cell.in_call,
        sent=sent,
        since=cell.own_call - then.amount if then else None,
        since_at=then.at if then else None,
        target=cell.target,
        booked=cell.booked,
        outlook=outlook_of(number.estimates.get(cell.person), cell.target, cell.own_call),
        record=past.record(cell.person, past.numbers),
        words=sent.reason if sent else "",
        due=due_of(rhythm, number, sent),
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
    beside = numbers.overlays_on(ids, number.period.name, "commit", since)
    before = [_cell_then(cell, then.get(cell.person), beside.get((cell.person, author))) for cell in cells]
    start = sum(cell.in_call for cell in before)
    steps = numbers.chain(ids, number.period.name, since, number.at)
    told = [
        bar
        for cell, was in zip(cells, before, strict=True)
        for bar in numbers.team_bars(was, cell, steps.get(cell.person, []))
    ]
    bars = rules.standing_bars(before, start, cells, total, rules.add_bars(told))
    return Waterfall(start, since, tuple(bars), total)


def _cell_then(cell: rules.Cell, sent: numbers.Standing | None, overlay: numbers.Beside | None) -> rules.Cell:
    amount = sent.amount if sent else 0
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
