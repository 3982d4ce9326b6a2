"""The life of a statement: every wrong order and every wrong person is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.expectations import rules
from fairlead.expectations.rules import Answer
from fairlead.people import access
from tests.cast import AT

MINA, VERA = 1, 2
SIGNED = Answer("manager", "signed", MINA, AT)
AGREED = Answer("superior", "signed", VERA, AT)
OTHER = Answer("superior", "not_agreed", VERA, AT, 5, "Too low.")


def refusal(answers: list[Answer], side: str, kind: str, by: int, **more: object) -> str:
    """The code of a refusal, or '' where the answer may be given."""
    asked: dict[str, object] = {"newest": True, "digest": "d", "read": "d"} | more
    try:
        rules.refuse_answer(answers, side, kind, by, **asked)  # type: ignore[arg-type]
    except access.Refusal as refused:
        return refused.code
    return ""


@pytest.mark.parametrize(
    ("answers", "side", "kind", "by", "code"),
    [
        ([], "manager", "signed", MINA, ""),
        ([], "superior", "signed", VERA, "not_signed_yet"),
        ([], "superior", "not_agreed", VERA, "not_signed_yet"),
        ([SIGNED], "manager", "signed", MINA, "signed_already"),
        ([SIGNED], "superior", "signed", VERA, ""),
        ([SIGNED], "superior", "not_agreed", VERA, ""),
        ([SIGNED], "superior", "signed", MINA, "both_sides"),
        ([SIGNED], "superior", "not_agreed", MINA, "both_sides"),
        ([SIGNED, AGREED], "superior", "signed", VERA, "agreed_already"),
        ([SIGNED, AGREED], "superior", "not_agreed", VERA, "agreed_already"),
        ([SIGNED, OTHER], "superior", "not_agreed", VERA, "answered_already"),
        ([SIGNED, OTHER], "superior", "signed", VERA, ""),
    ],
)
def test_every_wrong_order_is_refused(
    answers: list[Answer], side: str, kind: str, by: int, code: str
) -> None:
    assert refusal(answers, side, kind, by) == code


def test_only_the_newest_version_and_only_what_was_read_is_signed() -> None:
    assert refusal([], "manager", "signed", MINA, newest=False) == "old_version"
    assert refusal([], "manager", "signed", MINA, read="something else") == "not_what_you_read"


@pytest.mark.parametrize(
    ("answers", "account", "state"),
    [
        ([], True, "written"),
        ([SIGNED], True, "signed"),
        ([SIGNED], False, "alone"),
        ([SIGNED, OTHER], True, "not_agreed"),
        ([SIGNED, AGREED], True, "agreed"),
        ([SIGNED, OTHER, AGREED], True, "agreed"),
    ],
)
def test_a_state_follows_from_the_answers(answers: list[Answer], account: bool, state: str) -> None:
    assert rules.state_of(answers, account) == state


@given(st.integers(-20, 100))
def test_it_is_due_for_ten_days_then_overdue(day: int) -> None:
    start = date(2026, 10, 1)
    found = rules.standing("written", start, start + timedelta(days=day))
    assert found == ("early" if day < 0 else "due" if day < 10 else "overdue")
    assert rules.standing("not_agreed", start, start + timedelta(days=day)) == "done"


@pytest.mark.parametrize(
    ("given_", "code"),
    [
        ({"over": True}, "period_over"),
        ({"expected": 3}, "newer_version"),
        ({"assumptions": " "}, "assumptions_missing"),
        ({"version": 2, "expected": 1, "reason": " "}, "reason_missing"),
    ],
)
def test_a_version_that_nobody_may_write_is_refused(given_: dict[str, object], code: str) -> None:
    asked: dict[str, object] = {
        "version": 1, "expected": 0, "reason": "", "assumptions": "All stays.", "over": False,
    }  # fmt: skip
    with pytest.raises(access.Refusal) as refused:
        rules.refuse_write(**(asked | given_))  # type: ignore[arg-type]
    assert refused.value.code == code
