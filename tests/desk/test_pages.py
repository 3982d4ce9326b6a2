"""The pages of the desk: what each person is shown, nothing typed is lost, and a rep never learns of a message."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from fairlead.desk import actions, queries
from fairlead.people import clock
from tests.calls.company import Company
from tests.cast import AT
from tests.desk.desking import HOUR, MINE, TEXT, act, heard, pasted, tray, written

SIGNED = "django.contrib.auth.backends.ModelBackend"
SENT = {"key": "form", "kind": "concern"}


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


def client_of(team: Company, name: str) -> Client:
    client = Client()
    client.force_login(getattr(team.cast, name).user, backend=SIGNED)
    return client


def shown(team: Company, name: str, path: str) -> str:
    answer = client_of(team, name).get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_an_empty_desk_teaches_and_offers_to_paste(team: Company) -> None:
    page = shown(team, "mina", "/desk/")
    assert "Nothing waits for you." in page
    assert "/desk/paste/" in page
    assert "Nobody above you needs an account" in page


def test_the_tray_shows_the_message_with_its_facts_and_the_count_in_the_menu(team: Company) -> None:
    team.submit("mina", 2000, reason="As called.", at=AT - HOUR)
    written(team)
    page = shown(team, "mina", "/desk/")
    for part in (
        "1 to decide",
        "Vera Lindholm",
        "The facts, already drawn in",
        "€2,000",
        "not answered",
        "Calm card",
    ):
        assert part in page, part
    assert '<span class="sr">waiting: </span>1' in shown(team, "mina", "/call/")
    assert "waiting: </span>1" not in shown(team, "otto", "/call/")


def test_an_executive_is_offered_managers_teams_and_deals_and_no_rep(team: Company) -> None:
    page = shown(team, "vera", "/messages/write/")
    for name in ("Mina Aalto", "Otto Brandt", "Industrial North", "Kestrel, to Mina Aalto"):
        assert name in page, name
    for name in ("Ravi Menon", "Rosa Lindqvist", "Pia Kranz"):
        assert name not in page, name


def test_what_was_typed_in_a_refused_message_is_still_there_and_a_protected_lane_names_hr(
    team: Company,
) -> None:
    client = client_of(team, "vera")
    typed = {"to": "", "title": "Subject & all", "text": "It is <urgent>.", "urgency": "today", "key": "a"}
    for more, said in (
        ({}, "Choose a manager"),
        ({"lane": "complaint", "to": f"manager:{team.cast.mina.public_id}"}, "Hana"),
    ):
        answer = client.post("/messages/write/", typed | more)
        text = answer.content.decode()
        assert answer.status_code == 422
        for kept in ("Subject &amp; all", "It is &lt;urgent&gt;.", said):
            assert kept in text, kept
    assert queries.sent(team.cast.actor("vera"), AT) == []


def test_a_message_is_written_answered_and_read_by_its_sender(team: Company) -> None:
    client = client_of(team, "vera")
    typed = {"to": f"deal:{team.deals['Kestrel'].public_id}", "text": TEXT, "urgency": "today", "key": "a"}
    done = client.post("/messages/write/", typed, follow=True).content.decode()
    assert "It is with Mina Aalto." in done
    message = tray(team)[0]
    answered = client_of(team, "mina").post(
        f"/desk/messages/{message}/act/",
        SENT | {"act": "answered", "answer": "It stands for January.", "attach": "yes"}, follow=True,
    ).content.decode()  # fmt: skip
    assert "Answered. Vera reads it here" in answered
    assert "Hello Vera," in answered
    page = shown(team, "vera", "/messages/")
    assert "answered by Mina Aalto" in page
    assert "It stands for January." in page


def test_near_words_are_marked_and_what_was_typed_stays(team: Company) -> None:
    message, client = written(team), client_of(team, "mina")
    near = "Ravi: every day until it is signed, what Ravi is doing about it."
    answer = client.post(
        f"/desk/messages/{message}/act/",
        SENT | {"act": "passed", "words": near, "to": team.cast.rosa.public_id, "answer": "kept as well"},
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "<mark>every day until it is signed, what Ravi is doing about it</mark>" in text
    for kept in (
        near,
        "kept as well",
        f'value="{team.cast.rosa.public_id}" id="to-{team.cast.rosa.public_id}" checked',
    ):
        assert kept in text, kept
    assert heard(team, "rosa") == []
    done = client.post(
        f"/desk/messages/{message}/act/",
        SENT | {"act": "passed_raw", "to": team.cast.rosa.public_id, "confirm": "yes"}, follow=True,
    )  # fmt: skip
    assert "Passed to Rosa Lindqvist." in done.content.decode()


def test_a_scheduled_pass_is_taken_back_on_its_page(team: Company) -> None:
    message, client = written(team), client_of(team, "mina")
    client.post(
        f"/desk/messages/{message}/act/",
        SENT | {"act": "passed", "words": MINE, "to": team.cast.ravi.public_id, "opens": "2026-11-26T09:00"},
    )
    page = shown(team, "mina", f"/desk/messages/{message}/")
    assert "opens Thu 26 Nov, 09:00" in page
    done = client.post(f"/desk/messages/{message}/act/", {"take_back": "1"}, follow=True).content.decode()
    assert "Taken back. It reached nobody." in done
    assert heard(team, "ravi", AT + 90 * HOUR) == []


def test_odd_moments_are_refused_with_words(team: Company) -> None:
    message, client = written(team), client_of(team, "mina")
    for until in ("", "tomorrow", "2026-11-01T09:00", "9999-01-01T00:00", "2026-11-30T09:00+02:00"):
        answer = client.post(f"/desk/messages/{message}/act/", SENT | {"act": "held", "until": until})
        assert answer.status_code == 422, until
    assert tray(team) == [message]


def test_a_rep_finds_only_what_was_passed_and_no_sign_of_the_rest(team: Company) -> None:
    hidden, told = (
        written(team, "Wholly hidden matter about Kestrel."),
        written(team, "Told matter about Kestrel."),
    )
    act(team, hidden, "held", until=AT + 9 * HOUR, at=AT)
    act(team, told, "passed", MINE, to="ravi", at=AT)
    page = shown(team, "ravi", "/inbox/")
    assert MINE in page
    for path in ("/inbox/", "/you/", "/ledger/", "/find/?q=matter", "/deals/", "/news/", "/contacts/"):
        text = shown(team, "ravi", path)
        for secret in ("hidden matter", "Told matter", hidden, told):
            assert secret not in text, f"{secret} at {path}"
    assert client_of(team, "ravi").get(f"/desk/messages/{told}/").status_code == 403
    assert client_of(team, "otto").get(f"/desk/messages/{told}/").status_code == 404


def test_the_calm_reply_is_shown_without_keeping_anything_and_finds_the_deal_by_name(team: Company) -> None:
    team.submit("mina", 2000, reason="As called.", at=AT - HOUR)
    client = client_of(team, "mina")
    page = client.post("/desk/answer/", {"text": "Is Kestrel still safe?"}).content.decode()
    assert "The calm reply, Kestrel" in page
    assert "Kestrel" in page
    assert "€2,000" in page
    assert queries.tray(team.cast.actor("mina"), AT).to_decide == ()
    own = client.post(
        "/desk/answer/", {"text": "Is Kestrel safe?", "reply": "My own words."}
    ).content.decode()
    assert own.count("My own words.") >= 3
    kept = client.post(
        "/desk/paste/",
        {"text": "Is Kestrel still safe?", "sender_name": "The board", "urgency": "week"},
        follow=True,
    )
    assert "It is on your desk." in kept.content.decode()


def test_what_will_be_asked_is_answered_from_facts(team: Company) -> None:
    team.target("mina", 2400)
    team.change("Kestrel", pushes=2)
    page = shown(team, "mina", "/desk/answer/")
    assert "Where does the rest of the target come from?" in page
    assert "Will Kestrel move again?" in page


def test_an_earlier_answer_is_offered_beside_a_new_message(team: Company) -> None:
    first = written(team, "Is Kestrel safe this year?")
    act(team, first, "answered", "It stands for January.", at=AT)
    again = pasted(team, "Is Kestrel safe now?")
    page = shown(team, "mina", f"/desk/messages/{again}/")
    assert f"/desk/messages/{first}/" in page
    assert "an answer exists" in shown(team, "mina", "/desk/") or "no kind yet" in shown(
        team, "mina", "/desk/"
    )


def test_what_was_decided_is_found_by_its_words(team: Company) -> None:
    message = written(team)
    act(team, message, "answered", "The buyer's lawyer is away.", at=AT)
    assert message in shown(team, "mina", "/desk/decided/?q=lawyer+kestrel")
    assert message not in shown(team, "mina", "/desk/decided/?q=harbour")


def test_contact_is_logged_in_two_clicks_and_the_manager_reads_it(team: Company) -> None:
    page = shown(team, "ravi", "/contacts/")
    assert "Vera Lindholm" in page
    assert "Mina Aalto</option>" not in page
    done = client_of(team, "ravi").post(
        "/contacts/", {"executive": team.cast.vera.public_id, "key": "c"}, follow=True
    )
    assert "Your manager is told" in done.content.decode()
    assert "Vera Lindholm → Ravi Menon" in shown(team, "mina", "/contacts/")
    assert "Ravi Menon" not in shown(team, "vera", "/contacts/").split("Logged")[1]


def test_hr_sees_that_something_must_pass_and_never_what(team: Company) -> None:
    message = written(team, "A site closes in May.", deal="")
    actions.set_kind(by=team.cast.actor("mina"), at=AT, message=message, kind="job_security")
    page = shown(team, "hana", "/confidential/")
    assert "Job security, on the desk of Mina Aalto" in page
    assert "site closes" not in page
    done = client_of(team, "hana").post(
        "/confidential/",
        {"message": message, "until": "2026-12-01T09:00", "reason": "The council first."},
        follow=True,
    )
    assert "confidential until Tue 1 Dec, 09:00" in done.content.decode()


def test_operations_set_the_limits_in_versions(team: Company) -> None:
    client = client_of(team, "olu")
    done = client.post(
        "/settings/desk/", {"days": "3", "share": "60", "longest": "9", "after_version": "0"}, follow=True
    )
    assert "Version 1 is in force" in done.content.decode()
    again = client.post("/settings/desk/", {"days": "30", "share": "x", "longest": "9", "after_version": "1"})
    assert again.status_code == 422
    assert 'value="30"' in again.content.decode()


def test_the_api_answers_as_the_page_and_refuses_near_words_by_code(team: Company) -> None:
    message, client = written(team), client_of(team, "mina")
    found = client.get("/api/desk").json()
    assert [one["public_id"] for one in found["to_decide"]] == [message]
    body = {"act": "passed", "kind": "concern", "text": TEXT, "to": [team.cast.ravi.public_id], "key": "k"}
    refusal = client.post(
        f"/api/desk/messages/{message}/act", json.dumps(body), content_type="application/json"
    )
    assert (refusal.status_code, refusal.json()["code"]) == (409, "near_verbatim")
    done = client.post(
        f"/api/desk/messages/{message}/act",
        json.dumps(body | {"text": MINE}),
        content_type="application/json",
    )
    assert done.json()["state"] == "decided"
    inbox = client_of(team, "ravi").get("/api/inbox").json()
    assert [(one["text"], one["sender"], one["title"]) for one in inbox] == [(MINE, "", "")]
