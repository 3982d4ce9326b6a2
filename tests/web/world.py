"""The world of the matrix: the cast with one thing of each kind to reach for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time, timedelta

from fairlead.agreements import actions as agreements
from fairlead.agreements import rules as agreement_rules
from fairlead.asks import actions as asks
from fairlead.asks.rules import Content
from fairlead.cases import actions as cases
from fairlead.cases import rules as case_rules
from fairlead.cases.models import Side
from fairlead.debts.models import Debt
from fairlead.desk import actions as desk
from fairlead.desk import broadcasts, calendar
from fairlead.desk import company as everybody
from fairlead.desk.actions import Given
from fairlead.diagnoses import actions as diagnoses
from fairlead.enablement import actions as enablement
from fairlead.enablement import rules as owed_rules
from fairlead.enablement import statement
from fairlead.exits.models import Act, Answer
from fairlead.expectations import actions as expectations
from fairlead.feedback import actions as feedback
from fairlead.feedback.models import Round
from fairlead.gaps.models import Carried, Gap, Version
from fairlead.health import actions as health
from fairlead.help import actions as help_actions
from fairlead.improvement import actions as improvement
from fairlead.improvement import inviting
from fairlead.improvement.content import Content as PlanContent
from fairlead.improvement.models import Assessment
from fairlead.looks.models import Look, RoleLook
from fairlead.mail import intake
from fairlead.mutual import actions as mutual
from fairlead.mutual import rules as mutual_rules
from fairlead.news import actions as news
from fairlead.news.models import Item
from fairlead.notices import actions as notices
from fairlead.notices import queries as notices_queries
from fairlead.notices import rules as notice_rules
from fairlead.notices.models import Notice
from fairlead.oneonones import actions as oneonones
from fairlead.oneonones import rules as meeting_rules
from fairlead.oneonones.models import PrivateNote, Series
from fairlead.people import access, actions, switches
from fairlead.people.access import Lending
from fairlead.plans import actions as plans
from fairlead.plans import rules as plan_rules
from fairlead.promises import actions as promises
from fairlead.qualification import actions as evidence
from fairlead.qualification.models import File
from fairlead.qualification.rules import Sent
from fairlead.records import actions as records
from fairlead.reviews import actions as reviews
from fairlead.reviews.rules import DecisionNote, Notes
from fairlead.standing import actions as standing
from fairlead.territories import models as territories
from fairlead.web.models import Upload
from fairlead.webhooks import actions as webhooks
from fairlead.webhooks.models import Call
from fairlead.winloss.models import Account, Request
from tests import cast as the_cast
from tests import replay
from tests.calls import company as the_company
from tests.cast import AT, Cast
from tests.diagnoses import making as diagnosing
from tests.enablement import making as owed_made
from tests.improvement import making as plans_made
from tests.looks import making
from tests.mail import mailing

notice_rules.word({"test.told": "Something happened: {what}"})


@dataclass(frozen=True)
class World:
    cast: Cast
    notice_to_rosa: str
    delegation_by_mina: str
    token_of_rosa: str
    deal_of_rosa: str
    submission_by_mina: str
    upload_by_olu: str
    statement_by_mina: str
    news_of_rosa: str
    told_by_mina: str
    promise_of_rosa_to_mina: str
    review_by_mina: str
    packet_of_rosa: str
    ask_of_rosa_to_vera: str
    debt_of_otto_to_rosa: str
    item_of_sanna: str
    delivery_to_rosa: str
    file_for_rosa: str
    teach_back_of_rosa: str
    material_of_rosa: str
    material_file_of_rosa: str
    guidance_of_rosa: str
    support_statement: str
    message_by_mina: str
    correction_by_mina: str
    secret_of_rosas_buyer: str
    address_of_rosas_buyer: str
    request_to_pia: str
    interview_about_rosa: str
    file_of_rosa: str
    mail_in_minas_name: str
    mail_that_failed: str
    from_vera: str
    from_vera_must_pass: str
    broadcast_by_vera: str
    notice_by_hana: str
    day_by_olu: str
    look_at_rosa: str
    seat_of_rosa: str
    gap_of_rosa: str
    leave_of_rosa: str
    role_look_of_vera: str
    copy_of_rosa: str
    case_of_rosa: str
    case_reads: str
    diagnosis_of_rosa: str
    draft_of_pia: str
    asked_of_sanna: str
    plan_of_rosa: str
    account_of_rosa: str
    task_for_sanna: str
    own_plan_of_sven: str
    plan_of_mina: str
    address_to_minas_plan: str
    secret_of_minas_reviewer: str
    help_of_rosa: str
    second_of_rosa: str
    shield_of_rosa: str
    agreement_of_rosa: str
    series_of_rosa: str
    feedback_of_vera: str
    ended_agreement_of_rosa: str
    webhook_of_mina: str
    call_for_mina: str


def build() -> World:
    """The world in an empty database."""
    return replace(replay.once("world", _by_acts), cast=the_cast.present())


def _by_acts() -> World:
    cast = the_cast.build()
    notices.tell(to=cast.rosa.pk, kind="test.told", facts={"what": "a test"}, at=AT)
    lent = actions.delegate(
        by=cast.actor("mina"),
        at=AT,
        taker=cast.otto,
        kind=Lending.TRIAGE,
        starts_at=AT,
        ends_at=AT + timedelta(days=2),
    )
    token, _ = actions.make_token(by=cast.actor("rosa"), at=AT, name="sheet", scopes=frozenset({"read"}))
    company = the_company.mina_team(the_company.build(cast))
    sent = company.submit("mina", 2000, reason="As the team called it.", at=AT - timedelta(hours=3))
    told = Notice.objects.get(kind="test.told")
    upload = Upload.objects.create(
        person=cast.olu,
        at=AT,
        source="crm",
        names=["deals.csv"],
        shows_on=AT.date(),
        mapping='source = "crm"\n',
    )
    statement = expectations.write(
        by=cast.actor("mina"),
        at=AT,
        person=cast.mina,
        period=the_company.Q4,
        expected_minor=240000,
        assumptions="Both tenders come out in November.",
    )
    expectations.sign(by=cast.actor("mina"), at=AT, statement=statement.public_id, digest=statement.digest)
    told_news = _news(company, "Ostrava", "The budget is approved.")
    up = news.tell_upward(by=cast.actor("mina"), at=AT, person=cast.mina, period=the_company.Q4)
    assert told_news
    untold = _news(company, "Nordwind", "The security review starts late.")
    plans.save(
        by=cast.actor("rosa"), at=AT, deal=company.deals["Nordwind"].public_id, after_version=0,
        plan=plan_rules.Plan(
            what="Two sites", players=(plan_rules.Player("Karin Holm", "CFO", "decides"),),
            resources=(plan_rules.Resource("An engineer", state="refused", who="Otto Brandt", on=AT.date()),),
        ),
    )  # fmt: skip
    promised = promises.make(
        by=cast.actor("rosa"), at=AT, owner=cast.rosa, made_to=cast.mina, text="Ask Nordwind for the date.",
        due_on=AT.date(), key="world",
    )  # fmt: skip
    address, secret = _shared(company)
    return World(
        cast=cast,
        notice_to_rosa=notices_queries.opaque(told.pk),
        delegation_by_mina=lent.public_id,
        token_of_rosa=token.public_id,
        deal_of_rosa=company.deals["Nordwind"].public_id,
        submission_by_mina=sent.public_id,
        upload_by_olu=upload.public_id,
        statement_by_mina=statement.public_id,
        news_of_rosa=untold.public_id,
        told_by_mina=up.public_id,
        promise_of_rosa_to_mina=promised.public_id,
        review_by_mina=_review(company),
        packet_of_rosa=_packet(company),
        ask_of_rosa_to_vera=_ask(company),
        debt_of_otto_to_rosa=Debt.objects.for_system("a test asks for it").get().public_id,
        message_by_mina=_message(company),
        correction_by_mina=_correction(company),
        secret_of_rosas_buyer=secret,
        address_of_rosas_buyer=address,
        **_interview(company),
        file_of_rosa=_file(company),
        from_vera=_from_vera(company),
        **_mails(company),
        from_vera_must_pass=_must_pass(company),
        broadcast_by_vera=broadcasts.send(
            by=cast.actor("vera"), at=AT, given=Given("Fair", "The fair is in May."), key="world", everybody=True
        ),
        notice_by_hana=everybody.send(
            by=cast.actor("hana"), at=AT, reason="closed", title="Closed on Friday",
            text="All offices are closed on Friday.", key="world",
        ).public_id,
        day_by_olu=calendar.keep(by=cast.actor("olu"), at=AT, on=AT.date(), kind="board").public_id,
        **_results(company),
        **_improvement(company),
        **_help(company),
        **_agreed(company),
        copy_of_rosa=_copy(company),
        **_case(company),
        **_owed(company),
        **_webhook(company),
    )  # fmt: skip


def _owed(company: the_company.Company) -> dict[str, str]:
    """An item Sanna answers for and delivered to Rosa, and what Rosa showed to Pia, which her plan cites."""
    cast = company.cast
    item = owed_made.item(cast, at=AT)
    (delivery,) = enablement.deliver(
        by=cast.actor("sanna"), at=AT, item=item, persons=[cast.rosa.public_id], on=AT.date(),
        file=Sent("slides.txt", b"The slides."),
    )  # fmt: skip
    version = enablement.keep_known(
        by=cast.actor("rosa"), at=AT, given=replace(owed_made.STUDY, kind="teach_back"),
        assessor=cast.pia.public_id,
    )  # fmt: skip
    material = enablement.keep_material(
        by=cast.actor("rosa"), at=AT, file=Sent("sheet.txt", b"The sheet."),
        given=owed_rules.Offered("Payback sheet", "Shows the loss", "customer", "", "", ""),
    )  # fmt: skip
    gap = enablement.tell_gap(by=cast.actor("rosa"), at=AT, kind="market", product="", words="Who else sells")
    asked = {"year": 2026, "unit": "", "role": "", "supporters": 2}
    made = statement.draft(cast.actor("olu"), AT, **asked)  # type: ignore[arg-type]
    issued = statement.issue(by=cast.actor("olu"), at=AT, seen=made.digest, **asked)  # type: ignore[arg-type]
    assert delivery.file is not None
    assert material.file is not None
    return {
        "material_of_rosa": material.material.public_id, "material_file_of_rosa": material.file.public_id,
        "guidance_of_rosa": gap.public_id, "support_statement": issued.public_id,
        "item_of_sanna": item, "delivery_to_rosa": delivery.public_id, "file_for_rosa": delivery.file.public_id,
        "teach_back_of_rosa": version.knowledge.public_id,
    }  # fmt: skip


def _mails(company: the_company.Company) -> dict[str, str]:
    """A mail in mina's name that nobody vouches for, and one that failed."""
    mailing.open_desk(company.cast)
    waits, failed = (mailing.mail(proof="", number=number) for number in (1, 2))
    kept = intake.accept(raw=failed, door="pipe", at=AT)
    intake.rows().filter(pk=kept.pk).update(state="failed", reason="RuntimeError", done_at=AT)
    return {"mail_in_minas_name": mailing.come(waits).public_id, "mail_that_failed": kept.public_id}


