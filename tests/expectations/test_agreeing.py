"""What to expect, from the first version to the signature or the other number; and who sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Q

from fairlead.expectations import actions, queries
from fairlead.expectations.models import Answer, Statement
from fairlead.ledger import actions as ledger_actions
from fairlead.ledger import queries as ledger
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.people import actions as people
from fairlead.people.access import Lending
from fairlead.people.models import Person, User
from tests.calls.company import Q4
from tests.cast import AT, Cast


def write(cast: Cast, who: str = "mina", euros: int = 2400, after: int = 0, reason: str = "") -> Statement:
    return actions.write(
        by=cast.actor(who),
        at=AT,
        person=getattr(cast, who),
        period=Q4,
        expected_minor=euros * 100,
        assumptions="Both tenders come out in November.",
        reason=reason,
        after_version=after,
    )


def sign(cast: Cast, row: Statement, who: str = "mina") -> Answer:
    return actions.sign(by=cast.actor(who), at=AT, statement=row.public_id, digest=row.digest)


def agree(cast: Cast, row: Statement, who: str = "vera") -> Answer:
    return actions.agree(by=cast.actor(who), at=AT, statement=row.public_id, digest=row.digest)


def disagree(cast: Cast, row: Statement, who: str = "vera", euros: int = 2900) -> Answer:
    return actions.disagree(
        by=cast.actor(who), at=AT, statement=row.public_id, digest=row.digest, number_minor=euros * 100,
        reason="The target was promised.",
    )  # fmt: skip


def state(cast: Cast, row: Statement, who: str = "mina") -> str:
    return queries.page(cast.actor(who), row.public_id, AT).version.state


def refused(code: str, act: object, *given: object, **more: object) -> None:
    with pytest.raises(access.Refusal) as found:
        act(*given, **more)  # type: ignore[operator]
    assert found.value.code == code


def test_both_sign_and_it_is_agreed(cast: Cast) -> None:
    row = write(cast)
    assert state(cast, row) == "written"
    sign(cast, row)
    assert state(cast, row, "vera") == "signed"
    agree(cast, row)
    found = queries.newest(cast.actor("mina"), [cast.mina.pk], Q4.name)[cast.mina.pk]
    assert (found.state, found.expected, found.agreed_at) == ("agreed", 240000, AT)
    kinds = set(Notice.objects.filter(kind__startswith="expectations.").values_list("kind", "to_id"))
    assert kinds == {
        ("expectations.signed_up", cast.vera.pk),
        ("expectations.agreed", cast.mina.pk),
    }


def test_where_they_do_not_agree_both_numbers_and_reasons_stand_side_by_side(cast: Cast) -> None:
    row = write(cast)
    sign(cast, row)
    disagree(cast, row)
    found = queries.page(cast.actor("mina"), row.public_id, AT).version
    assert (found.state, found.expected, found.theirs) == ("not_agreed", 240000, 290000)
    assert (found.their_name, found.their_reason) == ("Vera Lindholm", "The target was promised.")
    text = queries.as_text(cast.actor("mina"), row.public_id, AT)
    assert "State: not agreed" in text
    assert "Vera Lindholm expects" in text
    agree(cast, row)
    assert state(cast, row) == "agreed"


def test_a_change_is_a_new_version_with_a_reason_and_the_old_one_stays_readable(cast: Cast) -> None:
    first = write(cast)
    sign(cast, first)
    agree(cast, first)
    refused("reason_missing", write, cast, euros=2200, after=1)
    second = write(cast, euros=2200, after=1, reason="One tender moved to January.")
    page = queries.page(cast.actor("mina"), second.public_id, AT)
    assert [(v.version, v.expected, v.state) for v in page.versions] == [
        (2, 220000, "written"),
        (1, 240000, "agreed"),
    ]
    refused("old_version", disagree, cast, first)
    refused("newer_version", write, cast, euros=2100, after=1, reason="From an old page.")


def test_a_signature_binds_to_what_was_read(cast: Cast) -> None:
    row = write(cast)
    with pytest.raises(access.Refusal) as found:
        actions.sign(by=cast.actor("mina"), at=AT, statement=row.public_id, digest="another text")
    assert found.value.code == "not_what_you_read"
    assert len({write(cast, "otto").digest, row.digest}) == 2


def test_nobody_but_its_leader_reads_a_version_that_is_not_signed(cast: Cast) -> None:
    row = write(cast)
    for name in ("vera", "carl", "olu", "otto", "sanna"):
        with pytest.raises(access.NotFound):
            queries.page(cast.actor(name), row.public_id, AT)
        assert row.public_id not in [
            r.version.public_id for r in queries.listing(cast.actor(name), Q4, AT) if r.version
        ]
    with pytest.raises(access.NotFound):
        agree(cast, row)


def test_reps_peers_hr_and_the_admin_never_see_it(cast: Cast) -> None:
    row = write(cast)
    sign(cast, row)
    agree(cast, row)
    seen = set()
    for name in cast.names:
        actor = cast.actor(name)
        try:
            queries.page(actor, row.public_id, AT)
            seen.add(name)
        except (access.NotAllowed, access.NotFound):
            assert queries.newest(actor, [cast.mina.pk], Q4.name) == {}
    assert seen == {"mina", "vera", "carl", "olu"}


@pytest.mark.parametrize("name", ["carl", "mina", "otto", "rosa", "olu", "hana"])
def test_only_the_superior_of_that_day_answers(cast: Cast, name: str) -> None:
    row = write(cast)
    sign(cast, row)
    for act in (agree, disagree):
        with pytest.raises((access.NotAllowed, access.NotFound)):
            act(cast, row, name)
    for name_ in ("vera", "otto", "rosa", "olu"):
        with pytest.raises((access.NotAllowed, access.NotFound)):
            sign(cast, row, name_)


def test_a_delegate_signs_in_the_managers_stead_and_never_both_sides(cast: Cast) -> None:
    for giver in ("mina", "vera"):
        people.delegate(
            by=cast.actor(giver), at=AT, taker=cast.sanna, kind=Lending.FORECAST, starts_at=AT,
            ends_at=AT + timedelta(days=2),
        )  # fmt: skip
    row = write(cast)
    sign(cast, row, "sanna")
    entry = ledger.entries(Q(kind="expectation.signed"))[0]
    assert (entry.actor, entry.behalf) == (f"person:{cast.sanna.pk}", cast.mina.pk)
    refused("both_sides", agree, cast, row, "sanna")
    agree(cast, row)


def test_without_an_account_above_the_managers_own_signature_is_all_there_is(cast: Cast) -> None:
    User.objects.filter(person=cast.vera).update(is_active=False)
    row = write(cast)
    sign(cast, row)
    found = queries.page(cast.actor("mina"), row.public_id, AT)
    assert (found.version.state, found.standing) == ("alone", "done")
    assert "Signed by Mina Aalto" in queries.as_text(cast.actor("mina"), row.public_id, AT)


def test_the_list_says_who_is_overdue(cast: Cast) -> None:
    rows = {row.person.id: row for row in queries.listing(cast.actor("vera"), Q4, AT)}
    assert rows[cast.mina.pk].standing == "overdue"
    early = Q4.starts_on
    at = AT.replace(month=early.month, day=5)
    assert {row.standing for row in queries.listing(cast.actor("vera", at), Q4, at)} == {"due"}
    assert cast.rosa.pk not in rows


@pytest.mark.parametrize("act", ["write", "sign", "agree", "disagree"])
def test_nothing_changes_when_the_ledger_fails(cast: Cast, act: str, monkeypatch: pytest.MonkeyPatch) -> None:
    row = write(cast)
    if act in ("agree", "disagree"):
        sign(cast, row)
    counts = _counts()

    def broken(**entry: object) -> int:
        raise RuntimeError("The ledger is full.")

    monkeypatch.setattr(ledger_actions, "append", broken)
    doing: Callable[[], object] = {
        "write": lambda: write(cast, after=1, reason="It moved."),
        "sign": lambda: sign(cast, row),
        "agree": lambda: agree(cast, row),
        "disagree": lambda: disagree(cast, row),
    }[act]
    with pytest.raises(RuntimeError):
        doing()
    assert _counts() == counts


def _counts() -> tuple[int, int, int]:
    reason = "tests count"
    statements = Statement.objects.for_system(reason).count()
    return statements, Answer.objects.for_system(reason).count(), Notice.objects.count()


def test_every_act_stands_in_the_ledger(cast: Cast) -> None:
    row = write(cast)
    sign(cast, row)
    disagree(cast, row)
    agree(cast, row)
    kinds = [entry.kind for entry in ledger.entries(Q(subject_kind="statement"))]
    assert kinds[::-1] == [
        "expectation.written",
        "expectation.signed",
        "expectation.not_agreed",
        "expectation.signed",
    ]


def test_what_was_signed_cannot_be_changed(cast: Cast) -> None:
    row = write(cast)
    sign(cast, row)
    for rows in (Statement.objects.for_system("tests try"), Answer.objects.for_system("tests try")):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(at=AT + timedelta(days=1))
    assert Person.objects.filter(pk=cast.mina.pk).exists()
