"""Settings and targets through the pages: what is set holds, what was before stays readable."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fairlead.calls import actions as calls_actions
from fairlead.calls.models import Target
from fairlead.deals.models import Category, Rate
from fairlead.notices.models import Notice
from fairlead.people import actions as people_actions
from fairlead.people import clock, queries
from fairlead.people.models import DayOff, Person
from fairlead.web import jobs
from tests.cast import AT, Cast

ORGANISATION = {
    "name": "Marlow", "currency": "EUR", "time_zone": "Europe/Berlin", "calendar_kind": "4-4-5",
    "calendar_starts_month": "2", "period_kind": "month", "due_weekday": "4", "due_time": "12:30",
    "news_limit": "3",
}  # fmt: skip


@pytest.fixture
def olu(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(clock, "now", lambda: AT)
    client = Client()
    assert cast.olu.user is not None
    client.force_login(cast.olu.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def words(response: Any) -> str:
    text: str = response.content.decode()
    return text


def targets() -> Any:
    return Target.objects.for_system("tests look")


def test_the_organisation_is_kept_as_it_was_written(olu: Client) -> None:
    assert olu.post("/settings/organisation/", ORGANISATION).status_code == 302
    house = queries.house()
    assert (house.name, house.time_zone, house.period_kind) == ("Marlow", "Europe/Berlin", "month")
    assert (house.calendar.kind, house.calendar.starts_month) == ("4-4-5", 2)
    assert (house.due_weekday, house.due_time, house.news_limit) == (4, "12:30", 3)


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("currency", "EURO", "is no currency"),
        ("time_zone", "Europe/Berlim", "There is no time zone"),
        ("due_time", "25:00", "valid time"),
        ("news_limit", "-1", "greater than or equal to 0"),
    ],
)
def test_a_wrong_word_is_said_at_its_field_and_nothing_is_kept(
    olu: Client, field: str, value: str, why: str
) -> None:
    response = olu.post("/settings/organisation/", {**ORGANISATION, field: value})
    assert response.status_code == 422
    assert why in words(response)
    assert queries.house().name == "Marlow Instruments"


def test_a_stage_is_mapped_from_a_day_and_its_history_stays(olu: Client) -> None:
    olu.post("/settings/stages/", {"stage": "Paused", "category": "pipeline", "starts_on": "2026-01-01"})
    olu.post("/settings/stages/", {"stage": "Paused", "category": "omitted", "starts_on": "2026-11-01"})
    assert Category.objects.filter(stage="Paused").count() == 2
    page = words(olu.get("/settings/"))
    assert "2 decisions" in page
    assert "Olu Adeyemi" in page


def test_a_rate_needs_a_foreign_currency_and_a_number_above_zero(olu: Client) -> None:
    given = {"rate_currency": "USD", "rate": "0.92", "rate_starts_on": "2026-01-01"}
    assert olu.post("/settings/rates/", {**given, "rate_currency": "EUR"}).status_code == 422
    assert olu.post("/settings/rates/", {**given, "rate": "-1"}).status_code == 422
    assert olu.post("/settings/rates/", given).status_code == 302
    assert str(Rate.objects.get().rate.normalize()) == "0.92"
    assert "0.92 EUR" in words(olu.get("/settings/"))


def test_targets_typed_into_the_grid_are_set_once(olu: Client, cast: Cast) -> None:
    data = {f"target-{cast.rosa.public_id}": "700,000", f"target-{cast.ravi.public_id}": ""}
    for _ in range(2):
        assert olu.post("/settings/targets/?period=2026Q4", data).status_code == 302
    row = targets().get()
    assert (row.person_id, row.period, row.amount_minor) == (cast.rosa.pk, "2026Q4", 70000000)
    assert "700,000" in words(olu.get("/settings/targets/?period=2026Q4"))


def test_a_changed_target_keeps_the_one_before(olu: Client, cast: Cast) -> None:
    field = f"target-{cast.rosa.public_id}"
    assert olu.post("/settings/targets/", {field: "700000"}).status_code == 302
    assert olu.post("/settings/targets/", {field: "650000", "reason": "territory"}).status_code == 302
    page = words(olu.get("/settings/targets/"))
    assert "€700,000.00" in page
    assert "€650,000.00" in page
    assert [row.reason for row in targets().order_by("pk")] == ["", "territory"]


@pytest.mark.parametrize("reason", ["", "Pia sells too little"])
def test_a_target_that_stood_changes_for_a_neutral_reason_only(olu: Client, cast: Cast, reason: str) -> None:
    field = f"target-{cast.rosa.public_id}"
    olu.post("/settings/targets/", {field: "700000"})
    refused = olu.post("/settings/targets/", {field: "650000", "reason": reason})
    assert refused.status_code == 422
    assert "Choose why a target changes" in words(refused)
    assert 'value="650000"' in refused.content.decode()
    assert targets().count() == 1


def test_an_amount_nobody_can_read_sets_none_of_them(olu: Client, cast: Cast) -> None:
    data = {f"target-{cast.rosa.public_id}": "5_000", f"target-{cast.ravi.public_id}": "100"}
    response = olu.post("/settings/targets/", data)
    assert response.status_code == 422
    assert "5_000" in words(response)
    assert not targets().exists()


def test_targets_come_from_a_file_all_or_none(olu: Client, cast: Cast) -> None:
    good = "person_id,period,amount\nrosa,2026Q4,700000\nravi,2026Q4,600000\n"
    bad = good.replace("ravi", "somebody")
    refused = olu.post(
        "/settings/targets/file/", {"file": SimpleUploadedFile("t.csv", bad.encode()), "source": "cast"}
    )
    assert refused.status_code == 422
    assert "somebody" in words(refused)
    assert not targets().exists()
    olu.post(
        "/settings/targets/file/", {"file": SimpleUploadedFile("t.csv", good.encode()), "source": "cast"}
    )
    assert targets().count() == 2


def test_public_holidays_move_the_due_moment_and_can_be_taken_back(olu: Client) -> None:
    olu.post("/settings/days-off/", {"country": "FI", "year": "2026", "part": "", "only_team": ""})
    page = words(olu.get("/settings/days-off/"))
    assert "Independence Day" in page
    assert "everybody" in page
    olu.post("/settings/days-off/", {"day": "2026-12-01", "name": "Inventory", "team": "industrial north"})
    mina, otto = (Person.objects.get(external_id=name).pk for name in ("mina", "otto"))
    rhythms = calls_actions.rhythms([mina, otto])
    assert date(2026, 12, 1) in rhythms[mina].off
    assert date(2026, 12, 1) not in rhythms[otto].off
    assert date(2026, 12, 25) in rhythms[otto].off
    olu.post("/settings/days-off/take-back/", {"day": "2026-12-25", "team": ""})
    assert date(2026, 12, 25) not in calls_actions.rhythms([otto])[otto].off
    again = olu.post("/settings/days-off/take-back/", {"day": "2026-12-25", "team": ""})
    assert again.status_code == 409
    olu.post("/settings/days-off/", {"country": "FI", "year": "2026", "part": "", "only_team": ""})
    assert date(2026, 12, 25) in calls_actions.rhythms([otto])[otto].off


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"day": "2026-13-01", "name": "", "team": ""}, "valid date"),
        ({"day": "2026-12-01", "name": "", "team": "Nobody"}, "No team is called Nobody"),
        ({"country": "DE", "year": "2026", "part": "ZZ", "only_team": ""}, "DE has no part ZZ"),
    ],
)
def test_a_day_off_that_cannot_be_read_is_said(olu: Client, given: dict[str, str], why: str) -> None:
    response = olu.post("/settings/days-off/", given)
    assert response.status_code == 422
    assert why in words(response)
    assert not DayOff.objects.exists()


def test_the_clock_reminds_once_of_a_number_that_is_due(cast: Cast) -> None:
    monday = datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert jobs.watched(monday) == []
    told = Notice.objects.filter(kind="calls.due")
    assert {notice.to_id for notice in told} >= {cast.mina.pk, cast.otto.pk, cast.vera.pk}
    count = told.count()
    assert jobs.watched(monday + timedelta(minutes=5)) == []
    assert told.count() == count


def test_a_day_off_is_no_day_to_remind_on(cast: Cast) -> None:
    people_actions.add_days_off(by=cast.actor("olu"), at=AT, days={date(2026, 11, 30): "Saint Andrew"})
    assert jobs.watched(datetime(2026, 11, 30, 12, tzinfo=UTC)) == []
    assert not Notice.objects.filter(kind="calls.due").exists()
    assert jobs.watched(datetime(2026, 12, 1, 12, tzinfo=UTC)) == []
    assert Notice.objects.filter(kind="calls.due").exists()