def _webhook(company: the_company.Company) -> dict[str, str]:
    """An address Ada registered and Mina agreed to, and a call of it that was given up."""
    cast = company.cast
    hook, _ = webhooks.register(
        by=cast.actor("ada"), at=AT, person=cast.mina, url="https://chat.marlow.test/x", groups=["Promises"]
    )
    webhooks.answer(by=cast.actor("mina"), at=AT, webhook=hook.public_id, yes=True)
    call = Call.objects.create(webhook=hook, notice=1, at=AT, state="dropped")
    return {"webhook_of_mina": hook.public_id, "call_for_mina": call.public_id}


def _results(company: the_company.Company) -> dict[str, str]:
    """What Hana recorded, a seat and leave of Rosa, the look at her results, and one at the role Vera answers for."""
    cast = company.cast
    ground = making.ground(cast)
    seat = standing.set_seat(
        by=cast.actor("olu"), at=AT, person=cast.rosa.public_id, job="Seller", segment="", ramps=False,
        starts_on=AT.date(),
    )  # fmt: skip
    leave = standing.write_leave(
        by=cast.actor("hana"),
        at=AT,
        person=cast.rosa.public_id,
        first=AT.date(),
        last=AT.date(),
        reason="Private.",
    )
    look = Look.objects.create(
        person=cast.rosa, quarter="2026Q3", closed_on=making.Q3.ends_on, decide_days=90, rule_version=0, ground=ground,
        facts=making.FACTS, digest="", opened_at=making.SWEPT,
    )  # fmt: skip
    role = RoleLook.objects.create(
        owner=cast.vera, job="Seller", quarter="2026Q3", closed_on=making.Q3.ends_on, decide_days=90, rule_version=0,
        sellers=8, under=5, facts={"line": 80, "low": 40, "middle": 70, "high": 90, "asked": 1, "won": 1},
        opened_at=making.SWEPT,
    )  # fmt: skip
    kept = Gap.objects.create(person=cast.rosa, quarter="2026Q3", at=AT)
    version = Version.objects.create(
        gap=kept, number=1, kind="kept", content={"asked": 900, "won": 400, "cuts": []}, by=cast.mina, at=AT
    )
    said = {"minor": 100, "first": "2026-10-01", "last": "2026-12-31"}
    Carried.objects.create(version=version, person=cast.ravi, place=0, said=said)
    return {
        "look_at_rosa": look.public_id, "gap_of_rosa": kept.public_id,
        "seat_of_rosa": seat.public_id, "leave_of_rosa": leave.public_id,
        "role_look_of_vera": role.public_id,
        **_diagnosed(company, ground.pk),
    }  # fmt: skip


