"""What a plan changes on the pages of those who have no part in it: the same company is read without it and with it."""

from __future__ import annotations

import difflib
import re
from datetime import date

import pytest
from django.test import Client

from fairlead.improvement import queries
from fairlead.people import access, actions, clock
from fairlead.people.models import Person
from tests.calls.company import Company
from tests.cast import START
from tests.improvement import making
from tests.improvement.making import at_day, do

DAY_16 = at_day(making.STARTS.replace(day=18))
PLACES = (
    "", "board/", "people/", "inbox/", "you/", "improvement/", "improvement/record/", "looks/", "standing/", "debts/",
    "ledger/", "records/", "records/reads/", "oneonones/", "observations/",
)  # fmt: skip


def read(person: Person) -> dict[str, list[str]]:
    """Every page without an id in its address, as lines of what stands there and where it leads."""
    assert person.user is not None
    client = Client()
    client.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
    found = {}
    for place in PLACES:
        answer = client.get(f"/{place}")
        text = b"".join(answer) if answer.streaming else answer.content
        found[place] = lines(text.decode(errors="replace"))
    return found


def lines(text: str) -> list[str]:
    """The words of a page and its addresses, without what differs from one loading to the next."""
    text = re.sub(r'<input type="hidden"[^>]*>', "", text)
    text = re.sub(r'<[^>]*?(?:href|action)="([^"]*)"[^>]*>', r"\n[\1]\n", text)
    text = re.sub(r"<[^>]+>", "\n", text)
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def new(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, list[str]]:
    """place -> what stands there now and did not before, '-' before what is gone."""
    found = {}
    for place, was in before.items():
        changed = [
            line[2:] if line[0] == "+" else f"-{line[2:]}"
            for line in difflib.ndiff(was, after[place])
            if line[:2] in ("+ ", "- ")
        ]
        if changed:
            found[place] = changed
    return found


@pytest.fixture
def changed(company: Company, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, list[str]]]:
    """What a plan of Rosa's that runs in its third week changed, for each who has no part in it."""
    monkeypatch.setattr(clock, "now", lambda: DAY_16)
    making.deals(company)
    by = access.system("tests build the cast")
    nina = actions.add_person(
        by=by, at=DAY_16, name="Nina Holm", manager=company.cast.carl, roles=frozenset({access.Role.EXECUTIVE}),
        starts_on=START,
    )  # fmt: skip
    actions.open_account(by=by, at=DAY_16, person=nina, email="nina@marlow.test", password=None)
    who = {name: getattr(company.cast, name) for name in ("vera", "carl", "otto", "ravi", "olu")}
    who["nina"] = nina
    before = {name: read(person) for name, person in who.items()}
    plan = making.running(company)
    do(company, "rosa", plan, "partly", making.PUBLISHED, "The engineer first.")
    do(company, "rosa", plan, "replied", making.PUBLISHED, "I asked in July.")
    making.held(company, plan, 2)
    return {name: new(before[name], read(person)) for name, person in who.items()}


def test_a_superior_with_status_learns_days_and_nothing_else(
    changed: dict[str, dict[str, list[str]]],
) -> None:
    vera = {place: [line for line in said if "unread" not in line] for place, said in changed["vera"].items()}
    assert vera.pop("improvement/") == [
        "Led by managers who report to you",
        "days only; what is in a plan is not shown before it is yours to decide",
        "Rosa Lindqvist, with Mina Aalto",
        "runs",
        "since Mon 2 Nov, ends Thu 10 Dec",
    ]
    told = [
        line for said in vera.values() for line in said if not re.match(r"\[/|-|open|Open|Mon 2 Nov", line)
    ]
    assert sorted(told) == [
        "8 days past its day",
        "A reference she can call",
        "Of your direct reports",
        "Sanna Berg to Rosa Lindqvist · said by the manager · 16 days old · by Tue 10 Nov",
        "The company owes Rosa Lindqvist, and you answer for it: A reference she can call",
        "Two half-days with an engineer",
        "You to Rosa Lindqvist · said by the manager · 16 days old · by Wed 18 Nov",
        "owed to them or by them",
    ], "what the company owes stands there, and not what for"


def test_whoever_has_no_part_in_a_plan_finds_the_same_pages_with_it_and_without(
    changed: dict[str, dict[str, list[str]]],
) -> None:
    assert changed["otto"] == changed["ravi"] == changed["olu"] == changed["nina"] == {}
    assert set(changed["carl"]) == {"debts/"}, "the debt of a direct report, as any other"


def test_the_days_of_an_overdue_decision_are_all_that_is_added(company: Company) -> None:
    making.running(company)
    making.delivered(company)
    late = at_day(date(2026, 12, 11))
    status = queries.below(company.cast.actor("vera", late), late)
    assert status == [
        queries.Status("Mina Aalto", "Rosa Lindqvist", "running", making.STARTS, making.ENDS, 2)
    ]
