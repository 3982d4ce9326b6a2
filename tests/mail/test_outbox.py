"""Notices leave as mail: to whom they may, when they may, without a confidential word, and none is lost."""

from __future__ import annotations

import smtplib
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core import mail as django_mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction

from fairlead.cli.app import free_port
from fairlead.mail import actions, outbox, queries, rules
from fairlead.mail.models import Letter
from fairlead.mail.rules import Wish
from fairlead.notices import actions as notices
from fairlead.notices.models import Notice
from fairlead.people import actions as people
from fairlead.people.models import Person
from tests.calls.company import Company
from tests.cast import AT, Cast
from tests.desk.desking import act, pasted, written

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ONCE = Wish("once")


@pytest.fixture(autouse=True)
def _on(settings: Any) -> None:
    settings.MAIL_OUT = True
    settings.DEFAULT_FROM_EMAIL = "Fairlead <fairlead@marlow.test>"


def tell(person: Person, kind: str = "desk.received", at: datetime = AT, **facts: str) -> None:
    with transaction.atomic():
        notices.tell(to=person.pk, kind=kind, facts=facts, at=at, path="/desk/")


def sent(at: datetime = AT) -> list[Any]:
    """What one run at a moment sends."""
    django_mail.outbox.clear()
    outbox.send_due(at)
    return list(django_mail.outbox)


def test_a_digest_says_what_kind_of_things_wait_and_where(cast: Cast) -> None:
    tell(cast.mina)
    tell(cast.mina, "news.thanked", name="Vera", deal="Kestrel")
    tell(cast.mina)
    [one] = sent()
    assert one.to == ["mina@marlow.test"]
    assert one.subject == "Fairlead: 3 things wait for you"
    assert "- On your desk: 2\n- News of deals\n" in one.body
    assert "https://fairlead.test/you/" in one.body
    assert sent(AT + HOUR) == []
    assert not Notice.objects.filter(sent_at=None).exists()


def test_a_mail_is_plain_text_and_says_how_to_end_it(cast: Cast) -> None:
    tell(cast.mina)
    [one] = sent()
    message = one.message()
    assert message.get_content_type() == "text/plain"
    assert message["List-Unsubscribe"] == "<https://fairlead.test/you/mail/>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@marlow.test>")
    assert "https://fairlead.test/you/mail/" in one.body


def test_mail_is_off_until_it_is_configured(cast: Cast, settings: Any) -> None:
    settings.MAIL_OUT = False
    tell(cast.mina)
    assert sent() == []
    assert not Letter.objects.for_system("a test looks").exists()


def test_nothing_is_sent_to_whom_it_may_not_reach(cast: Cast) -> None:
    ada, gone, closed, off = cast.actor("ada"), cast.rosa, cast.ravi, cast.ines
    Person.objects.filter(pk=gone.pk).update(ends_on=AT.date())
    people.close_account(by=ada, at=AT, person=closed)
    Person.objects.filter(pk=cast.tomas.pk).update(user=None)
    actions.wish(by=cast.actor("ines"), at=AT, wished=Wish("off"))
    for person in (gone, closed, off, cast.tomas):
        tell(person)
    assert sent() == []


def test_what_was_read_and_what_is_old_is_not_mailed(cast: Cast) -> None:
    tell(cast.mina, at=AT - rules.OLDEST)
    tell(cast.otto)
    Notice.objects.filter(to_id=cast.otto.pk).update(read_at=AT)
    assert sent() == []


def test_at_once_waits_for_the_end_of_quiet_hours_in_the_persons_own_zone(cast: Cast) -> None:
    Person.objects.filter(pk=cast.mina.pk).update(time_zone="America/New_York")
    actions.wish(by=cast.actor("mina"), at=AT, wished=ONCE)
    tell(cast.mina)  # 12:10 in UTC is 7:10 in New York
    assert sent() == []
    assert len(sent(AT + HOUR)) == 1
    tell(cast.mina, at=AT + 2 * HOUR)
    assert len(sent(AT + 2 * HOUR)) == 1


