"""The states of an ask, its clock, what it may say, and what asks came to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.asks import rules
from fairlead.people import access
from tests.asks.asking import CONTENT, DAY, DEBRIEF, FRIDAY, TODAY
from tests.cast import AT

WHO: dict[rules.Part, int] = {"owner": 1, "manager": 2, "executive": 3}
PARTS = st.sampled_from(list(WHO))
WALK = st.lists(st.tuples(PARTS, st.integers(0, 12)), max_size=25)


def taken(steps: list[rules.Step], kind: rules.Kind, by: int | None, on: date | None = None) -> rules.Step:
    now = rules.standing(FRIDAY, steps, TODAY)
    about = now.newest.number if kind == "undone" and now.newest else None
    return rules.Step(len(steps) + 1, kind, by, AT + len(steps) * timedelta(hours=1), on, "why", about)


def walked(walk: list[tuple[rules.Part, int]]) -> list[rules.Step]:
    """An ask that was sent, and steps that their people may take, whichever they choose."""
    steps = [rules.Step(1, "sent", WHO["owner"], AT)]
    for part, choice in walk:
        now = rules.standing(FRIDAY, steps, TODAY)
        open_to = rules.may(now, {part}, WHO[part])
        if open_to:
            kind = open_to[choice % len(open_to)]
            steps.append(
                taken(steps, kind, WHO[part], TODAY if kind in ("accepted", "proposed", "agreed") else None)
            )
    return steps


@given(WALK)
def test_steps_that_may_be_taken_always_lead_to_a_state(walk: list[tuple[rules.Part, int]]) -> None:
    steps = walked(walk)
    now = rules.standing(FRIDAY, steps, TODAY)
    assert now.state in rules.STATE_WORDS
    assert now.reached or now.state in rules.BEFORE_EXECUTIVE | {"withdrawn"}
    if now.state in ("turned_down", "declined", "withdrawn"):
        for part, by in WHO.items():
            assert set(rules.may(now, {part}, by)) <= {"undone"}


@given(WALK)
def test_the_executive_may_do_nothing_before_the_manager_approved(walk: list[tuple[rules.Part, int]]) -> None:
    now = rules.standing(FRIDAY, walked(walk), TODAY)
    if not now.reached:
        assert rules.may(now, {"executive"}, WHO["executive"]) == ()


@given(WALK)
def test_an_undo_brings_back_what_stood_before_and_is_of_who_took_the_step(
    walk: list[tuple[rules.Part, int]],
) -> None:
    steps = walked(walk)
    now = rules.standing(FRIDAY, steps, TODAY)
    allowed = [part for part, by in WHO.items() if "undone" in rules.may(now, {part}, by)]
    assert len(allowed) <= 1
    for part in allowed:
        assert now.newest is not None
        assert now.newest.by == WHO[part]
        back = rules.standing(FRIDAY, [*steps, taken(steps, "undone", WHO[part])], TODAY)
        gone = {s.about for s in steps if s.kind == "undone"}
        counting = [s for s in steps if s.kind != "undone" and s.number not in gone and s != now.newest]
        assert back == rules.standing(FRIDAY, counting, TODAY)


@given(WALK, PARTS, st.sampled_from(rules.KINDS))
def test_what_may_not_be_taken_is_refused_and_what_may_is_not(
    walk: list[tuple[rules.Part, int]], part: rules.Part, kind: rules.Kind
) -> None:
    now = rules.standing(FRIDAY, walked(walk), TODAY)
    if kind in rules.may(now, {part}, WHO[part]):
        rules.refuse_step(kind, now, {part}, WHO[part])
    else:
        with pytest.raises(access.Refusal):
            rules.refuse_step(kind, now, {part}, WHO[part])


@given(WALK, st.integers(-3, 10))
def test_only_what_waits_expires_and_only_when_its_day_has_passed(
    walk: list[tuple[rules.Part, int]], days: int
) -> None:
    steps, day = walked(walk), FRIDAY + days * DAY
    before, after = rules.standing(FRIDAY, steps, TODAY), rules.standing(FRIDAY, steps, day)
    waits = before.state in rules.WAITING
    assert (after.state == "expired") == (waits and day > before.until)
    if after.state == "expired":
        marked = [*steps, rules.Step(len(steps) + 1, "expired", None, AT)]
        assert rules.standing(FRIDAY, marked, day).state == "expired"
        for part, by in WHO.items():
            assert rules.may(after, {part}, by) == ()


def test_a_step_that_no_state_allows_is_a_broken_record_and_not_read_over() -> None:
    with pytest.raises(ValueError, match="does not follow"):
        rules.standing(FRIDAY, [rules.Step(1, "accepted", 3, AT, TODAY)], TODAY)


def test_an_accepted_day_lies_before_the_deadline_and_a_later_one_is_a_proposal() -> None:
    now = rules.standing(FRIDAY, [rules.Step(1, "sent", 1, AT), rules.Step(2, "approved", 2, AT)], TODAY)
    rules.refuse_day("accepted", FRIDAY, now, TODAY)
    rules.refuse_day("proposed", FRIDAY + DAY, now, TODAY)
    for on, code in ((FRIDAY + DAY, "day_late"), (TODAY - DAY, "day_passed"), (None, "bad_day")):
        with pytest.raises(access.Refusal) as refused:
            rules.refuse_day("accepted", on, now, TODAY)
        assert refused.value.code == code


def test_the_debrief_is_due_24_hours_after_the_end_of_the_day_where_the_house_is() -> None:
    assert rules.debrief_due(date(2026, 11, 24), "Europe/Helsinki") == datetime(2026, 11, 25, 22, tzinfo=UTC)
    assert rules.debrief_due(date(2026, 3, 28), "Europe/Helsinki") == datetime(2026, 3, 29, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (replace(CONTENT, kind="lunch"), "bad_type"),
        (replace(CONTENT, buyer=""), "missing"),
        (replace(CONTENT, purpose=" "), "missing"),
        (replace(CONTENT, helps=""), "missing"),
        (replace(CONTENT, background="x" * 221), "text_long"),
        (replace(CONTENT, do_not_offer=tuple(str(n) for n in range(9))), "many_offers"),
    ],
)
def test_an_ask_that_lacks_something_is_refused_with_what(content: rules.Content, code: str) -> None:
    with pytest.raises(access.Refusal) as refused:
        rules.kept(content)
    assert refused.value.code == code


def test_an_internal_block_needs_nobody_at_the_buyer() -> None:
    assert rules.kept(replace(CONTENT, kind="block", buyer="")).buyer == ""
    rules.refuse_buyer(replace(CONTENT, kind="block", buyer=""), ())
    with pytest.raises(access.Refusal, match="not among the plan"):
        rules.refuse_buyer(CONTENT, ("Jens Aho",))


@pytest.mark.parametrize(
    ("debrief", "code"),
    [
        (replace(DEBRIEF, said="\n "), "missing"),
        (replace(DEBRIEF, reached=""), "missing"),
        (replace(DEBRIEF, happened_on=TODAY + DAY), "bad_day"),
        (replace(DEBRIEF, provides_by=None), "bad_day"),
        (replace(DEBRIEF, words=(rules.Word("A discount", "executive", None),)), "bad_day"),
        (replace(DEBRIEF, words=(rules.Word("A discount", "clock", FRIDAY),)), "no_owner"),
    ],
)
def test_a_debrief_names_outcome_days_and_owners(debrief: rules.Debrief, code: str) -> None:
    with pytest.raises(access.Refusal) as refused:
        rules.kept_debrief(debrief, today=TODAY)
    assert refused.value.code == code


# Counts


@given(st.lists(WALK, max_size=8))
def test_a_load_counts_every_ask_that_came_once(walks: list[list[tuple[rules.Part, int]]]) -> None:
    standings = [rules.standing(FRIDAY, walked(walk), TODAY) for walk in walks]
    found = rules.load(standings)
    assert found.asked == sum(one.reached for one in standings)
    assert found.waiting + found.accepted + found.declined + found.expired <= found.asked
    assert (found.middle is None) == found.too_few


@given(
    st.lists(
        st.builds(
            rules.Pair, st.booleans(), st.lists(st.tuples(st.integers(1, 40), st.booleans())).map(tuple)
        )
    )
)
def test_an_effect_is_of_matched_deals_only_and_every_one_weighs_the_same(pairs: list[rules.Pair]) -> None:
    found = rules.effect(pairs)
    assert found.deals + found.unmatched == len(pairs)
    assert 0 <= found.won <= 1
    assert 0 <= found.others_won <= 1 + 1e-12
    twice = [rules.Pair(pair.won, pair.others * 2) for pair in pairs]
    again = rules.effect(twice)
    assert (again.deals, again.others) == (found.deals, found.others)
    assert again.others_won == pytest.approx(found.others_won)


def test_under_ten_deals_on_either_side_the_comparison_says_nothing() -> None:
    def pairs(count: int, others: int) -> list[rules.Pair]:
        return [rules.Pair(True, tuple((n, False) for n in range(others))) for _ in range(count)]

    assert rules.effect(pairs(9, 20)).too_few
    assert rules.effect(pairs(20, 9)).too_few
    assert not rules.effect(pairs(10, 10)).too_few


@given(*[st.tuples(st.integers(1, 10**9), st.sampled_from(("Talk", "Offer")), st.integers(0, 400))] * 2)
def test_being_alike_is_mutual(one: tuple[int, str, int], other: tuple[int, str, int]) -> None:
    assert rules.alike(one, other) == rules.alike(other, one)
    assert rules.alike(one, one)
