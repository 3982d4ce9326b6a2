"""What changed between two instants: one reason per deal, bars that add up, and names only within two levels."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairlead.calls.queries import Asked, Changes, changes
from fairlead.calls.queries.changes import KINDS
from fairlead.deals import actions, staging
from fairlead.deals.models import Deal
from fairlead.deals.rules import ChangeRow, DealRow
from fairlead.people import access, clock
from fairlead.people import actions as people_actions
from tests.calls.company import Q4
from tests.cast import AT, Cast

FIRST, SECOND = AT - timedelta(days=14), AT - timedelta(days=1)
START, DAY = AT - timedelta(days=7), timedelta(days=1)
INSIDE, LATER, EARLIER = date(2026, 12, 10), date(2027, 1, 15), date(2026, 9, 20)
STAGES = {"Talk": "pipeline", "Offer": "best_case", "Paper": "commit"}
NORDWIND = DealRow(
    "d1", name="Nordwind", account="Nordwind AG", owner="rosa", amount=Decimal("240000.10"), stage="Paper",
    close_on=INSIDE, created_on=date(2026, 8, 1), product="Pumps",
)  # fmt: skip
WON = {"status": "won", "stage": "Won", "closed_on": date(2026, 11, 20)}
LOST = {"status": "lost", "stage": "Lost", "closed_on": date(2026, 11, 20)}


def show(cast: Cast, rows: list[DealRow], as_of: datetime, changed: list[ChangeRow] | None = None) -> None:
    """A full import of these rows."""
    for stage, category in STAGES.items():
        actions.set_category_mapping(
            by=cast.actor("olu"), at=FIRST, stage=stage, category=category, starts_on=date(2026, 1, 1)
        )
    actions.take_in(
        by=cast.actor("olu"), at=AT, source="crm", deals=rows, changes=changed or [], as_of=as_of, full=True,
        people_ids={name: getattr(cast, name).pk for name in cast.names},
    )  # fmt: skip


def ask(cast: Cast, reader: str, node: str = "", asked: Asked | None = None, end: datetime = AT) -> Changes:
    person = getattr(cast, node or reader)
    return changes(cast.actor(reader), person.pk, Q4, START, end, at=AT, asked=asked or Asked())


def bars(found: Changes) -> dict[str, int]:
    assert found.start + sum(bar.amount for bar in found.bars) == found.end
    return {bar.kind: bar.amount for bar in found.bars}


ALL = 24000010


@pytest.mark.parametrize(
    ("before", "after", "column", "moved"),
    [
        ({}, {"close_on": LATER}, "commit", {"pushed": -ALL}),
        ({"close_on": LATER}, {}, "commit", {"pulled_in": ALL}),
        ({}, {"close_on": EARLIER}, "commit", {"pulled_out": -ALL}),
        ({"close_on": EARLIER}, {}, "commit", {"pushed_in": ALL}),
        ({}, WON, "commit", {}),
        ({}, WON, "pipeline", {"won": -ALL}),
        ({}, WON, "closed", {"won": ALL}),
        ({}, LOST, "commit", {"lost": -ALL}),
        ({}, LOST | {"stage": "Disqualified"}, "commit", {"disqualified": -ALL}),
        ({}, None, "commit", {"deleted": -ALL}),
        (None, {}, "commit", {"new": ALL}),
        ({"stage": "Offer"}, {}, "commit", {"category_up": ALL}),
        ({}, {"stage": "Offer"}, "commit", {"category_down": -ALL}),
        ({}, {"stage": "Offer"}, "best_case", {}),
        ({}, {"amount": Decimal("250000")}, "commit", {"amount_up": 999990}),
        (
            {"close_on": EARLIER},
            {"amount": Decimal("200000")},
            "commit",
            {"pushed_in": ALL, "amount_down": 20000000 - ALL},
        ),
        # A date set by the act of closing is no push: it was due in the period, and is won.
        ({}, WON | {"close_on": LATER}, "pipeline", {"won": -ALL}),
        ({}, WON | {"close_on": LATER}, "commit", {}),
        # Touching an old won deal changes nothing here.
        (
            WON | {"closed_on": date(2026, 8, 3), "close_on": date(2026, 8, 3)},
            WON | {"closed_on": date(2026, 8, 3), "close_on": INSIDE, "amount": Decimal("1")},
            "commit",
            {},
        ),
    ],
)
def test_a_deal_has_one_reason_and_the_bars_add_up(
    cast: Cast,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
    column: str,
    moved: dict[str, int],
) -> None:
    other = replace(NORDWIND, deal_id="d2", name="Kestrel", amount=Decimal("100"))
    for changed, as_of in ((before, FIRST), (after, SECOND)):
        row = [] if changed is None else [replace(NORDWIND, **changed)]  # type: ignore[arg-type]
        show(cast, [*row, other], as_of)
    for reader in ("rosa", "mina", "vera", "carl"):
        assert bars(ask(cast, reader, asked=Asked(category=column))) == moved


def test_a_date_set_by_closing_counts_as_no_push(cast: Cast) -> None:
    show(cast, [NORDWIND], FIRST)
    show(cast, [replace(NORDWIND, **WON | {"close_on": LATER})], SECOND)  # type: ignore[arg-type]
    assert ask(cast, "mina").pushes.times == ()


def test_a_move_of_owner_inside_a_branch_nets_to_zero_at_the_common_manager(cast: Cast) -> None:
    show(cast, [NORDWIND], FIRST)
    show(cast, [replace(NORDWIND, owner="pia")], SECOND)
    assert bars(ask(cast, "rosa")) == {"owner_moved_out": -ALL}
    assert bars(ask(cast, "mina")) == {"owner_moved_out": -ALL}
    assert bars(ask(cast, "otto")) == {"owner_moved_in": ALL}
    above = ask(cast, "vera")
    assert bars(above) == {}
    told = {
        branch.person.name: (branch.moved, branch.came, branch.left)
        for branch in above.branches
        if branch.person
    }
    assert told["Mina Aalto"] == (-ALL, 0, ALL)
    assert told["Otto Brandt"] == (ALL, ALL, 0)


def test_who_moves_takes_the_deals_along_and_the_past_keeps_its_tree(cast: Cast) -> None:
    show(cast, [NORDWIND], FIRST)
    people_actions.move(
        by=cast.actor("olu"), at=AT, person=cast.rosa, manager=cast.otto, starts_on=AT.date() - 2 * DAY
    )
    assert bars(ask(cast, "mina")) == {"left_with_owner": -ALL}
    assert bars(ask(cast, "otto")) == {"came_with_owner": ALL}
    assert bars(ask(cast, "vera")) == {}
    then = ask(cast, "mina", end=AT - 4 * DAY)
    assert (then.start, then.end) == (ALL, ALL)


def test_pushes_are_counted_and_a_second_one_is_listed(cast: Cast) -> None:
    moves = [("2026-10-01", "2026-11-05", 40), ("2026-11-05", "2026-12-10", 3)]
    told = [
        ChangeRow("d1", "close_on", old, new, AT - days * DAY, AT - days * DAY) for old, new, days in moves
    ]
    show(cast, [NORDWIND], SECOND, told)
    pushes = ask(cast, "mina").pushes
    assert pushes.times == ((2, 1, ALL),)
    assert (pushes.since, pushes.repeated_count) == (1, 1)
    assert [deal.name for deal in pushes.repeated] == ["Nordwind"]
    far = ask(cast, "carl").pushes
    assert (far.repeated, far.repeated_count) == ((), 1)
    assert [one.person.name for one in far.others if one.person] == ["Vera Lindholm"]


def test_names_end_two_levels_below_and_above_there_is_somebody_to_ask(cast: Cast) -> None:
    show(cast, [NORDWIND], FIRST)
    show(cast, [replace(NORDWIND, close_on=LATER)], SECOND)
    for reader in ("rosa", "mina", "vera"):
        (bar,) = ask(cast, reader).bars
        assert [deal.name for deal in bar.deals] == ["Nordwind"]
        assert bar.asks == ()
    for node in ("carl", "vera", "mina"):
        (bar,) = ask(cast, "carl", node).bars
        assert (bar.count, bar.amount, bar.deals, bar.more) == (1, -ALL, (), 0)
        asked = "Vera Lindholm" if node == "carl" else "Mina Aalto"
        assert [one.person.name for one in bar.asks if one.person] == [asked]


def test_nobody_finds_out_names_above_by_filtering(cast: Cast) -> None:
    show(cast, [NORDWIND], FIRST)
    assert ask(cast, "carl", asked=Asked(account="Nordwind")).start == 0
    assert ask(cast, "vera", asked=Asked(account="nordwind")).start == ALL
    with pytest.raises(access.NotFound):
        ask(cast, "carl", asked=Asked(owners=(cast.rosa.public_id,)))


def test_a_node_out_of_reach_is_not_there(cast: Cast) -> None:
    for reader, node in (
        ("rosa", "mina"),
        ("mina", "otto"),
        ("vera", "rosa"),
        ("carl", "rosa"),
        ("otto", "rosa"),
    ):
        with pytest.raises(access.NotFound):
            ask(cast, reader, node)
    with pytest.raises(access.NotAllowed):
        ask(cast, "hana", "mina")
    assert ask(cast, "mina", "rosa").bars == ()
    assert ask(cast, "olu", "carl").bars == ()


@st.composite
def snapshots(draw: st.DrawFn) -> list[list[DealRow]]:
    """Two files of the same deals as they may have changed."""
    files = []
    for _ in range(2):
        rows = []
        for n in sorted(draw(st.sets(st.integers(0, 9)))):
            status = draw(st.sampled_from(["open", "open", "open", "won", "lost"]))
            rows.append(
                DealRow(
                    f"d{n}", name=f"Deal {n}", owner=draw(st.sampled_from(["rosa", "ravi", "pia", "sven", "mina"])),
                    amount=draw(st.none() | st.decimals(-5, 10**7, places=2)),
                    stage=draw(st.sampled_from([*STAGES, "Odd"])), product=draw(st.sampled_from(["", "A", "B"])),
                    close_on=draw(st.none() | st.sampled_from([INSIDE, LATER, EARLIER])),
                    created_on=date(2026, 8, 1), status=status,  # type: ignore[arg-type]
                    closed_on=draw(st.sampled_from([INSIDE, EARLIER])) if status != "open" else None,
                )
            )  # fmt: skip
        files.append(rows)
    return files


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(
    files=snapshots(),
    category=st.sampled_from(["commit", "pipeline", "best_case", "closed"]),
    alone=st.booleans(),
)
def test_bars_of_a_leader_are_those_of_the_reports_and_filters_divide_them(
    cast: Cast, files: list[list[DealRow]], category: str, alone: bool
) -> None:
    for table in ("track", "absence", "pastowner", "dealevent", "stageddeal", "deal"):
        staging.run(f"DELETE FROM deals_{table}")
    for rows, as_of in zip(files, (FIRST, SECOND), strict=True):
        show(cast, rows, as_of)
    asked = Asked(category=category, alone=alone)
    vera, parts = (
        ask(cast, "vera", asked=asked),
        [ask(cast, name, asked=asked) for name in ("mina", "otto", "sanna")],
    )
    bars(vera)
    assert vera.start == sum(part.start for part in parts) == sum(branch.start for branch in vera.branches)
    assert vera.end == sum(part.end for part in parts) == sum(branch.end for branch in vera.branches)
    crossing = {"owner_moved_in", "owner_moved_out"}
    teams = dict.fromkeys(("rosa", "ravi", "mina"), "mina") | {"pia": "otto", "sven": "sanna"}
    owners = [{row.deal_id: teams[row.owner] for row in rows} for rows in files]
    if all(owners[0].get(id, team) == team for id, team in owners[1].items()):
        added: dict[str, int] = {}
        for part in parts:
            for kind, amount in bars(part).items():
                added[kind] = added.get(kind, 0) + amount
        assert not crossing & added.keys()
        assert {kind: amount for kind, amount in added.items() if amount} == {
            kind: amount for kind, amount in bars(vera).items() if amount
        }
    whole = (vera.start, vera.end, vera.deals_before, vera.deals_after)
    for divided in (
        [replace(asked, kinds=(kind,)) for kind in KINDS],
        [replace(asked, owners=(owner,)) for owner, _ in vera.choices.owners],
        [replace(asked, amount_to=500_00), replace(asked, amount_from=500_01)],
    ):
        found = [ask(cast, "vera", asked=one) for one in divided]
        sums = [
            sum(getattr(one, name) for one in found)
            for name in ("start", "end", "deals_before", "deals_after")
        ]
        assert tuple(sums) == whole
    for side in ("before", "after"):
        cells = [(cell.source if side == "before" else cell.goal, getattr(cell, side)) for cell in vera.flow]
        counted = sum(amount for place, amount in cells if place in asked.columns)
        assert counted == (vera.start if side == "before" else vera.end)


# The page


@pytest.fixture
def page(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: AT)
    show(cast, [NORDWIND, replace(NORDWIND, deal_id="d2", name="=1+1", stage="Offer")], FIRST)
    show(cast, [replace(NORDWIND, close_on=LATER), replace(NORDWIND, deal_id="d2", name="=1+1")], SECOND)
    return cast


def client(cast: Cast, name: str) -> Client:
    found = Client()
    found.force_login(getattr(cast, name).user, backend="django.contrib.auth.backends.ModelBackend")
    return found


def test_the_page_shows_bars_flow_and_deals_and_takes_filters_without_script(page: Cast) -> None:
    answer = client(page, "mina").get("/changes/", {"since": "week"}).content.decode()
    for words in ("Pushed", "Category up", "Nordwind", "pushed 1 time", "From category to category"):
        assert words in answer
    deal = Deal.objects.for_system("tests").get(external_id="d1")
    assert f"/deals/{deal.public_id}/" in answer
    one = client(page, "mina").get("/changes/", {"since": "week", "kind": "pushed"}).content.decode()
    assert "only some deals" in one
    none = client(page, "mina").get("/changes/", {"since": "week", "kind": "won"}).content.decode()
    assert "No change fits this filter." in none


def test_an_executive_reads_no_name_of_a_deal_or_rep_on_the_page_in_the_export_or_the_api(page: Cast) -> None:
    reader = client(page, "carl")
    for address in ("/changes/", "/changes/export.csv", "/api/forecast/changes"):
        text = reader.get(address, {"since": "week"}).getvalue().decode()
        assert "Vera Lindholm" in text
        for name in ("Nordwind", "1+1", "Rosa Lindqvist"):
            assert name not in text


def test_the_export_adds_up_and_holds_no_formula(page: Cast) -> None:
    text = client(page, "mina").get("/changes/export.csv", {"since": "week"}).getvalue().decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    start, end = Decimal(rows[0]["amount_before"]), Decimal(rows[-1]["amount_after"])
    assert start + sum(Decimal(row["moved"]) for row in rows[1:-1]) == end
    assert {row["deal"] for row in rows[1:-1]} == {"Nordwind", "'=1+1"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"since": "date"}, "Choose the day to start from."),
        ({"since": "date", "day": "2026-11-30"}, "The end has to be after the start."),
        (
            {"since": "date", "day": "2026-11-20", "until": "2026-11-10"},
            "The last day lies before the first.",
        ),
        ({"since": "date", "day": "0001-01-01"}, "is no day to compare with"),
        ({"amount_from": "9", "amount_to": "3"}, "The largest amount is below the smallest."),
    ],
)
def test_an_odd_question_is_answered_with_what_to_choose(
    page: Cast, words: dict[str, str], says: str
) -> None:
    answer = client(page, "mina").get("/changes/", words)
    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_between_any_two_days_only_what_was_recorded_by_then_counts(page: Cast) -> None:
    words = {"since": "date", "day": "2026-11-12", "until": "2026-11-20"}
    assert "Nothing moved this number." in client(page, "mina").get("/changes/", words).content.decode()
    found = client(page, "mina").get("/api/forecast/changes", words).json()
    assert (found["start"], found["end"], found["bars"]) == (ALL, ALL, [])
