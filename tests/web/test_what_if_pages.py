"""The what-if pages: suppositions in the address, kept words, nobody else's deals, and the fragment for scripts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from fairlead.calls import actions
from fairlead.calls.models import EstimateRun
from fairlead.people import clock
from tests.calls import company as the_company
from tests.calls.company import OPS, Company
from tests.cast import AT, Cast

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def company(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setattr(clock, "now", lambda: AT)
    made = the_company.build(cast)
    for name, target in (("rosa", 700_000), ("ravi", 600_000), ("mina", 2_400_000)):
        made.target(name, target)
    made.won("Arden", "rosa", 392_000)
    made.deal("Nordwind", "rosa", 240_000)
    made.deal("Ostrava", "rosa", 84_000, "Offer")
    made.deal("Kestrel", "ravi", 190_000)
    for n in range(12):
        day = date(2026, 1, 10) + timedelta(days=20 * n)
        made.deal(f"won {n}", "rosa", 70_000, close_on=day, status="won", closed_on=day)
        made.deal(f"lost {n}", "ravi", 50_000, close_on=day, status="lost", closed_on=day)
    actions.estimate(by=OPS, at=AT, with_past=False)
    return made


def get(
    company: Company, name: str, place: str, query: dict[str, str] | None = None, *, live: bool = False
) -> Any:
    headers = {"HX-Request": "true"} if live else {}
    return signed_in(company, name).get(reverse(place), query or {}, headers=headers)


def signed_in(company: Company, name: str) -> Client:
    client = Client()
    client.force_login(getattr(company.cast, name).user, backend=BACKEND)
    return client


def key(company: Company, name: str) -> str:
    return company.deals[name].public_id


def test_a_supposition_stands_in_the_address_and_is_said_in_words(company: Company) -> None:
    answer = get(company, "rosa", "what_if", {f"d.{key(company, 'Nordwind')}": "won", "target": "600"})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Nordwind is won." in text
    assert "The target is €600k." in text
    assert "would reach €600k" in text
    assert f"d.{key(company, 'Nordwind')}=won" in answer.context["address"]


def test_what_was_typed_stays_and_what_is_wrong_is_said(company: Company) -> None:
    name = f"a.{key(company, 'Ostrava')}"
    typed = {name: "many", "target": "lots", "new": "80", "times": "0", "chance": "150"}
    answer = get(company, "rosa", "what_if", typed)
    assert answer.status_code == 422
    text = answer.content.decode()
    for word in ("many", "lots", "0", "150"):
        assert f'value="{word}"' in text
    assert "“many” is no number of thousands" in text
    assert "Write how many deals, from 1 to 50." in text
    assert "is no chance" in text
    assert set(answer.context["typed"].errors) == {name, "target", "times", "chance"}


def test_another_amount_without_an_outcome_is_one(company: Company) -> None:
    text = get(company, "rosa", "what_if", {f"a.{key(company, 'Ostrava')}": "300"}).content.decode()
    assert "Ostrava is worth €300k." in text


def test_a_foreign_deal_and_one_that_is_none_answer_alike(company: Company) -> None:
    answers = [
        get(company, "rosa", "what_if", {f"d.{word}": "won"}).content.decode()
        for word in (key(company, "Kestrel"), "AAAAAAAAAAAA")
    ]
    for text in answers:
        assert "Kestrel" not in text
        assert "1 supposition in this address is about no open deal of this list" in text


def test_a_script_gets_the_answer_alone_with_the_address_to_show(company: Company) -> None:
    query = {f"d.{key(company, 'Kestrel')}": "lost", f"d.{key(company, 'Nordwind')}": ""}
    answer = get(company, "mina", "call_what_if", query, live=True)
    text = answer.content.decode()
    assert "<html" not in text
    assert "Kestrel is lost." in text
    assert (
        answer.headers["HX-Replace-Url"] == f"/call/what-if/?period=2026Q4&d.{key(company, 'Kestrel')}=lost"
    )


def test_a_wrong_number_typed_with_a_script_is_told_in_the_answer(company: Company) -> None:
    answer = get(company, "mina", "call_what_if", {"target": "x"}, live=True)
    assert answer.status_code == 200
    assert "is no number of thousands" in answer.content.decode()


def test_suppositions_on_other_pages_of_the_table_stay(company: Company) -> None:
    for n in range(40):
        company.deal(f"Many {n}", "ravi", 1_000 + n)
    actions.estimate(by=OPS, at=AT, with_past=False)
    query = {f"d.{key(company, 'Nordwind')}": "won", "page": "2"}
    text = get(company, "mina", "call_what_if", query).content.decode()
    assert f'<input type="hidden" name="d.{key(company, "Nordwind")}" value="won">' in text
    assert "page 2 of 2" in text
    found = get(company, "mina", "call_what_if", {"find": "many 3", "page": "9"})
    assert {line.choice.name for line in found.context["lines"]} == {
        "Many 3",
        *(f"Many 3{n}" for n in range(10)),
    }


def test_my_quarter_leads_to_the_what_if_only_with_an_estimate(company: Company) -> None:
    assert b"Try a what-if" in get(company, "rosa", "quarter").content
    EstimateRun.objects.update(period="2020Q1")
    assert b"Try a what-if" not in get(company, "rosa", "quarter").content
    assert b"There is no estimate of this period yet" in get(company, "rosa", "what_if").content


def test_the_api_answers_alike_and_knows_no_foreign_deal(company: Company) -> None:
    client = signed_in(company, "rosa")

    def ask(deal: str) -> Any:
        body = {"own": True, "deals": [{"deal": deal, "outcome": "won"}]}
        return client.post("/api/forecast/what-if", body, content_type="application/json")

    told = ask(key(company, "Nordwind")).json()
    assert told["supposed"] == ["Nordwind is won"]
    assert told["after"]["p50"] > told["before"]["p50"]
    foreign, unknown = ask(key(company, "Kestrel")), ask("AAAAAAAAAAAA")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.json() == unknown.json()


def test_the_api_refuses_what_is_out_of_bounds(company: Company) -> None:
    client = signed_in(company, "mina")
    for body in (
        {"target_minor": -5},
        {"added": [{"amount_minor": 1, "chance": 2}]},
        {"deals": [{"deal": "x", "outcome": "?"}]},
    ):
        answer = client.post("/api/forecast/what-if", body, content_type="application/json")
        assert answer.status_code in (409, 422)
        assert answer.json()["sentence"]
