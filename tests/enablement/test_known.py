"""What reps know: written down, assessed in words, credited while a live plan cites it, and by nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from fairlead.deals.models import Deal
from fairlead.enablement import actions, queries, rules
from fairlead.enablement.models import Cite, Knowledge
from fairlead.ledger import queries as ledger
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.plans import actions as plans
from fairlead.plans import rules as plan_rules
from fairlead.qualification import actions as evidence
from fairlead.qualification import queries as criteria
from tests.calls.company import Company
from tests.cast import AT, Cast
from tests.enablement.making import STUDY

PLAN = plan_rules.Plan(
    what="Two sites", strategy="direct", why="One buyer now",
    tactics=(plan_rules.Tactic("Show the one contract", "strategy"),),
    players=(plan_rules.Player("Karin Holm"),),
)  # fmt: skip
TACTIC = "tactic:Show the one contract"


def write(cast: Cast, who: str = "rosa", known: str = "", assessor: str = "", **more: object) -> str:
    row = actions.keep_known(
        by=cast.actor(who), at=AT, given=replace(STUDY, **more), known=known,  # type: ignore[arg-type]
        assessor=getattr(cast, assessor).public_id if assessor else "",
    )  # fmt: skip
    return Knowledge.objects.for_system("a test asks for it").get(pk=row.knowledge_id).public_id


def plan(team: Company, made: plan_rules.Plan = PLAN, after: int = 0, deal: str = "Nordwind") -> str:
    public_id = team.deals[deal].public_id
    plans.save(by=team.cast.actor("rosa"), at=AT, deal=public_id, after_version=after, plan=made)
    return public_id


def cite(
    team: Company, deal: str, known: str, where: str = TACTIC, who: str = "rosa", on: bool = True
) -> Cite:
    return actions.cite(by=team.cast.actor(who), at=AT, deal=deal, known=known, where=where, on=on)


def uses(team: Company, who: str = "rosa") -> list[tuple[str, ...]]:
    return [use.places for line in queries.known_by(team.cast.actor(who), AT).lines for use in line.uses]


# Credit


def test_what_a_live_plan_cites_is_credited_and_nothing_else_is(team: Company) -> None:
    known, deal = write(team.cast), plan(team)
    assert uses(team) == []
    cite(team, deal, known)
    assert uses(team) == [("tactic: Show the one contract",)]
    page = queries.cites(team.cast.actor("rosa"), deal, AT)
    assert [one.title for one in page.cited] == [STUDY.title]
    ledger.verify()


def test_credit_goes_when_the_plan_no_longer_has_the_place_and_comes_back_with_it(team: Company) -> None:
    known, deal = write(team.cast), plan(team)
    cite(team, deal, known)
    plan(team, replace(PLAN, tactics=(plan_rules.Tactic("Wait", "strategy"),)), after=1)
    assert uses(team) == []
    plan(team, PLAN, after=2)
    assert len(uses(team)) == 1
    dropped = replace(PLAN.tactics[0], state="dropped")
    plan(team, replace(PLAN, tactics=(dropped,)), after=3)
    assert uses(team) == []


def test_credit_goes_when_it_is_cited_no_more_or_taken_off(team: Company) -> None:
    known, deal = write(team.cast), plan(team)
    cite(team, deal, known)
    cite(team, deal, known, where="strategy:")
    assert uses(team) == [("tactic: Show the one contract", "the strategy")]
    cite(team, deal, known, on=False)
    assert uses(team) == [("the strategy",)]
    actions.withdraw_known(by=team.cast.actor("rosa"), at=AT, known=known)
    assert queries.known_by(team.cast.actor("rosa"), AT).lines == ()
    assert queries.cites(team.cast.actor("rosa"), deal, AT).cited == ()


def test_evidence_that_is_taken_back_carries_nothing(team: Company) -> None:
    known, deal = write(team.cast), plan(team)
    by = team.cast.actor("rosa")
    criterion = criteria.criteria_on(AT.date(), AT).criteria[0].key
    with pytest.raises(access.Refusal):
        cite(team, deal, known, where=f"evidence:{criterion}")
    evidence.score(by=by, at=AT, deal=deal, criterion=criterion, score=1, what="We think so.")
    cite(team, deal, known, where=f"evidence:{criterion}")
    assert len(uses(team)) == 1
    evidence.undo(by=by, at=AT, deal=deal, criterion=criterion)
    assert uses(team) == []


def test_a_closed_deal_credits_no_more_and_says_that_it_was_used(team: Company) -> None:
    known, deal = write(team.cast), plan(team)
    cite(team, deal, known)
    Deal.objects.for_system("a test closes a deal").filter(public_id=deal).update(
        status="won", closed_on=AT.date()
    )
    (line,) = queries.known_by(team.cast.actor("rosa"), AT).lines
    assert (line.uses, line.was_used) == ((), 1)
    with pytest.raises(access.Refusal) as refused:
        cite(team, deal, known, on=False)
    assert refused.value.code == "deal_closed"


def test_the_same_cited_twice_is_kept_once(team: Company) -> None:
    known, deal = write(team.cast), plan(team)
    assert cite(team, deal, known).pk == cite(team, deal, known).pk


@pytest.mark.parametrize("where", ["", "tactic:Sing", "song:", "strategy:other"])
def test_only_what_stands_in_the_plan_cites(team: Company, where: str) -> None:
    known, deal = write(team.cast), plan(team)
    with pytest.raises(access.Refusal) as refused:
        cite(team, deal, known, where=where)
    assert refused.value.code == "no_place"


def test_a_plan_cites_what_its_owner_knows_and_nobody_elses(team: Company) -> None:
    deal = plan(team)
    with pytest.raises(access.NotFound):
        cite(team, deal, write(team.cast, "ravi"))
    known = write(team.cast)
    with pytest.raises(access.NotFound):
        cite(team, deal, known, who="ravi")
    cite(team, deal, known, who="mina")
    assert len(uses(team)) == 1


def test_hours_and_scores_are_kept_nowhere() -> None:
    names = {field.name for model in (Knowledge, Cite) for field in model._meta.get_fields()}
    assert not names & {"hours", "minutes", "points", "score", "credit"}


# Who reads it


def test_what_somebody_knows_is_read_by_them_and_the_manager_of_today(team: Company) -> None:
    known = write(team.cast)
    for name in team.cast.names:
        actor = team.cast.actor(name)
        try:
            found = queries.one_known(actor, known, AT).learnt == STUDY.learnt
        except access.Refusal:
            found = False
        assert found == (name in ("rosa", "mina")), name


def test_readers_of_a_plan_see_what_it_cites_by_title_alone(team: Company) -> None:
    known, other, deal = write(team.cast), write(team.cast, title="Not cited"), plan(team)
    cite(team, deal, known)
    for name in ("vera", "olu"):
        page = queries.cites(team.cast.actor(name), deal, AT)
        assert [one.title for one in page.cited] == [STUDY.title]
        assert page.known == ()
    assert [one.public_id for one in queries.cites(team.cast.actor("mina"), deal, AT).known] == [other]
    with pytest.raises(access.NotFound):
        queries.cites(team.cast.actor("pia"), deal, AT)


# Writing


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "song"}, "bad_kind"), ({"title": ""}, "text_missing"), ({"learnt": " "}, "text_missing"),
        ({"sources": ""}, "text_missing"), ({"on": AT.date() + timedelta(days=1)}, "bad_day"),
        ({"on": None}, "bad_day"), ({"learnt": "x" * 2001}, "text_long"), ({"kind": "teach_back"}, "bad_assessor"),
    ],
)  # fmt: skip
def test_what_says_too_little_is_refused(cast: Cast, change: dict[str, object], code: str) -> None:
    with pytest.raises(access.Refusal) as refused:
        write(cast, **change)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_a_correction_is_a_version_and_the_kind_stays(cast: Cast) -> None:
    known = write(cast)
    write(cast, known=known, kind="industry", learnt="They buy in two places.")
    line = queries.one_known(cast.actor("rosa"), known, AT)
    assert (line.kind, line.learnt, line.versions) == ("account", "They buy in two places.", 2)
    with pytest.raises(access.NotFound):
        write(cast, "ravi", known=known)


def test_the_ledger_has_none_of_the_words(cast: Cast) -> None:
    write(cast)
    (facts,) = ledger.facts_of("knowledge.kept")
    assert "Nordwind" not in str(facts)


# Teach-backs


def test_a_teach_back_is_assessed_in_words_by_who_saw_it(cast: Cast) -> None:
    known = write(cast, kind="teach_back", sources="", assessor="pia")
    assert [notice.to_id for notice in Notice.objects.filter(kind="enablement.assess")] == [cast.pia.pk]
    one = queries.to_assess(cast.actor("pia"), known, AT)
    assert (one.person, one.title, one.learnt) == ("Rosa Lindqvist", STUDY.title, STUDY.learnt)
    for name in ("mina", "otto", "rosa", "vera"):
        with pytest.raises(access.NotFound):
            queries.to_assess(cast.actor(name), known, AT)
    grades = dict.fromkeys(rules.RUBRIC, "clear") | {"value": "not_yet"}
    with pytest.raises(access.Refusal) as refused:
        actions.assess(by=cast.actor("pia"), at=AT, known=known, grades={"features": "clear"})
    assert refused.value.code == "bad_rubric"
    actions.assess(by=cast.actor("pia"), at=AT, known=known, grades=grades, words="Our figures, not theirs.")
    for name in ("rosa", "mina"):
        line = queries.one_known(cast.actor(name), known, AT)
        assert (line.grades, line.saw) == (grades, "Our figures, not theirs.")
    with pytest.raises(access.NotFound):
        queries.one_known(cast.actor("otto"), known, AT)


def test_an_assessor_may_decline_and_nobody_assesses_themself(cast: Cast) -> None:
    known = write(cast, kind="teach_back", assessor="pia")
    actions.assess(by=cast.actor("pia"), at=AT, known=known, grades={}, decline=True)
    assert queries.one_known(cast.actor("rosa"), known, AT).declined
    with pytest.raises(access.Refusal) as refused:
        write(cast, kind="teach_back", assessor="rosa")
    assert refused.value.code == "bad_assessor"
