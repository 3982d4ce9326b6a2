"""Filling the demo: Marlow's people, its CRM a week ago and now, and what its people did, through the usual acts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from fairlead.calls import actions as calls
from fairlead.calls import intake
from fairlead.calls import queries as call_queries
from fairlead.calls.rules import TargetRow
from fairlead.cli import (
    demo_accounts,
    demo_asks,
    demo_deals,
    demo_desk,
    demo_earnings,
    demo_exits,
    demo_feedback,
    demo_gaps,
    demo_health,
    demo_help,
    demo_improvement,
    demo_mutual,
    demo_owed,
    demo_records,
    demo_results,
    demo_together,
    demo_types,
    demo_winloss,
)
from fairlead.deals import actions as deals
from fairlead.deals import shares
from fairlead.deals.models import Deal as StoredDeal
from fairlead.deals.rules import ChangeRow, DealRow
from fairlead.expectations import actions as expectations
from fairlead.forecasting.periods import Period
from fairlead.forecasting.simulate import Organisation, marlow, regions
from fairlead.forecasting.simulate.marlow import Act, Marlow
from fairlead.forecasting.types import Change, Deal
from fairlead.news import actions as news
from fairlead.people import access, clock, queries
from fairlead.people import actions as people
from fairlead.people.models import Partnership, Person
from fairlead.people.rules import PersonRow
from fairlead.promises import actions as promises
from fairlead.promises import queries as promise_queries
from fairlead.reviews import actions as reviews
from fairlead.reviews.rules import ActionNote, DecisionNote, Notes, QuestionNote
from fairlead.territories.rules import AccountRow

SOURCE = "marlow-crm"
THIS_MORNING = marlow.NOW.replace(hour=9, minute=6)
"""When this week's CRM was brought in: after the story's last step there, before what people did today."""
CATEGORIES = {
    "Qualification": "pipeline",
    "Discovery": "pipeline",
    "Proposal": "best_case",
    "Negotiation": "commit",
}
"""Stage -> category; the stage Paused is left out on purpose: somebody has to map it."""


def company_of(*, seed: int = 1, size: str = "small") -> Marlow:
    """The demo's company, without a database. ``size`` is one of ``regions.SIZES``; the story is the same in all."""
    company, more = marlow.marlow(seed), regions.SIZES[size]
    return regions.with_regions(company, reps=more, seed=seed) if more else company


def fill(company: Marlow) -> None:
    """Fill an empty database with the demo company and set the demo's clock. Takes some seconds, large ones minutes."""
    by = access.system("the demo fills its company")
    clock.set_demo(marlow.NOW)
    begun = datetime(2023, 9, 1, tzinfo=UTC)
    people.set_up(
        by=by, at=begun, name="Marlow Instruments", currency="EUR", time_zone="Europe/Helsinki", due_weekday=1
    )
    _people(by, company, begun)
    for stage, category in CATEGORIES.items():
        deals.set_category_mapping(by=by, at=begun, stage=stage, category=category, starts_on=begun.date())
    demo_types.fill(by, begun)
    _past_targets(by, company)
    last_week = marlow.LAST_WEEK - timedelta(minutes=12)
    _take_in(by, company.before, last_week, _people_rows(company))
    demo_types.targets(by, last_week + timedelta(minutes=1), SOURCE, _targets(company.before))
    _past_numbers(by, company, last_week)
    everybody = {p.external_id: p for p in Person.objects.filter(source=SOURCE)}
    _divide(everybody, _SPLITS_LAST_WEEK, last_week + timedelta(minutes=2))
    recent = [act for act in company.acts if act.period == marlow.PERIOD]
    for act in recent:
        if act.at <= marlow.LAST_WEEK:
            _play(act, everybody)
    _send_as_added_up(company, everybody, marlow.LAST_WEEK - timedelta(minutes=6))
    _review(everybody)
    _take_in(by, company.now, THIS_MORNING, ())
    _divide(everybody, _SPLITS_TODAY, THIS_MORNING + timedelta(minutes=1))
    for act in recent:
        if act.at > marlow.LAST_WEEK:
            _play(act, everybody)
    _what_to_expect(everybody)
    _news(everybody)
    _promises(everybody)
    _judgements(everybody)
    _wider_calls(everybody)
    demo_types.call(everybody)
    demo_deals.fill(everybody, begun)
    demo_deals.plan(everybody)
    demo_exits.fill(everybody, begun)
    demo_asks.fill(everybody)
    demo_health.fill(everybody)
    demo_mutual.fill(everybody)
    demo_winloss.fill(everybody)
    demo_desk.fill(everybody)
    demo_help.fill(everybody)
    demo_results.fill(everybody)
    demo_improvement.fill(everybody)
    demo_owed.fill(everybody)
    demo_together.fill(everybody)
    demo_records.fill(everybody)
    demo_feedback.fill(everybody)
    demo_earnings.fill(everybody)
    demo_gaps.fill(everybody)
    demo_accounts.fill(company, everybody, SOURCE, THIS_MORNING + timedelta(minutes=2))


