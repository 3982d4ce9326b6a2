"""A mapping is read strictly, written back the same, and means what it says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead import crm
from fairlead.crm.mapping import (
    ACCOUNT_FIELDS,
    CATEGORIES,
    CHANGE_FIELDS,
    CONTACT_FIELDS,
    DEAL_FIELDS,
    PERSON_FIELDS,
    RATE_FIELDS,
    TARGET_FIELDS,
    Mapping,
    TableMap,
)
from tests.crm import files

READY = sorted((Path(__file__).parents[2] / "docs" / "how-to" / "mappings").glob("*.toml"))

word = st.text(min_size=1, max_size=12).map(str.strip).filter(bool)
names = st.lists(word, min_size=1, max_size=3).map(tuple)


def columns(fields: list[str], needed: str) -> st.SearchStrategy[TableMap]:
    chosen = st.dictionaries(st.sampled_from(fields), names, max_size=4)
    return st.builds(lambda file, found, id: TableMap(file, {**found, needed: id}), word, chosen, names)


mappings = st.builds(
    Mapping,
    source=word,
    deals=columns(DEAL_FIELDS, "deal_id"),
    people=columns(PERSON_FIELDS, "person_id"),
    changes=columns(CHANGE_FIELDS, "deal_id"),
    evidence=names,
    static=names,
    order_by=word,
    repeated=st.sampled_from(["", "keep", "refuse"]),
    won=names,
    lost=names,
    stages=names,
    changes_won=names,
    changes_lost=names,
    starts_at=word,
    activities=st.sampled_from(["", "rest", "none"]),
    counted=names,
    currency=st.sampled_from(["", "EUR", "JPY"]),
    time_zone=st.sampled_from(["", "Europe/Berlin"]),
    date_format=st.sampled_from(["", "%d/%m/%y"]),
    encoding=st.sampled_from(["", "windows-1252"]),
    delimiter=st.sampled_from(["", ";", "|"]),
    decimal=st.sampled_from(["", ",", "."]),
    calendar_kind=st.sampled_from(["months", "4-4-5"]),
    starts_month=st.integers(1, 12),
    corrections=st.dictionaries(word, st.dictionaries(word, word, min_size=1, max_size=2), max_size=2),
    categories=st.dictionaries(word, st.sampled_from(CATEGORIES), max_size=3),
)


@given(mappings)
def test_a_mapping_comes_back_from_its_toml_as_it_went(mapping: Mapping) -> None:
    assert crm.parse(crm.to_toml(mapping)) == mapping


@pytest.mark.parametrize("path", READY, ids=lambda path: path.stem)
def test_the_ready_mappings_are_read_and_written_back(path: Path) -> None:
    mapping = crm.load(path)
    assert crm.parse(crm.to_toml(mapping)) == mapping
    assert mapping.source


def test_every_key_of_a_mapping_is_described() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "mapping.md").read_text()
    tables = (
        DEAL_FIELDS,
        PERSON_FIELDS,
        CHANGE_FIELDS,
        TARGET_FIELDS,
        ACCOUNT_FIELDS,
        CONTACT_FIELDS,
        RATE_FIELDS,
    )
    keys = {name for table in tables for name in table}
    keys |= {"evidence", "static", "order_by", "repeated", "stages", "starts_at", "activities", "counted"}
    keys |= {
        "currency",
        "time_zone",
        "date_format",
        "decimal",
        "encoding",
        "delimiter",
        "kind",
        "starts_month",
    }
    assert {key for key in keys if key not in page} == set()


def test_every_problem_of_a_mapping_is_in_one_list() -> None:
    with pytest.raises(crm.Refused) as caught:
        crm.parse('[dealz]\n[defaults]\ncurency = "EUR"\n[calendar]\nstarts_month = 13\n')
    assert [p.column for p in caught.value.problems] == ["dealz", "defaults.curency", "calendar.starts_month"]


def test_a_column_may_have_several_names(tmp_path: Path) -> None:
    path = files.put(tmp_path, "bids.csv", b"Nr,Opportunity Amount USD\n1,12.5\n")
    mapping = crm.parse('[deals]\ndeal_id = ["Id", "nr"]\namount = ["Amount", "Opportunity Amount USD"]\n')
    assert crm.read(path, mapping).deals[0].amount == Decimal("12.5")


BIDS = "nr,agent,boss,what,state,price,begun\n"
BIDS += "1,Rosa,Ada,GTXPro,Signed,10,2026-01-05\n2,Ravi,Ada,Box,Gone,20,2026-02-05\n"
BIDS += "3,Rosa,Ada,Box,Talking,30,2026-03-05\n"
MAPPED = """
[deals]
deal_id = "nr"
owner = "agent"
product = "what"
amount = "price"
created_on = "begun"
status = "state"
evidence = ["what"]
static = ["what"]
order_by = "nr"
[deals.status_values]
won = ["signed"]
lost = ["Gone"]
[values]
what = { GTXPro = "GTX Pro" }
[categories]
Talking = "commit"
"""


def test_words_of_a_status_are_read_as_the_mapping_says(tmp_path: Path) -> None:
    deals = crm.read(files.put(tmp_path, "bids.csv", BIDS.encode()), crm.parse(MAPPED)).deals
    assert [deal.status for deal in deals] == ["won", "lost", "open"]
    assert deals[2].stage == "Talking"


def test_a_correction_of_values_is_done_and_told(tmp_path: Path) -> None:
    batch = crm.read(files.put(tmp_path, "bids.csv", BIDS.encode()), crm.parse(MAPPED))
    assert batch.deals[0].product == batch.deals[0].extra["what"] == "GTX Pro"
    assert any("'GTXPro' read as 'GTX Pro'" in note for note in batch.notes)


def test_evidence_and_what_is_static_reach_the_forecast(tmp_path: Path) -> None:
    batch = crm.read(files.put(tmp_path, "bids.csv", BIDS.encode()), crm.parse(MAPPED))
    history = crm.to_history(batch)
    assert history.static == {"what"}
    assert history.deals[1].evidence == {"what": "Box"}
    assert history.deals[2].created_on == date(2026, 3, 5)


def test_categories_of_stages_are_kept_for_the_import(tmp_path: Path) -> None:
    batch = crm.read(files.put(tmp_path, "bids.csv", BIDS.encode()), crm.parse(MAPPED))
    assert batch.mapping.categories == {"Talking": "commit"}


def test_deals_come_in_the_order_of_the_named_column(tmp_path: Path) -> None:
    rows = "nr\n10\n9\n100\n"
    mapping = crm.parse('[deals]\ndeal_id = "nr"\norder_by = "nr"\n')
    deals = crm.read(files.put(tmp_path, "bids.csv", rows.encode()), mapping).deals
    assert [deal.deal_id for deal in deals] == ["9", "10", "100"]


def test_ids_that_repeat_are_numbered_where_the_mapping_allows(tmp_path: Path) -> None:
    path = files.put(tmp_path, "bids.csv", b"nr,price\n7,1\n7,2\n8,3\n")
    mapping = crm.parse('[deals]\ndeal_id = "nr"\namount = "price"\nrepeated = "keep"\n')
    batch = crm.read(path, mapping)
    assert [deal.deal_id for deal in batch.deals] == ["7", "7/2", "8"]
    assert any("numbered" in note for note in batch.files[0].notes)


def test_a_file_of_the_mapping_that_is_not_here_is_told(tmp_path: Path) -> None:
    mapping = crm.parse(MAPPED + '[people]\nfile = "teams.csv"\nperson_id = "agent"\n')
    batch = crm.read(files.put(tmp_path, "bids.csv", BIDS.encode()), mapping)
    assert "teams.csv, which the mapping names for people, is not here." in batch.notes


LOG = """
[deals]
file = "cases.csv"
deal_id = "case"
created_on = "begun"
[changes]
file = "log.csv"
deal_id = "case"
at = "time"
stage = "what"
by = "who"
stages = ["Offer", "Talk"]
won = ["Signed"]
lost = ["Declined"]
starts_at = "Accepted"
activities = "rest"
"""
CASES = b"case,begun\n1,2026-01-01\n2,2026-01-01\n3,2026-01-01\n"
EVENTS = (
    b"case,what,time,who\n1,Entered,2026-01-01 08:00,ada\n1,Accepted,2026-01-02 08:00,ada\n"
    b"1,Called,2026-01-03 08:00,bo\n1,Offer,2026-01-04 08:00,bo\n1,Signed,2026-01-05 08:00,bo\n"
    b"1,Declined,2026-01-06 08:00,bo\n"
    b"2,Entered,2026-01-01 08:00,ada\n3,Accepted,2026-01-01 08:00,ada\n3,Declined,2026-01-02 08:00,ada\n"
)


def test_an_event_log_becomes_stages_outcomes_and_activities(tmp_path: Path) -> None:
    path = files.put(tmp_path, "x.zip", files.zipped({"cases.csv": CASES, "log.csv": EVENTS}))
    batch = crm.read(path, crm.parse(LOG))
    assert [(d.deal_id, d.status, d.created_on, d.closed_on) for d in batch.deals] == [
        ("1", "won", date(2026, 1, 2), date(2026, 1, 5)),
        ("3", "lost", date(2026, 1, 1), date(2026, 1, 2)),
    ]
    assert [(c.field, c.old, c.new) for c in batch.changes if c.deal_id == "1"] == [
        ("stage", None, "Accepted"),
        ("activities", "0", "1"),
        ("last activity", None, "Called"),
        ("stage", "Accepted", "Offer"),
        ("status", "open", "won"),
    ]
    assert "1 × deal without the event that starts it is not counted" in batch.files[1].notes


def test_events_that_are_counted_one_by_one_are_evidence(tmp_path: Path) -> None:
    path = files.put(tmp_path, "x.zip", files.zipped({"cases.csv": CASES, "log.csv": EVENTS}))
    batch = crm.read(path, crm.parse(LOG + 'counted = ["Called"]\n'))
    assert [(c.deal_id, c.old, c.new) for c in batch.changes if c.field == "Called so far"] == [
        ("1", "0", "1")
    ]


def test_an_event_log_in_any_order_is_the_same_history(tmp_path: Path) -> None:
    head, *rows = EVENTS.splitlines()
    found = []
    for number, lines in enumerate((rows, rows[::-1])):
        content = b"\n".join([head, *lines, b""])
        path = files.put(tmp_path, f"{number}.zip", files.zipped({"cases.csv": CASES, "log.csv": content}))
        batch = crm.read(path, crm.parse(LOG))
        found.append((batch.deals, {(c.deal_id, c.field, c.old, c.new, c.at) for c in batch.changes}))
    assert found[0] == found[1]
