"""Divided deals: shares count where their people are, credit counts nowhere, the past stays, and who holds reads."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairlead import crm
from fairlead.calls import actions, intake, numbers, pipeline, queries
from fairlead.calls.queries.changes import Asked, Changes, changes
from fairlead.cli import app_data
from fairlead.crm import exchange
from fairlead.deals import actions as deals
from fairlead.deals import comparing, rules, splits
from fairlead.deals import queries as deal_queries
from fairlead.deals.models import Deal, Division, Share
from fairlead.deals.rules import DealRow
from fairlead.deals.shares import Given, SplitRow
from fairlead.ledger.models import Entry
from fairlead.people import access, clock
from fairlead.people import actions as people_actions
from tests.calls.company import OPS, Q4, STAGES
from tests.cast import AT, Cast

DAY = timedelta(days=1)
FIRST, WEEK_AGO = AT - 14 * DAY, AT - 7 * DAY
NORDWIND = DealRow(
    "d1", name="Nordwind", account="Nordwind AG", owner="rosa", amount=Decimal("240000.10"), stage="Paper",
    close_on=date(2026, 12, 10), created_on=date(2026, 8, 1),
)  # fmt: skip
QUILL = replace(NORDWIND, deal_id="d2", name="Quill", owner="pia", amount=Decimal(90_000))
WHOLE = 24000010


def show(cast: Cast, rows: list[DealRow], as_of: datetime) -> None:
    ids = {name: getattr(cast, name).pk for name in cast.names}
    deals.take_in(by=OPS, at=as_of, source="cast", deals=rows, people_ids=ids, as_of=as_of)


@pytest.fixture
def crew(cast: Cast) -> Cast:
    for stage, category in STAGES.items():
        deals.set_category_mapping(
            by=OPS, at=FIRST, stage=stage, category=category, starts_on=date(2026, 1, 1)
        )
    show(cast, [NORDWIND, QUILL], FIRST)
    return cast


def key(external: str = "d1") -> str:
    return Deal.objects.for_system("tests").get(external_id=external).public_id


def given_to(cast: Cast, **held: float) -> list[Given]:
    """``rosa=60, pia=40, sven_overlay=50``: percentages of people."""
    return [
        Given(
            getattr(cast, name.removesuffix("_overlay")).pk,
            "overlay" if name.endswith("_overlay") else "revenue",
            round(share * 100),
        )
        for name, share in held.items()
    ]


def divide(
    cast: Cast, at: datetime = AT - DAY, deal: str = "d1", starts_on: date | None = None, **held: Any
) -> None:
    deals.divide(
        by=cast.actor("olu", at), at=at, deal=key(deal), given=given_to(cast, **held), starts_on=starts_on
    )


def number(
    cast: Cast, name: str, at: datetime = AT, *, past: bool = False, category: str = "commit"
) -> numbers.Number:
    return numbers.number_of(cast.actor(name), getattr(cast, name).pk, Q4, at, past=past, category=category)


def computed(cast: Cast, leader: str, at: datetime = AT, *, past: bool = False) -> dict[str, int]:
    found = number(cast, leader, at, past=past)
    return {cell.name.split()[0].lower(): cell.computed for cell in found.cells if cell.computed}


def ask(cast: Cast, reader: str, node: str = "", start: datetime = WEEK_AGO, end: datetime = AT) -> Changes:
    return changes(cast.actor(reader), getattr(cast, node or reader).pk, Q4, start, end, at=AT, asked=Asked())


def bars(found: Changes) -> dict[str, int]:
    assert found.start + sum(bar.amount for bar in found.bars) == found.end
    return {bar.kind: bar.amount for bar in found.bars}


# Sums


def test_a_share_counts_where_its_person_is_and_parents_are_the_sum(crew: Cast) -> None:
    assert computed(crew, "vera") == {"mina": WHOLE, "otto": 9000000}
    divide(crew, rosa=60, ravi=20, pia=20)
    rosa, ravi, pia = (WHOLE * 60 // 100, WHOLE * 80 // 100 - WHOLE * 60 // 100, WHOLE - WHOLE * 80 // 100)
    held = {
        part.person: part.of(WHOLE)
        for part in splits.now()[Deal.objects.for_system("t").get(external_id="d1").pk]
    }
    assert sum(held.values()) == WHOLE
    assert computed(crew, "mina") == {"rosa": held[crew.rosa.pk], "ravi": held[crew.ravi.pk]}
    assert abs(held[crew.rosa.pk] - rosa) + abs(held[crew.ravi.pk] - ravi) + abs(held[crew.pia.pk] - pia) <= 3
    assert computed(crew, "otto") == {"pia": held[crew.pia.pk] + 9000000}
    assert computed(crew, "vera") == {
        "mina": held[crew.rosa.pk] + held[crew.ravi.pk], "otto": held[crew.pia.pk] + 9000000
    }  # fmt: skip


def test_a_deal_divided_inside_a_team_counts_once_there(crew: Cast) -> None:
    divide(crew, rosa=50, ravi=50)
    assert sum(computed(crew, "mina").values()) == WHOLE
    page = queries.call_page(crew.actor("mina"), crew.mina.pk, Q4, AT)
    assert {column.category: column.deals for column in page.columns}["commit"] == 1
    assert [(deal.name, deal.amount) for deal in page.to_judge] == [("Nordwind", WHOLE)]
    found = ask(crew, "mina")
    assert (found.deals_before, found.deals_after, bars(found)) == (1, 1, {})


def test_an_owner_who_holds_no_share_counts_nothing_of_it(crew: Cast) -> None:
    divide(crew, ravi=100)
    assert computed(crew, "mina") == {"ravi": WHOLE}
    assert queries.my_quarter(crew.actor("rosa"), Q4, AT).open_deals == 0
    assert queries.my_quarter(crew.actor("ravi"), Q4, AT).open_deals == 1


def test_overlay_credits_beside_the_sums_and_in_none_of_them(crew: Cast) -> None:
    before = computed(crew, "vera")
    divide(crew, sven_overlay=50, pia_overlay=100)
    assert computed(crew, "vera") == before
    cells = {cell.person: cell.credit for cell in number(crew, "vera").cells}
    assert cells == {crew.mina.pk: 0, crew.otto.pk: WHOLE, crew.sanna.pk: WHOLE // 2}
    page = queries.call_page(crew.actor("sanna"), crew.sanna.pk, Q4, AT)
    assert [(row.credit, row.own_call) for row in page.rows] == [(WHOLE // 2, 0)]
    assert number(crew, "sanna", category="most_likely").cells[0].credit == WHOLE // 2
    assert deal_queries.booked(None, Q4).minor == 0


def test_what_is_booked_counts_shares_live_and_as_it_was_known(crew: Cast) -> None:
    show(crew, [replace(NORDWIND, status="won", stage="Won", closed_on=date(2026, 11, 20))], AT - 3 * DAY)
    divide(crew, at=AT - 2 * DAY, rosa=25, pia=75)
    by_owner = deal_queries.booked_by_owner(None, Q4)
    assert sum(amount.minor for amount in by_owner.values()) == WHOLE == deal_queries.booked(None, Q4).minor
    for person in ("rosa", "pia"):
        id = getattr(crew, person).pk
        assert by_owner[id] == deal_queries.booked([id], Q4) == deal_queries.booked([id], Q4, AT)
    assert deal_queries.booked([crew.rosa.pk], Q4, AT - 2 * DAY).minor == WHOLE
    opened = deal_queries.open_by_owner(None, Q4)
    assert opened == {crew.pia.pk: {"commit": deal_queries.Amount(9000000, 1)}}


def test_the_estimate_of_a_team_counts_shares_to_the_cent_and_deals_once(crew: Cast) -> None:
    show(crew, [replace(QUILL, status="won", stage="Won", closed_on=date(2026, 11, 20))], AT - 3 * DAY)
    divide(crew, rosa=33.33, pia=66.67)
    divide(crew, deal="d2", pia=50, piet=50)
    run = actions.estimate(by=OPS, at=AT, with_past=False)
    from fairlead.calls.models import NodeEstimate

    rows = {
        (row.person_id, row.kind): row
        for row in NodeEstimate.objects.for_system("tests").filter(run=run, person__isnull=False)
    }
    parts = {
        part.person: part.of(WHOLE)
        for part in splits.now()[Deal.objects.for_system("t").get(external_id="d1").pk]
    }
    assert rows[crew.rosa.pk, "person"].commit_minor == parts[crew.rosa.pk]
    assert rows[crew.otto.pk, "team"].commit_minor == parts[crew.pia.pk] + 9000000
    assert rows[crew.vera.pk, "team"].commit_minor == WHOLE + 9000000
    assert rows[crew.otto.pk, "team"].booked_minor == 9000000
    assert rows[crew.piet.pk, "person"].booked_minor == 4500000
    assert rows[crew.vera.pk, "team"].open_deals == 1
    assert computed(crew, "vera") == {"mina": parts[crew.rosa.pk], "otto": parts[crew.pia.pk] + 9000000}


# What changed


def test_another_split_has_its_own_bar_and_adds_up_to_the_cent(crew: Cast) -> None:
    divide(crew, rosa=60, pia=40)
    moved = WHOLE - sum(computed(crew, "mina").values())
    assert bars(ask(crew, "mina")) == {"split_changed": -moved}
    assert bars(ask(crew, "otto")) == {"split_changed": moved}
    assert bars(ask(crew, "vera")) == {}
    (bar,) = ask(crew, "mina").bars
    (deal,) = bar.deals
    assert (deal.share, deal.before, deal.after) == ("Rosa Lindqvist 100 % → 60 %", WHOLE, WHOLE - moved)
    (bar,) = ask(crew, "otto").bars
    assert [deal.share for deal in bar.deals] == ["Pia Kranz none → 40 %"]


def test_amount_and_split_of_one_deal_are_two_bars(crew: Cast) -> None:
    divide(crew, rosa=50, pia=50)
    show(crew, [replace(NORDWIND, amount=Decimal("300000.10"))], AT - timedelta(hours=2))
    assert bars(ask(crew, "mina")) == {"split_changed": -12000005, "amount_up": 3000000}
    assert bars(ask(crew, "otto")) == {"split_changed": 12000005, "amount_up": 3000000}
    assert bars(ask(crew, "vera")) == {"amount_up": 6000000}


def test_a_submission_freezes_shares_and_its_bars_tell_another_split(crew: Cast) -> None:
    divide(crew, at=AT - 3 * DAY, rosa=60, pia=40)
    half = sum(computed(crew, "mina").values())
    sent = actions.submit(
        by=crew.actor("mina", AT - 2 * DAY), at=AT - 2 * DAY, person=crew.mina, period=Q4, amount_minor=half,
        reason="", key="k", expected_previous="",
    )  # fmt: skip
    (line,) = pipeline.thawed(sent.deals)
    assert (line.amount, line.whole, line.high - line.low, line.owner) == (half, WHOLE, 6000, crew.rosa.pk)
    divide(crew, at=AT - DAY, rosa=20, ravi=30, pia=50)
    found = actions.bars_since(sent, number(crew, "mina"), number(crew, "mina").suggestion)
    assert {bar.kind: bar.amount for bar in found} == {
        "split_changed": sum(computed(crew, "mina").values()) - half
    }
    again = numbers.sent_rows().get(pk=sent.pk)
    assert pipeline.thawed(again.deals) == [line]


def test_a_past_week_never_changes_by_a_split_said_later(crew: Cast) -> None:
    divide(crew, at=AT - 6 * DAY, rosa=60, pia=40)
    then = AT - 4 * DAY
    shown = [computed(crew, name, then, past=True) for name in ("mina", "otto", "vera")]
    pages = [
        queries.call_page(crew.actor(n), getattr(crew, n).pk, Q4, then, past=True) for n in ("mina", "otto")
    ]
    divide(crew, at=AT - 2 * DAY, starts_on=(AT - 5 * DAY).date(), rosa=10, pia=20, sven=70, ines_overlay=100)
    assert [computed(crew, name, then, past=True) for name in ("mina", "otto", "vera")] == shown
    again = [
        queries.call_page(crew.actor(n), getattr(crew, n).pk, Q4, then, past=True) for n in ("mina", "otto")
    ]
    assert [page.rows for page in again] == [page.rows for page in pages]
    assert [cell.credit for cell in number(crew, "mina", then, past=True).cells] == [0, 0, 0, 0]
    assert sum(cell.credit for cell in number(crew, "mina", AT, past=True).cells) == WHOLE


def test_a_reorganisation_takes_the_shares_of_a_person_along(crew: Cast) -> None:
    divide(crew, at=AT - 10 * DAY, rosa=60, pia=40)
    part = sum(computed(crew, "mina").values())
    people_actions.move(
        by=crew.actor("olu"),
        at=AT - 2 * DAY,
        person=crew.rosa,
        manager=crew.otto,
        starts_on=(AT - 2 * DAY).date(),
    )
    assert bars(ask(crew, "mina")) == {"left_with_owner": -part}
    assert bars(ask(crew, "otto")) == {"came_with_owner": part}


REVENUE = st.sampled_from(
    [
        {},
        {"rosa": 60, "pia": 40},
        {"rosa": 33.34, "ravi": 33.33, "sven": 33.33},
        {"pia": 100},
        {"ravi": 1, "rosa": 99},
    ]
)
ROWS = st.builds(
    lambda owner, euros, stage, close_on: replace(
        NORDWIND,
        owner=owner,
        amount=None if euros is None else Decimal(euros),
        stage=stage,
        close_on=close_on,
    ),
    st.sampled_from(["rosa", "ravi", "pia", "sven"]),
    st.none() | st.integers(1, 900),
    st.sampled_from(["Talk", "Paper"]),
    st.sampled_from([date(2026, 12, 10), date(2027, 1, 15), date(2026, 9, 20), None]),
)


@pytest.mark.database
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(ROWS, ROWS, REVENUE, REVENUE)
def test_the_page_of_changes_tells_what_the_definition_says_whatever_the_splits(
    crew: Cast, was: DealRow, is_: DealRow, before: dict[str, Any], after: dict[str, Any]
) -> None:
    # Deals of earlier examples stay: whatever they did, both sides tell the same of them.
    new_one = f"x{Deal.objects.for_system('tests').count()}"
    was, is_ = replace(was, deal_id=new_one), replace(is_, deal_id=new_one)
    show(crew, [was], FIRST)
    if before:
        divide(crew, at=FIRST + DAY, deal=new_one, **before)
    show(crew, [is_], AT - 2 * DAY)
    divide(crew, at=AT - DAY, deal=new_one, **after)
    every = [getattr(crew, name).pk for name in crew.names]
    old, new = (deal_queries.state_as_of(OPS, every, instant) for instant in (WEEK_AGO, AT))
    for names in (("rosa", "ravi", "ines", "tomas", "mina"), ("pia", "piet", "otto"), tuple(crew.names)):
        owners = [getattr(crew, name).pk for name in names]
        meant = rules.changes_between(
            old, new, Q4, owners=frozenset(owners), columns=pipeline.COLUMNS["commit"]
        )
        found = comparing.compared(owners, owners, Q4, WEEK_AGO, AT, pipeline.COLUMNS["commit"])
        told: dict[str, int] = {}
        for place in range(len(found.deals)):
            moves = found.moves
            if moves.reason[place] >= 0:
                kind = rules.REASONS[moves.reason[place]]
                told[kind] = told.get(kind, 0) + int(moves.by_reason[place])
            told["split_changed"] = told.get("split_changed", 0) + int(moves.by_split[place])
            kind = "amount_up" if moves.by_amount[place] > 0 else "amount_down"
            told[kind] = told.get(kind, 0) + int(moves.by_amount[place])
        assert {kind: amount for kind, amount in told.items() if amount} == dict(meant.bars)
        assert (int(found.moves.before.sum()), int(found.moves.after.sum())) == (meant.start, meant.end)


# Who may


READERS = {"rosa", "mina", "vera", "olu"}


def readers(cast: Cast) -> set[str]:
    found = set()
    for name in cast.names:
        actor = cast.actor(name)
        if access.may(actor, "deal.read"):
            try:
                deal_queries.deal(actor, key())
            except access.NotFound:
                continue
            found.add(name)
    return found


def test_who_holds_a_share_reads_the_deal_and_so_do_two_levels_above_as_long_as_it_is_held(
    crew: Cast,
) -> None:
    assert readers(crew) == READERS
    divide(crew, at=AT - 3 * DAY, rosa=60, sven=40)
    assert readers(crew) == READERS | {"sven", "sanna"}
    divide(crew, at=AT - 2 * DAY, rosa=100, pia_overlay=10)
    assert readers(crew) == READERS | {"pia", "otto"}
    divide(crew)
    assert readers(crew) == READERS


def test_a_holder_lists_the_deal_and_reads_nothing_that_is_its_owners(
    crew: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    divide(crew, rosa=60, sven=40)
    listed = deal_queries.list_deals(crew.actor("sven")).rows
    assert [line.name for line in listed] == ["Nordwind"]
    browser = client(crew, "sven")
    answer = browser.get(f"/deals/{key()}/")
    words = answer.content.decode()
    assert answer.status_code == 200
    assert "Sven Dahl" in words
    assert "Divide it otherwise" not in words
    for part in ("evidence/", "plan/", "plan/write/", "mutual/", "card/"):
        assert browser.get(f"/deals/{key()}/{part}").status_code in (403, 404), part
    assert browser.post(f"/deals/{key()}/category/", {"category": "commit"}).status_code == 404
    assert client(crew, "piet").get(f"/deals/{key()}/").status_code == 404


def test_only_sales_operations_divides(crew: Cast) -> None:
    for name in sorted(set(crew.names) - {"olu"}):
        with pytest.raises(access.NotAllowed):
            deals.divide(by=crew.actor(name), at=AT, deal=key(), given=given_to(crew, rosa=100))
    divide(crew, rosa=60, pia=40)
    entry = Entry.objects.filter(kind="deal.divided").get()
    assert entry.subject == key()


def test_a_split_is_refused_from_tomorrow_on_or_before_the_one_that_stands(crew: Cast) -> None:
    with pytest.raises(access.Refusal, match="from today on"):
        divide(crew, at=AT, starts_on=(AT + DAY).date(), rosa=100)
    divide(crew, at=AT - 2 * DAY, rosa=60, pia=40)
    with pytest.raises(access.Refusal, match="known already"):
        divide(crew, at=AT, starts_on=(AT - 3 * DAY).date(), rosa=100)
    with pytest.raises(access.Refusal, match="meanwhile"):
        deals.divide(by=crew.actor("olu"), at=AT, deal=key(), given=given_to(crew, rosa=100), seen=0)
    assert Division.objects.for_system("tests").count() == 1
    divide(crew, at=AT, starts_on=(AT - 2 * DAY).date(), rosa=60, pia=40)
    assert Division.objects.for_system("tests").count() == 1


# Pages, files, API


def client(cast: Cast, name: str) -> Client:
    found = Client()
    found.force_login(getattr(cast, name).user, backend="django.contrib.auth.backends.ModelBackend")
    return found


def test_the_form_divides_keeps_what_was_typed_when_refused_and_ends(
    crew: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    browser, page = client(crew, "olu"), f"/deals/{key()}/"
    form = {"person": ["Rosa Lindqvist", "pia@marlow.test"], "percent": ["60", "30"], "kind": ["revenue"] * 2}
    refused = browser.post(f"{page}split/", form | {"seen": "0", "act": "set"})
    assert refused.status_code == 422
    assert "come to 90 %" in refused.content.decode()
    assert 'value="pia@marlow.test"' in refused.content.decode()
    form["percent"] = ["60", "40 %"]
    assert browser.post(f"{page}split/", form | {"seen": "0", "act": "set"}).status_code == 302
    shown = browser.get(page).content.decode()
    assert "144,000.06" in shown
    assert "96,000.04" in shown
    assert browser.post(f"{page}split/", {"seen": "1", "act": "end"}).status_code == 302
    assert splits.now() == {}
    assert "undivided again" in browser.get(page).content.decode()


def test_the_call_page_has_a_column_for_credit_only_where_there_is_some(
    crew: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    assert "Overlay credit" not in client(crew, "sanna").get("/call/").content.decode()
    divide(crew, sven_overlay=50)
    assert "Overlay credit" in client(crew, "sanna").get("/call/").content.decode()
    divide(crew, at=AT, rosa=60, pia=40)
    assert "Split changed" in client(crew, "mina").get("/changes/", {"since": "week"}).content.decode()


def test_the_api_divides_and_shows_the_division(crew: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    browser, path = client(crew, "olu"), f"/api/deals/{key()}"
    body = {
        "shares": [
            {"person": crew.rosa.public_id, "hundredths": 6000},
            {"person": crew.pia.public_id, "hundredths": 4000},
            {"person": crew.sven.public_id, "hundredths": 10000, "kind": "overlay"},
        ],
        "seen": 0,
    }
    made = browser.post(f"{path}/split", json.dumps(body), content_type="application/json")
    assert made.status_code == 200, made.content
    division = browser.get(path).json()["division"]
    assert [(one["kind"], one["hundredths"], one["home_minor"]) for one in division["shares"]] == [
        ("revenue", 6000, 14400006), ("revenue", 4000, 9600004), ("overlay", 10000, WHOLE)
    ]  # fmt: skip
    stale = browser.post(f"{path}/split", json.dumps(body | {"shares": []}), content_type="application/json")
    assert stale.json()["code"] == "split_moved"


def taken(cast: Cast, folder: Path, *, dry_run: bool = False, at: datetime = AT) -> intake.Report:
    batch = crm.read(folder, rates_elsewhere=True)
    return intake.take_in_batch(
        by=cast.actor("olu"), at=at, rows=intake.rows_of(batch), manner=intake.Manner(source="cast", as_of=at),
        dry_run=dry_run, with_estimate=False,
    )  # fmt: skip


ROWS_OF_FILE = [
    SplitRow("d1", "Rosa Lindqvist", Decimal(60), "revenue", date(2026, 11, 23)),
    SplitRow("d1", "pia", Decimal(40), "revenue", date(2026, 11, 23)),
    SplitRow("d1", "sven@marlow.test", Decimal("33.34"), "overlay", date(2026, 11, 23)),
    SplitRow("d3", "pia", Decimal(50), "revenue"),
    SplitRow("d3", "piet", Decimal(50), "revenue"),
]


def test_a_file_divides_known_and_new_deals_once_and_export_gives_it_back(crew: Cast, tmp_path: Path) -> None:
    rows = [
        replace(row, owner={"rosa": "Rosa Lindqvist"}.get(row.owner, row.owner)) for row in (NORDWIND, QUILL)
    ]
    exchange.write(
        tmp_path / "in", deals=[*rows, replace(QUILL, deal_id="d3", name="New")], splits=ROWS_OF_FILE
    )
    assert taken(crew, tmp_path / "in", dry_run=True).splits == {"added": 2, "unchanged": 0}
    assert not Division.objects.for_system("tests").exists()
    assert taken(crew, tmp_path / "in").splits == {"added": 2, "unchanged": 0}
    assert taken(crew, tmp_path / "in").splits == {"added": 0, "unchanged": 2}
    held = splits.now()
    app_data.write(tmp_path / "out", crew.actor("olu"), None, AT)
    text = (tmp_path / "out" / "splits.csv").read_text()
    assert "d1,rosa,60,revenue,2026-11-23" in text
    assert taken(crew, tmp_path / "out").splits == {"added": 0, "unchanged": 2}
    assert splits.now() == held
    ending = [SplitRow("d3", "", Decimal(0))]
    exchange.write(tmp_path / "end", deals=rows, splits=ending)
    assert taken(crew, tmp_path / "end", at=AT + DAY).splits == {"added": 1, "unchanged": 0}
    assert len(splits.now()) == 1


def test_splits_of_salesforce_are_read_as_they_are_exported(tmp_path: Path) -> None:
    exchange.write(tmp_path, deals=[NORDWIND])
    (tmp_path / "OpportunitySplit.csv").write_text(
        "Id,OpportunityId,SplitOwner.Name,SplitPercentage,SplitType.MasterLabel,IsDeleted\n"
        "1,d1,Rosa Lindqvist,60,Revenue,false\n2,d1,Pia Kranz,40,Revenue,false\n"
        "3,d1,Sven Dahl,50,Overlay,false\n4,d1,Piet Maas,50,Overlay,true\n"
    )
    assert [(row.person, int(row.percent), row.kind) for row in crm.read(tmp_path).splits] == [
        ("Rosa Lindqvist", 60, "revenue"), ("Pia Kranz", 40, "revenue"), ("Sven Dahl", 50, "overlay")
    ]  # fmt: skip


def test_a_file_is_refused_with_every_row_that_cannot_be_right(crew: Cast, tmp_path: Path) -> None:
    odd = [
        SplitRow("d1", "Rosa Lindqvist", Decimal(60)),
        SplitRow("d1", "nobody known", Decimal(40)),
        SplitRow("gone", "pia", Decimal(100)),
        SplitRow("d2", "pia", Decimal(101)),
        SplitRow("d2", "piet", Decimal(50), "bonus"),
    ]
    exchange.write(tmp_path / "in", deals=[NORDWIND], splits=odd)
    with pytest.raises(deals.ImportRefused) as refused:
        taken(crew, tmp_path / "in")
    whys = " ".join(problem.why for problem in refused.value.problems)
    for words in ("Nobody is known", "no such deal", "from 0.01 to 100", "revenue or overlay"):
        assert words in whys
    assert not Division.objects.for_system("tests").exists()
    assert not Share.objects.for_system("tests").exists()


def test_who_holds_a_share_is_derived_from_what_was_said(crew: Cast) -> None:
    divide(crew, at=AT - 3 * DAY, rosa=60, pia=40)
    divide(crew, at=AT - 2 * DAY, rosa=70, sven=30, pia_overlay=5)

    def kept() -> list[tuple[object, ...]]:
        rows = Share.objects.for_system("tests").order_by("person", "kind")
        return list(rows.values_list("person", "kind", "low", "high", "current", "division"))

    before = kept()
    splits.derive([Deal.objects.for_system("tests").get(external_id="d1").pk])
    assert kept() == before
    current = [(row[0], row[1]) for row in before if row[4]]
    assert set(current) == {(crew.rosa.pk, "revenue"), (crew.sven.pk, "revenue"), (crew.pia.pk, "overlay")}
