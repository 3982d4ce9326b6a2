"""The pages of help: what each person is shown, nothing typed is lost, the way through works without script."""

from __future__ import annotations

import pytest
from django.test import Client

from fairlead.help import actions, queries
from fairlead.people import actions as people_actions
from fairlead.people import clock
from fairlead.people.access import Lending
from tests.calls.company import Company
from tests.cast import AT, Cast
from tests.desk.desking import written
from tests.help.helping import DAY, HOUR, LATER, WORDS, agreed, answered, asked, further, wished

SIGNED = "django.contrib.auth.backends.ModelBackend"
TYPED = {"subject": "Lab & <day>", "need": "A day.", "tried": "", "needed_by": "", "key": "form"}


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATER)


def client_of(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, name).user, backend=SIGNED)
    return client


def shown(cast: Cast, name: str, path: str) -> str:
    answer = client_of(cast, name).get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_empty_pages_teach_by_role(cast: Cast) -> None:
    assert "Ask Mina Aalto for help" in shown(cast, "rosa", "/help/")
    assert "Nobody waits for you." in shown(cast, "mina", "/help/")
    assert "Nobody came through the second door." in shown(cast, "hana", "/help/")
    assert "You have asked for nothing." not in shown(cast, "carl", "/help/")
    assert "Nobody of your team has asked to be shielded." in shown(cast, "carl", "/shield/")


def test_a_rep_goes_from_asking_to_the_second_door_by_pages_alone(cast: Cast) -> None:
    rosa = client_of(cast, "rosa")
    refused = rosa.post("/help/ask/", TYPED | {"subject": ""})
    assert refused.status_code == 422
    assert "Write in a few words what it is about." in refused.content.decode()
    assert "A day." in refused.content.decode()
    one = rosa.post("/help/ask/", TYPED)["Location"]
    assert "Lab &amp; &lt;day&gt;" in shown(cast, "mina", one)
    assert "Help, 1 waiting" in shown(cast, "mina", "/call/")
    mina = client_of(cast, "mina")
    empty = mina.post(f"{one}act/", {"act": "declined", "text": "", "key": "d", "promise": "Look at it."})
    assert empty.status_code == 422
    assert "Look at it." in empty.content.decode()
    mina.post(f"{one}act/", {"act": "declined", "text": "No time.", "key": "d"})
    assert "Send it further" in shown(cast, "rosa", one)
    nobody = rosa.post(f"{one}further/", TYPED | {"key": "f"})
    assert nobody.status_code == 422
    assert "Choose to whom it goes" in nobody.content.decode()
    sent = rosa.post(f"{one}further/", TYPED | {"to": cast.hana.public_id, "key": "f"}, follow=True)
    assert "Mina Aalto is not told, and finds it nowhere." in sent.content.decode()
    for part in ("First asked of Mina Aalto: declined", "Do not tell unless Rosa Lindqvist agrees"):
        assert part in shown(cast, "hana", sent.request["PATH_INFO"]), part
    assert '<span class="sr">waiting: </span>1' in shown(cast, "hana", "/help/")
    assert "The second door is not open." in shown(cast, "rosa", f"{one}further/")


def test_the_tick_lets_the_manager_know_that_it_went_further_and_nothing_else(cast: Cast) -> None:
    request = asked(cast)
    second = further(cast, request)
    assert "went further" not in shown(cast, "mina", f"/help/{request}/")
    answer = client_of(cast, "rosa").post(f"/help/{second}/tell/", follow=True)
    assert "not what you wrote" in answer.content.decode()
    assert "it went further to Hana Sato (HR)" in shown(cast, "mina", f"/help/{request}/")
    assert client_of(cast, "mina").get(f"/help/{second}/").status_code == 404
    assert "Mina Aalto knows that it came to you" in shown(cast, "hana", f"/help/{second}/")


def test_where_nobody_is_left_the_page_says_so_and_names_what_is_outside(cast: Cast) -> None:
    assert "Nobody has written down yet what exists outside" in shown(cast, "vera", "/help/complaint/")
    olu = client_of(cast, "olu")
    answer = olu.post(
        "/settings/help/", {"days": "3", "outside": "Works council, room 2", "after_version": "0"}
    )
    assert answer.status_code == 302
    page = shown(cast, "vera", "/help/complaint/")
    for part in ("Nobody is left inside the company.", "Works council, room 2"):
        assert part in page, part
    assert "Hana Sato" not in page
    assert "Works council, room 2" in shown(cast, "rosa", "/help/complaint/")


