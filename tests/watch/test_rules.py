"""When an account is in breach, why it stands there in words, and what the money at risk adds up to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.watch import rules
from fairlead.watch.rules import Deals, Facts, Renewal

TODAY = date(2026, 11, 24)
LATE = Facts("A", 30, TODAY - timedelta(days=122))


def says(facts: Facts) -> list[str]:
    return [one.says for one in rules.reasons(facts, TODAY)]


def test_reasons_are_plain_words() -> None:
    facts = replace(
        LATE, renewals=(Renewal(TODAY + timedelta(days=40), 100),), rival="Kestrel",
        rival_on=TODAY - timedelta(days=23), deals=Deals(open=2, without_step=1),
    )  # fmt: skip
    assert says(facts) == [
        "122 days since two-way contact, tier A allows 30",
        "renewal in 40 days",
        "Kestrel seen 3 weeks ago",
        "1 open deal without a next step",
    ]


@pytest.mark.parametrize(
    ("last", "allowed", "breach"),
    [(30, 30, False), (31, 30, True), (None, 30, True), (None, None, False), (900, None, False)],
)
def test_a_breach_is_one_day_more_than_the_tier_allows(
    last: int | None, allowed: int | None, breach: bool
) -> None:
    facts = Facts("A" if allowed else "", allowed, None if last is None else TODAY - timedelta(days=last))
    assert rules.in_breach(facts, TODAY) is breach


@pytest.mark.parametrize(
    ("last", "held", "breach", "due", "said"),
    [
        (
            122,
            3,
            False,
            27,
            "122 days since two-way contact, taken over 3 days ago: first contact within 27 days",
        ),
        (None, 0, False, 30, "no two-way contact is known, taken over today: first contact within 30 days"),
        (122, 30, False, 0, "122 days since two-way contact, taken over 4 weeks ago: first contact today"),
        (122, 31, True, -1, "122 days since two-way contact, tier A allows 30"),
        (None, 31, True, -1, "no two-way contact is known, tier A allows 30 days"),
        (5, 3, False, 27, ""),
        (5, 90, False, 25, ""),
    ],
)
def test_what_was_before_the_owner_had_it_is_not_the_owners(
    last: int | None, held: int, breach: bool, due: int, said: str
) -> None:
    day = None if last is None else TODAY - timedelta(days=last)
    facts = Facts("A", 30, day, held_since=TODAY - timedelta(days=held))
    assert rules.in_breach(facts, TODAY) is breach
    assert rules.due_on(facts) == TODAY + timedelta(days=due)
    assert says(facts) == ([said] if said else [])


def test_an_account_without_a_tier_says_so() -> None:
    assert says(Facts("", None, None)) == ["no tier, so no limit is known"]
    assert says(Facts("Z", None, None)) == ["tier Z is not among the tiers"]
    assert says(Facts("A", 30, None)) == ["no two-way contact is known, tier A allows 30 days"]


def test_a_planned_contact_is_a_next_step() -> None:
    facts = Facts("A", 30, TODAY, planned=TODAY + timedelta(days=3), deals=Deals(open=1, without_step=1))
    assert says(facts) == []


def test_a_rival_of_long_ago_is_no_reason() -> None:
    facts = Facts("A", 30, TODAY, rival="Kestrel", rival_on=TODAY - timedelta(days=rules.RIVAL_DAYS + 1))
    assert says(facts) == []


def test_the_deal_that_is_the_renewal_counts_once() -> None:
    deals = Deals(open=2, open_minor=500, year_minor=70, renewing_minor=300)
    with_renewal = Facts("A", 30, TODAY, renewals=(Renewal(TODAY, 300),), deals=deals)
    assert rules.money(with_renewal).total == 300 + 200 + 70
    assert rules.money(Facts("A", 30, TODAY, deals=deals)).total == 500 + 70
    unknown = Facts("A", 30, TODAY, renewals=(Renewal(TODAY, None),), deals=deals)
    assert rules.money(unknown).total == 500 + 70


def test_the_next_contact_is_due_by_the_tier() -> None:
    assert rules.due_on(Facts("A", 30, date(2026, 11, 1))) == date(2026, 12, 1)
    assert rules.due_on(Facts("", None, TODAY)) is None


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 10), st.text(max_size=3)), max_size=12))
def test_a_list_puts_breach_first_then_money(rows: list[tuple[bool, int, str]]) -> None:
    order = rules.in_order(rows)
    assert sorted(order) == list(range(len(rows)))
    keys = [(not rows[place][0], -rows[place][1]) for place in order]
    assert keys == sorted(keys)


def days(count: int | None) -> date | None:
    return None if count is None else TODAY - timedelta(days=count)


@pytest.mark.parametrize(
    ("state", "last", "allowed", "with_nobody", "stale"),
    [
        ("", 31, 30, None, "silent"),
        ("", 30, 30, None, ""),
        ("", None, 30, None, "silent"),
        ("", None, 30, 2, ""),
        ("", None, 30, 31, "silent"),
        ("", None, None, None, ""),
        ("there", 2, 30, None, ""),
        ("left", 2, 30, None, "left"),
        ("bounced", 2, None, None, "bounced"),
    ],
)
def test_somebody_is_stale_who_left_or_was_not_talked_to(
    state: str, last: int | None, allowed: int | None, with_nobody: int | None, stale: str
) -> None:
    assert rules.stale(state, days(last), allowed, TODAY, days(with_nobody)) == stale


def test_a_list_says_how_many_are_stale_and_silence_only_where_the_account_is_not() -> None:
    some = rules.counted(["", "left", "bounced", "silent", "silent"])
    assert says(Facts("A", 30, TODAY, buyers=some)) == [
        "of 5 people there 1 left, mail to 1 comes back, 2 without two-way contact for longer than the tier allows"
    ]
    assert says(replace(LATE, buyers=some))[-1] == "of 5 people there 1 left, mail to 1 comes back"
    assert says(replace(LATE, buyers=rules.counted(["silent"]))) == says(LATE)
