"""Who stops seeing what: after a move, of people never to be named, of sizes that are one person's, of notices."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from fairlead.calls import actions, queries, wording
from fairlead.calls.rules import Bar
from fairlead.deals.models import Deal
from fairlead.ledger import queries as ledger
from fairlead.notices import queries as notices
from fairlead.people import access, reading
from fairlead.people import actions as people
from tests.calls.company import OPS, Q4, WEEK, Company
from tests.cast import AT


def bars_of(company: Company, name: str) -> list[Bar]:
    person = getattr(company.cast, name)
    changes = queries.call_page(company.cast.actor(name), person.pk, Q4, AT).changes
    assert changes is not None
    assert changes.start + sum(bar.amount for bar in changes.bars) == changes.end
    assert "unexplained" not in {bar.kind for bar in changes.bars}
    return list(changes.bars)


def move(company: Company, name: str, manager: str) -> None:
    cast = company.cast
    people.move(
        by=OPS, at=AT, person=getattr(cast, name), manager=getattr(cast, manager), starts_on=AT.date()
    )


def number_of(company: Company, name: str) -> int:
    return company.deals[name].pk


def test_a_former_manager_sees_nothing_that_happens_to_the_leaver_later(team: Company) -> None:
    team.call("rosa", 752, at=AT - 2 * WEEK)
    team.submit("mina", 1932, at=AT - WEEK)
    move(team, "rosa", "otto")
    before = bars_of(team, "mina")
    assert ("left", -632_00) in [(bar.kind, bar.amount) for bar in before]
    assert "Rosa Lindqvist" not in {bar.label for bar in before}
    team.change("Nordwind", status="lost", closed_on=AT.date())
    team.deal("Fresh", "rosa", 777)
    team.call("rosa", 999, at=AT - timedelta(hours=1))
    assert bars_of(team, "mina") == before
    rosas = {deal.pk for deal in Deal.objects.for_system("a test").filter(owner=team.cast.rosa)}
    assert not rosas & {deal for bar in before for deal in bar.deals}


def test_who_joins_comes_with_what_the_deals_come_to_now(team: Company) -> None:
    team.deal("Pias", "pia", 500)
    team.submit("mina", 1812, at=AT - WEEK)
    move(team, "pia", "mina")
    assert [(bar.kind, bar.amount, bar.label) for bar in bars_of(team, "mina")] == [
        ("joined", 500_00, "Pia Kranz")
    ]


def test_deals_that_change_hands_with_a_move_add_up(team: Company) -> None:
    team.deal("Pias", "pia", 500)
    team.deal("Piets", "piet", 300)
    team.submit("mina", 1812, at=AT - WEEK)
    move(team, "rosa", "otto")
    move(team, "pia", "mina")
    team.change("Nordwind", owner=team.cast.ravi)  # the leaver's deal stays in the team
    team.change("Kestrel", owner=team.cast.rosa)  # and one of the team goes with the leaver
    team.change("Vale", owner=team.cast.pia, euros=130)
    team.change("Piets", owner=team.cast.ines)
    kinds = {bar.kind for bar in bars_of(team, "mina")}
    assert {"left", "joined", "owner_moved_out"} <= kinds
    sent = team.submit("mina", 2000, "As it stands.", previous=_newest(team))
    assert sum(bar[1] for bar in sent.changes) == (2000 - 1812) * 100


def _newest(company: Company) -> str:
    cast = company.cast
    return queries.submissions(cast.actor("mina"), cast.mina.pk, Q4, AT)[0].public_id


def test_bars_name_nobody_whose_call_the_reader_may_not_see(team: Company) -> None:
    move(team, "sven", "vera")
    move(team, "piet", "vera")
    team.submit("vera", 1812, at=AT - WEEK)
    team.call("sven", 111)
    team.call("piet", 222)
    found = bars_of(team, "vera")
    assert ("own_call", 333_00, "") in [(bar.kind, bar.amount, bar.label) for bar in found]
    assert not {"Sven Dahl", "Piet Maas"} & {bar.label for bar in found}
    vera = team.cast.actor("vera")
    first = queries.submissions(vera, team.cast.vera.pk, Q4, AT)[0]
    sent = team.submit("vera", 2145, previous=first.public_id)
    copy = queries.team_copy(vera, sent.public_id)
    assert copy.amount == (copy.previous or 0) + sum(bar.amount for bar in copy.changes)
    assert not {"Sven Dahl", "Piet Maas"} & {bar.label for bar in copy.changes}
    assert "Sven" not in queries.as_text(vera, sent.public_id)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("left", "Left the team"),
        ("joined", "Joined the team"),
        ("own_call", "Own call"),
        ("overlay", "Overlay"),
        ("team", "Team"),
    ],
)
def test_a_bar_without_a_name_reads_as_a_sentence(kind: str, words: str) -> None:
    assert wording.bar(Bar(kind, 1)) == words
    assert wording.bar(Bar(kind, 1, person=1, label="Rosa")).endswith("Rosa")


def test_only_who_may_read_a_number_today_is_told_that_it_was_withdrawn(team: Company) -> None:
    sent = team.submit("mina", 1812, at=AT - timedelta(days=1))
    move(team, "rosa", "otto")
    move(team, "pia", "mina")
    actions.withdraw(by=team.cast.actor("mina"), at=AT, submission=sent.public_id)
    told = {
        name
        for name in ("vera", "rosa", "ravi", "pia", "piet", "otto", "mina")
        if "calls.withdrawn" in {n.kind for n in notices.for_person(getattr(team.cast, name).pk)}
    }
    assert told == {"vera", "ravi", "pia"}


@pytest.mark.parametrize(("mates", "source"), [(2, ""), (3, "team")])
def test_the_usual_size_of_a_team_is_never_one_persons(team: Company, mates: int, source: str) -> None:
    Deal.objects.for_system("a test").filter(status="won").update(closed_on=AT.date() - timedelta(days=800))
    for name in ("ravi", "ines", "tomas")[:mates]:
        for number in range(2):
            team.won(f"{name} {number}", name, 100 + number, date(2026, 10, 20))
    needed = queries.my_quarter(team.cast.actor("rosa"), Q4, AT).needed
    assert needed is not None
    assert needed.usual_from == source


def test_the_admins_ledger_has_no_names_of_tokens(team: Company) -> None:
    cast = team.cast
    people.make_token(by=cast.actor("rosa"), at=AT, name="My own script", scopes=frozenset({"read"}))
    assert "My own script" not in str(ledger.entries(reading.readable(cast.actor("ada")), limit=500))
    assert "My own script" in str(ledger.entries(reading.readable(cast.actor("rosa")), limit=500))


def test_the_ledger_of_overlays_does_not_tell_the_call_beneath(team: Company) -> None:
    cast = team.cast
    team.call("rosa", 74_321)
    actions.set_overlay(
        by=cast.actor("mina"), at=AT, person=cast.rosa, period=Q4, amount_minor=70_000_00, note="Two slip."
    )
    told = str(ledger.entries(reading.readable(cast.actor("olu")), limit=500))
    assert "7000000" in told
    assert "7432100" not in told


def test_who_may_not_read_tokens_area_is_refused(team: Company) -> None:
    with pytest.raises(access.Refusal):
        ledger.entries(reading.readable(access.system("nobody")))
