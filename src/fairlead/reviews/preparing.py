"""The facts of a review, put together from what the other features know of the week."""

from __future__ import annotations

from datetime import datetime, timedelta

from fairlead.calls import queries as calls
from fairlead.news import queries as news
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.reviews import facts, rules
from fairlead.reviews.models import CalledOff, Minutes, Question, Review

WEEK = timedelta(days=7)
_BEFORE = "the review before says where the week begins"


def last_ended(leader: int, at: datetime) -> Minutes | None:
    """The minutes of the newest ended review of a leader; for callers that checked whose."""
    rows = Minutes.objects.for_system(_BEFORE).filter(review__leader=leader, at__lte=at)
    return rows.select_related("review").order_by("-at", "-pk").first()


def running(leader: int) -> Review | None:
    """The review of a leader that has begun and not ended; for callers that checked whose."""
    over = Minutes.objects.for_system(_BEFORE).filter(review__leader=leader).values("review")
    off = CalledOff.objects.for_system(_BEFORE).filter(review__leader=leader).values("review")
    rows = Review.objects.for_system(_BEFORE).filter(leader=leader).exclude(pk__in=over)
    return rows.exclude(pk__in=off).order_by("-pk").first()


def carried(leader: int, at: datetime) -> tuple[rules.QuestionNote, ...]:
    """The open questions of the review before: the form begins with them, and what is answered is emptied."""
    before = last_ended(leader, at)
    if before is None:
        return ()
    rows = Question.objects.for_system(_BEFORE).filter(minutes=before).select_related("finder")
    return tuple(
        rules.QuestionNote(row.text, row.finder.public_id, row.asked_on.isoformat())
        for row in rows.order_by("number")
    )


def prepare(actor: access.Actor, leader: int, at: datetime) -> facts.Facts:
    """What the review of a leader would look at now. Raises by the table, as the Call page and Changes do."""
    before = last_ended(leader, at)
    since = before.review.begun_at if before and before.review.begun_at < at else at - WEEK
    period = calls.period_at(at)
    page = calls.call_page(actor, leader, period, at)
    moved = _moved(actor, leader, since, at)
    return facts.Facts(
        version=facts.VERSION,
        at=at,
        since=since,
        since_review=before.review.public_id if before else "",
        period=period.name,
        currency=page.head.currency,
        team=page.head.person.team or page.head.person.name,
        number=_number(page),
        compared=moved is not None,
        start=moved.start if moved else 0,
        end=moved.end if moved else 0,
        bars=tuple(_bar(bar) for bar in moved.bars) if moved else (),
        calls=tuple(_called(row, leader) for row in page.rows),
        news=tuple(_heard(item) for item in news.heard(actor, leader, since, at)),
        deciding=tuple(
            facts.Deciding(
                d.public_id, d.name, d.owner, d.ask, d.amount, d.chance, d.if_won, d.if_not, d.question
            )
            for d in page.deciding
        ),
        due=_due(page, leader),
    )


def _moved(actor: access.Actor, leader: int, since: datetime, at: datetime) -> calls.Changes | None:
    """What moved Commit; None while the history of the deals is being prepared: a meeting does not wait for it."""
    try:
        return calls.changes(actor, leader, calls.period_at(at), since, at, at=at)
    except access.Refusal as refusal:
        if refusal.code == "not_ready":
            return None
        raise


def _number(page: calls.CallPage) -> facts.Number:
    estimate = page.outlook.estimate if page.outlook else None
    return facts.Number(
        amount=page.amount,
        said=page.said is not None,
        calls_sum=page.calls_sum,
        target=page.target,
        booked=page.booked,
        low=estimate.p10 if estimate else None,
        middle=estimate.p50 if estimate else None,
        high=estimate.p90 if estimate else None,
        reach=page.outlook.dots_reaching_target if page.outlook else None,
        as_of=page.head.as_of,
        submitted=page.last.amount if page.last else None,
        submitted_at=page.last.at if page.last else None,
    )


def _bar(bar: calls.ChangeBar) -> facts.Bar:
    named = tuple(
        facts.Moved(deal.public_id, deal.name or "(no name)", deal.owner, deal.part_in(bar.kind))
        for deal in bar.deals
    )
    return facts.Bar(bar.kind, bar.amount, bar.count, named)


def _called(row: calls.Row, leader: int) -> facts.Called:
    person = row.person
    return facts.Called(
        person.id, person.public_id, person.name, row.own_call, row.booked, person.id == leader
    )


def _heard(item: news.News) -> facts.Heard:
    return facts.Heard(
        item=item.public_id,
        deal=item.deal_id,
        name=item.deal,
        good=item.said.kind == "good",
        what=item.said.what,
        reporter=item.reporter,
        amount=item.signed,
        moves_to=item.said.moves_to,
        at=item.at,
    )


def _due(page: calls.CallPage, leader: int) -> tuple[facts.Due, ...]:
    own = facts.Due(leader, people.node(leader).name, page.head.due.state, page.head.due.at)
    below = [
        facts.Due(row.person.id, row.person.name, row.due.state, row.due.at)
        for row in page.rows
        if row.due is not None and row.person.id != leader
    ]
    return (own, *below)
