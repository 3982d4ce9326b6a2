"""Best Case and Most Likely are called as Commit is: each with its own calls, overlays, roll-up and submission."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.calls import actions, numbers, queries, rules
from fairlead.calls.models import Overlay, Submission
from fairlead.people import access
from tests.calls.company import Q4, Company
from tests.cast import AT

DAY = timedelta(days=1)
BOOKED = 392 + 214 + 401 + 183
COMMIT = BOOKED + 240 + 190 + 72 + 120
BEST = COMMIT + 84 + 165


def page(company: Company, category: str, name: str = "mina", at: object = AT) -> queries.CallPage:
    person = getattr(company.cast, name)
    return queries.call_page(company.cast.actor(name), person.pk, Q4, at, category=category)  # type: ignore[arg-type]


def say(company: Company, name: str, category: str, euros: int | None, at: object = AT - DAY) -> None:
    minor = None if euros is None else euros * 100
    actions.set_call(
        by=company.cast.actor(name),
        at=at,  # type: ignore[arg-type]
        person=getattr(company.cast, name),
        period=Q4,
        amount_minor=minor,
        category=category,
    )


def beside(company: Company, by: str, name: str, category: str, euros: int) -> Overlay:
    return actions.set_overlay(
        by=company.cast.actor(by), at=AT - DAY, person=getattr(company.cast, name), period=Q4,
        amount_minor=euros * 100, note="I count it so.", category=category,
    )  # fmt: skip


def row(found: queries.CallPage, name: str) -> queries.Row:
    return next(one for one in found.rows if one.person.name.lower().startswith(name))


def test_each_column_starts_from_its_own_deals(team: Company) -> None:
    found = {category: page(team, category).amount for category in rules.CALLED}
    assert found == {"commit": COMMIT * 100, "most_likely": COMMIT * 100, "best_case": BEST * 100}
    assert {c.category: c.call for c in page(team, "commit").columns if c.call is not None} == found


def test_a_call_and_an_overlay_count_in_their_own_category_only(team: Company) -> None:
    say(team, "rosa", "best_case", 800)
    beside(team, "mina", "ravi", "best_case", 450)
    best, commit = page(team, "best_case"), page(team, "commit")
    assert (row(best, "rosa").said, row(best, "rosa").own_call) == (800_00, 800_00)
    assert (row(best, "ravi").overlay, row(best, "ravi").overlay_note) == (450_00, "I count it so.")
    moved = (800 - (392 + 240 + 84)) + (450 - (214 + 190 + 72))
    assert best.amount == (BEST + moved) * 100
    assert commit.amount == COMMIT * 100
    assert row(commit, "rosa").said is None
    assert row(commit, "ravi").overlay is None


def test_a_base_that_moved_is_answered_in_its_category(team: Company) -> None:
    beside(team, "mina", "ines", "best_case", 500)
    say(team, "ines", "best_case", 600, AT)
    drift = row(page(team, "best_case"), "ines").drift
    assert drift is not None
    assert drift.by == (600 - (401 + 165)) * 100
    actions.answer_drift(
        by=team.cast.actor("mina"), at=AT, person=team.cast.ines, period=Q4, follow=True, category="best_case"
    )
    assert row(page(team, "best_case"), "ines").overlay == 534_00
    actions.reset_overlay(
        by=team.cast.actor("mina"), at=AT, person=team.cast.ines, period=Q4, category="best_case"
    )
    after = row(page(team, "best_case"), "ines")
    assert (after.overlay, after.in_call) == (None, 600_00)


def test_a_category_that_nobody_calls_is_refused(team: Company) -> None:
    for act in (lambda: say(team, "rosa", "pipeline", 1), lambda: page(team, "closed")):
        with pytest.raises(access.Refusal) as refused:
            act()
        assert refused.value.code == "bad_category"


def test_a_submission_freezes_every_category(team: Company) -> None:
    say(team, "rosa", "best_case", 800)
    say(team, "mina", "most_likely", 1900)
    sent = team.submit("mina", COMMIT)
    moved = 800 - (392 + 240 + 84)
    assert (sent.amount_minor, sent.most_likely_minor, sent.best_case_minor) == (
        COMMIT * 100, 1900_00, (BEST + moved) * 100,
    )  # fmt: skip
    best = {cell.name: cell for cell in actions.cells_of(sent, "best_case")}
    assert best[team.cast.rosa.name].said == 800_00
    assert rules.digest(actions.content_of(sent)) == sent.digest
    assert sent.others is not None
    sent.others["best_case"]["amount"] += 1
    assert rules.digest(actions.content_of(sent)) != sent.digest


def test_a_number_given_with_the_submission_needs_the_reason_as_commit_does(team: Company) -> None:
    def send(reason: str) -> Submission:
        return actions.submit(
            by=team.cast.actor("mina"), at=AT, person=team.cast.mina, period=Q4, amount_minor=COMMIT * 100,
            reason=reason, key="one", others={"best_case": 2000_00},
        )  # fmt: skip

    with pytest.raises(access.Refusal, match="in Best Case") as refused:
        send("")
    assert refused.value.code == "reason_missing"
    sent = send("Brightwater is larger than it says.")
    assert sent.best_case_minor == 2000_00
    assert send("Brightwater is larger than it says.") == sent


def test_a_wider_number_is_never_below_the_narrower_one_it_holds(team: Company) -> None:
    common = {
        "by": team.cast.actor("mina"), "at": AT, "person": team.cast.mina, "period": Q4,
        "amount_minor": (BEST + 500) * 100, "reason": "One more comes.",
    }  # fmt: skip
    with pytest.raises(access.Refusal) as refused:
        actions.submit(**common, key="one", others={"best_case": BEST * 100})  # type: ignore[arg-type]
    assert refused.value.code == "below_narrower"
    sent = actions.submit(**common, key="two")  # type: ignore[arg-type]
    assert sent.most_likely_minor == sent.best_case_minor == (BEST + 500) * 100


def test_the_same_form_with_another_best_case_is_refused(team: Company) -> None:
    common = {
        "by": team.cast.actor("mina"), "at": AT, "person": team.cast.mina, "period": Q4,
        "amount_minor": COMMIT * 100, "reason": "As said.", "key": "one",
    }  # fmt: skip
    actions.submit(**common, others={"best_case": 2000_00})  # type: ignore[arg-type]
    with pytest.raises(access.Refusal) as refused:
        actions.submit(**common, others={"best_case": 2100_00})  # type: ignore[arg-type]
    assert refused.value.code == "key_reused"


def test_what_changed_since_the_last_submission_adds_up_in_every_category(team: Company) -> None:
    team.submit("mina", COMMIT, at=AT - 2 * DAY)
    team.change("Brightwater", euros=200)
    say(team, "rosa", "best_case", 800)
    beside(team, "mina", "ravi", "best_case", 450)
    for category in rules.CALLED:
        found = page(team, category)
        assert found.changes is not None
        assert found.changes.start + sum(bar.amount for bar in found.changes.bars) == found.amount
    best = page(team, "best_case").changes
    assert best is not None
    assert {bar.kind for bar in best.bars} == {"amount_up", "own_call", "overlay"}
    commit = page(team, "commit").changes
    assert commit is not None
    assert commit.bars == ()


def test_a_superior_sees_what_was_submitted_and_before_that_the_roll_up(team: Company) -> None:
    say(team, "rosa", "best_case", 800)
    rolled = (BEST + 800 - (392 + 240 + 84)) * 100
    board = queries.board(team.cast.actor("vera"), team.cast.vera.pk, Q4, AT, category="best_case")
    mina = next(one for one in board.rows if one.leader.id == team.cast.mina.pk)
    assert mina.amount == rolled
    team.submit("mina", COMMIT)
    say(team, "rosa", "best_case", 900, AT)
    board = queries.board(team.cast.actor("vera"), team.cast.vera.pk, Q4, AT, category="best_case")
    mina = next(one for one in board.rows if one.leader.id == team.cast.mina.pk)
    assert (mina.amount, dict(mina.in_each)["commit"]) == (rolled, COMMIT * 100)
    assert dict(board.totals)["best_case"] == board.total


def test_the_board_says_what_moved_in_the_category(team: Company) -> None:
    first = team.submit("mina", COMMIT, at=AT - 8 * DAY)
    say(team, "ines", "best_case", 700)
    team.submit("mina", COMMIT, previous=first.public_id)
    board = queries.board(team.cast.actor("vera"), team.cast.vera.pk, Q4, AT, category="best_case")
    mina = next(one for one in board.rows if one.leader.id == team.cast.mina.pk)
    assert mina.since == (700 - (401 + 165)) * 100
    assert board.changes.start + sum(bar.amount for bar in board.changes.bars) == board.changes.end


def test_the_copy_of_a_category_shows_the_team_its_calls(team: Company) -> None:
    say(team, "rosa", "best_case", 800)
    sent = team.submit("mina", COMMIT)
    copy = queries.team_copy(team.cast.actor("ravi"), sent.public_id, "best_case")
    assert copy.amount == sent.best_case_minor
    assert {cell.name: cell.own_call for cell in copy.cells}[team.cast.rosa.name] == 800_00
    assert [category for category, _ in copy.numbers] == list(rules.CALLED)


def test_the_text_to_copy_says_the_other_numbers(team: Company) -> None:
    say(team, "mina", "best_case", 2_000_000)
    sent = team.submit("mina", COMMIT)
    assert "Most Likely €1,812, Best Case €2M\n" in queries.as_text(team.cast.actor("mina"), sent.public_id)


def test_a_submission_of_before_all_categories_says_nothing_of_them(team: Company) -> None:
    sent = team.submit("mina", COMMIT)
    old = Submission(person=sent.person, period="2026Q4", amount_minor=5, cells=sent.cells, changes=[])
    assert actions.amount_in(old, "best_case") is None
    standing = numbers.Standing(1, "a", sent.person_id, 1, AT, AT, 5, 5, 0, None, "")
    assert (standing.number("commit"), standing.number("best_case")) == (5, None)


@given(st.lists(st.tuples(st.sampled_from(rules.CATEGORIES[1:]), st.integers(-(10**9), 10**9))))
def test_single_columns_come_back_out_of_the_cumulative_ones(parts: list[tuple[str, int]]) -> None:
    alone = rules.single(parts)
    assert rules.singles_of(rules.cumulative(alone)) == alone


def test_a_run_keeps_the_columns_that_the_roll_up_far_below_reads(team: Company) -> None:
    say(team, "rosa", "best_case", 800)
    live = queries.board(team.cast.actor("carl"), team.cast.carl.pk, Q4, AT, category="best_case")
    actions.estimate(by=team.cast.actor("olu"), at=AT, with_past=False)
    of_run = queries.board(team.cast.actor("carl"), team.cast.carl.pk, Q4, AT, category="best_case")
    assert [row.amount for row in of_run.rows] == [row.amount for row in live.rows]
    assert of_run.totals == live.totals
    columns = {column.category: column for column in page(team, "commit", "carl").columns}
    assert columns["best_case"].cumulative == BEST * 100, "the deals of teams below stand in the columns"
    assert columns["best_case"].alone == (84 + 165) * 100


def test_the_record_of_a_category_is_of_its_own_numbers(team: Company) -> None:
    say(team, "mina", "best_case", 2000)
    team.submit("mina", COMMIT)
    queried = page(team, "best_case").last
    assert queried is not None
    assert (queried.amount, queried.calls_sum) == (2000_00, BEST * 100)
