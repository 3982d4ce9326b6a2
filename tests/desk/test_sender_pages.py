"""The sender's pages and the API: what is typed stays, links lead here, programs do the same."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from fairlead.desk import actions, calendar, queries
from fairlead.people import clock
from tests.calls.company import Company
from tests.cast import AT
from tests.desk.desking import HOUR, tray

SIGNED = "django.contrib.auth.backends.ModelBackend"


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


def test_a_refused_broadcast_keeps_what_was_typed_and_chosen(team: Company) -> None:
    typed = {"text": "The list & the prices.", "to": [team.cast.otto.public_id], "release_at": "2027-03-01T09:00",
             "job": "manager", "urgency": "none", "key": "a"}  # fmt: skip
    answer = client_of(team, "vera").post("/broadcasts/write/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    otto = team.cast.otto.public_id
    for part in ("within two weeks", "The list &amp; the prices.", f'id="to-{otto}" checked', "2027-03-01T09:00",
                 'id="job-manager" checked'):  # fmt: skip
        assert part in page, part
    assert tray(team, "otto") == []


def test_a_broadcast_is_sent_read_and_set_straight_on_its_page(team: Company) -> None:
    client = client_of(team, "vera")
    typed = {"text": "Prices change.", "everybody": "yes", "urgency": "week", "key": "a"}
    page = client.post("/broadcasts/write/", typed, follow=True)
    assert "0 of 3 answered" in page.content.decode()
    url = page.redirect_chain[-1][0]
    assert "Prices change." in shown(team, "vera", "/messages/")
    assert url in shown(team, "vera", "/messages/")
    empty = client.post(f"{url}straight/", {"do": "correct", "text": " "})
    assert empty.status_code == 422
    done = client.post(
        f"{url}straight/", {"do": "correct", "text": "In <March>."}, follow=True
    ).content.decode()
    assert "Set straight everywhere." in done
    assert "In &lt;March&gt;." in done
    gone = client.post(f"{url}straight/", {"do": "withdraw"}, follow=True).content.decode()
    assert gone.count("withdrawn</span>") == 3
    assert tray(team, "sanna") == []


def test_the_desk_says_until_when_nobody_passes_it_on(team: Company) -> None:
    client_of(team, "vera").post(
        "/broadcasts/write/",
        {
            "text": "Prices change.",
            "everybody": "yes",
            "urgency": "week",
            "release_at": "2026-11-27T09:00",
            "key": "a",
        },
    )
    assert "Nobody passes it on before <b>Fri 27 Nov, 09:00</b>" in shown(team, "mina", "/desk/")


def test_up_card_board_and_copy_lead_to_the_form_with_the_subject_chosen(team: Company) -> None:
    sent = team.submit("mina", 2000, reason="As called.", at=AT - HOUR).public_id
    deal, mina = team.deals["Kestrel"].public_id, team.cast.mina.public_id
    card, copy = f"/messages/write/?to=deal:{deal}", f"/messages/write/?to=manager:{mina}"
    assert card in shown(team, "vera", f"/deals/{deal}/card/")
    assert copy in shown(team, "vera", "/board/")
    assert copy in shown(team, "carl", f"/call/copy/{sent}/")
    assert f'value="deal:{deal}" selected' in shown(team, "vera", card)
    own = f"/call/copy/{sent}/"
    for name, path in (
        ("rosa", own),
        ("mina", own),
        ("mina", f"/deals/{deal}/card/"),
        ("ravi", f"/deals/{deal}/card/"),
    ):
        assert "Write about this" not in shown(team, name, path), (name, path)


def test_a_logged_contact_leads_the_manager_to_the_calm_card(team: Company) -> None:
    deal = team.deals["Kestrel"]
    actions.log_contact(
        by=team.cast.actor("ravi"), at=AT, key="c", executive=team.cast.vera, deal=deal.public_id
    )
    link = f"/desk/answer/?deal={deal.public_id}"
    assert link in shown(team, "mina", "/contacts/")
    assert "/desk/answer/" not in shown(team, "ravi", "/contacts/")


def test_a_refused_notice_keeps_its_words_and_its_hint_warns_of_pressure(team: Company) -> None:
    client = client_of(team, "carl")
    typed = {
        "reason": "outage",
        "title": "Numbers",
        "text": "Who misses the target: heads will roll.",
        "key": "a",
    }
    page = client.post("/everybody/", typed | {"check": "0"}).content.decode()
    assert "<mark>heads will roll</mark>" in page
    assert "Tell everybody now" in page
    answer = client.post("/everybody/", typed | {"text": "Kestrel closes."})
    assert answer.status_code == 422
    assert "Kestrel closes." in answer.content.decode()
    assert "Tell everybody now" not in shown(team, "vera", "/everybody/")


def test_whom_to_go_to_is_linked_from_where_people_write_paste_and_read(team: Company) -> None:
    for name, path in (("vera", "/messages/write/"), ("mina", "/desk/paste/"), ("rosa", "/inbox/")):
        assert 'href="/lanes/"' in shown(team, name, path), path


def test_the_board_day_stands_on_the_desk_with_the_calm_card(team: Company) -> None:
    calendar.keep(by=team.cast.actor("olu"), at=AT, on=AT.date().replace(day=26), kind="board")
    page = shown(team, "mina", "/desk/")
    assert "Board meeting on Thu 26 Nov:" in page
    odd = client_of(team, "mina").post("/pressure-days/", {"on": "soon", "kind": "board"})
    assert odd.status_code == 422
    assert 'value="soon"' in odd.content.decode()


def _sends(client: Client, path: str, **body: object) -> object:
    return client.post(path, json.dumps(body), content_type="application/json").json()


def test_programs_send_to_many_and_keep_days(team: Company) -> None:
    client = client_of(team, "vera")
    sent = _sends(client, "/api/broadcasts", text="Prices change.", everybody=True, key="k", job="manager")
    assert isinstance(sent, dict)
    assert [one["state"] for one in sent["receivers"]] == ["with_manager"] * 3
    assert client.get("/api/broadcasts").json() == [sent]
    early = _sends(
        client, "/api/broadcasts", text="It.", everybody=True, key="e", release_at="2026-11-20T09:00:00Z"
    )
    assert isinstance(early, dict)
    assert early["code"] == "bad_moment"
    line = queries.tray(team.cast.actor("mina"), AT).to_decide[0]
    assert line.job == "yours"
    days = _sends(client_of(team, "olu"), "/api/pressure-days", on="2026-12-03", kind="board")
    assert isinstance(days, list)
    assert [one["kind"] for one in days] == ["board", "period_end", "period_end"]
    left = _sends(client_of(team, "olu"), f"/api/pressure-days/{days[0]['public_id']}/take-back")
    assert left == days[1:]
    told = _sends(
        client_of(team, "hana"), "/api/everybody", reason="closed", title="Closed", text="On Friday.", key="t"
    )
    assert client_of(team, "rosa").get("/api/everybody").json() == [told]


def test_hints_are_shown_once_before_a_message_to_many_goes_and_never_stop_it(team: Company) -> None:
    """Sending shows what is on the words; sending again sends them as they are, changed or not."""
    vera = client_of(team, "vera")
    given = {"text": "Close it, or else.", "everybody": "yes", "urgency": "week", "key": "many"}
    stopped = vera.post("/broadcasts/write/", given)
    page = stopped.content.decode()
    assert stopped.status_code == 200
    assert "Nothing is sent yet." in page
    assert "or else</mark>" in page
    assert 'name="looked" value="yes"' in page
    assert "You wrote nothing yet" in vera.get("/messages/").content.decode()
    assert vera.post("/broadcasts/write/", given | {"looked": "yes"}).status_code == 302
    plain = given | {"text": "The price list changes in January.", "key": "plain"}
    assert vera.post("/broadcasts/write/", plain).status_code == 302
    vera.post("/messages/hints/", {"on": "no"})
    off = given | {"text": "Deliver, or else.", "key": "off"}
    assert vera.post("/broadcasts/write/", off).status_code == 302
