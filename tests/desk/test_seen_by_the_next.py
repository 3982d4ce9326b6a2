"""What somebody reads who takes a deal, a team or a desk over: never what was said between the two before."""

from __future__ import annotations

import pytest

from fairlead.asks import actions as ask_actions
from fairlead.asks import queries as asks
from fairlead.desk import actions, queries, rules
from fairlead.people import access
from fairlead.people import actions as people
from fairlead.people.access import Lending
from fairlead.people.models import Person
from tests.asks import asking
from tests.calls.company import Company
from tests.cast import AT
from tests.desk.desking import DAY, HOUR, written

OPS = access.system("tests of the desk")


def test_contact_of_an_executive_named_by_hand_is_not_theirs_to_read_as_the_next_manager(
    team: Company,
) -> None:
    for _ in range(2):
        actions.log_contact(
            by=team.cast.actor("ravi"), at=AT, executive_name="vera  lindholm", words="She asked for it.", key="one"
        )  # fmt: skip
    Person.objects.filter(pk=team.cast.mina.pk).update(ends_on=AT.date())
    people.move(by=OPS, at=AT, person=team.cast.ravi, manager=team.cast.vera, starts_on=AT.date())
    assert queries.contacts(team.cast.actor("vera"), AT + HOUR) == []
    assert len(queries.contacts(team.cast.actor("ravi"), AT + HOUR)) == 1


def test_who_stands_in_reads_no_counts_of_the_manager(team: Company) -> None:
    message = written(team)
    people.delegate(
        by=team.cast.actor("mina"), at=AT, taker=team.cast.otto, kind=Lending.TRIAGE, starts_at=AT, ends_at=AT + DAY
    )  # fmt: skip
    wanted = rules.Wanted("passed_raw", confirmed=True)
    mina = team.cast.actor("mina")
    actions.act(
        by=mina, at=AT, message=message, wanted=wanted, kind="concern", to=[team.cast.ravi.public_id], key="r"
    )  # fmt: skip
    own = queries.one(mina, message, AT + HOUR)
    lent = queries.one(team.cast.actor("otto"), message, AT + HOUR)
    assert (own.raw, own.decided, lent.raw, lent.decided) == (1, 1, 0, 0)


def test_who_takes_a_deal_over_reads_no_reason_that_was_given_to_the_one_before(team: Company) -> None:
    ask = asking.sent(team)
    asking.step(team, "mina", ask, "sent_back", reason="You are not ready for her, Rosa.")
    team.change("Nordwind", owner=team.cast.ravi)
    ravi, mina = team.cast.actor("ravi"), team.cast.actor("mina")
    page = asks.one(ravi, ask, AT + HOUR)
    assert "not ready" not in repr(page)
    assert "not ready" not in repr(asks.book(ravi, AT + HOUR))
    assert "not ready" in repr(asks.one(mina, ask, AT + HOUR))
    ask_actions.revise(
        by=ravi, at=AT + HOUR, ask=ask, content=asking.CONTENT, after_version=page.line.version, key="mine"
    )  # fmt: skip
    with pytest.raises(access.NotFound):
        asks.one(team.cast.actor("rosa"), ask, AT + HOUR)
