"""A company in which every private thing carries a marker of its own, and who may see which marker.

``expected`` is written by hand, person by person, and shares nothing with the access table: whoever widens a rule
there makes a marker turn up where this file does not have it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from fairlead.agreements import actions as agreements
from fairlead.agreements import rules as agreement_rules
from fairlead.agreements.models import Agreement
from fairlead.asks import actions as asks
from fairlead.asks.models import Ask
from fairlead.asks.rules import Content, Debrief, Word
from fairlead.calls import actions as calls
from fairlead.calls import intake
from fairlead.calls.models import DealEstimate, EstimateRun, NodeEstimate
from fairlead.cases import actions as cases
from fairlead.cases import rules as case_rules
from fairlead.cases.models import Case, Side
from fairlead.deals.models import Deal, Import, Source
from fairlead.deals.rules import DealRow
from fairlead.debts.models import Debt
from fairlead.desk import actions as desk
from fairlead.desk import broadcasts
from fairlead.desk.actions import Given
from fairlead.desk.models import CompanyNotice
from fairlead.desk.models import Message as FromAbove
from fairlead.desk.rules import Wanted
from fairlead.diagnoses import actions as diagnoses
from fairlead.diagnoses.models import Asked as AskedToObserve
from fairlead.diagnoses.models import Diagnosis
from fairlead.earnings import actions as earnings
from fairlead.earnings.rules import Plan as EarningsPlan
from fairlead.enablement import actions as enablement
from fairlead.enablement import queries as owed_queries
from fairlead.enablement import rules as rules_of_owed
from fairlead.enablement.models import Attachment, Delivery, Entry, Knowledge, Material
from fairlead.enablement.models import Gap as GuidanceGap
from fairlead.exits.models import Act, Answer, Draft
from fairlead.expectations import actions as expectations
from fairlead.expectations.models import Statement
from fairlead.feedback import actions as feedback
from fairlead.feedback import rules as feedback_rules
from fairlead.feedback.models import Round
from fairlead.forecasting.periods import Calendar
from fairlead.gaps.models import Carried, Gap, Version
from fairlead.grounds import actions as grounds
from fairlead.grounds.models import Ground
from fairlead.health import actions as health
from fairlead.health.models import Message
from fairlead.help import actions as help_actions
from fairlead.help.models import Request as HelpRequest
from fairlead.improvement import actions as improvement
from fairlead.improvement import inviting
from fairlead.improvement import queries as improvement_queries
from fairlead.improvement.content import Content as PlanContent
from fairlead.improvement.models import Assessment
from fairlead.improvement.models import Plan as ImprovementPlan
from fairlead.ledger import actions as ledger
from fairlead.looks import actions as looks
from fairlead.looks.models import Look
from fairlead.mutual import actions as mutual
from fairlead.mutual import rules as mutual_rules
from fairlead.news import actions as news
from fairlead.news.models import Item
from fairlead.notices import actions as notices
from fairlead.notices import rules as notice_rules
from fairlead.notices.models import Notice
from fairlead.oneonones import actions as oneonones
from fairlead.oneonones.models import Series
from fairlead.people import access, actions, switches
from fairlead.people import queries as people
from fairlead.people.access import Lending, Role
from fairlead.people.models import Person
from fairlead.plans import actions as plans
from fairlead.plans import rules as plan_rules
from fairlead.promises import actions as promises
from fairlead.promises.models import Promise
from fairlead.qualification import actions as evidence
from fairlead.qualification.models import File
from fairlead.qualification.rules import Sent
from fairlead.records import actions as records
from fairlead.records.models import Request as Copy
from fairlead.reviews import actions as reviews
from fairlead.reviews.models import Review
from fairlead.reviews.rules import ActionNote, DecisionNote, Notes, QuestionNote
from fairlead.standing import actions as standing
from fairlead.territories.models import Account as LookedAfter
from fairlead.territories.rules import AccountRow, ActivityRow, ContactRow
from fairlead.web.models import Upload
from fairlead.winloss.models import Account, Request
from fairlead.winloss.models import Answer as OwnersAnswer
from tests import cast as the_cast
from tests.cast import AT, START, Cast
from tests.diagnoses import making as diagnosing
from tests.improvement import making as plans_made
from tests.looks import making

notice_rules.word({"test.told": "Something happened: {what}"})

Q4 = Calendar().period("2026Q4")
OPS = access.system("tests of what leaks")
MORE = [
    ("stig", "Stig Holm", "sanna", Role.REP, ""),
    ("nora", "Nora Vik", "vera", Role.REP, ""),
    ("nina", "Nina Dal", "vera", Role.REP, ""),
    ("olga", "Olga Roth", None, Role.EXECUTIVE, "Elsewhere"),
    ("omar", "Omar Aziz", "olga", Role.MANAGER, "Elsewhere South"),
    ("otis", "Otis Reed", "omar", Role.REP, ""),
    ("nils", "Nils Falk", "omar", Role.REP, ""),
]
"""Beside the cast: a second rep for sanna, two reps who report to an executive (of one alone the executive could
take the call from the sum), and a branch that is nobody's below
carl: to it everybody of the cast is an outsider, and the other way round."""

TEAMS = {
    "carl": "vera olu hana ada",
    "vera": "mina otto sanna nora nina",
    "mina": "rosa ravi ines tomas",
    "otto": "pia piet",
    "sanna": "sven stig",
    "olga": "omar",
    "omar": "otis nils",
}
SELLERS = "rosa ravi ines tomas pia piet sven stig nora nina mina otis nils".split()
"""Who owns a deal."""
REPS = [name for name in SELLERS if name != "mina"]
LEADERS = "mina otto vera omar".split()
"""Who submitted."""


_THOUSANDS = random.Random(7).sample(range(100_000, 999_999), 200)
"""Amounts in thousands, drawn once, so that sums and differences of some are none of the others."""


@dataclass
class Marks:
    """Every marker: a word, or an amount that nothing else in the company has."""

    words: dict[str, str] = field(default_factory=dict)
    amounts: dict[str, int] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    """Every way a marker may be written -> its key."""

    def word(self, key: str) -> str:
        """A word for a private text; the same key gets the same word."""
        if key not in self.words:
            made = f"zq{len(self.words):03}{re.sub('[^a-z]', '', key)}qz"
            self.words[key] = made
            self.written[made] = key
        return self.words[key]

    def amount(self, key: str) -> int:
        """An amount in euros, in whole thousands."""
        if key not in self.amounts:
            thousands = _THOUSANDS[len(self.amounts)]
            self.amounts[key] = thousands * 1000
            self.written |= dict.fromkeys(_ways(thousands), key)
        return self.amounts[key]

    def minor(self, key: str) -> int:
        return self.amount(key) * 100

    def found_in(self, text: str) -> set[str]:
        """The keys whose marker stands in a text."""
        return {self.written[part] for part in _PARTS.findall(text) if part in self.written}


_PARTS = re.compile(r"zq\d{3}[a-z]*?qz|(?<![\d.,])\d+(?:[.,]\d+)*M?")
"""Whatever may be a marker: one of the words, or a number with its separators."""


def _ways(thousands: int) -> list[str]:
    """An amount as pages (thousands), sentences (millions), forms, files and the API write it."""
    grouped = f"{thousands:,}"
    plain = [str(thousands), f"{thousands}000", f"{thousands}.00", f"{thousands}000.00", f"{thousands}00000"]
    return [grouped, f"{grouped},000", *plain, f"{thousands / 1000:.2f}M"]


@dataclass
class Company:
    """The cast and more, with marks on everything. ``ids`` are the public ids by kind, for the addresses."""

    cast: Cast
    more: Mapping[str, Person]
    marks: Marks
    ids: dict[str, list[str]]
    doubles: set[str] = field(default_factory=set)
    """Ids of deals and people beside which another one of the same rights is asked for."""

    def person(self, name: str) -> Person:
        found: Person = self.more[name] if name in self.more else getattr(self.cast, name)
        return found

    def actor(self, name: str, at: Any = AT) -> access.Actor:
        return people.actor(self.person(name).pk, at)

    @property
    def names(self) -> list[str]:
        return [*self.cast.names, *self.more]


def build() -> Company:
    """The company with one marked thing of every kind, as of ``AT``."""
    cast = the_cast.build()
    more: dict[str, Person] = {}
    for key, name, manager, role, team in MORE:
        above = more.get(manager or "") or (getattr(cast, manager) if manager else None)
        more[key] = actions.add_person(
            by=OPS, at=AT, name=name, manager=above, roles=frozenset({role}), team=team, starts_on=START,
            source="cast", external_id=key,
        )  # fmt: skip
        actions.open_account(by=OPS, at=AT, person=more[key], email=f"{key}@marlow.test", password=None)
    company = Company(cast, more, Marks(), {})
    _deals(company)
    _looked_after(company)
    _estimates(company)
    _forecast(company)
    _evidence_and_plans(company)
    _deal_review(company)
    _own_things(company)
    _imports(company)
    _said(company)
    _exits(company)
    _asked(company)
    _shared(company)
    _won_and_lost(company)
    _from_above(company)
    _helped(company)
    _looked_at(company)
    _planned(company)
    _owed(company)
    _agreed(company)
    _gap(company)
    _kept(company)
    _collect(company)
    return company


def _deals(company: Company) -> None:
    mark, rows, accounts, contacts = company.marks, [], [], []
    for name in SELLERS:
        owner = company.person(name)
        rows.append(
            DealRow(
                f"deal-{name}",
                name=mark.word(f"deal of {name}"),
                account=f"acc-{name}",
                owner=owner.name,
                amount=Decimal(mark.amount(f"sum of deal of {name}")),
                currency="EUR",
                stage="Talk",
                close_on=date(2026, 12, 10),
                created_on=date(2026, 9, 1),
                next_step=mark.word(f"next step of {name}"),
                product=mark.word(f"product of {name}"),
                extra={"competitor": mark.word(f"extra of {name}")},
            )
        )
        account = mark.word(f"account of {name}")
        accounts.append(AccountRow(f"acc-{name}", account, "", mark.word(f"industry of {name}")))
        contacts.append(
            ContactRow(
                f"con-{name}", f"acc-{name}", mark.word(f"contact of {name}"),
                f"{mark.word(f'mail of {name}')}@buyer.test", mark.word(f"title at {name}"),
            )
        )  # fmt: skip
    accounts.append(AccountRow("acc-nobody", mark.word("account of nobody")))
    rows.append(
        DealRow("nobodys", name=mark.word("deal of nobody"), owner=mark.word("unknown owner"), stage="Odd")
    )
    manner = intake.Manner(
        "crm", AT - timedelta(days=9), file_name=f"{mark.word('import file')}.csv", full=True,
        categories={"Talk": "pipeline"}, mapping_toml=f'source = "crm" # {mark.word("source mapping")}\n',
    )  # fmt: skip
    intake.take_in_batch(
        by=company.actor("olu"), at=AT - timedelta(days=9), manner=manner, with_estimate=False,
        rows=intake.Rows(deals=rows, accounts=accounts, contacts=contacts),
    )  # fmt: skip
    from fairlead.territories.models import Account

    for name in SELLERS:
        rows_of = Account.objects.for_system("tests give accounts owners").filter(external_id=f"acc-{name}")
        rows_of.update(owner=company.person(name))


def _looked_after(company: Company) -> None:
    """A contact of Rosa's account, a rival there, why Olu set tiers, and Pia who covers what is nobody's."""
    from fairlead.territories import actions as territories
    from fairlead.territories import noting
    from fairlead.territories.models import Account

    mark, olu = company.marks, company.actor("olu")
    row = ActivityRow(
        "made", account="acc-rosa", on=AT.date(), kind="call", way="two", by=mark.word("who called of rosa")
    )
    territories.take_in_activities(
        by=olu, at=AT, source="crm", rows=[row], as_of=AT, people_ids={}, deal_accounts={}
    )
    ids = dict(Account.objects.for_system("tests mark accounts").values_list("external_id", "public_id"))
    noting.note_rival(
        by=company.actor("rosa"), at=AT, account=ids["acc-rosa"], rival=mark.word("rival seen by rosa"), on=AT.date(),
        known_from=mark.word("where rosa knows it from"),
    )  # fmt: skip
    noting.set_policy(
        by=olu, at=AT, unit="", tiers=[("A", 30)], renewal_days=90, words=mark.word("why olu sets tiers")
    )
    pia = company.person("pia")
    line = {
        "account": ids["acc-nobody"],
        "interim": pia.public_id,
        "hand_over": mark.word("hand-over of olu"),
    }
    noting.cover(by=olu, at=AT, lines=[line], mates={pia.public_id: pia.pk})


def _estimates(company: Company) -> None:
    """A stored run whose middle of every rep is a mark."""
    mark = company.marks
    run = EstimateRun.objects.create(
        as_of=AT - timedelta(hours=9), computed_at=AT - timedelta(hours=9), period=Q4.name,
        starts_on=Q4.starts_on, ends_on=Q4.ends_on, currency="EUR", model="test", model_version="1",
        fitted_on=0, fingerprint="test",
    )  # fmt: skip
    part = {"mean": 0, "p10": 0, "p50": 0, "p90": 0}
    for name in REPS:
        NodeEstimate.objects.create(
            run=run, person=company.person(name), kind="person", booked_minor=0, open_minor=0, open_deals=1,
            weighted_minor=0, mean_minor=0, p10_minor=0, p50_minor=mark.minor(f"estimate of {name}"), p90_minor=0,
            parts={"from_open": part, "from_new": part}, quantiles=[0] * 199,
        )  # fmt: skip
    for name in SELLERS:
        deal = Deal.objects.for_system("a test marks deals").get(external_id=f"deal-{name}")
        DealEstimate.objects.create(
            run=run, deal=deal, chance_in_period=0.4, chance_ever=0.6,
            reasons=[[mark.word(f"chance of {name}"), 3.0]],
        )  # fmt: skip


def _call(company: Company, name: str, hours: int = 20, key: str = "") -> None:
    key = key or f"call of {name}"
    at = AT - timedelta(hours=hours)
    calls.set_call(
        by=company.actor(name, at), at=at, person=company.person(name), period=Q4,
        amount_minor=company.marks.minor(key), note=company.marks.word(f"note to the {key}"),
    )  # fmt: skip


def _overlay(company: Company, author: str, name: str) -> None:
    key, at = f"overlay of {author} on {name}", AT - timedelta(hours=19)
    calls.set_overlay(
        by=company.actor(author, at), at=at, person=company.person(name), period=Q4,
        amount_minor=company.marks.minor(key), note=company.marks.word(f"note to the {key}"),
    )  # fmt: skip


def _submit(company: Company, name: str, key: str = "", hours: int = 10, previous: str = "") -> str:
    key, at = key or f"number of {name}", AT - timedelta(hours=hours)
    sent = calls.submit(
        by=company.actor(name, at), at=at, person=company.person(name), period=Q4,
        amount_minor=company.marks.minor(key), reason=company.marks.word(f"reason of the {key}"), key=key,
        expected_previous=previous,
    )  # fmt: skip
    return sent.public_id


def _forecast(company: Company) -> None:
    mark = company.marks
    for name in [*REPS, "mina", "vera"]:
        calls.set_target(
            by=OPS, at=AT - timedelta(days=5), person=company.person(name), period=Q4,
            amount_minor=mark.minor(f"target of {name}"),
        )  # fmt: skip
    for name in (n for n in REPS if n not in ("nora", "nina")):
        _call(company, name)
    for author, name in (("mina", "rosa"), ("vera", "mina"), ("otto", "pia"), ("omar", "otis")):
        _overlay(company, author, name)
    for name in ("mina", "otto", "omar", "vera"):
        _submit(company, name)
    taken = _submit(company, "sanna")
    at = AT - timedelta(hours=7)
    calls.withdraw(
        by=company.actor("sanna", at), at=at, submission=taken, reason=mark.word("reason of the withdrawal")
    )
    # After vera's number: they move bars of her waterfall that are of people whose calls she does not read.
    _call(company, "nora", hours=5)
    _call(company, "nina", hours=5)


def _evidence_and_plans(company: Company) -> None:
    """Of every deal a belief, a proof, and a plan with a reason, an act and something asked for."""
    mark, at = company.marks, AT - timedelta(hours=4)
    for name in SELLERS:
        deal = Deal.objects.for_system("a test scores deals").get(external_id=f"deal-{name}").public_id
        by = company.actor(name, at)
        common: dict[str, Any] = {"by": by, "at": at, "deal": deal, "on": AT.date()}
        evidence.score(**common, criterion="worth", score=1, what=mark.word(f"belief of {name}"))
        evidence.score(
            **common, criterion="win", score=3, what=mark.word(f"proof of {name}"),
            buyer_name=mark.word(f"proof of {name}"),
            file=Sent(f"{mark.word(f'file of {name}')}.pdf", b"%PDF-1.7 " + mark.word(f"file of {name}").encode()),
        )  # fmt: skip
        plan = plan_rules.Plan(
            why=mark.word(f"why of {name}"),
            tactics=(plan_rules.Tactic(
                mark.word(f"act of {name}"), "win", mark.word(f"owner of the act of {name}"), AT.date()
            ),),
            resources=(plan_rules.Resource(mark.word(f"act of {name}"), who=mark.word(f"why of {name}")),),
        )  # fmt: skip
        plans.save(by=by, at=at, deal=deal, after_version=0, plan=plan)
    tested = Deal.objects.for_system("a test scores deals").get(external_id="deal-rosa").public_id
    plans.test(by=company.actor("mina", at), at=at, deal=tested, version=1, words=mark.word("test by mina"))


def _deal_review(company: Company) -> None:
    """Of mina: a message sent to rosa, a note to ravi that waits; a correction of otto's; a snooze of pia's."""
    mark, at = company.marks, AT - timedelta(hours=3)

    def deal_of(name: str) -> str:
        return Deal.objects.for_system("a test reviews deals").get(external_id=f"deal-{name}").public_id

    mina = company.actor("mina", at)

    def ask(name: str, words: str) -> None:
        health.note(by=mina, at=at, kind="question", deal=deal_of(name), text=mark.word(words))

    ask("rosa", "sent question of mina")
    health.send(by=mina, at=at, to=company.person("rosa").public_id)
    ask("ravi", "noted question of mina")
    health.propose(
        by=company.actor("otto", at), at=at, deal=deal_of("pia"), field="next_step", new=mark.word("correction of pia")
    )  # fmt: skip
    health.snooze(
        by=company.actor("pia", at), at=at, deal=deal_of("pia"), flag="single_thread",
        until=AT.date() + timedelta(days=9), reason=mark.word("snooze of pia"),
    )  # fmt: skip


def _own_things(company: Company) -> None:
    mark = company.marks
    for name in company.names:
        what = mark.word(f"notice to {name}")
        notices.tell(to=company.person(name).pk, kind="test.told", facts={"what": what}, at=AT)
        actions.make_token(
            by=company.actor(name), at=AT, name=mark.word(f"token of {name}"), scopes=frozenset({"read"})
        )
    for giver, taker in (("mina", "sanna"), ("olga", "otis")):
        actions.delegate(
            by=company.actor(giver), at=AT - timedelta(hours=1), taker=company.person(taker), kind=Lending.FORECAST,
            starts_at=AT - timedelta(hours=1), ends_at=AT + timedelta(hours=2),
            reason=mark.word(f"why {giver} lends"),
        )  # fmt: skip
    for name in ("rosa", "mina"):
        ledger.append(
            kind="call.set", by=company.actor(name).ref, at=AT, subject_kind="person",
            subject=company.person(name).pk, personal={"note": mark.word(f"ledger text of {name}")},
        )  # fmt: skip


def _said(company: Company) -> None:
    """A promise, news that is untold, what to expect, and a review of otto's team without a guest."""
    mark, at = company.marks, AT - timedelta(hours=1)
    otto, pia = company.person("otto"), company.person("pia")
    promises.make(
        by=company.actor("rosa", at), at=at, owner=company.person("rosa"), made_to=company.person("mina"),
        text=mark.word("promise of rosa"), due_on=AT.date(), key="canary",
    )  # fmt: skip
    deal = Deal.objects.for_system("a test marks deals").get(external_id="deal-pia").public_id
    news.report(
        by=company.actor("pia", at), at=at, deal=deal, kind="bad", what=mark.word("news of pia"),
        known_on=AT.date(),
    )  # fmt: skip
    row = expectations.write(
        by=company.actor("otto", at), at=at, person=otto, period=Q4, expected_minor=1000,
        assumptions=mark.word("assumptions of otto"),
    )  # fmt: skip
    expectations.sign(by=company.actor("otto", at), at=at, statement=row.public_id, digest=row.digest)
    review = reviews.begin(by=company.actor("otto", at), at=at, leader=otto)
    notes = Notes(
        (DecisionNote(mark.word("decision of otto"), deal), DecisionNote(mark.word("decision on the team"))),
        (QuestionNote(mark.word("question of otto"), pia.public_id),),
        (ActionNote(mark.word("action of pia"), pia.public_id, "", AT.date().isoformat()),),
    )
    reviews.end(by=company.actor("otto", at), at=at, review=review.public_id, notes=notes, version=0)
    text = mark.word("set straight by pia")
    reviews.set_straight(by=company.actor("pia", at), at=at, review=review.public_id, text=text, key="canary")
    draft = reviews.begin(by=company.actor("mina", at), at=at, leader=company.person("mina"))
    typed = Notes((DecisionNote(mark.word("draft of mina")),))
    reviews.save(by=company.actor("mina", at), at=at, review=draft.public_id, notes=typed, version=0)


