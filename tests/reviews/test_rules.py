"""Notes and minutes: what is typed is kept as typed, and what the minutes take is complete."""

from __future__ import annotations

from datetime import UTC, date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.people import access
from fairlead.reviews import facts, rules
from fairlead.reviews.rules import ActionNote, DecisionNote, Notes, QuestionNote, Seat

TODAY = date(2026, 11, 24)
MINA, ROSA = Seat(1, "mina", "Mina Aalto", "leader"), Seat(2, "rosa", "Rosa Lindqvist", "report")
RAVI, OTTO = Seat(3, "ravi", "Ravi Menon", "report"), Seat(4, "otto", "Otto Brandt", "standing_in")
VERA = Seat(5, "vera", "Vera Lindholm", "guest")
ROOM = (MINA, ROSA, RAVI, OTTO, VERA)
TEXT = st.text("aZé7 -\n\t\u2028&<’", max_size=12)
NOTES = st.builds(
    Notes,
    st.lists(st.builds(DecisionNote, TEXT, TEXT), max_size=4).map(tuple),
    st.lists(st.builds(QuestionNote, TEXT, TEXT, TEXT), max_size=4).map(tuple),
    st.lists(st.builds(ActionNote, TEXT, TEXT, TEXT, TEXT), max_size=4).map(tuple),
    st.lists(TEXT, max_size=3).map(tuple),
)


def action(**changes: str) -> Notes:
    row = {"text": "Ask for the day.", "owner": "rosa", "to": "", "due_on": "2026-11-27"} | changes
    return Notes(actions=(ActionNote(**row),))


def code_of(notes: Notes, by: int = 1) -> str:
    with pytest.raises(access.Refusal) as refused:
        rules.wanted(notes, ROOM, by=by, today=TODAY)
    return refused.value.code


@given(NOTES)
def test_notes_come_back_as_they_were_typed(notes: Notes) -> None:
    assert rules.notes_of(rules.kept(notes)) == notes


@given(NOTES, st.sampled_from([1, 4]))
def test_minutes_are_complete_or_refused(notes: Notes, by: int) -> None:
    try:
        wanted = rules.wanted(notes, ROOM, by=by, today=TODAY)
    except access.Refusal:
        return
    assert len(wanted.decisions) == sum(bool(row.text.strip()) for row in notes.decisions)
    for one in wanted.actions:
        assert one.owner.person != one.to.person
        assert one.due_on >= TODAY
        assert VERA not in (one.owner, one.to)
        assert one.owner not in wanted.absent
        assert MINA in (one.owner, one.to) or by == one.owner.person


@given(TEXT)
def test_a_sentence_is_one_clean_line_or_refused(text: str) -> None:
    try:
        line = rules.sentence(text, "Decision 1")
    except access.Refusal:
        return
    assert line == line.strip()
    assert "\n" not in line


def test_each_refusal_names_its_row_and_says_what_is_missing() -> None:
    assert code_of(action(owner="")) == "no_owner"
    assert code_of(action(owner="vera")) == "guest_owner"
    assert code_of(action(due_on="")) == "bad_day"
    assert code_of(action(due_on="2026-11-23")) == "day_passed"
    assert code_of(action(owner="mina")) == "no_receiver"
    assert code_of(action(owner="mina", to="vera")) == "no_receiver"
    assert code_of(action(owner="mina", to="rosa"), by=4) == "leader_owner"
    assert code_of(Notes(questions=(QuestionNote("Who signs?"),))) == "nobody_finds_out"
    assert code_of(Notes(decisions=(DecisionNote("x" * 301),))) == "text_long"
    assert code_of(Notes(absent=("mina",))) == "not_there"


def test_nobody_promises_who_was_not_there() -> None:
    notes = Notes(actions=action().actions, absent=("rosa",))
    assert code_of(notes) == "not_there"


def test_a_reports_action_is_promised_to_the_leader_and_the_leaders_to_whom_was_chosen() -> None:
    wanted = rules.wanted(action(to="ravi"), ROOM, by=1, today=TODAY)
    assert wanted.actions[0].to == MINA
    wanted = rules.wanted(action(owner="mina", to="ravi"), ROOM, by=1, today=TODAY)
    assert (wanted.actions[0].owner, wanted.actions[0].to) == (MINA, RAVI)


def test_a_brief_has_three_lines_and_names_nobody_of_the_team() -> None:
    for apart in (None, -1, 0, 1):
        lines = rules.brief("Mina Aalto", "Industrial North", [("Nordwind", "Who signs?")], apart)
        assert len(lines) == 3
        assert "About Nordwind: who signs?" in lines[2]
        assert "Rosa" not in " ".join(lines)


WHOLE = st.integers(-(10**12), 10**12)
MAYBE = st.none() | WHOLE
MOMENT = st.datetimes(timezones=st.just(UTC))
FACTS = st.builds(
    facts.Facts,
    version=st.just(facts.VERSION),
    at=MOMENT,
    since=MOMENT,
    number=st.builds(
        facts.Number, amount=WHOLE, calls_sum=WHOLE, booked=WHOLE, target=MAYBE, low=MAYBE, middle=MAYBE,
        high=MAYBE, as_of=st.none() | MOMENT, submitted_at=st.none() | MOMENT,
    ),
    news=st.lists(st.builds(facts.Heard, at=MOMENT), max_size=2).map(tuple),
    due=st.lists(st.builds(facts.Due, at=st.none() | MOMENT), max_size=2).map(tuple),
    deciding=st.lists(
        st.builds(facts.Deciding, chance=st.floats(0, 1), if_won=st.floats(0, 1), if_not=st.floats(0, 1)),
        max_size=2,
    ).map(tuple),
)  # fmt: skip


@given(FACTS)
def test_facts_come_back_from_their_json(found: facts.Facts) -> None:
    assert facts.thawed(facts.frozen(found)) == found


def test_facts_of_an_unknown_version_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown"):
        facts.thawed({"version": facts.VERSION + 1})
