"""Plans of a team that its manager opened to the team."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from fairlead.deals.models import Deal
from fairlead.ledger.models import Entry
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.people import actions as people
from fairlead.plans import actions, mates
from tests.calls.company import Company
from tests.cast import AT
from tests.plans.test_rules import SOUND

OPS = access.system("tests of opened plans")
DAY = timedelta(days=1)


@pytest.fixture
def planned(team: Company) -> str:
    """Rosa's deal with a plan; its public id."""
    deal = team.deals["Nordwind"].public_id
    actions.save(by=team.cast.actor("rosa"), at=AT, deal=deal, after_version=0, plan=SOUND)
    return deal


def switch(team: Company, on: bool = True, who: str = "mina") -> None:
    actions.open_to_team(by=team.cast.actor(who), at=AT, on=on)


def read(team: Company, deal: str, who: str) -> str:
    """What becomes of reading a mate's plan: the objective, or the code of the refusal."""
    try:
        return mates.plan(team.cast.actor(who), deal, AT).plan.objective
    except access.Refusal as refused:
        return refused.code


def signed_in(team: Company, who: str) -> Client:
    user = getattr(team.cast, who).user
    assert user is not None
    client = Client()
    client.force_login(user)
    return client


def test_nobody_reads_a_mates_plan_until_the_manager_opens_the_teams(team: Company, planned: str) -> None:
    assert {who: read(team, planned, who) for who in ("ravi", "rosa")} == dict.fromkeys(
        ("ravi", "rosa"), "not_found"
    )
    switch(team)
    for who in ("ravi", "ines", "tomas"):
        assert read(team, planned, who) == SOUND.objective
        listed = mates.listing(team.cast.actor(who), AT)
        assert [(one.deal, one.owner) for one in listed.mates] == [(planned, "Rosa Lindqvist")]
        assert (listed.own, listed.manager) == ((), "Mina Aalto")
    for who in ("pia", "sven"):
        assert read(team, planned, who) == "not_found"
    for who in ("hana", "ada", "olu", "carl"):
        assert read(team, planned, who) == "not_allowed"
    switch(team, on=False)
    assert read(team, planned, "ravi") == "not_found"
    assert mates.listing(team.cast.actor("ravi"), AT).mates == ()


def test_only_the_own_manager_opens_and_each_opening_is_told_and_recorded_once(
    team: Company, planned: str
) -> None:
    switch(team, who="otto")
    assert read(team, planned, "ravi") == "not_found"
    switch(team)
    switch(team)
    told = Notice.objects.filter(kind="plans.opened", to_id=team.cast.ravi.pk)
    assert told.count() == 1
    assert Entry.objects.filter(kind="plan.opened", subject=str(team.cast.mina.pk)).count() == 1
    with pytest.raises(access.NotAllowed):
        switch(team, who="ravi")


def test_who_changes_teams_reads_the_new_teams_and_no_longer_the_old_ones(
    team: Company, planned: str
) -> None:
    switch(team)
    people.move(by=OPS, at=AT, person=team.cast.ravi, manager=team.cast.otto, starts_on=AT.date())
    people.move(by=OPS, at=AT, person=team.cast.pia, manager=team.cast.mina, starts_on=AT.date())
    assert read(team, planned, "ravi") == "not_found"
    assert read(team, planned, "pia") == SOUND.objective


def test_a_closed_deals_plan_is_its_owners_again(team: Company, planned: str) -> None:
    switch(team)
    Deal.objects.for_system("a test closes a deal").filter(public_id=planned).update(status="lost")
    assert read(team, planned, "ravi") == "not_found"


def test_pages_show_the_plan_and_nothing_else_of_the_deal(team: Company, planned: str) -> None:
    mina, ravi = (signed_in(team, who) for who in ("mina", "ravi"))
    assert "Open them to the team" in mina.get("/plans/").content.decode()
    mina.post("/plans/open/", {"on": "yes"})
    assert f"/plans/{planned}/" in ravi.get("/plans/").content.decode()
    page = ravi.get(f"/plans/{planned}/").content.decode()
    assert SOUND.objective in page
    for part in ("Is it worth a plan", "What we know", "Versions"):
        assert part not in page
    for path in ("", "plan/", "evidence/", "card/", "mutual/"):
        assert ravi.get(f"/deals/{planned}/{path}").status_code == 404
    own = team.deals["Kestrel"].public_id
    assert f"?copy={planned}" in ravi.get(f"/deals/{own}/plan/write/").content.decode()
    begun = ravi.get(f"/deals/{own}/plan/write/?copy={planned}").content.decode()
    assert SOUND.why in begun
