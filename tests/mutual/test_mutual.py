"""Mutual plans of deals: who publishes, shares and revokes; versions; drafts; deals that end or change hands."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from fairlead.deals.models import Deal
from fairlead.ledger import queries as ledger
from fairlead.ledger.models import Entry, Personal
from fairlead.mutual import actions, queries, rules
from fairlead.mutual.models import Address, Published
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.people import actions as people
from fairlead.plans import actions as plans
from fairlead.plans import rules as plan_rules
from tests.calls.company import Company
from tests.cast import AT
from tests.mutual.test_rules import SOUND
from tests.plans.test_plans import able

DAY = timedelta(days=1)


def publish(team: Company, who: str = "rosa", after: int = 0, plan: rules.MutualPlan = SOUND) -> Published:
    deal = team.deals["Nordwind"].public_id
    return actions.publish(by=team.cast.actor(who), at=AT, deal=deal, plan=plan, after_version=after)


def share(team: Company, who: str = "rosa", whom: str = "Karin Holm", days: int | None = None) -> str:
    """An address of Nordwind's plan, as it is shown once."""
    deal = team.deals["Nordwind"].public_id
    return actions.share(by=team.cast.actor(who), at=AT, deal=deal, whom=whom, days=days)[1]


def page(team: Company, who: str = "rosa") -> queries.MutualPage:
    return queries.page(team.cast.actor(who), team.deals["Nordwind"].public_id, AT)


def revoke(team: Company, who: str = "rosa", address: str | None = None) -> int:
    return actions.revoke(
        by=team.cast.actor(who), at=AT, deal=team.deals["Nordwind"].public_id, address=address
    )


def code_of(act: object) -> str:
    with pytest.raises(access.Refusal) as refused:
        act()  # type: ignore[operator]
    return refused.value.code


def test_who_reads_publishes_shares_and_revokes(team: Company) -> None:
    publish(team)
    assert able(team, lambda name: page(team, name)) == {"rosa", "mina", "vera", "olu"}
    assert able(team, lambda name: publish(team, name)) == {"rosa", "mina", "vera"}
    assert able(team, lambda name: share(team, name)) == {"rosa", "mina", "vera"}
    assert able(team, lambda name: revoke(team, name)) == {"rosa", "mina", "vera", "olu"}
    assert able(team, lambda name: queries.sharing_versions(team.cast.actor(name))) == {"olu", "ada"}


def test_a_published_version_is_never_changed_and_earlier_ones_stay_readable(team: Company) -> None:
    publish(team)
    later = publish(team, "mina", 1, replace(SOUND, goal="Both sites and the store."))
    assert later.number == 2
    found = page(team)
    assert [(one.number, one.by) for one in found.versions] == [(2, "Mina Aalto"), (1, "Rosa Lindqvist")]
    old = queries.page(team.cast.actor("rosa"), found.deal, AT, version=1)
    assert old.shown is not None
    assert old.shown.plan == SOUND
    with pytest.raises(DatabaseError), transaction.atomic():
        Published.objects.for_system("tests try to change what was said").update(number=9)
    assert Notice.objects.get(kind="mutual.published").to_id == team.cast.rosa.pk
    ledger.verify()


def test_publishing_over_a_version_one_has_not_read_is_refused_and_the_draft_stays(team: Company) -> None:
    publish(team)
    mina, deal = team.cast.actor("mina"), team.deals["Nordwind"].public_id
    plan = replace(SOUND, goal="As Mina words it.")
    actions.keep_draft(by=mina, at=AT, deal=deal, plan=plan, after_version=0)
    assert code_of(lambda: publish(team, "mina", 0, plan)) == "changed_meanwhile"
    assert page(team).newest == 1
    assert queries.draft(mina, deal).plan == plan


def test_the_same_words_are_published_once(team: Company) -> None:
    assert publish(team).pk == publish(team).pk


def test_a_draft_is_its_writers_alone_and_ends_with_the_publishing(team: Company) -> None:
    deal = team.deals["Nordwind"].public_id
    rosa, mina = team.cast.actor("rosa"), team.cast.actor("mina")
    actions.keep_draft(by=rosa, at=AT, deal=deal, plan=SOUND, after_version=0)
    assert queries.draft(mina, deal).plan == rules.MutualPlan(ours="Marlow Instruments")
    assert page(team).has_draft
    assert not page(team, "mina").has_draft
    publish(team)
    assert not page(team).has_draft
    assert queries.draft(rosa, deal).after_version == 1


