"""The pages and the API of agreements: what each is shown, nothing typed is lost, off means nothing anywhere."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from fairlead.people import clock
from tests.agreements.agreeing import HOUR, agreed, begun, turned_on
from tests.cast import AT, Cast

SIGNED = "django.contrib.auth.backends.ModelBackend"
TYPED = {
    "affects": "Calls & <noise>", "shielded": "One\nTwo", "hours": "", "channels": "", "news_hours": "24",
    "plans_weekday": "4", "rep_owes": "", "needs": "", "manager_owes": "An hour", "review_on": "2027-01-29",
    "key": "form",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT + 3 * HOUR)


def client_of(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, name).user, backend=SIGNED)
    return client


def shown(cast: Cast, name: str, path: str) -> str:
    answer = client_of(cast, name).get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_off_nobody_has_a_word_of_it_on_any_page_of_theirs(cast: Cast) -> None:
    for name in ("rosa", "mina", "hana", "ada"):
        assert "greements</a>" not in shown(cast, name, "/you/"), name
        for path in ("/agreements/", "/api/agreements"):
            assert client_of(cast, name).get(path).status_code == 404
    assert "off" in shown(cast, "ada", "/settings/units/")


def test_an_admin_turns_it_on_and_a_rep_goes_from_writing_to_signed_by_pages_alone(cast: Cast) -> None:
    switch = {"feature": "agreements", "head": cast.mina.public_id, "state": "on"}
    assert client_of(cast, "ada").post("/settings/units/", switch).status_code == 302
    rosa, mina = client_of(cast, "rosa"), client_of(cast, "mina")
    path = f"/agreements/with/{cast.mina.public_id}/"
    assert path in shown(cast, "rosa", "/agreements/")
    assert "Few words" in shown(cast, "rosa", path)
    assert "within one working day" in shown(cast, "rosa", f"{path}?from=experienced")
    refused = rosa.post(path, TYPED | {"news_hours": "soon"})
    assert refused.status_code == 422
    assert "Calls &amp; &lt;noise&gt;" in refused.content.decode()
    one = rosa.post(path, TYPED)["Location"]
    assert "Answer the working agreement with Rosa Lindqvist" in shown(cast, "mina", "/today/")
    assert "Agreements, 1 waiting" in shown(cast, "mina", "/you/")
    assert "working agreement waits" not in shown(cast, "rosa", "/quarter/")
    page = mina.get(one)
    digest = page.context["line"].pending.digest
    empty = mina.post(f"{one}act/", {"act": "asked_back", "text": "", "digest": digest})
    assert (empty.status_code, "Write what you ask back." in empty.content.decode()) == (422, True)
    mina.post(f"{one}act/", {"act": "signed", "digest": digest})
    assert "In force: version 1" in shown(cast, "rosa", one)
    assert "News of my deals, good and bad, within 24 hours" in shown(cast, "rosa", "/promises/")


def test_a_manager_proposes_a_change_and_keeps_what_was_typed_when_it_is_refused(cast: Cast) -> None:
    turned_on(cast)
    one = f"/agreements/{agreed(cast).agreement.public_id}/"
    form = shown(cast, "mina", f"{one}write/")
    assert "written by Rosa Lindqvist alone" in form
    typed = TYPED | {"after": "1", "manager_owes": "Two hours", "key": "c"}
    refused = client_of(cast, "mina").post(f"{one}write/", typed)
    assert refused.status_code == 422
    assert "Two hours" in refused.content.decode()
    client_of(cast, "mina").post(f"{one}write/", typed | {"reason": "An hour is too short"})
    said = shown(cast, "rosa", one)
    assert "Proposed: version 2" in said
    assert "An hour is too short" in said
    assert "Calls &amp;" not in said


def test_the_api_does_what_the_pages_do(cast: Cast) -> None:
    turned_on(cast)
    rosa, mina = client_of(cast, "rosa"), client_of(cast, "mina")

    def post(client: Client, path: str, **body: object) -> dict[str, object]:
        answer = client.post(path, json.dumps(body), content_type="application/json")
        assert answer.status_code == 200, answer.content
        found: dict[str, object] = answer.json()
        return found

    made = post(
        rosa, "/api/agreements", other=cast.mina.public_id, review_on="2027-01-29", key="a", manager_owes=["An hour"]
    )  # fmt: skip
    path = f"/api/agreements/{made['public_id']}"
    digest = mina.get(path).json()["versions"][0]["digest"]
    assert post(mina, f"{path}/act", act="signed", digest=digest)["in_force"] == 1
    changed = post(
        rosa, f"{path}/versions", review_on="2027-02-26", reason="Later", after=1, key="b", manager_owes=["An hour"]
    )  # fmt: skip
    assert (changed["in_force"], changed["waits"]) == (1, 2)
    assert client_of(cast, "vera").get(path).status_code == 404
    assert client_of(cast, "vera").get("/api/agreements").json()["agreements"] == []


def test_what_is_private_is_not_kept_by_browsers(cast: Cast) -> None:
    turned_on(cast)
    answer = client_of(cast, "rosa").get(f"/agreements/{begun(cast).agreement.public_id}/")
    assert "no-store" in answer["Cache-Control"]
