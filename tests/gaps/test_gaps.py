"""Who keeps and reads the gap ledger, and that nobody else learns of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client

from fairlead.gaps import actions, queries
from fairlead.gaps.models import Carried, Gap, Version
from fairlead.gaps.rules import CutOrDelay, Given, Part
from fairlead.grounds import actions as grounds
from fairlead.ledger import queries as ledger
from fairlead.ledger.models import Entry
from fairlead.notices.models import Notice
from fairlead.people import access, clock, switches
from fairlead.people import actions as people
from fairlead.people.models import Partnership
from fairlead.records import actions as records
from fairlead.records import queries as record_queries
from tests.calls.company import Company
from tests.cast import AT


def given(company: Company, **other: object) -> Given:
    part = Part(company.cast.ravi.public_id, 10_000, date(2026, 10, 1), date(2026, 12, 31))
    said = Given((part,), (CutOrDelay("support", "The lab day moves", date(2026, 11, 2)),))
    return replace(said, **other)  # type: ignore[arg-type]


def keep(company: Company, said: Given | None = None, after: int = 0, quarter: str = "2026Q3") -> Gap:
    return actions.keep(
        by=company.cast.actor("mina"), at=AT, person=company.cast.rosa.public_id, quarter=quarter,
        given=said or given(company), after=after,
    )  # fmt: skip


@pytest.fixture
def client_of(company: Company, client: Client, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Client]:
    monkeypatch.setattr(clock, "now", lambda: AT)

    def of(name: str) -> Client:
        client.force_login(
            getattr(company.cast, name).user, backend="django.contrib.auth.backends.ModelBackend"
        )
        return client

    return of


def test_the_manager_and_hr_read_the_gap_and_what_a_part_did(company: Company) -> None:
    row = keep(company)
    for name in ("mina", "hana"):
        page = queries.one(company.cast.actor(name), row.public_id, AT)
        assert (page.entry.newest.asked_minor, page.entry.newest.won_minor) == (60_000, 42_000)
        assert page.entry.newest.gap_minor == 18_000
        effect = page.borne[0].effects[0]
        assert (effect.quarter, effect.with_it, effect.without) == ("2026Q4", 50, 58)
        assert page.today is None
        assert page.may is (name == "mina")


def test_hr_reads_what_a_part_did_in_its_units_alone(company: Company) -> None:
    """Standing is HR's by case; the gap ledger is such a case, and no further than HR's units."""
    row, cast = keep(company), company.cast
    people.move(by=cast.actor("olu"), at=AT, person=cast.ravi, manager=cast.otto, starts_on=AT.date())
    (borne,) = queries.one(cast.actor("hana"), row.public_id, AT).borne
    assert borne.shown, "both teams are in Hana's unit"
    Partnership.objects.update(head=cast.mina)
    (borne,) = queries.one(cast.actor("hana"), row.public_id, AT).borne
    assert (borne.part.minor, borne.shown, borne.effects) == (10_000, False, ())


def test_nobody_else_reads_it_or_learns_that_there_is_one(company: Company) -> None:
    row = keep(company)
    assert not Notice.objects.filter(kind__startswith="gap").exists()
    for name in ("rosa", "ravi", "pia", "otto", "vera", "carl", "olu", "ada"):
        actor = company.cast.actor(name)
        with pytest.raises((access.NotAllowed, access.NotFound)):
            queries.one(actor, row.public_id, AT)
        with pytest.raises((access.NotAllowed, access.NotFound)):
            keep_as(company, name)
        with pytest.raises((access.NotAllowed, access.NotFound)):
            take_back_as(company, name, row)
    for name in ("rosa", "ravi", "carl", "olu", "ada"):
        assert not queries.available(company.cast.actor(name), AT), name


def keep_as(company: Company, name: str) -> object:
    return actions.keep(
        by=company.cast.actor(name), at=AT, person=company.cast.rosa.public_id, quarter="2026Q2",
        given=given(company), after=0,
    )  # fmt: skip


def take_back_as(company: Company, name: str, row: Gap) -> object:
    return actions.take_back(by=company.cast.actor(name), at=AT, gap=row.public_id, why="Wrong.", after=1)


def test_a_former_manager_reads_nothing_and_todays_reads_all(company: Company) -> None:
    row, cast = keep(company), company.cast
    people.move(by=cast.actor("olu"), at=AT, person=cast.rosa, manager=cast.otto, starts_on=AT.date())
    with pytest.raises(access.NotFound):
        queries.one(cast.actor("mina"), row.public_id, AT)
    page = queries.one(cast.actor("otto"), row.public_id, AT)
    # Ravi is not in Otto's team: what the part did to his results is not Otto's to see.
    assert [(one.shown, one.effects) for one in page.borne] == [(False, ())]


def test_a_superior_reads_totals_of_three_sellers_or_more(company: Company) -> None:
    keep(company)
    book = queries.book(company.cast.actor("vera"), AT)
    assert (book.lines, book.open) == ((), ())
    assert [(one.quarter, one.sellers) for one in book.totals] == [("2026Q3", None)]


def test_it_is_off_until_it_is_turned_on_where_hrs_ground_stands(company: Company) -> None:
    cast = company.cast
    row = keep(company)
    switches.turn(by=cast.actor("ada"), at=AT, feature="gaps", head=cast.vera, state="off")
    for name in ("mina", "hana", "vera"):
        assert not queries.available(cast.actor(name), AT)
        with pytest.raises((access.NotFound, access.NotAllowed)):
            queries.one(cast.actor(name), row.public_id, AT)
    grounds.stop(by=cast.actor("hana"), at=AT, head=cast.vera.public_id, words="Stopped.", after_number=1)
    with pytest.raises(access.Refusal) as refused:
        switches.turn(by=cast.actor("ada"), at=AT, feature="gaps", head=cast.vera, state="on")
    assert refused.value.code == "no_ground"


def test_a_correction_and_taking_back_are_versions_with_a_reason(company: Company) -> None:
    row = keep(company)
    for said, after, code in (
        (given(company), 0, "changed_meanwhile"),
        (given(company), 1, "text_missing"),
        (given(company, why="Again."), 1, "the_same"),
    ):
        with pytest.raises(access.Refusal) as refused:
            keep(company, said, after)
        assert refused.value.code == code
    keep(company, given(company, cuts=(), why="The lab day was held."), 1)
    actions.take_back(
        by=company.cast.actor("mina"), at=AT, gap=row.public_id, why="It was no part of the gap.", after=2
    )
    with pytest.raises(access.Refusal) as refused:
        actions.take_back(by=company.cast.actor("mina"), at=AT, gap=row.public_id, why="Again.", after=3)
    assert refused.value.code == "taken_back"
    page = queries.one(company.cast.actor("mina"), row.public_id, AT)
    assert [one.kind for one in page.entry.versions] == ["taken_back", "kept", "kept"]
    assert [one.why for one in page.entry.versions][:2] == [
        "It was no part of the gap.",
        "The lab day was held.",
    ]
    keep(company, given(company, why="It was after all."), 3)
    assert queries.one(company.cast.actor("mina"), row.public_id, AT).entry.newest.number == 4


def test_the_ledger_keeps_no_word_of_it(company: Company) -> None:
    row = keep(company)
    entry = Entry.objects.get(kind="gap.kept")
    assert (entry.subject_kind, entry.subject) == ("gap", row.public_id)
    assert set(next(iter(ledger.facts_of("gap.kept")))) == {"number", "digest"}
    assert "lab" not in bytes(entry.body).decode()


def test_only_closed_quarters_with_a_gap_can_be_kept(company: Company) -> None:
    found = queries.book(company.cast.actor("mina"), AT).open
    assert [(one.person.name, one.quarter, one.gap_minor) for one in found] == [
        ("Rosa Lindqvist", "2026Q3", 18_000), ("Rosa Lindqvist", "2026Q2", 30_000),
    ]  # fmt: skip
    with pytest.raises(access.NotFound):
        keep(company, quarter="2026Q4")
    assert queries.book(company.cast.actor("otto"), AT).open == ()


def test_what_is_kept_comes_out_in_a_copy_and_goes_after_its_time(company: Company) -> None:
    keep(company)
    cast = company.cast
    for name in ("rosa", "ravi"):
        copy = records.open_copy(
            by=cast.actor("hana"),
            at=AT,
            person=getattr(cast, name).public_id,
            asked_on=AT.date(),
            reason="Asked.",
        )
        page = record_queries.copy(cast.actor("hana"), copy.public_id, AT)
        assert any(item.row.class_key == "gaps" for item in page.items), name
        records.call_off(by=cast.actor("hana"), at=AT, request=copy.public_id, reason="A test.")
    later = AT + timedelta(days=740)
    records.erase(by=cast.actor("hana", later), at=later, person=cast.rosa.public_id, key="gaps", seen=2)
    assert Version.objects.for_system("a test asks for it").get().content == {"erased": True}
    assert Carried.objects.for_system("a test asks for it").get().said == {"erased": True}
    page_of = queries.one(cast.actor("mina", later), Gap.objects.for_system("a test").get().public_id, later)
    assert page_of.entry.newest.erased
    assert page_of.borne == ()


# Pages


def form(company: Company, **other: str) -> dict[str, str]:
    return {
        "part1-carrier": company.cast.ravi.public_id, "part1-amount": "0.1", "part1-first": "2026-10-01",
        "part1-last": "2026-12-31", "cut1-kind": "support", "cut1-words": "The lab day moves",
        "cut1-first": "2026-11-02", "after": "0",
    } | other  # fmt: skip


def test_an_entry_is_written_corrected_and_taken_back_on_its_pages(
    company: Company, client_of: Callable[[str], Client]
) -> None:
    mina, address = client_of("mina"), f"/gaps/write/{company.cast.rosa.public_id}/2026Q3/"
    assert "Closed quarters with a gap" in mina.get("/gaps/").content.decode()
    refused = mina.post(address, form(company, **{"cut1-words": "Rosa is lazy"}))
    assert refused.status_code == 422
    assert "Rosa is lazy" in refused.content.decode()
    assert "personality" in refused.content.decode()
    assert mina.post(address, form(company)).status_code == 302
    row = Gap.objects.for_system("a test asks for it").get()
    page = mina.get(f"/gaps/{row.public_id}/").content.decode()
    for words in ("The lab day moves", "Ravi Menon", "It is never evidence about anybody", "With it"):
        assert words in page
    assert (
        mina.post(address, form(company, after="1", why="Smaller.", **{"part1-amount": "0.05"})).status_code
        == 302
    )
    rows = list(csv.reader(io.StringIO(b"".join(mina.get("/gaps/export.csv")).decode())))
    assert [line[5:8] for line in rows[1:]] == [
        ["part", "Ravi Menon", "50.00"], ["support", "The lab day moves", ""]
    ]  # fmt: skip
    assert mina.post(f"/gaps/{row.public_id}/back/", {"why": "", "after": "2"}).status_code == 422
    assert mina.post(f"/gaps/{row.public_id}/back/", {"why": "Wrong.", "after": "2"}).status_code == 302
    assert "Taken back" in mina.get(f"/gaps/{row.public_id}/").content.decode()


def test_the_menu_names_it_only_where_it_is_on(company: Company, client_of: Callable[[str], Client]) -> None:
    for name, there in (("mina", True), ("hana", True), ("vera", True), ("rosa", False), ("ravi", False)):
        assert ('href="/gaps/"' in client_of(name).get("/you/").content.decode()) is there, name


def test_the_api_keeps_reads_and_takes_back(company: Company, client_of: Callable[[str], Client]) -> None:
    mina, rosa = client_of("mina"), company.cast.rosa.public_id
    body = {
        "after": 0,
        "parts": [
            {
                "carrier": company.cast.ravi.public_id,
                "minor": 10_000,
                "first": "2026-10-01",
                "last": "2026-12-31",
            }
        ],
    }
    kept = mina.put(f"/api/results/gaps/of/{rosa}/2026Q3", body, content_type="application/json").json()
    assert (kept["gap_minor"], kept["parts"][0]["effects"][0]["without"]) == (18_000, 58)
    back = mina.post(
        f"/api/results/gaps/{kept['public_id']}/back",
        {"why": "Wrong.", "after": 1},
        content_type="application/json",
    )
    assert back.json()["kind"] == "taken_back"
    assert mina.get("/api/results/gaps").json()["lines"][0]["taken_back"]