def _exits(company: Company) -> None:
    """Rosa's packet was taken upstairs, pia's was not, and pia has a draft."""
    mark, at = company.marks, AT - timedelta(hours=1)
    for name in ("rosa", "pia"):
        deal = Deal.objects.for_system("a test marks deals").get(external_id=f"deal-{name}")
        why = mark.word(f"packet of {name}")
        Answer.objects.create(
            deal=deal, period=Q4.name, number=1, kind="packet", why=why, by=company.person(name), at=at,
            content={
                "why": why, "criterion_name": mark.word(f"criterion of {name}"), "old": {"text": "Soon"},
                "new": {"text": "Late"}, "first_known_on": "2026-11-20", "told_on": "2026-11-20",
            },
        )  # fmt: skip
    pia = Deal.objects.for_system("a test marks deals").get(external_id="deal-pia")
    Draft.objects.create(
        deal=pia, by=company.person("pia"), typed={"old": mark.word("exit draft of pia")}, at=at
    )
    rosas = Answer.objects.for_system("a test marks packets").get(by=company.person("rosa"))
    for kind in ("accepted", "taken_up"):
        words = mark.word("reply to rosa") if kind == "accepted" else ""
        Act.objects.create(answer=rosas, kind=kind, words=words, by=company.person("mina"), at=at)


