"""Forecast types on the pages: set up, called, submitted, read, exported; without any, no page knows of them."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fairlead.calls import actions, kinds
from fairlead.calls.models import Call, Submission, SubmittedType, Target
from fairlead.people import clock
from tests.calls.company import OPS, Company, build, mina_team
from tests.cast import AT, Cast

LONG_AGO = AT - timedelta(weeks=8)


@pytest.fixture
def team(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setattr(clock, "now", lambda: AT)
    return mina_team(build(cast))


@pytest.fixture
def typed(team: Company) -> Company:
    for name, type, quantity in (
        ("Nordwind", "New Business", "3"), ("Arden", "Renewal", "2"), ("Kestrel", "Renewal", ""),
        ("Brightwater", "Renewal", "10"),
    ):  # fmt: skip
        team.change(name, type=type, extra={"quantity": quantity} if quantity else {})
    actions.set_type(by=OPS, at=LONG_AGO, name="Renewals", deal_types=["Renewal"])
    actions.set_type(by=OPS, at=LONG_AGO, name="Seats", measure="quantity")
    return team


def client_of(team: Company, who: str) -> Client:
    client = Client()
    client.force_login(getattr(team.cast, who).user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page_of(team: Company, who: str, address: str, status: int = 200) -> str:
    answer = client_of(team, who).get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_without_types_no_page_knows_of_them(team: Company) -> None:
    for who, address in (
        ("mina", "/call/"),
        ("vera", "/board/"),
        ("rosa", "/quarter/"),
    ):
        page = page_of(team, who, address)
        assert "orecast type" not in page
        assert "All business" not in page
    assert page_of(team, "mina", "/call/?type=renewals", 404)


def test_a_type_is_set_up_changed_and_ended_on_its_page(team: Company) -> None:
    team.change("Kestrel", type="Renewal")
    olu = client_of(team, "olu")
    page = olu.get("/settings/forecast-types/").content.decode()
    assert "All business, and nothing else." in page
    assert 'value="Renewal"' in page
    given = {
        "name": "Renewals",
        "words": ["Renewal"],
        "more": "Win back\n",
        "measure": "amount",
        "asked": "on",
    }
    assert olu.post("/settings/forecast-types/", given).status_code == 302
    (kind,) = kinds.in_force(AT)
    assert (kind.name, kind.words, kind.asked) == ("Renewals", ("Renewal", "Win back"), True)
    page = olu.get("/settings/forecast-types/?key=renewals").content.decode()
    assert "Change Renewals from a day on" in page
    given = {"key": "renewals", "name": "Renewed", "words": ["Renewal"], "measure": "amount"}
    olu.post("/settings/forecast-types/", given)
    (kind,) = kinds.in_force(AT)
    assert (kind.name, kind.asked) == ("Renewed", False)
    olu.post("/settings/forecast-types/", {"key": "renewals", "act": "end"})
    assert kinds.in_force(AT) == ()
    assert "Not in force today" in olu.get("/settings/forecast-types/").content.decode()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"name": "", "measure": "arr"}, "Give the forecast type a name"),
        ({"name": "Mine", "measure": "amount", "more": ""}, "The amounts of all deals are All business"),
        ({"name": "Mine", "measure": "arr", "starts_on": "tomorrow"}, "Write a day like"),
    ],
)
def test_a_refused_type_keeps_what_was_typed(team: Company, given: dict[str, str], says: str) -> None:
    answer = client_of(team, "olu").post("/settings/forecast-types/", given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert f'value="{given["name"]}"' in page
    assert kinds.said() == ()


def test_the_call_page_of_a_type_has_no_range_and_says_why(typed: Company) -> None:
    actions.estimate(by=OPS, at=AT, with_past=False)
    page = page_of(typed, "mina", "/call/?type=renewals")
    assert "is not shown beside one type" in page
    assert "quarters like this one" not in page
    assert "quarters like this one" in page_of(typed, "mina", "/call/")
    assert "Quantity missing." in page_of(typed, "mina", "/call/?type=seats")


def test_numbers_of_a_type_are_set_on_its_page(typed: Company) -> None:
    mina, ravi = client_of(typed, "mina"), typed.cast.ravi
    common = {"period": "2026Q4", "type": "renewals"}
    answer = mina.post(f"/call/reports/{ravi.public_id}/call/", common | {"number": "0.3"})
    assert answer["Location"] == "/call/?period=2026Q4&type=renewals#reports"
    mina.post(
        f"/call/reports/{ravi.public_id}/overlay/", common | {"number": "0.1", "note": "Not all of it."}
    )
    assert "Not all of it." in mina.get("/call/?type=renewals").content.decode()
    assert "Not all of it." not in mina.get("/call/").content.decode()
    rosa = client_of(typed, "rosa")
    rosa.post("/quarter/", {"type": "renewals", "number": "0.5", "category": "best_case"})
    said = Call.objects.for_system("t").filter(type="renewals").order_by("pk")
    assert [(one.category, one.amount_minor) for one in said] == [("commit", 30_000), ("best_case", 50_000)]
    answer = rosa.post("/quarter/", {"type": "renewals", "number": "much", "category": "commit"})
    assert answer.status_code == 422
    assert 'href="#type-renewals-commit"' in answer.content.decode()
    assert 'value="much"' in answer.content.decode()


def test_one_form_sends_all_business_and_every_type(typed: Company) -> None:
    mina = client_of(typed, "mina")
    form = mina.get("/call/").context
    data = {
        "number": form["shown"],
        "shown": form["shown"],
        "exact": str(form["commit"].suggestion),
        "key": "k",
    }
    data |= {"period": "2026Q4", "reason": "Two more renew."}
    for other in form["others"]:
        data |= {f"number_{other.category}": other.typed, f"shown_{other.category}": other.shown}
    for line in form["asked"]:
        for field in line.fields:
            data |= {field.name: field.typed, f"shown_{field.name}": field.shown}
    wrong = mina.post("/call/submit/", data | {"type_renewals_best_case": "0.1"})
    assert wrong.status_code == 422
    assert 'href="#type_renewals_best_case"' in wrong.content.decode()
    assert not Submission.objects.for_system("t").exists()
    mina.post("/call/submit/", data | {"type_renewals_commit": "0.7", "type_seats_commit": "6"})
    sent = Submission.objects.for_system("t").get()
    rows = {one.type: one for one in SubmittedType.objects.for_system("t").filter(submission=sent)}
    assert rows["renewals"].amount_minor == 70_000
    assert rows["seats"].amount_minor == 6 * kinds.unit()
    assert sent.amount_minor == form["commit"].suggestion
    copy = page_of(typed, "rosa", f"/call/copy/{sent.public_id}/")
    assert "By forecast type" in copy
    assert "Submitted, Seats" in page_of(typed, "rosa", f"/call/copy/{sent.public_id}/?type=seats")
    page_of(typed, "rosa", f"/call/copy/{sent.public_id}/?type=gone", 404)
    assert "Seats: Commit 6 units" in page_of(typed, "mina", f"/call/copy/{sent.public_id}/text/")
    board = page_of(typed, "vera", "/board/?type=seats")
    assert "Board: Seats" in board


def test_a_week_before_a_type_says_so_and_a_week_after_shows_it(team: Company) -> None:
    actions.set_type(by=OPS, at=AT - timedelta(days=8), name="Renewals", deal_types=["Renewal"])
    then = (AT - timedelta(days=10)).date()
    client = client_of(team, "mina")
    answer = client.get(f"/call/then/?on={then}&type=renewals")
    assert "no such forecast type on that day" in answer.content.decode()
    later = (AT - timedelta(days=6)).date()
    assert "Renewals then" in page_of(team, "mina", f"/call/then/?on={later}&type=renewals")


def test_files_of_a_type_say_which_and_do_not_load_back(typed: Company) -> None:
    mina = client_of(typed, "mina")
    answer = mina.get("/call/export.csv?period=2026Q4&type=seats")
    text = answer.getvalue().decode()
    *rows, last = list(csv.DictReader(io.StringIO(text)))
    assert {row["forecast_type"] for row in rows} == {"Seats"}
    assert (last["in"], sum(Decimal(row["own_call"]) for row in rows)) == ("units", Decimal(last["own_call"]))
    assert Decimal(last["own_call"]) == 5
    assert "forecast_type" not in mina.get("/call/export.csv").getvalue().decode()
    vera = client_of(typed, "vera").get("/board/export.csv?type=renewals").getvalue().decode()
    assert "forecast_type" in vera
    file = SimpleUploadedFile("call.csv", text.encode())
    refused = mina.post("/call/load/", {"file": file, "period": "2026Q4"})
    assert "This file is of one forecast type." in refused.content.decode()


def test_targets_of_a_type_are_set_on_the_targets_page(typed: Company) -> None:
    olu, rosa = client_of(typed, "olu"), typed.cast.rosa
    address = "/settings/targets/?period=2026Q4&type=seats"
    assert "Targets, 2026Q4: Seats" in olu.get(address).content.decode()
    answer = olu.post(address, {f"target-{rosa.public_id}": "120"})
    assert answer["Location"] == "/settings/targets/?period=2026Q4&type=seats"
    row = Target.objects.for_system("t").get(type="seats")
    assert row.amount_minor == 120 * kinds.unit()
    assert "120 units" in olu.get(address).content.decode()
    assert "Seats, units" in page_of(typed, "rosa", "/quarter/targets/")


def test_the_api_knows_types(typed: Company) -> None:
    mina = client_of(typed, "mina")
    found = mina.get("/api/forecast/types").json()
    assert [(one["key"], one["per_unit"]) for one in found] == [("renewals", None), ("seats", kinds.unit())]
    whole, of_type = (mina.get(f"/api/forecast/call{query}").json() for query in ("", "?type=renewals"))
    assert (whole["type"], of_type["type"]["name"], of_type["outlook"]) == (None, "Renewals", None)
    assert of_type["calls_sum"] == 58_200
    assert mina.get("/api/forecast/call?type=gone").status_code == 404
    quarter = client_of(typed, "rosa").get("/api/forecast/quarter").json()
    assert [(one["key"], one["computed"]) for one in quarter["types"]] == [
        ("renewals", 39_200), ("seats", 5 * kinds.unit()),
    ]  # fmt: skip
    body = {
        "amount_minor": whole["number"], "types": {"renewals": {"commit": 60_000}}, "reason": "More.", "key": "k",
    }  # fmt: skip
    sent = mina.post("/api/forecast/submissions", json.dumps(body), content_type="application/json")
    assert sent.status_code == 200, sent.content
    copy = mina.get(f"/api/forecast/submissions/{sent.json()['public_id']}").json()
    assert copy["types"][0]["numbers"]["commit"] == 60_000
