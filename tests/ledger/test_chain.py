"""The ledger finds an edit, a deletion, a swap and a cut tail, and is written with its act or not at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Q

from fairlead.ledger import actions, guards, queries, rules
from fairlead.ledger import erasing as door
from fairlead.ledger.models import Entry, Head, Personal

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _write(entries: int) -> None:
    with transaction.atomic():
        for number in range(entries):
            actions.append(
                kind="test.act",
                by="person:1",
                at=AT,
                subject_kind="deal",
                subject=number,
                facts={"n": number},
            )


@pytest.mark.django_db
def test_an_untouched_chain_verifies() -> None:
    _write(5)
    verified = queries.verify()
    assert verified.entries == 5
    assert verified.head == bytes(Head.objects.get().hash)


@pytest.mark.django_db
def test_an_empty_ledger_verifies() -> None:
    assert queries.verify() == rules.Verified(entries=0, head=rules.GENESIS)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "other"),
        ("actor", "person:2"),
        ("subject", "9"),
        ("subject_kind", "person"),
        ("at", 5),
        ("behalf", 7),
        ("body", b'{"n":99}'),
        ("hash", b"x" * 32),
    ],
)
def test_an_edit_of_any_column_is_found(column: str, value: int | str | bytes) -> None:
    _write(4)
    with connection.cursor() as cursor:
        _release(cursor)
        cursor.execute(f"UPDATE ledger_entry SET {column} = %s WHERE seq = 3", [value])
    with pytest.raises(rules.BrokenChain) as broken:
        queries.verify()
    assert broken.value.seq == 3


def _release(cursor: object) -> None:
    class Editor:
        pass

    editor = Editor()
    editor.connection = connection  # type: ignore[attr-defined]
    editor.execute = cursor.execute  # type: ignore[attr-defined]
    guards.release(editor, "ledger_entry")  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_deletion_in_the_middle_is_found() -> None:
    _write(4)
    with connection.cursor() as cursor:
        _release(cursor)
        cursor.execute("DELETE FROM ledger_entry WHERE seq = 2")
    with pytest.raises(rules.BrokenChain) as broken:
        queries.verify()
    assert broken.value.seq == 2


@pytest.mark.django_db
def test_a_cut_tail_is_found_by_the_head_row() -> None:
    _write(4)
    with connection.cursor() as cursor:
        _release(cursor)
        cursor.execute("DELETE FROM ledger_entry WHERE seq = 4")
    with pytest.raises(rules.BrokenChain) as broken:
        queries.verify()
    assert broken.value.seq == 4


@pytest.mark.django_db
def test_a_cut_tail_with_a_forged_head_is_found_by_the_anchor() -> None:
    _write(4)
    anchor = (4, bytes(Head.objects.get().hash))
    third = Entry.objects.get(seq=3)
    with connection.cursor() as cursor:
        _release(cursor)
        cursor.execute("DELETE FROM ledger_entry WHERE seq = 4")
    Head.objects.update(seq=3, hash=third.hash)
    queries.verify()
    with pytest.raises(rules.BrokenChain):
        queries.verify(anchor)


@pytest.mark.django_db
def test_the_database_refuses_to_change_or_delete_an_entry() -> None:
    _write(1)
    for sql in ("UPDATE ledger_entry SET kind = 'x'", "DELETE FROM ledger_entry"):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            connection.cursor().execute(sql)


@pytest.mark.django_db
def test_an_entry_outside_a_transaction_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "in_atomic_block", False)
    with pytest.raises(RuntimeError, match="inside the transaction"):
        actions.append(kind="x", by="person:1", at=AT, subject_kind="x", subject=1)


@pytest.mark.django_db
def test_an_erased_personal_text_leaves_the_chain_whole() -> None:
    with transaction.atomic():
        actions.append(
            kind="person.added",
            by="person:1",
            at=AT,
            subject_kind="person",
            subject=1,
            personal={"name": "Rosa Lindqvist"},
        )
    assert b"Rosa" not in bytes(Entry.objects.get().body)
    assert queries.entries(Q(seq=1))[0].facts["name"] == "Rosa Lindqvist"
    with pytest.raises(DatabaseError), transaction.atomic():
        Personal.objects.update(text="", erased_at=AT)
    with transaction.atomic(), door.door(AT):
        Personal.objects.update(text="", erased_at=AT)
    queries.verify()
    assert queries.entries(Q(seq=1))[0].facts["name"] == "(erased)"


@pytest.mark.django_db
def test_an_empty_condition_does_not_show_the_whole_ledger() -> None:
    with pytest.raises(ValueError, match="empty condition"):
        queries.entries(Q())


def test_facts_that_are_not_plain_are_refused() -> None:
    with pytest.raises(TypeError, match="cannot stand in the ledger"):
        rules.canonical({"x": object()})
    with pytest.raises(ValueError):
        rules.canonical({"x": float("nan")})
