"""Mail comes to the desk it belongs to, once, and never to a rep."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as django_mail

from fairlead.desk import actions as desk
from fairlead.desk import queries as desks
from fairlead.desk.models import Act, Passed
from fairlead.mail import actions, intake, outbox, queries, rules
from fairlead.mail.models import Arrived
from fairlead.notices.models import Notice
from fairlead.people import access
from tests.calls.company import Company
from tests.cast import AT
from tests.desk.desking import tray
from tests.mail.mailing import DESK, FORWARD, ORIGINAL, PROVEN, came, come, mail, messages, open_desk

VERA = "Vera Lindholm <vera@marlow.test>"


def test_what_a_manager_forwards_comes_on_the_own_desk_in_the_senders_name(team: Company) -> None:
    assert came(mail()) == "taken"
    [row] = messages()
    assert (row.sender_id, row.sender_name, row.to_id) == (
        team.cast.vera.pk,
        "Vera Lindholm",
        team.cast.mina.pk,
    )
    assert row.text == ORIGINAL
    assert row.title == "Kestrel"
    assert row.received_at == AT
    assert tray(team) == [row.public_id]


def test_a_sender_without_account_is_kept_by_name(team: Company) -> None:
    text = FORWARD.replace("Vera Lindholm <vera@marlow.test>", "Ari Board <ari@owners.test>")
    assert came(mail(text)) == "taken"
    [row] = messages()
    assert (row.sender, row.sender_name) == (None, "Ari Board")


def test_what_is_forwarded_from_a_peer_is_refused_with_the_rule(team: Company) -> None:
    text = FORWARD.replace("Vera Lindholm <vera@marlow.test>", "Otto Brandt <otto@marlow.test>")
    assert came(mail(text)) == "refused not_above"
    assert messages() == []


def test_without_a_forwarded_block_the_manager_is_asked_from_whom_it_came(team: Company) -> None:
    row = come(mail("Numbers by Friday, please."))
    mina = team.cast.actor("mina")
    assert row.state == "asks"
    assert [one.text for one in queries.waiting(mina)] == ["Numbers by Friday, please."]
    assert Notice.objects.get(kind="mail.asks").to_id == mina.id
    with pytest.raises(access.Refusal, match="from whom it came"):
        actions.say_from(by=mina, at=AT, mail=row.public_id)
    actions.say_from(by=mina, at=AT, mail=row.public_id, sender=team.cast.vera)
    [message] = messages()
    assert (message.sender_id, message.text) == (team.cast.vera.pk, "Numbers by Friday, please.")
    assert queries.waiting(mina) == []
    row.refresh_from_db(from_queryset=intake.rows())
    assert (row.state, row.raw, row.message_id) == ("taken", None, "")


def test_who_is_above_writes_to_the_manager_named_under_to_or_cc(team: Company) -> None:
    raw = mail("Is Kestrel safe?", by=VERA, to="mina@marlow.test", cc=DESK, subject="Kestrel")
    assert came(raw) == "taken"
    [row] = messages()
    assert (row.by_id, row.to_id, row.text) == (team.cast.vera.pk, team.cast.mina.pk, "Is Kestrel safe?")
    assert Notice.objects.get(kind="desk.received").to_id == team.cast.mina.pk


@pytest.mark.parametrize("what", ["person", "team", "deal", "brackets"])
def test_who_is_above_writes_to_the_id_behind_the_plus(team: Company, what: str) -> None:
    ids = {
        "person": team.cast.mina.public_id, "team": team.cast.mina.team.public_id,
        "deal": team.deals["Kestrel"].public_id,
    }  # fmt: skip
    if what == "brackets":
        raw = mail("Safe?", by=VERA, subject=f"[EXTERNAL] Kestrel [{ids['deal']}]")
    else:
        raw = mail("Safe?", by=VERA, to=f"desk+{ids[what]}@marlow.test", subject="Kestrel")
    assert came(raw) == "taken"
    [row] = messages()
    assert row.to_id == team.cast.mina.pk
    assert bool(row.deal_id) == (what in ("deal", "brackets"))


def test_who_is_above_and_names_nobody_is_told_to_say_whom(team: Company, settings: Any) -> None:
    settings.MAIL_OUT = True
    assert came(mail("Is Kestrel safe?", by=VERA, subject="Kestrel secret")) == "refused whom"
    assert messages() == []
    assert outbox.send_due(AT).answers == 1
    [sent] = [one for one in django_mail.outbox if one.to == ["vera@marlow.test"]]
    assert "add the manager's address" in str(sent.body)
    assert "secret" not in f"{sent.subject}{sent.body}"
    assert sent.extra_headers["Auto-Submitted"] == "auto-replied"
    assert outbox.send_due(AT).answers == 0


def test_two_managers_at_once_are_refused(team: Company) -> None:
    raw = mail("Safe?", by=VERA, to="mina@marlow.test, otto@marlow.test", cc=DESK)
    assert came(raw) == "refused whom_one"


def test_a_rep_is_no_addressee_and_no_sender(team: Company) -> None:
    rosa = team.cast.rosa
    assert came(mail("Hurry!", by=VERA, to=f"desk+{rosa.public_id}@marlow.test")) == "refused a_rep"
    assert came(mail("Hurry!", by=VERA, to="rosa@marlow.test", cc=DESK, number=2)) == "refused whom"
    assert came(mail(by="rosa@marlow.test", number=3)) == "refused not_yours"
    assert messages() == []


def test_a_deal_of_another_branch_is_nothing_to_be_written_about(team: Company) -> None:
    deal = team.deals["Kestrel"].public_id
    raw = mail("Safe?", by="Otto Brandt <otto@marlow.test>", to=f"desk+{deal}@marlow.test")
    assert came(raw) == "refused unknown_address"
    assert came(mail(number=2, subject=f"Fwd: [{deal}]", by="Otto Brandt <otto@marlow.test>")) == "taken"
    assert messages()[0].deal is None


def test_a_sponsors_mail_reaches_no_rep(team: Company) -> None:
    from fairlead.asks import actions as asks

    deal = team.deals["Kestrel"].public_id
    asks.name_sponsor(by=team.cast.actor("mina"), at=AT, deal=deal, person=team.cast.vera)
    assert came(mail("Safe?", by=VERA, to=f"desk+{deal}@marlow.test")) == "taken"
    assert not Passed.objects.for_system("a test looks").exists()
    assert not Act.objects.for_system("a test looks").exists()


def test_who_mailed_a_message_reads_it_and_withdraws_it_as_one_written_here(team: Company) -> None:
    vera = team.cast.actor("vera", AT)
    assert came(mail("Safe?", by=VERA, to="mina@marlow.test", cc=DESK)) == "taken"
    assert came(mail(number=2)) == "taken"
    written, forwarded = messages()
    assert [line.text for line in desks.sent(vera, AT)] == ["Safe?"], "what Mina forwarded is hers"
    desk.set_straight(by=vera, at=AT, message=written.public_id, key="x", text="")
    assert [line.state for line in desks.sent(vera, AT)] == ["withdrawn"]
    assert tray(team) == [forwarded.public_id]


def test_nothing_that_comes_by_mail_is_praise_that_passes_at_once(team: Company) -> None:
    desk.let_praise_pass(by=team.cast.actor("mina"), at=AT, on=True)
    assert came(mail("Well done!", by=VERA, to="mina@marlow.test", cc=DESK)) == "taken"
    assert not Passed.objects.for_system("a test looks").exists()


def test_the_same_message_twice_is_one(team: Company) -> None:
    assert came(mail()) == "taken"
    assert came(mail(X_Hop="another way here")) == "taken"
    assert len(messages()) == 1
    written = mail("Safe?", by=VERA, to="mina@marlow.test", cc=DESK, number=7)
    assert came(written) == came(written + b"\r\nfooter") == "taken"
    assert len(messages()) == 2
    asked = mail("Numbers, please.", number=8)
    assert came(asked) == "asks"
    assert came(asked + b"\r\nfooter") == "refused same"


def test_the_same_bytes_are_kept_once(team: Company) -> None:
    first = intake.accept(raw=mail(), door="smtp", at=AT, to=[DESK])
    assert intake.accept(raw=mail(), door="imap", at=AT, to=[DESK]).pk == first.pk
    assert intake.process_waiting(AT) == 1
    assert intake.process_waiting(AT) == 0


def test_two_copies_to_two_managers_are_two_messages(team: Company) -> None:
    cast = team.cast
    addresses = [f"desk+{one.public_id}@marlow.test" for one in (cast.mina, cast.otto)]
    for one in addresses:
        raw = mail("Safe?", by=VERA, to=", ".join(addresses), X_For=one)
        assert came(raw, to=[one]) == "taken"
    assert {row.to_id for row in messages()} == {cast.mina.pk, cast.otto.pk}


# Who it is from


UNPROVEN = [
    "",
    "mx.marlow.test; dmarc=fail header.from=marlow.test",
    "mx.marlow.test; dmarc=none",
    "mx.elsewhere.test; dmarc=pass header.from=marlow.test",
    "mx.marlow.test; dmarc=pass header.from=evil.test",
    "mx.marlow.test; spf=pass smtp.mailfrom=marlow.test",
    "mx.marlow.test; dkim=pass header.d=marlow.test",
    "mx.marlow.test; spf=pass smtp.mailfrom=evil.test; dkim=pass header.d=marlow.test",
    "mx.marlow.test; spf=pass smtp.mailfrom=x.test.marlow.test.evil; dkim=pass header.d=evilmarlow.test",
    "mx.marlow.test (dmarc=pass; dmarc=pass header.from=marlow.test",
    "mx.marlow.test; spf=fail (dmarc=pass header.from=marlow.test) smtp.mailfrom=marlow.test",
]


@pytest.mark.parametrize("proof", UNPROVEN)
def test_what_nobody_vouches_for_waits_until_its_supposed_sender_says_so(team: Company, proof: str) -> None:
    row = come(mail(proof=proof))
    mina, otto = team.cast.actor("mina"), team.cast.actor("otto")
    assert row.state == "unsure"
    assert messages() == []
    assert Notice.objects.get(kind="mail.unsure").to_id == mina.id
    assert queries.waits(otto) == 0
    with pytest.raises(access.NotFound):
        actions.confirm(by=otto, at=AT, mail=row.public_id)
    assert actions.settled(actions.confirm(by=mina, at=AT, mail=row.public_id), AT) == ("taken", "")
    assert len(messages()) == 1


@pytest.mark.parametrize(
    "proof",
    [PROVEN, "MX.Marlow.test 1; spf=pass smtp.mailfrom=x@marlow.test; dkim=pass header.d=mail.marlow.test"],
)
def test_what_the_receiving_server_vouches_for_comes_at_once(team: Company, proof: str) -> None:
    assert came(mail(proof=proof)) == "taken"


def test_a_forged_word_of_the_server_below_its_own_is_nothing(team: Company) -> None:
    forged = mail(proof="mx.marlow.test; spf=fail smtp.mailfrom=evil.test", Authentication_Results=PROVEN)
    assert came(forged) == "unsure"


def test_without_a_server_whose_word_counts_everything_waits(team: Company, settings: Any) -> None:
    settings.MAIL_AUTHSERV = ""
    assert came(mail()) == "unsure"


def test_two_senders_are_none(team: Company) -> None:
    twice = mail().replace(b"From: Mina", b"From: Vera <vera@marlow.test>\nFrom: Mina", 1)
    assert came(twice) == "refused no_from"
    listed = mail().replace(
        b"From: Mina Aalto <mina@marlow.test>", b"From: mina@marlow.test, vera@marlow.test", 1
    )
    assert came(listed) == "refused no_from"


def test_strangers_are_refused_and_not_answered(team: Company, settings: Any) -> None:
    settings.MAIL_OUT = True
    stranger = "mx.marlow.test; dmarc=pass header.from=owners.test"
    row = come(mail(by="ari@owners.test", proof=stranger))
    assert (row.state, row.reason, row.raw, row.answer_due) == ("refused", "unknown_sender", None, False)
    assert outbox.send_due(AT).answers == 0


def test_discarding_erases_and_tells_nobody(team: Company) -> None:
    row = come(mail(proof=""))
    before = Notice.objects.count()
    actions.discard(by=team.cast.actor("mina"), at=AT, mail=row.public_id)
    row.refresh_from_db(from_queryset=intake.rows())
    assert (row.state, row.raw) == ("discarded", None)
    assert Notice.objects.count() == before


def test_a_flood_in_one_name_tells_once_and_ends(team: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_UNSURE", 4)
    states = [came(mail(proof="", number=n)) for n in range(6)]
    assert states == ["unsure"] * 4 + ["refused too_many_wait"] * 2
    assert Notice.objects.filter(kind="mail.unsure").count() == 1


def test_a_copy_of_one_that_waits_is_not_asked_about_again(team: Company) -> None:
    assert came(mail(proof="")) == "unsure"
    assert came(mail(proof="", X_Hop="again")) == "refused same"


# Machines


@pytest.mark.parametrize(
    "header",
    [
        {"Auto-Submitted": "auto-replied"}, {"Auto-Submitted": "auto-generated"}, {"Return-Path": "<>"},
        {"Precedence": "bulk"}, {"X-Autoreply": "yes"},
    ],
)  # fmt: skip
def test_machines_are_refused_and_never_answered(
    team: Company, settings: Any, header: dict[str, Any]
) -> None:
    settings.MAIL_OUT = True
    assert came(mail(**header)) == "refused automatic"
    assert outbox.send_due(AT).answers == 0
    assert messages() == []


def test_a_bounce_is_never_answered(team: Company) -> None:
    assert came(mail(), returns=False) == "refused automatic"


def test_our_own_answer_that_comes_back_is_not_answered(team: Company, settings: Any) -> None:
    settings.MAIL_OUT = True
    assert came(mail("?", by=VERA)) == "refused whom"
    outbox.send_due(AT)
    back = (
        django_mail.outbox[-1].message().as_bytes().replace(b"To: vera@marlow.test", b"To: " + DESK.encode())
    )
    assert came(back) == "refused automatic"


# Keeping and erasing


def test_off_means_nothing_is_taken(cast: object, team: Company) -> None:
    actions.set_address(by=team.cast.actor("olu"), at=AT, address="", after_version=1)
    assert came(mail()) == "refused off"


def test_a_failure_is_kept_for_another_try_and_tells_nothing_but_its_kind(
    team: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("Kestrel secret")

    with monkeypatch.context() as patched:
        patched.setattr(desk, "receive", broken)
        kept = intake.accept(raw=mail(), door="pipe", at=AT)
        assert [intake.process(kept.pk, AT) for _ in range(3)] == ["waiting", "waiting", "failed"]
    olu = team.cast.actor("olu")
    [failed] = queries.state(olu, AT).failed
    assert (failed.reason, failed.size, failed.kept) == ("RuntimeError", len(mail()), True)
    with pytest.raises(access.NotAllowed):
        actions.try_again(by=team.cast.actor("mina"), at=AT, mail=failed.public_id)
    again = actions.try_again(by=olu, at=AT, mail=failed.public_id)
    assert actions.settled(again, AT)[0] == "taken"
    assert [row.text for row in messages()] == [ORIGINAL]


def test_what_a_crash_left_unsettled_is_settled_once(team: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies after the message stands on the desk and before the transaction ends."""
    kept = intake.accept(raw=mail(), door="pipe", at=AT)
    with monkeypatch.context() as patched:
        patched.setattr(intake, "erase", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            intake.process(kept.pk, AT)
    assert messages() == []
    assert intake.process_waiting(AT) == 1
    assert len(messages()) == 1


def test_bytes_are_erased_after_fourteen_days_and_counts_after_ninety(team: Company) -> None:
    row = come(mail(proof=""))
    intake.forget(AT + rules.KEPT - timedelta(minutes=1))
    row.refresh_from_db(from_queryset=intake.rows())
    assert row.raw
    intake.forget(AT + rules.KEPT)
    row.refresh_from_db(from_queryset=intake.rows())
    assert (row.state, row.reason, row.raw is None, row.message_id) == ("refused", "expired", True, "")
    intake.forget(AT + rules.KEPT + rules.TOLD)
    assert not Arrived.objects.for_system("a test looks").exists()


def test_the_address_is_set_by_who_keeps_it_and_never_over_somebody_elses(team: Company) -> None:
    with pytest.raises(access.NotAllowed):
        actions.set_address(by=team.cast.actor("mina"), at=AT, address="x@marlow.test", after_version=1)
    with pytest.raises(access.Refusal, match="meanwhile"):
        open_desk(team.cast)
    for odd in ("desk", "a b@x.test", "desk+x@marlow.test", "desk@x", "desk@x.test\nBcc: y@x.test"):
        with pytest.raises(access.Refusal, match="one address"):
            actions.set_address(by=team.cast.actor("ada"), at=AT, address=odd, after_version=1)
