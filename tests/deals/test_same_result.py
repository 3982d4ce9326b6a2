"""Whatever the order and the pieces in which facts come, the same deals and the same history follow."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairlead.deals import actions, queries, timelines
from fairlead.deals.models import Deal, Source
from fairlead.deals.rules import ChangeRow, DealRow
from fairlead.deals.timelines import Fact
from fairlead.people import access
from tests.cast import AT, Cast

BEGIN = datetime(2026, 9, 1, 12, tzinfo=UTC)
STAGES = ("Qualify", "Propose", "Contract")


def moment(hours: int) -> datetime:
    return BEGIN + timedelta(hours=hours)


@dataclass(frozen=True)
class World:
    """Rows of one moment and the changes before it, possibly telling different stories."""

    rows: list[DealRow]
    changes: list[ChangeRow]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    ids = [f"d{n}" for n in range(draw(st.integers(1, 4)))]
    stage, close = st.sampled_from(STAGES), st.dates(date(2026, 10, 1), date(2027, 3, 1))
    changes = []
    for _ in range(draw(st.integers(0, 10))):
        at = moment(draw(st.integers(0, 200)))
        values = draw(st.sampled_from(["stage", "close_on", "owner"]))
        pick = {
            "stage": stage,
            "close_on": close.map(str),
            "owner": st.sampled_from(["rosa", "ravi", "nobody"]),
        }
        old, new = draw(pick[values]), draw(pick[values])
        late = timedelta(hours=draw(st.sampled_from([0, 0, 5])))
        changes.append(ChangeRow(draw(st.sampled_from(ids)), values, old, new, at, at + late))
    rows = [
        DealRow(
            id,
            name=f"Deal {id}",
            owner=draw(st.sampled_from(["rosa", "ravi", "nobody"])),
            amount=draw(st.none() | st.decimals(1, 1000, places=2)),
            stage=draw(stage),
            close_on=draw(st.none() | close),
            created_on=draw(st.none() | st.just(date(2026, 9, 1))),
        )
        for id in ids
        if draw(st.booleans())
    ]
    return World(rows, changes)


def take(
    cast: Cast, source: str, rows: Sequence[DealRow], changes: Sequence[ChangeRow], as_of: datetime
) -> None:
    people = {"rosa": cast.rosa.pk, "ravi": cast.ravi.pk}
    actions.take_in(
        by=access.system("tests"),
        at=AT,
        source=source,
        deals=rows,
        changes=changes,
        as_of=as_of,
        people_ids=people,
    )


def result(source: str) -> list[object]:
    """Everything a person could see of a source's deals, without the ids given here."""
    found: list[object] = []
    static = Source.objects.get(name=source).static
    for deal in Deal.objects.for_system("tests").filter(source__name=source).order_by("external_id"):
        history = queries._events(access.system("tests"), deal.pk, static)
        found.append(
            (
                deal.external_id, deal.owner_id, deal.owner_label, deal.amount_minor, deal.stage, deal.close_on,
                deal.pushes, deal.status, deal.changed_at, deal.missing_since, deal.digest, history,
            )
        )  # fmt: skip
    return found


quick = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)