def _asked(company: Company) -> None:
    """Rosa's ask to carl with its debrief, what was promised and what is owed; pia's that otto has not approved."""
    mark, at = company.marks, AT - timedelta(minutes=50)
    mina, carl = company.actor("mina", at), company.actor("carl", at)
    ask = _ask(company, "rosa", "carl", "ask of rosa", at)
    why = mark.word("why mina sends it back")
    asks.act(by=mina, at=at, ask=ask, kind="sent_back", reason=why, key="back")
    content = _content(mark.word("ask of rosa"))
    asks.revise(by=company.actor("rosa", at), at=at, ask=ask, content=content, after_version=1, key="again")
    asks.act(by=mina, at=at, ask=ask, kind="approved", key="canary")
    asks.act(
        by=carl, at=at, ask=ask, kind="accepted", on=AT.date(), reason=mark.word("ask of rosa"), key="canary"
    )
    told = Debrief(
        mark.word("debrief of rosa"), "yes", AT.date(), mark.word("debrief of rosa"), mark.word("debt of carl"),
        AT.date(), (Word(mark.word("word of carl"), "executive", AT.date()),),
    )  # fmt: skip
    asks.debrief(by=carl, at=at, ask=ask, given=told, key="canary")
    _ask(company, "pia", "vera", "waiting ask of pia", at)


