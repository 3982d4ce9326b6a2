"""The form of a plan: what the deal knows stands in it, rows are added without loss, the tester's form steps back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from fairlead.people import access, clock
from fairlead.plans import actions, queries, rules
from fairlead.plans.models import Version
from fairlead.qualification import actions as evidence
from fairlead.territories.models import Account, Contact
from tests.calls.company import Company
from tests.cast import AT
from tests.plans.test_mates import signed_in
from tests.plans.test_rules import SOUND

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sent is sent at the cast's moment."""
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def known(team: Company) -> str:
    """Rosa's Nordwind with two persons in the evidence, two contacts in the CRM and a rival; its public id."""
    deal = team.deals["Nordwind"].public_id
    for days, score, who, role in (
        (9, 2, "Karin Holm", ""),
        (2, 3, "Karin Holm", "CFO"),
        (5, 2, "Jens Aho", "IT"),
    ):
        evidence.score(
            by=team.cast.actor("rosa"), at=AT, deal=deal, criterion="win", score=score, what=f"{who} said so.",
            on=AT.date() - days * DAY, buyer_name=who, buyer_role=role, link="https://mail.buyer.test/1",
        )  # fmt: skip
    account = Account.objects.create(
        source=team.source.name, external_id="A1", name="Nordwind Paper Mills", owner=team.cast.rosa
    )
    for number, (name, title) in enumerate((("karin holm", "CFO"), ("Marta Lind", "plant manager"))):
        Contact.objects.create(
            source=team.source.name, external_id=f"C{number}", account=account, name=name, title=title
        )
    team.change("Nordwind", account="A1", extra={"Main competitor": "Baltic  Sensors", "Region": "North"})
    return deal


def begun(team: Company, deal: str, who: str = "rosa") -> rules.Begun:
    return queries.begun(team.cast.actor(who), deal, AT)


def sent(**more: str) -> dict[str, str]:
    """The form of Nordwind as a browser sends it when nobody typed."""
    return {
        "after_version": "0", "what": "", "how_much": "€240", "by_when": "2026-12-14", "signed_by": "",
        "rivals-0-name": rules.NOTHING, "rivals-0-case": "", "rivals-1-name": "", "rivals-1-case": "",
        "players-0-name": "", "players-0-role": "", "players-0-influence": "unknown", "players-0-contact_on": "",
        "tactics-0-action": "", "tactics-0-owner": "Rosa Lindqvist", "tactics-0-serves": "strategy",
        "risks-0-what": "", "risks-0-kill": "yes",
    } | more  # fmt: skip


def test_a_plan_begins_with_what_the_deal_knows_each_with_where_it_is_from_and_nothing_else(
    team: Company, known: str
) -> None:
    found = begun(team, known)
    plan = found.plan
    assert (plan.how_much, plan.by_when) == ("€240", team.deals["Nordwind"].close_on)
    assert [(one.name, one.role, one.contact_on) for one in plan.players] == [
        ("Karin Holm", "CFO", AT.date() - 2 * DAY),
        ("Jens Aho", "IT", AT.date() - 5 * DAY),
        ("Marta Lind", "plant manager", None),
    ]
    assert {(one.influence, one.stance) for one in plan.players} == {("unknown", "unknown")}
    assert plan.rivals == (rules.Rival("Baltic Sensors"),)
    assert (plan.what, plan.signed_by, plan.strategy, plan.tactics, plan.risks) == ("", "", "", (), ())
    assert found.sources == {
        ("how_much", "€240"): "from the deal: its amount",
        ("by_when", "2026-12-14"): "from the deal: its expected close",
        ("rivals", "Baltic Sensors"): "from the deal: its source names them",
        ("players", "Karin Holm"): "from the evidence of 22 Nov",
        ("players", "Jens Aho"): "from the evidence of 19 Nov",
        ("players", "Marta Lind"): "from the contacts of the CRM",
    }
    assert rules.missing(plan) == [*rules.START, "strategy"]


def test_evidence_that_was_taken_back_names_nobody_and_a_past_close_is_no_day_to_sign_by(
    team: Company, known: str
) -> None:
    rosa = team.cast.actor("rosa")
    evidence.undo(by=rosa, at=AT, deal=known, criterion="win")
    team.change("Nordwind", close_on=AT.date() - DAY)
    plan = begun(team, known).plan
    assert [one.name for one in plan.players] == ["Karin Holm", "Marta Lind"]
    assert plan.by_when is None


def test_who_may_not_read_the_plan_begins_none(team: Company, known: str) -> None:
    able = set()
    for name in team.cast.names:
        try:
            begun(team, known, name)
            able.add(name)
        except access.Refusal:
            pass
    assert able == {"rosa", "mina", "vera", "olu"}


