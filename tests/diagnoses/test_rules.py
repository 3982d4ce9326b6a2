"""Layers in order, the wait, what may be done when, remedies, and the change point against brute force."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.diagnoses import rules
from fairlead.diagnoses.rules import Findings, Moment, Remedy, Seen, Step, Version
from fairlead.people.access import Refusal

AT = datetime(2026, 10, 12, 9, tzinfo=UTC)
TODAY = AT.date()


def _code(refused: pytest.ExceptionInfo[Refusal]) -> str:
    return refused.value.code


def _given(verdicts: str, words: str = "Seen on 4 May.") -> list[tuple[str, str]]:
    names = {"p": "pass", "f": "fail", "-": ""}
    return [(names[one], words if one != "-" else "") for one in verdicts.ljust(7, "-")]


# Order


@given(st.text("pf-", min_size=7, max_size=7))
def test_exactly_the_orders_with_nothing_behind_a_fail_or_a_gap_are_findings(verdicts: str) -> None:
    judged = verdicts.rstrip("-")
    fine = "-" not in judged and "f" not in judged[:-1]
    if not fine:
        with pytest.raises(Refusal) as refused:
            rules.findings(_given(verdicts))
        assert _code(refused) == "order"
        return
    found = rules.findings(_given(verdicts))
    assert found.verdicts == judged
    assert found.verdicts in rules.ORDERS


def test_there_are_fifteen_orders() -> None:
    assert len(set(rules.ORDERS)) == 15


@pytest.mark.parametrize("verdict", ["p", "f"])
def test_what_is_judged_says_on_what_evidence(verdict: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.findings(_given(verdict, "  "))
    assert _code(refused) == "text_missing"


def test_the_next_layer_may_hold_words_and_the_one_behind_may_not() -> None:
    given_ = _given("pp")
    given_[2] = ("", "Not judged yet.")
    assert rules.findings(given_).verdicts == "pp"
    given_[3] = ("", "Too early.")
    with pytest.raises(Refusal) as refused:
        rules.findings(given_)
    assert _code(refused) == "order"


def test_words_behind_a_fail_are_refused_and_an_unknown_verdict_too() -> None:
    given_ = _given("pf")
    given_[2] = ("", "More.")
    with pytest.raises(Refusal) as refused:
        rules.findings(given_)
    assert _code(refused) == "order"
    with pytest.raises(Refusal) as refused:
        rules.findings([("maybe", "x"), *_given("")[1:]])
    assert _code(refused) == "bad_verdict"
    with pytest.raises(Refusal) as refused:
        rules.findings(_given("p")[:3])
    assert _code(refused) == "bad_verdict"


@pytest.mark.parametrize(
    ("verdicts", "failing", "following"), [("", None, 0), ("ppf", 2, None), ("ppp", None, 3)]
)
def test_the_failing_and_the_next_layer_are_read_off(
    verdicts: str, failing: int | None, following: int | None
) -> None:
    found = Findings(verdicts)
    assert (found.failing, found.next) == (failing, following)


# Fit


def test_fit_lacks_behaviours_observers_and_quarters_until_all_are_there() -> None:
    one, two = date(2026, 8, 3), date(2026, 10, 5)
    assert "3 observed behaviours" in rules.fit_lacks([], [])
    seen = [Seen(1, one), Seen(1, one), Seen(1, two)]
    assert rules.fit_lacks(seen, ["Q3", "Q3", "Q4"]) == "Fit is a fail only with 2 observers."
    seen = [Seen(1, one), Seen(2, one), Seen(1, one)]
    assert rules.fit_lacks(seen, ["Q3", "Q3", "Q3"]) == "Fit is a fail only with days in 2 quarters."
    assert rules.fit_lacks([*seen, Seen(2, two)], ["Q3", "Q3", "Q3", "Q4"]) == ""


@pytest.mark.parametrize(
    ("day", "code"), [(None, "bad_day"), (TODAY + timedelta(1), "bad_day"), (date(2025, 1, 1), "day_old")]
)
def test_an_observation_is_of_a_day_that_was_and_not_long_ago(day: date | None, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.refuse_seen_on(day, TODAY)
    assert _code(refused) == code


# The wait


def test_the_wait_is_five_working_days_after_sharing() -> None:
    assert rules.waits_until(date(2026, 10, 12), []) == date(2026, 10, 19)
    assert rules.waits_until(date(2026, 10, 12), [], {date(2026, 10, 14)}) == date(2026, 10, 20)


def test_leave_does_not_count_and_an_open_end_waits_for_the_return() -> None:
    assert rules.waits_until(date(2026, 10, 12), [(date(2026, 10, 14), date(2026, 10, 16))]) == date(
        2026, 10, 22
    )
    assert rules.waits_until(date(2026, 10, 12), [(date(2026, 10, 15), None)]) is None
    assert rules.waits_until(date(2026, 10, 12), [(date(2026, 9, 1), date(2026, 10, 2))]) == date(
        2026, 10, 19
    )


# Acts

MANAGER, SELLER = 1, 2


def _standing(verdicts: str, *kinds: str, by: int = MANAGER) -> rules.Standing:
    acts = {"read": SELLER, "answered": SELLER, "nothing_to_add": SELLER}
    steps = [Step(n, kind, acts.get(kind, MANAGER), AT, 1, "x") for n, kind in enumerate(kinds, 1)]
    return rules.standing(Version(1, by, Findings(verdicts)), steps)


def test_a_draft_is_shared_only_when_a_layer_failed() -> None:
    moment = Moment(TODAY)
    assert rules.may(_standing("pp"), "manager", MANAGER, moment) == ("withdrawn",)
    assert rules.may(_standing("ppppppp"), "manager", MANAGER, moment) == ("withdrawn",)
    assert rules.may(_standing("ppf"), "manager", MANAGER, moment) == ("shared", "withdrawn")
    assert rules.may(_standing("ppf"), "person", SELLER, moment) == ()


@pytest.mark.parametrize(
    ("acts", "today", "usable"),
    [
        ((), date(2026, 10, 19), False),
        ((), date(2026, 10, 20), True),
        (("read",), date(2026, 10, 19), False),
        (("answered",), TODAY, True),
        (("nothing_to_add",), TODAY, True),
    ],
)
def test_it_is_used_after_an_answer_or_after_the_wait(
    acts: tuple[str, ...], today: date, usable: bool
) -> None:
    moment = Moment(today, date(2026, 10, 19))
    assert ("used" in rules.may(_standing("pf", "shared", *acts), "manager", MANAGER, moment)) is usable


def test_while_the_seller_is_away_without_an_end_only_an_answer_lets_it_be_used() -> None:
    moment = Moment(date(2027, 3, 1), None)
    assert "used" not in rules.may(_standing("pf", "shared"), "manager", MANAGER, moment)
    assert "used" in rules.may(_standing("pf", "shared", "answered"), "manager", MANAGER, moment)


def test_sharing_again_begins_the_wait_anew_and_keeps_the_answers() -> None:
    now = _standing("pf", "shared", "answered", "taken_back", "shared")
    assert now.replied is None
    assert len(now.answers) == 1
    assert "used" not in rules.may(now, "manager", MANAGER, Moment(TODAY, date(2026, 10, 19)))


def test_an_answer_to_what_was_taken_back_answers_no_later_version() -> None:
    assert _standing("pf", "shared", "taken_back", "answered", "shared").replied is None


def test_somebody_elses_findings_are_not_used() -> None:
    now = _standing("pf", "shared", "answered", by=9)
    assert rules.may(now, "manager", MANAGER, Moment(TODAY)) == ("taken_back", "withdrawn")
    with pytest.raises(Refusal) as refused:
        rules.refuse_act("used", now, "manager", MANAGER, Moment(TODAY))
    assert _code(refused) == "not_your_words"


@pytest.mark.parametrize(
    "kinds", [("shared",), ("shared", "used"), ("shared", "taken_back"), ("shared", "withdrawn")]
)
def test_the_box_of_the_seller_stays_open_whatever_happens(kinds: tuple[str, ...]) -> None:
    assert "answered" in rules.may(_standing("pf", *kinds), "person", SELLER, Moment(TODAY))
    with pytest.raises(Refusal) as refused:
        rules.refuse_act("answered", _standing("pf", *kinds), "manager", MANAGER, Moment(TODAY))
    assert _code(refused) == "not_yours"


def test_an_agreement_is_reviewed_on_its_day_when_both_signed_and_the_talk_was_held() -> None:
    moment = Moment(date(2026, 11, 20), None, "agreement", date(2026, 10, 20), date(2026, 11, 20))
    now = _standing("pppppf", "shared", "answered", "used", "held", "signed")
    assert "kept" not in rules.may(now, "manager", MANAGER, moment)
    assert "signed" in rules.may(now, "person", SELLER, moment)
    steps = [
        Step(1, "shared", MANAGER, AT, 1),
        Step(2, "used", MANAGER, AT, 1),
        Step(3, "held", MANAGER, AT, 1),
    ]
    both = [*steps, Step(4, "signed", MANAGER, AT, 1), Step(5, "signed", SELLER, AT, 1)]
    newest = Version(1, MANAGER, Findings("pppppf"))
    assert "kept" in rules.may(rules.standing(newest, both), "manager", MANAGER, moment)
    early = Moment(date(2026, 11, 19), None, "agreement", date(2026, 10, 20), date(2026, 11, 20))
    assert "kept" not in rules.may(rules.standing(newest, both), "manager", MANAGER, early)


@pytest.mark.parametrize("side", [None, "hr"])
@pytest.mark.parametrize("kind", rules.KINDS)
def test_hr_and_everybody_else_do_nothing(side: rules.Side | None, kind: rules.Kind) -> None:
    with pytest.raises(Refusal):
        rules.refuse_act(kind, _standing("pf", "shared", "answered"), side, 3, Moment(TODAY))


# Remedies


@pytest.mark.parametrize(
    ("layer", "route"), enumerate(["change", "talk", "talk", "plan", "plan", "agreement", "redeployment"])
)
def test_each_layer_has_its_route(layer: int, route: str) -> None:
    assert rules.ROUTE_OF[layer] == route


LATER = TODAY + timedelta(30)


@pytest.mark.parametrize(
    ("layer", "given_", "code"),
    [
        (0, Remedy("Less.", "", due_on=TODAY), "no_change"),
        (0, Remedy("", "target", due_on=TODAY), "text_missing"),
        (0, Remedy("Less.", "target"), "bad_day"),
        (0, Remedy("Less.", "target", due_on=TODAY - timedelta(1)), "day_passed"),
        (0, Remedy("Less.", "target", due_on=TODAY + timedelta(500)), "day_far"),
        (0, Remedy("A lab day.", "debt", due_on=TODAY), "no_owner"),
        (1, Remedy("", talk_on=TODAY, review_on=LATER), "text_missing"),
        (2, Remedy("Five a week."), "bad_day"),
        (2, Remedy("Five a week.", talk_on=TODAY, review_on=TODAY), "bad_day"),
        (5, Remedy("", talk_on=TODAY, review_on=LATER), "text_missing"),
    ],
)
def test_a_remedy_that_is_not_whole_is_refused(layer: int, given_: Remedy, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.refuse_remedy(layer, given_, TODAY)
    assert _code(refused) == code


@pytest.mark.parametrize("layer", [3, 4, 6])
def test_a_plan_and_another_place_keep_nothing_here(layer: int) -> None:
    assert rules.refuse_remedy(layer, Remedy("Words", "target", "x", TODAY, TODAY, TODAY), TODAY) == Remedy()


def test_a_change_keeps_what_it_asks_for_alone() -> None:
    kept = rules.refuse_remedy(0, Remedy(" Less. ", "target", "somebody", TODAY, TODAY, TODAY), TODAY)
    assert kept == Remedy("Less.", "target", "", TODAY)


# The change point


def _explained(values: tuple[int, ...], cut: int) -> Fraction:
    head, tail = values[:cut], values[cut:]
    apart = Fraction(sum(head), len(head)) - Fraction(sum(tail), len(tail))
    return Fraction(len(head) * len(tail), len(values)) * apart * apart


def _best(values: tuple[int, ...]) -> Fraction:
    return max(_explained(values, cut) for cut in range(2, len(values) - 1))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 140), min_size=5, max_size=7))
def test_the_change_point_is_the_best_split_with_its_exact_chance(values: list[int]) -> None:
    found = rules.change_point(values)
    row = tuple(values)
    if len(set(values)) == 1:
        assert found is None
        return
    assert found is not None
    assert _explained(row, found.at) == _best(row)
    orders = list(permutations(row))
    assert (found.as_good, found.of) == (sum(_best(one) >= _best(row) for one in orders), len(orders))
    assert found.before == pytest.approx(sum(values[: found.at]) / found.at)


def test_the_change_point_of_a_worked_example() -> None:
    found = rules.change_point([104, 97, 88, 71, 66])
    assert found is not None
    assert (found.at, round(found.before), round(found.after)) == (3, 96, 68)
    assert round(20 * found.chance) == 4, "24 of 120 orders: the two lowest last, or first"
    eight = rules.change_point([110, 100, 104, 97, 88, 71, 66, 60])
    assert eight is not None
    assert eight.chance < 0.05


@pytest.mark.parametrize("values", [[], [1, 2, 3, 4], [90] * 8])
def test_too_few_quarters_or_none_apart_have_no_change_point(values: list[int]) -> None:
    assert rules.change_point(values) is None
