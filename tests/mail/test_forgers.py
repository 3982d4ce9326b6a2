"""A forger's mail proves nothing, and makes no true mail vanish unanswered."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail as django_mail
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from fairlead.desk import actions as desk
from fairlead.mail import actions, intake, outbox, proof, queries, rules
from fairlead.mail.models import Arrived
from fairlead.notices.models import Notice
from fairlead.people import clock
from tests.calls.company import Company
from tests.cast import AT
from tests.mail.mailing import PROVEN, came, come, mail, messages

INSIDE = "from mx.marlow.test by store.marlow.test with LMTP; Tue, 24 Nov 2026 12:00:01 +0000"
OUTSIDE = "from evil.test (evil.test [203.0.113.9]) by mx.marlow.test; Tue, 24 Nov 2026 12:00:00 +0000"


def delivered(*headers: tuple[str, str], number: int = 1) -> bytes:
    """A mail in Mina's name with these headers on top."""
    top = "".join(f"{name}: {value}\n" for name, value in headers)
    body = mail(proof="", number=number)
    received = body[: body.index(b"From:")]
    return top.encode() + body.removeprefix(received)


def by(address: str, number: int) -> bytes:
    line = OUTSIDE.replace("203.0.113.9", address)
    return delivered(("Received", line), number=number)


def client(team: Company, name: str, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(clock, "now", lambda: AT)
    made = Client()
    made.force_login(getattr(team.cast, name).user, backend="django.contrib.auth.backends.ModelBackend")
    return made


# Whose word counts


def test_where_the_receiving_server_writes_no_word_a_forged_one_counts_for_nothing(team: Company) -> None:
    assert came(delivered(("Received", OUTSIDE), ("Authentication-Results", PROVEN))) == "unsure"
    assert messages() == []


@pytest.mark.parametrize(("hops", "state"), [(0, "unsure"), (1, "taken")])
def test_behind_lines_of_own_servers_the_word_counts_where_it_is_said_how_many(
    team: Company, settings: Any, hops: int, state: str
) -> None:
    settings.MAIL_AUTHSERV_HOPS = hops
    headers = ("Received", INSIDE), ("Authentication-Results", PROVEN), ("Received", OUTSIDE)
    assert came(delivered(*headers)) == state


def test_with_lines_of_own_servers_a_forged_word_stands_below_the_first_one_from_outside(
    team: Company, settings: Any
) -> None:
    settings.MAIL_AUTHSERV_HOPS = 1
    headers = ("Received", INSIDE), ("Received", OUTSIDE), ("Authentication-Results", PROVEN)
    assert came(delivered(*headers)) == "unsure"


@given(st.integers(0, 4), st.lists(st.sampled_from(["Received", "Authentication-Results", "X"]), max_size=12))
def test_nothing_below_the_first_line_from_outside_is_ever_believed(hops: int, below: list[str]) -> None:
    words = {"Authentication-Results": "mx.corp; dmarc=pass header.from=corp.com"}
    above = [("Received", "inside")] * hops + [("Received", "from outside")]
    headers = above + [(name, words.get(name, "x")) for name in below]
    assert proof.results(headers, "mx.corp", hops) is None


def test_until_a_word_came_where_it_counts_the_page_says_that_nothing_proves_a_sender(
    team: Company, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    olu, said = client(team, "olu", monkeypatch), "Nothing proves a sender yet"
    come(delivered(("Received", OUTSIDE), ("Authentication-Results", PROVEN)))
    assert said in olu.get("/settings/mail/").content.decode()
    come(mail(number=2))
    assert said not in olu.get("/settings/mail/").content.decode()
    settings.MAIL_AUTHSERV = ""
    assert said in olu.get("/settings/mail/").content.decode()


@pytest.mark.parametrize(
    ("line", "hops", "network"),
    [
        ("from [10.9.9.9] (unknown [203.0.113.9]) by mx", 0, "203.0.113.0/24"),
        ("from x (h.test [IPv6:2001:db9:1::5]) by mx", 0, "2001:db9:1::/48"),
        ("from h.test ([203.0.113.7] helo=[9.9.9.9]) by mx", 0, "203.0.113.0/24"),
        ("from [8.8.4.4] by mx", 0, "8.8.4.0/24"), ("by mx from [8.8.4.4]", 0, "8.8.4.0/24"), ("x", 0, ""),
    ],
)  # fmt: skip
def test_a_mail_is_of_the_network_that_handed_it_in(line: str, hops: int, network: str) -> None:
    assert proof.handed_in_by([("X", "y"), ("Received", line)], hops) == network


def test_a_line_of_an_own_server_is_not_who_handed_it_in() -> None:
    lines = [("Received", "from mx ([10.0.0.4]) by store"), ("Received", "from h ([8.8.4.4]) by mx")]
    assert proof.handed_in_by([*lines, ("Received", "from forged ([9.9.9.9]) by h")], 1) == "8.8.4.0/24"


# Making mail vanish


def test_a_flood_of_one_server_pushes_out_no_mail_of_another(
    team: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_UNSURE", 5)
    flood = [come(by("8.8.4.4", n)) for n in range(7)]
    true = come(by("1.1.1.1", 100))
    more = [come(by("8.8.4.5", 200 + n)) for n in range(4)]
    kept = set(Arrived.objects.for_system("a test looks").filter(state="unsure").values_list("pk", flat=True))
    assert true.pk in kept
    assert len(kept) == 5
    assert [one.pk in kept for one in flood] == [True] * 4 + [False] * 3
    assert not kept & {one.pk for one in more}
    mina = team.cast.actor("mina")
    assert queries.waiting(mina)[0].public_id == true.public_id, "the one of a server alone stands first"
    assert queries.lost(mina) == [("Too many mails in one name wait for a confirmation.", 7)]
    assert Notice.objects.filter(kind="mail.lost", to_id=mina.id).count() == 1


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 60), min_size=1), st.sampled_from("abxy"))
def test_who_gives_way_handed_in_more_than_anybody(waiting: dict[str, int], server: str) -> None:
    gives = rules.gives_way(waiting, server)
    assert (gives is None) == (sum(waiting.values()) < rules.MOST_UNSURE)
    after = dict(waiting)
    after[server] = after.get(server, 0) + 1
    assert gives is None or after[gives] == max(after.values())