def _copy(company: the_company.Company) -> str:
    """A copy of everything about Rosa that Hana prepares; Mina wrote a private note about Rosa."""
    cast = company.cast
    PrivateNote.objects.create(
        writer=cast.mina, other=cast.rosa, slot=AT.date(), text="Ask about the lab.", at=AT
    )
    return records.open_copy(
        by=cast.actor("hana"),
        at=AT,
        person=cast.rosa.public_id,
        asked_on=AT.date(),
        reason="Rosa asked by mail.",
    ).public_id


def _case(company: the_company.Company) -> dict[str, str]:
    """A case by which Hana reads what lies between Rosa and Mina, of the last month."""
    cast = company.cast
    asked = case_rules.Asked(
        tuple(case_rules.WHATS),
        AT.date() - timedelta(days=30),
        AT.date(),
        AT.date() + timedelta(days=7),
        "Rosa asked.",
    )
    case = cases.open_case(by=cast.actor("hana"), at=AT, person=cast.rosa.public_id, asked=asked, key="world")
    side = Side.objects.for_system("a test asks").get(case=case, person=cast.rosa)
    return {"case_of_rosa": case.public_id, "case_reads": side.public_id}


def _diagnosed(company: the_company.Company, ground: int) -> dict[str, str]:
    """A diagnosis that Mina shared with Rosa; a draft of Otto's of Pia, about whom Sanna was asked."""
    cast = company.cast
    about_rosa, about_pia = (
        Look.objects.create(
            person=one, quarter="2026Q2", closed_on=making.Q3.ends_on, decide_days=90, rule_version=0,
            ground_id=ground, facts=making.FACTS, digest="", opened_at=making.SWEPT,
        ).public_id
        for one in (cast.rosa, cast.pia)
    )  # fmt: skip
    ids = []
    for name, about, verdicts in (("mina", about_rosa, "pf"), ("otto", about_pia, "pppppp")):
        row = diagnoses.open_(by=cast.actor(name), at=AT, look=about)
        given = diagnosing.given(verdicts)
        diagnoses.save(by=cast.actor(name), at=AT, diagnosis=row.public_id, given=given, after=1)
        ids.append(row.public_id)
    diagnoses.act(by=cast.actor("mina"), at=AT, diagnosis=ids[0], kind="shared")
    asked = diagnoses.ask(by=cast.actor("otto"), at=AT, diagnosis=ids[1], observer=cast.sanna.public_id)
    return {
        "diagnosis_of_rosa": ids[0], "draft_of_pia": ids[1], "asked_of_sanna": asked.public_id,
    }  # fmt: skip


