"""The pages of mail: one's own wishes, mail that waits for its sender, how mail stands."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail as django_mail
from django.test import Client

from fairlead.mail import intake, queries
from fairlead.mail.rules import Wish
from fairlead.people import clock
from tests.calls.company import Company
from tests.cast import AT
from tests.mail.mailing import DESK, come, mail, messages

CANARY = "zqcanaryqz"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


def client(team: Company, name: str) -> Client:
    made = Client()
    made.force_login(getattr(team.cast, name).user, backend="django.contrib.auth.backends.ModelBackend")
    return made


def test_a_person_chooses_what_comes_by_mail_and_sees_it_again(team: Company) -> None:
    mina = client(team, "mina")
    page = mina.get("/you/mail/").content.decode()
    assert "nobody has connected a mail server" in page
    assert 'value="digest" checked' in page
    given = {"mode": "once", "hour": "9", "quiet_from": "20", "quiet_to": "7", "weekends": "yes"}
    assert mina.post("/you/mail/", given).status_code == 302
    assert queries.wish(team.cast.actor("mina")) == Wish("once", 9, 20, 7, True)
    assert 'value="once" checked' in mina.get("/you/mail/").content.decode()
    for odd in ({"mode": "always"}, {"hour": "24"}, {"quiet_to": "x"}):
        assert mina.post("/you/mail/", given | odd).status_code == 422


def test_a_mail_in_ones_own_name_is_confirmed_on_the_page_and_read_by_nobody_else(team: Company) -> None:
    row = come(mail(f"Numbers {CANARY}", proof="", subject=f"Fwd {CANARY}"))
    mina, otto = client(team, "mina"), client(team, "otto")
    assert CANARY not in otto.get("/desk/mail/").content.decode()
    assert "1 mail to this desk waits" in mina.get("/desk/").content.decode()
    page = mina.get("/desk/mail/").content.decode()
    assert "Was this you?" in page
    assert CANARY in page
    where = f"/desk/mail/{row.public_id}/"
    assert mina.post(where, {"do": "confirm"}).status_code == 302
    page = mina.get("/desk/mail/").content.decode()
    assert "From whom did this come?" in page
    nobody = mina.post(where, {"do": "from", "sender": "", "sender_name": ""})
    assert nobody.status_code == 422
    assert "from whom it came" in nobody.content.decode()
    assert mina.post(where, {"do": "from", "sender": team.cast.vera.public_id}).status_code == 302
    assert [one.sender_id for one in messages()] == [team.cast.vera.pk]


def test_a_mail_is_discarded_on_the_page(team: Company) -> None:
    row = come(mail(f"Numbers {CANARY}", proof=""))
    mina = client(team, "mina")
    assert mina.post(f"/desk/mail/{row.public_id}/", {"do": "discard"}).status_code == 302
    assert "No mail waits for you." in mina.get("/desk/mail/").content.decode()
    assert mina.post(f"/desk/mail/{row.public_id}/", {"do": "confirm"}).status_code == 404


def test_how_mail_stands_is_seen_in_counts_and_no_word_of_a_mail(team: Company) -> None:
    come(mail(f"Numbers {CANARY}", proof="", subject=CANARY))
    come(mail(f"Numbers {CANARY}", by="ari@owners.test", number=2))
    failed = intake.accept(raw=mail(CANARY, number=3), door="pipe", at=AT)
    intake.rows().filter(pk=failed.pk).update(state="failed", reason="RuntimeError", done_at=AT)
    for name in ("olu", "ada"):
        page = client(team, name).get("/settings/mail/").content.decode()
        assert CANARY not in page
        assert "mina@" not in page
        assert DESK in page
        assert "an address that is nobody&#x27;s account here" in page
        assert "RuntimeError" in page
    olu = client(team, "olu")
    assert olu.post(f"/settings/mail/{failed.public_id}/again/").status_code == 302
    assert "What failed" not in olu.get("/settings/mail/").content.decode()


def test_the_address_is_set_and_a_test_mail_is_sent(team: Company, settings: Any) -> None:
    olu = client(team, "olu")
    odd = olu.post("/settings/mail/", {"address": "desk", "after_version": "1"})
    assert odd.status_code == 422
    assert "Write one address" in odd.content.decode()
    set_ = olu.post("/settings/mail/", {"address": "Hello@Marlow.test", "after_version": "1"})
    assert set_.status_code == 302
    assert queries.address() == "hello@marlow.test"
    assert "hello@marlow.test" in client(team, "mina").get("/desk/paste/").content.decode()
    assert olu.post("/settings/mail/test/").status_code == 409
    settings.MAIL_OUT = True
    assert olu.post("/settings/mail/test/").status_code == 302
    assert [one.to for one in django_mail.outbox] == [["olu@marlow.test"]]
