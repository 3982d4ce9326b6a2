"""HR reads what lies between two people by a case alone: of one person, of its days, while it runs, told and noted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from fairlead.cases import actions, queries, rules
from fairlead.cases.models import Case, Side, Step
from fairlead.ledger import queries as ledger
from fairlead.ledger.models import Entry
from fairlead.notices.models import Notice
from fairlead.oneonones import actions as oneonones
from fairlead.people import access, clock
from fairlead.people import actions as people
from fairlead.people.access import Role
from fairlead.people.models import Partnership
from fairlead.promises.models import Promise
from fairlead.records import queries as records
from fairlead.today import sources
from tests.agreements.agreeing import agreed, turned_on
from tests.cast import AT, START, Cast
from tests.help import helping
from tests.promises.test_promises import promised

TODAY = AT.date()
DAY = timedelta(days=1)
LATER = AT + timedelta(hours=6)
ASKED = rules.Asked(
    tuple(rules.WHATS), TODAY - 30 * DAY, TODAY, TODAY + 7 * DAY, "Rosa says the agreement was broken."
)


@pytest.fixture
def both(cast: Cast) -> Cast:
    """Rosa and Ravi with Mina: an agreement, shared and private notes, promises; Rosa asked for help too."""
    for feature in ("agreements", "oneonones"):
        turned_on(cast, feature=feature)
    agreed(cast)
    for name in ("rosa", "ravi"):
        common: dict[str, Any] = {"by": cast.actor("mina"), "at": AT, "slot": TODAY}
        other = getattr(cast, name).public_id
        oneonones.write_note(**common, other=other, text=f"Shared with {name}.", after=0)
        oneonones.write_private(**common, other=other, text=f"Private about {name}.")
        promised(cast, name, "mina", TODAY + 3 * DAY)
    request = helping.asked(cast)
    helping.step(
        cast, "mina", request, "answered", text="I will.", promise="Secretly help Rosa", due_on=TODAY
    )
    return cast


def opened(cast: Cast, who: str = "hana", person: str = "rosa", *, key: str = "one", **more: Any) -> Case:
    given = replace(ASKED, **more)
    return actions.open_case(
        by=cast.actor(who), at=AT, person=getattr(cast, person).public_id, asked=given, key=key
    )


def key_of(case: Case) -> str:
    return Side.objects.for_system("a test asks").get(case=case, person=case.person).public_id


def second_hr(cast: Cast, name: str = "ada", head: str = "vera") -> None:
    held = Role.ADMIN if name == "ada" else Role.MANAGER
    roles = frozenset({Role.HR_PARTNER, held})
    people.set_roles(by=access.system("a test"), at=AT, person=getattr(cast, name), roles=roles)
    Partnership.objects.create(hr=getattr(cast, name), head=getattr(cast, head), starts_on=START)


def told(cast: Cast, name: str) -> list[str]:
    rows = Notice.objects.filter(to_id=getattr(cast, name).pk, kind__startswith="cases.")
    return list(rows.order_by("pk").values_list("kind", flat=True))


def test_a_case_reads_what_it_names_of_one_person_and_never_a_private_note(both: Cast) -> None:
    case = opened(both)
    page = queries.content(both.actor("hana"), key_of(case), LATER)
    assert page.agreements is not None
    assert page.notes is not None
    assert page.promises is not None
    assert [(one.rep, one.number) for one in page.agreements] == [("Rosa Lindqvist", 1)]
    assert [one.text for one in page.notes] == ["Shared with rosa."]
    owners = {(one.owner, one.made_to) for one in page.promises}
    assert owners <= {("Rosa Lindqvist", "Mina Aalto"), ("Mina Aalto", "Rosa Lindqvist")}
    assert owners
    everything = repr(page)
    for hidden in ("Ravi", "ravi", "Private", "Secretly"):
        assert hidden not in everything
    assert Promise.objects.for_system("a test asks").filter(text="Secretly help Rosa").exists()


@pytest.mark.parametrize("what", list(rules.WHATS))
def test_it_reads_no_kind_that_it_does_not_name(both: Cast, what: str) -> None:
    page = queries.content(both.actor("hana"), key_of(opened(both, what=(what,))), LATER)
    read = {"agreements": page.agreements, "notes": page.notes, "promises": page.promises}
    assert [kind for kind, found in read.items() if found is not None] == [what]


def test_it_reads_nothing_of_other_days(both: Cast) -> None:
    case = opened(both, first=TODAY - 30 * DAY, last=TODAY - DAY)
    page = queries.content(both.actor("hana"), key_of(case), LATER)
    assert (page.agreements, page.notes, page.promises) == ((), (), ())


def test_the_person_and_the_manager_are_told_what_and_until_when_and_not_why(both: Cast) -> None:
    case = opened(both)
    assert told(both, "rosa") == told(both, "mina") == ["cases.opened"]
    for name in ("ravi", "vera", "otto", "olu", "carl", "hana"):
        assert told(both, name) == []
    for name in ("rosa", "mina"):
        line, hr = queries.one(both.actor(name), case.public_id, LATER)
        assert not hr
        assert (line.by, line.until, line.reason, line.reads) == ("Hana Sato", TODAY + 7 * DAY, "", "")
        assert [one.public_id for one in queries.told(both.actor(name), LATER)] == [case.public_id]
    for name in ("ravi", "vera", "otto", "olu", "carl", "ada"):
        with pytest.raises(access.NotFound):
            queries.one(both.actor(name), case.public_id, LATER)


def test_each_reading_is_noted_for_both_before_it_is_shown(
    both: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATER)
    case = opened(both)
    client = Client()
    client.force_login(both.hana.user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    assert records.reads_of_me(both.actor("rosa")) == []
    page = client.get(f"/cases/read/{key_of(case)}/")
    assert "Shared with rosa." in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    for name in ("rosa", "mina"):
        assert [(one.reader, one.kind) for one in records.reads_of_me(both.actor(name))] == [
            ("Hana Sato", "case")
        ]
    assert records.reads_of_me(both.actor("ravi")) == []


def test_it_ends_by_itself_and_when_it_is_closed(both: Cast) -> None:
    case, hana = opened(both), both.actor("hana")
    last = AT + 7 * DAY
    assert queries.content(hana, key_of(case), last)
    for at in (last + DAY, last + 400 * DAY):
        with pytest.raises(access.NotFound):
            queries.content(hana, key_of(case), at)
    other = opened(both, key="two")
    actions.close(by=hana, at=LATER, case=other.public_id, words="Settled.")
    with pytest.raises(access.NotFound):
        queries.content(hana, key_of(other), LATER)
    assert told(both, "rosa")[-1] == "cases.closed"
    with pytest.raises(access.Refusal) as refused:
        actions.close(by=hana, at=LATER, case=other.public_id, words="")
    assert refused.value.code == "closed"


def test_a_second_partner_confirms_and_neither_opens_the_door_alone(both: Cast) -> None:
    second_hr(both)
    case = opened(both)
    hana, ada = both.actor("hana"), both.actor("ada")
    assert told(both, "ada") == ["cases.asked"]
    assert told(both, "rosa") == []
    for actor in (hana, ada):
        with pytest.raises(access.NotFound):
            queries.content(actor, key_of(case), LATER)
    with pytest.raises(access.Refusal) as refused:
        actions.answer(by=hana, at=AT, case=case.public_id, kind="confirmed", words="")
    assert refused.value.code == "not_yours"
    assert [item.kind for item in sources.everything(ada, LATER) if item.kind == "hr_case"] == ["hr_case"]
    assert queries.to_confirm(hana, LATER) == []
    actions.answer(by=ada, at=AT, case=case.public_id, kind="confirmed", words="")
    assert told(both, "rosa") == told(both, "mina") == ["cases.opened"]
    assert queries.content(hana, key_of(case), LATER)
    with pytest.raises(access.NotFound):
        queries.content(ada, key_of(case), LATER)
    assert queries.one(ada, case.public_id, LATER)[0].reason == ASKED.reason
    with pytest.raises(access.Refusal) as refused:
        actions.answer(by=ada, at=AT, case=case.public_id, kind="declined", words="No.")
    assert refused.value.code == "answered"


def test_a_declined_case_never_reads_and_nobody_hears_of_it(both: Cast) -> None:
    second_hr(both)
    case = opened(both)
    with pytest.raises(access.Refusal) as refused:
        actions.answer(by=both.actor("ada"), at=AT, case=case.public_id, kind="declined", words=" ")
    assert refused.value.code == "text_missing"
    actions.answer(by=both.actor("ada"), at=AT, case=case.public_id, kind="declined", words="Too much.")
    with pytest.raises(access.NotFound):
        queries.content(both.actor("hana"), key_of(case), LATER)
    assert told(both, "rosa") == told(both, "mina") == []
    with pytest.raises(access.NotFound):
        queries.one(both.actor("rosa"), case.public_id, LATER)


@pytest.mark.parametrize("ends", ["closed", "its day passes"])
def test_a_case_that_was_never_confirmed_is_told_to_nobody_it_was_about(both: Cast, ends: str) -> None:
    second_hr(both)
    case, at = opened(both), LATER
    if ends == "closed":
        actions.close(by=both.actor("hana"), at=LATER, case=case.public_id, words="Not needed.")
    else:
        at = AT + 9 * DAY
    for name in ("rosa", "mina"):
        assert queries.told(both.actor(name), at) == []
        with pytest.raises(access.NotFound):
            queries.one(both.actor(name), case.public_id, at)
    assert told(both, "rosa") == told(both, "mina") == []
    assert queries.one(both.actor("hana"), case.public_id, at)[1]


def test_a_partner_whose_words_it_would_read_learns_of_it_when_it_begins(both: Cast) -> None:
    second_hr(both)
    second_hr(both, "mina")
    case, mina = opened(both), both.actor("mina")
    assert queries.register(mina, LATER) == []
    with pytest.raises(access.NotFound):
        queries.one(mina, case.public_id, LATER)
    actions.answer(by=both.actor("ada"), at=AT, case=case.public_id, kind="confirmed", words="")
    assert [line.public_id for line in queries.register(mina, LATER)] == [case.public_id]


def test_it_reads_of_each_manager_the_days_on_which_they_were_it(both: Cast) -> None:
    """Otto leads Rosa from tomorrow; what she promised him as a colleague before is not read, and Mina's is."""
    promised(both, "rosa", "otto", TODAY + 3 * DAY, key="as a colleague")
    people.move(
        by=access.system("a test"), at=AT + DAY, person=both.rosa, manager=both.otto, starts_on=TODAY + DAY
    )
    later = AT + 10 * DAY
    case = actions.open_case(
        by=both.actor("hana", later), at=later, person=both.rosa.public_id, key="later",
        asked=replace(ASKED, last=later.date(), until=later.date() + 7 * DAY),
    )  # fmt: skip
    page = queries.content(both.actor("hana", later), key_of(case), later)
    assert page.promises
    assert "Otto Brandt" not in {name for one in page.promises for name in (one.owner, one.made_to)}


