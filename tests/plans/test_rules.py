"""When a deal is worth a plan, what is flagged and with which values, what a plan keeps of what was typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.people import access
from fairlead.plans import rules, wording
from fairlead.plans.rules import Plan, Player, Resource, Risk, Rival, Tactic

TODAY = date(2026, 11, 24)
CRITERIA = {"pain": "Need", "win": "Can we win?"}
DAY = timedelta(days=1)
KARIN = Player("Karin Holm", "CFO", "decides", "neutral", TODAY - 3 * DAY)
JENS = Player("Jens Aho", "head of IT", "stops", "neutral", TODAY - 6 * DAY)
STEP = Tactic("Contract template", "pain", "Rosa", TODAY + 2 * DAY, "Jens Aho", "it is here")
SOUND = Plan(
    what="Two sites", how_much="240", by_when=date(2026, 12, 14), signed_by="Karin Holm", strategy="direct",
    why="We lead.", changes_if="They offer both.", rivals=(Rival(rules.NOTHING, "It costs them 4 %."),),
    players=(KARIN, JENS), tactics=(STEP,), resources=(Resource("Engineer", "people", "refused", "Otto", TODAY),),
    risks=(Risk("No budget", kill=True),),
)  # fmt: skip


def raised(plan: Plan) -> list[str]:
    return [flag.key for flag in rules.flags(plan, CRITERIA, TODAY)]


def test_a_sound_plan_raises_no_flag_and_lacks_nothing() -> None:
    assert raised(SOUND) == []
    assert rules.missing(SOUND) == []
    assert SOUND.objective == "Two sites, 240, by 14 December 2026, signed by Karin Holm."


def test_without_a_player_who_decides_the_economic_buyer_is_missing() -> None:
    assert "no_economic_buyer" in raised(replace(SOUND, players=(JENS, replace(JENS, name="Marta"))))


@pytest.mark.parametrize(("age", "keys"), [(30, ["stale_contact"]), (31, ["single_thread", "stale_contact"])])
def test_one_fresh_contact_in_thirty_days_is_a_single_thread(age: int, keys: list[str]) -> None:
    old = replace(JENS, contact_on=TODAY - age * DAY)
    assert raised(replace(SOUND, players=(KARIN, old))) == keys


@pytest.mark.parametrize(("age", "flagged"), [(21, False), (22, True)])
def test_who_decides_or_can_stop_it_is_talked_with_within_three_weeks(age: int, flagged: bool) -> None:
    old = replace(KARIN, contact_on=TODAY - age * DAY)
    found = rules.flags(replace(SOUND, players=(old, JENS)), CRITERIA, TODAY)
    assert [flag.detail for flag in found] == (
        ["Last two-way contact 2 Nov, 22 days ago."] if flagged else []
    )


def test_a_buyer_step_is_late_the_day_after_its_day_and_not_when_it_is_done() -> None:
    late = replace(STEP, due_on=TODAY - DAY)
    assert raised(replace(SOUND, tactics=(late,))) == ["overdue_buyer_step"]
    assert raised(replace(SOUND, tactics=(replace(late, state="done"),))) == []
    assert raised(replace(SOUND, tactics=(replace(late, due_on=TODAY),))) == []
    assert raised(replace(SOUND, tactics=(replace(late, buyer=""),))) == []


@pytest.mark.parametrize("serves", ["", "a criterion of long ago"])
def test_a_tactic_that_serves_neither_strategy_nor_a_criterion_in_force_is_an_orphan(serves: str) -> None:
    assert raised(replace(SOUND, tactics=(replace(STEP, serves=serves),))) == ["orphan_tactic"]
    assert raised(replace(SOUND, tactics=(replace(STEP, serves="strategy"),))) == []


def test_every_flag_says_its_values_and_its_rule() -> None:
    for flag in rules.flags(Plan(tactics=(replace(STEP, serves="", due_on=TODAY - DAY),)), CRITERIA, TODAY):
        assert flag.title
        assert flag.detail.endswith((".", "”"))
        assert flag.rule.endswith(".")


amounts = st.integers(1, 10**9)


@given(amounts, st.lists(amounts, min_size=rules.ENOUGH), st.none() | amounts, st.booleans())
def test_a_deal_is_worth_a_plan_by_three_medians_or_by_its_share_in_commit(
    amount: int, sizes: list[int], target: int | None, commit: bool
) -> None:
    worth = rules.worth(amount, sizes, target, in_commit=commit)
    assert worth.threshold is not None
    assert worth.by_size == (amount >= worth.threshold)
    assert worth.by_commit == (commit and target is not None and amount > rules.SHARE_OF_TARGET * target)
    assert worth.required == (worth.by_size or worth.by_commit)


@given(amounts, st.lists(amounts, min_size=rules.ENOUGH), amounts, st.integers(0, 10**9))
def test_a_larger_deal_never_needs_a_plan_less(amount: int, sizes: list[int], target: int, more: int) -> None:
    small = rules.worth(amount, sizes, target, in_commit=True)
    large = rules.worth(amount + more, sizes, target, in_commit=True)
    assert large.required or not small.required


def test_of_few_won_deals_no_usual_size_is_made() -> None:
    assert rules.worth(10**9, [1, 2, 3, 4], None, in_commit=True).required is False


@given(st.builds(Plan, what=st.text(max_size=40), players=st.lists(st.builds(
    Player, name=st.text(min_size=1, max_size=20), contact_on=st.none() | st.dates(),
), max_size=4).map(tuple)))  # fmt: skip
def test_a_kept_plan_reads_back_as_what_was_kept(plan: Plan) -> None:
    kept = rules.plan_of(rules.content_of(plan))
    assert rules.plan_of(rules.content_of(kept)) == kept


def test_a_sound_plan_is_kept_whole() -> None:
    assert rules.plan_of(rules.content_of(SOUND)) == SOUND


def test_rows_without_their_first_field_are_dropped() -> None:
    assert rules.plan_of({"players": [{"name": " ", "role": "CFO"}, {"name": "Karin"}]}).players == (
        Player("Karin"),
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"by_when": "soon"}, "bad_day"),
        ({"strategy": "brilliant"}, "bad_choice"),
        ({"players": [{"name": "K", "stance": "lovely"}]}, "bad_choice"),
        ({"tactics": [{"action": "x", "state": "asked"}]}, "bad_choice"),
        ({"what": "x" * 301}, "text_long"),
        ({"risks": [{"what": str(n)} for n in range(21)]}, "many_rows"),
    ],
)
def test_what_cannot_be_kept_is_refused(content: dict[str, object], code: str) -> None:
    with pytest.raises(access.Refusal) as refused:
        rules.plan_of(content)
    assert refused.value.code == code


def test_a_talk_that_is_only_planned_is_no_contact() -> None:
    with pytest.raises(access.Refusal) as refused:
        rules.refuse_days(replace(SOUND, players=(replace(KARIN, contact_on=TODAY + DAY),)), TODAY)
    assert refused.value.code == "day_later"
    rules.refuse_days(SOUND, TODAY)


def test_an_answer_is_of_a_day_that_has_come_and_what_is_needed_has_its_own_day() -> None:
    ahead = rules.Resource("An engineer", needed_by=TODAY + DAY)
    rules.refuse_days(Plan(resources=(ahead,)), TODAY)
    with pytest.raises(access.Refusal, match="Needed by") as refused:
        rules.refuse_days(Plan(resources=(replace(ahead, on=TODAY + DAY),)), TODAY)
    assert refused.value.code == "day_later"


def test_a_sound_plan_lacks_nothing_and_an_empty_one_everything_in_the_order_of_the_form() -> None:
    nothing = (rules.Rival(rules.NOTHING, "4 % of pulp, every month"),)
    whole = replace(
        SOUND, rivals=nothing, risks=(rules.Risk("No budget", kill=True),), strategy="direct", why="We lead.",
        changes_if="The rival offers both.",
    )  # fmt: skip
    assert rules.missing(whole) == []
    assert rules.missing(Plan()) == [*rules.START, "strategy"]


def test_people_of_whom_nothing_is_known_are_named_and_still_no_players() -> None:
    named = Plan(players=(Player("Karin Holm"), Player("Jens Aho")))
    assert "players" in rules.missing(named)
    (flag, *_) = rules.flags(named, CRITERIA, TODAY)
    assert flag.detail == "2 named, none of them decides about the money; of 2 it is not known."
    assert "players" not in rules.missing(replace(named, players=(Player("Karin Holm", influence="uses"),)))


def test_what_the_deal_knows_fills_the_places_a_template_leaves_empty() -> None:
    known = Plan(
        how_much="€240k", by_when=TODAY, players=(Player("Karin Holm"),), rivals=(rules.Rival("Baltic"),)
    )
    mine = Plan(
        how_much="€200k", players=(replace(KARIN, name="karin holm"),), rivals=(rules.Rival(rules.NOTHING),)
    )
    both = rules.with_known(mine, known)
    assert (both.how_much, both.by_when, both.players) == ("€200k", TODAY, mine.players)
    assert [one.name for one in both.rivals] == [rules.NOTHING, "Baltic"]
    assert rules.with_known(Plan(), known) == known


def test_what_the_deal_knew_already_is_no_plan() -> None:
    known = Plan(how_much="€240k")
    for plan in (Plan(), known):
        with pytest.raises(access.Refusal):
            rules.refuse_nothing_own(plan, known)
    rules.refuse_nothing_own(replace(known, what="Two sites"), known)


def test_the_words_about_when_we_stop_name_the_box_as_the_form_labels_it() -> None:
    assert f"“{wording.STOP}”" in wording.WHY_MISSING["kills"]


def test_a_copy_brings_acts_and_risks_without_people_days_and_results() -> None:
    copy = rules.copied(SOUND)
    assert (copy.players, copy.resources, copy.objective) == ((), (), "")
    assert copy.tactics == (Tactic("Contract template", "pain", done_when="it is here"),)
    assert copy.risks == SOUND.risks


def test_the_author_does_not_test_the_own_plan() -> None:
    with pytest.raises(access.Refusal):
        rules.refuse_test(author=1, by=1, words="It held.")
    with pytest.raises(access.Refusal):
        rules.refuse_test(author=1, by=2, words=" ")
    rules.refuse_test(author=1, by=2, words="It held.")