def _shared(company: Company) -> None:
    """Mutual plans of rosa and pia, each with an address; everybody gets rosa's to try, nobody pia's. Pia goes on."""
    mark, at = company.marks, AT - timedelta(minutes=40)
    for name in ("rosa", "pia"):
        by, deal = (
            company.actor(name, at),
            Deal.objects.for_system("a test marks deals").get(external_id=f"deal-{name}"),
        )
        plan = _mutual_plan(mark.word(f"mutual plan of {name}"))
        mutual.publish(by=by, at=at, deal=deal.public_id, plan=plan, after_version=0)
        whom = mark.word(f"reader of {name}")
        _, secret = mutual.share(by=by, at=at, deal=deal.public_id, whom=whom)
        if name == "rosa":
            company.ids["shared"] = [secret]
            continue
        again = _mutual_plan(mark.word("mutual draft of pia"))
        mutual.keep_draft(by=by, at=at, deal=deal.public_id, plan=again, after_version=1)


def _mutual_plan(said: str) -> mutual_rules.MutualPlan:
    contact = mutual_rules.Contact(said, said, said)
    step = mutual_rules.Step(said, said, said, AT.date())
    return mutual_rules.MutualPlan(said, said, said, said, AT.date(), said, (contact,), (contact,), (step,))


def _from_above(company: Company) -> None:
    """Vera's messages to mina: one answered and passed in other words, one passed raw, one that must pass, one
    declined; what mina pasted of carl's; contact that rosa logged."""
    mark, at = company.marks, AT - timedelta(minutes=40)
    vera, mina = company.actor("vera", at), company.actor("mina", at)
    deal = Deal.objects.for_system("a test marks deals").get(external_id="deal-rosa").public_id

    def write(key: str, kind: str, of: str = "") -> str:
        given = Given(mark.word(key), f"Tell {mark.word(key)} now.", deal=of)
        to = None if of else company.person("mina")
        row = desk.write(by=vera, at=at, given=given, to=to, key=key)
        desk.set_kind(by=mina, at=at, message=row.public_id, kind=kind)
        return row.public_id

    def act(message: str, kind: str, key: str = "", *, to: str = "", confirmed: bool = False) -> None:
        wanted = Wanted(kind, f"It is {mark.word(key)} then." if key else "", confirmed=confirmed)
        chosen = [company.person(to).public_id] if to else []
        desk.act(by=mina, at=at, message=message, wanted=wanted, key=f"{kind} {key}", to=chosen)

    first = write("message of vera", "concern", deal)
    act(first, "answered", "answer of mina")
    act(first, "passed", "passed words of mina", to="rosa")
    act(write("raw message of vera", "question"), "passed_raw", to="rosa", confirmed=True)
    act(write("declined message of vera", "instruction"), "declined", "why mina declines")
    must = write("must pass of vera", "pay")
    desk.keep_confidential(
        by=company.actor("hana", at), at=at, message=must, until=AT + timedelta(days=9),
        reason=mark.word("why hana keeps it"),
    )  # fmt: skip
    given = Given(mark.word("broadcast of vera"), "Which of your deals would it reach?")
    broadcasts.send(by=vera, at=at, given=given, key="many", to=[company.person("mina").public_id])
    given = Given(
        mark.word("pasted message of carl"), mark.word("pasted message of carl"), company.person("carl")
    )
    desk.receive(by=mina, at=at, given=given, key="pasted")
    desk.log_contact(
        by=company.actor("rosa", at), at=at, key="contact", executive=company.person("carl"), deal=deal,
        words=mark.word("logged contact of rosa"),
    )  # fmt: skip


def _helped(company: Company) -> None:
    """Rosa's request to mina, which mina declined; it went on to hana in other words. Pia's complaint about otto,
    with vera. What nils wants to be shielded from by omar, who needs something in return."""
    mark, at = company.marks, AT - timedelta(minutes=30)
    rosa, pia = company.actor("rosa", at), company.actor("pia", at)

    def words(key: str) -> help_actions.Asked:
        return help_actions.Asked(mark.word(key), mark.word(key), mark.word(key))

    first = help_actions.ask(by=rosa, at=at, given=words("help of rosa"), key="canary")
    why = mark.word("why mina helps not")
    mina = company.actor("mina", at)
    help_actions.step(by=mina, at=at, request=first.public_id, kind="declined", text=why)
    second = help_actions.send_further(
        by=rosa, at=at, request=first.public_id, to=company.person("hana").public_id, key="canary further",
        given=words("second door of rosa"),
    )  # fmt: skip
    help_actions.step(
        by=company.actor("hana", at), at=at, request=second.public_id, kind="answered",
        text=mark.word("answer of hana"), promise=mark.word("answer of hana"), due_on=AT.date(), key="canary",
    )  # fmt: skip
    help_actions.complain(
        by=pia, at=at, to=company.person("vera").public_id, given=words("complaint of pia"), key="canary"
    )
    wish = help_actions.Wish(
        mark.word("shield of nils"), mark.word("shield of nils"), mark.word("shield of nils"), "",
        AT.date() + timedelta(days=30),
    )  # fmt: skip
    asked = help_actions.ask_shield(
        by=company.actor("nils", at), at=at, wish=wish, after_version=0, key="canary"
    )
    help_actions.answer_shield(
        by=company.actor("omar", at), at=at, shield=asked.public_id, promised=mark.word("omar shields"),
        needed=mark.word("omar shields"), review_on=AT.date() + timedelta(days=30), key="canary",
    )  # fmt: skip


def _looked_at(company: Company) -> None:
    """Hana recorded a ground for vera's unit and rosa's leave; rosa answered in a look, and mina closed it."""
    mark, at = company.marks, AT - timedelta(minutes=20)
    hana, rosa, mina = (company.actor(name, at) for name in ("hana", "rosa", "mina"))
    said = replace(making.GIVEN, basis=mark.word("legal basis of vera's unit"), runs_from=at.date())
    row = grounds.record(by=hana, at=at, head=company.person("vera").public_id, given=said, after_number=0)
    standing.write_leave(
        by=hana, at=at, person=company.person("rosa").public_id, first=AT.date(), last=AT.date(),
        reason=mark.word("why rosa is away"),
    )  # fmt: skip
    facts = {
        **making.FACTS,
        "debts": [{"item": mark.word("look at rosa"), "since": "", "days": 1, "due": None}],
    }
    look = Look.objects.create(
        person=company.person("rosa"), quarter="2026Q3", closed_on=making.Q3.ends_on, decide_days=90, rule_version=0,
        ground=row, facts=facts, digest="", opened_at=at,
    ).public_id  # fmt: skip
    looks.act(by=rosa, at=at, look=look, kind="answered", words=mark.word("answer of rosa in the look"))
    looks.act(
        by=mina, at=at, look=look, kind="waived", reason="luck", words=mark.word("why mina closed the look")
    )
    _diagnosed(company, row)