_Split = tuple[str, tuple[tuple[str, shares.Kind, int], ...]]
_SPLITS_LAST_WEEK: tuple[_Split, ...] = (
    ("Dune Glass", (("ravi", "revenue", 70), ("ines", "revenue", 30))),
    ("Meridian Steel", (("piet", "overlay", 20),)),
)
_SPLITS_TODAY: tuple[_Split, ...] = (("Amber Motors", (("ravi", "revenue", 50), ("pia", "revenue", 50))),)
"""Inside a team, credit from another one, and between two teams in the quarter to come."""


def _divide(
    everybody: dict[str, Person],
    splits: Sequence[_Split],
    at: datetime,
) -> None:
    """Sales operations divides some deals."""
    olu = queries.actor(everybody["olu"].pk, at)
    for name, held in splits:
        deal = StoredDeal.objects.seen_by(olu, "split.write").get(name=name, status="open")
        given = [shares.Given(everybody[who].pk, kind, share * 100) for who, kind, share in held]
        deals.divide(by=olu, at=at, deal=deal.public_id, given=given)


def _what_to_expect(everybody: dict[str, Person]) -> None:
    """Mina and Vera agreed in the first days of the quarter; Otto and Vera did not."""
    wrote = datetime(2026, 10, 6, 10, 0, tzinfo=marlow.ZONE)
    for who, number, assumptions, risks in _EXPECTED:
        by, period = queries.actor(everybody[who].pk, wrote), queries.house().calendar.period(marlow.PERIOD)
        row = expectations.write(
            by=by, at=wrote, person=everybody[who], period=period, expected_minor=number * 100_000,
            assumptions=assumptions, risks=risks,
        )  # fmt: skip
        expectations.sign(by=by, at=wrote, statement=row.public_id, digest=row.digest)
        answered = wrote + timedelta(days=2, hours=1)
        vera = queries.actor(everybody["vera"].pk, answered)
        if who == "mina":
            expectations.agree(by=vera, at=answered, statement=row.public_id, digest=row.digest)
        else:
            expectations.disagree(
                by=vera, at=answered, statement=row.public_id, digest=row.digest, number_minor=290_000_000,
                reason="The board counts on the target, and both harbour tenders were promised for this quarter.",
            )  # fmt: skip


_EXPECTED = (
    (
        "mina", 2_400,
        "Kestrel and Nordwind sign before Christmas, and nobody leaves the team.",
        "Security reviews take longer in December.",
    ),
    ("otto", 2_600, "One of the two harbour tenders comes out in November, not both.", "The second tender."),
)  # fmt: skip
"""Who, thousands of euros, what it rests on, what could go wrong."""


def _news(everybody: dict[str, Person]) -> None:
    """Rosa's good news went up with last week's number; what Ravi heard on Monday is untold still."""
    for who, deal, kind, what, at in _TOLD:
        row = (
            StoredDeal.objects.for_system("the demo tells news of deals of its story")
            .filter(owner=everybody[who], name=deal)
            .first()
        )
        if row is None:
            raise RuntimeError(f"The demo's story has no deal {deal} of {who}.")
        item = news.report(
            by=queries.actor(everybody[who].pk, at), at=at, deal=row.public_id, kind=kind, what=what,
            known_on=at.date(), amount_minor=row.home_minor, moves_to="2027Q1" if kind == "bad" else "",
        )  # fmt: skip
        if kind == "good":
            mina = queries.actor(everybody["mina"].pk, at + timedelta(minutes=40))
            news.thank(by=mina, at=at + timedelta(minutes=40), item=item.public_id)


