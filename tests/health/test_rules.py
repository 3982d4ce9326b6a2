"""What is flagged: each rule at its edge, what it says without data, snoozes, corrections, the message, the order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.health import rules
from fairlead.health.rules import Facts, Noted, Quiet, Said, Usual
from fairlead.people import access

TODAY = date(2026, 11, 24)
USUAL = Usual(
    {"Offer": (30.0, 40), "Rare": (10.0, 3)}, {"": (100.0, 50), "Pumps": (1000.0, 12), "Odd": (5.0, 2)}
)
SOUND = Facts(
    stage="Offer", stage_since=TODAY - timedelta(days=30), product="Pumps", amount=1000.0, close_on=TODAY, pushes=1,
    moved_on=TODAY - timedelta(days=3),
    said=Said(people=2, only="Karin Holm", decides=True, contact_on=TODAY - timedelta(days=21), steps=True),
)  # fmt: skip


def state(key: str, facts: Facts) -> str:
    found = rules.verdicts(facts, USUAL, rules.SHIPPED, TODAY)
    return found[rules.KEYS.index(key)].state


def test_a_sound_deal_has_no_flag_up_and_nothing_unknown() -> None:
    assert {one.state for one in rules.verdicts(SOUND, USUAL, rules.SHIPPED, TODAY)} == {"down"}


@pytest.mark.parametrize(
    ("key", "facts"),
    [
        ("past_date", replace(SOUND, close_on=TODAY - timedelta(days=1))),
        ("pushed_twice", replace(SOUND, pushes=2)),
        ("stalled", replace(SOUND, stage_since=TODAY - timedelta(days=31))),
        ("overdue_step", replace(SOUND, said=replace(SOUND.said, step_due=TODAY - timedelta(days=1)))),
        ("single_thread", replace(SOUND, said=replace(SOUND.said, people=1))),
        ("no_economic_buyer", replace(SOUND, said=replace(SOUND.said, decides=False))),
        (
            "quiet",
            replace(SOUND, moved_on=None, said=replace(SOUND.said, contact_on=TODAY - timedelta(days=22))),
        ),
        ("odd_amount", replace(SOUND, amount=4000.0)),
        ("odd_amount", replace(SOUND, amount=250.0)),
        ("odd_amount", replace(SOUND, product="Odd", amount=400.0)),
    ],
)
def test_a_flag_goes_up_at_its_threshold_and_alone(key: str, facts: Facts) -> None:
    found = rules.verdicts(facts, USUAL, rules.SHIPPED, TODAY)
    assert [one.key for one in found if one.state == "up"] == [key]


def test_where_nothing_is_known_every_rule_says_so_and_none_counts() -> None:
    found = rules.verdicts(Facts(), Usual({}, {}), rules.SHIPPED, TODAY)
    assert {one.state for one in found} == {"unknown"}
    assert all(one.detail.startswith("Not known here.") for one in found)


@given(
    st.sets(
        st.sampled_from(
            ["stage_since", "close_on", "pushes", "amount", "moved_on", "people", "decides", "contact"]
        )
    )
)
def test_taking_knowledge_away_never_raises_a_flag(gone: set[str]) -> None:
    said = replace(
        SOUND.said,
        people=None if "people" in gone else 2,
        decides=None if "decides" in gone else True,
        contact_on=None if "contact" in gone else SOUND.said.contact_on,
    )
    kept = dict.fromkeys(gone & {"stage_since", "close_on", "pushes", "amount", "moved_on"})
    facts = replace(SOUND, said=said, **kept)  # type: ignore[arg-type]
    found = rules.verdicts(facts, USUAL, rules.SHIPPED, TODAY)
    assert not [one for one in found if one.state == "up"]


def test_a_stage_few_won_deals_left_is_not_judged() -> None:
    assert state("stalled", replace(SOUND, stage="Rare", stage_since=date(2020, 1, 1))) == "unknown"


def test_every_rule_names_its_threshold() -> None:
    told = {key: rules.rule_of(key, rules.Thresholds(quiet_days=33, pushes=4)) for key in rules.KEYS}
    assert "33 days" in told["quiet"]
    assert "4 times" in told["pushed_twice"]


def test_thresholds_are_kept_and_read_back_and_odd_ones_are_refused() -> None:
    wanted = rules.Thresholds(version=3, quiet_days=30, step_column="Next activity")
    assert rules.thresholds_of(rules.values_of(wanted), 3) == wanted
    for odd in ({"quiet_days": "soon"}, {"quiet_days": 1}, {"stalled_share": "nan"}):
        with pytest.raises(access.Refusal):
            rules.thresholds_of(odd, 1)


def test_a_snoozed_flag_comes_back_on_its_day_or_when_its_fact_changes() -> None:
    (verdict,) = [
        v for v in rules.verdicts(replace(SOUND, pushes=2), USUAL, rules.SHIPPED, TODAY) if v.state == "up"
    ]
    snooze = Quiet("pushed_twice", verdict.fact, TODAY + timedelta(days=7))
    assert rules.sleeps(verdict, snooze, TODAY)
    assert not rules.sleeps(verdict, snooze, TODAY + timedelta(days=7))
    pushed = rules.verdicts(replace(SOUND, pushes=3), USUAL, rules.SHIPPED, TODAY)[
        rules.KEYS.index("pushed_twice")
    ]
    assert not rules.sleeps(pushed, snooze, TODAY)


def test_what_only_grows_older_stays_asleep() -> None:
    facts = replace(SOUND, stage_since=TODAY - timedelta(days=40))
    first, later = (
        rules.verdicts(facts, USUAL, rules.SHIPPED, day)[rules.KEYS.index("stalled")]
        for day in (TODAY, TODAY + timedelta(days=5))
    )
    assert rules.sleeps(
        later, Quiet("stalled", first.fact, TODAY + timedelta(days=9)), TODAY + timedelta(days=5)
    )


@pytest.mark.parametrize(
    ("field", "given_", "kept"),
    [
        ("close_on", " 2027-01-12 ", "2027-01-12"), ("amount", "24,000.50", "24000.5"), ("stage", "Offer", "Offer"),
        ("next_step", "Call\nKarin", "Call Karin"),
    ],
)  # fmt: skip
def test_a_correction_is_kept_in_one_writing(field: str, given_: str, kept: str) -> None:
    assert rules.corrected(field, given_, was="", stages=["Offer"]) == kept


@pytest.mark.parametrize(
    ("field", "given_"),
    [("close_on", "soon"), ("amount", "-1"), ("amount", "NaN"), ("amount", "1e40"), ("stage", "Nowhere"),
     ("next_step", "  "), ("owner", "Mina")],
)  # fmt: skip
def test_a_correction_nobody_can_mean_is_refused(field: str, given_: str) -> None:
    with pytest.raises(access.Refusal):
        rules.corrected(field, given_, was="", stages=["Offer"])


def test_a_proposal_is_open_done_or_overtaken_by_what_the_source_says() -> None:
    assert [rules.settled("a", "b", now) for now in "abc"] == ["open", "done", "overtaken"]


def test_a_message_holds_three_questions_and_one_thank_you_at_most() -> None:
    kept: list[Noted] = []
    for number in range(3):
        rules.refuse_note("question", kept)
        kept.append(Noted("question", "d", "Nordwind", f"Question {number}?"))
    with pytest.raises(access.Refusal):
        rules.refuse_note("question", kept)
    rules.refuse_note("thanks", kept)
    kept.append(Noted("thanks", "d", "Arden", "the early word"))
    with pytest.raises(access.Refusal):
        rules.refuse_note("thanks", kept)
    text = rules.message("Rosa Lindqvist", "Mina Aalto", kept)
    assert text.splitlines()[0] == "Rosa,"
    assert "3 questions:" in text
    assert "3. Nordwind: Question 2?" in text
    assert text.index("Thank you") < text.index("3 questions")
    assert text.endswith("Mina Aalto")


@given(st.integers(0, 10**12), st.floats(0, 1))
def test_what_is_decided_weighs_nothing_and_what_is_open_weighs_its_amount(
    amount: int, chance: float
) -> None:
    assert 0 <= rules.weight(amount, chance) <= amount
    assert rules.weight(amount, 0.5) == amount
    assert rules.weight(amount, 1.0) == rules.weight(amount, 0.0) == 0
    assert rules.weight(None, chance) == 0


def test_inspection_is_light_by_one_rule() -> None:
    assert rules.profile(0.5, 0, 0).light
    assert not rules.profile(0.49, 0, 0).light
    assert not rules.profile(0.9, 1, 0).light
    assert not rules.profile(0.9, 0, 1).light
    assert not rules.profile(None, 0, 0).light


def test_what_changed_is_told_most_telling_first() -> None:
    before = rules.Then(date(2026, 12, 1), "Talk", 100, "best_case")
    now = rules.Then(date(2027, 1, 5), "Offer", 90, "commit")
    told = rules.changed(before, now, str)
    assert [line.split()[0] for line in told] == ["Pushed", "Best", "Stage", "Amount"]
    assert rules.changed(before, before, str) == []
    assert rules.changed(None, now, str) == ["New since then."]
