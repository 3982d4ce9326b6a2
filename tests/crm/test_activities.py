"""Contacts with accounts in known exports, in the exchange format and through a mapping; never their content."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from fairlead import crm
from fairlead.crm import exchange, mapping
from fairlead.crm.spool import Spool
from fairlead.territories.rules import ActivityRow
from tests.crm import files

TASKS = (
    "Id,AccountId,WhatId,WhoId,ActivityDate,TaskSubtype,Status,CallType,CallDisposition,Subject,Description,OwnerId,"
    "IsDeleted\n"
    "00T1,001bm00000aaaaAAAA,006bm00000LKJNNAA5,003bm00000ccccCCCC,2026-11-02,Call,Completed,Outbound,Connected,"
    "Secret talk,Very secret,005x,FALSE\n"
    "00T2,,006bm00000LKJNNAA5,,2026-11-03,Call,Completed,Inbound,,x,,005x,FALSE\n"
    "00T3,,001bm00000aaaaAAAA,,2026-11-04,Email,Completed,,,x,,005x,FALSE\n"
    "00T4,,001bm00000aaaaAAAA,,2026-11-05,Call,Not Started,,,x,,005x,FALSE\n"
    "00T5,,001bm00000aaaaAAAA,,2026-11-05,Task,Completed,,,x,,005x,FALSE\n"
    "00T6,,001bm00000aaaaAAAA,,2026-11-06,Email,Completed,,,x,,005x,TRUE\n"
)
EVENTS = (
    "Id,AccountId,WhatId,ActivityDate,StartDateTime,EndDateTime,ShowAs,IsAllDayEvent,OwnerId,Held__c,IsDeleted\n"
    "00U1,001bm00000aaaaAAAA,,2026-11-02,2026-11-02T09:00:00Z,2026-11-02T10:00:00Z,Busy,FALSE,005x,held,FALSE\n"
    "00U2,001bm00000aaaaAAAA,,2026-11-03,2026-11-03T09:00:00Z,2026-11-03T10:00:00Z,Busy,FALSE,005x,,FALSE\n"
)
CALLS = (
    "hs_object_id,hs_timestamp,hs_call_disposition,hs_call_direction,hs_call_title,hs_call_body,associatedcompanyid,"
    "hubspot_owner_id\n"
    "1,2026-11-02T10:00:00Z,f240bbac-87c9-4f6e-bf70-924b57d47db7,,Secret,Very secret,77,12\n"
    "2,2026-11-03T10:00:00Z,73a0d17f-1163-4015-bdd5-ec830791da20,OUTBOUND,x,,77;78,12\n"
)
MEETINGS = (
    "hs_object_id,hs_timestamp,hs_meeting_outcome,associatedcompanyid\n"
    "3,2026-11-02T10:00:00Z,COMPLETED,77\n4,2026-11-03T10:00:00Z,NO_SHOW,77\n5,2026-11-04T10:00:00Z,,77\n"
)


def read(folder: Path, **tables: str) -> crm.Batch:
    path = files.put(folder, "x.zip", files.zipped({f"{k}.csv": v.encode() for k, v in tables.items()}))
    return crm.read(path)


def test_salesforces_tasks_are_contacts_where_they_were_done(tmp_path: Path) -> None:
    batch = read(tmp_path, Task=TASKS)
    rows = {row.activity_id[:4]: row for row in batch.activities}
    assert {key: (row.kind, row.way) for key, row in rows.items()} == {
        "00T1": ("call", "one"), "00T2": ("call", "two"), "00T3": ("mail", "unknown"), "00T6": ("mail", "unknown"),
    }  # fmt: skip
    assert (rows["00T1"].account[:3], rows["00T2"].deal_id[:3], rows["00T3"].account[:3]) == (
        "001",
        "006",
        "001",
    )
    assert rows["00T6"].deleted
    notes = " ".join(note for file in batch.files for note in file.notes)
    assert "not done yet" in notes
    assert "no call, meeting, mail, visit or event" in notes


def test_salesforces_events_are_two_way_only_where_a_column_says_held(tmp_path: Path) -> None:
    rows = list(read(tmp_path, Event=EVENTS).activities)
    assert [(row.kind, row.way) for row in rows] == [("meeting", "two"), ("meeting", "unknown")]


def test_hubspots_engagements_say_their_kind_by_their_columns(tmp_path: Path) -> None:
    batch = read(tmp_path, calls=CALLS, meetings=MEETINGS)
    assert sorted((row.activity_id, row.kind, row.way, row.account) for row in batch.activities) == [
        ("1", "call", "two", "77"), ("2", "call", "one", "77"), ("3", "meeting", "two", "77"),
        ("4", "meeting", "one", "77"), ("5", "meeting", "unknown", "77"),
    ]  # fmt: skip


def test_no_content_is_read(tmp_path: Path) -> None:
    batch = read(tmp_path, Task=TASKS, calls=CALLS)
    assert "ecret" not in repr(list(batch.activities))


ROWS = [
    ActivityRow("1", account="a1", on=date(2026, 11, 2), kind="call", way="two", by="rosa", contact="c1"),
    ActivityRow("2", deal_id="d1", on=date(2026, 11, 3), kind="event"),
    ActivityRow("=3", account="a1", on=date(2026, 11, 4), kind="mail", way="one", deleted=True),
]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    target = tmp_path / "out.zip"
    exchange.write(target, activities=ROWS)
    read_ = list(crm.read(_without_deals(target, tmp_path)).activities)
    assert [replace(row, line=0) for row in read_] == ROWS


def _without_deals(target: Path, folder: Path) -> Path:
    import zipfile

    with zipfile.ZipFile(target) as archive:
        text = archive.read("activities.csv")
    return files.put(folder, "activities.csv", text)


def test_a_mapping_names_the_columns(tmp_path: Path) -> None:
    text = "Nr;Kunde;Tag;Art;Ergebnis\n1;a1;02.11.2026;Anruf;erreicht\n2;a1;23.11.2026;Besuch;\n"
    path = files.put(tmp_path, "besuche.csv", text.encode())
    given = mapping.parse(
        'source = "erp"\n[activities]\nfile = "besuche.csv"\nactivity_id = "Nr"\naccount = "Kunde"\non = "Tag"\n'
        'kind = "Art"\noutcome = "Ergebnis"\n[values]\nArt = { "Anruf" = "call", "Besuch" = "visit" }\n'
        'Ergebnis = { "erreicht" = "held" }\n'
    )
    assert mapping.parse(mapping.to_toml(given)) == given
    rows = list(crm.read(path, given).activities)
    assert [(row.on, row.kind, row.way) for row in rows] == [
        (date(2026, 11, 2), "call", "two"), (date(2026, 11, 23), "visit", "unknown"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("1,a1,,call", "needs its day"),
        ("1,a1,2026-11-02,chat", "no kind of contact"),
        (",a1,2026-11-02,call", ""),
    ],
)
def test_what_cannot_be_read_names_its_row(tmp_path: Path, row: str, why: str) -> None:
    path = files.put(tmp_path, "activities.csv", f"activity_id,account,on,kind\n{row}\n".encode())
    with pytest.raises(crm.Refused) as refused:
        crm.read(path)
    assert refused.value.problems[0].row == 2
    assert why in refused.value.problems[0].why


def test_a_hundred_thousand_contacts_stay_out_of_memory(tmp_path: Path) -> None:
    path = tmp_path / "activities.csv"
    with path.open("w") as stream:
        stream.write("activity_id,account,on,kind,way\n")
        stream.writelines(
            f"{n},a{n % 500},2026-{n % 11 + 1:02}-{n % 28 + 1:02},call,two\n" for n in range(100_000)
        )
    tracemalloc.start()
    try:
        batch = crm.read(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(batch.activities, Spool)
    assert len(batch.activities) == 100_000
    assert peak < 60_000_000
