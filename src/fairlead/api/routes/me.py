"""Who I am to the API: roles, what I may do, notices, lent rights."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Router, Schema

from fairlead.api.door import REFUSALS, asker
from fairlead.mail import actions as mail_actions
from fairlead.mail import queries as mail
from fairlead.mail import rules as mail_rules
from fairlead.notices import queries as notices
from fairlead.people import access, queries
from fairlead.today import queries as today
from fairlead.today import rules as today_rules

router = Router(tags=["me"])


class Me(Schema):
    name: str
    roles: list[str]
    may: list[str]
    at: datetime


class Due(Schema):
    """One thing to do. ``due_on`` is null for what waits without a day of its own; ``path`` is where it is done."""

    kind: str
    what: str
    about: str
    due_on: date | None
    moment: datetime | None
    path: str


class Day(Schema):
    """What is past its day, for today, and within the next five working days; ``weeks`` counts what was done in each
    of the last four weeks and in this one."""

    today: date
    late: list[Due]
    due: list[Due]
    coming: list[Due]
    weeks: list[int]


class Notice(Schema):
    id: str
    kind: str
    sentence: str
    path: str
    at: datetime
    read_at: datetime | None


class Delegation(Schema):
    public_id: str
    giver: str
    taker: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    mine: bool


class MailWish(Schema):
    """How notices come by mail. ``mode``: off, once or digest. Hours from 0 to 23 on the own wall clock; the same hour
    twice is no quiet at all. Quiet hours and weekends hold for what rings at addresses, too."""

    mode: str
    hour: int = mail_rules.DEFAULT.hour
    quiet_from: int = mail_rules.DEFAULT.quiet_from
    quiet_to: int = mail_rules.DEFAULT.quiet_to
    weekends: bool = mail_rules.DEFAULT.weekends


@router.get("", response={200: Me, **REFUSALS})
def me(request: HttpRequest) -> Me:
    """Name, roles and acts of the asker at this moment."""
    who = asker(request)
    return Me(
        name=who.actor.name,
        roles=sorted(role.value for role in who.actor.roles),
        may=sorted(act for act in access.ACTS if access.may(who.actor, act)),
        at=who.at,
    )


@router.get("notices", response={200: list[Notice], **REFUSALS})
def my_notices(request: HttpRequest, unread_only: bool = False) -> list[notices.Told]:
    """What the asker was told, newest first; at most 100."""
    return notices.for_person(asker(request).actor.id, unread_only=unread_only, limit=100)


@router.get("delegations", response={200: list[Delegation], **REFUSALS})
def my_delegations(request: HttpRequest) -> list[queries.Lent]:
    """Rights lent by or to the asker that have not ended."""
    who = asker(request)
    return queries.delegations(who.actor, at=who.at)


@router.get("mail", response={200: MailWish, **REFUSALS})
def my_mail(request: HttpRequest) -> MailWish:
    """How the asker wants notices by mail; nobody else reads it."""
    return _wish(mail.wish(asker(request).actor))


@router.put("mail", response={200: MailWish, **REFUSALS})
def wish_mail(request: HttpRequest, body: MailWish) -> MailWish:
    """Choose whether and when notices come by mail."""
    who = asker(request, "desk")
    wished = mail_rules.Wish(body.mode, body.hour, body.quiet_from, body.quiet_to, body.weekends)
    mail_actions.wish(by=who.actor, at=who.at, wished=wished)
    return _wish(mail.wish(who.actor))


def _wish(kept: mail_rules.Wish) -> MailWish:
    return MailWish(
        mode=kept.mode, hour=kept.hour, quiet_from=kept.quiet_from, quiet_to=kept.quiet_to,
        weekends=kept.weekends,
    )  # fmt: skip


@router.get("day", response={200: Day, **REFUSALS})
def day(request: HttpRequest) -> Day:
    """What is due for the asker; nobody else's day can be asked for."""
    who = asker(request)
    page = today.page(who.actor, who.at)
    late, due, coming = (
        [_due(item) for item in some] for some in (page.day.late, page.day.today, page.day.coming)
    )
    return Day(today=page.today, late=late, due=due, coming=coming, weeks=list(page.weeks))


def _due(item: today_rules.Item) -> Due:
    return Due(
        kind=item.kind, what=item.what, about=item.about, due_on=item.due_on, moment=item.moment,
        path=today.path_of(item),
    )  # fmt: skip