def _improvement(company: the_company.Company) -> dict[str, str]:
    """A plan of Rosa that runs, a task of it that Sanna measures, and a plan that Sven gave himself and shared."""
    cast = company.cast
    held = plans_made.content(cast, [company.deals["Nordwind"].public_id], start=AT.date())
    row = plans_made.placed(cast.rosa, cast.mina, cast.hana, held, AT)
    account = territories.Account.objects.create(
        source="cast", external_id="alby", name="Alby", owner=cast.rosa
    )
    territories.Account.objects.create(source="cast", external_id="none", name="Nowhere")
    sven = cast.actor("sven")
    own = replace(
        held, tasks=tuple(replace(one, assessor="") for one in held.tasks), deals=(), commitments=()
    )
    improvement.keep_own(by=sven, at=AT, held=own, layer=3)
    task = Assessment.objects.for_system("a test asks for it").get(assessor=cast.sanna).task
    shared = improvement.share_own(by=sven, at=AT)
    return {
        "account_of_rosa": account.public_id,
        "plan_of_rosa": row.public_id, "task_for_sanna": task, "own_plan_of_sven": shared.public_id,
        **_outside(company, replace(held, deals=(), commitments=())),
    }  # fmt: skip


def _outside(company: the_company.Company, held: PlanContent) -> dict[str, str]:
    """Mina's appeal, for which nobody inside is free: the address that Petra was sent."""
    cast = company.cast
    given = inviting.Given(
        "Petra Salo", "Salo Law", "petra@salo.test", AT.date(), AT.date() + timedelta(days=90), "Independent."
    )
    hana = cast.actor("hana")
    inviting.name(by=hana, at=AT, head=cast.vera.public_id, given=given, after_number=0)
    tasks = tuple(replace(one, assessor="") for one in held.tasks)
    plan = plans_made.placed(
        cast.mina, cast.vera, cast.hana, replace(held, tasks=tasks), AT, diagnosis="placed_of_mina"
    )
    plans_made.parted(plan, cast.carl, cast.hana, AT)
    made, secret = inviting.send(by=hana, at=AT, plan=plan.public_id, by_mail=True)
    return {
        "plan_of_mina": plan.public_id, "address_to_minas_plan": made.public_id, "secret_of_minas_reviewer": secret,
    }  # fmt: skip


