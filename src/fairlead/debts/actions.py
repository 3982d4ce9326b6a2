"""Opening company debts and taking steps with them. Each is one transaction with its ledger entry last.

``open_debt``, ``from_plan`` and ``lift`` are called by the feature a debt comes from, inside its transaction; that
feature checked who may.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection, transaction

from fairlead.debts import queries, rules
from fairlead.debts.models import Debt, DebtStep
from fairlead.ledger import actions as ledger
from fairlead.people import access, telling
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.people.workdays import day_words
from fairlead.promises.rules import sentence

PATH = "/debts/{}/"
_OF_SOURCE = "what opened a debt settles it; that feature checked who may"


def open_debt(
    *,
    by: access.Actor,
    at: datetime,
    owner: int,
    owed_to: int,
    item: str,
    source: tuple[str, str],
    key: str,
    due_on: date | None = None,
    since: date | None = None,
) -> Debt | None:
    """Open a debt of one person to another; the same ``source`` and ``key`` open it once.

    ``since`` is when it was refused (default: today). None where both are the same person: nobody owes themself.
    Raises RuntimeError outside the transaction of the feature it comes from.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A debt is opened inside the transaction of what it comes from.")
    if owner == owed_to:
        return None
    known = Debt.objects.for_system(_OF_SOURCE).filter(source_kind=source[0], source_id=source[1], key=key)
    if (row := known.first()) is not None:
        return row
    today = people.house().day(at)
    row = Debt.objects.create(
        owner_id=owner, owed_to_id=owed_to, item=sentence(item, what="what is owed"), due_on=due_on, key=key,
        source_kind=source[0], source_id=source[1], since=min(since or today, today), at=at, by_id=by.person,
    )  # fmt: skip
    names = people.names([owner, owed_to])
    facts = {"owner": names[owner], "owed": names[owed_to], "item": row.item}
    _tell(owner, by, "debts.opened", row, at, facts)
    _tell(owed_to, by, "debts.opened_for", row, at, facts)
    ledger.append(
        kind="debt.opened", by=by.ref, at=at, subject_kind="debt", subject=row.public_id,
        facts={"owner": owner, "owed_to": owed_to, "due_on": due_on, "source": " ".join(source)},
        personal={"item": row.item},
    )  # fmt: skip
    return row


def from_plan(
    *,
    by: access.Actor,
    at: datetime,
    deal: str,
    owed_to: int,
    version: int,
    refused: Iterable[tuple[str, str, date | None]],
) -> None:
    """Bring the debts of a deal's plan up to a version: what it refuses (what, by whom, since) is owed.

    Who refused owes it where exactly one person of that name is known, else the rep's manager; with nobody above,
    nobody owes. What the plan no longer calls refused is lifted.
    """
    wanted = {what: (who, on) for what, who, on in refused}
    rows = Debt.objects.for_system(_OF_SOURCE).filter(source_kind="plan", source_id=deal).order_by("pk")
    still = [row for row in rows if queries.standing_of(row).open]
    for row in still:
        if row.item not in wanted:
            lift(by=by, at=at, debt=row, words=f"Version {version} of the plan no longer says refused.")
    manager = people.manager_of(owed_to)
    names = _names() if wanted else []
    for number, (what, (who, on)) in enumerate(wanted.items()):
        owner = rules.named(who, names) or manager
        owner = manager if owner == owed_to else owner
        if owner is not None and what not in {row.item for row in still}:
            open_debt(
                by=by, at=at, owner=owner, owed_to=owed_to, item=what, since=on, source=("plan", deal),
                key=f"version {version}, {number}",
            )  # fmt: skip


def _names() -> list[tuple[int, str]]:
    rows = Person.objects.filter(voided_at=None, ends_on=None).order_by("pk")
    return list(rows.values_list("pk", "name"))


def lift(*, by: access.Actor, at: datetime, debt: Debt, words: str) -> None:
    """Say in the name of what opened it that a debt is no longer owed. Nothing where it is settled already."""
    row = Debt.objects.for_system(_OF_SOURCE).select_for_update(of=("self",), no_key=True).get(pk=debt.pk)
    if not queries.standing_of(row).open:
        return
    taken = DebtStep.objects.create(
        debt=row, number=queries.steps_taken(row) + 1, kind="lifted", words=words[: rules.LONGEST], at=at
    )
    for reader in (row.owner_id, row.owed_to_id):
        _tell(reader, by, "debts.lifted", row, at, {"item": row.item, "words": words})
    ledger.append(
        kind="debt.lifted", by=by.ref, at=at, subject_kind="debt", subject=row.public_id,
        facts={"number": taken.number}, personal={"words": words},
    )  # fmt: skip


def lift_of(*, by: access.Actor, at: datetime, source: tuple[str, str], words: str) -> None:
    """Lift the open debts of one source."""
    rows = Debt.objects.for_system(_OF_SOURCE).filter(source_kind=source[0], source_id=source[1])
    for row in rows.order_by("pk"):
        lift(by=by, at=at, debt=row, words=words)


@transaction.atomic
def act(
    *,
    by: access.Actor,
    at: datetime,
    debt: str,
    kind: rules.Kind,
    due_on: date | None = None,
    words: str = "",
    rating: str = "",
) -> DebtStep:
    """Take a step with a debt (public id) as the one who owes or the one it is owed to.

    Raises Refused: not_yours, settled, nothing_to_undo, bad_day, day_passed, day_far, bad_rating, text_missing,
    text_long; NotAllowed and NotFound by the table.
    """
    access.require(by, "debt.act")
    row = queries.locked(by, debt)
    side, now = queries.side_of(row, by), queries.standing_of(row)
    rules.refuse_step(kind, now, side, by.id)
    if kind == "dated":
        rules.refuse_day(due_on, people.house().day(at))
    if kind == "rated":
        rules.refuse_rating(rating)
    said = sentence(words, what=rules.WORDS_NEEDED[kind]) if kind in rules.WORDS_NEEDED else ""
    taken = DebtStep.objects.create(
        debt=row, number=queries.steps_taken(row) + 1, kind=kind, due_on=due_on if kind == "dated" else None,
        words=said, rating=rating if kind == "rated" else "", by_id=by.id, at=at,
        about=now.newest.number if kind == "undone" and now.newest else None,
    )  # fmt: skip
    other = row.owed_to_id if side == "owes" else row.owner_id
    day = day_words(due_on) if due_on else ""
    told = {"name": by.name, "item": row.item, "words": said or rules.RATINGS.get(rating, ""), "day": day}
    _tell(other, by, f"debts.{kind}", row, at, told)
    ledger.append(
        kind=f"debt.{kind}", by=by.ref, at=at, subject_kind="debt", subject=row.public_id,
        facts={"number": taken.number, "due_on": taken.due_on, "about": taken.about, "rating": taken.rating},
        personal={"words": said} if said else {},
    )  # fmt: skip
    return taken


def _tell(reader: int, by: access.Actor, kind: str, row: Debt, at: datetime, facts: dict[str, str]) -> None:
    telling.tell(reader, by=by, kind=kind, facts=facts, at=at, path=PATH.format(row.public_id))
