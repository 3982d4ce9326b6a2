"""What may stand in an agreement, and what its versions come to."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairlead.agreements import rules, wording
from fairlead.agreements.rules import Act, Content
from fairlead.people import access

DAY = date(2026, 11, 24)
sides = st.sampled_from(["rep", "manager"])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (Content("Much."), "nothing_owed"),
        (Content(manager_owes=("a", "a")), "twice"),
        (Content(manager_owes=tuple("abcdefghi")), "too_many"),
        (Content(manager_owes=("x" * 251,)), "text_long"),
        (Content("x" * 2001, manager_owes=("a",)), "text_long"),
        (Content(news_hours=0), "bad_hours"),
        (Content(plans_weekday=7), "bad_weekday"),
    ],
)
def test_what_cannot_stand_there_is_refused_with_a_sentence(content: Content, code: str) -> None:
    with pytest.raises(access.Refusal) as found:
        rules.checked(content)
    assert found.value.code == code
    assert found.value.sentence.endswith(".")


def test_every_template_can_be_signed_as_it_is_and_has_both_sides() -> None:
    assert len(wording.TEMPLATES) == 3
    for one in wording.TEMPLATES:
        assert rules.checked(one.content) == one.content
        assert one.content.rep_promises
        assert one.content.manager_owes


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.text(max_size=60), max_size=8, unique=True), st.text(max_size=200))
def test_what_is_stored_reads_back_the_same(lines: list[str], text: str) -> None:
    try:
        kept = rules.checked(Content(text, tuple(lines), manager_owes=("One",)))
    except access.Refusal:
        return
    assert rules.content_of(rules.stored(kept)) == kept
    assert rules.checked(kept) == kept


@given(
    st.lists(st.tuples(sides, st.booleans(), st.booleans()), min_size=1, max_size=6),
    st.none() | st.integers(-3, 3),
    st.none() | st.integers(-3, 3),
)
def test_at_most_one_version_is_in_force_and_it_has_both_signatures(
    written: list[tuple[str, bool, bool]], ends: int | None, line: int | None
) -> None:
    versions, acts = [], []
    for number, (side, signed, taken_back) in enumerate(written, 1):
        versions.append((number, side, DAY))
        acts.append(Act(number, side, "signed"))
        if signed:
            acts.append(Act(number, "rep" if side == "manager" else "manager", "signed"))
        elif taken_back:
            acts.append(Act(number, side, "withdrawn"))
    if ends is not None:
        acts.append(Act(1, "rep", "ended", DAY + timedelta(days=ends)))
    ended = None if line is None else DAY + timedelta(days=line)
    now = rules.standing(versions, acts, DAY, ended)  # type: ignore[arg-type]
    both = [number for number, (_, signed, _) in enumerate(written, 1) if signed]
    assert now.held == (both[-1] if both else None)
    assert [number for number, state in now.states.items() if state == "in_force"] == (
        [now.held] if now.held and not now.over else []
    )
    assert now.over == ((ends is not None and ends < 0) or (line is not None and line <= 0))
    if now.over:
        assert rules.may(now, "rep") == rules.may(now, "manager") == ()
    if now.pending is not None:
        assert "signed" in rules.may(now, "rep" if now.pending_by == "manager" else "manager")
        assert "signed" not in rules.may(now, now.pending_by or "rep")
