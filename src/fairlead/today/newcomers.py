"""The first weeks of somebody new, as their own list and their manager's: read from what was done, kept nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from fairlead.agreements import queries as agreements
from fairlead.calls.queries import own_number
from fairlead.enablement import queries as enablement
from fairlead.oneonones import queries as oneonones
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.workdays import day_words
from fairlead.today.rules import NEW_FOR, FirstWeeks, Item, Step
from fairlead.watch import queries as watch


def first_weeks(actor: access.Actor, at: datetime) -> list[FirstWeeks]:
    """The actor's own first weeks and those of direct reports, as long as something of them is not done."""
    if actor.person is None:
        return []
    today = people.house().day(at)
    began = people.new_sellers(today - timedelta(days=NEW_FOR), today)
    if not began:
        return []
    found = []
    if actor.id in began:
        found.append(FirstWeeks("", began[actor.id], tuple(_own(actor, at))))
    found += [
        FirstWeeks(node.name, began[node.id], tuple(_of_report(actor, node, at)))
        for node in people.reports(actor.id)
        if node.id in began
    ]
    return [one for one in found if not one.over]


def _own(actor: access.Actor, at: datetime) -> Iterator[Step]:
    above = people.manager_of(actor.id)
    manager = people.node(above) if above is not None else None
    if manager is not None:
        yield from _together(actor, manager, at)
    owed = enablement.mine(actor, at).lines if access.may(actor, "owed.read") else ()
    if owed:
        got = [line for line in owed if line.state == "delivered"]
        first = min(line.due_on for line in owed)
        yield Step(
            "Say what the first delivery was worth" if got else "Read what the company owes you",
            f"{len(owed)} thing{'' if len(owed) == 1 else 's'}, "
            + (f"{len(got)} delivered" if got else f"the first by {day_words(first)}"),
            "Rate it" if got else "Read it", "owed", done=any(line.rating for line in owed),
        )  # fmt: skip
    if access.may(actor, "account.read"):
        mine = [line for line in watch.mine(actor, at) if line.mine]
        if mine:
            talked = any(line.facts.last and line.facts.last >= _since(line, actor, at) for line in mine)
            yield Step(
                "Make the first contact at an account of yours",
                f"{len(mine)} account{'' if len(mine) == 1 else 's'}; what was before you had them is not yours",
                "See them", "accounts", done=talked,
            )  # fmt: skip
    if access.may(actor, "quarter.open"):
        said, target = own_number.said_by(actor, at)
        yield Step(
            "Look at your target, and say your first call",
            "" if target else "no target is set yet; sales operations sets it",
            "My quarter", "quarter", done=said,
        )  # fmt: skip


def _since(line: watch.Line, actor: access.Actor, at: datetime) -> date:
    return line.facts.held_since or people.first_days([actor.id]).get(actor.id) or people.house().day(at)


def _together(actor: access.Actor, other: people.Node, at: datetime) -> Iterator[Step]:
    """What the two of a reporting line do together, whoever of them reads."""
    if agreements.available(actor):
        beside = next(
            (one for one in agreements.book(actor, at).beside if one.pair.other_id == other.public_id), None
        )
        if beside is not None:
            line = beside.line
            yield Step(
                f"Agree with {other.name} how you work together",
                "proposed; the other one signs" if line and not line.waits and line.held is None else "",
                "Open it" if line else "Write it", "agreement" if line else "agreement_begin",
                (line.public_id if line else other.public_id,), done=line is not None and line.held is not None,
            )  # fmt: skip
    if oneonones.available(actor):
        pair = next((one for one in oneonones.pairs(actor) if one.other_id == other.public_id), None)
        if pair is not None:
            yield Step(
                f"Hold the first one-to-one with {other.name}", "", "Open it", "oneonone", (other.public_id,),
                done=oneonones.ever_held(pair, at),
            )  # fmt: skip


def _of_report(actor: access.Actor, node: people.Node, at: datetime) -> Iterator[Step]:
    yield from _together(actor, node, at)
    if not access.may(actor, "owed.read"):
        return
    owed = enablement.of_person(actor, node.public_id, at)
    if owed.lines:
        first = min(owed.lines, key=lambda line: (line.state == "delivered", line.due_on))
        yield Step(
            f"See that {node.name} gets what the company owes",
            f"next: {first.item.what}, by {day_words(first.due_on)}, {first.owner.name} answers for it",
            "See it", "owed_of", (node.public_id,), done=any(line.state == "delivered" for line in owed.lines),
        )  # fmt: skip


def without(actor: access.Actor, at: datetime) -> Iterator[Item]:
    """What new people lack that only sales operations or an admin can give: a target, an account to sign in with."""
    today = people.house().day(at)
    wants_target, opens = access.may(actor, "target.write"), access.may(actor, "account.manage")
    if actor.person is None or not (wants_target or opens):
        return
    began = people.new_sellers(today - timedelta(days=NEW_FOR), today)
    if began and wants_target:
        lacking = own_number.without_target(actor, began, at)
        if lacking:
            yield _of_new("Set a target", lacking, began, "Set it", "targets")
    if began and opens:
        lacking = people.without_account(began)
        if len(lacking) == 1:
            yield _of_new(
                "Open a sign-in account",
                lacking,
                began,
                "Open it",
                "person",
                people.node(lacking[0]).public_id,
            )
        elif lacking:
            yield _of_new("Open a sign-in account", lacking, began, "See them", "people")


def _of_new(what: str, persons: list[int], began: dict[int, date], act: str, page: str, *of: str) -> Item:
    first = min(began[one] for one in persons)
    whom = people.node(persons[0]).name if len(persons) == 1 else f"{len(persons)} new sellers"
    return Item(
        "newcomer", f"{what} for {whom}", f"here since {day_words(first)}", act, page, of, since=first
    )