@quick
@given(world=worlds(), seed=st.integers(0, 10**6))
def test_rows_and_changes_shuffled_repeated_and_split_give_the_same(
    cast: Cast, world: World, seed: int
) -> None:
    chance = random.Random(seed)
    name = f"s{chance.random()}"
    as_of = moment(300)
    take(cast, f"{name}-whole"[:40], world.rows, world.changes, as_of)
    pieces: list[tuple[list[DealRow], list[ChangeRow]]] = [([row], []) for row in world.rows]
    pieces += [([], [change]) for change in world.changes]
    pieces += chance.sample(pieces, len(pieces) // 2)
    chance.shuffle(pieces)
    for rows, changes in pieces:
        take(cast, f"{name}-split"[:40], rows, changes, as_of)
    if world.rows or world.changes:
        assert result(f"{name}-split"[:40]) == result(f"{name}-whole"[:40])


@quick
@given(world=worlds(), later=worlds(), seed=st.integers(0, 10**6))
def test_a_second_file_brought_again_changes_nothing(
    cast: Cast, world: World, later: World, seed: int
) -> None:
    name = f"t{random.Random(seed).random()}"[:40]
    take(cast, name, world.rows, world.changes, moment(250))
    take(cast, name, later.rows, later.changes, moment(300))
    before = result(name)
    take(cast, name, later.rows[::-1], later.changes[::-1], moment(300))
    take(cast, name, [], world.changes, moment(300))
    assert result(name) == before


@quick
@given(world=worlds(), later=worlds(), seed=st.integers(0, 10**6))
def test_an_older_file_after_a_newer_one_gives_the_same_newest_state(
    cast: Cast, world: World, later: World, seed: int
) -> None:
    name = f"u{random.Random(seed).random()}"[:36]
    for source, files in ((f"{name}-a", (0, 1)), (f"{name}-b", (1, 0))):
        for which in files:
            rows = (world.rows, later.rows)[which]
            take(cast, source, rows, [], moment((250, 300)[which]))
    shown = {row.deal_id for row in later.rows}
    first, second = result(f"{name}-a"), result(f"{name}-b")
    assert [r for r in first if r[0] in shown] == [r for r in second if r[0] in shown]  # type: ignore[index]


def facts_of(world: World) -> list[Fact]:
    rows = [
        Fact("", None, timelines.row_text(timelines.values_of(row, "EUR")), moment(250), None, moment(250))
        for row in world.rows[:1]
    ]
    mine = [c for c in world.changes if c.deal_id == "d0"]
    return rows + [Fact(c.field, c.old, c.new, c.at, c.at_from, c.recorded_at, c.by) for c in mine]


def start_of_day(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


@settings(max_examples=200, deadline=None, database=None)
@given(world=worlds(), seed=st.integers(0, 10**6))
def test_a_timeline_does_not_depend_on_the_order_of_facts(world: World, seed: int) -> None:
    facts = facts_of(world)
    shuffled = list(facts)
    random.Random(seed).shuffle(shuffled)
    assert timelines.timeline(shuffled, start_of_day=start_of_day) == timelines.timeline(
        facts, start_of_day=start_of_day
    )


@settings(max_examples=200, deadline=None, database=None)
@given(world=worlds())
def test_after_its_moment_the_row_is_the_state(world: World) -> None:
    facts = [fact for fact in facts_of(world) if fact.recorded_at <= moment(250)]
    state = timelines.state_at(timelines.timeline(facts, start_of_day=start_of_day))
    for row in world.rows[:1]:
        values = timelines.values_of(row, "EUR")
        assert {name: state.get(name) for name in values} == values


@settings(max_examples=200, deadline=None, database=None)
@given(world=worlds(), hours=st.integers(0, 320))
def test_a_state_holds_only_what_was_recorded_before(world: World, hours: int) -> None:
    events = timelines.timeline(facts_of(world), start_of_day=start_of_day)
    instant = moment(hours)
    known = [event for event in events if event.recorded_at < instant]
    assert timelines.state_at(events, instant) == timelines.state_at(known)


def test_changes_of_one_second_are_chained_by_old_and_new() -> None:
    at = moment(1)
    chain = [("", "A"), ("A", "B"), ("B", "C"), ("C", "D")]
    facts = [Fact("stage", old or None, new, at, None, at) for old, new in chain]
    for seed in range(10):
        random.Random(seed).shuffle(facts)
        events = timelines.timeline(facts, start_of_day=start_of_day)
        assert [event.new for event in events if event.field == "stage"] == ["A", "B", "C", "D"]


@pytest.mark.parametrize(
    ("text", "plain"), [("1054.0", "1054"), ("1E+3", "1000"), ("-0", "0"), ("0.10", "0.1"), ("12", "12")]
)
def test_amounts_are_told_the_same_however_they_are_spelled(text: str, plain: str) -> None:
    assert timelines.plain(Decimal(text)) == plain