def _help(company: the_company.Company) -> dict[str, str]:
    """What Rosa asked of Mina a week ago, which went to Hana by the second door; the shield she wants."""
    cast, at = company.cast, AT - timedelta(days=7)
    given = help_actions.Asked("Nordwind", "A day in the lab.", "I asked the lab.")
    first = help_actions.ask(by=cast.actor("rosa", at), at=at, given=given, key="world")
    second = help_actions.send_further(
        by=cast.actor("rosa"),
        at=AT,
        request=first.public_id,
        to=cast.hana.public_id,
        given=given,
        key="world 2",
    )
    wish = help_actions.Wish(
        "I lose the morning.", "Daily questions", "9 to 17", "Mail", AT.date() + timedelta(days=60)
    )
    shield = help_actions.ask_shield(by=cast.actor("rosa"), at=AT, wish=wish, after_version=0, key="world")
    return {
        "help_of_rosa": first.public_id,
        "second_of_rosa": second.public_id,
        "shield_of_rosa": shield.public_id,
    }


def _agreed(company: the_company.Company) -> dict[str, str]:
    """Agreements and one-to-ones are on everywhere. What Rosa and Mina agreed on: one that ended, one in force."""
    cast = company.cast
    for feature in switches.FEATURES:
        switches.turn(by=cast.actor("ada"), at=AT, feature=feature, head=cast.carl, state="on")
    ids = []
    for days in (20, 14):
        at = AT - timedelta(days=days)
        rosa, mina = cast.actor("rosa", at), cast.actor("mina", at)
        content = agreement_rules.Content("I lose the morning.", manager_owes=("I answer upstairs",))
        version = agreements.begin(
            by=rosa, at=at, other=cast.mina.public_id, content=content, review_on=AT.date() + timedelta(days=60),
            key=f"world {days}",
        )  # fmt: skip
        ids.append(version.agreement.public_id)
        common = {"at": at, "agreement": ids[-1], "digest": version.digest}
        agreements.act(by=mina, kind="signed", **common)  # type: ignore[arg-type]
        if days == 20:
            last = (at + timedelta(days=3)).date()
            agreements.act(by=rosa, kind="ended", text="We begin anew.", on=last, **common)  # type: ignore[arg-type]
    rosa, mina = cast.actor("rosa"), cast.actor("mina")
    rhythm = meeting_rules.Rhythm("weekly", 3, time(10), "Europe/Helsinki", 30, AT.date())
    oneonones.set_rhythm(by=mina, at=AT, other=cast.rosa.public_id, rhythm=rhythm, after=0)
    oneonones.add_point(by=rosa, at=AT, other=cast.mina.public_id, text="The lab", key="world")
    series = Series.objects.for_system("a test asks for it").get(rep=cast.rosa).public_id
    return {
        "ended_agreement_of_rosa": ids[0], "agreement_of_rosa": ids[1], "series_of_rosa": series,
        "feedback_of_vera": _feedback(),
    }  # fmt: skip