def test_a_shield_is_agreed_by_pages_and_stands_beside_the_form_that_passes_a_message(team: Company) -> None:
    cast = team.cast
    rosa, mina = client_of(cast, "rosa"), client_of(cast, "mina")
    wish = {"affects": "I lose mornings.", "shielded": "Questions each noon", "review_on": "", "key": "w"}
    missing = rosa.post("/shield/ask/", wish)
    assert missing.status_code == 422
    assert "I lose mornings." in missing.content.decode()
    rosa.post("/shield/ask/", wish | {"review_on": "2027-01-29", "after_version": "0"})
    line = queries.pairs(cast.actor("mina", LATER), LATER)[0].newest
    reply = {"promised": "I take them.", "needed": "News in 24 hours", "review_on": "2027-01-29", "key": "a"}
    empty = mina.post(f"/shield/{line.public_id}/answer/", reply | {"promised": ""})
    assert empty.status_code == 422
    assert "News in 24 hours" in empty.content.decode()
    mina.post(f"/shield/{line.public_id}/answer/", reply)
    written(team, at=LATER)
    said = "asked to be shielded from: Questions each noon"
    assert said not in shown(cast, "mina", "/desk/"), "It is not agreed yet."
    line = queries.pairs(cast.actor("rosa", LATER), LATER)[0].newest
    signed = rosa.post(
        f"/shield/{line.public_id}/act/", {"act": "signed", "digest": line.digest}, follow=True
    )
    assert "Every line stands in your promises now." in signed.content.decode()
    assert "I take them." in shown(cast, "mina", "/promises/")
    assert said in shown(cast, "mina", "/desk/")
    people_actions.delegate(
        by=cast.actor("mina", LATER), at=LATER - HOUR, taker=cast.otto, kind=Lending.TRIAGE,
        starts_at=LATER - HOUR, ends_at=LATER + DAY,
    )  # fmt: skip
    assert "shielded from" not in shown(cast, "otto", "/desk/"), "It is between Rosa and Mina."
    for name in ("vera", "hana", "ravi", "otto", "olu"):
        assert "each noon" not in shown(cast, name, "/shield/"), name


def test_who_is_left_by_the_one_they_asked_is_told_what_to_do(cast: Cast) -> None:
    request = asked(cast)
    second = further(cast, request)
    cast.hana.ends_on = LATER.date()
    cast.hana.save()
    assert "Hana Sato is not there any more." in shown(cast, "rosa", f"/help/{second}/")
    assert "Send it further" in shown(cast, "rosa", f"/help/{request}/")


def test_the_api_says_the_same_and_refuses_what_a_token_was_not_made_for(cast: Cast) -> None:
    _, read = people_actions.make_token(by=cast.actor("rosa"), at=AT, name="r", scopes=frozenset({"read"}))
    _, acts = people_actions.make_token(
        by=cast.actor("rosa"), at=AT, name="a", scopes=frozenset({"read", "help"})
    )
    body = {"subject": WORDS.subject, "need": WORDS.need, "key": "api"}

    def post(token: str) -> int:
        answer = Client().post(
            "/api/help", body, content_type="application/json", headers={"authorization": f"Bearer {token}"}
        )
        return answer.status_code

    assert (post(read), post(acts), post(acts)) == (403, 200, 200)
    mine = Client().get("/api/help", headers={"authorization": f"Bearer {read}"}).json()
    assert [(one["subject"], one["to"], one["state"]) for one in mine] == [
        (WORDS.subject, "Mina Aalto", "waiting")
    ]


def test_both_versions_of_a_shield_stay_readable(cast: Cast) -> None:
    agreed(cast)
    row = wished(cast, at=AT + 3 * HOUR, after=2, key="more", shielded="Calls at a customer")
    page = shown(cast, "rosa", "/shield/")
    for part in ("version 3", "In force: version 2", "Calls at a customer", "Daily questions"):
        assert part in page, part
    answered(cast, row.public_id, at=AT + 4 * HOUR, key="again")
    with pytest.raises(Exception, match="newer version"):
        actions.answer_shield(
            by=cast.actor("mina"), at=AT + 5 * HOUR, shield=row.public_id, promised="x", needed="",
            review_on=LATER.date() + 9 * DAY, key="late",
        )  # fmt: skip
