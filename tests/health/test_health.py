"""Flags of the cast's deals: who sees, snoozes, asks and corrects; several at once; the record kept with a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Q

from fairlead.calls import actions as calls
from fairlead.health import actions, queries, rules
from fairlead.health.models import FlagRun, Message, Note, Snooze
from fairlead.ledger import queries as ledger
from fairlead.notices.models import Notice
from fairlead.people import access, clock
from fairlead.plans import actions as plans
from fairlead.plans import rules as plan_rules
from fairlead.qualification import actions as evidence
from fairlead.web import jobs
from tests.calls.company import OPS, Company
from tests.cast import AT

DAY = timedelta(days=1)
LATER = AT.date() + 9 * DAY


def key(team: Company, deal: str = "Nordwind") -> str:
    return team.deals[deal].public_id


def able(team: Company, act: Callable[[str], object]) -> set[str]:
    """Who of the cast can do something; others are refused by the table."""
    found = set()
    for name in team.cast.names:
        try:
            with transaction.atomic():
                act(name)
            found.add(name)
        except (access.NotAllowed, access.NotFound):
            pass
        except access.Refusal:
            found.add(name)
    return found


def late(team: Company, deal: str = "Nordwind") -> None:
    """Its close date has passed, so that a flag is up."""
    team.change(deal, close_on=AT.date() - 3 * DAY)


def snooze(team: Company, who: str = "rosa", deal: str = "Nordwind", until: date = LATER) -> Snooze:
    return actions.snooze(
        by=team.cast.actor(who), at=AT, deal=key(team, deal), flag="past_date", until=until,
        reason="They sign next week.",
    )  # fmt: skip


def note(team: Company, text: str, kind: str = "question", who: str = "mina", deal: str = "Nordwind") -> Note:
    return actions.note(by=team.cast.actor(who), at=AT, deal=key(team, deal), kind=kind, text=text)


def up(team: Company, who: str = "rosa", deal: str = "Nordwind", days: int = 0) -> list[str]:
    found = queries.health(team.cast.actor(who), key(team, deal), AT + days * DAY)
    return [flag.verdict.key for flag in found.up]


def test_who_reads_flags_snoozes_corrects_and_asks(team: Company) -> None:
    late(team)
    line = {"rosa", "mina", "vera"}
    assert able(team, lambda n: queries.health(team.cast.actor(n), key(team), AT)) == line | {"olu"}
    assert able(team, lambda n: snooze(team, n)) == line
    assert able(team, lambda n: note(team, "Who signs?", who=n)) == {"mina"}
    corrected = able(
        team,
        lambda n: actions.propose(
            by=team.cast.actor(n), at=AT, deal=key(team), field="close_on", new="2027-01-12"
        ),
    )
    assert corrected == line


def test_a_review_holds_the_readers_reach_only(team: Company) -> None:
    def names(who: str) -> set[str]:
        return {one.name for one in queries.review(team.cast.actor(who), queries.Asked(), AT).deals}

    assert names("rosa") == {"Nordwind", "Ostrava", "Halden"}
    assert {"Nordwind", "Kestrel", "Vale"} <= names("mina")
    assert names("otto") == set()
    assert names("carl") == set()
    with pytest.raises(access.NotAllowed):
        names("hana")


def test_a_snooze_holds_until_its_day_or_a_new_fact_and_can_be_taken_back(team: Company) -> None:
    late(team)
    assert up(team) == ["past_date"]
    kept = snooze(team)
    assert up(team) == []
    assert up(team, days=9) == ["past_date"]
    team.change("Nordwind", close_on=AT.date() - DAY)
    assert up(team) == ["past_date"]
    late(team)
    assert up(team) == []
    actions.wake(by=team.cast.actor("mina"), at=AT + DAY, snooze=kept.public_id)
    assert up(team, days=2) == ["past_date"]
    with pytest.raises(access.Refusal):
        actions.wake(by=team.cast.actor("mina"), at=AT + DAY, snooze=kept.public_id)
    assert [entry.kind for entry in ledger.entries(Q(kind__startswith="flag."))] == [
        "flag.woken",
        "flag.snoozed",
    ]


def test_the_owner_is_told_when_a_leader_snoozes_and_sending_twice_keeps_one(team: Company) -> None:
    late(team)
    assert snooze(team, "mina").pk == snooze(team, "mina").pk
    assert Notice.objects.get(kind="health.snoozed").to_id == team.cast.rosa.pk
    ledger.verify()


def test_only_a_flag_that_is_up_is_snoozed_with_a_reason_and_an_end(team: Company) -> None:
    with pytest.raises(access.Refusal, match="not up"):
        snooze(team)
    late(team)
    for until in (AT.date(), AT.date() + 91 * DAY):
        with pytest.raises(access.Refusal):
            snooze(team, until=until)


def test_what_was_said_in_a_review_is_never_changed(team: Company) -> None:
    late(team)
    snooze(team)
    note(team, "Who signs?")
    for model in (Snooze, Note):
        rows = model.objects.for_system("tests try to change what was said")
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(at=AT + DAY)


def test_single_thread_and_economic_buyer_come_from_plan_and_evidence(team: Company) -> None:
    assert {"single_thread", "no_economic_buyer"} & set(up(team)) == set()
    player = plan_rules.Player("Jens Aho", "IT", "uses", "for", AT.date() - 2 * DAY)
    plans.save(
        by=team.cast.actor("rosa"), at=AT, deal=key(team), after_version=0,
        plan=plan_rules.Plan(what="Two sites", players=(player,)),
    )  # fmt: skip
    assert set(up(team)) == {"single_thread", "no_economic_buyer"}
    unknown = plan_rules.Plan(what="Two sites", players=(replace(player, influence="unknown"),))
    plans.save(by=team.cast.actor("rosa"), at=AT, deal=key(team), after_version=1, plan=unknown)
    assert up(team) == ["single_thread"]  # a name of whom nothing is known says neither yes nor no
    plans.save(
        by=team.cast.actor("rosa"), at=AT, deal=key(team), after_version=2,
        plan=plan_rules.Plan(what="Two sites", players=(player,)),
    )  # fmt: skip
    evidence.score(
        by=team.cast.actor("rosa"), at=AT, deal=key(team), criterion="win", score=2, what="She wants it.",
        on=AT.date(), buyer_name="Karin Holm",
    )  # fmt: skip
    assert up(team) == ["no_economic_buyer"]


def test_notes_are_the_writers_alone_until_they_go_out_as_one_message(team: Company) -> None:
    note(team, "Who signs?")
    dropped = note(team, "Is it real?", deal="Ostrava")
    note(team, "the early word", kind="thanks")
    actions.drop_note(by=team.cast.actor("mina"), at=AT, note=dropped.public_id)
    vera = team.cast.actor("vera")
    assert queries.waiting_notes(vera, AT) == []
    rosa = team.cast.rosa.public_id
    draft = queries.draft(team.cast.actor("mina"), rosa, AT)
    assert [n.text for n in draft.notes] == ["Who signs?", "the early word"]
    sent = actions.send(by=team.cast.actor("mina"), at=AT, to=rosa)
    assert Notice.objects.get(kind="health.message").to_id == team.cast.rosa.pk
    assert queries.sent(team.cast.actor("rosa"), sent.public_id).text == draft.text
    readers = able(team, lambda n: queries.sent(team.cast.actor(n), sent.public_id))
    assert readers == {"mina", "rosa"}
    with pytest.raises(access.Refusal, match="Nothing is noted"):
        actions.send(by=team.cast.actor("mina"), at=AT, to=rosa)
    noted = Note.objects.for_system("a test drops what was sent").first()
    assert noted is not None
    with pytest.raises(access.Refusal):
        actions.drop_note(by=team.cast.actor("mina"), at=AT, note=noted.public_id)
    assert Message.objects.for_system("a test counts").count() == 1


def test_a_fourth_question_waits_for_the_next_review(team: Company) -> None:
    for number in range(rules.MOST_QUESTIONS):
        note(team, f"Question {number}?")
    with pytest.raises(access.Refusal, match="3 questions wait"):
        note(team, "One more?")


def test_a_correction_changes_nothing_here_and_is_done_when_the_source_says_so(team: Company) -> None:
    mina = team.cast.actor("mina")
    actions.propose(by=mina, at=AT, deal=key(team), field="close_on", new="2027-01-12")
    (one,) = queries.proposals(mina, AT)
    assert (one.external_id, one.field, one.old, one.new) == (
        "Nordwind",
        "close_on",
        "2026-12-14",
        "2027-01-12",
    )
    team.deals["Nordwind"].refresh_from_db(
        from_queryset=type(team.deals["Nordwind"]).objects.for_system("a test looks")
    )
    assert team.deals["Nordwind"].close_on == date(2026, 12, 14)
    team.change("Nordwind", close_on=date(2027, 1, 12))
    assert queries.proposals(mina, AT) == []
    assert [p.state for p in queries.proposals(mina, AT, state="")] == ["done"]
    team.change("Nordwind", close_on=date(2027, 2, 1))
    assert [p.state for p in queries.proposals(mina, AT, state="")] == ["overtaken"]


def test_several_at_once_do_the_rest_and_tell_every_refusal_or_do_nothing(team: Company) -> None:
    late(team)
    late(team, "Ostrava")
    mina, deals = team.cast.actor("mina"), [key(team, n) for n in ("Nordwind", "Kestrel", "Ostrava")]

    def act(deal: str) -> Snooze:
        return actions.snooze(
            by=mina, at=AT, deal=deal, flag="past_date", until=LATER, reason="All wait for one tender."
        )

    rows = Snooze.objects.for_system("a test counts")
    whole = actions.on_several(by=mina, at=AT, deals=deals, whole=True, act=act)
    assert (whole.done, whole.nothing, [name for name, _ in whole.refused]) == ((), True, ["Kestrel"])
    assert rows.count() == 0
    rest = actions.on_several(by=mina, at=AT, deals=[*deals, "nowhere"], whole=False, act=act)
    assert rest.done == ("Nordwind", "Ostrava")
    assert [name for name, _ in rest.refused] == ["Kestrel", "A deal"]
    assert rows.count() == 2
    ledger.verify()


def test_the_review_begins_with_what_is_at_risk_and_open(team: Company) -> None:
    found = queries.review(team.cast.actor("mina"), queries.Asked(), AT)
    weights = [deal.weight for deal in found.deals]
    assert weights == sorted(weights, reverse=True)
    commit = queries.review(team.cast.actor("mina"), queries.Asked(only="commit"), AT)
    assert {deal.category for deal in commit.deals} == {"commit"}
    late(team)
    flagged = queries.review(team.cast.actor("mina"), queries.Asked(only="flagged"), AT)
    assert [deal.name for deal in flagged.deals] == ["Nordwind"]
    assert flagged.deals[0].ask == "Which day is it really? The close date has passed."
    rosa = queries.review(team.cast.actor("mina"), queries.Asked(rep=team.cast.rosa.public_id), AT)
    assert {deal.owner for deal in rosa.deals} == {"Rosa Lindqvist"}


def test_the_record_is_kept_once_per_estimate_and_thresholds(team: Company) -> None:
    assert actions.keep_record(by=OPS, at=AT) is None
    assert not actions.record_is_due(AT)
    calls.estimate(by=OPS, at=AT, with_past=False)
    assert queries.known(AT).record is None
    assert actions.record_is_due(AT)
    kept = actions.keep_record(by=OPS, at=AT)
    assert kept is not None
    assert actions.keep_record(by=OPS, at=AT) == kept
    assert not actions.record_is_due(AT)
    found = queries.flag_rules(team.cast.actor("rosa"), AT)
    assert found.known.record is not None
    assert all(rule.record for rule in found.flags)
    actions.set_thresholds(by=team.cast.actor("olu"), at=AT, values={"quiet_days": 30}, after_version=0)
    assert actions.record_is_due(AT)
    actions.keep_record(by=OPS, at=AT)
    assert sorted(FlagRun.objects.values_list("thresholds", flat=True)) == [0, 1]
    assert "30 days" in next(
        r.rule for r in queries.flag_rules(team.cast.actor("rosa"), AT).flags if r.key == "quiet"
    )


def test_thresholds_kept_over_somebody_elses_are_refused(team: Company) -> None:
    olu = team.cast.actor("olu")
    actions.set_thresholds(by=olu, at=AT, values={"pushes": 3}, after_version=0)
    with pytest.raises(access.Refusal, match="kept meanwhile"):
        actions.set_thresholds(by=olu, at=AT, values={"pushes": 4}, after_version=0)


def test_the_worker_keeps_the_record(team: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    calls.estimate(by=OPS, at=AT, with_past=False)
    jobs.record_flags.call()
    assert FlagRun.objects.count() == 1