def _diagnosed(company: Company, ground: Ground) -> None:
    """Mina shared a diagnosis with rosa, who answered; otto has a draft of pia's, for which olga saw something."""
    mark, at = company.marks, AT - timedelta(minutes=15)
    ids = []
    for manager, name, verdicts in (("mina", "rosa", "pf"), ("otto", "pia", "pppppp")):
        look = Look.objects.create(
            person=company.person(name), quarter="2026Q2", closed_on=making.Q3.ends_on, decide_days=90,
            rule_version=0, ground=ground, facts=making.FACTS, digest="", opened_at=at,
        )  # fmt: skip
        by = company.actor(manager, at)
        row = diagnoses.open_(by=by, at=at, look=look.public_id)
        given = diagnosing.given(verdicts, mark.word(f"evidence of {manager}"))
        diagnoses.save(by=by, at=at, diagnosis=row.public_id, given=given, after=1)
        ids.append(row.public_id)
    rosa, mina, otto, olga = (company.actor(name, at) for name in ("rosa", "mina", "otto", "olga"))
    diagnoses.act(by=mina, at=at, diagnosis=ids[0], kind="shared")
    said = mark.word("answer of rosa to mina")
    diagnoses.act(by=rosa, at=at, diagnosis=ids[0], kind="answered", words_=said)
    asked = diagnoses.ask(by=otto, at=at, diagnosis=ids[1], observer=company.person("olga").public_id)
    saw = mark.word("observation of olga")
    diagnoses.answer(by=olga, at=at, asked=asked.public_id, kind="observed", on=AT.date(), words_=saw)


def _owed(company: Company) -> None:
    """What Otto owes sellers and delivered to Rosa, an item for Mina's team; what Rosa knows, showed and cites."""
    mark, rosa = company.marks, company.actor("rosa")
    for who, key, team in (("olu", "", False), ("mina", "item for the team of mina", True)):
        what = mark.word(key) if key else "A day with the market desk"
        given = rules_of_owed.Given("Seller", "", "market", what, "The day was held", 30)
        owner = company.person("otto" if who == "olu" else who).public_id
        enablement.keep_item(by=company.actor(who), at=AT, given=given, owner=owner, team=team)
    item = Entry.objects.get(lead=None).public_id
    (delivery,) = enablement.deliver(
        by=company.actor("otto"), at=AT, item=item, persons=[company.person("rosa").public_id], on=AT.date(),
        words=mark.word("delivery to rosa"), file=Sent(f"{mark.word('file for rosa')}.txt", b"The slides."),
    )  # fmt: skip
    enablement.rate(
        by=rosa, at=AT, delivery=delivery.public_id, rating="in_part", words=mark.word("rating by rosa")
    )
    made = []
    for kind, key in (
        ("account", "cited by rosa"),
        ("industry", "study of rosa"),
        ("teach_back", "teach-back of rosa"),
    ):
        known = rules_of_owed.Known(
            kind,
            mark.word(key),
            "Steel",
            mark.word("learnt by rosa" if kind == "account" else key),
            "A report",
            AT.date(),
        )
        olga = company.person("olga").public_id if kind == "teach_back" else ""
        made.append(enablement.keep_known(by=rosa, at=AT, given=known, assessor=olga).knowledge.public_id)
    enablement.assess(
        by=company.actor("olga"), at=AT, known=made[2], grades=dict.fromkeys(rules_of_owed.RUBRIC, "clear"),
        words=mark.word("what olga saw"),
    )  # fmt: skip
    enablement.tell_gap(by=rosa, at=AT, kind="market", product="", words=mark.word("guidance gap of rosa"))
    enablement.keep_material(
        by=rosa,
        at=AT,
        given=rules_of_owed.Offered("A sheet", "Figures", "market", "", "", "https://x.test/a"),
    )
    deal = Deal.objects.for_system("a test asks for it").get(external_id="deal-rosa").public_id
    where = next(iter(owed_queries.cites(rosa, deal, AT).places))
    enablement.cite(by=rosa, at=AT, deal=deal, known=made[0], where=where)


def _planned(company: Company) -> None:
    """Rosa's plan with a reply and a teach-back that sanna scored; what pia plans for herself, shared and not."""
    mark, at = company.marks, AT - timedelta(minutes=15)
    rosa, pia, sanna = (company.actor(name, at) for name in ("rosa", "pia", "sanna"))
    own, theirs = mark.word("plan of rosa"), mark.word("task of rosa that sanna measures")
    made = plans_made.content(company.cast, [], start=AT.date())
    first, second, third = made.tasks
    tasks = (
        replace(first, what=theirs, unit=theirs, source=theirs),
        replace(second, what=own, source=own, unit=own),
        replace(third, gap=own, what=own, source=own),
    )
    owed = (
        replace(
            made.commitments[0],
            what=mark.word("what otto does for rosa"),
            owner=company.person("otto").public_id,
        ),
    )
    held = replace(made, why=own, tasks=tasks, commitments=owed)
    plan = plans_made.placed(
        company.person("rosa"), company.person("mina"), company.person("hana"), held, at,
        gate=mark.word("word of hana on the plan"),
    ).public_id  # fmt: skip
    improvement.act(by=rosa, at=at, plan=plan, kind="replied", words=mark.word("reply of rosa in the plan"))
    improvement.act(by=rosa, at=at, plan=plan, kind="partly", words=mark.word("what rosa agrees to"))
    task = improvement_queries.to_measure(sanna, at)[0].task.key
    improvement.measure(
        by=sanna, at=at, plan=plan, task=task, scores={"features": 3, "benefits": 3, "value": 3},
        words=mark.word("what sanna saw"),
    )  # fmt: skip
    earnings.keep(
        by=rosa, at=at, period=Calendar().quarter_of(AT.date()),
        plan=EarningsPlan(mark.minor("pay of rosa"), mark.minor("pay of rosa")),
    )  # fmt: skip
    _outside(company, replace(made, deals=(), commitments=(), tasks=(replace(second, what="Starts"),)), at)
    for what in ("own plan of pia", "own draft of pia"):
        word = mark.word(what)
        mine = tuple(
            replace(one, what=word, gap=word, unit=word, source=word, assessor="") for one in made.tasks
        )
        improvement.keep_own(
            by=pia, at=at, layer=3, held=replace(made, why=word, tasks=mine, deals=(), commitments=())
        )
        if what.startswith("own plan"):
            improvement.share_own(by=pia, at=at)


def _outside(company: Company, held: PlanContent, at: datetime) -> None:
    """Who is named from outside for vera's unit, and their word at the gate of a plan of mina, who appealed."""
    mark, hana = company.marks, company.actor("hana", at)
    name, mail = mark.word("reviewer from outside"), mark.word("mail of the reviewer")
    row = inviting.name(
        by=hana, at=at, head=company.person("vera").public_id, after_number=0,
        given=inviting.Given(
            name, mark.word("organisation of the reviewer"), f"{mail}@outside.test", AT.date(),
            AT.date() + timedelta(days=90), mark.word("why the reviewer is independent"),
        ),
    )  # fmt: skip
    plan = plans_made.placed(
        company.person("mina"), company.person("vera"), row, held, at, gate=mark.word("word of the reviewer"),
        diagnosis="placed_of_mina",
    )  # fmt: skip
    improvement.act(
        by=company.actor("mina", at),
        at=at,
        plan=plan.public_id,
        kind="replied",
        words=mark.word("reply of mina in the plan"),
    )


