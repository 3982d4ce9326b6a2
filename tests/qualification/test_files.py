"""A file can be the evidence: what is taken, who keeps a copy, that a swapped one is found, how one is erased."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from fairlead.ledger import queries as ledger
from fairlead.ledger.models import Entry
from fairlead.people import access, clock
from fairlead.qualification import actions, queries, rules
from fairlead.qualification.models import File, FileBytes, FileRemoved, Item
from tests.calls.company import Company
from tests.cast import AT
from tests.qualification.test_scoring import score

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 20
MAIL = b"From: Karin Holm <karin@buyer.test>\r\nSubject: Budget\r\n\r\nApproved.\r\n"
MB = 1024**2
JSON = "application/json"


def office(part: str, *more: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in ("[Content_Types].xml", part, *more):
            archive.writestr(name, "<x/>")
    return held.getvalue()


GOOD = {
    "letter.pdf": PDF, "photo.PNG": PNG, "photo.jpg": JPEG, "photo.jpeg": JPEG,
    "note.txt": "Genehmigt für 2026".encode(),
    "old.txt": "Genehmigt für 2026".encode("latin-1"), "mail.eml": MAIL, "list.docx": office("word/document.xml"),
    "list.xlsx": office("xl/workbook.xml"), "list.pptx": office("ppt/presentation.xml"),
}  # fmt: skip
BAD = {
    "page.html": (b"<html>", "file_kind"), "drawing.svg": (b"<svg/>", "file_kind"), "run.exe": (b"MZ", "file_kind"),
    "letter.pdf.exe": (b"MZ", "file_kind"), "noending": (PDF, "file_kind"), "macro.docm": (PDF, "file_kind"),
    "letter.pdf": (b"<html><script>x</script>", "file_other"), "photo.png": (PDF, "file_other"),
    "photo.jpg": (b"GIF89a" + JPEG, "file_other"), "junk.pdf": (b"\n\n" + PDF, "file_other"),
    "note.txt": (b"a\x00b", "file_other"), "tool.txt": (b"MZ\x90\xff", "file_other"),
    "mail.eml": (b"<html>", "file_other"),
    "list.docx": (office("xl/workbook.xml"), "file_other"), "zip.xlsx": (office("a.txt"), "file_other"),
    "fake.docx": (PDF, "file_other"), "broken.docx": (b"PK\x03\x04" + b"\x00" * 50, "file_broken"),
    "cut.xlsx": (office("xl/workbook.xml")[:-30], "file_broken"),
    "list.xlsx": (office("xl/workbook.xml", "xl/vbaProject.bin"), "file_macros"), "none.pdf": (b"", "file_empty"),
    "large.pdf": (PDF + b"x" * MB, "file_large"),
}  # fmt: skip


def kept(name: str, data: bytes, **more: int) -> rules.Kept:
    sizes = {"limit": MB, "taken": 0, "most": 5 * MB} | more
    return rules.kept_file(rules.Sent(name, data), **sizes)


# What is taken


@pytest.mark.parametrize("name", GOOD)
def test_what_buyers_send_is_taken_and_named_for_what_it_is(name: str) -> None:
    found = kept(name, GOOD[name])
    assert found.kind == rules.KINDS[name.rpartition(".")[2].lower()]
    assert found.sha256 == hashlib.sha256(GOOD[name]).hexdigest()


@pytest.mark.parametrize("name", BAD)
def test_anything_else_is_refused_and_the_refusal_says_what_to_do(name: str) -> None:
    data, code = BAD[name]
    with pytest.raises(access.Refusal) as refused:
        kept(name, data)
    assert refused.value.code == code
    assert re.search(r"[Ss]ave|[Ss]end|Choose|link|photograph", refused.value.sentence)


def test_the_files_of_a_deal_have_a_limit_together() -> None:
    assert kept("letter.pdf", PDF, taken=5 * MB - len(PDF))
    with pytest.raises(access.Refusal) as refused:
        kept("letter.pdf", PDF, taken=5 * MB - len(PDF) + 1)
    assert refused.value.code == "files_full"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"), ("C:\\Users\\karin\\letter.pdf", "letter.pdf"),
        ("a\x00b.pdf", "a_b.pdf"),
        ("gnp.\u202efdp.pdf", "gnp._fdp.pdf"), ("a\r\nSet-Cookie: x.pdf", "a__Set-Cookie_ x.pdf"), (".pdf", "pdf"),
        ("Brief für Ö.pdf", "Brief für Ö.pdf"), ("…/.hidden", "hidden"), ('q".pdf', "q_.pdf"),
    ],
)  # fmt: skip
def test_a_name_is_harmless_words(name: str, clean: str) -> None:
    assert rules.file_name(name) == clean


@given(st.text(max_size=300))
def test_no_name_is_a_path_or_breaks_a_header(name: str) -> None:
    clean = rules.file_name(name)
    assert 0 < len(clean) <= rules.LONGEST_FILE_NAME
    assert not set(clean) & set('/\\"\r\n\x00:;\u202e\u202d')
    assert not clean.startswith(".")
    assert rules.file_name(clean) == clean


@given(st.sampled_from(sorted(rules.KINDS)), st.binary(max_size=200))
def test_no_bytes_break_the_look_at_them(ending: str, data: bytes) -> None:
    try:
        found = kept(f"a.{ending}", data)
    except access.Refusal:
        return
    assert found.data == data


# Kept with its evidence


def with_file(
    team: Company, name: str = "letter.pdf", data: bytes = PDF, who: str = "rosa", **more: Any
) -> File:
    item = score(team, number=3, who=who, file=rules.Sent(name, data), **more)
    return File.objects.for_system("a test looks").get(item=item)


def test_a_file_goes_with_what_a_buyer_said_or_wrote_and_not_with_a_belief(team: Company) -> None:
    assert with_file(team).name == "letter.pdf"
    for number in (0, 1):
        with pytest.raises(access.Refusal) as refused:
            score(team, number=number, file=rules.Sent("letter.pdf", PDF))
        assert refused.value.code == "file_for_belief"
    assert Item.objects.for_system("a test looks").count() == 1, "a refused file keeps no score either"


def test_the_same_file_sent_twice_is_kept_once_and_another_is_a_new_item(team: Company) -> None:
    first = with_file(team)
    assert with_file(team).pk == first.pk
    assert with_file(team, data=PDF + b"2").pk != first.pk


def test_the_ledger_has_the_digest_and_not_the_name(team: Company) -> None:
    row = with_file(team, name="Karin Holm.pdf")
    entry = Entry.objects.filter(kind="evidence.scored").latest("seq")
    body = bytes(entry.body).decode()
    assert row.sha256 in body
    assert "Karin" not in body


def test_who_reads_the_evidence_keeps_a_copy_and_for_others_there_is_none(team: Company) -> None:
    row = with_file(team)
    readers = set()
    for name in team.cast.names:
        try:
            shown, data = queries.file(team.cast.actor(name), row.public_id)
        except (access.NotFound, access.NotAllowed):
            continue
        assert (shown.name, data) == ("letter.pdf", PDF)
        readers.add(name)
    assert readers == {"rosa", "mina", "vera", "olu"}


def test_a_removed_file_leaves_who_and_why_and_no_bytes(team: Company) -> None:
    row, mina = with_file(team), team.cast.actor("mina")

    def remove(reason: str) -> None:
        actions.remove_file(by=mina, at=AT, file=row.public_id, reason=reason)

    with pytest.raises(access.Refusal) as refused:
        remove("  ")
    assert refused.value.code == "reason_missing"
    remove("The buyer asked us to delete it.")
    remove("Twice is once.")
    assert FileRemoved.objects.for_system("a test looks").count() == 1
    assert not FileBytes.objects.for_system("a test looks").exists()
    with pytest.raises(access.Refusal) as gone:
        queries.file(mina, row.public_id)
    assert "The buyer asked us to delete it." in gone.value.sentence
    panel = queries.panel(mina, team.deals["Nordwind"].public_id, AT)
    shown = [item.file for line in panel.lines for item in line.past if item.file]
    assert [(one.removed_by, one.sha256) for one in shown] == [("Mina Aalto", row.sha256)]
    assert queries.swapped_files() == []
    assert queries.bytes_of(team.deals["Nordwind"].pk) == 0


def test_a_removed_file_can_be_sent_again_with_the_same_words(team: Company) -> None:
    row = with_file(team)
    actions.remove_file(by=team.cast.actor("rosa"), at=AT, file=row.public_id, reason="It was the wrong one.")
    again = with_file(team)
    assert again.pk != row.pk
    assert queries.file(team.cast.actor("rosa"), again.public_id)[1]
    assert with_file(team).pk == again.pk


def test_a_file_of_a_closed_deal_can_be_erased(team: Company) -> None:
    row, deal = with_file(team), team.deals["Nordwind"]
    deal.status = "won"
    deal.save()
    actions.remove_file(by=team.cast.actor("rosa"), at=AT, file=row.public_id, reason="It names a patient.")
    assert not FileBytes.objects.for_system("a test looks").exists()


def test_nobody_out_of_reach_removes_anything(team: Company) -> None:
    row = with_file(team)
    for name in ("ravi", "otto", "pia", "carl"):
        with pytest.raises(access.NotFound):
            actions.remove_file(by=team.cast.actor(name), at=AT, file=row.public_id, reason="Because.")
    for name in ("olu", "hana"):
        with pytest.raises(access.NotAllowed):
            actions.remove_file(by=team.cast.actor(name), at=AT, file=row.public_id, reason="Because.")


# Found when it is swapped


def test_a_swapped_a_missing_and_a_smuggled_file_are_found(team: Company) -> None:
    row = with_file(team)
    assert queries.swapped_files() == []
    ledger.verify()
    held = FileBytes.objects.for_system("a test swaps").filter(file=row)
    held.update(data=PDF + b"another price")
    assert "not the one that was sent" in queries.swapped_files()[0]
    held.delete()
    assert "missing" in queries.swapped_files()[0]
    item = score(team, key="worth", number=2)
    File.objects.create(
        item=item, name="b.pdf", kind="application/pdf", size=3, sha256="0" * 64, by=team.cast.rosa, at=AT
    )
    assert any("no entry of the ledger" in one for one in queries.swapped_files())


def test_a_removed_file_that_is_put_back_is_found(team: Company) -> None:
    row = with_file(team)
    actions.remove_file(by=team.cast.actor("rosa"), at=AT, file=row.public_id, reason="Wrong customer.")
    FileBytes.objects.create(file=row, data=PDF)
    assert "there again" in queries.swapped_files()[0]


def test_the_database_changes_no_digest_and_keeps_every_removal(team: Company) -> None:
    row = with_file(team)
    with pytest.raises(DatabaseError), transaction.atomic():
        File.objects.for_system("a test tries").filter(pk=row.pk).update(sha256="0" * 64)
    actions.remove_file(by=team.cast.actor("rosa"), at=AT, file=row.public_id, reason="Wrong customer.")
    with pytest.raises(DatabaseError), transaction.atomic():
        FileRemoved.objects.for_system("a test tries").filter(file=row).delete()


# Pages


@pytest.fixture
def rosa(team: Company, monkeypatch: pytest.MonkeyPatch) -> Client:
    return client(team, "rosa", monkeypatch)


def client(team: Company, name: str, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(clock, "now", lambda: AT)
    made = Client()
    made.force_login(getattr(team.cast, name).user, backend="django.contrib.auth.backends.ModelBackend")
    return made


TYPED = {
    "score": "3",
    "what": "Budget of 250 approved",
    "on": "2026-11-24",
    "buyer_name": "Karin Holm",
    "buyer_role": "CFO",
}


def form(team: Company) -> str:
    return f"/deals/{team.deals['Nordwind'].public_id}/evidence/win/"


def test_a_file_is_sent_with_the_form_and_comes_back_as_a_download_only(team: Company, rosa: Client) -> None:
    sent = SimpleUploadedFile("Brief für uns.pdf", PDF, content_type="text/html")
    assert rosa.post(form(team), TYPED | {"file": sent}).status_code == 302
    row = File.objects.for_system("a test looks").get()
    answer = rosa.get(f"/evidence-files/{row.public_id}/")
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["Cache-Control"] == "no-store"
    page = rosa.get(f"/deals/{team.deals['Nordwind'].public_id}/evidence/").content.decode()
    assert "Brief für uns.pdf" in page


def test_a_refused_file_says_what_to_do_and_keeps_what_was_typed(team: Company, rosa: Client) -> None:
    for name, data, says in (
        ("page.html", b"<script>alert(1)</script>", "is not taken"),
        ("none.pdf", b"", "is empty"),
        ("huge.pdf", PDF + b"x" * (10 * MB), "larger than 10 MB"),
        ("../../../fake.png", PDF, "no PNG file inside"),
    ):
        answer = rosa.post(form(team), TYPED | {"file": SimpleUploadedFile(name, data)})
        page = answer.content.decode()
        assert answer.status_code == 422
        for word in (says, "Budget of 250 approved", "Karin Holm", "Choose the file again"):
            assert word in page
        assert "alert(1)" not in page
    assert not Item.objects.for_system("a test looks").exists()


def test_a_file_is_removed_with_a_reason_from_the_page(team: Company, rosa: Client) -> None:
    row = with_file(team)
    url = f"/evidence-files/{row.public_id}/remove/"
    lacking = rosa.post(url, {"reason": ""})
    assert lacking.status_code == 422
    assert "Say in one sentence why the file is removed." in lacking.content.decode()
    assert rosa.post(url, {"reason": "Wrong customer."}).status_code == 302
    assert rosa.get(f"/evidence-files/{row.public_id}/").status_code == 409
    page = rosa.get(f"/deals/{team.deals['Nordwind'].public_id}/evidence/").content.decode()
    assert "removed by Rosa Lindqvist: Wrong customer." in page


def test_a_file_of_another_persons_deal_is_not_there(team: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    row = with_file(team)
    for name in ("ravi", "otto", "pia", "carl"):
        other = client(team, name, monkeypatch)
        assert other.get(f"/evidence-files/{row.public_id}/").status_code == 404
        assert other.post(f"/evidence-files/{row.public_id}/remove/", {"reason": "x"}).status_code == 404
    for name in ("hana", "ada"):
        assert client(team, name, monkeypatch).get(f"/evidence-files/{row.public_id}/").status_code == 403


def test_the_up_card_carries_no_file(team: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    row = with_file(team)
    page = (
        client(team, "carl", monkeypatch)
        .get(f"/deals/{team.deals['Nordwind'].public_id}/card/")
        .content.decode()
    )
    assert row.public_id not in page
    assert "letter.pdf" not in page


def test_the_api_names_the_file_and_a_link_names_its_host(team: Company, rosa: Client) -> None:
    with_file(team, link="https://mail.buyer.test/1")
    found = rosa.get(f"/api/deals/{team.deals['Nordwind'].public_id}/evidence").json()
    items = [item for grade in found["grades"] for item in grade["items"]]
    assert items[0]["file"]["sha256"] == hashlib.sha256(PDF).hexdigest()
    page = rosa.get(f"/deals/{team.deals['Nordwind'].public_id}/evidence/").content.decode()
    assert 'rel="noopener noreferrer external">read it at mail.buyer.test</a>' in page


def test_the_api_takes_a_file_with_its_score_gives_it_back_and_erases_it(
    team: Company, rosa: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"/api/deals/{team.deals['Nordwind'].public_id}/evidence/with-file"

    def send(name: str, data: bytes, by: Client = rosa) -> Any:
        return by.post(url, TYPED | {"criterion": "win", "file": SimpleUploadedFile(name, data)})

    assert send("page.html", b"<html>").json()["code"] == "file_kind"
    assert rosa.post(url, TYPED | {"criterion": "win"}).json()["code"] == "file_missing"
    assert File.objects.for_system("a test counts").count() == 0
    items = [one for grade in send("letter.pdf", PDF).json()["grades"] for one in grade["items"]]
    where = f"/api/evidence-files/{items[0]['file']['public_id']}"
    got = rosa.get(where).json()
    assert base64.b64decode(got["data"]) == PDF
    assert (got["name"], got["sha256"]) == ("letter.pdf", hashlib.sha256(PDF).hexdigest())
    ravi = client(team, "ravi", monkeypatch)
    asked = (
        ravi.get(where),
        send("letter.pdf", PDF, ravi),
        ravi.post(f"{where}/remove", {"reason": "x"}, JSON),
    )
    assert [answer.status_code for answer in asked] == [404, 404, 404]
    assert rosa.post(f"{where}/remove", {"reason": ""}, JSON).json()["code"] == "reason_missing"
    assert rosa.post(f"{where}/remove", {"reason": "Sent by mistake."}, JSON).status_code == 200
    gone = rosa.get(where)
    assert (gone.status_code, gone.json()["code"]) == (409, "file_removed")
    assert "Sent by mistake." in gone.json()["sentence"]
