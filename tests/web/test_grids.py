"""The grids of the call and the board as files: what their reader sees on the page, in numbers a sheet adds up."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from django.test import Client
from openpyxl import load_workbook

from fairlead.people import clock
from tests.calls.company import Company, build, mina_team
from tests.cast import AT, Cast


@pytest.fixture
def team(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setattr(clock, "now", lambda: AT)
    return mina_team(build(cast))


def client_of(team: Company, who: str) -> Client:
    client = Client()
    client.force_login(getattr(team.cast, who).user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def read(team: Company, who: str, address: str) -> list[dict[str, str]]:
    answer = client_of(team, who).get(address)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode())))


def test_the_calls_rows_add_up_to_the_number_in_the_last_row(team: Company) -> None:
    team.call("rosa", 752)
    *rows, last = read(team, "mina", "/call/export.csv?period=2026Q4")
    assert [row["person"] for row in rows] == ["Ines Duarte", "Ravi Menon", "Rosa Lindqvist", "Tomas Novak"]
    assert last["person"] == "the number"
    for column in ("own_call", "counts", "target", "booked"):
        assert sum(Decimal(row[column]) for row in rows) == Decimal(last[column]), column
    rosa = rows[2]
    assert (rosa["own_call"], rosa["from_deals"]) == ("752.00", "632.00")


def test_a_note_that_looks_like_a_formula_stays_text(team: Company) -> None:
    from fairlead.calls import actions
    from tests.calls.company import Q4

    actions.set_overlay(
        by=team.cast.actor("mina"), at=AT, person=team.cast.ravi, period=Q4, amount_minor=40_000, note="=1+1"
    )
    ravi = read(team, "mina", "/call/export.csv")[1]
    assert (ravi["overlay"], ravi["counts"], ravi["overlay_note"]) == ("400.00", "400.00", "'=1+1")


def test_the_board_has_leaders_and_no_rep(team: Company) -> None:
    team.submit("mina", 1932, "One more comes.")
    *rows, last = read(team, "vera", "/board/export.csv")
    assert {row["leader"] for row in rows} == {"Mina Aalto", "Otto Brandt", "Sanna Berg"}
    assert last["counts"] == "1932.00"
    mina = next(row for row in rows if row["leader"] == "Mina Aalto")
    assert (mina["number"], mina["words"]) == ("1932.00", "One more comes.")


@pytest.mark.parametrize(("who", "address"), [("mina", "/call/export.xlsx"), ("vera", "/board/export.xlsx")])
def test_the_workbook_holds_numbers(team: Company, who: str, address: str) -> None:
    answer = client_of(team, who).get(address)
    book = load_workbook(io.BytesIO(answer.getvalue()), read_only=True)
    head, *rows = book.worksheets[0].iter_rows(values_only=True)
    booked = rows[-1][head.index("booked")]
    assert booked == 1190