def _agreed(company: Company) -> None:
    """What ravi and mina agreed on, signed by both and its change, which waits."""
    mark, at = company.marks, AT - timedelta(minutes=25)
    ada = company.actor("ada", at)
    for feature in switches.FEATURES:
        for head in ("carl",) if feature == "gaps" else ("carl", "olga"):  # no ground is recorded for olga
            switches.turn(by=ada, at=at, feature=feature, head=company.person(head), state="on")
    ravi, mina, own = company.actor("ravi", at), company.actor("mina", at), mark.word("agreement of ravi")
    content = agreement_rules.Content(own, (own,), own, own, None, None, (own,), (own,), (own,))
    common: dict[str, Any] = {"at": at, "review_on": AT.date() + timedelta(days=30)}
    first = agreements.begin(
        by=ravi, other=company.person("mina").public_id, content=content, key="canary", **common
    )
    agreement = first.agreement.public_id
    agreements.act(by=mina, at=at, agreement=agreement, kind="signed", digest=first.digest)
    _met(company, at)
    _fed_back(company)
    changed = mark.word("change of mina")
    agreements.propose(
        by=mina, agreement=agreement, reason=changed, after=1, key="canary change", **common,
        content=agreement_rules.Content(manager_owes=(changed,)),
    )  # fmt: skip


def _gap(company: Company) -> None:
    """What mina kept of a gap of rosa's, of which ravi carries a part, and its correction."""
    mark, mina = company.marks, company.person("mina")
    row = Gap.objects.create(person=company.person("rosa"), quarter="2026Q3", at=AT)
    amount = mark.minor("part that ravi carries")
    for number in (1, 2):
        cuts = [
            {
                "kind": "hiring",
                "words": mark.word("what was cut for rosa's gap"),
                "first": "2026-10-01",
                "last": None,
            }
        ]
        version = Version.objects.create(
            gap=row, number=number, kind="kept", content={"asked": amount, "won": 0, "cuts": cuts},
            why=mark.word("why the gap is corrected"), by=mina, at=AT,
        )  # fmt: skip
        said = {"minor": amount, "first": "2026-10-01", "last": "2026-12-31"}
        Carried.objects.create(version=version, person=company.person("ravi"), place=0, said=said)


def _kept(company: Company) -> None:
    """Hana prepares a copy about ravi, whose private notes mina was asked for and keeps, and holds what is rosa's."""
    mark, at = company.marks, AT - timedelta(minutes=15)
    hana, ravi = company.actor("hana", at), company.person("ravi").public_id
    copy = records.open_copy(
        by=hana, at=at, person=ravi, asked_on=at.date(), reason=mark.word("why ravi gets a copy")
    )
    records.disclose(by=company.actor("mina", at), at=at, request=copy.public_id, notes=[])
    days = AT.date() - timedelta(days=60), AT.date(), AT.date() + timedelta(days=7)
    asked = case_rules.Asked(("agreements", "notes"), *days, mark.word("why hana opens a case about ravi"))
    cases.open_case(by=hana, at=at, person=ravi, asked=asked, key="canary")
    records.hold(
        by=hana,
        at=at,
        person=company.person("rosa").public_id,
        reason=mark.word("why hana holds what is rosa's"),
    )


def _fed_back(company: Company) -> None:
    """The last quarter's round of vera's unit, released to her managers; every comment is the same mark."""
    at = AT - timedelta(days=91)
    clock = access.system("the clock")
    feedback.watch(by=clock, at=at)
    row = Round.objects.for_system("a test asks for it").get(owner=company.person("vera"))
    text = company.marks.word("comment in feedback")
    for name in "rosa ravi ines tomas pia piet sven stig".split():
        feedback.answer(
            by=company.actor(name, at), at=at, round=row.public_id, comment=text,
            answers=dict.fromkeys(feedback_rules.ITEMS, "yes"),
        )  # fmt: skip
    feedback.watch(by=clock, at=at + timedelta(days=21))


def _met(company: Company, at: Any) -> None:
    """The 1:1 of ravi and mina: a point, shared notes, an action, and a private note of each."""
    mark, slot = company.marks, AT.date()
    for name, other in (("ravi", "mina"), ("mina", "ravi")):
        common: dict[str, Any] = {
            "by": company.actor(name, at),
            "at": at,
            "other": company.person(other).public_id,
        }
        oneonones.add_point(**common, text=mark.word("shared note of ravi"), key="canary")
        oneonones.write_private(**common, slot=slot, text=mark.word(f"private note of {name}"))
    oneonones.write_note(**common, slot=slot, text=mark.word("shared note of ravi"), after=0)
    oneonones.agree_action(
        **common, mine=True, text=mark.word("shared note of ravi"), due_on=AT.date(), key="canary"
    )


def _ask(company: Company, name: str, to: str, key: str, at: Any) -> str:
    deal = Deal.objects.for_system("a test marks deals").get(external_id=f"deal-{name}").public_id
    row = asks.write(
        by=company.actor(name, at), at=at, deal=deal, addressee=company.person(to), key=key,
        content=_content(company.marks.word(key)),
    )  # fmt: skip
    return row.public_id


def _content(said: str) -> Content:
    return Content("block", "", "", said, said, AT.date(), said, said, said, (said,))


def _won_and_lost(company: Company) -> None:
    """Rosa's account and the interview stig held, with her answer; pia's account, about whose deal stig was asked."""
    mark, at = company.marks, AT - timedelta(minutes=40)
    stig, said = (
        company.person("stig"),
        {"list_version": 0, "outcome": "lost", "primary": "price", "ratings": {}},
    )
    held = None
    for name in ("rosa", "pia"):
        deal = Deal.objects.for_system("a test marks deals").get(external_id=f"deal-{name}")
        whom = mark.word(f"whom to talk to about {name}")
        asked = Request.objects.create(
            deal=deal, interviewer=stig, with_whom=whom, due_on=AT.date(), by=company.person("olu"), at=at
        )
        Account.objects.create(
            deal=deal, owner=company.person(name), source="rep", number=1, moment=mark.word(f"account by {name}"),
            rival=mark.word(f"rival of {name}"), blind=True, by=company.person(name), at=at, **said,
        )  # fmt: skip
        held = held or Account.objects.create(
            deal=deal, owner=company.person(name), source="buyer", number=1, request=asked, interviewer=stig,
            moment=mark.word("interview of stig"), buyer_name=mark.word("buyer of stig"), held_on=AT.date(),
            may_quote=True, quote=mark.word("interview of stig"), blind=True, by=stig, at=at, **said,
        )  # fmt: skip
    assert held is not None
    OwnersAnswer.objects.create(
        account=held, words=mark.word("answer of rosa"), by=company.person("rosa"), at=at
    )


def _imports(company: Company) -> None:
    mark = company.marks
    Upload.objects.create(
        person=company.person("olu"), at=AT, source="crm", names=[f"{mark.word('upload name')}.csv"],
        shows_on=AT.date(), mapping=f'source = "{mark.word("upload mapping")}"\n', state=Upload.REFUSED,
        report={"why": mark.word("upload report"), "problems": []}, file="gone.zip",
    )  # fmt: skip
    source = Source.objects.get(name="crm")
    problem = {
        "row": 3,
        "column": "amount",
        "value": mark.word("refused value"),
        "why": "No number.",
        "meant": "",
    }
    Import.objects.create(
        source=source, by=company.actor("olu").ref, started_at=AT, ended_at=AT, as_of=AT, status="refused",
        file_name=f"{mark.word('refused file')}.csv", report={"why": "", "problems": [problem]},
    )  # fmt: skip