def test_on_a_day_off_of_the_team_nothing_leaves(cast: Cast) -> None:
    from fairlead.people.models import DayOff, Team

    DayOff.objects.create(day=AT.date(), team=Team.objects.get(lead=cast.mina), set_at=AT, by="x")
    for person in (cast.rosa, cast.mina, cast.pia):
        tell(person)
    assert {one.to[0] for one in sent()} == {"mina@marlow.test", "pia@marlow.test"}


class Failing(EmailBackend):
    """A server that refuses some addresses, or is not there at all."""

    refused: tuple[str, ...] = ()
    problem: Exception = smtplib.SMTPRecipientsRefused({})
    tried: list[str] = []

    def send_messages(self, messages: Any) -> int:
        for one in messages:
            self.tried.append(one.to[0])
            if one.to[0] in self.refused or not self.refused:
                raise self.problem
        return super().send_messages(messages)


@pytest.fixture
def failing(settings: Any) -> type[Failing]:
    settings.EMAIL_BACKEND = f"{__name__}.Failing"
    Failing.refused, Failing.problem, Failing.tried = (), smtplib.SMTPRecipientsRefused({}), []
    return Failing


def test_one_broken_address_never_stops_the_others_and_is_tried_again(
    cast: Cast, failing: type[Failing]
) -> None:
    failing.refused = ("mina@marlow.test",)
    for person in (cast.carl, cast.mina, cast.rosa, cast.vera):
        tell(person)
    assert {one.to[0] for one in sent()} == {"carl@marlow.test", "rosa@marlow.test", "vera@marlow.test"}
    assert sent(AT + MINUTE) == []
    failing.refused = ("nobody",)
    [one] = sent(AT + 5 * MINUTE)
    assert one.to == ["mina@marlow.test"]


def test_a_letter_is_given_up_after_some_tries_and_its_notices_go_into_the_next(
    cast: Cast, failing: type[Failing]
) -> None:
    failing.refused = ("mina@marlow.test",)
    tell(cast.mina)
    at = AT
    for _ in range(rules.MOST_TRIES):
        sent(at)
        at += 12 * HOUR
    letters = Letter.objects.for_system("a test looks")
    assert [bool(one.failed_at) for one in letters] == [True]
    failing.refused = ("nobody",)
    monday = datetime(2026, 11, 30, 8, 0, tzinfo=AT.tzinfo)
    assert [one.subject for one in sent(monday)] == ["Fairlead: something waits for you"]


def test_a_server_that_is_not_there_ends_the_run_and_loses_nothing(
    cast: Cast, failing: type[Failing]
) -> None:
    failing.problem = ConnectionRefusedError()
    for name in cast.names:
        tell(getattr(cast, name))
    assert sent() == []
    assert len(failing.tried) == 3
    failing.refused = ("nobody",)
    assert len(sent(AT + 6 * MINUTE)) == len(cast.names)


