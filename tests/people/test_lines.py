"""Reporting lines: moves, circles, days to come, imports, and a big re-organisation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.people import access, actions, queries, rules
from fairlead.people.models import Person, Reach, ReportingLine, Team
from tests.cast import AT, Cast

TODAY = AT.date()


def test_a_move_changes_who_sees_whom_at_once(cast: Cast) -> None:
    assert queries.may_on(cast.actor("mina"), "deal.read", cast.rosa.pk)
    actions.move(by=cast.actor("olu"), at=AT, person=cast.rosa, manager=cast.otto, starts_on=TODAY)
    assert not queries.may_on(cast.actor("mina"), "deal.read", cast.rosa.pk)
    assert queries.may_on(cast.actor("otto"), "deal.read", cast.rosa.pk)
    assert actions.closure_differs(on=TODAY) == []


def test_a_move_to_come_changes_nothing_until_its_day(cast: Cast) -> None:
    later = TODAY + timedelta(days=7)
    actions.move(by=cast.actor("olu"), at=AT, person=cast.rosa, manager=cast.otto, starts_on=later)
    assert queries.manager_of(cast.rosa.pk) == cast.mina.pk
    assert not actions.lines_are_due(TODAY)
    assert actions.lines_are_due(later)
    actions.settle_lines(on=later)
    assert queries.manager_of(cast.rosa.pk) == cast.otto.pk
    assert actions.closure_differs(on=later) == []


def test_the_tree_of_a_past_day_stays_what_it_was(cast: Cast) -> None:
    actions.move(by=cast.actor("olu"), at=AT, person=cast.rosa, manager=cast.otto, starts_on=TODAY)
    before = {node.id: node.manager for node in queries.tree(TODAY - timedelta(days=1))}
    after = {node.id: node.manager for node in queries.tree(TODAY)}
    assert before[cast.rosa.pk] == cast.mina.pk
    assert after[cast.rosa.pk] == cast.otto.pk


def test_a_circle_is_refused_and_leaves_nothing_behind(cast: Cast) -> None:
    with pytest.raises(access.Refusal, match="reports to Vera") as refused:
        actions.move(by=cast.actor("olu"), at=AT, person=cast.vera, manager=cast.mina, starts_on=TODAY)
    assert refused.value.code == "circle"
    assert ReportingLine.objects.filter(person=cast.vera).count() == 1


def test_a_circle_with_a_line_to_come_is_refused(cast: Cast) -> None:
    later = TODAY + timedelta(days=7)
    actions.move(by=cast.actor("olu"), at=AT, person=cast.otto, manager=cast.sanna, starts_on=later)
    with pytest.raises(access.Refusal) as refused:
        actions.move(by=cast.actor("olu"), at=AT, person=cast.sanna, manager=cast.otto, starts_on=TODAY)
    assert refused.value.code == "circle"


def test_only_sales_operations_moves_people(cast: Cast) -> None:
    for name in ("rosa", "mina", "vera", "carl", "hana", "ada"):
        with pytest.raises(access.NotAllowed):
            actions.move(by=cast.actor(name), at=AT, person=cast.rosa, manager=cast.otto, starts_on=TODAY)


def test_the_only_admin_cannot_be_taken_away(cast: Cast) -> None:
    with pytest.raises(access.Refusal, match="only admin"):
        actions.set_roles(by=cast.actor("ada"), at=AT, person=cast.ada, roles=frozenset())


def test_a_role_that_ended_yesterday_gives_nothing_today(cast: Cast) -> None:
    actions.set_roles(by=cast.actor("ada"), at=AT, person=cast.mina, roles=frozenset())
    assert cast.actor("mina").roles == frozenset()
    assert not access.may(cast.actor("mina"), "deal.read")


def test_people_who_left_are_no_actors(cast: Cast) -> None:
    Person.objects.filter(pk=cast.rosa.pk).update(ends_on=TODAY)
    with pytest.raises(access.NotFound):
        cast.actor("rosa")


def _rows(managers: dict[str, str]) -> list[rules.PersonRow]:
    return [rules.PersonRow(person_id=who, name=who.title(), manager=boss) for who, boss in managers.items()]


ORGANISATION = {"boss": "", "north": "boss", "south": "boss", "ann": "north", "bob": "north", "cy": "south"}


@pytest.mark.django_db
def test_an_import_of_people_reads_roles_and_teams_off_the_tree() -> None:
    by = access.system("a test imports people")
    taken = actions.take_in(by=by, at=AT, source="crm", rows=_rows(ORGANISATION), lines_from=TODAY)
    assert (taken.added, taken.moved) == (6, 0)
    assert queries.actor(taken.people["boss"], AT).roles == {access.Role.EXECUTIVE}
    assert queries.actor(taken.people["north"], AT).roles == {access.Role.MANAGER}
    assert queries.actor(taken.people["ann"], AT).roles == {access.Role.REP}
    assert set(Team.objects.values_list("lead_id", flat=True)) == {
        taken.people[lead] for lead in ("boss", "north", "south")
    }
    assert actions.closure_differs(on=TODAY) == []


@pytest.mark.django_db
def test_the_same_people_twice_change_nothing() -> None:
    by = access.system("a test imports people")
    actions.take_in(by=by, at=AT, source="crm", rows=_rows(ORGANISATION))
    again = actions.take_in(by=by, at=AT, source="crm", rows=_rows(ORGANISATION))
    assert (again.added, again.changed, again.moved, again.unchanged) == (0, 0, 0, 6)


@pytest.mark.django_db
def test_an_import_moves_who_reports_elsewhere_and_keeps_the_old_line() -> None:
    by = access.system("a test imports people")
    actions.take_in(by=by, at=AT - timedelta(days=30), source="crm", rows=_rows(ORGANISATION))
    moved = actions.take_in(by=by, at=AT, source="crm", rows=_rows({**ORGANISATION, "ann": "south"}))
    assert moved.moved == 1
    assert ReportingLine.objects.filter(person_id=moved.people["ann"]).count() == 2
    assert queries.manager_of(moved.people["ann"]) == moved.people["south"]


@pytest.mark.django_db
def test_a_circle_in_a_people_file_names_its_people() -> None:
    by = access.system("a test imports people")
    with pytest.raises(access.Refusal, match="ann, bob"):
        actions.take_in(by=by, at=AT, source="crm", rows=_rows({"ann": "bob", "bob": "ann"}))
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_a_re_organisation_of_two_thousand_is_right_with_the_next_question() -> None:
    by = access.system("a test re-organises")
    managers = {"top": "", "a": "top", "b": "top"} | {f"p{n}": "a" for n in range(2000)}
    actions.take_in(by=by, at=AT, source="crm", rows=_rows(managers))
    taken = actions.take_in(
        by=by, at=AT, source="crm", rows=_rows({k: "b" if v == "a" else v for k, v in managers.items()})
    )
    assert taken.moved == 2000
    assert Reach.objects.filter(boss_id=taken.people["a"]).count() == 1
    assert Reach.objects.filter(boss_id=taken.people["b"]).count() == 2001


@given(st.dictionaries(st.integers(0, 12), st.integers(0, 12) | st.none(), min_size=1, max_size=13))
def test_the_closure_has_every_boss_of_every_chain(drawn: dict[int, int | None]) -> None:
    managers = {m: b if b in drawn and b != m else None for m, b in drawn.items()}
    tidy: dict[int, int | None] = {}
    for person, boss in managers.items():
        tidy[person] = None if rules.find_circle(managers, person, boss) else boss
    found = set(rules.closure(tidy))
    for person in tidy:
        above: int | None = person
        depth = 0
        while above is not None:
            assert (above, person, depth) in found
            above, depth = tidy[above], depth + 1
    assert len(found) == len({(b, m) for b, m, _ in found})