def _collect(company: Company) -> None:
    from fairlead.calls.models import Submission
    from fairlead.people.models import Delegation, Token

    every = Deal.objects.for_system("a test asks for all")
    deals = every.values_list("public_id", flat=True)
    alike = ("tomas", "ines", "piet", "sven", "nils", "nina")
    company.doubles |= set(
        every.filter(external_id__in=[f"deal-{name}" for name in alike]).values_list("public_id", flat=True)
    )
    company.doubles |= {company.person(name).public_id for name in (*alike, "pia", "otis", "hana", "ada")}
    sent = Submission.objects.for_system("a test asks for all").values_list("public_id", flat=True)
    company.ids |= {
        "people": [company.person(name).public_id for name in company.names],
        "deals": list(deals),
        "submissions": list(sent),
        "imports": [
            *Upload.objects.values_list("public_id", flat=True),
            *Import.objects.values_list("public_id", flat=True),
        ],
        "delegations": list(Delegation.objects.values_list("public_id", flat=True)),
        "tokens": list(Token.objects.values_list("public_id", flat=True)),
        "notices": [str(pk) for pk in Notice.objects.values_list("pk", flat=True)],
        "accounts": list(_every(LookedAfter)),
        "seats": ["nobody"],
        "expectations": list(_every(Statement)),
        "news": list(_every(Item)),
        "promises": list(_every(Promise)),
        "reviews": list(_every(Review)),
        "exits": list(_every(Answer)),
        "asks": list(_every(Ask)),
        "debts": list(_every(Debt)),
        "catalogue": list(Entry.objects.values_list("public_id", flat=True)),
        "attachments": list(_every(Attachment)),
        "deliveries": list(_every(Delivery)),
        "known": list(_every(Knowledge)),
        "material": list(_every(Material)),
        "guidance": list(_every(GuidanceGap)),
        "statements": ["none"],
        "messages": list(_every(Message)),
        "files": list(_every(File)),
        "interviews": [*_every(Request), *_every(Account)],
        "desk": list(_every(FromAbove)),
        "broadcasts": _broadcasts(),
        "everybody": [*_every(CompanyNotice), *_broadcasts()],
        "help": list(_every(HelpRequest)),
        "looks": list(_every(Look)),
        "countries": ["FI", "DE"],
        "copies": list(_every(Copy)),
        "cases": list(_every(Case)),
        "case_sides": list(_every(Side)),
        "improvement": list(_every(ImprovementPlan)),
        "tasks": [f"{plan}/{task}" for plan, task in _tasks()],
        "webhooks": ["none"],
        "diagnoses": list(_every(Diagnosis)),
        "gaps": list(_every(Gap)),
        "observations": list(_every(AskedToObserve)),
        "agreements": list(_every(Agreement)),
        "series": list(_every(Series)),
        "feedback": list(_every(Round)),
        "met": [company.person(name).public_id for name in ("mina", "ravi", "rosa")],
    }  # fmt: skip


def _broadcasts() -> list[str]:
    rows = FromAbove.objects.for_system("a test asks for all").exclude(broadcast=None)
    return [one for one in rows.values_list("broadcast", flat=True) if one]


def _tasks() -> list[tuple[str, str]]:
    """Every task that somebody is named to measure, after its plan."""
    rows = Assessment.objects.for_system("a test asks for all")
    return sorted(set(rows.values_list("plan__public_id", "task")))


def _every(model: Any) -> Iterable[str]:
    found: Iterable[str] = model.objects.for_system("a test asks for all").values_list("public_id", flat=True)
    return found


# Who may see what, by hand


Seen = dict[str, set[str]]


def boss(name: str, teams: Mapping[str, str]) -> str:
    return next((lead for lead, team in teams.items() if name in team.split()), "")


def line(name: str, teams: Mapping[str, str]) -> list[str]:
    """The people above, nearest first."""
    above = boss(name, teams)
    return [above, *line(above, teams)] if above else []


