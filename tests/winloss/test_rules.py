"""What an account must say, who is neutral, how two sources compare."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.people import access
from fairlead.winloss import rules, wording
from tests.winloss.house import HEARD, SAID, TALK, full

RULE = rules.Rule()
KEYS = [one.key for one in RULE.reasons]
SAYS = st.builds(
    lambda primary, ratings: full(replace(SAID, primary=primary, ratings=ratings)),
    st.sampled_from(KEYS),
    st.dictionaries(st.sampled_from(KEYS), st.sampled_from(list(wording.RATINGS))),
)


def pair(owner: int, rep: rules.Said = SAID, buyer: rules.Said = HEARD) -> rules.Pair:
    return rules.Pair(owner, full(rep), full(buyer))


def test_an_account_says_how_it_ended_what_decided_it_and_when() -> None:
    lacks = rules.lacking(rules.said_of(RULE, {}, {}), RULE, "lost")
    assert {one.field for one in lacks} == {"outcome", "primary", "moment"}
    assert rules.lacking(full(SAID), RULE, "lost") == []


def test_no_decision_is_an_outcome_of_what_was_lost_and_not_of_what_was_won() -> None:
    said = full(replace(SAID, outcome="no_decision"))
    assert rules.lacking(said, RULE, "lost") == []
    assert [one.field for one in rules.lacking(said, RULE, "won")] == ["outcome"]


def test_something_else_is_said_in_words() -> None:
    said = full(replace(SAID, primary="other"))
    assert [one.field for one in rules.lacking(said, RULE, "lost")] == ["other"]
    assert (
        rules.lacking(full(replace(SAID, primary="other", other="A fire at the plant")), RULE, "lost") == []
    )


def test_the_primary_reason_decided_it_without_a_second_click() -> None:
    assert full(replace(SAID, ratings={})).ratings["price"] == "decisive"
    assert full(replace(SAID, ratings={"price": "helped"})).ratings["price"] == "helped"


def test_a_rating_that_is_no_choice_is_refused() -> None:
    odd = full(replace(SAID, ratings={"product": "very"}))
    assert [one.field for one in rules.lacking(odd, RULE, "lost")] == ["primary"]


def test_exact_words_need_consent() -> None:
    quoted = replace(TALK, quote="You never called back.")
    lacks = rules.lacking_of_talk(quoted, date(2026, 11, 20), date(2026, 11, 24))
    assert [one.field for one in lacks] == ["quote"]
    assert (
        rules.lacking_of_talk(replace(quoted, may_quote=True), date(2026, 11, 20), date(2026, 11, 24)) == []
    )


@pytest.mark.parametrize(
    "held_on", [None, date(2026, 11, 25), date(2026, 11, 19)], ids=["none", "ahead", "before"]
)
def test_an_interview_is_of_a_day_between_the_close_and_today(held_on: date | None) -> None:
    lacks = rules.lacking_of_talk(replace(TALK, held_on=held_on), date(2026, 11, 20), date(2026, 11, 24))
    assert [one.field for one in lacks] == ["held_on"]


@pytest.mark.parametrize(
    ("person", "code"), [(1, "own_deal"), (2, "in_line"), (3, "in_line"), (4, "in_line"), (5, "same_team")]
)
def test_whoever_has_a_stake_does_not_interview(person: int, code: str) -> None:
    to = rules.Standing(1, above=[2, 3], below=[4], mates=[5])
    with pytest.raises(access.Refusal) as refused:
        rules.refuse_interviewer(person, to)
    assert refused.value.code == code
    rules.refuse_interviewer(6, to)


def test_the_owner_reads_the_interview_after_the_own_account_or_after_the_own_time() -> None:
    due = date(2026, 11, 27)
    assert not rules.owner_sees_interview(own_is_in=False, today=due, due=due)
    assert rules.owner_sees_interview(own_is_in=True, today=due, due=due)
    assert rules.owner_sees_interview(own_is_in=False, today=date(2026, 11, 28), due=due)


def test_small_deals_old_deals_and_deals_of_unknown_size_are_not_asked_about() -> None:
    rule, closed = rules.Rule(asks=True), date(2026, 11, 20)
    today = date(2026, 11, 24)
    assert rules.owed(rule, 100, 100, closed, today)
    assert not rules.owed(rule, 99, 100, closed, today)
    assert not rules.owed(rule, None, 100, closed, today)
    assert not rules.owed(rule, 100, None, closed, today)
    assert not rules.owed(rule, 100, 100, date(2026, 8, 1), today)
    assert not rules.owed(rules.Rule(), 100, 100, closed, today)


def test_four_pairs_are_too_few_and_so_are_many_of_two_sellers() -> None:
    assert rules.compare([pair(n) for n in range(4)], RULE.reasons).primary is None
    assert rules.compare([pair(n % 2) for n in range(20)], RULE.reasons).primary is None
    assert rules.compare([pair(n % 3) for n in range(5)], RULE.reasons).primary == rules.Share(0, 5)


def test_ones_own_pairs_need_no_other_sellers_behind_them() -> None:
    assert rules.compare([pair(1)] * 5, RULE.reasons, own=True).primary == rules.Share(0, 5)
    assert rules.compare([pair(1)] * 4, RULE.reasons, own=True).primary is None


def test_a_reason_that_sellers_name_again_and_again_and_buyers_never_stands_apart() -> None:
    found = rules.compare([pair(n % 4) for n in range(12)], RULE.reasons).reasons
    assert found is not None
    by_key = {one.key: one for one in found}
    assert (by_key["price"].reps, by_key["price"].buyers, by_key["price"].more) == (12, 0, "rep")
    assert by_key["process"].more == "buyer"
    assert by_key["product"].more == ""


@given(st.lists(st.tuples(SAYS, SAYS), min_size=5, max_size=40))
def test_a_comparison_is_the_same_mirrored_when_sources_change_places(
    said: list[tuple[rules.Said, rules.Said]],
) -> None:
    there = rules.compare([rules.Pair(n % 3, a, b) for n, (a, b) in enumerate(said)], RULE.reasons)
    back = rules.compare([rules.Pair(n % 3, b, a) for n, (a, b) in enumerate(said)], RULE.reasons)
    assert there.primary == back.primary
    for one, other in zip(there.reasons or (), back.reasons or (), strict=True):
        assert (one.reps, one.only_reps) == (other.buyers, other.only_buyers)
        middle, low, high = one.difference
        turned, bottom, top = other.difference
        assert (middle, low, high) == pytest.approx((-turned, -top, -bottom))
        assert low <= high
        assert one.reps - one.buyers == one.only_reps - one.only_buyers


@given(st.integers(0, 300), st.integers(1, 300))
def test_an_interval_of_a_share_holds_the_share_and_stays_between_nothing_and_all(
    count: int, of: int
) -> None:
    count = min(count, of)
    low, high = rules.wilson(count, of)
    assert 0 <= low <= count / of <= high <= 1
    wider = rules.wilson(0, 1) if of == 1 else rules.wilson(count * 4, of * 4)
    assert of == 1 or wider[1] - wider[0] <= high - low


def test_the_interval_of_a_share_is_wilsons() -> None:
    assert rules.wilson(10, 20) == pytest.approx((0.2993, 0.7007), abs=1e-4)
    assert rules.wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)


@given(st.lists(SAYS, max_size=30), st.integers(1, 5))
def test_every_figure_of_a_pattern_rests_on_five_deals_of_three_sellers(
    accounts: list[rules.Said], owners: int
) -> None:
    found = rules.pattern(accounts, RULE.reasons, owners)
    assert bool(found) == (len(accounts) >= rules.LEAST_DEALS and owners >= rules.LEAST_OWNERS)
    for one in found:
        assert 0 <= one.primary.count <= one.named.of == len(accounts)
    assert not found or sum(one.primary.count for one in found) == len(accounts)


@given(st.lists(st.sampled_from(["Acme", "acme", "Bolt", ""]), max_size=40))
def test_a_rival_is_listed_from_five_deals_on_however_it_is_capitalised(words: list[str]) -> None:
    for name, count in rules.often(words):
        assert count >= rules.LEAST_DEALS
        assert count == sum(word.casefold() == name.casefold() for word in words)


def test_reasons_agree_by_what_they_mean() -> None:
    found = {one.name: one for one in rules.beside(RULE, full(SAID), full(HEARD))}
    assert not found["Price and value"].agree
    assert found["Product gap"].agree
    assert found["Implementation and risk"].agree
    assert found["Implementation and risk"].silent


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"times": 0}, "bad_times"), ({"days": 0}, "bad_days"), ({"days": 31}, "bad_days"),
        ({"fixed_minor": -1}, "bad_amount"),
        ({"reasons": rules.SHIPPED[-1:]}, "bad_reasons"), ({"reasons": rules.SHIPPED[:-1]}, "no_other"),
        ({"reasons": (rules.SHIPPED[0], *rules.SHIPPED)}, "same_twice"),
        ({"reasons": (rules.Reason("Odd key", "Odd"), *rules.SHIPPED)}, "bad_reason"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_followed_is_refused(change: dict[str, object], code: str) -> None:
    with pytest.raises(access.Refusal) as refused:
        rules.refuse_rule(replace(RULE, **change))  # type: ignore[arg-type]
    assert refused.value.code == code
    rules.refuse_rule(RULE)


def test_every_reason_of_an_exit_has_a_place_in_the_list() -> None:
    from fairlead.exits import wording as exits

    assert set(wording.FROM_EXIT) == set(exits.REASONS)
    assert set(wording.FROM_EXIT.values()) <= set(KEYS)
