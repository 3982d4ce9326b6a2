"""The history of one person's number: what was said, by whom, in the order of time, and who reads it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fairlead.calls import actions, queries
from fairlead.people import access
from fairlead.people import actions as people
from tests.calls.company import Q4, Company
from tests.cast import AT

HOUR = timedelta(hours=1)


def overlay(
    company: Company,
    by: str,
    on: str,
    euros: int,
    hours: int,
    category: str = "commit",
    note: str = "",
) -> None:
    actions.set_overlay(
        by=company.cast.actor(by),
        at=AT + hours * HOUR,
        person=getattr(company.cast, on),
        period=Q4,
        amount_minor=euros * 100,
        note=note or "A date is missing.",
        category=category,
    )


def call(
    company: Company, name: str, euros: int | None, hours: int, by: str = "", category: str = "commit"
) -> None:
    give = actions.type_in_call if by else actions.set_call
    give(
        by=company.cast.actor(by or name),
        at=AT + hours * HOUR,
        person=getattr(company.cast, name),
        period=Q4,
        amount_minor=None if euros is None else euros * 100,
        note=f"Said at {hours}.",
        category=category,
    )


def said(company: Company, reader: str, of: str = "rosa", hours: int = 100) -> queries.SaidOf:
    return queries.said_of(company.cast.actor(reader), getattr(company.cast, of).pk, Q4, AT + hours * HOUR)


def test_everything_stands_there_in_the_order_of_time_with_who_wrote_it(team: Company) -> None:
    call(team, "rosa", 700, 1)
    overlay(team, "mina", "rosa", 650, 2)
    call(team, "rosa", 720, 3, by="mina")
    call(team, "rosa", 900, 4, category="best_case")
    actions.reset_overlay(by=team.cast.actor("mina"), at=AT + 5 * HOUR, person=team.cast.rosa, period=Q4)
    call(team, "rosa", None, 6)
    call(team, "rosa", 710, 7)
    lines = said(team, "mina").lines
    assert [(line.kind, line.category, line.amount, line.moved, line.base) for line in lines] == [
        ("call", "commit", 710_00, None, None),
        ("call", "commit", None, None, None),
        ("overlay", "commit", None, None, None),
        ("call", "best_case", 900_00, None, None),
        ("call", "commit", 720_00, 20_00, None),
        ("overlay", "commit", 650_00, None, 700_00),
        ("call", "commit", 700_00, None, None),
    ]
    typed = lines[4]
    assert (typed.by.split()[0], typed.typed_by.split()[0]) == ("Rosa", "Mina")
    assert lines[5].note == "A date is missing."
    assert said(team, "rosa").lines == lines


def test_what_was_said_later_is_in_no_earlier_look(team: Company) -> None:
    call(team, "rosa", 700, 1)
    call(team, "rosa", 720, 3)
    assert [line.amount for line in said(team, "rosa", hours=2).lines] == [700_00]


@pytest.mark.parametrize("reader", ["ravi", "vera", "carl", "otto", "pia"])
def test_nobody_else_reads_it(team: Company, reader: str) -> None:
    call(team, "rosa", 700, 1)
    with pytest.raises(access.NotFound):
        said(team, reader)


@pytest.mark.parametrize("reader", ["olu", "hana", "ada"])
def test_no_office_reads_it(team: Company, reader: str) -> None:
    with pytest.raises(access.NotAllowed):
        said(team, reader)


def test_the_superior_does_not_see_how_a_leader_comes_to_the_own_number(team: Company) -> None:
    call(team, "rosa", 700, 1)
    overlay(team, "mina", "mina", 2000, 2, note="I hold one back.")
    overlay(team, "vera", "mina", 1900, 3)
    assert [line.note for line in said(team, "vera", "mina").lines] == ["A date is missing."]
    assert [line.note for line in said(team, "mina", "mina").lines] == [
        "A date is missing.",
        "I hold one back.",
    ]


def test_a_new_superior_finds_the_own_overlays_and_none_of_the_one_before(team: Company) -> None:
    overlay(team, "mina", "rosa", 650, 1, note="Mina thought so.")
    people.move(
        by=access.system("a test"),
        at=AT + 2 * HOUR,
        person=team.cast.rosa,
        manager=team.cast.otto,
        starts_on=AT.date(),
    )
    overlay(team, "otto", "rosa", 660, 3, note="Otto thinks so.")
    assert [line.note for line in said(team, "otto").lines] == ["Otto thinks so."]
    assert [line.note for line in said(team, "rosa").lines] == ["Otto thinks so.", "Mina thought so."]
