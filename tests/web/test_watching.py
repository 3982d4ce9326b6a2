"""What time alone brings about: one part that fails stops no other, is shown to operations and is tried again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from fairlead.help import actions as help_actions
from fairlead.mail import intake, outbox
from fairlead.people import access, clock
from fairlead.promises import actions as promises
from fairlead.web import jobs, watching
from tests.cast import AT, Cast


def broken(**_: Any) -> None:
    raise IntegrityError("Kestrel secret")


def test_one_part_that_fails_stops_no_other_and_is_tried_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    olu, after = cast.actor("olu"), []
    with monkeypatch.context() as patched:
        patched.setattr(promises, "remind", broken)
        patched.setattr(help_actions, "watch", lambda **_: after.append("help"))
        assert jobs.watched(AT) == ["Reminders of promises"]
        assert jobs.watched(AT + timedelta(minutes=5)) == ["Reminders of promises"]
    assert after == ["help", "help"]
    [one] = watching.failing(olu)
    assert (one.failures, one.since, one.last) == (2, AT, AT + timedelta(minutes=5))
    assert one.problem == "IntegrityError"
    assert jobs.watched(AT + timedelta(minutes=10)) == []
    assert watching.failing(olu) == []


def test_operations_see_what_could_not_be_done_and_no_words_of_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(promises, "remind", broken)
    monkeypatch.setattr(clock, "now", lambda: AT)
    jobs.watched(AT)
    olu = Client()
    olu.force_login(cast.olu.user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    page = olu.get("/settings/").content.decode()
    assert "Reminders of promises" in page
    assert "IntegrityError" in page
    assert "Kestrel" not in page
    for name in ("carl", "mina", "rosa"):
        with pytest.raises(access.NotAllowed):
            watching.failing(cast.actor(name))


def test_a_part_of_mail_that_fails_is_shown_as_well(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> None:
        raise OSError("mail")

    done: list[object] = []
    monkeypatch.setattr(intake, "process_waiting", fails)
    monkeypatch.setattr(outbox, "send_due", done.append)
    jobs.exchange_mail.func()
    assert len(done) == 1
    assert [one.what for one in watching.failing(cast.actor("olu"))] == ["Settling mail that came"]
