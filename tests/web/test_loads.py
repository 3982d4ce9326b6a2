"""A grid goes out, is edited in a spreadsheet and comes back: previewed row by row, then all of it or nothing."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from fairlead.calls import actions, queries
from fairlead.calls.models import Call, Overlay, Target
from fairlead.ledger.models import Entry
from fairlead.people import clock
from tests.calls import company as the_company
from tests.calls.company import Q4, Company
from tests.cast import AT, Cast

Row = dict[str, str]
LOAD = "/call/load/?period=2026Q4"


@pytest.fixture
def team(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setattr(clock, "now", lambda: AT)
    return the_company.mina_team(the_company.build(cast))


def client_of(team: Company, who: str) -> Client:
    client = Client()
    client.force_login(getattr(team.cast, who).user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def edited(client: Client, address: str, edit: Callable[[Row], None]) -> SimpleUploadedFile:
    rows = list(csv.DictReader(io.StringIO(client.get(address).getvalue().decode())))
    for row in rows:
        edit(row)
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return SimpleUploadedFile("grid.csv", out.getvalue().encode())


def of(name: str, **cells: str) -> Callable[[Row], None]:
    def edit(row: Row) -> None:
        if row["person"].startswith(name):
            row.update(cells)

    return edit


def kept() -> tuple[int, int, int, int]:
    models = (Call, Overlay, Target)
    return (*(model.objects.for_system("a test counts").count() for model in models), Entry.objects.count())  # type: ignore[return-value]


def carried(answer: object) -> dict[str, str]:
    context = answer.context  # type: ignore[attr-defined]
    found: dict[str, str] = {
        "rows": context["rows"], "columns": context["columns"], "digest": context["found"].digest,
    } | context["grid"].hidden  # fmt: skip
    return found


def test_what_was_not_edited_changes_nothing(team: Company) -> None:
    team.call("rosa", 752)
    mina = client_of(team, "mina")
    answer = mina.post(LOAD, {"file": edited(mina, "/call/export.csv", lambda row: None)})
    assert answer.status_code == 200
    assert answer.context["found"].changes == ()
    assert answer.context["found"].unchanged == 4


def test_a_preview_writes_nothing_and_loading_makes_each_change_as_on_the_page(team: Company) -> None:
    mina = client_of(team, "mina")
    before = kept()

    def edit(row: Row) -> None:
        of("Rosa", own_call="752.5")(row)
        of("Ravi", overlay="400", overlay_note="=1+1 is no formula")(row)

    answer = mina.post(LOAD, {"file": edited(mina, "/call/export.csv", edit)})
    assert kept() == before
    told = {(one.name, one.what, one.before, one.after) for one in answer.context["found"].changes}
    assert told == {
        ("Rosa Lindqvist", "own_call", 632_00, 752_50),
        ("Ravi Menon", "overlay", None, 400_00),
    }
    done = mina.post(LOAD, carried(answer))
    assert done.status_code == 302
    page = queries.call_page(team.cast.actor("mina"), team.cast.mina.pk, Q4, AT)
    rows = {row.person.name.split()[0]: row for row in page.rows}
    assert (rows["Rosa"].said, rows["Rosa"].typed_by) == (752_50, "Mina Aalto")
    assert (rows["Ravi"].overlay, rows["Ravi"].overlay_note) == (400_00, "=1+1 is no formula")
    kinds = set(Entry.objects.order_by("-pk").values_list("kind", flat=True)[:2])
    assert kinds == {"call.typed_in", "overlay.set"}


def test_a_refused_row_is_told_with_its_reason_and_nothing_is_loaded(team: Company) -> None:
    mina = client_of(team, "mina")
    before = kept()

    def edit(row: Row) -> None:
        of("Rosa", own_call="many")(row)
        of("Ravi", overlay="400")(row)
        of("Ines", person_id="nobody")(row)
        of("Tomas", own_call="500")(row)

    answer = mina.post(LOAD, {"file": edited(mina, "/call/export.csv", edit)})
    assert answer.status_code == 422
    why = {one.name.split()[0]: one.why for one in answer.context["found"].problems}
    assert set(why) == {"Rosa", "Ravi", "Ines"}
    assert "An overlay needs a note" in why["Ravi"]
    assert "it is not an amount" in why["Rosa"]
    assert "Nobody with this person_id" in why["Ines"]
    assert [one.name for one in answer.context["found"].changes] == ["Tomas Novak", "Ravi Menon"][::-1]
    assert mina.post(LOAD, carried(answer)).status_code == 422
    assert kept() == before


def test_something_that_moved_since_the_preview_loads_nothing(team: Company) -> None:
    mina = client_of(team, "mina")
    answer = mina.post(LOAD, {"file": edited(mina, "/call/export.csv", of("Rosa", own_call="700"))})
    team.call("rosa", 690, at=AT)
    before = kept()
    again = mina.post(LOAD, carried(answer))
    assert again.status_code == 422
    assert "changed since this preview" in again.content.decode()
    assert kept() == before


def test_a_file_of_another_period_or_category_is_refused_row_by_row(team: Company) -> None:
    mina = client_of(team, "mina")
    best = edited(mina, "/call/export.csv?category=best_case", of("Rosa", own_call="900"))
    answer = mina.post(LOAD, {"file": best})
    assert {one.why for one in answer.context["found"].problems} == {
        "This row is of best_case, and you are loading commit."
    }
    best.seek(0)
    answer = mina.post(f"{LOAD}&category=best_case", {"file": best})
    mina.post(LOAD, carried(answer))
    found = queries.call_page(team.cast.actor("mina"), team.cast.mina.pk, Q4, AT, category="best_case")
    assert next(row.said for row in found.rows if row.person.name.startswith("Rosa")) == 900_00


def test_a_spreadsheet_that_writes_commas_is_understood(team: Company) -> None:
    mina = client_of(team, "mina")

    def edit(row: Row) -> None:
        of("Rosa", own_call="1752.5")(row)
        for name in ("own_call", "overlay"):
            row[name] = row[name].replace(".", ",")

    text = edited(mina, "/call/export.csv", edit).read().decode()
    rows = csv.reader(io.StringIO(text))
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    answer = mina.post(LOAD, {"file": SimpleUploadedFile("grid.csv", out.getvalue().encode("utf-8-sig"))})
    assert answer.context["found"].problems == ()
    assert [(one.before, one.after) for one in answer.context["found"].changes] == [(632_00, 1752_50)]


def test_an_overlay_is_taken_back_and_a_typed_call_too(team: Company) -> None:
    actions.set_overlay(
        by=team.cast.actor("mina"), at=AT, person=team.cast.ravi, period=Q4, amount_minor=400_00, note="So."
    )
    team.call("rosa", 700)
    mina = client_of(team, "mina")

    def edit(row: Row) -> None:
        of("Ravi", overlay="")(row)
        of("Rosa", own_call="")(row)

    mina.post(LOAD, carried(mina.post(LOAD, {"file": edited(mina, "/call/export.csv", edit)})))
    page = queries.call_page(team.cast.actor("mina"), team.cast.mina.pk, Q4, AT)
    rows = {row.person.name.split()[0]: row for row in page.rows}
    assert (rows["Ravi"].overlay, rows["Rosa"].said) == (None, None)


def test_the_boards_workbook_comes_back_with_overlays_on_leaders(team: Company) -> None:
    team.submit("mina", 1932, "One more comes.")
    vera = client_of(team, "vera")
    book = load_workbook(io.BytesIO(vera.get("/board/export.xlsx").getvalue()))
    sheet = book.worksheets[0]
    head = [cell.value for cell in sheet[1]]
    line = next(row for row in sheet.iter_rows(min_row=2) if row[0].value == "Mina Aalto")
    line[head.index("overlay")].value = 1800
    line[head.index("overlay_note")].value = "Kestrel will slip."
    file = io.BytesIO()
    book.save(file)
    answer = vera.post(LOAD, {"file": SimpleUploadedFile("board.xlsx", file.getvalue())})
    assert answer.status_code == 200, answer.context["found"].problems
    vera.post(LOAD, carried(answer))
    board = queries.board(team.cast.actor("vera"), team.cast.vera.pk, Q4, AT)
    mina = next(row for row in board.rows if row.leader.id == team.cast.mina.pk)
    assert (mina.amount, mina.in_call) == (1932_00, 1800_00)


def test_a_submitted_number_is_not_typed_over_by_a_file(team: Company) -> None:
    team.submit("mina", 1932, "One more comes.")
    vera = client_of(team, "vera")
    file = edited(vera, "/call/export.csv", of("Mina", own_call="1700"))
    answer = vera.post(LOAD, {"file": file})
    assert [one.why for one in answer.context["found"].problems] == [
        "Mina Aalto submitted this number. Set an overlay beside it instead."
    ]


def test_targets_go_out_and_come_back(team: Company) -> None:
    olu = client_of(team, "olu")
    address = "/settings/targets/load/?period=2026Q4"
    file = edited(olu, "/settings/targets/export.csv?period=2026Q4", of("Rosa", target="750"))
    before = kept()
    answer = olu.post(address, {"file": file})
    assert [(one.name, one.before, one.after) for one in answer.context["found"].changes] == [
        ("Rosa Lindqvist", 700_00, 750_00)
    ]
    assert kept() == before
    assert olu.post(address, carried(answer)).status_code == 302
    found = {one.person.id: one.amount for one in queries.targets(team.cast.actor("olu"), Q4, AT)}
    assert found[team.cast.rosa.pk] == 750_00


@pytest.mark.parametrize("content", [b"", b"a;b\n1;2\n", b"%PDF-1.4", b"PK\x03\x04broken"])
def test_a_file_that_is_no_grid_says_what_to_do(team: Company, content: bytes) -> None:
    answer = client_of(team, "mina").post(LOAD, {"file": SimpleUploadedFile("x.csv", content)})
    assert answer.status_code == 422
    assert answer.context["error"]


def test_a_workbook_with_a_formula_is_read_as_no_number(team: Company) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["person_id", "own_call"])
    sheet.append([team.cast.rosa.public_id, "=1+1"])
    file = io.BytesIO()
    book.save(file)
    answer = client_of(team, "mina").post(LOAD, {"file": SimpleUploadedFile("x.xlsx", file.getvalue())})
    assert answer.status_code == 422


def test_a_preview_tampered_with_is_refused(team: Company) -> None:
    mina = client_of(team, "mina")
    for rows in ("x", "1,2", "1,a,b,c,d,e,f,g,h,i"):
        data = {"rows": rows, "columns": "own_call", "digest": "", "period": "2026Q4"}
        assert mina.post(LOAD, data).status_code == 422


def test_a_file_from_before_changes_only_what_was_edited_in_it(team: Company) -> None:
    mina = client_of(team, "mina")
    older = edited(mina, "/call/export.csv", of("Ravi", overlay="400", overlay_note="He told me more."))
    team.call("rosa", 690, at=AT)
    answer = mina.post(LOAD, {"file": older})
    assert [(one.name, one.what) for one in answer.context["found"].changes] == [("Ravi Menon", "overlay")]
    assert answer.context["found"].problems == ()


def test_an_edit_of_what_somebody_else_changed_meanwhile_is_refused(team: Company) -> None:
    mina = client_of(team, "mina")
    older = edited(mina, "/call/export.csv", of("Rosa", own_call="700"))
    team.call("rosa", 690, at=AT)
    before = kept()
    answer = mina.post(LOAD, {"file": older})
    assert answer.status_code == 422
    [problem] = answer.context["found"].problems
    assert "Download it again" in problem.why
    assert kept() == before


def test_a_target_that_moved_since_the_download_is_not_set_back(team: Company) -> None:
    olu = client_of(team, "olu")
    older = edited(olu, f"/settings/targets/export.csv?period={Q4.name}", of("Ravi", target="512"))
    actions.set_target(
        by=team.cast.actor("olu"), at=AT, person=team.cast.rosa, period=Q4, amount_minor=777_00
    )
    answer = olu.post(f"/settings/targets/load/?period={Q4.name}", {"file": older})
    assert [(one.name, one.after) for one in answer.context["found"].changes] == [("Ravi Menon", 512_00)]


def _workbook_with(cells: str) -> SimpleUploadedFile:
    """A workbook whose sheet holds just these cells, written by hand."""
    made = io.BytesIO()
    Workbook().save(made)
    out = io.BytesIO()
    with zipfile.ZipFile(made) as whole, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for member in whole.infolist():
            content = whole.read(member)
            if member.filename == "xl/worksheets/sheet1.xml":
                start, end = content.index(b"<sheetData"), content.index(b"<pageMargins")
                content = content[:start] + f"<sheetData>{cells}</sheetData>".encode() + content[end:]
            book.writestr(member, content)
    return SimpleUploadedFile("grid.xlsx", out.getvalue())


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        """<row><c s="1" r='XFD1048576'><v>1</v></c></row>""",
        f"<row>{'<c><v>1</v></c>' * 9_000}</row>{'<row><c><v>1</v></c></row>' * 9_000}",
    ],
    ids=["two corners", "one far cell", "without places"],
)
def test_a_workbook_whose_cells_lie_far_apart_is_refused_before_it_is_opened(
    team: Company, cells: str
) -> None:
    mina = client_of(team, "mina")
    answer = mina.post(LOAD, {"file": _workbook_with(cells)})
    assert answer.status_code == 422
    assert "its cells reach to row" in answer.content.decode()


def test_a_file_of_too_many_rows_and_a_workbook_that_is_none_are_refused(team: Company) -> None:
    mina = client_of(team, "mina")
    long = SimpleUploadedFile("grid.csv", b"person_id,own_call\n" + b"x,1\n" * 20_001)
    broken = SimpleUploadedFile("grid.xlsx", b"PK\x03\x04 and nothing more")
    for file, said in ((long, "more than 20000 rows"), (broken, "damaged")):
        answer = mina.post(LOAD, {"file": file})
        assert answer.status_code == 422
        assert said in answer.content.decode()


def test_of_many_refused_rows_a_hundred_are_named_and_the_rest_counted(team: Company) -> None:
    mina = client_of(team, "mina")
    rows = b"".join(b"nobody-%d,1\n" % n for n in range(150))
    answer = mina.post(LOAD, {"file": SimpleUploadedFile("grid.csv", b"person_id,own_call\n" + rows)})
    said = answer.content.decode()
    assert said.count("Nobody with this person_id") == 100
    assert "And 50 more." in said
