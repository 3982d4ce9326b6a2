"""Submissions as their readers see them, and as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fairlead.calls import actions, kinds, numbers, pipeline, rules, wording
from fairlead.calls.models import Receipt, Submission, SubmittedType, Withdrawal
from fairlead.calls.queries.heads import Read, Sent, sent_in, typed_row
from fairlead.calls.queries.periods import period_at
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person


def readers_of(row: Submission, actor: access.Actor) -> tuple[Read, ...]:
    """The superior and the team of a submission, with who opened it when."""
    opened = dict(
        Receipt.objects.seen_by(actor, "submission.read")
        .filter(submission=row)
        .values_list("person_id", "at")
    )
    team = [cell["person"] for cell in row.cells if cell["person"] != row.person_id]
    names = people.names([*team, *opened, *([row.superior_id] if row.superior_id else [])])
    wanted = dict.fromkeys([*([row.superior_id] if row.superior_id else []), *team])
    return tuple(Read(names[p], opened.get(p), p == row.superior_id) for p in wanted if p in names)


@dataclass(frozen=True, slots=True)
class CopyCell:
    """One person in a copy: the own call, and the overlay where the reader may see it."""

    name: str
    own_call: int
    overlay: int | None
    in_call: int | None
    mine: bool


@dataclass(frozen=True, slots=True)
class CopyType:
    """What a submission holds of a forecast type, as it was called then: ``numbers`` by category."""

    key: str
    name: str
    measure: str
    numbers: tuple[tuple[str, int], ...]

    @property
    def amount(self) -> int:
        return dict(self.numbers)["commit"]


@dataclass(frozen=True, slots=True)
class Copy:
    """A submission as its reader sees it: the same version that went up.

    ``cells`` hold what the reader may see: calls inside the team, an overlay only on oneself or for who leads.
    ``changes`` name no person for a reader of the team. ``newer`` is the public id of a newer standing one. Amounts,
    cells and changes are those of ``category``; ``numbers`` are what was sent in each that the submission kept.
    Of a forecast type (``type``) they are those of the type.
    """

    public_id: str
    person: people.Node
    superior: str
    by: str
    period: str
    version: int
    at: datetime
    due_at: datetime
    amount: int
    currency: str
    calls_sum: int
    reason: str
    target: int | None
    booked: int
    estimate: Mapping[str, Any]
    dots_reaching_target: int | None
    cells: tuple[CopyCell, ...]
    changes: tuple[rules.Bar, ...]
    previous: int | None
    withdrawn_at: datetime | None
    newer: str
    read_at: datetime | None
    readers: tuple[Read, ...]
    digest: str
    category: str = "commit"
    numbers: tuple[tuple[str, int], ...] = ()
    whole: tuple[tuple[str, int], ...] = ()
    """the numbers of all business, whatever the copy is of"""
    types: tuple[CopyType, ...] = ()
    type: CopyType | None = None

    @property
    def difference(self) -> int:
        return self.amount - self.calls_sum


def team_copy(actor: access.Actor, public_id: str, category: str = "commit", type: str = "") -> Copy:
    """A submission by public id in one category, as the actor may read it; with ``type`` what it holds of that type.

    Raises NotFound, also where the submission is of before that category's numbers, or holds nothing of the type.
    """
    row = (
        Submission.objects.seen_by(actor, "submission.read")
        .filter(public_id=public_id)
        .select_related("person", "by", "previous")
        .first()
    )
    if row is None or category not in rules.CALLED or actions.amount_in(row, category) is None:
        raise access.NotFound("submission")
    typed = typed_row(actor, row, type) if type else None
    if type and typed is None:
        raise access.NotFound("submission")
    return _copy(actor, row, category, typed)


def newest_copy(actor: access.Actor, node: people.Node, period: Period, at: datetime) -> Copy | None:
    if node.manager is None:
        return None
    standing = numbers.standing_of([node.manager], period.name, at).get(node.manager)
    return team_copy(actor, standing.public_id) if standing else None


@dataclass(frozen=True, slots=True)
class Unread:
    """A standing submission of one's manager that one has not opened yet."""

    public_id: str
    name: str
    period: str
    at: datetime


def unread_of(actor: access.Actor, at: datetime) -> Unread | None:
    """The newest submission of the actor's manager in the running period, unless they have opened one as new."""
    manager = people.manager_of(actor.person) if actor.person is not None else None
    if manager is None or not access.may(actor, "submission.read"):
        return None
    period = period_at(at)
    standing = numbers.standing_of([manager], period.name, at).get(manager)
    if standing is None:
        return None
    rows = Submission.objects.seen_by(actor, "submission.read").filter(public_id=standing.public_id)
    row = rows.select_related("person").first()
    opened = Receipt.objects.seen_by(actor, "submission.read").filter(submission=row, person=actor.id)
    if row is None or opened.exists():
        return None
    return Unread(row.public_id, row.person.name, row.period, row.at)


def _types_in(actor: access.Actor, row: Submission) -> tuple[CopyType, ...]:
    if not row.types:
        return ()
    rows = SubmittedType.objects.seen_by(actor, "submission.read").filter(submission=row)
    return tuple(_copy_type(one) for one in rows.defer("cells", "deals", "changes", "others").order_by("pk"))


def _copy_type(row: SubmittedType) -> CopyType:
    numbers = tuple((one, actions.amount_in(row, one) or 0) for one in rules.CALLED)
    return CopyType(row.type, row.name, row.measure, numbers)