def test_a_person_sees_what_was_not_kept_and_discards_a_flood_at_once(
    team: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_UNSURE", 3)
    rows = [come(by("8.8.4.4", n)) for n in range(5)]
    true = come(by("1.1.1.1", 100))
    mina = client(team, "mina", monkeypatch)
    page = mina.get("/desk/mail/").content.decode()
    assert "Discard all 2 of 8.8.4.0/24" in page
    assert "In your name, and on no desk" in page
    assert mina.post(f"/desk/mail/{rows[0].public_id}/", {"do": "alike"}).status_code == 302
    assert [one.public_id for one in queries.waiting(team.cast.actor("mina"))] == [true.public_id]
    otto = client(team, "otto", monkeypatch)
    assert otto.post(f"/desk/mail/{true.public_id}/", {"do": "alike"}).status_code == 404


def test_a_forged_copy_of_a_known_id_does_not_erase_the_true_mail(team: Company) -> None:
    assert come(by("8.8.4.4", 1)).state == "unsure"
    true = come(by("1.1.1.1", 1))
    assert true.state == "unsure"
    mina = team.cast.actor("mina")
    actions.confirm(by=mina, at=AT, mail=true.public_id)
    assert actions.settled(true.public_id, AT) == ("taken", "")


# What ends without a word


def test_a_proven_sender_is_told_of_a_mail_that_waited_too_long(team: Company, settings: Any) -> None:
    settings.MAIL_OUT = True
    assert come(mail("Numbers, please.")).state == "asks"
    intake.forget(AT + rules.KEPT)
    [notice] = Notice.objects.filter(kind="mail.refused")
    assert (notice.to_id, "14 days" in notice.facts["why"]) == (team.cast.mina.pk, True)
    assert outbox.send_due(AT + rules.KEPT).answers == 1
    assert "Numbers" not in str(django_mail.outbox[-1].body)


def test_a_proven_sender_is_told_of_a_mail_that_failed_for_good(
    team: Company, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAIL_OUT = True

    def broken(**_: object) -> None:
        raise RuntimeError("Kestrel secret")

    with monkeypatch.context() as patched:
        patched.setattr(desk, "receive", broken)
        for raw in (mail(), mail(proof="", number=2)):
            kept = intake.accept(raw=raw, door="pipe", at=AT)
            for _ in range(3):
                intake.process(kept.pk, AT)
    intake.forget(AT + rules.KEPT)
    [notice] = Notice.objects.filter(kind="mail.refused")
    assert notice.to_id == team.cast.mina.pk
    assert outbox.send_due(AT + rules.KEPT).answers == 1
    assert "could not be read here" in str(django_mail.outbox[-1].body)
    intake.forget(AT + rules.KEPT)
    assert Notice.objects.filter(kind="mail.refused").count() == 1


def test_in_whose_name_unproven_mail_expired_sees_how_many(team: Company) -> None:
    for number in (1, 2):
        come(mail(proof="", number=number))
    intake.forget(AT + rules.KEPT)
    mina = team.cast.actor("mina")
    assert [count for _, count in queries.lost(mina)] == [2]
    assert Notice.objects.filter(kind="mail.expired", to_id=mina.id).count() == 1
    assert not Notice.objects.filter(kind="mail.refused").exists()


def test_a_proven_sender_of_a_mail_over_the_limit_is_told(team: Company, settings: Any) -> None:
    settings.MAIL_LIMIT, settings.MAIL_OUT = 2000, True
    row = come(mail("x" * 2000))
    assert (row.state, row.reason, row.raw, row.answer_due) == ("refused", "too_large", None, True)
    assert outbox.send_due(AT).answers == 1
    unproven = come(mail("x" * 2000, proof="", number=2))
    assert (unproven.reason, unproven.answer_due) == ("too_large", False)
    assert [count for _, count in queries.lost(team.cast.actor("mina"))] == [1]
