"""The pages of the deal review by client: what they say, what was typed is kept, files, several at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from fairlead.calls import actions as calls
from fairlead.health import actions
from fairlead.health.models import Correction, Note, Snooze
from fairlead.people import clock
from tests.calls.company import OPS, Company
from tests.cast import AT


@pytest.fixture
def there(team: Company, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setattr(clock, "now", lambda: AT)
    team.change("Nordwind", close_on=AT.date() - timedelta(days=3))
    return team


def client(team: Company, name: str) -> Client:
    made = Client()
    made.force_login(getattr(team.cast, name).user, backend="django.contrib.auth.backends.ModelBackend")
    return made


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined,no-any-return]


def test_the_page_says_what_is_up_and_that_the_record_is_being_computed(there: Company) -> None:
    page = text(client(there, "mina").get("/deal-review/"))
    assert "Close date has passed" in page
    assert "3 days ago" in page
    assert "are being computed" in page
    calls.estimate(by=OPS, at=AT, with_past=False)
    actions.keep_record(by=OPS, at=AT)
    page = text(client(there, "mina").get("/deal-review/"))
    assert "are being computed" not in page
    assert "Too few to say" in page or "No record" in page


def test_a_refused_form_keeps_what_was_typed_and_says_why_at_the_deal(there: Company) -> None:
    deal = there.deals["Nordwind"].public_id
    given = {"act": "snooze", "deal": deal, "flag": "past_date", "until": "2026-12-01", "reason": ""}
    answer = client(there, "mina").post("/deal-review/act/", given)
    assert answer.status_code == 422
    assert "Say why it can wait in a sentence." in text(answer)
    assert 'value="2026-12-01"' in text(answer)
    answer = client(there, "mina").post("/deal-review/act/", given | {"reason": "They sign on Monday."})
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f"#deal-{deal}")
    page = text(client(there, "rosa").get("/deal-review/"))
    assert "They sign on Monday." in page
    row = Snooze.objects.for_system("a test looks").get()
    client(there, "rosa").post("/deal-review/act/", {"act": "wake", "id": row.public_id})
    assert "They sign on Monday." not in text(client(there, "rosa").get("/deal-review/"))


def test_questions_become_one_message_to_copy_or_send(there: Company) -> None:
    deal, rosa = there.deals["Nordwind"].public_id, there.cast.rosa.public_id
    mina = client(there, "mina")
    mina.post("/deal-review/act/", {"act": "question", "deal": deal, "text": "Who signs?"})
    mina.post("/deal-review/act/", {"act": "thanks", "deal": deal, "text": "the early word"})
    page = text(mina.get(f"/deal-review/to/{rosa}/"))
    assert "1. Nordwind: Who signs?" in page
    assert "Thank you: the early word" in page
    answer = mina.post(f"/deal-review/to/{rosa}/")
    assert answer.status_code == 302
    assert "Who signs?" in text(client(there, "rosa").get(answer.headers["Location"]))
    assert client(there, "vera").get(answer.headers["Location"]).status_code == 404
    assert mina.post(f"/deal-review/to/{rosa}/").status_code == 422


def test_a_rep_has_no_form_to_ask_and_a_post_of_one_is_refused(there: Company) -> None:
    page = text(client(there, "rosa").get("/deal-review/"))
    assert 'data-key="n"' not in page
    deal = there.deals["Nordwind"].public_id
    answer = client(there, "rosa").post("/deal-review/act/", {"act": "question", "deal": deal, "text": "Me?"})
    assert answer.status_code == 403
    assert not Note.objects.for_system("a test looks").exists()


def test_corrections_of_several_deals_go_into_one_file(there: Company) -> None:
    deals = [there.deals[name].public_id for name in ("Nordwind", "Kestrel")]
    given = {"act": "correct", "several": "yes", "deal": deals, "field": "close_on", "value": "2027-01-12"}
    mina = client(there, "mina")
    assert mina.post("/deal-review/act/", given).status_code == 302
    answer = mina.get("/deal-review/corrections.csv")
    body = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert body.splitlines() == [
        "deal_id,field,old,new",
        "Kestrel,close_date,2026-12-10,2027-01-12",
        "Nordwind,close_date,2026-11-21,2027-01-12",
    ]
    page = text(mina.get("/deal-review/corrections/"))
    assert "to load" in page
    row = Correction.objects.for_system("a test looks").first()
    assert row is not None
    mina.post("/deal-review/act/", {"act": "take_back", "id": row.public_id})
    assert "File of 1 to load" in text(mina.get("/deal-review/corrections/"))


def test_several_at_once_name_every_refused_deal(there: Company) -> None:
    deals = [there.deals[name].public_id for name in ("Nordwind", "Kestrel")]
    given = {
        "act": "snooze", "several": "yes", "deal": deals, "flag": "past_date", "until": "2026-12-01",
        "reason": "One tender for all.",
    }  # fmt: skip
    answer = client(there, "mina").post("/deal-review/act/", given | {"whole": "yes"})
    assert answer.status_code == 422
    assert "Nothing was done" in text(answer)
    assert "<b>Kestrel</b>: “Close date has passed” is not up" in text(answer)
    assert "One tender for all." in text(answer)
    assert not Snooze.objects.for_system("a test looks").exists()
    answer = client(there, "mina").post("/deal-review/act/", given)
    assert "Done for 1, refused for 1." in text(answer)


def test_a_deals_page_shows_its_flags(there: Company) -> None:
    page = text(client(there, "rosa").get(f"/deals/{there.deals['Nordwind'].public_id}/"))
    assert "Close date has passed" in page[page.index("attention</h2>") :]
    assert "not known here" in page


def test_thresholds_are_kept_by_sales_operations_and_odd_ones_sent_back(there: Company) -> None:
    olu = client(there, "olu")
    values = _values()
    assert (
        olu.post("/settings/flags/", values | {"quiet_days": "soon", "after_version": "0"}).status_code == 422
    )
    assert (
        olu.post("/settings/flags/", values | {"quiet_days": "30", "after_version": "0"}).status_code == 302
    )
    assert "within 30 days" in text(olu.get("/deal-review/rules/"))


def _values() -> dict[str, str]:
    from fairlead.health import rules

    return {name: str(value) for name, value in rules.values_of(rules.SHIPPED).items()}


@pytest.mark.parametrize(
    "odd", ["?page=99999", "?page=-1", "?rep=nobody", "?only=x", "?since=x", "?page=%00"]
)
def test_odd_addresses_are_answered_in_words(there: Company, odd: str) -> None:
    assert client(there, "mina").get(f"/deal-review/{odd}").status_code in (200, 404, 409)