def _copy(actor: access.Actor, row: Submission, category: str, typed: SubmittedType | None) -> Copy:
    # Names of the team stand in the author's own copy only: above it there is one person to ask.
    leads = actor.person is None or people.may_on(actor, "submission.make", row.person_id)
    estimate = row.estimate if typed is None else {}
    dots = estimate.get("dots", [])
    said: actions.Sentable = row if typed is None else typed
    before: actions.Sentable | None = row.previous
    if typed is not None:
        before = typed_row(actor, row.previous, typed.type)
    bars = actions.changes_in(said, category)
    whole = tuple(
        (one, amount) for one in rules.CALLED if (amount := actions.amount_in(row, one)) is not None
    )
    gone = Withdrawal.objects.seen_by(actor, "submission.read").filter(submission=row).first()
    opened = Receipt.objects.seen_by(actor, "submission.read").filter(submission=row, person=actor.person)
    receipt = opened.first()
    standing = numbers.standing_of([row.person_id], row.period, _FOREVER).get(row.person_id)
    return Copy(
        public_id=row.public_id,
        person=people.node(row.person_id),
        superior=people.names([row.superior_id]).get(row.superior_id, "") if row.superior_id else "",
        by=row.by.name,
        period=row.period,
        version=row.version,
        at=row.at,
        due_at=row.due_at,
        amount=actions.amount_in(said, category) or 0,
        currency=row.currency,
        calls_sum=actions.calls_sum_in(said, category),
        reason=row.reason,
        target=said.target_minor,
        booked=said.booked_minor,
        estimate=estimate,
        dots_reaching_target=sum(dot >= row.target_minor for dot in dots)
        if dots and row.target_minor is not None
        else None,
        cells=_copy_cells(actor, said, category),
        changes=tuple(named_bars(actor, bars) if leads else rules.add_bars(_nameless(bars))),
        previous=actions.amount_in(before, category) if before else None,
        withdrawn_at=gone.at if gone else None,
        newer=standing.public_id if standing and standing.version > row.version else "",
        read_at=receipt.at if receipt else None,
        readers=readers_of(row, actor) if leads else (),
        digest=row.digest,
        category=category,
        numbers=whole if typed is None else _copy_type(typed).numbers,
        whole=whole,
        types=_types_in(actor, row),
        type=_copy_type(typed) if typed is not None else None,
    )


_FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


def _nameless(bars: Iterable[rules.Bar]) -> list[rules.Bar]:
    return [rules.Bar(bar.kind, bar.amount) for bar in bars]


def named_bars(actor: access.Actor, bars: Sequence[rules.Bar]) -> list[rules.Bar]:
    """A leader's own bars, with a name only where the reader may read that person's call today.

    What is left of the others is added up without a name, so that the bars lead to the same number.
    """
    named = {bar.person for bar in bars if bar.person is not None}
    hidden = named - _allowed(actor, "call.read", list(named))
    return rules.add_bars(
        rules.Bar(bar.kind, bar.amount, bar.deals) if bar.person in hidden else bar for bar in bars
    )


def _copy_cells(actor: access.Actor, row: actions.Sentable, category: str) -> tuple[CopyCell, ...]:
    cells = actions.cells_of(row, category)
    ids = [cell.person for cell in cells]
    calls, overlays = _allowed(actor, "call.read", ids), _allowed(actor, "overlay.read", ids)
    return tuple(
        CopyCell(
            cell.name,
            cell.own_call,
            cell.overlay if cell.person in overlays else None,
            cell.in_call if cell.person in overlays else None,
            cell.person == actor.person,
        )
        for cell in cells
        if cell.person in calls
    )


def _allowed(actor: access.Actor, act: str, ids: Sequence[int]) -> set[int]:
    if not access.may(actor, act):
        return set()
    return set(Person.objects.filter(people.scope(actor, act, "pk"), pk__in=ids).values_list("pk", flat=True))


def as_text(actor: access.Actor, public_id: str) -> str:
    """A submission as plain text to copy, for a superior without an account."""
    copy = team_copy(actor, public_id)
    zone = people.house().time_zone
    estimate = copy.estimate
    sent = wording.Sent(
        name=copy.person.name,
        team=copy.person.team,
        period=copy.period,
        at=wording.moment(copy.at, zone),
        version=copy.version,
        amount=copy.amount,
        calls_sum=copy.calls_sum,
        target=copy.target,
        booked=copy.booked,
        estimate=(estimate["p10"], estimate["p50"], estimate["p90"]) if estimate else None,
        dots_reaching=copy.dots_reaching_target,
        reason=copy.reason,
        previous=copy.previous,
        changes=tuple((wording.bar(bar), bar.amount) for bar in copy.changes),
        cells=tuple((cell.name, cell.in_call) for cell in copy.cells if cell.in_call is not None),
        others=tuple((category, amount) for category, amount in copy.numbers if category != "commit"),
        types=tuple(
            (
                one.name,
                tuple((category, _spoken(one, amount, copy.currency)) for category, amount in one.numbers),
            )
            for one in copy.types
        ),
    )
    return wording.as_text(sent, lambda minor: pipeline.money(minor, copy.currency))


def _spoken(of: CopyType, amount: int, currency: str) -> str:
    if of.measure == "quantity":
        return wording.units(amount, kinds.unit())
    return pipeline.money(amount, currency)


def submissions(
    actor: access.Actor, person: int, period: Period, at: datetime, category: str = "commit", type: str = ""
) -> list[Sent]:
    """Everything a leader sent for a period in a category, newest first, with what was withdrawn."""
    rows = (
        Submission.objects.seen_by(actor, "submission.read")
        .filter(person=person, period=period.name, at__lte=at)
        .defer(
            "cells", "deals", "changes", "rates", "estimate", *(() if category != "commit" else ("others",))
        )
        .select_related("person", "by", "previous")
        .order_by("-version")
    )
    return sent_in(actor, list(rows), at, category, type)
