"""The Call page in every category, and judging deals beside the number; all of it without script."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fairlead.calls import actions, queries
from fairlead.people import clock
from tests.calls import company as the_company
from tests.calls.company import Q4, Company
from tests.cast import AT, Cast


@pytest.fixture
def team(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setattr(clock, "now", lambda: AT)
    return the_company.mina_team(the_company.build(cast))


def client_of(team: Company, who: str) -> Client:
    client = Client()
    client.force_login(getattr(team.cast, who).user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_best_case_is_set_on_its_page_and_commit_stays(team: Company) -> None:
    mina = client_of(team, "mina")
    rosa = team.cast.rosa
    common = {"period": "2026Q4", "category": "best_case"}
    answer = mina.post(f"/call/reports/{rosa.public_id}/call/", common | {"number": "0.8"})
    assert answer["Location"] == "/call/?period=2026Q4&category=best_case#reports"
    mina.post(f"/call/reports/{rosa.public_id}/overlay/", common | {"number": "0.9", "note": "It grew."})
    best = queries.call_page(team.cast.actor("mina"), team.cast.mina.pk, Q4, AT, category="best_case")
    row = next(one for one in best.rows if one.person.id == rosa.pk)
    assert (row.said, row.overlay, row.overlay_note) == (800_00, 900_00, "It grew.")
    commit = queries.call_page(team.cast.actor("mina"), team.cast.mina.pk, Q4, AT)
    assert next(one for one in commit.rows if one.person.id == rosa.pk).overlay is None
    assert "It grew." in mina.get("/call/?category=best_case").content.decode()
    assert "It grew." not in mina.get("/call/").content.decode()


def test_an_own_number_is_set_in_a_category(team: Company) -> None:
    mina = client_of(team, "mina")
    mina.post("/call/number/", {"number": "2", "category": "most_likely", "period": "2026Q4"})
    page = queries.call_page(team.cast.actor("mina"), team.cast.mina.pk, Q4, AT, category="most_likely")
    assert page.said == 2000_00


def test_the_form_sends_all_three_numbers_exactly_as_they_were_shown(team: Company) -> None:
    team.change("Brightwater", euros=16549)
    mina = client_of(team, "mina")
    page = queries.call_page(team.cast.actor("mina"), team.cast.mina.pk, Q4, AT, category="best_case")
    form = mina.get("/call/").context
    offered = {other.category: other for other in form["others"]}
    data = {"number": form["shown"], "shown": form["shown"], "exact": form["commit"].suggestion, "key": "k"}
    for category, other in offered.items():
        data |= {f"number_{category}": other.shown, f"shown_{category}": other.shown}
    assert mina.post("/call/submit/", data).status_code == 302
    [sent] = queries.submissions(team.cast.actor("mina"), team.cast.mina.pk, Q4, AT, "best_case")
    assert sent.amount == page.amount
    copy = mina.get(f"/call/copy/{sent.public_id}/?category=best_case").content.decode()
    assert "Submitted in Best Case" in copy


def test_a_best_case_that_differs_keeps_what_was_typed_and_asks_why(team: Company) -> None:
    mina = client_of(team, "mina")
    form = mina.get("/call/").context
    data = {
        "number": form["shown"], "shown": form["shown"], "exact": form["commit"].suggestion, "key": "k",
        "number_best_case": "3",
    }  # fmt: skip
    answer = mina.post("/call/submit/", data)
    assert answer.status_code == 422
    assert "in Best Case" in answer.content.decode()
    assert {other.category: other.typed for other in answer.context["others"]}["best_case"] == "3"


def test_a_category_that_nobody_calls_is_not_there(team: Company) -> None:
    assert client_of(team, "mina").get("/call/?category=pipeline").status_code == 404


def test_a_rep_sets_own_best_case_and_sees_the_number_beside_it(team: Company) -> None:
    rosa = client_of(team, "rosa")
    rosa.post("/quarter/", {"number": "0.8", "category": "best_case", "period": "2026Q4"})
    actions.set_overlay(
        by=team.cast.actor("mina"), at=AT, person=team.cast.rosa, period=Q4, amount_minor=700_00,
        note="Half of it.", category="best_case",
    )  # fmt: skip
    found = {one.category: one for one in queries.my_quarter(team.cast.actor("rosa"), Q4, AT).calls}
    assert found["commit"].call is None
    assert found["best_case"].call is not None
    assert found["best_case"].call.amount == 800_00
    page = rosa.get("/quarter/").content.decode()
    assert "Half of it." in page
    refused = rosa.post("/quarter/", {"number": "many", "category": "best_case"})
    assert refused.status_code == 422
    assert 'href="#number-best_case"' in refused.content.decode()


def test_deals_are_judged_beside_the_number_and_taken_back(team: Company) -> None:
    mina = client_of(team, "mina")
    deal = team.deals["Kestrel"].public_id
    data = {"act": "out", "note": "No date.", "period": "2026Q4", "category": "best_case"}
    answer = mina.post(f"/call/deals/{deal}/judgement/", data)
    assert answer["Location"] == f"/call/?period=2026Q4&category=best_case#judge-{deal}"
    shown = {one.name: one for one in mina.get("/call/").context["to_judge"]}
    assert shown["Kestrel"].mine is not None
    assert (shown["Kestrel"].mine.verdict, shown["Kestrel"].mine.note) == ("out", "No date.")
    assert "Arden" not in shown, "a won deal is not judged"
    assert "Halden" not in shown, "without a date it is in no period"
    mina.post(f"/call/deals/{deal}/judgement/", {"act": "clear"})
    assert all(one.mine is None for one in mina.get("/call/").context["to_judge"])


def test_a_refused_judgement_stands_at_its_deal_with_what_was_typed(team: Company) -> None:
    mina = client_of(team, "mina")
    deal = team.deals["Kestrel"].public_id
    answer = mina.post(f"/call/deals/{deal}/judgement/", {"act": "out", "note": "x" * 501})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Write at most 500 characters." in page
    assert "x" * 501 in page


def test_an_executives_page_lists_no_reps_deals_to_judge(team: Company) -> None:
    assert client_of(team, "vera").get("/call/").context["to_judge"] == ()


def test_more_deals_and_calls_cost_no_more_queries(team: Company) -> None:
    mina = client_of(team, "mina")
    mina.get("/call/")

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert mina.get("/call/").status_code == 200
        return len(found)

    before = asked()
    for number in range(12):
        team.deal(f"More {number}", "rosa", 10 + number, "Offer")
        actions.judge(
            by=team.cast.actor("mina"), at=AT - timedelta(hours=1), period=Q4, verdict="in",
            deal=team.deals[f"More {number}"].public_id,
        )  # fmt: skip
    assert asked() == before


def test_a_number_that_cannot_stand_marks_its_own_field(team: Company) -> None:
    mina = client_of(team, "mina")
    form = mina.get("/call/").context
    data = {
        "number": form["shown"],
        "shown": form["shown"],
        "exact": form["commit"].suggestion,
        "reason": "So.",
    }
    for typed, said in (("1", "cannot be less. Raise Best Case."), ("abc", "is no number of thousands")):
        answer = mina.post("/call/submit/", data | {"number_best_case": typed, "key": typed})
        assert answer.status_code == 422
        assert answer.context["typed"].error_at == "number-best_case"
        page = answer.content.decode()
        assert 'href="#number-best_case"' in page
        assert page.count(said) == 2


def test_what_was_said_of_best_case_stays_in_what_is_offered(team: Company) -> None:
    mina = client_of(team, "mina")
    form = mina.get("/call/").context
    best = {other.category: other for other in form["others"]}["best_case"]
    more = str(int(best.shown) + 7) if best.shown.isdigit() else "9"
    data = {
        "number": form["shown"], "shown": form["shown"], "exact": form["commit"].suggestion, "reason": "So.",
        "number_best_case": more, "shown_best_case": best.shown, "key": "one",
    }  # fmt: skip
    assert mina.post("/call/submit/", data).status_code == 302
    again = {other.category: other for other in mina.get("/call/").context["others"]}["best_case"]
    assert (again.typed, again.shown, again.with_overlays) == (more, more, best.with_overlays)
