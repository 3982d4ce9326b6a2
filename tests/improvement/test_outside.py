"""Somebody from outside: named, sent an address to one plan, one answer there, and then nothing behind it any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.core import mail as mails
from django.test import Client

from fairlead.grounds import actions as grounds
from fairlead.improvement import inviting, outside, queries, rules
from fairlead.improvement.inviting import Given
from fairlead.improvement.models import Act, Invitation, Plan, Reviewer
from fairlead.ledger import queries as ledger
from fairlead.ledger.models import Entry, Personal
from fairlead.notices.models import Notice
from fairlead.people import access, clock
from fairlead.people import actions as people
from fairlead.people.models import Partnership, RoleGrant
from fairlead.records import queries as records
from fairlead.territories.models import Account
from tests.calls.company import Company
from tests.improvement import making
from tests.improvement.making import BEGUN, PUBLISHED, at_day, do, drafted
from tests.improvement.test_plans import LAST, code, covered, page, ready, sees, told

pytestmark = pytest.mark.django_db
WHO = Given(
    "Petra Salo",
    "Salo Law",
    "petra@salo.test",
    date(2026, 10, 1),
    date(2027, 9, 30),
    "Works for nobody here.",
)
OTHER = replace(WHO, name="Jens Aho", organisation="Aho", email="jens@aho.test")


def no_hr(company: Company) -> None:
    Partnership.objects.filter(hr=company.cast.hana).update(ends_on=date(2026, 10, 1))


def named(
    company: Company, by: str = "hana", given: Given = WHO, head: str = "vera", after: int = 0
) -> Reviewer:
    actor = company.cast.actor(by, BEGUN)
    return inviting.name(
        by=actor, at=BEGUN, head=getattr(company.cast, head).public_id, given=given, after_number=after
    )


def sent(
    company: Company, plan: Plan, by: str = "hana", at: datetime = BEGUN, by_mail: bool = False
) -> tuple[Invitation, str]:
    return inviting.send(by=company.cast.actor(by, at), at=at, plan=plan.public_id, by_mail=by_mail)


def at_hr(company: Company) -> Plan:
    """A plan that was sent to HR in a unit without an HR partner."""
    no_hr(company)
    plan = making.drafted(company)
    do(company, "mina", plan, "submitted", BEGUN)
    return plan


def gone(secret: str, at: datetime) -> bool:
    return outside.opened(inviting.digest(secret), at) is None


def stamp_of(plan: Plan) -> int:
    """What the form carries: versions and acts together."""
    now = queries.together([plan], access.system("a test"), LAST)[0].now
    return now.saved + now.newest


def to_the_top(company: Company) -> None:
    """Nobody is above Vera any more, so nobody is left for an appeal."""
    people.move(
        by=access.system("a test"), at=BEGUN, person=company.cast.vera, manager=None, starts_on=BEGUN.date()
    )


# Naming


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"name": " "}, "text_missing"), ({"organisation": ""}, "text_missing"), ({"why": ""}, "text_missing"),
        ({"email": "petra"}, "bad_email"), ({"email": "a@b.test, c@d.test"}, "bad_email"),
        ({"email": "Mina@marlow.test"}, "inside"), ({"first": None}, "bad_day"),
        ({"last": date(2026, 9, 1)}, "bad_day"),
        ({"last": date(2026, 10, 2)}, "bad_day"), ({"last": date(2028, 12, 1)}, "bad_day"),
        ({"why": "x" * 601}, "text_long"),
    ],
)  # fmt: skip
def test_who_is_named_is_whole_and_from_outside(
    company: Company, changed: dict[str, object], refused: str
) -> None:
    assert code(lambda: named(company, given=replace(WHO, **changed))) == refused  # type: ignore[arg-type]


def test_hr_names_for_its_units_and_an_admin_where_there_is_no_hr(company: Company) -> None:
    row = named(company)
    assert outside.in_force(company.cast.rosa.pk, BEGUN.date()) == row
    assert outside.in_force(company.cast.rosa.pk, date(2027, 10, 1)) is None, "after the last day"
    for name in ("mina", "vera", "olu", "rosa"):
        assert code(lambda name=name: named(company, by=name, after=1)) == "not_allowed"
    assert code(lambda: named(company, by="ada", after=1)) == "not_found", "the unit has an HR partner"
    assert code(lambda: named(company, after=0)) == "changed_meanwhile"
    no_hr(company)
    assert code(lambda: named(company, after=1)) == "not_found"
    assert named(company, by="ada", given=OTHER, after=1).number == 2
    assert [one.name for one, _ in outside.history(company.cast.actor("ada"), company.cast.vera.public_id, BEGUN)] == [
        "Jens Aho", "Petra Salo",
    ]  # fmt: skip


def test_the_same_address_is_the_same_somebody_in_every_unit(company: Company) -> None:
    first = named(company)
    again = named(company, given=replace(WHO, email="PETRA@salo.test", name="P. Salo"), head="mina")
    assert again.identity == first.identity
    assert named(company, given=OTHER, head="otto").identity != first.identity


def test_the_page_of_a_unit_says_who_stands_behind_a_parting(company: Company) -> None:
    cast = company.cast
    line = next(one for one in outside.unit(cast.actor("hana"), cast.mina.public_id, BEGUN).lines)
    assert (line.lead, line.gate, line.decider, line.hearer) == (
        "Mina Aalto", "Hana Sato", "Vera Lindholm", "Carl Ek",
    )  # fmt: skip
    assert line.enough
    to_the_top(company)
    line = outside.unit(cast.actor("hana"), cast.mina.public_id, BEGUN).lines[0]
    assert (line.hearer, line.missing, line.enough) == ("", ("appeal",), False)
    no_hr(company)
    line = outside.unit(cast.actor("ada"), cast.mina.public_id, BEGUN).lines[0]
    assert (line.gate, line.decider, line.missing) == ("", "Vera Lindholm", ("gate", "appeal"))


# The gate


def test_where_there_is_no_hr_somebody_from_outside_checks_it(company: Company) -> None:
    cast, plan = company.cast, at_hr(company)
    assert told("outside") == {"ada"}
    assert code(lambda: sent(company, plan, "ada", by_mail=True)) == "nobody_named"
    reviewer = named(company, by="ada")
    assert code(lambda: sent(company, plan, "ada")) == "mail_only", "an admin never sees an address"
    for name in ("mina", "vera", "rosa", "hana"):
        assert code(lambda name=name: sent(company, plan, name, by_mail=True)) in ("not_allowed", "not_found")
    waits = outside.waiting(cast.actor("ada"), BEGUN)
    assert [(one.unit, one.duty) for one in waits] == [("Industrial North", "gate")]
    invitation, secret = sent(company, plan, "ada", by_mail=True)
    assert not invitation.shown
    opened = outside.opened(inviting.digest(secret), BEGUN)
    assert opened is not None
    assert opened.acts == ("returned", "approved") or set(opened.acts) == {"returned", "approved"}
    assert code(lambda: inviting.act(at=BEGUN, secret=secret, kind="seconded", words="x")) == "bad_step"
    assert code(lambda: inviting.act(at=BEGUN, secret=secret, kind="approved", words=" ")) == "text_missing"
    assert not gone(secret, BEGUN), "a refused answer leaves the address open"
    done = inviting.act(at=BEGUN, secret=secret, kind="approved", words="The targets are fair.")
    assert done is not None
    assert (done.by_id, done.outside_id) == (None, reviewer.pk)
    assert gone(secret, BEGUN)
    assert inviting.act(at=BEGUN, secret=secret, kind="approved", words="Again.") is None
    found = page(company, "mina", plan, BEGUN)
    assert found.line.phase == "approved"
    assert found.found.steps[-1][1] == "outside reviewer Petra Salo of Salo Law"
    assert found.found.now.gates == {rules.outsider(reviewer.identity)}
    assert told("answered") == {"mina"}
    assert "ada" not in sees(company, plan, BEGUN)
    do(company, "mina", plan, "published", PUBLISHED)


def test_it_may_go_back_with_a_reason(company: Company) -> None:
    plan = at_hr(company)
    named(company, by="ada")
    _, secret = sent(company, plan, "ada", by_mail=True)
    inviting.act(at=BEGUN, secret=secret, kind="returned", words="The second task has no source.")
    assert page(company, "mina", plan, BEGUN).line.phase == "draft"


def test_where_hr_is_free_nothing_goes_outside(company: Company) -> None:
    plan = making.drafted(company)
    do(company, "mina", plan, "submitted", BEGUN)
    named(company)
    assert code(lambda: sent(company, plan)) == "nothing_waits"
    assert outside.waiting(company.cast.actor("hana"), BEGUN) == []


# The appeal


def appealed(company: Company) -> Plan:
    to_the_top(company)
    plan = ready(company)
    covered(company, plan)
    do(company, "vera", plan, "decided", LAST, "Not reached.", said="redeployed")
    do(company, "hana", plan, "seconded", LAST)
    do(company, "rosa", plan, "appealed", LAST, "The reference was not counted.")
    return plan


@pytest.mark.parametrize(("said", "phase"), [("upheld", "closed"), ("overturned", "void")])
def test_where_nobody_is_left_above_somebody_from_outside_hears_the_appeal(
    company: Company, said: str, phase: str
) -> None:
    named(company)
    plan = appealed(company)
    assert told("outside") == {"hana"}
    assert code(lambda: sent(company, plan, at=LAST)) == "mail_only", "Hana checked it and seconded it"
    _, secret = sent(company, plan, at=LAST, by_mail=True)
    opened = outside.opened(inviting.digest(secret), LAST)
    assert opened is not None
    assert opened.acts == ("heard",)
    assert (
        code(lambda: inviting.act(at=LAST, secret=secret, kind="heard", words="x", said="maybe"))
        == "no_outcome"
    )
    inviting.act(at=LAST, secret=secret, kind="heard", words="It had to count.", said=said)
    found = page(company, "rosa", plan, LAST)
    assert found.line.phase == phase
    assert found.found.steps[-1][1] == "outside reviewer Petra Salo of Salo Law"
    assert told("heard") == {"rosa"}


def test_who_had_a_part_is_sent_nothing_more_of_the_same_plan(company: Company) -> None:
    """Petra checked it where HR was gone; the appeal needs somebody else, whatever name or unit she is named with."""
    plan = at_hr(company)
    named(company, by="ada")
    _, secret = sent(company, plan, "ada", by_mail=True)
    inviting.act(at=BEGUN, secret=secret, kind="approved", words="Fair.")
    do(company, "mina", plan, "published", PUBLISHED)
    do(company, "rosa", plan, "received", PUBLISHED)
    making.delivered(company)
    making.held(company, plan)
    covered(company, plan)
    do(company, "vera", plan, "decided", LAST, "Not reached.", said="leaves")
    waits = outside.waiting(company.cast.actor("ada", LAST), LAST)
    assert [(one.duty, one.had_part) for one in waits] == [("second", True)]
    assert code(lambda: sent(company, plan, "ada", LAST, by_mail=True)) == "had_part"
    ada = company.cast.actor("ada", LAST)
    vera = company.cast.vera.public_id
    inviting.name(by=ada, at=LAST, head=vera, given=OTHER, after_number=1)
    _, secret = sent(company, plan, "ada", LAST, by_mail=True)
    inviting.act(at=LAST, secret=secret, kind="seconded", words="Every check-in was held.")
    found = page(company, "rosa", plan, LAST)
    assert found.line.phase == "decided"
    assert (
        next(step.words for step, _ in found.found.steps if step.kind == "seconded")
        == "Every check-in was held."
    )


def test_where_nobody_is_free_to_decide_somebody_from_outside_does(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = ready(company)
    Account.objects.create(source="crm", external_id="X", name="X", owner=company.cast.rosa)
    named(company)
    assert code(lambda: sent(company, plan, at=LAST, by_mail=True)) == "nothing_waits"
    monkeypatch.setattr(queries, "deciders", lambda row, now: [])
    day_before = LAST - timedelta(days=1)
    assert code(lambda: sent(company, plan, at=day_before, by_mail=True)) == "nothing_waits", (
        "its last day is not over"
    )
    _, secret = sent(company, plan, at=LAST, by_mail=True)
    assert (
        code(lambda: inviting.act(at=LAST, secret=secret, kind="decided", words="x", said="leaves"))
        == "no_cover"
    )
    inviting.act(at=LAST, secret=secret, kind="decided", words="Reached enough.", said="met")
    assert page(company, "rosa", plan, LAST).line.outcome == "met"


# What an address leads to


def test_every_address_that_leads_nowhere_answers_alike(
    company: Company, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = at_hr(company)
    ada, vera = company.cast.actor("ada", BEGUN), company.cast.vera.public_id
    named(company, by="ada")
    now = [BEGUN]
    monkeypatch.setattr(clock, "now", lambda: now[0])

    def answer(secret: str, method: str = "get", at: datetime = BEGUN) -> tuple[int, bytes, str]:
        now[0] = at
        form = {"act": "approved", "words": "Fair.", "after": stamp_of(plan)}
        said = getattr(client, method)(f"/outside/{secret}/", form)
        return said.status_code, said.content, said.headers["Cache-Control"]

    guessed = answer("A" * 43)
    assert guessed[0] == 404
    invitation, secret = sent(company, plan, "ada", by_mail=True)
    assert answer(secret)[0] == 200
    assert answer(secret, at=BEGUN + timedelta(days=inviting.LIVES)) == guessed, "its day is over"
    assert answer(secret, at=BEGUN - timedelta(minutes=1)) == guessed
    inviting.take_back(by=ada, at=BEGUN, invitation=invitation.public_id)
    inviting.take_back(by=ada, at=BEGUN, invitation=invitation.public_id)
    assert answer(secret) == answer(secret, "post") == guessed, "taken back"
    _, first = sent(company, plan, "ada", by_mail=True)
    _, secret = sent(company, plan, "ada", by_mail=True)
    assert answer(first) == guessed, "a new one takes the old one back"
    inviting.end(by=ada, at=BEGUN, head=vera, words="Retired.", after_number=1)
    assert answer(secret) == guessed, "nobody is named"
    inviting.name(by=ada, at=BEGUN, head=vera, given=OTHER, after_number=2)
    assert answer(secret) == guessed, "somebody else is named"
    _, secret = sent(company, plan, "ada", by_mail=True)
    Partnership.objects.create(hr=company.cast.hana, head=company.cast.vera, starts_on=date(2026, 10, 2))
    assert answer(secret) == guessed, "HR is there again"
    no_hr(company)
    assert answer(secret, "post")[0] == 200
    assert answer(secret) == answer(secret, "post") == guessed, "answered"
    assert client.cookies == {}


def test_an_address_leads_nowhere_once_the_ground_is_gone(company: Company) -> None:
    named(company)
    plan = appealed(company)
    _, secret = sent(company, plan, at=LAST, by_mail=True)
    assert not gone(secret, LAST)
    hana = company.cast.actor("hana", LAST)
    grounds.stop(
        by=hana, at=LAST, head=company.cast.vera.public_id, words="The council objects.", after_number=1
    )
    assert gone(secret, LAST)


def test_it_ends_with_the_last_day_for_which_somebody_is_named(company: Company) -> None:
    plan = at_hr(company)
    named(company, by="ada", given=replace(WHO, last=BEGUN.date() + timedelta(days=2)))
    invitation, secret = sent(company, plan, "ada", by_mail=True)
    assert invitation.expires_at < BEGUN + timedelta(days=3)
    assert not gone(secret, BEGUN + timedelta(days=2))
    assert gone(secret, BEGUN + timedelta(days=3))


def test_nothing_personal_of_it_stands_in_the_ledger_and_the_chain_holds(company: Company) -> None:
    plan = at_hr(company)
    named(company, by="ada")
    _, secret = sent(company, plan, "ada", by_mail=True)
    inviting.act(at=BEGUN, secret=secret, kind="approved", words="A word of Petra.")
    kinds = list(Entry.objects.order_by("-seq").values_list("kind", flat=True)[:3])
    assert kinds == ["improvement.approved", "outside.sent", "outside.named"]
    said = "".join(bytes(one).decode() for one in Entry.objects.values_list("body", flat=True))
    said += "".join(Personal.objects.values_list("text", flat=True))
    for word in ("Petra", "Salo", "petra@", secret, inviting.digest(secret)):
        assert word not in said
    assert ledger.verify().entries > 0
    kept = Invitation.objects.for_system("a test reads").get()
    assert secret not in str(kept.__dict__)


def test_the_person_reads_in_the_log_that_somebody_from_outside_read_it(
    company: Company, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(company)
    plan = appealed(company)
    _, secret = sent(company, plan, at=LAST, by_mail=True)
    monkeypatch.setattr(clock, "now", lambda: LAST)
    for address in (f"/outside/{secret}/", f"/outside/{secret}/", f"/outside/{secret}/packet.pdf"):
        assert client.get(address).status_code == 200
    lines = [one for one in records.reads_of_me(company.cast.actor("rosa", LAST)) if "outside" in one.reader]
    assert [one.reader for one in lines] == ["outside reviewer Petra Salo of Salo Law"]
    assert Invitation.objects.for_system("a test reads").get().opens == 3


# The pages


def test_the_page_outside_shows_one_plan_and_keeps_what_was_typed(
    company: Company, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(company)
    plan = appealed(company)
    _, secret = sent(company, plan, at=LAST, by_mail=True)
    monkeypatch.setattr(clock, "now", lambda: LAST)
    shown = client.get(f"/outside/{secret}/")
    text = shown.content.decode()
    for word in (
        "Teach-back on the flow analyser",
        "The reference was not counted.",
        "Salo Law",
        "Rosa Lindqvist",
    ):
        assert word in text
    assert "<script" not in text
    assert "form-action 'self'" in shown.headers["Content-Security-Policy"]
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    again = client.post(f"/outside/{secret}/", {"act": "heard", "words": "It had to count."})
    assert again.status_code == 422
    assert "It had to count." in again.content.decode()
    assert client.put(f"/outside/{secret}/").status_code == 405
    pdf = client.get(f"/outside/{secret}/packet.pdf?paper=letter")
    assert pdf.content.startswith(b"%PDF")
    done = client.post(
        f"/outside/{secret}/",
        {"act": "heard", "words": "It had to count.", "said": "overturned", "after": stamp_of(plan)},
    )
    assert done.status_code == 200
    assert "Written down" in done.content.decode()
    assert client.get(f"/outside/{secret}/packet.pdf").status_code == 404


def test_hr_sends_by_mail_and_nobody_here_sees_the_address(
    company: Company, client: Client, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    cast = company.cast
    plan = at_hr(company)
    monkeypatch.setattr(clock, "now", lambda: BEGUN)
    settings.MAIL_OUT, settings.MAIL_URL = True, "https://fair.test"  # type: ignore[attr-defined]
    assert cast.ada.user is not None
    client.force_login(cast.ada.user, backend="django.contrib.auth.backends.ModelBackend")
    form = {
        "name": WHO.name, "organisation": WHO.organisation, "email": WHO.email, "first": "2026-10-01",
        "last": "2027-09-30", "why": "", "after": "0",
    }  # fmt: skip
    unit = f"/outside-reviewers/{cast.vera.public_id}/"
    refused = client.post(unit, form)
    assert refused.status_code == 422
    assert "Salo Law" in refused.content.decode()
    assert client.post(unit, form | {"why": WHO.why}).status_code == 302
    listed = client.get("/outside-reviewers/").content.decode()
    assert "Industrial North" in listed
    assert "Rosa" not in listed
    assert client.get(f"/improvement/{plan.public_id}/").status_code in (403, 404)
    answer = client.post("/outside-reviewers/send/", {"plan": plan.public_id}, follow=True)
    assert "/outside/" not in answer.content.decode().replace("/outside-reviewers/", "")
    mail = mails.outbox[-1]
    assert mail.to == ["petra@salo.test"]
    address = next(word for word in mail.body.split() if "/outside/" in word)
    assert client.get(address[address.index("/outside/") :]).status_code == 200
    one = Invitation.objects.for_system("a test reads").get()
    assert client.post(f"/outside-reviewers/back/{one.public_id}/").status_code == 302
    assert client.get(address[address.index("/outside/") :]).status_code == 404
    monkeypatch.setattr("fairlead.web.views.outside.outbox.send_to", lambda *a: "SMTPServerDisconnected")
    failed = client.post("/outside-reviewers/send/", {"plan": plan.public_id})
    assert failed.status_code == 422
    assert outside.waiting(cast.actor("ada", BEGUN), BEGUN)[0].sent is None
    assert client.post(f"{unit}end/", {"words": "", "after": "1"}).status_code == 422
    assert client.post(f"{unit}end/", {"words": "Retired.", "after": "1"}).status_code == 302


def test_where_mail_is_off_hr_without_a_part_is_shown_the_address_once(
    company: Company, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = company.cast
    named(company)
    plan = making.drafted(company)
    do(company, "mina", plan, "submitted", BEGUN)
    monkeypatch.setattr(rules, "stand", lambda *a: rules.Stand(1, None, 2, None))
    monkeypatch.setattr(clock, "now", lambda: BEGUN)
    assert cast.hana.user is not None
    client.force_login(cast.hana.user, backend="django.contrib.auth.backends.ModelBackend")
    assert "Make the address" in client.get(f"/improvement/{plan.public_id}/").content.decode()
    text = client.post("/outside-reviewers/send/", {"plan": plan.public_id}).content.decode()
    secret = text.split("/outside/")[1].split("/")[0]
    assert not gone(secret, BEGUN)
    assert Invitation.objects.for_system("a test reads").get().shown
    assert secret not in client.get("/outside-reviewers/").content.decode()


def test_acts_have_somebody_and_only_one(company: Company) -> None:
    from django.db import IntegrityError, transaction

    plan = making.drafted(company)
    with pytest.raises(IntegrityError), transaction.atomic():
        Act.objects.create(plan=plan, number=1, kind="submitted", on=BEGUN.date(), at=at_day(BEGUN.date()))


def test_an_admin_sends_nothing_of_their_own_and_hears_of_nothing(company: Company) -> None:
    """Whoever a plan is about, leads or had a part in it, and is an admin as well, keeps out of the way outside."""
    cast = company.cast
    for name in ("rosa", "mina"):
        RoleGrant.objects.create(person=getattr(cast, name), role="admin", starts_on=date(2026, 1, 1))
    Partnership.objects.filter(hr=cast.hana).delete()
    plan = drafted(company)
    do(company, "mina", plan, "submitted", BEGUN)
    told = set(Notice.objects.filter(kind="improvement.outside").values_list("to_id", flat=True))
    assert told == {cast.ada.pk}
    assert [one.plan for one in outside.waiting(cast.actor("ada", BEGUN), BEGUN)] == [plan.public_id]
    for name in ("rosa", "mina"):
        actor = cast.actor(name, BEGUN)
        assert outside.waiting(actor, BEGUN) == []
        with pytest.raises(access.Refusal):
            inviting.send(by=actor, at=BEGUN, plan=plan.public_id, by_mail=True)