_TOLD = (
    (
        "rosa", "Ostrava Works", "good", "Ostrava Works wants to sign before the holidays.",
        datetime(2026, 11, 16, 15, 10, tzinfo=marlow.ZONE),
    ),
    (
        "ravi", "Kestrel Chemicals", "bad", "The buyer wrote: the security review starts on 7 January.",
        datetime(2026, 11, 23, 7, 10, tzinfo=marlow.ZONE),
    ),
)  # fmt: skip
"""Who, deal, good or bad, what, when."""

_REVIEWED = marlow.LAST_WEEK + timedelta(minutes=30)
"""When Mina's review of last week began."""


def _review(everybody: dict[str, Person]) -> None:
    """Mina's review of last week, with minutes; this week's is ready to begin."""
    cast = {name: everybody[name].public_id for name in ("mina", "rosa", "ravi", "ines", "tomas")}
    ends = _REVIEWED + timedelta(minutes=26)
    mina = queries.actor(everybody["mina"].pk, _REVIEWED)
    row = reviews.begin(by=mina, at=_REVIEWED, leader=everybody["mina"])
    nordwind = _deal_of(everybody["rosa"], "Nordwind Paper Mills")
    kestrel = _deal_of(everybody["ravi"], "Kestrel Chemicals")
    notes = Notes(
        decisions=(
            DecisionNote("We hold the price until legal names a day.", nordwind),
            DecisionNote("It leaves Commit if the security review is not booked by Friday.", kestrel),
            DecisionNote("Every deal in Commit has a named signer before the next review."),
        ),
        questions=(
            QuestionNote("Who signs at Nordwind Paper Mills while their finance director is away?", cast["rosa"]),
            QuestionNote("Does the lab have a demonstration day left before Christmas?", cast["mina"]),
        ),
        actions=(
            ActionNote("Ask Kestrel Chemicals when the security review is booked.", cast["ravi"], "", _due(-1)),
            ActionNote("Send Arden Brewing the two references it asked for.", cast["ines"], "", _due(2)),
            ActionNote("Ask the lab for a second demonstration day.", cast["mina"], cast["tomas"], _due(1)),
        ),
    )  # fmt: skip
    mina = queries.actor(everybody["mina"].pk, ends)
    reviews.end(by=mina, at=ends, review=row.public_id, notes=notes, version=0)
    later = ends + timedelta(hours=3)
    reviews.set_straight(
        by=queries.actor(everybody["tomas"].pk, later), at=later, review=row.public_id, key="demo straight",
        text="The lab day is for the analysers, not for the pumps.",
    )  # fmt: skip
    kept = marlow.NOW - timedelta(days=1, hours=2)
    ravi = queries.actor(everybody["ravi"].pk, kept)
    mine = next(
        line for line in promise_queries.from_source(ravi, "review", [row.public_id], kept) if line.mine
    )
    promises.keep(by=ravi, at=kept, promise=mine.public_id)


def _due(days: int) -> str:
    return (marlow.NOW + timedelta(days=days)).date().isoformat()


def _deal_of(owner: Person, name: str) -> str:
    rows = StoredDeal.objects.for_system("the demo's review decides on deals of its story")
    return rows.get(owner=owner, name=name).public_id


_PROMISED = (
    ("rosa", "mina", "Ask Nordwind Paper Mills who signs, and on which day.", 0, False),
    ("ravi", "mina", "Write down what Kestrel Chemicals needs before it signs in January.", 0, True),
    ("ines", "mina", "Send Arden Brewing the offer with the larger amount.", -2, True),
    ("tomas", "mina", "Bring two new opportunities to Thursday’s talk.", 2, False),
    ("mina", "rosa", "Ask the lab for a demonstration day at Nordwind Paper Mills.", 0, False),
    ("mina", "ravi", "Get an answer on the price of the analysers.", -1, False),
    ("mina", "ines", "Read the offer for Arden Brewing the same day.", -4, True),
    ("vera", "mina", "Call the head of purchasing of Lumen Foods.", 1, False),
)
"""Who promises whom what, due so many days from the demo's day, and whether it was kept on its day."""


def _promises(everybody: dict[str, Person]) -> None:
    """What the people of the story promised each other a week ago, and what became of it."""
    made = marlow.LAST_WEEK + timedelta(hours=1)
    for number, (who, whom, text, days, kept) in enumerate(_PROMISED):
        due_on = (marlow.NOW + timedelta(days=days)).date()
        row = promises.make(
            by=queries.actor(everybody[who].pk, made), at=made, owner=everybody[who], made_to=everybody[whom],
            text=text, due_on=due_on, key=f"demo promise {number}",
        )  # fmt: skip
        if kept:
            at = min(marlow.NOW, marlow.NOW + timedelta(days=days)) - timedelta(hours=3)
            promises.keep(by=queries.actor(everybody[who].pk, at), at=at, promise=row.public_id)