def _feedback() -> str:
    """The round of Vera's unit, open."""
    feedback.watch(by=access.system("the clock"), at=AT)
    return Round.objects.for_system("a test asks for it").get().public_id


def _from_vera(company: the_company.Company) -> str:
    """Vera's message about Rosa's deal, which waits on Mina's desk; Otto stands in for her triage."""
    given = Given("Nordwind", "Is Nordwind safe?", deal=company.deals["Nordwind"].public_id)
    row = desk.write(by=company.cast.actor("vera"), at=AT, given=given, to=None, key="world")
    return row.public_id


def _must_pass(company: the_company.Company) -> str:
    """A must-pass message on Mina's desk, which HR may set confidential."""
    given = Given("Plan", "The commission plan changes.")
    row = desk.write(
        by=company.cast.actor("vera"), at=AT, given=given, to=company.cast.mina, key="world must"
    )
    desk.set_kind(by=company.cast.actor("mina"), at=AT, message=row.public_id, kind="pay")
    return row.public_id


def _ask(company: the_company.Company) -> str:
    """Rosa's ask to vera, approved by mina."""
    cast = company.cast
    row = asks.write(
        by=cast.actor("rosa"), at=AT, deal=company.deals["Nordwind"].public_id, addressee=cast.vera, key="world",
        content=Content(
            "call", "Karin Holm", "CFO", "Confirm the price.", "She names the day.", AT.date() + timedelta(days=3),
            "It is in Mina’s number.", "A call of ten minutes.", "The budget is approved.", ("A lower price",),
        ),
    )  # fmt: skip
    asks.act(by=cast.actor("mina"), at=AT, ask=row.public_id, kind="approved", key="world")
    return row.public_id


def _review(company: the_company.Company) -> str:
    """An ended review of mina's team, without a guest."""
    at = AT - timedelta(hours=2)
    mina = company.cast.actor("mina", at)
    begun = reviews.begin(by=mina, at=at, leader=company.cast.mina)
    deal = company.deals["Nordwind"].public_id
    notes = Notes(decisions=(DecisionNote("Ask for the signing day first.", deal),))
    reviews.end(by=mina, at=at, review=begun.public_id, notes=notes, version=0)
    return begun.public_id


