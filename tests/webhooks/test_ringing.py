"""What waits rings at an address: whose, when, how often, and without a confidential word."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from fairlead.ledger.models import Entry
from fairlead.mail import actions as mail
from fairlead.mail.rules import Wish
from fairlead.mail.wording import GROUPS
from fairlead.notices import actions as notices
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.people import actions as people
from fairlead.people.models import Person
from fairlead.promises import actions as promises
from fairlead.webhooks import actions, calling, queries, ringing, rules
from fairlead.webhooks.models import Call, Webhook
from tests.cast import AT, Cast
from tests.mail.test_outbox import _every_fact
from tests.webhooks.conftest import Receiving
from tests.webhooks.test_calling import OK, says
from tests.webhooks.test_calling import receiving as listening
from tests.webhooks.test_rules import verified

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CANARY = "zqcanaryqz"
URL = f"https://chat.marlow.test/hooks/{CANARY}"
NO = calling.Outcome(False, "answer", 500)


def tell(person: Person, kind: str = "promises.made", at: datetime = AT, **facts: str) -> Notice:
    facts = _every_fact(CANARY) | facts
    with transaction.atomic():
        notices.tell(to=person.pk, kind=kind, facts=facts, at=at, path=f"/deals/{CANARY}/")
    return Notice.objects.latest("pk")


def registered(
    cast: Cast, person: str = "mina", *, url: str = URL, groups: Any = ("Promises",), yes: bool = True
) -> Webhook:
    """An address of a person that Ada registered a minute ago, with a yes."""
    row, _ = actions.register(
        by=cast.actor("ada"), at=AT - MINUTE, person=getattr(cast, person), url=url, groups=groups
    )
    if yes and person != "ada":
        actions.answer(by=cast.actor(person), at=AT - MINUTE, webhook=row.public_id, yes=True)
    return row


def hook(row: Webhook) -> Webhook:
    return Webhook.objects.for_system("a test looks").get(pk=row.pk)


def calls(row: Webhook) -> list[Call]:
    return list(Call.objects.for_system("a test looks").filter(webhook=row).order_by("pk"))


def test_what_waits_rings_once_signed_and_says_what_kind_of_thing(cast: Cast, receiving: Receiving) -> None:
    row, secret = actions.register(
        by=cast.actor("ada"), at=AT - MINUTE, person=cast.mina, url=URL, groups=["Promises", "News of deals"]
    )
    actions.answer(by=cast.actor("mina"), at=AT - MINUTE, webhook=row.public_id, yes=True)
    tell(cast.mina)
    assert ringing.ring(AT) == 1
    assert ringing.ring(AT + 5 * MINUTE) == 0
    [(address, headers, body)] = receiving.told
    assert (address.host, address.target) == ("chat.marlow.test", f"/hooks/{CANARY}")
    assert json.loads(body) == {
        "type": "notice.waiting",
        "timestamp": "2026-11-24T12:10:00Z",
        "data": {
            "id": headers["webhook-id"], "group": "Promises", "link": "https://fairlead.test/you/",
        },
        "text": "Fairlead: Promises. https://fairlead.test/you/",
    }  # fmt: skip
    assert headers["webhook-id"] == calls(row)[0].public_id
    assert verified(
        secret, headers["webhook-id"], headers["webhook-timestamp"], headers["webhook-signature"], body
    )
    assert [(one.state, one.tries, one.status) for one in calls(row)] == [("sent", 1, 204)]


def test_nothing_rings_before_a_yes_nor_what_came_before_it_nor_after_a_no(
    cast: Cast, receiving: Receiving
) -> None:
    row, mina = registered(cast, yes=False), cast.actor("mina")
    assert Notice.objects.filter(to_id=cast.mina.pk, kind="webhooks.asked").count() == 1
    tell(cast.mina)
    assert ringing.ring(AT) == 0
    actions.answer(by=mina, at=AT + MINUTE, webhook=row.public_id, yes=True)
    assert ringing.ring(AT + 2 * MINUTE) == 0
    tell(cast.mina, at=AT + 3 * MINUTE)
    assert ringing.ring(AT + 4 * MINUTE) == 1
    tell(cast.mina, at=AT + 5 * MINUTE)
    actions.answer(by=mina, at=AT + 5 * MINUTE, webhook=row.public_id, yes=False)
    assert ringing.ring(AT + 6 * MINUTE) == 0
    assert (hook(row).state, hook(row).url) == ("ended", "")
    told = Notice.objects.filter(to_id=cast.ada.pk, kind="webhooks.answered").order_by("pk")
    assert [one.facts["said"] for one in told] == ["yes", "no"]


def test_only_the_person_says_yes_and_only_an_admin_registers(cast: Cast) -> None:
    row = registered(cast, yes=False)
    for name in ("ada", "otto", "vera", "rosa"):
        with pytest.raises(access.NotFound):
            actions.answer(by=cast.actor(name), at=AT, webhook=row.public_id, yes=True)
    for name in set(cast.names) - {"ada"}:
        with pytest.raises(access.NotAllowed):
            actions.register(by=cast.actor(name), at=AT, person=cast.mina, url=URL, groups=["Promises"])
        with pytest.raises(access.NotAllowed):
            queries.every(cast.actor(name))
        with pytest.raises(access.NotAllowed):
            ringing.send_test(by=cast.actor(name), at=AT, webhook=row.public_id)
        assert queries.own(cast.actor(name)) == (queries.every(cast.actor("ada")) if name == "mina" else ())


def test_one_address_is_registered_once_for_a_person(cast: Cast) -> None:
    row = registered(cast)
    with pytest.raises(access.Refusal) as refusal:
        registered(cast)
    assert refusal.value.code == "same"
    actions.remove(by=cast.actor("ada"), at=AT, webhook=row.public_id)
    registered(cast)


def test_a_run_ends_in_time_and_those_that_fail_come_last(
    cast: Cast, receiving: Receiving, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(cast, url="https://bad.marlow.test/x")
    registered(cast, "otto")
    receiving.answers["bad.marlow.test"] = NO
    tell(cast.mina)
    tell(cast.otto)
    ringing.ring(AT)
    tell(cast.otto, at=AT + 5 * MINUTE)
    receiving.tried.clear()
    ringing.ring(AT + 5 * MINUTE)
    assert receiving.tried == ["chat.marlow.test", "bad.marlow.test"]
    monkeypatch.setattr(ringing, "_LONGEST", -1.0)
    receiving.tried.clear()
    ringing.ring(AT + DAY)
    assert receiving.tried == []


def test_another_persons_notices_and_other_kinds_do_not_ring(cast: Cast, receiving: Receiving) -> None:
    registered(cast)
    tell(cast.otto)
    tell(cast.mina, "news.thanked")
    tell(cast.mina, "help.asked")
    assert ringing.ring(AT) == 0


def test_what_was_read_meanwhile_is_not_told(cast: Cast, receiving: Receiving) -> None:
    row = registered(cast)
    receiving.answers["chat.marlow.test"] = NO
    told = tell(cast.mina)
    assert ringing.ring(AT) == 0
    receiving.answers.clear()
    notices.mark_read(to=cast.mina.pk, notice=told.pk, at=AT + MINUTE)
    assert ringing.ring(AT + 10 * MINUTE) == 0
    assert [one.state for one in calls(row)] == ["read"]


def test_quiet_hours_of_the_person_hold_for_what_rings_too(cast: Cast, receiving: Receiving) -> None:
    friday_night = datetime(2026, 11, 27, 21, 0, tzinfo=AT.tzinfo)
    monday = datetime(2026, 11, 30, 9, 0, tzinfo=AT.tzinfo)
    registered(cast)
    tell(cast.mina, at=friday_night)
    assert ringing.ring(friday_night + 5 * MINUTE) == 0
    assert ringing.ring(friday_night + DAY) == 0
    assert ringing.ring(monday) == 1


def test_nothing_rings_for_somebody_without_an_account_or_gone(cast: Cast, receiving: Receiving) -> None:
    for name in ("rosa", "ravi"):
        registered(cast, name)
        tell(getattr(cast, name))
    people.close_account(by=cast.actor("ada"), at=AT, person=cast.rosa)
    Person.objects.filter(pk=cast.ravi.pk).update(ends_on=AT.date())
    assert ringing.ring(AT) == 0


def test_it_is_off_without_an_address_of_fairlead(cast: Cast, receiving: Receiving, settings: Any) -> None:
    settings.WEBHOOKS = False
    row = registered(cast)
    tell(cast.mina)
    assert ringing.ring(AT) == 0
    with pytest.raises(access.Refusal):
        ringing.send_test(by=cast.actor("ada"), at=AT, webhook=row.public_id)
    assert receiving.tried == []


# Failing


def test_a_broken_address_is_put_off_alone_and_loses_nothing(cast: Cast, receiving: Receiving) -> None:
    bad, good = registered(cast, url="https://bad.marlow.test/x"), registered(cast, "otto")
    receiving.answers["bad.marlow.test"] = NO
    for _ in range(3):
        tell(cast.mina)
    tell(cast.otto)
    assert ringing.ring(AT) == 1
    assert receiving.tried.count("bad.marlow.test") == 1, "one failure is enough for one run"
    assert ringing.ring(AT + MINUTE) == 0
    assert receiving.tried.count("bad.marlow.test") == 1
    receiving.answers.clear()
    assert ringing.ring(AT + 5 * MINUTE) == 3
    assert [one.state for one in calls(good)] == ["sent"]
    assert hook(bad).failures == 0


def test_one_address_that_breaks_the_caller_stops_no_other(
    cast: Cast, receiving: Receiving, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(cast, url="https://bad.marlow.test/x")
    registered(cast, "otto")
    tell(cast.mina)
    tell(cast.otto)
    real = receiving.call

    def call(address: rules.Address, *args: Any, **more: Any) -> calling.Outcome:
        if address.host == "bad.marlow.test":
            raise RuntimeError(CANARY)
        return real(address, *args, **more)

    monkeypatch.setattr(calling, "call", call)
    assert ringing.ring(AT) == 1


def test_an_address_that_fails_for_three_days_is_paused_and_admins_are_told(
    cast: Cast, receiving: Receiving
) -> None:
    mail.wish(by=cast.actor("mina"), at=AT, wished=Wish("once", quiet_from=0, quiet_to=0, weekends=True))
    row = registered(cast)
    receiving.answers["chat.marlow.test"] = NO
    tell(cast.mina)
    at, keys = AT, set()
    while hook(row).state == "on":
        ringing.ring(at)
        keys |= {one.public_id for one in calls(row)}
        at += HOUR
    assert len(receiving.tried) == rules.MOST_TRIES
    assert len(keys) == 1, "a call keeps its id"
    assert timedelta(days=2.5) < at - AT < timedelta(days=3.5)
    [told] = Notice.objects.filter(kind="webhooks.paused")
    assert (told.to_id, told.facts) == (cast.ada.pk, {"host": "chat.marlow.test"})
    receiving.answers.clear()
    tell(cast.mina, at=at)
    assert ringing.ring(at + HOUR) == 0
    actions.resume(by=cast.actor("ada"), at=at + HOUR, webhook=row.public_id)
    assert ringing.ring(at + HOUR) == 0, "what came meanwhile is old"
    tell(cast.mina, at=at + 2 * HOUR)
    assert ringing.ring(at + 2 * HOUR) == 1


def test_an_address_that_says_it_is_gone_is_paused_at_once(cast: Cast, receiving: Receiving) -> None:
    row = registered(cast)
    receiving.answers["chat.marlow.test"] = calling.Outcome(False, "answer", 410)
    tell(cast.mina)
    ringing.ring(AT)
    assert hook(row).state == "broken"


def test_a_crash_between_calling_and_marking_calls_again_with_the_same_id(
    cast: Cast, receiving: Receiving, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(cast)
    tell(cast.mina)

    def crash(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(ringing, "_mark", crash)
        with pytest.raises(KeyboardInterrupt):
            ringing.ring(AT)
    assert ringing.ring(AT + rules.LEASE) == 1
    first, second = (headers["webhook-id"] for _, headers, _ in receiving.told)
    assert first == second


def test_two_workers_do_not_call_one_address_at_once(cast: Cast, receiving: Receiving) -> None:
    row = registered(cast)
    tell(cast.mina)
    Webhook.objects.for_system("a test plays a worker").filter(pk=row.pk).update(next_at=AT + rules.LEASE)
    assert ringing.ring(AT) == 0


# What an admin does


def test_a_call_is_sent_again_with_its_id(cast: Cast, receiving: Receiving) -> None:
    row, ada = registered(cast), cast.actor("ada")
    tell(cast.mina)
    ringing.ring(AT)
    [one] = calls(row)
    actions.send_again(by=ada, at=AT + MINUTE, webhook=row.public_id, call=one.public_id)
    assert ringing.ring(AT + MINUTE) == 1
    assert len({headers["webhook-id"] for _, headers, _ in receiving.told}) == 1
    assert calls(row)[0].tries == 2
    with pytest.raises(access.NotFound):
        actions.send_again(by=ada, at=AT, webhook=row.public_id, call="other")


def test_a_secret_is_changed_and_both_are_valid_for_a_day(cast: Cast, receiving: Receiving) -> None:
    ada = cast.actor("ada")
    mail.wish(by=cast.actor("mina"), at=AT, wished=Wish("once", quiet_from=0, quiet_to=0))
    row, old = actions.register(by=ada, at=AT - MINUTE, person=cast.mina, url=URL, groups=["Promises"])
    actions.answer(by=cast.actor("mina"), at=AT - MINUTE, webhook=row.public_id, yes=True)
    new = actions.rotate(by=ada, at=AT, webhook=row.public_id)
    assert new != old
    with pytest.raises(access.Refusal):
        actions.rotate(by=ada, at=AT + HOUR, webhook=row.public_id)
    fits = []
    for at in (AT, AT + DAY):
        tell(cast.mina, at=at)
        ringing.ring(at)
        _, headers, body = receiving.told[-1]
        said = headers["webhook-id"], headers["webhook-timestamp"], headers["webhook-signature"], body
        fits.append((verified(old, *said), verified(new, *said)))
    assert fits == [(True, True), (False, True)]


def test_pause_resume_and_remove(cast: Cast, receiving: Receiving) -> None:
    row, ada = registered(cast), cast.actor("ada")
    actions.pause(by=ada, at=AT, webhook=row.public_id)
    tell(cast.mina, at=AT + MINUTE)
    assert ringing.ring(AT + MINUTE) == 0
    actions.resume(by=ada, at=AT + 2 * MINUTE, webhook=row.public_id)
    tell(cast.mina, at=AT + 3 * MINUTE)
    assert ringing.ring(AT + 3 * MINUTE) == 1
    actions.remove(by=ada, at=AT + HOUR, webhook=row.public_id)
    assert queries.every(ada) == ()
    for act in (actions.pause, actions.resume, actions.remove, actions.rotate):
        with pytest.raises(access.NotFound):
            act(by=ada, at=AT + HOUR, webhook=row.public_id)


def test_resuming_is_no_way_around_a_yes(cast: Cast, receiving: Receiving) -> None:
    row, ada = registered(cast, yes=False), cast.actor("ada")
    for act in (actions.pause, actions.resume):
        with pytest.raises(access.NotFound):
            act(by=ada, at=AT, webhook=row.public_id)
    assert hook(row).state == "asked"


def test_a_test_says_that_it_is_one_and_needs_no_yes(cast: Cast, receiving: Receiving) -> None:
    row = registered(cast, yes=False)
    assert ringing.send_test(by=cast.actor("ada"), at=AT, webhook=row.public_id).taken
    [body] = receiving.bodies()
    assert json.loads(body)["type"] == "test"
    assert [(one.state, one.notice) for one in calls(row)] == [("sent", None)]


# Nothing confidential


def test_no_call_holds_a_word_of_what_it_tells_of(cast: Cast, receiving: Receiving) -> None:
    registered(cast, groups=rules.OFFERED)
    for kinds in GROUPS.values():
        for kind in kinds:
            tell(cast.mina, kind)
    assert ringing.ring(AT) > 30
    for minutes in (5, 10, 15, 20):  # so many at once, and no more
        ringing.ring(AT + minutes * MINUTE)
    groups = {json.loads(body)["data"]["group"] for body in receiving.bodies()}
    assert groups == set(rules.OFFERED)
    for _, headers, body in receiving.told:
        # A signature is random to the eye: any three figures may turn up in it.
        said = {name: value for name, value in dict(headers).items() if "signature" not in name.lower()}
        assert len(said) < len(dict(headers))
        whole = body.decode() + json.dumps(said)
        for secret in (CANARY, "Mina", "Aalto", "Kestrel", "777"):
            assert secret not in whole
        assert set(json.loads(body)) == {"type", "timestamp", "data", "text"}
        assert set(json.loads(body)["data"]) == {"id", "group", "link"}


def test_a_kind_about_which_nothing_was_decided_does_not_ring(
    cast: Cast, receiving: Receiving, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fairlead.notices.rules import WORDING

    monkeypatch.setitem(WORDING, "new.kind", "Something about {name}")
    registered(cast, groups=rules.OFFERED)
    tell(cast.mina, "new.kind")
    assert ringing.ring(AT) == 0


def test_neither_address_nor_secret_is_in_the_ledger_a_notice_a_log_or_the_database(
    cast: Cast, receiving: Receiving, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ada = cast.actor("ada")
    row, secret = actions.register(by=ada, at=AT - MINUTE, person=cast.mina, url=URL, groups=["Promises"])
    actions.answer(by=cast.actor("mina"), at=AT - MINUTE, webhook=row.public_id, yes=True)
    newer = actions.rotate(by=ada, at=AT, webhook=row.public_id)
    receiving.answers["chat.marlow.test"] = NO
    tell(cast.mina)
    ringing.ring(AT)
    everything = repr(list(Entry.objects.values())) + caplog.text
    everything += repr(list(Notice.objects.filter(kind__startswith="webhooks.").values()))
    everything += repr(queries.page(ada, row.public_id, AT)) + repr(queries.own(cast.actor("mina")))
    kept = repr(list(Webhook.objects.for_system("a test looks").values()))
    for word in (secret, newer, secret.removeprefix("whsec_")):
        assert word not in everything
        assert word not in kept
    assert CANARY not in everything


def test_a_real_call_leaves_no_address_in_the_log(
    cast: Cast, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Through real sockets, with everything logged that can be."""
    caplog.set_level(logging.DEBUG)
    settings.WEBHOOK_LOOPBACK = True
    with listening(says(OK)) as seen:
        row = registered(cast, url=f"http://127.0.0.1:{seen.port}/hooks/{CANARY}")
        tell(cast.mina)
        assert ringing.ring(AT) == 1
    [request] = seen.requests
    assert f"POST /hooks/{CANARY} ".encode() in request
    assert CANARY not in caplog.text
    settings.WEBHOOK_LOOPBACK = False
    tell(cast.mina, at=AT + MINUTE)
    assert ringing.ring(AT + 2 * MINUTE) == 0
    assert calls(row)[-1].reason == "inside"