def test_notes_are_read_as_they_stood_on_the_last_day_whatever_is_written_after(both: Cast) -> None:
    case = opened(both)
    for number, text in enumerate(("", "Something else."), start=1):
        oneonones.write_note(
            by=both.actor("mina", AT + number * DAY), at=AT + number * DAY, other=both.rosa.public_id, slot=TODAY,
            text=text, after=number,
        )  # fmt: skip
    page = queries.content(both.actor("hana"), key_of(case), AT + 3 * DAY)
    assert page.notes is not None
    assert [one.text for one in page.notes] == ["Shared with rosa."]


def test_hr_of_another_unit_and_a_partner_who_is_one_no_longer_read_nothing(both: Cast) -> None:
    second_hr(both, "ada", "otto")
    case = opened(both)
    ada = both.actor("ada")
    for call in (
        lambda: queries.content(ada, key_of(case), LATER),
        lambda: queries.one(ada, case.public_id, LATER),
        lambda: actions.answer(by=ada, at=AT, case=case.public_id, kind="confirmed", words=""),
        lambda: actions.close(by=ada, at=AT, case=case.public_id, words=""),
        lambda: opened(both, "ada"),
    ):
        with pytest.raises(access.NotFound):
            call()
    assert queries.register(ada, LATER) == []
    Partnership.objects.filter(hr=both.hana).update(ends_on=TODAY)
    with pytest.raises(access.NotFound):
        queries.content(both.actor("hana"), key_of(case), LATER)


