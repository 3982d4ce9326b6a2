"""The forecast pack of a leader: on one paper what its reader may open anyway, and nothing besides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fairlead.calls import deciding, numbers, rules
from fairlead.calls import estimates as stored
from fairlead.calls.models import Target
from fairlead.calls.queries.call_page import CallPage, call_page
from fairlead.calls.queries.changes import Changes, changes
from fairlead.calls.queries.copies import Copy, team_copy
from fairlead.calls.queries.heads import Outlook, outlook_of
from fairlead.calls.queries.manager_record import ManagerRecord, manager_record
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people

PACK_SINCE = timedelta(days=7)
"""How far back the changes and the news of a pack go."""


@dataclass(frozen=True, slots=True)
class Pack:
    """Each part is there where the reader may open it, and None where not or where there is nothing.

    ``live`` is the Call page of now, for whoever has it; ``sent`` what stands submitted, in each category;
    ``target`` and ``booked`` are those of the submission where there is no Call page.
    """

    person: people.Node
    period: Period
    currency: str
    at: datetime
    as_of: datetime | None
    superior: str
    live: CallPage | None
    sent: tuple[Copy, ...]
    target: int | None
    booked: int | None
    outlook: Outlook | None
    changes: Changes | None
    deciding: tuple[deciding.Deciding, ...]
    record: ManagerRecord | None

    @property
    def number(self) -> int | None:
        """The number of the pack: what was submitted, else for whoever has it the number of now."""
        if self.sent:
            return self.sent[0].amount
        return self.live.amount if self.live else None


def pack(actor: access.Actor, person: int, period: Period, at: datetime) -> Pack:
    """The pack of a leader for a period. Raises NotAllowed or NotFound by ``pack.open``.

    What is untold, overlays set further down, judgements and plans are in no pack: paper goes further than rights.
    """
    people.require_on(actor, "pack.open", person)
    if not numbers.leaders([person]):
        raise access.NotFound("pack")
    node, run = people.node(person), stored.run_of(period.name, at)
    live = call_page(actor, person, period, at) if people.may_on(actor, "call.open", person) else None
    sent = _sent(actor, person, period, at)
    target = live.target if live else sent[0].target if sent else _target(actor, person, period.name)
    estimate = stored.of_people(actor, run, [person]).get(person)
    booked = live.booked if live else estimate.booked if estimate else sent[0].booked if sent else None
    number = sent[0].amount if sent else live.amount if live else None
    return Pack(
        person=node,
        period=period,
        currency=people.house().currency,
        at=at,
        as_of=run.as_of if run and estimate else None,
        superior=people.names([node.manager]).get(node.manager, "") if node.manager else "",
        live=live,
        sent=sent,
        target=target,
        booked=booked,
        outlook=outlook_of(estimate, target, number),
        changes=_changes(actor, person, period, at),
        deciding=live.deciding
        if live
        else deciding.deciding(actor, person, run, estimate, target, period, people.house().day(at)),
        record=_record(actor, person, at),
    )


def _changes(actor: access.Actor, person: int, period: Period, at: datetime) -> Changes | None:
    """What moved in a week; None also while an update still prepares the history of the deals."""
    if not people.may_on(actor, "changes.read", person):
        return None
    try:
        return changes(actor, person, period, at - PACK_SINCE, at, at=at)
    except access.Refusal as refusal:
        if refusal.code != "not_ready":
            raise
        return None


def _sent(actor: access.Actor, person: int, period: Period, at: datetime) -> tuple[Copy, ...]:
    standing = numbers.standing_of([person], period.name, at).get(person)
    if standing is None or not people.may_on(actor, "submission.read", person):
        return ()
    kept = [category for category in rules.CALLED if standing.number(category) is not None]
    return tuple(team_copy(actor, standing.public_id, category) for category in kept)


def _target(actor: access.Actor, person: int, period: str) -> int | None:
    if not people.may_on(actor, "target.read", person):
        return None
    rows = Target.objects.seen_by(actor, "target.read").filter(person=person, period=period, type="new")
    newest = rows.order_by("-pk").first()
    return newest.amount_minor if newest else None


def _record(actor: access.Actor, person: int, at: datetime) -> ManagerRecord | None:
    try:
        return manager_record(actor, person, at)
    except (access.NotAllowed, access.NotFound):
        return None
