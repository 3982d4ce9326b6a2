"""Results as their seller and the manager read them: whose a deal is, what peers are, seats and leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client

from fairlead.deals import actions as deal_actions
from fairlead.deals import shares
from fairlead.deals.rules import ChangeRow, DealRow
from fairlead.forecasting.periods import Calendar
from fairlead.people import access, clock
from fairlead.records import actions as record_actions
from fairlead.records import queries as record_queries
from fairlead.records import rules as records
from fairlead.standing import actions, measuring, queries
from fairlead.standing.models import LeaveReason
from tests.calls import company as the_company
from tests.calls.company import Company
from tests.cast import AT, Cast
from tests.deals.test_reading import take
from tests.looks import making

pytestmark = pytest.mark.django_db
Q3 = Calendar().period("2026Q3")


@pytest.fixture
def company(cast: Cast) -> Company:
    """The cast with two past quarters, in a unit where results are looked at."""
    made = making.past(the_company.build(cast))
    making.ground(cast)
    return made


def test_a_book_handed_over_later_moves_nobodys_past(cast: Cast) -> None:
    moved = datetime(2026, 10, 12, 9, tzinfo=UTC)
    take(
        cast,
        [
            DealRow(
                "x", owner="ravi", amount=Decimal(500), stage="Paper", created_on=date(2026, 6, 1), status="won",
                closed_on=date(2026, 9, 1), close_on=date(2026, 9, 1),
            )
        ],
        [ChangeRow("x", "owner", "rosa", "ravi", moved, moved)],
    )  # fmt: skip
    both = {cast.rosa.pk, cast.ravi.pk}
    (end,) = measuring.closed(both, Q3.starts_on, Q3.ends_on)
    assert (end.owner, end.minor, end.days) == (cast.rosa.pk, 50_000, 92)
    assert measuring.closed({cast.ravi.pk}, Q3.starts_on, Q3.ends_on) == []


def test_a_divided_deal_counts_with_the_share(company: Company) -> None:
    cast, deal = company.cast, company.won("Divided", "rosa", 100, date(2026, 9, 20))
    given = [shares.Given(cast.rosa.pk, "revenue", 2_500), shares.Given(cast.pia.pk, "revenue", 7_500)]
    at = datetime(2026, 9, 1, 9, tzinfo=UTC)
    deal_actions.divide(by=cast.actor("olu", at), at=at, deal=deal.public_id, given=given)
    both = measuring.closed({cast.rosa.pk, cast.pia.pk}, date(2026, 9, 20), date(2026, 9, 20))
    assert {one.owner: one.minor for one in both} == {cast.rosa.pk: 2_500, cast.pia.pk: 7_500}


def test_a_page_shows_won_against_asked_with_peers_as_figures(company: Company) -> None:
    found = queries.of(company.cast.actor("rosa"), company.cast.rosa.pk, AT)
    newest = found.quarters[0]
    assert (newest.period.name, newest.won_minor, newest.asked.minor, newest.percent) == (
        "2026Q3",
        42_000,
        60_000,
        70,
    )
    assert (newest.win_rate.hits, newest.win_rate.cases, newest.win_rate.middle) == (3, 6, 50)
    assert found.run == 2
    beside = found.beside[0].peers
    assert (beside.count, beside.under, beside.middle) == (6, 0, 110)
    assert newest.without_largest is not None
    assert newest.without_largest.percent == 47


def test_of_four_peers_nothing_is_said(company: Company) -> None:
    cast = company.cast
    for name in ("sven", "piet"):
        actions.set_seat(
            by=cast.actor("olu"), at=AT, person=getattr(cast, name).public_id, job="Seller", segment="Utilities",
            starts_on=date(2023, 1, 2), ramps=False,
        )  # fmt: skip
    found = queries.of(cast.actor("rosa"), cast.rosa.pk, AT)
    assert found.peers is None
    assert found.beside[0].peers.middle is None


@pytest.mark.parametrize("name", ["carl", "vera", "otto", "ravi", "olu", "hana", "ada"])
def test_nobody_but_the_seller_and_the_manager_reads_results(company: Company, name: str) -> None:
    with pytest.raises((access.NotFound, access.NotAllowed)):
        queries.of(company.cast.actor(name), company.cast.rosa.pk, AT)


def test_a_manager_has_the_list_of_direct_reports_unranked(company: Company) -> None:
    rows = queries.of_reports(company.cast.actor("mina"), AT)
    assert [row.person.name for row in rows] == ["Ines Duarte", "Ravi Menon", "Rosa Lindqvist", "Tomas Novak"]
    assert {row.person.name: row.run for row in rows}["Rosa Lindqvist"] == 2


def test_nothing_is_there_without_a_ground(cast: Cast) -> None:
    assert not queries.runs_for(cast.actor("rosa"), AT)
    assert queries.of_reports(cast.actor("mina"), AT) == []
    with pytest.raises(access.NotFound):
        queries.of(cast.actor("rosa"), cast.rosa.pk, AT)


def test_the_reason_of_leave_is_read_by_the_person_and_hr_alone(company: Company) -> None:
    cast = company.cast
    company.target("rosa", 600)
    actions.write_leave(
        by=cast.actor("hana"), at=AT, person=cast.rosa.public_id, first=date(2026, 10, 5), last=date(2026, 10, 16),
        reason="A private matter.",
    )  # fmt: skip
    for name in ("rosa", "hana"):
        assert [line.reason for line in queries.leaves(cast.actor(name))] == ["A private matter."]
    for name in ("mina", "vera", "ravi", "olu"):
        assert queries.leaves(cast.actor(name)) == []
        assert not LeaveReason.objects.seen_by(cast.actor(name), "leave.read").exists()
    page = queries.of(cast.actor("mina"), cast.rosa.pk, AT)
    assert [part.days for part in page.now.asked.stretches if part.why == "away"] == [10]


def test_leave_does_not_overlap_and_is_taken_back_not_deleted(company: Company) -> None:
    cast, hana = company.cast, company.cast.actor("hana")
    said = {"by": hana, "at": AT, "person": cast.rosa.public_id, "reason": ""}
    row = actions.write_leave(**said, first=date(2026, 10, 5), last=None)  # type: ignore[arg-type]
    with pytest.raises(access.Refusal) as refused:
        actions.write_leave(**said, first=date(2026, 12, 1), last=date(2026, 12, 2))  # type: ignore[arg-type]
    assert refused.value.code == "overlaps"
    actions.take_back_leave(by=hana, at=AT, leave=row.public_id)
    actions.write_leave(**said, first=date(2026, 12, 1), last=date(2026, 12, 2))  # type: ignore[arg-type]
    row.refresh_from_db(from_queryset=type(row).objects.for_system("a test reads it"))
    assert row.taken_back_at == AT


def test_a_seat_of_the_same_day_replaces_the_one_before(company: Company) -> None:
    cast, olu = company.cast, company.cast.actor("olu")
    for job in ("Seler", "Seller"):
        actions.set_seat(
            by=olu,
            at=AT,
            person=cast.rosa.public_id,
            job=job,
            segment="",
            starts_on=date(2026, 1, 1),
            ramps=False,
        )
    assert [line.job for line in queries.seats(olu, person=cast.rosa.pk)] == ["Seller"]


@pytest.mark.parametrize("name", ["mina", "rosa", "hana", "carl"])
def test_seats_are_set_by_sales_operations_alone(company: Company, name: str) -> None:
    with pytest.raises(access.NotAllowed):
        actions.set_seat(
            by=company.cast.actor(name), at=AT, person=company.cast.rosa.public_id, job="X", segment="",
            starts_on=AT.date(), ramps=False,
        )  # fmt: skip


def test_the_page_says_what_was_open_as_each_quarter_began_and_how_the_year_went(company: Company) -> None:
    """As it was known then: what was entered later, moved out or lost before does not count."""
    start = datetime(2026, 6, 20, 9, tzinfo=UTC)
    company.deal("Open in Q3", "rosa", 900, "Paper", date(2026, 8, 20), at=start)
    company.deal("Next year", "rosa", 500, "Paper", date(2027, 2, 1), at=start)
    company.deal(
        "Entered later", "rosa", 700, "Paper", date(2026, 9, 1), at=datetime(2026, 7, 2, 9, tzinfo=UTC)
    )
    found = queries.of(company.cast.actor("mina"), company.cast.rosa.pk, AT)
    asked = next(one for one in found.quarters if one.period.name == "2026Q3").asked.minor
    assert asked == 60_000
    assert found.covers["2026Q3"] == round(90_000 * 100 / asked)
    assert "2025Q4" not in found.covers, "nothing was known of her then"
    assert found.own.coverage is not None
    assert found.own.attained == 60, "300 and 420 of 600 twice"
    assert found.before.attained is None
    assert found.before.coverage is None
    assert found.peers is not None
    assert found.peers.attained == 110


def _named(company: Company, country: str = "FI", on: bool = True) -> None:
    given = replace(records.shipped(country), named_comparisons=on)
    record_actions.set_country_rule(
        by=company.cast.actor("hana"), at=AT, rule=given, reason="Works council of May.",
        after_version=record_queries.country_rule(country).version,
    )  # fmt: skip


def test_role_peers_are_named_to_the_manager_and_hr_where_the_country_says_so_and_never_else(
    company: Company,
) -> None:
    cast, rosa = company.cast, company.cast.rosa.pk
    everybody = [name for name in cast.names if name != "rosa"]
    assert all(queries.compared(cast.actor(name), rosa, AT) is None for name in cast.names), "off by default"
    _named(company)
    seen = {name for name in cast.names if queries.compared(cast.actor(name), rosa, AT) is not None}
    assert seen == {"mina", "hana"}
    found = queries.compared(cast.actor("hana"), rosa, AT)
    assert found is not None
    mates = {getattr(cast, name).name for name in everybody if "rep" in cast.actor(name).roles}
    assert set(found.names) == mates
    assert found.others == 0
    _named(company, on=False)
    assert queries.compared(cast.actor("mina"), rosa, AT) is None


def test_a_peer_whose_own_country_keeps_them_unnamed_stays_a_figure(company: Company) -> None:
    cast = company.cast
    making.ground(cast, head="otto", given=replace(making.GIVEN, country="DE"))
    _named(company)
    found = queries.compared(cast.actor("mina"), cast.rosa.pk, AT)
    assert found is not None
    assert not {"Pia Kranz", "Piet Maas"} & set(found.names)
    assert found.others == 2
    assert queries.compared(cast.actor("otto"), cast.pia.pk, AT) is None


@pytest.mark.parametrize("on", [False, True])
def test_no_page_of_the_person_names_a_peer_and_the_managers_only_where_it_is_on(
    company: Company, client: Client, monkeypatch: pytest.MonkeyPatch, on: bool
) -> None:
    cast = company.cast
    if on:
        _named(company)
    monkeypatch.setattr(clock, "now", lambda: AT)

    def text(who: str) -> str:
        client.force_login(getattr(cast, who).user, backend="django.contrib.auth.backends.ModelBackend")
        address = "/standing/" if who == "rosa" else f"/standing/{cast.rosa.public_id}/"
        return client.get(address).content.decode()

    assert ("Role peers by name" in text("mina")) is on
    assert ("Piet Maas" in text("mina")) is on
    own = text("rosa")
    assert "Role peers by name" not in own
    assert "Piet Maas" not in own
    assert "Open at its start" in own
