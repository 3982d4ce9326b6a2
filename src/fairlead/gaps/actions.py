"""Keeping, correcting and taking back entries of the gap ledger. Each is one transaction, its ledger entry last.

The ledger keeps the digest of what was written and not the words, so that a former manager finds them in no entry.
Nobody is told.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from fairlead.gaps import queries, rules
from fairlead.gaps.models import Carried, Gap, Version
from fairlead.ledger import actions as ledger
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person

_NEWEST = "a version follows the one before; callers checked whose"


@transaction.atomic
def keep(*, by: access.Actor, at: datetime, person: str, quarter: str, given: rules.Given, after: int) -> Gap:
    """Keep what a seller's (public id) closed quarter cost others, or correct it as a new version with the reason.

    ``after`` is the number of the version that was read, 0 for none. Raises Refused: changed_meanwhile, the_same, and
    those of `rules.checked`; NotAllowed, NotFound.
    """
    whom = people.find(person)
    people.require_on(by, "gap.write", whom.pk, "entry")
    Person.objects.select_for_update(no_key=True).get(pk=whom.pk)
    form = queries.form(by, person, quarter, at)
    if form.number != after:
        raise access.Refused(
            "changed_meanwhile", "This entry was changed meanwhile. Look at it, then keep yours."
        )
    said = rules.checked(
        given, missing=form.gap_minor, quarter=form.quarter, carriers={key for key, _ in form.carriers},
        names=_first_names([form.person.name, *(name for _, name in form.carriers)]),
    )  # fmt: skip
    newest = form.entry.newest if form.entry else None
    if newest is not None:
        rules.why_corrected(said.why)
        same = (newest.parts, newest.cuts, newest.asked_minor, newest.won_minor, newest.kind)
        if same == (said.parts, said.cuts, form.asked_minor, form.won_minor, "kept"):
            raise access.Refused("the_same", "Nothing is changed.")
    row, _ = Gap.objects.for_system(_NEWEST).get_or_create(person=whom, quarter=quarter, defaults={"at": at})
    content = rules.stored(said, form.asked_minor, form.won_minor)
    version = Version.objects.create(
        gap=row, number=after + 1, kind="kept", content=content, why=said.why, by_id=by.id, at=at
    )
    for place, part in enumerate(said.parts):
        Carried.objects.create(
            version=version, person=people.find(part.carrier), place=place, said=rules.stored_part(part)
        )
    _record("gap.corrected" if after else "gap.kept", by, at, row, version, asdict(said))
    return row


@transaction.atomic
def take_back(*, by: access.Actor, at: datetime, gap: str, why: str, after: int) -> Version:
    """Take an entry (public id) back, with the reason; it can be kept again as a new version.

    Raises Refused: taken_back, changed_meanwhile, text_missing, text_long; NotAllowed, NotFound.
    """
    row = queries.found(by, gap, at)
    people.require_on(by, "gap.write", row.person_id, "entry")
    Person.objects.select_for_update(no_key=True).get(pk=row.person_id)
    newest = Version.objects.for_system(_NEWEST).filter(gap=row).order_by("-number")[0]
    if newest.number != after:
        raise access.Refused(
            "changed_meanwhile", "This entry was changed meanwhile. Look at it, then take it back."
        )
    if newest.kind == "taken_back":
        raise access.Refused("taken_back", "This entry is taken back already.")
    said = rules.why_corrected(why, _first_names([people.node(row.person_id).name]))
    kept = Version.objects.create(
        gap=row, number=newest.number + 1, kind="taken_back",
        content={"asked": newest.content.get("asked", 0), "won": newest.content.get("won", 0), "cuts": []},
        why=said, by_id=by.id, at=at,
    )  # fmt: skip
    _record("gap.taken_back", by, at, row, kept, {"why": said})
    return kept


def _first_names(names: list[str]) -> list[str]:
    return [name.split()[0] for name in names if name.strip()]


def _digest(row: Gap, version: Version, said: dict[str, object]) -> str:
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(f"{row.public_id} {version.number} {text}".encode()).hexdigest()


def _record(
    kind: str, by: access.Actor, at: datetime, row: Gap, version: Version, said: dict[str, object]
) -> None:
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="gap", subject=row.public_id,
        facts={"number": version.number, "digest": _digest(row, version, said)},
    )  # fmt: skip
