"""Plans of deals: who reads, writes and tests them; versions; two who save at once; the card for upstairs."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from fairlead.ledger import queries as ledger
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.plans import actions, queries, rules
from fairlead.plans.models import Version
from fairlead.qualification import actions as evidence
from tests import cast as the_cast
from tests.calls import company as the_company
from tests.calls.company import Company
from tests.cast import AT
from tests.plans.test_rules import SOUND

DAY = timedelta(days=1)


def save(
    team: Company, who: str = "rosa", after: int = 0, plan: rules.Plan = SOUND, deal: str = "Nordwind"
) -> Version:
    return actions.save(
        by=team.cast.actor(who), at=AT, deal=team.deals[deal].public_id, after_version=after, plan=plan
    )


def page(team: Company, who: str = "rosa", deal: str = "Nordwind") -> queries.PlanPage:
    return queries.page(team.cast.actor(who), team.deals[deal].public_id, AT)


def card(team: Company, who: str) -> queries.Card:
    return queries.card(team.cast.actor(who), team.deals["Nordwind"].public_id, AT)


def able(team: Company, act: object) -> set[str]:
    """Who of the cast can do something; others are refused by the table, without a difference in words."""
    found = set()
    for name in team.cast.names:
        try:
            act(name)  # type: ignore[operator]
            found.add(name)
        except (access.NotAllowed, access.NotFound):
            pass
        except access.Refusal:
            found.add(name)
    return found


def test_who_reads_writes_and_tests_a_plan_and_who_sees_only_its_card(team: Company) -> None:
    save(team)
    deal = team.deals["Nordwind"].public_id
    assert able(team, lambda name: page(team, name)) == {"rosa", "mina", "vera", "olu"}
    assert able(team, lambda name: save(team, name)) == {"rosa", "mina", "vera"}
    tested = able(
        team,
        lambda name: actions.test(by=team.cast.actor(name), at=AT, deal=deal, version=1, words="It held."),
    )
    assert tested == {"rosa", "mina", "vera"}
    assert able(team, lambda name: card(team, name)) == {"rosa", "mina", "vera", "carl", "olu"}


def test_the_card_names_the_manager_to_ask_and_nobody_else_of_ours(team: Company) -> None:
    plan = rules.Plan(
        what="Two sites",
        tactics=(rules.Tactic("Template", "win", "Rosa Lindqvist", AT.date() + DAY, "Jens Aho"),),
        resources=(rules.Resource("Call Karin Holm", "executive", "asked", "Vera Lindholm", AT.date()),),
    )
    save(team, plan=plan)
    evidence.score(
        by=team.cast.actor("rosa"), at=AT, deal=team.deals["Nordwind"].public_id, criterion="win", score=3,
        what="Budget of 250 approved", on=AT.date(), buyer_name="Karin Holm", buyer_role="CFO",
        link="https://mail.buyer.test/1",
    )  # fmt: skip
    found = card(team, "carl")
    text = str(found)
    assert found.ask == "Mina Aalto"
    assert "Rosa" not in text
    assert found.chance is None
    assert found.sees_deal is False
    assert [(fact.source, fact.link) for fact in found.where_we_are] == [
        ("Karin Holm, CFO", "https://mail.buyer.test/1")
    ]
    assert [fact.text for fact in found.you_can_help] == ["Call Karin Holm"]
    assert [fact.text for fact in found.what_we_do] == ["Template, with Jens Aho, by 25 Nov"]
    assert all(fact.on <= AT.date() for fact in (*found.where_we_are, *found.could_go_wrong))


def test_a_card_without_evidence_says_so_instead_of_filling_itself(team: Company) -> None:
    found = card(team, "vera")
    assert (found.where_we_are, found.what_we_do, found.you_can_help, found.score) == ((), (), (), 0)


def test_the_list_of_cards_holds_the_readers_reach_only(team: Company) -> None:
    save(team)
    team.deal("Rye", "pia", 300)
    save(team, "pia", deal="Rye")
    seen = {
        name: [line.name for line in queries.cards(team.cast.actor(name), AT)]
        for name in ("rosa", "otto", "carl")
    }
    assert seen == {"rosa": ["Nordwind"], "otto": ["Rye"], "carl": ["Rye", "Nordwind"]}


def test_a_saved_version_is_never_changed_and_earlier_ones_stay_readable(team: Company) -> None:
    save(team)
    save(team, "mina", after=1, plan=rules.Plan(what="One site first"))
    found = page(team)
    assert [(one.number, one.by, one.plan.what) for one in found.versions] == [
        (2, "Mina Aalto", "One site first"), (1, "Rosa Lindqvist", "Two sites"),
    ]  # fmt: skip
    old = queries.page(team.cast.actor("rosa"), found.deal, AT, version=1)
    assert old.shown is not None
    assert old.shown.plan == SOUND
    rows = Version.objects.for_system("tests try to change what was said")
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(number=9)
    assert Notice.objects.get(kind="plans.saved").to_id == team.cast.rosa.pk
    ledger.verify()


def test_the_same_plan_saved_twice_is_one_version(team: Company) -> None:
    assert save(team).pk == save(team).pk


def test_who_saves_over_a_version_they_have_not_read_hears_of_it_and_nothing_is_kept(team: Company) -> None:
    save(team)
    with pytest.raises(actions.Overtaken) as overtaken:
        save(team, "mina", after=0, plan=rules.Plan(what="One site"))
    assert (overtaken.value.code, overtaken.value.number) == ("changed_meanwhile", 1)
    assert "Rosa Lindqvist saved version 1" in overtaken.value.sentence
    assert page(team).newest == 1


def test_a_test_is_signed_by_somebody_else_and_the_author_is_told(team: Company) -> None:
    save(team)
    deal = team.deals["Nordwind"].public_id
    with pytest.raises(access.Refusal) as refused:
        actions.test(by=team.cast.actor("rosa"), at=AT, deal=deal, version=1, words="It held.")
    assert refused.value.code == "own_plan"
    actions.test(by=team.cast.actor("mina"), at=AT, deal=deal, version=1, words="The day did not hold.")
    shown = page(team).shown
    assert shown is not None
    assert [(test.by, test.words) for test in shown.tests] == [("Mina Aalto", "The day did not hold.")]
    assert Notice.objects.get(kind="plans.tested").to_id == team.cast.rosa.pk


def test_a_deal_is_worth_a_plan_by_the_teams_own_figures(team: Company) -> None:
    found = page(team)
    assert (found.worth.sizes, found.worth.target, found.worth.in_commit) == (4, 240000, True)
    assert (
        found.worth.required
    )  # 240 of 2,400 is more than 5 %, and four won deals say nothing of a usual one
    team.won("Fifth", "tomas", 20)
    assert page(team).worth.threshold == 3 * 21400
    team.change("Nordwind", stage="Talk")
    assert not page(team).worth.required
    assert page(team, "mina").sees_target
    assert not page(team, "rosa").sees_target


def test_a_closed_deal_keeps_its_plan_as_it_was(team: Company) -> None:
    save(team)
    team.won("Nordwind", "rosa", 240)
    with pytest.raises(access.Refusal) as refused:
        save(team, after=1, plan=rules.Plan(what="More"))
    assert refused.value.code == "deal_closed"
    assert not page(team).may_write


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_the_same_moment_one_succeeds_and_the_other_is_told() -> None:
    team = the_company.mina_team(the_company.build(the_cast.build()))
    begin = threading.Barrier(2)
    outcomes: list[int | str] = []

    def run(who: str) -> None:
        begin.wait()
        try:
            outcomes.append(save(team, who, plan=rules.Plan(what=f"As {who} sees it")).number)
        except access.Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(who,)) for who in ("rosa", "mina")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == ["1", "changed_meanwhile"]
    assert page(team).newest == 1
