"""Tracks hold what facts tell: the same states at every instant, the same bridges, to the cent."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairlead.deals import actions, bridges, comparing, queries, rules, staging, tracking, tracks
from fairlead.deals.models import Deal, OwnCategory, Track
from fairlead.deals.rules import ChangeRow, DealRow, DealState, RateRow
from fairlead.forecasting.periods import Period
from fairlead.people import access
from tests.cast import AT, Cast
from tests.deals.test_money_and_bridges import states

BEGIN = datetime(2026, 9, 1, 12, tzinfo=UTC)
Q4 = Period(date(2026, 10, 1), date(2026, 12, 31), "2026Q4")
STAGES = ("Qualify", "Propose", "Contract", "Disqualified", "Florb")
DAYS = st.sampled_from([date(2026, 9, 20), date(2026, 11, 2), date(2026, 12, 30), date(2027, 1, 4)])


def moment(hours: int) -> datetime:
    return BEGIN + timedelta(hours=hours)


@st.composite
def rows(draw: st.DrawFn) -> list[DealRow]:
    found = []
    for n in draw(st.sets(st.integers(0, 5), min_size=1)):
        status = draw(st.sampled_from(["open", "open", "won", "lost"]))
        found.append(
            DealRow(
                f"d{n}",
                owner=draw(st.sampled_from(["rosa", "ravi", "nobody"])),
                account=draw(st.sampled_from(["", "Arden"])),
                amount=draw(st.none() | st.decimals(-10, 10**9, places=2)),
                currency=draw(st.sampled_from(["", "EUR", "SEK"])),
                stage=draw(st.sampled_from(STAGES)),
                forecast_category=draw(st.sampled_from(["", "Commit", "Best Case"])),
                close_on=draw(st.none() | DAYS),
                created_on=draw(st.none() | st.just(date(2026, 9, 1))),
                status=status,  # type: ignore[arg-type]
                closed_on=draw(st.none() | DAYS) if status != "open" else None,
            )
        )
    return found


@st.composite
def changes(draw: st.DrawFn) -> list[ChangeRow]:
    found = []
    values: dict[str, st.SearchStrategy[str]] = {
        "stage": st.sampled_from(STAGES),
        "close_on": DAYS.map(str),
        "owner": st.sampled_from(["rosa", "ravi", "nobody"]),
        "amount": st.integers(0, 10**7).map(str),
        "status": st.sampled_from(["open", "won", "lost"]),
    }
    for _ in range(draw(st.integers(0, 8))):
        at = moment(draw(st.integers(0, 400)))
        field = draw(st.sampled_from(sorted(values)))
        old, new = draw(values[field]), draw(values[field])
        found.append(ChangeRow(f"d{draw(st.integers(0, 5))}", field, old, new, at, at))
    return found


def set_up(cast: Cast) -> None:
    by, on = access.system("tests"), date(2026, 1, 1)
    rates = [RateRow("SEK", on, Decimal("0.0913")), RateRow("SEK", date(2026, 9, 12), Decimal("0.0877"))]
    actions.set_rates(by=by, at=AT, rates=rates)
    for stage, category in (("Qualify", "pipeline"), ("Propose", "best_case"), ("Contract", "commit")):
        actions.set_category_mapping(by=by, at=AT, stage=stage, category=category, starts_on=on)
    actions.set_category_mapping(
        by=by, at=AT, stage="Propose", category="most_likely", starts_on=date(2026, 9, 10)
    )


def take(
    cast: Cast, rows: Sequence[DealRow], changes: Sequence[ChangeRow], hours: int, *, full: bool = False
) -> None:
    actions.take_in(
        by=access.system("tests"), at=AT, source="crm", deals=rows, changes=changes, as_of=moment(hours),
        people_ids={"rosa": cast.rosa.pk, "ravi": cast.ravi.pk}, full=full,
    )  # fmt: skip


def arrange(wanted: bool) -> None:
    """As the worker does now and then, in small blocks."""
    with mock.patch.object(tracking, "BLOCK", 2):
        if wanted:
            tracking.arrange()


def stored() -> dict[int, bytes]:
    return {t.deal_id: bytes(t.records) for t in Track.objects.for_system("tests")}


def compared_both_ways(*asked: Any) -> comparing.Compared:
    """Read owner by owner and from blocks: the same deals, the same moves."""
    few = comparing.compared(*asked)
    with mock.patch.object(comparing, "MANY", 0):
        many = comparing.compared(*asked)
    for one in (few, many):
        assert len(one.deals) == len(set(one.deals.tolist()))
    by_deal = [
        {
            deal: [column[place] for column in vars(one.moves).values()]
            for place, deal in enumerate(one.deals.tolist())
        }
        for one in (few, many)
    ]
    assert by_deal[0] == by_deal[1]
    return many


def same(compared: comparing.Compared, bridge: rules.Bridge) -> None:
    """The columns say what ``changes_between`` says, deal by deal."""
    told = {}
    for place in np.flatnonzero(compared.moves.was | compared.moves.is_).tolist():
        code = int(compared.moves.reason[place])
        reason = None if code == bridges.NONE else rules.REASONS[code]
        amounts = int(compared.moves.by_reason[place]), int(compared.moves.by_amount[place])
        told[int(compared.deals[place])] = (reason, *amounts)
    assert told == {m.deal.id: (m.reason, m.by_reason, m.by_amount) for m in bridge.moves}
    assert bridges.total(compared.moves.before) == bridge.start
    assert bridges.total(compared.moves.after) == bridge.end


quick = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)


@quick
@given(
    first=rows(), second=rows(), told=changes(), full=st.booleans(), instants=st.tuples(*[st.integers(0, 450)] * 2),
    columns=st.sampled_from([rules.EVERYTHING, rules.OPEN_PIPELINE, frozenset({"commit", "closed"})]),
    choice=st.booleans(), answer=st.sampled_from(["", "deleted", "kept"]), arranged=st.tuples(*[st.booleans()] * 3),
)  # fmt: skip
def test_tracks_tell_what_facts_tell_and_are_built_again_from_them(
    cast: Cast,
    first: list[DealRow],
    second: list[DealRow],
    told: list[ChangeRow],
    full: bool,
    instants: tuple[int, int],
    columns: frozenset[str],
    choice: bool,
    answer: str,
    arranged: tuple[bool, ...],
) -> None:
    tracking.forget()
    OwnCategory.objects.for_system("tests").delete()
    for table in ("deals_absence", "deals_pastowner", "deals_dealevent", "deals_stageddeal", "deals_deal"):
        staging.run(f"DELETE FROM {table}")
    set_up(cast)
    take(cast, first, [], 200, full=True)
    arrange(arranged[0])
    if choice:
        for deal in Deal.objects.for_system("tests").filter(owner=cast.rosa, status="open")[:1]:
            at = moment(250)
            actions.set_own_category(by=cast.actor("rosa"), at=at, deal=deal.public_id, category="commit")
    take(cast, second, told, 300, full=full)
    arrange(arranged[1])
    for deal in Deal.objects.for_system("tests").filter(missing_since__isnull=False)[:1]:
        if answer:
            actions.answer_missing(by=cast.actor("olu"), at=moment(320), deal=deal.public_id, answer=answer)
    take(cast, first[:1], [], 400)
    arrange(arranged[2])
    kept = stored()
    assert set(kept) == set(Deal.objects.for_system("tests").values_list("pk", flat=True))
    start, end = (moment(hours) for hours in sorted(instants))
    team = {cast.rosa.pk, cast.ravi.pk}
    old, new = (queries.state_as_of(access.system("tests"), team, at) for at in (start, end))
    for owners in (team, {cast.rosa.pk}):
        bridge = rules.changes_between(old, new, Q4, owners=frozenset(owners), columns=columns)
        same(compared_both_ways(owners, owners, Q4, start, end, columns), bridge)
    before, after = {cast.rosa.pk}, {cast.rosa.pk, cast.ravi.pk}
    moved = rules.changes_between(
        old, new, Q4, owners=frozenset(after), owners_before=frozenset(before), columns=columns
    )
    same(compared_both_ways(before, after, Q4, start, end, columns), moved)
    tracking.forget()
    assert tracking.complete() == len(kept)
    assert stored() == kept


@quick
@given(first=rows(), second=rows(), seed=st.integers(0, 10**6))
def test_what_was_answered_of_the_past_stays_whatever_comes_later(
    cast: Cast, first: list[DealRow], second: list[DealRow], seed: int
) -> None:
    tracking.forget()
    for table in ("deals_absence", "deals_pastowner", "deals_dealevent", "deals_stageddeal", "deals_deal"):
        staging.run(f"DELETE FROM {table}")
    chance = random.Random(seed)
    set_up(cast)
    take(cast, first, [], 200, full=True)
    take(cast, first[:-1], [], 250, full=True)
    team = {cast.rosa.pk, cast.ravi.pk}
    ask = moment(201 + chance.randrange(40)), moment(260)

    def answer() -> object:
        found = comparing.compared(team, team, Q4, *ask, rules.EVERYTHING)
        order = np.argsort(found.deals)
        return [(column[order].tolist()) for column in vars(found.moves).values()]

    said = answer()
    take(cast, second, [], 300, full=True)
    for deal in Deal.objects.for_system("tests").filter(missing_since__isnull=False):
        word = chance.choice(["deleted", "kept"])
        actions.answer_missing(by=cast.actor("olu"), at=moment(310), deal=deal.public_id, answer=word)
    assert answer() == said


def columns_of(found: dict[int, DealState], ids: list[int]) -> tracks.States:
    """States as columns in the order of ids; the stage is the index in STAGES."""
    shown = [found.get(id) for id in ids]
    blank = DealState(0, "", "", None, None, "", "open", "", None, None)
    rows = [state or blank for state in shown]
    due = [state.close_on if state.status == "open" else state.closed_on for state in rows]
    zero = np.zeros(len(ids), np.int64)
    return tracks.States(
        there=np.array([state is not None and not state.missing for state in shown], bool),
        owner=np.array([state.owner or 0 for state in rows], np.int64),
        amount=np.array([state.amount or 0 for state in rows], np.int64),
        valued=np.array([state.amount is not None for state in rows], bool),
        category=np.array([tracks.CATEGORIES.index(state.category) for state in rows], np.int8),
        status=np.array([tracks.STATUSES.index(state.status) for state in rows], np.uint8),
        due=np.array([tracks.day(on) for on in due], np.int64),
        stage=zero,
        product=zero,
        account=zero,
        pushes=zero,
    )


OWNERS = st.frozensets(st.sampled_from([1, 2]))


@settings(max_examples=500, deadline=None)
@given(
    before=states(), after=states(), was=OWNERS, is_=OWNERS,
    columns=st.sampled_from([rules.EVERYTHING, rules.OPEN_PIPELINE, frozenset({"commit", "closed"})]),
)  # fmt: skip
def test_columns_decide_as_the_rules_do_deal_by_deal(
    before: list[DealState],
    after: list[DealState],
    was: frozenset[int],
    is_: frozenset[int],
    columns: frozenset[str],
) -> None:
    bridge = rules.changes_between(before, after, Q4, owners=is_, owners_before=was, columns=columns)
    old, new = {state.id: state for state in before}, {state.id: state for state in after}
    ids = sorted(old.keys() | new.keys())
    a, b = columns_of(old, ids), columns_of(new, ids)
    moves = bridges.compare(
        a, b, Q4, columns=columns,
        owned_before=bridges.members(was, 3)[a.owner], owned_after=bridges.members(is_, 3)[b.owner],
    )  # fmt: skip
    told = {
        ids[place]: (
            None if moves.reason[place] == bridges.NONE else rules.REASONS[moves.reason[place]],
            int(moves.by_reason[place]),
            int(moves.by_amount[place]),
        )
        for place in np.flatnonzero(moves.was | moves.is_).tolist()
    }
    assert told == {m.deal.id: (m.reason, m.by_reason, m.by_amount) for m in bridge.moves}
    assert (bridges.total(moves.before), bridges.total(moves.after)) == (bridge.start, bridge.end)


@given(st.lists(st.tuples(st.integers(-(2**62), 2**62), st.integers(0, 3)), max_size=50))
def test_sums_are_exact_however_large(values: list[tuple[int, int]]) -> None:
    amounts = np.array([value for value, _ in values], np.int64)
    groups = np.array([group for _, group in values], np.int64)
    assert bridges.total(amounts) == sum(value for value, _ in values)
    wanted = [sum(value for value, group in values if group == n) for n in range(4)]
    assert bridges.totals(amounts, groups, 4) == wanted


def test_an_import_that_is_only_staged_or_refused_leaves_no_track(cast: Cast) -> None:
    set_up(cast)
    row = DealRow("d1", owner="rosa", amount=Decimal(5), stage="Contract", close_on=date(2026, 11, 2))
    broken = DealRow("d2", owner="rosa", amount=Decimal(5), currency="XXX", stage="Contract")
    with pytest.raises(actions.ImportRefused):
        take(cast, [row, broken], [], 200)
    assert stored() == {}


def test_while_tracks_are_built_nothing_is_said_rather_than_half_of_it(cast: Cast) -> None:
    set_up(cast)
    rows = [DealRow(f"d{n}", owner="rosa", amount=Decimal(5), stage="Contract") for n in range(2)]
    take(cast, rows, [], 200)
    tracking.forget()
    tracking.build([max(Deal.objects.for_system("tests").values_list("pk", flat=True))])
    asked = ({cast.rosa.pk}, {cast.rosa.pk}, Q4, moment(1), moment(300), rules.EVERYTHING)
    with pytest.raises(access.Refusal, match="being prepared"):
        comparing.compared(*asked)
    assert actions.keep_tracks() == 1
    assert comparing.compared(*asked).persons


def test_a_deal_of_which_only_its_existence_was_known_is_new() -> None:
    bare = DealState(1, "a", "A", 1, None, "", "open", "", None, None)
    known = DealState(1, "a", "A", 1, 100, "commit", "open", "Contract", date(2026, 11, 2), None)
    assert rules.changes_between([bare], [known], Q4).bars == {"new": 100}