def test_the_preview_is_word_for_word_what_is_published(team: Company) -> None:
    deal, rosa = team.deals["Nordwind"].public_id, team.cast.actor("rosa")
    publish(team)
    plan = replace(SOUND, steps=(replace(SOUND.steps[0], done=True), rules.Step("Sign", "Vera Lindholm")))
    actions.keep_draft(by=rosa, at=AT, deal=deal, plan=plan, after_version=1)
    seen, mine = queries.previewed(rosa, deal, AT)
    publish(team, after=1, plan=mine.plan)
    opened = queries.opened(share(team), AT)
    assert opened is not None
    assert opened.sheet == seen


def test_only_the_act_its_owners_day_and_state_are_offered_from_the_deal_plan(team: Company) -> None:
    rosa, deal = team.cast.actor("rosa"), team.deals["Nordwind"].public_id
    tactic = plan_rules.Tactic(
        "Payback sheet", "win", "Rosa", AT.date(), "Marta Lind", "she corrects a figure", "done"
    )
    plan = plan_rules.Plan(
        tactics=(tactic, plan_rules.Tactic("Old idea", state="dropped")),
        rivals=(plan_rules.Rival("The cheaper offer", "Nobody within 8 hours"),),
    )
    plans.save(by=rosa, at=AT, deal=deal, after_version=0, plan=plan)
    steps, inside = queries.of_the_deal_plan(rosa, deal, AT)
    assert steps == [rules.Step("Payback sheet", "Rosa", "Marta Lind", AT.date(), True)]
    assert {one.text for one in inside} >= {
        "The cheaper offer",
        "Nobody within 8 hours",
        "she corrects a figure",
    }


def test_the_address_is_kept_as_a_digest_and_stands_nowhere_else(team: Company) -> None:
    publish(team)
    secret = share(team, "mina", "Jens Aho")
    row = Address.objects.for_system("a test looks").get()
    assert len(secret) >= 43, "at least 128 random bits; 256 in 43 letters"
    assert row.digest == rules.digest(secret)
    texts = [str(vars(row)), *(bytes(entry.body).decode() for entry in Entry.objects.all())]
    texts += [str(vars(one)) for one in Personal.objects.all()]
    texts += [str(vars(one)) for one in Notice.objects.all()]
    assert not any(secret in text for text in texts)
    assert not any(row.digest in text for text in texts[1:])
    assert share(team) != share(team)


@pytest.mark.parametrize("days", [0, 91])
def test_an_address_that_would_live_too_long_is_refused(team: Company, days: int) -> None:
    publish(team)
    assert code_of(lambda: share(team, days=days)) == "bad_days"


def test_nothing_is_shared_before_something_is_published_or_for_nobody(team: Company) -> None:
    assert code_of(lambda: share(team)) == "nothing_published"
    assert code_of(lambda: publish(team, plan=replace(SOUND, goal=""))) == "incomplete"
    publish(team)
    assert code_of(lambda: share(team, whom=" \u202e ")) == "whom_missing"


def test_each_address_is_revoked_by_itself_or_all_at_once_and_twice_is_once(team: Company) -> None:
    publish(team)
    first, second = share(team), share(team, whom="Jens Aho")
    one = next(line for line in page(team).addresses if line.whom == "Karin Holm")
    assert revoke(team, "mina", one.public_id) == 1
    assert revoke(team, "mina", one.public_id) == 0
    assert queries.opened(first, AT) is None
    assert queries.opened(second, AT) is not None
    assert Notice.objects.filter(kind="mutual.revoked").count() == 1
    assert revoke(team) == 1
    assert queries.opened(second, AT) is None
    assert Entry.objects.filter(kind="mutual.revoked").count() == 2


def test_an_address_of_another_deal_is_not_revoked_through_this_one(team: Company) -> None:
    publish(team)
    share(team)
    address = page(team).addresses[0].public_id
    other = team.deals["Ostrava"].public_id
    refused = code_of(lambda: actions.revoke(by=team.cast.actor("rosa"), at=AT, deal=other, address=address))
    assert refused == "not_found"


def test_openings_are_counted_and_nothing_else_is_kept(team: Company) -> None:
    publish(team)
    secret = share(team)
    opened = queries.opened(secret, AT)
    assert opened is not None
    for minutes in (1, 5):
        actions.note_opening(address=opened.address, at=AT + timedelta(minutes=minutes, seconds=9))
    line = page(team).addresses[0]
    assert (line.opens, line.opened_at) == (2, AT.replace(second=0) + timedelta(minutes=5))
    kept = {field.name for field in Address._meta.get_fields()}
    assert kept == {
        "id", "public_id", "deal", "digest", "whom", "made_by", "made_at", "expires_at", "revoked_by", "revoked_at",
        "opens", "opened_at",
    }  # fmt: skip