def test_nobody_opens_a_case_about_themself_or_into_their_own_words(both: Cast) -> None:
    for person in ("hana", "carl"):
        with pytest.raises(access.NotFound):
            opened(both, person=person)
    second_hr(both, "mina")
    with pytest.raises(access.Refusal) as refused:
        opened(both, "mina")
    assert refused.value.code == "own_part"
    case = opened(both)
    assert not case.second, "the only other partner managed her: she is told and confirms nothing"
    line, _ = queries.one(both.actor("mina"), case.public_id, LATER)
    assert line.reason == ""
    assert line.may == ()
    with pytest.raises(access.Refusal):
        actions.close(by=both.actor("mina"), at=AT, case=case.public_id, words="")


@pytest.mark.parametrize("who", ["rosa", "mina", "vera", "carl", "olu", "ada"])
def test_who_is_not_hr_opens_and_reads_none(both: Cast, who: str) -> None:
    case = opened(both)
    for call in (
        lambda: opened(both, who),
        lambda: queries.content(both.actor(who), key_of(case), LATER),
        lambda: queries.register(both.actor(who), LATER),
    ):
        with pytest.raises(access.NotAllowed):
            call()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"what": ()}, "nothing_asked"),
        ({"what": ("private",)}, "nothing_asked"),
        ({"first": None}, "bad_span"),
        ({"last": TODAY + DAY}, "bad_span"),
        ({"first": TODAY, "last": TODAY - DAY}, "bad_span"),
        ({"first": date(2024, 1, 1)}, "bad_span"),
        ({"until": TODAY - DAY}, "bad_until"),
        ({"until": TODAY + 31 * DAY}, "bad_until"),
        ({"reason": "  "}, "text_missing"),
        ({"reason": "x" * 1001}, "text_long"),
    ],
)
def test_a_case_says_what_of_when_until_when_and_why(change: dict[str, Any], code: str) -> None:
    with pytest.raises(access.Refusal) as refused:
        rules.refuse(replace(ASKED, **change), TODAY)
    assert refused.value.code == code