def _packet(company: the_company.Company) -> str:
    """A packet of rosa that mina accepted and took upstairs."""
    answer = Answer.objects.create(
        deal=company.deals["Nordwind"], period=the_company.Q4.name, number=1, kind="packet", why="It slips.",
        content={"criterion_name": "Paper process", "old": {"text": "Soon"}, "new": {"text": "Late"}},
        by=company.cast.rosa, at=AT,
    )  # fmt: skip
    for kind in ("accepted", "taken_up"):
        Act.objects.create(answer=answer, kind=kind, by=company.cast.mina, at=AT)
    return answer.public_id


def _message(company: the_company.Company) -> str:
    """A question of mina's to rosa, sent; another one waits."""
    mina, deal = company.cast.actor("mina"), company.deals["Nordwind"].public_id
    health.note(by=mina, at=AT, deal=deal, kind="question", text="Who signs at Nordwind?")
    sent = health.send(by=mina, at=AT, to=company.cast.rosa.public_id)
    health.note(by=mina, at=AT, deal=deal, kind="question", text="Is the review booked?")
    return sent.public_id


def _shared(company: the_company.Company) -> tuple[str, str]:
    """Rosa's mutual plan for Nordwind, published, with an address for a buyer: its id, and the address itself."""
    rosa, deal = company.cast.actor("rosa"), company.deals["Nordwind"].public_id
    plan = mutual_rules.MutualPlan(
        "Two sites measured", "Marlow", "Nordwind", "Both sites are measured by spring.",
        our_contacts=(mutual_rules.Contact("Rosa Lindqvist"),),
        steps=(mutual_rules.Step("Send the template", "Rosa Lindqvist", "Karin Holm", AT.date()),),
    )  # fmt: skip
    mutual.publish(by=rosa, at=AT, deal=deal, plan=plan, after_version=0)
    made, secret = mutual.share(by=rosa, at=AT, deal=deal, whom="Karin Holm")
    return made.public_id, secret


def _correction(company: the_company.Company) -> str:
    return health.propose(
        by=company.cast.actor("mina"), at=AT, deal=company.deals["Ostrava"].public_id, field="close_on",
        new="2027-01-12",
    ).public_id  # fmt: skip


def _interview(company: the_company.Company) -> dict[str, str]:
    """Pia was asked about a deal of rosa's that has been opened again since, and olu interviewed its buyer."""
    cast, deal = company.cast, company.deals["Nordwind"]
    asked = Request.objects.create(deal=deal, interviewer=cast.pia, due_on=AT.date(), by=cast.olu, at=AT)
    held = Account.objects.create(
        deal=deal, owner=cast.rosa, source="buyer", number=1, list_version=0, outcome="lost", primary="price",
        ratings={"price": "decisive"}, moment="At the board.", interviewer=cast.olu, buyer_name="Karin Holm",
        held_on=AT.date(), blind=True, by=cast.olu, at=AT,
    )  # fmt: skip
    return {"request_to_pia": asked.public_id, "interview_about_rosa": held.public_id}


def _file(company: the_company.Company) -> str:
    """A letter as evidence on rosa's deal."""
    item = evidence.score(
        by=company.cast.actor("rosa"), at=AT, deal=company.deals["Nordwind"].public_id, criterion="worth", score=3,
        what="She sent the order for three years.", on=AT.date(), buyer_name="Karin Holm", buyer_role="CFO",
        file=Sent("letter.pdf", b"%PDF-1.7 letter"),
    )  # fmt: skip
    return File.objects.for_system("a test asks for it").get(item=item).public_id


def _news(company: the_company.Company, deal: str, what: str) -> Item:
    return news.report(
        by=company.cast.actor("rosa"),
        at=AT,
        deal=company.deals[deal].public_id,
        kind="bad",
        what=what,
        known_on=AT.date(),
        amount_minor=24000,
    )
