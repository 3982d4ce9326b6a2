"""Scoring a deal: who may, what stays readable, what an estimate may know, who chooses the criteria."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from fairlead.ledger import queries as ledger
from fairlead.ledger.models import Entry
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.qualification import actions, queries, rules, templates
from fairlead.qualification.models import CriteriaSet, Item
from fairlead.territories.models import Account, Contact
from tests.calls.company import Company
from tests.cast import AT

TODAY = AT.date()
DAY = timedelta(days=1)


def score(
    team: Company, key: str = "win", number: int = 2, who: str = "rosa", deal: str = "Nordwind", days_ago: int = 0,
    **more: object,
) -> Item:  # fmt: skip
    at = AT - days_ago * DAY
    said: dict[str, object] = {
        "what": "The plant manager wants us.",
        "buyer_name": "Marta Lind",
        "buyer_role": "Plant manager",
    }
    said = {"on": at.date(), **said, **more}
    return actions.score(
        by=team.cast.actor(who, at),
        at=at,
        deal=team.deals[deal].public_id,
        criterion=key,
        score=number,
        **said,  # type: ignore[arg-type]
    )


def panel(team: Company, who: str = "rosa", days: int = 0, **more: object) -> queries.Panel:
    at = AT + days * DAY
    deal = team.deals["Nordwind"].public_id
    return queries.panel(team.cast.actor(who, at), deal, at, **more)  # type: ignore[arg-type]


def grade(team: Company, key: str = "win", days: int = 0) -> rules.Grade:
    return next(line.grade for line in panel(team, days=days).lines if line.criterion.key == key)


# Who


def test_the_owner_and_two_levels_above_read_and_score_and_nobody_else(team: Company) -> None:
    read, wrote = set(), set()
    for name in team.cast.names:
        try:
            panel(team, name)
            read.add(name)
        except (access.NotAllowed, access.NotFound):
            pass
        try:
            score(team, who=name, what=f"{name} heard it.")
            wrote.add(name)
        except (access.NotAllowed, access.NotFound):
            pass
    assert read == {"rosa", "mina", "vera", "olu"}
    assert wrote == {"rosa", "mina", "vera"}


def test_the_owner_is_told_when_somebody_else_scored(team: Company) -> None:
    score(team)
    assert not Notice.objects.filter(kind="evidence.scored").exists()
    score(team, who="mina", what="She told me at the fair.")
    notice = Notice.objects.get(kind="evidence.scored")
    assert (notice.to_id, notice.facts["name"]) == (team.cast.rosa.pk, "Mina Aalto")


def test_the_words_stand_in_nobody_elses_ledger(team: Company) -> None:
    from fairlead.people import reading

    score(team)
    for name in team.cast.names:
        found = ledger.entries(reading.readable(team.cast.actor(name)), limit=200)
        assert any(entry.kind == "evidence.scored" for entry in found) == (name == "rosa"), name
    ledger.verify()


# What it comes to


def test_a_deal_is_as_good_as_its_weakest_criterion(team: Company) -> None:
    for key in ("opportunity", "compete", "win"):
        score(team, key, 3)
    found = panel(team)
    assert (found.score, found.weakest) == (0, ("Is it worth winning?",))
    score(team, "worth", 2)
    assert panel(team).score == 2


def test_old_evidence_counts_one_step_less_from_the_day_it_says(team: Company) -> None:
    score(team, number=3)
    assert grade(team, days=30).counted == 3
    stale = grade(team, days=31)
    assert (stale.said, stale.counted, stale.stale_since) == (3, 2, TODAY + 31 * DAY)


def test_a_person_of_the_account_is_taken_over_with_name_and_role(team: Company) -> None:
    deal = team.deals["Nordwind"]
    team.change("Nordwind", account="Nordwind Mills")
    account = Account.objects.create(
        source="cast", external_id="a1", name="Nordwind Mills", owner=team.cast.rosa
    )
    karin = Contact.objects.create(
        source="cast", external_id="c1", account=account, name="Karin Holm", title="CFO"
    )
    stranger = Contact.objects.create(source="cast", external_id="c2", name="Somebody Else")
    item = score(team, contact=karin.public_id, buyer_name="", buyer_role="")
    assert (item.buyer_name, item.buyer_role, item.contact_id) == ("Karin Holm", "CFO", karin.pk)
    with pytest.raises(access.Refusal) as refused:
        score(team, contact=stranger.public_id)
    assert refused.value.code == "no_contact"
    assert deal.public_id


def test_our_belief_names_nobody_at_the_buyer(team: Company) -> None:
    item = score(team, number=1)
    assert (item.buyer_name, item.buyer_role) == ("", "")


def test_two_and_three_without_a_person_are_refused_by_the_database_too(team: Company) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.create(
            deal=team.deals["Nordwind"], criterion="win", score=2, what="Somebody said it.", on=TODAY,
            by=team.cast.rosa, at=AT,
        )  # fmt: skip


def test_nothing_that_was_said_is_changed(team: Company) -> None:
    item = score(team)
    rows = Item.objects.for_system("tests try to change what was said").filter(pk=item.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(score=3)


def test_the_same_evidence_sent_twice_is_kept_once(team: Company) -> None:
    assert score(team).pk == score(team).pk


def test_a_score_that_is_taken_back_leaves_the_one_before(team: Company) -> None:
    score(team, number=1)
    score(team, number=3)
    actions.undo(by=team.cast.actor("mina"), at=AT, deal=team.deals["Nordwind"].public_id, criterion="win")
    found = panel(team)
    line = next(line for line in found.lines if line.criterion.key == "win")
    assert line.grade.counted == 1
    assert [(item.score, item.undone_by) for item in line.past] == [(3, "Mina Aalto"), (1, "")]
    actions.undo(by=team.cast.actor("rosa"), at=AT, deal=found.deal, criterion="win")
    with pytest.raises(access.Refusal) as refused:
        actions.undo(by=team.cast.actor("rosa"), at=AT, deal=found.deal, criterion="win")
    assert refused.value.code == "nothing_to_undo"


def test_what_changed_since_a_day_tells_new_evidence_from_mere_age(team: Company) -> None:
    score(team, "opportunity", 3, days_ago=40)
    score(team, "win", 1, days_ago=20)
    score(team, "win", 2, days_ago=2)
    moved = {
        move.name: (move.before, move.after, move.by_age)
        for move in panel(team, since=TODAY - 15 * DAY).moved
    }
    assert moved == {"Is there an opportunity?": (3, 2, True), "Can we win?": (1, 2, False)}
    assert panel(team, since=TODAY - DAY).moved == ()


def test_a_closed_deal_keeps_what_was_known_of_it(team: Company) -> None:
    team.won("Nordwind", "rosa", 240)
    with pytest.raises(access.Refusal) as refused:
        score(team)
    assert refused.value.code == "deal_closed"


# What an estimate may know


def test_what_was_said_later_never_changes_an_earlier_look(team: Company) -> None:
    score(team, "win", 2, days_ago=10)
    deal = team.deals["Nordwind"].pk
    before = queries.as_known(AT - 5 * DAY)
    assert before[deal].counted == {"win": 2}
    score(team, "win", 3, days_ago=1)
    score(team, "worth", 3)
    actions.set_criteria(
        by=team.cast.actor("olu"), at=AT, name="BANT", template="bant",
        criteria=templates.BY_KEY["bant"].criteria,
    )  # fmt: skip
    assert queries.as_known(AT - 5 * DAY) == before


def test_a_criterion_nobody_scored_is_absent_rather_than_low(team: Company) -> None:
    assert queries.as_known(AT) == {}
    score(team, "win", 2, days_ago=1)
    known = queries.as_known(AT)[team.deals["Nordwind"].pk]
    assert (known.score, known.counted) == (0, {"win": 2})


# The criteria


def choose(team: Company, template: str = "bant", who: str = "olu", **more: object) -> CriteriaSet:
    method = templates.BY_KEY[template]
    given = {"name": method.name, "template": template, "criteria": method.criteria}
    return actions.set_criteria(by=team.cast.actor(who), at=AT, **{**given, **more})  # type: ignore[arg-type]


def test_only_sales_operations_and_admins_choose_the_criteria(team: Company) -> None:
    may = set()
    for name in team.cast.names:
        try:
            choose(team, who=name)
            may.add(name)
        except access.NotAllowed:
            pass
    assert may == {"olu", "ada"}


def test_a_change_is_a_new_version_from_its_day_on_and_rewrites_nothing(team: Company) -> None:
    score(team, "win", 3)
    choose(team, "bant", starts_on=TODAY + 5 * DAY)
    assert panel(team).criteria.name == "The four questions"
    later = panel(team, days=5)
    assert (later.criteria.name, later.score) == ("BANT", 0)
    choose(team, "four_questions", starts_on=TODAY + 5 * DAY)
    assert panel(team, days=5).criteria.version == 2
    assert grade(team, "win", days=5).counted == 3
    kinds = list(
        Entry.objects.filter(kind="settings.criteria").order_by("seq").values_list("subject", flat=True)
    )
    assert kinds == ["1", "2"]


def test_of_two_who_change_the_criteria_the_second_hears_of_the_first(team: Company) -> None:
    choose(team, after_version=0)
    with pytest.raises(access.Refusal) as refused:
        choose(team, "spiced", who="ada", after_version=0)
    assert refused.value.code == "changed_meanwhile"


def test_criteria_never_change_for_a_day_that_has_passed(team: Company) -> None:
    with pytest.raises(access.Refusal) as refused:
        choose(team, starts_on=TODAY - DAY)
    assert refused.value.code == "day_passed"


def test_the_stage_says_what_is_missing_and_blocks_nothing(team: Company) -> None:
    choose(team, "four_questions", exits={"Paper": {"win": 3, "worth": 1}})
    score(team, "win", 2)
    found = panel(team)
    assert {(line.criterion.key, line.wanted) for line in found.lacking} == {("win", 3), ("worth", 1)}
    score(team, "win", 3)
    score(team, "worth", 1)
    assert panel(team).lacking == ()


def test_a_preview_counts_what_would_change_and_keeps_nothing(team: Company) -> None:
    for key in ("opportunity", "compete", "win", "worth"):
        score(team, key, 2)
    wanted = queries.shipped("bant")
    told = queries.preview(team.cast.actor("ada"), wanted, AT)
    assert (told.deals, told.apart) == (1, 1)
    assert "Budget" in told.added
    assert "Can we win?" in told.dropped
    assert not CriteriaSet.objects.exists()
    with pytest.raises(access.NotAllowed):
        queries.preview(team.cast.actor("mina"), wanted, AT)


def test_the_list_reads_real_scores_of_the_readers_own_reach(team: Company) -> None:
    score(team, "win", 2)
    deal = team.deals["Nordwind"].public_id
    assert queries.scores_of(team.cast.actor("mina"), [deal], AT) == {deal: (0, 1)}
    assert queries.scores_of(team.cast.actor("otto"), [deal], AT) == {}


def test_a_day_is_read_where_the_organisation_is(team: Company) -> None:
    with pytest.raises(access.Refusal):
        score(team, on=date(2026, 11, 25))
