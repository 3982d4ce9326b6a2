"""Nobody reads what came to the manager about a deal while they were its rep, whatever they lead later."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from fairlead.deals import actions as deals
from fairlead.deals.models import Deal
from fairlead.deals.rules import DealRow
from fairlead.desk import accountable, actions, queries, rules
from fairlead.desk.models import Message
from fairlead.people import access
from fairlead.people import actions as people
from fairlead.people.access import Lending, Role
from tests.calls.company import Company
from tests.cast import AT
from tests.desk.desking import DAY, HOUR, act, tray, written

OPS = access.system("tests of the desk")
HARD = "Is Ravi up to Kestrel at all? I would replace him."
MONTH = timedelta(days=30)


def owned(team: Company, name: str, at: datetime) -> None:
    """A file of the CRM says whose Kestrel is."""
    row = DealRow("kestrel", name="Kestrel", owner=name, amount=None, currency="EUR", stage="Paper")
    ids = {one: getattr(team.cast, one).pk for one in ("ravi", "ines", "tomas", "pia")}
    deals.take_in(by=OPS, at=at, source="files", deals=[row], as_of=at, people_ids=ids)
    team.deals["Kestrel"] = Deal.objects.for_system("a test looks").get(external_id="kestrel")


def leads(team: Company, who: str, *names: str, at: datetime) -> None:
    lead = getattr(team.cast, who)
    people.set_roles(by=OPS, at=at, person=lead, roles=frozenset({Role.REP, Role.MANAGER}))
    for name in names:
        people.move(by=OPS, at=at, person=getattr(team.cast, name), manager=lead, starts_on=at.date())


def reads(team: Company, who: str, message: str, at: datetime) -> bool:
    actor = team.cast.actor(who, at)
    try:
        queries.one(actor, message, at)
    except (access.NotFound, access.NotAllowed):
        return False
    return True


def test_who_hands_the_deal_to_a_report_reads_nothing_from_when_they_were_its_rep(team: Company) -> None:
    message, later = written(team, HARD), AT + DAY
    act(team, message, "declined", "Ravi stays on it.")
    leads(team, "ravi", "tomas", at=later)
    team.change("Kestrel", owner=team.cast.tomas)
    assert not reads(team, "ravi", message, later)
    assert queries.decided(team.cast.actor("ravi", later), later) == []
    assert queries.one(team.cast.actor("mina", later), message, later).line.manager_name == "Mina Aalto"
    fresh = written(team, "Who signs at Kestrel?", at=later)
    assert tray(team, "ravi", later) == [fresh], "what comes now is theirs"


def test_where_who_is_above_was_its_rep_as_well_it_goes_further_up(team: Company) -> None:
    owned(team, "ines", AT - MONTH)
    message = written(team, HARD)
    owned(team, "ravi", AT + DAY)
    later = AT + 3 * DAY
    owned(team, "tomas", later - HOUR)
    leads(team, "ravi", "tomas", at=later)
    leads(team, "ines", "ravi", at=later)
    assert [name for name in ("ravi", "ines", "mina", "vera") if reads(team, name, message, later)] == [
        "mina"
    ]
    row = Message.objects.for_system("a test looks").get(public_id=message)
    assert accountable.at_moment(row, later, later + 30 * DAY) == team.cast.mina.pk


def test_what_waited_while_they_were_its_rep_stays_above_as_well(team: Company) -> None:
    owned(team, "ines", AT - MONTH)
    message = written(team, HARD)
    owned(team, "ravi", AT + DAY)
    later = AT + 3 * DAY
    owned(team, "tomas", later - HOUR)
    leads(team, "ravi", "tomas", at=later)
    assert not reads(team, "ravi", message, later)
    assert reads(team, "mina", message, later)


def test_who_was_its_rep_long_before_it_came_is_accountable_as_anybody(team: Company) -> None:
    owned(team, "pia", AT - 2 * MONTH)
    owned(team, "ravi", AT - MONTH)
    message, later = written(team, HARD), AT + DAY
    leads(team, "pia", "ravi", at=later)
    assert reads(team, "pia", message, later)
    assert not reads(team, "mina", message, later)


def test_who_stands_in_reads_nothing_about_a_deal_that_was_theirs(team: Company) -> None:
    message, old = written(team, HARD), written(team, HARD, at=AT - DAY)
    act(team, old, "answered", "Ravi cannot hold it; I do it myself.")
    team.change("Kestrel", owner=team.cast.tomas)
    people.delegate(
        by=team.cast.actor("mina"), at=AT, taker=team.cast.ravi, kind=Lending.TRIAGE, starts_at=AT, ends_at=AT + DAY
    )  # fmt: skip
    assert tray(team, "ravi") == []
    assert not reads(team, "ravi", message, AT + HOUR)
    fresh = written(team, HARD, deal="Nordwind", at=AT + HOUR)
    page = queries.one(team.cast.actor("ravi"), fresh, AT + HOUR)
    assert page.before == ()


def test_a_message_of_before_says_not_whose_the_deal_was_and_its_history_does(team: Company) -> None:
    owned(team, "ravi", AT - MONTH)
    message, later = written(team, HARD), AT + 3 * DAY
    owned(team, "tomas", later - HOUR)
    leads(team, "ravi", "tomas", at=later)
    row = Message.objects.for_system("a test looks").get(public_id=message)
    row.owner_id = None
    assert accountable.then_of([row], later.date()) == {row.pk: team.cast.mina.pk}
    with pytest.raises(access.NotFound):
        actions.act(
            by=team.cast.actor("ravi", later), at=later, message=message, key="x",
            wanted=rules.Wanted("declined", "No."),
        )  # fmt: skip
