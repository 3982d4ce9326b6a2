"""The arithmetic of the desk: how near words are, how a message stands, what counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.desk import calm, rules
from fairlead.desk.wording import KINDS, LANES
from fairlead.news.rules import Clock
from fairlead.people import access

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WORDS = st.lists(
    st.sampled_from("we need the daily list until it is signed by friday".split()), min_size=0, max_size=30
)


def text(words: list[str]) -> str:
    return " ".join(words)


@given(WORDS)
def test_a_copy_is_wholly_copied_whatever_its_case_and_punctuation(words: list[str]) -> None:
    found = rules.overlap(text(words), text(words).upper().replace(" ", ",  ") + "!")
    assert found.copied == found.words == len(words)
    assert found.longest == len(words)


@given(WORDS, WORDS)
def test_the_marked_text_is_the_passed_text(original: list[str], passed: list[str]) -> None:
    said = f"  {text(passed)}.\n"
    found = rules.overlap(text(original), said)
    assert "".join(part for part, _ in found.marks) == said
    copied = sum(len(part.split()) for part, marked in found.marks if marked)
    assert copied == found.copied <= found.words == len(passed)


@given(WORDS, WORDS)
def test_nothing_is_copied_where_no_run_is_shared(original: list[str], passed: list[str]) -> None:
    found = rules.overlap(text(original), text(passed))
    runs = {tuple(original[n : n + rules.RUN]) for n in range(len(original) - rules.RUN + 1)}
    if len(original) >= rules.RUN:
        shared = any(tuple(passed[n : n + rules.RUN]) in runs for n in range(len(passed) - rules.RUN + 1))
        assert (found.copied > 0) == shared
        assert (found.longest >= rules.RUN) == shared


def test_words_of_ones_own_pass_and_near_ones_do_not() -> None:
    original = "I need to know what Ravi is doing about it, every day until it is signed."
    own = rules.overlap(original, "Please note who signs at the buyer, and by which day you hear from them.")
    near = rules.overlap(
        original, "Vera needs to know what Ravi is doing about it, every day until it is signed."
    )
    assert not rules.is_near(own, rules.LIMITS)
    assert rules.is_near(near, rules.LIMITS)
    assert not rules.is_near(near, rules.Limits(1, 2, 100, 30))


def _said(kind: str) -> rules.Kinds:
    return ((AT - 100 * HOUR, kind),) if kind else ()


STEPS = st.lists(
    st.tuples(st.sampled_from(rules.ACTS), st.integers(0, 50), st.booleans(), st.integers(1, 8)), max_size=8
)


@given(st.sampled_from(["", *KINDS]), STEPS, st.integers(-5, 60))
def test_a_message_always_stands_somewhere_and_only_a_hold_that_runs_holds_it(
    kind: str, drawn: list[tuple[rules.ActKind, int, bool, int]], hours: int
) -> None:
    steps = [
        rules.Step(
            number, act, AT + number * HOUR, until=AT + (number + length) * HOUR if act == "held" else None,
            opens_at=AT + number * HOUR if act in rules.PASSES else None,
            about=min(about, number - 1) or None if act == "withdrawn" else None, text="x" if sender else "",
            sender=sender,
        )
        for number, (act, length, sender, about) in enumerate(drawn, start=1)
    ]  # fmt: skip
    at = AT + hours * HOUR
    found = rules.standing(_said(kind), steps, at, AT + 20 * HOUR)
    assert found.state in ("to_decide", "held", "decided")
    assert (found.state == "held") == (found.until is not None and found.until > at)
    assert found.back == (found.until is not None and found.until <= at)
    if kind not in rules.MUST_PASS:
        assert found.must_by is None
        assert not found.late
    elif found.late:
        assert at > AT + 20 * HOUR or any(step.at > AT + 20 * HOUR for step in found.valid)


@given(st.sampled_from(sorted(rules.MUST_PASS)), st.sampled_from(sorted(KINDS)), st.integers(0, 40))
def test_another_kind_after_the_limit_does_not_undo_that_it_was_late(
    kind: str, other: str, hours: int
) -> None:
    limit, changed = AT + 20 * HOUR, AT + hours * HOUR
    kinds = ((AT, kind), (changed, other))
    found = rules.standing(kinds, [], AT + 50 * HOUR, limit)
    assert found.late == (changed > limit or other in rules.MUST_PASS)
    assert (found.owed_by == limit) == found.late
    assert found.must_by == (limit if other in rules.MUST_PASS else None)


@given(st.integers(0, 365 * 24), st.integers(0, 300))
def test_what_hr_holds_starts_the_limit_and_never_shortens_it(since: int, hours: int) -> None:
    received = AT + since * HOUR
    clock = Clock(2, "Europe/Helsinki")
    plain = rules.must_pass_by(received, None, clock)
    released = received + hours * HOUR
    assert rules.must_pass_by(received, released, clock) == clock.late_at(released)
    assert rules.must_pass_by(received, released, clock) >= plain
    assert rules.must_pass_by(received, received - HOUR, clock) == plain


def test_kinds_are_suggested_by_a_word_that_is_told() -> None:
    for said, kind, word in (
        ("The commission plan changes", "pay", "commission plan"),
        ("Thank you all", "praise", "thank you"),
        ("From now on twice a week", "instruction", "from now on"),
        ("Is it safe?", "question", "?"),
    ):
        assert rules.suggestion("", said) == rules.Suggestion(kind, word)
    assert rules.suggestion("", "The bus is yellow.") is None


def test_praise_that_asks_or_orders_is_not_plain() -> None:
    assert rules.plainly_praise("Thanks", "Thank you all, great work.")
    for said in ("Thanks. Is it signed?", "Well done. I want it twice a week.", "Thanks; the bonus changes."):
        assert not rules.plainly_praise("", said), said


def test_a_protected_lane_says_what_it_is_and_where_it_goes() -> None:
    for lane in LANES:
        with pytest.raises(access.Refusal, match="Hana Sato directly"):
            rules.refuse_message("week", lane, ["Hana Sato"])
    with pytest.raises(access.Refusal, match="HR directly"):
        rules.refuse_message("week", "hr", [])


def test_limits_outside_their_bounds_are_refused() -> None:
    for values in ((0, 50, 8), (11, 50, 8), (2, 19, 8), (2, 101, 8), (2, 50, 3), (2, 50, 31)):
        with pytest.raises(access.Refusal):
            rules.limits_of(*values, 1)
    assert rules.limits_of(1, 100, 30, 4) == rules.Limits(4, 1, 100, 30)


def test_a_question_is_looked_up_by_its_telling_words_and_a_long_one_by_the_longest() -> None:
    assert rules.telling(("is", "kestrel", "still", "safe")) == ("kestrel", "safe")
    assert rules.telling(("is", "it", "on", "the", "way")) == ("way",)
    long = tuple(f"w{'o' * n}" for n in range(40))
    assert rules.telling(long) == long[-rules.MOST_TELLING :]
    assert [rules.least_alike(("a",) * n) for n in (1, 2, 3, 6, 16)] == [1, 1, 2, 3, 6]


def test_the_calm_card_takes_three_facts_and_says_what_is_not_known_only_where_fewer_are() -> None:
    facts = [calm.Said(f"Fact {n}.", "/call/") for n in range(4)]
    full = calm.card(
        facts, calm.Said("The mill waited too.", "/"), calm.Said("Call their COO.", "/"), "Not known: x."
    )
    assert full.text.splitlines() == [
        "Fact 0.", "Fact 1.", "Fact 2.", "For example: the mill waited too.", "You can help: call their COO.",
    ]  # fmt: skip
    assert calm.card(facts[:1], None, None, "Not known: x.").text == "Fact 0.\nNot known: x."
    assert calm.card([], None, None).text == ""


def test_an_answer_leaves_as_mail_and_as_chat() -> None:
    assert calm.as_mail("Vera", "Mina Aalto", "One.\nTwo.") == "Hello Vera,\n\nOne.\nTwo.\n\nMina Aalto\n"
    assert calm.as_chat("One.\n\nTwo.\n") == "One. Two."


@given(st.lists(st.sampled_from(sorted(KINDS)), max_size=12), st.booleans())
def test_only_questions_concerns_and_instructions_can_leak(kinds: list[str], raw: bool) -> None:
    act: rules.ActKind = "passed_raw" if raw else "passed"
    step = rules.Step(1, act, AT + HOUR, opens_at=AT + HOUR)
    cases = [
        rules.Case(
            kind,
            AT,
            rules.standing(_said(kind), [step], AT + 2 * HOUR, AT + 3 * HOUR),
            owed=kind in rules.MUST_PASS,
        )
        for kind in kinds
    ]
    found = rules.counts(cases)
    leaks = [kind for kind in kinds if kind in ("question", "concern", "instruction")]
    assert (found.raw, found.counted) == (len(leaks) if raw else 0, len(leaks))
    assert (found.late, found.must) == (0, sum(kind in rules.MUST_PASS for kind in kinds))
    assert found.middle is None
