"""Bringing a file in by the API: the same door as the page."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fairlead.deals.models import Deal
from fairlead.people import actions, clock
from tests.cast import AT, Cast

CSV = (
    "deal_id,name,owner,amount,currency,stage,close_date,created_on,status\n"
    "1,Kestrel,Rosa Lindqvist,1200.50,EUR,Proposal,2026-12-10,2026-09-01,open\n"
    "2,Larch,Ravi Menon,800,EUR,Proposal,2026-11-02,2026-08-01,won\n"
)


@pytest.fixture
def olu(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(clock, "now", lambda: AT)
    _, secret = actions.make_token(
        by=cast.actor("olu"), at=AT, name="nightly", scopes=frozenset({"read", "import"})
    )
    return Client(headers={"Authorization": f"Bearer {secret}"})


def _deals() -> int:
    return Deal.objects.for_system("a test counts deals").count()


def _send(client: Client, content: str, **more: object) -> tuple[int, dict[str, object]]:
    file = SimpleUploadedFile("deals.csv", content.encode())
    answer = client.post("/api/operations/imports", {"file": file, "source": "crm", **more})
    return answer.status_code, answer.json()


def test_a_dry_run_says_what_would_come_and_keeps_nothing(olu: Client) -> None:
    status, told = _send(olu, CSV, dry_run="true")
    assert status == 200, told
    assert told["dry"] is True
    assert _deals() == 0


def test_a_file_comes_in_and_once_more_changes_nothing(olu: Client) -> None:
    assert _send(olu, CSV)[0] == 200
    assert _deals() == 2
    status, told = _send(olu, CSV)
    assert status == 200, told
    assert _deals() == 2
    listed = olu.get("/api/operations/imports").json()
    assert [one["source"] for one in listed] == ["crm", "crm"]


def test_a_bad_file_is_refused_with_row_column_and_value_and_leaves_nothing(olu: Client) -> None:
    status, told = _send(olu, CSV.replace("1200.50", "5_000"))
    assert status == 409
    assert told["code"] == "file_refused"
    sentence = str(told["sentence"])
    assert "row 2" in sentence
    assert "amount" in sentence
    assert "5_000" in sentence
    assert _deals() == 0


def test_an_unknown_table_asks_for_a_mapping(olu: Client) -> None:
    status, told = _send(olu, "a,b\n1,2\n")
    assert status == 409
    assert "mapping" in str(told["sentence"])


def test_a_currency_with_a_rate_on_record_comes_in_and_one_without_is_refused(
    olu: Client, cast: Cast
) -> None:
    from datetime import date
    from decimal import Decimal

    from fairlead.deals import actions as deals
    from fairlead.deals.rules import RateRow

    status, told = _send(olu, CSV.replace("1200.50,EUR", "1200.50,USD"))
    assert status == 409
    assert "USD" in str(told["sentence"])
    deals.set_rates(by=cast.actor("olu"), at=AT, rates=[RateRow("USD", date(2026, 1, 1), Decimal("0.9"))])
    assert _send(olu, CSV.replace("1200.50,EUR", "1200.50,USD"))[0] == 200
    row = Deal.objects.for_system("a test reads deals").get(external_id="1")
    assert (row.currency, row.amount_minor, row.home_minor) == ("USD", 120050, 108045)
