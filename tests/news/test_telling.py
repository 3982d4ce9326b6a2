"""News from the deal to the superior: who hears it when, who sees it, and what is never kept of anybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Q

from fairlead.deals import actions as deal_actions
from fairlead.ledger import actions as ledger_actions
from fairlead.ledger import queries as ledger
from fairlead.ledger.models import Entry
from fairlead.news import actions, queries, rules
from fairlead.news.models import Act, Item, Surprise, Told, Version
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.people import actions as people
from fairlead.people.access import Lending
from tests.calls.company import Q4, Company
from tests.cast import AT

MONDAY = AT - timedelta(days=1)
LAST_WEEK = AT - timedelta(days=7)


def report(
    team: Company, deal: str = "Nordwind", who: str = "rosa", at: datetime = MONDAY, kind: str = "bad",
    known_on: date | None = None,
) -> Item:  # fmt: skip
    return actions.report(
        by=team.cast.actor(who, at), at=at, deal=team.deals[deal].public_id, kind=kind,
        what=f"{deal} starts late.", known_on=known_on or at.date(), amount_minor=24000,
    )  # fmt: skip


def tell(team: Company, who: str = "mina", at: datetime = AT) -> Told:
    return actions.tell_upward(
        by=team.cast.actor(who, at), at=at, person=getattr(team.cast, who), period=Q4, words="We cover it."
    )


def seen(team: Company, item: Item, at: datetime = AT) -> set[str]:
    """Who of the cast finds an item in their list, and by its address."""
    found = set()
    for name in team.cast.names:
        actor = team.cast.actor(name, at)
        try:
            listed = item.public_id in [news.public_id for news in queries.listing(actor, at)]
            assert listed == bool(queries.one(actor, item.public_id, at))
            found.add(name)
        except (access.NotAllowed, access.NotFound):
            pass
    return found


def untold(team: Company, who: str = "mina", at: datetime = AT) -> queries.Untold:
    person = getattr(team.cast, who).pk
    return queries.untold_of(team.cast.actor(who, at), person, Q4, at)


def test_the_direct_manager_hears_it_at_once_and_nobody_else(team: Company) -> None:
    item = report(team)
    assert list(Notice.objects.filter(kind__startswith="news.").values_list("to_id", flat=True)) == [
        team.cast.mina.pk
    ]
    assert seen(team, item) == {"rosa", "mina"}


def test_superiors_see_it_when_it_was_told_and_then_without_the_reps_name(team: Company) -> None:
    item = report(team)
    told = tell(team)
    assert seen(team, item) == {"rosa", "mina", "vera", "carl"}
    assert queries.one(team.cast.actor("vera"), item.public_id, AT).reporter == ""
    assert queries.one(team.cast.actor("mina"), item.public_id, AT).reporter == "Rosa Lindqvist"
    notice = Notice.objects.get(kind="news.told")
    assert notice.to_id == team.cast.vera.pk
    assert "Rosa" not in str(notice.facts)
    assert queries.told(team.cast.actor("vera"), told.public_id).words == "We cover it."
    for name in ("rosa", "otto", "olu", "hana"):
        with pytest.raises((access.NotAllowed, access.NotFound)):
            queries.told(team.cast.actor(name), told.public_id)


def test_two_levels_read_the_deals_name_and_further_up_it_is_the_teams(team: Company) -> None:
    item, told = report(team), tell(team)
    for who, name in (("vera", "Nordwind"), ("carl", "A deal of Mina Aalto’s team")):
        actor = team.cast.actor(who)
        news = queries.one(actor, item.public_id, AT)
        assert (news.deal, bool(news.deal_id)) == (name, who == "vera")
        assert {line.deal for line in queries.told(actor, told.public_id).lines} == {name}


def test_a_later_submission_tells_it_too_and_a_withdrawn_one_does_not(team: Company) -> None:
    item = report(team)
    sent = team.submit("mina", 2000, "As called.", at=AT - timedelta(hours=1))
    assert seen(team, item) == {"rosa", "mina", "vera", "carl"}
    assert queries.one(team.cast.actor("mina"), item.public_id, AT).told_at == sent.at
    from fairlead.calls import actions as calls

    calls.withdraw(by=team.cast.actor("mina"), at=AT, submission=sent.public_id)
    assert seen(team, item) == {"rosa", "mina"}
    assert len(untold(team).lines) == 1


def test_a_managers_own_news_is_not_seen_above_before_it_is_told(team: Company) -> None:
    team.deal("Own", "mina", 50)
    item = report(team, "Own", "mina")
    assert seen(team, item) == {"mina"}
    assert not Notice.objects.filter(kind="news.reported").exists()
    tell(team)
    assert "vera" in seen(team, item)


def test_an_ex_manager_loses_sight_and_the_new_one_gains_it(team: Company) -> None:
    item = report(team)
    people.move(
        by=team.cast.actor("olu"), at=AT, person=team.cast.rosa, manager=team.cast.otto, starts_on=AT.date()
    )
    assert seen(team, item) == {"rosa", "otto"}
    assert [line.what for line in untold(team, "otto").lines] == ["Nordwind starts late."]
    assert untold(team).lines == ()


def test_a_peer_cannot_tell_news_of_somebody_elses_deal(team: Company) -> None:
    for name in ("ravi", "vera", "otto", "pia"):
        with pytest.raises(access.NotFound):
            report(team, who=name)
    for name in ("olu", "hana", "ada"):
        with pytest.raises(access.NotAllowed):
            report(team, who=name)


def test_one_click_thanks_and_who_told_it_sees_that(team: Company) -> None:
    item = report(team)
    for _ in range(2):
        actions.thank(by=team.cast.actor("mina"), at=AT, item=item.public_id)
    assert queries.one(team.cast.actor("rosa"), item.public_id, AT).thanked_at == AT
    assert Notice.objects.filter(kind="news.thanked", to_id=team.cast.rosa.pk).count() == 1
    for name in ("vera", "otto"):
        with pytest.raises(access.NotFound):
            actions.thank(by=team.cast.actor(name), at=AT, item=item.public_id)


def test_a_correction_is_a_new_version_and_a_withdrawal_has_a_reason(team: Company) -> None:
    item = report(team)
    tell(team)
    actions.correct(
        by=team.cast.actor("rosa"), at=AT, item=item.public_id, kind="good", what="It starts on time.",
        known_on=AT.date(),
    )  # fmt: skip
    found = queries.one(team.cast.actor("mina"), item.public_id, AT)
    assert [said.what for said in found.versions] == ["Nordwind starts late.", "It starts on time."]
    told = Notice.objects.filter(kind="news.corrected").values_list("to_id", flat=True)
    assert set(told) == {team.cast.mina.pk, team.cast.vera.pk}
    with pytest.raises(access.Refusal, match="Say in a sentence"):
        actions.withdraw(by=team.cast.actor("rosa"), at=AT, item=item.public_id, reason=" ")
    with pytest.raises(access.Refusal, match="Only who told"):
        actions.withdraw(by=team.cast.actor("mina"), at=AT, item=item.public_id, reason="No.")
    actions.withdraw(by=team.cast.actor("rosa"), at=AT, item=item.public_id, reason="Another deal.")
    assert queries.one(team.cast.actor("mina"), item.public_id, AT).withdrawn_why == "Another deal."
    with pytest.raises(access.Refusal, match="withdrawn"):
        actions.withdraw(by=team.cast.actor("rosa"), at=AT, item=item.public_id, reason="Again.")


# The clock


def test_what_moved_since_the_submission_is_untold_until_it_is_told(team: Company) -> None:
    team.submit("mina", 2000, "As called.", at=LAST_WEEK)
    assert untold(team).lines == ()
    team.change("Kestrel", close_on=date(2027, 1, 22))
    team.change("Quill", status="lost", closed_on=date(2026, 11, 23))
    found = untold(team)
    assert {line.deal: line.amount for line in found.lines} == {"Kestrel": -19000, "Quill": -7200}
    assert found.moving == -26200
    told = tell(team)
    assert untold(team).lines == ()
    assert {line.deal for line in queries.told(team.cast.actor("vera"), told.public_id).lines} == {
        "Kestrel",
        "Quill",
    }
    with pytest.raises(access.Refusal) as refused:
        tell(team)
    assert refused.value.code == "nothing_untold"


def test_a_change_outside_commit_counts_from_one_per_cent_of_the_target(team: Company) -> None:
    team.submit("mina", 2000, "As called.", at=LAST_WEEK)
    team.change("Ostrava", euros=104)  # 20 of a target of 2,400 in Best Case
    team.change("Halden", close_on=date(2026, 12, 1))
    assert {line.deal for line in untold(team).lines} == {"Halden"}
    team.change("Ostrava", euros=114)
    assert {line.deal for line in untold(team).lines} == {"Ostrava", "Halden"}


def test_a_choice_of_category_is_known_when_it_was_made(team: Company) -> None:
    team.submit("mina", 2000, "As called.", at=LAST_WEEK)
    at = AT - timedelta(hours=5)
    deal_actions.set_own_category(
        by=team.cast.actor("ines", at), at=at, deal=team.deals["Brightwater"].public_id, category="commit"
    )
    (line,) = untold(team).lines
    assert (line.deal, line.amount, line.known_at, line.late) == ("Brightwater", 16500, at, False)


def test_news_of_a_deal_that_moved_counts_once(team: Company) -> None:
    team.submit("mina", 2000, "As called.", at=LAST_WEEK)
    team.change("Kestrel", close_on=date(2027, 1, 22))
    report(team, "Kestrel", "ravi")
    (line,) = untold(team).lines
    assert (line.what, line.amount, line.known_at) == ("Kestrel starts late.", -19000, MONDAY)


def test_past_the_limit_it_is_late_for_the_manager_alone(team: Company) -> None:
    thursday = AT - timedelta(days=5)
    item = report(team, at=thursday)
    assert untold(team, at=thursday + timedelta(days=4)).late == 0
    assert untold(team).late == 1
    assert queries.one(team.cast.actor("mina"), item.public_id, AT).late
    assert not queries.one(team.cast.actor("rosa"), item.public_id, AT).late
    for name in ("vera", "carl", "rosa", "olu"):
        with pytest.raises((access.NotAllowed, access.NotFound)):
            queries.untold_of(team.cast.actor(name), team.cast.mina.pk, Q4, AT)


def test_the_limit_is_the_organisations_and_days_off_stop_it(team: Company) -> None:
    report(team, at=AT - timedelta(days=5))
    people.add_days_off(by=team.cast.actor("olu"), at=AT, days={MONDAY.date(): "Inventory"})
    assert untold(team).late == 0
    people.set_up(
        by=team.cast.actor("olu"), at=AT, name="Marlow", currency="EUR", time_zone="Europe/Helsinki",
        news_limit=1,
    )  # fmt: skip
    assert untold(team).limit == 1
    assert untold(team).late == 1


def test_the_superior_sees_only_the_median_age_and_only_afterwards(team: Company) -> None:
    report(team, at=AT - timedelta(hours=30))
    report(team, "Ostrava", at=AT - timedelta(hours=10))
    assert queries.told_ages(team.cast.actor("vera"), [team.cast.mina.pk], Q4.name) == {}
    tell(team)
    ages = queries.told_ages(team.cast.actor("vera"), [team.cast.mina.pk], Q4.name)
    assert ages == {team.cast.mina.pk: queries.Age(timedelta(hours=20), 2)}
    assert queries.told_ages(team.cast.actor("olu"), [team.cast.mina.pk], Q4.name) == {}


def test_a_delegate_tells_upward_in_the_managers_stead(team: Company) -> None:
    report(team)
    people.delegate(
        by=team.cast.actor("mina"), at=AT, taker=team.cast.otto, kind=Lending.FORECAST, starts_at=AT,
        ends_at=AT + timedelta(days=1),
    )  # fmt: skip
    actions.tell_upward(by=team.cast.actor("otto"), at=AT, person=team.cast.mina, period=Q4)
    entry = ledger.entries(Q(kind="news.told"))[0]
    assert (entry.actor, entry.behalf) == (f"person:{team.cast.otto.pk}", team.cast.mina.pk)


# Surprises


def test_a_surprise_is_counted_for_the_team_and_once(team: Company) -> None:
    item = report(team)
    mina = team.cast.actor("mina")
    assert actions.count_surprise(by=mina, at=AT, item=item.public_id)
    assert not actions.count_surprise(by=mina, at=AT, item=item.public_id)
    assert queries.surprises(mina, team.cast.mina.pk, Q4) == 1
    entry = ledger.entries(Q(kind="news.surprise"))[0]
    assert entry.subject == Q4.name
    assert entry.facts == {"leader": team.cast.mina.pk}
    with pytest.raises(access.NotFound):
        queries.surprises(team.cast.actor("vera"), team.cast.mina.pk, Q4)


# What is never kept, and what is always kept


def test_every_subject_of_news_is_refused_as_evidence(team: Company) -> None:
    before = Entry.objects.count()
    item = report(team)
    actions.thank(by=team.cast.actor("mina"), at=AT, item=item.public_id)
    actions.count_surprise(by=team.cast.actor("mina"), at=AT, item=item.public_id)
    tell(team)
    actions.correct(
        by=team.cast.actor("rosa"), at=AT, item=item.public_id, kind="bad", what="It is lost.",
        known_on=AT.date(),
    )  # fmt: skip
    actions.withdraw(by=team.cast.actor("rosa"), at=AT, item=item.public_id, reason="Not lost.")
    kept = Entry.objects.filter(seq__gt=before)
    assert set(kept.values_list("kind", flat=True)) == {
        "news.reported", "news.thanked", "news.surprise", "news.told", "news.corrected", "news.withdrawn",
    }  # fmt: skip
    assert set(kept.values_list("subject_kind", flat=True)) == rules.NEVER_EVIDENCE


def test_sales_operations_read_no_news_in_the_ledger(team: Company) -> None:
    from fairlead.people import reading

    report(team)
    where = reading.readable(team.cast.actor("olu"))
    assert not [entry for entry in ledger.entries(where, limit=500) if entry.kind.startswith("news.")]


@pytest.mark.parametrize("act", ["report", "correct", "withdraw", "thank", "surprise", "tell"])
def test_nothing_changes_when_the_ledger_fails(
    team: Company, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = report(team)
    before = _counts()

    def broken(**entry: object) -> int:
        raise RuntimeError("The ledger is full.")

    monkeypatch.setattr(ledger_actions, "append", broken)
    rosa, mina = team.cast.actor("rosa"), team.cast.actor("mina")
    doing: Callable[[], object] = {
        "report": lambda: report(team, "Ostrava"),
        "correct": lambda: actions.correct(
            by=rosa, at=AT, item=item.public_id, kind="bad", what="Lost.", known_on=AT.date()
        ),
        "withdraw": lambda: actions.withdraw(by=rosa, at=AT, item=item.public_id, reason="Wrong."),
        "thank": lambda: actions.thank(by=mina, at=AT, item=item.public_id),
        "surprise": lambda: actions.count_surprise(by=mina, at=AT, item=item.public_id),
        "tell": lambda: tell(team),
    }[act]
    with pytest.raises(RuntimeError):
        doing()
    assert _counts() == before


def _counts() -> list[int]:
    models = (Item, Version, Act, Told, Surprise)
    return [Notice.objects.count(), *(model.objects.for_system("tests count").count() for model in models)]


def test_what_was_told_cannot_be_changed(team: Company) -> None:
    report(team)
    for rows in (Item.objects.for_system("tests try"), Version.objects.for_system("tests try")):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(at=AT)