def test_a_crash_between_sending_and_marking_sends_twice_with_one_message_id(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(cast.mina)
    django_mail.outbox.clear()

    def crash(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(transaction, "atomic", _crashing_after(1, crash))
        with pytest.raises(KeyboardInterrupt):
            outbox.send_due(AT)
    [first] = django_mail.outbox
    assert sent(AT + MINUTE) == [], "another worker has to leave it alone for a while"
    [second] = sent(AT + rules.LEASE)
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert sent(AT + rules.LEASE + HOUR) == []


def _crashing_after(calls: int, crash: Any) -> Any:
    real, left = transaction.atomic, [calls]

    def atomic(*args: Any, **more: Any) -> Any:
        left[0] -= 1
        return real(*args, **more) if left[0] >= 0 else crash()

    return atomic


def test_a_wish_is_read_by_its_person_alone_and_the_newest_counts(cast: Cast) -> None:
    mina, otto = cast.actor("mina"), cast.actor("otto")
    actions.wish(by=mina, at=AT, wished=Wish("off"))
    actions.wish(by=mina, at=AT, wished=ONCE)
    assert queries.wish(mina) == ONCE
    assert queries.wish(otto) == rules.DEFAULT


# No confidential word


def test_no_mail_holds_a_word_of_what_it_tells_of(team: Company) -> None:
    """Canaries in messages, answers, deals, asks, promises and news; then every mail is searched for them."""
    from fairlead.deals.models import Deal
    from fairlead.news import actions as news
    from fairlead.promises import actions as promises

    cast = team.cast
    canary = "zqcanaryqz"
    Deal.objects.for_system("a test names deals").update(name=f"Deal {canary}")
    for name in cast.names:
        actions.wish(by=cast.actor(name), at=AT, wished=Wish("once", quiet_from=0, quiet_to=0, weekends=True))
    asked = written(team, f"Is it safe? {canary}")
    pasted(team, f"Hurry {canary}", key=canary, sender_name=f"Ari {canary}")
    act(team, asked, "answered", f"It is. {canary}")
    act(team, asked, "passed", f"Please look {canary}", to="ravi", at=AT + 2 * HOUR)
    news.report(
        by=cast.actor("ravi"), at=AT, deal=team.deals["Kestrel"].public_id, kind="bad", what=f"Late {canary}",
        known_on=AT.date(), amount_minor=777_700,
    )  # fmt: skip
    promises.make(
        by=cast.actor("ravi"), at=AT, owner=cast.ravi, made_to=cast.mina, text=f"Call {canary}",
        due_on=AT.date(), key="canary",
    )  # fmt: skip
    from fairlead.mail.wording import GROUPS
    from fairlead.notices.rules import WORDING

    facts: Any = _every_fact(canary)
    for kind in (kind for kinds in GROUPS.values() for kind in kinds):
        with transaction.atomic():
            notices.tell(to=cast.hana.pk, kind=kind, facts=facts, at=AT, path=f"/deals/{canary}/")
        assert kind in WORDING
    mails = sent(AT + 3 * HOUR)
    assert {one.to[0] for one in mails} >= {
        "mina@marlow.test",
        "vera@marlow.test",
        "ravi@marlow.test",
        "hana@marlow.test",
    }
    for one in mails:
        whole = one.message().as_string().replace("=\n", "")
        for secret in (canary, "7777", "7,777", "Kestrel", "Lindholm", "Aalto", "Menon"):
            assert secret not in whole, one.to


def _every_fact(canary: str) -> dict[str, str]:
    """A canary for every name that any wording fills in."""
    import string

    from fairlead.notices.rules import WORDING

    names = {part for text in WORDING.values() for _, part, _, _ in string.Formatter().parse(text) if part}
    return dict.fromkeys(names, canary)


# A real server


class Inbox:
    """What a mail server took."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], bytes]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if "rosa@marlow.test" in envelope.rcpt_tos:
            return "550 No such user"
        self.taken.append((list(envelope.rcpt_tos), bytes(envelope.content)))
        return "250 OK"


def test_mail_leaves_through_a_real_server(cast: Cast, settings: Any) -> None:
    inbox = Inbox()
    port = free_port(0)
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
        for person in (cast.mina, cast.rosa, cast.vera):
            tell(person)
        done = outbox.send_due(AT)
        assert (done.letters, done.failed) == (2, 1)
        assert {to[0] for to, _ in inbox.taken} == {"mina@marlow.test", "vera@marlow.test"}
        assert b"Auto-Submitted: auto-generated" in inbox.taken[0][1]
        assert outbox.send_test(cast.actor("olu")) == ""
    finally:
        server.stop()
    assert outbox.send_test(cast.actor("olu")) == "ConnectionRefusedError"