def test_the_form_says_where_things_are_from_and_what_is_missing_beside_each_step(
    team: Company, known: str
) -> None:
    page = signed_in(team, "rosa").get(f"/deals/{known}/plan/write/").content.decode()
    for words in ("from the deal: its amount", "from the evidence of 22 Nov", "from the contacts of the CRM"):
        assert words in page
    assert page.count(">missing</span>") == len(rules.START) + 1
    assert page.count("autofocus") == 0


def test_what_the_deal_knew_is_not_the_authors_until_something_is_said(team: Company, known: str) -> None:
    rosa = signed_in(team, "rosa")
    untouched = {"players-0-name": "", "rivals-1-name": ""}
    for number, player in enumerate(begun(team, known).plan.players):
        untouched |= {f"players-{number}-name": player.name, f"players-{number}-role": player.role}
        untouched[f"players-{number}-contact_on"] = player.contact_on.isoformat() if player.contact_on else ""
    untouched["rivals-1-name"] = "Baltic Sensors"
    answer = rosa.post(f"/deals/{known}/plan/write/", sent(**untouched))
    assert answer.status_code == 422
    assert "Nothing of your own is written yet" in answer.content.decode()
    rows = Version.objects.for_system("a test counts")
    assert rows.count() == 0
    assert rosa.post(f"/deals/{known}/plan/write/", sent(**untouched, what="Two sites")).status_code == 302
    kept = queries.page(team.cast.actor("rosa"), known, AT).shown
    assert kept is not None
    assert [one.name for one in kept.plan.players] == ["Karin Holm", "Jens Aho", "Marta Lind"]
    assert kept.plan.tactics == ()


def test_another_row_keeps_everything_that_was_typed_and_saves_nothing(team: Company, known: str) -> None:
    rosa = signed_in(team, "rosa")
    typed = sent(
        more="players", what="Two sites", **{
            "players-0-name": "Aino Salo", "players-0-influence": "decides", "rivals-0-case": "It costs 6 %.",
            "tactics-0-action": "Walk the lines", "risks-0-what": "No budget", "resources-0-needed_by": "someday",
            "resources-0-what": "An engineer",
        },
    )  # fmt: skip
    answer = rosa.post(f"/deals/{known}/plan/write/", typed)
    page = answer.content.decode()
    assert answer.status_code == 200
    for words in (
        "Two sites",
        "Aino Salo",
        "It costs 6 %.",
        "Walk the lines",
        "No budget",
        "An engineer",
        "someday",
    ):
        assert words in page
    assert 'name="players-1-name" maxlength="120" autocomplete="off" value="" autofocus' in page
    assert 'name="players-2-name"' not in page
    assert Version.objects.for_system("a test counts").count() == 0


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("players-0-role", "CFO", "no name"),
        ("rivals-1-case", "Cheaper", "no rival"),
        ("tactics-0-due_on", "2026-12-01", "no act"),
        ("resources-0-who", "Vera", "no resource"),
        ("risks-0-answer", "We call", "no risk"),
    ],
)
def test_a_row_without_its_first_field_is_asked_about_and_never_dropped(
    team: Company, known: str, field: str, value: str, says: str
) -> None:
    answer = signed_in(team, "rosa").post(
        f"/deals/{known}/plan/write/", sent(what="Two sites", **{field: value})
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert says in page
    assert value in page


def _sign(client: Client, deal: str, version: int, words: str) -> None:
    client.post(f"/deals/{deal}/plan/test/", {"version": str(version), "words": words})


def test_who_signed_reads_what_was_said_and_tests_again_when_the_plan_changed(
    team: Company, known: str
) -> None:
    rosa, mina = team.cast.actor("rosa"), signed_in(team, "mina")
    actions.save(by=rosa, at=AT, deal=known, after_version=0, plan=SOUND)
    first = mina.get(f"/deals/{known}/plan/").content.decode()
    assert "Sign as tester of version 1" in first
    assert "Correct or add" not in first
    _sign(mina, known, 1, "The day held.")
    after = mina.get(f"/deals/{known}/plan/").content.decode()
    assert "The day held." in after
    assert "You signed version 1" in after
    assert "<summary>Correct or add to what you said</summary><form" in after
    vera = signed_in(team, "vera").get(f"/deals/{known}/plan/").content.decode()
    assert "Correct or add" not in vera
    actions.save(by=rosa, at=AT, deal=known, after_version=1, plan=rules.Plan(what="One site"))
    again = mina.get(f"/deals/{known}/plan/").content.decode()
    assert "You tested version 1; the plan changed since. You said: “The day held.”" in again
    assert "Sign as tester of version 2" in again
    assert "Correct or add" not in again
