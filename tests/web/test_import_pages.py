"""Files in through the pages: recognised, mapped, tried, taken in, refused."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fairlead import crm
from fairlead.calls import actions as calls_actions
from fairlead.deals.models import Category, Deal, Import, Source
from fairlead.people import access, clock
from fairlead.people.models import Person, Team
from fairlead.territories import actions as territories
from fairlead.territories.models import Activity, Contact
from fairlead.territories.rules import AccountRow
from fairlead.web import jobs, uploads
from fairlead.web.models import Upload
from tests.cast import AT, Cast

SALESFORCE = (
    "Opportunity ID,Opportunity Name,Account Name,Opportunity Owner,Amount,Stage,Close Date,Created Date\n"
    "006A,Pulp line,Nordwind,Rosa Lindqvist,240000,Prospecting,2026-12-14,2026-09-01\n"
    "006B,Gas line,Quill,Sam Solo,72000,Discovery call,2026-12-01,2026-09-01\n"
)
FOREIGN = (
    "ref,seller,worth,step,opened,due\n"
    "a-1,Rosa Lindqvist,100,Demo,2026-01-02,2026-12-01\n"
    "a-2,Ravi Menon,200,Signed,2026-01-03,2026-11-01\n"
)


@pytest.fixture
def olu(cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> Client:
    monkeypatch.setattr(clock, "now", lambda: AT)
    settings.UPLOADS = tmp_path / "uploads"
    client = Client()
    assert cast.olu.user is not None
    client.force_login(cast.olu.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def words(response: Any) -> str:
    text: str = response.content.decode()
    return text


def send(client: Client, *files: tuple[str, str | bytes], **more: str) -> Any:
    given = [SimpleUploadedFile(n, t.encode() if isinstance(t, str) else t) for n, t in files]
    data = {"tables": given, "source": "crm", "shows_on": "2026-11-24", "full": "some", **more}
    return client.post("/imports/new/", data)


def deals() -> Any:
    return Deal.objects.for_system("tests look")


def test_a_known_export_is_tried_at_once_and_nothing_is_kept(olu: Client) -> None:
    response = send(olu, ("report.csv", SALESFORCE))
    page = words(olu.get(response["Location"]))
    assert "This is what would come of it" in page
    assert "Sam Solo" in page
    assert "Discovery call" in page
    assert not deals().exists()
    assert not Person.objects.filter(name="Sam Solo").exists()


def test_taking_it_in_keeps_deals_stages_and_owners_and_removes_the_file(olu: Client, settings: Any) -> None:
    address = send(olu, ("report.csv", SALESFORCE))["Location"]
    olu.post(f"{address}act/", {"act": "take", "stage-0": "pipeline", "below": "Mina Aalto"})
    assert sorted(deals().values_list("name", flat=True)) == ["Gas line", "Pulp line"]
    assert deals().get(name="Gas line").owner.name == "Sam Solo"
    assert Category.objects.filter(stage="Discovery call", category="pipeline").exists()
    page = words(olu.get(address))
    assert "Taken in" in page
    assert "/accuracy/" in page
    assert list(Path(settings.UPLOADS).iterdir()) == []


def test_sending_the_same_again_changes_nothing(olu: Client) -> None:
    for _ in range(2):
        address = send(olu, ("report.csv", SALESFORCE))["Location"]
        olu.post(f"{address}act/", {"act": "take"})
    upload = Upload.objects.latest("pk")
    assert upload.report["deals"]["counts"]["new"] == 0
    assert upload.report["deals"]["counts"]["unchanged"] == 2
    assert deals().count() == 2


def test_a_foreign_table_is_mapped_on_a_page(olu: Client) -> None:
    address = send(olu, ("book.csv", FOREIGN))["Location"]
    assert address.endswith("/mapping/")
    page = olu.get(address)
    guess = {column.name: column.field for column in page.context["form"].sheets[0].columns}
    assert guess["ref"] == "deal_id"
    data = {
        "t0": "deals", "t0-was": page.context["form"].sheets[0].role, "t0c0": "deal_id", "t0c1": "owner",
        "t0c2": "amount", "t0c3": "stage", "t0c4": "created_on", "t0c5": "close_on", "status": "step",
        "word-0": "Signed", "means-0": "won", "currency": "EUR", "time_zone": "UTC", "act": "try",
    }  # fmt: skip
    tried = olu.post(address, data)
    assert tried.status_code == 302, tried.context["form"].problems
    assert "This is what would come of it" in words(olu.get(tried["Location"]))
    olu.post(f"{tried['Location']}act/", {"act": "take"})
    assert dict(deals().values_list("external_id", "status")) == {"a-1": "open", "a-2": "won"}
    mapping = crm.parse(Source.objects.get(name="crm").mapping)
    assert mapping.deals.columns["amount"] == ("worth",)
    assert mapping.won == ("Signed",)


BUYERS = (
    "Nr,Firm,Company,Contact name,E-mail,Status\n"
    "p1,1,Nordwind,Ida Krogh,ida@nordwind.test,aktiv\np2,1,Nordwind,Jon Lie,jon@nordwind.test,ausgeschieden\n"
)
CALLS = (
    "Ref,Company,Date,Art,Activity type,Result,Owner,Contact,Notes\n"
    "t1,Nordwind,2026-11-02,x,Telefonat,erreicht,Rosa Lindqvist,p1,Very secret\n"
    "t2,Nordwind,2026-11-03,x,Call,niemand da,Rosa Lindqvist,,x\n"
    "t3,Nordwind,2026-11-04,x,Meeting,held,Rosa Lindqvist,,x\n"
    "t4,Nordwind,2026-11-05,x,Aufgabe,,Rosa Lindqvist,,x\n"
    "t5,Nordwind,2026-11-06,x,Mail,,Rosa Lindqvist,,x\n"
)


def account(cast: Cast) -> None:
    """Nordwind, as the source of these files calls it."""
    territories.take_in(
        by=cast.actor("olu"), at=AT, source="crm", accounts=[AccountRow("1", "Nordwind", owner="rosa")],
        people_ids={"rosa": cast.rosa.pk},
    )  # fmt: skip


def chosen(page: Any) -> dict[str, str]:
    """The form as the page offers it."""
    form = page.context["form"]
    data: dict[str, str] = {}
    for sheet in form.sheets:
        data |= {f"t{sheet.number}": sheet.role, f"t{sheet.number}-was": sheet.role}
        data |= {f"t{sheet.number}c{column.number}": column.field for column in sheet.columns}
    for said in form.said:
        place = f"s{said.sheet}c{said.number}"
        for word in said.words:
            data |= {f"{place}w{word.number}": word.word, f"{place}m{word.number}": word.meaning}
    return data


def meaning(page: Any, data: dict[str, str], word: str, means: str) -> None:
    for said in page.context["form"].said:
        for one in said.words:
            if one.word == word:
                data[f"s{said.sheet}c{said.number}m{one.number}"] = means
                return
    raise AssertionError(f"{word} is not offered")


def test_contacts_with_accounts_are_mapped_on_a_page_and_known_next_time(olu: Client, cast: Cast) -> None:
    account(cast)
    address = send(olu, ("calls.csv", CALLS))["Location"]
    page = olu.get(address)
    (sheet,) = page.context["form"].sheets
    assert sheet.role == "activities"
    assert {column.name: column.field for column in sheet.columns if column.field} == {
        "Ref": "activity_id", "Company": "account", "Date": "on", "Activity type": "kind", "Result": "outcome",
        "Owner": "by", "Contact": "contact",
    }  # fmt: skip
    words_ = {one.word: one.meaning for said in page.context["form"].said for one in said.words}
    assert words_ == {
        "Telefonat": "none", "Call": "call", "Meeting": "meeting", "Aufgabe": "none", "Mail": "mail",
        "erreicht": "", "niemand da": "", "held": "two",
    }  # fmt: skip
    data = chosen(page) | {"currency": "EUR", "time_zone": "UTC", "act": "try"}
    for word, means in (("Telefonat", "call"), ("erreicht", "two"), ("niemand da", "one")):
        meaning(page, data, word, means)
    tried = olu.post(address, data)
    assert tried.status_code == 302, tried.context["form"].problems
    report = words(olu.get(tried["Location"]))
    assert "Contacts with accounts that are new" in report
    assert not Activity.objects.for_system("tests look").exists(), "a try keeps nothing"
    olu.post(f"{tried['Location']}act/", {"act": "take"})
    rows = Activity.objects.for_system("tests look").order_by("external_id")
    assert list(rows.values_list("external_id", "kind", "way")) == [
        ("t1", "call", "two"), ("t2", "call", "one"), ("t3", "meeting", "two"), ("t5", "mail", "unknown"),
    ]  # fmt: skip
    again = send(olu, ("calls of next week.csv", CALLS.replace("t1,", "t9,")))["Location"]
    assert not again.endswith("/mapping/"), "the source knows its columns"
    olu.post(f"{again}act/", {"act": "take"})
    assert rows.filter(external_id="t9", kind="call", way="two").exists()


def test_the_buyers_people_are_mapped_on_a_page_with_who_left(olu: Client, cast: Cast) -> None:
    account(cast)
    address = send(olu, ("people.csv", BUYERS))["Location"]
    page = olu.get(address)
    (sheet,) = page.context["form"].sheets
    assert sheet.role == "contacts"
    fields = {column.name: column.field for column in sheet.columns if column.field}
    assert fields == {
        "Nr": "contact_id", "Company": "account", "Contact name": "name", "E-mail": "email", "Status": "state",
    }  # fmt: skip
    data = chosen(page) | {"act": "try"}
    meaning(page, data, "ausgeschieden", "left")
    tried = olu.post(address, data)
    assert tried.status_code == 302, tried.context["form"].problems
    olu.post(f"{tried['Location']}act/", {"act": "take"})
    rows = Contact.objects.for_system("tests look").order_by("external_id")
    assert list(rows.values_list("name", "state")) == [("Ida Krogh", ""), ("Jon Lie", "left")]


def test_a_mapping_of_contacts_leaves_that_of_deals_for_next_time(olu: Client, cast: Cast) -> None:
    account(cast)
    text = (
        '[deals]\ndeal_id = "ref"\nowner = "seller"\namount = "worth"\n[values]\nstep = { "Demo" = "Show" }\n'
    )
    address = send(olu, ("book.csv", FOREIGN))["Location"]
    olu.post(address, {"act": "toml", "toml": text})
    olu.post(address.replace("mapping/", "act/"), {"act": "take"})
    address = send(olu, ("calls.csv", CALLS))["Location"]
    assert address.endswith("/mapping/"), "nothing of it is known yet"
    data = chosen(olu.get(address)) | {"act": "try"}
    tried = olu.post(address, data)
    assert tried.status_code == 302, tried.context["form"].problems
    olu.post(f"{tried['Location']}act/", {"act": "take"})
    kept = crm.parse(Source.objects.get(name="crm").mapping)
    assert kept.deals.columns["amount"] == ("worth",)
    assert kept.contacts_made.columns["kind"] == ("Activity type",)
    assert not send(olu, ("book of next week.csv", FOREIGN))["Location"].endswith("/mapping/")


def test_contacts_without_an_account_are_sent_back_with_the_reason(olu: Client) -> None:
    address = send(olu, ("calls.csv", CALLS))["Location"]
    data = {key: value for key, value in chosen(olu.get(address)).items() if value != "account"}
    response = olu.post(address, data | {"t0c1": "", "act": "try"})
    assert response.status_code == 422
    assert "say which column is the account, or the deal" in words(response)


def test_a_mapping_without_an_id_is_sent_back_with_the_reason(olu: Client) -> None:
    address = send(olu, ("book.csv", FOREIGN))["Location"]
    data = {"t0": "deals", "t0-was": "deals", "t0c1": "owner", "t0c0": "", "act": "try"}
    response = olu.post(address, data)
    assert response.status_code == 422
    assert "say which column is “Deal id”" in words(response)


def test_the_mapping_downloads_as_a_file_that_is_understood_again(olu: Client) -> None:
    address = send(olu, ("book.csv", FOREIGN))["Location"]
    text = '[deals]\ndeal_id = "ref"\nowner = "seller"\namount = "worth"\n'
    assert "there is no such key" in words(olu.post(address, {"act": "toml", "toml": "[deals]\nfoo = 'x'\n"}))
    olu.post(address, {"act": "toml", "toml": text})
    kept = olu.get(address.replace("/mapping/", "/mapping.toml"))
    assert kept["Content-Disposition"] == 'attachment; filename="crm.toml"'
    assert crm.parse(kept.content.decode()) == crm.parse(text)


def test_a_refused_file_names_row_column_value_and_what_was_meant(olu: Client) -> None:
    bad = SALESFORCE.replace("240000", "5_000").replace("2026-12-01", "2026-02-30")
    page = words(olu.get(send(olu, ("report.csv", bad))["Location"]))
    assert "5_000" in page
    assert "Write 5000." in page
    assert "2026-02-30" in page
    assert "row 2" in page
    assert "row 3" in page
    assert not Import.objects.filter(status="current").exists()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("empty.csv", b" ", "empty"),
        ("old.xls", b"\xd0\xcf\x11\xe0" + b"x" * 100, "old Excel workbook"),
        ("page.pdf", b"%PDF-1.7 nothing", "no table"),
        ("map.toml", b'source = "x"\n', "A mapping alone brings nothing in"),
        ("twice.csv", b"a,A\n1,2\n", "stands over columns"),
    ],
)
def test_what_is_no_table_is_refused_at_the_field(olu: Client, name: str, content: bytes, why: str) -> None:
    response = send(olu, (name, content))
    assert response.status_code == 422
    assert why in words(response)
    assert not Upload.objects.exists()


def test_no_file_and_a_day_to_come_are_said_at_their_fields(olu: Client) -> None:
    response = olu.post("/imports/new/", {"source": "crm", "shows_on": "2027-01-01", "full": "some"})
    assert response.status_code == 422
    assert "Choose a file." in words(response)
    assert "a day to come" in words(response)


def test_files_larger_than_the_limit_are_refused(olu: Client, settings: Any) -> None:
    settings.UPLOAD_LIMIT = 100
    response = send(olu, ("report.csv", SALESFORCE))
    assert response.status_code == 422
    assert "larger than" in words(response)


def test_names_of_files_never_become_paths(olu: Client, settings: Any) -> None:
    send(olu, ("..\\..\\etc/passwd.csv", SALESFORCE))
    upload = Upload.objects.get()
    assert upload.names == ["passwd.csv"]
    kept = list(Path(settings.UPLOADS).iterdir())
    assert [path.name for path in kept] == [upload.file]
    assert "passwd" not in upload.file
    assert uploads.plain_name("../..") == "file.csv"


def test_a_zip_is_taken_as_it_is(olu: Client) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("export/opportunities.csv", SALESFORCE)
    page = words(olu.get(send(olu, ("all.zip", content.getvalue()))["Location"]))
    assert "This is what would come of it" in page


def test_throwing_the_files_away_leaves_nothing(olu: Client, settings: Any) -> None:
    address = send(olu, ("report.csv", SALESFORCE))["Location"]
    olu.post(f"{address}act/", {"act": "discard"})
    assert list(Path(settings.UPLOADS).iterdir()) == []
    assert "No file" not in words(olu.get("/imports/"))
    assert olu.post(f"{address}act/", {"act": "take"}).status_code == 409


def test_an_upload_at_work_shows_how_far_it_is_without_script_too(olu: Client) -> None:
    address = send(olu, ("report.csv", SALESFORCE))["Location"]
    Upload.objects.update(state=Upload.TAKING, phase="Taking deals in", done=500, total=2000)
    page = words(olu.get(address))
    assert '<progress id="bar" max="2000" value="500">' in page
    assert 'http-equiv="refresh"' in page
    assert 'hx-trigger="every 1s"' in page


def test_a_try_that_was_stopped_stays_stopped(olu: Client) -> None:
    address = send(olu, ("report.csv", SALESFORCE))["Location"]
    Upload.objects.update(state=Upload.TRYING)
    assert "Stop and throw the files away" in words(olu.get(address))
    olu.post(f"{address}act/", {"act": "discard"})
    jobs.try_upload.call(Upload.objects.get().pk)
    assert Upload.objects.get().state == Upload.REFUSED


def test_a_manager_name_nobody_has_is_refused_before_anything_is_taken(olu: Client) -> None:
    address = send(olu, ("report.csv", SALESFORCE))["Location"]
    response = olu.post(f"{address}act/", {"act": "take", "below": "Mina"})
    assert response.status_code == 409
    assert not deals().exists()


def test_the_sales_tables_become_a_company_of_35_reps_and_6_managers(
    olu: Client, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    estimated: list[Any] = []  # estimates of so many deals have tests of their own, and take their time
    monkeypatch.setattr(calls_actions, "estimate", lambda **asked: estimated.append(asked.get("as_of")))
    folder = shared / "data" / "crm-sales-opportunities"
    mapping = (
        '[deals]\nfile = "sales_pipeline.csv"\ndeal_id = "opportunity_id"\nowner = "sales_agent"\n'
        'amount = "close_value"\ncreated_on = "engage_date"\nclosed_on = "close_date"\nstatus = "deal_stage"\n'
        'evidence = ["product"]\nstatic = ["product"]\n[deals.status_values]\nwon = ["Won"]\nlost = ["Lost"]\n'
        '[people]\nfile = "sales_teams.csv"\nperson_id = "sales_agent"\nmanager = "manager"\n'
        '[values]\nproduct = { "GTXPro" = "GTX Pro" }\n[defaults]\ncurrency = "EUR"\n'
    )
    files = [(name, (folder / name).read_bytes()) for name in ("sales_pipeline.csv", "sales_teams.csv")]
    address = send(olu, *files, ("maven.toml", mapping), source="maven", shows_on="2017-09-30")["Location"]
    assert "7,635" in words(olu.get(address))
    olu.post(f"{address}act/", {"act": "take", "stage-0": "pipeline", "stage-1": "pipeline"})
    assert Upload.objects.get().state == Upload.DONE, Upload.objects.get().report
    assert [moment and moment.date().isoformat() for moment in estimated] == ["2017-10-01", None]
    people = Person.objects.filter(source="maven")
    leads = Team.objects.filter(lead__in=people).count()
    assert (people.count() - leads, leads) == (35, 6)
    assert people.filter(grants__role=access.Role.MANAGER).count() == 6
    assert deals().count() == 7635
    assert not deals().filter(owner=None).exists()
