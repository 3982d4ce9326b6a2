"""What is erased after its time: diagnoses, plans, what was only for oneself, and who came from outside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from fairlead.diagnoses import queries as diagnoses
from fairlead.improvement import actions, after, inviting, outside, queries
from fairlead.improvement.models import Act, Plan, Reviewer, SelfDraft
from fairlead.ledger import queries as ledger
from fairlead.people import access
from fairlead.people.models import Person
from fairlead.records import actions as records
from fairlead.records import classes
from fairlead.records import queries as record_queries
from fairlead.standing import queries as standing
from tests.calls.company import Company
from tests.diagnoses import making as diagnosing
from tests.improvement import making
from tests.improvement.making import BEGUN, do
from tests.improvement.test_outside import OTHER, at_hr, named, sent
from tests.improvement.test_plans import LAST, covered

pytestmark = pytest.mark.django_db
LATER = datetime(2031, 3, 2, 9, tzinfo=UTC)
MARK = "zqwordqz"


def erase(company: Company, key: str, at: datetime = LATER, person: str = "rosa") -> None:
    hana = company.cast.actor("hana", at)
    whose = getattr(company.cast, person)
    one = next(one for one in record_queries.past_time(hana, at) if one.key == key and one.name == whose.name)
    records.erase(by=hana, at=at, person=whose.public_id, key=key, seen=one.entries)


def left(company: Company, name: str = "rosa") -> None:
    Person.objects.filter(pk=getattr(company.cast, name).pk).update(ends_on=date(2026, 12, 31))


def texts(app: str) -> Iterator[str]:
    """Everything that stands in the tables of an app, as text."""
    for model in apps.get_app_config(app).get_models():
        rows: Any = getattr(model, "objects")  # noqa: B009
        rows = rows.for_system("a test reads everything") if hasattr(rows, "for_system") else rows.all()
        for row in rows:
            for one in model._meta.get_fields():
                if isinstance(one, models.Field) and not one.is_relation:
                    yield f"{model.__name__}.{one.name}: {json.dumps(getattr(row, one.name), default=str)}"


def standing_words(app: str) -> list[str]:
    return [text for text in texts(app) if MARK in text]


def in_ledger(word: str = MARK) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM ledger_personal")
        return any(word in (text or "") for (text,) in cursor.fetchall())


# Diagnoses


def diagnosed() -> tuple[Company, str]:
    """A diagnosis of Rosa with every kind of words in it, used."""
    company = diagnosing.company()
    diagnosis = diagnosing.shared(company, "ppf", MARK)
    diagnosing.act(company, "rosa", diagnosis, "answered", MARK)
    return company, diagnosis


def test_words_of_a_diagnosis_are_erased_and_nothing_shows_it_any_more(db: None) -> None:
    company, diagnosis = diagnosed()
    assert len(standing_words("diagnoses")) >= 2
    before = ledger.verify().entries
    erase(company, "diagnoses")
    assert standing_words("diagnoses") == []
    assert not in_ledger()
    assert ledger.verify().entries == before + 1
    for who in ("rosa", "mina", "hana"):
        with pytest.raises(access.NotFound):
            diagnoses.one(company.cast.actor(who, LATER), diagnosis, LATER)
    assert diagnoses.usable(company.cast.rosa.pk) is None
    assert diagnoses.register(company.cast.actor("hana", LATER)) == {}
    assert diagnoses.statuses_below(company.cast.actor("vera", LATER), LATER) == []
    from fairlead.diagnoses.actions import watch

    assert watch(at=LATER) == 0


def test_an_observation_is_erased_with_the_diagnosis_and_its_writer_reads_it_no_more(db: None) -> None:
    from fairlead.diagnoses import actions as acting

    company = diagnosing.company()
    diagnosis = diagnosing.drafted(company, "pppppp", MARK)
    at = diagnosing.OPENED
    vera = company.cast.vera
    asked = acting.ask(by=company.cast.actor("mina", at), at=at, diagnosis=diagnosis, observer=vera.public_id)
    acting.answer(
        by=company.cast.actor("vera", at),
        at=at,
        asked=asked.public_id,
        kind="observed",
        on=at.date(),
        words_=MARK,
    )
    erase(company, "diagnoses")
    assert standing_words("diagnoses") == []
    assert diagnoses.asked(company.cast.actor("vera", LATER)) == []
    with pytest.raises(access.NotFound):
        diagnoses.asked_one(company.cast.actor("vera", LATER), asked.public_id)


# Plans


def test_words_of_a_plan_an_appeal_a_summary_and_somebody_from_outside_are_erased(company: Company) -> None:
    plan = at_hr(company)
    named(company, by="ada")
    _, secret = sent(company, plan, "ada", by_mail=True)
    inviting.act(at=BEGUN, secret=secret, kind="approved", words=MARK)
    do(company, "mina", plan, "published", making.PUBLISHED)
    do(company, "rosa", plan, "received", making.PUBLISHED)
    do(company, "rosa", plan, "replied", making.PUBLISHED, MARK)
    making.delivered(company)
    making.held(company, plan)
    covered(company, plan)
    do(company, "vera", plan, "decided", LAST, MARK, said="leaves")
    inviting.name(
        by=company.cast.actor("ada", LAST),
        at=LAST,
        head=company.cast.vera.public_id,
        given=OTHER,
        after_number=1,
    )
    _, secret = sent(company, plan, "ada", LAST, by_mail=True)
    inviting.act(at=LAST, secret=secret, kind="seconded", words=MARK)
    do(company, "rosa", plan, "appealed", LAST, MARK)
    do(company, "carl", plan, "heard", LAST, MARK, said="upheld")
    do(company, "mina", plan, "summed_up", LAST, MARK)
    do(company, "rosa", plan, "summary_read", LAST, MARK)
    left(company)
    from fairlead.people.models import Partnership

    Partnership.objects.filter(hr=company.cast.hana).update(ends_on=None)
    assert len(standing_words("improvement")) == 8
    before = ledger.verify().entries
    erase(company, "plans")
    assert standing_words("improvement") == []
    assert not in_ledger()
    kept = " ".join(texts("improvement"))
    for word in ("Teach-back", "Alby", "Flow analysers"):
        assert word not in kept
    assert ledger.verify().entries == before + 1
    for who in ("mina", "hana", "vera", "carl"):
        actor = company.cast.actor(who, LATER)
        with pytest.raises(access.Refusal):
            queries.page(actor, plan.public_id, LATER)
    hana = company.cast.actor("hana", LATER)
    assert queries.for_hr(hana, LATER) == []
    assert after.a_year(hana, LATER) == [], "no name stays beside what came of it"
    assert outside.waiting(hana, LATER) == []


def test_what_somebody_wrote_for_themself_goes_a_month_after_they_left(company: Company) -> None:
    held = making.content(company.cast, [])
    actions.keep_own(by=company.cast.actor("rosa"), at=BEGUN, held=held, layer=3)
    left(company)
    hana = company.cast.actor("hana", LATER)
    assert ("own_plans", 1) in [(one.key, one.entries) for one in record_queries.past_time(hana, LATER)]
    erase(company, "own_plans")
    assert SelfDraft.objects.for_system("a test reads").get().content == {"erased": True}
    assert queries.self_draft(company.cast.actor("rosa")) is None


def test_who_came_from_outside_is_erased_three_years_after_they_were_named(company: Company) -> None:
    row = named(company)
    hana = company.cast.actor("hana", LATER)
    assert [one.key for one in record_queries.past_time(hana, datetime(2029, 10, 20, tzinfo=UTC))] == []
    before = ledger.verify().entries
    erase(company, "outside", person="vera")
    kept = Reviewer.objects.for_system("a test reads").get()
    assert {kept.name, kept.organisation, kept.email, kept.why} == {"(erased)"}
    assert (kept.first, kept.identity) == (row.first, row.identity), "that somebody was named stays"
    assert ledger.verify().entries == before + 1
    assert hana.person is not None


# Every class


def test_every_word_of_this_area_is_reached_by_a_class_that_can_be_erased() -> None:
    """Whatever text somebody can write in these tables stands among the words of a class."""
    known = {(label, word) for one in classes.CLASSES for label, words in one.words.items() for word in words}
    free = set()
    for app in ("improvement", "diagnoses", "looks"):
        for model in apps.get_app_config(app).get_models():
            for one in model._meta.get_fields():
                long = isinstance(one, models.CharField | models.TextField) and (one.max_length or 999) > 64
                if (long or isinstance(one, models.JSONField)) and (model._meta.label, one.name) not in known:
                    free.add(f"{model._meta.label}.{one.name}")
    assert free == {
        "looks.RoleLook.facts", "looks.RoleDecision.words",  # of a role, and nobody is named in it
        "looks.RoleLook.job", "looks.RoleLook.segment",
    }  # fmt: skip


def test_a_plan_without_acts_is_no_hindrance(company: Company) -> None:
    plan = making.drafted(company)
    left(company)
    erase(company, "plans")
    assert not queries.together([plan], access.system("a test reads"), LATER)
    assert Plan.objects.for_system("a test reads").count() == 1
    assert not Act.objects.for_system("a test reads").exists()
    assert standing.running(LATER).name
