"""HR prepares a copy of everything about somebody: gathered, decided item by item, made, handed out."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from fairlead.ledger import queries as ledger
from fairlead.looks import actions as looks
from fairlead.looks.models import Look
from fairlead.notices.models import Notice
from fairlead.oneonones.models import PrivateNote
from fairlead.people import access, clock
from fairlead.people.access import Refusal
from fairlead.records import actions, queries, rules
from fairlead.records.models import Item, NoteAsk, Request
from tests.cast import AT, Cast
from tests.looks import making

AFTER = AT + timedelta(days=8)
"""After the five working days that writers of notes have."""
WAIVED = "Mina Aalto thinks the hydro tender explains it."
ANSWER = "Piet Maas had the same quarter."


@pytest.fixture
def looked_at(cast: Cast) -> Cast:
    """Rosa answered in a look and Mina closed it; Mina wrote a private note about Rosa."""
    look = Look.objects.create(
        person=cast.rosa, quarter="2026Q3", closed_on=making.Q3.ends_on, decide_days=90, rule_version=0,
        ground=making.ground(cast), facts=making.FACTS, digest="", opened_at=making.SWEPT,
    ).public_id  # fmt: skip
    looks.act(by=cast.actor("rosa"), at=AT, look=look, kind="answered", words=ANSWER)
    looks.act(by=cast.actor("mina"), at=AT, look=look, kind="waived", reason="luck", words=WAIVED)
    PrivateNote.objects.create(
        writer=cast.mina, other=cast.rosa, slot=AT.date(), text="Secret of Mina", at=AT
    )
    return cast


def begin(cast: Cast, who: str = "hana", person: str = "rosa", **more: Any) -> Request:
    said: dict[str, Any] = {"asked_on": AT.date(), "reason": "Rosa asked by mail."} | more
    return actions.open_copy(by=cast.actor(who), at=AT, person=getattr(cast, person).public_id, **said)


def page(cast: Cast, row: Request, at: Any = AT) -> queries.Copy:
    return queries.copy(cast.actor("hana"), row.public_id, at)


def to_decide(cast: Cast, row: Request) -> list[Item]:
    return [one.row for one in page(cast, row).items if one.needs]


def decide(
    cast: Cast, row: Request, item: Item, choice: str = "release", hidden: str = "", reason: str = ""
) -> None:
    actions.rule_item(
        by=cast.actor("hana"), at=AT, request=row.public_id, item=item.number, choice=choice, hidden=hidden,
        reason=reason,
    )  # fmt: skip


def finished(cast: Cast, row: Request) -> dict[str, Any]:
    actions.finish_copy(by=cast.actor("hana", AFTER), at=AFTER, request=row.public_id)
    data = actions.hand_out(by=cast.actor("hana", AFTER), at=AFTER, request=row.public_id)
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.namelist() == ["about.html", "about.json"]
        found: dict[str, Any] = json.loads(file.read("about.json"))
        assert "<h1>Everything kept about Rosa Lindqvist</h1>" in file.read("about.html").decode()
    return found


def words_of(made: dict[str, Any]) -> str:
    return json.dumps(made, ensure_ascii=False)


def test_what_names_others_or_was_written_by_others_waits_for_a_decision(looked_at: Cast) -> None:
    row = begin(looked_at)
    waits = {(one.title, one.written_by, tuple(one.others)) for one in to_decide(looked_at, row)}
    acts = [one for one in waits if one[0] == "Look act"]
    assert ("Look act", "Mina Aalto", ("Mina Aalto",)) in acts
    assert ("Look act", "", ("Piet Maas",)) in acts
    plain = {one.row.title for one in page(looked_at, row).items if not one.needs}
    assert {"Person", "Look"} <= plain


def test_the_person_is_told_and_only_the_writers_of_notes_are_asked(looked_at: Cast) -> None:
    begin(looked_at)
    told = {(one.to_id, one.kind) for one in Notice.objects.filter(kind__startswith="records.")}
    assert told == {(looked_at.rosa.pk, "records.copy_opened"), (looked_at.mina.pk, "records.note_asked")}


def test_hr_never_sees_a_note_that_is_not_disclosed_nor_whether_there_is_one(
    looked_at: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    row = begin(looked_at)
    other = begin(looked_at, person="pia", reason="Pia asked by mail.")
    assert looked_at.hana.user is not None
    client.force_login(looked_at.hana.user, backend="django.contrib.auth.backends.ModelBackend")
    with_notes, without = (
        client.get(f"/records/copies/{one.public_id}/").content.decode() for one in (row, other)
    )
    assert "Secret of Mina" not in with_notes
    for said in ("if there are any, have time until", "Whether there are is not shown"):
        assert said in with_notes
        assert said in without
    actions.disclose(by=looked_at.actor("mina"), at=AT, request=row.public_id, notes=[])
    assert client.get(f"/records/copies/{row.public_id}/").content.decode().count(
        "Private note"
    ) == with_notes.count("Private note")
    assert not list(ledger.facts_of("copy.note_disclosed"))
    assert not NoteAsk.objects.seen_by(looked_at.actor("hana"), "person_copy.disclose").exists()
    assert "HR prepares" not in client.get("/records/notes/").content.decode()


def test_a_disclosed_note_is_an_item_and_cannot_be_answered_twice(looked_at: Cast) -> None:
    row = begin(looked_at)
    asked = queries.asked_of_me(looked_at.actor("mina"))
    assert [(one.about, [note.text for note in one.notes]) for one in asked] == [
        ("Rosa Lindqvist", ["Secret of Mina"])
    ]
    actions.disclose(
        by=looked_at.actor("mina"), at=AT, request=row.public_id, notes=[asked[0].notes[0].id, 99999]
    )
    item = to_decide(looked_at, row)[-1]
    assert (item.class_key, item.written_by) == ("private_notes", "Mina Aalto")
    assert item.content[0][1] == ["text", "Secret of Mina"]
    with pytest.raises(Refusal) as refused:
        actions.disclose(by=looked_at.actor("mina"), at=AT, request=row.public_id, notes=[])
    assert refused.value.code == "answered"


@pytest.mark.parametrize("who", ["rosa", "hana", "otto", "ada"])
def test_nobody_answers_for_a_writer(looked_at: Cast, who: str) -> None:
    row = begin(looked_at)
    with pytest.raises(access.NotFound):
        actions.disclose(by=looked_at.actor(who), at=AT, request=row.public_id, notes=[1])


def test_the_file_says_what_was_released_blacked_out_and_withheld(looked_at: Cast) -> None:
    row = begin(looked_at)
    for item in to_decide(looked_at, row):
        if item.written_by == "Mina Aalto":
            decide(looked_at, row, item, "redact", "hydro tender", "Another customer is named.")
        elif item.others == ["Piet Maas"]:
            decide(looked_at, row, item, "withhold", "", "It is about Piet.")
        else:
            decide(looked_at, row, item)
    made = finished(looked_at, row)
    text = words_of(made)
    assert f"{rules.BLACKED} thinks the {rules.BLACKED} explains it." in text
    assert "hydro" not in text
    assert "Withheld: It is about Piet." in text
    assert ANSWER not in text
    assert "Words are blacked out: Another customer is named." in text
    assert "Secret of Mina" not in text
    places = {part["key"]: part["read_it_on"] for part in made["classes"]}
    assert (places["help"], places["looks"]) == ("/help/", "")


def test_the_digest_of_the_file_stands_in_the_ledger_and_so_does_every_step(looked_at: Cast) -> None:
    row = begin(looked_at)
    for item in to_decide(looked_at, row):
        decide(looked_at, row, item)
    digest = actions.finish_copy(by=looked_at.actor("hana", AFTER), at=AFTER, request=row.public_id)
    data = actions.hand_out(by=looked_at.actor("hana", AFTER), at=AFTER, request=row.public_id)
    assert hashlib.sha256(data).hexdigest() == digest
    assert next(iter(ledger.facts_of("copy.finished")))["digest"] == digest
    for kind in ("copy.opened", "copy.ruled", "copy.handed_out"):
        assert list(ledger.facts_of(kind)), kind
    kinds = [step.kind for step, _ in page(looked_at, row, AFTER).steps]
    assert kinds == ["gathered", "finished", "handed_out"]


def test_it_is_not_finished_before_everything_is_decided_or_writers_had_their_time(looked_at: Cast) -> None:
    row = begin(looked_at)
    hana, later = looked_at.actor("hana"), looked_at.actor("hana", AFTER)
    with pytest.raises(Refusal) as early:
        actions.finish_copy(by=hana, at=AT, request=row.public_id)
    with pytest.raises(Refusal) as undecided:
        actions.finish_copy(by=later, at=AFTER, request=row.public_id)
    with pytest.raises(Refusal) as nothing:
        actions.hand_out(by=later, at=AFTER, request=row.public_id)
    assert [one.value.code for one in (early, undecided, nothing)] == [
        "too_early",
        "undecided",
        "not_finished",
    ]


@pytest.mark.parametrize(
    ("choice", "reason", "code"),
    [
        ("", "", "bad_choice"),
        ("burn", "x", "bad_choice"),
        ("redact", "", "text_missing"),
        ("withhold", " ", "text_missing"),
    ],
)
def test_a_decision_needs_a_choice_and_a_reason(looked_at: Cast, choice: str, reason: str, code: str) -> None:
    row = begin(looked_at)
    with pytest.raises(Refusal) as refused:
        decide(looked_at, row, to_decide(looked_at, row)[0], choice, "", reason)
    assert refused.value.code == code


def test_a_decision_is_replaced_by_a_later_one_and_none_comes_after_the_end(looked_at: Cast) -> None:
    row = begin(looked_at)
    item = to_decide(looked_at, row)[0]
    decide(looked_at, row, item, "withhold", "", "Not yet.")
    decide(looked_at, row, item)
    ruled = next(one for one in page(looked_at, row).items if one.row.pk == item.pk)
    assert ruled.ruling is not None
    assert (ruled.ruling.number, ruled.ruling.choice) == (2, "release")
    actions.call_off(by=looked_at.actor("hana"), at=AT, request=row.public_id, reason="Rosa took it back.")
    for act in (
        lambda: decide(looked_at, row, item),
        lambda: actions.finish_copy(by=looked_at.actor("hana", AFTER), at=AFTER, request=row.public_id),
        lambda: actions.call_off(by=looked_at.actor("hana"), at=AT, request=row.public_id, reason="Again."),
        lambda: actions.disclose(by=looked_at.actor("mina"), at=AT, request=row.public_id, notes=[1]),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "over"


def test_one_copy_at_a_time(looked_at: Cast) -> None:
    row = begin(looked_at)
    with pytest.raises(Refusal) as refused:
        begin(looked_at)
    assert refused.value.code == "open_already"
    actions.call_off(by=looked_at.actor("hana"), at=AT, request=row.public_id, reason="A mistake.")
    assert begin(looked_at).pk != row.pk


@pytest.mark.parametrize("who", ["rosa", "mina", "vera", "carl", "olu", "ada"])
def test_only_hr_prepares_one(looked_at: Cast, who: str) -> None:
    with pytest.raises(access.NotAllowed):
        begin(looked_at, who)


def test_hr_prepares_none_about_itself_or_outside_its_units(looked_at: Cast) -> None:
    for person in ("hana", "carl"):
        with pytest.raises(access.NotFound):
            begin(looked_at, person=person)


def test_a_day_to_come_is_refused(looked_at: Cast) -> None:
    for day in (None, AT.date() + timedelta(days=1)):
        with pytest.raises(Refusal) as refused:
            begin(looked_at, asked_on=day)
        assert refused.value.code == "bad_day"


def test_what_is_between_two_people_is_not_gathered(looked_at: Cast) -> None:
    row = begin(looked_at)
    keys = {one.class_key for one in Item.objects.for_system("a test asks").filter(request=row)}
    assert keys & {"help", "meetings", "agreements", "promises", "deals", "private_notes"} == set()


def test_the_pages_lead_through_it(looked_at: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    assert looked_at.hana.user is not None
    client.force_login(looked_at.hana.user, backend="django.contrib.auth.backends.ModelBackend")
    start = f"/records/people/{looked_at.rosa.public_id}/copy/"
    refused = client.post(start, {"asked_on": "2026-11-24", "reason": ""})
    assert (refused.status_code, "Write who asked" in refused.content.decode()) == (422, True)
    begun = client.post(start, {"asked_on": "2026-11-24", "reason": "Rosa asked."}, follow=True)
    copy = begun.context["row"].public_id
    for item in begun.context["review"]:
        sent = client.post(
            f"/records/copies/{copy}/act/", {"act": "rule", "item": item.row.number, "choice": "release"}
        )
        assert sent.status_code == 302
    wrong = client.post(
        f"/records/copies/{copy}/act/", {"act": "rule", "item": 1, "choice": "withhold", "reason": "x"}
    )
    assert wrong.status_code == 422
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    assert client.post(f"/records/copies/{copy}/act/", {"act": "finish"}).status_code == 302
    file = client.post(f"/records/copies/{copy}/file/")
    assert file["Content-Type"] == "application/zip"
    assert file["Cache-Control"] == "no-store"
    assert zipfile.is_zipfile(io.BytesIO(file.content))
    assert "finished" in client.get(f"/records/people/{looked_at.rosa.public_id}/").content.decode()