def test_old_calls_are_forgotten(cast: Cast, receiving: Receiving) -> None:
    row = registered(cast)
    tell(cast.mina)
    ringing.ring(AT)
    ringing.ring(AT + rules.KEPT + DAY)
    assert calls(row) == []


def test_a_promise_behind_a_second_door_or_of_a_shield_does_not_ring(
    cast: Cast, receiving: Receiving
) -> None:
    registered(cast, "rosa")
    due = AT.date() + 3 * DAY
    for kind in ("help", "shield", "review"):
        promises.make(
            by=cast.actor("vera"), at=AT, owner=cast.vera, made_to=cast.rosa, text="I look at it.", due_on=due,
            key=kind, source=(kind, "x", "Help"),
        )  # fmt: skip
    assert Notice.objects.filter(to_id=cast.rosa.pk, kind="promises.made").count() == 3
    assert ringing.ring(AT) == 1


def test_a_no_in_the_middle_of_a_run_ends_it(
    cast: Cast, receiving: Receiving, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = registered(cast)
    for n in range(3):
        tell(cast.mina, at=AT, text=str(n))
    made = ringing._made

    def no_meanwhile(*told: Any) -> calling.Outcome:
        outcome = made(*told)
        actions.answer(by=cast.actor("mina"), at=AT, webhook=row.public_id, yes=False)
        return outcome

    monkeypatch.setattr(ringing, "_made", no_meanwhile)
    ringing.ring(AT)
    assert len(receiving.told) == 1
    assert "sent" not in {one.state for one in calls(row)}
