"""What a mutual plan holds, what changed between versions, and when an address leads to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.mutual import rules
from fairlead.people import access

DAY = date(2026, 12, 2)
SOUND = rules.MutualPlan(
    "Two sites measured before Easter", "Marlow Instruments", "Nordwind Paper Mills",
    "Both sites are measured every hour.", date(2027, 3, 15), "We look at it together on Thursdays.",
    (rules.Contact("Rosa Lindqvist", "account manager", "rosa@marlow.example"),),
    (rules.Contact("Karin Holm", "CFO"),),
    (
        rules.Step("Send the contract template", "", "Jens Aho", DAY, key=1),
        rules.Step("Answer to the template", "Rosa Lindqvist", "Jens Aho", DAY + timedelta(days=3), key=2),
    ),
)  # fmt: skip

words = st.text(max_size=60)
days = st.none() | st.dates(date(2026, 1, 1), date(2030, 1, 1))
steps = st.builds(
    rules.Step, st.text(min_size=1, max_size=60), words, words, days, st.booleans(), st.integers(0, 9)
)
plans = st.builds(
    rules.MutualPlan, words, words, words, words, days, words, steps=st.lists(steps, max_size=8).map(tuple)
)


@given(plans)
def test_a_plan_is_read_as_it_was_kept(plan: rules.MutualPlan) -> None:
    kept = rules.plan_of(rules.content_of(plan))
    assert rules.plan_of(rules.content_of(kept)) == kept


@given(plans)
def test_steps_stand_in_order_of_their_days_and_those_without_stand_last(plan: rules.MutualPlan) -> None:
    due = [step.due_on or date.max for step in rules.plan_of(rules.content_of(plan)).steps]
    assert due == sorted(due)


@given(plans, st.none() | plans)
def test_every_step_has_a_key_of_its_own_and_keeps_the_one_it_had(
    plan: rules.MutualPlan, before: rules.MutualPlan | None
) -> None:
    earlier = rules.numbered(before, None) if before else None
    made = rules.numbered(plan, earlier)
    keys = [step.key for step in made.steps]
    assert len(set(keys)) == len(keys)
    assert all(keys)
    known = {step.key for step in earlier.steps} if earlier else set()
    for before_step, after in zip(plan.steps, made.steps, strict=True):
        assert after.key == before_step.key or after.key not in known or before_step.key not in known
    assert rules.numbered(made, made) == made


def test_what_changed_is_marked_at_its_step_and_what_left_is_counted_and_not_repeated() -> None:
    later = replace(
        SOUND,
        go_live_on=date(2027, 4, 1),
        steps=(
            replace(SOUND.steps[0], done=True, due_on=DAY + timedelta(days=2)),
            rules.Step("Signature", "Vera Lindholm", "Karin Holm", key=3),
        ),
    )
    sheet = rules.sheet(later, 2, date(2026, 11, 20), SOUND, date(2026, 11, 12))
    assert [one.changes for one in sheet.steps] == [
        ("now done", "day changed, was 2 December 2026"),
        ("new",),
    ]
    assert sheet.changes == ("The go-live day changed, it was 15 March 2027.", "A step was taken out.")
    assert sheet.done == 1
    assert sheet.changed


def test_the_first_version_marks_nothing_and_an_unchanged_one_says_so() -> None:
    assert not rules.sheet(SOUND, 1, DAY).changed
    assert not rules.sheet(SOUND, 2, DAY, SOUND, DAY).changed


def test_the_next_step_is_the_open_one_that_is_due_first() -> None:
    assert SOUND.next == SOUND.steps[0]
    done = replace(SOUND, steps=tuple(replace(step, done=True) for step in SOUND.steps))
    assert done.next is None


def test_what_lacks_is_said_all_at_once() -> None:
    assert rules.lacking(SOUND) == []
    assert len(rules.lacking(rules.MutualPlan())) == 6
    orphan = replace(SOUND, steps=(rules.Step("Sign"),))
    assert rules.lacking(orphan) == ["Say who does “Sign”."]
    with pytest.raises(access.Refusal, match="Give it a title"):
        rules.refuse_unready(rules.MutualPlan())


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"go_live_on": "soon"}, "bad_day"),
        ({"title": "x" * 121}, "text_long"),
        ({"steps": [{"what": "x"}] * 31}, "many_rows"),
        ({"our_contacts": [{"name": "x"}] * 7}, "many_rows"),
    ],
)
def test_what_cannot_be_kept_is_refused(content: dict[str, object], code: str) -> None:
    with pytest.raises(access.Refusal) as refused:
        rules.plan_of(content)
    assert refused.value.code == code


def test_hidden_marks_of_direction_are_taken_out_and_joiners_of_names_stay() -> None:
    assert rules.one_line("Karin\u202e Holm\x00\n CFO") == "Karin Holm CFO"
    assert rules.one_line("می\u200cخواهم") == "می\u200cخواهم"
    assert rules.one_line("Z\u030c") == "Ž"


def test_texts_of_the_deal_plan_that_stand_in_it_are_pointed_out() -> None:
    leak = replace(SOUND, closing="The Cheaper Offer has nobody within 8 hours.")
    texts = [
        rules.Inside("The cheaper offer", "a rival"),
        rules.Inside("8 h", "too short to say anything"),
        rules.Inside("We lead on payback", "why we chose the strategy"),
    ]
    assert rules.inside(leak, texts) == [texts[0]]
    assert rules.inside(SOUND, texts) == []


MADE = datetime(2026, 11, 24, 12, 10, tzinfo=UTC)


@given(st.integers(1, 365), st.integers(1, 365), st.integers(1, 365))
def test_an_address_never_lives_longer_than_it_was_made_for_or_is_allowed(
    made_for: int, allowed: int, later: int
) -> None:
    rule = rules.Sharing(1, True, 1, allowed)
    ends = rules.ends_at(MADE, MADE + timedelta(days=made_for), rule)
    assert ends == MADE + timedelta(days=min(made_for, allowed))
    at = MADE + timedelta(days=later)
    state = rules.state(MADE, MADE + timedelta(days=made_for), None, rule, at)
    assert state == ("ended" if later >= min(made_for, allowed) else "open")


def test_the_state_of_an_address() -> None:
    ends, off = MADE + timedelta(days=30), rules.Sharing(2, False)
    assert rules.state(MADE, ends, None, off, MADE) == "off"
    assert rules.state(MADE, ends, MADE, rules.Sharing(), MADE) == "revoked"
    assert rules.state(MADE, ends, MADE, off, MADE) == "revoked"


@pytest.mark.parametrize(("usual", "most"), [(0, 90), (91, 90), (30, 366)])
def test_days_that_no_address_can_live_are_refused(usual: int, most: int) -> None:
    with pytest.raises(access.Refusal) as refused:
        rules.refuse_sharing(rules.Sharing(1, True, usual, most))
    assert refused.value.code == "bad_days"