def expected(
    teams: Mapping[str, str] = TEAMS, lent: Iterable[tuple[str, str]] = (("mina", "sanna"), ("olga", "otis"))
) -> Seen:
    """marker -> everybody who may see it. ``lent`` are the forecast rights in force, (giver, taker).

    Managers read calls, overlays and estimates of reps; executives do not; leaders read deals two levels down.
    """
    managers = {"mina", "otto", "sanna", "omar"}
    seen: Seen = {}
    for name in SELLERS:
        above, mates = line(name, teams), teams[boss(name, teams)].split()
        reading = {name, *above[:2], "olu"}
        for what in ("deal", "next step", "product", "extra", "chance"):
            seen[f"{what} of {name}"] = _with(reading, lent)
        for what in ("belief", "why", "owner of the act", "file"):
            seen[f"{what} of {name}"] = _with(reading, lent)
        # The up-card goes to every executive above: the deal, what was proven, what is done.
        upstairs = reading | {one for one in above if one not in managers}
        for what in ("deal", "proof", "act"):
            seen[f"{what} of {name}"] = _with(upstairs, lent)
        for what in ("account of", "industry of", "contact of", "mail of", "title at"):
            seen[f"{what} {name}"] = set(reading)
        seen[f"target of {name}"] = _with({name, *above, "olu"}, lent)
        if name not in REPS:
            continue
        leading = {one for one in above if one in managers}
        peers = {mate for mate in mates if mate in REPS}
        seen[f"call of {name}"] = _with({name, *leading}, lent) | peers
        seen[f"note to the call of {name}"] = seen[f"call of {name}"]
        seen[f"estimate of {name}"] = _with({name, *leading}, lent) | {"olu"}
    seen["target of vera"] = {"vera", "carl", "olu"} | set(teams["vera"].split())
    seen["target of mina"] |= set(teams["mina"].split())
    for author, name in (("mina", "rosa"), ("vera", "mina"), ("otto", "pia"), ("omar", "otis")):
        # The author keeps the ledger's entry of what was set.
        both = _with({author, name, boss(name, teams)}, lent) | {"olu"}
        seen[f"overlay of {author} on {name}"] = seen[f"note to the overlay of {author} on {name}"] = both
    for name in ("mina", "otto", "sanna", "omar", "vera"):
        readers = _with({name, *line(name, teams)}, lent) | set(teams[name].split()) | {"olu"}
        # A mate's call is visible in the team; a mate who leads calls what was submitted.
        beside = {mate for mate in teams.get(boss(name, teams), "").split() if mate in REPS}
        seen[f"number of {name}"], seen[f"reason of the number of {name}"] = readers | beside, readers
    # Mina keeps the ledger's entry of what she said.
    seen["test by mina"] = _with({"rosa", *line("rosa", teams)[:2], "olu"}, lent) | {"mina"}
    seen["sent question of mina"] = {"mina", "rosa"}
    seen["noted question of mina"] = {"mina"}
    for key in ("correction of pia", "snooze of pia"):
        seen[key] = _with({"pia", *line("pia", teams)[:2], "olu"}, lent)
    seen["reason of the withdrawal"] = seen["number of sanna"]
    for name in [n for team in teams.values() for n in team.split()] + ["carl", "olga"]:
        seen[f"notice to {name}"] = seen[f"token of {name}"] = {name}
    seen["why mina lends"], seen["why olga lends"] = {"mina", "sanna", "ada"}, {"olga", "otis", "ada"}
    seen["ledger text of rosa"], seen["ledger text of mina"] = {"rosa"}, {"mina"}
    for key in ("deal of nobody", "unknown owner", "import file", "source mapping", "upload name", "upload mapping",
                "upload report", "refused value", "refused file"):  # fmt: skip
        seen[key] = {"olu"}
    up = {one for one in line("rosa", teams) if one not in managers} | {"olu"}
    seen["reply to rosa"] = _with({"rosa", boss("rosa", teams)}, lent)
    seen["packet of rosa"] = seen["criterion of rosa"] = _with({"rosa", *line("rosa", teams)[:2]}, lent) | up
    seen["packet of pia"] = seen["criterion of pia"] = _with({"pia", boss("pia", teams)}, lent)
    seen["exit draft of pia"] = {"pia"}
    seen["promise of rosa"] = {"rosa", "mina"}
    seen["news of pia"] = {"pia", "otto"}
    seen["assumptions of otto"] = {"otto", "vera", "carl", "olga", "olu"}
    room = {"otto", "pia", "piet"}
    for key in ("decision on the team", "question of otto", "action of pia", "set straight by pia"):
        seen[key] = set(room)
    seen["decision of otto"] = room | {"vera"}
    seen["deal of pia"] |= room
    # The superior from the manager's answer on, and who is asked, however far above.
    asked = _with({"rosa", *line("rosa", teams)[:2], "carl"}, lent)
    for key in ("ask of rosa", "debrief of rosa", "word of carl", "debt of carl"):
        seen[key] = set(asked)
    seen["waiting ask of pia"] = _with({"pia", "otto"}, lent)
    # Said between the two; mina keeps the ledger's entry of it.
    seen["why mina sends it back"] = _with({"rosa", boss("rosa", teams)}, lent) | {"mina"}
    # Whoever has the address reads the plan, and for whom the address was made; it is tried by everybody here.
    everybody = (
        {"stranger", "nobody"} | {n for team in teams.values() for n in team.split()} | {"carl", "olga"}
    )
    seen["mutual plan of rosa"] = seen["reader of rosa"] = everybody
    for key in ("mutual plan of pia", "reader of pia"):
        seen[key] = _with({"pia", *line("pia", teams)[:2], "olu"}, lent)
    seen["mutual draft of pia"] = {"pia"}
    # Whoever leads rosa has the message of her deal on the desk; triage was lent to nobody. What mina said of it
    # she keeps in the ledger.
    leads = boss("rosa", teams)
    seen["message of vera"] = {"vera", leads}
    seen["answer of mina"] = {"vera", leads, "mina"}
    seen["passed words of mina"] = {"rosa", leads, "mina"}
    seen["raw message of vera"] = {"vera", "mina", "rosa"}
    seen["declined message of vera"] = seen["why mina declines"] = {"vera", "mina"}
    seen["must pass of vera"] = seen["broadcast of vera"] = {"vera", "mina"}
    seen["why hana keeps it"] = {"hana"}
    seen["pasted message of carl"] = {"mina"}
    seen["logged contact of rosa"] = {"rosa", leads}
    # Between the two, wherever they work later; nothing of a second door or a complaint is the manager's.
    seen["help of rosa"] = seen["why mina helps not"] = {"rosa", "mina"}
    seen["second door of rosa"] = seen["answer of hana"] = {"rosa", "hana"}
    seen["complaint of pia"] = {"pia", "vera"}
    # A look is between the seller and the manager of today; why somebody is away is the person's and HR's.
    for key in ("look at rosa", "answer of rosa in the look", "why mina closed the look"):
        seen[key] = {"rosa", leads}
    seen["why rosa is away"] = {"rosa", "hana"}
    # HR reads a diagnosis once it is shared, and in it what the company owes; a draft is its writer's.
    for key in ("evidence of mina", "answer of rosa to mina"):
        seen[key] = {"rosa", leads, "hana"}
    seen["debt of carl"] |= {"hana"}
    seen["evidence of otto"] = {"otto"}
    seen["observation of olga"] = {"olga", "otto"}
    # What is owed is between the seller, the manager of today and who answers for it; its rating's words are not the
    # manager's. What a plan cites shows its title to the plan's readers, and nothing else of it.
    for key in ("delivery to rosa", "file for rosa"):
        seen[key] = {"rosa", leads, "otto"}
    seen["rating by rosa"] = {"rosa", "otto"}
    seen["item for the team of mina"] = {"mina", "olu"} | set(teams["mina"].split())
    for key in ("study of rosa", "learnt by rosa", "guidance gap of rosa"):
        seen[key] = {"rosa", leads}
    for key in ("teach-back of rosa", "what olga saw"):
        seen[key] = {"rosa", leads, "olga"}
    seen["cited by rosa"] = _with({"rosa", *line("rosa", teams)[:2], "olu"}, lent)
    # A plan is read by the person, the manager of today and HR; who measures sees the task, who owes the debt.
    for key in ("plan of rosa", "reply of rosa in the plan", "what rosa agrees to"):
        seen[key] = {"rosa", leads, "hana"}
    seen["word of hana on the plan"] = {leads, "hana"}
    seen["task of rosa that sanna measures"] = seen["what sanna saw"] = {"rosa", leads, "hana", "sanna"}
    seen["what otto does for rosa"] = {"rosa", leads, "hana", "mina"} | {"otto", boss("otto", teams)}
    for what in ("account of", "industry of"):  # HR reads who covers which account
        for name in ("rosa", "mina"):
            seen[f"{what} {name}"] = seen[f"{what} {name}"] | {"hana"}
    seen["pay of rosa"] = {"rosa"}
    for key in (
        "reviewer from outside",
        "organisation of the reviewer",
    ):  # who acted is read by who reads the act
        seen[key] = {boss("mina", teams), "hana"}
    seen["mail of the reviewer"] = seen["why the reviewer is independent"] = {"hana"}
    seen["word of the reviewer"] = {boss("mina", teams), "hana"}
    seen["reply of mina in the plan"] = {"mina", boss("mina", teams), "hana"}
    for key in ("who called of rosa", "rival seen by rosa", "where rosa knows it from"):
        seen[key] = {"rosa", *line("rosa", teams)[:2], "olu"}
    seen["why olu sets tiers"] = {"olu"}
    for key in ("account of nobody", "hand-over of olu"):  # who covers it reads it meanwhile
        seen[key] = {"olu", "pia"}
    seen["own plan of pia"], seen["own draft of pia"] = {"pia", boss("pia", teams)}, {"pia"}
    unit = {name for team in teams.values() for name in team.split() if "vera" in line(name, teams)}
    seen["legal basis of vera's unit"] = unit | {"vera", "hana"}
    seen["why ravi gets a copy"] = seen["why hana holds what is rosa's"] = {"hana"}
    seen["shield of nils"] = seen["omar shields"] = {"nils", "omar"}
    # Hana reads agreements and shared notes by the case about ravi; why, nobody else reads.
    seen["agreement of ravi"] = seen["change of mina"] = {"ravi", "mina", "hana"}
    seen["why hana opens a case about ravi"] = {"hana"}
    seen["comment in feedback"] = {"vera", "mina", "otto", "sanna"}
    seen["shared note of ravi"] = {"ravi", "mina", "hana"}
    # The gap ledger is the manager's of today and HR's: not whose gap it is, nor who carries a part of it.
    for key in ("part that ravi carries", "what was cut for rosa's gap", "why the gap is corrected"):
        seen[key] = {leads, "hana"}
    seen["private note of ravi"], seen["private note of mina"] = {"ravi"}, {"mina"}
    # HR reads what it gathers for the copy that ravi asked for, and no private note, agreement or shared note.
    for key in ("target of ravi", "call of ravi", "note to the call of ravi"):
        seen[key] = seen[key] | {"hana"}
    seen["draft of mina"] = _with({"mina"}, lent)
    for name in SELLERS:  # the amount is marked apart from the name: sums of one deal tell it without a name
        seen[f"sum of deal of {name}"] = set(seen[f"deal of {name}"])
    # Sales operations reads a seller's account once the interview is in; above the manager there are counts.
    seen["account by rosa"] = seen["rival of rosa"] = _with({"rosa", boss("rosa", teams)}, lent) | {"olu"}
    seen["account by pia"] = seen["rival of pia"] = _with({"pia", boss("pia", teams)}, lent)
    for key in ("interview of stig", "buyer of stig", "answer of rosa"):
        seen[key] = seen["account by rosa"] | {"stig"}
    for name in ("rosa", "pia"):
        seen[f"whom to talk to about {name}"] = {"stig"}
        seen[f"deal of {name}"] = seen[f"deal of {name}"] | {"stig"}
    return seen


def _with(names: set[str], lent: Iterable[tuple[str, str]]) -> set[str]:
    """These people, and whoever holds the rights of one of them."""
    return names | {taker for giver, taker in lent if giver in names}
