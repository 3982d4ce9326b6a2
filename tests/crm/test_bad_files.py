"""Bad input of every class gets one clear list and leaves nothing behind."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from fairlead import crm
from tests.crm import files
from tests.crm.files import Bad

CORPUS = [bad for kind in files.EVERY for bad in kind()]


def refused(bad: Bad, folder: Path) -> crm.Refused:
    """What is said about the file. Anything but a refusal is raised."""
    path = files.put(folder, bad.name, bad.content)
    with pytest.raises(crm.Refused) as caught:
        crm.read(path, crm.parse(bad.mapping) if bad.mapping else None)
    return caught.value


def test_the_corpus_is_of_two_hundred_files() -> None:
    assert len(CORPUS) >= 200
    assert len({bad.why for bad in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("bad", CORPUS, ids=lambda bad: bad.why)
def test_a_bad_file_is_refused_with_where_and_why(bad: Bad, tmp_path: Path) -> None:
    refusal = refused(bad, tmp_path)
    first = refusal.problems[0]
    assert bad.says in str(refusal)
    assert first.file
    assert first.why
    if bad.row is not None:
        assert first.row == bad.row
    if bad.column:
        assert first.column == bad.column


def test_reading_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "temporary"
    kept.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(kept))
    for bad in CORPUS[::7]:
        refused(bad, tmp_path)
    assert list(kept.iterdir()) == []


def test_every_problem_of_a_file_is_in_one_list(tmp_path: Path) -> None:
    rows = [files.row(deal_id=f"D-{i}", amount="5_000", close_date="2026-02-30") for i in range(30)]
    refusal = refused(Bad("", "deals.csv", files.table(*rows), ""), tmp_path)
    assert [(p.row, p.column) for p in refusal.problems[:4]] == [
        (2, "amount"),
        (2, "close_date"),
        (3, "amount"),
        (3, "close_date"),
    ]
    assert len(refusal.problems) == 60


def test_the_list_stops_at_two_hundred_and_counts_the_rest(tmp_path: Path) -> None:
    rows = [files.row(deal_id=f"D-{i}", amount="5_000") for i in range(1000)]
    refusal = refused(Bad("", "deals.csv", files.table(*rows), ""), tmp_path)
    assert len(refusal.problems) == 200
    assert refusal.more == 800
    assert refusal.lines()[-1] == "… and 800 more of the same kind."


def test_problems_of_several_files_are_in_one_list(tmp_path: Path) -> None:
    content = files.zipped(
        {
            "deals.csv": files.table(files.row(amount="nan")),
            "people.csv": files.table(",Rosa,", header="person_id,name,manager"),
        }
    )
    refusal = refused(Bad("", "x.zip", content, ""), tmp_path)
    assert {p.file for p in refusal.problems} == {"deals.csv", "people.csv"}


def test_a_problem_reads_as_a_sentence(tmp_path: Path) -> None:
    refusal = refused(Bad("", "deals.csv", files.table(files.row(amount="5_000")), ""), tmp_path)
    assert str(refusal) == "deals.csv, row 2, column amount: '5_000': it is not an amount. Write 5000."


def test_a_row_too_long_does_not_hide_the_problems_behind_it(tmp_path: Path) -> None:
    rows = [files.row() + ",x", files.row(deal_id="D-2", amount="nan")]
    refusal = refused(Bad("", "deals.csv", files.table(*rows), ""), tmp_path)
    assert [p.row for p in refusal.problems] == [2, 3]


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(crm.Refused, match="no such file"):
        crm.read(tmp_path / "nothing.csv")


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(crm.Refused, match="no table"):
        crm.read(tmp_path)


def test_a_foreign_table_asks_for_a_mapping(tmp_path: Path) -> None:
    path = files.put(tmp_path, "bids.csv", b"a,b\n1,2\n")
    with pytest.raises(crm.NeedsMapping, match=r"bids\.csv"):
        crm.read(path)
