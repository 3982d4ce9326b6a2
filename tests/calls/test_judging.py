"""A leader judges a report's deal in or out: kept as it was said, seen by whom it concerns, changing no call."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import Error, transaction

from fairlead.calls import actions, judging, queries
from fairlead.calls.models import Judgement, Submission
from fairlead.deals import actions as deals
from fairlead.deals.models import Deal
from fairlead.deals.rules import DealRow
from fairlead.people import access
from fairlead.people import actions as people
from fairlead.people.access import Lending
from tests.calls.company import OPS, Q4, Company
from tests.cast import AT


def judge(company: Company, deal: str, verdict: str, note: str = "", by: str = "mina") -> Judgement:
    return actions.judge(
        by=company.cast.actor(by),
        at=AT,
        deal=company.deals[deal].public_id,
        period=Q4,
        verdict=verdict,
        note=note,
    )


def page(company: Company) -> queries.CallPage:
    return queries.call_page(company.cast.actor("mina"), company.cast.mina.pk, Q4, AT)


def test_the_sum_judged_in_stands_beside_commit_and_moves_no_call(team: Company) -> None:
    before = page(team)
    assert before.judged is None
    judge(team, "Nordwind", "in")
    judge(team, "Ostrava", "in", "They told me the number of the order.")
    judge(team, "Kestrel", "out")
    after = page(team)
    booked = sum(euros for euros in (392, 214, 401, 183))
    assert after.judged == judging.Evidence(
        alone=324_00, cumulative=(324 + booked) * 100, deals=2, out_of_column=190_00, out_deals=1
    )
    assert (after.amount, after.calls_sum, after.columns) == (before.amount, before.calls_sum, before.columns)


def test_a_later_judgement_counts_and_the_earlier_one_stays(team: Company) -> None:
    judge(team, "Nordwind", "in")
    judge(team, "Nordwind", "out", "No date any more.")
    found = queries.judgements_of_deal(team.cast.actor("rosa"), team.deals["Nordwind"].public_id, Q4, AT)
    assert [(one.verdict, one.note, one.author) for one in found] == [
        ("out", "No date any more.", team.cast.mina.name)
    ]
    actions.clear_judgement(
        by=team.cast.actor("mina"), at=AT, deal=team.deals["Nordwind"].public_id, period=Q4
    )
    assert page(team).judged is None
    assert Judgement.objects.for_system("a test counts").count() == 3


def test_the_database_keeps_what_was_judged(team: Company) -> None:
    row = judge(team, "Nordwind", "in")
    rows = Judgement.objects.for_system("a test tries").filter(pk=row.pk)
    for change in (lambda: rows.update(verdict="out"), rows.delete):
        with pytest.raises(Error), transaction.atomic():
            change()


def test_who_sees_a_judgement(team: Company) -> None:
    judge(team, "Nordwind", "out")
    deal = team.deals["Nordwind"].public_id
    seen = {
        name for name in team.cast.names if queries.judgements_of_deal(team.cast.actor(name), deal, Q4, AT)
    }
    assert seen == {"rosa", "mina", "olu"}, "not peers, not higher up"


def test_only_the_leader_of_the_owner_judges_and_nobody_the_own_deal(team: Company) -> None:
    team.deal("Minas", "mina", 90)
    for name in ("vera", "carl", "otto"):
        with pytest.raises(access.NotFound):
            judge(team, "Nordwind", "in", by=name)
    with pytest.raises(access.NotAllowed):
        judge(team, "Nordwind", "in", by="rosa")
    with pytest.raises(access.NotFound):
        judge(team, "Minas", "in")
    assert judge(team, "Minas", "in", by="vera").author_id == team.cast.vera.pk


def test_who_stands_in_judges_in_the_leaders_name(team: Company) -> None:
    people.delegate(
        by=team.cast.actor("mina"), at=AT, taker=team.cast.otto, kind=Lending.FORECAST,
        starts_at=AT, ends_at=AT + timedelta(days=2),
    )  # fmt: skip
    row = judge(team, "Nordwind", "in", by="otto")
    assert (row.author_id, row.by_id) == (team.cast.mina.pk, team.cast.otto.pk)
    assert page(team).judged is not None


def test_a_deal_of_somebody_who_left_the_team_counts_no_more(team: Company) -> None:
    judge(team, "Nordwind", "in")
    people.move(by=OPS, at=AT, person=team.cast.rosa, manager=team.cast.otto, starts_on=AT.date())
    assert page(team).judged is None


@pytest.mark.parametrize(
    ("verdict", "note", "code"), [("maybe", "", "bad_verdict"), ("in", "x" * 501, "long_note")]
)
def test_what_is_no_judgement_is_refused(team: Company, verdict: str, note: str, code: str) -> None:
    with pytest.raises(access.Refusal) as refused:
        judge(team, "Nordwind", verdict, note)
    assert refused.value.code == code


def test_a_closed_deal_and_a_period_that_is_over_are_not_judged(team: Company) -> None:
    with pytest.raises(access.Refusal) as refused:
        judge(team, "Arden", "in")
    assert refused.value.code == "closed_deal"
    with pytest.raises(access.Refusal) as refused:
        actions.judge(
            by=team.cast.actor("mina"), at=AT + timedelta(days=60), deal=team.deals["Nordwind"].public_id,
            period=Q4, verdict="in",
        )  # fmt: skip
    assert refused.value.code == "period_over"
    with pytest.raises(access.Refusal) as refused:
        actions.clear_judgement(
            by=team.cast.actor("mina"), at=AT, deal=team.deals["Nordwind"].public_id, period=Q4
        )
    assert refused.value.code == "no_judgement"


def test_a_submission_freezes_the_judgements_of_its_author(team: Company) -> None:
    judge(team, "Nordwind", "in")
    judge(team, "Kestrel", "out")
    sent = team.submit("mina", 1812, at=AT)
    judge(team, "Nordwind", "out")
    sent = Submission.objects.for_system("a test reads it again").get(pk=sent.pk)
    assert sent.judged == {str(team.deals["Nordwind"].pk): "in", str(team.deals["Kestrel"].pk): "out"}
    assert "judged" in actions.content_of(sent)
    sent.judged = None
    assert "judged" not in actions.content_of(sent), "digests of before judgements stay what they were"


def _owned(company: Company, name: str, at: datetime) -> str:
    """A file of the CRM says whose Kestrel is; its public id."""
    row = DealRow("kestrel", name="Kestrel", owner=name, amount=None, currency="EUR", stage="Paper")
    ids = {one: getattr(company.cast, one).pk for one in ("rosa", "ravi")}
    deals.take_in(by=OPS, at=at, source="files", deals=[row], as_of=at, people_ids=ids)
    found: str = Deal.objects.for_system("a test looks").get(external_id="kestrel").public_id
    return found


def test_a_note_written_for_the_owner_before_is_not_read_by_the_next_one(team: Company) -> None:
    deal = _owned(team, "rosa", AT - timedelta(days=9))
    mina = team.cast.actor("mina")
    actions.judge(by=mina, at=AT, deal=deal, period=Q4, verdict="out", note="Rosa never reached the buyer.")
    [rosas] = queries.judgements_of_deal(team.cast.actor("rosa"), deal, Q4, AT)
    assert rosas.note == "Rosa never reached the buyer."
    later = AT + timedelta(days=1)
    assert _owned(team, "ravi", later) == deal
    [ravis] = queries.judgements_of_deal(team.cast.actor("ravi"), deal, Q4, later)
    assert (ravis.verdict, ravis.note) == ("out", "")
    [minas] = queries.judgements_of_deal(mina, deal, Q4, later)
    assert minas.note == "Rosa never reached the buyer."