def test_an_address_ends_on_its_day_and_earlier_where_less_is_allowed_by_then(team: Company) -> None:
    publish(team)
    secret = share(team, days=60)
    assert queries.opened(secret, AT + 60 * DAY - timedelta(seconds=1)) is not None
    assert queries.opened(secret, AT + 60 * DAY) is None
    actions.set_sharing(by=team.cast.actor("ada"), at=AT + DAY, on=True, usual_days=10, most_days=10)
    assert queries.opened(secret, AT + 9 * DAY) is not None
    assert queries.opened(secret, AT + 10 * DAY) is None


def test_switched_off_nothing_is_read_or_shared_and_switched_on_again_it_is(team: Company) -> None:
    publish(team)
    secret, ada = share(team), team.cast.actor("ada")
    actions.set_sharing(by=ada, at=AT + DAY, on=False, usual_days=30, most_days=90)
    later = AT + 2 * DAY
    assert queries.opened(secret, later) is None
    rosa, deal = team.cast.actor("rosa", later), team.deals["Nordwind"].public_id
    found = queries.page(rosa, deal, later)
    assert (found.addresses[0].state, found.may_share, found.still_open) == ("off", False, "")
    off = code_of(lambda: actions.share(by=rosa, at=later, deal=deal, whom="Jens Aho"))
    assert off == "sharing_off"
    assert code_of(lambda: actions.set_sharing(by=ada, at=later, on=False, usual_days=30, most_days=90)) == (
        "the_same"
    )
    actions.set_sharing(by=ada, at=later, on=True, usual_days=30, most_days=90, after_version=1)
    assert queries.opened(secret, later + DAY) is not None
    assert [one.rule.on for one in queries.sharing_versions(ada)] == [True, False]


def test_a_lost_deal_shares_nothing_more_and_its_open_addresses_are_pointed_out(team: Company) -> None:
    publish(team)
    secret = share(team)
    rows = Deal.objects.for_system("a test ends a deal").filter(pk=team.deals["Nordwind"].pk)
    rows.update(status="lost")
    found = page(team)
    assert (found.still_open, found.open, found.may_revoke, found.may_share) == (
        "The deal is lost.", 1, True, False,
    )  # fmt: skip
    assert code_of(lambda: share(team)) == "deal_lost"
    assert code_of(lambda: publish(team, after=1, plan=replace(SOUND, goal="More"))) == "deal_lost"
    assert queries.opened(secret, AT) is not None, "what is open stays open until somebody revokes it"
    line = queries.listing(team.cast.actor("mina"), AT)[0]
    assert (line.name, line.open, line.still_open) == ("Nordwind", 1, "The deal is lost.")
    short = queries.in_short(team.cast.actor("rosa"), found.deal, AT)
    assert short is not None
    assert short.still_open == "The deal is lost."
    revoke(team)
    assert page(team).still_open == ""


def test_a_deal_that_is_won_goes_on_until_go_live(team: Company) -> None:
    publish(team)
    share(team)
    rows = Deal.objects.for_system("a test ends a deal").filter(pk=team.deals["Nordwind"].pk)
    rows.update(status="won")
    assert publish(team, after=1, plan=replace(SOUND, goal="The installation")).number == 2
    assert page(team).still_open == "The deal is won."


def test_a_deal_that_changes_hands_takes_the_right_to_revoke_along(team: Company) -> None:
    publish(team)
    share(team)
    rows = Deal.objects.for_system("a test moves a deal").filter(pk=team.deals["Nordwind"].pk)
    rows.update(owner=team.cast.pia)
    assert able(team, lambda name: page(team, name)) == {"pia", "otto", "vera", "olu"}
    assert able(team, lambda name: revoke(team, name)) == {"pia", "otto", "vera", "olu"}


def test_when_its_owner_leaves_the_open_addresses_are_pointed_out(team: Company) -> None:
    publish(team)
    share(team)
    people.close_account(by=team.cast.actor("ada"), at=AT, person=team.cast.rosa)
    assert page(team, "mina").still_open == "Rosa Lindqvist has left."
    assert page(team, "mina").may_revoke


def test_when_the_ledger_fails_nothing_was_shared(team: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(team)

    def fail(**_: object) -> int:
        raise RuntimeError("the ledger is broken")

    monkeypatch.setattr("fairlead.mutual.actions.ledger.append", fail)
    with pytest.raises(RuntimeError):
        share(team)
    assert page(team).addresses == ()