_JUDGED = (
    ("Brightwater", "out", "The legal review has no date yet."),
    ("Lumen Foods", "in", "Their head of purchasing named the week of the order."),
)
"""What Mina judges of her reports' deals."""


def _judgements(everybody: dict[str, Person]) -> None:
    at = marlow.NOW - timedelta(hours=2)
    by, period = queries.actor(everybody["mina"].pk, at), queries.house().calendar.period(marlow.PERIOD)
    rows = StoredDeal.objects.seen_by(by, "judgement.set").filter(status="open")
    for name, verdict, note in _JUDGED:
        calls.judge(
            by=by, at=at, deal=rows.get(name=name).public_id, period=period, verdict=verdict, note=note
        )


_WIDER = (
    ("rosa", "best_case", 1_180_000, ""),
    ("ines", "best_case", 930_000, ""),
    ("rosa", "most_likely", 840_000, ""),
)
_WIDER_BESIDE = ("ravi", "best_case", 710_000, "Quill needs a signature nobody has asked for yet.")


def _wider_calls(everybody: dict[str, Person]) -> None:
    """What Mina's reports call besides Commit, and her number beside one of them."""
    at = marlow.NOW - timedelta(hours=3)
    period = queries.house().calendar.period(marlow.PERIOD)
    for who, category, euros, note in _WIDER:
        calls.set_call(
            by=queries.actor(everybody[who].pk, at), at=at, person=everybody[who], period=period,
            amount_minor=euros * 100, category=category, note=note,
        )  # fmt: skip
    whom, category, euros, note = _WIDER_BESIDE
    calls.set_overlay(
        by=queries.actor(everybody["mina"].pk, at), at=at, person=everybody[whom], period=period,
        amount_minor=euros * 100, category=category, note=note,
    )  # fmt: skip


def _send_as_added_up(company: Marlow, everybody: dict[str, Person], at: datetime) -> None:
    """The leaders of the regions beside the story send what adds up below them, managers first."""
    story = {person.key for person in marlow.PEOPLE}
    leaders = [p for p in company.people if p.key not in story and p.role != "rep"]
    period = queries.house().calendar.period(marlow.PERIOD)
    for leader in sorted(leaders, key=lambda p: p.role == "executive"):
        by = queries.actor(everybody[leader.key].pk, at)
        page = call_queries.call_page(by, by.id, period, at)
        calls.submit(
            by=by, at=at, person=everybody[leader.key], period=period, amount_minor=page.amount,
            reason="As it adds up.", key=f"demo {leader.key}", expected_previous="",
        )  # fmt: skip


def _people(by: access.Actor, company: Marlow, begun: datetime) -> None:
    """Everybody with roles, teams and an account, so that one click makes a visitor any of them."""
    people.take_in(by=by, at=begun, source=SOURCE, rows=_people_rows(company), lines_from=begun.date())
    for person in Person.objects.filter(source=SOURCE):
        people.open_account(
            by=by, at=begun, person=person, email=f"{person.external_id}@marlow.example", password=None
        )
    hana, vera = (Person.objects.get(source=SOURCE, external_id=key) for key in ("hana", "vera"))
    Partnership.objects.create(hr=hana, head=vera, starts_on=begun.date())


def _people_rows(company: Marlow) -> list[PersonRow]:
    return [
        PersonRow(
            person_id=p.key,
            name=p.name,
            manager=p.manager,
            role=p.role,
            title=p.title,
            team=p.team,
            starts_on=p.starts_on,
        )
        for p in company.people
    ]


def _take_in(
    by: access.Actor,
    crm: Organisation,
    at: datetime,
    rows: list[PersonRow] | tuple[()],
) -> None:
    """One export of the CRM; the replay of its past is left to the worker, so that the demo answers sooner."""
    intake.take_in_batch(
        by=by,
        at=at,
        rows=intake.Rows(
            people=rows,
            accounts=[AccountRow(a.id, a.name, a.owner, a.industry) for a in crm.accounts],
            deals=[_deal(d) for d in crm.history.deals],
            changes=[_change(c) for c in crm.history.changes],
            targets=_targets(crm),
        ),
        manner=intake.Manner(
            source=SOURCE,
            kind="fairlead",
            file_name="marlow-crm.zip",
            as_of=at,
            full=True,
            static=["segment"],
            evidence=["segment"],
        ),
        with_estimate=False,
    )
    calls.estimate(by=by, at=at, with_past=False)


