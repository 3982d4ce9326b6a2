"""Rows as evidence for a forecast: who is part of the tree."""

from __future__ import annotations

from fairlead.deals import rules
from fairlead.deals.rules import DealRow
from fairlead.people.rules import PersonRow

PEOPLE = [
    PersonRow("ceo", role="executive"),
    PersonRow("boss", manager="ceo", role="manager"),
    PersonRow("rep", manager="boss", role="rep"),
    PersonRow("plain", manager="boss"),
    PersonRow("head of hr", manager="ceo", role="hr"),
    PersonRow("hr", manager="head of hr", role="HR partner"),
    PersonRow("ops", manager="ceo", role="sales ops;admin"),
    PersonRow("both", manager="boss", role="admin + rep"),
]


def ids(people: list[PersonRow], deals: list[DealRow]) -> list[str]:
    return [member.id for member in rules.to_history(deals, [], people, currency="EUR").members]


def test_people_whose_role_says_they_do_not_sell_are_no_nodes() -> None:
    assert ids(PEOPLE, []) == ["ceo", "boss", "rep", "plain", "both"]


def test_who_owns_a_deal_stays_with_everybody_above() -> None:
    kept = ids(PEOPLE, [DealRow("1", owner="hr")])
    assert kept == ["ceo", "boss", "rep", "plain", "head of hr", "hr", "both"]


def test_who_leads_sellers_stays_whatever_the_role() -> None:
    people = [PersonRow("chief", role="admin"), PersonRow("rep", manager="chief", role="rep")]
    assert ids(people, []) == ["chief", "rep"]


def test_reporting_lines_in_a_circle_end() -> None:
    people = [PersonRow("a", manager="b", role="rep"), PersonRow("b", manager="a", role="admin")]
    assert ids(people, []) == ["a", "b"]
