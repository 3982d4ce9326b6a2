"""Saving a deal plan and testing it. Each is one transaction, its ledger entry last."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairlead.deals.models import Deal
from fairlead.debts import actions as debts
from fairlead.ledger import actions as ledger
from fairlead.people import access, telling
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Person
from fairlead.plans import mates, queries, rules
from fairlead.plans.models import Opened, Tested, Version
from fairlead.promises.rules import sentence

PATH = "/deals/{}/plan/"


class Overtaken(access.Refused):
    """Somebody saved another version meanwhile; nothing was kept of this one. ``number`` is the newest."""

    def __init__(self, number: int, who: str) -> None:
        self.number = number
        super().__init__(
            "changed_meanwhile",
            f"{who} saved version {number} meanwhile. What you typed stands below; compare, then save it as the next.",
        )


@transaction.atomic
def save(*, by: access.Actor, at: datetime, deal: str, after_version: int, plan: rules.Plan) -> Version:
    """Save a plan of a deal (public id) as the version after ``after_version`` (0 for the first).

    The same content as the newest version is kept once. What it calls refused the company owes from then on. Raises
    Overtaken when ``after_version`` is not the newest, Refused: deal_closed, empty, day_later; NotAllowed and NotFound
    by the table.
    """
    row = _deal(by, deal, "plan.write")
    if row.status != "open":
        raise access.Refused("deal_closed", f"It is {row.status}. Its plan stays as it was.")
    newest = _versions(row).order_by("-number").select_related("by").first()
    rules.refuse_nothing_own(plan, queries.begun(by, deal, at).plan if newest is None else rules.Plan())
    rules.refuse_days(plan, people.house().day(at))
    content = rules.content_of(plan)
    if newest is not None and newest.content == content:
        return newest
    number = newest.number if newest else 0
    if newest is not None and after_version != number:
        raise Overtaken(number, newest.by.name)
    version = Version.objects.create(deal=row, number=number + 1, content=content, by_id=by.id, at=at)
    facts: dict[str, str | int] = {
        "name": by.name,
        "number": version.number,
        "deal": row.name or row.external_id,
    }
    _tell(row.owner, by, "plans.saved", at, row, facts)
    if row.owner_id is not None:
        refused = [(one.what, one.who, one.on) for one in plan.resources if one.state == "refused"]
        debts.from_plan(
            by=by, at=at, deal=row.public_id, owed_to=row.owner_id, version=version.number, refused=refused
        )
    ledger.append(
        kind="plan.saved", by=by.ref, at=at, subject_kind="deal", subject=row.public_id,
        facts={"version": version.number, "tactics": len(plan.tactics), "players": len(plan.players)},
    )  # fmt: skip
    return version


@transaction.atomic
def test(*, by: access.Actor, at: datetime, deal: str, version: int, words: str) -> Tested:
    """Sign as tester of a version, with a sentence. Raises Refused: own_plan, words_missing, text_long, NotFound."""
    row = _deal(by, deal, "plan.test")
    found = _versions(row).filter(number=version).select_related("by").first()
    if found is None:
        raise access.NotFound("version of the plan")
    rules.refuse_test(author=found.by_id, by=by.id, words=words)
    said = sentence(words, what="what you tested")
    done = Tested.objects.create(version=found, words=said, by_id=by.id, at=at)
    facts: dict[str, str | int] = {
        "name": by.name,
        "number": version,
        "deal": row.name or row.external_id,
        "words": said,
    }
    _tell(found.by, by, "plans.tested", at, row, facts)
    ledger.append(
        kind="plan.tested", by=by.ref, at=at, subject_kind="deal", subject=row.public_id,
        facts={"version": version}, personal={"words": said},
    )  # fmt: skip
    return done


@transaction.atomic
def open_to_team(*, by: access.Actor, at: datetime, on: bool) -> None:
    """Open the plans of the own team's open deals to the team, or close them. As it is already changes nothing.

    Raises Refused: no_team; NotAllowed.
    """
    access.require(by, "plan.open")
    reports = people.reports(by.id)
    if not reports:
        raise access.Refused("no_team", "You lead nobody. Whoever leads a team opens its plans.")
    if mates.is_open(by.id, at) == on:
        return
    Opened.objects.create(lead_id=by.id, on=on, at=at)
    for one in reports if on else ():
        telling.tell(one.id, by=by, kind="plans.opened", facts={"name": by.name}, at=at, path="/plans/")
    ledger.append(
        kind="plan.opened", by=by.ref, at=at, subject_kind="person", subject=by.id, facts={"on": on}
    )


def _deal(by: access.Actor, public_id: str, act: str) -> Deal:
    """The deal, held until the transaction ends, so that versions follow each other."""
    mine = Deal.objects.seen_by(by, act).filter(public_id=public_id)
    row = mine.select_for_update(of=("self",), no_key=True).first()
    if row is None:
        raise access.NotFound("deal")
    return row


def _versions(deal: Deal) -> GuardedQuerySet[Version]:
    rows = Version.objects.for_system("a version follows the one before; callers checked whose")
    return rows.filter(deal=deal)


def _tell(
    reader: Person | None, by: access.Actor, kind: str, at: datetime, deal: Deal, facts: dict[str, str | int]
) -> None:
    telling.tell(reader, by=by, kind=kind, facts=facts, at=at, path=PATH.format(deal.public_id))
