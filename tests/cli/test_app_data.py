"""`fairlead import` and `fairlead export` against the database."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from fairlead.cli import app_data
from fairlead.deals.models import Deal, DealEvent
from fairlead.people import clock
from fairlead.people.models import Person
from tests.cast import AT, Cast

DEALS = (
    "deal_id,name,owner,amount,currency,stage,close_date,created_on,status,closed_on\n"
    "1,Pulp line,rosa,240000,EUR,Negotiation,2026-12-14,2026-09-01,open,\n"
    "2,=cmd(),ravi,72000,EUR,Closed,2026-10-02,2026-05-01,won,2026-10-02\n"
)
CHANGES = (
    "deal_id,field,old,new,at,recorded_at\n"
    "1,close_on,2026-11-30,2026-12-14,2026-10-30T09:00:00Z,2026-11-01T21:00:00Z\n"
)


@pytest.fixture
def folder(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(clock, "now", lambda: AT)
    Person.objects.filter(source="cast").update(source="crm")
    source = tmp_path / "crm"
    source.mkdir()
    (source / "deals.csv").write_text(DEALS)
    (source / "changes.csv").write_text(CHANGES)
    return source


def deals() -> dict[str, tuple[str, str]]:
    rows = Deal.objects.for_system("tests look").values_list("external_id", "name", "owner__name")
    return {external_id: (name, owner) for external_id, name, owner in rows}


def test_a_folder_is_taken_in_with_its_history(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app_data.import_(folder, as_person="olu@marlow.test")
    assert deals() == {"1": ("Pulp line", "Rosa Lindqvist"), "2": ("=cmd()", "Ravi Menon")}
    assert Deal.objects.for_system("tests look").get(external_id="1").pushes == 1
    assert "2 new" in capsys.readouterr().out


def test_a_dry_run_keeps_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app_data.import_(folder, dry_run=True)
    assert deals() == {}
    assert "Tried" in capsys.readouterr().out


def test_a_refused_file_ends_with_status_1_and_every_problem(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "deals.csv").write_text(DEALS.replace("240000", "5_000"))
    with pytest.raises(SystemExit) as ended:
        app_data.import_(folder)
    assert ended.value.code == 1
    assert "5_000" in capsys.readouterr().err
    assert deals() == {}


def test_who_may_not_import_is_told_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        app_data.import_(folder, as_person="rosa@marlow.test")
    assert "Sales operations imports data" in capsys.readouterr().err
    assert deals() == {}


def test_what_export_writes_import_reads_as_the_same(folder: Path, tmp_path: Path) -> None:
    app_data.import_(folder)
    app_data.export(tmp_path / "out")
    text = (tmp_path / "out" / "deals.csv").read_text()
    assert "'=cmd()" in text
    facts = DealEvent.objects.for_system("tests look").count()
    (tmp_path / "out" / "people.csv").unlink()
    before = deals()
    folder.rename(tmp_path / "first")
    (tmp_path / "out").rename(tmp_path / "crm")
    app_data.import_(tmp_path / "crm")
    assert deals() == before
    assert DealEvent.objects.for_system("tests look").exclude(field="").count() == 1
    assert facts <= DealEvent.objects.for_system("tests look").count()


def test_an_export_holds_only_what_its_person_may_see(folder: Path, tmp_path: Path) -> None:
    app_data.import_(folder)
    app_data.export(tmp_path / "rosa", as_person="rosa@marlow.test")
    text = (tmp_path / "rosa" / "deals.csv").read_text()
    assert "Pulp line" in text
    assert "cmd" not in text


def test_an_export_as_of_a_day_shows_what_was_known_then(folder: Path, tmp_path: Path) -> None:
    app_data.import_(folder)
    app_data.export(tmp_path / "then", as_of=date(2026, 10, 15))
    text = (tmp_path / "then" / "deals.csv").read_text()
    assert "2026-11-30" in text
    assert "2026-12-14" not in text


def test_an_export_never_overwrites(folder: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        app_data.export(folder)
    assert ended.value.code == 2