def test_a_form_sent_twice_opens_one_and_the_ledger_has_no_reason(both: Cast) -> None:
    assert opened(both) == opened(both)
    assert told(both, "rosa") == ["cases.opened"]
    (entry,) = Entry.objects.filter(kind="case.opened")
    assert b"agreement was broken" not in bytes(entry.body)
    ledger.verify()


def test_the_database_keeps_a_case_as_it_was(both: Cast) -> None:
    case = opened(both)
    actions.close(by=both.actor("hana"), at=AT, case=case.public_id, words="")
    for model in (Case, Side, Step):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.for_system("a test tries").update(id=9)
    for leaf in (Side, Step):
        with pytest.raises(DatabaseError), transaction.atomic():
            leaf.objects.for_system("a test tries").delete()


def test_the_pages_open_a_case_and_keep_what_was_typed(both: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATER)
    client = Client()
    client.force_login(both.hana.user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    url = f"/cases/about/{both.rosa.public_id}/"
    form = {"what": ["notes"], "first": "2026-11-01", "last": "2026-11-24", "until": "2026-12-01", "key": "k"}
    wrong = client.post(url, form | {"reason": ""})
    assert wrong.status_code == 422
    assert 'value="2026-11-01"' in wrong.content.decode()
    page = client.post(url, form | {"reason": "She asked."}, follow=True)
    assert page.status_code == 200
    assert "Read by it" in page.content.decode()
    rosa = Client()
    rosa.force_login(both.rosa.user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    assert "Cases of HR" in rosa.get("/records/reads/").content.decode()
    assert "She asked." not in rosa.get(page.redirect_chain[-1][0]).content.decode()