def _targets(crm: Organisation) -> list[TargetRow]:
    return [
        TargetRow(t.person, t.period, Decimal(round(t.amount)), crm.history.currency) for t in crm.targets
    ]


def _past_targets(by: access.Actor, company: Marlow) -> None:
    """The targets of each past quarter as they were set in the first days of its year."""
    years: dict[int, list[TargetRow]] = {}
    for row in _targets(company.before):
        if row.period != marlow.PERIOD:
            years.setdefault(int(row.period[:4]), []).append(row)
    for year, rows in sorted(years.items()):
        at = max(datetime(year, 1, 8, 10, tzinfo=marlow.ZONE), datetime(2023, 9, 4, tzinfo=marlow.ZONE))
        calls.take_in_targets(by=by, at=at, source=SOURCE, rows=rows)


def _deal(deal: Deal) -> DealRow:
    return DealRow(
        deal_id=deal.id,
        name=deal.name,
        account=deal.account,
        owner=deal.owner,
        amount=None if deal.amount is None else Decimal(round(deal.amount)),
        currency="EUR",
        stage=deal.stage,
        forecast_category=deal.category,
        close_on=deal.close_on,
        created_on=deal.created_on,
        status=deal.status,
        closed_on=deal.closed_on,
        product=deal.product,
        type=demo_types.deal_type(deal.name),
        next_step=_next_step(deal),
        extra=dict(deal.evidence)
        | demo_types.arr(deal.name, None if deal.amount is None else Decimal(round(deal.amount))),
    )


NEXT_STEPS = {
    "Discovery": "Workshop with their plant manager",
    "Proposal": "Walk through the offer with purchasing",
    "Negotiation": "Agree the day of signature",
}
"""What reps of the demo write down: two of three do, and a review has something to ask the third."""


def _next_step(deal: Deal) -> str:
    """Known by stage for two of three open deals, which ones follows from the id."""
    told = deal.status == "open" and sum(map(ord, deal.id)) % 3 != 0
    return NEXT_STEPS.get(deal.stage, "") if told else ""


def _change(change: Change) -> ChangeRow:
    field = "forecast_category" if change.field == "category" else change.field
    return ChangeRow(change.deal_id, field, change.old, change.new, change.at, change.recorded_at)


def _past_numbers(by: access.Actor, company: Marlow, at: datetime) -> None:
    """What the managers called in past quarters, so that their records begin before the demo does."""
    calendar = queries.house().calendar
    ids = dict(Person.objects.filter(source=SOURCE).values_list("external_id", "pk"))
    rows = [
        calls.PastNumber(
            person=ids[act.who],
            period=calendar.period(act.period),
            at=act.at,
            amount_minor=act.amount * 100,
            calls_sum_minor=act.amount * 103,
            reason=act.note,
        )
        for act in company.acts
        if act.period != marlow.PERIOD
    ]
    calls.take_in_past(by=by, at=at, rows=rows)


def _play(act: Act, everybody: dict[str, Person]) -> None:
    """One act of the script, by its person, at its moment."""
    by = queries.actor(everybody[act.who].pk, act.at)
    period: Period = queries.house().calendar.period(act.period)
    if act.kind == "call":
        calls.set_call(
            by=by,
            at=act.at,
            person=everybody[act.who],
            period=period,
            amount_minor=act.amount * 100,
            note=act.note,
        )
    elif act.kind == "overlay":
        calls.set_overlay(
            by=by,
            at=act.at,
            person=everybody[act.whom],
            period=period,
            amount_minor=act.amount * 100,
            note=act.note,
        )
    else:
        sent = call_queries.submissions(by, by.id, period, act.at)
        calls.submit(
            by=by,
            at=act.at,
            person=everybody[act.who],
            period=period,
            amount_minor=act.amount * 100,
            reason=act.note,
            key=f"demo {act.who} {act.at:%Y-%m-%d}",
            expected_previous=sent[0].public_id if sent else "",
        )
